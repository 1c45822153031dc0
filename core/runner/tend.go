package runner

import (
	"context"
	"slices"
	"sync"
	"time"

	"selvage/core"
)

// again is how long to wait before what could not be begun again, because somebody
// else was at it, is looked at once more.
const again = core.LeaseTime

// ward is one fabric that the runner looks after by the clock, as long as it is
// this process that watches it.
type ward struct {
	*Runner
	fabric *Fabric
	nudged chan struct{} // something is another
	given  chan gaveUp

	seen  time.Time // the end of the last check that was looked at
	known time.Time // when the run that was shown last is begun again
	// unwanted are runs that somebody wants to end while another one is at it in the
	// fabric, and why.
	unwanted map[string]error
	tried    map[spot]attempt
	// ruled is what policies have brought into Git, the newest first; it is there
	// where loaded is set.
	ruled  []core.Resolution
	loaded bool
}

// spot is a place of an object.
type spot struct {
	key  core.Key
	path core.Path
}

// tend looks after all fabrics until ctx ends: what policies settle, what became of
// proposals, and runs that are begun again.
func (r *Runner) tend(ctx context.Context) {
	if r.config.Events == nil {
		return
	}
	var all sync.WaitGroup
	defer all.Wait()
	wards := make(map[core.FabricID]*ward, len(r.config.Fabrics))
	for i := range r.config.Fabrics {
		f := &r.config.Fabrics[i]
		w := &ward{
			Runner: r, fabric: f, nudged: make(chan struct{}, 1), given: make(chan gaveUp, 1),
			seen: r.state(f.ID).LastCheck, tried: map[spot]attempt{}, unwanted: map[string]error{},
		}
		wards[f.ID] = w
		all.Go(func() { w.look(ctx) })
	}
	for {
		e, err := r.config.Events(ctx)
		if err != nil {
			return
		}
		if changed, ok := e.(core.StateChanged); ok && wards[changed.Fabric] != nil {
			select {
			case wards[changed.Fabric].nudged <- struct{}{}:
			default:
			}
		}
	}
}

// look looks after the fabric until ctx ends.
func (w *ward) look(ctx context.Context) {
	due := time.NewTimer(0)
	defer due.Stop()
	for {
		timed := false
		select {
		case <-ctx.Done():
			return
		case <-w.nudged:
		case <-due.C:
			timed = true
		case g := <-w.given:
			w.warn(ctx, "give up a run", w.giveUp(ctx, g))
			timed = true // it may have to be tried again
		}
		state := w.state(w.fabric.ID)
		if !w.ours(state) {
			w.loaded = false // others may bring in more
			continue
		}
		checked := state.LastCheck.After(w.seen)
		if checked {
			w.seen = state.LastCheck
			w.warn(ctx, "settle runs", w.Settle(ctx, w.fabric.ID))
			w.warn(ctx, "look after proposals", w.review(ctx))
			w.warn(ctx, "carry out policies", w.rule(ctx, state))
		}
		if !checked && !timed && !w.postponed(state) {
			continue
		}
		next, err := w.resume(ctx)
		w.warn(ctx, "begin a run again", err)
		if due.Stop(); !next.IsZero() {
			due.Reset(max(0, next.Sub(w.config.Now())))
		}
	}
}

// ours tells whether it is this process that watches the fabric.
func (w *ward) ours(s core.FabricState) bool {
	return s.Fabric.CheckEvery > 0 && s.Watcher.ID == w.config.Holder.ID
}

// postponed tells whether a run was put off that is not waited for yet.
func (w *ward) postponed(s core.FabricState) bool {
	if s.Run == nil || s.Run.Phase != core.RunRetrying || s.Run.RetryAt.Equal(w.known) {
		return false
	}
	w.known = s.Run.RetryAt
	return true
}

func (w *ward) warn(ctx context.Context, doing string, err error) {
	if err != nil && ctx.Err() == nil {
		w.config.Log.Warn(doing, "fabric", w.fabric.ID, "err", err)
	}
}

// alone does something under the lease of the fabric; the error is a [*busy] where
// somebody else has it.
func (w *ward) alone(ctx context.Context, doing string, do func(context.Context) error) error {
	return w.Runner.alone(ctx, w.fabric.ID, doing, do)
}

// open are the runs of the fabric that stand in a phase.
func (w *ward) open(ctx context.Context, phases ...core.RunPhase) ([]*core.Run, error) {
	all, err := w.config.Books.OpenRuns(ctx, w.fabric.ID)
	return slices.DeleteFunc(all, func(r *core.Run) bool { return !slices.Contains(phases, r.Phase) }), err
}
