package loop_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"selvage/core"
	"selvage/core/loop"
)

// script is a source that answers what it is told to. The faults it stands for
// (a source that never returns, or is cut off at the right moment) cannot be
// provoked on a real one.
type script struct {
	mu    sync.Mutex
	read  func(context.Context, core.Scope) *core.Snapshot
	asked []core.Scope
}

func (s *script) Read(ctx context.Context, want core.Scope) *core.Snapshot {
	s.mu.Lock()
	s.asked = append(s.asked, want)
	read := s.read
	s.mu.Unlock()
	return read(ctx, want)
}

// scopes are what the source was asked for so far.
func (s *script) scopes() []core.Scope {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

func (s *script) set(read func(context.Context, core.Scope) *core.Snapshot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.read = read
}

// memory is a history that forgets when the test ends.
type memory struct {
	mu     sync.Mutex
	m      core.Memory
	checks []core.Check
	fail   error
	full   error // why nothing can be recorded
}

func (h *memory) refuse(why error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.full = why
}

func (h *memory) Memory(context.Context, core.FabricID) (*core.Memory, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	m := h.m
	return &m, h.fail
}

func (h *memory) Hold(core.FabricID, *core.Snapshot, *core.Snapshot) {}

func (h *memory) Record(_ context.Context, c core.Check) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.full != nil {
		return h.full
	}
	h.checks = append(h.checks, c)
	next := map[core.Key]*core.Remembered{}
	for k, r := range h.m.Objects {
		next[k] = r
	}
	for _, r := range c.Changed {
		next[r.Verdict.Key] = &r
	}
	for _, k := range c.Gone {
		delete(next, k)
	}
	h.m.Objects, h.m.Report = next, c.Report
	if c.Git != nil {
		h.m.Git = c.Git
	}
	return nil
}

func (h *memory) Accept(_ context.Context, _ core.FabricID, said ...core.Acceptance) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.m.Acceptances = slices.Concat(h.m.Acceptances, said)
	return h.fail
}

func (h *memory) Acknowledge(_ context.Context, _ core.FabricID, said ...core.Acknowledgement) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.m.Acknowledgements = slices.Concat(h.m.Acknowledgements, said)
	return h.fail
}

func object(name string, vlan int64) *core.Object {
	o, err := core.NewObject(map[string]any{
		"apiVersion": "vpc.githedgehog.com/v1beta1", "kind": "VPC",
		"metadata": map[string]any{"name": name, "namespace": "default"},
		"spec":     map[string]any{"vlan": vlan},
	})
	if err != nil {
		panic(err)
	}
	return o
}

func whole(source string, objects ...*core.Object) *core.Snapshot {
	s := core.NewSnapshot(core.Reading{Source: source, URL: source, Access: core.AccessOK, Revision: "a1", ReadAt: time.Now()})
	for _, o := range objects {
		s.Add(o)
	}
	s.CoverAll()
	return s
}

func failed(source string) *core.Snapshot {
	return core.NewSnapshot(core.Reading{Source: source, URL: source, Access: core.AccessUnreachable, Error: "no route to host"})
}

func answer(s *core.Snapshot) func(context.Context, core.Scope) *core.Snapshot {
	return func(context.Context, core.Scope) *core.Snapshot { return s }
}

type bench struct {
	git, live *script
	history   *memory
	loop      *loop.Loop
}

func newBench(timeout time.Duration) *bench {
	git, live := &script{}, &script{}
	return newBenchOf(git, git, live, live, timeout)
}

// newBenchOf is a bench whose sources read as told by scripts.
func newBenchOf(source core.Source, git *script, cluster core.Source, live *script, timeout time.Duration) *bench {
	b := &bench{git: git, live: live, history: &memory{}}
	b.git.set(answer(whole("git", object("vpc-1", 1))))
	b.live.set(answer(whole("kube", object("vpc-1", 1))))
	b.loop = loop.New(loop.Config{
		Units: []loop.Unit{{
			Fabric: core.Fabric{ID: "dc1", Namespace: "default", Timeout: timeout, CheckEvery: time.Minute, PendingLimit: time.Hour},
			Git:    source, Live: cluster,
		}},
		History: b.history, Now: time.Now, Jitter: func(d time.Duration) time.Duration { return d }, Log: slog.New(slog.DiscardHandler),
	})
	return b
}

