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
