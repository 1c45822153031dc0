package kube

import (
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"selvage/core"
)

const argo = "argoproj.io"

// application is a kind of an engine, as a cluster serves it.
func application() resource {
	return resource{core.GroupKind{Group: argo, Kind: "Application"}, "v1alpha1", "applications", true}
}

// withEngine is a cluster with applications in two namespaces.
func withEngine(t *testing.T) *cluster {
	c := newCluster(t)
	c.serve(application())
	for _, at := range []struct{ namespace, name string }{{"argocd", "dc1"}, {"argocd", "dc2"}, {"teams", "dc3"}} {
		c.put("Application", at.namespace, at.name)
	}
	c.with(func() {
		app := application()
		all := c.objects[app.path("argocd")]
		all[0]["metadata"].(map[string]any)["managedFields"] = []any{map[string]any{"manager": "argocd"}}
		all[0]["status"] = map[string]any{"sync": map[string]any{"status": "OutOfSync"}}
	})
	c.answer(application().path(""), func(w http.ResponseWriter, _ *http.Request) {
		items := slices.Concat(c.objects[application().path("argocd")], c.objects[application().path("teams")])
		reply(w, map[string]any{"apiVersion": "argoproj.io/v1alpha1", "kind": "ApplicationList", "metadata": map[string]any{}, "items": items})
	})
	one := application().path("argocd") + "/dc1"
	c.answer(one, func(w http.ResponseWriter, _ *http.Request) {
		reply(w, c.objects[application().path("argocd")][0])
	})
	c.answer(application().path("argocd")+"/gone", func(w http.ResponseWriter, _ *http.Request) {
		notThere(w, "gone")
	})
	return c
}

// notThere is how an API server says that it has no such object.
func notThere(w http.ResponseWriter, name string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusNotFound)
	fmt.Fprintf(w, `{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"applications.argoproj.io \"%[1]s\" not found",
		"reason":"NotFound","details":{"name":"%[1]s","group":"argoproj.io","kind":"applications"},"code":404}`, name)
}

func names(objects []map[string]any) string {
	var all []string
	for _, o := range objects {
		meta, _ := o["metadata"].(map[string]any)
		all = append(all, fmt.Sprint(meta["namespace"], "/", meta["name"]))
	}
	return strings.Join(all, " ")
}

func TestObjectsAreReadAsTheyAreServed(t *testing.T) {
	c := withEngine(t)
	o := NewObjects(c.config())
	for namespace, want := range map[string]string{
		"argocd": "argocd/dc1 argocd/dc2", "": "argocd/dc1 argocd/dc2 teams/dc3", "empty": "",
	} {
		got, err := o.List(t.Context(), argo, "applications", namespace)
		if err != nil || got == nil || names(got) != want {
			t.Errorf("List in %q = %s, %v, want %s", namespace, names(got), err, want)
		}
	}
	got, err := o.Get(t.Context(), argo, "applications", "argocd", "dc1")
	if err != nil {
		t.Fatal(err)
	}
	spec, _ := got["spec"].(map[string]any)
	status, _ := got["status"].(map[string]any)
	meta, _ := got["metadata"].(map[string]any)
	if got["kind"] != "Application" || spec["n"] != int64(9007199254740993) || status == nil || meta["managedFields"] != nil {
		t.Errorf("Get = %v", got)
	}
	if o.Where() != c.server.URL {
		t.Errorf("Where = %q, want %q", o.Where(), c.server.URL)
	}
}

// TestAddressIsKnownBeforeAnythingIsAsked, as far as the configuration tells.
func TestAddressIsKnownBeforeAnythingIsAsked(t *testing.T) {
	c := newCluster(t)
	file := kubeconfig(t, c, "    token: reader")
	for want, config := range map[string]Config{
		c.server.URL:                       fromKubeconfig(c, file),
		"https://127.0.0.1:1":              {Kubeconfig: file, Context: "old"},
		"https://10.9.1.10:6443":           {Kubeconfig: file, Context: "dc1", APIServer: "https://me@10.9.1.10:6443/"},
		`context "new" of ` + file:         {Kubeconfig: file, Context: "new"},
		filepath.Join(t.TempDir(), "gone"): {},
	} {
		if config.Kubeconfig == "" {
			config.Kubeconfig = want
		}
		if got := NewObjects(config).Where(); got != want {
			t.Errorf("Where = %q, want %q", got, want)
		}
	}
}

