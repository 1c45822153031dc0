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
	// Manager is the field manager the engine applies as.
	Manager = "argocd-controller"
	// TrackingAnnotation marks every object of an engine.
	TrackingAnnotation = "argocd.argoproj.io/tracking-id"
	// UserAgent is how the engine's requests are told apart in the audit log.
	UserAgent = "argocd-application-controller"
)

const (
	interval = 100 * time.Millisecond // between two looks at the branch
	again    = time.Second            // between two tries of a failed sync
)

// Options say what an engine does by itself.
type Options struct {
	Auto     bool `json:"auto"`
	SelfHeal bool `json:"selfHeal"`
	// HealAfter is how long a change in the cluster is left alone before it is
	// healed, as Argo CD does between two healings of one application.
	HealAfter time.Duration `json:"healAfter,omitempty"`
	Prune     bool          `json:"prune"`
}

// Config says what an engine works on. All fields but Path are required.
type Config struct {
	Name      string // stands in the tracking id
	Repo      string // a bare repository
	Branch    string
	Path      string // a directory in it, "" for all of it
	Namespace string // of documents that name none
	Cluster   *rest.Config
	Groups    []string // whose kinds are looked through when pruning
	Options   Options
	Now       func() time.Time
}

// Engine is one application. Make it with New.
type Engine struct {
	cfg    Config
	tree   tree
	client dynamic.Interface
	disco  discovery.CachedDiscoveryInterface
	mapper *restmapper.DeferredDiscoveryRESTMapper

	asks    chan chan State
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
	healing  map[key]time.Time // touched and not healed yet: when that is due
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
	return &Engine{
		cfg:      cfg,
		tree:     tree{repo: cfg.Repo, branch: cfg.Branch, dir: cfg.Path},
		client:   client,
		disco:    disco,
		mapper:   restmapper.NewDeferredDiscoveryRESTMapper(disco),
		asks:     make(chan chan State),
		touched:  make(chan touch),
		stopped:  make(chan struct{}),
		options:  cfg.Options,
		desired:  make(map[key]document),
		written:  make(map[key]string),
		places:   make(map[place]bool),
		watching: make(map[place]bool),
		healing:  make(map[key]time.Time),
	}, nil
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

// State returns what the last sync that ended did.
func (e *Engine) State() State {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.state
}

// Sync makes a running engine read the branch and apply it now, and waits until
// it has. What went wrong is in the state; the error says there is none.
func (e *Engine) Sync(ctx context.Context) (State, error) {
	answer := make(chan State, 1)
	select {
	case e.asks <- answer:
	case <-e.stopped:
		return State{}, fmt.Errorf("ask engine %q to sync: %w", e.cfg.Name, ErrStopped)
	case <-ctx.Done():
		return State{}, fmt.Errorf("ask engine %q to sync: %w", e.cfg.Name, ctx.Err())
	}
	select {
	case state := <-answer:
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
		if e.Options().SelfHeal {
			e.watch(ctx, &watches)
		}
		select {
		case <-ctx.Done():
			return
		case answer := <-e.asks:
			answer <- e.sync(ctx)
		case t := <-e.touched:
			e.touch(t)
			e.heal(ctx)
		case <-tick.C:
			e.heal(ctx)
			if e.due(ctx) {
				e.sync(ctx)
			}
		}
	}
}

// due tells whether the engine is to sync by itself.
func (e *Engine) due(ctx context.Context) bool {
	if !e.Options().Auto {
		return false
	}
	head, err := e.tree.head(ctx)
	if err != nil {
		return false // no branch yet
	}
	last := e.State()
	if last.Revision != head {
		return true
	}
	return last.Failed() && e.cfg.Now().Sub(last.Finished) > again
}
