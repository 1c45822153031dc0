package runner

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"selvage/core"
)

// errLease ends a run whose process was silent for so long that another one may
// have taken its place.
var errLease = errors.New("the lease was lost: this process was held up for too long")

// stops ends runs by their ids.
type stops struct {
	mu  sync.Mutex
	all map[string]context.CancelCauseFunc
}

func newStops() *stops { return &stops{all: map[string]context.CancelCauseFunc{}} }

func (s *stops) add(ctx context.Context, run string) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all[run] = cancel
	return ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.all, run)
		cancel(nil)
	}
}

// Stop ends a run of this process; by is who wants it. It tells whether there is
// such a run. What was published stays so.
func (r *Runner) Stop(run, by string) bool {
	r.stops.mu.Lock()
	defer r.stops.mu.Unlock()
	cancel, ok := r.stops.all[run]
	if ok {
		cancel(fmt.Errorf("it was stopped by %s", by))
	}
	return ok
}

// hold takes the leases of a run's fabrics, and keeps them until release is
// called. The context that it gives ends when one of them is lost. As long as
// somebody else has one it calls waits, now and then.
func (r *Runner) hold(ctx context.Context, run *core.Run, waits func()) (held context.Context, release func(), err error) {
	me := r.config.Holder
	// Two runs of one process keep apart as those of two processes do.
	me.ID, me.Duty, me.Doing = me.ID+"/"+run.ID, core.DutyRun, "sync "+run.ID
	var kept []func()
	release = func() {
		for _, end := range slices.Backward(kept) {
			end()
		}
	}
	held = ctx
	for _, id := range slices.Sorted(slices.Values(run.Fabrics)) { // all in one order, so that nobody waits in a circle
		if err := r.acquire(held, id, me, waits); err != nil {
			release()
			return nil, nil, err
		}
		var end func()
		held, end = r.keep(held, id, me) // also while it waits for the next one
		kept = append(kept, end)
	}
	return held, release, nil
}

// alone does something short under the lease of a fabric, unless somebody else has
// it: then it does nothing, and waits for nobody. The context that do is given ends
// when the lease is lost.
func (r *Runner) alone(ctx context.Context, id core.FabricID, doing string, do func(context.Context) error) error {
	me := r.config.Holder
	// Each call has an id of its own: else a second one of this process would take
	// the lease too, and the first to end would give it back for both.
	me.ID, me.Duty, me.Doing = me.ID+"/"+doing+"/"+r.config.NewID(), core.DutyRun, doing
	got, _, err := r.config.Books.Acquire(ctx, id, me)
	if err != nil || !got {
		return err
	}
	held, release := r.keep(ctx, id, me)
	defer release()
	if err = do(held); err != nil && errors.Is(context.Cause(held), errLease) {
		return errLease
	}
	return err
}

// keep keeps a lease that was taken, until release is called. The context that it
// gives ends when the lease is lost.
func (r *Runner) keep(ctx context.Context, id core.FabricID, me core.Holder) (held context.Context, release func()) {
	held, cancel := context.WithCancelCause(ctx)
	var beating sync.WaitGroup
	beating.Go(func() { r.beat(held, cancel, id, me) })
	return held, func() {
		cancel(nil)
		beating.Wait()
		if err := r.config.Books.Release(context.WithoutCancel(ctx), id, me); err != nil {
			r.config.Log.Warn("give back a lease", "fabric", id, "err", err)
		}
	}
}

// wait shows that the run waits for a lease. One that the clock began is not shown
// before it has them all: where it does not get them it has never been.
func (at *progress) wait() {
	if at.ordered {
		at.show()
	}
}

// unheld ends a run that did not get its leases. It is written down where nobody
// waits for the run to be told so. Where the clock began it, that comes again.
func (at *progress) unheld(ctx context.Context, err error) (*core.Run, error) {
	switch {
	case !at.ordered:
	case at.background:
		return at.run, at.end(ctx, err)
	case ctx.Err() != nil:
		at.showEnd(at.run, core.RunInterrupted, err)
	default:
		at.showEnd(at.run, core.RunRefused, err)
	}
	return nil, err
}

// acquire takes the lease of a fabric. Where somebody else has it, it waits for
// as long as it takes to tell whether that one is still alive.
func (r *Runner) acquire(ctx context.Context, id core.FabricID, me core.Holder, waits func()) error {
	span := cmp.Or(me.Time, core.LeaseTime)
	for deadline := r.config.Now().Add(span + span/3); ; {
		ok, by, err := r.config.Books.Acquire(ctx, id, me)
		switch {
		case err != nil:
			return err
		case ok:
			return nil
		case r.config.Now().After(deadline):
			return refuse("%s is at it in %s since %s: %s (pid %d on %s); wait for it, or stop it there", by.User, id, by.Since.Format(time.TimeOnly), by.Doing, by.PID, by.Host)
		}
		waits()
		if err := pause(ctx, span/6); err != nil {
			return err
		}
	}
}

// beat renews the lease of a fabric until held ends, and ends it by cancel when the
// lease is lost.
func (r *Runner) beat(held context.Context, cancel context.CancelCauseFunc, id core.FabricID, me core.Holder) {
	span := cmp.Or(me.Time, core.LeaseTime)
	last := r.config.Now()
	for pause(held, span/3) == nil {
		ok, err := r.config.Books.Renew(held, id, me)
		switch now := r.config.Now(); {
		case err == nil && !ok, err != nil && now.Sub(last) >= span:
			cancel(errLease)
			return
		case err == nil:
			last = now
		}
	}
}
