package webhook

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// operation is one step of a JSON patch (RFC 6902).
type operation struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value any    `json:"value"` // ignored by "remove"
}

// diff returns the steps that turn before into after, in a fixed order.
func diff(before, after map[string]any) []operation {
	return diffMap(nil, "", before, after)
}

func diffMap(ops []operation, path string, before, after map[string]any) []operation {
	for _, key := range slices.Sorted(maps.Keys(before)) {
		if _, kept := after[key]; !kept {
			ops = append(ops, operation{Op: "remove", Path: path + "/" + escape(key)})
		}
	}
	for _, key := range slices.Sorted(maps.Keys(after)) {
		at := path + "/" + escape(key)
		old, had := before[key]
		oldMap, wasMap := old.(map[string]any)
		newMap, isMap := after[key].(map[string]any)
		switch {
		case !had:
			ops = append(ops, operation{Op: "add", Path: at, Value: after[key]})
		case wasMap && isMap:
			ops = diffMap(ops, at, oldMap, newMap)
		case !reflect.DeepEqual(old, after[key]):
			ops = append(ops, operation{Op: "replace", Path: at, Value: after[key]})
		}
	}
	return ops
}

func escape(key string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
}
