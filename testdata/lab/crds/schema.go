package crds

import (
	"encoding/json"
	"maps"
	"slices"

	apiext "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
)

// schema is one node of an OpenAPI schema.
type schema = apiext.JSONSchemaProps

// fields are the properties of an object. A name that ends in "!" is required.
type fields map[string]schema

var (
	text    = schema{Type: "string"}
	number  = schema{Type: "integer"}
	number4 = schema{Type: "integer", Format: "int32"}
	flag    = schema{Type: "boolean"}
	moment  = schema{Type: "string", Format: "date-time"}
)

// object is a map with named fields that keeps fields it does not know.
func object(fs fields) schema {
	s := closed(fs)
	s.XPreserveUnknownFields = new(true)
	return s
}

// closed is a map with named fields that drops fields it does not know.
func closed(fs fields) schema {
	s := schema{Type: "object", Properties: make(map[string]schema, len(fs))}
	for _, name := range slices.Sorted(maps.Keys(fs)) {
		field := fs[name]
		if n := len(name) - 1; name[n] == '!' {
			name = name[:n]
			s.Required = append(s.Required, name)
		}
		s.Properties[name] = field
	}
	return s
}

// table is a map from names the operator chooses to values of one schema.
func table(of schema) schema {
	return schema{Type: "object", AdditionalProperties: &apiext.JSONSchemaPropsOrBool{Allows: true, Schema: &of}}
}

// list is an array owned as a whole.
func list(of schema) schema {
	return schema{Type: "array", Items: &apiext.JSONSchemaPropsOrArray{Schema: &of}}
}

// orNull lets a value be null, which the API server drops otherwise before the
// webhook sees it.
func orNull(s schema) schema {
	s.Nullable = true
	return s
}

// oneOf is a string out of a few.
func oneOf(values ...string) schema {
	s := text
	for _, v := range values {
		s.Enum = append(s.Enum, apiext.JSON{Raw: encode(v)})
	}
	return s
}

// preset is a schema whose absent value the API server fills in.
func preset(s schema, value any) schema {
	s.Default = &apiext.JSON{Raw: encode(value)}
	return s
}

// encode is json.Marshal for values that cannot fail to encode.
func encode(v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return raw
}
