package runner

import (
	"context"
	"slices"
	"time"

	"selvage/core"
)

// review finds out what became of the fabric's open proposals, by what the last
// check found in Git.
func (w *ward) review(ctx context.Context) error {
	open, err := w.open(ctx, core.RunProposed)
	if err != nil || len(open) == 0 {
		return err
	}
	err = w.alone(ctx, "review", func(ctx context.Context) error {
		open, err := w.open(ctx, core.RunProposed) // as it is now that nobody else is at it
		if err != nil {
			return err
		}
		for _, run := range open {
			if err := w.reviewRun(ctx, run); err != nil {
				return err
			}
		}
		return nil
	})
	return unlessBusy(err)
}

// Review ends the proposals of fabrics that were merged or given up, going by
// their last check: what a process that looks after fabrics does by itself.
func (r *Runner) Review(ctx context.Context, fabrics ...core.FabricID) error {
	for _, id := range fabrics {
		f, err := r.fabric(id)
		if err != nil {
			return err
		}
		if err := (&ward{Runner: r, fabric: f}).review(ctx); err != nil {
			return err
		}
	}
	return nil
}

// reviewRun ends a proposal that was merged or given up. It was merged where Git
// says all that it was to bring about, by whatever commit: a review may squash it.
func (w *ward) reviewRun(ctx context.Context, run *core.Run) error {
	p, err := w.config.Books.Plan(ctx, run.Plan)
	if err != nil {
		return err
	}
	phase, words := core.RunMerged, "git says all of it"
	for _, c := range p.Commits {
		said, err := w.says(ctx, c)
		if err != nil {
			return err
		}
		if said {
			continue
		}
		switch w.fate(ctx, run, c) {
		case core.RunProposed:
			return nil // somebody may still merge it
		case core.RunDeclined:
			phase, words = core.RunDeclined, "its branch is gone, and git does not say it"
		default:
			words = "its commit is on the branch, and git has moved on since"
		}
	}
	return w.closeReview(ctx, run, p, phase, words)
}

// says tells whether Git says all that a commit was to bring about. Where Git was
// not read now it tells no.
func (r *Runner) says(ctx context.Context, c core.PlannedCommit) (bool, error) {
	for _, ch := range c.Changes {
		if r.state(ch.Fabric).GitAccess() != core.AccessOK {
			return false, nil
		}
		s, err := r.config.World.Subjects(ctx, ch.Fabric, ch.Key)
		if err != nil {
			return false, err
		}
		git := core.Content{Read: true}
		if len(s) > 0 {
			git = s[0].Sides.Git
		}
		if !git.Read || !git.Says(ch.Path, ch.After) {
			return false, nil
		}
	}
	return true, nil
}

// fate is the phase of a proposal that Git does not say all of. What the server
// says counts only where it has the branch where the last check saw it.
func (w *ward) fate(ctx context.Context, run *core.Run, c core.PlannedCommit) core.RunPhase {
	at := slices.IndexFunc(run.Publications, func(p core.PublicationState) bool {
		return p.On(c.URL, c.Branch)
	})
	place, err := w.place(c)
	if at < 0 || err != nil {
		return core.RunProposed
	}
	out := place.Publisher.Settle(ctx, run.Publications[at].Publication)
	if !w.seenAt(c, out.Head) {
		return core.RunProposed
	}
	switch out.Outcome {
	case core.Landed:
		return core.RunMerged
	case core.Unsent, core.RaceLost:
		return core.RunDeclined
	case core.Refused, core.Unclear, core.BranchGone, core.Rewound:
	}
	return core.RunProposed
}

// seenAt tells whether all fabrics of a commit were read at the branch's head.
func (w *ward) seenAt(c core.PlannedCommit, head string) bool {
	for _, id := range fabricsOf(c) {
		s := w.state(id)
		if s.Report == nil || s.GitAccess() != core.AccessOK || !slices.ContainsFunc(s.Report.Git, func(g core.Reading) bool {
			return c.On(g.URL, g.Branch) && g.Revision == head
		}) {
			return false
		}
	}
	return true
}

// closeReview writes down how a proposal ended. Drafts that are merged leave the
// desk; those of one that was declined stay there, and what a policy proposed is
// not proposed again.
func (w *ward) closeReview(ctx context.Context, run *core.Run, p *core.Plan, phase core.RunPhase, words string) error {
	now := w.config.Now()
	run.Phase, run.Ended = phase, now
	run.Steps = append(run.Steps, core.RunStep{Name: "review", Started: now, Ended: now, Detail: string(phase) + ": " + words})
	var carried []core.Carried
	for _, c := range p.Commits {
		if said, err := w.says(ctx, c); err != nil {
			return err
		} else if phase == core.RunDeclined && !said {
			continue
		}
		more, err := w.carriedOut(ctx, p.Drafts, c)
		if err != nil {
			return err
		}
		carried = append(carried, more...)
	}
	if run.By == byPolicy && phase == core.RunDeclined {
		if err := w.pin(ctx, run.Result.Applied, now); err != nil {
			return err
		}
	}
	w.loaded = false
	if err := w.config.Books.SaveRun(ctx, run, carried...); err != nil {
		return err
	}
	w.config.Board.ShowRun(copied(run))
	for _, id := range run.Fabrics {
		if id != w.fabric.ID {
			w.reconsider(ctx, id)
		}
	}
	return w.config.Board.Reconsider(ctx, w.fabric.ID)
}

// pin keeps policies off where somebody did not want what they had decided.
func (w *ward) pin(ctx context.Context, all []core.Resolution, now time.Time) error {
	pins := make([]core.Pin, len(all))
	for i, r := range all {
		pins[i] = core.Pin{Key: r.Key, Path: r.Path, Rule: r.Rule, At: now}
	}
	if len(pins) == 0 {
		return nil
	}
	return w.config.Books.Pin(ctx, w.fabric.ID, pins...)
}
