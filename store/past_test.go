package store

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"selvage/core"
)

func TestPastIsToldNewestFirst(t *testing.T) {
	s := openAt(t, t.TempDir())
	record(t, s, inSync(t, "dc1", 2))
	record(t, s, inSync(t, "dc2", 1))
	at := noon.Add(time.Minute)
	change := edited(t, "dc1", memory(t, s, "dc1"), 1, at)
	change.Report.Git = append(change.Report.Git, core.Reading{Access: core.AccessForbidden})
	change.Report.Counts[core.Drifted] = 1
	record(t, s, change)
	record(t, s, empty("dc1", at.Add(time.Minute)))
	record(t, s, core.Check{Fabric: "dc1", Started: at, Finished: at.Add(2 * time.Minute), Err: "no time"})

	checks := past[core.Checked](entries(t, s, Filter{Fabrics: []core.FabricID{"dc1"}, Quiet: true}))
	want := []core.Checked{
		{Started: at, Finished: at.Add(2 * time.Minute), Duration: 2 * time.Minute, Err: "no time"},
		{Started: at.Add(59 * time.Second), Finished: at.Add(time.Minute), Duration: time.Second, Quiet: true, Reported: true, Git: core.AccessOK, Live: core.AccessOK},
		{Started: at.Add(-time.Second), Finished: at, Duration: time.Second, Reported: true, Git: core.AccessForbidden, Live: core.AccessOK, Counts: change.Report.Counts},
	}
	if len(checks) != 4 || !reflect.DeepEqual(checks[:3], want) {
		t.Errorf("checks\n got %+v\nwant %+v and the first", checks, want)
	}
	if told := past[core.Checked](entries(t, s, Filter{Fabrics: []core.FabricID{"dc1"}})); len(told) != 3 || !reflect.DeepEqual(told[1], want[2]) {
		t.Errorf("checks without quiet ones\n got %+v", told)
	}
	if some := entries(t, s, Filter{Fabrics: []core.FabricID{"dc1"}, Since: at.Add(time.Minute), Limit: 1}); !reflect.DeepEqual(past[core.Checked](some), want[:1]) {
		t.Errorf("one entry since %s = %+v, want %+v", at, some, want[:1])
	}
	all := past[core.Transition](entries(t, s, Filter{Fabrics: []core.FabricID{"dc1"}}))
	if len(all) != 3 || !reflect.DeepEqual(all[0], change.Transitions[0]) {
		t.Errorf("transitions\n got %+v\nwant 3, first %+v", all, change.Transitions[0])
	}
	if none := entries(t, s, Filter{Fabrics: []core.FabricID{"nobody"}}); len(none) > 0 {
		t.Errorf("the history of an unknown fabric = %+v, want none", none)
	}
}

