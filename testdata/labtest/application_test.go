package labtest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"selvage/testdata/labtest"
)

// vpcDoc is a VPC with one subnet.
func vpcDoc(name, subnet string, vlan int) string {
	return fmt.Sprintf("---\napiVersion: vpc.githedgehog.com/v1beta1\nkind: VPC\nmetadata: {name: %s}\nspec: {subnets: {default: {subnet: %s, vlan: %d}}}\n",
		name, subnet, vlan)
}

func attachment(name, subnet, connection string) string {
	return fmt.Sprintf("---\napiVersion: vpc.githedgehog.com/v1beta1\nkind: VPCAttachment\nmetadata: {name: %s}\nspec: {subnet: %s, connection: %s}\n",
		name, subnet, connection)
}

// at is a field of an object, by its path; of a list the path has the index.
func at(obj any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			fields, _ := obj.(map[string]any)
			obj = fields[step]
		case int:
			list, _ := obj.([]any)
			if step < 0 {
				step += len(list)
			}
			if step < 0 || step >= len(list) {
				return nil
			}
			obj = list[step]
		}
	}
	return obj
}

// want compares fields of an object, named with dots, with what they are to be.
func want(t *testing.T, obj any, fields map[string]any) {
	t.Helper()
	for path, want := range fields {
		if have := at(obj, steps(path)...); fmt.Sprint(have) != fmt.Sprint(want) {
			t.Errorf("%s = %v, want %v", path, have, want)
		}
	}
	if t.Failed() {
		text, _ := json.MarshalIndent(obj, "", " ")
		t.Logf("%s", text)
	}
}

func steps(path string) []any {
	var all []any
	for word := range strings.SplitSeq(path, ".") {
		var n int
		if _, err := fmt.Sscan(word, &n); err == nil {
			all = append(all, n)
			continue
		}
		all = append(all, word)
	}
	return all
}

// entry is the one of a list of an application's status that is of an object.
func entry(t *testing.T, obj any, path, kind, name string) any {
	t.Helper()
	list, _ := at(obj, steps(path)...).([]any)
	i := slices.IndexFunc(list, func(e any) bool { return at(e, "kind") == kind && at(e, "name") == name })
	if i < 0 {
		t.Fatalf("%s has no %s %s: %v", path, kind, name, list)
	}
	return list[i]
}

func contains(t *testing.T, obj any, path, part string) {
	t.Helper()
	if have := fmt.Sprint(at(obj, steps(path)...)); !strings.Contains(have, part) {
		t.Errorf("%s = %q, want %q in it", path, have, part)
	}
}

// TestApplicationsTellWhatArgoCDDoes has one strict cluster for all behaviours,
// a namespace and an application each.
func TestApplicationsTellWhatArgoCDDoes(t *testing.T) {
	lab := labtest.Start(t)
	cluster := lab.NewStrictCluster(t)
	for name, test := range map[string]func(*testing.T, *labtest.Cluster, *labtest.Repo){
		"heals": heals, "retries": retries, "gives-up": givesUp, "by-hand": byHand, "keeps": keeps, "part": part,
		"windows": windows, "stays": stays, "unread": unread, "asked": asked,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, cluster.In(t, name), lab.Repo(t))
		})
	}
}

