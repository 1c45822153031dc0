package runner

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"selvage/core"
	"selvage/core/merge"
)

// byPolicy is who decided what a policy settles.
const byPolicy = "policy"

// attempt is a decision of a policy that something was done about. It is not done
// again before the decision is another one, or until is over; the zero time stands
// for never.
type attempt struct {
	core.Resolution
	until time.Time
}

// rule carries out what the fabric's policies settle of what the last check found.
func (w *ward) rule(ctx context.Context, state core.FabricState) error {
	if !w.fabric.Auto || len(state.Fabric.Policy) == 0 || state.Report == nil || state.Run != nil && state.Run.Phase.Active() {
		return nil
	}
	if err := w.temper(ctx, state); err != nil {
		return err
	}
	busy, err := w.open(ctx, core.RunQueued, core.RunChecking, core.RunPublishing, core.RunFollowing, core.RunRetrying)
	if err != nil || slices.ContainsFunc(busy, func(r *core.Run) bool { return r.By == byPolicy }) {
		return err
	}
	rulings, err := w.rulings(ctx, w.fabric, state)
	if err != nil {
		return err
	}
	if err := w.keepGit(ctx, rulings); err != nil {
		return err
	}
	if !w.news(rulings) {
		return nil
	}
	return w.publishRuled(ctx)
}

// rulings are what the policies of a fabric decide about what its last check found.
// What people are at already is left to them: where a draft lies, and what is
// proposed.
func (r *Runner) rulings(ctx context.Context, f *Fabric, state core.FabricState) ([]core.Resolution, error) {
	if len(state.Fabric.Policy) == 0 || state.Report == nil {
		return nil, nil
	}
	subjects, err := r.config.World.Subjects(ctx, f.ID, differing(state.Report)...)
	if err != nil || len(subjects) == 0 {
		return nil, err
	}
	memory, err := r.config.Books.Memory(ctx, f.ID)
	if err != nil {
		return nil, err
	}
	pins, heats, err := r.config.Books.Tempers(ctx, f.ID)
	if err != nil {
		return nil, err
	}
	taken, err := r.taken(ctx, f.ID)
	if err != nil {
		return nil, err
	}
	toBranch := func(p Place) bool { return p.Way != core.ToPropose && p.Way != core.ToNever }
	var all []core.Resolution
	for _, u := range merge.Rulings(merge.Occasion{
		Fabric: state.Fabric, Proposes: state.Fabric.Mode == core.ModePropose || !slices.ContainsFunc(f.Places, toBranch),
		Report: state.Report, Subjects: subjects, Acknowledgements: memory.Acknowledgements,
		Pins: pins, Heats: heats, Now: r.config.Now(),
	}) {
		if u.Resolution.Choice != "" && !slices.ContainsFunc(taken, func(s spot) bool { return s.key == u.Key && s.path.Overlaps(u.Path) }) {
			all = append(all, u.Resolution)
		}
	}
	return all, nil
}

// differing are the objects of a report that a policy may be asked about, or whose
// differences are counted.
func differing(r *core.Report) []core.Key {
	var keys []core.Key
	for _, v := range r.Verdicts {
		if slices.ContainsFunc(v.Changes, func(c core.Change) bool {
			return c.Verdict == core.FieldConflict || c.Verdict == core.FieldDrift
		}) {
			keys = append(keys, v.Key)
		}
	}
	return keys
}