func TestObjectsTellWhatIsNotThereFromWhatIsNotRead(t *testing.T) {
	c := withEngine(t)
	o := NewObjects(c.config())
	var known *core.Error
	if _, err := o.Get(t.Context(), argo, "applications", "argocd", "gone"); !errors.Is(err, core.ErrNotFound) || errors.As(err, &known) {
		t.Errorf("Get of what is not there = %v", err)
	}
	for _, resource := range []string{"appprojects", "nonsense"} {
		_, err := o.List(t.Context(), argo, resource, "")
		if !errors.Is(err, core.ErrUnserved) || !strings.Contains(err.Error(), resource+"."+argo+" at "+c.server.URL) {
			t.Errorf("List of %s = %v", resource, err)
		}
	}
	broken := application().path("argocd") + "/dc1"
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		access core.Access
		text   string
	}{
		"forbidden":      {func(w http.ResponseWriter, _ *http.Request) { refuse(w, 403, "no") }, core.AccessForbidden, "ask for get and list on applications.argoproj.io"},
		"another object": {func(w http.ResponseWriter, _ *http.Request) { reply(w, c.objects[application().path("argocd")][1]) }, core.AccessInvalid, `"dc2"`},
		"another kind": {func(w http.ResponseWriter, _ *http.Request) {
			reply(w, map[string]any{"kind": "VPC", "apiVersion": "v1"})
		}, core.AccessInvalid, `"VPC"`},
		"a page of a proxy": {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "<html>", 404) }, core.AccessInvalid, "not found"},
		"another is not there": {func(w http.ResponseWriter, _ *http.Request) {
			notThere(w, "argocd")
		}, core.AccessInvalid, "not found"},
		"broken": {func(w http.ResponseWriter, _ *http.Request) { refuse(w, 500, "etcd") }, core.AccessUnreachable, "etcd"},
	} {
		c.answer(broken, test.answer)
		_, err := o.Get(t.Context(), argo, "applications", "argocd", "dc1")
		if !errors.As(err, &known) || known.Access != test.access || !strings.Contains(err.Error(), test.text) ||
			errors.Is(err, core.ErrNotFound) || errors.Is(err, core.ErrUnserved) {
			t.Errorf("%s: %v, want %s and %q", name, err, test.access, test.text)
		}
	}
}

func TestKindThatComesIsFoundWithinAMinute(t *testing.T) {
	c := newCluster(t)
	now := time.Now()
	config := c.config()
	config.Now = func() time.Time { return now }
	o := NewObjects(config)
	look := func() error {
		_, err := o.List(t.Context(), argo, "applications", "argocd")
		return err
	}
	if err := look(); !errors.Is(err, core.ErrUnserved) {
		t.Fatal(err)
	}
	asked := len(c.seen())
	c.serve(application())
	c.with(func() { c.objects[application().path("argocd")] = []map[string]any{} })
	now = now.Add(unservedAge - time.Second)
	if err := look(); !errors.Is(err, core.ErrUnserved) || len(c.seen()) != asked {
		t.Errorf("before a minute: %v, and %v was asked for", err, c.seen()[asked:])
	}
	now = now.Add(time.Second)
	if err := look(); err != nil {
		t.Errorf("after a minute: %v", err)
	}
	c.drop(application().GroupKind)
	if err := look(); !errors.Is(err, core.ErrUnserved) {
		t.Errorf("after it went: %v", err)
	}
}

func TestGroupThatCannotBeLookedIntoIsNotUnserved(t *testing.T) {
	c := withEngine(t)
	c.with(func() { c.stale[argo] = true })
	_, err := NewObjects(c.config()).List(t.Context(), argo, "applications", "")
	var known *core.Error
	if errors.Is(err, core.ErrUnserved) || !errors.As(err, &known) {
		t.Errorf("List = %v", err)
	}
}

func TestWhatHoldsCredentialsIsNotAskedFor(t *testing.T) {
	c := newCluster(t)
	o := NewObjects(c.config())
	for _, test := range []struct{ group, resource string }{
		{"", "secrets"}, {agentGroup, agentPlural}, {"fabricator.githedgehog.com", "fabricators"},
	} {
		_, list := o.List(t.Context(), test.group, test.resource, "default")
		_, get := o.Get(t.Context(), test.group, test.resource, "default", "x")
		for _, err := range []error{list, get} {
			var known *core.Error
			if !errors.As(err, &known) || known.Access != core.AccessForbidden {
				t.Errorf("%s: %v", test.resource, err)
			}
		}
	}
	if asked := c.seen(); len(asked) > 0 {
		t.Errorf("it was asked for: %v", asked)
	}
}