// chronicle records two fabrics to which everything happens that history tells,
// much of it at one time.
func chronicle(t testing.TB, s *Store) {
	t.Helper()
	for _, id := range []core.FabricID{"dc1", "dc2"} {
		record(t, s, inSync(t, id, 5))
		for i := range 4 {
			at := noon.Add(time.Duration(i/2) * time.Minute)
			c := edited(t, id, memory(t, s, id), i, at)
			lost := overwritten(2 * i)
			lost.Replaced.Before = at
			c.Overwritten = []core.Overwritten{lost}
			c.Blind = &core.Blind{From: at.Add(-2 * time.Second), Until: at.Add(-time.Second), Reason: fmt.Sprint("look ", i)}
			record(t, s, c)
			if err := s.Accept(t.Context(), id, core.Acceptance{What: core.AcceptBase, At: at, Keys: []core.Key{vpcKey(1), vpcKey(i)}}); err != nil {
				t.Fatal(err)
			}
			if err := s.Acknowledge(t.Context(), id, word(i, ".spec.mode", at)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestPagesOfHistoryAreTheWhole(t *testing.T) {
	s := openAt(t, t.TempDir())
	chronicle(t, s)
	for _, f := range []Filter{
		{Fabrics: []core.FabricID{"dc1"}},
		{Fabrics: []core.FabricID{"dc2", "dc1"}, Quiet: true},
		{Fabrics: []core.FabricID{"dc1", "dc2"}, Since: noon.Add(time.Minute)},
		{Fabrics: []core.FabricID{"dc1", "dc2"}, Object: func(k core.Key) bool { return k == vpcKey(1) }},
	} {
		whole := entries(t, s, f)
		if len(whole) < 20 {
			t.Errorf("%d entries, want more", len(whole))
		}
		ids := map[string]bool{}
		for i, e := range whole {
			if i > 0 && e.At.After(whole[i-1].At) {
				t.Errorf("%s at %s comes after %s at %s", e.ID, e.At, whole[i-1].ID, whole[i-1].At)
			}
			if ids[e.ID] || e.At.Before(f.Since) {
				t.Errorf("%s of %s comes twice, or is too old", e.ID, e.At)
			}
			ids[e.ID] = true
		}
		for size := 1; size <= len(whole); size++ {
			page := f
			page.Limit = size
			var all []core.Entry
			for {
				next := entries(t, s, page)
				all = append(all, next...)
				if len(next) < size || len(all) > len(whole) {
					break
				}
				page.After = next[size-1]
			}
			same(t, fmt.Sprintf("pages of %d", size), all, whole)
		}
	}
}

func TestHistoryOfAnObject(t *testing.T) {
	s := openAt(t, t.TempDir())
	chronicle(t, s)
	all := entries(t, s, Filter{Fabrics: []core.FabricID{"dc1"}, Object: func(k core.Key) bool { return k == vpcKey(3) }})
	if n := len(past[core.Checked](all)); n != 0 {
		t.Errorf("%d checks, want none: they are about no object", n)
	}
	if n := len(past[core.Blind](all)); n != 4 {
		t.Errorf("%d times in which nobody watched, want all 4", n)
	}
	if n := len(past[core.Acceptance](all)); n != 1 {
		t.Errorf("%d acceptances, want the one that names it", n)
	}
	if n := len(past[core.Acknowledgement](all)); n != 1 {
		t.Errorf("%d acknowledgements, want one", n)
	}
	for _, x := range past[core.Transition](all) {
		if x.Key != vpcKey(3) {
			t.Errorf("a change of %s", x.Key)
		}
	}
	if n := len(past[core.Transition](all)); n != 2 {
		t.Errorf("%d changes of verdict, want 2", n)
	}
	if edits := past[core.Overwritten](all); len(edits) != 0 {
		t.Errorf("edits of another object: %+v", edits)
	}
}

func TestAPageAfterNothingIsRefused(t *testing.T) {
	s := openAt(t, t.TempDir())
	chronicle(t, s)
	for _, after := range []core.Entry{{ID: "verdict-1"}, {ID: "verdict", At: noon}, {ID: "nothing-1", At: noon}} {
		if all, err := s.Entries(t.Context(), Filter{Fabrics: []core.FabricID{"dc1"}, After: after}); err == nil || !strings.Contains(err.Error(), after.ID) {
			t.Errorf("Entries after %+v = %+v, %v, want an error that names it", after, all, err)
		}
	}
}

func TestDamagedHistoryIsNoticed(t *testing.T) {
	for name, query := range map[string]string{
		"state":  "UPDATE transitions SET to_state = 'fine'",
		"value":  "UPDATE overwritten SET live = '{'",
		"commit": "UPDATE overwritten SET git_commit = 'x'",
		"digest": "UPDATE acknowledgements SET git_digest = x''",
		"counts": "UPDATE checks SET counts = '{\"fine\":1}'",
		"object": "PRAGMA foreign_keys = OFF; DELETE FROM objects",
	} {
		s := openAt(t, t.TempDir())
		chronicle(t, s)
		mend(t, s, query)
		if _, err := s.Entries(t.Context(), Filter{Fabrics: []core.FabricID{"dc1"}}); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: Entries = %v, want %v", name, err, ErrDamaged)
		}
	}
}

// That a side could not be read, or nothing could, is asked for long after.
func TestChecksThatCouldNotReadAreKeptLong(t *testing.T) {
	now := &clock{noon}
	s := openBy(t, t.TempDir(), now)
	record(t, s, inSync(t, "dc1", 1))
	kept := []core.Check{empty("dc1", noon.Add(3*time.Minute)), empty("dc1", noon.Add(4*time.Minute)), empty("dc1", noon.Add(5*time.Minute))}
	kept[0].Report.Live.Access = core.AccessUnreachable
	kept[1].Report.Git[0].Access = core.AccessLoginNeeded
	kept[2].Report.Gaps = []core.Gap{{GroupKind: vpcKey(0).GroupKind(), Access: core.AccessForbidden, Reason: "forbidden"}}
	failed := core.Check{Fabric: "dc1", Started: noon, Finished: noon.Add(6 * time.Minute), Err: "killed"}
	for _, c := range append(kept, failed, empty("dc1", noon.Add(7*time.Minute))) {
		record(t, s, c)
	}

	last := func(age time.Duration) []core.Checked {
		now.now = noon.Add(age)
		record(t, s, empty("dc1", now.now))
		return past[core.Checked](entries(t, s, Filter{Fabrics: []core.FabricID{"dc1"}, Since: noon.Add(time.Minute), Quiet: true}))
	}
	if all := last(KeepQuiet + time.Hour); len(all) != 1+len(kept)+1 || all[1].Err != failed.Err || all[len(all)-1].Live != core.AccessUnreachable {
		t.Errorf("a month later: %+v, want those that could not read, and today's", all)
	}
	if all := last(KeepPast + time.Hour); len(all) != 1 {
		t.Errorf("long after: %+v, want today's", all)
	}
}

func TestOldRowsAreSweptOnceADay(t *testing.T) {
	dir := t.TempDir()
	now := &clock{noon}
	s, err := Open(t.Context(), Config{Dir: dir, Now: now.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer finish(t, s)
	record(t, s, inSync(t, "dc1", 3))
	record(t, s, empty("dc1", noon.Add(time.Minute)))
	gone := empty("dc1", noon.Add(2*time.Minute))
	gone.Git = core.NewSnapshot(gone.Report.Git...)
	for i := range 2 {
		git, _ := pair(t, i)
		gone.Git.Add(git)
	}
	gone.Gone = []core.Key{vpcKey(2)}
	gone.Overwritten = []core.Overwritten{overwritten(0)}
	gone.Overwritten[0].Key = vpcKey(8) // of nothing else that is known
	gone.Blind = &core.Blind{From: noon, Until: noon.Add(time.Minute), Reason: "polled"}
	record(t, s, gone)
	accept(t, s, core.Acceptance{What: core.AcceptMass, At: noon, Keys: []core.Key{vpcKey(2), vpcKey(9)}})
	acknowledge(t, s, word(1, ".spec", noon))
	acknowledge(t, s, word(1, ".spec", noon.Add(time.Minute)))

	at := func(age time.Duration) map[string]int {
		now.now = noon.Add(age)
		record(t, s, empty("dc1", now.now))
		return tables(t, s)
	}
	rows := at(time.Hour)
	if rows["checks"] != 4 || rows["objects"] != 5 || rows["blobs"] != 6 {
		t.Errorf("an hour later: %v, want everything", rows)
	}
	rows = at(25 * time.Hour)
	if rows["blobs"] != 4 || rows["docs"] != 4 || rows["objects"] != 5 || rows["checks"] != 5 {
		t.Errorf("a day later: %v, want the contents of 2 objects", rows)
	}
	rows = at(KeepQuiet + time.Hour + time.Minute)
	if rows["checks"] != 4 || rows["transitions"] != 3 {
		t.Errorf("a month later: %v, want quiet checks of the first day gone", rows)
	}
	if rows["overwritten"] != 1 || rows["blind"] != 1 || rows["acceptances"] != 1 || rows["accepted"] != 2 || rows["acknowledgements"] != 2 {
		t.Errorf("a month later: %v, want what happened and what was said", rows)
	}
	rows = at(KeepPast + time.Hour)
	if rows["checks"] != 1 || rows["transitions"] != 0 || rows["objects"] != 2 || rows["memory"] != 2 {
		t.Errorf("long after: %v, want only what is remembered", rows)
	}
	if rows["overwritten"]+rows["blind"]+rows["acceptances"]+rows["accepted"]+rows["acknowledgements"] != 0 {
		t.Errorf("long after: %v, want nothing of what happened and what was said", rows)
	}
	other := openAt(t, dir)
	if got := len(memory(t, other, "dc1").Objects); got != 2 {
		t.Errorf("%d objects are remembered, want 2", got)
	}
	now.now = noon // the clock is set back
	record(t, s, empty("dc1", noon))
	if !s.swept().Equal(noon) {
		t.Errorf("last sweep %s, want one by the clock as it is now", s.swept())
	}
}
