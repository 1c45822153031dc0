package gitops_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"sigs.k8s.io/yaml"

	"selvage/core"
	"selvage/core/gitops"
)

// The commits of the recorded objects.
const (
	older   = "1f00c3e2a7b5d9c4e6f8a0b2c4d6e8f0a1b3c5d7"
	applied = "9b1d0aa4c1e2f3a4b5c6d7e8f9a0b1c2d3e4f5a6"
	newest  = "4f2c9e1d5b7a9c1e3f5a7b9c1d3e5f7a9b1c3d5e"
)

func now() time.Time { return time.Date(2026, 11, 23, 10, 3, 0, 0, time.UTC) }

func at(clock string) time.Time {
	t, err := time.Parse(time.RFC3339, "2026-11-23T"+clock+"Z")
	if err != nil {
		panic(err)
	}
	return t
}

func key(kind, name string) core.Key {
	return core.Key{Group: "vpc.githedgehog.com", Kind: kind, Namespace: "default", Name: name}
}

// recorded reads an object that a real engine might have, with the top fields of
// others in place of its own.
func recorded(t testing.TB, names ...string) map[string]any {
	t.Helper()
	all := map[string]any{}
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join("testdata", name+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		maps.Copy(all, document(t, string(text)))
	}
	return all
}

func document(t testing.TB, text string) map[string]any {
	t.Helper()
	data, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	v, err := core.DecodeJSON(data)
	if err != nil {
		t.Fatal(err)
	}
	return v.(map[string]any)
}

// with merges YAML into an object: maps are joined, null takes away, and all else
// is put in place of what is there.
func with(t testing.TB, object map[string]any, change string) map[string]any {
	t.Helper()
	merge(object, document(t, change))
	return object
}

func merge(into, from map[string]any) {
	for k, v := range from {
		a, isMap := into[k].(map[string]any)
		b, both := v.(map[string]any)
		switch {
		case isMap && both:
			merge(a, b)
		case v == nil:
			delete(into, k)
		default:
			into[k] = v
		}
	}
}

// cluster is an API with some objects. It serves the resources of which it was
// told.
type cluster struct {
	mu      sync.Mutex
	served  map[string][]map[string]any
	refuse  map[string]error // by resource, or by resource in namespace
	asked   []string
	where   string        // "" for that of the fabric
	blocked chan struct{} // where set, nothing is answered before it is closed
}

func newCluster(resources ...string) *cluster {
	c := &cluster{served: map[string][]map[string]any{}, refuse: map[string]error{}}
	for _, r := range resources {
		c.served[r] = nil
	}
	return c
}

func argocdCluster(objects ...map[string]any) *cluster {
	return newCluster("applications.argoproj.io", "appprojects.argoproj.io").add(objects...)
}

func fluxCluster(objects ...map[string]any) *cluster {
	return newCluster("kustomizations.kustomize.toolkit.fluxcd.io", "gitrepositories.source.toolkit.fluxcd.io").add(objects...)
}

func (c *cluster) add(objects ...map[string]any) *cluster {
	for _, o := range objects {
		group, _, _ := strings.Cut(o["apiVersion"].(string), "/")
		kind := strings.ToLower(o["kind"].(string))
		resource := strings.TrimSuffix(kind, "y") + "ies"
		if !strings.HasSuffix(kind, "y") {
			resource = kind + "s"
		}
		c.served[resource+"."+group] = append(c.served[resource+"."+group], o)
	}
	return c
}

func (c *cluster) Where() string { return cmp.Or(c.where, "https://10.9.1.10:6443") }

func (c *cluster) List(ctx context.Context, group, resource, namespace string) ([]map[string]any, error) {
	return c.select_(ctx, "list", group, resource, namespace, "")
}

func (c *cluster) Get(ctx context.Context, group, resource, namespace, name string) (map[string]any, error) {
	all, err := c.select_(ctx, "get", group, resource, namespace, name)
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("get %s.%s %q: %w", resource, group, name, core.ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

func (c *cluster) select_(ctx context.Context, verb, group, resource, namespace, name string) ([]map[string]any, error) {
	if c.blocked != nil {
		select {
		case <-c.blocked:
		case <-ctx.Done():
			return nil, &core.Error{Access: core.AccessUnreachable, Op: verb + " " + resource, Err: ctx.Err()}
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	full := resource + "." + group
	c.asked = append(c.asked, strings.TrimSpace(fmt.Sprintf("%s %s %s/%s", verb, resource, namespace, name)))
	for _, scope := range []string{full, full + " in " + namespace} {
		if err := c.refuse[scope]; err != nil {
			return nil, err
		}
	}
	objects, ok := c.served[full]
	if !ok {
		return nil, fmt.Errorf("%s %s: %w", verb, full, core.ErrUnserved)
	}
	var all []map[string]any
	for _, o := range objects {
		meta := o["metadata"].(map[string]any)
		if (namespace == "" || meta["namespace"] == namespace) && (name == "" || meta["name"] == name) {
			all = append(all, o)
		}
	}
	return all, nil
}

func forbidden(what string) error {
	return &core.Error{Access: core.AccessForbidden, Op: "list " + what, Err: fmt.Errorf("403 Forbidden")}
}

// config is that of a fabric whose engine runs beside it.
func config(objects gitops.Objects, path string) gitops.Config {
	return gitops.Config{
		Places:  []gitops.Place{{URL: "git@git.example.net:net/fabrics.git", Branch: "main", Path: path}},
		Cluster: gitops.Cluster{Name: "dc1", Here: true, Namespace: "default"},
		Objects: objects,
		Now:     now,
	}
}

func readArgo(t *testing.T, change string) *core.Engine {
	t.Helper()
	app := with(t, recorded(t, "application"), change)
	return gitops.New(config(argocdCluster(app, recorded(t, "appproject")), "fabrics/dc1")).ReadEngine(t.Context())
}

func mustBeKnown(t *testing.T, e *core.Engine) {
	t.Helper()
	if !e.Known() {
		t.Fatalf("engine = %+v", e)
	}
}

// same gives one object for whatever app is asked for, and another for whatever
// that refers to.
type same struct{ app, other map[string]any }

func (s same) Where() string { return "https://10.9.1.10:6443" }

func (s same) List(context.Context, string, string, string) ([]map[string]any, error) {
	return []map[string]any{s.app}, nil
}

func (s same) Get(_ context.Context, _, resource, _, _ string) (map[string]any, error) {
	if resource == "applications" || resource == "kustomizations" {
		return s.app, nil
	}
	return s.other, nil
}
