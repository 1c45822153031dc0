package repo_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/repo"
)

func TestFaultsOfServers(t *testing.T) {
	w := with(t, map[string]string{"a.yaml": vpc("a")})
	status := func(code int, kind, body string) http.HandlerFunc {
		return func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Type", kind)
			rw.WriteHeader(code)
			_, _ = io.WriteString(rw, body)
		}
	}
	const refs, pack = "application/x-git-upload-pack-advertisement", "application/x-git-upload-pack-result"
	hang := func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // else the server does not see the client leave
		<-r.Context().Done()
	}
	long := strings.Repeat("way too long\n\x1b[31m", 100_000)
	cases := []struct {
		name   string
		fault  func(http.ResponseWriter, *http.Request, http.Handler)
		access core.Access
		want   string
	}{
		{"403", onGET(status(403, "text/plain", "no\nentry")), core.AccessForbidden, "the server answered 403 Forbidden: no entry (ask for read access for this login)"},
		{"403 endless", onGET(status(403, "text/plain", long)), core.AccessForbidden, "(ask for read access for this login)"},
		{"404", onGET(status(404, "text/html", long)), core.AccessInvalid, "no such repository, or none that this login may see (check git.url and git.username)"},
		{"429", onGET(status(429, "", "")), core.AccessUnreachable, "429 Too Many Requests (raise check.interval)"},
		{"500", onGET(status(500, "text/html", long)), core.AccessUnreachable, "the server answered 500 Internal Server Error (the fault is the server's: try again later)"},
		{"503 on fetch", onPOST(status(503, "", "")), core.AccessUnreachable, "the server answered 503 Service Unavailable (the fault is the server's: try again later)"},
		{"web page", onGET(status(200, "text/html", "<html>sign in</html>")), core.AccessInvalid, `the server answered with "text/html", not as a Git server does (fix git.url)`},
		{"empty", onGET(status(200, "", "")), core.AccessInvalid, "not as a Git server does (fix git.url)"},
		{"empty refs", onGET(status(200, refs, "")), core.AccessUnreachable, "the answer was cut off"},
		{"garbled refs", onGET(status(200, refs, "hello, world")), core.AccessInvalid, "the answer is not Git's (fix git.url)"},
		{"refused", onGET(status(200, refs, "0021ERR Repository access denied.")), core.AccessForbidden, "Repository access denied. (check git.url and the rights of this login)"},
		{"empty pack", onPOST(status(200, pack, "")), core.AccessUnreachable, "the answer was cut off"},
		{"web page for a pack", onPOST(status(200, "text/html", "<html>sign in</html>")), core.AccessInvalid, "the answer is not Git's (fix git.url)"},
		{"silent", onGET(hang), core.AccessUnreachable, "no answer in time (check the network, or git.proxy_url)"},
		{"silent on fetch", onPOST(hang), core.AccessUnreachable, "no answer in time (check the network, or git.proxy_url)"},
		{"cut off", cut(300), core.AccessUnreachable, "the answer was cut off"},
		{"stalled", stall, core.AccessUnreachable, "no answer in time (check the network, or git.proxy_url)"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := serveHTTP(t, w, (*httptest.Server).Start)
			src := pool(func(c *repo.Config) { c.Timeout = 500 * time.Millisecond }).Source([]repo.Location{{URL: s.URL + "/work", Branch: "main"}})
			s.set(func() { s.fault = c.fault })
			started := time.Now()
			r := readFailed(t, src)
			if r.Access != c.access || !strings.HasSuffix(r.Error, c.want) || !strings.HasPrefix(r.Error, "read git "+s.URL+"/work: ") {
				t.Errorf("%s, %q; want %s, …%q", r.Access, r.Error, c.access, c.want)
			}
			if took := time.Since(started); took > 20*time.Second {
				t.Errorf("took %v", took)
			}
			s.set(func() { s.fault = nil })
			wantNames(t, readOK(t, src), "a")
		})
	}
}

