package core

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Inline shows a decoded JSON value on one line: a string as it is where it
// cannot be taken for anything else, whatever has parts as JSON. It is for
// people and still to be cleaned for a terminal.
func Inline(v any) string {
	switch t := v.(type) {
	case string:
		return scalar(t)
	case nil:
		return "null"
	default:
		return string(CanonicalJSON(t))
	}
}

// Block shows a decoded JSON value as YAML does, a line for each of its leaves;
// a scalar is one line, as [Inline] has it.
func Block(v any) []string {
	lines := []string{}
	var walk func(v any, lead, rest string)
	walk = func(v any, lead, rest string) {
		switch t := v.(type) {
		case map[string]any:
			if len(t) == 0 {
				lines = append(lines, lead+"{}")
			}
			for _, k := range slices.Sorted(maps.Keys(t)) {
				if scalarOrEmpty(t[k]) {
					lines = append(lines, fmt.Sprintf("%s%s: %s", lead, scalar(k), Inline(t[k])))
				} else {
					lines = append(lines, fmt.Sprintf("%s%s:", lead, scalar(k)))
					walk(t[k], rest+"  ", rest+"  ")
				}
				lead = rest
			}
		case []any:
			if len(t) == 0 {
				lines = append(lines, lead+"[]")
			}
			for _, item := range t {
				walk(item, lead+"- ", rest+"  ")
				lead = rest
			}
		default:
			lines = append(lines, lead+Inline(t))
		}
	}
	walk(v, "", "")
	return lines
}

// scalar quotes a string that would read as something else: a number, a truth
// value, nothing at all, or more than one line.
func scalar(s string) string {
	plain := s != "" && strings.TrimSpace(s) == s && !strings.ContainsAny(s, "\n\r\t\"\\") &&
		!strings.ContainsAny(s[:1], "{[&*!|>%@`'\"#-?:,") && !strings.Contains(s, ": ") && !strings.Contains(s, " #")
	switch strings.ToLower(s) {
	case "null", "~", "true", "false", "yes", "no", "on", "off", "y", "n":
		plain = false
	}
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		plain = false
	}
	if plain {
		return s
	}
	return string(CanonicalJSON(s))
}

// BlockObject shows a whole object as [Block] does, without the labels and annotations
// that are none.
func BlockObject(v Value) []string {
	fields, _ := CloneJSON(v.Any()).(map[string]any)
	if m, ok := fields["metadata"].(map[string]any); ok {
		maps.DeleteFunc(m, func(_ string, v any) bool { return EqualJSON(v, map[string]any{}) })
		if len(m) == 0 {
			delete(fields, "metadata")
		}
	}
	return Block(fields)
}

func scalarOrEmpty(v any) bool {
	switch t := v.(type) {
	case map[string]any:
		return len(t) == 0
	case []any:
		return len(t) == 0
	}
	return true
}
