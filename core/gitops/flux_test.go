package gitops_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/gitops"
)

func readFlux(t *testing.T, change, repository string, recordings ...string) *core.Engine {
	t.Helper()
	app := with(t, recorded(t, append([]string{"kustomization"}, recordings...)...), change)
	objects := fluxCluster(app, with(t, recorded(t, "gitrepository"), repository))
	return gitops.New(config(objects, "fabrics/dc2")).ReadEngine(t.Context())
}

func TestReconciledKustomization(t *testing.T) {
	e := readFlux(t, "{}", "{}")
	mustBeKnown(t, e)
	want := core.Engine{
		Type: core.Flux, App: "dc2", Namespace: "flux-system", Where: "https://10.9.1.10:6443", ReadAt: now(), Access: core.AccessOK,
		Sources: []core.EngineSource{{
			URL: "ssh://git.example.net/net/fabrics.git", Path: "fabrics/dc2", Target: "main",
			Wanted: newest, Applied: applied, AppliedAt: at("09:58:02"),
		}},
		Auto: true, SelfHeal: true, Prune: true,
		Health: "Ready", HealthMessage: "Applied revision: main@sha1:" + applied, Sync: "ReconciliationSucceeded", ComparedAt: at("09:58:02"),
		Operation: &core.EngineOperation{
			Phase: core.EngineSucceeded, Revision: applied, Message: "Applied revision: main@sha1:" + applied,
			Started: at("09:58:02").Add(-2818583 * time.Microsecond), Finished: at("09:58:02"),
		},
		Objects: map[core.Key]core.EngineObject{
			key("VPC", "vpc-1"):                     {},
			key("VPCAttachment", "server-1--vpc-1"): {},
			{Group: "rbac.authorization.k8s.io", Kind: "ClusterRole", Name: "fabric:reader"}: {},
		},
	}
	if !reflect.DeepEqual(*e, want) {
		t.Errorf("engine = %+v\nwant     %+v", *e, want)
	}
}

func TestKustomizationThatRetriesWhatIsRefused(t *testing.T) {
	e := readFlux(t, "{}", "{}", "kustomization-refused")
	mustBeKnown(t, e)
	const why = `dry-run failed (Forbidden): admission webhook "vvpc.kb.io" denied the request: vlan 1001 is already used by vpc-1/default`
	if o := e.Objects[key("VPC", "vpc-2")]; !o.Refused || o.Message != why {
		t.Errorf("vpc-2 = %+v", o)
	}
	if len(e.Objects) != 2 {
		t.Errorf("objects = %v", e.Objects)
	}
	op := *e.Operation
	if op.Phase != core.EngineRunning || op.Tries != 3 || op.Revision != newest || op.Message != "VPC/default/vpc-2 "+why || !op.Started.Equal(at("10:04:00")) {
		t.Errorf("operation = %+v", op)
	}
	if got := e.Progress(newest); got != "flux retries 4f2c9e1 3" {
		t.Errorf("progress = %q", got)
	}
	if s := e.Sources[0]; s.Applied != applied {
		t.Errorf("source = %+v", s)
	}
	if _, gaveUp := e.GaveUp(newest); gaveUp {
		t.Error("it gave up, though it tries again at every interval")
	}
}

