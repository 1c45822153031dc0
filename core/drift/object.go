package drift

import (
	"fmt"
	"time"

	"selvage/core"
)

// subject is one object with all that is known of it.
type subject struct {
	key      core.Key
	git      core.Side
	live     core.Side
	before   core.Remembered // zero where the object is new
	known    bool            // before holds something
	gitSince time.Time       // since when Git says what it says

	table  table
	ignore []core.Path
}

// outcome is what the comparison says of one object.
type outcome struct {
	verdict core.Verdict
	base    *core.Base // the base from now on, nil if there is none
}

// normal is the form of one side for comparison.
func (s subject) normal(o *core.Object) map[string]any {
	return s.table.root.normal(o.Fields)
}

// judge finds the object's verdict. now and limit decide how long a change in
// Git may wait to be followed.
func (s subject) judge(now time.Time, limit time.Duration) outcome {
	out := outcome{base: s.before.Base}
	v := &out.verdict
	v.Key = s.key
	if o := s.live.Object; o != nil {
		v.Version, v.LiveRevision = o.Version, o.ResourceVersion
	}
	if o := s.git.Object; o != nil {
		v.Version, v.Origin = o.Version, o.Origin
	} else if s.before.Base != nil && s.git.Presence == core.Unread {
		v.Origin = s.before.Base.Git.Origin
	}
	overdue := now.Sub(s.gitSince) > limit
	switch git, live := s.git.Presence, s.live.Presence; {
	case git == core.Unread || live == core.Unread:
		s.unknown(v)
	case git == core.Present && live == core.Present && s.before.Base == nil:
		out.base = s.meet(v, now)
	case git == core.Present && live == core.Present:
		out.base = s.threeWay(v, now, overdue)
	case git == core.Present && s.before.Base == nil:
		s.onlyGit(v, overdue)
	case git == core.Present:
		s.goneFromLive(v)
	case s.before.Base == nil:
		s.onlyLive(v)
	default:
		s.goneFromGit(v, overdue)
	}
	new(masker).verdict(v)
	return out
}

func (s subject) unknown(v *core.Verdict) {
	v.State, v.Reason = core.Unknown, "live: "+s.live.Reason
	if s.git.Presence == core.Unread {
		v.Reason = "git: " + s.git.Reason
	}
	if !s.known {
		return
	}
	was := s.before.Verdict
	v.Last, v.LastSince, v.LastKnown = was.State, was.Since, true
	if was.State == core.Unknown {
		v.Last, v.LastSince, v.LastKnown = was.Last, was.LastSince, was.LastKnown
	}
	v.Changes = append([]core.Change(nil), s.before.Verdict.Changes...)
}

// trees normalises both sides.
func (s subject) trees() trees {
	return trees{table: s.table, git: s.normal(s.git.Object), live: s.normal(s.live.Object)}
}

// meet compares an object of which no base is known. Where Git's content is
// found in live, the two are the base from now on; what only live has, and
// somebody added past Git, stays outside of it.
func (s subject) meet(v *core.Verdict, now time.Time) *core.Base {
	t := s.trees()
	folds, rest := t.explain(t.git, t.live, s.ignore)
	changes, more := t.firstContact(rest, s.live.Object)
	v.Changes, v.Folded = changes, append(folds, more...)
	base := &core.Base{Key: s.key, Git: s.git.Object, Live: s.live.Object, At: now, Source: core.FromContainment}
	v.State, v.Reason = core.InSync, ""
	for _, c := range changes {
		if c.Verdict == core.FieldDiffers {
			v.State, v.Reason = core.Differs, "both sides differ, and nothing says who moved"
			base = nil
			break
		}
		v.State, v.Reason = core.Drifted, "no base, live only"
	}
	if v.State == core.Drifted {
		base.Live = without(s.live.Object, t.live, changes)
	}
	s.finish(v, t)
	return base
}

// without is the live object as it was before somebody added the changes.
func without(live *core.Object, normal map[string]any, changes []core.Change) *core.Object {
	fields, _ := core.CloneJSON(normal).(map[string]any)
	for _, c := range changes {
		remove(fields, c.Path.Steps())
	}
	return withFields(live, fields)
}

func (s subject) threeWay(v *core.Verdict, now time.Time, overdue bool) *core.Base {
	base := s.before.Base
	t := s.trees()
	t.baseGit, t.baseLive = s.normal(base.Git), s.normal(base.Live)
	folds, rest := t.explain(t.git, t.live, s.ignore)
	folds, rest = s.reassigned(folds, rest, t)
	changes, more := t.judge(rest)
	v.Changes, v.Folded = changes, append(folds, more...)
	v.State, v.Reason = fieldsState(changes, overdue)
	s.finish(v, t)
	if v.State != core.InSync {
		return s.advanced(t, changes, now)
	}
	if base.Git.Digest == s.git.Object.Digest && base.Live.Digest == s.live.Object.Digest {
		return base
	}
	return &core.Base{Key: s.key, Git: s.git.Object, Live: s.live.Object, At: now, Source: core.FromAgreement}
}

// reassigned takes folds that the base refutes back among the differences: the
// installer assigns once, so somebody changed an assigned value that has become
// another one since.
func (s subject) reassigned(folds []core.Fold, rest []difference, t trees) ([]core.Fold, []difference) {
	kept := folds[:0]
	for _, f := range folds {
		was := valueAt(t.baseLive, f.Path)
		n := s.table.root
		for _, step := range f.Path.Steps() {
			n = n.step(tableStep(step))
		}
		if n.assigned() && was.Present() && f.Live.Present() && !was.Equal(f.Live) {
			rest = append(rest, difference{path: f.Path, unit: unitOf(f.Path), node: n, a: f.Git, b: f.Live})
			continue
		}
		kept = append(kept, f)
	}
	return kept, rest
}

