package gitops_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"selvage/core"
	"selvage/core/gitops"
)

// FuzzObjects feeds a reader with objects of engines that may hold anything: it
// reads them without a panic, and what it says is on one line.
func FuzzObjects(f *testing.F) {
	for _, names := range [][]string{{"application"}, {"application", "application-retrying"}, {"kustomization"}, {"kustomization", "kustomization-refused"}} {
		app, err := json.Marshal(recorded(f, names...))
		if err != nil {
			f.Fatal(err)
		}
		beside := "appproject"
		if names[0] == "kustomization" {
			beside = "gitrepository"
		}
		other, err := json.Marshal(recorded(f, beside))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(app, other)
	}
	f.Add([]byte(`{"spec": {"source": {"repoURL": "x", "path": "../..", "directory": {"include": "{a,[b", "exclude": "\\"}}}}`),
		[]byte(`{"spec": {"syncWindows": [{"kind": "deny", "schedule": "TZ= ", "duration": "-1h", "applications": ["["]}], "ignore": "!\n/\n[", "url": "::"}}`))
	f.Fuzz(func(t *testing.T, app, other []byte) {
		first, ok := object(app)
		second, also := object(other)
		if !ok || !also {
			return
		}
		for _, kind := range []core.EngineType{core.ArgoCD, core.Flux} {
			c := config(same{first, second}, "fabrics/dc1")
			c.Type, c.App, c.Namespace = kind, "dc1", "argocd"
			c.Places[0].Exclude = []string{"examples/**"}
			e := gitops.New(c).ReadEngine(t.Context())
			if e.Leaves != nil {
				e.Leaves("fabrics/dc1/a.yaml")
			}
			said := append([]string{e.Error, e.Health, e.HealthMessage, e.Sync, e.Blocked, e.Wider}, append(e.Mismatch, e.Troubles...)...)
			if e.Operation != nil {
				said = append(said, e.Operation.Message, e.Operation.By)
			}
			for _, o := range e.Objects {
				said = append(said, o.Message, o.Sync, o.Health)
			}
			if all := strings.Join(said, ""); strings.ContainsAny(all, "\n\r\v") {
				t.Errorf("more than one line in %q", said)
			}
		}
	})
}

func object(text []byte) (map[string]any, bool) {
	v, err := core.DecodeJSON(text)
	if err != nil {
		return nil, false
	}
	m, ok := v.(map[string]any)
	return m, ok
}

// TestAnyFieldMayBeAnything puts what does not belong there in place of each
// field of the recorded objects: it takes nothing but that field along.
func TestAnyFieldMayBeAnything(t *testing.T) {
	strange := []any{nil, "TZ=\n\x1b[31m", int64(-1), 1e300, true, []any{}, map[string]any{}, []any{nil, "x", map[string]any{}}, map[string]any{"revision": []any{}}}
	for _, names := range [][]string{{"application", "application-retrying"}, {"kustomization", "kustomization-refused"}} {
		text := core.CanonicalJSON(recorded(t, names...))
		repository := recorded(t, "gitrepository")
		for n := range places(recorded(t, names...)) {
			for _, v := range strange {
				app, _ := object(text)
				put(app, n, v)
				for _, kind := range []core.EngineType{core.ArgoCD, core.Flux} {
					c := config(same{app, repository}, "fabrics/dc1")
					c.Type, c.App, c.Namespace = kind, "dc1", "argocd"
					if e := gitops.New(c).ReadEngine(t.Context()); !e.Known() {
						t.Errorf("place %d of %q as %v: %+v", n, names, v, e)
					}
				}
			}
		}
	}
}

// places counts the values in a value.
func places(v any) int {
	n := 1
	switch v := v.(type) {
	case map[string]any:
		for _, e := range v {
			n += places(e)
		}
	case []any:
		for _, e := range v {
			n += places(e)
		}
	}
	return n
}

// put replaces the nth value of those in a value, itself left aside.
func put(v any, n int, by any) {
	at := 0
	var walk func(v any)
	walk = func(v any) {
		set := func(e any, put func()) {
			if at++; at == n {
				put()
			} else {
				walk(e)
			}
		}
		switch v := v.(type) {
		case map[string]any:
			for _, k := range slices.Sorted(maps.Keys(v)) {
				set(v[k], func() { v[k] = by })
			}
		case []any:
			for i := range v {
				set(v[i], func() { v[i] = by })
			}
		}
	}
	walk(v)
}