// taken are the places at which somebody has decided already: drafts on the desk,
// and what open proposals are about.
func (r *Runner) taken(ctx context.Context, id core.FabricID) ([]spot, error) {
	drafts, err := r.config.Books.Drafts(ctx, id)
	if err != nil {
		return nil, err
	}
	var all []spot
	for _, d := range drafts {
		all = append(all, spot{d.Key, d.Path})
	}
	open, err := r.config.Books.OpenRuns(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, run := range open {
		if run.Phase != core.RunProposed {
			continue
		}
		p, err := r.config.Books.Plan(ctx, run.Plan)
		if err != nil {
			return nil, err
		}
		for _, c := range p.Commits {
			for _, ch := range c.Changes {
				if ch.Fabric == id {
					all = append(all, spot{ch.Key, ch.Path})
				}
			}
		}
	}
	return all, nil
}

// ruled are the decisions of a fabric's policies that a commit carries out. That
// Git's value stays needs none.
func (r *Runner) ruled(ctx context.Context, f *Fabric, state core.FabricState) ([]core.Draft, error) {
	rulings, err := r.rulings(ctx, f, state)
	var drafts []core.Draft
	for _, u := range rulings {
		if u.Choice != core.TakeGit {
			drafts = append(drafts, core.Draft{Fabric: f.ID, Resolution: u, From: u.Rule})
		}
	}
	return drafts, err
}

// keepGit lays down that Git's value stays, where policies say so: live is to
// follow then, and until it has the object is pending.
func (w *ward) keepGit(ctx context.Context, rulings []core.Resolution) error {
	var drafts []core.Draft
	for _, u := range rulings {
		if u.Choice == core.TakeGit {
			drafts = append(drafts, core.Draft{Fabric: w.fabric.ID, Resolution: u})
		}
	}
	if len(drafts) == 0 {
		return nil
	}
	if err := w.config.Books.Step(ctx, w.fabric.ID, byPolicy, nil, drafts...); err != nil {
		return err
	}
	for _, d := range drafts {
		w.config.Log.Info("policy", "fabric", w.fabric.ID, "decision", d.Sentence(d.Key.String()), "rule", d.Rule)
	}
	return w.config.Board.Reconsider(ctx, w.fabric.ID)
}

// news tells whether policies decide something that they did not before, and
// forgets what they decide no more.
func (w *ward) news(rulings []core.Resolution) bool {
	fresh := false
	tried := map[spot]attempt{}
	for _, u := range rulings {
		at := spot{u.Key, u.Path}
		was, ok := w.tried[at]
		if ok && sameDecision(was.Resolution, u) && (was.until.IsZero() || w.config.Now().Before(was.until)) {
			tried[at] = was
		} else if u.Choice != core.TakeGit {
			fresh = true
		}
	}
	w.tried = tried
	return fresh
}

// sameDecision tells whether two resolutions, made at different times, are one
// decision on the same values.
func sameDecision(a, b core.Resolution) bool {
	return a.Choice == b.Choice && a.Rule == b.Rule && a.GitDigest == b.GitDigest && a.LiveDigest == b.LiveDigest && a.Value.Equal(b.Value)
}

// publishRuled publishes what the policies decide. What cannot be published is
// written down once, and not tried again before something changes.
func (w *ward) publishRuled(ctx context.Context) error {
	p, err := w.Plan(ctx, byPolicy, core.PlanOptions{Policy: true}, w.fabric.ID)
	if err != nil || p.Nothing() {
		return err
	}
	order := core.RunOrder{By: byPolicy, Host: w.config.Holder.Host, RunOptions: core.RunOptions{NoWait: true}}
	run, err := w.newRun(ctx, p, order)
	if err != nil {
		return err
	}
	for _, u := range run.Result.Applied {
		now := w.config.Now()
		run.Steps = append(run.Steps, core.RunStep{Name: "decide", Started: now, Ended: now, Detail: u.Sentence(u.Key.String()) + ", by " + u.Rule})
	}
	reasons := w.reasons(p, order)
	for _, e := range p.Refused {
		reasons = append(reasons, fmt.Sprintf("%s: %v", e.Key, e.Err))
	}
	if p.Empty() || len(w.reasons(p, order)) > 0 {
		return w.refuseRuled(ctx, run, reasons)
	}
	run, err = w.carryOn(ctx, &progress{Runner: w.Runner, run: run, plan: p, background: true})
	if no := (*core.NotAllowed)(nil); errors.As(err, &no) {
		w.config.Log.Info("policy waits", "fabric", w.fabric.ID, "why", err)
		return nil // somebody is at the fabric: the next check looks again
	}
	if err != nil {
		return err
	}
	w.try(ctx, run)
	return nil
}

// refuseRuled writes down that what policies decide must not be published, or
// cannot be.
func (w *ward) refuseRuled(ctx context.Context, run *core.Run, reasons []string) error {
	run.Phase, run.Ended = core.RunRefused, w.config.Now()
	run.Err = core.OneLine(&core.NotAllowed{Reasons: reasons})
	w.config.Log.Warn("policy refused", "fabric", w.fabric.ID, "run", run.ID, "why", run.Err)
	if err := w.config.Books.SaveRun(ctx, run); err != nil {
		return err
	}
	w.config.Board.ShowRun(copied(run))
	w.try(ctx, run)
	return nil
}

// try notes what policies decide now as tried by a run. One that failed, and that no
// retry mended, may be tried again after as long as the retries would have gone on.
func (w *ward) try(ctx context.Context, run *core.Run) {
	rulings, err := w.rulings(ctx, w.fabric, w.state(w.fabric.ID))
	w.warn(ctx, "look at policies", err)
	until := time.Time{}
	if run.Phase == core.RunFailed {
		until = w.config.Now().Add(w.fabric.Backoff << w.fabric.Retries)
	}
	for _, u := range append(rulings, run.Result.Applied...) {
		w.tried[spot{u.Key, u.Path}] = attempt{u, until}
	}
}

// outcome is what a plan makes of decisions: what it carries out, and what it
// cannot.
func (r *Runner) outcome(ctx context.Context, p *core.Plan) (core.ReconciliationResult, error) {
	out := core.ReconciliationResult{Conflicts: p.Conflicts, Void: p.Void, Errors: p.Refused}
	for _, id := range p.Fabrics {
		f, err := r.fabric(id)
		if err != nil {
			return out, err
		}
		drafts, err := r.deciding(ctx, f, r.state(id), p)
		if err != nil {
			return out, err
		}
		for _, d := range drafts {
			if carries(p, id, d) {
				out.Applied = append(out.Applied, d.Resolution)
			}
		}
	}
	return out, nil
}

// carries tells whether a plan carries a decision out.
func carries(p *core.Plan, id core.FabricID, d core.Draft) bool {
	for _, c := range p.Commits {
		for _, ch := range c.Changes {
			if ch.Fabric == id && ch.Key == d.Key && ch.Path == d.Path {
				return true
			}
		}
	}
	return slices.ContainsFunc(p.Followed, func(o core.PlannedFollow) bool { return o.Fabric == id && o.Key == d.Key && o.Path == d.Path })
}
