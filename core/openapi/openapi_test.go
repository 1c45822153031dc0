package openapi

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"selvage/core"
	"selvage/core/manifest"
)

const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: doors.net.example}
spec:
  group: net.example
  names: {kind: Door, plural: doors}
  scope: Namespaced
  versions:
  - {name: v1alpha1, served: false, storage: false, schema: {openAPIV3Schema: {type: object}}}
  - {name: v1beta1, served: true, storage: false, schema: {openAPIV3Schema: {type: object}}}
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties:
              width: {type: integer, default: 90}
              ports: {type: object, additionalProperties: {type: object, properties: {speed: {type: string}}}}
              notes: {type: object, additionalProperties: true}
              free: {type: object, x-kubernetes-preserve-unknown-fields: true, properties: {a: {type: string}}}
              any: {x-kubernetes-int-or-string: true}
              template: {type: object, x-kubernetes-embedded-resource: true, properties: {spec: {type: object}}}
              keys: {type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [owner, number], items: {type: object, properties: {owner: {type: string}, number: {type: integer}}}}
              tags: {type: array, x-kubernetes-list-type: set, items: {type: string}}
              plain: {type: array, items: {type: string}}
              strict: {type: object, additionalProperties: false}
          status: {type: object}
`

func object(t testing.TB, text string) *core.Object {
	t.Helper()
	docs, err := manifest.Parse([]byte(text))
	if err != nil || len(docs) != 1 || docs[0].Err != nil {
		t.Fatalf("%v, %+v", err, docs)
	}
	return docs[0].Object
}

// tell writes a shape in one line, so that a test can show all of it.
func tell(n *core.SchemaNode) string {
	var b strings.Builder
	if n.Open {
		b.WriteString("~")
	}
	if n.Set {
		b.WriteString("set")
	}
	if len(n.Keys) > 0 {
		fmt.Fprintf(&b, "by %s", strings.Join(n.Keys, "+"))
	}
	if n.Items != nil {
		b.WriteString("[" + tell(n.Items) + "]")
	}
	if n.Values != nil {
		b.WriteString("{*: " + tell(n.Values) + "}")
	}
	if n.Properties != nil {
		var all []string
		for name, p := range n.Properties {
			all = append(all, name+": "+tell(p))
		}
		slices.Sort(all)
		b.WriteString("{" + strings.Join(all, ", ") + "}")
	}
	if n.Default.Present() {
		b.WriteString("=" + n.Default.String())
	}
	return b.String()
}

func TestDefinitionIsRead(t *testing.T) {
	d, ok := Define(object(t, definition))
	if !ok || d.GroupKind != (core.GroupKind{Group: "net.example", Kind: "Door"}) || !slices.Equal(d.Schema.Versions, []string{"v1", "v1beta1"}) {
		t.Fatalf("Define() = %+v, %v", d, ok)
	}
	want := map[string]string{
		"width": "=90", "ports": "{*: {speed: }}", "notes": "~", "free": "~{a: }", "any": "~", "template": "~{spec: }",
		"keys": "by owner+number[{number: , owner: }]", "tags": "set[]", "plain": "[]", "strict": "",
	}
	spec := d.Schema.Root.Properties["spec"]
	for name, shape := range want {
		if have := tell(spec.Properties[name]); have != shape {
			t.Errorf("%s = %q, want %q", name, have, shape)
		}
	}
	if have := tell(&core.SchemaNode{Properties: map[string]*core.SchemaNode{
		"metadata": d.Schema.Root.Properties["metadata"], "kind": d.Schema.Root.Properties["kind"],
	}}); have != "{kind: , metadata: ~}" || d.Schema.Root.Open {
		t.Errorf("what every object has = %q", have)
	}
}

func TestWhatDefinesNothing(t *testing.T) {
	for name, text := range map[string]string{
		"another kind":  "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
		"no spec":       "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: a}\n",
		"no kind":       "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: a}\nspec: {group: g, names: {}}\n",
		"all of a kind": "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: a}\nspec: {group: [], names: 7, versions: {}}\n",
	} {
		if d, ok := Define(object(t, text)); ok {
			t.Errorf("%s: %+v", name, d)
		}
	}
	bare := "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: a}\nspec: {group: g, names: {kind: K}, versions: [{name: v1, served: true}]}\n"
	if d, ok := Define(object(t, bare)); !ok || d.Schema.Root != nil || len(d.Schema.Versions) != 1 {
		t.Errorf("without a schema: %+v, %v", d, ok)
	}
}

const published = `{"openapi":"3.0.0","components":{"schemas":{
"io.example.v1.Door":{"type":"object","properties":{
  "metadata":{"default":{},"allOf":[{"$ref":"#/components/schemas/meta"}]},
  "spec":{"type":"object","properties":{"width":{"type":"integer","default":9007199254740993},
    "next":{"$ref":"#/components/schemas/loop"},"far":{"$ref":"https://elsewhere.example/x"},"lost":{"$ref":"#/components/schemas/none"}}}},
  "x-kubernetes-group-version-kind":[{"group":"net.example","kind":"Door","version":"v1"}]},
"io.example.v1.DoorList":{"type":"object","x-kubernetes-group-version-kind":[{"group":"net.example","kind":"DoorList","version":"v1"}]},
"old":{"type":"object","x-kubernetes-group-version-kind":[{"group":"net.example","kind":"Door","version":"v1beta1"}]},
"options":{"type":"object","x-kubernetes-group-version-kind":[{"group":"net.example","kind":"Options","version":"v1"},{"group":"","kind":"Options","version":"v1"}]},
"meta":{"type":"object","properties":{"labels":{"type":"object","additionalProperties":{"type":"string"}}}},
"loop":{"type":"object","properties":{"again":{"$ref":"#/components/schemas/loop"}}}}}}`

func TestPublishedDocumentIsRead(t *testing.T) {
	kinds, err := Published([]byte(published), "net.example", "v1")
	if err != nil || len(kinds) != 2 {
		t.Fatalf("Published() = %v, %v", kinds, err)
	}
	const want = "{metadata: {labels: {*: }}={}, spec: {far: ~, lost: ~, next: {again: ~}, width: =9007199254740993}}"
	if have := tell(kinds["Door"]); have != want {
		t.Errorf("Door = %s\nwant   %s", have, want)
	}
}

func TestDocumentThatIsNone(t *testing.T) {
	for _, text := range []string{"", "{", "[]", "{}", `{"components":{"schemas":[]}}`, "<html>"} {
		if kinds, err := Published([]byte(text), "g", "v1"); err == nil {
			t.Errorf("Published(%q) = %v", text, kinds)
		}
	}
}

// TestLargeSchemasAreBounded: each level has two references to the next.
func TestLargeSchemasAreBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"components":{"schemas":{`)
	for i := range 60 {
		next := fmt.Sprintf(`{"$ref":"#/components/schemas/s%d"}`, i+1)
		fmt.Fprintf(&b, `"s%d":{"type":"object","properties":{"a":%s,"b":%s},"x-kubernetes-group-version-kind":[{"group":"g","kind":"K%d","version":"v"}]},`, i, next, next, i)
	}
	b.WriteString(`"s60":{"type":"string"}}}}`)
	kinds, err := Published([]byte(b.String()), "g", "v")
	if err != nil {
		t.Fatal(err)
	}
	var count func(n *core.SchemaNode) int
	count = func(n *core.SchemaNode) int {
		sum := 1
		for _, p := range n.Properties {
			sum += count(p)
		}
		return sum
	}
	sum := 0
	for _, n := range kinds {
		sum += count(n)
	}
	if sum > 2*maxPlaces+len(kinds) {
		t.Errorf("%d places", sum)
	}
}

// TestHedgehogsDefinitionsAreRead reads the real ones, where they are there.
func TestHedgehogsDefinitionsAreRead(t *testing.T) {
	files, err := filepath.Glob("/work/shared/domain/crds/*/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		docs, err := manifest.Parse(data)
		if err != nil || len(docs) != 1 {
			t.Fatalf("%s: %v", name, err)
		}
		d, ok := Define(docs[0].Object)
		if !ok || d.Schema.Root.Properties["spec"] == nil || len(d.Schema.Versions) == 0 || d.Schema.Root.Open {
			t.Errorf("%s: %+v, %v", name, d, ok)
		}
	}
}

// FuzzPublished looks for documents that end the program.
func FuzzPublished(f *testing.F) {
	f.Add([]byte(published))
	f.Add([]byte(`{"components":{"schemas":{"a":{"allOf":[{"allOf":[{"$ref":"#/components/schemas/a"}]}],"x-kubernetes-group-version-kind":[{"group":"net.example","kind":"A","version":"v1"}]}}}}`))
	f.Fuzz(func(_ *testing.T, data []byte) {
		kinds, _ := Published(data, "net.example", "v1")
		for _, n := range kinds {
			_ = tell(n)
		}
	})
}
