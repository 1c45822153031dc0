package core

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"unicode/utf8"
)

// Schema is what a cluster's API says about the shape of a kind's objects, as
// far as a comparison can use it. It is a hint: it may be missing, and says
// nothing about what webhooks do.
type Schema struct {
	// Versions are those that the kind is served at.
	Versions []string
	// Root describes the whole document, nil where only the versions are known.
	Root *SchemaNode
}

// SchemaNode is one place of a [Schema]. A nil node is a place of which nothing
// is known.
type SchemaNode struct {
	// Properties are those of a map with fixed keys: empty and not nil where it has
	// none at all, so that the server drops whatever is put into it.
	Properties map[string]*SchemaNode
	Values     *SchemaNode // of a map with free keys
	Items      *SchemaNode // of a list
	// Open is set where the server keeps fields that the schema does not name.
	Open bool
	// Default is what the server sets where there is nothing.
	Default Value
	// Keys identify the items of a list, Set marks one whose order and
	// repetitions mean nothing.
	Keys []string
	Set  bool
	// Hint is what is said about values here, nil where that is nothing.
	Hint *SchemaHint
}

// SchemaHint is what a schema tells a person who types a value.
type SchemaHint struct {
	Type    string // "integer", "string", …; "" where any will do
	Format  string // "ipv4", "date-time", …
	Pattern string // a regular expression, of JavaScript's kind
	Enum    []Value
	// Least and Most are the range of a number; neither need be there.
	Least, Most Value
	Longest     int    // of a text, in characters; 0 for no limit
	Says        string // the first sentence of its description; may hold anything
}

// Empty tells whether nothing is said.
func (h SchemaHint) Empty() bool {
	return h.Type == "" && h.Format == "" && h.Pattern == "" && len(h.Enum) == 0 && !h.Least.Present() && !h.Most.Present() &&
		h.Longest == 0 && h.Says == ""
}

// Against is what speaks against a value, "" where nothing does. What the server
// then says may be something else: a schema is a hint.
func (h SchemaHint) Against(v Value) string {
	if len(h.Enum) > 0 && !slices.ContainsFunc(h.Enum, v.Equal) {
		return "none of the values that the schema names"
	}
	switch is := v.Any().(type) {
	case string:
		if h.Type != "" && h.Type != "string" {
			return "a text, where the schema has: " + h.Type
		}
		if h.Longest > 0 && utf8.RuneCountInString(is) > h.Longest {
			return fmt.Sprintf("longer than %d characters", h.Longest)
		}
		if re, err := regexp.Compile(h.Pattern); h.Pattern != "" && err == nil && !re.MatchString(is) {
			return "does not match " + h.Pattern
		}
	case int64, float64:
		if h.Type != "" && h.Type != "integer" && h.Type != "number" {
			return "a number, where the schema has: " + h.Type
		}
		n := asFloat(is)
		if h.Least.Present() && n < asFloat(h.Least.Any()) {
			return "less than " + Inline(h.Least.Any())
		}
		if h.Most.Present() && n > asFloat(h.Most.Any()) {
			return "more than " + Inline(h.Most.Any())
		}
		if f, ok := is.(float64); ok && h.Type == "integer" && f != math.Trunc(f) {
			return "a fraction, where the schema has: integer"
		}
	case bool:
		if h.Type != "" && h.Type != "boolean" {
			return "true or false, where the schema has: " + h.Type
		}
	case []any:
		if h.Type != "" {
			return "a list, where the schema has: " + h.Type
		}
	case map[string]any:
		if h.Type != "" {
			return "a map, where the schema has: " + h.Type
		}
	}
	return ""
}

func asFloat(v any) float64 {
	switch n := v.(type) {
	case int64:
		return float64(n)
	case float64:
		return n
	}
	return math.NaN()
}

// Step is what the schema says one step of a path further (see [Path.Steps]), and
// whether there can be anything: known is false of a field that it does not have.
func (n *SchemaNode) Step(step string) (next *SchemaNode, known bool) {
	if n == nil {
		return nil, true
	}
	key, ok := StepKey(step)
	if !ok {
		return n.Items, true
	}
	if next, ok := n.Properties[key]; ok {
		return next, true
	}
	return n.Values, n.Values != nil || n.Open || n.Properties == nil
}

// Below is what the schema says of a path, nil where it says nothing.
func (n *SchemaNode) Below(p Path) *SchemaNode {
	for _, step := range p.Steps() {
		n, _ = n.Step(step)
	}
	return n
}
