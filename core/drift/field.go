package drift

import (
	"selvage/core"
)

// trees are both sides of an object, normalised, under the rules of its kind.
type trees struct {
	table
	git, live         map[string]any
	baseGit, baseLive map[string]any // nil without a base
}

// move is a change of one side since its half of the base.
type move struct{ from, to core.Value }

// moved tells whether the side says something else than before at a place;
// empty values that came or went are no move.
func (t trees) moved(m move, d difference) bool {
	if m.from.Equal(m.to) {
		return false
	}
	if !t.goTyped {
		return true
	}
	return !t.meaning(m.from, d).Equal(t.meaning(m.to, d))
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
			folds = append(folds, core.Fold{
				Path: d.path, Rule: "base", Git: d.a, Live: d.b,
				Why: "both sides differed by this when they last agreed",
			})
		}
	}
	return changes, folds
}

// mover tells which sides moved.
type mover struct{ git, live bool }

// movers tells for each difference who moved. A list that is decided as one
// has moved as one: where git changed one item of it and live another, both
// changed it.
func (t trees) movers(rest []difference) []mover {
	by := make([]mover, len(rest))
	units := map[core.Path]mover{}
	for i, d := range rest {
		m := mover{
			git:  t.moved(move{valueAt(t.baseGit, d.path), d.a}, d),
			live: t.moved(move{valueAt(t.baseLive, d.path), d.b}, d),
		}
		if d.unit != "" {
			m.git = m.git || length(t.baseGit, d.unit) != length(t.git, d.unit)
			m.live = m.live || length(t.baseLive, d.unit) != length(t.live, d.unit)
			u := units[d.unit]
			units[d.unit] = mover{u.git || m.git, u.live || m.live}
		}
		by[i] = m
	}
	for i, d := range rest {
		if d.unit != "" && (by[i].git || by[i].live) {
			by[i] = units[d.unit]
		}
	}
	return by
}

// length is the number of items of the list at a place, 0 where there is none.
func length(tree map[string]any, at core.Path) int {
	list, _ := valueAt(tree, at).Any().([]any)
	return len(list)
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

// firstContact judges the differences of an object that no base is known of.
// Values that Git sets and live does not have so are differences that nothing
// says the author of; a list that Git sets is such a value, with all that live
// adds to it. Any other value that only live has is taken for the server's
// unless managedFields give it to another manager than the one that owns what
// Git sets: then somebody added it past Git.
func (t trees) firstContact(rest []difference, live *core.Object) (changes []core.Change, folds []core.Fold) {
	var engine string
	if len(live.Managers) > 0 {
		engine = mainManager(t.git, live)
	}
	for _, d := range rest {
		if _, side := d.oneSided(); side != liveOnly {
			changes = append(changes, t.change(d, core.FieldDiffers, move{d.b, d.a}.op()))
			continue
		}
		foreign := foreignLeaves(d, live, engine)
		for _, leaf := range foreign {
			changes = append(changes, t.change(leaf, core.FieldDrift, core.OpAdded))
		}
		if len(foreign) == 0 && member(d.path) {
			changes = append(changes, t.change(d, core.FieldDiffers, core.OpRemoved))
			continue
		}
		if len(foreign) == 0 {
			folds = append(folds, core.Fold{
				Path: d.path, Rule: "owner", Live: d.b,
				Why: "only live has it, and no other program than the engine put it there",
			})
		}
	}
	return changes, folds
}

// member tells whether the path ends at a member of a set or of a keyed list.
func member(p core.Path) bool {
	steps := p.Steps()
	last := steps[len(steps)-1]
	return last[0] == '[' && keyOf(last) == last
}

// foreignLeaves are the parts of a live-only subtree that another manager than
// the engine's owns; the subtree itself where all of it is so.
func foreignLeaves(d difference, live *core.Object, engine string) []difference {
	all := leaves(d)
	var foreign []difference
	for _, leaf := range all {
		if m, ok := live.Owner(leaf.path); ok && m.Name != engine {
			foreign = append(foreign, leaf)
		}
	}
	if len(foreign) == len(all) {
		return []difference{d}
	}
	return foreign
}

func leaves(d difference) []difference {
	tree, ok := d.b.Any().(map[string]any)
	if !ok || len(tree) == 0 {
		return []difference{d}
	}
	var all []difference
	for _, k := range unionKeys(tree, nil) {
		all = append(all, leaves(difference{
			path: d.path.Key(k), unit: d.unit, node: d.node.key(k), b: core.ValueOf(tree[k]),
		})...)
	}
	return all
}

// mainManager is the manager that owns most of the leaves that Git sets; "" if
// nobody owns any.
func mainManager(git map[string]any, live *core.Object) string {
	owned := map[string]int{}
	most := ""
	for _, leaf := range leaves(difference{path: core.Root, b: core.ValueOf(git)}) {
		m, ok := live.Owner(leaf.path)
		if !ok {
			continue
		}
		owned[m.Name]++
		if n := owned[m.Name]; n > owned[most] || n == owned[most] && m.Name < most {
			most = m.Name
		}
	}
	return most
}
