package labtest_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"selvage/testdata/labtest"
)

// ready returns a check of the condition Ready of a kustomization.
func ready(status, message string) func(map[string]any) error {
	return func(obj map[string]any) error {
		c := condition(obj, "Ready")
		if at(c, "status") != status || !strings.Contains(fmt.Sprint(at(c, "message")), message) {
			return fmt.Errorf("Ready is %v, want %s %q", c, status, message)
		}
		return nil
	}
}

func condition(obj any, kind string) any {
	list, _ := at(obj, "status", "conditions").([]any)
	for _, c := range list {
		if at(c, "type") == kind {
			return c
		}
	}
	return nil
}

func TestKustomizationTellsWhatFluxDoes(t *testing.T) {
	lab := labtest.Start(t)
	c, repo := lab.NewStrictCluster(t), lab.Repo(t)
	repo.Write("fabric/vpc.yaml", vpcDoc("vpc-1", "10.0.1.0/24", 1001)+vpcDoc("vpc-2", "10.0.2.0/24", 1002))
	first := repo.Commit("a fabric")
	options := labtest.EngineOptions{Prune: true, Interval: time.Hour, Retry: &labtest.EngineRetry{Duration: time.Hour}}
	e := c.Application(t, repo, labtest.Application{Type: labtest.Flux, Path: "fabric", Options: options})
	e.WaitApplied(t, first)
	obj := e.WaitObject(t, "it is ready", ready("True", "Applied revision: main@sha1:"+first))
	want(t, obj, map[string]any{
		"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization", "metadata.namespace": "flux-system",
		"spec.interval": "1h0m0s", "spec.retryInterval": "1h0m0s", "spec.path": "./fabric", "spec.prune": true, "spec.suspend": nil,
		"spec.sourceRef.kind": "GitRepository", "spec.sourceRef.name": "fabric", "status.lastAppliedRevision": "main@sha1:" + first,
		"status.lastAttemptedRevision": "main@sha1:" + first, "status.observedGeneration": at(obj, "metadata", "generation"),
		"status.inventory.entries.0.id": c.Namespace + "_vpc-1_vpc.githedgehog.com_VPC", "status.inventory.entries.0.v": "v1beta1",
		"status.conditions.0.reason": "ReconciliationSucceeded", "status.conditions.1": nil,
	})
	want(t, e.Repository(t), map[string]any{
		"apiVersion": "source.toolkit.fluxcd.io/v1", "spec.url": repo.URL, "spec.ref.branch": "main",
		"status.artifact.revision": "main@sha1:" + first, "status.conditions.0.type": "Ready", "status.conditions.0.status": "True",
		"status.conditions.0.message": "stored artifact for revision 'main@sha1:" + first + "'",
	})
	marks := c.Kubectl(t, "get", "vpc", "vpc-1", "--show-managed-fields", "-o",
		`jsonpath={.metadata.labels.kustomize\.toolkit\.fluxcd\.io/name} {.metadata.labels.kustomize\.toolkit\.fluxcd\.io/namespace} {.metadata.managedFields[0].manager}{.metadata.annotations}`)
	if marks != "fabric flux-system "+labtest.FluxManager {
		t.Errorf("marks and manager = %q", marks)
	}

	// One that is refused keeps all back.
	repo.Write("fabric/vpc.yaml", vpcDoc("vpc-1", "10.0.1.0/24", 1011)+vpcDoc("vpc-2", "10.0.2.0/24", 1002)+vpcDoc("vpc-3", "10.0.2.128/25", 1003))
	bad := repo.Commit("an overlap")
	obj = e.WaitObject(t, "it is refused", ready("False",
		`VPC/`+c.Namespace+`/vpc-3 dry-run failed (Forbidden): admission webhook "vvpc.kb.io" denied the request: subnet default (10.0.2.128/25) overlaps with`))
	want(t, obj, map[string]any{
		"status.lastAppliedRevision": "main@sha1:" + first, "status.lastAttemptedRevision": "main@sha1:" + bad,
		"status.conditions.0.reason": "ReconciliationFailed",
	})
	if have, err := vlan(t, c); err != nil || have != 1001 {
		t.Errorf("vlan = %d, %v", have, err)
	}

	// It waits for a newer commit, an interval or somebody who asks; edits wait too.
	repo.Write("fabric/vpc.yaml", vpcDoc("vpc-1", "10.0.1.0/24", 1011))
	second := repo.Commit("no overlap")
	e.WaitApplied(t, second)
	if out := c.Kubectl(t, "get", "vpc", "-o", "jsonpath={.items[*].metadata.name}"); out != "vpc-1" {
		t.Errorf("there are %q", out)
	}
	c.Apply(t, "kubectl-edit", vpcDoc("vpc-1", "10.0.1.0/24", 1021))
	c.Kubectl(t, "--namespace=flux-system", "annotate", "kustomizations.kustomize.toolkit.fluxcd.io", "fabric", "reconcile.fluxcd.io/requestedAt=now")
	labtest.Eventually(t, "the edit is undone", wantVLAN(t, c, 1011))
	want(t, e.WaitObject(t, "it says what it was asked", func(obj map[string]any) error {
		if at(obj, "status", "lastHandledReconcileAt") != "now" {
			return errors.New("not yet")
		}
		return nil
	}), map[string]any{"status.lastAppliedRevision": "main@sha1:" + second})
}