func (b *bench) check(t *testing.T) core.FabricState {
	t.Helper()
	if err := b.loop.Check(t.Context(), "dc1"); err != nil {
		t.Fatalf("Check = %v", err)
	}
	return b.loop.Fleet().Fabrics[0]
}

func TestGitOutOfReachKeepsTheLastWholeReading(t *testing.T) {
	b := newBench(time.Minute)
	read := b.check(t).Report.Git[0].ReadAt
	b.git.set(answer(failed("git")))
	b.live.set(answer(whole("kube", object("vpc-1", 2))))
	f := b.check(t)
	if v := f.Report.Verdicts[0]; v.State != core.Drifted {
		t.Errorf("state = %s, want drifted: live is still compared", v.State)
	}
	g := f.Report.Git[0]
	if g.Access != core.AccessUnreachable || !g.ReadAt.Equal(read) || g.Revision != "a1" || g.Error == "" {
		t.Errorf("git reading = %+v, want unreachable with the old revision and age", g)
	}
	if f.SyncStatus(time.Now()) != core.SyncError {
		t.Errorf("sync status = %s, want error", f.SyncStatus(time.Now()))
	}
}

func TestUnreachableClusterMakesObjectsUnknownNotAbsent(t *testing.T) {
	b := newBench(time.Minute)
	b.check(t)
	b.live.set(answer(failed("kube")))
	f := b.check(t)
	v := f.Report.Verdicts[0]
	if v.State != core.Unknown || v.Last != core.InSync || f.Report.Live.ReadAt.IsZero() {
		t.Errorf("verdict %s, last %s, read at %s; want unknown, in_sync and the last good time", v.State, v.Last, f.Report.Live.ReadAt)
	}
}

// TestHangingSourceIsLeftBehind: a source that ignores its context costs its
// fabric this check and no other.
func TestHangingSourceIsLeftBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(10 * time.Second)
		b.check(t)
		release := make(chan struct{})
		b.live.set(func(context.Context, core.Scope) *core.Snapshot {
			<-release
			return failed("kube")
		})
		started := time.Now()
		f := b.check(t)
		if took := time.Since(started); took > 15*time.Second {
			t.Errorf("the check took %s, want no more than its timeout and a grace", took)
		}
		if f.Report.Live.Access != core.AccessUnreachable {
			t.Errorf("access = %q, want unreachable", f.Report.Live.Access)
		}
		if again := b.check(t); again.Report.Live.Access != core.AccessUnreachable || len(b.live.scopes()) != 2 {
			t.Errorf("asked %d times, access %q; want the hanging source not to be asked again", len(b.live.scopes()), again.Report.Live.Access)
		}
		close(release)
		synctest.Wait()
		b.live.set(answer(whole("kube", object("vpc-1", 1))))
		if back := b.check(t); back.Report.Counts[core.InSync] != 1 {
			t.Errorf("after it came back: %+v", back.Report.Counts)
		}
	})
}

func TestCancelledCheckLeavesNoTrace(t *testing.T) {
	b := newBench(time.Minute)
	before := b.check(t)
	ctx, cancel := context.WithCancel(t.Context())
	b.live.set(func(ctx context.Context, _ core.Scope) *core.Snapshot {
		cancel()
		return failed("kube")
	})
	if err := b.loop.Check(ctx, "dc1"); !errors.Is(err, context.Canceled) {
		t.Errorf("Check = %v, want canceled", err)
	}
	after := b.loop.Fleet().Fabrics[0]
	if after.Report != before.Report || after.Err != nil || !after.Checking.IsZero() || len(b.history.checks) != 1 {
		t.Errorf("the cut off check changed the state (err %v) or was recorded (%d checks)", after.Err, len(b.history.checks))
	}
}