func TestStatesOfAKustomization(t *testing.T) {
	const refused = "kustomization-refused"
	ready := func(reason, message string) string {
		return "status: {conditions: [{type: Ready, status: 'False', reason: " + reason + ", message: '" + message + "', lastTransitionTime: '2026-11-23T10:01:00Z'}]}"
	}
	for name, test := range map[string]struct {
		status             string
		change, repository string
		holds              func(e *core.Engine) bool
	}{
		"suspended":        {"", "spec: {suspend: true}", "{}", func(e *core.Engine) bool { return e.Blocked == "suspended" && !e.Acts(false) }},
		"source suspended": {"", "{}", "spec: {suspend: true}", func(e *core.Engine) bool { return strings.HasPrefix(e.Blocked, "suspended at") }},
		"prune off":        {"", "spec: {prune: false}", "{}", func(e *core.Engine) bool { return !e.Prune && e.Auto }},
		"being deleted":    {"", "metadata: {deletionTimestamp: '2026-11-23T10:00:00Z'}", "{}", func(e *core.Engine) bool { return strings.HasPrefix(e.Blocked, "ending") }},
		"nothing said yet": {"", "status: null", "{}", func(e *core.Engine) bool { return e.Operation == nil && e.Sources[0].Applied == "" }},
		"stalled":          {refused, "status: {conditions: [{type: Stalled, status: 'True', reason: InvalidCELExpression, message: bad}, {type: Ready, status: 'False', reason: InvalidCELExpression, message: bad}]}", "{}", func(e *core.Engine) bool { _, gaveUp := e.GaveUp(newest); return gaveUp && len(e.Troubles) == 1 }},
		"in progress": {refused, "status: {conditions: [{type: Reconciling, status: 'True', reason: Progressing, message: 'Fetching manifests for revision main@sha1:" + newest + " with a timeout of 3m0s'}, {type: Ready, status: Unknown, reason: Progressing, message: Reconciliation in progress}]}", "{}", func(e *core.Engine) bool {
			return e.Progress(newest) == "flux retries 4f2c9e1 3" && e.Health == "Progressing"
		}},
		"waits for another": {"", ready("DependencyNotReady", "dependency a/b is not ready"), "{}", func(e *core.Engine) bool {
			return e.Operation == nil && e.Troubles[0] == "DependencyNotReady: dependency a/b is not ready"
		}},
		"cannot be built": {refused, ready("BuildFailed", "failed to decode Kubernetes YAML from /tmp/kustomization-812/fabrics/dc2/a.yaml: bad") + "\n", "{}", func(e *core.Engine) bool {
			return e.Operation.Message == "failed to decode Kubernetes YAML from /fabrics/dc2/a.yaml: bad" && e.Operation.Tries == 3
		}},
		"not deleted": {refused, ready("PruneFailed", "delete failed, errors: VPC/default/vpc-1 delete failed: admission webhook \"v\" denied the request: has peerings;VPC/default/vpc-9 delete failed: no;"), "{}", func(e *core.Engine) bool {
			return e.Objects[key("VPC", "vpc-1")] == core.EngineObject{Refused: true, Message: `delete failed: admission webhook "v" denied the request: has peerings`} &&
				e.Objects[key("VPC", "vpc-9")] == core.EngineObject{Refused: true, Message: "delete failed: no"}
		}},
		"names in a refusal": {refused, ready("ReconciliationFailed", "VPC/default/vpc-2 dry-run failed: VPC/default/vpc-1 delete failed"), "{}", func(e *core.Engine) bool {
			return e.Objects[key("VPC", "vpc-2")].Refused && !e.Objects[key("VPC", "vpc-1")].Refused
		}},
		"applied and not healthy": {refused, ready("HealthCheckFailed", "health check failed after 30s: timeout waiting for: [VPC/default/vpc-1 status: ''InProgress'']"), "{}", func(e *core.Engine) bool {
			return e.Sources[0].Applied == newest && e.Health == "HealthCheckFailed" && e.Objects[key("VPC", "vpc-1")] == core.EngineObject{Health: "InProgress"}
		}},
		"applied and looked after": {refused, "status: {conditions: [{type: Healthy, status: Unknown, reason: Progressing, message: 'Running health checks for revision main@sha1:" + newest + " with a timeout of 3m'}, {type: Ready, status: Unknown, reason: Progressing}]}", "{}", func(e *core.Engine) bool {
			return e.Sources[0].Applied == newest
		}},
		"source fails": {"", "{}", "status: {conditions: [{type: Ready, status: 'False', reason: GitOperationFailed, message: \"failed to checkout:\\nauthentication required\"}]}", func(e *core.Engine) bool {
			return e.Troubles[0] == "GitRepository fabrics: GitOperationFailed: failed to checkout: authentication required"
		}},
		"a tag": {"", "{}", "spec: {ref: {tag: v1.4}}", func(e *core.Engine) bool {
			return slices.Equal(e.Mismatch, []string{"flux applies fabrics/dc2@v1.4, you compare main"})
		}},
		"without a reference it is master": {"", "{}", "spec: {ref: null}", func(e *core.Engine) bool { return e.Sources[0].Target == "master" && len(e.Mismatch) == 1 }},
		"variables":                        {"", "spec: {postBuild: {substitute: {a: b}}}", "{}", func(e *core.Engine) bool { return len(e.Mismatch) == 1 }},
		"the same namespace":               {"", "spec: {targetNamespace: default}", "{}", func(e *core.Engine) bool { return len(e.Mismatch) == 0 }},
		"another namespace": {"", "spec: {targetNamespace: fabric}", "{}", func(e *core.Engine) bool {
			return slices.Equal(e.Mismatch, []string{"flux makes other objects of fabrics/dc2: spec.targetNamespace is set"})
		}},
		"ignored files": {"", "{}", "spec: {ignore: \"/*\\n!/fabrics\\nexamples/\\n# a comment\\n\"}", func(e *core.Engine) bool {
			return e.Leaves != nil && e.Leaves("fabrics/dc2/vpcs/a.yaml") == "" && e.Leaves("fabrics/dc2/examples/a.yaml") != "" && e.Leaves("fabrics/dc2/a.json") == "flux reads no .json files"
		}},
		"sparse": {"", "{}", "spec: {sparseCheckout: [fabrics/dc2/vpcs]}", func(e *core.Engine) bool {
			return e.Leaves("fabrics/dc2/vpcs/a.yaml") == "" && e.Leaves("fabrics/dc2/a.yaml") != ""
		}},
		"another repository is put in": {"", "{}", "spec: {include: [{repository: {name: common}, toPath: fabrics/dc2/common}]}", func(e *core.Engine) bool {
			return e.Wider == "flux also applies what GitRepository common puts into fabrics/dc2/common"
		}},
	} {
		t.Run(name, func(t *testing.T) {
			var recordings []string
			if test.status != "" {
				recordings = append(recordings, test.status)
			}
			e := readFlux(t, test.change, test.repository, recordings...)
			mustBeKnown(t, e)
			if !test.holds(e) {
				t.Errorf("engine = %+v\noperation %+v", *e, e.Operation)
			}
		})
	}
}

