package runner

import (
	"context"
	"sync"
	"time"

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
		r.showEnd(run, core.RunInterrupted, ctx.Err()) // it is shown as queued, and will never begin
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
				if _, err := r.carryOn(ctx, &progress{Runner: r, run: o.run, plan: o.plan, ordered: true, background: true}); err != nil {
					r.unwritten(o.run, err)
				}
			})
		}
	}
}

// unwritten shows why the end of a run could not be written down. What came of it
// stays as it is, but that nothing is begun again that the books do not put off.
func (r *Runner) unwritten(run *core.Run, err error) {
	r.config.Log.Error("write down how a run ended", "run", run.ID, "phase", run.Phase, "err", err)
	if run.Phase == core.RunRetrying {
		run.RetryAt = time.Time{}
		r.showEnd(run, core.RunFailed, err)
		return
	}
	if run.Err == "" {
		run.Err = core.OneLine(err)
	}
	r.config.Board.ShowRun(copied(run))
}

// showEnd shows a run as over that the books do not have.
func (r *Runner) showEnd(run *core.Run, phase core.RunPhase, err error) {
	run.Phase, run.Err, run.Ended = phase, core.OneLine(err), r.config.Now()
	r.config.Board.ShowRun(copied(run))
}
