package gitops

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"selvage/core"
)

// adapter is one type of engine.
type adapter struct {
	engine
	word      core.EngineType
	kind      string // of the objects that it is told by: "Application"
	resource  string // the same for a role: "applications.argoproj.io"
	namespace string // where they usually are
	sketchy   bool   // a list of them leaves out what they say
}

// engine reads the objects of one type of engine.
type engine interface {
	list(ctx context.Context, namespace string) ([]node, error)
	get(ctx context.Context, namespace, name string) (node, error)
	// sources are what an app applies. Of those that lie nowhere near a place it
	// need not find out the repository.
	sources(ctx context.Context, app node, near func(path string) bool) []source
	// fill puts what an app says into e, whose sources are set.
	fill(ctx context.Context, app node, sources []source, e *core.Engine)
}

// candidate is an app, and how well it fits the fabric.
type candidate struct {
	adapter adapter
	app     node
	sources []source
	index   int // of the adapter

	match, branch, exact bool
	fits                 answer // whether it applies to the fabric's cluster
	named                bool   // the configuration asks for it
}

// stray tells whether an app is not the fabric's, although it applies what the
// fabric compares: it applies that to another cluster, and nobody asked for it.
func (c *candidate) stray() bool { return c.fits == no && !c.named }

func (c *candidate) String() string {
	if c == nil {
		return "none"
	}
	return fmt.Sprintf("%s %s/%s", c.adapter.kind, c.app.namespace(), c.app.name())
}

// choose finds the app of the fabric: the configured one, or the one that
// applies what the fabric compares. It is nil where there is none, and a stray one
// where there are only such.
func (r *Reader) choose(ctx context.Context) (*candidate, error) {
	if len(r.adapters) == 0 {
		return nil, &core.Error{
			Access: core.AccessInvalid, Op: "look for the GitOps engine", Err: errors.New("there is no API to look in"),
			Hint: "set engine.kubeconfig, or engine.api for Argo CD",
		}
	}
	if r.config.App != "" {
		return r.named(ctx)
	}
	if c := r.again(ctx); c != nil {
		return c, nil
	}
	c, err := r.look(ctx)
	r.config.Log.Debug("looked for the engine", "where", r.where(), "found", c, "err", err)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.found = found{}
	if err == nil && c != nil && !c.stray() {
		r.found = found{c.index, c.app.namespace(), c.app.name(), r.config.Now()}
	}
	return c, err
}

// again reads the app that was found before; nil where there is none, or it fits
// no more.
func (r *Reader) again(ctx context.Context) *candidate {
	r.mu.Lock()
	last := r.found
	r.mu.Unlock()
	if last.name == "" || r.config.Now().Sub(last.at) > foundAge {
		return nil
	}
	app, err := r.adapters[last.adapter].get(ctx, last.namespace, last.name)
	if err != nil {
		return nil
	}
	if c := r.weigh(ctx, last.adapter, app); c.match && c.branch && !c.stray() {
		return &c
	}
	return nil
}

// named reads the configured app. Where no namespace is configured it is the one
// of that name, wherever it is.
func (r *Reader) named(ctx context.Context) (*candidate, error) {
	var failed error
	var unserved []string
	for i, a := range r.adapters {
		app, err := r.namedBy(ctx, a)
		switch {
		case err == nil && app != nil:
			c := r.weigh(ctx, i, app)
			return &c, nil
		case errors.Is(err, core.ErrUnserved):
			unserved = append(unserved, a.resource)
		case err != nil && failed == nil:
			failed = explain(fmt.Sprintf("read %s %q", a.kind, r.config.App), a, err)
		}
	}
	if failed != nil {
		return nil, failed
	}
	e := &core.Error{Access: core.AccessInvalid, Op: fmt.Sprintf("read %s %q at %s", r.adapters[0].kind, r.config.App, r.where())}
	if len(unserved) == len(r.adapters) {
		e.Err = fmt.Errorf("that API serves no %s", strings.Join(unserved, " or "))
		e.Hint = "set engine.kubeconfig to the cluster that the engine runs in"
		return nil, e
	}
	e.Err, e.Hint = core.ErrNotFound, "correct engine.app and engine.namespace"
	return nil, e
}

func (r *Reader) namedBy(ctx context.Context, a adapter) (node, error) {
	if r.config.Namespace != "" {
		app, err := a.get(ctx, r.config.Namespace, r.config.App)
		if errors.Is(err, core.ErrNotFound) {
			return nil, nil //nolint:nilnil // there is none
		}
		return app, err
	}
	app, err := a.get(ctx, a.namespace, r.config.App)
	if err == nil || errors.Is(err, core.ErrUnserved) {
		return app, err
	}
	all, listErr := a.list(ctx, "")
	if listErr != nil {
		if !errors.Is(err, core.ErrNotFound) {
			listErr = err
		}
		return nil, listErr
	}
	all = slices.DeleteFunc(all, func(n node) bool { return n.name() != r.config.App })
	switch len(all) {
	case 0:
		return nil, nil //nolint:nilnil // there is none
	case 1:
		return a.get(ctx, all[0].namespace(), r.config.App)
	}
	return nil, &core.Error{Access: core.AccessInvalid, Op: "choose", Err: fmt.Errorf("%d namespaces have one", len(all)), Hint: "set engine.namespace"}
}

