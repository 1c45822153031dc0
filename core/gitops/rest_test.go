package gitops_test

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/gitops"
)

// server is Argo CD's API over some apps.
type server struct {
	*httptest.Server
	mu       sync.Mutex
	apps     map[string]map[string]any
	windows  string // the answer to a question for sync windows
	token    string // that is let in
	requests []string
	bodies   []string
	answer   func(w http.ResponseWriter, r *http.Request) bool // true where it has answered
}

func newServer(t *testing.T, apps ...map[string]any) *server {
	t.Helper()
	s := &server{apps: map[string]map[string]any{}, token: "let-me-in", windows: `{"canSync": true}`}
	for _, a := range apps {
		s.apps[a["metadata"].(map[string]any)["name"].(string)] = a
	}
	s.Server = httptest.NewTLSServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	return s
}

func (s *server) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	s.requests = append(s.requests, r.Method+" "+r.URL.RequestURI())
	s.bodies = append(s.bodies, string(body))
	fail := func(code, grpc int, message string) {
		w.WriteHeader(code)
		fmt.Fprintf(w, `{"error":%q,"code":%d,"message":%q}`, message, grpc, message)
	}
	if s.answer != nil && s.answer(w, r) {
		return
	}
	if r.Header.Get("Authorization") != "Bearer "+s.token {
		fail(http.StatusUnauthorized, 16, "invalid session: token has invalid claims: token is expired")
		return
	}
	path, ok := strings.CutPrefix(r.URL.Path, "/argocd/api/v1/applications")
	if !ok {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<!doctype html><title>Argo CD</title>")
		return
	}
	name, below, _ := strings.Cut(strings.Trim(path, "/"), "/")
	app := s.apps[name]
	var v any = app
	switch {
	case name == "":
		all := []any{}
		for _, a := range s.apps {
			all = append(all, map[string]any{"metadata": a["metadata"], "spec": a["spec"]})
		}
		v = map[string]any{"metadata": map[string]any{}, "items": all}
	case app == nil && strings.HasPrefix(name, "hidden"):
		fail(http.StatusForbidden, 7, "permission denied: applications, get, default/hidden, sub: selvage")
		return
	case app == nil:
		fail(http.StatusNotFound, 5, fmt.Sprintf("applications.argoproj.io %q not found", name))
		return
	case below == "syncwindows":
		fmt.Fprint(w, s.windows)
		return
	}
	if err := json.NewEncoder(w).Encode(v); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

