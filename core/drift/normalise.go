package drift

import (
	"maps"
	"slices"

	"selvage/core"
)

// normal brings an object's fields into the form in which both sides are
// compared, without changing what it is given. What is normal already is shared
// with that, so the result is not to be changed either. Where steps is not nil,
// everything that is done to the fields is added to it, in an order in which it
// can be done again.
func (t table) normal(fields map[string]any, steps *[]core.Step) map[string]any {
	out, _ := t.root.mapping(fields, record(steps))
	return out
}

// agree tells whether two values have one normal form. It says no where only
// making that would tell.
func (n *node) agree(a, b any) bool {
	x, isMap := a.(map[string]any)
	y, areMaps := b.(map[string]any)
	if !isMap || !areMaps || n == nil || n.plain || n.rekey != nil {
		return core.EqualJSON(a, b)
	}
	shared := 0
	for k, v := range x {
		w, both := y[k]
		if both {
			shared++
		}
		if !n.agreeAt(k, v, w) {
			return false
		}
	}
	if shared == len(y) {
		return true
	}
	for k, w := range y {
		if _, both := x[k]; !both && !n.agreeAt(k, nil, w) {
			return false
		}
	}
	return true
}

// agreeAt is agree for the entries of a key; nil stands for none, too.
func (n *node) agreeAt(k string, v, w any) bool {
	below := n.key(k)
	switch {
	case below != nil && below.ignored, n.owner(k) != nil:
		return true
	case n.dict && (v == nil || w == nil):
		return false
	case v == nil:
		v = n.always[k]
	case w == nil:
		w = n.always[k]
	}
	return below.agree(v, w)
}

// mapping is a map in normal form, and whether that is the map itself.
func (n *node) mapping(m map[string]any, rec *recorder) (out map[string]any, same bool) {
	if rec != nil || n != nil && (n.rekey != nil || len(n.owners) > 0) {
		out = map[string]any{}
		// In order, for a record that is the same each time, and where two keys may
		// become one.
		var room [16]string
		for _, k := range sortedKeys(room[:0], m) {
			if e := n.entry(k, m[k], rec); e.kept {
				out[e.key] = e.value
			}
		}
	} else {
		out, same = m, true
		for k, v := range m {
			e := n.entry(k, v, nil)
			if e.same {
				continue
			}
			if same {
				out, same = maps.Clone(m), false
			}
			if e.kept {
				out[k] = e.value
			} else {
				delete(out, k)
			}
		}
	}
	if n == nil {
		return out, same
	}
	for k, v := range n.always {
		if out[k] != nil {
			continue
		}
		if same {
			out, same = make(map[string]any, len(m)+len(n.always)), false
			maps.Copy(out, m)
		}
		out[k] = v
	}
	return out, same
}

// entry is what becomes of an entry of a map in normal form.
type entry struct {
	key   string
	value any
	kept  bool // it stays at all
	same  bool // it stays as it was
}

func (n *node) entry(k string, v any, rec *recorder) entry {
	at := rec.key(k)
	if row := n.owner(k); row != nil {
		at.leftOut(*row, v)
		return entry{}
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
		return entry{}
	}
	v, same := below.value(v, at)
	switch {
	case v == nil && n != nil && n.dict:
		v, same = map[string]any{}, false
		at.add(shaper[Dict](n), core.ValueOf(nil), core.ValueOf(v))
	case v == nil:
		at.leftOut(nullRow(), v)
		return entry{}
	}
	return entry{k, v, true, same}
}

// nullRow holds for every kind of object that there is.
func nullRow() Row { return Row{ID: "value.null", Why: "null says nothing"} }

// value is a value in normal form, and whether that is the value itself.
func (n *node) value(v any, rec *recorder) (to any, same bool) {
	if rec == nil && (n == nil || n.plain) && !hasNull(v) {
		return v, true
	}
	switch t := v.(type) {
	case map[string]any:
		out, same := n.mapping(t, rec)
		if n == nil || n.complete == nil {
			return out, same
		}
		whole := cloned(out)
		n.complete(whole)
		changed[Completed](rec, n, out, whole)
		return whole, false
	case []any:
		out, same := n.items(t, rec)
		set, stayed := n.ordered(out)
		if same && stayed {
			return v, true
		}
		changed[Set](rec, n, out, set)
		return set, false
	case string:
		if n == nil || n.rewrite == nil {
			return v, true
		}
		to := n.rewrite(t)
		if to == t {
			return v, true
		}
		changed[Rewritten](rec, n, v, to)
		return to, false
	}
	return v, true
}

// items are a list's items in normal form, and whether that is the list itself.
func (n *node) items(list []any, rec *recorder) (out []any, same bool) {
	out, same = list, true
	for i, e := range list {
		to, stays := n.item().value(e, rec.index(i))
		if stays {
			continue
		}
		if same {
			out, same = slices.Clone(list), false
		}
		out[i] = to
	}
	return out, same
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

// ordered is a list whose order means nothing in the one order that it is
// compared in, and whether that is the list itself.
func (n *node) ordered(list []any) (out []any, same bool) {
	if n == nil || !n.set || ascending(list) {
		return list, true
	}
	out = slices.Clone(list)
	slices.SortFunc(out, core.CompareJSON)
	return slices.CompactFunc(out, core.EqualJSON), false
}

func ascending(list []any) bool {
	for i := 1; i < len(list); i++ {
		if core.CompareJSON(list[i-1], list[i]) >= 0 {
			return false
		}
	}
	return true
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
