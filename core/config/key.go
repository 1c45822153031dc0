package config

import (
	"reflect"
	"slices"
	"strings"

	"selvage/core"
	"selvage/core/merge"
)

// key is the description of one key, as its field's tags in the model give it.
// Decoding, merging, showing and the schema all go by it.
//
//	key      the name
//	doc      what it is for, told by the schema
//	default  its value where the file has none, as YAML
//	need     "yes": it must be given, once defaults are merged
//	one      the words it may be, separated by spaces; {policies} are the names
//	         of the policies
//	form     the form of its text, see [forms]
//	min max  of a number or a duration
//	group    of the keys of one group at most one may be given, and one must
//	         be where they have need
//	with     it has an effect only beside one of these keys
//	list     "single": one value stands for a list of one
//	short    in such a list, a bare word stands for an item with this key only
//	partial  "yes": nothing in it is needed
type key struct {
	name  string
	index []int // of the field, see [reflect.Value.FieldByIndex]
	typ   reflect.Type

	doc      string
	def      string
	defaults *node // def, parsed; nil where there is none
	need     bool
	one      []string
	form     string
	min, max string
	group    string
	with     []string
	single   bool
	short    string
	partial  bool
}

// description is what the tags of the model say, read once per use of the
// package: reading tags takes longer than reading a file.
type description struct {
	keys  map[reflect.Type][]key
	forms map[string]form
}

func describe() *description {
	return &description{keys: map[reflect.Type][]key{}, forms: forms()}
}

// keysOf lists the keys that a struct of the model holds, in its order.
func (d *description) keysOf(t reflect.Type) []key {
	if keys, ok := d.keys[t]; ok {
		return keys
	}
	var keys []key
	for _, f := range reflect.VisibleFields(t) {
		name, ok := f.Tag.Lookup("key")
		if !ok {
			continue
		}
		k := key{
			name: name, index: f.Index, typ: f.Type,
			doc:     f.Tag.Get("doc"),
			need:    f.Tag.Get("need") == "yes",
			one:     oneOf(f.Tag.Get("one")),
			form:    f.Tag.Get("form"),
			min:     f.Tag.Get("min"),
			max:     f.Tag.Get("max"),
			group:   f.Tag.Get("group"),
			with:    strings.Fields(f.Tag.Get("with")),
			single:  f.Tag.Get("list") == "single",
			short:   f.Tag.Get("short"),
			partial: f.Tag.Get("partial") == "yes",
		}
		if def, ok := f.Tag.Lookup("default"); ok {
			k.def = def
			k.defaults, _ = parse("", []byte("x: "+def))
			if k.defaults != nil { // a test reads every default
				k.defaults = k.defaults.get("x")
			}
		}
		keys = append(keys, k)
	}
	d.keys[t] = keys
	return keys
}

// oneOf are the words that a tag lists.
func oneOf(tag string) []string {
	if tag != "{policies}" {
		return strings.Fields(tag)
	}
	var names []string
	for _, p := range merge.Policies() {
		names = append(names, p.Name)
	}
	return names
}

// item is the key as it holds for one value of a list or map.
func (k key) item() key {
	k.typ = k.typ.Elem()
	if k.typ.Kind() != reflect.Slice {
		k.single = false
	}
	return k
}

// structure is the struct that the key holds, or that its list holds; false
// where it holds something else.
func (k key) structure() (reflect.Type, bool) {
	t := k.typ
	if t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	return t, t.Kind() == reflect.Struct && !single(t)
}

// single tells whether a struct of Go is one value of the file.
func single(t reflect.Type) bool {
	return t == reflect.TypeFor[Secret]() || t == reflect.TypeFor[core.Value]()
}

func find(keys []key, name string) (key, bool) {
	i := slices.IndexFunc(keys, func(k key) bool { return k.name == name })
	if i < 0 {
		return key{}, false
	}
	return keys[i], true
}

func names(keys []key) []string {
	list := make([]string, len(keys))
	for i, k := range keys {
		list[i] = k.name
	}
	return list
}
