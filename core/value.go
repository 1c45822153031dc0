package core

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
)

// Value is a JSON value or nothing. The zero Value is absent, which is not the
// same as null, zero or empty; rules decide later which of those count as
// equal. A Value is never changed once made.
type Value struct {
	present bool
	v       any
}

// ValueOf wraps a decoded JSON value (see [DecodeJSON] for the Go types). A
// nil v makes a present null.
func ValueOf(v any) Value { return Value{present: true, v: v} }

// Present tells whether there is a value at all.
func (v Value) Present() bool { return v.present }

// IsZero tells whether the value is absent; it lets encoding/json leave absent
// values out under the omitzero option.
func (v Value) IsZero() bool { return !v.present }

// Any returns the decoded JSON value, nil for an absent one. The caller must
// not change it.
func (v Value) Any() any { return v.v }

// Equal tells whether both are absent or both hold the same JSON value, by the
// rules of [EqualJSON].
func (v Value) Equal(o Value) bool {
	return v.present == o.present && (!v.present || EqualJSON(v.v, o.v))
}

// Digest identifies the value: equal values have equal digests. An absent one
// has the zero Digest.
func (v Value) Digest() Digest {
	if !v.present {
		return Digest{}
	}
	return DigestJSON(v.v)
}

// String is the value as compact JSON, and "" for an absent one.
func (v Value) String() string {
	if !v.present {
		return ""
	}
	return string(CanonicalJSON(v.v))
}

// MarshalJSON writes the value in the form of [CanonicalJSON]; an absent one
// becomes null where the field is not left out.
func (v Value) MarshalJSON() ([]byte, error) { return CanonicalJSON(v.v), nil }

// UnmarshalJSON reads any JSON value, null included, as a present one.
func (v *Value) UnmarshalJSON(data []byte) error {
	decoded, err := DecodeJSON(data)
	if err != nil {
		return err
	}
	*v = ValueOf(decoded)
	return nil
}

// DecodeJSON reads exactly one JSON document into nil, bool, string, int64,
// float64, []any and map[string]any. A number without fraction and exponent
// that fits int64 becomes one, any other a float64: the way
// k8s.io/apimachinery/pkg/util/json decodes, so that 9007199254740993 keeps
// its last digit.
func DecodeJSON(data []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one JSON document")
	}
	return numbers(v)
}

func numbers(v any) (any, error) {
	var err error
	switch t := v.(type) {
	case json.Number:
		if i, err := strconv.ParseInt(t.String(), 10, 64); err == nil {
			return i, nil
		}
		f, err := t.Float64()
		if err != nil {
			return nil, fmt.Errorf("number %s: %w", t, err)
		}
		return f, nil
	case map[string]any:
		for k, e := range t {
			if t[k], err = numbers(e); err != nil {
				return nil, err
			}
		}
	case []any:
		for i, e := range t {
			if t[i], err = numbers(e); err != nil {
				return nil, err
			}
		}
	}
	return v, nil
}

// EqualJSON compares two decoded JSON values. A whole float64 equals the same
// int64; strings are compared byte by byte; nothing else is forgiven.
func EqualJSON(a, b any) bool {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for k, e := range x {
			f, ok := y[k]
			if !ok || !EqualJSON(e, f) {
				return false
			}
		}
		return true
	case []any:
		y, ok := b.([]any)
		return ok && slices.EqualFunc(x, y, EqualJSON)
	case int64:
		switch y := b.(type) {
		case int64:
			return x == y
		case float64:
			return wholeFloat(y) && int64(y) == x
		}
		return false
	case float64:
		switch y := b.(type) {
		case float64:
			return x == y
		case int64:
			return wholeFloat(x) && int64(x) == y
		}
		return false
	default:
		return a == b
	}
}

func wholeFloat(f float64) bool {
	return f == math.Trunc(f) && math.Abs(f) < 1<<63
}

// CanonicalJSON renders a decoded JSON value so that equal values (see
// [EqualJSON]) give equal bytes: keys sorted, whole floats as integers, no
// spaces, no HTML escapes.
func CanonicalJSON(v any) []byte { return appendJSON(nil, v) }

func appendJSON(b []byte, v any) []byte {
	switch t := v.(type) {
	case map[string]any:
		keys := make([]string, 0, len(t))
		for k := range t {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		b = append(b, '{')
		for i, k := range keys {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendJSONString(b, k), ':')
			b = appendJSON(b, t[k])
		}
		return append(b, '}')
	case []any:
		b = append(b, '[')
		for i, e := range t {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, e)
		}
		return append(b, ']')
	case string:
		return appendJSONString(b, t)
	case bool:
		return strconv.AppendBool(b, t)
	case int64:
		return strconv.AppendInt(b, t, 10)
	case float64:
		if wholeFloat(t) {
			return strconv.AppendInt(b, int64(t), 10)
		}
		return strconv.AppendFloat(b, t, 'g', -1, 64)
	default:
		return append(b, "null"...)
	}
}

func appendJSONString(b []byte, s string) []byte {
	if plainText(s) {
		b = append(b, '"')
		b = append(b, s...)
		return append(b, '"')
	}
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	if e.Encode(s) != nil { // a string always encodes
		return strconv.AppendQuote(b, s)
	}
	return append(b, bytes.TrimSuffix(buf.Bytes(), []byte("\n"))...)
}

// plainText tells whether a string stands for itself between quotes.
func plainText(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c >= 0x7f {
			return false
		}
	}
	return true
}

// CompareJSON orders decoded JSON values, so that lists whose order means
// nothing can be brought into one: by the bytes of [CanonicalJSON].
func CompareJSON(a, b any) int {
	if x, ok := a.(string); ok {
		if y, ok := b.(string); ok {
			return cmp.Compare(x, y)
		}
	}
	return bytes.Compare(CanonicalJSON(a), CanonicalJSON(b))
}

// CloneJSON copies maps and lists deeply; scalars are shared.
func CloneJSON(v any) any {
	switch t := v.(type) {
	case map[string]any:
		m := make(map[string]any, len(t))
		for k, e := range t {
			m[k] = CloneJSON(e)
		}
		return m
	case []any:
		l := make([]any, len(t))
		for i, e := range t {
			l[i] = CloneJSON(e)
		}
		return l
	default:
		return v
	}
}

// FormOf is of what form a decoded JSON value is: a "map", a "list" or a "scalar".
func FormOf(v any) string {
	switch v.(type) {
	case map[string]any:
		return "map"
	case []any:
		return "list"
	}
	return "scalar"
}
