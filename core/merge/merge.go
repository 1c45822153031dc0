package merge

import (
	"cmp"
	"maps"
	"slices"

	"selvage/core"
)

// Side names where a value of a merge comes from.
type Side string

// The sides.
const (
	FromGit  Side = "git"
	FromOurs Side = "ours"
	FromBoth Side = "both" // they moved to the same end
)

// Move is one place at which the result of a merge says something else than the
// base: the deepest that holds it all, as a [core.Change] is.
type Move struct {
	Path     core.Path
	By       Side
	From, To core.Value // the base's and the result's
}

// Result is what [ThreeWay] made of three sides.
type Result struct {
	// Value is what Git says with the undisputed changes of ours in it. At a
	// disputed place it says what Git says.
	Value    core.Value
	Moves    []Move         // in the order of their paths
	Disputes []core.Dispute // likewise; they name no object
}

// ThreeWay merges what git and ours have each made of base, as decoded JSON:
// whole objects or parts of one, absent where a side has none. Shape tells how
// the items of lists are identified and may be nil: then every list is decided
// as one. Parts of the result are shared with the inputs, which stay as they
// are.
//
// A null in a map is the same as no entry. Lists whose items have keys, and
// sets, are merged by item and keep Git's order; the items that ours adds stand
// at the end. Where an item of any of the three lacks a key, or two share one,
// the list is decided as one, in any order.
func ThreeWay(base, git, ours core.Value, shape *core.SchemaNode) Result {
	var m merger
	v, _ := m.value(base.Any(), git.Any(), ours.Any(), place{core.Root, shape})
	slices.SortFunc(m.moves, func(a, b Move) int { return cmp.Compare(a.Path, b.Path) })
	slices.SortFunc(m.disputes, func(a, b core.Dispute) int { return cmp.Compare(a.Path, b.Path) })
	r := Result{Moves: m.moves, Disputes: m.disputes}
	if v != nil {
		r.Value = core.ValueOf(v)
	}
	return r
}

func pick(c core.Choice, base, git, ours, edited core.Value) core.Value {
	switch c {
	case core.TakeLive:
		return ours
	case core.TakeBase:
		return base
	case core.TakeEdited:
		return edited
	case core.TakeGit:
	}
	return git
}

// place is where a merge stands.
type place struct {
	path  core.Path
	shape *core.SchemaNode
}

func (p place) item(step core.Path) place {
	return place{p.path.Join(step), items(p.shape)}
}

// merger collects what a merge finds. In all of it nil is a value that is
// absent.
type merger struct {
	moves    []Move
	disputes []core.Dispute
}

func (m *merger) moved(by Side, b, to any, at place) {
	m.moves = append(m.moves, Move{at.path, by, valueOf(b), valueOf(to)})
}

func (m *merger) dispute(b, g, o any, at place, why string) {
	m.disputes = append(m.disputes, core.Dispute{Path: at.path, Base: valueOf(b), Git: valueOf(g), Ours: valueOf(o), Why: why})
}

func valueOf(v any) core.Value {
	if v == nil {
		return core.Value{}
	}
	return core.ValueOf(v)
}

// value merges one place. It tells whether the result is another value than g.
func (m *merger) value(b, g, o any, at place) (result any, other bool) {
	if git, ours := !same(b, g, at.shape), !same(b, o, at.shape); git || ours {
		return m.differing(b, g, o, at, git, ours)
	}
	return g, false
}

// differing merges a place that one side or both have moved.
func (m *merger) differing(b, g, o any, at place, git, ours bool) (result any, other bool) {
	if b == nil && same(g, o, at.shape) {
		m.moved(FromBoth, b, g, at)
		return g, false
	}
	if result, other, ok := m.inside(b, g, o, at); ok {
		return result, other
	}
	switch {
	case !ours:
		m.moved(FromGit, b, g, at)
	case !git:
		m.moved(FromOurs, b, o, at)
		return o, true
	case same(g, o, at.shape):
		m.moved(FromBoth, b, g, at)
	default:
		m.dispute(b, g, o, at, why(b, g, o, at.shape))
	}
	return g, false
}

// inside merges part by part where all sides that have something there have it
// in the same form; ok is false where the place is decided as one.
func (m *merger) inside(b, g, o any, at place) (result any, other, ok bool) {
	switch gt := g.(type) {
	case map[string]any:
		bt, isB := b.(map[string]any)
		ot, isO := o.(map[string]any)
		if isO && (isB || b == nil) {
			result, other = m.maps(bt, gt, ot, at)
			return result, other, true
		}
	case []any:
		bt, isB := b.([]any)
		ot, isO := o.([]any)
		if !isO || !isB && b != nil {
			return nil, false, false
		}
		if l, ok := itemize(bt, gt, ot, at.shape); ok {
			result, other = m.lists(l, at)
			return result, other, true
		}
	}
	return nil, false, false
}

func (m *merger) maps(b, g, o map[string]any, at place) (any, bool) {
	out, other := g, false
	for _, k := range union(b, g, o) {
		shape := entry(at.shape, k)
		git, ours := !same(b[k], g[k], shape), !same(b[k], o[k], shape)
		if !git && !ours { // most are, and a path costs more than a look
			continue
		}
		v, differs := m.differing(b[k], g[k], o[k], place{at.path.Key(k), shape}, git, ours)
		if !differs {
			continue
		}
		if !other {
			out, other = maps.Clone(g), true
		}
		if v == nil {
			delete(out, k)
		} else {
			out[k] = v
		}
	}
	return out, other
}

func union(all ...map[string]any) []string {
	var keys []string
	for _, m := range all {
		keys = slices.AppendSeq(keys, maps.Keys(m))
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// why tells in a few words what a dispute is about.
func why(b, g, o any, shape *core.SchemaNode) string {
	switch {
	case g == nil:
		return "git removed it, and the other side changed it"
	case o == nil:
		return "git changed it, and the other side removed it"
	case core.FormOf(g) != core.FormOf(o) || b != nil && core.FormOf(b) != core.FormOf(g):
		return "it became another type of value"
	case core.FormOf(g) == "list" && unordered(shape):
		return "both sides changed the list, and its items cannot be told apart"
	case core.FormOf(g) == "list":
		return "both sides changed the list, which is decided as one"
	}
	return "both sides changed it"
}
