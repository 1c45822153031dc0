package core

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// ErrNoPlace tells that a value cannot be set because there is nothing at a
// path that could hold it.
var ErrNoPlace = errors.New("no place for a value")

// At is what stands at a path inside the value; absent where nothing does. Of
// several list items that a step fits it is the first.
func (v Value) At(p Path) Value {
	if p == Root {
		return v
	}
	for p != "" && v.present {
		var step string
		step, p = p.cut()
		v = v.Step(step)
	}
	return v
}

// Step is what stands one step of a path further, as [Path.Steps] gives them;
// absent where nothing does.
func (v Value) Step(step string) Value {
	switch t := v.v.(type) {
	case map[string]any:
		if key, ok := StepKey(step); ok {
			if next, ok := t[key]; ok {
				return ValueOf(next)
			}
		}
	case []any:
		if i := itemAt(t, step); i >= 0 {
			return ValueOf(t[i])
		}
	}
	return Value{}
}

// Index is where the list item stands that a step names, -1 where none does.
func (v Value) Index(step string) int {
	list, _ := v.v.([]any)
	return itemAt(list, step)
}

// With is the value with to at a path; an absent to takes away what is there.
// Maps and lists on the way that are missing are made, an item of a keyed list
// with the fields that the step names, at the end of the list. Parts that stay
// the same are shared, and nothing is changed in place. It errs with
// [ErrNoPlace] where the path leads through something of another type, or to
// an index that the list does not have.
func (v Value) With(p Path, to Value) (Value, error) {
	out, err := v.with(p.Steps(), to)
	if err != nil {
		return Value{}, fmt.Errorf("set %s: %w", p, err)
	}
	return out, nil
}

func (v Value) with(steps []string, to Value) (Value, error) {
	if len(steps) == 0 {
		return to, nil
	}
	if !v.present && !to.present {
		return v, nil
	}
	step, rest := steps[0], steps[1:]
	if key, ok := StepKey(step); ok {
		return v.withEntry(key, rest, to)
	}
	return v.withItem(step, rest, to)
}

func (v Value) withEntry(key string, rest []string, to Value) (Value, error) {
	m, isMap := v.v.(map[string]any)
	if !isMap && v.v != nil {
		return Value{}, fmt.Errorf("%w: %q is looked for in what is no map", ErrNoPlace, key)
	}
	var entry Value
	if e, ok := m[key]; ok {
		entry = ValueOf(e)
	}
	next, err := entry.with(rest, to)
	switch {
	case err != nil:
		return Value{}, err
	case !next.present && !entry.present:
		return v, nil
	}
	m = maps.Clone(m)
	if m == nil {
		m = map[string]any{}
	}
	if next.present {
		m[key] = next.v
	} else {
		delete(m, key)
	}
	return ValueOf(m), nil
}

func (v Value) withItem(step string, rest []string, to Value) (Value, error) {
	list, isList := v.v.([]any)
	if !isList && v.v != nil {
		return Value{}, fmt.Errorf("%w: %s is looked for in what is no list", ErrNoPlace, step)
	}
	i := itemAt(list, step)
	if i < 0 {
		return v.withNewItem(list, step, rest, to)
	}
	next, err := ValueOf(list[i]).with(rest, to)
	if err != nil {
		return Value{}, err
	}
	list = slices.Clone(list)
	if !next.present {
		if gone := list[i]; strings.HasPrefix(step, "[=") { // a set may say it twice
			return ValueOf(slices.DeleteFunc(list, func(e any) bool { return EqualJSON(e, gone) })), nil
		}
		return ValueOf(slices.Delete(list, i, i+1)), nil
	}
	list[i] = next.v
	return ValueOf(list), nil
}

func (v Value) withNewItem(list []any, step string, rest []string, to Value) (Value, error) {
	inner := strings.TrimSuffix(strings.TrimPrefix(step, "["), "]")
	fields, keyed := identity(inner)
	switch {
	case !to.present:
		return v, nil
	case !keyed && !strings.HasPrefix(inner, "="):
		return Value{}, fmt.Errorf("%w: the list has no item %s", ErrNoPlace, step)
	}
	var item Value
	if keyed && len(rest) > 0 {
		item = ValueOf(fields)
	}
	item, err := item.with(rest, to)
	if err != nil {
		return Value{}, err
	}
	return ValueOf(append(slices.Clone(list), item.v)), nil
}

// itemAt is where the item stands that a step names, -1 where none does.
func itemAt(list []any, step string) int {
	if i, ok := stepIndex(step); ok {
		if i >= len(list) {
			return -1
		}
		return i
	}
	inner := strings.TrimSuffix(strings.TrimPrefix(step, "["), "]")
	if member, ok := strings.CutPrefix(inner, "="); ok {
		v, err := stepValue(member)
		if err != nil {
			return -1
		}
		return slices.IndexFunc(list, func(e any) bool { return EqualJSON(e, v) })
	}
	fields, ok := identity(inner)
	if !ok {
		return -1
	}
	return slices.IndexFunc(list, func(e any) bool {
		item, isMap := e.(map[string]any)
		for k, v := range fields {
			if have, ok := item[k]; !ok || !EqualJSON(have, v) {
				return false
			}
		}
		return isMap
	})
}

// Parent is the path one step up, and [Root] for the root itself.
func (p Path) Parent() Path {
	steps := p.Steps()
	if len(steps) < 2 {
		return Root
	}
	return p[:len(p)-len(steps[len(steps)-1])]
}

// Overlaps tells whether one of the two lies in the other, or both are one.
func (p Path) Overlaps(q Path) bool { return p.Under(q) || q.Under(p) }
