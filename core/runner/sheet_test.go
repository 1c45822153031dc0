package runner_test

import (
	"strings"
	"testing"

	"selvage/core"
)

func TestWhatIsEditedAsATextIsPublishedInPlace(t *testing.T) {
	b := one(t)
	p := b.open()
	s, err := p.runner.Sheet(t.Context(), "dc1", key("vpc-1"))
	if err != nil {
		t.Fatal(err)
	}
	if string(s.Document) != vpc1 || s.File != "dc1/vpc-1.yaml" {
		t.Fatalf("the sheet of %q is\n%s\nwant\n%s", s.File, s.Document, vpc1)
	}
	decisions, problems := s.Decisions([]byte(strings.NewReplacer("1001", "1005", "l2vni", "l3vni").Replace(string(s.Text()))))
	if len(problems) > 0 || len(decisions) != 2 {
		t.Fatalf("decisions %+v, problems %v", decisions, problems)
	}
	p.publish(t, "dc1", decisions...)
	if got, want := b.remote().file("main", "dc1/vpc-1.yaml"), strings.NewReplacer("1001", "1005", "l2vni", "l3vni").Replace(vpc1); got != want {
		t.Errorf("the file is\n%s\nwant\n%s", got, want)
	}
}

// TestSheetIsOfWhatTheBranchSaysNow, though it was another fabric of the repository
// whose check has found that.
func TestSheetIsOfWhatTheBranchSaysNow(t *testing.T) {
	b := two(t)
	p := b.open()
	b.remote().elsewhere("dc1/vpc-1.yaml", "1001", "1007")
	p.check(t, "dc2")
	s, err := p.runner.Sheet(t.Context(), "dc1", key("vpc-1"))
	if err != nil || !strings.Contains(string(s.Document), "1007") {
		t.Errorf("Sheet = %s, %v", s.Document, err)
	}
}

func TestSheetOfWhatOnlyLiveHasIsTheWholeObject(t *testing.T) {
	b := one(t)
	p := b.open()
	b.live("dc1", "vpc-9.yaml", vpc("vpc-9", 9009))
	p.check(t, "dc1")
	s, err := p.runner.Sheet(t.Context(), "dc1", key("vpc-9"))
	if err != nil {
		t.Fatal(err)
	}
	decisions, problems := s.Decisions([]byte(strings.Replace(string(s.Text()), "9009", "9010", 1)))
	if len(problems) > 0 || len(decisions) != 1 || decisions[0].Path != core.Root {
		t.Fatalf("decisions %+v, problems %v, of\n%s", decisions, problems, s.Text())
	}
	p.publish(t, "dc1", decisions...)
	if got := b.remote().file("main", "dc1/vpc-9.yaml"); !strings.Contains(got, "vlan: 9010") || !strings.Contains(got, "kind: VPC") {
		t.Errorf("the file is\n%s", got)
	}
}