func TestNamesThatWouldLeadElsewhereAreRefused(t *testing.T) {
	c := withEngine(t)
	o := NewObjects(c.config())
	for _, test := range []struct{ namespace, name string }{
		{"argocd", "../../../../../api/v1/secrets"}, {"argocd", "dc1/status"}, {"argocd", ""}, {"a/b", "dc1"}, {"..", "dc1"}, {"", "dc1"},
	} {
		_, err := o.Get(t.Context(), argo, "applications", test.namespace, test.name)
		var known *core.Error
		if !errors.As(err, &known) || known.Access != core.AccessInvalid {
			t.Errorf("Get of %q in %q = %v", test.name, test.namespace, err)
		}
	}
	for _, asked := range c.seen() {
		if strings.Contains(asked, application().plural) {
			t.Errorf("it was asked for %s", asked)
		}
	}
}

func TestObjectsAreWholeOrNone(t *testing.T) {
	c := withEngine(t)
	path := application().path("argocd")
	page := func(next string, left int, items ...any) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("continue") != "" {
				refuse(w, 500, "etcd")
				return
			}
			reply(w, map[string]any{
				"apiVersion": "argoproj.io/v1alpha1", "kind": "ApplicationList",
				"metadata": map[string]any{"continue": next, "remainingItemCount": left}, "items": items,
			})
		}
	}
	good := map[string]any{"metadata": map[string]any{"name": "dc1", "namespace": "argocd"}}
	for name, answer := range map[string]http.HandlerFunc{
		"the second page fails": page("2", 1, good),
		"the end is missing":    page("", 1, good),
		"without a name":        page("", 0, good, map[string]any{"metadata": map[string]any{}}),
		"of another namespace":  page("", 0, map[string]any{"metadata": map[string]any{"name": "dc1", "namespace": "teams"}}),
		"of another kind":       page("", 0, map[string]any{"kind": "VPC", "metadata": map[string]any{"name": "dc1", "namespace": "argocd"}}),
		"no object":             page("", 0, "dc1"),
		"another list": func(w http.ResponseWriter, _ *http.Request) {
			reply(w, map[string]any{"kind": "List", "apiVersion": "v1"})
		},
		"nothing": func(w http.ResponseWriter, _ *http.Request) { reply(w, map[string]any{}) },
	} {
		c.answer(path, answer)
		got, err := NewObjects(c.config()).List(t.Context(), argo, "applications", "argocd")
		if err == nil || got != nil {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

func TestObjectsAreReadInPages(t *testing.T) {
	c := withEngine(t)
	for i := range 2 * objectsPage {
		c.put("Application", "many", fmt.Sprintf("app-%d", i))
	}
	got, err := NewObjects(c.config()).List(t.Context(), argo, "applications", "many")
	if err != nil || len(got) != 2*objectsPage {
		t.Errorf("%d objects, %v", len(got), err)
	}
	forgotten := false
	c.answer(application().path("many"), func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("continue") != "" {
			forgotten = true
			refuse(w, http.StatusGone, "the continue token is too old")
			return
		}
		c.list(w, r)
	})
	got, err = NewObjects(c.config()).List(t.Context(), argo, "applications", "many")
	if err != nil || len(got) != 2*objectsPage || !forgotten {
		t.Errorf("after the server has forgotten the first page: %d objects, %v", len(got), err)
	}
}

func TestObjectsOfASourceShareItsClient(t *testing.T) {
	c := withEngine(t)
	s := New(c.config())
	s.Read(t.Context(), scope())
	asked := len(c.seen())
	if _, err := s.Objects().List(t.Context(), argo, "applications", "argocd"); err != nil {
		t.Fatal(err)
	}
	if more := c.seen()[asked:]; len(more) != 1 || c.connections.Load() != 1 {
		t.Errorf("it took %d connections and %q", c.connections.Load(), more)
	}
}

func TestOneOfManyRefusedRenewsTheCredentials(t *testing.T) {
	c := withEngine(t)
	runs := filepath.Join(t.TempDir(), "runs")
	config := plugin(t, c, "cd "+filepath.Dir(runs)+"; echo run >>runs\n"+givesToken, "")
	token := write(t, 0o600, filepath.Join(filepath.Dir(runs), "token"), "reader")
	s := New(config)
	access(t, s, core.AccessOK)
	const many = 4
	var refused sync.WaitGroup
	refused.Add(many)
	c.answer(application().path("argocd"), func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer reader" {
			c.list(w, r)
			return
		}
		refused.Done()
		refused.Wait()
		c.with(func() { c.token = "renewed" })
		refuse(w, http.StatusUnauthorized, "Unauthorized")
	})
	write(t, 0o600, token, "renewed")
	var asking sync.WaitGroup
	for range many {
		asking.Go(func() {
			if _, err := s.Objects().List(t.Context(), argo, "applications", "argocd"); err != nil {
				t.Error(err)
			}
		})
	}
	asking.Wait()
	if n := strings.Count(mustRead(t, runs), "run"); n != 2 {
		t.Errorf("the plugin ran %d times, want once at first and once for all that were refused", n)
	}
}