func TestUnchangedWorldRecordsNoChanges(t *testing.T) {
	b := newBench(time.Minute)
	b.check(t)
	b.check(t)
	c := b.history.checks[1]
	if len(c.Changed) != 0 || len(c.Transitions) != 0 || c.Git != nil || !c.Agreed {
		t.Errorf("second check: %d changed, %d transitions, git %v, agreed %v; want none, none, nil, true", len(c.Changed), len(c.Transitions), c.Git, c.Agreed)
	}
}

func TestTransitionsAreRecorded(t *testing.T) {
	b := newBench(time.Minute)
	b.check(t)
	b.live.set(answer(whole("kube", object("vpc-1", 2))))
	b.check(t)
	b.live.set(answer(whole("kube", object("vpc-1", 3))))
	b.check(t)
	if first := b.history.checks[0].Transitions; len(first) != 0 {
		t.Errorf("an object in sync at first sight is news: %+v", first)
	}
	for i, want := range []core.State{core.InSync, core.Drifted} {
		got := b.history.checks[i+1].Transitions
		if len(got) != 1 || got[0].From != want || got[0].To != core.Drifted {
			t.Errorf("check %d: transitions %+v, want one from %s to drifted", i+2, got, want)
		}
	}
}

// TestNamespaceThatGitNamesIsListed: live is read again where Git names more
// than was asked for.
func TestNamespaceThatGitNamesIsListed(t *testing.T) {
	b := newBench(time.Minute)
	b.check(t)
	other := object("vpc-2", 1)
	other.Key.Namespace = "other"
	b.git.set(answer(whole("git", object("vpc-1", 1), other)))
	b.check(t)
	asked := b.live.scopes()
	last := asked[len(asked)-1]
	if len(last.Namespaces) != 2 || last.Namespaces[1] != "other" {
		t.Errorf("namespaces = %v, want default and other", last.Namespaces)
	}
}

func TestUnreadableHistoryStopsTheCheck(t *testing.T) {
	b := newBench(time.Minute)
	b.check(t)
	b.history.fail = errors.New("disk I/O error")
	if err := b.loop.Check(t.Context(), "dc1"); err == nil {
		t.Error("Check = nil, want an error: without the bases every verdict would be a guess")
	}
	if f := b.loop.Fleet().Fabrics[0]; f.Report == nil || f.Err == nil || f.SyncStatus(time.Now()) != core.SyncError {
		t.Errorf("report %v, err %v; want the last report and the error", f.Report != nil, f.Err)
	}
}

// TestEventsAreCoalesced: a slow listener gets one event per fabric.
func TestEventsAreCoalesced(t *testing.T) {
	b := newBench(time.Minute)
	sub := b.loop.Subscribe()
	for range 100 {
		b.check(t)
	}
	if e, err := sub.Next(t.Context()); err != nil || e != (core.StateChanged{Fabric: "dc1"}) {
		t.Fatalf("Next = %v, %v", e, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if e, err := sub.Next(ctx); err == nil {
		t.Errorf("a second event %v, want none", e)
	}
}

func TestRunChecksAtTheIntervalAndWhenAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(10 * time.Second)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			b.loop.Run(ctx)
			close(ended)
		}()
		checks := func() int {
			synctest.Wait()
			b.history.mu.Lock()
			defer b.history.mu.Unlock()
			return len(b.history.checks)
		}
		if n := checks(); n != 1 {
			t.Errorf("%d checks at the start, want 1", n)
		}
		time.Sleep(61 * time.Second)
		if n := checks(); n != 2 {
			t.Errorf("%d checks after the interval, want 2", n)
		}
		b.loop.Refresh("dc1")
		if n := checks(); n != 3 {
			t.Errorf("%d checks after a refresh, want 3", n)
		}
		cancel()
		<-ended
	})
}

// TestPanickingSourceIsItsFabricsError: a fault in a source ends neither the
// program nor the other side's reading.
func TestPanickingSourceIsItsFabricsError(t *testing.T) {
	b := newBench(time.Minute)
	b.check(t)
	b.live.set(func(context.Context, core.Scope) *core.Snapshot { panic("odd object") })
	f := b.check(t)
	if f.Report.Live.Access != core.AccessInvalid || f.Report.Verdicts[0].State != core.Unknown {
		t.Errorf("access %s, state %s; want invalid, unknown", f.Report.Live.Access, f.Report.Verdicts[0].State)
	}
	b.live.set(answer(whole("kube", object("vpc-1", 1))))
	if back := b.check(t); back.Report.Counts[core.InSync] != 1 {
		t.Errorf("after it was mended: %+v", back.Report.Counts)
	}
}

