package drift

import (
	"selvage/core"
)

// explainer holds one difference after the other against the rules.
type explainer struct {
	table  table
	a, b   map[string]any // git and live, normalised
	ignore []core.Path    // the user's own rules for this kind
}

// explain splits the differences between git (a) and live (b) into what rules
// explain and what is left.
func (t table) explain(a, b map[string]any, ignore []core.Path) (folds []core.Fold, rest []difference) {
	e := explainer{table: t, a: a, b: b, ignore: ignore}
	for _, d := range t.differences(a, b) {
		f, r := e.split(d)
		folds, rest = append(folds, f...), append(rest, r...)
	}
	return folds, rest
}

// split explains one difference. Of a subtree that only one side has, the
// parts that a rule explains are folded and the rest is left; it is left whole
// where no part of it is explained, or where it counts as a whole: an entry of
// its own, such as a subnet, or a place that is optional.
func (e *explainer) split(d difference) ([]core.Fold, []difference) {
	if f, ok := e.fold(d); ok {
		return []core.Fold{f}, nil
	}
	only, side := d.oneSided()
	tree, isMap := only.Any().(map[string]any)
	if side == bothSides || !isMap || len(tree) == 0 || d.whole() {
		return nil, []difference{d}
	}
	var folds []core.Fold
	var rest []difference
	for _, k := range unionKeys(tree, nil) {
		sub := difference{path: d.path.Key(k), unit: d.unit, node: d.node.key(k), entry: d.node != nil && d.node.dict}
		if e.table.goTyped && sub.node.empty(tree[k], sub.entry) {
			continue
		}
		if side == gitOnly {
			sub.a = core.ValueOf(tree[k])
		} else {
			sub.b = core.ValueOf(tree[k])
		}
		f, r := e.split(sub)
		folds, rest = append(folds, f...), append(rest, r...)
	}
	if len(rest) > 0 && len(folds) == 0 {
		return nil, []difference{d}
	}
	return folds, rest
}

// whole tells whether it matters that the place is there, whatever is in it:
// link flap detection is on where its settings are, and a server that fills
// them in has not put them there.
func (d difference) whole() bool { return d.entry || d.node != nil && d.node.optional }

type sides uint8

const (
	bothSides sides = iota
	gitOnly
	liveOnly
)

// oneSided is the value that only one side has.
func (d difference) oneSided() (core.Value, sides) {
	switch {
	case !d.b.Present():
		return d.a, gitOnly
	case !d.a.Present():
		return d.b, liveOnly
	}
	return core.Value{}, bothSides
}

func (e *explainer) fold(d difference) (core.Fold, bool) {
	for _, pattern := range e.ignore {
		if d.path.Match(pattern) {
			return core.Fold{Path: d.path, Rule: "ignore", Why: "the configuration ignores " + string(pattern), Git: d.a, Live: d.b}, true
		}
	}
	if d.node == nil || len(d.node.explain) == 0 {
		return core.Fold{}, false
	}
	only, side := e.effective(d).oneSided()
	if side == bothSides {
		return core.Fold{}, false
	}
	tree := e.b
	if side == gitOnly {
		tree = e.a
	}
	at := View{root: tree, steps: d.path.Steps()}
	for _, row := range d.node.explain {
		if explains(row.Action, only, side, at) {
			return core.Fold{Path: d.path, Rule: row.ID, Why: row.Why, Git: d.a, Live: d.b}, true
		}
	}
	return core.Fold{}, false
}

// effective is the difference as the server sees it: what Git spells out as
// empty is none to it, and gets its default.
func (e *explainer) effective(d difference) difference {
	if e.table.goTyped && d.a.Present() && d.node.empty(d.a.Any(), d.entry) {
		d.a = core.Value{}
	}
	return d
}

// explains tells whether an action accounts for a value that only one side
// has. A default does so only where live has it: what Git spells out an engine
// has written, so live lacks it because somebody took it away.
func explains(a Action, only core.Value, side sides, at View) bool {
	switch a := a.(type) {
	case Default:
		return side == liveOnly && core.EqualJSON(a.Value, only.Any())
	case Computed:
		v, ok := a.Value(at)
		return side == liveOnly && ok && core.EqualJSON(v, only.Any())
	case Assigned:
		return side == liveOnly
	case Dropped:
		return side == gitOnly && a.When(at)
	}
	return false
}
