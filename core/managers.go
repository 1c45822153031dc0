package core

import (
	"strconv"
	"strings"
)

// Owner is the manager that the object's managedFields give the place at path
// to, and false where they give it to nobody: what a webhook or a schema
// default sets is owned by nobody. Of several owners it is the one that wrote
// last. A list that the API server treats as a whole is owned as a whole, so
// everything inside it has the list's owner.
//
// The path is one of the live object, as the API holds it.
func (o *Object) Owner(path Path) (Manager, bool) {
	var owner Manager
	found := false
	for _, m := range o.Owners(path) {
		if !found || m.Time.After(owner.Time) {
			owner, found = m, true
		}
	}
	return owner, found
}

// Owners are all managers that managedFields give the place at path to: with
// server-side apply those who applied the same value share it.
func (o *Object) Owners(path Path) []Manager {
	var owners []Manager
	steps := path.Steps()
	for _, m := range o.Managers {
		if m.Subresource == "" && owns(m.Fields, steps) {
			owners = append(owners, m)
		}
	}
	return owners
}

// Creator is the manager whose entry is the oldest: the nearest thing to "who
// made this object" that the API keeps.
func (o *Object) Creator() (Manager, bool) {
	var first Manager
	found := false
	for _, m := range o.Managers {
		if m.Subresource == "" && (!found || m.Time.Before(first.Time)) {
			first, found = m, true
		}
	}
	return first, found
}

// owns walks a FieldsV1 set. An entry without children below it is a leaf, a
// list owned as a whole, or a map that was set empty: others may own what came
// into it.
func owns(set map[string]any, steps []string) bool {
	if set == nil {
		return false
	}
	for i, step := range steps {
		next, ok := child(set, step)
		if !ok {
			return false
		}
		if len(next) == 0 {
			return i == len(steps)-1 || inList(steps[i+1])
		}
		set = next
	}
	return true
}

// inList tells whether a step leads into a list.
func inList(step string) bool { return step[0] == '[' && !strings.HasPrefix(step, `["`) }

// child finds the set below one step of a path. FieldsV1 writes f:NAME for a
// map entry, i:N for an index, v:JSON for a set member and k:JSON for a keyed
// item.
func child(set map[string]any, step string) (map[string]any, bool) {
	name := ""
	switch {
	case strings.HasPrefix(step, "."):
		name = "f:" + step[1:]
	case strings.HasPrefix(step, `["`):
		key, err := strconv.Unquote(step[1 : len(step)-1])
		if err != nil {
			return nil, false
		}
		name = "f:" + key
	case strings.HasPrefix(step, "[="):
		name = "v:" + step[2:len(step)-1]
	case strings.Contains(step, "="):
		return keyed(set, step)
	default:
		name = "i:" + strings.Trim(step, "[]")
	}
	next, ok := set[name]
	m, _ := next.(map[string]any)
	return m, ok
}

func keyed(set map[string]any, step string) (map[string]any, bool) {
	for name, next := range set {
		key, ok := strings.CutPrefix(name, "k:")
		if !ok {
			continue
		}
		fields, err := DecodeJSON([]byte(key))
		if m, isMap := fields.(map[string]any); err == nil && isMap && string(Path("").Item(m)) == step {
			below, _ := next.(map[string]any)
			return below, true
		}
	}
	return nil, false
}
