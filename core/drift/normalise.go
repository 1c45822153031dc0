package drift

import (
	"slices"

	"selvage/core"
)

// normal brings an object's fields into the form in which both sides are
// compared, without changing what it is given. The containers that every object
// has are always there, so that a difference inside them is reported at the
// entry that differs.
func (n *node) normal(fields map[string]any) map[string]any {
	out := n.mapping(fields)
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

func (n *node) mapping(m map[string]any) map[string]any {
	out := make(map[string]any, len(m))
	dict := n != nil && n.dict
	for k, v := range m {
		if n.owns(k) {
			continue
		}
		if n != nil && n.rekey != nil {
			k = n.rekey(k)
		}
		below := n.key(k)
		if below != nil && below.ignored {
			continue
		}
		v = below.value(v)
		switch {
		case v == nil && dict:
			v = map[string]any{}
		case v == nil:
			continue
		}
		out[k] = v
	}
	return out
}

func (n *node) value(v any) any {
	switch t := v.(type) {
	case map[string]any:
		out := n.mapping(t)
		if n != nil && n.complete != nil {
			n.complete(out)
		}
		return out
	case []any:
		out := make([]any, len(t))
		for i, e := range t {
			out[i] = n.item().value(e)
		}
		if n != nil && n.set {
			slices.SortFunc(out, core.CompareJSON)
			out = slices.CompactFunc(out, core.EqualJSON)
		}
		return out
	case string:
		if n != nil && n.rewrite != nil {
			return n.rewrite(t)
		}
	}
	return v
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
