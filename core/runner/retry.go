package runner

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"selvage/core"
)

// gaveUp is a run that is not to be begun again, and why.
type gaveUp struct {
	run string
	why error
}

// waiting is the step of a run that waits to be begun again.
const waiting = "wait"

// postpone has a run that ended by err begun again later, where nobody waits for it
// and that may mend it. It tells whether it does.
func (at *progress) postpone(ctx context.Context, err error) bool {
	run := at.run
	retries, wait := at.patience()
	tended := at.state(run.Fabrics[0]).Fabric.CheckEvery > 0 // else nobody begins it again
	if !at.background || !tended || run.Attempts > retries || !at.mendable(ctx, err) {
		return false
	}
	wait <<= run.Attempts - 1
	if failed := (*failure)(nil); errors.As(err, &failed) {
		wait = max(wait, failed.out.RetryAfter)
	}
	now := at.config.Now()
	run.Phase, run.Ended, run.RetryAt = core.RunRetrying, time.Time{}, now.Add(wait)
	run.Steps = append(run.Steps, core.RunStep{
		Name: waiting, Started: now, Detail: fmt.Sprintf("attempt %d of %d at %s", run.Attempts+1, retries+1, core.Stamp(run.RetryAt)), Err: run.Err,
	})
	return true
}

// patience is how often a run is begun again, and how long before the first time:
// of several fabrics what the most careful one says.
func (at *progress) patience() (retries int, wait time.Duration) {
	for i, id := range at.run.Fabrics {
		f, err := at.fabric(id)
		if err != nil {
			return 0, 0
		}
		if i == 0 {
			retries = f.Retries
		}
		retries, wait = min(retries, f.Retries), max(wait, f.Backoff)
	}
	return retries, wait
}

// mendable tells whether time alone may mend what ended a run: a network, a server
// that is busy or down, a process that was held up. What a server or the plan does
// not allow it does not mend.
func (at *progress) mendable(ctx context.Context, err error) bool {
	var (
		sent   *failure
		no     *core.NotAllowed
		source *core.Error
	)
	switch cause := context.Cause(ctx); {
	case err == nil, errors.Is(err, errOver):
		return false // it ended well, or as well as it could
	case errors.Is(cause, errTimeout), errors.Is(cause, errLease), errors.Is(err, errLease):
		return true
	case ctx.Err() != nil:
		return false // somebody wanted it to end
	case errors.As(err, &sent):
		return mends(sent.out.Err)
	case errors.As(err, &no):
		return at.outOfReach()
	case errors.As(err, &source):
		return source.Access == core.AccessUnreachable || source.Access == core.AccessStale
	}
	return false
}

// outOfReach tells whether a side of a fabric of the run could not be reached: then
// that is why the plan was stopped.
func (at *progress) outOfReach() bool {
	return slices.ContainsFunc(at.run.Fabrics, func(id core.FabricID) bool {
		s := at.state(id)
		out := []core.Access{core.AccessUnreachable, core.AccessStale}
		return slices.Contains(out, s.GitAccess()) || slices.Contains(out, s.Access(at.config.Now()))
	})
}

// resume begins the runs again whose time has come, and tells when the next one is
// due; the zero time where none is.
func (w *ward) resume(ctx context.Context) (next time.Time, err error) {
	put, err := w.open(ctx, core.RunRetrying)
	var errs []error
	for _, run := range put {
		if run.Fabrics[0] != w.fabric.ID {
			continue // another ward's
		}
		if why := w.unwanted[run.ID]; why != nil {
			if err := w.giveUp(ctx, gaveUp{run.ID, why}); err != nil {
				errs = append(errs, err)
			}
			if w.unwanted[run.ID] == nil {
				continue
			}
			run.RetryAt = w.config.Now().Add(later)
		} else if at := run.RetryAt; at.After(w.config.Now()) {
			w.await(run.ID)
		} else if err := w.retry(ctx, run.ID); err != nil {
			errs = append(errs, err)
			run.RetryAt = w.config.Now().Add(again)
		} else if run, err = w.config.Books.Run(ctx, run.ID); err != nil || run.Phase != core.RunRetrying {
			errs = append(errs, err)
			continue
		}
		if next.IsZero() || run.RetryAt.Before(next) {
			next = run.RetryAt
		}
	}
	return next, errors.Join(append(errs, err)...)
}

