package hedgehog

import (
	"encoding/json"
	"testing"
	"time"
)

func compact(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

func TestFieldSetKeepsTheFormOfTheServer(t *testing.T) {
	insert := func(p ...string) func(fieldSet) { return func(s fieldSet) { s.insert(p) } }
	drop := func(p ...string) func(fieldSet) { return func(s fieldSet) { s.remove(p, false) } }
	dropAll := func(p ...string) func(fieldSet) { return func(s fieldSet) { s.remove(p, true) } }
	for _, c := range []struct {
		name  string
		steps []func(fieldSet)
		want  string
	}{
		{"a leaf", []func(fieldSet){insert("a", "b")}, `{"f:a":{"f:b":{}}}`},
		{"a member with children", []func(fieldSet){insert("a"), insert("a", "b")}, `{"f:a":{".":{},"f:b":{}}}`},
		{"a member after its children", []func(fieldSet){insert("a", "b"), insert("a")}, `{"f:a":{".":{},"f:b":{}}}`},
		{"the last child takes its parents along", []func(fieldSet){insert("a", "b", "c"), insert("d"), drop("a", "b", "c")}, `{"f:d":{}}`},
		{"a member stays without children", []func(fieldSet){insert("a"), insert("a", "b"), drop("a", "b")}, `{"f:a":{}}`},
		{"children stay without their member", []func(fieldSet){insert("a"), insert("a", "b"), drop("a")}, `{"f:a":{"f:b":{}}}`},
		{"all below", []func(fieldSet){insert("a"), insert("a", "b", "c"), insert("a", "d"), dropAll("a", "b")}, `{"f:a":{".":{},"f:d":{}}}`},
		{"nothing there", []func(fieldSet){insert("a"), drop("a", "b"), dropAll("x", "y")}, `{"f:a":{}}`},
	} {
		s := fieldSet{}
		for _, step := range c.steps {
			step(s)
		}
		if got := compact(s); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// small is a VPC with a little of everything that ownership treats in its own way.
func smallVPC() map[string]any {
	return map[string]any{
		"apiVersion": versionVPC, "kind": "VPC",
		"metadata": map[string]any{"name": "v", "labels": map[string]any{"team": "a"}},
		"spec": map[string]any{"permit": []any{}, "subnets": map[string]any{
			"one": map[string]any{"subnet": "10.0.0.0/24", "vlan": int64(1), "dhcp": map[string]any{"enable": true}},
			"two": map[string]any{"subnet": "10.0.1.0/24", "dhcp": map[string]any{}},
		}},
	}
}

func owned(live map[string]any) map[string]string {
	out := map[string]string{}
	for _, v := range listAt(mapAt(live, "metadata"), "managedFields") {
		e := v.(map[string]any)
		out[stringAt(e, "manager")+"/"+stringAt(e, "operation")] = compact(e["fieldsV1"])
	}
	return out
}

func TestServerSideApplyOwnsTheLeavesOfTheManifest(t *testing.T) {
	live := Live(smallVPC(), LiveOptions{Now: testNow()})
	want := `{"f:metadata":{"f:labels":{"f:team":{}}},"f:spec":{"f:permit":{},"f:subnets":{` +
		`"f:one":{".":{},"f:dhcp":{"f:enable":{}},"f:subnet":{},"f:vlan":{}},"f:two":{".":{},"f:dhcp":{},"f:subnet":{}}}}}`
	if got := owned(live)[EngineManager+"/Apply"]; got != want {
		t.Errorf("owned by the engine: %s\nwant %s", got, want)
	}
	if got := stringAt(mapAt(mapAt(mapAt(live, "spec"), "subnets"), "two"), "gateway"); got != "10.0.1.1" {
		t.Errorf("gateway of the webhook = %q, want 10.0.1.1", got)
	}
}

func TestAPostOwnsEveryMapToo(t *testing.T) {
	live := Live(smallVPC(), LiveOptions{Now: testNow(), Method: Post, Manager: "me"})
	want := `{"f:metadata":{"f:labels":{".":{},"f:team":{}}},"f:spec":{".":{},"f:permit":{},"f:subnets":{".":{},` +
		`"f:one":{".":{},"f:dhcp":{".":{},"f:enable":{}},"f:subnet":{},"f:vlan":{}},"f:two":{".":{},"f:dhcp":{},"f:subnet":{}}}}}`
	if got := owned(live)["me/Update"]; got != want {
		t.Errorf("owned: %s\nwant %s", got, want)
	}
}

func TestAnEditMovesWhatItChangesAndNothingElse(t *testing.T) {
	subnet := Path{"spec", "subnets", "one"}
	for _, c := range []struct {
		name   string
		edit   Edit
		root   string
		person string // fields of kubectl-edit, "" for no entry
		engine string // fields of the engine below f:spec f:subnets f:one
	}{
		{
			"a leaf is taken over",
			Edit{Path: subnet.child("vlan"), Value: int64(9)},
			".spec.subnets.one.vlan",
			`{"f:spec":{"f:subnets":{"f:one":{"f:vlan":{}}}}}`, `{".":{},"f:dhcp":{"f:enable":{}},"f:subnet":{}}`,
		},
		{
			"a leaf of the webhook gets an owner",
			Edit{Path: subnet.child("gateway"), Value: "10.0.0.9"},
			".spec.subnets.one.gateway",
			`{"f:spec":{"f:subnets":{"f:one":{"f:gateway":{}}}}}`, `{".":{},"f:dhcp":{"f:enable":{}},"f:subnet":{},"f:vlan":{}}`,
		},
		{
			"an added map is owned whole",
			Edit{Path: subnet.child("dhcp", "static", "0c:00:00:00:00:01"), Value: map[string]any{"ip": "10.0.0.7"}},
			`.spec.subnets.one.dhcp.static`,
			`{"f:spec":{"f:subnets":{"f:one":{"f:dhcp":{"f:static":{".":{},"f:0c:00:00:00:00:01":{".":{},"f:ip":{}}}}}}}}`,
			`{".":{},"f:dhcp":{"f:enable":{}},"f:subnet":{},"f:vlan":{}}`,
		},
		{
			"a removal names nobody",
			Edit{Path: subnet.child("vlan"), Remove: true},
			".spec.subnets.one.vlan",
			"", `{".":{},"f:dhcp":{"f:enable":{}},"f:subnet":{}}`,
		},
		{"a removed subnet leaves the engine's entry", Edit{Path: subnet, Remove: true}, ".spec.subnets.one", "", "null"},
	} {
		t.Run(c.name, func(t *testing.T) {
			live := Live(smallVPC(), LiveOptions{Now: testNow()})
			at := testNow().Add(time.Hour)
			root, changed := EditLive(live, c.edit, KubectlEdit, at)
			if !changed || root.String() != c.root {
				t.Errorf("EditLive = %s, %v, want %s, true", root, changed, c.root)
			}
			if got := owned(live)[KubectlEdit+"/Update"]; got != c.person {
				t.Errorf("owned by the person: %s\nwant %s", got, c.person)
			}
			entry := listAt(mapAt(live, "metadata"), "managedFields")[0].(map[string]any)
			one, _ := Path{"fieldsV1", "f:spec", "f:subnets", "f:one"}.At(entry)
			if got := compact(one); got != c.engine {
				t.Errorf("owned by the engine: %s\nwant %s", got, c.engine)
			}
			if got, want := stringAt(entry, "time"), "2026-11-23T01:40:19Z"; got != want {
				t.Errorf("time of the engine's entry = %s, want %s", got, want)
			}
			meta := mapAt(live, "metadata")
			if meta["resourceVersion"] != "1001" || meta["generation"] != int64(2) {
				t.Errorf("resourceVersion %v, generation %v, want 1001 and 2", meta["resourceVersion"], meta["generation"])
			}
		})
	}
}

func TestASecondEditJoinsTheFirst(t *testing.T) {
	live := Live(smallVPC(), LiveOptions{Now: testNow()})
	for i, field := range []string{"vlan", "subnet"} {
		values := []any{int64(9), "10.0.9.0/24"}
		EditLive(live, Edit{Path: Path{"spec", "subnets", "one", field}, Value: values[i]}, KubectlEdit, testNow().Add(time.Duration(i+1)*time.Hour))
	}
	entries := listAt(mapAt(live, "metadata"), "managedFields")
	if len(entries) != 2 {
		t.Fatalf("%d entries, want 2", len(entries))
	}
	person := entries[1].(map[string]any)
	if got, want := stringAt(person, "time"), "2026-11-23T03:40:19Z"; got != want {
		t.Errorf("time = %s, want that of the last edit, %s", got, want)
	}
	if got, want := compact(person["fieldsV1"]), `{"f:spec":{"f:subnets":{"f:one":{"f:subnet":{},"f:vlan":{}}}}}`; got != want {
		t.Errorf("fields = %s, want %s", got, want)
	}
}

func TestAnEditOfNothingChangesNothing(t *testing.T) {
	live := Live(smallVPC(), LiveOptions{Now: testNow()})
	before := compact(live)
	for _, e := range []Edit{
		{Path: Path{"spec", "subnets", "one", "vlan"}, Value: int64(1)}, {Path: Path{"spec", "no", "such"}, Remove: true}, {}, {Remove: true},
	} {
		if _, changed := EditLive(live, e, KubectlEdit, testNow().Add(time.Hour)); changed || compact(live) != before {
			t.Errorf("EditLive(%+v) changed the object", e)
		}
	}
	if _, changed := EditLive(map[string]any{}, Edit{Path: Path{"a"}, Value: "b"}, KubectlEdit, testNow()); changed {
		t.Error("EditLive changed what is no object")
	}
}

func TestPathsAreWrittenAsSelvageWritesThem(t *testing.T) {
	for _, c := range []struct {
		path Path
		want string
	}{
		{nil, ""},
		{Path{}, "."},
		{Path{"spec", "roce"}, ".spec.roce"},
		{Path{"spec", "portSpeeds", "E1/1"}, `.spec.portSpeeds["E1/1"]`},
		{Path{"a", "1b"}, `.a["1b"]`},
		{Path{"a", "b-1_c"}, ".a.b-1_c"},
		{Path{"_a"}, `["_a"]`},
		{Path{"a", ""}, `.a[""]`},
		{Path{"metadata", "labels", `q"`}, `.metadata.labels["q\""]`},
	} {
		if got := c.path.String(); got != c.want {
			t.Errorf("%q = %s, want %s", []string(c.path), got, c.want)
		}
	}
}
