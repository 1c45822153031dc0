package gitops_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"selvage/core"
	"selvage/core/gitops"
)

func TestNothingIsAskedThatIsNotAllowed(t *testing.T) {
	s := newServer(t, recorded(t, "application"))
	c := apiConfig(t, s)
	c.App, c.Namespace = "dc1", "argocd"
	for _, allow := range [][]core.EngineRequest{nil, {core.EngineRefresh}} {
		c.API.Allow = allow
		err := gitops.New(c).AskEngine(t.Context(), core.EngineSync)
		if err == nil || !strings.Contains(err.Error(), "add sync to engine.api.allow") {
			t.Errorf("allowed %q: %v", allow, err)
		}
	}
	without := config(argocdCluster(recorded(t, "application")), "fabrics/dc1")
	if err := gitops.New(without).AskEngine(t.Context(), core.EngineRefresh); err == nil || !strings.Contains(err.Error(), "set engine.api") {
		t.Errorf("without an API: %v", err)
	}
	if len(s.asked()) > 0 {
		t.Errorf("asked %q", s.asked())
	}
}

func TestRefreshAndSync(t *testing.T) {
	for name, test := range map[string]struct {
		policy string
		prune  bool
	}{
		"prunes":            {"{automated: {prune: true}}", true},
		"does not":          {"{automated: {prune: false}}", false},
		"manual":            {"{automated: null}", false},
		"prune is off":      {"{automated: {prune: true, enabled: false}}", false},
		"options of others": {"{automated: {prune: null}, syncOptions: [Replace=true]}", false},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, with(t, recorded(t, "application"), "spec: {syncPolicy: "+test.policy+"}"))
			c := apiConfig(t, s)
			c.API.Allow = []core.EngineRequest{core.EngineRefresh, core.EngineSync}
			c.App, c.Namespace = "dc1", "argocd"
			r := gitops.New(c)
			if e := r.ReadEngine(t.Context()); !slices.Equal(e.API, c.API.Allow) {
				t.Errorf("it may be asked for %q", e.API)
			}
			s.requests, s.bodies = nil, nil
			for _, what := range c.API.Allow {
				if err := r.AskEngine(t.Context(), what); err != nil {
					t.Fatal(err)
				}
			}
			want := []string{
				"GET /argocd/api/v1/applications/dc1?appNamespace=argocd&refresh=normal",
				"GET /argocd/api/v1/applications/dc1?appNamespace=argocd",
				"POST /argocd/api/v1/applications/dc1/sync",
			}
			if !slices.Equal(s.requests, want) {
				t.Errorf("asked %q, want %q", s.requests, want)
			}
			body := fmt.Sprintf(`{"appNamespace":"argocd","dryRun":false,"name":"dc1","project":"fabrics","prune":%v}`, test.prune)
			if got := s.bodies[2]; got != body {
				t.Errorf("sent %s, want %s", got, body)
			}
		})
	}
}

func TestWhatIsAskedIsAskedOfTheAppThatWasFound(t *testing.T) {
	s := newServer(t, app(t, "dc2", "fabrics/dc2", "main", here), recorded(t, "application"))
	c := apiConfig(t, s)
	c.API.Allow = []core.EngineRequest{core.EngineRefresh}
	if err := gitops.New(c).AskEngine(t.Context(), core.EngineRefresh); err != nil {
		t.Fatal(err)
	}
	if all := s.asked(); !strings.HasSuffix(all[len(all)-1], "/dc1?appNamespace=argocd&refresh=normal") {
		t.Errorf("asked %q", all)
	}
	c.Places[0].Path = "fabrics/dc9"
	if err := gitops.New(c).AskEngine(t.Context(), core.EngineRefresh); err == nil || !strings.Contains(err.Error(), "set engine.app") {
		t.Errorf("nothing found: %v", err)
	}
}

func TestSyncThatAWindowForbids(t *testing.T) {
	s := newServer(t, recorded(t, "application"))
	s.answer = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost {
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `{"error":"cannot sync: blocked by sync window","code":7,"message":"cannot sync: blocked by sync window"}`)
			return true
		}
		return false
	}
	c := apiConfig(t, s)
	c.App, c.Namespace, c.API.Allow = "dc1", "argocd", []core.EngineRequest{core.EngineSync}
	if err := gitops.New(c).AskEngine(t.Context(), core.EngineSync); err == nil || !strings.Contains(err.Error(), "wait for the window") {
		t.Errorf("err = %v", err)
	}
}