// look finds the one app that applies what the fabric compares.
func (r *Reader) look(ctx context.Context) (*candidate, error) {
	var fit []candidate
	var failed error
	for i, a := range r.adapters {
		apps, whole, err := r.listed(ctx, a)
		if err != nil && failed == nil {
			failed = explain("look for the GitOps engine", a, err)
		}
		if !whole && err == nil {
			continue
		}
		for _, app := range apps {
			c := r.weigh(ctx, i, app)
			if c.match {
				fit = append(fit, c)
			}
			if err := unreadSource(c.sources); err != nil && !c.match && failed == nil {
				failed = explain(fmt.Sprintf("look for the GitOps engine: read the source of %s", &c), a, err)
			}
		}
	}
	fit, astray := ours(fit)
	fit = prefer(fit, func(c candidate) bool { return c.branch })
	fit = prefer(fit, func(c candidate) bool { return c.fits == yes })
	fit = prefer(fit, func(c candidate) bool { return c.exact })
	switch len(fit) {
	case 0:
		return astray, failed
	case 1:
		if !fit[0].adapter.sketchy {
			return &fit[0], nil
		}
		app, err := fit[0].adapter.get(ctx, fit[0].app.namespace(), fit[0].app.name())
		if err != nil {
			return nil, explain("look for the GitOps engine", fit[0].adapter, err)
		}
		c := r.weigh(ctx, fit[0].index, app)
		return &c, nil
	}
	names := make([]string, len(fit))
	for i := range fit {
		names[i] = fit[i].String()
	}
	slices.Sort(names)
	const most = 5
	if len(names) > most {
		names = append(names[:most], fmt.Sprintf("%d more", len(names)-most))
	}
	return nil, &core.Error{
		Access: core.AccessInvalid, Op: "look for the GitOps engine at " + r.where(),
		Err: fmt.Errorf("several apply what this fabric compares: %s", strings.Join(names, ", ")), Hint: "set engine.type, engine.app and engine.namespace to one of them",
	}
}

// listed are the apps of an engine. Where they may only be listed in the usual
// namespace those are given along with the error, since there may be others.
// whole is not set where the engine is not there at all.
func (r *Reader) listed(ctx context.Context, a adapter) (apps []node, whole bool, err error) {
	apps, err = a.list(ctx, r.config.Namespace)
	var refused *core.Error
	switch {
	case errors.Is(err, core.ErrUnserved):
		return nil, false, nil
	case r.config.Namespace == "" && errors.As(err, &refused) && refused.Access == core.AccessForbidden:
		some, someErr := a.list(ctx, a.namespace)
		if someErr == nil {
			return some, false, err
		}
	}
	return apps, err == nil, err
}

// unreadSource is why a source of an app could not be read; nil where all were,
// or are known not to be there.
func unreadSource(sources []source) error {
	for _, s := range sources {
		var failed *core.Error
		if errors.As(s.unread, &failed) {
			return failed
		}
	}
	return nil
}

// ours are the apps that may be the fabric's, and one of the others, nil where
// there is none.
func ours(all []candidate) (kept []candidate, stray *candidate) {
	for i := range all {
		if !all[i].stray() {
			kept = append(kept, all[i])
		} else if stray == nil {
			stray = &all[i]
		}
	}
	return kept, stray
}

// prefer keeps those that are better, if any are.
func prefer(all []candidate, better func(candidate) bool) []candidate {
	var kept []candidate
	for _, c := range all {
		if better(c) {
			kept = append(kept, c)
		}
	}
	if len(kept) == 0 {
		return all
	}
	return kept
}

// weigh tells how well an app fits the fabric.
func (r *Reader) weigh(ctx context.Context, index int, app node) candidate {
	configured := r.config.App != ""
	c := candidate{adapter: r.adapters[index], index: index, app: app, named: configured}
	c.sources = c.adapter.sources(ctx, app, func(p string) bool {
		return configured || slices.ContainsFunc(r.config.Places, func(place Place) bool { return relate(place.Path, p) != apart })
	})
	for _, place := range r.config.Places {
		for _, s := range c.sources {
			rel := s.relation(place)
			if rel == apart {
				continue
			}
			c.match = true
			c.exact = c.exact || rel == same
			c.branch = c.branch || s.follows(place.Branch)
		}
	}
	c.fits = r.config.Cluster.fits(destinationOf(c.adapter.word, app), r.home())
	return c
}

// explain gives the error of an API the words of a person.
func explain(op string, a adapter, err error) error {
	var known *core.Error
	if !errors.As(err, &known) {
		return &core.Error{Access: core.AccessInvalid, Op: op, Err: err}
	}
	e := &core.Error{Access: known.Access, Op: op + ": " + known.Op, Err: known.Err, Hint: known.Hint}
	if known.Access == core.AccessForbidden && known.Hint == "" {
		e.Hint = fmt.Sprintf("ask for get and list on %s, or set engine.type to none", a.resource)
	}
	return e
}
