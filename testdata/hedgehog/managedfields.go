package hedgehog

import (
	"reflect"
	"slices"
	"strings"
	"time"
)

// fieldSet is a set of paths in the form of FieldsV1: {"f:spec": {"f:subnets": {"f:one": {".": {}, "f:vlan": {}}}}}. A
// node without children is a member; one with children is a member if it holds ".".
type fieldSet map[string]any

const self = "."

func (s fieldSet) insert(p Path) {
	node := map[string]any(s)
	for i, key := range p {
		next, ok := node["f:"+key].(map[string]any)
		if !ok {
			next = map[string]any{}
			node["f:"+key] = next
		} else if len(next) == 0 && i < len(p)-1 {
			next[self] = map[string]any{}
		}
		node = next
	}
	if len(node) > 0 {
		node[self] = map[string]any{}
	}
}

// remove takes out the member at p, and if all is true everything below it; nodes that hold nothing any more go.
func (s fieldSet) remove(p Path, all bool) {
	key := "f:" + p[0]
	node := mapAt(s, key)
	switch {
	case len(node) == 0:
		if len(p) == 1 {
			delete(s, key)
		}
	case len(p) == 1 && all:
		delete(s, key)
	case len(p) == 1:
		delete(node, self)
	default:
		fieldSet(node).remove(p[1:], all)
		if len(node) == 0 {
			delete(s, key)
		} else if _, member := node[self]; member && len(node) == 1 {
			delete(node, self) // alone, a member is written {}
		}
	}
}

// appliedSet answers what server-side apply gives the manager of a manifest: its leaves, lists whole; empty and null maps;
// and the entries of maps whose keys the schema does not know. Type, name and namespace are nobody's.
func appliedSet(manifest map[string]any) fieldSet {
	s := fieldSet{}
	kind := stringAt(manifest, "kind")
	walkOwned(manifest, nil, func(p Path, v any) {
		m, isMap := v.(map[string]any)
		if !isMap || len(m) == 0 || freeKeyed(kind, p) {
			s.insert(p)
		}
	})
	return s
}

// createdSet answers what a POST gives its manager: every leaf and every map.
func createdSet(obj map[string]any) fieldSet {
	s := fieldSet{}
	walkOwned(obj, nil, func(p Path, _ any) { s.insert(p) })
	return s
}

// walkOwned visits every field below obj that a manager may own, parents first.
func walkOwned(obj map[string]any, at Path, visit func(Path, any)) {
	for _, key := range sortedKeys(obj) {
		p := at.child(key)
		if systemField(p) {
			continue
		}
		v := obj[key]
		if len(p) > 1 || key != "metadata" {
			visit(p, v)
		}
		if m, ok := v.(map[string]any); ok {
			walkOwned(m, p, visit)
		}
	}
}

// systemField reports what managedFields leaves out.
func systemField(p Path) bool {
	if len(p) == 1 {
		return p[0] == "apiVersion" || p[0] == "kind" || p[0] == "status"
	}
	return len(p) == 2 && p[0] == "metadata" && !slices.Contains([]string{"labels", "annotations", "finalizers", "ownerReferences"}, p[1])
}

// freeKeyed reports that p is an entry of a map whose keys are data, as the schema of v0.129.1 has it.
func freeKeyed(kind string, p Path) bool {
	if len(p) < 3 || p[0] != "spec" {
		return false
	}
	parent := strings.Join(p[1:len(p)-1], "/")
	switch kind {
	case "VPC":
		return parent == "subnets" || len(p) > 4 && p[1] == "subnets" &&
			(p[3] == "hostBGPExtraPrefixes" && len(p) == 5 || p[3] == "dhcp" && p[4] == "static" && len(p) == 6)
	case "Gateway":
		return parent == "interfaces"
	case "GatewayPeering":
		return parent == "peering"
	}
	return false
}

// recordUpdate changes the managedFields of after, which somebody made of before with an update or a patch: what he
// added or changed is his and leaves the other entries, what he removed leaves all. A removal names nobody.
func recordUpdate(before, after map[string]any, manager string, at time.Time) {
	var gained, lost []Path
	compareOwned(before, after, nil, func(p Path) { gained = append(gained, p) }, func(p Path) { lost = append(lost, p) })
	meta := mapAt(after, "metadata")
	var entries []any
	var own map[string]any
	for _, v := range listAt(meta, "managedFields") {
		entry, ok := v.(map[string]any)
		if !ok {
			continue
		}
		fields := fieldSet(mapAt(entry, "fieldsV1"))
		for _, p := range lost {
			fields.remove(p, true)
		}
		if entry["manager"] == manager && entry["operation"] == "Update" && unset(entry, "subresource") {
			own = entry
			continue
		}
		for _, p := range gained {
			fields.remove(p, false)
		}
		if len(fields) > 0 {
			entries = append(entries, entry)
		}
	}
	if own == nil {
		own = managerEntry(manager, "Update", stringAt(after, "apiVersion"), fieldSet{}, at)
	}
	if len(gained) > 0 {
		own["time"] = timestamp(at)
	}
	fields := fieldSet(mapAt(own, "fieldsV1"))
	for _, p := range gained {
		fields.insert(p)
	}
	if len(fields) > 0 {
		entries = append(entries, own)
	}
	slices.SortStableFunc(entries, func(a, b any) int { return strings.Compare(entryOrder(a), entryOrder(b)) })
	meta["managedFields"] = entries
}

// entryOrder sorts entries as the API server does: by operation, time, manager.
func entryOrder(v any) string {
	e, _ := v.(map[string]any)
	return stringAt(e, "operation") + " " + stringAt(e, "time") + " " + stringAt(e, "manager")
}

// compareOwned tells what differs: gained is added or changed (of an addition every map and leaf), lost is the root of
// what went.
func compareOwned(before, after map[string]any, at Path, gained, lost func(Path)) {
	for _, key := range sortedKeys(before) {
		if p := at.child(key); !systemField(p) {
			if _, still := after[key]; !still {
				lost(p)
			}
		}
	}
	for _, key := range sortedKeys(after) {
		p := at.child(key)
		if systemField(p) {
			continue
		}
		old, had := before[key]
		was, wasMap := old.(map[string]any)
		is, isMap := after[key].(map[string]any)
		switch {
		case wasMap && isMap:
			compareOwned(was, is, p, gained, lost)
		case had && reflect.DeepEqual(old, after[key]):
		default:
			if wasMap {
				lost(p)
			}
			gained(p)
			if isMap {
				walkOwned(is, p, func(p Path, _ any) { gained(p) })
			}
		}
	}
}

func managerEntry(manager, operation, apiVersion string, fields fieldSet, at time.Time) map[string]any {
	return map[string]any{
		"manager": manager, "operation": operation, "apiVersion": apiVersion,
		"time": timestamp(at), "fieldsType": "FieldsV1", "fieldsV1": map[string]any(fields),
	}
}

// timestamp writes a time as the API server does: UTC, whole seconds.
func timestamp(at time.Time) string { return at.UTC().Format(time.RFC3339) }
