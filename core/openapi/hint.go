package openapi

import (
	"strings"

	"selvage/core"
)

// maxSays is how much of a description is kept.
const maxSays = 200

// hint is what a place tells a person who types a value there.
func hint(s map[string]any) core.SchemaHint {
	text := func(key string) string {
		t, _ := s[key].(string)
		return t
	}
	h := core.SchemaHint{Type: text("type"), Format: text("format"), Pattern: text("pattern"), Says: sentence(text("description"))}
	if h.Type == "object" || h.Type == "array" {
		h.Type = "" // whoever types one sees what it is
	}
	if s["x-kubernetes-int-or-string"] == true {
		h.Type = ""
	}
	values, _ := s["enum"].([]any)
	for _, v := range values {
		h.Enum = append(h.Enum, core.ValueOf(v))
	}
	if v, ok := s["minimum"]; ok {
		h.Least = core.ValueOf(v)
	}
	if v, ok := s["maximum"]; ok {
		h.Most = core.ValueOf(v)
	}
	if n, ok := s["maxLength"].(int64); ok {
		h.Longest = int(n)
	}
	return h
}

// sentence is the first sentence of a text, on one line.
func sentence(s string) string {
	s, _, _ = strings.Cut(s, "\n\n")
	s = strings.Join(strings.Fields(s), " ")
	if at := strings.Index(s, ". "); at > 0 {
		s = s[:at+1]
	}
	if r := []rune(s); len(r) > maxSays {
		s = string(r[:maxSays-2]) + ".."
	}
	return strings.Clone(s)
}
