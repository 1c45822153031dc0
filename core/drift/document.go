package drift

import (
	"slices"

	"selvage/core"
)

// documents are both sides as people compare them: without folded fields, and
// without empty values that only one side spells out.
func (t trees) documents(folds []core.Fold) (git, live map[string]any) {
	git, _ = core.CloneJSON(t.git).(map[string]any)
	live, _ = core.CloneJSON(t.live).(map[string]any)
	removeAdded(live, folds)
	for _, f := range folds {
		if f.Git.Present() && !f.Live.Present() {
			remove(git, f.Path.Steps())
		}
	}
	if t.goTyped {
		t.root.shave(git, live)
		t.root.shave(live, git)
	}
	return tidy(git), tidy(live)
}

// removeAdded takes what was folded because only live has it out of live.
func removeAdded(live map[string]any, folds []core.Fold) {
	for _, f := range folds {
		if f.Live.Present() && !f.Git.Present() {
			remove(live, f.Path.Steps())
		}
	}
}

// shave takes the empty values out of a map that another one does not have.
func (n *node) shave(m, other map[string]any) {
	for k, v := range m {
		below := n.key(k)
		theirs, both := other[k]
		if !both {
			if below.empty(v, n != nil && n.dict) {
				delete(m, k)
			}
			continue
		}
		mine, isMap := v.(map[string]any)
		if their, ok := theirs.(map[string]any); ok && isMap {
			below.shave(mine, their)
		}
	}
}

// tidy leaves out the containers that were only there for the comparison.
func tidy(doc map[string]any) map[string]any {
	dropEmpty(doc, "metadata", "labels")
	dropEmpty(doc, "metadata", "annotations")
	dropEmpty(doc, "metadata")
	return doc
}

func dropEmpty(doc map[string]any, steps ...string) {
	for i, s := range steps {
		below, ok := doc[s].(map[string]any)
		if !ok {
			return
		}
		if i == len(steps)-1 && len(below) == 0 {
			delete(doc, s)
		}
		doc = below
	}
}

// remove takes a map entry or a set member out of a tree, and the maps around
// it that become empty by that.
func remove(tree map[string]any, steps []string) {
	if len(steps) == 0 {
		return
	}
	parentSteps, last := steps[:len(steps)-1], steps[len(steps)-1]
	parent, ok := get(tree, parentSteps)
	if !ok {
		return
	}
	switch p := parent.(type) {
	case map[string]any:
		delete(p, keyOf(last))
		if len(p) == 0 && len(parentSteps) > 1 {
			remove(tree, parentSteps)
		}
	case []any:
		gone := core.ValueOf(p).Step(last)
		if !gone.Present() {
			return
		}
		replace(tree, parentSteps, slices.DeleteFunc(p, func(v any) bool { return core.EqualJSON(v, gone.Any()) }))
	}
}

// advanced is the base with everything brought up to date that both sides agree
// on, though they differ elsewhere: a field that converged and moves again is
// held against where both last met, not against where they once were. What the
// server filled in meanwhile may be of the dispute's making, and stays outside.
func (s subject) advanced(t trees, changes []core.Change, folds []core.Fold) *core.Base {
	base := s.base
	git := t.restored(t.git, t.baseGit, changes)
	for _, f := range folds {
		if f.Live.Present() && !f.Git.Present() && !valueAt(t.baseLive, f.Path).Present() {
			changes = append(slices.Clip(changes), core.Change{Path: f.Path})
		}
	}
	live := t.restored(t.live, t.baseLive, changes)
	if core.EqualJSON(git, t.baseGit) && core.EqualJSON(live, t.baseLive) {
		return base
	}
	return &core.Base{
		Key: s.key, Git: withFields(s.git.Object, git), Live: withFields(s.live.Object, live),
		At: s.Now, Source: core.FromAgreement, Evidence: accepted(base),
	}
}

// restored is a side as it is now, with what is in dispute as it was.
func (t table) restored(now, was map[string]any, changes []core.Change) map[string]any {
	out, before := core.ValueOf(now), core.ValueOf(was)
	for _, c := range changes {
		at := t.decided(c.Path)
		next, err := out.With(at, before.At(at))
		if err != nil {
			continue // the side has become another type above it, which is a change of its own
		}
		out = next
	}
	fields, _ := out.Any().(map[string]any)
	return t.normal(fields, nil)
}

// decided is the place that is decided as one with a path: the path itself, or
// the list that it leads into where the items of that have no identity.
func (t table) decided(p core.Path) core.Path {
	n, at := t.root, core.Root
	for _, step := range p.Steps() {
		name := tableStep(step)
		if name == "[*]" && (n == nil || !n.set && len(n.keys) == 0) {
			return at
		}
		n = n.step(name)
		if at == core.Root {
			at = ""
		}
		at += core.Path(step)
	}
	return at
}

func withFields(o *core.Object, fields map[string]any) *core.Object {
	c := *o
	c.Fields, c.Digest = fields, core.DigestJSON(fields)
	return &c
}

func replace(tree map[string]any, steps []string, v any) {
	parent, ok := get(tree, steps[:len(steps)-1])
	if m, isMap := parent.(map[string]any); ok && isMap {
		m[keyOf(steps[len(steps)-1])] = v
	}
}
