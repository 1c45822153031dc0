package runner

import (
	"context"
	"fmt"
	"slices"
	"time"

	"selvage/core"
)

// settled is how long a server may still carry out a push that nobody saw the end
// of, counted from when the branch was first looked at and showed nothing of it.
const settled = 2 * time.Minute

// Settle finds out what became of the runs of a fabric whose process has ended,
// and writes it down. It waits for nobody: what another process has the lease of
// is left to that one.
func (r *Runner) Settle(ctx context.Context, id core.FabricID) error {
	open, err := r.config.Books.OpenRuns(ctx, id)
	if err != nil || !needs(open) {
		return err
	}
	err = r.alone(ctx, id, "settle", func(ctx context.Context) error {
		// Whoever had the lease until now may have written how they went on.
		open, err := r.config.Books.OpenRuns(ctx, id)
		if err != nil {
			return err
		}
		return r.settleAll(ctx, open, "")
	})
	return unlessBusy(err)
}

// needs tells whether there is something to settle among open runs.
func needs(open []*core.Run) bool {
	for _, run := range open {
		if unsettled(run) {
			return true
		}
	}
	return false
}

func unsettled(run *core.Run) bool {
	if slices.ContainsFunc(run.Publications, func(p core.PublicationState) bool { return p.Phase == core.PublicationPushing }) {
		return true
	}
	return run.Phase != core.RunProposed && run.Phase != core.RunRetrying
}

// settle does the same within a run that has the lease.
func (at *progress) settle(ctx context.Context, id core.FabricID) error {
	open, err := at.config.Books.OpenRuns(ctx, id)
	if err != nil {
		return err
	}
	return at.settleAll(ctx, open, at.run.ID)
}

func (r *Runner) settleAll(ctx context.Context, open []*core.Run, but string) error {
	for _, run := range open {
		if run.ID == but || !unsettled(run) {
			continue
		}
		if err := r.settleRun(ctx, run); err != nil {
			return err
		}
	}
	return nil
}

// settleRun writes down how a run ended whose process did not see it end, and what
// became of a publication whose run is long over.
func (r *Runner) settleRun(ctx context.Context, run *core.Run) error {
	found := false
	for i := range run.Publications {
		p := &run.Publications[i]
		if p.Phase == core.PublicationPushing {
			r.lookAfter(ctx, run, p)
			found = found || p.Phase == core.PublicationLanded
		}
	}
	planned, carried, err := r.landedOf(ctx, run)
	if err != nil {
		return err
	}
	r.conclude(run, planned, found)
	if err := r.config.Books.SaveRun(ctx, run, carried...); err != nil {
		return err
	}
	r.config.Board.ShowRun(copied(run))
	return nil
}

// landedOf tells how many commits a run was to publish, and which drafts those have
// carried out that are on their branches.
func (r *Runner) landedOf(ctx context.Context, run *core.Run) (planned int, carried []core.Carried, err error) {
	if !slices.ContainsFunc(run.Publications, isLanded) {
		return 0, nil, nil
	}
	p, err := r.config.Books.Plan(ctx, run.Plan)
	if err != nil {
		return 0, nil, err
	}
	for _, c := range p.Commits {
		if !slices.ContainsFunc(run.Publications, func(o core.PublicationState) bool {
			return isLanded(o) && o.Side == "" && o.On(c.URL, c.Branch)
		}) {
			continue
		}
		more, err := r.carriedOut(ctx, p.Drafts, c)
		if err != nil {
			return 0, nil, err
		}
		carried = append(carried, more...)
	}
	return len(p.Commits), carried, nil
}

// conclude gives a run the end that it came to, as far as that was not known. found
// tells that a publication turned out to have landed.
func (r *Runner) conclude(run *core.Run, planned int, found bool) {
	landed := 0
	for _, p := range run.Publications {
		if isLanded(p) {
			landed++
		}
	}
	was := run.Phase
	switch {
	case slices.ContainsFunc(run.Publications, isProposal):
		if was.Over() {
			run.Attempts++ // for the books a run that is over does not go on otherwise
		}
		run.Phase, run.Err, run.Ended = core.RunProposed, "", time.Time{}
		return
	case was.Over() && found:
		run.Phase, run.Err = core.RunPublished, "that it had arrived was found out later"
		return
	case was.Over(), was == core.RunRetrying && !found:
		return
	case landed == 0:
		run.Phase, run.Err = core.RunInterrupted, "the program ended before the run did"
	case landed < planned:
		run.Phase, run.Err = core.RunInterrupted, fmt.Sprintf("the program ended when %d of %d commits were published", landed, planned)
	default:
		run.Phase, run.Err = core.RunPublished, "the program ended before live had followed"
	}
	run.Ended = r.config.Now()
}

// lookAfter asks the branch what became of a publication. One that no fabric is
// kept for any more stays as it is.
func (r *Runner) lookAfter(ctx context.Context, run *core.Run, p *core.PublicationState) {
	ways, err := r.places(p.URL, p.Branch, p.Fabrics...)
	if err != nil { // its fabric has left the configuration
		ways, err = r.places(p.URL, p.Branch)
	}
	if err != nil {
		r.config.Log.Warn("look after a publication", "run", run.ID, "err", err)
		return
	}
	place := ways[0]
	pub := p.Publication
	pub.URL = place.URL // it may be reached by another one now
	out := place.Publisher.Settle(ctx, pub)
	p.Outcome, p.Says = out.Outcome, out.Says
	switch out.Outcome {
	case core.Landed:
		p.Phase = core.PublicationLanded
		p.Review = reviewOf(place, p.Publication, out)
	case core.RaceLost, core.Rewound, core.BranchGone:
		p.Phase = core.PublicationDropped
	case core.Unsent:
		if r.unseenFor(run) >= settled {
			p.Phase = core.PublicationDropped
		}
	case core.Unclear, core.Refused:
	}
}

// unseenFor is how long ago it was first looked for what a run has sent last, with
// nothing to be seen of it. That is a step of the run.
func (r *Runner) unseenFor(run *core.Run) time.Duration {
	const name = "settle"
	now := r.config.Now()
	if n := len(run.Steps); n > 0 && run.Steps[n-1].Name == name {
		return now.Sub(run.Steps[n-1].Started)
	}
	run.Steps = append(run.Steps, core.RunStep{Name: name, Started: now, Ended: now, Detail: "the branch shows nothing of it yet"})
	return 0
}

func isLanded(p core.PublicationState) bool { return p.Phase == core.PublicationLanded }

// isProposal tells whether a publication is on a side branch, for a review.
func isProposal(p core.PublicationState) bool {
	return p.Side != "" && isLanded(p)
}