// retry begins a run again that was put off, as far as it has not landed.
func (w *ward) retry(ctx context.Context, id string) error {
	if err := w.Settle(ctx, w.fabric.ID); err != nil { // a push whose end nobody saw may have landed
		return err
	}
	run, err := w.config.Books.Run(ctx, id)
	if err != nil || run.Phase != core.RunRetrying {
		return err
	}
	p, err := w.config.Books.Plan(ctx, run.Plan)
	if err != nil {
		return err
	}
	at := &progress{Runner: w.Runner, run: run, plan: p, kept: true, background: true}
	at.leaveOut()
	was := copied(run)
	run.Phase, run.Err, run.RetryAt = core.RunQueued, "", time.Time{}
	run.Attempts++
	if n := len(run.Steps); n > 0 && run.Steps[n-1].Name == waiting {
		run.Steps[n-1].Ended = w.config.Now()
	}
	if _, err = w.carryOn(ctx, at); err != nil {
		w.config.Board.ShowRun(was)
	}
	if errors.As(err, new(*stopped)) { // while it waited for its turn
		return w.giveUp(ctx, gaveUp{id, err})
	}
	return err
}

// leaveOut takes what is published already out of what a run has still to do.
func (at *progress) leaveOut() {
	rest := *at.plan
	rest.Commits = nil
	for _, c := range at.plan.Commits {
		if slices.ContainsFunc(at.run.Publications, func(p core.PublicationState) bool {
			return isLanded(p) && p.On(c.URL, c.Branch)
		}) {
			at.past = append(at.past, c)
			continue
		}
		rest.Commits = append(rest.Commits, c)
	}
	at.plan = &rest
}

// await lets [Runner.Stop] end a run that waits to be begun again.
func (w *ward) await(run string) {
	w.stops.mu.Lock()
	defer w.stops.mu.Unlock()
	w.stops.all[run] = func(why error) {
		select {
		case w.given <- gaveUp{run, why}:
		default: // one is being given up already, and the key can be pressed again
		}
	}
}

// later is how long to wait until a run is given up once more that could not be,
// because somebody else was at it in the fabric.
const later = 2 * time.Second

// giveUp ends a run that waits to be begun again. Where somebody else is at it in the
// fabric it shows that, and the run is given up when they are done: it is not begun
// again meanwhile.
func (w *ward) giveUp(ctx context.Context, g gaveUp) error {
	w.stops.mu.Lock()
	delete(w.stops.all, g.run)
	w.stops.mu.Unlock()
	run, err := w.config.Books.Run(ctx, g.run)
	if err != nil {
		return err
	}
	w.unwanted[run.ID] = g.why
	err = w.alone(ctx, "give up "+g.run, func(ctx context.Context) error {
		if run, err = w.config.Books.Run(ctx, g.run); err != nil || run.Phase != core.RunRetrying {
			return err
		}
		run.Phase, run.Err, run.Ended, run.RetryAt = core.RunInterrupted, core.OneLine(g.why), w.config.Now(), time.Time{}
		return w.config.Books.SaveRun(ctx, run)
	})
	if other := (*busy)(nil); errors.As(err, &other) {
		run.Err = fmt.Sprintf("%s, and will be over as soon as this is: %s", core.OneLine(g.why), other)
		w.config.Board.ShowRun(copied(run))
		return nil
	}
	if err == nil {
		delete(w.unwanted, g.run)
		w.config.Board.ShowRun(copied(run))
	}
	return err
}
