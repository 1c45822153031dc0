package repo_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"selvage/core"
	"selvage/core/repo"
)

func TestServerIsReadOverHTTPS(t *testing.T) {
	w := with(t, map[string]string{"dc1/a.yaml": vpc("a"), "dc1/large.yaml": "# " + strings.Repeat("x", 9<<20)})
	w.write("dc1/b.yaml", vpc("b"))
	head := w.commit()
	s := serveHTTP(t, w, (*httptest.Server).StartTLS)
	src := pool(trusting(s)).Source([]repo.Location{{URL: s.URL + "/work", Branch: "main", Path: "dc1"}})
	got := readOK(t, src)
	wantNames(t, got, "a", "b")
	if r := got.Readings[0]; r.Revision != head || r.URL != s.URL+"/work" {
		t.Errorf("reading %+v, want revision %s", r, head)
	}
	if f := findings(got); !slices.Equal(f, []string{"dc1/large.yaml:0: larger than 8 MiB: not read"}) {
		t.Errorf("findings %q", f)
	}
	if gets, posts := s.count("GET"), s.count("POST"); gets != 1 || posts != 1 {
		t.Errorf("first read: %d GET, %d POST, want one each", gets, posts)
	}
	again := readOK(t, src)
	if gets, posts := s.count("GET"), s.count("POST"); gets != 2 || posts != 1 {
		t.Errorf("unchanged read: %d GET, %d POST in all, want 2 and 1", gets, posts)
	}
	if again.Side(key("a")).Object != got.Side(key("a")).Object {
		t.Error("an unchanged branch was parsed again")
	}
	w.write("dc1/c.yaml", vpc("c"))
	w.commit()
	moved := readOK(t, src)
	wantNames(t, moved, "a", "b", "c")
	if posts(s) != 2 {
		t.Errorf("%d POST after the branch moved once, want 2", posts(s))
	}
	w.git("reset", "-q", "--hard", "HEAD~2")
	w.write("dc1/d.yaml", vpc("d"))
	w.commit()
	wantNames(t, readOK(t, src), "a", "d")
}

func posts(s *gitServer) int { return s.count("POST") }

func TestServersWithFewCapabilities(t *testing.T) {
	w := with(t, map[string]string{"a.yaml": vpc("a")})
	w.write("b.yaml", vpc("b"))
	w.commit()
	for _, drop := range []string{" shallow", " filter", " side-band-64k", " ofs-delta", " multi_ack_detailed"} {
		t.Run(drop, func(t *testing.T) {
			s := serveHTTP(t, w, (*httptest.Server).Start)
			s.fault = func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
				if r.Method != http.MethodGet {
					next.ServeHTTP(rw, r)
					return
				}
				rec := httptest.NewRecorder()
				next.ServeHTTP(rec, r)
				// The same length, so that the packet line stays whole.
				body := strings.ReplaceAll(rec.Body.String(), drop, strings.Repeat(" ", 1)+strings.Repeat("x", len(drop)-1))
				rw.Header().Set("Content-Type", rec.Header().Get("Content-Type"))
				_, _ = io.WriteString(rw, body)
			}
			wantNames(t, readOK(t, pool().Source([]repo.Location{{URL: s.URL + "/work", Branch: "main"}})), "a", "b")
		})
	}
}

func TestMonorepoIsAskedOnceForAllFabrics(t *testing.T) {
	files := map[string]string{}
	for i := range 10 {
		files[fmt.Sprintf("dc%d/a.yaml", i)] = vpc(fmt.Sprintf("a%d", i))
	}
	w := with(t, files)
	s := serveHTTP(t, w, (*httptest.Server).Start)
	p := pool()
	var sources []*repo.Source
	for i := range 10 {
		sources = append(sources, p.Source([]repo.Location{{URL: s.URL + "/work", Branch: "main", Path: fmt.Sprintf("dc%d", i)}}))
	}
	for i, src := range sources {
		wantNames(t, readOK(t, src), fmt.Sprintf("a%d", i))
	}
	if g, n := s.count("GET"), posts(s); g != 1 || n != 1 {
		t.Errorf("a round of ten in a row: %d GET, %d POST, want one each", g, n)
	}
	for round := 2; round <= 4; round++ {
		var all sync.WaitGroup
		for _, src := range sources {
			all.Go(func() { readOK(t, src) })
		}
		all.Wait()
		if g, n := s.count("GET"), posts(s); g != round || n != 1 {
			t.Errorf("round %d at once: %d GET, %d POST, want %d and 1", round, g, n, round)
		}
	}
	w.write("dc3/b.yaml", vpc("b"))
	w.commit()
	wantNames(t, readOK(t, sources[3]), "a3", "b")
}

