package runner_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"selvage/core"
)

// begin starts a run that nobody waits for.
func (p *process) begin(t *testing.T, made *core.Plan) string {
	t.Helper()
	id, err := p.runner.Begin(t.Context(), made, p.quick())
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// TestRunThatARetryCanMendIsBegunAgain until it has succeeded, each attempt told.
func TestRunThatARetryCanMendIsBegunAgain(t *testing.T) {
	b := tended(t, nil)
	p := b.open()
	p.runs(t)
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
	made := p.plan(t, "dc1")
	b.remote().behave(onKnock(answers(http.StatusServiceUnavailable, "")))
	id := p.begin(t, made)
	put := p.ends(t, core.RunRetrying)
	if put.ID != id || !put.RetryAt.After(put.Started) || !strings.Contains(put.Err, "503") || !put.Ended.IsZero() {
		t.Errorf("the books have %+v", put)
	}
	until(t, "a second attempt has failed", func() error {
		if run := p.kept(t, id); run.Attempts < 2 || run.Phase != core.RunRetrying {
			return fmt.Errorf("attempt %d, %s", run.Attempts, run.Phase)
		}
		return nil
	})
	p.wantDesk(t, "dc1", "vpc-1 .spec.subnets.web.vlan")
	b.remote().behave(nil)
	run := p.ends(t, core.RunPublished)
	failed := 0
	for _, s := range run.Steps {
		if s.Name == "wait" && strings.Contains(s.Err, "503") {
			failed++
		}
	}
	if failed != run.Attempts-1 || failed < 2 || run.Err != "" || !run.RetryAt.IsZero() {
		t.Errorf("attempt %d, failed %d, error %q, steps %+v", run.Attempts, failed, run.Err, run.Steps)
	}
	if ids := b.remote().syncIDs(); !slices.Equal(ids, []string{id}) {
		t.Errorf("main has commits of %q", ids)
	}
	p.wantDesk(t, "dc1")
}

func TestRunIsNotBegunAgainForEver(t *testing.T) {
	b := tended(t, func(f *fabric) { f.Retries, f.Backoff = 2, 20*time.Millisecond })
	p := b.open()
	p.runs(t)
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
	made := p.plan(t, "dc1")
	b.remote().behave(onKnock(answers(http.StatusServiceUnavailable, "")))
	p.begin(t, made)
	run := p.ends(t, core.RunFailed)
	if run.Attempts != 3 || run.Ended.IsZero() || !strings.Contains(run.Err, "503") {
		t.Errorf("attempt %d, %+v", run.Attempts, run)
	}
	p.wantDesk(t, "dc1", "vpc-1 .spec.subnets.web.vlan")
}

// TestWhatNoRetryMendsEndsAtOnce, and what somebody waits for.
func TestWhatNoRetryMendsEndsAtOnce(t *testing.T) {
	for name, code := range map[string]int{"a login": http.StatusUnauthorized, "a right": http.StatusForbidden} {
		t.Run(name, func(t *testing.T) {
			b := tended(t, nil)
			p := b.open()
			p.runs(t)
			p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
			made := p.plan(t, "dc1")
			b.remote().behave(onKnock(answers(code, "")))
			p.begin(t, made)
			if run := p.ends(t, core.RunRefused); run.Attempts != 1 {
				t.Errorf("attempt %d", run.Attempts)
			}
		})
	}
	t.Run("a hook", func(t *testing.T) {
		b := tended(t, nil)
		p := b.open()
		p.runs(t)
		b.remote().hook("pre-receive", "echo no >&2; exit 1\n")
		p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
		p.begin(t, p.plan(t, "dc1"))
		if run := p.ends(t, core.RunRefused); run.Attempts != 1 {
			t.Errorf("attempt %d", run.Attempts)
		}
	})
	t.Run("a person", func(t *testing.T) {
		b := tended(t, nil)
		p := b.open()
		p.runs(t)
		p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
		made := p.plan(t, "dc1")
		b.remote().behave(onKnock(answers(http.StatusServiceUnavailable, "")))
		p.sync(t, made, p.quick(), core.RunFailed)
	})
}

// TestRetryIsTakenOverByTheNextProcess: the one that began the run is gone by then.
func TestRetryIsTakenOverByTheNextProcess(t *testing.T) {
	b := tended(t, func(f *fabric) { f.Backoff = 300 * time.Millisecond })
	p := b.open()
	stop := p.runs(t)
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
	made := p.plan(t, "dc1")
	b.remote().behave(onKnock(answers(http.StatusServiceUnavailable, "")))
	id := p.begin(t, made)
	p.ends(t, core.RunRetrying)
	stop()
	b.remote().behave(nil)
	q := b.open(as("bob"))
	q.runs(t)
	run := q.ends(t, core.RunPublished)
	if run.ID != id || run.Attempts < 2 || run.By != "ada" {
		t.Errorf("the books have %+v", run)
	}
	q.wantDesk(t, "dc1")
}

// TestRetryIsGivenUp where somebody stops the run while it waits.
func TestRetryIsGivenUp(t *testing.T) {
	b := tended(t, func(f *fabric) { f.Backoff = time.Hour })
	p := b.open()
	p.runs(t)
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
	made := p.plan(t, "dc1")
	b.remote().behave(onKnock(answers(http.StatusServiceUnavailable, "")))
	id := p.begin(t, made)
	p.ends(t, core.RunRetrying)
	until(t, "it can be stopped", func() error {
		if !p.runner.Stop(id, "ada") {
			return fmt.Errorf("there is no such run")
		}
		return nil
	})
	if run := p.ends(t, core.RunInterrupted); !strings.Contains(run.Err, "ada") || run.Ended.IsZero() {
		t.Errorf("the books have %+v", run)
	}
	p.wantDesk(t, "dc1", "vpc-1 .spec.subnets.web.vlan")
}

// TestStopIsPromisedOnlyWhereItEndsTheRun: not to who presses the key while it is
// written down that the run is put off.
func TestStopIsPromisedOnlyWhereItEndsTheRun(t *testing.T) {
	b := tended(t, func(f *fabric) { f.Backoff = time.Hour })
	late := &stopping{}
	p := b.open(func(_ *site, w *wraps) {
		w.books = func(books books) books { late.books = books; return late }
	})
	late.stop = p.runner.Stop
	p.runs(t)
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
	made := p.plan(t, "dc1")
	b.remote().behave(onKnock(answers(http.StatusServiceUnavailable, "")))
	id := p.begin(t, made)
	p.ends(t, core.RunRetrying)
	if late.promised.Load() {
		t.Error("the run is put off, and somebody was told that it ends")
	}
	until(t, "it can be stopped", func() error {
		if !p.runner.Stop(id, "ada") {
			return fmt.Errorf("there is no such run")
		}
		return nil
	})
	p.ends(t, core.RunInterrupted)
}

// stopping are books in which somebody wants a run to end while it is written down
// that it is put off.
type stopping struct {
	books
	stop     func(run, by string) bool
	promised atomic.Bool
}

func (s *stopping) SaveRun(ctx context.Context, r *core.Run, carried ...core.Carried) error {
	if r.Phase == core.RunRetrying && s.stop(r.ID, "ada") {
		s.promised.Store(true)
	}
	return s.books.SaveRun(ctx, r, carried...)
}

// TestRetryIsGivenUpWhereSomebodyElseIsAtIt: as soon as they are done, and it says so
// until then.
func TestRetryIsGivenUpWhereSomebodyElseIsAtIt(t *testing.T) {
	b := tended(t, func(f *fabric) { f.Backoff = time.Hour })
	p := b.open()
	p.runs(t)
	id := p.putOff(t, b)
	free := p.busy(t, b.Lease)
	until(t, "it can be stopped", func() error {
		if !p.runner.Stop(id, "kim") {
			return fmt.Errorf("there is no such run")
		}
		return nil
	})
	until(t, "it tells why it is not over", func() error {
		if r := p.run(); !strings.Contains(r.Err, "it was stopped by kim") || !strings.Contains(r.Err, "bob is at it in dc1") {
			return fmt.Errorf("it is shown as %s, %q", r.Phase, r.Err)
		}
		return nil
	})
	free()
	if run := p.ends(t, core.RunInterrupted); run.Err != "it was stopped by kim" || run.ID != id {
		t.Errorf("the books have %+v", run)
	}
}

// TestRetryIsGivenUpWhileItWaitsForItsTurn, though its time has come.
func TestRetryIsGivenUpWhileItWaitsForItsTurn(t *testing.T) {
	b := tended(t, func(f *fabric) { f.Backoff = 300 * time.Millisecond })
	b.Lease = core.LeaseTime // so that it waits for long
	asks := make(chan struct{}, 100)
	p := b.open(func(_ *site, w *wraps) {
		w.books = func(books books) books { return &asking{books, asks} }
	})
	p.runs(t)
	id := p.putOff(t, b)
	free := p.busy(t, b.Lease)
	for range 3 {
		<-asks // for the lease that bob has
	}
	until(t, "it can be stopped", func() error {
		if !p.runner.Stop(id, "kim") {
			return fmt.Errorf("there is no such run")
		}
		return nil
	})
	until(t, "it tells that it was stopped", func() error {
		if r := p.run(); !strings.Contains(r.Err, "it was stopped by kim") {
			return fmt.Errorf("it is shown as %s, %q", r.Phase, r.Err)
		}
		return nil
	})
	b.remote().behave(nil)
	free()
	if run := p.ends(t, core.RunInterrupted); !strings.Contains(run.Err, "kim") {
		t.Errorf("the books have %+v", run)
	}
}

// asking are books that tell when somebody asked for a lease in vain.
type asking struct {
	books
	vain chan struct{}
}

func (a *asking) Acquire(ctx context.Context, id core.FabricID, h core.Holder) (bool, core.Holder, error) {
	held, by, err := a.books.Acquire(ctx, id, h)
	if err == nil && !held && strings.HasPrefix(h.Doing, "sync ") {
		select {
		case a.vain <- struct{}{}:
		default:
		}
	}
	return held, by, err
}

// putOff begins a run that a server is too busy for.
func (p *process) putOff(t *testing.T, b *bench) string {
	t.Helper()
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
	made := p.plan(t, "dc1")
	b.remote().behave(onKnock(answers(http.StatusServiceUnavailable, "")))
	id := p.begin(t, made)
	p.ends(t, core.RunRetrying)
	return id
}

// TestLeaseLostBetweenFabricsIsBegunAgain: that of the first one, while the run
// waited for the second one's.
func TestLeaseLostBetweenFabricsIsBegunAgain(t *testing.T) {
	b := apart(t)
	b.Lease = 3 * time.Second
	for i := range b.Fabrics {
		f := &b.Fabrics[i]
		f.Every, f.Retries, f.Backoff = 50*time.Millisecond, 5, 300*time.Millisecond
	}
	lost := &losing{}
	p := b.open(func(_ *site, w *wraps) {
		w.books = func(books books) books { lost.books = books; return lost }
	})
	p.runs(t)
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
	p.decide(t, "dc2", set("vpc-2", vlan, int64(2005)))
	made := p.plan(t, "dc1", "dc2")
	free := p.busy(t, b.Lease, "dc2")
	lost.now.Store(true)
	id := p.begin(t, made)
	if run := p.ends(t, core.RunRetrying); run.ID != id || !strings.Contains(run.Err, "the lease was lost") {
		t.Errorf("the books have %+v", run)
	}
	lost.now.Store(false)
	free()
	p.ends(t, core.RunPublished)
}

// losing are books that have given the leases of runs to others.
type losing struct {
	books
	now atomic.Bool
}

func (l *losing) Renew(ctx context.Context, id core.FabricID, h core.Holder) (bool, error) {
	if h.Duty == core.DutyRun && h.User != "bob" && l.now.Load() {
		return false, nil
	}
	return l.books.Renew(ctx, id, h)
}

// TestRetryOfWhatHasChangedMeanwhileIsRefused: the person who confirmed it saw
// something else.
func TestRetryOfWhatHasChangedMeanwhileIsRefused(t *testing.T) {
	b := tended(t, func(f *fabric) { f.Backoff = 500 * time.Millisecond })
	p := b.open()
	p.runs(t)
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
	made := p.plan(t, "dc1")
	b.remote().behave(onKnock(answers(http.StatusServiceUnavailable, "")))
	p.begin(t, made)
	p.ends(t, core.RunRetrying)
	b.remote().elsewhere("dc1/vpc-1.yaml", "vlan: 1001", "vlan: 1007")
	b.remote().behave(nil)
	p.ends(t, core.RunRefused)
	if got := b.remote().file("main", "dc1/vpc-1.yaml"); !strings.Contains(got, "1007") {
		t.Errorf("the file is\n%s", got)
	}
}

// TestRetryLeavesOutWhatHasLanded of a run over two repositories.
func TestRetryLeavesOutWhatHasLanded(t *testing.T) {
	b := apart(t)
	for i := range b.Fabrics {
		f := &b.Fabrics[i]
		f.Every, f.Retries, f.Backoff = 50*time.Millisecond, 5, 300*time.Millisecond
	}
	p := b.open()
	p.runs(t)
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
	p.decide(t, "dc2", set("vpc-2", vlan, int64(2005)))
	made := p.plan(t, "dc1", "dc2")
	b.remote("dc2").behave(onKnock(answers(http.StatusServiceUnavailable, "")))
	id := p.begin(t, made)
	put := p.ends(t, core.RunRetrying)
	if len(put.Publications) == 0 || put.Publications[0].Phase != core.PublicationLanded {
		t.Errorf("nothing landed: %+v", put.Publications)
	}
	p.wantDesk(t, "dc1")
	p.wantDesk(t, "dc2", "vpc-2 .spec.subnets.web.vlan")
	b.remote("dc2").behave(nil)
	run := p.ends(t, core.RunPublished)
	if len(run.Publications) != 2 || run.Publications[1].Phase != core.PublicationLanded {
		t.Errorf("publications %+v", run.Publications)
	}
	p.wantDesk(t, "dc2")
	for _, r := range []core.FabricID{"dc1", "dc2"} {
		if ids := b.remote(r).syncIDs(); !slices.Equal(ids, []string{id}) {
			t.Errorf("main of %s has commits of %q", r, ids)
		}
	}
}
