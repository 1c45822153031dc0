package runner

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"selvage/core"
	"selvage/core/plan"
)

// fresh is how old a check may be that a run goes by without another one.
const fresh = 5 * time.Second

// Sync carries a plan out, and gives the run when it is over or waits for a
// review. The error says why no run was begun; a [core.NotAllowed] names every reason.
// Why a run did not end well is in the run. A plan that has nothing to publish
// is followed only.
//
// When ctx ends the run is interrupted. A push that is under way then gets a
// moment to end; what became of it otherwise is found out at the next start.
func (r *Runner) Sync(ctx context.Context, p *core.Plan, g core.RunOrder) (*core.Run, error) {
	run, err := r.begin(ctx, p, g)
	if err != nil {
		return nil, err
	}
	return r.carry(ctx, run, p)
}

// begin checks that a plan may be carried out, and makes the run.
func (r *Runner) begin(ctx context.Context, p *core.Plan, g core.RunOrder) (*core.Run, error) {
	if reasons := r.reasons(p, g); len(reasons) > 0 {
		return nil, &core.NotAllowed{Reasons: reasons}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return r.newRun(ctx, p, g)
}

// newRun is a run that has not begun.
func (r *Runner) newRun(ctx context.Context, p *core.Plan, g core.RunOrder) (run *core.Run, err error) {
	run = &core.Run{
		ID: r.config.NewID(), Fabrics: p.Fabrics, Plan: p.ID, Phase: core.RunQueued, Started: r.config.Now(),
		By: g.By, Host: g.Host, Options: g.RunOptions, Attempts: 1, Reverts: p.Asked.Reverts,
	}
	run.Result, err = r.outcome(ctx, p)
	return run, err
}

// reasons are why a plan may not be carried out.
func (r *Runner) reasons(p *core.Plan, g core.RunOrder) []string {
	reasons := slices.Clone(p.Stop)
	if len(p.Fabrics) == 0 {
		reasons = append(reasons, "no fabric was named")
	}
	if p.Empty() {
		if len(p.Conflicts)+len(p.Void)+len(p.Refused) > 0 && len(p.Followed) == 0 {
			reasons = append(reasons, fmt.Sprintf("nothing of it can be published: every decision is kept out of the plan (selvage plan %s tells why)", join(p.Fabrics)))
		}
		return reasons
	}
	for _, id := range p.Fabrics {
		if f := r.state(id).Fabric; f.Protected && !slices.Contains(g.Confirmed, id) {
			reasons = append(reasons, fmt.Sprintf("%s is protected: confirm it by its name (--confirm %s)", id, id))
		}
	}
	for _, c := range p.Commits {
		place, err := r.place(c)
		switch {
		case err != nil:
			reasons = append(reasons, err.Error())
		case place.Way == core.ToPatch:
			reasons = append(reasons, fmt.Sprintf("git.publish is patch for %s: selvage plan %s -o patch writes one", c.URL, p.Fabrics[0]))
		}
	}
	return reasons
}

// progress is a run that goes on, with what it needs to tell so.
type progress struct {
	*Runner
	run  *core.Run
	plan *core.Plan           // what is left of it
	past []core.PlannedCommit // that are published
	// carried are the drafts that its landed commits have carried out.
	carried []core.Carried
	kept    bool // it is in the books
	// background tells that nobody waits for the run: what a retry can mend is tried
	// again later.
	background bool
	// doing is what the run is at, as others who wait for it are told.
	doing atomic.Pointer[string]
	// ordered tells that it is a person who has asked for the run, just now.
	ordered bool
}

// carry does what a run is for, under the leases of its fabrics.
func (r *Runner) carry(ctx context.Context, run *core.Run, p *core.Plan) (*core.Run, error) {
	return r.carryOn(ctx, &progress{Runner: r, run: run, plan: p, ordered: true})
}

func (r *Runner) carryOn(ctx context.Context, at *progress) (*core.Run, error) {
	run, p := at.run, at.plan
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	closed := r.stops.add(run.ID, cancel)
	defer closed()
	held, release, err := at.hold(ctx)
	if err != nil {
		closed()
		return at.unheld(ctx, err)
	}
	defer release()
	ctx = held
	if limit := r.timeout(p); limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, limit, errTimeout)
		defer cancel()
	}
	err = at.steps(ctx)
	closed() // how it ends is decided now: a stop that comes later would be lost
	return run, at.end(ctx, err)
}

