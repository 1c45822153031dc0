package openapi

import (
	"errors"
	"fmt"

	"selvage/core"
)

// errNoDocument tells of an answer that is no OpenAPI document.
var errNoDocument = errors.New("no OpenAPI v3 document")

// Published reads the document that an API server publishes for one version of
// one group, /openapi/v3/apis/GROUP/VERSION, into the shapes of its kinds by
// their names. Other schemas in it, of lists and options, are left out.
func Published(data []byte, group, version string) (map[string]*core.SchemaNode, error) {
	v, err := core.DecodeJSON(data)
	if err != nil {
		return nil, fmt.Errorf("read OpenAPI document: %w", err)
	}
	doc, _ := v.(map[string]any)
	components, _ := doc["components"].(map[string]any)
	named, ok := components["schemas"].(map[string]any)
	if !ok {
		return nil, errNoDocument
	}
	kinds := map[string]*core.SchemaNode{}
	r := newReader(named)
	for _, v := range named {
		schema, _ := v.(map[string]any)
		if kind := kindOf(schema, group, version); kind != "" {
			kinds[kind] = r.node(schema, 0)
		}
	}
	return kinds, nil
}

// kindOf is the one kind of a group's version that a schema is of, "" where it
// is of none. Options that are common to all kinds name very many.
func kindOf(schema map[string]any, group, version string) string {
	list, _ := schema["x-kubernetes-group-version-kind"].([]any)
	if len(list) != 1 {
		return ""
	}
	named, _ := list[0].(map[string]any)
	kind, _ := named["kind"].(string)
	if named["group"] != group || named["version"] != version {
		return ""
	}
	return kind
}
