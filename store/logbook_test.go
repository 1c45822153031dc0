package store

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"selvage/core"
)

// ran is a run of dc1 that came to a phase a minute after it began.
func ran(id string, phase core.RunPhase) *core.Run {
	r := &core.Run{ID: id, Fabrics: []core.FabricID{"dc1"}, Phase: phase, Started: noon, By: "kim", Attempts: 1}
	if phase.Over() {
		r.Ended = noon.Add(time.Minute)
	}
	return r
}

func save(t testing.TB, s *Store, r *core.Run, done ...int64) {
	t.Helper()
	if err := s.SaveRun(t.Context(), r, carried(done...)...); err != nil {
		t.Fatal(err)
	}
}

// carried are drafts that a run has carried out for good.
func carried(ids ...int64) (all []core.Carried) {
	for _, id := range ids {
		all = append(all, core.Carried{Draft: id})
	}
	return all
}

func savePlan(t testing.TB, s *Store, p *core.Plan) {
	t.Helper()
	if err := s.SavePlan(t.Context(), p); err != nil {
		t.Fatal(err)
	}
}

func open1(t testing.TB, s *Store, id core.FabricID) []string {
	t.Helper()
	all, err := s.OpenRuns(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range all {
		names = append(names, r.ID)
	}
	return names
}

// publication is one of a commit that changes some files.
func publication(commit string, phase core.PublicationPhase, files ...core.FileChange) core.PublicationState {
	return core.PublicationState{Publication: core.Publication{Commit: commit, Changes: files}, Phase: phase}
}

func TestPlansAreNumberedForEver(t *testing.T) {
	dir := t.TempDir()
	a, b := openAt(t, dir), openAt(t, dir)
	first, second := &core.Plan{Stop: []string{"first"}}, &core.Plan{Stop: []string{"second"}}
	savePlan(t, a, first)
	savePlan(t, b, second)
	if first.ID != "p1" || second.ID != "p2" {
		t.Errorf("ids %q, %q, want p1, p2", first.ID, second.ID)
	}
	mend(t, a, "DELETE FROM plans")
	savePlan(t, a, first)
	if first.ID != "p3" {
		t.Errorf("id %q after others were swept, want p3", first.ID)
	}
	for _, id := range []string{"p2", "p4", "3", "p", "", "p3x", "p-3", "p99999999999999999999"} {
		p, err := a.Plan(t.Context(), id)
		var e *core.Error
		if !errors.Is(err, core.ErrNoPlan) || !errors.As(err, &e) || e.Hint == "" || p != nil || !strings.Contains(err.Error(), fmt.Sprintf("%q", id)) {
			t.Errorf("Plan(%q) = %+v, %v, want %v with what to do", id, p, err, core.ErrNoPlan)
		}
	}
	if p, err := b.Plan(t.Context(), "p3"); err != nil || !reflect.DeepEqual(p, first) {
		t.Errorf("Plan = %+v, %v, want %+v", p, err, first)
	}
}

// A plan, what is published from it and every step of the run hold the same
// contents: they are in the file once.
func TestContentsOfFilesAreKeptOnce(t *testing.T) {
	s := openAt(t, t.TempDir())
	files := []core.FileChange{
		{Path: "a\xff.yaml", Before: "e69de29", Was: []byte{}, After: bytes.Repeat([]byte("\x00big\xff"), 500_000)},
		{Path: "b.yaml", Before: "257cc56", Was: []byte("foo\n")},
		{Path: "c.yaml", After: []byte{}},
		{Path: "d.yaml", After: bytes.Repeat([]byte("\x00big\xff"), 500_000)},
	}
	plan := &core.Plan{Commits: []core.PlannedCommit{{URL: "u", Branch: "main", Files: files}, {URL: "v", Files: files[:1]}}}
	savePlan(t, s, plan)
	r := ran("9b1d", core.RunPublishing)
	for _, phase := range []core.PublicationPhase{core.PublicationPushing, core.PublicationLanded} {
		r.Publications = []core.PublicationState{publication("ab", phase, files...)}
		save(t, s, r)
	}
	if n := count(t, s, "SELECT count(*) FROM blobs"); n != 3 {
		t.Errorf("%d contents are kept, want that of two files, a former one and the empty one", n)
	}
	if n := count(t, s, "SELECT count(*) FROM file_changes"); n != 5 {
		t.Errorf("%d changes of files are kept, want two lists", n)
	}
	got, err := s.Plan(t.Context(), plan.ID)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "plan", got, plan)
	back, err := s.Run(t.Context(), "9b")
	if err != nil {
		t.Fatal(err)
	}
	same(t, "run", back, r)
	told := past[core.Run](entries(t, s, Filter{Fabrics: []core.FabricID{"dc1"}}))[0]
	for i, f := range told.Publications[0].Changes {
		if len(f.After) != 0 || (f.After == nil) != (files[i].After == nil) || f.Path != files[i].Path {
			t.Errorf("history tells %d bytes of %q", len(f.After), f.Path)
		}
	}
	info, err := os.Stat(s.path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > 8<<20 {
		t.Errorf("the log grew to %d bytes", info.Size())
	}
	mend(t, s, "UPDATE blobs SET content = x'00' WHERE length(content) > 0")
	if _, err := s.Plan(t.Context(), plan.ID); !errors.Is(err, ErrDamaged) {
		t.Errorf("Plan = %v, want %v", err, ErrDamaged)
	}
	if _, err := s.OpenRuns(t.Context(), "dc1"); !errors.Is(err, ErrDamaged) {
		t.Errorf("OpenRuns = %v, want %v", err, ErrDamaged)
	}
}

// The id of a commit follows from its times to the second, and their zones.
func TestCommitsComeOutTheSame(t *testing.T) {
	s := openAt(t, t.TempDir())
	r := ran("9b1d", core.RunPublishing)
	for _, when := range []time.Time{
		noon.In(time.FixedZone("CET", 3600)).Truncate(time.Second), noon.In(time.FixedZone("", -(9*3600 + 1800))).Truncate(time.Second),
		noon.Truncate(time.Second), time.Unix(1<<40, 0), time.Unix(-1<<40, 0),
		{},
	} {
		p := publication("ab", core.PublicationDropped)
		p.Author, p.Committer = core.Person{Name: "K\xffm", Email: "kim@example.net", When: when}, core.Person{When: when}
		p.Subject, p.Body, p.Message = "\xfe\x00", "line\r\n\n", "\xff"
		r.Publications = append(r.Publications, p)
	}
	save(t, s, r)
	back, err := s.Run(t.Context(), r.ID)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range back.Publications {
		want := r.Publications[i]
		for _, w := range []struct{ got, want core.Person }{{p.Author, want.Author}, {p.Committer, want.Committer}} {
			_, zone := w.got.When.Zone()
			_, wantZone := w.want.When.Zone()
			if !w.got.When.Equal(w.want.When) || zone != wantZone || w.got.Name != w.want.Name || w.got.When.IsZero() != w.want.When.IsZero() {
				t.Errorf("%+v came back as %+v", w.want, w.got)
			}
		}
		if p.Subject != want.Subject || p.Body != want.Body || p.Message != want.Message {
			t.Errorf("texts came back as %q, %q, %q", p.Subject, p.Body, p.Message)
		}
	}
}

func TestOpenRunsAreThoseToSettle(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir)
	if none, err := s.LastRun(t.Context(), "dc1"); none != nil || err != nil {
		t.Errorf("LastRun = %+v, %v before any run", none, err)
	}
	save(t, s, ran("over", core.RunAgreed))
	both := ran("both", core.RunPublishing)
	both.Fabrics = []core.FabricID{"dc2", "dc1"}
	save(t, s, both)
	save(t, s, ran("queued", core.RunQueued))
	doubt := ran("doubt", core.RunInterrupted)
	doubt.Publications = []core.PublicationState{publication("ab", core.PublicationPushing)}
	save(t, s, doubt)
	unsent := ran("unsent", core.RunInterrupted)
	unsent.Publications = []core.PublicationState{publication("cd", core.PublicationDropped)}
	save(t, s, unsent)
	cold := openAt(t, dir)
	same(t, "open runs of dc1", open1(t, cold, "dc1"), []string{"both", "queued", "doubt"})
	same(t, "open runs of dc2", open1(t, cold, "dc2"), []string{"both"})
	same(t, "all open runs", open1(t, cold, ""), []string{"both", "queued", "doubt"})
	doubt.Publications[0].Phase = core.PublicationLanded
	save(t, s, doubt)
	both.Phase, both.Ended = core.RunAgreed, noon.Add(time.Hour)
	save(t, s, both)
	same(t, "what is left", open1(t, cold, ""), []string{"queued"})
	if r, err := cold.LastRun(t.Context(), "dc2"); err != nil || r.ID != "both" {
		t.Errorf("LastRun = %+v, %v", r, err)
	}
	for id, want := range map[string]bool{"both": true, "bot": true, "un": true, "": false, "x": false, "%": false} {
		r, err := cold.Run(t.Context(), id)
		if (err == nil) != want || !want && !errors.Is(err, core.ErrNoRun) {
			t.Errorf("Run(%q) = %+v, %v", id, r, err)
		}
	}
	save(t, s, ran("bother", core.RunQueued))
	if r, err := cold.Run(t.Context(), "both"); err != nil || r.ID != "both" {
		t.Errorf("Run of a whole id that begins another one = %+v, %v", r, err)
	}
	if _, err := cold.Run(t.Context(), "bot"); !errors.Is(err, core.ErrNoRun) {
		t.Errorf("Run of two = %v", err)
	}
}

