package core

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// ErrNoPath tells that a text does not follow the grammar of [Path].
var ErrNoPath = errors.New("no path")

// ParsePath reads a path that a person wrote, and gives it the one form in
// which paths are compared: quoted keys that need no quotes lose them, and
// identifying fields are in order. It errs with [ErrNoPath], and on a *, which
// stands in rules only.
func ParsePath(s string) (Path, error) {
	p, err := ParsePattern(s)
	if err != nil {
		return "", err
	}
	for _, step := range p.Steps() {
		if step == ".*" || step == "[*]" {
			return "", fmt.Errorf("%q is %w of an object: * stands in rules only", s, ErrNoPath)
		}
	}
	return p, nil
}

// ParsePattern is [ParsePath] with * for any one step, for rules.
func ParsePattern(s string) (Path, error) {
	p := Root
	if s == string(Root) {
		return p, nil
	}
	steps := Path(s).Steps()
	if len(steps) == 0 {
		return "", fmt.Errorf("%q is %w", s, ErrNoPath)
	}
	for _, step := range steps {
		next, ok := p.step(step)
		if !ok {
			return "", fmt.Errorf("%q is %w: %q is no step of one", s, ErrNoPath, step)
		}
		p = next
	}
	return p, nil
}

var (
	indexStep = regexp.MustCompile(`^(0|[1-9][0-9]{0,8})$`)
	fieldName = regexp.MustCompile(`^([^\s=,"\[\]]+)=`)
)

// step is the path with one more step, read from its text.
func (p Path) step(text string) (Path, bool) {
	if text == ".*" || text == "[*]" {
		return p.join(text), true
	}
	if key, ok := strings.CutPrefix(text, "."); ok {
		return p.Key(key), plainKey(key)
	}
	inner, ok := strings.CutPrefix(text, "[")
	if !ok || !strings.HasSuffix(inner, "]") {
		return "", false
	}
	inner = strings.TrimSuffix(inner, "]")
	if indexStep.MatchString(inner) {
		return p.join(text), true
	}
	if value, ok := strings.CutPrefix(inner, "="); ok {
		v, err := DecodeJSON([]byte(value))
		return p.Element(v), err == nil
	}
	if v, err := DecodeJSON([]byte(inner)); err == nil {
		key, ok := v.(string)
		return p.Key(key), ok
	}
	fields, ok := identity(inner)
	return p.Item(fields), ok
}

// identity reads what stands between the brackets of a keyed step: the fields
// that identify an item.
func identity(inner string) (map[string]any, bool) {
	fields := map[string]any{}
	for inner != "" {
		m := fieldName.FindStringSubmatch(inner)
		if m == nil || fields[m[1]] != nil {
			return nil, false
		}
		inner = inner[len(m[0]):]
		end := valueEnd(inner)
		v, err := stepValue(inner[:end])
		if err != nil || v == nil || end == len(inner)-1 {
			return nil, false
		}
		fields[m[1]] = v
		inner = inner[min(end+1, len(inner)):]
	}
	return fields, len(fields) > 0
}

// valueEnd is the length of the JSON scalar that s begins with, up to the comma
// behind it.
func valueEnd(s string) int {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case quoted && s[i] == '\\':
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == ',' && !quoted:
			return i
		}
	}
	return len(s)
}
