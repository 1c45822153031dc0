package core_test

import (
	"encoding/json"
	"math"
	"testing"

	"selvage/core"
)

func decode(t *testing.T, text string) any {
	t.Helper()
	v, err := core.DecodeJSON([]byte(text))
	if err != nil {
		t.Fatalf("DecodeJSON(%s) = %v", text, err)
	}
	return v
}

func TestDecodeJSONKeepsIntegersExact(t *testing.T) {
	for text, want := range map[string]any{
		"9007199254740993":     int64(9007199254740993),
		"-1":                   int64(-1),
		"1.5":                  1.5,
		"1e3":                  float64(1000),
		"18446744073709551615": float64(math.MaxUint64),
		`"x"`:                  "x",
		"null":                 nil,
	} {
		if got := decode(t, text); got != want {
			t.Errorf("DecodeJSON(%s) = %T %v, want %T %v", text, got, got, want, want)
		}
	}
}

func TestDecodeJSONWantsOneWholeDocument(t *testing.T) {
	for _, text := range []string{"", "  ", "{", `{"a":1} {}`, `{"a":1}x`, "1e999"} {
		if v, err := core.DecodeJSON([]byte(text)); err == nil {
			t.Errorf("DecodeJSON(%q) = %v, want an error", text, v)
		}
	}
}

func TestEqualJSONAndCanonicalJSONAgree(t *testing.T) {
	texts := []string{
		"1", "1.0", "1.5", `"1"`, "true", "null", "[]", "{}", `[1,2]`, `[2,1]`, `[1.0,2]`,
		`{"a":1,"b":2}`, `{"b":2,"a":1}`, `{"a":1}`, `{"a":null}`, `"\u001b[0m"`, `"é"`, `"<>&"`, "1e300",
	}
	for _, x := range texts {
		for _, y := range texts {
			a, b := decode(t, x), decode(t, y)
			same := string(core.CanonicalJSON(a)) == string(core.CanonicalJSON(b))
			if core.EqualJSON(a, b) != same {
				t.Errorf("EqualJSON(%s, %s) = %v, but their canonical forms say %v", x, y, !same, same)
			}
		}
	}
}

func TestCanonicalJSONIsJSON(t *testing.T) {
	for _, text := range []string{`{"a":[1,2.5,"x\"y\n",null,true],"é":{}}`, `"\u2028"`, "1e300", "-0.0"} {
		v := decode(t, text)
		again := decode(t, string(core.CanonicalJSON(v)))
		if !core.EqualJSON(v, again) {
			t.Errorf("%s became %s", text, core.CanonicalJSON(v))
		}
	}
}

func TestValueTellsAbsentFromNull(t *testing.T) {
	type doc struct {
		V core.Value `json:"v,omitzero"`
	}
	for text, want := range map[string]core.Value{
		`{}`: {}, `{"v":null}`: core.ValueOf(nil), `{"v":0}`: core.ValueOf(int64(0)), `{"v":[1]}`: core.ValueOf([]any{int64(1)}),
	} {
		var d doc
		if err := json.Unmarshal([]byte(text), &d); err != nil {
			t.Fatal(err)
		}
		if !d.V.Equal(want) || d.V.Present() != want.Present() {
			t.Errorf("%s read as %v (present %v)", text, d.V, d.V.Present())
		}
		back, err := json.Marshal(d)
		if err != nil || string(back) != text {
			t.Errorf("%s written as %s, %v", text, back, err)
		}
	}
}

func TestCloneJSONSharesNothing(t *testing.T) {
	v := decode(t, `{"a":{"b":[{"c":1}]}}`)
	copied, _ := core.CloneJSON(v).(map[string]any)
	copied["a"].(map[string]any)["b"].([]any)[0].(map[string]any)["c"] = "changed"
	if string(core.CanonicalJSON(v)) != `{"a":{"b":[{"c":1}]}}` {
		t.Errorf("the original became %s", core.CanonicalJSON(v))
	}
}
