package hedgehog

import (
	"encoding/json"
	"strings"
)

// Path is the way to a field: map keys from the object's root. Lists are values here, as they are for server-side apply
// under Hedgehog's schemas, which name no list type: a list is owned, set and removed as a whole.
type Path []string

// String writes the path as selvage does: .spec.portSpeeds["E1/1"]; the object itself is ".", and no path is "".
func (p Path) String() string {
	if p == nil {
		return ""
	}
	if len(p) == 0 {
		return "."
	}
	var b strings.Builder
	for _, key := range p {
		if bareKey(key) {
			b.WriteString("." + key)
			continue
		}
		quoted, _ := json.Marshal(key)
		b.WriteString("[" + string(quoted) + "]")
	}
	return b.String()
}

// bareKey: letters, digits, _ and -, beginning with a letter.
func bareKey(key string) bool {
	for i := range len(key) {
		c := key[i]
		if !isLetter(c) && (i == 0 || (c < '0' || c > '9') && c != '_' && c != '-') {
			return false
		}
	}
	return key != ""
}

// At answers the value at the path, and whether there is one.
func (p Path) At(obj map[string]any) (any, bool) {
	var v any = obj
	for _, key := range p {
		m, ok := v.(map[string]any)
		if !ok {
			return nil, false
		}
		if v, ok = m[key]; !ok {
			return nil, false
		}
	}
	return v, true
}

// set writes a value, making a map of everything on the way that is none, and answers the shallowest path that was not there before: the root of
// what it added, or the path itself.
func (p Path) set(obj map[string]any, value any) Path {
	root := p
	for i, key := range p[:len(p)-1] {
		if mapAt(obj, key) == nil {
			if len(root) == len(p) {
				root = p[:i+1]
			}
			obj[key] = map[string]any{}
		}
		obj = mapAt(obj, key)
	}
	obj[p[len(p)-1]] = Clone(value)
	return root
}

// remove deletes the field, if it is there. Maps that become empty stay.
func (p Path) remove(obj map[string]any) {
	if v, ok := p[:len(p)-1].At(obj); ok {
		if m, ok := v.(map[string]any); ok {
			delete(m, p[len(p)-1])
		}
	}
}

// child answers the path of a key below p, sharing nothing with it.
func (p Path) child(keys ...string) Path { return append(p[:len(p):len(p)], keys...) }