// fieldsState is the state that the verdicts on its fields make an object's.
func fieldsState(changes []core.Change, overdue bool) (core.State, string) {
	state, reason := core.InSync, ""
	worsen := func(s core.State, why string) {
		if s < state {
			state, reason = s, why
		}
	}
	for _, c := range changes {
		switch {
		case c.Verdict == core.FieldConflict:
			worsen(core.Conflict, "git and live both changed it")
		case c.Verdict == core.FieldDrift:
			worsen(core.Drifted, "live changed")
		case overdue:
			worsen(core.Drifted, "git changed, not applied")
		default:
			worsen(core.Pending, "git changed, live has not followed yet")
		}
	}
	return state, reason
}

// finish adds what people are shown: who changed what, and both documents.
func (s subject) finish(v *core.Verdict, t trees) {
	for i, c := range v.Changes {
		if c.Verdict == core.FieldGitAhead || !c.Live.Present() {
			continue
		}
		if m, ok := s.live.Object.Owner(c.Path); ok {
			v.Changes[i].Manager, v.Changes[i].ManagerTime = m.Name, m.Time
		}
	}
	if v.State != core.InSync {
		v.Git, v.Live = t.documents(v.Folded)
	}
}

// whole is the change of an object that one side does not have.
func (s subject) whole(v *core.Verdict, verdict core.FieldVerdict, op core.Op) {
	c := core.Change{Path: core.Root, Op: op, Verdict: verdict}
	if o := s.git.Object; o != nil {
		v.Git = tidy(s.normal(o))
		c.Git = core.ValueOf(v.Git)
	}
	if o := s.live.Object; o != nil {
		v.Live = tidy(s.normal(o))
		c.Live = core.ValueOf(v.Live)
		if m, ok := o.Creator(); ok && verdict != core.FieldGitAhead {
			c.Manager, c.ManagerTime = m.Name, m.Time
		}
	}
	if b := s.before.Base; b != nil {
		c.Base = core.ValueOf(tidy(s.normal(b.Git)))
	}
	v.Changes = []core.Change{c}
}

func (s subject) onlyGit(v *core.Verdict, overdue bool) {
	v.State, v.Reason = core.Pending, "in git, not live yet"
	if overdue {
		v.State, v.Reason = core.OnlyGit, "in git, not live, and nothing says it is on its way"
	}
	s.whole(v, core.FieldGitAhead, core.OpAdded)
}

func (s subject) onlyLive(v *core.Verdict) {
	v.State, v.Reason = core.OnlyLive, "live, never seen in git"
	s.whole(v, core.FieldDrift, core.OpRemoved)
}

func (s subject) goneFromLive(v *core.Verdict) {
	base := s.before.Base
	v.State, v.Reason = core.Drifted, "deleted live"
	verdict := core.FieldDrift
	if len(s.moves(base.Git, s.git.Object)) > 0 {
		v.State, v.Reason = core.Conflict, "deleted live, and git changed it"
		verdict = core.FieldConflict
	}
	s.whole(v, verdict, core.OpRemoved)
}

func (s subject) goneFromGit(v *core.Verdict, overdue bool) {
	base := s.before.Base
	v.State, v.Reason = core.Pending, "removed from git, live has not followed yet"
	verdict := core.FieldGitAhead
	moved := s.moves(base.Live, s.live.Object)
	switch {
	case len(moved) > 0:
		v.State, v.Reason = core.Conflict, "removed from git, and live changed it"
		verdict = core.FieldConflict
	case overdue:
		v.State, v.Reason = core.Drifted, "removed from git, not applied"
	}
	s.whole(v, verdict, core.OpRemoved)
	if len(moved) > 0 {
		v.Changes[0].Manager, v.Changes[0].ManagerTime = s.lastMover(moved)
	}
}

// lastMover is the manager that wrote last among the owners of what moved; ""
// where nobody owns any of it, as of what was removed.
func (s subject) lastMover(moved []difference) (name string, at time.Time) {
	for _, d := range moved {
		for _, leaf := range leaves(d) {
			if m, ok := s.live.Object.Owner(leaf.path); ok && (name == "" || m.Time.After(at)) {
				name, at = m.Name, m.Time
			}
		}
	}
	return name, at
}

// moves are the changes of one side between two times that no rule explains.
func (s subject) moves(from, to *core.Object) []difference {
	_, rest := s.table.explain(s.normal(from), s.normal(to), s.ignore)
	return rest
}

// tableStep is a path's step as the rules tables name it.
func tableStep(step string) string {
	k := keyOf(step)
	if step[0] == '[' && k == step {
		return "[*]"
	}
	return k
}

// unitOf is the list without identities that a path leads through, "" if none.
func unitOf(p core.Path) core.Path {
	unit := core.Path("")
	for _, step := range p.Steps() {
		if step[0] == '[' && step[1] >= '0' && step[1] <= '9' {
			return unit
		}
		unit += core.Path(step)
	}
	return ""
}

func (n *node) assigned() bool {
	if n == nil {
		return false
	}
	for _, r := range n.explain {
		if _, ok := r.Action.(Assigned); ok {
			return true
		}
	}
	return false
}

// invalid is the verdict on documents in Git that are no object, or claim an
// identity that they cannot have.
func invalid(k core.Key, findings []core.Finding) core.Verdict {
	v := core.Verdict{Key: k, State: core.Invalid, Origin: findings[0].Origin, Reason: findings[0].Reason}
	for _, f := range findings[1:] {
		v.Reason += fmt.Sprintf("; line %d: %s", f.Line, f.Reason)
	}
	return v
}
