package manifest

import (
	"fmt"

	yamlv3 "go.yaml.in/yaml/v3"

	"selvage/core"
)

// check is the gate: the new text says what is wanted, to both generations of
// parsers.
func (d *docEdit) check(text []byte) error {
	c := chunk{text: text, line: d.chunk.line, content: d.chunk.content}
	values, err := d.limits.decode(c)
	if err != nil {
		return d.refuse(nil, "the edited document would not parse: %s", err.Reason)
	}
	if len(values) != 1 || !core.EqualJSON(values[0], d.want.Any()) {
		return d.refuse(nil, "the edited document would say something else")
	}
	if _, before := decodeJSON(d.chunk.text); before {
		if _, after := decodeJSON(text); !after {
			return d.refuse(nil, "the edited document would no longer be JSON")
		}
	}
	var edited yamlv3.Node
	if yamlv3.Unmarshal(text, &edited) != nil {
		return d.refuse(nil, "the newer parser cannot read the edited document")
	}
	before, after := map[string]int{}, map[string]int{}
	otherwise(&d.root, d.have.Any(), before)
	otherwise(&edited, values[0], after)
	for text, n := range after {
		if n > before[text] {
			return d.refuse(nil, "%s would be read in two ways", text)
		}
	}
	return nil
}

// otherwise counts, by what they are, the nodes that the newer parser reads
// otherwise than the decoder did. Aliases and merges are not followed: nothing is
// edited there.
func otherwise(n *yamlv3.Node, v any, count map[string]int) {
	switch n.Kind {
	case yamlv3.DocumentNode:
		for _, c := range n.Content {
			otherwise(c, v, count)
		}
	case yamlv3.MappingNode:
		m, ok := v.(map[string]any)
		if !ok || len(m) != len(n.Content)/2 {
			count["a map"]++
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			if key.Tag == "!!merge" {
				count["a map"]--
				return
			}
			e, ok := m[key.Value]
			if !ok {
				count[fmt.Sprintf("the key %q", key.Value)]++
				continue
			}
			otherwise(n.Content[i+1], e, count)
		}
	case yamlv3.SequenceNode:
		list, ok := v.([]any)
		if !ok || len(list) != len(n.Content) {
			count["a list"]++
			return
		}
		for i, c := range n.Content {
			otherwise(c, list[i], count)
		}
	case yamlv3.ScalarNode:
		if !readAs(n, v) {
			count[fmt.Sprintf("%q", n.Value)]++
		}
	case yamlv3.AliasNode:
	}
}

// readAs tells whether the newer parser reads a scalar as a value.
func readAs(n *yamlv3.Node, v any) bool {
	if n.ShortTag() == "!!str" {
		return v == n.Value
	}
	var young any
	if n.Decode(&young) != nil {
		return false
	}
	switch t := young.(type) {
	case int:
		young = int64(t)
	case uint64:
		young = float64(t)
	case nil, bool, int64, float64:
	default:
		return false
	}
	return core.EqualJSON(young, v)
}
