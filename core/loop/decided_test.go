package loop_test

import (
	"context"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/loop"
	"selvage/store"
)

// office is a fabric with a real store, in which people decide.
type office struct {
	*store.Store
	git, live *script
	loop      *loop.Loop
	asked     atomic.Int32 // how often the memory was
}

func (o *office) Memory(ctx context.Context, id core.FabricID) (*core.Memory, error) {
	o.asked.Add(1)
	return o.Store.Memory(ctx, id)
}

func newOffice(t *testing.T, dir string) *office {
	t.Helper()
	s, err := store.Open(t.Context(), store.Config{Dir: dir, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	o := &office{Store: s, git: &script{}, live: &script{}}
	o.git.set(answer(whole("git", object("vpc-1", 1))))
	o.live.set(answer(whole("kube", object("vpc-1", 1))))
	o.loop = loop.New(loop.Config{
		Units: []loop.Unit{{
			Fabric: core.Fabric{ID: "dc1", Namespace: "default", Timeout: time.Minute, CheckEvery: time.Minute, PendingLimit: time.Hour},
			Git:    o.git, Live: o.live,
		}},
		History: o, Now: time.Now, Jitter: func(d time.Duration) time.Duration { return d }, Log: slog.New(slog.DiscardHandler),
	})
	return o
}

func (o *office) check(t *testing.T) core.FabricState {
	t.Helper()
	if err := o.loop.Check(t.Context(), "dc1"); err != nil {
		t.Fatal(err)
	}
	return o.state()
}

func (o *office) state() core.FabricState { return o.loop.Fleet().Fabrics[0] }

// drift makes live say something else than Git, and checks.
func (o *office) drift(t *testing.T, vlan int64) {
	t.Helper()
	o.check(t)
	o.live.set(answer(whole("kube", object("vpc-1", vlan))))
	if v := o.check(t).Report.Verdicts[0]; v.State != core.Drifted {
		t.Fatalf("it is %s: %s", v.State, v.Reason)
	}
}

// decide lays a decision on the desk, as a command does.
func (o *office) decide(t *testing.T, choice core.Choice) {
	t.Helper()
	k := object("vpc-1", 1).Key
	all, err := o.loop.Subjects(t.Context(), "dc1", k)
	if err != nil || len(all) != 1 {
		t.Fatalf("Subjects = %+v, %v", all, err)
	}
	r, err := all[0].Sides.Decide(".spec.vlan", choice, core.Value{})
	if err != nil {
		t.Fatal(err)
	}
	r.Key, r.By, r.At = k, "ada", time.Now()
	if err := o.Step(t.Context(), "dc1", r.By, nil, core.Draft{Resolution: r}); err != nil {
		t.Fatal(err)
	}
}

func (o *office) reconsider(t *testing.T) core.FabricState {
	t.Helper()
	if err := o.loop.Reconsider(t.Context(), "dc1"); err != nil {
		t.Fatal(err)
	}
	return o.state()
}

func (o *office) remembers(t *testing.T) *core.Memory {
	t.Helper()
	m, err := o.Store.Memory(t.Context(), "dc1")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestDecisionCountsAtOnce, without any side being read, and is recorded; and so
// does what takes it back.
func TestDecisionCountsAtOnce(t *testing.T) {
	o := newOffice(t, t.TempDir())
	was := o.check(t).LastSync
	if f := o.reconsider(t); !f.LastSync.Equal(was) {
		t.Errorf("last sync went from %s to %s, and nobody has looked", was, f.LastSync)
	}
	o.drift(t, 2)
	reads, agreed := len(o.live.scopes()), o.state().LastSync
	o.decide(t, core.TakeGit)
	f := o.reconsider(t)
	if v := f.Report.Verdicts[0]; v.State != core.Pending || !strings.HasPrefix(v.Reason, "git was chosen by ada") {
		t.Errorf("decided, it is %s: %s", v.State, v.Reason)
	}
	if len(f.Drafts) != 1 || f.Drafts[0].State != core.DraftPending || f.SyncStatus(time.Now()) != core.OutOfSync {
		t.Errorf("drafts %+v, %s", f.Drafts, f.SyncStatus(time.Now()))
	}
	if m := o.remembers(t); m.Report.Counts[core.Pending] != 1 || m.Objects[object("vpc-1", 1).Key].Verdict.State != core.Pending {
		t.Errorf("remembered: %v", m.Report.Counts)
	}
	if _, err := o.Undo(t.Context(), "dc1", "ada"); err != nil {
		t.Fatal(err)
	}
	if f := o.reconsider(t); f.Report.Verdicts[0].State != core.Drifted || len(f.Drafts) != 0 {
		t.Errorf("taken back, it is %s, drafts %+v", f.Report.Verdicts[0].State, f.Drafts)
	}
	if n := len(o.live.scopes()); n != reads {
		t.Errorf("live was read %d more times", n-reads)
	}
	if f := o.state(); !f.LastSync.Equal(agreed) {
		t.Errorf("last sync went from %s to %s, and nobody has looked", agreed, f.LastSync)
	}
	var states []string
	entries, err := o.Entries(t.Context(), store.Filter{Fabrics: []core.FabricID{"dc1"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if x, ok := e.What.(core.Transition); ok {
			states = append(states, x.To.String())
		}
		if x, ok := e.What.(core.Decided); ok {
			states = append(states, string(x.What))
		}
	}
	if got := strings.Join(states, " "); got != "drifted undone pending made drifted" {
		t.Errorf("history, newest first: %s", got)
	}
}

// TestDraftThatHasComeTrueLeavesTheDesk: of git when live follows, of live when
// Git says so, whoever brought it about; and never on a side that was not read.
func TestDraftThatHasComeTrueLeavesTheDesk(t *testing.T) {
	for choice, follow := range map[core.Choice]func(*office, *core.Object, bool){
		core.TakeGit:  func(o *office, _ *core.Object, read bool) { o.live.set(answer(side("kube", object("vpc-1", 1), read))) },
		core.TakeLive: func(o *office, _ *core.Object, read bool) { o.git.set(answer(side("git", object("vpc-1", 2), read))) },
	} {
		o := newOffice(t, t.TempDir())
		o.drift(t, 2)
		o.decide(t, choice)
		follow(o, nil, false)
		if f := o.check(t); len(f.Drafts) != 1 || len(o.remembers(t).Drafts) != 1 {
			t.Errorf("%s: a side was not read, and the drafts are %+v", choice, f.Drafts)
		}
		follow(o, nil, true)
		if f := o.check(t); f.Report.Verdicts[0].State != core.InSync || len(f.Drafts) != 0 || len(o.remembers(t).Drafts) != 0 {
			t.Errorf("%s: %s, drafts %+v, on the desk %+v", choice, f.Report.Verdicts[0].State, f.Drafts, o.remembers(t).Drafts)
		}
	}
}

func side(name string, o *core.Object, read bool) *core.Snapshot {
	if !read {
		return failed(name)
	}
	return whole(name, o)
}

// TestDecisionDoesNotWaitForACheck that is under way, and is not lost by it.
func TestDecisionDoesNotWaitForACheck(t *testing.T) {
	o := newOffice(t, t.TempDir())
	o.drift(t, 2)
	reading, release := make(chan struct{}), make(chan struct{})
	o.live.set(func(context.Context, core.Scope) *core.Snapshot {
		close(reading)
		<-release
		return whole("kube", object("vpc-1", 2))
	})
	ended := make(chan error)
	go func() { ended <- o.loop.Check(t.Context(), "dc1") }()
	<-reading
	o.decide(t, core.TakeGit)
	f := o.reconsider(t)
	if v := f.Report.Verdicts[0]; v.State != core.Pending || len(f.Drafts) != 1 {
		t.Errorf("shown during the check: %s, drafts %+v", v.State, f.Drafts)
	}
	if m := o.remembers(t); m.Report.Counts[core.Pending] != 0 {
		t.Error("it was recorded beside the check")
	}
	close(release)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if v := o.state().Report.Verdicts[0]; v.State != core.Pending || o.remembers(t).Report.Counts[core.Pending] != 1 {
		t.Errorf("after the check: %s, remembered %v", v.State, o.remembers(t).Report.Counts)
	}
}

// TestDecisionAtTheEndOfACheckIsComparedAfterIt: what came too late for the check
// counts as soon as that has ended.
func TestDecisionAtTheEndOfACheckIsComparedAfterIt(t *testing.T) {
	o := newOffice(t, t.TempDir())
	o.drift(t, 2)
	late := &lateHistory{office: o, recording: make(chan struct{}), release: make(chan struct{})}
	o.loop = loop.New(loop.Config{
		Units:   []loop.Unit{{Fabric: core.Fabric{ID: "dc1", Namespace: "default", CheckEvery: time.Hour, PendingLimit: time.Hour}, Git: o.git, Live: o.live}},
		History: late, Now: time.Now, Jitter: func(d time.Duration) time.Duration { return d }, Log: slog.New(slog.DiscardHandler),
	})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { o.loop.Run(ctx); close(ended) }()
	defer func() { stop(); <-ended }()
	<-late.recording
	o.decide(t, core.TakeGit)
	o.reconsider(t)
	close(late.release)
	deadline := time.Now().Add(30 * time.Second)
	for o.remembers(t).Report.Counts[core.Pending] != 1 || o.state().Report.Counts[core.Pending] != 1 {
		if time.Now().After(deadline) {
			t.Fatalf("it is %v, remembered %v", o.state().Report.Counts, o.remembers(t).Report.Counts)
		}
		time.Sleep(time.Millisecond)
	}
}

// lateHistory holds the first record back until it is told to go on.
type lateHistory struct {
	*office
	recording, release chan struct{}
	held               atomic.Bool
}

func (h *lateHistory) Record(ctx context.Context, c core.Check) error {
	if !h.held.Swap(true) {
		close(h.recording)
		<-h.release
	}
	return h.office.Record(ctx, c)
}

// TestDraftsAreShownBeforeAnyCheck, by what the history has; nothing is recorded
// by that.
func TestDraftsAreShownBeforeAnyCheck(t *testing.T) {
	dir := t.TempDir()
	o := newOffice(t, dir)
	o.drift(t, 2)
	o.decide(t, core.TakeGit)
	again := newOffice(t, dir)
	if err := again.loop.Restore(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := again.remembers(t).LastCheck
	if f := again.state(); len(f.Drafts) != 1 || f.Drafts[0].State != core.DraftPending || f.Drafts[0].Why != "live has not followed yet" {
		t.Errorf("restored: %+v", f.Drafts)
	}
	again.decide(t, core.TakeLive)
	if f := again.reconsider(t); len(f.Drafts) != 1 || f.Drafts[0].State != core.DraftOpen || f.Report.Verdicts[0].State != core.Drifted {
		t.Errorf("reconsidered: %+v", f.Drafts)
	}
	if m := again.remembers(t); !m.LastCheck.Equal(before) || len(again.live.scopes()) > 0 {
		t.Error("a check was made")
	}
	empty := newOffice(t, t.TempDir())
	if f := empty.reconsider(t); len(f.Drafts) != 0 || f.Report != nil {
		t.Errorf("where nothing was ever checked: %+v", f)
	}
}

// TestWhatAnotherProcessHasSeenSinceIsKept: what this one saw before is not
// recorded over it.
func TestWhatAnotherProcessHasSeenSinceIsKept(t *testing.T) {
	dir := t.TempDir()
	a, b := newOffice(t, dir), newOffice(t, dir)
	a.drift(t, 2)
	b.live.set(answer(whole("kube", object("vpc-1", 3))))
	b.check(t)
	a.decide(t, core.TakeGit)
	a.reconsider(t)
	m := a.remembers(t)
	if o := m.Objects[object("vpc-1", 1).Key]; o.Live.Object.Digest != object("vpc-1", 3).Digest || o.Verdict.State != core.Drifted {
		t.Errorf("live is remembered as %v, %s", o.Live.Object.Fields, o.Verdict.State)
	}
	if f := a.state(); len(f.Drafts) != 1 || f.Drafts[0].State != core.DraftVoid {
		t.Errorf("the drafts are shown as %+v", f.Drafts)
	}
}

// TestGitIsTheLastWholeReading, of this process or of the history.
func TestGitIsTheLastWholeReading(t *testing.T) {
	dir := t.TempDir()
	o := newOffice(t, dir)
	if _, err := o.loop.Git(t.Context(), "dc1"); err == nil || !strings.Contains(err.Error(), "git was never read whole (selvage status dc1)") {
		t.Errorf("before any check: %v", err)
	}
	o.git.set(answer(failed("git")))
	o.check(t)
	if _, err := o.loop.Git(t.Context(), "dc1"); err == nil || !strings.Contains(err.Error(), "(selvage status dc1 tells why)") {
		t.Errorf("never read: %v", err)
	}
	o.git.set(answer(whole("git", object("vpc-1", 1))))
	o.check(t)
	o.git.set(answer(failed("git")))
	o.check(t)
	for name, l := range map[string]*office{"this process": o, "another process": newOffice(t, dir)} {
		s, err := l.loop.Git(t.Context(), "dc1")
		if err != nil || s.Find(object("vpc-1", 1).Key) == nil || s.Readings[0].Revision != "a1" || s.Readings[0].Access != core.AccessUnreachable {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
	}
	if _, err := o.loop.Git(t.Context(), "dc9"); err == nil {
		t.Error("a fabric that is not there")
	}
}

// TestMemoryIsReadOnceForManySubjects, and what somebody decided about stays one
// when neither side has it any more.
func TestMemoryIsReadOnceForManySubjects(t *testing.T) {
	dir := t.TempDir()
	o := newOffice(t, dir)
	o.drift(t, 2)
	o.decide(t, core.TakeLive)
	again := newOffice(t, dir)
	one, two, none := object("vpc-1", 1).Key, object("vpc-2", 1).Key, object("vpc-9", 1).Key
	all, err := again.loop.Subjects(t.Context(), "dc1", one, two, none)
	if err != nil || len(all) != 1 || again.asked.Load() != 1 || len(all[0].Changes) != 1 {
		t.Errorf("%d subjects, %d readings, %v", len(all), again.asked.Load(), err)
	}
	for _, s := range []*script{o.git, o.live} {
		s.set(answer(whole("kube")))
	}
	o.check(t)
	for name, l := range map[string]*office{"this process": o, "another process": newOffice(t, dir)} {
		all, err := l.loop.Subjects(t.Context(), "dc1", one, two)
		if err != nil || len(all) != 1 || all[0].Verdict.Key != one || !all[0].Sides.Git.Read || all[0].Sides.Git.Value.Present() {
			t.Errorf("%s: %+v, %v", name, all, err)
		}
	}
	if _, err := newOffice(t, t.TempDir()).loop.Subjects(t.Context(), "dc1", one); err == nil || !strings.Contains(err.Error(), "was never checked") {
		t.Errorf("never checked: %v", err)
	}
}

// TestRunIsShownWithItsFabrics as it was when it was shown.
func TestRunIsShownWithItsFabrics(t *testing.T) {
	o := newOffice(t, t.TempDir())
	o.check(t)
	events := o.loop.Subscribe()
	r := &core.Run{ID: "p413", Fabrics: []core.FabricID{"dc1", "dc9"}, Phase: core.RunPublishing, Steps: []core.RunStep{{Name: "push"}}}
	o.loop.ShowRun(r)
	if e, err := events.Next(t.Context()); err != nil || e != (core.StateChanged{Fabric: "dc1"}) {
		t.Errorf("told %v, %v", e, err)
	}
	r.Phase, r.Steps[0].Name = core.RunFailed, "verify"
	if f := o.state(); f.Run.Phase != core.RunPublishing || f.Run.Steps[0].Name != "push" || f.SyncStatus(time.Now()) != core.Syncing {
		t.Errorf("shown: %+v, %s", f.Run, f.SyncStatus(time.Now()))
	}
	r.Err, r.Ended = "the server hung up", time.Now()
	o.loop.ShowRun(r)
	if f := o.state(); f.SyncStatus(time.Now()) != core.SyncError || f.Problems(time.Now())[0].String() != "sync p413: the server hung up" {
		t.Errorf("failed, it is %s: %v", f.SyncStatus(time.Now()), f.Problems(time.Now()))
	}
	if f := o.check(t); f.SyncStatus(time.Now()) != core.Synced {
		t.Errorf("seen to agree after that, it is %s", f.SyncStatus(time.Now()))
	}
}

// TestComparisonAfterADecisionTakesItsOwnTime, and not that since the check of which
// it compares again what was seen.
func TestComparisonAfterADecisionTakesItsOwnTime(t *testing.T) {
	o := newOffice(t, t.TempDir())
	o.drift(t, 2)
	o.decide(t, core.TakeGit)
	o.reconsider(t)
	all, err := o.Entries(t.Context(), store.Filter{Fabrics: []core.FabricID{"dc1"}})
	var checks []core.Checked // the last one first
	for _, e := range all {
		if c, ok := e.What.(core.Checked); ok {
			checks = append(checks, c)
		}
	}
	if err != nil || len(checks) != 3 {
		t.Fatalf("history has the checks %+v, %v", checks, err)
	}
	now, before := checks[0], checks[1]
	if now.Started.Before(before.Finished) {
		t.Errorf("it began at %s, before the check ended at %s", now.Started, before.Finished)
	}
	// A duration is measured by the clock that nobody sets, and times are not.
	if own := now.Finished.Sub(now.Started); (now.Duration - own).Abs() > time.Millisecond {
		t.Errorf("it took %s, and says %s", own, now.Duration)
	}
}