func (s *server) asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// apiConfig is that of a fabric whose Argo CD is reached by its own API alone.
func apiConfig(t *testing.T, s *server) gitops.Config {
	t.Helper()
	token := filepath.Join(t.TempDir(), "token")
	write(t, token, "let-me-in\n")
	c := config(nil, "fabrics/dc1")
	c.Objects = nil
	c.Cluster.Here = false
	c.RootCAs = x509.NewCertPool()
	c.RootCAs.AddCert(s.Certificate())
	c.API = &gitops.API{Server: s.URL + "/argocd/", TokenFile: token}
	return c
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestApplicationByArgoCDsAPI(t *testing.T) {
	s := newServer(t, recorded(t, "application"))
	s.windows = `{"canSync": true, "activeWindows": [{"kind": "deny", "schedule": "0 8 * * *", "duration": "4h", "manualSync": true}], "assignedWindows": [{"kind": "deny", "schedule": "0 8 * * *", "duration": "4h", "manualSync": true}]}`
	c := apiConfig(t, s)
	c.App, c.Namespace = "dc1", "argocd"
	e := gitops.New(c).ReadEngine(t.Context())
	mustBeKnown(t, e)
	if e.Where != s.URL+"/argocd" || e.Sources[0].Applied != applied || e.Blocked != "blocked by a sync window" || len(e.Mismatch) > 0 {
		t.Errorf("engine = %+v", e)
	}
	want := []string{"GET /argocd/api/v1/applications/dc1?appNamespace=argocd", "GET /argocd/api/v1/applications/dc1/syncwindows?appNamespace=argocd"}
	if got := s.asked(); !slices.Equal(got, want) {
		t.Errorf("asked %q, want %q", got, want)
	}
	if e.API != nil {
		t.Errorf("it may be asked for %q, want nothing", e.API)
	}
}

func TestApplicationIsLookedForByArgoCDsAPI(t *testing.T) {
	s := newServer(t, recorded(t, "application"), app(t, "dc2", "fabrics/dc2", "main", here))
	e := gitops.New(apiConfig(t, s)).ReadEngine(t.Context())
	mustBeKnown(t, e)
	// The list has no statuses, so what was found is read once more.
	if e.App != "dc1" || e.Sources[0].Applied != applied || e.Sync != "Synced" {
		t.Errorf("engine = %+v", e)
	}
	if got := s.asked()[0]; !strings.HasPrefix(got, "GET /argocd/api/v1/applications?fields=") {
		t.Errorf("asked %q", got)
	}
}

func TestWhyArgoCDsAPICannotBeRead(t *testing.T) {
	html := func(w http.ResponseWriter, _ *http.Request) bool {
		fmt.Fprint(w, "<html>log in</html>")
		return true
	}
	code := func(n int) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, _ *http.Request) bool { http.Error(w, "no", n); return true }
	}
	for name, test := range map[string]struct {
		change func(c *gitops.Config, s *server)
		access core.Access
		says   []string
	}{
		"a token that is old": {func(_ *gitops.Config, s *server) { s.token = "another" }, core.AccessUnauthorized, []string{`get Application "dc1"`, "401", "token is expired", "renew the token in /"}},
		"no token":            {func(c *gitops.Config, _ *server) { c.API.TokenFile += ".none" }, core.AccessLoginNeeded, []string{"engine.api.token_file"}},
		"an empty token": {func(c *gitops.Config, _ *server) {
			c.API.TokenFile = os.DevNull
		}, core.AccessLoginNeeded, []string{"there is no token in"}},
		"an app that is not shown":  {func(c *gitops.Config, _ *server) { c.App = "hidden" }, core.AccessForbidden, []string{`"hidden"`, "permission denied", "RBAC"}},
		"an app that is not there":  {func(c *gitops.Config, _ *server) { c.App = "dc9" }, core.AccessInvalid, []string{`"dc9"`, "correct engine.app"}},
		"a name that is an address": {func(c *gitops.Config, _ *server) { c.App = "../../../x" }, core.AccessInvalid, []string{"no name of an Application"}},
		"a web page":                {func(_ *gitops.Config, s *server) { s.answer = html }, core.AccessInvalid, []string{"not JSON", "engine.api.server"}},
		"another path":              {func(c *gitops.Config, s *server) { c.API.Server = s.URL }, core.AccessInvalid, []string{"not JSON"}},
		"a server error":            {func(_ *gitops.Config, s *server) { s.answer = code(502) }, core.AccessUnreachable, []string{"502 Bad Gateway"}},
		"a redirect": {func(_ *gitops.Config, s *server) {
			s.answer = func(w http.ResponseWriter, r *http.Request) bool {
				http.Redirect(w, r, "https://login.example.net/?token=x", http.StatusFound)
				return true
			}
		}, core.AccessInvalid, []string{"302", "redirects are not followed", "login.example.net"}},
		"an unknown authority": {func(c *gitops.Config, _ *server) { c.RootCAs = x509.NewCertPool() }, core.AccessUnreachable, []string{"authority", "SSL_CERT_FILE"}},
		"nobody there":         {func(_ *gitops.Config, s *server) { s.Close() }, core.AccessUnreachable, []string{"refused", "is Argo CD's server running"}},
		"no address":           {func(c *gitops.Config, _ *server) { c.API.Server = "ftp://me:secret@x" }, core.AccessInvalid, []string{"correct engine.api.server"}},
		"an object of another name": {func(_ *gitops.Config, s *server) {
			s.answer = func(w http.ResponseWriter, _ *http.Request) bool { fmt.Fprint(w, "{}"); return true }
		}, core.AccessInvalid, []string{"no Application of that name"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, recorded(t, "application"))
			c := apiConfig(t, s)
			c.Type, c.App, c.Namespace = core.ArgoCD, "dc1", "argocd"
			test.change(&c, s)
			e := gitops.New(c).ReadEngine(t.Context())
			if e.Access != test.access || e.Type != core.ArgoCD || strings.Contains(e.Error, "\n") || strings.Contains(e.Error, "let-me-in") || strings.Contains(e.Error+e.Where, "secret") {
				t.Errorf("engine = %+v", e)
			}
			for _, part := range test.says {
				if !strings.Contains(e.Error, part) {
					t.Errorf("error = %q, want %q in it", e.Error, part)
				}
			}
		})
	}
}

func TestSlowArgoCDIsLeftWhenTheTimeIsUp(t *testing.T) {
	s := newServer(t)
	s.answer = func(_ http.ResponseWriter, r *http.Request) bool { <-r.Context().Done(); return true }
	c := apiConfig(t, s)
	c.App = "dc1"
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if e := gitops.New(c).ReadEngine(ctx); e.Access != core.AccessUnreachable || !strings.Contains(e.Error, "slow") {
		t.Errorf("engine = %+v", e)
	}
}

