package sheet_test

import (
	"strings"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/merge"
	"selvage/core/sheet"
)

// subjectOf is what is known of the object of a sheet: live says vlan 1002.
func subjectOf(t *testing.T, s sheet.Sheet) merge.Subject {
	t.Helper()
	web := map[string]any{"subnet": "10.0.1.0/24", "vlan": int64(1001)}
	git := core.ValueOf(map[string]any{"spec": map[string]any{
		"mode": "l2vni", "old": int64(1), "subnets": map[string]any{"default": web}, "servers": []any{"a", "b"},
		"ports": []any{map[string]any{"name": "E1/1", "speed": "25G"}, map[string]any{"name": "E1/2", "speed": "25G"}},
	}})
	live, err := git.With(".spec.subnets.default.vlan", core.ValueOf(int64(1002)))
	if err != nil {
		t.Fatal(err)
	}
	subject := merge.Subject{Sides: merge.Sides{Git: core.Content{Read: true, Value: git}, Live: core.Content{Read: true, Value: live}}, Shape: s.Shape}
	subject.Verdict.Key = s.Key
	return subject
}

// draftOn is a decision that was made on the object of a sheet.
func draftOn(t *testing.T, id int64, s merge.Subject, at core.Path, c core.Choice, v any) core.Draft {
	t.Helper()
	r, err := s.Sides.Decide(at, c, core.ValueOf(v))
	if err != nil {
		t.Fatal(err)
	}
	r.Key, r.At = s.Verdict.Key, time.Unix(id, 0)
	return core.Draft{ID: id, Resolution: r}
}

func TestSheetTellsWhichDraftsItDoesNotShow(t *testing.T) {
	plain := vpcSheet()
	s := subjectOf(t, plain)
	void := draftOn(t, 2, s, ".spec.mode", core.TakeEdited, "l3vni")
	void.GitDigest = core.ValueOf("elsewhere").Digest()
	other := draftOn(t, 5, s, ".spec.mode", core.TakeEdited, "of another object")
	other.Key.Name = "vpc-2"
	drafted := plain.WithDrafts(s, []core.Draft{
		draftOn(t, 1, s, `.spec.ports[name="E1/2"].speed`, core.TakeEdited, "100G"), void,
		draftOn(t, 3, s, ".spec.servers", core.TakeEdited, []any{"c"}),
		draftOn(t, 4, s, ".spec.subnets.default.vlan", core.TakeGit, nil), other,
	}, map[int64]string{3: "a review"})
	text := string(drafted.Text())
	for _, want := range []string{
		"#: 1 place stands as drafted, and is shown so.", "#: 1 draft is void, and is not shown: decide anew here, or drop it.",
		"#: 1 draft waits for a review, and is not shown. End that before you change its place:", "#:   a review",
		"#: 1 draft keeps what git has: its place is shown as git has it.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not tell %q", want)
		}
	}
	if !strings.HasSuffix(text, strings.Replace(vpc, "name: E1/2\n    speed: 25G", "name: E1/2\n    speed: 100G", 1)) {
		t.Errorf("it opens with\n%s", text)
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#:") && len(line) > 92 {
			t.Errorf("a line of the head is %d long: %s", len(line), line)
		}
	}
	if decisions, dropped, problems := drafted.Decisions([]byte(text)); len(decisions)+len(dropped)+len(problems) > 0 {
		t.Errorf("unchanged it decides %v, drops %v, problems %v", decisions, dropped, problems)
	}
	decisions, dropped, problems := drafted.Decisions([]byte(vpc)) // as git has it
	if len(decisions)+len(problems) > 0 || len(dropped) != 1 || dropped[0] != 1 {
		t.Errorf("as git has it it decides %v, drops %v, problems %v", decisions, dropped, problems)
	}
}

// TestDraftThatTheDocumentDoesNotTakeIsTold: another place rests on what stands there.
func TestDraftThatTheDocumentDoesNotTakeIsTold(t *testing.T) {
	plain := vpcSheet()
	s := subjectOf(t, plain)
	plain.Document = []byte(strings.NewReplacer("speed: 25G\n  - name: E1/2\n    speed: 25G", "speed: &s 25G\n  - name: E1/2\n    speed: *s").Replace(vpc))
	drafted := plain.WithDrafts(s, []core.Draft{draftOn(t, 1, s, `.spec.ports[name="E1/1"].speed`, core.TakeEdited, "100G")}, nil)
	if text := string(drafted.Text()); !strings.Contains(text, "#: 1 draft is not shown, drop it where it is in the way: edit ") || !strings.HasSuffix(text, string(plain.Document)) {
		t.Errorf("it opens with\n%s", text)
	}
}
