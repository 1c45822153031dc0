package labtest_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"selvage/testdata/labtest"
)

// tells waits until an Application says how live compares with the branch.
func tells(t *testing.T, e *labtest.Engine, sync string) map[string]any {
	t.Helper()
	return e.WaitObject(t, "it tells that it is "+sync, func(app map[string]any) error {
		if got := at(app, "status", "sync", "status"); got != sync {
			return fmt.Errorf("it is %v", got)
		}
		return nil
	})
}

// keeps: with self-heal and prune off, what differs stays and is told.
func keeps(t *testing.T, c *labtest.Cluster, repo *labtest.Repo) {
	repo.Write("fabric/vpc.yaml", vpcDoc("vpc-1", "10.0.1.0/24", 1001)+vpcDoc("vpc-2", "10.0.2.0/24", 1002))
	first := repo.Commit("a fabric")
	e := c.Application(t, repo, labtest.Application{
		Type: labtest.ArgoCD, Name: "keeps", Path: "fabric", Options: labtest.EngineOptions{Auto: true, Health: "Degraded", HealthMessage: "a switch is down"},
	})
	e.WaitApplied(t, first)
	tells(t, e, "Synced") // what it compares after the sync: before it both differ
	c.Apply(t, "kubectl-edit", vpcDoc("vpc-1", "10.0.1.0/24", 1011))
	app := tells(t, e, "OutOfSync")
	want(t, entry(t, app, "status.resources", "VPC", "vpc-1"), map[string]any{"status": "OutOfSync", "requiresPruning": nil})
	want(t, entry(t, app, "status.resources", "VPC", "vpc-2"), map[string]any{"status": "Synced"})
	want(t, app, map[string]any{"status.health.status": "Degraded", "status.health.message": "a switch is down"})

	repo.Write("fabric/vpc.yaml", vpcDoc("vpc-1", "10.0.1.0/24", 1001))
	second := repo.Commit("vpc-2 is gone")
	e.WaitPhase(t, second, "Succeeded")
	app = e.WaitObject(t, "it tells what is left over", func(app map[string]any) error {
		if at(app, "status", "operationState", "syncResult", "revision") != second || at(app, "status", "resources", 0, "status") != "Synced" {
			return errors.New("not yet")
		}
		return nil
	})
	want(t, entry(t, app, "status.resources", "VPC", "vpc-2"), map[string]any{"status": "OutOfSync", "requiresPruning": true})
	want(t, entry(t, app, "status.operationState.syncResult.resources", "VPC", "vpc-2"), map[string]any{
		"status": "PruneSkipped", "message": "ignored (requires pruning)", "hookPhase": "Succeeded",
	})
	want(t, app, map[string]any{"status.sync.status": "OutOfSync", "status.operationState.phase": "Succeeded"})
	if s := e.SyncAs(t, "olga", true); s.Phase != "Succeeded" || s.Sync != "Synced" {
		t.Errorf("a pruning sync by hand = %+v", s)
	}
}

// part: another branch, no directories, and globs.
func part(t *testing.T, c *labtest.Cluster, repo *labtest.Repo) {
	for i, name := range []string{"a.yaml", "b.yaml", "old/c.yaml", "old_d.yaml"} {
		repo.Write("fabric/"+name, vpcDoc(fmt.Sprintf("vpc-%d", i), fmt.Sprintf("10.0.%d.0/24", i), 1001+i))
	}
	repo.Commit("a fabric")
	repo.Git("checkout", "--quiet", "-b", "prod")
	repo.Write("fabric/a.yaml", vpcDoc("vpc-0", "10.0.0.0/24", 1099))
	prod := repo.Commit("the one for production")
	repo.Git("tag", "v1.4")
	repo.Git("push", "--quiet", "origin", "v1.4")
	e := c.Application(t, repo, labtest.Application{
		Type: labtest.ArgoCD, Name: "part", Path: "fabric", Branch: "prod", Options: labtest.EngineOptions{Auto: true, Flat: true, Exclude: "old*"},
	})
	e.WaitApplied(t, prod)
	if out := c.Kubectl(t, "get", "vpc", "-o", "jsonpath={.items[*].metadata.name}"); out != "vpc-0 vpc-1" {
		t.Errorf("it applied %q", out)
	}
	want(t, e.Object(t), map[string]any{
		"spec.source.targetRevision": "prod", "spec.source.directory.recurse": false, "spec.source.directory.exclude": "old*",
	})
	e.Set(t, labtest.EngineOptions{Auto: true, Target: "v1.4", Include: "{old/*,b.yaml}"})
	app := e.WaitObject(t, "the tag is applied", func(app map[string]any) error {
		if at(app, "spec", "source", "targetRevision") != "v1.4" || at(app, "status", "resources", 2) == nil {
			return fmt.Errorf("%v", at(app, "status"))
		}
		return nil
	})
	want(t, app, map[string]any{"status.sync.revision": prod, "spec.source.directory.include": "{old/*,b.yaml}"})
	want(t, entry(t, app, "status.resources", "VPC", "vpc-0"), map[string]any{"requiresPruning": true})
	want(t, entry(t, app, "status.resources", "VPC", "vpc-2"), map[string]any{"requiresPruning": nil})
}