func TestSuspendedFluxDoesNothing(t *testing.T) {
	lab := labtest.Start(t)
	c, repo := lab.NewStrictCluster(t), lab.Repo(t)
	repo.Write("fabric/vpc.yaml", vpcDoc("vpc-1", "10.0.1.0/24", 1001)+vpcDoc("vpc-2", "10.0.2.0/24", 1002)+attachment("a", "vpc-2/default", "server-1"))
	first := repo.Commit("a fabric")
	e := c.Application(t, repo, labtest.Application{Type: labtest.Flux, Path: "fabric", Options: labtest.EngineOptions{}})
	e.WaitApplied(t, first)
	e.Set(t, labtest.EngineOptions{Suspend: true, Prune: true})
	e.WaitObject(t, "it is suspended", func(obj map[string]any) error {
		if at(obj, "spec", "suspend") != true {
			return errors.New("not yet")
		}
		return nil
	})
	// The attachment stays in Git, so that the VPC below it cannot go.
	repo.Write("fabric/vpc.yaml", vpcDoc("vpc-1", "10.0.1.0/24", 1001)+attachment("a", "vpc-2/default", "server-1"))
	second := repo.Commit("vpc-2 is gone")
	labtest.Eventually(t, "the artifact is newer", func() error {
		if at(e.Repository(t), "status", "artifact", "revision") != "main@sha1:"+second {
			return errors.New("not yet")
		}
		return nil
	})
	if s := e.TrySync(t); s.Error != "resource is suspended" || s.Applied != first {
		t.Errorf("a sync of one that is suspended = %+v", s)
	}
	want(t, e.Object(t), map[string]any{"status.lastAttemptedRevision": "main@sha1:" + first})
	e.Set(t, labtest.EngineOptions{Prune: true})
	obj := e.WaitObject(t, "it cannot delete", ready("False",
		`VPC/`+c.Namespace+`/vpc-2 delete failed: admission webhook "vvpc.kb.io" denied the request: VPC has attachments`))
	want(t, obj, map[string]any{"status.conditions.0.reason": "PruneFailed", "status.lastAppliedRevision": "main@sha1:" + first})
	repo.Write("fabric/oops.yaml", "kind: [\n")
	repo.Commit("a broken file")
	want(t, e.WaitObject(t, "it cannot build", ready("False", "kustomize build failed: ")), map[string]any{"status.conditions.0.reason": "BuildFailed"})
}

func TestStrictClusterRefusesWhatAFabricRefuses(t *testing.T) {
	lab := labtest.Start(t)
	c := lab.NewStrictCluster(t)
	c.Apply(t, "test", vpcDoc("vpc-1", "10.0.1.0/24", 1001)+vpcDoc("vpc-2", "10.0.2.0/24", 1002)+attachment("a", "vpc-1/default", "server-1")+
		"---\napiVersion: vpc.githedgehog.com/v1beta1\nkind: VPCPeering\nmetadata: {name: p}\nspec: {permit: [{vpc-2: {}, vpc-3: {}}]}\n"+
		"---\napiVersion: wiring.githedgehog.com/v1beta1\nkind: Connection\nmetadata: {name: server-1}\nspec: {unbundled: {link: {server: {port: s/e}, switch: {port: l/E1}}}}\n"+
		"---\napiVersion: wiring.githedgehog.com/v1beta1\nkind: Connection\nmetadata: {name: server-2}\nspec: {unbundled: {link: {server: {port: t/e}, switch: {port: l/E2}}}}\n")
	for _, rule := range []struct{ doc, want string }{
		{vpcDoc("vpc-3", "10.0.3.0/24", 1001), "VLAN 1001 is used by subnet default of VPC vpc-1"},
		{vpcDoc("vpc-3", "10.0.0.0/16", 1003), "subnet default (10.0.0.0/16) overlaps with subnet default (10.0.1.0/24) of VPC vpc-1"},
		{vpcDoc("twelve-chars", "10.0.3.0/24", 1003), `name "twelve-chars" is too long`},
		{strings.Replace(vpcDoc("vpc-3", "10.0.3.0/24", 1001), "spec: {", "spec: {vlanNamespace: other, ", 1), ""},
		{strings.Replace(vpcDoc("vpc-4", "10.0.1.0/24", 1004), "spec: {", "spec: {ipv4Namespace: other, ", 1), ""},
		{vpcDoc("vpc-1", "10.0.1.0/24", 1009), ""},
	} {
		refused(t, c, rule.doc, rule.want, "apply", "--server-side", "--force-conflicts", "-f", "-")
	}
	for _, rule := range []struct{ kind, name, want string }{
		{"vpc", "vpc-1", "VPC has attachments"},
		{"vpc", "vpc-2", "VPC has peerings"},
		{"connection", "server-1", "connection has attachments"},
		{"connection", "server-2", ""},
		{"vpcattachment", "a", ""},
		{"vpc", "vpc-1", ""},
		{"connection", "server-1", ""},
	} {
		refused(t, c, "", rule.want, "delete", rule.kind, rule.name)
	}
}

// refused runs kubectl and expects it to be refused with some words, or not at
// all where there are none.
func refused(t *testing.T, c *labtest.Cluster, stdin, want string, args ...string) {
	t.Helper()
	out, err := c.TryKubectl(stdin, args...)
	if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), "denied the request: "+want)) {
		t.Errorf("kubectl %s %s = %q, %v, want %q", strings.Join(args, " "), stdin, out, err, want)
	}
}
