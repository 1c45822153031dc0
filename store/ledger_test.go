package store

import (
	"reflect"
	"testing"
	"time"

	"selvage/core"
)

// overwritten is an edit of vpc-1 that came and went between looks a minute
// apart, in the given minute after noon.
func overwritten(minute int) core.Overwritten {
	at := func(m int) time.Time { return noon.Add(time.Duration(m) * time.Minute) }
	return core.Overwritten{
		Key: vpcKey(1), Path: ".spec.mode", Op: core.OpChanged, Live: core.ValueOf("l3vni"), Now: core.ValueOf("l2vni"),
		Appeared: core.Window{After: at(minute), Before: at(minute + 1)},
		Replaced: core.Window{After: at(minute + 1), Before: at(minute + 2)}, ReplacedBy: "argocd-controller",
	}
}

func ledger(t testing.TB, s *Store) []core.Overwritten {
	t.Helper()
	return past[core.Overwritten](entries(t, s, Filter{Fabrics: []core.FabricID{"dc1"}}))
}

func TestOverwrittenValuesAreKeptAsTheyWere(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir)
	c := empty("dc1", noon.Add(time.Hour))
	whole := core.Overwritten{
		Key: vpcKey(2), Path: core.Root, Op: core.OpAdded, Live: core.ValueOf(map[string]any{"spec": map[string]any{"password": "s3cret", "n": int64(9007199254740993)}}),
		Manager: "kubectl-create", ManagerTime: noon, Replaced: core.Window{Before: noon.Add(time.Hour)},
		Commit: core.Commit{ID: "ab", Author: "Kim", Time: noon, Summary: "night shift"},
	}
	removed := core.Overwritten{Key: vpcKey(3), Path: ".spec.permit", Op: core.OpRemoved, Now: core.ValueOf(nil), Replaced: core.Window{Before: noon.Add(30 * time.Minute)}}
	c.Overwritten = []core.Overwritten{removed, overwritten(0), whole}
	record(t, s, c)
	want := []core.Overwritten{whole, removed, overwritten(0)}
	if got := ledger(t, openAt(t, dir)); !reflect.DeepEqual(got, want) {
		t.Errorf("the ledger\n got %+v\nwant %+v", got, want)
	}
	if n := len(past[core.Checked](entries(t, s, Filter{Fabrics: []core.FabricID{"dc1"}}))); n != 1 {
		t.Errorf("history tells %d checks, want the one that found the edits", n)
	}
}

// Two processes watch one fabric; each puts an edit into a time of its own.
func TestAnEditIsInTheLedgerOnce(t *testing.T) {
	dir := t.TempDir()
	a, b := openAt(t, dir), openAt(t, dir)
	see := func(s *Store, shift time.Duration, edit core.Overwritten) {
		for _, at := range []*time.Time{&edit.Appeared.After, &edit.Appeared.Before, &edit.Replaced.After, &edit.Replaced.Before} {
			*at = at.Add(shift)
		}
		c := empty("dc1", edit.Replaced.Before)
		c.Overwritten = []core.Overwritten{edit}
		record(t, s, c)
	}
	for _, minute := range []int{0, 2, 4} { // the same edit again and again, each begun as the last one was seen to be gone
		see(a, 0, overwritten(minute))
		see(b, 20*time.Second, overwritten(minute))
	}
	if got := ledger(t, a); len(got) != 3 {
		t.Errorf("%d edits, want 3: %+v", len(got), got)
	}
	for _, other := range []func(*core.Overwritten){
		func(o *core.Overwritten) { o.Key = vpcKey(2) },
		func(o *core.Overwritten) { o.Path = ".spec" },
		func(o *core.Overwritten) { o.Op = core.OpRemoved },
		func(o *core.Overwritten) { o.Live = core.Value{} },
		func(o *core.Overwritten) { o.Manager = "kubectl-edit" },
		func(o *core.Overwritten) { o.ManagerTime = noon },
	} {
		edit := overwritten(4)
		other(&edit)
		see(b, 0, edit)
	}
	if got := ledger(t, a); len(got) != 9 {
		t.Errorf("%d edits, want 6 more of other places, values and hands: %+v", len(got), got)
	}
	first := overwritten(4)
	first.Appeared.After = time.Time{} // seen at the first look of all
	see(b, 0, first)
	if got := ledger(t, a); len(got) != 9 {
		t.Errorf("%d edits: one that was there at the first look was counted twice", len(got))
	}
}

func TestBlindTimeThatGoesOnIsOne(t *testing.T) {
	s := openAt(t, t.TempDir())
	at := func(m int) time.Time { return noon.Add(time.Duration(m) * time.Minute) }
	look := func(from, until int, reason string) {
		c := empty("dc1", at(until))
		c.Blind = &core.Blind{From: at(from), Until: at(until), Reason: reason}
		record(t, s, c)
	}
	look(0, 1, "polled")
	look(1, 2, "polled")
	look(1, 3, "polled") // another process, at the same time
	look(5, 6, "polled") // somebody watched for two minutes
	look(6, 7, "selvage did not run")
	look(7, 7, "nothing")
	look(8, 7, "the clock was set back")
	look(7, 8, "polled")
	record(t, s, empty("dc1", at(9)))
	blinked := empty("dc1", at(9))
	blinked.Blind = &core.Blind{From: at(9), Until: at(9).Add(blink - 1), Reason: "polled"}
	record(t, s, blinked)
	resumed := empty("dc1", at(10))
	resumed.Blind = &core.Blind{From: at(8).Add(blink - 1), Until: at(10), Reason: "polled"}
	record(t, s, resumed)
	want := []core.Blind{
		{From: at(7), Until: at(10), Reason: "polled"},
		{From: at(6), Until: at(7), Reason: "selvage did not run"},
		{From: at(5), Until: at(6), Reason: "polled"},
		{From: at(0), Until: at(3), Reason: "polled"},
	}
	all := entries(t, s, Filter{Fabrics: []core.FabricID{"dc1"}, Object: func(core.Key) bool { return false }})
	if got := past[core.Blind](all); !reflect.DeepEqual(got, want) {
		t.Errorf("times in which nobody watched\n got %+v\nwant %+v", got, want)
	}
}

// A fabric that is only polled is blind at every check: that must not make its
// checks remarkable, nor its memory be read again.
func TestABlindCheckIsQuiet(t *testing.T) {
	s := openAt(t, t.TempDir())
	record(t, s, inSync(t, "dc1", 2))
	generation := count(t, s, "SELECT generation FROM fabrics")
	c := empty("dc1", noon.Add(time.Minute))
	c.Blind = &core.Blind{From: noon, Until: noon.Add(time.Minute), Reason: "polled"}
	record(t, s, c)
	if got := count(t, s, "SELECT generation FROM fabrics"); got != generation {
		t.Errorf("generation %d, want %d as before", got, generation)
	}
	checks := past[core.Checked](entries(t, s, Filter{Fabrics: []core.FabricID{"dc1"}, Quiet: true}))
	if len(checks) != 2 || !checks[0].Quiet {
		t.Errorf("checks %+v, want the last one quiet", checks)
	}
}