// windows: one that denies keeps even people from syncing, unless it lets them.
func windows(t *testing.T, c *labtest.Cluster, repo *labtest.Repo) {
	repo.Write("fabric/vpc.yaml", vpcDoc("vpc-1", "10.0.1.0/24", 1001))
	first := repo.Commit("a fabric")
	deny := labtest.EngineWindow{Kind: "deny", Schedule: "* * * * *", Duration: "24h"}
	e := c.Application(t, repo, labtest.Application{
		Type: labtest.ArgoCD, Name: "windows", Project: "night", Path: "fabric",
		Options: labtest.EngineOptions{Auto: true, Windows: []labtest.EngineWindow{deny}},
	})
	if s := e.TrySync(t); s.Phase != "Running" || s.Message != "Sync operation blocked by sync window" || s.Revision != first {
		t.Errorf("a sync in a window that denies = %+v", s)
	}
	want(t, e.Project(t, "night"), map[string]any{
		"spec.syncWindows.0.kind": "deny", "spec.syncWindows.0.schedule": "* * * * *", "spec.syncWindows.0.duration": "24h",
		"spec.syncWindows.0.applications.0": "*", "spec.syncWindows.0.manualSync": nil,
	})
	want(t, e.Object(t), map[string]any{
		"spec.project": "night", "status.operationState.phase": "Running", "status.operationState.finishedAt": nil,
		"status.sync.status": "OutOfSync",
	})
	deny.ManualSync = true
	e.Set(t, labtest.EngineOptions{Auto: true, Windows: []labtest.EngineWindow{deny}})
	e.WaitApplied(t, first) // the one that waited
	repo.Write("fabric/vpc.yaml", vpcDoc("vpc-1", "10.0.1.0/24", 1002))
	second := repo.Commit("another VLAN")
	e.Wait(t, "the commit is seen", func(s labtest.EngineState) error {
		if s.Head != second || s.Sync != "OutOfSync" {
			return fmt.Errorf("%+v", s)
		}
		return nil
	})
	if s := e.State(t); s.Revision != first {
		t.Errorf("it began by itself: %+v", s)
	}
	e.Set(t, labtest.EngineOptions{Auto: true, Windows: []labtest.EngineWindow{{Kind: "allow", Schedule: "* * * * *", Duration: "1h"}}})
	e.WaitApplied(t, second)
}

// unread: what cannot be read is unknown, and an operation for it an error; a
// kind that is not served keeps everything back.
func unread(t *testing.T, c *labtest.Cluster, repo *labtest.Repo) {
	repo.Write("fabric/vpc.yaml", vpcDoc("vpc-1", "10.0.1.0/24", 1001))
	first := repo.Commit("a fabric")
	e := c.Application(t, repo, labtest.Application{
		Type: labtest.ArgoCD, Name: "unread", Path: "fabric", Options: labtest.EngineOptions{Auto: true, Retry: &labtest.EngineRetry{}},
	})
	e.WaitApplied(t, first)
	repo.Write("fabric/oops.yaml", "kind: [\n")
	repo.Commit("a broken file")
	app := e.WaitObject(t, "it cannot read it", func(app map[string]any) error {
		if at(app, "status", "sync", "status") != "Unknown" {
			return errors.New("not yet")
		}
		return nil
	})
	want(t, app, map[string]any{
		"status.conditions.0.type": "ComparisonError", "status.resources.0.status": "Unknown", "status.sync.revision": nil,
		"status.operationState.syncResult.revision": first,
	})
	contains(t, app, "status.conditions.0.message", "oops.yaml")
	if s := e.TrySync(t); s.Phase != "Error" || !strings.HasPrefix(s.Message, "ComparisonError: ") {
		t.Errorf("a sync by hand = %+v", s)
	}
	repo.Write("fabric/oops.yaml", "apiVersion: vpc.githedgehog.com/v1beta1\nkind: Nonsense\nmetadata: {name: x}\n"+vpcDoc("vpc-2", "10.0.2.0/24", 1002))
	kind := repo.Commit("a kind there is not")
	s := e.WaitPhase(t, kind, "Failed")
	if s.Message != "one or more synchronization tasks are not valid" || len(s.Results) != 1 || !strings.Contains(s.Results[0].Message, `"Nonsense" CRD`) {
		t.Errorf("the state = %+v", s)
	}
	if out := c.Kubectl(t, "get", "vpc", "-o", "name"); strings.Contains(out, "vpc-2") {
		t.Errorf("it applied %q", out)
	}
}

