package runner_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/runner"
)

// busy has somebody else act for the first fabric, or another one, until free is called.
func (p *process) busy(t *testing.T, lease time.Duration, in ...core.FabricID) (free func()) {
	t.Helper()
	id := append(in, "dc1")[0]
	other := core.Holder{ID: "bob", User: "bob", Host: "jump-2", PID: 7, Duty: core.DutyRun, Doing: "sync bob-1: push", Time: lease}
	wait(t, func() bool { // the process has it too for moments, to settle its runs
		held, _, err := p.store.Acquire(t.Context(), id, other)
		if err != nil {
			t.Fatal(err)
		}
		return held
	})
	ctx, cancel := context.WithCancel(t.Context())
	var beating sync.WaitGroup
	beating.Go(func() {
		for ctx.Err() == nil {
			if held, err := p.store.Renew(ctx, id, other); ctx.Err() == nil && (err != nil || !held) {
				t.Errorf("Renew = %t, %v", held, err)
			}
			select {
			case <-ctx.Done():
			case <-time.After(lease / 6):
			}
		}
	})
	free = sync.OnceFunc(func() {
		cancel()
		beating.Wait()
		if err := p.store.Release(context.WithoutCancel(ctx), id, other); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(free)
	return free
}

// run is the one that is shown with the fabric.
func (p *process) run() *core.Run {
	f, _ := p.loop.Fleet().Fabric("dc1")
	return f.Run
}

// slow is the door to a branch that takes its time to tell what became of a
// publication.
type slow struct {
	core.Publisher
	asked   atomic.Int64
	in, let chan struct{}
}

func (s *slow) Settle(ctx context.Context, p core.Publication) core.Published {
	out := s.Publisher.Settle(ctx, p)
	if s.asked.Add(1) == 1 {
		close(s.in)
	}
	<-s.let
	return out
}

// TestSettleKeepsItsLease as long as the server takes to answer, against others and
// against a second one of its own process.
func TestSettleKeepsItsLease(t *testing.T) {
	b := one(t)
	b.Lease = 300 * time.Millisecond
	p := b.open()
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
	p.left(t, p.plan(t, "dc1"), "bob-1", core.PublicationPushing, "")
	door := &slow{in: make(chan struct{}), let: make(chan struct{})}
	s := b.open(as("slow"), func(_ *site, w *wraps) {
		w.publisher = func(d core.Publisher) core.Publisher { door.Publisher = d; return door }
	})
	done := make(chan error, 1)
	go func() { done <- s.runner.Settle(t.Context(), "dc1") }()
	<-door.in
	again := make(chan error, 1)
	go func() { again <- s.runner.Settle(t.Context(), "dc1") }()
	select {
	case err := <-again:
		if err != nil {
			t.Errorf("a second Settle = %v", err)
		}
	case <-time.After(30 * time.Second):
		t.Error("a second Settle of the process does not end while the first is at it")
	}
	q := b.open(as("bob"))
	run, err := q.runner.Sync(t.Context(), q.plan(t, "dc1"), q.quick())
	if no := (*core.NotAllowed)(nil); !errors.As(err, &no) || !strings.Contains(err.Error(), "slow is at it in dc1") {
		t.Errorf("Sync = %+v, %v while another one settles", run, err)
	}
	close(door.let)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if n := door.asked.Load(); n != 1 {
		t.Errorf("the server was asked %d times", n)
	}
	q.sync(t, q.plan(t, "dc1"), q.quick(), core.RunPublished)
}

// TestSettleThatLosesItsLeaseWritesNothing has a process be held up for so long that
// another one may have taken its place.
func TestSettleThatLosesItsLeaseWritesNothing(t *testing.T) {
	b := one(t)
	b.Lease = 300 * time.Millisecond
	p := b.open()
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
	left := p.left(t, p.plan(t, "dc1"), "bob-1", core.PublicationPushing, "")
	held := make(chan struct{})
	close(held)
	door := &late{}
	s := b.open(as("slow"), func(_ *site, w *wraps) {
		w.books = func(books books) books { return &deaf{books, held} }
		w.publisher = func(d core.Publisher) core.Publisher { door.Publisher = d; return door }
	})
	if err := s.runner.Settle(t.Context(), "dc1"); err == nil || !strings.Contains(err.Error(), "the lease was lost") {
		t.Errorf("Settle = %v", err)
	}
	if kept := p.kept(t, left.ID); kept.Phase != core.RunPublishing || len(kept.Steps) != 1 {
		t.Errorf("it wrote down: %s, %+v", kept.Phase, kept.Steps)
	}
}

// late is the door to a branch that tells what became of a publication when nobody
// wants to know any more.
type late struct{ core.Publisher }

func (l *late) Settle(ctx context.Context, p core.Publication) core.Published {
	out := l.Publisher.Settle(ctx, p)
	<-ctx.Done()
	return out
}

// TestRunThatDoesNotGetItsTurnIsInHistory where nobody waits for it, as refused or
// as stopped.
func TestRunThatDoesNotGetItsTurnIsInHistory(t *testing.T) {
	for name, c := range map[string]struct {
		end   func(t *testing.T, p *process, id string, leave func())
		phase core.RunPhase
		why   string
	}{
		"refused": {func(*testing.T, *process, string, func()) {}, core.RunRefused, "bob is at it in dc1"},
		"stopped": {func(t *testing.T, p *process, id string, _ func()) {
			wait(t, func() bool { return p.runner.Stop(id, "kim") })
		}, core.RunInterrupted, "it was stopped by kim"},
		"the program ended": {func(_ *testing.T, _ *process, _ string, leave func()) { leave() }, core.RunInterrupted, "it was stopped"},
	} {
		t.Run(name, func(t *testing.T) {
			b := tended(t, nil)
			b.Lease = 300 * time.Millisecond
			if c.phase != core.RunRefused {
				b.Lease = core.LeaseTime
			}
			p := b.open()
			p.busy(t, b.Lease)
			leave := p.runs(t)
			p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
			id := p.begin(t, p.plan(t, "dc1"))
			c.end(t, p, id, leave)
			wait(t, func() bool { return p.run().Phase.Over() })
			leave()
			if run := p.kept(t, id); run.Phase != c.phase || !strings.Contains(run.Err, c.why) || run.Ended.IsZero() {
				t.Errorf("the books have %s, %q, want %s, %q", run.Phase, run.Err, c.phase, c.why)
			}
			p.wantDesk(t, "dc1", "vpc-1 .spec.subnets.web.vlan")
		})
	}
}

// TestRunWhoseEndIsNotWrittenDownIsShownAsItIs: its commit is on the branch.
func TestRunWhoseEndIsNotWrittenDownIsShownAsItIs(t *testing.T) {
	b := tended(t, nil)
	p := b.open(func(_ *site, w *wraps) {
		w.books = func(books books) books { return &crammed{books} }
	})
	p.runs(t)
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
	p.begin(t, p.plan(t, "dc1"))
	wait(t, func() bool { return p.run() != nil && p.run().Err != "" })
	if run := p.run(); run.Phase == core.RunRefused || !strings.Contains(run.Err, "the disk is full") {
		t.Errorf("it is shown as %s, %q", run.Phase, run.Err)
	}
}

// crammed are books in which no end of a run finds room.
type crammed struct{ books }

func (f *crammed) SaveRun(ctx context.Context, r *core.Run, carried ...core.Carried) error {
	if r.Phase.Over() {
		return errors.New("the disk is full")
	}
	return f.books.SaveRun(ctx, r, carried...)
}

// TestPolicyThatMeetsSomebodyGoesOnLater, and nothing of it is shown meanwhile.
func TestPolicyThatMeetsSomebodyGoesOnLater(t *testing.T) {
	b := tended(t, func(f *fabric) { f.Policy, f.Way = vlans("prefer_live"), core.ToPropose })
	b.Lease = 300 * time.Millisecond
	met := make(chan struct{})
	p := b.open(func(_ *site, w *wraps) {
		w.books = func(books books) books { return &meets{books: books, met: sync.OnceFunc(func() { close(met) })} }
	})
	free := p.busy(t, b.Lease)
	p.runs(t)
	b.edit("dc1", "vpc-1.yaml", "vlan: 1001", "vlan: 1005")
	p.becomes(t, "vpc-1", core.Drifted)
	select {
	case <-met:
	case <-time.After(30 * time.Second):
		t.Fatal("the policy has not met somebody twice")
	}
	if run := p.run(); run != nil && run.Phase.Active() {
		t.Errorf("a run is shown as %s, and there is none", run.Phase)
	}
	free()
	p.ends(t, core.RunProposed)
}

// meets are books that tell when a run was kept waiting for longer than a lease may
// be silent.
type meets struct {
	books
	first sync.Map
	met   func()
}

func (m *meets) Acquire(ctx context.Context, id core.FabricID, h core.Holder) (bool, core.Holder, error) {
	held, by, err := m.books.Acquire(ctx, id, h)
	if h.Duty == core.DutyRun && strings.HasPrefix(h.Doing, "sync ") && !held {
		m.first.Store(h.ID, true)
		n := 0
		m.first.Range(func(any, any) bool { n++; return true })
		if n == 2 { // the first one has given up
			m.met()
		}
	}
	return held, by, err
}

// TestRunThatIsNotTakenUpIsOver: nobody carries it out, and who asked goes away.
func TestRunThatIsNotTakenUpIsOver(t *testing.T) {
	b := one(t)
	p := b.open()
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
	made := p.plan(t, "dc1")
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := p.runner.Begin(ctx, made, p.order())
		done <- err
	}()
	wait(t, func() bool { return p.run() != nil && p.run().Phase == core.RunQueued })
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("Begin = %v", err)
	}
	if run := p.run(); run.Phase != core.RunInterrupted || run.Ended.IsZero() {
		t.Errorf("it is shown as %s, ended %v", run.Phase, run.Ended)
	}
}

