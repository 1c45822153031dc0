package labtest

import (
	"fmt"
	"testing"

	"selvage/testdata/labtest/client"
)

// EngineManager is the field manager an engine applies as that is not Flux, and
// FluxManager that of Flux.
const (
	EngineManager = "argocd-controller"
	FluxManager   = "kustomize-controller"
)

// The types of engines that show what they do in a cluster.
const (
	ArgoCD = "argocd"
	Flux   = "flux"
)

// EngineOptions say what an engine does by itself: Auto syncs when the branch
// moves, SelfHeal undoes changes in the cluster, Prune deletes, at each sync,
// objects of the engine that left Git. The others are for engines with a type.
type EngineOptions = client.EngineOptions

// EngineRetry says how often a failed sync is tried again.
type EngineRetry = client.EngineRetry

// EngineWindow is a sync window of an engine's project.
type EngineWindow = client.EngineWindow

// EngineState is what the last sync of an engine did.
type EngineState = client.EngineState

// EngineResult is what a sync did to one object.
type EngineResult = client.EngineResult

// Engine is a GitOps engine at work.
type Engine struct {
	Type      string   // "" for one that shows nothing; the next three are for the others
	App       string   // the name of its object
	Namespace string   // of the object
	At        *Cluster // where the object is

	lab *Lab
	id  string
}

// Engine starts an engine that applies one directory of a branch to the test's
// namespace; with no options it does nothing before Sync. It ends with the test.
func (c *Cluster) Engine(t testing.TB, repo *Repo, branch, path string, options EngineOptions) *Engine {
	t.Helper()
	ref := ask[client.Ref](t, c.lab, client.VerbEngineStart, client.StartEngine{
		Cluster: c.info.ID, Repo: repo.info.ID, Branch: branch, Path: path, Namespace: c.Namespace, Options: options,
	})
	atEnd(t, c.lab, client.VerbEngineStop, ref.ID)
	return &Engine{lab: c.lab, id: ref.ID}
}

// Sync applies the branch as it is now and waits. The test ends when anything
// could not be applied or pruned.
func (e *Engine) Sync(t testing.TB) EngineState {
	t.Helper()
	state := e.TrySync(t)
	if err := failure(state); err != nil {
		t.Fatalf("labtest: sync engine %s: %v", e.id, err)
	}
	return state
}

// TrySync is Sync for what may be refused: that is in the state.
func (e *Engine) TrySync(t testing.TB) EngineState {
	t.Helper()
	return ask[client.EngineState](t, e.lab, client.VerbEngineSync, client.Ref{ID: e.id})
}

// State returns what the last sync did, whoever asked for it.
func (e *Engine) State(t testing.TB) EngineState {
	t.Helper()
	return ask[client.EngineState](t, e.lab, client.VerbEngineState, client.Ref{ID: e.id})
}

// Set changes what the engine does by itself.
func (e *Engine) Set(t testing.TB, options EngineOptions) {
	t.Helper()
	ask[client.Done](t, e.lab, client.VerbEngineSet, client.SetEngine{ID: e.id, Options: options})
}

// failure is what went wrong in a sync.
func failure(s EngineState) error {
	if s.Error != "" {
		return fmt.Errorf("at commit %q: %s", s.Revision, s.Error)
	}
	for _, r := range s.Results {
		if r.Action == "refused" {
			return fmt.Errorf("at commit %q: %s %s/%s: %s", s.Revision, r.Kind, r.Namespace, r.Name, r.Message)
		}
	}
	return nil
}