// asked: people may ask by writing into the application, as the API of Argo CD
// does for them.
func asked(t *testing.T, c *labtest.Cluster, repo *labtest.Repo) {
	repo.Write("fabric/vpc.yaml", vpcDoc("vpc-1", "10.0.1.0/24", 1001))
	first := repo.Commit("a fabric")
	e := c.Application(t, repo, labtest.Application{
		Type: labtest.ArgoCD, Name: "asked", Path: "fabric", Options: labtest.EngineOptions{Poll: time.Hour},
	})
	e.Wait(t, "it compares", func(s labtest.EngineState) error {
		if s.Head != first {
			return errors.New("not yet")
		}
		return nil
	})
	c.Kubectl(t, "--namespace=argocd", "patch", "applications.argoproj.io", "asked", "--type=merge", "-p",
		`{"operation":{"initiatedBy":{"username":"olga"},"sync":{"revision":"HEAD"}}}`)
	e.WaitApplied(t, first)
	want(t, e.WaitObject(t, "the operation is done", func(app map[string]any) error {
		if at(app, "operation") != nil {
			return errors.New("not yet")
		}
		return nil
	}), map[string]any{"status.operationState.operation.initiatedBy.username": "olga"})
	repo.Write("fabric/vpc.yaml", vpcDoc("vpc-1", "10.0.1.0/24", 1002))
	second := repo.Commit("another VLAN")
	if s := e.State(t); s.Head != first {
		t.Errorf("it saw %s before its hour", s.Head)
	}
	c.Kubectl(t, "--namespace=argocd", "annotate", "applications.argoproj.io", "asked", "argocd.argoproj.io/refresh=normal")
	want(t, e.WaitObject(t, "it refreshed", func(app map[string]any) error {
		if at(app, "status", "sync", "revision") != second {
			return errors.New("not yet")
		}
		return nil
	}), map[string]any{"metadata.annotations": nil, "status.sync.status": "OutOfSync"})
}

func TestEngineMayLiveElsewhere(t *testing.T) {
	lab := labtest.Start(t)
	c, hub, repo := lab.Cluster(t), lab.NewCluster(t), lab.Repo(t)
	repo.Write("fabric/vpc.yaml", vpcDoc("vpc-1", "10.0.1.0/24", 1001))
	first := repo.Commit("a fabric")
	e := c.Application(t, repo, labtest.Application{
		Type: labtest.ArgoCD, At: hub, Namespace: "gitops", Path: "fabric", URL: "git@git.example.net:net/fabric.git",
		Options: labtest.EngineOptions{Auto: true},
	})
	e.WaitApplied(t, first)
	want(t, e.Object(t), map[string]any{
		"metadata.name": "fabric", "metadata.namespace": "gitops", "spec.destination.server": c.Server,
		"spec.source.repoURL": "git@git.example.net:net/fabric.git",
	})
	list := "/apis/argoproj.io/v1alpha1/namespaces/gitops/applications"
	if code, err := get(t, c, list); err != nil || code == 200 {
		t.Errorf("in the fabric's own cluster: %d, %v", code, err)
	}
	hub.HideEngines(t)
	labtest.Eventually(t, "nobody may look", reads(t, hub, list, 403))
	hub.ShowEngines(t)
	labtest.Eventually(t, "the reader may look again", reads(t, hub, list, 200))

	// It goes on after the cluster of its object was away.
	hub.Unplug()
	repo.Write("fabric/vpc.yaml", vpcDoc("vpc-1", "10.0.1.0/24", 1002))
	second := repo.Commit("another VLAN")
	e.WaitApplied(t, second)
	hub.Plug()
	e.WaitObject(t, "the object catches up", func(app map[string]any) error {
		if at(app, "status", "sync", "revision") != second {
			return errors.New("not yet")
		}
		return nil
	})
}

func reads(t *testing.T, c *labtest.Cluster, path string, want int) func() error {
	return func() error {
		if code, err := get(t, c, path); err != nil || code != want {
			return fmt.Errorf("%d, %w", code, errors.Join(err, errors.New("not yet")))
		}
		return nil
	}
}
