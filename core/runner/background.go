package runner

import (
	"context"
	"sync"

	"selvage/core"
)

// order is a run that somebody asked for and does not wait for.
type order struct {
	run  *core.Run
	plan *core.Plan
}

// Begin starts a run and does not wait for it: it is carried out by [Runner.Run],
// and shown as it goes on. It gives the run's id.
func (r *Runner) Begin(ctx context.Context, p *core.Plan, g core.RunOrder) (string, error) {
	run, err := r.begin(ctx, p, g)
	if err != nil {
		return "", err
	}
	id := run.ID
	r.config.Board.ShowRun(copied(run))
	select {
	case r.orders <- order{run, p}:
		return id, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// Run settles what earlier processes have left, carries out what [Runner.Begin] is
// asked for, and looks after the fabrics that this process watches: it carries out
// their policies, begins runs again that failed, and tells what became of
// proposals. It ends with ctx, and returns when no run is under way any more.
func (r *Runner) Run(ctx context.Context) {
	var all sync.WaitGroup
	defer r.Shown()
	defer all.Wait()
	all.Go(func() {
		for _, f := range r.config.Fabrics {
			if err := r.Settle(ctx, f.ID); err != nil && ctx.Err() == nil {
				r.config.Log.Warn("settle runs", "fabric", f.ID, "err", err)
			}
		}
	})
	all.Go(func() { r.tend(ctx) })
	for {
		select {
		case <-ctx.Done():
			return
		case o := <-r.orders:
			all.Go(func() {
				if _, err := r.carryOn(ctx, &progress{Runner: r, run: o.run, plan: o.plan, background: true}); err != nil {
					o.run.Phase, o.run.Err, o.run.Ended = core.RunRefused, oneLine(err), r.config.Now()
					r.config.Board.ShowRun(copied(o.run))
				}
			})
		}
	}
}
