package drift

import (
	"slices"

	"selvage/core"
)

// trees are both sides of an object, normalised, under the rules of its kind.
type trees struct {
	table
	git, live         map[string]any
	baseGit, baseLive map[string]any // nil without a base
	accepted          string         // by whom what the base's halves differ by was accepted, in words; "" for nobody
}

// move is a change of one side since its half of the base.
type move struct{ from, to core.Value }

// moved tells whether the side says something else than before at a place;
// empty values that came or went are no move, and neither is another order
// where order means nothing.
func (t trees) moved(m move, d difference) bool {
	if m.from.Equal(m.to) {
		return false
	}
	if t.goTyped {
		m = move{t.meaning(m.from, d), t.meaning(m.to, d)}
	}
	return t.another(m, place{path: d.path, node: d.node, entry: d.entry})
}

func (t trees) meaning(v core.Value, d difference) core.Value {
	if !v.Present() || d.node.empty(v.Any(), d.entry) {
		return core.Value{}
	}
	return core.ValueOf(d.node.prune(v.Any()))
}

func (m move) op() core.Op {
	switch {
	case !m.from.Present():
		return core.OpAdded
	case !m.to.Present():
		return core.OpRemoved
	}
	return core.OpChanged
}

// judge gives every difference that no rule explains its verdict by the base
// pair: a side has moved where it no longer says what its half of the base
// said. What both halves of the base differed by already is no difference.
func (t trees) judge(rest []difference) (changes []core.Change, folds []core.Fold) {
	rest = t.retyped(rest)
	movers := t.movers(rest)
	for i, d := range rest {
		git := move{valueAt(t.baseGit, d.path), d.a}
		live := move{valueAt(t.baseLive, d.path), d.b}
		switch by := movers[i]; {
		case by.git && by.live:
			changes = append(changes, t.change(d, core.FieldConflict, live.op()))
		case by.git:
			changes = append(changes, t.deepest(d, core.FieldGitAhead, git)...)
		case by.live:
			changes = append(changes, t.deepest(d, core.FieldDrift, live)...)
		default:
			f := core.Fold{Path: d.path, Rule: core.FoldBase, Git: d.a, Live: d.b, Why: "both sides differed by this when they last agreed"}
			if t.accepted != "" {
				f.Rule, f.Why = core.FoldAccepted, t.accepted
			}
			folds = append(folds, f)
		}
	}
	return changes, folds
}

// retyped puts in place of the differences inside a value that both sides made
// another type of value the one at its root: there both have moved, and to
// different ends.
func (t trees) retyped(rest []difference) []difference {
	out := make([]difference, 0, len(rest))
	for _, d := range rest {
		root, ok := t.retypedRoot(d)
		if !ok {
			out = append(out, d)
			continue
		}
		if !slices.ContainsFunc(out, func(o difference) bool { return o.path == root }) {
			out = append(out, difference{
				path: root, unit: root.Unit(), node: t.nodeAt(root),
				a: valueAt(t.git, root), b: valueAt(t.live, root),
			})
		}
	}
	return out
}

// retypedRoot is the highest place above a difference at which both halves of
// the base had a value of another type than the sides have now.
func (t trees) retypedRoot(d difference) (core.Path, bool) {
	at := core.Path("")
	steps := d.path.Steps()
	for _, step := range steps[:max(0, len(steps)-1)] {
		at += core.Path(step)
		git, live := move{valueAt(t.baseGit, at), valueAt(t.git, at)}, move{valueAt(t.baseLive, at), valueAt(t.live, at)}
		if git.retypes() && live.retypes() {
			return at, true
		}
	}
	return "", false
}

// retypes tells whether a move makes something of another type of what was there.
func (m move) retypes() bool {
	return m.from.Present() && m.to.Present() && core.FormOf(m.from.Any()) != core.FormOf(m.to.Any())
}

// mover tells which sides moved.
type mover struct{ git, live bool }

// movers tells for each difference who moved. A list that is decided as one
// has moved as one: where git changed one item of it and live another, both
// changed it, and also where they agree on a part of it.
func (t trees) movers(rest []difference) []mover {
	by := make([]mover, len(rest))
	units := map[core.Path]mover{}
	for i, d := range rest {
		by[i] = mover{
			git:  t.moved(move{valueAt(t.baseGit, d.path), d.a}, d),
			live: t.moved(move{valueAt(t.baseLive, d.path), d.b}, d),
		}
		if d.unit == "" || !by[i].git && !by[i].live {
			continue
		}
		u, known := units[d.unit]
		if !known {
			u = mover{git: t.changed(d.unit, t.baseGit, t.git), live: t.changed(d.unit, t.baseLive, t.live)}
			units[d.unit] = u
		}
		by[i] = mover{by[i].git || u.git, by[i].live || u.live}
	}
	return by
}

// changed tells whether a list of one side is another one than before.
func (t trees) changed(at core.Path, was, now map[string]any) bool {
	return t.another(move{valueAt(was, at), valueAt(now, at)}, place{path: at, node: t.nodeAt(at)})
}

// another tells whether a walk finds anything between the ends of a move.
func (t trees) another(m move, at place) bool {
	if !m.from.Present() || !m.to.Present() {
		return m.from.Present() != m.to.Present()
	}
	w := walker{goTyped: t.goTyped}
	w.values(m.from.Any(), m.to.Any(), at)
	return len(w.found) > 0
}

// deepest reports a one-sided subtree where only a part of it moved at that
// part.
func (t trees) deepest(d difference, verdict core.FieldVerdict, m move) []core.Change {
	from, fromMap := m.from.Any().(map[string]any)
	to, toMap := m.to.Any().(map[string]any)
	if !fromMap || !toMap {
		return []core.Change{t.change(d, verdict, m.op())}
	}
	w := walker{goTyped: t.goTyped}
	w.maps(from, to, place{path: d.path, unit: d.unit, node: d.node})
	changes := make([]core.Change, 0, len(w.found))
	for _, sub := range w.found {
		op := move{sub.a, sub.b}.op()
		sub.a, sub.b = valueAt(t.git, sub.path), valueAt(t.live, sub.path)
		changes = append(changes, t.change(sub, verdict, op))
	}
	return changes
}

// change fills in what a change shows.
func (t trees) change(d difference, verdict core.FieldVerdict, op core.Op) core.Change {
	c := core.Change{Path: d.path, Op: op, Verdict: verdict, Unit: d.unit, Git: d.a, Live: d.b}
	c.Base = valueAt(t.baseGit, d.path)
	if live := valueAt(t.baseLive, d.path); t.baseLive != nil && !live.Equal(c.Base) {
		c.BaseLive = live
	}
	return c
}
