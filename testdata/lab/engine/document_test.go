package engine

import (
	"slices"
	"strings"
	"testing"
)

func TestDocumentsAreOrderedAndTheLastWins(t *testing.T) {
	files := []file{
		{"a.yaml", []byte("---\n# only a comment\n---\nkind: VPC\napiVersion: v/v1\nmetadata: {name: b, labels: {from: a}}\n---\n")},
		{"b.yml", []byte("kind: VPC\napiVersion: v/v1\nmetadata: {name: b, labels: {from: b}}\n---\nkind: VPC\napiVersion: v/v1\nmetadata: {name: a}\n")},
		{"c.json", []byte(`{"kind":"Namespace","apiVersion":"v1","metadata":{"name":"z"}}`)},
		{"empty.yaml", nil},
	}
	objects, err := parse(files)
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	for _, obj := range objects {
		have = append(have, obj.GetKind()+"/"+obj.GetName()+"/"+obj.GetLabels()["from"])
	}
	if want := []string{"Namespace/z/", "VPC/a/", "VPC/b/b"}; !slices.Equal(have, want) {
		t.Errorf("parse() = %q, want %q", have, want)
	}
}

func TestWhatIsNoObjectIsRefused(t *testing.T) {
	for content, want := range map[string]string{
		"kind: [":                               "read YAML",
		"- a\n- b":                              "read an object",
		"metadata: {name: a}":                   "read an object",
		"kind: VPC\napiVersion: v/v1":           "no metadata.name",
		"kind: VPC\napiVersion: v/v1\n---\nx: ": "document 1",
	} {
		_, err := parse([]file{{"bad.yaml", []byte(content)}})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "bad.yaml") {
			t.Errorf("parse(%q) = %v, want %q", content, err, want)
		}
	}
}