func heals(t *testing.T, c *labtest.Cluster, repo *labtest.Repo) {
	repo.Write("fabric/vpc.yaml", vpcDoc("vpc-1", "10.0.1.0/24", 1001)+vpcDoc("vpc-2", "10.0.2.0/24", 1002))
	first := repo.Commit("a fabric")
	e := c.Application(t, repo, labtest.Application{
		Type: labtest.ArgoCD, Name: "heals", Path: "fabric", Options: labtest.EngineOptions{Auto: true, SelfHeal: true, Prune: true},
	})
	e.WaitApplied(t, first)
	app := e.WaitObject(t, "the application says so", func(app map[string]any) error {
		if at(app, "status", "sync", "status") != "Synced" {
			return fmt.Errorf("%v", at(app, "status"))
		}
		return nil
	})
	want(t, app, map[string]any{
		"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata.namespace": "argocd",
		"spec.project": "default", "spec.source.repoURL": repo.URL, "spec.source.path": "fabric", "spec.source.targetRevision": "main",
		"spec.source.directory.recurse": true, "spec.destination.server": "https://kubernetes.default.svc",
		"spec.destination.namespace": c.Namespace, "spec.syncPolicy.automated.prune": true, "spec.syncPolicy.automated.selfHeal": true,
		"status.sync.revision": first, "status.sync.comparedTo.source.path": "fabric",
		"status.health.status": "Healthy", "status.resourceHealthSource": "appTree", "status.resources.0.status": "Synced",
		"status.resources.0.kind": "VPC", "status.resources.0.name": "vpc-1", "status.history.0.revision": first, "status.history.0.id": 0,
		"status.history.0.initiatedBy.automated": true, "status.operationState.phase": "Succeeded",
		"status.operationState.message":                         "successfully synced (all tasks run)",
		"status.operationState.operation.initiatedBy.automated": true, "status.operationState.operation.sync.prune": true,
		"status.operationState.operation.retry.limit": 5, "status.operationState.syncResult.revision": first,
		"status.operationState.syncResult.resources.0.status":    "Synced",
		"status.operationState.syncResult.resources.0.message":   "vpc.vpc.githedgehog.com/vpc-1 serverside-applied",
		"status.operationState.syncResult.resources.0.syncPhase": "Sync", "operation": nil,
	})

	// Healing is an operation for what differs alone, and no entry of the history.
	c.Apply(t, "kubectl-edit", vpcDoc("vpc-2", "10.0.2.0/24", 1012))
	app = e.WaitObject(t, "the edit is healed", func(app map[string]any) error {
		if at(app, "status", "operationState", "operation", "sync", "resources") == nil || at(app, "status", "sync", "status") != "Synced" {
			return fmt.Errorf("%v", at(app, "status", "operationState"))
		}
		return nil
	})
	want(t, app, map[string]any{
		"status.operationState.operation.sync.resources.0.name":      "vpc-2",
		"status.operationState.operation.sync.autoHealAttemptsCount": 1,
		"status.operationState.operation.sync.resources.1":           nil,
		"status.operationState.syncResult.resources.0.name":          "vpc-2",
		"status.operationState.syncResult.revision":                  first,
		"status.history.1": nil,
		"status.operationState.operation.initiatedBy.automated":      true,
		"status.operationState.operation.sync.resources.0.group":     "vpc.githedgehog.com",
		"status.operationState.operation.sync.resources.0.namespace": c.Namespace,
		"status.operationState.operation.sync.syncOptions.0":         "ServerSideApply=true",
		"status.operationState.syncResult.source.directory.recurse":  true,
		"status.operationState.syncResult.resources.0.hookPhase":     "Running",
		"status.operationState.syncResult.resources.0.group":         "vpc.githedgehog.com",
		"status.operationState.syncResult.resources.0.version":       "v1beta1",
		"status.operationState.syncResult.resources.0.namespace":     c.Namespace,
		"status.operationState.operation.retry.backoff":              nil,
		"spec.syncPolicy.retry":                                      nil,
		"status.controllerNamespace":                                 "argocd",
		"status.sourceType":                                          "Directory",
		"status.operationState.syncResult.source.targetRevision":     "main",
		"status.sync.comparedTo.destination.namespace":               c.Namespace,
	})

	// Who may only read the fabric may read this.
	if code, err := get(t, c, "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/heals"); err != nil || code != 200 {
		t.Errorf("the reader gets %d, %v", code, err)
	}

	follows(t, c, repo, e, first)
}

// follows: a commit that changes nothing is seen, and no operation begins for it;
// what left Git goes, but for what is not the engine's.
func follows(t *testing.T, c *labtest.Cluster, repo *labtest.Repo, e *labtest.Engine, first string) {
	repo.Write("README.md", "a fabric")
	second := repo.Commit("a readme")
	app := e.WaitObject(t, "the commit is seen", func(app map[string]any) error {
		if at(app, "status", "sync", "revision") != second {
			return errors.New("not yet")
		}
		return nil
	})
	want(t, app, map[string]any{"status.sync.status": "Synced", "status.operationState.syncResult.revision": first})

	c.Apply(t, "kubectl-create", vpcDoc("debug", "10.0.9.0/24", 1009))
	repo.Write("fabric/vpc.yaml", vpcDoc("vpc-1", "10.0.1.0/24", 1001))
	third := repo.Commit("vpc-2 is gone")
	e.WaitApplied(t, third)
	pruned := entry(t, e.WaitObject(t, "the deletion is told", func(app map[string]any) error {
		if at(app, "status", "operationState", "syncResult", "revision") != third {
			return errors.New("not yet")
		}
		return nil
	}), "status.operationState.syncResult.resources", "VPC", "vpc-2")
	want(t, pruned, map[string]any{"status": "Pruned", "message": "pruned", "hookPhase": "Succeeded"})
	if out := c.Kubectl(t, "get", "vpc", "-o", "jsonpath={.items[*].metadata.name}"); out != "debug vpc-1" {
		t.Errorf("there are %q", out)
	}
}

