package control

import (
	"context"
	"errors"

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

func (s *server) startEngine(_ context.Context, lease string, req StartEngine) (Ref, error) {
	c, cerr := find[*clusterHandle](&s.owned, lease, req.Cluster)
	repo, rerr := find[*repoHandle](&s.owned, lease, req.Repo)
	if err := errors.Join(cerr, rerr); err != nil {
		return Ref{}, err
	}
	id := s.owned.id(req.Cluster + "-engine")
	user, err := c.grant(id, engine.Manager, []string{cluster.OperatorGroup})
	if err != nil {
		return Ref{}, err
	}
	name := req.Name
	if name == "" {
		name = id
	}
	e, err := engine.New(engine.Config{
		Name: name, Repo: repo.Dir, Branch: req.Branch, Path: req.Path, Namespace: req.Namespace,
		Cluster: c.RESTConfig(user.Token, engine.UserAgent), Groups: crds.OperatorGroups(),
		Options: engine.Options(req.Options), Now: s.cfg.Now,
	})
	if err != nil {
		return Ref{}, err
	}
	ctx, cancel := context.WithCancel(s.ctx)
	h := &engineHandle{Engine: e, cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(h.done)
		e.Run(ctx)
	}()
	return Ref{ID: id}, s.keep(id, lease, h)
}

func (s *server) setEngine(_ context.Context, lease string, req SetEngine) (Done, error) {
	h, err := find[*engineHandle](&s.owned, lease, req.ID)
	if err != nil {
		return Done{}, err
	}
	h.SetOptions(engine.Options(req.Options))
	return Done{}, nil
}

func (s *server) syncEngine(ctx context.Context, lease string, req Ref) (EngineState, error) {
	h, err := find[*engineHandle](&s.owned, lease, req.ID)
	if err != nil {
		return EngineState{}, err
	}
	state, err := h.Sync(ctx)
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
	wire := EngineState{Revision: s.Revision, Started: s.Started, Finished: s.Finished, Error: s.Error}
	for _, r := range s.Results {
		wire.Results = append(wire.Results, EngineResult{
			Group: r.Group, Kind: r.Kind, Namespace: r.Namespace, Name: r.Name,
			Action: string(r.Action), Message: r.Message,
		})
	}
	return wire
}
