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
)

// as is another process on the bench.
func as(name string) func(*site, *wraps) {
	return func(s *site, _ *wraps) { s.Me = name }
}

// TestTwoRunsTakeTurns has a second run begin while the first one pushes: of
// another process, and of the same one.
func TestTwoRunsTakeTurns(t *testing.T) {
	for name, who := range map[string]string{"another process": "bob", "the same process": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := one(t)
			b.Lease = 600 * time.Millisecond
			p := b.open()
			q := p
			if who != "" {
				q = b.open(as(who))
			}
			p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
			made := p.plan(t, "dc1")
			q.check(t, "dc1")
			other := q.plan(t, "dc1")
			pushing, let := make(chan struct{}), make(chan struct{})
			b.remote().behave(onKnock(first(func() {
				close(pushing)
				<-let
			})))
			done := make(chan *core.Run, 1)
			go func() {
				run, err := p.runner.Sync(t.Context(), made, p.quick())
				if err != nil {
					t.Error(err)
				}
				done <- run
			}()
			<-pushing
			run, err := q.runner.Sync(t.Context(), other, q.quick())
			var no *core.NotAllowed
			if !errors.As(err, &no) || !strings.Contains(err.Error(), "ada is at it in dc1 since") || !strings.Contains(err.Error(), "sync ada-") {
				t.Errorf("Sync = %+v, %v while another one is at it", run, err)
			}
			if err := q.runner.Settle(t.Context(), "dc1"); err != nil {
				t.Errorf("Settle = %v", err)
			}
			if open, err := p.store.OpenRuns(t.Context(), "dc1"); err != nil || len(open) != 1 || open[0].Phase != core.RunPublishing {
				t.Errorf("what is under way was settled: %+v, %v", open, err)
			}
			close(let)
			if run := <-done; run.Phase != core.RunPublished {
				t.Fatalf("the first run is %s: %s", run.Phase, run.Err)
			}
			// What it planned the other one has carried out.
			q.sync(t, other, q.quick(), core.RunPublished)
			p.wantBooksLikeTheBranch(t, b.remote(), 1)
		})
	}
}

// TestRunThatLosesItsLeaseStops has a process be held up for so long that another
// one takes its place.
func TestRunThatLosesItsLeaseStops(t *testing.T) {
	b := one(t)
	b.Lease = 300 * time.Millisecond
	held := make(chan struct{})
	p := b.open(func(_ *site, w *wraps) {
		w.books = func(books books) books {
			return &deaf{books, held}
		}
	})
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
	made := p.plan(t, "dc1")
	q := b.open(as("bob"))
	done := make(chan *core.Run, 1)
	go func() {
		run, err := p.runner.Sync(t.Context(), made, p.order()) // and waits for live
		if err != nil {
			t.Error(err)
		}
		done <- run
	}()
	wait(t, func() bool {
		open, err := q.store.OpenRuns(t.Context(), "dc1")
		return err == nil && len(open) == 1 && open[0].Phase == core.RunFollowing
	})
	close(held)
	// The other one takes over, and finds that it has landed.
	wait(t, func() bool {
		if err := q.runner.Settle(t.Context(), "dc1"); err != nil {
			t.Fatal(err)
		}
		open, err := q.store.OpenRuns(t.Context(), "dc1")
		return err == nil && len(open) == 0
	})
	if run := <-done; run.Phase != core.RunPublished || !strings.Contains(run.Err, "the lease was lost") {
		t.Errorf("the run is %s: %s", run.Phase, run.Err)
	}
	p.wantDesk(t, "dc1")
	p.wantBooksLikeTheBranch(t, b.remote(), 1)
}