// TestPanicInTheComparisonIsTheFabricsError: an object that breaks the
// comparison costs its fabric the check, and no more.
func TestPanicInTheComparisonIsTheFabricsError(t *testing.T) {
	b := newBench(time.Minute)
	b.check(t)
	b.live.set(func(context.Context, core.Scope) *core.Snapshot { return nil })
	if err := b.loop.Check(t.Context(), "dc1"); err == nil {
		t.Fatal("Check = nil, want an internal error")
	}
	if f := b.loop.Fleet().Fabrics[0]; f.Err == nil || f.Report == nil {
		t.Errorf("err %v, report %v; want the error beside the last report", f.Err, f.Report != nil)
	}
}

// TestAgeOfGitIsThatOfTheLastConfirmation and not of the last commit.
func TestAgeOfGitIsThatOfTheLastConfirmation(t *testing.T) {
	b := newBench(time.Minute)
	b.check(t)
	confirmed := whole("git", object("vpc-1", 1))
	confirmed.Readings[0].ReadAt = time.Now().Add(time.Minute)
	b.git.set(answer(confirmed))
	b.check(t)
	b.git.set(answer(failed("git")))
	if got := b.check(t).Report.Git[0].ReadAt; !got.Equal(confirmed.Readings[0].ReadAt) {
		t.Errorf("read at %s, want %s", got, confirmed.Readings[0].ReadAt)
	}
}

// TestRepointedGitDoesNotShowTheOldVerdicts: what another branch said is no
// earlier reading of this one.
func TestRepointedGitDoesNotShowTheOldVerdicts(t *testing.T) {
	b := newBench(time.Minute)
	b.check(t)
	b.git.set(answer(core.NewSnapshot(core.Reading{
		Source: "git", URL: "git", Branch: "mian", Access: core.AccessInvalid, Error: `no branch "mian"`,
	})))
	if v := b.check(t).Report.Verdicts[0]; v.State != core.Unknown {
		t.Errorf("state = %s, want unknown", v.State)
	}
}

// TestHangingGitKeepsItsRevision: what is shown while a source hangs says how
// old it is.
func TestHangingGitKeepsItsRevision(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(10 * time.Second)
		b.check(t)
		release := make(chan struct{})
		b.git.set(func(context.Context, core.Scope) *core.Snapshot {
			<-release
			return failed("git")
		})
		g := b.check(t).Report.Git[0]
		if g.Revision != "a1" || g.ReadAt.IsZero() || g.URL != "git" || g.Access != core.AccessUnreachable {
			t.Errorf("reading %+v, want the last one, unreachable", g)
		}
		close(release)
		synctest.Wait()
	})
}

// TestNothingToCompareIsNotAgreement: a glob that matches no file does not make
// a fabric healthy.
func TestNothingToCompareIsNotAgreement(t *testing.T) {
	b := newBench(time.Minute)
	b.git.set(answer(whole("git")))
	f := b.check(t)
	if b.history.checks[0].Agreed || f.SyncStatus(time.Now()) != core.NeverSynced || f.Worst(time.Now()) == core.InSync || len(f.Problems(time.Now())) == 0 {
		t.Errorf("agreed %v, %s, %s, %q", b.history.checks[0].Agreed, f.SyncStatus(time.Now()), f.Worst(time.Now()), f.Problems(time.Now()))
	}
}

// TestOtherFilesAtTheSameRevisionAreKept: a change of what is read replaces the
// reading in memory, though Git did not move.
func TestOtherFilesAtTheSameRevisionAreKept(t *testing.T) {
	b := newBench(time.Minute)
	b.check(t)
	b.git.set(answer(whole("git", object("vpc-1", 1), object("vpc-2", 2))))
	b.check(t)
	if b.history.checks[1].Git == nil {
		t.Error("the new reading is not recorded")
	}
}
