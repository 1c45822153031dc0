package drift

import (
	"slices"

	"selvage/core"
)

const reasonDrift = "live changed"

// trees normalises both sides.
func (s subject) trees() trees {
	return trees{table: s.table, git: s.normal(s.git.Object), live: s.normal(s.live.Object)}
}

// untouched tells whether both sides are as they were when they last agreed, and
// say the same but for what the rules leave out: then there is nothing to hold
// against the base, to fold or to tell. It is so for nearly all objects, and found
// out without making their forms.
func (s subject) untouched() bool {
	git, live, base := s.git.Object, s.live.Object, s.base
	return base.Git.Digest == git.Digest && base.Live.Digest == live.Digest && base.Live.UID == live.UID &&
		s.table.root.agree(git.Fields, live.Fields)
}

// threeWay holds both sides against the base, and gives the base from now on.
func (s subject) threeWay(v *core.Verdict) *core.Base {
	base := s.base
	if s.untouched() {
		v.State = core.InSync
		return base
	}
	t := s.trees()
	t.baseGit, t.baseLive, t.accepted = t.git, t.live, accepted(base)
	if base.Git.Digest != s.git.Object.Digest {
		t.baseGit = s.normal(base.Git)
	}
	stayed := base.Live.Digest == s.live.Object.Digest
	if !stayed {
		t.baseLive = s.normal(base.Live)
	}
	folds, rest := s.explain(t.git, t.live)
	folds, rest = s.reassigned(folds, rest, t)
	changes, more := t.judge(rest)
	if !stayed {
		changes = append(changes, s.lost(t, rest)...)
	}
	v.Changes, v.Folded = changes, append(folds, more...)
	v.State, v.Reason = s.fieldsState(changes)
	s.finish(v, t)
	if v.State != core.InSync {
		return s.advanced(t, changes, v.Folded)
	}
	if base.Git.Digest == s.git.Object.Digest && stayed && base.Live.UID == s.live.Object.UID {
		return base
	}
	return s.agreement(v.Folded)
}

// reassigned takes folds that the base refutes back among the differences: the
// installer assigns once, so somebody changed an assigned value that has become
// another one since; and what Git itself said before, and says no more, is not
// the installer's.
func (s subject) reassigned(folds []core.Fold, rest []difference, t trees) ([]core.Fold, []difference) {
	kept := folds[:0]
	for _, f := range folds {
		was := valueAt(t.baseLive, f.Path)
		n := s.table.nodeAt(f.Path)
		dropped := f.Live.Present() && !f.Git.Present() && valueAt(t.baseGit, f.Path).Present()
		if n.assigned() && (dropped || was.Present() && f.Live.Present() && !was.Equal(f.Live)) {
			rest = append(rest, difference{path: f.Path, unit: f.Path.Unit(), node: n, a: f.Git, b: f.Live})
			continue
		}
		kept = append(kept, f)
	}
	return kept, rest
}

// lost are the values that only live had, that nothing but somebody's hand can
// have taken away: the two sides say the same there now, and yet live moved.
// What a rule says that the server fills in by itself it may leave out again;
// what went together with something that Git changed went with that.
func (s subject) lost(t trees, rest []difference) []core.Change {
	e := explainer{table: s.table, a: t.baseGit, b: t.baseLive}
	var gitMoved []difference
	var changes []core.Change
	for _, d := range t.differences(t.baseLive, t.live) {
		if d.b.Present() || valueAt(t.git, d.path).Present() {
			continue
		}
		if gitMoved == nil {
			gitMoved = append(t.differences(t.baseGit, t.git), rest...)
		}
		if slices.ContainsFunc(gitMoved, d.touches) {
			continue
		}
		was := d
		was.a, was.b = core.Value{}, d.a
		folds, left := e.split(was)
		for _, f := range folds {
			if n := s.table.nodeAt(f.Path); n.assigned() {
				left = append(left, difference{path: f.Path, unit: d.unit, node: n})
			}
		}
		for _, l := range left {
			l.a, l.b = core.Value{}, core.Value{}
			changes = append(changes, t.change(l, core.FieldDrift, core.OpRemoved))
		}
	}
	return changes
}

// touches tells whether two differences are about the same place, one inside
// the other, or the same list that is decided as one.
func (d difference) touches(o difference) bool {
	return d.unit != "" && d.unit == o.unit || d.path.Under(o.path) || o.path.Under(d.path)
}

// inside is what live changed inside a map since its half of the base; nothing
// where it is no map, or was none.
func (t trees) inside(c core.Change) []difference {
	was, isMap := valueAt(t.baseLive, c.Path).Any().(map[string]any)
	now, stays := c.Live.Any().(map[string]any)
	if !isMap || !stays {
		return nil
	}
	w := walker{goTyped: t.goTyped}
	w.maps(was, now, place{path: c.Path, unit: c.Unit, node: t.nodeAt(c.Path)})
	return w.found
}

// nodeAt is the node of the rules tree that belongs to a path.
func (t table) nodeAt(p core.Path) *node {
	n := t.root
	for _, step := range p.Steps() {
		n = n.step(tableStep(step))
	}
	return n
}

// fieldsState is the state that the verdicts on its fields make an object's.
func (s subject) fieldsState(changes []core.Change) (core.State, string) {
	state, reason := core.InSync, ""
	worsen := func(to core.State, why string) {
		if to < state {
			state, reason = to, why
		}
	}
	for _, c := range changes {
		switch c.Verdict {
		case core.FieldConflict:
			worsen(core.Conflict, "git and live both changed it")
		case core.FieldDiffers:
			worsen(core.Differs, "both sides differ, and nothing says who moved")
		case core.FieldDrift:
			worsen(core.Drifted, reasonDrift)
		case core.FieldGitAhead:
			worsen(s.lag(lagChanged))
		case core.FieldPruned, core.FieldServerAdded, core.FieldConverged: // are no difference
		}
	}
	return state, reason
}

// finish adds what people are shown: who changed what and when on both sides,
// what the schema drops, and both documents.
func (s subject) finish(v *core.Verdict, t trees) {
	for _, d := range s.table.pruned(t.git, t.live) {
		v.Changes = append(v.Changes, t.change(d, core.FieldPruned, core.OpAdded))
	}
	for i, c := range v.Changes {
		if c.Verdict == core.FieldPruned {
			continue
		}
		if c.Verdict != core.FieldGitAhead && c.Live.Present() {
			if m, ok := s.live.Object.Owner(c.Path); ok {
				v.Changes[i].Manager, v.Changes[i].ManagerTime = m.Name, m.Time
			}
			if name, at := s.lastMover(t.inside(c)); name != "" {
				v.Changes[i].Manager, v.Changes[i].ManagerTime = name, at
			}
		}
		v.Changes[i].Observed, v.Changes[i].Commit = s.observed(c, t.live), s.commit(c)
	}
	if v.State != core.InSync {
		v.Git, v.Live = t.documents(v.Folded)
	}
}
