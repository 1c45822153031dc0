package drift

import "selvage/core"

// explainer holds one difference after the other against the rules.
type explainer struct {
	table table
	a, b  map[string]any // git and live, normalised
}

// explain splits the differences between git and live, both normalised, into
// what rules explain and what is left. What this fabric's schema drops of git's
// is neither: see [table.pruned].
func (t table) explain(git, live map[string]any) (folds []core.Fold, rest []difference) {
	e := explainer{table: t, a: t.kept(git, live), b: live}
	for _, d := range t.differences(e.a, e.b) {
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

// fold explains a difference by the first row that does.
func (e *explainer) fold(d difference) (core.Fold, bool) {
	row, ok := e.row(d)
	if !ok {
		return core.Fold{}, false
	}
	return row.fold(d), true
}

// row is the first one that explains a difference: the user's own come before the
// others.
func (e *explainer) row(d difference) (Row, bool) {
	if len(e.table.own) == 0 && (d.node == nil || len(d.node.explain) == 0) {
		return Row{}, false
	}
	only, side := e.effective(d).oneSided()
	for _, row := range e.table.own {
		if d.path.Match(row.Path) && row.explains(only, side, View{}) {
			return row, true
		}
	}
	if d.node == nil || side == bothSides {
		return Row{}, false
	}
	tree := e.b
	if side == gitOnly {
		tree = e.a
	}
	at := View{root: tree, steps: d.path.Steps()}
	for _, row := range d.node.explain {
		if row.explains(only, side, at) {
			return row, true
		}
	}
	return Row{}, false
}

// effective is the difference as the server sees it: what Git spells out as
// empty is none to it, and gets its default.
func (e *explainer) effective(d difference) difference {
	if e.table.goTyped && d.a.Present() && d.node.empty(d.a.Any(), d.entry) {
		d.a = core.Value{}
	}
	return d
}

func (r Row) explains(only core.Value, side sides, at View) bool {
	because, ok := r.Action.(reason)
	return ok && because.explains(only, side, at)
}

func (r Row) fold(d difference) core.Fold {
	return core.Fold{Path: d.path, Rule: r.ID, Why: r.Why, Git: d.a, Live: d.b}
}
