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
	decisions, _, problems := s.Decisions([]byte(strings.NewReplacer("1001", "1005", "l2vni", "l3vni").Replace(string(s.Text()))))
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
	decisions, _, problems := s.Decisions([]byte(strings.Replace(string(s.Text()), "9009", "9010", 1)))
	if len(problems) > 0 || len(decisions) != 1 || decisions[0].Path != core.Root {
		t.Fatalf("decisions %+v, problems %v, of\n%s", decisions, problems, s.Text())
	}
	p.publish(t, "dc1", decisions...)
	if got := b.remote().file("main", "dc1/vpc-9.yaml"); !strings.Contains(got, "vlan: 9010") || !strings.Contains(got, "kind: VPC") {
		t.Errorf("the file is\n%s", got)
	}
}

// typed opens the sheet of an object, edits it, and lays down what comes of that.
func (p *process) typed(t *testing.T, k core.Key, edit ...string) (opened string) {
	t.Helper()
	s, err := p.runner.Sheet(t.Context(), "dc1", k)
	if err != nil {
		t.Fatal(err)
	}
	opened = string(s.Text())
	text := strings.NewReplacer(edit...).Replace(opened)
	if len(edit) > 0 && text == opened {
		t.Fatalf("%q does not stand in\n%s", edit, opened)
	}
	decisions, dropped, problems := s.Decisions([]byte(text))
	if len(problems) > 0 {
		t.Fatalf("problems %v with\n%s", problems, text)
	}
	if len(decisions)+len(dropped) > 0 {
		if _, err := p.runner.Revise(t.Context(), "dc1", p.site.Me, dropped, decisions...); err != nil {
			t.Fatal(err)
		}
	}
	return opened
}

// TestSecondSheetGoesOnFromTheDrafts of the first one.
func TestSecondSheetGoesOnFromTheDrafts(t *testing.T) {
	b := one(t)
	p := b.open()
	p.typed(t, key("vpc-1"), "l2vni", "l3vni", "1001", "1005")
	opened := p.typed(t, key("vpc-1"))
	for _, want := range []string{"#: 2 places stand as drafted,", "  mode:   l3vni # not yet l3\n", "vlan: 1005 # asked for in CHG-7\n"} {
		if !strings.Contains(opened, want) {
			t.Errorf("it does not hold %q:\n%s", want, opened)
		}
	}
	p.wantDesk(t, "dc1", "vpc-1 "+string(mode), "vpc-1 "+string(vlan)) // nothing was changed
	p.typed(t, key("vpc-1"), "10.0.1.0/24", "10.0.9.0/24", "1005", "1001")
	p.wantDesk(t, "dc1", "vpc-1 "+string(mode), "vpc-1 .spec.subnets.web.subnet")
	p.sync(t, p.plan(t, "dc1"), p.quick(), core.RunPublished)
	if got, want := b.remote().file("main", "dc1/vpc-1.yaml"), strings.NewReplacer("l2vni", "l3vni", "10.0.1.0/24", "10.0.9.0/24").Replace(vpc1); got != want {
		t.Errorf("the file is\n%s\nwant\n%s", got, want)
	}
}

// TestWhatCameOfATextIsOneStep, though it drops a draft and makes others.
func TestWhatCameOfATextIsOneStep(t *testing.T) {
	p := one(t).open()
	p.typed(t, key("vpc-1"), "1001", "1005")
	p.typed(t, key("vpc-1"), "10.0.1.0/24", "10.0.9.0/24", "1005", "1001")
	p.wantDesk(t, "dc1", "vpc-1 .spec.subnets.web.subnet")
	if back, err := p.runner.Undo(t.Context(), "dc1", p.site.Me); err != nil || !strings.HasSuffix(back.Words, ", drop 1 decision") {
		t.Errorf("Undo = %+v, %v", back, err)
	}
	p.wantDesk(t, "dc1", "vpc-1 "+string(vlan))
	if _, err := p.runner.Redo(t.Context(), "dc1", p.site.Me); err != nil {
		t.Fatal(err)
	}
	p.wantDesk(t, "dc1", "vpc-1 .spec.subnets.web.subnet")
}

// TestChangeInsideOfADraftKeepsTheRestOfIt, and one around drafts has what they say.
func TestChangeInsideOfADraftKeepsTheRestOfIt(t *testing.T) {
	b := one(t)
	p := b.open()
	web := map[string]any{"subnet": "10.0.1.0/24", "vlan": int64(1005)}
	p.decide(t, "dc1", set("vpc-1", ".spec.subnets", map[string]any{"web": web, "db": map[string]any{"subnet": "10.0.2.0/24", "vlan": int64(1006)}}))
	p.typed(t, key("vpc-1"), "1005", "1001", "1006", "1007")
	p.wantDesk(t, "dc1", "vpc-1 .spec.subnets")
	if opened := p.typed(t, key("vpc-1")); !strings.Contains(opened, "vlan: 1007") || !strings.Contains(opened, "vlan: 1001 # asked") {
		t.Errorf("it opens with\n%s", opened)
	}
	p.sync(t, p.plan(t, "dc1"), p.quick(), core.RunPublished)
	if got := b.remote().file("main", "dc1/vpc-1.yaml"); !strings.HasPrefix(got, vpc1) || !strings.Contains(got, "vlan: 1007") {
		t.Errorf("the file is\n%s", got)
	}
}

