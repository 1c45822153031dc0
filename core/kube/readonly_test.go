package kube

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
)

// counted is an HTTPS server that counts what reaches it, and a client of it as
// [newClient] makes them. base is the path below which the API lies.
func counted(t *testing.T, base string) (c *client, config *rest.Config, arrived *atomic.Int32) {
	t.Helper()
	arrived = new(atomic.Int32)
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		arrived.Add(1)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"kind":"Status","apiVersion":"v1"}`)
	}))
	t.Cleanup(server.Close)
	config = &rest.Config{Host: server.URL + base, BearerToken: "t", TLSClientConfig: rest.TLSClientConfig{Insecure: true}}
	c, err := newClient(config)
	if err != nil {
		t.Fatal(err)
	}
	return c, config, arrived
}

func TestNoWriteOfTheDynamicClientIsSent(t *testing.T) {
	c, config, arrived := counted(t, "")
	d, err := dynamic.NewForConfigAndClient(config, c.http)
	if err != nil {
		t.Fatal(err)
	}
	vpcs := d.Resource(schema.GroupVersionResource{Group: "vpc.githedgehog.com", Version: "v1beta1", Resource: "vpcs"}).Namespace("default")
	object := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "vpc.githedgehog.com/v1beta1", "kind": "VPC", "metadata": map[string]any{"name": "vpc-1", "namespace": "default"},
	}}
	dry := []string{metav1.DryRunAll}
	writes := map[string]func() error{
		"create": func() error {
			_, err := vpcs.Create(t.Context(), object, metav1.CreateOptions{})
			return err
		},
		"create, dry run": func() error {
			_, err := vpcs.Create(t.Context(), object, metav1.CreateOptions{DryRun: dry})
			return err
		},
		"update": func() error {
			_, err := vpcs.Update(t.Context(), object, metav1.UpdateOptions{})
			return err
		},
		"update status": func() error {
			_, err := vpcs.UpdateStatus(t.Context(), object, metav1.UpdateOptions{})
			return err
		},
		"delete": func() error { return vpcs.Delete(t.Context(), "vpc-1", metav1.DeleteOptions{}) },
		"delete all": func() error {
			return vpcs.DeleteCollection(t.Context(), metav1.DeleteOptions{}, metav1.ListOptions{})
		},
		"patch": func() error {
			_, err := vpcs.Patch(t.Context(), "vpc-1", types.MergePatchType, []byte(`{}`), metav1.PatchOptions{})
			return err
		},
		"apply": func() error {
			_, err := vpcs.Apply(t.Context(), "vpc-1", object, metav1.ApplyOptions{FieldManager: "x"})
			return err
		},
		"apply status": func() error {
			_, err := vpcs.ApplyStatus(t.Context(), "vpc-1", object, metav1.ApplyOptions{FieldManager: "x"})
			return err
		},
		"read a subresource": func() error {
			_, err := vpcs.Get(t.Context(), "vpc-1", metav1.GetOptions{}, "status")
			return err
		},
	}
	for name, write := range writes {
		if err := write(); !errors.Is(err, errReadOnly) {
			t.Errorf("%s: %v, want %v", name, err, errReadOnly)
		}
	}
	if n := arrived.Load(); n != 0 {
		t.Errorf("%d requests reached the server", n)
	}
	if _, err := vpcs.List(t.Context(), metav1.ListOptions{}); errors.Is(err, errReadOnly) || arrived.Load() != 1 {
		t.Errorf("a list did not reach the server: %v", err)
	}
}

func TestGuardRefuses(t *testing.T) {
	const pod = "/api/v1/namespaces/default/pods/p"
	upgrade := http.Header{"Connection": {"Upgrade"}, "Upgrade": {"websocket"}}
	cases := []struct {
		name, method, path string
		header             http.Header
		body               string
	}{
		{name: "exec over WebSocket", path: pod + "/exec?command=sh", header: upgrade},
		{name: "exec over WebSocket, before the upgrade header is set", path: pod + "/exec?command=sh"},
		{name: "exec over SPDY", method: "POST", path: pod + "/exec", header: http.Header{"Connection": {"Upgrade"}, "Upgrade": {"SPDY/3.1"}}},
		{name: "attach", path: pod + "/attach"},
		{name: "port forward", path: pod + "/portforward"},
		{name: "log", path: pod + "/log"},
		{name: "status", path: pod + "/status"},
		{name: "status of a namespace", path: "/api/v1/namespaces/default/status"},
		{name: "service proxy", path: "/api/v1/namespaces/default/services/https:web:443/proxy/"},
		{name: "service proxy, below", path: "/api/v1/namespaces/default/services/web/proxy/admin/delete"},
		{name: "node proxy", path: "/api/v1/nodes/n1/proxy/run/default/p/c"},
		{name: "legacy proxy", path: "/api/v1/proxy/nodes"},
		{name: "legacy watch", path: "/api/v1/watch/pods"},
		{name: "exec with an escaped slash", path: pod + "%2Fexec"},
		{name: "exec with a slash escaped twice", path: pod + "%252Fexec"},
		{name: "exec with a backslash", path: pod + "%5Cexec"},
		{name: "dot segments", path: "/apis/x.y/v1/vpcs/../../../../api/v1/namespaces/d/pods/p/exec"},
		{name: "double slash", path: "/api/v1//nodes"},
		{name: "a subresource of a custom resource", path: "/apis/vpc.githedgehog.com/v1beta1/namespaces/default/vpcs/v/scale"},
		{name: "metrics", path: "/metrics"},
		{name: "logs of the node", path: "/logs/x"},
		{name: "root", path: "/"},
		{name: "upgrade of a list", path: "/api/v1/namespaces", header: upgrade},
		{name: "upgrade named in Connection alone", path: "/api/v1/namespaces", header: http.Header{"Connection": {"keep-alive, Upgrade"}}},
		{name: "WebSocket headers alone", path: "/api/v1/namespaces", header: http.Header{"Sec-WebSocket-Key": {"x"}}},
		{name: "GET with a body", path: "/api/v1/namespaces", body: "x"},
		{name: "HEAD", method: "HEAD", path: "/api/v1/namespaces"},
		{name: "OPTIONS", method: "OPTIONS", path: "/api/v1/namespaces"},
		{name: "review of rights", method: "POST", path: "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"},
		{name: "watch of discovery", path: "/apis?watch=true"},
		{name: "watch of a group", path: "/apis/vpc.githedgehog.com/v1beta1?watch=true"},
		{name: "watch of the version", path: "/version?watch=true"},
		{name: "watch of one object", path: "/apis/vpc.githedgehog.com/v1beta1/namespaces/default/vpcs/vpc-1?watch=true"},
		{name: "watch of one cluster-wide object", path: "/api/v1/namespaces/default?watch=true"},
		{name: "watch of a log", path: pod + "/log?watch=true"},
		{name: "watch in other words", path: "/apis/vpc.githedgehog.com/v1beta1/vpcs?watch=1"},
		{name: "watch after a semicolon", path: "/apis/vpc.githedgehog.com/v1beta1/vpcs?a=b;watch=true"},
		{name: "watch by WebSocket", path: "/apis/vpc.githedgehog.com/v1beta1/vpcs?watch=true", header: upgrade},
		{name: "watch by POST", method: "POST", path: "/apis/vpc.githedgehog.com/v1beta1/vpcs?watch=true"},
		{name: "token of a service account", method: "POST", path: "/api/v1/namespaces/d/serviceaccounts/s/token"},
	}
	for _, base := range []string{"", "/k8s/clusters/c-x"} {
		c, _, arrived := counted(t, base)
		for _, test := range cases {
			method := test.method
			if method == "" {
				method = http.MethodGet
			}
			var body io.Reader
			if test.body != "" {
				body = strings.NewReader(test.body)
			}
			r, err := http.NewRequestWithContext(t.Context(), method, c.server.String()+test.path, body)
			if err != nil {
				t.Fatal(err)
			}
			if test.header != nil {
				r.Header = test.header.Clone()
			}
			response, err := c.http.Do(r)
			if err == nil {
				_ = response.Body.Close()
			}
			if !errors.Is(err, errReadOnly) {
				t.Errorf("base %q, %s: %v, want %v", base, test.name, err, errReadOnly)
			}
			if n := arrived.Swap(0); n != 0 {
				t.Errorf("base %q, %s: it reached the server", base, test.name)
			}
		}
	}
}

func TestGuardAdmitsReads(t *testing.T) {
	for _, base := range []string{"", "/k8s/clusters/c-x"} {
		c, _, arrived := counted(t, base)
		for _, path := range []string{
			"/version", "/api", "/api/v1", "/apis", "/apis/vpc.githedgehog.com", "/apis/vpc.githedgehog.com/v1beta1",
			"/openapi/v3", "/openapi/v3/apis/vpc.githedgehog.com/v1beta1",
			"/api/v1/namespaces", "/api/v1/namespaces/default", "/api/v1/namespaces/default/configmaps",
			"/apis/vpc.githedgehog.com/v1beta1/vpcs?limit=500&continue=abc",
			"/apis/vpc.githedgehog.com/v1beta1/namespaces/default/vpcs",
			"/apis/vpc.githedgehog.com/v1beta1/namespaces/default/vpcs/vpc-1",
			"/apis/rbac.authorization.k8s.io/v1/clusterroles/system:discovery",
			"/apis/vpc.githedgehog.com/v1beta1/vpcs?watch=true&resourceVersion=7",
			"/apis/vpc.githedgehog.com/v1beta1/namespaces/default/vpcs?watch=true&allowWatchBookmarks=true",
			"/api/v1/namespaces?watch=true", "/openapi/v3/apis/vpc.githedgehog.com/v1beta1?hash=ABC",
		} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.server.String()+path, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			response, err := c.http.Do(r)
			if err != nil {
				t.Errorf("base %q, %s: %v", base, path, err)
				continue
			}
			_ = response.Body.Close()
		}
		if n := arrived.Load(); n != 19 {
			t.Errorf("base %q: %d requests arrived, want 19", base, n)
		}
	}
}

func TestGuardKeepsToItsServer(t *testing.T) {
	c, _, arrived := counted(t, "/k8s/clusters/c-x")
	inside := c.server.String() + "/version"
	for name, change := range map[string]func(*http.Request){
		"another host":      func(r *http.Request) { r.URL.Host = "attacker.example" },
		"another Host line": func(r *http.Request) { r.Host = "attacker.example" },
		"without TLS":       func(r *http.Request) { r.URL.Scheme = "http" },
		"opaque address":    func(r *http.Request) { r.URL.Opaque = "//" + r.URL.Host + "/metrics" },
		"above the base":    func(r *http.Request) { r.URL.Path = "/version" },
		"another cluster":   func(r *http.Request) { r.URL.Path = "/k8s/clusters/c-xy/version" },
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, inside, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		change(r)
		response, err := c.http.Do(r)
		if err == nil {
			_ = response.Body.Close()
		}
		if !errors.Is(err, errReadOnly) {
			t.Errorf("%s: %v, want %v", name, err, errReadOnly)
		}
	}
	if arrived.Load() != 0 {
		t.Error("a request reached the server")
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	var tokens bytes.Buffer
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		tokens.WriteString(r.Header.Get("Authorization") + " was sent on")
	}))
	defer other.Close()
	c := newCluster(t)
	c.answer("/apis", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL+"/apis", http.StatusTemporaryRedirect)
	})
	got := New(c.config()).Read(t.Context(), scope()).Readings[0]
	if got.Access != "invalid" || !strings.Contains(got.Error, "redirects") {
		t.Errorf("reading = %+v", got)
	}
	if tokens.Len() > 0 {
		t.Error(tokens.String())
	}
}

// TestRedirectPastTheClientIsRefused has a client follow redirects, as one
// would that was made without CheckRedirect: the guard is below it.
func TestRedirectPastTheClientIsRefused(t *testing.T) {
	reached := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer other.Close()
	server := httptest.NewServer(http.RedirectHandler(other.URL+"/version", http.StatusFound))
	defer server.Close()
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	h := &http.Client{Transport: readOnly(u)(http.DefaultTransport)}
	response, err := h.Get(server.URL + "/version")
	if err == nil {
		_ = response.Body.Close()
	}
	if !errors.Is(err, errReadOnly) || reached {
		t.Errorf("Get = %v, reached = %v", err, reached)
	}
}

// TestClientsAreMadeInOnePlace keeps the guard beneath every request: only
// newClient may make what can send one.
func TestClientsAreMadeInOnePlace(t *testing.T) {
	makers := regexp.MustCompile(`http\.(Client\{|Default|Transport\{|Get\(|Head\(|Post)|ForConfig|TransportFor|HTTPClientFor|net\.Dial|RoundTripperFor`)
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range makers.FindAllString(string(text), -1) {
			found = append(found, name+": "+m)
		}
	}
	want := []string{"client.go: TransportFor", "client.go: http.Client{"}
	if !slices.Equal(found, want) {
		t.Errorf("found %q, want %q and nothing else", found, want)
	}
}
