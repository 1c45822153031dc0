package store

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"selvage/core"
)

// draft is a decision of kim on a path of vpc-i.
func draft(i int, path core.Path, value any) core.Draft {
	return core.Draft{Resolution: core.Resolution{
		Key: vpcKey(i), Path: path, Choice: core.TakeLive, Value: core.ValueOf(value), By: "kim", At: noon,
		GitDigest: core.DigestJSON("l2vni"), Anchor: path,
	}}
}

func by(person string, d core.Draft) core.Draft {
	d.By = person
	return d
}

func git(d core.Draft) core.Draft {
	d.Choice = core.TakeGit
	return d
}

func put(t testing.TB, s *Store, all ...core.Draft) {
	t.Helper()
	if err := s.Step(t.Context(), "dc1", all[0].By, nil, all...); err != nil {
		t.Fatal(err)
	}
}

func drop(t testing.TB, s *Store, person string, ids ...int64) {
	t.Helper()
	if err := s.Step(t.Context(), "dc1", person, ids); err != nil {
		t.Fatal(err)
	}
}

func undone(t testing.TB, s *Store, person string) string {
	t.Helper()
	back, err := s.Undo(t.Context(), "dc1", person)
	if err != nil {
		t.Fatal(err)
	}
	return back.Words
}

func redone(t testing.TB, s *Store, person string) string {
	t.Helper()
	forth, err := s.Redo(t.Context(), "dc1", person)
	if err != nil {
		t.Fatal(err)
	}
	return forth.Words
}

// desktop is what lies on the desk of dc1, each draft as "1 vpc-2 .spec "value"".
func desktop(t testing.TB, s *Store) []string {
	t.Helper()
	all, err := s.Drafts(t.Context(), "dc1")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, d := range all {
		lines = append(lines, fmt.Sprintf("%d %s %s %s", d.ID, d.Key.Name, d.Path, d.Value))
	}
	return lines
}

