package repo

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/net/http/httpproxy"

	"selvage/core"
)

// userAgent is what servers are told. Some hosts answer with a web page to
// programs whose name does not begin with git/.
const userAgent = "git/2.0-selvage"

const refsPath = "/info/refs"

// httpTransport speaks with a server over https or http. It is safe for
// concurrent use.
type httpTransport struct {
	config  Config
	login   login
	base    *url.URL // without credentials
	client  *http.Client
	problem error // why there can be no conversation

	mu    sync.Mutex
	known *credential // what the server accepted or was configured

	shown atomic.Pointer[core.ServerShown] // what the last answer showed of the server; nil before it
}

func newHTTP(c Config, l Location, a address) *httpTransport {
	t := &httpTransport{config: c, login: newLogin(c, l, a)}
	t.base, t.problem = url.Parse(strings.TrimSuffix(a.text, "/"))
	if t.problem != nil {
		return t
	}
	t.base.RawQuery, t.base.Fragment = "", ""
	proxy, err := proxyFor(c, l)
	if err != nil {
		t.problem = err
		return t
	}
	roots, err := rootCAs(c)
	if err != nil {
		t.problem = err
		return t
	}
	t.client = &http.Client{
		Transport: &http.Transport{
			Proxy:               proxy,
			DialContext:         c.Dial,
			TLSClientConfig:     &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout: c.Timeout,
			IdleConnTimeout:     90 * time.Second,
			MaxIdleConnsPerHost: 2,
			ForceAttemptHTTP2:   true,
		},
		CheckRedirect: redirect,
	}
	return t
}

// proxyFor is the proxy of a location: its own, else the environment's.
func proxyFor(c Config, l Location) (func(*http.Request) (*url.URL, error), error) {
	if l.ProxyURL != "" {
		u, err := url.Parse(l.ProxyURL)
		if err != nil || u.Host == "" {
			return nil, &core.Error{Access: core.AccessInvalid, Op: "read git.proxy_url", Err: errors.New("no valid address"), Hint: "fix git.proxy_url"}
		}
		return http.ProxyURL(u), nil
	}
	either := func(name string) string {
		if v := c.env(strings.ToLower(name)); v != "" {
			return v
		}
		return c.env(name)
	}
	find := (&httpproxy.Config{HTTPProxy: either("HTTP_PROXY"), HTTPSProxy: either("HTTPS_PROXY"), NoProxy: either("NO_PROXY")}).ProxyFunc()
	return func(r *http.Request) (*url.URL, error) { return find(r.URL) }, nil
}

