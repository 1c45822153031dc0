package lint

import (
	"fmt"
	"iter"
	"maps"
	"slices"

	"selvage/core"
)

// field is a place in an object, whether or not there is anything. What is not
// of the type that is asked for counts as nothing, as it does to the server's
// decoder, but for the numbers: see [field.number].
type field struct {
	object *core.Object
	path   core.Path
	value  any
}

func top(o *core.Object) field { return field{o, core.Root, o.Fields} }

func spec(o *core.Object) field { return field{o, ".spec", o.Fields["spec"]} }

// name is the place of the object's own name, which no field holds.
func name(o *core.Object) field {
	return field{o, core.Root.Key("metadata").Key("name"), o.Key.Name}
}

// key is the entry of a map.
func (f field) key(k string) field {
	m, _ := f.value.(map[string]any)
	return field{f.object, f.path.Key(k), m[k]}
}

// down is the entry below several keys.
func (f field) down(keys ...string) field {
	for _, k := range keys {
		f = f.key(k)
	}
	return f
}

// entries are those of a map, by their keys.
func (f field) entries() iter.Seq2[string, field] {
	m, _ := f.value.(map[string]any)
	return func(yield func(string, field) bool) {
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if !yield(k, f.key(k)) {
				return
			}
		}
	}
}

// items are those of a list.
func (f field) items() iter.Seq[field] {
	l, _ := f.value.([]any)
	return func(yield func(field) bool) {
		for i, v := range l {
			if !yield(field{f.object, f.path.Index(i), v}) {
				return
			}
		}
	}
}

// len is the number of entries or items.
func (f field) len() int {
	switch t := f.value.(type) {
	case map[string]any:
		return len(t)
	case []any:
		return len(t)
	}
	return 0
}

func (f field) text() string {
	s, _ := f.value.(string)
	return s
}

// textOr is the text, or what stands for an empty one.
func (f field) textOr(other string) string {
	if s := f.text(); s != "" {
		return s
	}
	return other
}

func (f field) on() bool {
	b, _ := f.value.(bool)
	return b
}

// set tells whether there is anything but null.
func (f field) set() bool { return f.value != nil }

// number is the whole number that stands there, 0 for none. It is not ok where
// something else does.
func (f field) number() (n int64, ok bool) {
	switch t := f.value.(type) {
	case nil:
		return 0, true
	case int64:
		return t, true
	}
	return 0, false
}

// shown is the value as a message quotes it.
func (f field) shown() string {
	if s, ok := f.value.(string); ok {
		return fmt.Sprintf("%q", s)
	}
	return core.ValueOf(f.value).String()
}