func lies(t testing.TB, s *Store, what string, want ...string) {
	t.Helper()
	if got := desktop(t, s); !slices.Equal(got, want) {
		t.Errorf("%s: on the desk lies\n  %s\nwant\n  %s", what, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func TestADraftTakesThePlaceOfThoseBelowIt(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir)
	put(t, s, draft(1, ".spec.mode", "a"), draft(1, ".spec.modes", "b"), draft(2, ".spec.mode", "c"))
	put(t, s, draft(1, ".spec.mode", "d"))
	lies(t, s, "on its own place", `2 vpc-1 .spec.modes "b"`, `3 vpc-2 .spec.mode "c"`, `4 vpc-1 .spec.mode "d"`)
	put(t, s, draft(1, ".spec", "e"))
	put(t, s, draft(1, ".spec.vlan", "f"))
	lies(t, s, "above others, and within one", `3 vpc-2 .spec.mode "c"`, `5 vpc-1 .spec "e"`, `6 vpc-1 .spec.vlan "f"`)
	put(t, s, draft(3, ".a.b", "lost"), draft(3, core.Root, "g"), draft(3, ".a", "h"), draft(3, ".a", "i"))
	lies(t, openAt(t, dir), "in one step", `3 vpc-2 .spec.mode "c"`, `5 vpc-1 .spec "e"`, `6 vpc-1 .spec.vlan "f"`, `7 vpc-3 . "g"`, `8 vpc-3 .a "i"`)
}

func TestStepsAreUndoneAndRedone(t *testing.T) {
	s := openAt(t, t.TempDir())
	put(t, s, draft(1, ".spec.mode", "a"))
	put(t, s, draft(1, ".spec", "b"), draft(2, ".spec", "c"))
	drop(t, s, "kim", 3, 77)
	lies(t, s, "before", `2 vpc-1 .spec "b"`)
	for _, want := range []struct {
		words string
		left  []string
	}{
		{"drop the decision to take live on .spec of VPC/vpc-2", []string{`2 vpc-1 .spec "b"`, `3 vpc-2 .spec "c"`}},
		{"take live on .spec of VPC/vpc-1 and 1 more", []string{`1 vpc-1 .spec.mode "a"`}},
		{"take live on .spec.mode of VPC/vpc-1", nil},
		{"", nil},
	} {
		if words := undone(t, s, "kim"); words != want.words {
			t.Errorf("Undo = %q, want %q", words, want.words)
		}
		lies(t, s, want.words, want.left...)
	}
	for _, want := range []struct {
		words string
		there []string
	}{
		{"take live on .spec.mode of VPC/vpc-1", []string{`1 vpc-1 .spec.mode "a"`}},
		{"take live on .spec of VPC/vpc-1 and 1 more", []string{`2 vpc-1 .spec "b"`, `3 vpc-2 .spec "c"`}},
		{"drop the decision to take live on .spec of VPC/vpc-2", []string{`2 vpc-1 .spec "b"`}},
		{"", []string{`2 vpc-1 .spec "b"`}},
	} {
		if words := redone(t, s, "kim"); words != want.words {
			t.Errorf("Redo = %q, want %q", words, want.words)
		}
		lies(t, s, want.words, want.there...)
	}
	undone(t, s, "kim")
	put(t, s, draft(4, ".spec", "new"))
	if words := redone(t, s, "kim"); words != "" {
		t.Errorf("Redo after something else was done = %q", words)
	}
}

// What is laid down and what is taken away at once is one step.
func TestAStepThatDropsAndLaysDownIsUndoneAsOne(t *testing.T) {
	s := openAt(t, t.TempDir())
	put(t, s, draft(1, ".a", "a"), draft(1, ".b", "b"), draft(2, ".c", "c"))
	before := desktop(t, s)
	if err := s.Step(t.Context(), "dc1", "kim", []int64{2, 3}, draft(1, ".a", "new"), draft(2, ".c", "anew")); err != nil {
		t.Fatal(err)
	}
	after := []string{`4 vpc-1 .a "new"`, `5 vpc-2 .c "anew"`}
	lies(t, s, "the step", after...)
	for range 2 {
		if words := undone(t, s, "kim"); words != "take live on .a of VPC/vpc-1 and 1 more, drop 2 decisions" {
			t.Errorf("Undo = %q", words)
		}
		lies(t, s, "undone", before...)
		if words := redone(t, s, "kim"); words != "take live on .a of VPC/vpc-1 and 1 more, drop 2 decisions" {
			t.Errorf("Redo = %q", words)
		}
		lies(t, s, "done again", after...)
	}
	var e *core.Error
	if err := s.Step(t.Context(), "dc1", "kim", []int64{4}, draft(1, "", "nowhere")); !errors.As(err, &e) {
		t.Errorf("a step of which one part cannot be kept: %v", err)
	}
	lies(t, s, "a step that was refused", after...)
}

// A step of which something was published, or is in other hands, is undone as far
// as it is left; one of which nothing is left is passed over.
func TestUndoLeavesAloneWhatHasBecomeOfAStep(t *testing.T) {
	s := openAt(t, t.TempDir())
	put(t, s, draft(1, ".a", "old"))
	put(t, s, draft(1, ".a", "new"), draft(2, ".a", "kept"))
	put(t, s, draft(3, ".a", "last"))
	save(t, s, ran("9b1d", core.RunAgreed), 2, 4)
	lies(t, s, "after the run", `3 vpc-2 .a "kept"`)
	if words := undone(t, s, "kim"); words != "take live on .a of VPC/vpc-2" {
		t.Errorf("Undo after the run = %q, want what is left of the step before", words)
	}
	lies(t, s, "what was published stays so, and what it replaced away")
	if words := redone(t, s, "kim"); words == "" {
		t.Error("what was left of the step cannot be done again")
	}
	lies(t, s, "redone", `3 vpc-2 .a "kept"`)

	put(t, s, by("lee", draft(2, core.Root, "lee's")))
	if words := undone(t, s, "kim"); words != "" {
		t.Errorf("Undo of what was published and what lee replaced = %q, want nothing", words)
	}
	lies(t, s, "lee's stays", `5 vpc-2 . "lee's"`)
	if words := undone(t, s, "lee"); words != "take live on VPC/vpc-2" {
		t.Errorf("Undo by lee = %q", words)
	}
	lies(t, s, "what lee replaced is back", `3 vpc-2 .a "kept"`)
	if words := undone(t, s, "kim"); words != "take live on .a of VPC/vpc-2" {
		t.Errorf("Undo of what came back = %q", words)
	}
	lies(t, s, "kim's is gone")
	if words := redone(t, s, "lee"); words != "take live on VPC/vpc-2" {
		t.Errorf("Redo by lee = %q", words)
	}
	if words := redone(t, s, "kim"); words != "" {
		t.Errorf("Redo on a place where lee has decided = %q", words)
	}
	lies(t, s, "at last", `5 vpc-2 . "lee's"`)
}

// What a run has put into Git is not undone, though it stays on the desk until live
// has followed; what it took the place of does not come back, either.
func TestUndoLeavesAloneWhatARunPublished(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir)
	put(t, s, draft(2, ".a", "older"))
	put(t, s, draft(1, ".a", "replaced"))
	put(t, s, draft(1, ".a", "published"), draft(1, ".b", "left"))
	memory(t, s, "dc1")
	r := ran("9b1d0aa1-77", core.RunPublished)
	for range 2 { // it is kept after each step
		if err := s.SaveRun(t.Context(), r, core.Carried{Draft: 3, Awaits: true}); err != nil {
			t.Fatal(err)
		}
	}
	for name, h := range map[string]*Store{"same": s, "other": openAt(t, dir)} {
		m := memory(t, h, "dc1")
		var marks []string
		for _, d := range m.Drafts {
			marks = append(marks, fmt.Sprint(d.ID, d.Published.Run))
		}
		same(t, name+" handle: what was published", marks, []string{"1", "3" + r.ID, "4"})
	}
	for _, want := range []struct {
		back core.Stepped
		left []string
	}{
		{core.Stepped{Words: "take live on .b of VPC/vpc-1", Published: r.ID}, []string{`1 vpc-2 .a "older"`, `3 vpc-1 .a "published"`}},
		{core.Stepped{Words: "take live on .a of VPC/vpc-2"}, []string{`3 vpc-1 .a "published"`}},
		{core.Stepped{}, []string{`3 vpc-1 .a "published"`}},
	} {
		back, err := s.Undo(t.Context(), "dc1", "kim")
		if err != nil || !reflect.DeepEqual(back, want.back) {
			t.Errorf("Undo = %+v, %v, want %+v", back, err, want.back)
		}
		lies(t, s, back.Words, want.left...)
	}
	redone(t, s, "kim")
	redone(t, s, "kim")
	lies(t, s, "all done again", `1 vpc-2 .a "older"`, `3 vpc-1 .a "published"`, `4 vpc-1 .b "left"`)

	// Who decides on it anew, or has it dropped, can undo that as ever.
	put(t, s, draft(1, ".a", "anew"))
	undone(t, s, "kim")
	lies(t, s, "decided anew and undone", `1 vpc-2 .a "older"`, `3 vpc-1 .a "published"`, `4 vpc-1 .b "left"`)
	drop(t, s, "kim", 3)
	undone(t, s, "kim")
	lies(t, s, "dropped and undone", `1 vpc-2 .a "older"`, `3 vpc-1 .a "published"`, `4 vpc-1 .b "left"`)
	save(t, s, ran("77", core.RunPublished), 3) // takes it back
	lies(t, s, "taken back by another run", `1 vpc-2 .a "older"`, `4 vpc-1 .b "left"`)
	if back, err := s.Undo(t.Context(), "dc1", "kim"); err != nil || back.Published != r.ID {
		t.Errorf("Undo = %+v, %v, want the run that published first", back, err)
	}
}

func TestWhatTheDeskRefuses(t *testing.T) {
	s := openAt(t, t.TempDir())
	none, late, nowhere, elsewhere := draft(1, ".spec", 1), draft(1, ".spec", 1), draft(1, "", 1), draft(1, ".spec", 1)
	none.Key, late.At, elsewhere.Fabric = core.Key{}, time.Time{}, "dc2"
	for words, all := range map[string][]core.Draft{
		"about no object":    {draft(2, ".spec", 1), none},
		"when it was made":   {draft(2, ".spec", 1), late},
		"about no place":     {draft(2, ".spec", 1), nowhere},
		`of fabric "dc2"`:    {draft(2, ".spec", 1), elsewhere},
		"cannot make one st": {draft(2, ".spec", 1), by("lee", draft(3, ".spec", 1))},
	} {
		var e *core.Error
		if err := s.Step(t.Context(), "dc1", "kim", nil, all...); !errors.As(err, &e) || !strings.Contains(err.Error(), words) {
			t.Errorf("Step = %v, want something about %q", err, words)
		}
	}
	if undone(t, s, "kim")+redone(t, s, "kim") != "" {
		t.Error("something was undone or redone on an empty desk")
	}
	drop(t, s, "kim")
	drop(t, s, "kim", 1)
	if n := count(t, s, "SELECT (SELECT count(*) FROM drafts) + (SELECT count(*) FROM desk_steps) + (SELECT count(*) FROM fabrics)"); n != 0 {
		t.Errorf("%d rows are left of nothing", n)
	}
}

// Live is to follow a decision for Git at once, in every process, and nobody is
// to read ten thousand objects because of a keypress.
func TestMemoryTellsWhatLiesOnTheDesk(t *testing.T) {
	dir := t.TempDir()
	a, b := openAt(t, dir), openAt(t, dir)
	record(t, a, inSync(t, "dc1", 2))
	before, other := memory(t, a, "dc1"), memory(t, b, "dc1")
	put(t, a, git(draft(0, ".spec.mode", "l2vni")), draft(1, ".spec", "x"))
	want, err := a.Drafts(t.Context(), "dc1")
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]*Store{"same": a, "other": b, "cold": openAt(t, dir)} {
		if m := memory(t, s, "dc1"); len(m.Drafts) != 2 {
			t.Errorf("%s handle: %d drafts", name, len(m.Drafts))
		}
		same(t, name+" handle", memory(t, s, "dc1").Drafts, want)
	}
	if before.Drafts != nil {
		t.Error("a memory that was handed out has changed")
	}
	if after := memory(t, b, "dc1"); after.Git != other.Git || after.Objects[vpcKey(1)].Git.Object != other.Objects[vpcKey(1)].Git.Object {
		t.Error("the other handle read everything again")
	}
	record(t, b, edited(t, "dc1", other, 1, noon.Add(time.Minute)))
	for name, s := range map[string]*Store{"same": a, "other": b} {
		same(t, name+" handle after a check", memory(t, s, "dc1"), memory(t, openAt(t, dir), "dc1"))
	}
	undone(t, a, "kim")
	for name, s := range map[string]*Store{"same": a, "other": b} {
		same(t, name+" handle after an undo", memory(t, s, "dc1"), memory(t, openAt(t, dir), "dc1"))
	}
	redone(t, b, "kim")
	c := empty("dc1", noon.Add(2*time.Minute))
	c.Done = []int64{1, 1, 77}
	record(t, a, c)
	for name, s := range map[string]*Store{"same": a, "other": b} {
		if m := memory(t, s, "dc1"); len(m.Drafts) != 1 || m.Drafts[0].ID != 2 || !m.LastCheck.Equal(c.Finished) {
			t.Errorf("%s handle after live has followed: %+v", name, m.Drafts)
		}
	}
	lies(t, a, "live has followed", `2 vpc-1 .spec "x"`)
	undone(t, a, "kim")
	lies(t, a, "what has come true does not come back")
	if n := count(t, a, "SELECT count(*) FROM decisions WHERE what = 'done'"); n != 1 {
		t.Errorf("it has come true %d times", n)
	}
}

