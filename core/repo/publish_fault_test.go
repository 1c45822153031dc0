package repo_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/repo"
)

// fault stands in front of a server.
type fault func(w http.ResponseWriter, r *http.Request, next http.Handler)

// onPush is a fault of the request that moves the branch.
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
func answers(code int, header, body string) fault {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		_, _ = io.Copy(io.Discard, r.Body)
		if name, value, ok := strings.Cut(header, ": "); ok {
			w.Header().Set(name, value)
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
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

// cutShort has the server do it, and lets the beginning of its answer through.
func cutShort(w http.ResponseWriter, r *http.Request, next http.Handler) {
	whole := httptest.NewRecorder()
	next.ServeHTTP(whole, r)
	w.Header().Set("Content-Length", fmt.Sprint(whole.Body.Len()))
	_, _ = w.Write(whole.Body.Bytes()[:whole.Body.Len()/2])
	panic(http.ErrAbortHandler)
}

const (
	html = "<html>\x1b[31m" + "Sign in </html>"
	lies = "002e\x01000eunpack ok\n0017ok refs/heads/main\n00000000"
)

// TestOnlyTheBranchProvesThatItLanded has faults of the server and of what lies
// between, with and without the commit having arrived.
func TestOnlyTheBranchProvesThatItLanded(t *testing.T) {
	type want struct {
		outcome core.Outcome
		text    string
		after   time.Duration
	}
	for name, c := range map[string]struct {
		fault fault
		want  want
	}{
		"empty 200":                  {onPush(answers(200, "", "")), want{core.Unclear, "cut off", 0}},
		"empty 200, applied":         {onPush(applies(answers(200, "", ""))), want{outcome: core.Landed}},
		"HTML 200":                   {onPush(answers(200, "Content-Type: text/html", html)), want{core.Unclear, "", 0}},
		"HTML 200, applied":          {onPush(applies(answers(200, "Content-Type: text/html", html))), want{outcome: core.Landed}},
		"a report that is a lie":     {onPush(answers(200, "", lies)), want{core.Unclear, "something between here and the server answers in its name", 0}},
		"cut before":                 {onPush(breaks), want{core.Unclear, "", 0}},
		"cut after":                  {onPush(applies(breaks)), want{outcome: core.Landed}},
		"cut in the report":          {onPush(cutShort), want{outcome: core.Landed}},
		"500":                        {onPush(answers(500, "", "")), want{core.Unclear, "500", 0}},
		"500, applied":               {onPush(applies(answers(500, "", ""))), want{outcome: core.Landed}},
		"503 with a time":            {onPush(answers(503, "Retry-After: 7", "")), want{core.Unclear, "503", 7 * time.Second}},
		"429 with a time":            {onPush(answers(429, "Retry-After: 7", "")), want{core.Unsent, "429 Too Many Requests (wait 7s and sync again; what runs in the background is begun again by itself)", 7 * time.Second}},
		"401":                        {onPush(answers(401, "", "")), want{core.Refused, "the server wants a login", 0}},
		"403":                        {onPush(answers(403, "Content-Type: text/plain", "\x1b[31mread\nonly\x1b[0m"+strings.Repeat("x", 1<<20))), want{core.Refused, "ask for the right to write", 0}},
		"403, applied":               {onPush(applies(answers(403, "", ""))), want{outcome: core.Landed}},
		"404":                        {onPush(answers(404, "", "")), want{core.Refused, "no such repository", 0}},
		"413":                        {onPush(answers(413, "", "")), want{core.Refused, "413", 0}},
		"knock: 401":                 {onKnock(answers(401, "", "")), want{core.Refused, "the server wants a login", 0}},
		"knock: 403":                 {onKnock(answers(403, "", "")), want{core.Refused, "ask for the right to write", 0}},
		"knock: 404":                 {onKnock(answers(404, "", "")), want{core.Refused, "no such repository", 0}},
		"knock: 429 with a date":     {onKnock(answers(429, "Retry-After: "+time.Unix(epoch+90, 0).UTC().Format(http.TimeFormat), "")), want{core.Unsent, "429", 90 * time.Second}},
		"knock: 429 and an age":      {onKnock(answers(429, "Retry-After: 99999999", "")), want{core.Unsent, "429", time.Hour}},
		"knock: 500":                 {onKnock(answers(500, "", "")), want{core.Unsent, "500", 0}},
		"knock: HTML 200":            {onKnock(answers(200, "Content-Type: text/html", html)), want{core.Unsent, "not as a Git server does", 0}},
		"knock: empty 200":           {onKnock(answers(200, "Content-Type: application/x-git-receive-pack-advertisement", "")), want{core.Unsent, "", 0}},
		"knock: cut":                 {onKnock(breaks), want{core.Unsent, "", 0}},
		"knock: no report":           {onKnock(strip("report-status")), want{core.Refused, "does not report", 0}},
		"knock: neither band":        {onKnock(strip("side-band-64k")), want{outcome: core.Landed}},
		"knock: not even its length": {onKnock(answers(200, "Content-Type: application/x-git-receive-pack-advertisement", "zzzz")), want{core.Unsent, "not Git's", 0}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := bare(t, map[string]string{"a.yaml": vpc("a")})
			s := serveHTTP(t, w, (*httptest.Server).Start)
			l := repo.Location{URL: s.URL + "/work", Branch: "main"}
			door := pool(func(c *repo.Config) { c.Now = func() time.Time { return time.Unix(epoch, 0) } }).Publisher(l, ops())
			base := w.tip("main")
			pub := prepared(t, door, changing(t, door, l.URL, base, "a.yaml", vpc("a")+"# x\n"))
			s.set(func() { s.fault = c.fault })
			out := published(t, door, pub, c.want.outcome)
			if out.Err != nil && !strings.Contains(out.Err.Error(), c.want.text) || out.RetryAfter != c.want.after {
				t.Errorf("%v, again after %v; want %q, %v", out.Err, out.RetryAfter, c.want.text, c.want.after)
			}
			if landed := w.tip("main") == pub.Commit; landed != (c.want.outcome == core.Landed) {
				t.Errorf("the branch is at %s, and the outcome is %q", w.tip("main"), out.Outcome)
			}
			s.set(func() { s.fault = nil })
			if settled := door.Settle(t.Context(), pub); settled.Outcome != core.Landed && settled.Outcome != core.Unsent {
				t.Errorf("settled as %q, %v", settled.Outcome, settled.Err)
			}
			published(t, door, pub, core.Landed)
			if n := w.git("rev-list", "--count", "main"); n != "2" {
				t.Errorf("%s commits, want 2", n)
			}
		})
	}
}

// strip takes a capability out of what the server can do.
func strip(capability string) fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		whole := httptest.NewRecorder()
		next.ServeHTTP(whole, r)
		w.Header().Set("Content-Type", whole.Header().Get("Content-Type"))
		_, _ = io.WriteString(w, strings.Replace(whole.Body.String(), capability, strings.Repeat("x", len(capability)), 1))
	}
}

