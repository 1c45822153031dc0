package tui

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"selvage/core"
	"selvage/core/safe"
)

// inline shows a value on one line: a string as it is where it cannot be taken
// for anything else, whatever has parts as JSON.
func inline(v any) safe.Text {
	switch t := v.(type) {
	case string:
		return safe.Clean(scalar(t))
	case nil:
		return safe.Lit("null")
	default:
		return safe.Clean(string(core.CanonicalJSON(t)))
	}
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
	return string(core.CanonicalJSON(s))
}

// block shows a value as YAML does, a line for each of its leaves; a scalar is
// one line.
func block(v any) []safe.Text {
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
					lines = append(lines, fmt.Sprintf("%s%s: %s", lead, scalar(k), inline(t[k])))
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
			lines = append(lines, lead+inline(t).String())
		}
	}
	walk(v, "", "")
	texts := make([]safe.Text, len(lines))
	for i, l := range lines {
		texts[i] = safe.Clean(l)
	}
	return texts
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
