package control

import (
	"context"
	"errors"
	"fmt"

	"k8s.io/client-go/rest"

	"selvage/testdata/lab/cluster"
	"selvage/testdata/lab/crds"
	"selvage/testdata/lab/engine"
	"selvage/testdata/lab/gitserver"
)

// repoHandle is a repository that belongs to a lease.
type repoHandle struct {
	gitserver.Repo
	git *gitserver.Server
}

// Close removes the repository.
func (h *repoHandle) Close() error { return h.git.Remove(h.Name) }

func (s *server) createRepo(ctx context.Context, lease string, req CreateRepo) (Repo, error) {
	id := s.owned.id("repo")
	name := id
	if req.Name != "" {
		name = req.Name + "-" + id
	}
	repo, err := s.git.Create(ctx, name)
	if err != nil {
		return Repo{}, err
	}
	return Repo{
		ID: id, Name: repo.Name, Dir: repo.Dir, URL: repo.URL, TLSURL: repo.TLSURL, CAFile: s.gitCA,
		Pusher: Account(repo.Push), ReadOnly: Account(repo.Reader),
	}, s.keep(id, lease, &repoHandle{Repo: repo, git: s.git})
}

// engineHandle is a running engine.
type engineHandle struct {
	*engine.Engine
	cancel context.CancelFunc
	done   chan struct{}
}

// Close stops the engine and waits until it has stopped.
func (h *engineHandle) Close() error {
	h.cancel()
	<-h.done
	return nil
}

func (s *server) startEngine(ctx context.Context, lease string, req StartEngine) (Ref, error) {
	c, cerr := find[*clusterHandle](&s.owned, lease, req.Cluster)
	repo, rerr := find[*repoHandle](&s.owned, lease, req.Repo)
	if err := errors.Join(cerr, rerr); err != nil {
		return Ref{}, err
	}
	id := s.owned.id(req.Cluster + "-engine")
	cfg := engine.Config{
		Type: engine.Type(req.Type), Name: req.Name, Repo: repo.Dir, Branch: req.Branch, Path: req.Path, Namespace: req.Namespace,
		Groups: crds.OperatorGroups(), Options: engineOptions(req.Options), Now: s.cfg.Now,
	}
	if cfg.Name == "" {
		cfg.Name = id
	}
	var err error
	if cfg.Cluster, err = engineClient(c, id, cfg.Type); err != nil {
		return Ref{}, err
	}
	if cfg.Object, err = s.engineObject(ctx, lease, id, req, c); err != nil {
		return Ref{}, err
	}
	if cfg.Object.URL == "" {
		cfg.Object.URL = repo.URL
	}
	e, err := engine.New(cfg)
	if err != nil {
		return Ref{}, err
	}
	running, cancel := context.WithCancel(s.ctx)
	h := &engineHandle{Engine: e, cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(h.done)
		e.Run(running)
	}()
	return Ref{ID: id}, s.keep(id, lease, h)
}

// engineClient makes an engine a user of a cluster.
func engineClient(c *clusterHandle, id string, kind engine.Type) (*rest.Config, error) {
	name := engine.Manager
	if kind == engine.Flux {
		name = engine.FluxManager
	}
	user, err := c.grant(id, name, []string{cluster.OperatorGroup})
	if err != nil {
		return nil, err
	}
	return c.RESTConfig(user.Token, engine.UserAgent(kind)), nil
}

// engineObject prepares the cluster where an engine is to show itself.
func (s *server) engineObject(ctx context.Context, lease, id string, req StartEngine, works *clusterHandle) (engine.Object, error) {
	kind := engine.Type(req.Type)
	if kind == engine.Plain {
		return engine.Object{}, nil
	}
	object := engine.Object{Namespace: req.Object.Namespace, Project: req.Object.Project, URL: req.Object.URL}
	at := req.Object.Cluster
	if at == "" {
		at = req.Cluster
	}
	if at != req.Cluster {
		object.Server = works.URL()
	}
	if object.Namespace == "" {
		object.Namespace = "argocd"
		if kind == engine.Flux {
			object.Namespace = "flux-system"
		}
	}
	if object.Project == "" {
		object.Project = "default"
	}
	h, err := s.ownCluster(lease, at)
	if err != nil {
		return engine.Object{}, fmt.Errorf("show an engine in %s: %w", at, err)
	}
	if err := errors.Join(h.InstallEngines(ctx), h.Cluster.Namespace(ctx, object.Namespace)); err != nil {
		return engine.Object{}, err
	}
	object.Cluster, err = engineClient(h, id+"-object", kind)
	return object, err
}

// engineOptions are options as the engine takes them.
func engineOptions(o EngineOptions) engine.Options {
	options := engine.Options{
		Auto: o.Auto, SelfHeal: o.SelfHeal, HealAfter: o.HealAfter, Prune: o.Prune, Suspend: o.Suspend,
		Poll: o.Poll, Interval: o.Interval, Target: o.Target, Flat: o.Flat, Include: o.Include, Exclude: o.Exclude,
		Health: o.Health, HealthMessage: o.HealthMessage,
	}
	if o.Retry != nil {
		options.Retry = new(engine.Retry(*o.Retry))
	}
	for _, w := range o.Windows {
		options.Windows = append(options.Windows, engine.Window(w))
	}
	return options
}

func (s *server) setEngine(_ context.Context, lease string, req SetEngine) (Done, error) {
	h, err := find[*engineHandle](&s.owned, lease, req.ID)
	if err != nil {
		return Done{}, err
	}
	h.SetOptions(engineOptions(req.Options))
	return Done{}, nil
}

func (s *server) syncEngine(ctx context.Context, lease string, req SyncEngine) (EngineState, error) {
	h, err := find[*engineHandle](&s.owned, lease, req.ID)
	if err != nil {
		return EngineState{}, err
	}
	state, err := h.Sync(ctx, engine.Manual{By: req.By, Prune: req.Prune})
	return wireState(state), err
}

func (s *server) engineState(_ context.Context, lease string, req Ref) (EngineState, error) {
	h, err := find[*engineHandle](&s.owned, lease, req.ID)
	if err != nil {
		return EngineState{}, err
	}
	return wireState(h.State()), nil
}

func wireState(s engine.State) EngineState {
	wire := EngineState{
		Revision: s.Revision, Started: s.Started, Finished: s.Finished, Error: s.Error,
		Phase: string(s.Phase), Message: s.Message, Tries: s.Tries, Head: s.Head, Applied: s.Applied, Sync: s.Sync,
	}
	for _, r := range s.Results {
		wire.Results = append(wire.Results, EngineResult{
			Group: r.Group, Kind: r.Kind, Namespace: r.Namespace, Name: r.Name,
			Action: string(r.Action), Message: r.Message,
		})
	}
	return wire
}
