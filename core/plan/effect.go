package plan

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"selvage/core"
)

// effects are what the engines will do once the plan's commits are on their
// branches: to the fabrics that the commits are for, and to every other one that
// reads the same branch.
func effects(in Input, p *core.Plan) {
	for i := range in.Fabrics {
		f := &in.Fabrics[i]
		if !touched(f, p) {
			continue
		}
		if why := f.unseen(in.Now); why != "" {
			p.Unseen = append(p.Unseen, why)
		}
		if f.State.Report == nil {
			continue
		}
		own := planned(f, p)
		for _, v := range f.State.Report.Verdicts {
			p.Effects = append(p.Effects, f.effectsOn(p, v, own[v.Key])...)
			delete(own, v.Key)
		}
		for k, changes := range own { // what neither side has yet, or what is in sync and not listed
			p.Effects = append(p.Effects, f.intended(k, changes)...)
		}
	}
	at := func(e core.Effect) int {
		return slices.IndexFunc(in.Fabrics, func(f Fabric) bool { return f.State.Fabric.ID == e.Fabric })
	}
	slices.SortStableFunc(p.Effects, func(a, b core.Effect) int {
		return cmp.Or(rank(a.Op)-rank(b.Op), at(a)-at(b), a.Key.Compare(b.Key), cmp.Compare(a.Path, b.Path))
	})
}

// unseen tells that a fabric, or its engine, cannot be seen now; "" if both can.
func (f *Fabric) unseen(now time.Time) string {
	id, access := f.State.Fabric.ID, f.State.Access(now)
	const unknown = "which live edits its engine will undo there is not known"
	switch r := f.State.Report; {
	case r == nil:
		return fmt.Sprintf("%s reads the same branch and was never checked: %s (selvage status %s)", id, unknown, id)
	case access != core.AccessOK && !f.publishes(): // else the plan is stopped
		return fmt.Sprintf("%s reads the same branch and its live side is %s: %s (selvage status %s)", id, access.Title(), unknown, id)
	case r.Engine != nil && r.Engine.Access != core.AccessOK && r.Counts[core.Drifted]+r.Counts[core.Conflict]+r.Counts[core.Differs] > 0:
		return fmt.Sprintf("the engine of %s could not be read: whether a new commit undoes the live edits there is not known (%s)", id, r.Engine.Error)
	}
	return ""
}

// alongside tells of decisions for Git's value that a commit of the plan brings
// about, because the engine applies all of Git with it.
func alongside(in Input, p *core.Plan) {
	for i := range p.Followed {
		d := &p.Followed[i]
		for j := range in.Fabrics {
			f := &in.Fabrics[j]
			if f.State.Fabric.ID != d.Fabric || d.Effect != core.KeepWaits || !touched(f, p) || !f.State.Report.Engine.Acts(false) {
				continue
			}
			d.Keeping = core.Keeping{Effect: core.KeepRestored, Sentence: fmt.Sprintf("%s sets it back when it applies this commit", f.State.Report.Engine.Type)}
		}
	}
}

// rank orders what engines do as people read it: what is taken away last.
func rank(op core.EffectOp) int {
	return slices.Index([]core.EffectOp{core.EffectNone, core.EffectCreate, core.EffectUpdate, core.EffectUndo, core.EffectDelete}, op)
}

// touched tells whether a fabric reads a branch that the plan commits to.
func touched(f *Fabric, p *core.Plan) bool {
	return slices.ContainsFunc(p.Commits, func(c core.PlannedCommit) bool {
		return slices.ContainsFunc(f.Places, func(place Place) bool {
			return place.On(c.URL, c.Branch)
		})
	})
}

func planned(f *Fabric, p *core.Plan) map[core.Key][]core.PlannedChange {
	own := map[core.Key][]core.PlannedChange{}
	for _, c := range p.Commits {
		for _, ch := range c.Changes {
			if ch.Fabric == f.State.Fabric.ID {
				own[ch.Key] = append(own[ch.Key], ch)
			}
		}
	}
	return own
}

