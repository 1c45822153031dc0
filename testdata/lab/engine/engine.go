package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
)

const (
	// Manager is the field manager Argo CD applies as, and a plain engine.
	Manager = "argocd-controller"
	// FluxManager is the field manager Flux applies as.
	FluxManager = "kustomize-controller"
	// TrackingAnnotation marks every object of an engine that is not Flux.
	TrackingAnnotation = "argocd.argoproj.io/tracking-id"
	// FluxName and FluxNamespace mark every object of Flux, as labels.
	FluxName      = "kustomize.toolkit.fluxcd.io/name"
	FluxNamespace = "kustomize.toolkit.fluxcd.io/namespace"
)

// UserAgent is how the requests of a type of engine are told apart in the audit
// log.
func UserAgent(t Type) string {
	if t == Flux {
		return FluxManager
	}
	return "argocd-application-controller"
}

const (
	interval = 100 * time.Millisecond // between two looks at the branch
	again    = time.Second            // between two tries of a failed sync
)

// Config says what an engine works on. All fields but Type, Path and Object are
// required.
type Config struct {
	Type      Type
	Name      string // stands in the tracking id
	Repo      string // a bare repository
	Branch    string
	Path      string // a directory in it, "" for all of it
	Namespace string // of documents that name none
	Cluster   *rest.Config
	Groups    []string // whose kinds are looked through when pruning
	Object    Object   // required with a Type
	Options   Options
	Now       func() time.Time
}

// Object says where an engine shows what it does, and how it names what it
// works on there.
type Object struct {
	Cluster   *rest.Config
	Namespace string
	Project   string // of Argo CD
	URL       string // the repository
	Server    string // the API of the cluster that is applied to; "" for the object's own cluster
}

// Engine is one application. Make it with New.
type Engine struct {
	cfg    Config
	client dynamic.Interface
	disco  discovery.CachedDiscoveryInterface
	mapper *restmapper.DeferredDiscoveryRESTMapper
	worker worker

	asks    chan ask
	touched chan touch
	stopped chan struct{} // closed when Run ends

	mu      sync.Mutex
	options Options
	state   State

	// Used by Run's goroutine alone.
	desired  map[key]document
	written  map[key]string // resource version of the engine's last write
	places   map[place]bool // kinds and namespaces it has applied to
	watching map[place]bool
}

// worker is what one type of engine does. Run's goroutine alone calls it.
type worker interface {
	// tick does what is due by now.
	tick(ctx context.Context)
	// sync does what a person asked for; the state says how far it came.
	sync(ctx context.Context, how Manual) State
	// touch takes note of changes in the cluster.
	touch(ctx context.Context, t touch)
	// watches tells whether changes in the cluster are to be told.
	watches() bool
}

// Manual is a sync that a person asks for.
type Manual struct {
	By    string // the user; "" for admin
	Prune bool   // even where the options do not
}

type ask struct {
	how    Manual
	answer chan State
}

// place is where objects of one kind are listed and watched.
type place struct {
	gvr       schema.GroupVersionResource
	namespace string
}

// key identifies an object of the cluster.
type key struct {
	place
	name string
}

// ErrStopped is the error of Sync when the engine was stopped.
var ErrStopped = errors.New("the engine was stopped")

// New makes an engine; it does nothing before Run.
func New(cfg Config) (*Engine, error) {
	client, err := dynamic.NewForConfig(cfg.Cluster)
	if err != nil {
		return nil, fmt.Errorf("make a client for engine %q: %w", cfg.Name, err)
	}
	plain, err := discovery.NewDiscoveryClientForConfig(cfg.Cluster)
	if err != nil {
		return nil, fmt.Errorf("make a discovery client for engine %q: %w", cfg.Name, err)
	}
	disco := memory.NewMemCacheClient(plain)
	e := &Engine{
		cfg:      cfg,
		client:   client,
		disco:    disco,
		mapper:   restmapper.NewDeferredDiscoveryRESTMapper(disco),
		asks:     make(chan ask),
		touched:  make(chan touch),
		stopped:  make(chan struct{}),
		options:  cfg.Options,
		desired:  make(map[key]document),
		written:  make(map[key]string),
		places:   make(map[place]bool),
		watching: make(map[place]bool),
	}
	switch cfg.Type {
	case Plain:
		e.worker = newBasic(e)
	case ArgoCD:
		e.worker, err = newArgo(e)
	case Flux:
		e.worker, err = newFlux(e)
	default:
		err = fmt.Errorf("make engine %q: there is no type %q", cfg.Name, cfg.Type)
	}
	return e, err
}

// Options returns what the engine does by itself.
func (e *Engine) Options() Options {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.options
}

// SetOptions changes what the engine does by itself.
func (e *Engine) SetOptions(o Options) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.options = o
}

// State returns what the last sync did.
func (e *Engine) State() State {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.state
}

func (e *Engine) setState(s State) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.state = s
}

// Sync makes a running engine read the branch and apply it now, and waits until
// it has tried once. What went wrong is in the state; the error says there is
// none.
func (e *Engine) Sync(ctx context.Context, how Manual) (State, error) {
	request := ask{how: how, answer: make(chan State, 1)}
	select {
	case e.asks <- request:
	case <-e.stopped:
		return State{}, fmt.Errorf("ask engine %q to sync: %w", e.cfg.Name, ErrStopped)
	case <-ctx.Done():
		return State{}, fmt.Errorf("ask engine %q to sync: %w", e.cfg.Name, ctx.Err())
	}
	select {
	case state := <-request.answer:
		return state, nil
	case <-ctx.Done():
		return State{}, fmt.Errorf("wait for engine %q: %w", e.cfg.Name, ctx.Err())
	}
}

// Run works until ctx ends. It can be called once.
func (e *Engine) Run(ctx context.Context) {
	defer close(e.stopped)
	tick := time.NewTicker(interval)
	defer tick.Stop()
	var watches sync.WaitGroup
	defer watches.Wait()
	for {
		if e.worker.watches() {
			e.watch(ctx, &watches)
		}
		select {
		case <-ctx.Done():
			return
		case request := <-e.asks:
			request.answer <- e.worker.sync(ctx, request.how)
		case t := <-e.touched:
			e.worker.touch(ctx, t)
		case <-tick.C:
			e.worker.tick(ctx)
		}
	}
}

// source is what the engine applies, by its options.
func (e *Engine) source() source {
	o := e.Options()
	s := source{
		repo: e.cfg.Repo, target: e.cfg.Branch, dir: e.cfg.Path,
		flat: o.Flat, include: o.Include, exclude: o.Exclude,
	}
	if o.Target != "" {
		s.target = o.Target
	}
	return s
}