// A check of one process ends after another process decided something.
func TestADecisionDuringACheckIsRemembered(t *testing.T) {
	dir := t.TempDir()
	a, b := openAt(t, dir), openAt(t, dir)
	record(t, a, inSync(t, "dc1", 2))
	m := memory(t, a, "dc1")
	put(t, b, git(draft(0, ".spec.mode", "l2vni")))
	record(t, a, edited(t, "dc1", m, 1, noon.Add(time.Minute)))
	same(t, "memory", memory(t, a, "dc1"), memory(t, openAt(t, dir), "dc1"))
	if n := len(memory(t, a, "dc1").Drafts); n != 1 {
		t.Errorf("%d drafts, want one", n)
	}
}

func TestUndoKeepsOffPlacesThatAreTaken(t *testing.T) {
	s := openAt(t, t.TempDir())
	put(t, s, draft(1, ".a.b", "kim's"))
	drop(t, s, "kim", 1)
	put(t, s, by("lee", draft(1, ".a", "lee's")))
	if words := undone(t, s, "kim"); words != "" {
		t.Errorf("Undo below what lee decided since = %q", words)
	}
	undone(t, s, "lee")
	if words := undone(t, s, "kim"); words == "" {
		t.Error("what was dropped does not come back")
	}
	if words := redone(t, s, "lee"); words != "" {
		t.Errorf("Redo above what came back meanwhile = %q", words)
	}
	lies(t, s, "kim's", `1 vpc-1 .a.b "kim's"`)
	drop(t, s, "kim", 1)
	save(t, s, ran("9b1d", core.RunAgreed), 1) // its plan was made before
	undone(t, s, "kim")
	lies(t, s, "what was published though it was dropped does not come back")
}