// A process that was asleep must not write over what another one has proven.
func TestALateWriterDoesNotTakeBackWhatIsProven(t *testing.T) {
	s := openAt(t, t.TempDir())
	put(t, s, draft(1, ".spec", "x"))
	late := ran("9b1d", core.RunPublishing)
	late.Publications = []core.PublicationState{publication("ab", core.PublicationPushing)}
	save(t, s, late)
	settled := ran("9b1d", core.RunPublished)
	settled.Publications = []core.PublicationState{publication("ab", core.PublicationLanded)}
	save(t, s, settled, 1)

	refused := func(what string, r *core.Run, want error) {
		t.Helper()
		var e *core.Error
		if err := s.SaveRun(t.Context(), r); !errors.Is(err, want) || !errors.As(err, &e) || e.Hint == "" {
			t.Errorf("%s: SaveRun = %v, want %v", what, err, want)
		}
		if got, err := s.Run(t.Context(), r.ID); err != nil || !reflect.DeepEqual(got, settled) {
			t.Errorf("%s: the run is now %+v, %v", what, got, err)
		}
	}
	refused("it goes on", late, errOver)
	late.Phase = core.RunFailed
	refused("it ends otherwise", late, errLanded)
	late.Publications = nil
	refused("it knows no commit", late, errLanded)
	again := ran("9b1d", core.RunFollowing)
	again.Attempts, again.Publications = 2, settled.Publications
	save(t, s, again)
	for _, r := range []*core.Run{{}, {ID: "x", Started: noon}, {ID: "x", Fabrics: []core.FabricID{"dc1"}}, {Fabrics: []core.FabricID{"dc1"}, Started: noon}} {
		if err := s.SaveRun(t.Context(), r); err == nil {
			t.Errorf("%+v was kept", r)
		}
	}
}