// TestRunThatWaitsTellsWhoseRunItWaitsFor, and at which step that is, within a second.
func TestRunThatWaitsTellsWhoseRunItWaitsFor(t *testing.T) {
	b := one(t)
	b.Lease = core.LeaseTime
	p, q := b.open(), b.open(as("bob"))
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
	made := p.plan(t, "dc1")
	other := q.plan(t, "dc1")
	pushing, let := make(chan struct{}), make(chan struct{})
	goOn := sync.OnceFunc(func() { close(let) })
	defer goOn()
	b.remote().behave(onKnock(first(func() {
		close(pushing)
		<-let
	})))
	done := make(chan error, 2)
	go func() {
		_, err := p.runner.Sync(t.Context(), made, p.quick())
		done <- err
	}()
	<-pushing
	go func() {
		_, err := q.runner.Sync(t.Context(), other, q.quick())
		done <- err
	}()
	wait(t, func() bool { return turnOf(q) != nil && strings.Contains(turnOf(q).Detail, ": publish (pid") })
	step := turnOf(q)
	if !strings.HasPrefix(step.Detail, "ada is at it in dc1 since ") || !strings.Contains(step.Detail, "sync ada-") || !strings.HasSuffix(step.Detail, " on jump-1)") {
		t.Errorf("it tells %q", step.Detail)
	}
	goOn()
	ended := time.Now()
	wait(t, func() bool { s := turnOf(q); return s == nil || !s.Ended.IsZero() })
	if took := time.Since(ended); took > 4*time.Second { // half a second, on a machine with time
		t.Errorf("it began %v after the other one had ended", took)
	}
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// turnOf is the step in which the run of a process waits for its turn.
func turnOf(p *process) *core.RunStep {
	r := p.run()
	if r == nil {
		return nil
	}
	for _, s := range r.Steps {
		if s.Name == "turn" {
			return &s
		}
	}
	return nil
}

// deaf are books whose leases are not renewed any more as soon as held is closed.
type deaf struct {
	books
	held chan struct{}
}

func (d *deaf) Renew(ctx context.Context, id core.FabricID, h core.Holder) (bool, error) {
	select {
	case <-d.held:
		return false, errors.New("the disk hangs")
	default:
		return d.books.Renew(ctx, id, h)
	}
}

// wait waits until something is the case.
func wait(t testing.TB, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !is(); {
		if time.Now().After(deadline) {
			t.Fatal("it did not come to be within 30 s")
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// TestLeaseOfADeadProcessIsTakenOver, and not before it has been silent for as
// long as it may.
func TestLeaseOfADeadProcessIsTakenOver(t *testing.T) {
	b := one(t)
	b.Lease = 300 * time.Millisecond
	p := b.open()
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
	dead := core.Holder{ID: "dead", User: "bob", Duty: core.DutyRun, Doing: "sync bob-1", Time: b.Lease}
	if held, _, err := p.store.Acquire(t.Context(), "dc1", dead); err != nil || !held {
		t.Fatalf("Acquire = %t, %v", held, err)
	}
	started := time.Now()
	p.sync(t, p.plan(t, "dc1"), p.quick(), core.RunPublished)
	if took := time.Since(started); took < b.Lease {
		t.Errorf("it began after %v, and its holder may be silent for %v", took, b.Lease)
	}
}

// TestTwoRunsOverTheSameFabricsDoNotWaitInACircle has each name them in its own
// order.
func TestTwoRunsOverTheSameFabricsDoNotWaitInACircle(t *testing.T) {
	b := two(t)
	b.Lease = 600 * time.Millisecond
	m := &meeting{both: make(chan struct{})}
	p := b.open(m.attended)
	q := b.open(m.attended, as("bob"))
	done := make(chan error, 2)
	for who, order := range map[*process][]core.FabricID{p: {"dc1", "dc2"}, q: {"dc2", "dc1"}} {
		made := who.plan(t, order...)
		go func() {
			_, err := who.runner.Sync(t.Context(), made, who.order())
			done <- err
		}()
	}
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// meeting is where two processes wait for each other as soon as each has its first
// lease; not for long, as that may never be.
type meeting struct {
	first atomic.Int64
	both  chan struct{}
}

func (m *meeting) attended(_ *site, w *wraps) {
	w.books = func(b books) books { return &attending{b, m} }
}

type attending struct {
	books
	*meeting
}

func (a *attending) Acquire(ctx context.Context, id core.FabricID, h core.Holder) (bool, core.Holder, error) {
	held, by, err := a.books.Acquire(ctx, id, h)
	if !held {
		return held, by, err
	}
	if a.first.Add(1) == 2 {
		close(a.both)
	}
	select {
	case <-a.both:
	case <-time.After(200 * time.Millisecond):
	}
	return held, by, err
}
