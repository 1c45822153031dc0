package loop_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/loop"
	"selvage/store"
)

// term is how long a holder of a lease may be silent in these tests: long enough for a
// process that works to be heard on a busy machine.
const term = 2 * time.Second

// member is one of several processes on a store.
type member struct {
	*office
	stop func() // ends it, and returns when it has ended
}

// join opens a process on the store in dir and has it run. Its checks are counted
// by what its cluster was asked.
func join(t *testing.T, dir, name string, every time.Duration) *member {
	t.Helper()
	m := open(t, dir, name, every)
	m.run(t)
	return m
}

// run has it run.
func (m *member) run(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		m.loop.Run(ctx)
		close(ended)
	}()
	m.stop = func() {
		cancel()
		<-ended
	}
	t.Cleanup(m.stop)
}

// open opens a process on the store in dir that checks only when it is told to.
func open(t *testing.T, dir, name string, every time.Duration) *member {
	t.Helper()
	s, err := store.Open(t.Context(), store.Config{Dir: dir, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	m := &member{office: &office{Store: s, git: &script{}, live: &script{}}}
	m.git.set(answer(whole("git", object("vpc-1", 1))))
	m.live.set(answer(whole("kube", object("vpc-1", 1))))
	m.loop = loop.New(loop.Config{
		Units: []loop.Unit{{
			Fabric: core.Fabric{ID: "dc1", Namespace: "default", Timeout: time.Minute, CheckEvery: every, PendingLimit: time.Hour},
			Git:    m.git, Live: m.live,
		}},
		History: m, Now: time.Now, Jitter: func(d time.Duration) time.Duration { return d }, Log: slog.New(slog.DiscardHandler),
		Company: s, Holder: core.Holder{ID: name, User: name, Host: "jump-1", Time: term},
	})
	if err := m.loop.Restore(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return m
}

func (m *member) checks() int { return len(m.live.scopes()) }

// becomes waits for something that is to be the case.
func (m *member) becomes(t *testing.T, what string, is func(core.FabricState) bool) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !is(m.state()) {
		if time.Now().After(deadline) {
			t.Fatalf("it never came to be that %s: %+v", what, m.state())
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func (m *member) watchedBy(t *testing.T, name string) {
	t.Helper()
	m.becomes(t, name+" watches", func(s core.FabricState) bool { return s.Watcher.ID == name })
}

func drifted(s core.FabricState) bool {
	return s.Report != nil && s.Report.Counts[core.Drifted] == 1
}

// TestOneProcessChecksAndTheOthersFollow, without asking either side.
func TestOneProcessChecksAndTheOthersFollow(t *testing.T) {
	dir := t.TempDir()
	ada := join(t, dir, "ada", 50*time.Millisecond)
	ada.watchedBy(t, "ada")
	ada.becomes(t, "it was checked", func(s core.FabricState) bool { return s.Report != nil })
	bob := join(t, dir, "bob", 50*time.Millisecond)
	bob.watchedBy(t, "ada")
	ada.live.set(answer(whole("kube", object("vpc-1", 2))))
	bob.becomes(t, "what ada found is shown", drifted)
	if n := bob.checks(); n != 0 {
		t.Errorf("bob asked the cluster %d times", n)
	}
	if v := bob.state().Report.Verdicts[0]; v.Git == nil || v.Live == nil || core.EqualJSON(v.Git, v.Live) {
		t.Errorf("both sides are not at hand: git %v, live %v", v.Git, v.Live)
	}
	if his, hers := bob.state().Report.Verdicts[0], ada.state().Report.Verdicts[0]; !core.EqualJSON(his.Git, hers.Git) || !core.EqualJSON(his.Live, hers.Live) {
		t.Errorf("bob has git %v, live %v; ada git %v, live %v", his.Git, his.Live, hers.Git, hers.Live)
	}
	// What is known of an object is what ada has seen.
	o, ok, err := bob.loop.Object(t.Context(), "dc1", object("vpc-1", 1).Key)
	if err != nil || !ok || o.Verdict.State != core.Drifted {
		t.Errorf("Object = %+v, %v, %v", o.Verdict, ok, err)
	}
	// A decision is shown by the other one at the next beat.
	ada.decide(t, core.TakeLive)
	bob.becomes(t, "the draft is shown", func(s core.FabricState) bool { return len(s.Drafts) == 1 })
}

// TestFollowerChecksWhenAPersonAsks, at once; the other one goes on to watch.
func TestFollowerChecksWhenAPersonAsks(t *testing.T) {
	dir := t.TempDir()
	ada := join(t, dir, "ada", time.Hour)
	ada.watchedBy(t, "ada")
	ada.becomes(t, "it was checked", func(s core.FabricState) bool { return s.Report != nil })
	bob := join(t, dir, "bob", time.Hour)
	bob.watchedBy(t, "ada")
	bob.live.set(answer(whole("kube", object("vpc-1", 2))))
	bob.loop.Refresh()
	bob.becomes(t, "bob has checked", drifted)
	if s := bob.state(); s.Watcher.ID != "ada" {
		t.Errorf("%q watches", s.Watcher.ID)
	}
	// What bob saw himself counts no more when ada has looked after him.
	ada.live.set(answer(whole("kube", object("vpc-1", 1))))
	ada.loop.Refresh()
	bob.becomes(t, "what ada found is shown", func(s core.FabricState) bool { return !drifted(s) })
	if o, _, err := bob.loop.Object(t.Context(), "dc1", object("vpc-1", 1).Key); err != nil || o.Verdict.State != core.InSync {
		t.Errorf("Object = %+v, %v", o.Verdict, err)
	}
}

// TestWatchIsTakenOver from a process that ended, at the next beat, and from one
// that was killed, when it has been silent for long enough.
func TestWatchIsTakenOver(t *testing.T) {
	dir := t.TempDir()
	ada := join(t, dir, "ada", 50*time.Millisecond)
	ada.watchedBy(t, "ada")
	bob := join(t, dir, "bob", 50*time.Millisecond)
	bob.watchedBy(t, "ada")
	ada.stop()
	if h, held, err := bob.Holder(t.Context(), "dc1", core.DutyWatch); err != nil || held && h.ID == "ada" {
		t.Errorf("the watch was not given back: %+v, %v", h, err)
	}
	bob.watchedBy(t, "bob")
	bob.becomes(t, "bob checks", func(core.FabricState) bool { return bob.checks() > 1 })
	bob.stop()
	// Of one that was killed only the lease is left.
	dead := core.Holder{ID: "eve", Duty: core.DutyWatch, User: "eve", Time: term}
	if held, _, err := ada.Acquire(t.Context(), "dc1", dead); err != nil || !held {
		t.Fatal(held, err)
	}
	cyd := join(t, dir, "cyd", 50*time.Millisecond)
	began := time.Now()
	cyd.watchedBy(t, "cyd")
	if took := time.Since(began); took < term/2 {
		t.Errorf("it was taken after %s, from one who may still be there", took)
	}
}

// TestWatcherThatWasHeldUpStopsChecking as soon as it learns that another one has
// taken its place.
func TestWatcherThatWasHeldUpStopsChecking(t *testing.T) {
	ada := join(t, t.TempDir(), "ada", 20*time.Millisecond)
	ada.watchedBy(t, "ada")
	// Another one takes the lease, as it may after a silence.
	me := core.Holder{ID: "ada", Duty: core.DutyWatch}
	other := core.Holder{ID: "bob", Duty: core.DutyWatch, User: "bob", Time: time.Hour}
	if err := ada.Release(t.Context(), "dc1", me); err != nil {
		t.Fatal(err)
	}
	if held, _, err := ada.Acquire(t.Context(), "dc1", other); err != nil || !held {
		t.Fatal(held, err)
	}
	ada.watchedBy(t, "bob")
	n := ada.checks()
	time.Sleep(5 * 20 * time.Millisecond) // nothing is to happen
	if more := ada.checks() - n; more > 0 {
		t.Errorf("%d checks by somebody who does not watch", more)
	}
}

// TestFabricWithoutIntervalIsCheckedWhenAskedOnly, and nobody watches it.
func TestFabricWithoutIntervalIsCheckedWhenAskedOnly(t *testing.T) {
	ada := join(t, t.TempDir(), "ada", 0)
	time.Sleep(100 * time.Millisecond) // nothing is to happen
	if n := ada.checks(); n != 0 {
		t.Errorf("%d checks", n)
	}
	ada.loop.Refresh()
	ada.becomes(t, "it was checked", func(s core.FabricState) bool { return s.Report != nil && ada.checks() == 1 })
	if s := ada.state(); s.Watcher.ID != "" {
		t.Errorf("%q watches", s.Watcher.ID)
	}
}

// TestForsakenFabricIsCheckedAtOnce by whoever begins to look: its watcher seems to
// be gone, which is certain only later.
func TestForsakenFabricIsCheckedAtOnce(t *testing.T) {
	dir := t.TempDir()
	ada := join(t, dir, "ada", 20*time.Millisecond)
	ada.becomes(t, "it was checked", func(s core.FabricState) bool { return s.Report != nil })
	ada.stop()
	dead := core.Holder{ID: "eve", Duty: core.DutyWatch, User: "eve", Time: time.Hour}
	if held, _, err := ada.Acquire(t.Context(), "dc1", dead); err != nil || !held {
		t.Fatal(held, err)
	}
	time.Sleep(50 * time.Millisecond) // so much that nobody has looked for
	bob := join(t, dir, "bob", 20*time.Millisecond)
	bob.becomes(t, "bob has checked", func(core.FabricState) bool { return bob.checks() == 1 })
}

// TestRunsOfOthersAreShown with who carries them out and how far they have come.
func TestRunsOfOthersAreShown(t *testing.T) {
	dir := t.TempDir()
	ada := join(t, dir, "ada", time.Hour)
	ada.becomes(t, "it was checked", func(s core.FabricState) bool { return s.Report != nil })
	run := &core.Run{ID: "r1", Fabrics: []core.FabricID{"dc1"}, Phase: core.RunPublishing, Started: time.Now(), By: "bob", Host: "jump-2", Attempts: 1}
	bob := core.Holder{ID: "bob/r1", Duty: core.DutyRun, User: "bob", Host: "jump-2", Doing: "sync r1", Time: time.Minute}
	save := func(phase core.RunPhase) {
		t.Helper()
		run.Phase = phase
		if phase.Over() {
			run.Ended = time.Now()
		}
		if err := ada.SaveRun(t.Context(), run); err != nil {
			t.Fatal(err)
		}
	}
	save(core.RunPublishing)
	// A process that has no lease has been killed: nobody knows what became of it.
	time.Sleep(term)
	if s := ada.state(); s.Run != nil {
		t.Errorf("the run of a dead process is shown as %s", s.Run.Phase)
	}
	if held, _, err := ada.Acquire(t.Context(), "dc1", bob); err != nil || !held {
		t.Fatal(held, err)
	}
	for _, phase := range []core.RunPhase{core.RunPublishing, core.RunFollowing, core.RunFailed} {
		save(phase)
		ada.becomes(t, fmt.Sprintf("it is shown as %s", phase), func(s core.FabricState) bool {
			return s.Run != nil && s.Run.Phase == phase && s.Run.By == "bob" && s.Run.Host == "jump-2"
		})
	}
	if s := ada.state().SyncStatus(time.Now()); s != core.SyncError {
		t.Errorf("the status is %s after a failed run", s)
	}
	if s := ada.state(); s.Own != nil {
		t.Errorf("the run of bob is taken for ada's own: %+v", s.Own)
	}
	// A run of this process stays known when another one has begun after it.
	ada.loop.ShowRun(&core.Run{ID: "r0", Fabrics: []core.FabricID{"dc1"}, Phase: core.RunAgreed, Started: time.Now(), By: "ada"})
	ada.becomes(t, "the other one is shown again", func(s core.FabricState) bool { return s.Run.ID == "r1" && s.Own != nil && s.Own.ID == "r0" })
	// And whoever begins later sees how it ended.
	cyd := newOffice(t, dir)
	late := loop.New(loop.Config{
		Units:   []loop.Unit{{Fabric: core.Fabric{ID: "dc1"}, Git: cyd.git, Live: cyd.live}},
		History: cyd, Now: time.Now, Log: slog.New(slog.DiscardHandler), Company: cyd.Store,
	})
	if err := late.Restore(t.Context()); err != nil || late.Fleet().Fabrics[0].Run == nil {
		t.Errorf("nothing is known of the run: %v", err)
	}
}

// TestCheckBesideAnotherProcessIsNoGap: what that one looks at now and then is told
// as one time, whoever else looks at it.
func TestCheckBesideAnotherProcessIsNoGap(t *testing.T) {
	start := time.Now()
	reads := func(m *member, after time.Duration) {
		s := whole("dump", object("vpc-1", 1))
		s.Readings[0].ReadAt = start.Add(after)
		m.live.set(answer(s))
	}
	once := func(t *testing.T, dir, name string, after time.Duration) {
		t.Helper()
		m := open(t, dir, name, time.Hour)
		reads(m, after)
		m.check(t)
	}
	read := func(after time.Duration) func(core.FabricState) bool {
		return func(s core.FabricState) bool { return s.Report != nil && s.Report.Live.ReadAt.Equal(start.Add(after)) }
	}
	blind := func(t *testing.T, m *member) string {
		t.Helper()
		all, err := m.Entries(t.Context(), store.Filter{Fabrics: []core.FabricID{"dc1"}})
		if err != nil {
			t.Fatal(err)
		}
		var told []string
		for _, e := range all {
			if b, ok := e.What.(core.Blind); ok {
				told = append(told, fmt.Sprintf("%v-%v %s", b.From.Sub(start), b.Until.Sub(start), b.Reason))
			}
		}
		return fmt.Sprint(told)
	}
	// watched is a store in which ada polls since a minute from now.
	watched := func(t *testing.T) (string, *member) {
		dir := t.TempDir()
		once(t, dir, "eve", 0)
		ada := open(t, dir, "ada", time.Hour)
		reads(ada, time.Minute)
		ada.run(t)
		ada.becomes(t, "ada has looked", read(time.Minute))
		return dir, ada
	}
	const before = "0s-1m0s selvage did not run"
	t.Run("commands", func(t *testing.T) {
		dir, ada := watched(t)
		once(t, dir, "bob", 62*time.Second)
		once(t, dir, "cyd", 64*time.Second)
		reads(ada, 2*time.Minute)
		ada.loop.Refresh()
		ada.becomes(t, "ada has looked again", read(2*time.Minute))
		if got, want := blind(t, ada), "[1m0s-2m0s polled "+before+"]"; got != want {
			t.Errorf("blind times %s, want %s", got, want)
		}
	})
	t.Run("the one that takes over", func(t *testing.T) {
		dir, ada := watched(t)
		bob := open(t, dir, "bob", time.Hour)
		reads(bob, 2*time.Minute)
		bob.run(t)
		bob.watchedBy(t, "ada")
		bob.becomes(t, "bob follows", read(time.Minute))
		ada.stop()
		bob.becomes(t, "bob has looked", read(2*time.Minute))
		if got, want := blind(t, bob), "[1m0s-2m0s polled "+before+"]"; got != want {
			t.Errorf("blind times %s, want %s", got, want)
		}
	})
	t.Run("nobody", func(t *testing.T) {
		dir, ada := watched(t)
		ada.stop()
		once(t, dir, "bob", 2*time.Minute)
		if got, want := blind(t, ada), "[0s-2m0s selvage did not run]"; got != want {
			t.Errorf("blind times %s, want %s", got, want)
		}
	})
	// there is a store beside which ada is open, and looks only when she is asked: a
	// minute from now.
	there := func(t *testing.T) (string, *member) {
		dir := t.TempDir()
		once(t, dir, "eve", 0)
		ada := open(t, dir, "ada", 0)
		reads(ada, time.Minute)
		ada.run(t)
		ada.loop.Refresh()
		ada.becomes(t, "ada has looked", read(time.Minute))
		return dir, ada
	}
	t.Run("without an interval", func(t *testing.T) {
		dir, ada := there(t)
		once(t, dir, "bob", 62*time.Second)
		ada.becomes(t, "ada shows what bob has seen", read(62*time.Second))
		if by := ada.state().Watcher; by != (core.Holder{}) {
			t.Errorf("%+v is said to watch", by)
		}
		once(t, dir, "cyd", 2*time.Minute)
		if got, want := blind(t, ada), "[1m0s-2m0s polled "+before+"]"; got != want {
			t.Errorf("blind times %s, want %s", got, want)
		}
	})
	t.Run("before its own first look", func(t *testing.T) {
		dir := t.TempDir()
		once(t, dir, "eve", 0)
		ada := join(t, dir, "ada", 0)
		ada.becomes(t, "ada shows what eve has seen", read(0))
		once(t, dir, "bob", time.Minute)
		ada.becomes(t, "ada shows what bob has seen", read(time.Minute))
		reads(ada, 2*time.Minute)
		ada.loop.Refresh()
		ada.becomes(t, "ada has looked", read(2*time.Minute))
		if got, want := blind(t, ada), "[1m0s-2m0s polled "+before+"]"; got != want {
			t.Errorf("blind times %s, want %s", got, want)
		}
	})
	t.Run("nobody without an interval", func(t *testing.T) {
		dir, ada := there(t)
		ada.stop()
		once(t, dir, "bob", 2*time.Minute)
		if got, want := blind(t, ada), "[0s-2m0s selvage did not run]"; got != want {
			t.Errorf("blind times %s, want %s", got, want)
		}
	})
}
