package runner_test

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// remote is a bare repository of the real git, behind the real git http-backend.
// Faults stand in front of it.
type remote struct {
	t   testing.TB
	dir string
	url string

	mu       sync.Mutex
	busy     int      // requests that it is at
	requests []string // "GET info/refs git-upload-pack"
	fault    fault
}

// fault stands in front of a server.
type fault func(w http.ResponseWriter, r *http.Request, next http.Handler)

// git runs the real program apart from whatever this machine's user configured.
func git(t testing.TB, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = dir
	cmd.Env = append(cmd.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=gc.auto", "GIT_CONFIG_VALUE_0=0",
		"GIT_AUTHOR_NAME=Bob", "GIT_AUTHOR_EMAIL=bob@x", "GIT_COMMITTER_NAME=Bob", "GIT_COMMITTER_EMAIL=bob@x")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// serve makes a repository of one commit on main, and serves it.
func serve(t testing.TB, files map[string]string) *remote {
	t.Helper()
	work := filepath.Join(t.TempDir(), "work")
	git(t, "", "init", "-q", "-b", "main", work)
	for name, text := range files {
		write(t, work, name, text)
	}
	git(t, work, "add", "-A")
	git(t, work, "commit", "-q", "-m", "begin")
	r := &remote{t: t, dir: filepath.Join(t.TempDir(), "fabrics.git")}
	git(t, "", "clone", "-q", "--bare", work, r.dir)
	r.git("config", "uploadpack.allowFilter", "true")
	backend := &cgi.Handler{
		Path: filepath.Join(git(t, "", "--exec-path"), "git-http-backend"), Root: "/", Stderr: io.Discard, Logger: log.New(io.Discard, "", 0),
		Env: []string{
			"GIT_PROJECT_ROOT=" + filepath.Dir(r.dir), "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null",
			"GIT_CONFIG_COUNT=2", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*",
			"GIT_CONFIG_KEY_1=http.receivepack", "GIT_CONFIG_VALUE_1=true",
		},
	}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		r.mu.Lock()
		r.requests = append(r.requests, q.Method+" "+strings.TrimPrefix(q.URL.Path, "/fabrics.git/")+" "+q.URL.Query().Get("service"))
		r.busy++
		f := r.fault
		r.mu.Unlock()
		defer func() {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.busy--
		}()
		if f != nil {
			f(w, q, backend)
			return
		}
		backend.ServeHTTP(w, q)
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Start()
	t.Cleanup(s.Close)
	t.Cleanup(s.CloseClientConnections)
	r.url = s.URL + "/fabrics.git"
	return r
}

func write(t testing.TB, dir, name, text string) {
	t.Helper()
	full := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(full), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func entries(t testing.TB, dir string) []string {
	t.Helper()
	all, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range all {
		names = append(names, e.Name())
	}
	return names
}

// rests waits until the server is at nothing: whoever is killed may have left it with
// a push, which git takes to its end also where nobody hears of it.
func (r *remote) rests() {
	r.t.Helper()
	wait(r.t, func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		taken, err := filepath.Glob(filepath.Join(r.dir, "objects", "tmp_objdir-*"))
		locks, lerr := filepath.Glob(filepath.Join(r.dir, "refs", "heads", "*.lock"))
		if err != nil || lerr != nil {
			r.t.Fatal(err, lerr)
		}
		return r.busy == 0 && len(taken)+len(locks) == 0
	})
}

// behave puts a fault in front of the server from now on; nil takes it away.
func (r *remote) behave(f fault) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fault = f
}

// asked gives the requests since it was called last.
func (r *remote) asked() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := r.requests
	r.requests = nil
	return all
}

func (r *remote) git(args ...string) string { r.t.Helper(); return git(r.t, r.dir, args...) }

// tip is the commit that a branch is at, "" for none.
func (r *remote) tip(branch string) string {
	r.t.Helper()
	return r.git("for-each-ref", "--format=%(objectname)", "refs/heads/"+branch)
}