// TestUnfinishedDraftsMayHaveLeftTheDesk but not have come true, and are those of the
// fabric that were asked for.
func TestUnfinishedDraftsMayHaveLeftTheDesk(t *testing.T) {
	s := openAt(t, t.TempDir())
	put(t, s, draft(1, ".a", "lies"), draft(1, ".b", "dropped"), draft(1, ".c", "done"), draft(1, ".d", "not asked for"))
	drop(t, s, "kim", 2)
	save(t, s, ran("9b1d", core.RunAgreed), 3)
	for id, want := range map[core.FabricID][]int64{"dc1": {1, 2}, "dc2": {}} {
		all, err := s.Unfinished(t.Context(), id, 3, 2, 1, 77)
		if err != nil || !slices.Equal(ids(all), want) {
			t.Errorf("of %s are unfinished %v, %v, want %v", id, ids(all), err, want)
		}
	}
	if all, err := s.Unfinished(t.Context(), "dc1"); err != nil || len(all) > 0 {
		t.Errorf("of no drafts are unfinished %v, %v", ids(all), err)
	}
}

func TestHistoryTellsWhatBecameOfDecisions(t *testing.T) {
	s := openAt(t, t.TempDir())
	secret := draft(1, ".spec.password", "s3cret")
	secret.From = "an edit of kubectl-edit"
	put(t, s, secret)
	put(t, s, by("lee", draft(1, ".spec", "x")))
	undone(t, s, "lee")
	drop(t, s, "lee", 1)
	undone(t, s, "lee")
	save(t, s, ran("9b1d", core.RunAgreed), 1)
	var told []string
	for _, d := range past[core.Decided](entries(t, s, Filter{Fabrics: []core.FabricID{"dc1"}, Object: func(k core.Key) bool { return k == vpcKey(1) }})) {
		told = append(told, fmt.Sprintf("%d %s by %s", d.Draft.ID, d.What, d.By))
	}
	want := []string{
		"1 made by kim", "1 replaced by lee", "2 made by lee", "2 undone by lee", "1 restored by lee",
		"1 dropped by lee", "1 restored by lee", "1 done by kim",
	}
	same(t, "history", told, want)
	first := past[core.Decided](entries(t, s, Filter{Fabrics: []core.FabricID{"dc1"}}))[0].Draft
	secret.ID, secret.Fabric, secret.Published = 1, "dc1", core.Publishing{Run: "9b1d", At: noon}
	same(t, "the draft", first, secret)
}
