package hedgehog

import (
	"slices"
	"strings"
)

// Decoded objects are plain JSON values. The readers below answer the zero value for a field that is absent, null or of
// another type, as a Go decoder with omitempty fields would see it; the setters never overwrite a value of another type.

func mapAt(m map[string]any, key string) map[string]any {
	v, _ := m[key].(map[string]any)
	return v
}

func listAt(m map[string]any, key string) []any {
	v, _ := m[key].([]any)
	return v
}

func stringAt(m map[string]any, key string) string {
	v, _ := m[key].(string)
	return v
}

func boolAt(m map[string]any, key string) bool {
	v, _ := m[key].(bool)
	return v
}

// intAt answers a number whichever decoder made it; a fraction counts as another type.
func intAt(m map[string]any, key string) (int64, bool) {
	switch v := m[key].(type) {
	case int64:
		return v, true
	case int:
		return int64(v), true
	case float64:
		return int64(v), v == float64(int64(v))
	}
	return 0, false
}

// unset reports that Go would see no value under key: absent or null.
func unset(m map[string]any, key string) bool { return m[key] == nil }

// zero reports that Go would see the zero value under key: unset, "", 0, false, or an empty list or map.
func zero(m map[string]any, key string) bool {
	switch v := m[key].(type) {
	case nil:
		return true
	case string:
		return v == ""
	case bool:
		return !v
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	n, ok := intAt(m, key)
	return ok && n == 0
}

// setDefault writes value where Go would see the zero value of value's type.
func setDefault(m map[string]any, key string, value any) {
	if zero(m, key) {
		m[key] = value
	}
}

// sortStrings sorts a list of strings in place; a list that holds anything else is left as it is.
func sortStrings(m map[string]any, key string) {
	list := listAt(m, key)
	for _, v := range list {
		if _, ok := v.(string); !ok {
			return
		}
	}
	slices.SortFunc(list, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
}

// sortMaps sorts a list of maps in place by string fields, stably; a list that holds anything else is left as it is.
func sortMaps(list []any, fields ...string) {
	for _, v := range list {
		if _, ok := v.(map[string]any); !ok {
			return
		}
	}
	slices.SortStableFunc(list, func(a, b any) int {
		for _, f := range fields {
			if c := strings.Compare(stringAt(a.(map[string]any), f), stringAt(b.(map[string]any), f)); c != 0 {
				return c
			}
		}
		return 0
	})
}

// stringsAt answers the strings of a list, leaving anything else out.
func stringsAt(m map[string]any, key string) []string {
	var out []string
	for _, v := range listAt(m, key) {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// sortedKeys answers the keys of m in byte order, so that nothing depends on the order of a map.
func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Clone copies a decoded value deeply.
func Clone(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, x := range v {
			out[k] = Clone(x)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = Clone(x)
		}
		return out
	}
	return v
}
