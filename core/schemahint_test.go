package core

import "testing"

func TestAHintSpeaksAgainstValues(t *testing.T) {
	for _, c := range []struct {
		hint SchemaHint
		v    any
		want string
	}{
		{SchemaHint{}, "x", ""},
		{SchemaHint{Type: "integer"}, "x", "a text, where the schema has: integer"},
		{SchemaHint{Type: "string"}, int64(3), "a number, where the schema has: string"},
		{SchemaHint{Type: "integer"}, 1.5, "a fraction, where the schema has: integer"},
		{SchemaHint{Type: "integer"}, 2.0, ""},
		{SchemaHint{Type: "integer"}, []any{int64(1)}, "a list, where the schema has: integer"},
		{SchemaHint{Type: "string"}, map[string]any{"a": "b"}, "a map, where the schema has: string"},
		{SchemaHint{}, map[string]any{"a": "b"}, ""},
		{SchemaHint{Type: "integer"}, true, "true or false, where the schema has: integer"},
		{SchemaHint{Least: ValueOf(int64(1)), Most: ValueOf(int64(4094))}, int64(0), "less than 1"},
		{SchemaHint{Least: ValueOf(int64(1)), Most: ValueOf(int64(4094))}, int64(5000), "more than 4094"},
		{SchemaHint{Least: ValueOf(int64(1)), Most: ValueOf(int64(4094))}, int64(4094), ""},
		{SchemaHint{Most: ValueOf(0.5)}, 0.75, "more than 0.5"},
		{SchemaHint{Pattern: "^a+$"}, "aab", "does not match ^a+$"},
		{SchemaHint{Pattern: "(?=a)"}, "b", ""}, // JavaScript's alone
		{SchemaHint{Longest: 2}, "äöü", "longer than 2 characters"},
		{SchemaHint{Enum: []Value{ValueOf("a"), ValueOf(int64(1))}}, int64(2), "none of the values that the schema names"},
		{SchemaHint{Enum: []Value{ValueOf("a"), ValueOf(int64(1))}}, int64(1), ""},
	} {
		if got := c.hint.Against(ValueOf(c.v)); got != c.want {
			t.Errorf("%+v says of %v: %q, want %q", c.hint, c.v, got, c.want)
		}
	}
}
