package drift

import "selvage/core"

// Shape tells how the lists of a kind are identified: by the rules, and by the
// schema of the fabric where it is known. It is what a merge of the kind's
// objects goes by; values are not described.
func (c *Comparer) Shape(gk core.GroupKind, schema *core.Schema) *core.SchemaNode {
	return c.table(gk, schema).root.shaped()
}

func (n *node) shaped() *core.SchemaNode {
	if n == nil {
		return nil
	}
	out := &core.SchemaNode{Values: n.any.shaped(), Items: n.item().shaped(), Keys: n.keys, Set: n.set}
	for name, kid := range n.kids {
		if name == anyItem {
			continue
		}
		if out.Properties == nil {
			out.Properties = map[string]*core.SchemaNode{}
		}
		out.Properties[name] = kid.shaped()
	}
	return out
}