// retries: an older commit is tried again while a newer one waits behind it.
func retries(t *testing.T, c *labtest.Cluster, repo *labtest.Repo) {
	repo.Write("fabric/vpc.yaml", vpcDoc("vpc-1", "10.0.1.0/24", 1001)+vpcDoc("vpc-2", "10.0.2.0/24", 1001))
	bad := repo.Commit("one VLAN, twice")
	options := labtest.EngineOptions{Auto: true, Retry: &labtest.EngineRetry{Limit: 3, Duration: time.Hour, Max: time.Hour}}
	e := c.Application(t, repo, labtest.Application{Type: labtest.ArgoCD, Name: "retries", Path: "fabric", Options: options})
	e.Wait(t, "it waits for its first repeated try", func(s labtest.EngineState) error {
		if s.Tries != 1 {
			return fmt.Errorf("%+v", s)
		}
		return nil
	})
	repo.Write("fabric/vpc.yaml", vpcDoc("vpc-1", "10.0.1.0/24", 1001)+vpcDoc("vpc-2", "10.0.2.0/24", 1002))
	good := repo.Commit("two VLANs")
	app := e.WaitObject(t, "the newer commit is seen", func(app map[string]any) error {
		if at(app, "status", "sync", "revision") != good {
			return fmt.Errorf("%v", at(app, "status", "sync"))
		}
		return nil
	})
	want(t, app, map[string]any{
		"status.operationState.phase": "Running", "status.operationState.retryCount": 1,
		"status.operationState.operation.sync.revision": bad, "operation.sync.revision": bad, "status.sync.status": "OutOfSync",
		"spec.syncPolicy.retry.limit": 3, "spec.syncPolicy.retry.backoff.duration": "1h0m0s", "status.history": nil,
	})
	contains(t, app, "status.operationState.message",
		`one or more objects failed to apply, reason: admission webhook "vvpc.kb.io" denied the request: VLAN 1001 is used by subnet default of VPC vpc-1. Retrying attempt #1 at `)
	refused := entry(t, app, "status.operationState.syncResult.resources", "VPC", "vpc-2")
	want(t, refused, map[string]any{"status": "SyncFailed", "hookPhase": "Failed"})
	contains(t, refused, "message", "VLAN 1001 is used")
	want(t, entry(t, app, "status.operationState.syncResult.resources", "VPC", "vpc-1"), map[string]any{"status": "Synced"})
	if at(app, "status", "operationState", "finishedAt") == nil {
		t.Error("there is no finishedAt while it waits")
	}
	if s := e.TrySync(t); s.Revision != good || s.Phase != "Succeeded" {
		t.Errorf("a sync by hand = %+v", s)
	}
	e.WaitApplied(t, good)
}

// stays: an operation is for one commit through all its tries, unless the policy
// says that each is for the newest.
func stays(t *testing.T, c *labtest.Cluster, repo *labtest.Repo) {
	for _, test := range []struct {
		name    string
		refresh bool
		tries   int64
	}{{"stays", false, 0}, {"refreshes", true, 1}} {
		repo.Write(test.name+"/vpc.yaml", vpcDoc("name-is-long", "10.0.1.0/24", 1001))
		bad := repo.Commit("a long name")
		e := c.Application(t, repo, labtest.Application{
			Type: labtest.ArgoCD, Name: test.name, Path: test.name, Options: labtest.EngineOptions{
				Auto: true, Retry: &labtest.EngineRetry{Limit: 1, Duration: 5 * time.Second, Refresh: test.refresh},
			},
		})
		first := e.Wait(t, "it waits to try again", func(s labtest.EngineState) error {
			if s.Revision != bad || s.Tries != 1 {
				return fmt.Errorf("%+v", s)
			}
			return nil
		})
		repo.Write(test.name+"/vpc.yaml", vpcDoc(test.name, "10.0.1.0/24", 1001))
		good := repo.Commit("a short name")
		s := e.WaitPhase(t, good, "Succeeded")
		if s.Tries != test.tries || s.Started.Equal(first.Started) != test.refresh {
			t.Errorf("%s: the operation for the newer commit = %+v", test.name, s)
		}
		repo.Write(test.name+"/vpc.yaml", "")
		repo.Commit("nothing")
		c.Kubectl(t, "delete", "vpc", test.name)
	}
}

