package config

import (
	"encoding/json"
	"math"
	"reflect"
	"time"

	"go.yaml.in/yaml/v3"

	"selvage/core"
)

// Schema is the JSON Schema (draft 7) of a configuration file, for editors and
// linters. What is wrong between several keys it does not know; `selvage
// config validate` does. Keys are given to these actions; to any where none is
// named.
func Schema(actions ...string) []byte {
	d := describe()
	s := d.schemaOf(reflect.TypeFor[file]())
	if keys, ok := s["properties"].(map[string]any)["keys"].(map[string]any); ok && len(actions) > 0 {
		keys["propertyNames"] = map[string]any{"enum": actions}
	}
	s["$schema"] = "http://json-schema.org/draft-07/schema#"
	s["title"] = "selvage configuration"
	s["definitions"] = map[string]any{"fabric": d.schemaOf(reflect.TypeFor[Fabric]())}
	out, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil // maps of strings and numbers always encode
	}
	return append(out, '\n')
}

// schemaOf describes a mapping. Nothing in it is required but a fabric's name,
// as any other key may come from the defaults of another file.
func (d *description) schemaOf(t reflect.Type) map[string]any {
	properties := map[string]any{}
	for _, k := range d.keysOf(t) {
		s := d.schemaOfKey(k)
		if _, refers := s["$ref"]; !refers {
			s["description"] = k.doc
		}
		properties[k.name] = s
	}
	return map[string]any{"type": []string{"object", "null"}, "properties": properties, "additionalProperties": false}
}

func (d *description) schemaOfKey(k key) map[string]any {
	s := d.schemaOfType(k)
	var value any
	if k.defaults != nil && yaml.Unmarshal([]byte(k.def), &value) == nil {
		s["default"] = value
	}
	return s
}

func (d *description) schemaOfType(k key) map[string]any {
	t := k.typ
	switch {
	case t == reflect.TypeFor[Fabric]():
		return map[string]any{"$ref": "#/definitions/fabric"}
	case t == reflect.TypeFor[Secret]():
		return map[string]any{"type": nullable("string"), "minLength": 1}
	case t == reflect.TypeFor[core.Value]():
		return map[string]any{}
	case t == reflect.TypeFor[time.Duration]():
		return map[string]any{"type": []string{"string", "integer", "null"}, "pattern": "^0$|" + durationPattern, "minimum": 0, "maximum": 0}
	case t.Kind() == reflect.Pointer:
		return d.schemaOf(t.Elem())
	case t.Kind() == reflect.Struct:
		return d.schemaOf(t)
	case t.Kind() == reflect.Slice:
		return d.schemaOfList(k)
	case t.Kind() == reflect.Map:
		return map[string]any{"type": nullable("object"), "additionalProperties": d.schemaOfType(k.item())}
	case t.Kind() == reflect.Bool:
		return map[string]any{"type": nullable("boolean")}
	case t.Kind() == reflect.Int:
		return map[string]any{"type": nullable("integer"), "minimum": bound(k.min, math.MinInt32), "maximum": bound(k.max, math.MaxInt32)}
	}
	s := map[string]any{"type": nullable("string")}
	if len(k.one) > 0 {
		words := []any{nil}
		for _, w := range k.one {
			words = append(words, w)
		}
		s["enum"] = words
	}
	if p := d.forms[k.form].pattern; p != "" {
		s["pattern"] = p
	}
	return s
}

func (d *description) schemaOfList(k key) map[string]any {
	item := d.schemaOfType(k.item())
	if k.typ.Elem() == reflect.TypeFor[Fabric]() {
		item = map[string]any{"allOf": []any{item, map[string]any{"type": "object", "required": []string{"name"}}}}
	} else {
		notNull(item)
	}
	if k.short != "" {
		short, _ := find(d.keysOf(k.typ.Elem()), k.short)
		word := d.schemaOfType(short)
		notNull(word)
		item = map[string]any{"anyOf": []any{item, word}}
	}
	list := map[string]any{"type": nullable("array"), "items": item}
	if !k.single {
		return list
	}
	return map[string]any{"anyOf": []any{list, item}}
}

func nullable(t string) []string { return []string{t, "null"} }

// notNull makes a schema refuse null, as items of lists do.
func notNull(s map[string]any) {
	if types, ok := s["type"].([]string); ok {
		s["type"] = types[:len(types)-1]
	}
	if words, ok := s["enum"].([]any); ok {
		s["enum"] = words[1:]
	}
}