func TestAllOfADraftPutBackDropsItWithThoseInside(t *testing.T) {
	p := one(t).open()
	p.decide(t, "dc1", set("vpc-1", ".spec.subnets.web", map[string]any{"subnet": "10.0.1.0/24", "vlan": int64(1005)}))
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1009)))
	p.typed(t, key("vpc-1"), "1009", "1001")
	p.wantDesk(t, "dc1")
}

// TestEditOfWhatIsToBeRemovedTakesThePlaceOfThat: whoever edits it wants to have it.
func TestEditOfWhatIsToBeRemovedTakesThePlaceOfThat(t *testing.T) {
	b := one(t)
	p := b.open()
	p.decide(t, "dc1", core.Decision{Key: key("vpc-1"), Path: core.Root, Choice: core.TakeEdited})
	if opened := p.typed(t, key("vpc-1")); !strings.Contains(opened, "#: 1 draft takes the object out of git: what you change here takes its place.") || !strings.HasSuffix(opened, vpc1) {
		t.Errorf("it opens with\n%s", opened)
	}
	p.wantDesk(t, "dc1", "vpc-1 "+string(core.Root)) // nothing was changed
	p.typed(t, key("vpc-1"), "1001", "1005")
	p.wantDesk(t, "dc1", "vpc-1 "+string(vlan))
	if _, err := p.runner.Undo(t.Context(), "dc1", p.site.Me); err != nil {
		t.Fatal(err)
	}
	p.wantDesk(t, "dc1", "vpc-1 "+string(core.Root))
	if _, err := p.runner.Redo(t.Context(), "dc1", p.site.Me); err != nil {
		t.Fatal(err)
	}
	p.sync(t, p.plan(t, "dc1"), p.quick(), core.RunPublished)
	if got, want := b.remote().file("main", "dc1/vpc-1.yaml"), strings.Replace(vpc1, "1001", "1005", 1); got != want {
		t.Errorf("the file is\n%s\nwant\n%s", got, want)
	}
}

// TestSheetShowsADecisionOnTheWholeObject, and a change in it goes on from that.
func TestSheetShowsADecisionOnTheWholeObject(t *testing.T) {
	b := one(t)
	p := b.open()
	b.edit("dc1", "vpc-1.yaml", "1001", "1005")
	b.edit("dc1", "vpc-1.yaml", "l2vni", "l3vni")
	p.check(t, "dc1")
	p.decide(t, "dc1", take(core.TakeLive, "vpc-1", core.Root))
	opened := p.typed(t, key("vpc-1"))
	for _, want := range []string{"#: 1 place stands as drafted,", "  mode:   l3vni # not yet l3\n", "vlan: 1005 # asked for in CHG-7\n"} {
		if !strings.Contains(opened, want) {
			t.Errorf("it does not hold %q:\n%s", want, opened)
		}
	}
	p.wantDesk(t, "dc1", "vpc-1 "+string(core.Root))
	p.typed(t, key("vpc-1"), "1005", "1007")
	p.wantDesk(t, "dc1", "vpc-1 "+string(core.Root))
	p.sync(t, p.plan(t, "dc1"), p.quick(), core.RunPublished)
	if got, want := b.remote().file("main", "dc1/vpc-1.yaml"), strings.NewReplacer("1001", "1007", "l2vni", "l3vni").Replace(vpc1); got != want {
		t.Errorf("the file is\n%s\nwant\n%s", got, want)
	}

	p.check(t, "dc1")
	p.decide(t, "dc1", take(core.TakeLive, "vpc-1", core.Root))
	p.typed(t, key("vpc-1"), "1005", "1007")
	p.wantDesk(t, "dc1") // as git has it
}

func TestSecondSheetOfWhatOnlyLiveHasIsOfItsDraft(t *testing.T) {
	b := one(t)
	p := b.open()
	b.live("dc1", "vpc-9.yaml", vpc("vpc-9", 9009))
	p.check(t, "dc1")
	p.typed(t, key("vpc-9"), "9009", "9010")
	if opened := p.typed(t, key("vpc-9"), "10.0.2.0/24", "10.0.3.0/24"); !strings.Contains(opened, "vlan: 9010") || !strings.Contains(opened, "1 place stands as drafted") {
		t.Errorf("it opens with\n%s", opened)
	}
	p.wantDesk(t, "dc1", "vpc-9 "+string(core.Root))
	p.sync(t, p.plan(t, "dc1"), p.quick(), core.RunPublished)
	if got := b.remote().file("main", "dc1/vpc-9.yaml"); !strings.Contains(got, "vlan: 9010") || !strings.Contains(got, "10.0.3.0/24") {
		t.Errorf("the file is\n%s", got)
	}
}
