package kube

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
)

// errReadOnly is the reason why the guard let a request not pass, errBareTable
// the one where it was about agents.
var (
	errReadOnly  = errors.New("refused before it was sent: selvage only reads")
	errBareTable = errors.New("refused before it was sent: agents hold credentials, and are asked for as a table without objects only")
)

// guard passes those requests on that can only read from one API server. It
// must be the wrapper next to the connection, so that no other one can change a
// request after it was judged.
type guard struct {
	server *url.URL // with the base path of the API, if it has one
	next   http.RoundTripper
}

// readOnly gives the wrapper for a server's connections, for
// [k8s.io/client-go/rest.Config.Wrap].
func readOnly(server *url.URL) func(http.RoundTripper) http.RoundTripper {
	return func(next http.RoundTripper) http.RoundTripper { return &guard{server, next} }
}

// RoundTrip sends the request if the guard admits it.
func (g *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := g.admit(r); err != nil {
		if r.Body != nil {
			_ = r.Body.Close() // a round tripper has to; the refusal is what counts
		}
		return nil, fmt.Errorf("%s %s: %w", r.Method, r.URL.Path, err)
	}
	return g.next.RoundTrip(r)
}

// WrappedRoundTripper lets idle connections be closed through the guard.
func (g *guard) WrappedRoundTripper() http.RoundTripper { return g.next }

func (g *guard) admit(r *http.Request) error {
	switch {
	case r.Method != http.MethodGet:
		return fmt.Errorf("%w (method)", errReadOnly)
	case r.Body != nil && r.Body != http.NoBody:
		return fmt.Errorf("%w (a GET with a body)", errReadOnly)
	case upgrades(r.Header):
		return fmt.Errorf("%w (connection upgrade)", errReadOnly)
	case r.URL.Scheme != g.server.Scheme || r.URL.Host != g.server.Host || r.URL.Opaque != "" ||
		r.Host != "" && r.Host != g.server.Host:
		return fmt.Errorf("%w (another server)", errReadOnly)
	}
	below, ok := strings.CutPrefix(r.URL.Path, strings.TrimSuffix(g.server.Path, "/"))
	if !ok || !readable(below) {
		return fmt.Errorf("%w (path)", errReadOnly)
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil || query.Has("watch") && (!watches(r) || !isList(below)) {
		return fmt.Errorf("%w (a watch of what is no list)", errReadOnly)
	}
	if aboutAgents(below) && !bareTable(r.Header, query) {
		return errBareTable
	}
	return nil
}

// agentGroup and agentPlural name the agents of a fabric's switches, which hold
// password hashes and the credentials of a registry.
const (
	agentGroup  = "agent.githedgehog.com"
	agentPlural = "agents"
)

// aboutAgents tells whether a readable path leads to agents, whatever else it
// leads through.
func aboutAgents(p string) bool {
	p = strings.ToLower(p)
	return strings.HasPrefix(p, "/apis/"+agentGroup+"/") && slices.Contains(strings.Split(p, "/"), agentPlural)
}

// asTable is the form in which a server makes rows of cells of what is asked
// for. Nothing may stand beside it: a server takes what it understands first.
const asTable = "application/json;as=Table;v=v1;g=meta.k8s.io"

// bareTable tells whether a request asks for a table, once, and for nothing of
// the objects in it.
func bareTable(h http.Header, query url.Values) bool {
	var accepted []string
	for name, values := range h {
		if strings.EqualFold(name, "Accept") {
			accepted = append(accepted, values...)
		}
	}
	return slices.Equal(accepted, []string{asTable}) && slices.Equal(query["includeObject"], []string{"None"}) && !query.Has("watch")
}

// watches tells whether a request asks for a watch, which is a GET of a list
// whose answer goes on.
func watches(r *http.Request) bool { return r.URL.Query().Get("watch") == "true" }

func upgrades(h http.Header) bool {
	if len(h["Upgrade"]) > 0 {
		return true
	}
	for name := range h {
		if strings.HasPrefix(http.CanonicalHeaderKey(name), "Sec-Websocket-") {
			return true
		}
	}
	return slices.ContainsFunc(h["Connection"], func(v string) bool {
		return strings.Contains(strings.ToLower(v), "upgrade")
	})
}

// readable tells whether a path, below the server's base path, is that of a
// discovery document, a list or an object. The path is the decoded one, which
// is what the server will act on: an escaped slash counts as a slash.
func readable(p string) bool {
	if p == "/" || path.Clean(p) != strings.TrimSuffix(p, "/") || strings.ContainsFunc(p, unusual) {
		return false
	}
	steps := strings.Split(strings.Trim(p, "/"), "/")
	switch steps[0] {
	case "version":
		return len(steps) == 1
	case "openapi":
		return true
	case "api": // api/v1/…
		return len(steps) <= 2 || isResource(steps[2:])
	case "apis": // apis/group/version/…
		return len(steps) <= 3 || isResource(steps[3:])
	}
	return false
}

// unusual finds runes that no group, resource, namespace or name has, and that
// a proxy on the way may read in another way than the server: %, \, ; and such.
func unusual(r rune) bool {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
		return false
	}
	return !strings.ContainsRune("/-._:~@+", r)
}

// isList tells whether a readable path is that of a list of objects.
func isList(p string) bool {
	steps := strings.Split(strings.Trim(p, "/"), "/")
	switch {
	case steps[0] == "api" && len(steps) > 2: // api/v1/…
		steps = steps[2:]
	case steps[0] == "apis" && len(steps) > 3: // apis/group/version/…
		steps = steps[3:]
	default:
		return false
	}
	return len(steps) == 1 || len(steps) == 3 && steps[0] == "namespaces"
}

// isResource tells whether the steps below a group version lead to a list or an
// object: [namespaces/NAMESPACE/]RESOURCE[/NAME]. Whatever is longer is a
// subresource.
func isResource(steps []string) bool {
	if len(steps) > 2 && steps[0] == "namespaces" {
		steps = steps[2:]
	}
	// proxy and watch are the legacy prefixes of other verbs; in the place of a
	// namespace's resource stand its subresources too.
	verbs := []string{"proxy", "watch", "redirect", "status", "finalize"}
	return len(steps) <= 2 && !slices.Contains(verbs, steps[0])
}