func TestLogin(t *testing.T) {
	w := with(t, map[string]string{"a.yaml": vpc("a")})
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte("geheim\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	helper := filepath.Join(t.TempDir(), "gitconfig")
	if err := os.WriteFile(helper, []byte("[credential]\n\thelper = \"!f() { echo username=deploy; echo password=geheim; }; f\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"GOOD": "geheim", "BAD": "falsch"}
	cases := []struct {
		name, userinfo, helper string
		l                      repo.Location
		access                 core.Access
		want                   string
	}{
		{name: "variable", l: repo.Location{Username: "deploy", PasswordEnv: "GOOD"}, access: core.AccessOK},
		{name: "file", l: repo.Location{Username: "deploy", PasswordFile: file}, access: core.AccessOK},
		{name: "address", userinfo: "deploy:geheim@", access: core.AccessOK},
		{name: "helper", helper: helper, access: core.AccessOK},
		{name: "wrong", l: repo.Location{Username: "deploy", PasswordEnv: "BAD"}, access: core.AccessUnauthorized, want: "the server refused the credentials (check git.username and password_env or password_file)"},
		{name: "unset", l: repo.Location{Username: "deploy", PasswordEnv: "NONE"}, access: core.AccessUnauthorized, want: "the variable NONE is not set (set it, or fix git.password_env)"},
		{name: "no file", l: repo.Location{Username: "deploy", PasswordFile: file + "x"}, access: core.AccessUnauthorized, want: "(fix git.password_file)"},
		{name: "none", access: core.AccessUnauthorized, want: "the server wants a login (set git.username and password_env, or a git credential helper)"},
		{name: "wrong in the address", userinfo: "deploy:topsecret@", access: core.AccessUnauthorized, want: "the server refused the credentials (check git.username and password_env or password_file)"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
			t.Setenv("GIT_CONFIG_GLOBAL", "/dev/null")
			if c.helper != "" {
				t.Setenv("GIT_CONFIG_GLOBAL", c.helper)
			}
			s := serveHTTP(t, w, (*httptest.Server).Start)
			s.user, s.password = "deploy", "geheim"
			c.l.URL, c.l.Branch = strings.Replace(s.URL, "http://", "http://"+c.userinfo, 1)+"/work", "main"
			src := pool(func(p *repo.Config) {
				p.LookupEnv = func(name string) (string, bool) { v, ok := env[name]; return v, ok }
			}).Source([]repo.Location{c.l})
			r := read(t, src).Readings[0]
			if r.Access != c.access || !strings.HasSuffix(r.Error, c.want) {
				t.Errorf("%s, %q; want %s, …%q", r.Access, r.Error, c.access, c.want)
			}
			if r.URL != s.URL+"/work" || strings.Contains(r.Error, "geheim") || strings.Contains(r.Error, "topsecret") || strings.Contains(r.Error, "falsch") {
				t.Errorf("credentials are shown: %+v", r)
			}
		})
	}
}

func TestRenewedPasswordIsReadAgain(t *testing.T) {
	w := with(t, map[string]string{"a.yaml": vpc("a")})
	s := serveHTTP(t, w, (*httptest.Server).Start)
	s.user, s.password = "deploy", "one"
	file := filepath.Join(t.TempDir(), "password")
	write := func(p string) {
		if err := os.WriteFile(file, []byte(p), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("one")
	src := pool().Source([]repo.Location{{URL: s.URL + "/work", Branch: "main", Username: "deploy", PasswordFile: file}})
	first := readOK(t, src)
	s.set(func() { s.password = "two" })
	r := readFailed(t, src)
	if r.Revision != first.Readings[0].Revision || !r.ReadAt.Equal(first.Readings[0].ReadAt) {
		t.Errorf("after a refusal the reading is %+v, want revision and time of %+v", r, first.Readings[0])
	}
	write("two")
	readOK(t, src)
	s.set(func() { s.password = "three" })
	write("three")
	readOK(t, src)
}

func TestBranchesOfServers(t *testing.T) {
	w := with(t, map[string]string{"a.yaml": vpc("a")})
	s := serveHTTP(t, w, (*httptest.Server).Start)
	at := func(branch string) *repo.Source {
		return pool().Source([]repo.Location{{URL: s.URL + "/work", Branch: branch}})
	}
	if r := readOK(t, at("")).Readings[0]; r.Branch != "main" {
		t.Errorf("branch of HEAD is %q, want main", r.Branch)
	}
	if r := readFailed(t, at("prod")); r.Access != core.AccessInvalid || !strings.HasSuffix(r.Error, `no branch "prod"; it has main (fix git.branch)`) {
		t.Errorf("missing branch: %s, %q", r.Access, r.Error)
	}
	empty := newWorld(t)
	s = serveHTTP(t, empty, (*httptest.Server).Start)
	if r := readFailed(t, at("main")); r.Access != core.AccessInvalid || !strings.HasSuffix(r.Error, "the repository is empty (push a first commit)") {
		t.Errorf("empty repository: %s, %q", r.Access, r.Error)
	}
}

func TestCredentialsDoNotFollowRedirects(t *testing.T) {
	w := with(t, map[string]string{"a.yaml": vpc("a")})
	target := serveHTTP(t, w, (*httptest.Server).Start)
	secure := serveHTTP(t, w, (*httptest.Server).StartTLS)
	to := func(s *gitServer) func(http.ResponseWriter, *http.Request, http.Handler) {
		return func(rw http.ResponseWriter, r *http.Request, _ http.Handler) {
			http.Redirect(rw, r, s.URL+r.URL.RequestURI(), http.StatusFound)
		}
	}
	location := func(s *gitServer) []repo.Location {
		return []repo.Location{{URL: s.URL + "/work", Branch: "main", Username: "deploy", PasswordEnv: "P"}}
	}
	config := func(c *repo.Config) {
		trusting(secure)(c)
		c.LookupEnv = func(name string) (string, bool) { return "geheim", name == "P" }
	}

	first := serveHTTP(t, w, (*httptest.Server).Start)
	first.fault = to(target)
	wantNames(t, readOK(t, pool(config).Source(location(first))), "a")
	if target.sawCredentials() || !first.sawCredentials() {
		t.Errorf("credentials at the first server: %v, at the second: %v", first.sawCredentials(), target.sawCredentials())
	}

	before := target.count("GET")
	secure.set(func() { secure.fault = to(target) })
	r := readFailed(t, pool(config).Source(location(secure)))
	if !strings.Contains(r.Error, "redirected from https to http") || target.count("GET") != before {
		t.Errorf("from https to http: %q, %d requests arrived", r.Error, target.count("GET")-before)
	}

	elsewhere := serveHTTP(t, w, (*httptest.Server).Start)
	elsewhere.fault = func(rw http.ResponseWriter, r *http.Request, _ http.Handler) {
		http.Redirect(rw, r, "/login", http.StatusFound)
	}
	if r := readFailed(t, pool(config).Source(location(elsewhere))); !strings.Contains(r.Error, "no Git address") {
		t.Errorf("to a login page: %q", r.Error)
	}
}

func TestUntrustedServersAreRefused(t *testing.T) {
	w := with(t, map[string]string{"a.yaml": vpc("a")})
	s := serveHTTP(t, w, (*httptest.Server).StartTLS)
	r := readFailed(t, pool().Source([]repo.Location{{URL: s.URL + "/work", Branch: "main", Username: "deploy", PasswordEnv: "P"}}))
	if r.Access == core.AccessOK || s.count("GET") > 0 {
		t.Errorf("%+v with %d requests", r, s.count("GET"))
	}
	src := func(host string, c ...func(*repo.Config)) *repo.Source {
		return pool(c...).Source([]repo.Location{{URL: strings.Replace(s.URL, "127.0.0.1", host, 1) + "/work", Branch: "main"}})
	}
	if r := readFailed(t, src("127.0.0.1")); !strings.HasSuffix(r.Error, "GIT_SSL_CAINFO)") {
		t.Errorf("unknown authority: %q", r.Error)
	}
	if r := readFailed(t, src("localhost", trusting(s))); !strings.HasSuffix(r.Error, "(use a name that the certificate holds in git.url)") {
		t.Errorf("wrong name: %q", r.Error)
	}
}

func TestUnreachableServers(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := listener.Addr().String()
	_ = listener.Close()
	for url, want := range map[string]string{
		"http://" + closed + "/x":               "connection refused (check that the server runs and the network lets you through)",
		"ssh://git@" + closed + "/x":            "connection refused (check that the server runs and the network lets you through)",
		"https://nowhere.invalid/x":             `no address for host "nowhere.invalid" (check git.url and the name server)`,
		"git@nowhere.invalid:net/fabrics.git":   `no address for host "nowhere.invalid" (check git.url and the name server)`,
		"https://user:pw@nowhere.invalid/x.git": `read git https://nowhere.invalid/x.git: no address for host "nowhere.invalid" (check git.url and the name server)`,
	} {
		r := readFailed(t, pool().Source([]repo.Location{{URL: url, Branch: "main"}}))
		if r.Access != core.AccessUnreachable || !strings.HasSuffix(r.Error, want) {
			t.Errorf("%s: %s, %q; want …%q", url, r.Access, r.Error, want)
		}
	}
}

func TestProxyIsUsed(t *testing.T) {
	w := with(t, map[string]string{"a.yaml": vpc("a")})
	s := serveHTTP(t, w, (*httptest.Server).Start)
	target, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	hosts := map[string]int{}
	proxy := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		mu.Lock()
		hosts[r.Host]++
		mu.Unlock()
		r.URL.Host, r.Host = target.Host, target.Host
		s.ServeHTTP(rw, r)
	}))
	t.Cleanup(proxy.Close)
	wantNames(t, readOK(t, pool().Source([]repo.Location{{URL: "http://git.invalid/work", Branch: "main", ProxyURL: proxy.URL}})), "a")
	env := func(c *repo.Config) {
		c.LookupEnv = func(name string) (string, bool) {
			return map[string]string{"http_proxy": proxy.URL}[name], name == "http_proxy"
		}
	}
	wantNames(t, readOK(t, pool(env).Source([]repo.Location{{URL: "http://env.invalid/work", Branch: "main"}})), "a")
	if hosts["git.invalid"] != 2 || hosts["env.invalid"] != 2 {
		t.Errorf("requests that went through the proxy: %v, want 2 for each host", hosts)
	}
}
