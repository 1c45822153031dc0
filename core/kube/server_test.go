package kube

import (
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"selvage/core"
)

// cluster is an HTTPS server with the shapes of a Kubernetes API: aggregated
// discovery, paged lists, Status errors, bearer tokens. The real one is met in
// lab_test.go; this one can be made to answer what a real one rarely does.
type cluster struct {
	t      testing.TB
	server *httptest.Server

	mu       sync.Mutex
	token    string
	kinds    map[core.GroupKind]resource
	stale    map[string]bool // groups whose discovery is stale
	legacy   bool            // discovery in the form of before 1.26
	objects  map[string][]map[string]any
	answers  map[string]http.HandlerFunc // by path, in place of the usual one
	requests []string

	connections atomic.Int32 // opened so far

	revision int           // of the last change
	oldest   int           // the oldest revision that a watch may go on from
	history  []happened    // what watches tell
	stirred  chan struct{} // closed when there is something for watches
	cuts     int           // how often all watches were ended
	mute     bool          // watches say nothing
	open     int           // watches that are open
}

func newCluster(t testing.TB) *cluster {
	c := &cluster{
		t: t, token: "reader", stale: map[string]bool{},
		kinds: map[core.GroupKind]resource{}, objects: map[string][]map[string]any{},
		answers: map[string]http.HandlerFunc{}, revision: 42, stirred: make(chan struct{}),
	}
	c.server = httptest.NewUnstartedServer(http.HandlerFunc(c.handle))
	c.server.EnableHTTP2 = true
	c.server.Config.ErrorLog = log.New(io.Discard, "", 0) // some clients are to break off
	c.server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			c.connections.Add(1) // without the lock: the server holds one of its own
		}
	}
	c.server.StartTLS()
	t.Cleanup(func() {
		c.cut()
		c.server.Close()
	})
	for _, k := range core.Kinds() {
		c.serve(resource{k.GroupKind, k.Version, k.Plural, true})
	}
	c.serve(resource{core.GroupKind{Kind: "Secret"}, "v1", "secrets", true})
	return c
}

// config is the configuration of a client of the cluster.
func (c *cluster) config() Config {
	ca := filepath.Join(c.t.TempDir(), "ca.pem")
	block := &pem.Block{Type: "CERTIFICATE", Bytes: c.server.Certificate().Raw}
	if err := os.WriteFile(ca, pem.EncodeToMemory(block), 0o600); err != nil {
		c.t.Fatal(err)
	}
	return Config{
		ClusterName: "dc1", APIServer: c.server.URL, CAFile: ca, Token: "reader",
		RequestTimeout: 30 * time.Second, Now: time.Now, LookupEnv: func(string) (string, bool) { return "", false },
	}
}

func (c *cluster) serve(r resource) { c.with(func() { c.kinds[r.GroupKind] = r }) }

func (c *cluster) drop(gk core.GroupKind) { c.with(func() { delete(c.kinds, gk) }) }

func (c *cluster) with(change func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change()
}

// answer makes the cluster answer a path in a way of its own; nil ends that.
func (c *cluster) answer(path string, h http.HandlerFunc) { c.with(func() { c.answers[path] = h }) }

// put puts an object into the cluster and gives its key.
func (c *cluster) put(kind, namespace, name string) core.Key {
	c.t.Helper()
	for gk, r := range c.kinds {
		if gk.Kind != kind {
			continue
		}
		meta := map[string]any{"name": name, "uid": "u-" + name, "resourceVersion": "7"}
		if namespace != "" {
			meta["namespace"] = namespace
		}
		object := map[string]any{
			"apiVersion": r.apiVersion(), "kind": kind, "metadata": meta, "spec": map[string]any{"n": int64(9007199254740993)},
		}
		c.with(func() {
			path := r.path(namespace)
			c.objects[path] = append(c.objects[path], object)
		})
		return core.Key{Group: gk.Group, Kind: kind, Namespace: namespace, Name: name}
	}
	c.t.Fatalf("the cluster does not serve %s", kind)
	return core.Key{}
}

// seen are the requests so far: method and URI.
func (c *cluster) seen() (requests []string) {
	c.with(func() { requests = slices.Clone(c.requests) })
	return requests
}

func (c *cluster) handle(w http.ResponseWriter, r *http.Request) {
	var own http.HandlerFunc
	var token string
	c.with(func() {
		c.requests = append(c.requests, r.Method+" "+r.URL.RequestURI())
		own, token = c.answers[r.URL.Path], c.token
	})
	switch {
	case r.Header.Get("Authorization") != "Bearer "+token:
		refuse(w, http.StatusUnauthorized, "Unauthorized")
	case own != nil:
		own(w, r)
	case r.URL.Path == "/api":
		c.discovery(w, func(group string) bool { return group == "" })
	case r.URL.Path == "/apis":
		c.discovery(w, func(group string) bool { return group != "" })
	case r.URL.Query().Get("watch") == "true":
		c.watch(w, r)
	default:
		c.list(w, r)
	}
}

