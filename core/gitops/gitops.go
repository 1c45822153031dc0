package gitops

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"sync"
	"time"

	"selvage/core"
)

// Config says where the engine of one fabric is found, and what it ought to
// apply.
type Config struct {
	Type      core.EngineType // "" to look for one of any type
	App       string          // the Application or Kustomization; "" to look for it
	Namespace string          // of App; "" for where engines of the type usually keep it, then anywhere

	Places  []Place // what the fabric compares
	Cluster Cluster // whose objects it compares

	// Objects is the API that the engine keeps its own objects in. It is nil where
	// the engine is only read through its own API; else that is only asked.
	Objects Objects
	API     *API // Argo CD's own; nil where there is none to talk to

	Timeout   time.Duration // of one request to API, and of a whole look; 0 for 20 seconds
	UserAgent string        // "" for "selvage"
	Home      string        // of the user, for the login of the argocd command
	LookupEnv func(name string) (string, bool)
	Now       func() time.Time
	Log       *slog.Logger                                                      // what nobody has to know; nil for nowhere
	RootCAs   *x509.CertPool                                                    // that API is checked against; nil for the system's
	Dial      func(ctx context.Context, network, addr string) (net.Conn, error) // nil for the net package's
}

// Place is one directory in Git that a fabric compares.
type Place struct {
	URL, Branch, Path string
	// Include and Exclude are globs as of the doublestar package, of paths below
	// Path. Without any, Include stands for all YAML files.
	Include, Exclude []string
}

// API is Argo CD's own API.
type API struct {
	Server    string // its address; "" for the one that the argocd command is logged in to
	TokenFile string // holds a token; "" for the login of the argocd command
	// ConfigFile is where the argocd command keeps its logins; "" for where that
	// looks for it itself.
	ConfigFile string
	Allow      []core.EngineRequest // what may be asked for; nothing by default
}

// Objects reads the objects of one Kubernetes API. The errors are
// [core.ErrUnserved], [core.ErrNotFound], or a [*core.Error] with its access.
type Objects interface {
	// List gives all objects of a resource, as "applications", in a namespace; ""
	// stands for all of them.
	List(ctx context.Context, group, resource, namespace string) ([]map[string]any, error)
	Get(ctx context.Context, group, resource, namespace, name string) (map[string]any, error)
	// Where is the API's address, without credentials.
	Where() string
}

// Reader reads, and asks, the engine of one fabric. It is a [core.EngineReader]
// and a [core.EngineAsker], and safe for concurrent use.
type Reader struct {
	config   Config
	adapters []adapter
	api      *rest // nil without one
	where    func() string

	mu    sync.Mutex
	found found
}

// found is the app that the last look came upon.
type found struct {
	adapter         int
	namespace, name string
	at              time.Time
}

const (
	defaultTimeout = 20 * time.Second
	// foundAge is for how long an app that was looked for is taken without another
	// look. Somebody may have made one that fits better.
	foundAge = 10 * time.Minute
)

// New makes a reader; nothing is opened before the first call.
func New(c Config) *Reader {
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	if c.UserAgent == "" {
		c.UserAgent = "selvage"
	}
	if c.LookupEnv == nil {
		c.LookupEnv = func(string) (string, bool) { return "", false }
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.Places = slices.Clone(c.Places)
	for i := range c.Places {
		c.Places[i].Path = folder(c.Places[i].Path)
	}
	r := &Reader{config: c}
	if c.API != nil {
		r.api = newREST(c)
	}
	var apps applications
	switch {
	case c.Objects != nil:
		r.where, apps = c.Objects.Where, kubeApplications{c.Objects}
	case r.api != nil:
		r.where, apps = r.api.where, r.api
	default:
		r.where = func() string { return "" }
	}
	if apps != nil && c.Type != core.Flux {
		r.adapters = append(r.adapters, argoAdapter(apps, c))
	}
	if c.Objects != nil && c.Type != core.ArgoCD {
		r.adapters = append(r.adapters, fluxAdapter(c))
	}
	return r
}

// ReadEngine gives what the engine says now, or why nobody can say; that has no
// ReadAt.
func (r *Reader) ReadEngine(ctx context.Context) *core.Engine {
	ctx, cancel := context.WithTimeout(ctx, r.config.Timeout)
	defer cancel()
	e := &core.Engine{Type: r.config.Type, App: r.config.App, Namespace: r.config.Namespace, Access: core.AccessOK}
	c, err := r.choose(ctx)
	switch {
	case err == nil && c == nil:
		e.Type = ""
	case err == nil && c.stray():
		e.Type, e.Notes = "", []string{r.passed(c)}
	case err == nil:
		e.Type, e.App, e.Namespace = c.adapter.word, c.app.name(), c.app.namespace()
		if e.App == "" {
			e.App = r.config.App
		}
		e.Sources = plain(c.sources)
		r.judge(e, c)
		c.adapter.fill(ctx, c.app, c.sources, e)
		if r.api != nil && e.Type == core.ArgoCD {
			e.API = slices.Clone(r.config.API.Allow)
		}
	default:
		e.Access, e.Error = core.AccessUnreachable, oneLine(err.Error())
		var known *core.Error
		if errors.As(err, &known) {
			e.Access = known.Access
		}
	}
	if e.Where = r.where(); e.Access == core.AccessOK {
		e.ReadAt = r.config.Now()
	}
	return e
}

// plain are the sources as others know them.
func plain(sources []source) []core.EngineSource {
	all := make([]core.EngineSource, len(sources))
	for i, s := range sources {
		all[i] = s.EngineSource
		all[i].URL = bare(s.URL)
	}
	return all
}

// AskEngine asks Argo CD to look at Git now, or to apply it now: what the
// configuration allows, of the app that is read, through its own API. It deletes
// what Git has no more only if the app does so by itself.
func (r *Reader) AskEngine(ctx context.Context, what core.EngineRequest) error {
	op := fmt.Sprintf("ask the engine for a %s", what)
	if r.api == nil {
		return &core.Error{
			Access: core.AccessForbidden, Op: op, Err: errors.New("the configuration names no API to ask"),
			Hint: fmt.Sprintf("set engine.api with allow: [%s]; only Argo CD has one", what),
		}
	}
	if !slices.Contains(r.config.API.Allow, what) {
		return &core.Error{
			Access: core.AccessForbidden, Op: op, Err: errors.New("the configuration does not allow it"),
			Hint: fmt.Sprintf("add %s to engine.api.allow", what),
		}
	}
	ctx, cancel := context.WithTimeout(ctx, r.config.Timeout)
	defer cancel()
	namespace, name := r.config.Namespace, r.config.App
	if name == "" || namespace == "" {
		c, err := r.choose(ctx)
		switch {
		case err != nil && name == "":
			return err
		case err == nil && c != nil && !c.stray() && c.adapter.word == core.ArgoCD:
			namespace, name = c.app.namespace(), c.app.name()
		case name == "":
			return &core.Error{Access: core.AccessInvalid, Op: op, Err: errors.New("no Application of Argo CD was found for this fabric"), Hint: "set engine.app"}
		}
	}
	switch what {
	case core.EngineRefresh:
		return r.api.refresh(ctx, namespace, name)
	case core.EngineSync:
		return r.api.sync(ctx, namespace, name)
	}
	return &core.Error{Access: core.AccessInvalid, Op: op, Err: errors.New("no such request"), Hint: "refresh and sync are the ones"}
}
