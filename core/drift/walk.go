package drift

import (
	"slices"

	"selvage/core"
)

// difference is one place where two trees differ, as deep as it goes: a leaf,
// or the root of what only one of them has.
type difference struct {
	path core.Path
	unit core.Path // the list that is decided as one, "" outside of one
	node *node
	a, b core.Value

	// entry tells that it is one entry of a map with free keys, or one item of
	// a keyed list: a thing of its own.
	entry bool
}

// walker compares two normalised trees.
type walker struct {
	// goTyped tells that the server decodes the kind into Go structs and
	// writes it again, so that an empty value and none are the same to it.
	goTyped bool
	found   []difference
}

func (t table) differences(a, b map[string]any) []difference {
	w := walker{goTyped: t.goTyped}
	w.maps(a, b, place{path: core.Root, node: t.root})
	return w.found
}

// place is where a walk stands.
type place struct {
	path  core.Path
	unit  core.Path
	node  *node
	entry bool
}

func (p place) key(k string) place {
	return place{p.path.Key(k), p.unit, p.node.key(k), p.node != nil && p.node.dict}
}

func (w *walker) emit(at place, a, b core.Value) {
	w.found = append(w.found, difference{at.path, at.unit, at.node, a, b, at.entry})
}

func (w *walker) values(a, b any, at place) {
	switch x := a.(type) {
	case map[string]any:
		if y, ok := b.(map[string]any); ok {
			w.maps(x, y, at)
			return
		}
	case []any:
		if y, ok := b.([]any); ok {
			w.lists(x, y, at)
			return
		}
	}
	if !core.EqualJSON(a, b) {
		w.emit(at, core.ValueOf(a), core.ValueOf(b))
	}
}

func (w *walker) maps(a, b map[string]any, at place) {
	var room [16]string // most maps are small, and most of their entries equal
	for _, k := range unequalKeys(room[:0], a, b) {
		x, inA := a[k]
		y, inB := b[k]
		below := at.key(k)
		switch {
		case inA && inB:
			w.values(x, y, below)
		case inA && !w.empty(x, below):
			w.emit(below, core.ValueOf(x), core.Value{})
		case inB && !w.empty(y, below):
			w.emit(below, core.Value{}, core.ValueOf(y))
		}
	}
}

func (w *walker) empty(v any, at place) bool {
	return w.goTyped && at.node.empty(v, at.entry)
}

// unequalKeys adds the keys of entries that are not equal to a list, in order.
func unequalKeys(keys []string, a, b map[string]any) []string {
	shared := 0
	for k, x := range a {
		y, both := b[k]
		if both {
			shared++
		}
		if !both || !core.EqualJSON(x, y) {
			keys = append(keys, k)
		}
	}
	if shared < len(b) {
		for k := range b {
			if _, both := a[k]; !both {
				keys = append(keys, k)
			}
		}
	}
	slices.Sort(keys)
	return keys
}

// sortedKeys adds the keys of a map to an empty list, in order.
func sortedKeys(keys []string, m map[string]any) []string {
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func unionKeys(a, b map[string]any) []string {
	keys := make([]string, 0, len(a)+len(b))
	for k := range a {
		keys = append(keys, k)
	}
	for k := range b {
		if _, ok := a[k]; !ok {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return keys
}

func (w *walker) lists(a, b []any, at place) {
	if len(a) == 0 && len(b) > 0 && w.empty(a, at) {
		w.emit(at, core.ValueOf(a), core.ValueOf(b))
		return
	}
	if at.node != nil && at.node.set {
		w.sets(a, b, at)
		return
	}
	if at.node != nil && len(at.node.keys) > 0 {
		x, okA := byKey(a, at.node.keys)
		y, okB := byKey(b, at.node.keys)
		if okA && okB {
			w.keyed(x, y, at)
			return
		}
		if !core.EqualJSON(sorted(a), sorted(b)) {
			w.emit(at, core.ValueOf(a), core.ValueOf(b))
		}
		return
	}
	if len(a) != len(b) {
		w.emit(at, core.ValueOf(a), core.ValueOf(b))
		return
	}
	unit := at.unit
	if unit == "" {
		unit = at.path
	}
	for i := range a {
		w.values(a[i], b[i], place{path: at.path.Index(i), unit: unit, node: at.node.item()})
	}
}

// sets reports each member that only one side has. Both lists are sorted and
// free of repetitions: the normaliser saw to it.
func (w *walker) sets(a, b []any, at place) {
	in := func(l []any, v any) bool {
		_, found := slices.BinarySearchFunc(l, v, core.CompareJSON)
		return found
	}
	for _, v := range a {
		if !in(b, v) {
			w.emit(place{at.path.Element(v), at.unit, at.node.item(), true}, core.ValueOf(v), core.Value{})
		}
	}
	for _, v := range b {
		if !in(a, v) {
			w.emit(place{at.path.Element(v), at.unit, at.node.item(), true}, core.Value{}, core.ValueOf(v))
		}
	}
}

// keyed compares items by the step that names them: "[prefix=…]".
func (w *walker) keyed(a, b map[string]any, at place) {
	for _, step := range unionKeys(a, b) {
		x, inA := a[step]
		y, inB := b[step]
		item := place{at.path + core.Path(step), at.unit, at.node.item(), true}
		switch {
		case inA && inB:
			w.values(x, y, item)
		case inA:
			w.emit(item, core.ValueOf(x), core.Value{})
		default:
			w.emit(item, core.Value{}, core.ValueOf(y))
		}
	}
}

func sorted(list []any) any { return slices.SortedFunc(slices.Values(list), core.CompareJSON) }

// byKey indexes a list by its items' identifying fields. It fails where an
// item lacks one, or has something there that is no scalar, and where two items
// share them: such a list is compared whole, in any order.
func byKey(list []any, keys []string) (map[string]any, bool) {
	out := make(map[string]any, len(list))
	for _, e := range list {
		item, ok := e.(map[string]any)
		if !ok {
			return nil, false
		}
		id := map[string]any{}
		for _, k := range keys {
			v := item[k]
			if v == nil || core.FormOf(v) != "scalar" {
				return nil, false
			}
			id[k] = v
		}
		step := string(core.Path("").Item(id))
		if _, twice := out[step]; twice {
			return nil, false
		}
		out[step] = item
	}
	return out, true
}

// get finds the value at a place in a normalised tree.
func get(tree any, steps []string) (any, bool) {
	v := core.ValueOf(tree)
	for _, s := range steps {
		v = v.Step(s)
	}
	return v.Any(), v.Present()
}

func valueAt(tree map[string]any, p core.Path) core.Value { return core.ValueOf(tree).At(p) }

// keyOf is the map key that a step names; a step that names none is itself.
func keyOf(step string) string {
	if k, ok := core.StepKey(step); ok {
		return k
	}
	return step
}
