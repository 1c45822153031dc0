package gitops

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"

	"golang.org/x/net/http/httpproxy"

	"selvage/core"
)

// The limits of what Argo CD's API may answer.
const (
	maxAnswer  = 64 << 20
	maxRefusal = 16 << 10
)

// listedFields are the fields of a list of apps that it takes to choose one: without
// their statuses, which are large.
const listedFields = "items.metadata.name,items.metadata.namespace,items.spec"

// rest is Argo CD's own API. What it sends is written down in this file: reads
// of apps and their windows, and the two requests of AskEngine.
type rest struct {
	config      Config
	client      *http.Client
	certificate atomic.Pointer[x509.Certificate] // that the server showed last; nil before
}

func newREST(c Config) *rest {
	env := func(name string) string {
		for _, n := range []string{name, strings.ToLower(name)} {
			if v, ok := c.LookupEnv(n); ok {
				return v
			}
		}
		return ""
	}
	proxy := (&httpproxy.Config{HTTPProxy: env("HTTP_PROXY"), HTTPSProxy: env("HTTPS_PROXY"), NoProxy: env("NO_PROXY")}).ProxyFunc()
	return &rest{config: c, client: &http.Client{
		Transport: &http.Transport{
			Proxy:               func(r *http.Request) (*url.URL, error) { return proxy(r.URL) },
			DialContext:         c.Dial,
			TLSClientConfig:     tlsConfig(c.RootCAs),
			TLSHandshakeTimeout: c.Timeout,
			IdleConnTimeout:     c.Timeout,
			ForceAttemptHTTP2:   true,
		},
		// A redirect would carry the token along.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// where is the address, without credentials.
func (r *rest) where() string {
	if address := r.config.API.Server; address != "" {
		if u, err := serverURL(address); err == nil {
			return u.String()
		}
		return bare(address)
	}
	l, err := r.login()
	if err != nil {
		return "the server of the argocd command"
	}
	return l.server.String()
}

// list gives the apps without their statuses.
func (r *rest) list(ctx context.Context, namespace string) ([]node, error) {
	query := url.Values{"fields": {listedFields}}
	if namespace != "" {
		query.Set("appNamespace", namespace)
	}
	answer, err := r.send(ctx, call{op: "list the Applications", query: query})
	if err != nil {
		return nil, err
	}
	return answer.list("items"), nil
}

func (r *rest) get(ctx context.Context, namespace, name string) (node, error) {
	return r.app(ctx, call{op: fmt.Sprintf("get Application %q", name)}, namespace, name)
}

func (r *rest) app(ctx context.Context, c call, namespace, name string) (node, error) {
	c.name, c.namespace = name, namespace
	app, err := r.send(ctx, c)
	if err == nil && app.name() != name {
		return nil, r.fault(c, &answerError{"the answer is no Application of that name"})
	}
	return app, err
}

// windows asks for the sync windows of an app. Which of them are open is for the
// server to say: it leaves their time zones out.
func (r *rest) windows(ctx context.Context, app node) (windows, error) {
	answer, err := r.send(ctx, call{op: fmt.Sprintf("get the sync windows of Application %q", app.name()), name: app.name(), namespace: app.namespace(), below: "syncwindows"})
	if err != nil {
		return windows{}, err
	}
	w := windows{told: true}
	for _, n := range answer.list("assignedWindows") {
		w.all = append(w.all, readWindow(n))
	}
	for _, n := range answer.list("activeWindows") {
		w.active = append(w.active, readWindow(n))
	}
	return w, nil
}

// refresh has Argo CD look at Git now. It asks for no hard refresh, which would
// throw away what it has cached for others too.
func (r *rest) refresh(ctx context.Context, namespace, name string) error {
	_, err := r.app(ctx, call{op: fmt.Sprintf("refresh Application %q", name), query: url.Values{"refresh": {"normal"}}}, namespace, name)
	return err
}

// sync has Argo CD apply what the app follows. Nothing is forced or replaced
// that the app does not force or replace by itself, and it deletes only if its
// own policy does.
func (r *rest) sync(ctx context.Context, namespace, name string) error {
	app, err := r.get(ctx, namespace, name)
	if err != nil {
		return err
	}
	auto := app.in("spec", "syncPolicy", "automated")
	prune := auto.flag("prune") && (auto.flag("enabled") || !auto.has("enabled"))
	body := map[string]any{"name": name, "appNamespace": app.namespace(), "prune": prune, "dryRun": false}
	if project := app.text("spec", "project"); project != "" {
		body["project"] = project
	}
	_, err = r.send(ctx, call{op: fmt.Sprintf("sync Application %q", name), name: name, below: "sync", body: body})
	return err
}

// call is one request about apps, or one of them.
type call struct {
	op              string
	namespace, name string
	below           string // what of the app
	query           url.Values
	body            map[string]any // nil for a GET
}

// appName is what an app may be called: it becomes a part of the address.
var appName = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$`)

// send makes a call. Where the login is refused it is read once more, and the
// call made again if it has changed.
func (r *rest) send(ctx context.Context, c call) (node, error) {
	if c.name != "" && !appName.MatchString(c.name) {
		return nil, &core.Error{Access: core.AccessInvalid, Op: c.op, Err: errors.New("that is no name of an Application"), Hint: "correct engine.app"}
	}
	l, err := r.login()
	if err != nil {
		return nil, err
	}
	answer, err := r.sendWith(ctx, c, l)
	var refused *refusal
	if errors.As(err, &refused) && refused.code == http.StatusUnauthorized {
		if again, loginErr := r.login(); loginErr == nil && again.token != l.token {
			l = again
			answer, err = r.sendWith(ctx, c, l)
		}
	}
	switch {
	case err == nil:
		return answer, nil
	case errors.As(err, &refused) && refused.code == http.StatusNotFound && refused.json && c.name != "":
		return nil, fmt.Errorf("%s at %s: %w", c.op, l.server, core.ErrNotFound)
	}
	return nil, r.faultWith(c, l, err)
}

func (r *rest) sendWith(ctx context.Context, c call, l login) (node, error) {
	u := l.server.JoinPath("api", "v1", "applications")
	if c.name != "" {
		u = u.JoinPath(c.name, c.below)
	}
	query := url.Values{}
	for k, v := range c.query {
		query[k] = v
	}
	if c.namespace != "" {
		query.Set("appNamespace", c.namespace)
	}
	u.RawQuery = query.Encode()
	method, content := http.MethodGet, io.Reader(nil)
	if c.body != nil {
		method = http.MethodPost
		text, err := json.Marshal(c.body)
		if err != nil {
			return nil, err
		}
		content = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, u.String(), content)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+l.token)
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", r.config.UserAgent)
	if c.body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := r.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close() //nolint:errcheck // it was read as far as it was wanted
	if response.TLS != nil && len(response.TLS.PeerCertificates) > 0 {
		r.certificate.Store(response.TLS.PeerCertificates[0])
	}
	return read(response)
}

// read takes an answer in: an object, or why there is none.
func read(response *http.Response) (node, error) {
	if response.StatusCode != http.StatusOK {
		text, err := io.ReadAll(io.LimitReader(response.Body, maxRefusal))
		if err != nil {
			return nil, err
		}
		refused := &refusal{code: response.StatusCode, to: response.Header.Get("Location")}
		var said struct{ Message, Error string }
		refused.json = json.Unmarshal(text, &said) == nil
		if refused.message = said.Message; refused.message == "" {
			refused.message = said.Error
		}
		return nil, refused
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, err
	case len(text) > maxAnswer:
		return nil, &answerError{fmt.Sprintf("the answer is longer than %d MiB", maxAnswer>>20)}
	}
	v, err := core.DecodeJSON(text)
	if err != nil {
		return nil, &answerError{"the answer is not JSON"}
	}
	answer, ok := v.(map[string]any)
	if !ok {
		return nil, &answerError{"the answer is no JSON object"}
	}
	return answer, nil
}