func (c *cluster) list(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for gk, k := range c.kinds {
		namespace := ""
		if steps := strings.Split(r.URL.Path, "/"); k.namespaced && len(steps) > 2 {
			namespace = steps[len(steps)-2]
		}
		if k.path(namespace) != r.URL.Path {
			if k.apiVersion() != "" && c.legacy && strings.HasSuffix(r.URL.Path, "/"+k.apiVersion()) {
				c.legacyResources(w, k.apiVersion())
				return
			}
			continue
		}
		items, meta := pageOf(c.objects[r.URL.Path], r)
		meta["resourceVersion"] = strconv.Itoa(c.revision)
		reply(w, map[string]any{"apiVersion": k.apiVersion(), "kind": gk.Kind + "List", "metadata": meta, "items": items})
		return
	}
	w.Header().Set("Content-Type", "text/plain")
	w.WriteHeader(http.StatusNotFound)
	fmt.Fprintln(w, "404 page not found")
}

func pageOf(items []map[string]any, r *http.Request) ([]map[string]any, map[string]any) {
	start, _ := strconv.Atoi(r.URL.Query().Get("continue"))
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	meta := map[string]any{}
	end := len(items)
	if limit > 0 && start+limit < end {
		end = start + limit
		meta["continue"], meta["remainingItemCount"] = strconv.Itoa(end), len(items)-end
	}
	return append([]map[string]any{}, items[start:end]...), meta
}

// discovery answers in aggregated form, or in the old one.
func (c *cluster) discovery(w http.ResponseWriter, of func(group string) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	versions := map[string]map[string][]resource{}
	for _, k := range c.kinds {
		if of(k.Group) {
			if versions[k.Group] == nil {
				versions[k.Group] = map[string][]resource{}
			}
			versions[k.Group][k.version] = append(versions[k.Group][k.version], k)
		}
	}
	if c.legacy {
		legacyGroups(w, versions, of(""))
		return
	}
	groups := []any{}
	for _, group := range slices.Sorted(maps.Keys(versions)) {
		var all []any
		for version, resources := range versions[group] {
			v := map[string]any{"version": version, "freshness": "Current", "resources": resourceDocs(resources)}
			if c.stale[group] {
				v = map[string]any{"version": version, "freshness": "Stale", "resources": []any{}}
			}
			all = append(all, v)
		}
		groups = append(groups, map[string]any{"metadata": map[string]any{"name": group}, "versions": all})
	}
	w.Header().Set("Content-Type", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")
	_ = json.NewEncoder(w).Encode(map[string]any{
		"apiVersion": "apidiscovery.k8s.io/v2", "kind": "APIGroupDiscoveryList", "metadata": map[string]any{}, "items": groups,
	})
}

func resourceDocs(resources []resource) []any {
	var docs []any
	for _, k := range resources {
		scope := "Cluster"
		if k.namespaced {
			scope = "Namespaced"
		}
		docs = append(docs, map[string]any{
			"resource": k.plural, "scope": scope, "verbs": []string{"get", "list", "watch", "create"},
			"responseKind": map[string]any{"group": k.Group, "version": k.version, "kind": k.Kind},
			"subresources": []any{map[string]any{
				"subresource": "status", "verbs": []string{"get"},
				"responseKind": map[string]any{"group": k.Group, "version": k.version, "kind": k.Kind},
			}},
		})
	}
	return docs
}

func legacyGroups(w http.ResponseWriter, versions map[string]map[string][]resource, core bool) {
	if core {
		reply(w, map[string]any{"kind": "APIVersions", "versions": []string{"v1"}})
		return
	}
	groups := []any{}
	for group, byVersion := range versions {
		for version := range byVersion {
			v := map[string]any{"groupVersion": group + "/" + version, "version": version}
			groups = append(groups, map[string]any{"name": group, "versions": []any{v}, "preferredVersion": v})
		}
	}
	reply(w, map[string]any{"kind": "APIGroupList", "apiVersion": "v1", "groups": groups})
}

func (c *cluster) legacyResources(w http.ResponseWriter, apiVersion string) {
	var docs []any
	for _, k := range c.kinds {
		if k.apiVersion() == apiVersion {
			docs = append(docs, map[string]any{
				"name": k.plural, "namespaced": k.namespaced, "kind": k.Kind, "verbs": []string{"get", "list"},
			})
		}
	}
	reply(w, map[string]any{"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": apiVersion, "resources": docs})
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// refuse answers with a Status, as an API server does.
func refuse(w http.ResponseWriter, code int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(map[string]any{
		"kind": "Status", "apiVersion": "v1", "metadata": map[string]any{}, "status": "Failure",
		"message": message, "reason": http.StatusText(code), "code": code,
	})
}

// scope is the default scope of a fabric in the namespace default.
func scope() core.Scope {
	return core.Scope{Fabric: "dc1", Namespace: "default", Namespaces: []string{"default"}}
}
