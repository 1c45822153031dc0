package merge

import (
	"slices"

	"selvage/core"
)

// entry is the shape of a map entry, items that of any list item.
func entry(n *core.SchemaNode, key string) *core.SchemaNode {
	if n == nil {
		return nil
	}
	if p, ok := n.Properties[key]; ok {
		return p
	}
	return n.Values
}

func items(n *core.SchemaNode) *core.SchemaNode {
	if n == nil {
		return nil
	}
	return n.Items
}

func keyed(n *core.SchemaNode) bool { return n != nil && len(n.Keys) > 0 }

// unordered tells whether the order of a list means nothing.
func unordered(n *core.SchemaNode) bool { return n != nil && (n.Set || len(n.Keys) > 0) }

// itemized is the three sides of a list whose items can be told apart, by the
// last step of their paths.
type itemized struct {
	b, o map[core.Path]any
	g    map[core.Path]any

	list       []any       // Git's
	gits       []core.Path // the steps of its items
	ours, base []core.Path // the steps of the others' items, each once
}

func itemize(b, g, o []any, shape *core.SchemaNode) (l itemized, ok bool) {
	if !unordered(shape) {
		return itemized{}, false
	}
	l.list = g
	for _, side := range []struct {
		items []any
		by    *map[core.Path]any
		steps *[]core.Path
	}{{b, &l.b, &l.base}, {g, &l.g, &l.gits}, {o, &l.o, &l.ours}} {
		*side.by = make(map[core.Path]any, len(side.items))
		for _, item := range side.items {
			step, ok := stepOf(item, shape)
			if _, twice := (*side.by)[step]; !ok || twice && keyed(shape) {
				return itemized{}, false
			}
			(*side.by)[step] = item
			*side.steps = append(*side.steps, step)
		}
	}
	return l, true
}

// stepOf is the step that leads to an item, false where the item lacks what
// identifies it.
func stepOf(item any, shape *core.SchemaNode) (core.Path, bool) {
	if !keyed(shape) {
		return core.Path("").Element(item), item != nil && definite(item, shape.Items)
	}
	m, isMap := item.(map[string]any)
	if !isMap {
		return "", false
	}
	id := make(map[string]any, len(shape.Keys))
	for _, k := range shape.Keys {
		if v, ok := m[k]; !ok || core.FormOf(v) != "scalar" || v == nil {
			return "", false
		}
		id[k] = m[k]
	}
	return core.Path("").Item(id), true
}

// definite tells whether a value has no other form that means the same, so that
// it can name itself in a path.
func definite(v any, shape *core.SchemaNode) bool {
	switch t := v.(type) {
	case map[string]any:
		for k, e := range t {
			if e == nil || !definite(e, entry(shape, k)) {
				return false
			}
		}
	case []any:
		return !unordered(shape) && !slices.ContainsFunc(t, func(e any) bool { return !definite(e, items(shape)) })
	}
	return true
}

// lists merges item by item: Git's in their order, then what ours added.
func (m *merger) lists(l itemized, at place) (any, bool) {
	out := make([]any, 0, len(l.list)+len(l.ours))
	other := false
	done := map[core.Path]bool{}
	item := func(step core.Path) (any, bool) {
		done[step] = true
		return m.value(l.b[step], l.g[step], l.o[step], at.item(step))
	}
	for i, step := range l.gits {
		if done[step] { // a member that a set has twice
			if slices.ContainsFunc(out, func(v any) bool { return core.EqualJSON(v, l.list[i]) }) {
				out = append(out, l.list[i])
			}
			continue
		}
		v, differs := item(step)
		other = other || differs
		if v != nil {
			out = append(out, v)
		}
	}
	for _, step := range slices.Concat(l.ours, l.base) {
		if done[step] {
			continue
		}
		if v, differs := item(step); differs && v != nil {
			out, other = append(out, v), true
		}
	}
	if !other {
		return l.list, false
	}
	return out, true
}

// same tells whether two values mean the same: nulls in maps are no entries, and
// the order of keyed lists and sets is nothing.
func same(a, b any, shape *core.SchemaNode) bool {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok {
			return false
		}
		for k, e := range x {
			if !same(e, y[k], entry(shape, k)) {
				return false
			}
		}
		for k, f := range y {
			if _, ok := x[k]; !ok && f != nil {
				return false
			}
		}
		return true
	case []any:
		y, ok := b.([]any)
		if !ok {
			return false
		}
		each := items(shape)
		if len(x) == len(y) && slices.EqualFunc(x, y, func(e, f any) bool { return same(e, f, each) }) {
			return true
		}
		return unordered(shape) && core.EqualJSON(plain(x, shape), plain(y, shape))
	}
	return core.EqualJSON(a, b)
}

// plain is the one form of all values that are the same.
func plain(v any, shape *core.SchemaNode) any {
	switch t := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(t))
		for k, e := range t {
			if e != nil {
				out[k] = plain(e, entry(shape, k))
			}
		}
		return out
	case []any:
		out := make([]any, len(t))
		for i, e := range t {
			out[i] = plain(e, items(shape))
		}
		if unordered(shape) {
			slices.SortFunc(out, core.CompareJSON)
			if !keyed(shape) {
				out = slices.CompactFunc(out, core.EqualJSON)
			}
		}
		return out
	}
	return v
}