// rootCAs are the certificates of the system, of the configuration, and those
// that git itself is told of.
func rootCAs(c Config) (*x509.CertPool, error) {
	file := c.env("GIT_SSL_CAINFO")
	if c.RootCAs == nil && file == "" {
		return nil, nil //nolint:nilnil // nil stands for the system's
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if c.RootCAs != nil {
		pool = c.RootCAs.Clone()
	}
	if file != "" {
		pem, err := os.ReadFile(file) //nolint:gosec // the path is the operator's
		if err != nil || !pool.AppendCertsFromPEM(pem) {
			return nil, &core.Error{Access: core.AccessInvalid, Op: "read GIT_SSL_CAINFO", Err: fmt.Errorf("no certificates in %q", file), Hint: "fix the variable"}
		}
	}
	return pool, nil
}

// redirect follows the first request of a conversation to where the server
// sends it, but never from https to http, and without credentials to another
// host.
func redirect(req *http.Request, via []*http.Request) error {
	first, last := via[0], via[len(via)-1]
	switch {
	case len(via) > 5:
		return errors.New("redirected too often")
	case req.Method != http.MethodGet || !strings.HasSuffix(req.URL.Path, refsPath):
		return fmt.Errorf("redirected to %s, which is no Git address", bare(req.URL))
	case last.URL.Scheme == "https" && req.URL.Scheme != "https", req.URL.Scheme != "https" && req.URL.Scheme != "http":
		return fmt.Errorf("redirected from https to %s", bare(req.URL))
	}
	if req.URL.Host != first.URL.Host || req.URL.Scheme != first.URL.Scheme {
		req.Header.Del("Authorization")
	}
	req.URL.User = nil
	return nil
}

// bare is an address without anything in it that may be a secret.
func bare(u *url.URL) string {
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

func (t *httpTransport) dial(_ context.Context, s service) (wire, error) {
	if t.problem != nil {
		return nil, t.problem
	}
	return &httpWire{t: t, service: s, base: t.base}, nil
}

// credential gives what to log in with; nil for nothing. With refused set, the
// one given before was not accepted, and another is looked for.
func (t *httpTransport) credential(ctx context.Context, refused *credential, asked bool) (*credential, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.known != nil && (refused == nil || *t.known != *refused) {
		return t.known, nil
	}
	c, err := t.login.find(ctx, asked)
	if err != nil || c == nil || refused != nil && *c == *refused {
		t.known = nil
		return nil, err
	}
	t.known = c
	return c, nil
}

// httpWire is one conversation: a GET, and a POST to where that ended up.
type httpWire struct {
	t       *httpTransport
	service service
	base    *url.URL
	auth    *credential
	bodies  []func()
}

func (w *httpWire) close() {
	for _, end := range w.bodies {
		end()
	}
}

func (w *httpWire) refs(ctx context.Context) (io.Reader, error) {
	auth, err := w.t.credential(ctx, nil, false)
	if err != nil {
		return nil, err
	}
	in, status, err := w.get(ctx, auth)
	if status != http.StatusUnauthorized {
		return in, err
	}
	// What is configured may have been renewed, and git's helpers are asked only
	// once a server insists.
	again, lerr := w.t.credential(ctx, auth, true)
	if lerr != nil {
		return nil, lerr
	}
	if again == nil {
		return nil, err
	}
	in, _, err = w.get(ctx, again)
	return in, err
}

func (w *httpWire) get(ctx context.Context, auth *credential) (io.Reader, int, error) {
	target := *w.t.base
	target.Path += refsPath
	target.RawQuery = "service=" + string(w.service)
	res, in, err := w.do(ctx, http.MethodGet, &target, nil, auth)
	if err != nil {
		return nil, statusOf(err), err
	}
	if kind := res.Header.Get("Content-Type"); kind != "application/x-"+string(w.service)+"-advertisement" {
		return nil, 0, &core.Error{Access: core.AccessInvalid, Op: "list branches", Err: &foreignError{kind}, Hint: "fix git.url"}
	}
	at := *res.Request.URL
	at.Path, at.RawQuery = strings.TrimSuffix(at.Path, refsPath), ""
	w.base, w.auth = &at, auth
	if at.Host != w.t.base.Host || at.Scheme != w.t.base.Scheme {
		w.auth = nil
	}
	return in, res.StatusCode, nil
}

func (w *httpWire) pack(ctx context.Context, request []byte) (io.Reader, error) {
	target := *w.base
	target.Path += "/" + string(w.service)
	_, in, err := w.do(ctx, http.MethodPost, &target, request, w.auth)
	return in, err
}

// do makes a request, and gives the body of a good answer. The body ends with
// the conversation, or when the server falls silent.
func (w *httpWire) do(ctx context.Context, method string, target *url.URL, body []byte, auth *credential) (*http.Response, io.Reader, error) {
	ctx, watch := newWatch(ctx, w.t.config.Timeout)
	req, err := http.NewRequestWithContext(ctx, method, target.String(), bytes.NewReader(body))
	if err != nil {
		watch.stop()
		return nil, nil, err
	}
	req.Header.Set("User-Agent", userAgent)
	req.Header.Set("Accept", "*/*")
	req.Header.Set("Pragma", "no-cache") // where a branch is now, and not where it was
	if body != nil {
		req.Header.Set("Content-Type", "application/x-"+string(w.service)+"-request")
		req.Header.Set("Accept", "application/x-"+string(w.service)+"-result")
	}
	if auth != nil {
		req.SetBasicAuth(auth.username, auth.password)
	}
	res, err := w.t.client.Do(req)
	if err != nil {
		err = because(ctx, err)
		watch.stop()
		return nil, nil, err
	}
	date, _ := http.ParseTime(res.Header.Get("Date")) // zero where it has none
	w.t.shown.Store(core.ShownBy(res.TLS, date, w.t.config.Now()))
	end := func() {
		// Read to its end, a body gives its connection back for the next time.
		watch.limit = min(watch.limit, time.Second)
		watch.alive()
		_, _ = io.CopyN(io.Discard, res.Body, maxBody)
		watch.stop()
		_ = res.Body.Close() // nothing was written
	}
	if res.StatusCode != http.StatusOK {
		defer end()
		return nil, nil, newStatusError(res, auth != nil)
	}
	w.bodies = append(w.bodies, end)
	return res, watch.reader(ctx, res.Body), nil
}

// statusError is an answer other than 200.
type statusError struct {
	code     int
	status   string // "403 Forbidden"
	says     string // what the server says about it, on one line
	loggedIn bool   // with credentials
	after    string // what the header Retry-After says
}

// foreignError is an answer that is not Git's.
type foreignError struct{ kind string }

func (e *foreignError) Error() string {
	return fmt.Sprintf("the server answered with %.60q, not as a Git server does", e.kind)
}

// maxBody is how much of an error page is read.
const maxBody = 4 << 10

func newStatusError(res *http.Response, loggedIn bool) *statusError {
	e := &statusError{code: res.StatusCode, status: res.Status, loggedIn: loggedIn, after: res.Header.Get("Retry-After")}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/plain") {
		body, err := io.ReadAll(io.LimitReader(res.Body, maxBody))
		if err == nil {
			e.says = line(string(body))
		}
	}
	return e
}

func (e *statusError) Error() string {
	if e.says != "" {
		return fmt.Sprintf("the server answered %s: %s", e.status, e.says)
	}
	return "the server answered " + e.status
}

func statusOf(err error) int {
	var e *statusError
	if errors.As(err, &e) {
		return e.code
	}
	return 0
}