// errTimeout ends a run whose time is over.
var errTimeout = errors.New("the time of the run is over (timeout in the configuration)")

// timeout is the longest that a run of a plan may take.
func (r *Runner) timeout(p *core.Plan) time.Duration {
	limit := time.Duration(0)
	for _, id := range p.Fabrics {
		limit = max(limit, r.state(id).Fabric.Timeout)
	}
	return limit
}

func (at *progress) steps(ctx context.Context) error {
	for _, id := range at.plan.Fabrics {
		if err := at.settle(ctx, id); err != nil {
			return err
		}
	}
	if !at.plan.Empty() {
		if err := at.renew(ctx); err != nil {
			return err
		}
	}
	if !at.plan.Empty() {
		if err := at.publish(ctx); err != nil {
			return err
		}
	}
	switch {
	case at.run.Phase == core.RunProposed:
		return nil
	case at.run.Options.NoWait && len(at.past) > 0:
		for _, id := range at.run.Fabrics { // no check is to follow that would
			at.reconsider(ctx, id)
		}
		return at.to(ctx, core.RunPublished)
	}
	return at.follow(ctx)
}

// renew makes sure that a plan still holds, by a check where the last one is not
// fresh.
func (at *progress) renew(ctx context.Context) error {
	fresh, err := at.isFresh(ctx)
	if fresh || err != nil {
		return err
	}
	if err := at.to(ctx, core.RunChecking); err != nil {
		return err
	}
	return at.step(ctx, "check", func(ctx context.Context) (string, error) {
		return at.again(ctx)
	})
}

// isFresh tells whether the plan was made of checks that are no older than fresh,
// and nobody has taken one of its drafts away since.
func (at *progress) isFresh(ctx context.Context) (bool, error) {
	lying := map[int64]bool{0: true} // what no person has decided lies nowhere
	for _, id := range at.plan.Fabrics {
		if !at.checked(id) || at.plan.At.Before(at.state(id).LastCheck) {
			return false, nil
		}
		drafts, err := at.lying(ctx, id)
		if err != nil {
			return false, err
		}
		for _, d := range drafts {
			lying[d.ID] = true
		}
	}
	return !slices.ContainsFunc(at.plan.Drafts, func(id int64) bool { return !lying[id] }), nil
}

// arrived tells whether something that the run has published is on its branch.
func (at *progress) arrived() bool {
	return slices.ContainsFunc(at.run.Publications, isLanded)
}

// again checks the fabrics of the plan and makes the plan anew. It refuses where
// that would do something else. What Git has come to say by itself is left out.
func (at *progress) again(ctx context.Context) (string, error) {
	for _, id := range at.plan.Fabrics {
		if err := at.config.World.Check(ctx, id); err != nil {
			return "", err
		}
	}
	now, err := at.make(ctx, at.plan)
	if err == nil && at.checkOthers(ctx, now) {
		now, err = at.make(ctx, at.plan)
	}
	if err != nil {
		return "", err
	}
	now.Commits = slices.DeleteFunc(now.Commits, at.proposed)
	if len(now.Stop) > 0 {
		return "", &core.NotAllowed{Reasons: now.Stop}
	}
	if why := plan.Void(at.plan, now); why != "" {
		if done, err := at.happened(ctx, now); err != nil || done {
			if err == nil {
				at.past = append(at.past, at.plan.Commits...)
			}
			at.plan = now
			return "git says all of it already", err
		}
		return "", refuse("plan %s is void: %s (selvage plan makes a new one)", at.plan.ID, why)
	}
	now.ID = at.plan.ID
	at.plan = now
	return "the plan holds", nil
}

