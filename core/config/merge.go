package config

import (
	"reflect"
	"slices"
)

// merge lays a fabric's own keys over its defaults: key by key, lists replaced
// whole, null taking a default back. Inherited keys of a group, of which the
// fabric took another, and those that then have no effect, are left out. t is
// the struct that both describe.
func (d *description) merge(defaults, own *node, t reflect.Type) *node {
	keys := d.keysOf(t)
	merged := *own
	merged.fields = slices.Clone(own.fields)
	for _, def := range defaults.fields {
		if def.value.shape == null {
			continue
		}
		k, known := find(keys, def.name)
		if !known || displaced(k, keys, own) {
			continue
		}
		i := slices.IndexFunc(own.fields, func(f field) bool { return f.name == def.name })
		if i < 0 {
			def.value = inherit(def.value)
			merged.fields = append(merged.fields, def)
			continue
		}
		mine := own.fields[i].value
		if s, ok := k.structure(); ok && mine.shape == mapping && def.value.shape == mapping {
			merged.fields[i].value = d.merge(def.value, mine, s)
		}
	}
	merged.fields = slices.DeleteFunc(merged.fields, func(f field) bool {
		k, known := find(keys, f.name)
		return known && f.value.inherited && idle(k, &merged)
	})
	return &merged
}

// displaced tells whether the fabric took another key of the same group.
func displaced(k key, keys []key, own *node) bool {
	return k.group != "" && slices.ContainsFunc(keys, func(other key) bool {
		return other.group == k.group && own.get(other.name) != nil
	})
}

// idle tells whether a key has no effect beside the others of its mapping.
func idle(k key, n *node) bool {
	return len(k.with) > 0 && !slices.ContainsFunc(k.with, func(name string) bool { return n.get(name) != nil })
}

// inherit marks a value and all in it as coming from defaults.
func inherit(n *node) *node {
	c := *n
	c.inherited = true
	c.fields = slices.Clone(n.fields)
	for i := range c.fields {
		c.fields[i].value = inherit(c.fields[i].value)
	}
	c.items = slices.Clone(n.items)
	for i := range c.items {
		c.items[i] = inherit(c.items[i])
	}
	return &c
}
