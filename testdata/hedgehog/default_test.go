package hedgehog

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"reflect"
	"testing"
	"time"
)

// testNow is the time of the pairs in testdata.
func testNow() time.Time { return time.Date(2026, 11, 23, 1, 40, 19, 0, time.UTC) }

type pair struct {
	Rule string
	Git  map[string]any
	Live map[string]any
}

// readPairs reads manifests beside what the webhooks make of them, written by hand from the facts of fabric v0.129.1.
func readPairs(t testing.TB) []pair {
	t.Helper()
	text, err := os.ReadFile("testdata/pairs.json")
	if err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var pairs []pair
	if err := dec.Decode(&pairs); err != nil {
		t.Fatal(err)
	}
	for _, p := range pairs {
		integers(p.Git)
		integers(p.Live)
	}
	return pairs
}

// integers turns the decoder's numbers into those of the data model.
func integers(v any) any {
	switch v := v.(type) {
	case json.Number:
		n, _ := v.Int64()
		return n
	case map[string]any:
		for k, x := range v {
			v[k] = integers(x)
		}
	case []any:
		for i, x := range v {
			v[i] = integers(x)
		}
	}
	return v
}

func text(v any) string {
	b, _ := json.MarshalIndent(v, "", " ")
	return string(b)
}

func TestDefaultIsWhatTheWebhooksDo(t *testing.T) {
	for _, p := range readPairs(t) {
		t.Run(p.Rule, func(t *testing.T) {
			Default(p.Git, testNow())
			if !reflect.DeepEqual(p.Git, p.Live) {
				t.Errorf("Default = %s\nwant %s", text(p.Git), text(p.Live))
			}
		})
	}
}

// corpus is every object that the tests have: the pairs' manifests and two generated fabrics.
func corpus(t testing.TB) []map[string]any {
	t.Helper()
	objects := append(Generate(Small(1)).Objects, Generate(Sized(2, 400)).Objects...)
	for _, p := range readPairs(t) {
		objects = append(objects, p.Git)
	}
	return objects
}

func TestDefaultIsIdempotent(t *testing.T) {
	for _, obj := range corpus(t) {
		checkIdempotent(t, obj)
	}
}

func checkIdempotent(t *testing.T, obj map[string]any) {
	t.Helper()
	if leaseBesideEmptyOptions(obj) {
		Default(obj, testNow()) // the documented exception takes one write more
	}
	Default(obj, testNow())
	once := Clone(obj)
	Default(obj, testNow())
	if obj != nil && !reflect.DeepEqual(any(obj), once) {
		t.Fatalf("Default twice = %s\nonce %s", text(obj), text(once))
	}
}

func leaseBesideEmptyOptions(obj map[string]any) bool {
	_, path := subnetWhere(obj, func(s map[string]any) bool {
		options := mapAt(mapAt(s, "dhcp"), "options")
		return options != nil && !defaultDHCPOptions(Clone(options).(map[string]any)) && len(mapAt(mapAt(s, "dhcp"), "static")) > 0
	})
	return path != nil
}

func TestDefaultTakesNumbersOfAnyDecoder(t *testing.T) {
	for _, p := range readPairs(t) {
		floats := roundTrip(t, p.Git) // encoding/json makes every number a float64
		Default(floats, testNow())
		if got, want := roundTrip(t, floats), roundTrip(t, p.Live); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: Default = %s\nwant %s", p.Rule, text(got), text(want))
		}
	}
}

func roundTrip(t testing.TB, v any) map[string]any {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestDefaultKeepsExplicitZeros(t *testing.T) {
	obj := map[string]any{
		"apiVersion": versionVPC, "kind": "VPC", "metadata": map[string]any{"name": "v", "labels": map[string]any{}},
		"spec": map[string]any{"mode": "", "permit": []any{}, "defaultIsolated": false, "subnets": map[string]any{
			"s": map[string]any{"subnet": "10.0.0.0/24", "vlan": int64(0), "hostBGP": false, "restricted": false},
		}},
	}
	Default(obj, testNow())
	spec := mapAt(obj, "spec")
	subnet := mapAt(mapAt(spec, "subnets"), "s")
	for field, got := range map[string]any{
		"mode": spec["mode"], "permit": spec["permit"], "defaultIsolated": spec["defaultIsolated"],
		"vlan": subnet["vlan"], "hostBGP": subnet["hostBGP"], "restricted": subnet["restricted"],
	} {
		if got == nil {
			t.Errorf("explicit zero of %s is gone", field)
		}
	}
}

// Whatever stands where: no panic, and no change where nothing is known.
func TestDefaultSurvivesMalformedObjects(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	odd := []any{nil, "x", "", int64(-1), 1.5, true, []any{}, []any{nil, "x", int64(3)}, map[string]any{}, map[string]any{"a": nil, "b": []any{map[string]any{}}}}
	objects := corpus(t)
	for range 40 {
		for _, obj := range objects {
			bad, _ := spoil(Clone(obj), rng, odd).(map[string]any)
			checkIdempotent(t, bad)
		}
	}
	Default(nil, testNow())
}

// spoil replaces a few values anywhere in v.
func spoil(v any, rng *rand.Rand, odd []any) any {
	if rng.IntN(12) == 0 {
		return Clone(odd[rng.IntN(len(odd))])
	}
	switch v := v.(type) {
	case map[string]any:
		for _, k := range sortedKeys(v) {
			if k != "apiVersion" && k != "kind" {
				v[k] = spoil(v[k], rng, odd)
			}
		}
	case []any:
		for i := range v {
			v[i] = spoil(v[i], rng, odd)
		}
	}
	return v
}

func TestDefaultDoesNotTouchOtherKinds(t *testing.T) {
	for _, obj := range ControllerObjects(Generate(Small(1)).Live(LiveOptions{Now: testNow()}), testNow()) {
		before := Clone(obj)
		Default(obj, testNow().Add(time.Hour))
		if !reflect.DeepEqual(any(obj), before) {
			t.Errorf("Default changed %s", RefOf(obj))
		}
	}
}
