package core

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Path names a place inside an object, in the one grammar that JSON output,
// --field, ignore and policy rules share:
//
//	.key                a map entry whose key is letters, digits, _ and -, and
//	                    starts with none of the last three
//	["any key"]         any other map entry, as a JSON string
//	[0]                 a list item, by its index in Git's order
//	[k=v,k2=v2]         a list item, by the fields that identify it
//	[=v]                a member of a set
//	*                   one step of any kind, in rules only
//
// The whole object is [Root].
type Path string

// Root is the path of a whole object.
const Root Path = "."

// Key is the path of entry k of the map at p.
func (p Path) Key(k string) Path {
	if plainKey(k) {
		return p.join("." + k)
	}
	return p.join("[" + string(CanonicalJSON(k)) + "]")
}

// Index is the path of item i of the list at p.
func (p Path) Index(i int) Path { return p.join("[" + strconv.Itoa(i) + "]") }

// Item is the path of the list item at p whose identifying fields are fields.
func (p Path) Item(fields map[string]any) Path {
	parts := make([]string, 0, len(fields))
	for _, k := range slices.Sorted(maps.Keys(fields)) {
		parts = append(parts, k+"="+string(CanonicalJSON(fields[k])))
	}
	return p.join("[" + strings.Join(parts, ",") + "]")
}

// Element is the path of member v of the set at p.
func (p Path) Element(v any) Path { return p.join("[=" + string(CanonicalJSON(v)) + "]") }

// Join is the path of what stands at below inside of what stands at p.
func (p Path) Join(below Path) Path {
	if below == Root {
		return p
	}
	return p.join(string(below))
}

func (p Path) join(step string) Path {
	if p == Root {
		p = ""
	}
	return p + Path(step)
}

func plainKey(k string) bool {
	for i := 0; i < len(k); i++ {
		c := k[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || c != '_' && c != '-' && (c < '0' || c > '9')) {
			return false
		}
	}
	return k != ""
}

// Steps splits the path into its steps, each still in the form it has in the
// path (".spec", "[0]", `["a.b"]`). The root has none. Whatever does not
// follow the grammar ends up in one last step, so that joining the steps gives
// the path back.
func (p Path) Steps() []string {
	if p == Root {
		return nil
	}
	var steps []string
	for p != "" {
		var step string
		step, p = p.cut()
		steps = append(steps, step)
	}
	return steps
}

// cut takes the first step off a path that has one.
func (p Path) cut() (step string, rest Path) {
	n := stepLen(string(p))
	return string(p[:n]), p[n:]
}

// StepKey is the map key that a step of a path names, false where it names a
// list item.
func StepKey(step string) (string, bool) {
	if key, ok := strings.CutPrefix(step, "."); ok {
		return key, true
	}
	if !strings.HasPrefix(step, `["`) {
		return "", false
	}
	v, err := stepValue(strings.TrimSuffix(step[1:], "]"))
	key, ok := v.(string)
	return key, err == nil && ok
}

// stepValue is the JSON value that a step holds. Most are strings that stand
// for themselves, and a decoder costs far more than to find the place.
func stepValue(text string) (any, error) {
	if n := len(text) - 1; n > 0 && text[0] == '"' && text[n] == '"' && plainText(text[1:n]) {
		return text[1:n], nil
	}
	return DecodeJSON([]byte(text))
}

// stepIndex is the index of the list item that a step names by it, false for
// every other step.
func stepIndex(step string) (int, bool) {
	if len(step) < 3 || step[0] != '[' || step[1] < '0' || step[1] > '9' {
		return 0, false
	}
	i, err := strconv.Atoi(strings.TrimSuffix(step[1:], "]"))
	return i, err == nil
}

// Unit is the list that the path leads into by an index, the outermost one if
// there are several: no item of it is known by itself, so it is decided as one.
// It is "" where the path leads into no such list.
func (p Path) Unit() Path {
	for rest := p; rest != ""; {
		list := p[:len(p)-len(rest)]
		var step string
		step, rest = rest.cut()
		if _, ok := stepIndex(step); ok {
			return cmp.Or(list, Root)
		}
	}
	return ""
}

func stepLen(s string) int {
	switch s[0] {
	case '.':
		if i := strings.IndexAny(s[1:], ".["); i >= 0 {
			return i + 1
		}
	case '[':
		quoted, open := false, 0
		for i := 0; i < len(s); i++ {
			switch {
			case quoted && s[i] == '\\':
				i++
			case s[i] == '"':
				quoted = !quoted
			case s[i] == '[' && !quoted: // a member of a set may be a list
				open++
			case s[i] == ']' && !quoted:
				if open--; open == 0 {
					return i + 1
				}
			}
		}
	}
	return len(s)
}

// Under tells whether p is q or lies below it.
func (p Path) Under(q Path) bool {
	if q == Root || p == q {
		return true
	}
	rest, ok := strings.CutPrefix(string(p), string(q))
	return ok && (rest[0] == '.' || rest[0] == '[')
}

// Match tells whether the path, or one above it, fits the pattern, in which *
// stands for any one step: ".spec.ports[*].speed", ".spec.subnets.*.vlan".
func (p Path) Match(pattern Path) bool {
	want, have := pattern.Steps(), p.Steps()
	if len(want) > len(have) {
		return false
	}
	for i, w := range want {
		if w != ".*" && w != "[*]" && w != have[i] {
			return false
		}
	}
	return true
}