// TestBranchThatMovesBetweenTheTwoRequestsIsNotOverwritten has somebody else come
// in after the server said where the branch is, over each transport by a hook.
func TestBranchThatMovesBetweenTheTwoRequestsIsNotOverwritten(t *testing.T) {
	for name, c := range map[string]struct {
		happens func(w *world, base string)
		want    core.Outcome
	}{
		"another commit": {func(w *world, _ string) { w.elsewhere("main", "x", "1") }, core.RaceLost},
		"removed":        {func(w *world, _ string) { w.git("update-ref", "-d", "refs/heads/main") }, core.BranchGone},
		"set back":       {func(w *world, base string) { w.git("update-ref", "refs/heads/main", base+"~1") }, core.Rewound},
	} {
		t.Run(name, func(t *testing.T) {
			w := bare(t, map[string]string{"a.yaml": vpc("a")})
			base := w.elsewhere("main", "b.yaml", vpc("b"))
			s := serveHTTP(t, w, (*httptest.Server).Start)
			l := repo.Location{URL: s.URL + "/work", Branch: "main"}
			door := pool().Publisher(l, ops())
			pub := prepared(t, door, changing(t, door, l.URL, base, "a.yaml", vpc("a")+"# x\n"))
			var before string
			s.set(func() {
				s.fault = onPush(func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
					c.happens(w, base)
					before = w.git("for-each-ref")
					next.ServeHTTP(rw, r)
				})
			})
			out := published(t, door, pub, c.want)
			if after := w.git("for-each-ref"); after != before {
				t.Errorf("references\n%s\nwere\n%s", after, before)
			}
			if out.Head != w.tip("main") {
				t.Errorf("the branch is at %q, want %q", out.Head, w.tip("main"))
			}
		})
	}
}

// TestBranchThatCannotBeSeenAgainProvesNothing has a server that says yes and then
// nothing.
func TestBranchThatCannotBeSeenAgainProvesNothing(t *testing.T) {
	w := bare(t, map[string]string{"a.yaml": vpc("a")})
	s := serveHTTP(t, w, (*httptest.Server).Start)
	l := repo.Location{URL: s.URL + "/work", Branch: "main"}
	door := pool().Publisher(l, ops())
	pub := prepared(t, door, changing(t, door, l.URL, w.tip("main"), "a.yaml", "x: 1\n"))
	s.set(func() {
		s.fault = func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
			if r.URL.Query().Get("service") == "git-upload-pack" {
				rw.WriteHeader(http.StatusBadGateway)
				return
			}
			next.ServeHTTP(rw, r)
		}
	})
	if out := published(t, door, pub, core.Unclear); out.Head != "" || w.tip("main") != pub.Commit {
		t.Errorf("%+v", out)
	}
	wantOutcome(t, door.Settle(t.Context(), pub), core.Unclear)
	s.set(func() { s.fault = nil })
	wantOutcome(t, door.Settle(t.Context(), pub), core.Landed)
}

