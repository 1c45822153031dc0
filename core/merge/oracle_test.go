package merge_test

import (
	"maps"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"selvage/core"
	"selvage/core/merge"
)

// What the properties are stated in. It is written a second time, from the
// rules and not from the package.

// canonical is the one form of a value under the rules: nulls in maps are no
// entries, keyed lists and sets are sorted, members of sets are there once.
func canonical(v any, n *core.SchemaNode) any {
	switch t := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, e := range t {
			if e != nil {
				out[k] = canonical(e, below(n, k))
			}
		}
		return out
	case []any:
		var out []any
		for _, e := range t {
			var each *core.SchemaNode
			if n != nil {
				each = n.Items
			}
			out = append(out, canonical(e, each))
		}
		if n != nil && (n.Set || len(n.Keys) > 0) {
			slices.SortFunc(out, core.CompareJSON)
		}
		if n != nil && n.Set {
			out = slices.CompactFunc(out, core.EqualJSON)
		}
		return append([]any{}, out...)
	}
	return v
}

func below(n *core.SchemaNode, key string) *core.SchemaNode {
	if n == nil {
		return nil
	}
	if p, ok := n.Properties[key]; ok {
		return p
	}
	return n.Values
}

func alike(a, b core.Value) bool {
	return core.EqualJSON(canonical(a.Any(), shape()), canonical(b.Any(), shape()))
}

// agree tells whether two sides say the same at a place. Two maps do: what is in
// them has paths of its own.
func agree(p core.Path, a, b core.Value) bool {
	_, mapA := a.Any().(map[string]any)
	_, mapB := b.Any().(map[string]any)
	n := shapeAt(p)
	return mapA && mapB || core.EqualJSON(canonical(a.Any(), n), canonical(b.Any(), n))
}

// shapeAt is the shape of a place.
func shapeAt(p core.Path) *core.SchemaNode {
	n := shape()
	for _, step := range p.Steps() {
		if n == nil {
			return nil
		}
		if strings.HasPrefix(step, ".") {
			n = below(n, step[1:])
		} else if key, err := core.DecodeJSON([]byte(step[1 : len(step)-1])); err == nil && strings.HasPrefix(step, `["`) {
			n = below(n, key.(string))
		} else {
			n = n.Items
		}
	}
	return n
}

// identified tells whether the items of a list can be told apart.
func identified(list []any, n *core.SchemaNode) bool {
	if n == nil || !n.Set && len(n.Keys) == 0 {
		return false
	}
	seen := map[string]bool{}
	for _, e := range list {
		if n.Set {
			if e == nil || hasNull(e) {
				return false
			}
			continue
		}
		m, ok := e.(map[string]any)
		if !ok {
			return false
		}
		id := ""
		for _, k := range n.Keys {
			if !isScalar(m[k]) {
				return false
			}
			id += string(core.CanonicalJSON(m[k])) + " "
		}
		if seen[id] {
			return false
		}
		seen[id] = true
	}
	return true
}

// hasNull tells whether there is a null in a map of a value; in the shape of the
// tests no member of a set has another form that means the same.
func hasNull(v any) bool {
	switch t := v.(type) {
	case map[string]any:
		for _, e := range t {
			if e == nil || hasNull(e) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(t, hasNull)
	}
	return false
}

func isScalar(v any) bool {
	switch v.(type) {
	case nil, map[string]any, []any:
		return false
	}
	return true
}

// places are the paths of everything in the values: every map, scalar, and list
// without identified items in any of them, every item of the other lists.
func places(values ...core.Value) []core.Path {
	found := map[core.Path]bool{}
	var walk func(v any, p core.Path, n *core.SchemaNode)
	walk = func(v any, p core.Path, n *core.SchemaNode) {
		switch t := v.(type) {
		case nil:
			return
		case map[string]any:
			for k, e := range t {
				walk(e, p.Key(k), below(n, k))
			}
		case []any:
			for _, w := range values {
				if l, ok := w.At(p).Any().([]any); ok && !identified(l, n) {
					found[p] = true
					return
				}
			}
			for _, e := range t {
				if n.Set {
					walk(e, p.Element(e), n.Items)
					continue
				}
				id := map[string]any{}
				for _, k := range n.Keys {
					id[k] = e.(map[string]any)[k]
				}
				walk(e, p.Item(id), n.Items)
			}
			return
		}
		found[p] = true
	}
	for _, v := range values {
		walk(v.Any(), core.Root, shape())
	}
	return slices.Sorted(maps.Keys(found))
}

// settled is a result with every dispute decided for one side.
func settled(r merge.Result, c core.Choice) (core.Value, error) {
	v := r.Value
	for _, d := range r.Disputes {
		var err error
		if v, err = v.With(d.Path, map[core.Choice]core.Value{core.TakeGit: d.Git, core.TakeLive: d.Ours, core.TakeBase: d.Base}[c]); err != nil {
			return core.Value{}, err
		}
	}
	return v, nil
}

func paths(disputes []core.Dispute) []core.Path {
	var all []core.Path
	for _, d := range disputes {
		all = append(all, d.Path)
	}
	return all
}

// shuffle brings the lists whose order means nothing into another order.
func shuffle(t *rapid.T, v core.Value) core.Value {
	if !v.Present() {
		return v
	}
	var walk func(v any, n *core.SchemaNode) any
	walk = func(v any, n *core.SchemaNode) any {
		switch x := v.(type) {
		case map[string]any:
			out := map[string]any{}
			for _, k := range slices.Sorted(maps.Keys(x)) {
				out[k] = walk(x[k], below(n, k))
			}
			return out
		case []any:
			var each *core.SchemaNode
			if n != nil {
				each = n.Items
			}
			out := make([]any, len(x))
			for i, e := range x {
				out[i] = walk(e, each)
			}
			if n != nil && (n.Set || len(n.Keys) > 0) && len(out) > 1 {
				out = rapid.Permutation(out).Draw(t, "shuffled")
			}
			return out
		}
		return v
	}
	return core.ValueOf(walk(v.Any(), shape()))
}
