package hedgehog

import (
	"reflect"
	"strconv"
)

// Reapply answers what becomes of a live object when a manager applies its manifest once more, by server-side apply with
// force: what the manifest sets is as it says and is the manager's alone where somebody else had changed it; what the
// manager set before, the manifest leaves out and nobody else has taken over is gone; all else stays. Both arguments stay
// as they are. Of the options Now, Manager and Application count.
func Reapply(live, manifest map[string]any, o LiveOptions) map[string]any {
	next := Clone(live).(map[string]any)
	meta := mapAt(next, "metadata")
	if meta == nil {
		return next
	}
	wanted := Clone(manifest).(map[string]any)
	o.track(wanted, RefOf(live))
	now := appliedSet(wanted)
	var entries []any
	before := fieldSet{}
	for _, v := range listAt(meta, "managedFields") {
		entry, _ := v.(map[string]any)
		if entry["manager"] == o.manager() && entry["operation"] == "Apply" {
			before = fieldSet(mapAt(entry, "fieldsV1"))
			continue
		}
		entries = append(entries, entry)
	}
	before.members(nil, func(p Path) {
		if !now.has(p) && !ownedBelow(entries, p) {
			p.remove(next)
		}
	})
	now.members(nil, func(p Path) {
		v, _ := p.At(wanted)
		was, there := p.At(next)
		if m, isMap := v.(map[string]any); isMap && len(m) > 0 || there && reflect.DeepEqual(v, was) {
			return
		}
		p.set(next, v)
		for _, e := range entries {
			fieldSet(mapAt(e.(map[string]any), "fieldsV1")).remove(p, false)
		}
	})
	entry := managerEntry(o.manager(), "Apply", stringAt(wanted, "apiVersion"), now, o.Now)
	meta["managedFields"] = append([]any{entry}, entries...)
	Default(next, o.Now)
	dropNulls(next)
	if same(live, next) {
		return Clone(live).(map[string]any)
	}
	version, _ := strconv.ParseInt(stringAt(meta, "resourceVersion"), 10, 64)
	meta["resourceVersion"] = strconv.FormatInt(version+1, 10)
	if !reflect.DeepEqual(live["spec"], next["spec"]) {
		generation, _ := intAt(meta, "generation")
		meta["generation"] = generation + 1
	}
	return next
}

// same tells whether two states of an object differ in nothing but the times of their entries.
func same(a, b map[string]any) bool {
	strip := func(o map[string]any) any {
		c := Clone(o).(map[string]any)
		for _, e := range listAt(mapAt(c, "metadata"), "managedFields") {
			delete(e.(map[string]any), "time")
		}
		return c
	}
	return reflect.DeepEqual(strip(a), strip(b))
}

// members visits the members of the set, parents first.
func (s fieldSet) members(at Path, visit func(Path)) {
	for _, key := range sortedKeys(s) {
		if key == self {
			continue
		}
		p, node := at.child(key[len("f:"):]), mapAt(s, key)
		if _, member := node[self]; member || len(node) == 0 {
			visit(p)
		}
		fieldSet(node).members(p, visit)
	}
}

// has tells whether p is a member, or holds one.
func (s fieldSet) has(p Path) bool {
	node := map[string]any(s)
	for _, key := range p {
		next, there := node["f:"+key]
		if !there {
			return false
		}
		node, _ = next.(map[string]any)
	}
	return true
}

// ownedBelow tells whether one of the entries owns p or something below it.
func ownedBelow(entries []any, p Path) bool {
	for _, e := range entries {
		if fieldSet(mapAt(e.(map[string]any), "fieldsV1")).has(p) {
			return true
		}
	}
	return false
}