// givesUp: after the limit it waits for a new commit, or for a person.
func givesUp(t *testing.T, c *labtest.Cluster, repo *labtest.Repo) {
	repo.Write("fabric/vpc.yaml", vpcDoc("name-is-long", "10.0.1.0/24", 1001))
	bad := repo.Commit("a long name")
	options := labtest.EngineOptions{
		Auto: true, SelfHeal: true, Retry: &labtest.EngineRetry{Limit: 2, Duration: time.Millisecond, Factor: 1, Max: time.Second},
	}
	e := c.Application(t, repo, labtest.Application{Type: labtest.ArgoCD, Name: "gives-up", Path: "fabric", Options: options})
	state := e.WaitPhase(t, bad, "Failed")
	if state.Tries != 2 || !strings.HasSuffix(state.Message, "(retried 2 times).") {
		t.Errorf("state = %+v", state)
	}
	app := e.WaitObject(t, "it complains", func(app map[string]any) error {
		if at(app, "status", "conditions") == nil {
			return errors.New("not yet")
		}
		return nil
	})
	want(t, app, map[string]any{
		"status.operationState.phase": "Failed", "status.operationState.retryCount": 2, "operation": nil,
		"status.conditions.0.type": "SyncError",
	})
	contains(t, app, "status.conditions.0.message", "Failed last sync attempt to ["+bad+"]: one or more objects failed to apply, reason: ")
	if again := e.State(t); !again.Started.Equal(state.Started) {
		t.Errorf("it tries %s again by itself", bad)
	}
	if again := e.SyncAs(t, "olga", false); again.Phase != "Failed" || again.Started.Equal(state.Started) || again.Tries != 0 {
		t.Errorf("a sync by hand = %+v", again)
	}
	want(t, e.Object(t), map[string]any{
		"status.operationState.operation.initiatedBy.username": "olga", "status.operationState.operation.initiatedBy.automated": nil,
	})
	repo.Write("fabric/vpc.yaml", vpcDoc("short", "10.0.1.0/24", 1001))
	good := repo.Commit("a short name")
	e.WaitPhase(t, good, "Succeeded")
	e.WaitObject(t, "it complains no more", func(app map[string]any) error {
		if c := at(app, "status", "conditions"); c != nil {
			return fmt.Errorf("%v", c)
		}
		return nil
	})
}

// byHand: without a policy nothing happens before somebody asks.
func byHand(t *testing.T, c *labtest.Cluster, repo *labtest.Repo) {
	repo.Write("fabric/vpc.yaml", vpcDoc("vpc-1", "10.0.1.0/24", 1001))
	first := repo.Commit("a fabric")
	e := c.Application(t, repo, labtest.Application{Type: labtest.ArgoCD, Name: "by-hand", Path: "fabric"})
	app := e.WaitObject(t, "it compares", func(app map[string]any) error {
		if at(app, "status", "sync", "revision") != first {
			return errors.New("not yet")
		}
		return nil
	})
	want(t, app, map[string]any{
		"spec.syncPolicy.automated": nil, "status.sync.status": "OutOfSync", "status.operationState": nil, "status.history": nil,
		"status.resources.0.status": "OutOfSync",
	})
	e.Sync(t)
	want(t, e.Object(t), map[string]any{
		"status.sync.status": "Synced", "status.history.0.revision": first, "status.history.0.initiatedBy.username": "admin",
	})
	repo.Write("fabric/vpc.yaml", vpcDoc("vpc-1", "10.0.1.0/24", 1002))
	second := repo.Commit("another VLAN")
	app = e.WaitObject(t, "it is behind", func(app map[string]any) error {
		if at(app, "status", "sync", "revision") != second {
			return errors.New("not yet")
		}
		return nil
	})
	want(t, app, map[string]any{"status.sync.status": "OutOfSync", "status.history.0.revision": first, "status.history.1": nil})
	e.Set(t, labtest.EngineOptions{Auto: true, Suspend: true})
	e.WaitObject(t, "it is switched off", func(app map[string]any) error {
		if at(app, "spec", "syncPolicy", "automated", "enabled") != false {
			return errors.New("not yet")
		}
		return nil
	})
	repo.Write("fabric/vpc.yaml", vpcDoc("vpc-1", "10.0.1.0/24", 1003))
	third := repo.Commit("one more")
	s := e.Wait(t, "it sees one more commit", func(s labtest.EngineState) error {
		if s.Head != third || s.Sync != "OutOfSync" {
			return fmt.Errorf("%+v", s)
		}
		return nil
	})
	if s.Revision != first {
		t.Errorf("switched off it applied %s", s.Revision)
	}
	e.Set(t, labtest.EngineOptions{Auto: true})
	e.WaitApplied(t, third)
}