func TestTokenIsReadAgainOnA401(t *testing.T) {
	s := newServer(t, recorded(t, "application"))
	c := apiConfig(t, s)
	c.App, c.Namespace = "dc1", "argocd"
	r := gitops.New(c)
	mustBeKnown(t, r.ReadEngine(t.Context()))
	s.mu.Lock()
	s.token = "the-next"
	// The token is renewed while the server refuses the old one.
	s.answer = func(http.ResponseWriter, *http.Request) bool {
		write(t, c.API.TokenFile, "the-next")
		return false
	}
	s.mu.Unlock()
	mustBeKnown(t, r.ReadEngine(t.Context()))
}

const commandConfig = `contexts:
- {name: lab, server: lab.example.net, user: lab.example.net}
- {name: prod, server: %[1]s, user: %[1]s}
- {name: core, server: kubernetes, user: kubernetes}
current-context: %[2]s
servers:
- {grpc-web: true, grpc-web-root-path: "", server: lab.example.net}
- {grpc-web: true, grpc-web-root-path: argocd, server: %[1]s, insecure: %[3]v}
- {core: true, server: kubernetes}
users:
- {name: lab.example.net, auth-token: lab}
- {name: %[1]s, auth-token: let-me-in, refresh-token: r}
`

func TestLoginOfTheCommand(t *testing.T) {
	s := newServer(t, recorded(t, "application"))
	host := strings.TrimPrefix(s.URL, "https://")
	home := t.TempDir()
	c := apiConfig(t, s)
	c.App, c.Namespace, c.Home, c.API.TokenFile = "dc1", "argocd", home, ""
	env := map[string]string{}
	c.LookupEnv = func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	usual := filepath.Join(home, ".config", "argocd", "config")
	read := func(server string) *core.Engine {
		c.API.Server = server
		return gitops.New(c).ReadEngine(t.Context())
	}
	if e := read(""); e.Access != core.AccessLoginNeeded || !strings.Contains(e.Error, "argocd login") {
		t.Errorf("without a login: %+v", e)
	}
	write(t, usual, fmt.Sprintf(commandConfig, host, "prod", false))
	for _, server := range []string{"", s.URL + "/argocd"} {
		mustBeKnown(t, read(server))
	}
	if e := read("https://other.example.net"); e.Access != core.AccessLoginNeeded || !strings.Contains(e.Error, "none for other.example.net") {
		t.Errorf("of another server: %+v", e)
	}
	write(t, usual, fmt.Sprintf(commandConfig, host, "lab", false))
	mustBeKnown(t, read(s.URL+"/argocd"))
	write(t, usual, fmt.Sprintf(commandConfig, host, "core", false))
	if e := read(""); e.Access != core.AccessLoginNeeded || !strings.Contains(e.Error, "core mode") {
		t.Errorf("of core mode: %+v", e)
	}
	write(t, usual, "contexts: {")
	if e := read(""); e.Access != core.AccessInvalid || strings.Contains(e.Error, "\n") {
		t.Errorf("a file that is none: %+v", e)
	}
	for dir, file := range map[string]string{"XDG_CONFIG_HOME": "argocd/config", "ARGOCD_CONFIG_DIR": "config"} {
		env[dir] = filepath.Join(home, dir)
		write(t, filepath.Join(env[dir], file), fmt.Sprintf(commandConfig, host, "prod", false))
		mustBeKnown(t, read(""))
	}
	s.mu.Lock()
	s.token = "another"
	s.mu.Unlock()
	if e := read(""); e.Access != core.AccessLoginNeeded || !strings.Contains(e.Error, "run argocd login "+host) {
		t.Errorf("a login that is over: %+v", e)
	}
}

func TestCertificateIsCheckedWhateverTheCommandWasTold(t *testing.T) {
	s := newServer(t, recorded(t, "application"))
	c := apiConfig(t, s)
	c.App, c.API.Server, c.API.TokenFile, c.RootCAs = "dc1", "", "", x509.NewCertPool()
	c.API.ConfigFile = filepath.Join(t.TempDir(), "config")
	write(t, c.API.ConfigFile, fmt.Sprintf(commandConfig, strings.TrimPrefix(s.URL, "https://"), "prod", true))
	e := gitops.New(c).ReadEngine(t.Context())
	if e.Access != core.AccessUnreachable || !strings.Contains(e.Error, "selvage checks it") || len(s.asked()) > 0 {
		t.Errorf("engine = %+v, asked %q", e, s.asked())
	}
}
