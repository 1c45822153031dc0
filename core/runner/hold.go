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
// called. The context that it gives ends when one of them is lost.
func (r *Runner) hold(ctx context.Context, run *core.Run) (held context.Context, release func(), err error) {
	me := r.config.Holder
	// Two runs of one process keep apart as those of two processes do.
	me.ID, me.Duty, me.Doing = me.ID+"/"+run.ID, core.DutyRun, "sync "+run.ID
	held, cancel := context.WithCancelCause(ctx)
	var (
		taken   []core.FabricID
		beating sync.WaitGroup
	)
	release = func() {
		cancel(nil)
		beating.Wait()
		for _, id := range taken {
			if err := r.config.Books.Release(context.WithoutCancel(ctx), id, me); err != nil {
				r.config.Log.Warn("give back a lease", "fabric", id, "err", err)
			}
		}
	}
	for _, id := range slices.Sorted(slices.Values(run.Fabrics)) { // all in one order, so that nobody waits in a circle
		if err := r.acquire(held, id, me, run); err != nil {
			release()
			return nil, nil, err
		}
		taken = append(taken, id)
		beating.Go(func() { r.beat(held, cancel, id, me) }) // also while it waits for the next one
	}
	return held, release, nil
}

// acquire takes the lease of a fabric. Where somebody else has it, it waits for
// as long as it takes to tell whether that one is still alive.
func (r *Runner) acquire(ctx context.Context, id core.FabricID, me core.Holder, run *core.Run) error {
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
		r.config.Board.ShowRun(copied(run))
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
