package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// accepts checks a YAML document by the part of JSON Schema that [Schema]
// uses, and errs on any other part.
func accepts(schema []byte, content string) error {
	var root map[string]any
	if err := json.Unmarshal(schema, &root); err != nil {
		return err
	}
	var doc any
	if err := yaml.Unmarshal([]byte(content), &doc); err != nil {
		return err
	}
	return checker{root}.check(root, doc, "")
}

type checker struct{ root map[string]any }

func (c checker) check(s map[string]any, v any, at string) error {
	for word, arg := range s {
		if err := c.word(s, word, arg, v, at); err != nil {
			return err
		}
	}
	return nil
}

func (c checker) word(s map[string]any, word string, arg, v any, at string) error {
	text, isText := v.(string)
	number, isNumber := v.(int)
	switch word {
	case "$schema", "title", "description", "default", "definitions", "properties":
	case "$ref":
		name := strings.TrimPrefix(arg.(string), "#/definitions/")
		return c.check(c.root["definitions"].(map[string]any)[name].(map[string]any), v, at)
	case "type":
		types, ok := arg.([]any)
		if !ok {
			types = []any{arg}
		}
		if !slices.Contains(types, any(typeOf(v))) {
			return fmt.Errorf("%s: %v is no %v", at, v, types)
		}
	case "enum":
		if !slices.Contains(arg.([]any), v) {
			return fmt.Errorf("%s: %v is none of %v", at, v, arg)
		}
	case "pattern":
		if isText && !regexp.MustCompile(arg.(string)).MatchString(text) {
			return fmt.Errorf("%s: %q does not match %s", at, text, arg)
		}
	case "minLength":
		if isText && len(text) < int(arg.(float64)) {
			return fmt.Errorf("%s: too short", at)
		}
	case "minimum":
		if isNumber && float64(number) < arg.(float64) {
			return fmt.Errorf("%s: %d is below %v", at, number, arg)
		}
	case "maximum":
		if isNumber && float64(number) > arg.(float64) {
			return fmt.Errorf("%s: %d is above %v", at, number, arg)
		}
	case "required":
		if m, ok := v.(map[string]any); ok {
			for _, k := range arg.([]any) {
				if _, ok := m[k.(string)]; !ok {
					return fmt.Errorf("%s: no %s", at, k)
				}
			}
		}
	case "additionalProperties":
		return c.properties(s, arg, v, at)
	case "items":
		list, _ := v.([]any)
		for i, e := range list {
			if err := c.check(arg.(map[string]any), e, fmt.Sprintf("%s[%d]", at, i)); err != nil {
				return err
			}
		}
	case "allOf", "anyOf":
		return c.several(word, arg.([]any), v, at)
	default:
		return fmt.Errorf("%s: the check does not know %q", at, word)
	}
	return nil
}

func (c checker) several(word string, all []any, v any, at string) error {
	var errs []error
	for _, s := range all {
		if err := c.check(s.(map[string]any), v, at); err != nil {
			errs = append(errs, err)
		}
	}
	if word == "allOf" && len(errs) > 0 || len(errs) == len(all) {
		return errors.Join(errs...)
	}
	return nil
}

func (c checker) properties(s map[string]any, other, v any, at string) error {
	known, _ := s["properties"].(map[string]any)
	m, _ := v.(map[string]any)
	for k, e := range m {
		p, ok := known[k].(map[string]any)
		if !ok {
			if p, ok = other.(map[string]any); !ok && other == false {
				return fmt.Errorf("%s: unknown key %q", at, k)
			}
		}
		if err := c.check(p, e, at+"."+k); err != nil {
			return err
		}
	}
	return nil
}

func typeOf(v any) string {
	switch n := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string, time.Time: // JSON has no times
		return "string"
	case float64:
		if n == math.Trunc(n) {
			return "integer"
		}
		return "number"
	case int, int64, uint64:
		return "integer"
	case []any:
		return "array"
	}
	return "object"
}
