package runner

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"selvage/core"
	"selvage/core/plan"
)

// remakes is how often a plan is made again because a branch moved meanwhile.
const remakes = 3

// othersTime is how long a plan waits for other fabrics on its branch that were
// not checked just now. What has not answered by then cannot be seen, and the plan
// says so.
const othersTime = 10 * time.Second

// Plan works out what publishing what lies on the desks of fabrics would do, or
// what options ask for in its place, and keeps it. It goes by the last check of
// this process; where a branch has moved since, its fabrics are checked again, and
// so are others that read the branch, where they were not for a while.
func (r *Runner) Plan(ctx context.Context, by string, asked core.PlanOptions, fabrics ...core.FabricID) (*core.Plan, error) {
	like := &core.Plan{Fabrics: fabrics, By: by, Asked: asked}
	p, err := r.make(ctx, like)
	if err == nil && r.checkOthers(ctx, p) {
		p, err = r.make(ctx, like)
	}
	if err != nil {
		return nil, err
	}
	if p.Nothing() {
		return p, nil
	}
	return p, r.config.Books.SavePlan(ctx, p)
}

// checkOthers checks the fabrics that read a branch which a plan commits to, and
// whose last check is not fresh. It tells whether there were any.
func (r *Runner) checkOthers(ctx context.Context, p *core.Plan) bool {
	ctx, cancel := context.WithTimeout(ctx, othersTime)
	defer cancel()
	var others sync.WaitGroup
	any := false
	for i := range r.config.Fabrics {
		f := &r.config.Fabrics[i]
		if slices.Contains(p.Fabrics, f.ID) || !f.reads(p) || r.checked(f.ID) {
			continue
		}
		any = true
		others.Go(func() {
			if err := r.config.World.Check(ctx, f.ID); err != nil {
				r.config.Log.Warn("check what else reads the branch", "fabric", f.ID, "err", err)
			}
		})
	}
	others.Wait()
	return any
}

// reads tells whether a fabric reads a branch that a plan commits to.
func (f *Fabric) reads(p *core.Plan) bool {
	return slices.ContainsFunc(p.Commits, func(c core.PlannedCommit) bool {
		return slices.ContainsFunc(f.Places, func(at Place) bool {
			return at.On(c.URL, c.Branch)
		})
	})
}

// Lint tells what lint says of the fabrics' Git as a plan would leave it, and does
// not say of it as it is. It is apart from [Runner.Plan] because it takes longer
// than the plan itself in a large fabric, where that can be shown meanwhile.
func (r *Runner) Lint(ctx context.Context, p *core.Plan) ([]core.PlannedFinding, error) {
	var all []core.PlannedFinding
	for _, id := range p.Fabrics {
		git, err := r.config.World.Git(ctx, id)
		if err != nil {
			return nil, err
		}
		all = append(all, plan.Lint(p, id, git)...)
	}
	return all, nil
}

// make makes a plan anew: for the same fabrics, by the same options.
func (r *Runner) make(ctx context.Context, like *core.Plan) (*core.Plan, error) {
	for try := 1; ; try++ {
		p, err := r.makeOnce(ctx, like)
		switch moved := errors.Is(err, core.ErrMoved) || err == nil && split(p); {
		case !moved:
			return p, err
		case try == remakes:
			return nil, fmt.Errorf("plan %s: %w again and again: try again when it is quieter", join(like.Fabrics), core.ErrMoved)
		}
		for _, id := range like.Fabrics {
			if err := r.config.World.Check(ctx, id); err != nil {
				return nil, err
			}
		}
	}
}

// split tells whether two commits of a plan are for one branch, because its
// fabrics have seen the branch at different commits.
func split(p *core.Plan) bool {
	for i, c := range p.Commits {
		if slices.ContainsFunc(p.Commits[:i], func(o core.PlannedCommit) bool {
			return o.On(c.URL, c.Branch)
		}) {
			return true
		}
	}
	return false
}

