package runner

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
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

// add lets [Runner.Stop] end a run until it is closed: after that nobody is told
// that it will end by it.
func (s *stops) add(run string, cancel context.CancelCauseFunc) (closed func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all[run] = cancel
	return sync.OnceFunc(func() { // once: later the place may be that of the run's next attempt
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.all, run)
	})
}

// Stop ends a run of this process; by is who wants it. It tells whether there is
// such a run. What was published stays so.
func (r *Runner) Stop(run, by string) bool {
	r.stops.mu.Lock()
	defer r.stops.mu.Unlock()
	cancel, ok := r.stops.all[run]
	if ok {
		cancel(&stopped{by})
	}
	return ok
}

// stopped tells who wanted a run to end.
type stopped struct{ by string }

func (s *stopped) Error() string { return "it was stopped by " + s.by }

// hold takes the leases of the run's fabrics, and keeps them until release is
// called. The context that it gives ends when one of them is lost. As long as
// somebody else has one it shows who, and what that one is at.
func (at *progress) hold(ctx context.Context) (held context.Context, release func(), err error) {
	r, run, me := at.Runner, at.run, at.config.Holder
	// Two runs of one process keep apart as those of two processes do.
	me.ID, me.Duty = me.ID+"/"+run.ID, core.DutyRun
	at.does("")
	var kept []func()
	release = func() {
		for _, end := range slices.Backward(kept) {
			end()
		}
	}
	held = ctx
	for _, id := range slices.Sorted(slices.Values(run.Fabrics)) { // all in one order, so that nobody waits in a circle
		me.Doing = *at.doing.Load()
		err := r.acquire(held, id, me, func(by core.Holder) { at.wait(id, by) })
		if cause := context.Cause(held); cause != nil {
			err = cause // the lease of another one of its fabrics may be lost
		}
		if at.waited(err); err != nil {
			release()
			return nil, nil, err
		}
		var end func()
		held, end = r.keep(held, id, me, at.doing.Load) // also while it waits for the next one
		kept = append(kept, end)
	}
	return held, release, nil
}

// alone does something short under the lease of a fabric. Where somebody else has
// it, it does nothing, waits for nobody, and the error is a [*busy]. The context that
// do is given ends when the lease is lost.
func (r *Runner) alone(ctx context.Context, id core.FabricID, doing string, do func(context.Context) error) error {
	me := r.config.Holder
	// Each call has an id of its own: else a second one of this process would take
	// the lease too, and the first to end would give it back for both.
	me.ID, me.Duty, me.Doing = me.ID+"/"+doing+"/"+r.config.NewID(), core.DutyRun, doing
	got, by, err := r.config.Books.Acquire(ctx, id, me)
	switch {
	case err != nil:
		return err
	case !got:
		return &busy{id, by}
	}
	held, release := r.keep(ctx, id, me, func() *string { return &doing })
	defer release()
	if err = do(held); err != nil && errors.Is(context.Cause(held), errLease) {
		return errLease
	}
	return err
}

// busy tells that somebody else has the lease of a fabric.
type busy struct {
	fabric core.FabricID
	by     core.Holder
}

func (b *busy) Error() string {
	return fmt.Sprintf("%s is at it in %s since %s: %s (pid %d on %s)",
		b.by.User, b.fabric, b.by.Since.Format(time.TimeOnly), b.by.Doing, b.by.PID, b.by.Host)
}

// unlessBusy is an error, unless it is that somebody else has the lease.
func unlessBusy(err error) error {
	if errors.As(err, new(*busy)) {
		return nil
	}
	return err
}

// keep keeps a lease that was taken, until release is called, and tells others what
// is done under it. The context that it gives ends when the lease is lost.
func (r *Runner) keep(ctx context.Context, id core.FabricID, me core.Holder, doing func() *string) (held context.Context, release func()) {
	held, cancel := context.WithCancelCause(ctx)
	var beating sync.WaitGroup
	beating.Go(func() { r.beat(held, cancel, id, me, doing) })
	return held, func() {
		cancel(nil)
		beating.Wait()
		if err := r.config.Books.Release(context.WithoutCancel(ctx), id, me); err != nil {
			r.config.Log.Warn("give back a lease", "fabric", id, "err", err)
		}
	}
}

// does notes what the run is at, for others to read who wait for it.
func (at *progress) does(step string) {
	words := "sync " + at.run.ID
	if step != "" {
		words += ": " + step
	}
	at.doing.Store(&words)
}

// turn is the step of a run that waits until others are done in its fabrics.
const turn = "turn"

// wait shows that the run waits for a lease, and whose it is. One that the clock
// began is not shown before it has them all: where it does not get them it has never
// been.
func (at *progress) wait(id core.FabricID, by core.Holder) {
	if !at.ordered {
		return
	}
	n := len(at.run.Steps) - 1
	if n < 0 || at.run.Steps[n].Name != turn || !at.run.Steps[n].Ended.IsZero() {
		at.run.Steps = append(at.run.Steps, core.RunStep{Name: turn, Started: at.config.Now()})
		n++
	}
	if words := (&busy{id, by}).Error(); at.run.Steps[n].Detail != words {
		at.run.Steps[n].Detail = words
		at.show()
	}
}

// waited ends the step of a run that has waited for a lease.
func (at *progress) waited(err error) {
	if n := len(at.run.Steps) - 1; n >= 0 && at.run.Steps[n].Name == turn && at.run.Steps[n].Ended.IsZero() {
		at.run.Steps[n].Ended = at.config.Now()
		at.run.Steps[n].Detail = strings.Replace(at.run.Steps[n].Detail, " is at it in ", " was at it in ", 1)
		if err != nil {
			at.run.Steps[n].Err = core.OneLine(err)
		}
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
func (r *Runner) acquire(ctx context.Context, id core.FabricID, me core.Holder, waits func(core.Holder)) error {
	span := cmp.Or(me.Time, core.LeaseTime)
	for deadline := r.config.Now().Add(span + span/3); ; {
		ok, by, err := r.config.Books.Acquire(ctx, id, me)
		switch {
		case err != nil:
			return err
		case ok:
			return nil
		case r.config.Now().After(deadline):
			return refuse("%v; wait for it, or stop it there", &busy{id, by})
		}
		waits(by)
		if err := core.Pause(ctx, min(span/6, glance)); err != nil {
			return err
		}
	}
}

// glance is how often somebody who waits for a lease looks at who has it, and who
// has it at whether there is something new to tell them.
const glance = 400 * time.Millisecond

// beat renews the lease of a fabric until held ends, and ends it by cancel when the
// lease is lost. It tells with it what is done.
func (r *Runner) beat(held context.Context, cancel context.CancelCauseFunc, id core.FabricID, me core.Holder, doing func() *string) {
	span := cmp.Or(me.Time, core.LeaseTime)
	last := r.config.Now() // when it was renewed
	due := last.Add(span / 3)
	for core.Pause(held, min(span/3, glance)) == nil {
		told := *doing()
		if me.Doing == told && r.config.Now().Before(due) {
			continue
		}
		was := me.Doing
		me.Doing = told
		ok, err := r.config.Books.Renew(held, id, me)
		now := r.config.Now()
		due = now.Add(span / 3)
		switch {
		case err == nil && !ok, err != nil && now.Sub(last) >= span:
			cancel(errLease)
			return
		case err == nil:
			last = now
		default:
			me.Doing = was
		}
	}
}
