package openapi

import (
	"strings"

	"selvage/core"
)

// The limits of what one document may cost. The largest of Hedgehog's kinds has
// some 700 places, 20 deep.
const (
	maxDepth  = 64
	maxPlaces = 50_000
)

// reader reads the schemas of one document.
type reader struct {
	named map[string]any  // what references lead to
	open  map[string]bool // references that are being followed
	left  int             // places that may still be made
}

func newReader(named map[string]any) *reader {
	return &reader{named: named, open: map[string]bool{}, left: maxPlaces}
}

// unknown is a place of which nothing is known: it may hold anything.
func unknown() *core.SchemaNode { return &core.SchemaNode{Open: true} }

// node reads one place. It is never nil.
func (r *reader) node(v any, depth int) *core.SchemaNode {
	s, ok := v.(map[string]any)
	if !ok || depth > maxDepth || r.left == 0 {
		return unknown()
	}
	r.left--
	n := r.referred(s, depth)
	if n == nil {
		n = &core.SchemaNode{}
		r.fill(n, s, depth)
	}
	switch h := hint(s); {
	case h.Empty():
	case n.Hint == nil:
		n.Hint = &h
	case h.Says != "":
		n.Hint.Says = h.Says // beside a reference it is about this place
	}
	if d, ok := s["default"]; ok {
		n.Default = core.ValueOf(d)
	}
	return n
}

// referred is the place that a reference leads to, nil where s is none. What is
// published writes one beside a default as allOf of a single one.
func (r *reader) referred(s map[string]any, depth int) *core.SchemaNode {
	if all, ok := s["allOf"].([]any); ok && len(all) == 1 && s["properties"] == nil {
		return r.node(all[0], depth+1)
	}
	ref, ok := s["$ref"].(string)
	if !ok {
		return nil
	}
	name, local := strings.CutPrefix(ref, "#/components/schemas/")
	if !local || r.open[name] {
		return unknown()
	}
	r.open[name] = true
	defer delete(r.open, name)
	return r.node(r.named[name], depth+1)
}

func (r *reader) fill(n *core.SchemaNode, s map[string]any, depth int) {
	if properties, ok := s["properties"].(map[string]any); ok {
		n.Properties = make(map[string]*core.SchemaNode, len(properties))
		for name, p := range properties {
			n.Properties[name] = r.node(p, depth+1)
		}
	}
	if items, ok := s["items"]; ok {
		n.Items = r.node(items, depth+1)
	}
	switch values := s["additionalProperties"].(type) {
	case bool:
		n.Open = values
	case map[string]any:
		n.Values = r.node(values, depth+1)
	}
	for _, word := range []string{"x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"} {
		if s[word] == true {
			n.Open = true
		}
	}
	if _, typed := s["type"]; !typed && len(n.Properties) == 0 {
		n.Open = true
	}
	switch s["x-kubernetes-list-type"] {
	case "set":
		n.Set = true
	case "map":
		keys, _ := s["x-kubernetes-list-map-keys"].([]any)
		for _, k := range keys {
			if key, ok := k.(string); ok {
				n.Keys = append(n.Keys, key)
			}
		}
	}
}