func TestConfiguredKustomizationOfNoRepository(t *testing.T) {
	app := with(t, recorded(t, "kustomization"), "spec: {sourceRef: {kind: OCIRepository, name: fabrics}}")
	c := config(fluxCluster(app), "fabrics/dc2")
	c.App = "dc2"
	e := gitops.New(c).ReadEngine(t.Context())
	mustBeKnown(t, e)
	if want := []string{"flux applies OCIRepository fabrics, which is no directory in Git; you compare fabrics/dc2"}; !slices.Equal(e.Mismatch, want) {
		t.Errorf("mismatch = %q, want %q", e.Mismatch, want)
	}
}

func TestSourceThatCannotBeReadIsNoMismatch(t *testing.T) {
	objects := fluxCluster(recorded(t, "kustomization"))
	c := config(objects, "fabrics/dc2")
	c.App = "dc2"
	for name, refuse := range map[string]error{"forbidden": forbidden("gitrepositories.source.toolkit.fluxcd.io"), "not there": nil} {
		objects.refuse["gitrepositories.source.toolkit.fluxcd.io"] = refuse
		e := gitops.New(c).ReadEngine(t.Context())
		mustBeKnown(t, e)
		if len(e.Mismatch) > 0 || len(e.Troubles)+len(e.Notes) != 1 || (len(e.Troubles) == 1) != (refuse == nil) || e.Leaves != nil {
			t.Errorf("%s: engine = %+v", name, e)
		}
	}
}