// happened tells whether Git has come to say all that the plan was to bring
// about: somebody else did the same, or an earlier attempt whose end nobody saw.
func (at *progress) happened(ctx context.Context, now *core.Plan) (bool, error) {
	if !now.Empty() || len(now.Void)+len(now.Refused) > 0 {
		return false, nil
	}
	for _, c := range at.plan.Commits {
		for _, ch := range c.Changes {
			s, err := at.config.World.Subjects(ctx, ch.Fabric, ch.Key)
			if err != nil {
				return false, err
			}
			if !first(s).Sides.Git.Says(ch.Path, ch.After) {
				return false, nil
			}
		}
	}
	return true, nil
}

// proposed tells whether the run has put a commit of its plan on a side branch: its
// decisions are still drafts.
func (at *progress) proposed(c core.PlannedCommit) bool {
	return slices.ContainsFunc(at.run.Publications, func(p core.PublicationState) bool {
		return isProposal(p) && p.On(c.URL, c.Branch)
	})
}

// step does one step of a run and writes down how it went.
func (at *progress) step(ctx context.Context, name string, do func(context.Context) (string, error)) error {
	at.run.Steps = append(at.run.Steps, core.RunStep{Name: name, Started: at.config.Now()})
	at.does(name)
	at.show()
	detail, err := do(ctx)
	s := &at.run.Steps[len(at.run.Steps)-1]
	s.Ended, s.Detail = at.config.Now(), detail
	if err != nil {
		s.Err = core.OneLine(err)
	}
	at.show()
	return err
}

// to goes on to a phase, and writes it down.
func (at *progress) to(ctx context.Context, phase core.RunPhase) error {
	at.run.Phase = phase
	if phase.Over() {
		at.run.Ended = at.config.Now()
	}
	return at.save(ctx)
}

// save writes the run down as it is. It does so even where ctx has ended: that is
// when it matters most.
func (at *progress) save(ctx context.Context) error {
	at.show()
	if err := at.config.Books.SaveRun(context.WithoutCancel(ctx), at.run, at.carried...); err != nil {
		return err
	}
	at.kept = true
	return nil
}

// show shows a copy of the run.
func (at *progress) show() { at.config.Board.ShowRun(copied(at.run)) }

func copied(r *core.Run) *core.Run {
	c := *r
	c.Steps = slices.Clone(r.Steps)
	c.Publications = slices.Clone(r.Publications)
	c.Objects = slices.Clone(r.Objects)
	return &c
}

// end writes down how a run ended, by the error that ended it.
func (at *progress) end(ctx context.Context, err error) error {
	run := at.run
	following := run.Phase == core.RunFollowing
	if err != nil && !errors.Is(err, errOver) {
		run.Err = core.OneLine(err)
		run.Phase = core.RunFailed
		var no *core.NotAllowed
		switch {
		case errors.As(err, &no):
			run.Phase = core.RunRefused
		case errors.Is(context.Cause(ctx), errTimeout):
			run.Err = errTimeout.Error()
		case ctx.Err() != nil:
			run.Phase, run.Err = core.RunInterrupted, "it was stopped"
			if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
				run.Err = core.OneLine(cause)
			}
		}
	}
	if run.Phase == core.RunInterrupted && following && at.arrived() {
		run.Phase = core.RunPublished
		run.Err += ": all of it is published, and nobody waited for live to follow"
	}
	postponed := run.Phase.Over() && at.postpone(ctx, err)
	if !run.Phase.Over() && run.Phase != core.RunProposed && !postponed {
		run.Phase = core.RunAgreed
	}
	if run.Phase.Over() {
		run.Ended = at.config.Now()
	}
	if slices.ContainsFunc(run.Publications, func(p core.PublicationState) bool { return p.Phase == core.PublicationPushing }) {
		run.Err += "; whether it arrived will be found out with the next sync"
	}
	at.show()
	if !at.kept && run.Phase == core.RunAgreed && len(run.Publications) == 0 {
		return nil // nothing was to be done, and so nothing is to be told
	}
	if err := at.save(ctx); err != nil || run.Phase != core.RunProposed {
		return err
	}
	for _, id := range run.Fabrics {
		at.reconsider(ctx, id) // its drafts wait for a review now
	}
	return nil
}