func TestARunTakesItsDraftsWithIt(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir)
	put(t, s, draft(1, ".spec", "x"), git(draft(2, ".spec", "y")), draft(3, ".spec", "z"))
	if err := s.Step(t.Context(), "dc2", "kim", nil, git(draft(1, ".spec", "other"))); err != nil {
		t.Fatal(err)
	}
	memory(t, s, "dc1")
	memory(t, s, "dc2")
	r := ran("9b1d", core.RunPublished)
	r.Fabrics = append(r.Fabrics, "dc2")
	bad := *r
	bad.Objects = []core.RunObject{{Fabric: "dc1"}} // about nothing
	if err := s.SaveRun(t.Context(), &bad, carried(1, 2, 4)...); err == nil || len(desktop(t, s)) != 3 {
		t.Errorf("a run that cannot be kept: %v, and on the desk lies %v", err, desktop(t, s))
	}
	save(t, s, r, 1, 2, 4, 99)
	for _, h := range []*Store{s, openAt(t, dir)} {
		lies(t, h, "after the run", `3 vpc-3 .spec "z"`)
		if m := memory(t, h, "dc1"); len(m.Drafts) != 1 {
			t.Errorf("drafts %+v", m.Drafts)
		}
		if m := memory(t, h, "dc2"); m.Drafts != nil {
			t.Errorf("drafts of the other fabric %+v", m.Drafts)
		}
	}
}