// TestServerWithTwoFacesIsLookedAtAgain has one that shows the old branch for a
// while after it took the push.
func TestServerWithTwoFacesIsLookedAtAgain(t *testing.T) {
	w := bare(t, map[string]string{"a.yaml": vpc("a")})
	s := serveHTTP(t, w, (*httptest.Server).Start)
	l := repo.Location{URL: s.URL + "/work", Branch: "main"}
	door := pool().Publisher(l, ops())
	base := w.tip("main")
	pub := prepared(t, door, changing(t, door, l.URL, base, "a.yaml", "x: 1\n"))
	stale := 0
	s.set(func() {
		s.fault = func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
			if r.URL.Query().Get("service") != "git-upload-pack" || stale == 2 {
				next.ServeHTTP(rw, r)
				return
			}
			stale++
			whole := httptest.NewRecorder()
			next.ServeHTTP(whole, r)
			rw.Header().Set("Content-Type", whole.Header().Get("Content-Type"))
			_, _ = io.WriteString(rw, strings.ReplaceAll(whole.Body.String(), pub.Commit, base))
		}
	})
	published(t, door, pub, core.Landed)
	if stale != 2 {
		t.Errorf("the old branch was shown %d times", stale)
	}
}

func TestSilentServerEndsByItsDeadline(t *testing.T) {
	for name, c := range map[string]struct {
		fault func(fault) fault
		want  core.Outcome
	}{"before": {onKnock, core.Unsent}, "after": {onPush, core.Unclear}} {
		w := bare(t, map[string]string{"a.yaml": vpc("a")})
		s := serveHTTP(t, w, (*httptest.Server).Start)
		l := repo.Location{URL: s.URL + "/work", Branch: "main"}
		door := pool(func(c *repo.Config) { c.Timeout = time.Second }).Publisher(l, ops())
		pub := prepared(t, door, changing(t, door, l.URL, w.tip("main"), "a.yaml", "x: 1\n"))
		s.set(func() {
			s.fault = c.fault(func(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
				_, _ = io.Copy(io.Discard, r.Body)
				<-r.Context().Done()
			})
		})
		started := time.Now()
		if out := published(t, door, pub, c.want); time.Since(started) > 20*time.Second {
			t.Errorf("%s: %v after %v", name, out.Err, time.Since(started))
		}
	}
}

func TestPushTakesNoCredentialsElsewhere(t *testing.T) {
	w := bare(t, map[string]string{"a.yaml": vpc("a")})
	other := serveHTTP(t, w, (*httptest.Server).Start)
	s := serveHTTP(t, w, (*httptest.Server).Start)
	s.user, s.password = "deploy", "geheim"
	l := repo.Location{URL: s.URL + "/work", Branch: "main", Username: "deploy", PasswordEnv: "PW"}
	door := pool(func(c *repo.Config) {
		c.LookupEnv = func(name string) (string, bool) { return "geheim", name == "PW" }
	}).Publisher(l, ops())
	pub := prepared(t, door, changing(t, door, l.URL, w.tip("main"), "a.yaml", "x: 1\n"))
	s.set(func() {
		s.fault = onKnock(func(rw http.ResponseWriter, r *http.Request, _ http.Handler) {
			http.Redirect(rw, r, other.URL+r.URL.String(), http.StatusFound)
		})
	})
	out := door.Publish(t.Context(), pub)
	if other.sawCredentials() {
		t.Error("the other host got credentials")
	}
	if out.Err != nil && strings.Contains(out.Err.Error(), "geheim") {
		t.Errorf("the password is shown: %v", out.Err)
	}
	s.set(func() {
		s.fault = onPush(func(rw http.ResponseWriter, r *http.Request, _ http.Handler) {
			http.Redirect(rw, r, other.URL+r.URL.String(), http.StatusTemporaryRedirect)
		})
	})
	posts := other.count("POST")
	door = pool(func(c *repo.Config) {
		c.LookupEnv = func(name string) (string, bool) { return "geheim", name == "PW" }
	}).Publisher(l, ops())
	pub.Base, pub.Commit, pub.Changes = w.tip("main"), "", nil
	pub = prepared(t, door, changing(t, door, l.URL, w.tip("main"), "a.yaml", "x: 2\n"))
	s.set(func() { s.user = "" })
	out = published(t, door, pub, core.Unclear)
	if other.count("POST") != posts || other.sawCredentials() {
		t.Errorf("the push itself was redirected: %v", out.Err)
	}
}