// cut ends the connection before the last n bytes of a fetch's answer.
func cut(n int) func(http.ResponseWriter, *http.Request, http.Handler) {
	return func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Method == http.MethodGet {
			next.ServeHTTP(rw, r)
			return
		}
		rec := httptest.NewRecorder()
		next.ServeHTTP(rec, r)
		rw.Header().Set("Content-Length", fmt.Sprint(rec.Body.Len()))
		_, _ = rw.Write(rec.Body.Bytes()[:max(0, rec.Body.Len()-n)])
		panic(http.ErrAbortHandler)
	}
}

// stall sends half of a fetch's answer and then nothing.
func stall(rw http.ResponseWriter, r *http.Request, next http.Handler) {
	if r.Method == http.MethodGet {
		next.ServeHTTP(rw, r)
		return
	}
	rec := httptest.NewRecorder()
	next.ServeHTTP(rec, r)
	_, _ = rw.Write(rec.Body.Bytes()[:rec.Body.Len()/2])
	_ = http.NewResponseController(rw).Flush()
	<-r.Context().Done()
}

func TestBranchMovedByForceBetweenTwoRequests(t *testing.T) {
	w := with(t, map[string]string{"a.yaml": vpc("a")})
	s := serveHTTP(t, w, (*httptest.Server).Start)
	var once sync.Once
	s.fault = func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Method == http.MethodPost {
			once.Do(func() {
				w.write("b.yaml", vpc("b"))
				w.git("add", "-A")
				w.git("commit", "-q", "--amend", "-m", "y")
			})
		}
		next.ServeHTTP(rw, r)
	}
	wantNames(t, readOK(t, pool().Source([]repo.Location{{URL: s.URL + "/work", Branch: "main"}})), "a", "b")
}

func TestReaderThatLeavesDoesNotStopTheOthers(t *testing.T) {
	w := with(t, map[string]string{"a.yaml": vpc("a")})
	s := serveHTTP(t, w, (*httptest.Server).Start)
	arrived, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	s.fault = func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
		once.Do(func() { close(arrived); <-release })
		next.ServeHTTP(rw, r)
	}
	p := pool()
	location := []repo.Location{{URL: s.URL + "/work", Branch: "main"}}
	ctx, cancel := contextOf(t)
	left := make(chan core.Reading, 1)
	go func() { left <- p.Source(location).Read(ctx, scope()).Readings[0] }()
	<-arrived
	stayed := make(chan *core.Snapshot, 1)
	go func() { stayed <- p.Source(location).Read(t.Context(), scope()) }()
	cancel()
	if r := <-left; r.Access != core.AccessUnreachable {
		t.Errorf("the reader that left got %+v", r)
	}
	close(release)
	if got := <-stayed; got.Readings[0].Access != core.AccessOK {
		t.Errorf("the reader that stayed got %+v", got.Readings[0])
	}
}

func TestNothingRunsOnAfterReaders(t *testing.T) {
	w := with(t, map[string]string{"a.yaml": vpc("a")})
	s := serveHTTP(t, w, (*httptest.Server).Start)
	s.fault = func(_ http.ResponseWriter, r *http.Request, _ http.Handler) { <-r.Context().Done() }
	before := runtime.NumGoroutine()
	p := pool(func(c *repo.Config) { c.Timeout = time.Hour })
	for range 10 {
		ctx, cancel := contextOf(t)
		go func() {
			for s.count("GET") == 0 {
				runtime.Gosched()
			}
			cancel()
		}()
		p.Source([]repo.Location{{URL: s.URL + "/work", Branch: "main"}}).Read(ctx, scope())
		s.set(func() { s.requests = nil })
	}
	deadline := time.Now().Add(10 * time.Second)
	for runtime.NumGoroutine() > before+2 {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
		}
		runtime.Gosched()
	}
}