// file is a file at a commit, byte for byte.
func (r *remote) file(commit, name string) string {
	r.t.Helper()
	cmd := exec.CommandContext(r.t.Context(), "git", "cat-file", "blob", commit+":"+name)
	cmd.Dir = r.dir
	out, err := cmd.Output()
	if err != nil {
		r.t.Fatalf("git cat-file blob %s:%s: %v", commit, name, err)
	}
	return string(out)
}

// commits is how many commits main has.
func (r *remote) commits() int {
	r.t.Helper()
	return len(strings.Fields(r.git("rev-list", "main")))
}

// refs are all references.
func (r *remote) refs() string { r.t.Helper(); return r.git("for-each-ref") }

// elsewhere commits to main as somebody else would, with git itself: it replaces
// a text in a file, or writes it anew where old is "".
func (r *remote) elsewhere(name, old, new string) string {
	r.t.Helper()
	dir := filepath.Join(r.t.TempDir(), "clone")
	git(r.t, "", "clone", "-q", "-b", "main", r.dir, dir)
	text := new
	if old != "" {
		before := r.file("main", name)
		if !strings.Contains(before, old) {
			r.t.Fatalf("%s does not say %q:\n%s", name, old, before)
		}
		text = strings.ReplaceAll(before, old, new)
	}
	write(r.t, dir, name, text)
	git(r.t, dir, "add", "-A")
	git(r.t, dir, "commit", "-q", "-m", "elsewhere")
	git(r.t, dir, "push", "-q", "origin", "HEAD:main")
	return git(r.t, dir, "rev-parse", "HEAD")
}

// hook puts a hook into the repository.
func (r *remote) hook(name, script string) {
	r.t.Helper()
	if err := os.WriteFile(filepath.Join(r.dir, "hooks", name), []byte("#!/bin/sh\n"+script), 0o700); err != nil { //nolint:gosec // a hook is run
		r.t.Fatal(err)
	}
}

// syncIDs are the runs that main has commits of, oldest first.
func (r *remote) syncIDs() []string {
	r.t.Helper()
	var ids []string
	for l := range strings.Lines(r.git("log", "--format=%(trailers:key=Sync-Id,valueonly,separator=%x2C)", "--reverse", "main")) {
		if l = strings.TrimSpace(l); l != "" {
			ids = append(ids, l)
		}
	}
	return ids
}

// onPush is a fault of the request that moves a branch.
func onPush(f fault) fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/git-receive-pack") {
			f(w, r, next)
			return
		}
		next.ServeHTTP(w, r)
	}
}

// onKnock is a fault of the request before that.
func onKnock(f fault) fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.URL.Query().Get("service") == "git-receive-pack" {
			f(w, r, next)
			return
		}
		next.ServeHTTP(w, r)
	}
}

// answers gives an answer without asking the server.
func answers(code int, header string) fault {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		_, _ = io.Copy(io.Discard, r.Body)
		if name, value, ok := strings.Cut(header, ": "); ok {
			w.Header().Set(name, value)
		}
		w.WriteHeader(code)
	}
}

// applies has the server do it, and then answers something else.
func applies(then fault) fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		next.ServeHTTP(httptest.NewRecorder(), r)
		then(w, r, next)
	}
}

func breaks(http.ResponseWriter, *http.Request, http.Handler) { panic(http.ErrAbortHandler) }

// first has something happen before the first request, and lets all through.
func first(happens func()) fault {
	once := sync.OnceFunc(happens)
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		once()
		next.ServeHTTP(w, r)
	}
}

// times lets a fault happen a number of times only.
func times(n int, f fault) fault {
	var mu sync.Mutex
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		mu.Lock()
		n--
		left := n
		mu.Unlock()
		if left >= 0 {
			f(w, r, next)
			return
		}
		next.ServeHTTP(w, r)
	}
}

// trailer is one of a commit's.
func (r *remote) trailer(commit, name string) string {
	r.t.Helper()
	return r.git("log", "-1", fmt.Sprintf("--format=%%(trailers:key=%s,valueonly,separator=%%x2C)", name), commit)
}
