package drift

import (
	"maps"

	"selvage/core"
)

// exported is what Git is to say of an object that only live has, given how that
// is compared: all but what servers put there by themselves, and but for empty
// values where those are the same as none. What was assigned to the object stays:
// nothing would give it the same again. Where that would not agree with live,
// which only rules can do that contradict each other, it is all that live says.
func (t table) exported(live map[string]any) map[string]any {
	e := exporter{explainer{table: t, a: map[string]any{}, b: live}}
	out, _ := e.maps(live, place{path: core.Root, node: t.root}).(map[string]any)
	if _, rest := t.explain(t.normal(out, nil), live); len(rest) > 0 {
		return live
	}
	return out
}

// exporter leaves out what a server would put there again. It changes nothing of
// what it is given.
type exporter struct{ explainer }

// leaves tells whether a value is left out as a whole.
func (e *exporter) leaves(v any, at place) bool {
	if e.table.goTyped && at.node.empty(v, at.entry) {
		return true
	}
	row, ok := e.row(difference{path: at.path, node: at.node, b: core.ValueOf(v), entry: at.entry})
	if !ok {
		return false
	}
	_, assigned := row.Action.(Assigned)
	return !assigned
}

// value is what is left of a value that is not left out as a whole.
func (e *exporter) value(v any, at place) any {
	switch t := v.(type) {
	case map[string]any:
		return e.maps(t, at)
	case []any:
		return e.lists(t, at)
	}
	return v
}

func (e *exporter) maps(m map[string]any, at place) any {
	out := make(map[string]any, len(m))
	for k, v := range m {
		below := at.key(k)
		always := false
		if at.node != nil {
			_, always = at.node.always[k]
		}
		if !always && e.leaves(v, below) {
			continue
		}
		left := e.value(v, below)
		if !always && e.table.goTyped && at.node.key(k).empty(left, below.entry) {
			continue // nothing was in it but what is left out
		}
		out[k] = left
	}
	return out
}

func (e *exporter) lists(list []any, at place) any {
	n := at.node
	switch {
	case n != nil && n.set:
		return e.set(list, at)
	case n != nil && len(n.keys) > 0:
		if _, ok := byKey(list, n.keys); !ok {
			return list // it is compared whole
		}
	}
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = e.item(v, at, i)
	}
	return out
}

func (e *exporter) set(list []any, at place) any {
	out := make([]any, 0, len(list))
	for _, v := range list {
		if !e.leaves(v, place{path: at.path.Element(v), node: at.node.item(), entry: true}) {
			out = append(out, v)
		}
	}
	if len(out) == 0 {
		return list // an empty list says something else than none
	}
	return out
}

// item is what is left of an item of a list that is no set. It keeps what it is
// known by.
func (e *exporter) item(v any, at place, i int) any {
	below := place{path: at.path.Index(i), node: at.node.item()}
	m, isMap := v.(map[string]any)
	if !isMap || at.node == nil || len(at.node.keys) == 0 {
		return e.value(v, below)
	}
	id := map[string]any{}
	for _, k := range at.node.keys {
		id[k] = m[k]
	}
	below.path = at.path + core.Path("").Item(id)
	out, _ := e.maps(m, below).(map[string]any)
	maps.Copy(out, id)
	return out
}