// compared is a board that counts the comparisons that are asked for, and holds them
// up until let is closed.
type compared struct {
	runner.Board
	begun, ended atomic.Int64
	let          chan struct{}
}

func (c *compared) Reconsider(ctx context.Context, id core.FabricID) error {
	c.begun.Add(1)
	<-c.let
	err := c.Board.Reconsider(ctx, id)
	c.ended.Add(1)
	return err
}

// TestNothingIsComparedAfterTheRunnerIsClosed: by then the store is being closed too.
func TestNothingIsComparedAfterTheRunnerIsClosed(t *testing.T) {
	b := one(t)
	board := &compared{let: make(chan struct{})}
	p := b.open(func(_ *site, w *wraps) {
		w.config = func(c *runner.Config) { board.Board = c.Board; c.Board = board }
	})
	var all sync.WaitGroup
	all.Go(func() { // others wait, and more is decided meanwhile
		for range 20 {
			p.runner.Shown()
		}
	})
	decide := func(vlans int64) {
		t.Helper()
		if _, err := p.runner.Decide(t.Context(), "dc1", "ada", set("vpc-1", vlan, vlans)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range int64(20) {
		decide(1100 + i)
		if i == 0 {
			close(board.let)
		}
	}
	p.runner.Close()
	all.Wait()
	if begun, ended := board.begun.Load(), board.ended.Load(); begun != 20 || ended != begun {
		t.Errorf("%d comparisons begun and %d ended when the runner was closed", begun, ended)
	}
	decide(1200)
	p.runner.Shown()
	if n := board.begun.Load(); n != 20 {
		t.Errorf("%d comparisons", n)
	}
}