func (r *Runner) makeOnce(ctx context.Context, like *core.Plan) (*core.Plan, error) {
	in := plan.Input{By: like.By, Asked: like.Asked, Now: r.config.Now(), Files: r.files}
	if like.Asked.Reverts != "" {
		was, err := r.reverted(ctx, like.Asked.Reverts)
		if err != nil {
			return nil, err
		}
		in.Reverted = was.Publications
	}
	for i := range r.config.Fabrics {
		f := &r.config.Fabrics[i]
		one := plan.Fabric{State: r.state(f.ID)}
		for _, p := range f.Places {
			one.Places = append(one.Places, p.Place)
		}
		if slices.Contains(like.Fabrics, f.ID) {
			if err := r.decided(ctx, f, &one, like); err != nil {
				return nil, err
			}
		}
		in.Fabrics = append(in.Fabrics, one)
	}
	// Those that are published come first, in the order in which they were named.
	slices.SortStableFunc(in.Fabrics, func(a, b plan.Fabric) int {
		return position(like.Fabrics, a.State.Fabric.ID) - position(like.Fabrics, b.State.Fabric.ID)
	})
	p, err := plan.Make(ctx, in)
	if err != nil {
		return nil, err
	}
	p.Fabrics = like.Fabrics
	p.Stop = append(p.Stop, r.missingTickets(p)...)
	return p, nil
}

func position(all []core.FabricID, id core.FabricID) int {
	if i := slices.Index(all, id); i >= 0 {
		return i
	}
	return len(all)
}

// decided fills in what is to be published of a fabric.
func (r *Runner) decided(ctx context.Context, f *Fabric, one *plan.Fabric, like *core.Plan) (err error) {
	if one.Git, err = r.config.World.Git(ctx, f.ID); err != nil {
		return err
	}
	if like.Asked.Reverts != "" {
		return r.takeBack(ctx, f, one, like)
	}
	if one.Drafts, err = r.deciding(ctx, f, one.State, like); err != nil {
		return err
	}
	var keys []core.Key
	for _, d := range one.Drafts {
		if !slices.Contains(keys, d.Key) {
			keys = append(keys, d.Key)
		}
	}
	one.Subjects, err = r.config.World.Subjects(ctx, f.ID, keys...)
	return err
}

// deciding are the decisions on a fabric that a plan is to carry out.
func (r *Runner) deciding(ctx context.Context, f *Fabric, state core.FabricState, like *core.Plan) ([]core.Draft, error) {
	if like.Asked.Policy {
		return r.ruled(ctx, f, state)
	}
	drafts, err := r.lying(ctx, f.ID)
	if like.ID != "" { // what was decided since is not in the plan that was shown
		drafts = slices.DeleteFunc(drafts, func(d core.Draft) bool {
			return !slices.Contains(like.Drafts, d.ID) && d.Choice != core.TakeGit
		})
	}
	return drafts, err
}

// lying are the drafts on a fabric's desk that no open proposal has.
func (r *Runner) lying(ctx context.Context, id core.FabricID) ([]core.Draft, error) {
	m, err := r.config.Books.Memory(ctx, id)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(m.Drafts), func(d core.Draft) bool {
		_, proposed := m.Proposed[d.ID]
		return proposed
	}), nil
}

// hasLanded tells whether a run has published a commit of its plan.
func hasLanded(run *core.Run, c core.PlannedCommit) bool {
	return slices.ContainsFunc(run.Publications, func(p core.PublicationState) bool {
		return isLanded(p) && p.On(c.URL, c.Branch)
	})
}

// files reads files of a place's branch at a commit.
func (r *Runner) files(ctx context.Context, at plan.Place, commit string, paths []string) (map[string]core.File, error) {
	ways, err := r.places(at.URL, at.Branch)
	if err != nil {
		return nil, err
	}
	return ways[0].Publisher.Files(ctx, commit, paths)
}

// missingTickets tells which commits of a plan lack the ticket that they need.
func (r *Runner) missingTickets(p *core.Plan) []string {
	var stop []string
	for _, c := range p.Commits {
		ways, err := r.places(c.URL, c.Branch, fabricsOf(c)...)
		if err != nil {
			continue // the order to carry it out is refused for that
		}
		for _, w := range ways {
			if w.Ticket == nil || w.Ticket.FindString(p.Asked.Ticket) == p.Asked.Ticket && p.Asked.Ticket != "" {
				continue
			}
			why := fmt.Sprintf("a commit to %s of %s needs a ticket that matches %s (--ticket)", c.Branch, c.URL, w.Ticket)
			if !slices.Contains(stop, why) {
				stop = append(stop, why)
			}
		}
	}
	return stop
}