func TestHistoryTellsRuns(t *testing.T) {
	s := openAt(t, t.TempDir())
	r := ran("9b1d", core.RunFollowing)
	r.Fabrics = []core.FabricID{"dc1", "dc2"}
	r.Objects = []core.RunObject{{Fabric: "dc2", Key: vpcKey(1), State: core.Pending, Since: noon, Command: "kubectl apply"}}
	r.Result.Applied = []core.Resolution{{Key: vpcKey(2), At: noon}}
	put(t, s, draft(2, ".spec", "x"))
	save(t, s, r)
	told := func(f Filter) (all []string) {
		for _, e := range entries(t, s, f) {
			if x, ok := e.What.(core.Run); ok {
				all = append(all, fmt.Sprint(e.Fabric, " ", x.Phase, " ", e.At.Sub(noon)))
			}
		}
		return all
	}
	everywhere := Filter{Fabrics: []core.FabricID{"dc1", "dc2"}}
	same(t, "while it goes on", told(everywhere), []string{"dc1 following 0s", "dc2 following 0s"})
	r.Phase, r.Ended = core.RunAgreed, noon.Add(time.Minute)
	save(t, s, r)
	same(t, "afterwards", told(everywhere), []string{"dc1 agreed 1m0s", "dc2 agreed 1m0s"})
	about := func(i int) Filter {
		return Filter{Fabrics: everywhere.Fabrics, Object: func(k core.Key) bool { return k == vpcKey(i) }}
	}
	same(t, "about what it waits for", told(about(1)), []string{"dc2 agreed 1m0s"})
	same(t, "about what was decided", told(about(2)), []string{"dc1 agreed 1m0s"})
	same(t, "about another", told(about(3)), nil)
}

func TestPlansAndRunsAreSwept(t *testing.T) {
	now := &clock{noon}
	s := openBy(t, t.TempDir(), now)
	put(t, s, draft(1, ".spec", "published"))
	put(t, s, draft(2, ".spec", "dropped"))
	put(t, s, draft(3, ".spec", "kept"))
	drop(t, s, "kim", 2)
	idle, used := &core.Plan{}, &core.Plan{}
	for i, p := range []*core.Plan{idle, used} {
		p.Commits = []core.PlannedCommit{{Files: []core.FileChange{{Path: "a", After: []byte{byte(i)}}}}}
		savePlan(t, s, p)
	}
	r := ran("9b1d", core.RunAgreed)
	r.Plan = used.ID
	r.Publications = []core.PublicationState{publication("ab", core.PublicationLanded, core.FileChange{Path: "a", Before: "257cc56", Was: []byte("was"), After: []byte("run")})}
	r.Result.Updated = []core.Update{{Key: vpcKey(1), Before: core.ValueOf("old")}}
	save(t, s, r, 1)
	open := ran("open", core.RunFollowing)
	open.Objects = []core.RunObject{{Fabric: "dc1", Key: vpcKey(7)}}
	save(t, s, open)
	if err := s.Pin(t.Context(), "dc1", core.Pin{Key: vpcKey(4), Path: ".spec"}); err != nil {
		t.Fatal(err)
	}

	at := func(age time.Duration) map[string]int {
		now.now = noon.Add(age)
		record(t, s, empty("dc1", now.now))
		return tables(t, s)
	}
	rows := at(time.Hour)
	if rows["plans"] != 2 || rows["runs"] != 2 || rows["drafts"] != 3 || rows["blobs"] != 5 || rows["desk_steps"] != 4 {
		t.Errorf("an hour later: %v, want everything", rows)
	}
	rows = at(KeepPlans + time.Hour)
	if rows["plans"] != 1 || rows["file_changes"] != 2 || rows["blobs"] != 4 || rows["desk_steps"] != 0 || rows["desk_moves"] != 0 || rows["drafts"] != 3 {
		t.Errorf("a month later: %v, want the plan gone that nobody carried out, and the steps", rows)
	}
	if _, err := s.Plan(t.Context(), used.ID); err != nil {
		t.Error(err)
	}
	rows = at(KeepPast + time.Hour)
	if rows["plans"] != 0 || rows["runs"] != 1 || rows["drafts"] != 1 || rows["blobs"] != 0 || rows["file_changes"] != 0 || rows["publications"] != 0 || rows["objects"] != 3 {
		t.Errorf("long after: %v, want the run that goes on, what lies on the desk, and the pin", rows)
	}
	lies(t, s, "long after", `3 vpc-3 .spec "kept"`)
}
