package openapi

import "selvage/core"

// Definition is a CustomResourceDefinition: a kind that a cluster was taught.
type Definition struct {
	core.GroupKind
	// Schema is the shape of the kind. Its versions are the served ones, that
	// which is stored first; the shape is that of the first.
	Schema core.Schema
}

// DefinitionKind is the kind of the documents that [Define] reads.
func DefinitionKind() core.GroupKind {
	return core.GroupKind{Group: "apiextensions.k8s.io", Kind: "CustomResourceDefinition"}
}

// Define reads a CustomResourceDefinition of version v1; ok tells whether it is
// one. An object of that kind that defines nothing is none.
func Define(o *core.Object) (d Definition, ok bool) {
	spec, _ := o.Fields["spec"].(map[string]any)
	names, _ := spec["names"].(map[string]any)
	d.Group, _ = spec["group"].(string)
	d.Kind, _ = names["kind"].(string)
	if o.Key.GroupKind() != DefinitionKind() || d.Group == "" || d.Kind == "" {
		return Definition{}, false
	}
	versions, _ := spec["versions"].([]any)
	for _, v := range versions {
		version, _ := v.(map[string]any)
		name, _ := version["name"].(string)
		if name == "" || version["served"] != true {
			continue
		}
		first := len(d.Schema.Versions) == 0
		if version["storage"] == true && !first {
			d.Schema.Versions = append([]string{name}, d.Schema.Versions...)
			first = true
		} else {
			d.Schema.Versions = append(d.Schema.Versions, name)
		}
		if first {
			d.Schema.Root = shape(version)
		}
	}
	return d, true
}

// shape is that of the objects of one version, nil where it has none. What
// every object has is in it, for definitions leave it out.
func shape(version map[string]any) *core.SchemaNode {
	schema, _ := version["schema"].(map[string]any)
	root, ok := schema["openAPIV3Schema"].(map[string]any)
	if !ok {
		return nil
	}
	n := newReader(nil).node(root, 0)
	if n.Properties == nil {
		n.Properties = map[string]*core.SchemaNode{}
	}
	n.Properties["apiVersion"], n.Properties["kind"], n.Properties["metadata"] = &core.SchemaNode{}, &core.SchemaNode{}, unknown()
	return n
}
