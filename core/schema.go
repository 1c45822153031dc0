package core

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
