package drift

import (
	"maps"
	"slices"

	"selvage/core"
)

// hints are the rows that a fabric's own schema makes.
func hints(root *core.SchemaNode) []Row {
	var rows []Row
	if root != nil {
		for _, k := range slices.Sorted(maps.Keys(root.Properties)) {
			switch k {
			case "apiVersion", "kind", "metadata", "status":
			default:
				rows = append(rows, hintsAt(core.Root.Key(k), root.Properties[k])...)
			}
		}
	}
	return rows
}

func hintsAt(p core.Path, n *core.SchemaNode) []Row {
	if n == nil {
		return nil
	}
	var rows []Row
	switch {
	case len(n.Keys) > 0:
		rows = append(rows, Row{"schema.keys", always, p, Keyed{n.Keys}, "the schema names what an item is known by"})
	case n.Set:
		rows = append(rows, Row{"schema.set", always, p, Set{}, "the schema makes it a set"})
	}
	if n.Values != nil {
		rows = append(rows, Row{"schema.map", always, p, Dict{}, "each entry of a map with free keys counts by its name"})
	}
	if n.Default.Present() {
		rows = append(rows, Row{"schema.default", always, p, Default{filled(n.Default.Any(), n)}, "the schema's default"})
		if _, isMap := n.Default.Any().(map[string]any); !isMap {
			rows = append(rows, Row{"schema.zero", always, p, Optional{}, "the schema gives none its default, but not an empty value"})
		}
	}
	for _, k := range slices.Sorted(maps.Keys(n.Properties)) {
		rows = append(rows, hintsAt(p.Key(k), n.Properties[k])...)
	}
	rows = append(rows, hintsAt(p+anyKey, n.Values)...)
	return append(rows, hintsAt(p+anyItem, n.Items)...)
}

// filled is a default with the defaults of what it leaves open: the server
// fills those in, too.
func filled(v any, n *core.SchemaNode) any {
	m, isMap := v.(map[string]any)
	if !isMap || n == nil {
		return v
	}
	out := maps.Clone(m)
	for k, below := range n.Properties {
		if below == nil {
			continue
		}
		switch e, there := m[k]; {
		case there:
			out[k] = filled(e, below)
		case below.Default.Present():
			out[k] = filled(below.Default.Any(), below)
		}
	}
	return out
}

// pruned are the places of a document of Git's that this fabric's schema drops,
// so that no sync can bring them about. There are none where no schema is known,
// none inside metadata, and none that live has all the same: then the schema is
// that of another day. Both documents are normalised; live is nil where there is
// none.
func (t table) pruned(git, live map[string]any) []difference {
	if !drops(git, t.schema) {
		return nil
	}
	var found []difference
	strip(git, live, t.schema, place{path: core.Root, node: t.root}, func(d difference) { found = append(found, d) })
	return found
}

// kept is a document of Git's without what [table.pruned] finds: the document
// itself where that is nothing.
func (t table) kept(git, live map[string]any) map[string]any {
	out, _ := strip(git, live, t.schema, place{path: core.Root, node: t.root}, func(difference) {}).(map[string]any)
	return out
}

// strip is what the schema leaves of a value, and calls found with each place
// that it drops. Live is what live has in place of the value.
func strip(v, live any, s *core.SchemaNode, at place, found func(difference)) any {
	if !drops(v, s) {
		return v
	}
	switch tree := v.(type) {
	case map[string]any:
		theirs, _ := live.(map[string]any)
		out := make(map[string]any, len(tree))
		for _, k := range unionKeys(tree, nil) {
			below, kept := entryOf(s, k)
			_, there := theirs[k]
			if !kept && !there {
				p := at.key(k)
				found(difference{path: p.path, unit: p.unit, node: p.node, a: core.ValueOf(tree[k]), entry: p.entry})
				continue
			}
			out[k] = strip(tree[k], theirs[k], below, at.key(k), found)
		}
		return out
	case []any:
		theirs, _ := live.([]any)
		out := make([]any, len(tree))
		for i, e := range tree {
			p, twin := at.itemOf(e, i, theirs)
			out[i] = strip(e, twin, s.Items, p, found)
		}
		out, _ = at.node.ordered(out)
		return out
	}
	return v
}

// itemOf is the place of an item of a list, named as the walk names it, and what
// another list has in its place.
func (p place) itemOf(e any, i int, others []any) (place, any) {
	below := place{unit: p.unit, node: p.node.item()}
	switch {
	case p.node != nil && p.node.set:
		below.path, below.entry = p.path.Element(e), true
		return below, equalIn(others, e)
	case p.node != nil && len(p.node.keys) > 0:
		if step, twin, ok := twinOf(e, others, p.node.keys); ok {
			below.path, below.entry = p.path+core.Path(step), true
			return below, twin
		}
	}
	below.path = p.path.Index(i)
	if below.unit == "" {
		below.unit = p.path
	}
	if i < len(others) {
		return below, others[i]
	}
	return below, nil
}

// twinOf is the step that names an item of a keyed list, and the item of another
// list that it names, too.
func twinOf(item any, others []any, keys []string) (step string, twin any, ok bool) {
	mine, ok := byKey([]any{item}, keys)
	if !ok {
		return "", nil, false
	}
	for step = range mine {
		if theirs, all := byKey(others, keys); all {
			twin = theirs[step]
		} else {
			twin = equalIn(others, item)
		}
	}
	return step, twin, true
}

// equalIn is the item of a list that is equal to a value, nil if none is.
func equalIn(list []any, v any) any {
	if i := slices.IndexFunc(list, func(e any) bool { return core.EqualJSON(e, v) }); i >= 0 {
		return list[i]
	}
	return nil
}

// drops tells whether the schema drops anything of a value.
func drops(v any, s *core.SchemaNode) bool {
	if s == nil {
		return false
	}
	switch tree := v.(type) {
	case map[string]any:
		for k, e := range tree {
			if inside, stays := entryOf(s, k); !stays || drops(e, inside) {
				return true
			}
		}
	case []any:
		return s.Items != nil && slices.ContainsFunc(tree, func(e any) bool { return drops(e, s.Items) })
	}
	return false
}

// entryOf is what the schema says of an entry of a map, and whether it leaves
// the entry there at all.
func entryOf(s *core.SchemaNode, k string) (below *core.SchemaNode, kept bool) {
	below, named := s.Properties[k]
	switch {
	case named:
		return below, true
	case s.Values != nil:
		return s.Values, true
	}
	return nil, s.Open || s.Properties == nil
}

// document is the schema as far as it says what is dropped of [core.Object.Fields]:
// metadata has rules of its own, and spec is always there for the comparison.
func document(root *core.SchemaNode) *core.SchemaNode {
	if root == nil || root.Properties == nil {
		return nil
	}
	d := *root
	d.Properties = maps.Clone(root.Properties)
	d.Properties["metadata"] = nil
	if _, ok := d.Properties["spec"]; !ok {
		d.Properties["spec"] = nil
	}
	return &d
}
