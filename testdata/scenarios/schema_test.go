package scenarios_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"selvage/testdata/hedgehog"
)

// definitions are what makes the kinds of a cluster: the text of CRDs, and what
// of them decides which fields are kept.
type definitions struct {
	name  string
	text  string // YAML documents
	dir   string // of the files, "" for the lab's own
	kinds map[string]map[string]any
}

func newDefinitions(t testing.TB, name, text string) *definitions {
	t.Helper()
	d := &definitions{name: name, text: text, kinds: map[string]map[string]any{}}
	for _, crd := range documents(t, text) {
		spec := crd["spec"].(map[string]any)
		version := spec["versions"].([]any)[0].(map[string]any)
		schema := version["schema"].(map[string]any)["openAPIV3Schema"].(map[string]any)
		d.kinds[spec["names"].(map[string]any)["kind"].(string)] = schema
	}
	return d
}

// real are Hedgehog's own definitions, where they lie beside the project.
func real(t testing.TB) []*definitions {
	t.Helper()
	found, err := filepath.Glob("../../../shared/domain/crds/*/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	folders := map[string][]string{}
	for _, file := range found {
		folders[filepath.Dir(file)] = append(folders[filepath.Dir(file)], file)
	}
	var all []*definitions
	for _, dir := range slices.Sorted(maps.Keys(folders)) {
		files := folders[dir]
		var text strings.Builder
		for _, f := range files {
			content, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			text.WriteString("---\n" + string(content) + "\n")
		}
		d := newDefinitions(t, filepath.Base(dir), text.String())
		if d.dir, err = filepath.Abs(dir); err != nil {
			t.Fatal(err)
		}
		all = append(all, d)
	}
	return all
}

// prune takes out of an object what the API server would not keep.
func (d *definitions) prune(o map[string]any) {
	kind, _ := o["kind"].(string)
	schema, known := d.kinds[kind]
	if !known {
		return
	}
	properties, _ := schema["properties"].(map[string]any)
	spec, _ := properties["spec"].(map[string]any)
	prune(o["spec"], spec)
}

func prune(v any, schema map[string]any) {
	switch v := v.(type) {
	case map[string]any:
		properties, _ := schema["properties"].(map[string]any)
		each, _ := schema["additionalProperties"].(map[string]any)
		open := schema["x-kubernetes-preserve-unknown-fields"] == true || schema["additionalProperties"] == true
		for key, x := range v {
			inner, named := properties[key].(map[string]any)
			switch {
			case named:
				prune(x, inner)
			case each != nil:
				prune(x, each)
			case !open:
				delete(v, key)
			}
		}
	case []any:
		items, _ := schema["items"].(map[string]any)
		for _, x := range v {
			prune(x, items)
		}
	}
}

// keeps tells whether a value at a path of an object survives.
func (d *definitions) keeps(kind string, p hedgehog.Path, value any) bool {
	o := map[string]any{"kind": kind}
	at := o
	for _, key := range p[:max(0, len(p)-1)] {
		next := map[string]any{}
		at[key] = next
		at = next
	}
	if len(p) > 0 {
		at[p[len(p)-1]] = hedgehog.Clone(value)
	}
	d.prune(o)
	_, there := p.At(o)
	return there
}