// effectsOn are what the engine will do to an object because of a new commit:
// bring about what the commit says, and what else Git says that live does not.
func (f *Fabric) effectsOn(p *core.Plan, v core.Verdict, own []core.PlannedChange) []core.Effect {
	e := f.State.Report.Engine
	all := f.intended(v.Key, own)
	decided := func(at core.Path) bool {
		return slices.ContainsFunc(own, func(c core.PlannedChange) bool { return at.Under(c.Path) || c.Path.Under(at) })
	}
	for _, c := range v.Changes {
		if decided(c.Path) {
			continue
		}
		by := slices.IndexFunc(f.State.Drafts, func(d core.DraftStanding) bool {
			return d.State == core.DraftPending && d.Key == v.Key && c.Path.Under(d.Path)
		})
		published := by >= 0 && f.State.Drafts[by].Overrules()
		chosen := by >= 0 || slices.ContainsFunc(p.Followed, func(d core.PlannedFollow) bool {
			return d.Fabric == f.State.Fabric.ID && d.Key == v.Key && c.Path.Under(d.Path)
		})
		out := core.Effect{Fabric: f.State.Fabric.ID, Key: v.Key, Path: c.Path, From: c.Live, To: c.Git, Manager: c.Manager, ManagerTime: c.ManagerTime}
		is := c.Verdict
		if published {
			is = core.FieldGitAhead // a run has put it there, whoever had moved before
		}
		switch is {
		case core.FieldGitAhead:
			out.Op, out.Why = core.EffectUpdate, "in git already"
			if c.Path == core.Root && c.Op == core.OpAdded {
				out.Op = core.EffectCreate
			}
			if c.Path == core.Root && !c.Git.Present() {
				out.Op = core.EffectDelete
			}
			if v.State == core.Stuck && v.Reason != "" {
				out.Why += "; " + v.Reason
			}
			out = f.ifActing(out)
		case core.FieldDrift, core.FieldConflict, core.FieldDiffers:
			keep := core.Keep(f.State.Fabric, e, v, c)
			if c.Path == core.Root && !c.Git.Present() && e != nil && !e.Prune {
				continue
			}
			if keep.Effect == core.KeepStays || !e.Known() || !e.Auto || e.Blocked != "" {
				continue // the commit changes nothing about it
			}
			out.Op, out.Why = core.EffectUndo, "git's value comes back with any new commit"
			if e.SelfHeal {
				out.Why = "self-heal puts git's value back in any case"
			}
			if chosen {
				out.Op, out.Why = core.EffectUpdate, "git was chosen here"
			}
			if c.Path == core.Root && !c.Git.Present() {
				out.Op = core.EffectDelete
			}
		default:
			continue
		}
		all = append(all, out)
	}
	return all
}

// intended are what the engine will do because the commit says so.
func (f *Fabric) intended(k core.Key, own []core.PlannedChange) []core.Effect {
	var all []core.Effect
	for _, c := range own {
		out := core.Effect{Fabric: f.State.Fabric.ID, Key: k, Path: c.Path, Op: core.EffectUpdate, From: f.live(k, c.Path), To: c.After, Why: "this commit"}
		switch {
		case c.Path == core.Root && !c.After.Present():
			out.Op = core.EffectDelete
			if !out.From.Present() {
				continue // nobody has it any more
			}
		case c.Path == core.Root && !c.Before.Present() && !out.From.Present():
			out.Op = core.EffectCreate
		case out.From.Equal(out.To):
			out.Op, out.Why = core.EffectNone, "live says so already"
		}
		all = append(all, f.ifActing(out))
	}
	return all
}

// ifActing is an effect as far as the engine brings it about by itself.
func (f *Fabric) ifActing(out core.Effect) core.Effect {
	e := f.State.Report.Engine
	if out.Op == core.EffectNone {
		return out
	}
	if waits := e.Waits(out.Op == core.EffectDelete); waits != "" {
		out.Why += "; it " + waits
	} else if !e.Known() {
		out.Why += "; whether anything applies it is not known"
	}
	return out
}

// live is what live says at a place of an object that a decision is about.
func (f *Fabric) live(k core.Key, at core.Path) core.Value {
	for _, s := range f.Subjects {
		if s.Verdict.Key == k {
			return s.Sides.Live.Value.At(at)
		}
	}
	return core.Value{}
}
