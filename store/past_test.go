package store

import (
	"reflect"
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

	checks, err := s.Checks(t.Context(), "dc1", time.Time{}, 0)
	if err != nil || len(checks) != 4 {
		t.Fatalf("Checks = %d, %v, want 4", len(checks), err)
	}
	want := []Check{
		{Started: at, Finished: at.Add(2 * time.Minute), Duration: 2 * time.Minute, Err: "no time"},
		{Started: at.Add(59 * time.Second), Finished: at.Add(time.Minute), Duration: time.Second, Quiet: true, Reported: true, Git: core.AccessOK, Live: core.AccessOK},
		{Started: at.Add(-time.Second), Finished: at, Duration: time.Second, Reported: true, Git: core.AccessForbidden, Live: core.AccessOK, Counts: change.Report.Counts},
	}
	if !reflect.DeepEqual(checks[:3], want) {
		t.Errorf("Checks\n got %+v\nwant %+v", checks[:3], want)
	}
	if some, err := s.Checks(t.Context(), "dc1", at.Add(time.Minute), 1); err != nil || !reflect.DeepEqual(some, want[:1]) {
		t.Errorf("one check since %s = %+v, %v, want %+v", at, some, err, want[:1])
	}

	all, err := s.Transitions(t.Context(), "dc1", time.Time{}, 0)
	if err != nil || len(all) != 3 || !reflect.DeepEqual(all[0], change.Transitions[0]) {
		t.Errorf("Transitions\n got %+v, %v\nwant 3, first %+v", all, err, change.Transitions[0])
	}
	if some, err := s.Transitions(t.Context(), "dc1", at, 5); err != nil || len(some) != 1 {
		t.Errorf("transitions since %s = %+v, %v, want one", at, some, err)
	}
	if none, err := s.Transitions(t.Context(), "nobody", time.Time{}, 0); err != nil || none != nil {
		t.Errorf("transitions of an unknown fabric = %+v, %v, want none", none, err)
	}
}

// That a side could not be read, or nothing could, is asked for long after.
func TestChecksThatCouldNotReadAreKeptLong(t *testing.T) {
	now := &clock{noon}
	s, err := Open(t.Context(), Config{Dir: t.TempDir(), Now: now.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer finish(t, s)
	record(t, s, inSync(t, "dc1", 1))
	kept := []core.Check{empty("dc1", noon.Add(3*time.Minute)), empty("dc1", noon.Add(4*time.Minute)), empty("dc1", noon.Add(5*time.Minute))}
	kept[0].Report.Live.Access = core.AccessUnreachable
	kept[1].Report.Git[0].Access = core.AccessLoginNeeded
	kept[2].Report.Gaps = []core.Gap{{GroupKind: vpcKey(0).GroupKind(), Access: core.AccessForbidden, Reason: "forbidden"}}
	failed := core.Check{Fabric: "dc1", Started: noon, Finished: noon.Add(6 * time.Minute), Err: "killed"}
	for _, c := range append(kept, failed, empty("dc1", noon.Add(7*time.Minute))) {
		record(t, s, c)
	}

	last := func(age time.Duration) []Check {
		now.now = noon.Add(age)
		record(t, s, empty("dc1", now.now))
		all, err := s.Checks(t.Context(), "dc1", noon.Add(time.Minute), 0)
		if err != nil {
			t.Fatal(err)
		}
		return all
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
	record(t, s, gone)

	at := func(age time.Duration) map[string]int {
		now.now = noon.Add(age)
		record(t, s, empty("dc1", now.now))
		return tables(t, s)
	}
	rows := at(time.Hour)
	if rows["checks"] != 4 || rows["objects"] != 3 || rows["blobs"] != 6 {
		t.Errorf("an hour later: %v, want everything", rows)
	}
	rows = at(25 * time.Hour)
	if rows["blobs"] != 4 || rows["docs"] != 4 || rows["objects"] != 3 || rows["checks"] != 5 {
		t.Errorf("a day later: %v, want the contents of 2 objects", rows)
	}
	rows = at(KeepQuiet + time.Hour + time.Minute)
	if rows["checks"] != 4 || rows["transitions"] != 3 {
		t.Errorf("a month later: %v, want quiet checks of the first day gone", rows)
	}
	rows = at(KeepPast + time.Hour)
	if rows["checks"] != 1 || rows["transitions"] != 0 || rows["objects"] != 2 || rows["memory"] != 2 {
		t.Errorf("long after: %v, want only what is remembered", rows)
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
