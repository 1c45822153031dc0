package drift

import (
	"slices"
	"strings"

	"selvage/core"
)

// documents are both sides as people compare them: without folded fields, and
// without empty values that only one side spells out.
func (t trees) documents(folds []core.Fold) (git, live map[string]any) {
	git, _ = core.CloneJSON(t.git).(map[string]any)
	live, _ = core.CloneJSON(t.live).(map[string]any)
	removeAdded(live, t.git, folds)
	for _, f := range folds {
		if f.Git.Present() && !f.Live.Present() {
			remove(git, t.live, f.Path.Steps())
		}
	}
	if t.goTyped {
		t.root.shave(git, live)
		t.root.shave(live, git)
	}
	return tidy(git), tidy(live)
}

// removeAdded takes what was folded because only live has it out of live.
func removeAdded(live, git map[string]any, folds []core.Fold) {
	for _, f := range folds {
		if f.Live.Present() && !f.Git.Present() {
			remove(live, git, f.Path.Steps())
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

// match has a map say as another one does what is empty on one side and nothing, or
// empty in other words, on the other: no value of it is one that somebody set.
func (n *node) match(m, other map[string]any) {
	dict := n != nil && n.dict
	for k, v := range m {
		below := n.key(k)
		switch theirs, both := other[k]; {
		case both && below.empty(v, dict) && below.empty(theirs, dict):
			m[k] = core.CloneJSON(theirs)
		case both:
			m[k] = below.matched(v, theirs)
		case below.empty(v, dict):
			delete(m, k)
		}
	}
	for k, v := range other {
		if _, both := m[k]; !both && n.key(k).empty(v, dict) {
			m[k] = core.CloneJSON(v)
		}
	}
}

// matched does the same in what two trees both have. Items of lists go together as they
// do where they are compared, and where their order says nothing it is the other one's.
func (n *node) matched(v, other any) any {
	switch theirs := other.(type) {
	case map[string]any:
		if mine, ok := v.(map[string]any); ok {
			n.match(mine, theirs)
		}
	case []any:
		if mine, ok := v.([]any); ok && (n == nil || !n.set) {
			return n.matchedList(mine, theirs)
		}
	}
	return v
}

func (n *node) matchedList(mine, theirs []any) []any {
	if n == nil || len(n.keys) == 0 {
		for i := range mine {
			if len(mine) == len(theirs) {
				mine[i] = n.item().matched(mine[i], theirs[i])
			}
		}
		return mine
	}
	x, ok := byKey(mine, n.keys)
	y, okToo := byKey(theirs, n.keys)
	if !ok || !okToo {
		return mine
	}
	out := make([]any, 0, len(mine))
	for _, list := range [][]any{theirs, mine} {
		for _, item := range list {
			step := stepOf(item, n.keys)
			v, left := x[step]
			if !left {
				continue
			}
			delete(x, step)
			if said, both := y[step]; both {
				v = n.item().matched(v, said)
			}
			out = append(out, v)
		}
	}
	return out
}

// stepOf is the step that names an item of a keyed list; see [byKey].
func stepOf(item any, keys []string) string {
	m, _ := item.(map[string]any)
	id := map[string]any{}
	for _, k := range keys {
		id[k] = m[k]
	}
	return string(core.Path("").Item(id))
}

// keepSaid has live say what Git says of what was folded: that it says something else
// there is nothing that anybody did.
func keepSaid(live core.Value, folds []core.Fold) core.Value {
	for _, f := range folds {
		steps := f.Path.Steps()
		if !f.Git.Present() || len(steps) == 0 || strings.HasPrefix(steps[len(steps)-1], "[=") {
			continue
		}
		if kept, err := live.With(f.Path, f.Git); err == nil {
			live = kept
		}
	}
	return live
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

// remove takes a map entry or a set member out of a tree, and the maps around it that
// become empty by that and that the other tree does not have: being there may say
// something.
func remove(tree, other map[string]any, steps []string) {
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
		if _, said := get(other, parentSteps); len(p) == 0 && len(parentSteps) > 1 && !said {
			remove(tree, other, parentSteps)
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
