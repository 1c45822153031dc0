package drift

import (
	"maps"
	"slices"

	"selvage/core"
)

// normal brings an object's fields into the form in which both sides are
// compared, without changing what it is given. The containers that every object
// has are always there, so that a difference inside them is reported at the
// entry that differs. Where steps is not nil, everything that is done to the
// fields is added to it, in an order in which it can be done again.
func (t table) normal(fields map[string]any, steps *[]core.Step) map[string]any {
	out := t.root.mapping(fields, record(steps))
	meta, _ := out["metadata"].(map[string]any)
	if meta == nil {
		meta = map[string]any{}
		out["metadata"] = meta
	}
	for _, k := range []string{"labels", "annotations"} {
		if meta[k] == nil {
			meta[k] = map[string]any{}
		}
	}
	if out["spec"] == nil {
		out["spec"] = map[string]any{}
	}
	return out
}

func (n *node) mapping(m map[string]any, rec *recorder) map[string]any {
	out := make(map[string]any, len(m))
	if rec == nil && (n == nil || n.rekey == nil) {
		for k, v := range m {
			n.entry(out, k, v, nil)
		}
		return out
	}
	// In order, for a record that is the same each time, and where two keys may
	// become one.
	for _, k := range slices.Sorted(maps.Keys(m)) {
		n.entry(out, k, m[k], rec)
	}
	return out
}

// entry puts an entry of a map into out, in the form for comparison.
func (n *node) entry(out map[string]any, k string, v any, rec *recorder) {
	at := rec.key(k)
	if row, ok := n.owner(k); ok {
		at.leftOut(row, v)
		return
	}
	if n != nil && n.rekey != nil {
		if to := n.rekey(k); to != k {
			at.moved(n, rec.key(to), v)
			k, at = to, rec.key(to)
		}
	}
	below := n.key(k)
	if below != nil && below.ignored {
		at.leftOut(shaper[Ignored](below), v)
		return
	}
	v = below.value(v, at)
	switch {
	case v == nil && n != nil && n.dict:
		v = map[string]any{}
		at.add(shaper[Dict](n), core.ValueOf(nil), core.ValueOf(v))
	case v == nil:
		at.leftOut(nullRow(), v)
		return
	}
	out[k] = v
}

// nullRow holds for every kind of object that there is.
func nullRow() Row { return Row{ID: "value.null", Why: "null says nothing"} }

func (n *node) value(v any, rec *recorder) any {
	if rec == nil && (n == nil || n.plain) && !hasNull(v) {
		return v // shared: what is normal is not changed any more
	}
	switch t := v.(type) {
	case map[string]any:
		out := n.mapping(t, rec)
		if n != nil && n.complete != nil {
			if rec == nil {
				n.complete(out)
				return out
			}
			before := core.CloneJSON(out)
			n.complete(out)
			changed[Completed](rec, n, before, out)
		}
		return out
	case []any:
		out := make([]any, len(t))
		for i, e := range t {
			out[i] = n.item().value(e, rec.index(i))
		}
		if rec == nil {
			return n.ordered(out)
		}
		before := slices.Clone(out)
		out = n.ordered(out)
		changed[Set](rec, n, before, out)
		return out
	case string:
		if n != nil && n.rewrite != nil {
			to := n.rewrite(t)
			if rec != nil {
				changed[Rewritten](rec, n, t, to)
			}
			return to
		}
	}
	return v
}

// hasNull tells whether there is a null anywhere in a value.
func hasNull(v any) bool {
	switch t := v.(type) {
	case nil:
		return true
	case map[string]any:
		for _, e := range t {
			if hasNull(e) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(t, hasNull)
	}
	return false
}

// ordered brings a list whose order means nothing into the one order. It may
// change the list that it is given.
func (n *node) ordered(list []any) []any {
	if n == nil || !n.set {
		return list
	}
	slices.SortFunc(list, core.CompareJSON)
	return slices.CompactFunc(list, core.EqualJSON)
}

// empty tells whether a value stands for nothing at a place: the server's Go
// types leave it out under omitempty. It does not where the place is optional
// or the entry of a map with free keys.
func (n *node) empty(v any, entry bool) bool {
	if entry || n != nil && n.optional {
		return false
	}
	switch t := v.(type) {
	case nil:
		return true
	case bool:
		return !t
	case string:
		return t == ""
	case int64:
		return t == 0
	case float64:
		return t == 0
	case []any:
		return len(t) == 0
	case map[string]any:
		for k, e := range t {
			if !n.key(k).empty(e, n != nil && n.dict) {
				return false
			}
		}
		return true
	}
	return false
}

// prune copies a value without the empty values inside it.
func (n *node) prune(v any) any {
	t, ok := v.(map[string]any)
	if !ok {
		return v
	}
	out := make(map[string]any, len(t))
	for k, e := range t {
		if below := n.key(k); !below.empty(e, n != nil && n.dict) {
			out[k] = below.prune(e)
		}
	}
	return out
}
