package labtest

import (
	"encoding/json"
	"fmt"
	"testing"

	"selvage/testdata/labtest/client"
)

// Application says what a typed engine applies and where it shows itself.
type Application struct {
	Type      string   // ArgoCD or Flux
	Name      string   // of its object; "" for fabric
	Namespace string   // of its object; "" for argocd or flux-system
	Project   string   // of Argo CD; "" for default
	At        *Cluster // where its object is, a cluster of one's own; nil for the one it applies to
	URL       string   // of the repository as the object has it; "" for its own over HTTP
	Branch    string   // "" for main
	Path      string
	Options   EngineOptions
}

// Application starts an engine as Argo CD or Flux is one: it shows what it does
// as an Application, or as a Kustomization and a GitRepository, in a cluster of
// one's own. With no options it does nothing before Sync; Flux begins at once. It
// ends with the test; its objects stay.
func (c *Cluster) Application(t testing.TB, repo *Repo, app Application) *Engine {
	t.Helper()
	if app.Name == "" {
		app.Name = "fabric"
	}
	if app.Branch == "" {
		app.Branch = "main"
	}
	if app.Namespace == "" {
		app.Namespace = map[string]string{ArgoCD: "argocd", Flux: "flux-system"}[app.Type]
	}
	if app.At == nil {
		app.At = c
	}
	ref := ask[client.Ref](t, c.lab, client.VerbEngineStart, client.StartEngine{
		Type: app.Type, Name: app.Name, Cluster: c.info.ID, Repo: repo.info.ID, Branch: app.Branch, Path: app.Path, Namespace: c.Namespace,
		Object:  client.EngineObject{Cluster: app.At.info.ID, Namespace: app.Namespace, Project: app.Project, URL: app.URL},
		Options: app.Options,
	})
	atEnd(t, c.lab, client.VerbEngineStop, ref.ID)
	return &Engine{App: app.Name, Namespace: app.Namespace, At: app.At, Type: app.Type, lab: c.lab, id: ref.ID}
}

// SyncAs is TrySync as a user, deleting what left Git even where the options do
// not.
func (e *Engine) SyncAs(t testing.TB, user string, prune bool) EngineState {
	t.Helper()
	return ask[client.EngineState](t, e.lab, client.VerbEngineSync, client.SyncEngine{ID: e.id, By: user, Prune: prune})
}

// Wait waits until check accepts the state of a typed engine, and returns that.
// What says what the test waits for.
func (e *Engine) Wait(t testing.TB, what string, check func(EngineState) error) EngineState {
	t.Helper()
	var state EngineState
	Eventually(t, what, func() error {
		state = e.State(t)
		return check(state)
	})
	return state
}

// WaitApplied waits until the engine says that it applied a commit, whole.
func (e *Engine) WaitApplied(t testing.TB, commit string) EngineState {
	t.Helper()
	return e.Wait(t, "the engine has applied "+commit, func(s EngineState) error {
		if s.Applied != commit {
			return fmt.Errorf("it has applied %q: %s %s %s", s.Applied, s.Phase, s.Message, s.Error)
		}
		return nil
	})
}

// WaitPhase waits until the operation for a commit is in a phase.
func (e *Engine) WaitPhase(t testing.TB, commit, phase string) EngineState {
	t.Helper()
	return e.Wait(t, "the operation for "+commit+" is "+phase, func(s EngineState) error {
		if s.Revision != commit || s.Phase != phase {
			return fmt.Errorf("the one for %q is %q: %s %s", s.Revision, s.Phase, s.Message, s.Error)
		}
		return nil
	})
}

// Object returns the engine's Application or Kustomization as it is now.
func (e *Engine) Object(t testing.TB) map[string]any {
	t.Helper()
	return must(t)(e.read(e.kind()))
}

// Project returns an AppProject that an engine of Argo CD made.
func (e *Engine) Project(t testing.TB, name string) map[string]any {
	t.Helper()
	return must(t)(e.read("appprojects.argoproj.io", name))
}

// Repository returns the GitRepository of an engine of Flux.
func (e *Engine) Repository(t testing.TB) map[string]any {
	t.Helper()
	return must(t)(e.read("gitrepositories.source.toolkit.fluxcd.io", e.App))
}

// WaitObject waits until check accepts the engine's object, and returns that.
func (e *Engine) WaitObject(t testing.TB, what string, check func(map[string]any) error) map[string]any {
	t.Helper()
	var obj map[string]any
	Eventually(t, what, func() error {
		var err error
		if obj, err = e.read(e.kind()); err != nil {
			return err
		}
		return check(obj)
	})
	return obj
}

// kind is the resource and the name of the engine's object.
func (e *Engine) kind() (resource, name string) {
	if e.Type == Flux {
		return "kustomizations.kustomize.toolkit.fluxcd.io", e.App
	}
	return "applications.argoproj.io", e.App
}

func (e *Engine) read(resource, name string) (map[string]any, error) {
	out, err := e.At.TryKubectl("", "get", resource, name, "--namespace", e.Namespace, "-o", "json")
	if err != nil {
		return nil, err
	}
	var obj map[string]any
	if err := json.Unmarshal([]byte(out), &obj); err != nil {
		return nil, fmt.Errorf("decode %s %q: %w", resource, name, err)
	}
	return obj, nil
}

func must(t testing.TB) func(map[string]any, error) map[string]any {
	return func(obj map[string]any, err error) map[string]any {
		t.Helper()
		if err != nil {
			t.Fatalf("labtest: %v", err)
		}
		return obj
	}
}

// HideEngines takes the right to read what engines show away from the program,
// in this cluster, until ShowEngines gives it back.
func (c *Cluster) HideEngines(t testing.TB) {
	t.Helper()
	c.Kubectl(t, "delete", "clusterrolebinding", engineReaders)
}

// ShowEngines lets the program read what engines show, as it may from the start.
func (c *Cluster) ShowEngines(t testing.TB) {
	t.Helper()
	c.Kubectl(t, "create", "clusterrolebinding", engineReaders, "--clusterrole="+engineReaders, "--group=selvage:readers")
}

// engineReaders is the cluster role for it, and its binding.
const engineReaders = "selvage:engine-readers"
