package runner_test

import (
	"context"
	"net/http"
	"sync"
	"time"

	"selvage/core"
)

// engine is a GitOps engine as far as a run sees one: what it says of itself, and
// what it was asked for. What it applies the test applies.
type engine struct {
	f fabric

	mu    sync.Mutex
	says  core.Engine
	asked []core.EngineRequest
}

// applied makes it say that live is as a commit has it.
func (e *engine) applied(commit string) {
	e.set(func(s *core.Engine) {
		s.Type, s.App, s.Namespace, s.Access, s.Auto, s.Prune = core.ArgoCD, string(e.f.ID), "argocd", core.AccessOK, true, true
		s.Sources = []core.EngineSource{{URL: e.f.URL, Path: e.f.Path, Target: "main", Wanted: commit, Applied: commit, AppliedAt: time.Now()}}
	})
}

// set changes what it says from now on.
func (e *engine) set(change func(*core.Engine)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	change(&e.says)
}

// ReadEngine implements [core.EngineReader].
func (e *engine) ReadEngine(context.Context) *core.Engine {
	e.mu.Lock()
	defer e.mu.Unlock()
	says := e.says
	says.ReadAt = time.Now()
	says.Sources = append([]core.EngineSource(nil), e.says.Sources...)
	return &says
}

// AskEngine implements [core.EngineAsker].
func (e *engine) AskEngine(_ context.Context, what core.EngineRequest) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.asked = append(e.asked, what)
	return nil
}

// onLook has something happen before the first request that comes after a push.
func onLook(happens func()) fault {
	once := sync.OnceFunc(happens)
	return onLookAfterPush(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		once()
		next.ServeHTTP(w, r)
	})
}
