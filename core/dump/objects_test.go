package dump

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"selvage/core"
)

const (
	argo = "argoproj.io"
	flux = "kustomize.toolkit.fluxcd.io"
)

const engines = `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: dc1
  namespace: argocd
  managedFields: [{manager: argocd}]
spec: {project: default}
status: {sync: {status: OutOfSync, revision: "1234567"}}
---
apiVersion: v1
kind: List
items:
- {apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: dc2, namespace: teams}}
- {apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization, metadata: {name: dc3}}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepositoryList
items: [{metadata: {name: fabrics, namespace: flux-system}}]
`

func names(objects []map[string]any) string {
	var all []string
	for _, o := range objects {
		meta, _ := o["metadata"].(map[string]any)
		all = append(all, fmt.Sprint(meta["name"]))
	}
	return strings.Join(all, " ")
}

func TestObjectsOfEnginesAreRead(t *testing.T) {
	path := write(t, "dc1.yaml", fmt.Sprintf(vpc, "a")+"---\n"+engines)
	o := New(Config{Path: path, Namespace: "default", Now: func() time.Time { return readAt }}).Objects()
	for _, test := range []struct{ group, resource, namespace, want string }{
		{argo, "applications", "", "dc1 dc2"},
		{argo, "applications", "argocd", "dc1"},
		{argo, "applications", "elsewhere", ""},
		{flux, "kustomizations", "default", "dc3"},
		{"source.toolkit.fluxcd.io", "gitrepositories", "flux-system", "fabrics"},
		{"vpc.githedgehog.com", "vpcs", "default", "a"},
	} {
		got, err := o.List(t.Context(), test.group, test.resource, test.namespace)
		if err != nil || names(got) != test.want {
			t.Errorf("%s in %q = %s, %v, want %s", test.resource, test.namespace, names(got), err, test.want)
		}
	}
	got, err := o.Get(t.Context(), argo, "applications", "argocd", "dc1")
	meta, _ := got["metadata"].(map[string]any)
	status, _ := got["status"].(map[string]any)
	if err != nil || meta["managedFields"] != nil || status["sync"] == nil {
		t.Errorf("Get = %v, %v", got, err)
	}
	if _, err := o.Get(t.Context(), argo, "applications", "argocd", "dc2"); !errors.Is(err, core.ErrNotFound) {
		t.Errorf("Get of what is elsewhere = %v", err)
	}
	if o.Where() != path {
		t.Errorf("Where = %q", o.Where())
	}
}

func TestObjectsThatTheDumpDoesNotHold(t *testing.T) {
	text := fmt.Sprintf(vpc, "a") + `---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: applications.argoproj.io}
spec: {group: argoproj.io, names: {kind: Application, plural: applications}, versions: []}
`
	o := open(write(t, "dc1.yaml", text)).Objects()
	if got, err := o.List(t.Context(), argo, "applications", ""); err != nil || got == nil || len(got) > 0 {
		t.Errorf("of a kind that it defines: %v, %v", got, err)
	}
	if _, err := o.List(t.Context(), flux, "kustomizations", ""); !errors.Is(err, core.ErrUnserved) {
		t.Errorf("of a kind that it does not have: %v", err)
	}
	for _, path := range []string{
		filepath.Join(t.TempDir(), "gone.yaml"), write(t, "dc1.yaml", engines+"---\na: ["), write(t, "dc1.yaml", engines+"---\n"+engines),
	} {
		_, err := open(path).Objects().List(t.Context(), argo, "applications", "")
		var known *core.Error
		if !errors.As(err, &known) || known.Access != core.AccessInvalid || !strings.Contains(err.Error(), path) {
			t.Errorf("List = %v", err)
		}
	}
	for _, resource := range []string{"agents.agent.githedgehog.com", "secrets."} {
		plural, group, _ := strings.Cut(resource, ".")
		var known *core.Error
		if _, err := o.List(t.Context(), group, plural, ""); !errors.As(err, &known) || known.Access != core.AccessForbidden {
			t.Errorf("List of %s = %v", resource, err)
		}
	}
}

// agent is an agent as a dump holds it, with the secrets of a real one.
func agent(namespace, name, status string) string {
	return fmt.Sprintf(`---
apiVersion: agent.githedgehog.com/v1beta1
kind: Agent
metadata: {name: %s, namespace: %s, generation: 5}
spec: {role: spine, description: rack 1, users: [{name: admin, password: must-not-be-shown}]}
status: %s
`, name, namespace, status)
}

func TestAgentsOfADump(t *testing.T) {
	path := write(t, "dc1.yaml", fmt.Sprintf(vpc, "a")+
		agent("default", "spine-2", "{lastAppliedGen: 4, lastAppliedTime: '2026-11-23T08:00:00Z', lastHeartbeat: '2026-11-23T08:59:00Z', version: v0.129.1, rebootRequired: true}")+
		agent("default", "spine-1", "{lastAppliedGen: 5, lastHeartbeat: '2026-11-23T09:01:00Z', version: v0.129.1}")+
		agent("default", "spine-3", "{lastHeartbeat: soon}")+
		agent("default", "spine-4", "{lastAppliedGen: 5, lastHeartbeat: '2026-11-23T11:00:00Z'}")+
		agent("elsewhere", "spine-5", "{}"))
	got := New(Config{Path: path, Namespace: "default", Now: func() time.Time { return readAt }}).ReadAgents(t.Context())
	at := func(clock string) time.Time {
		parsed, err := time.Parse(time.RFC3339, "2026-11-23T"+clock+"Z")
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	want := []core.Agent{
		{Name: "spine-1", Applied: 5, Heartbeat: at("09:01:00"), Version: "v0.129.1"},
		{Name: "spine-2", Applied: 4, AppliedAt: at("08:00:00"), Heartbeat: at("08:59:00"), Version: "v0.129.1", Reboot: true},
		{Name: "spine-3", Applied: -1, HeartbeatError: `"soon" is no time`},
		{Name: "spine-4", Applied: 5, Heartbeat: at("11:00:00")},
	}
	if got.Access != core.AccessOK || len(got.All) != len(want) || !got.ReadAt.Equal(at("09:01:00")) {
		t.Fatalf("ReadAgents = %+v", got)
	}
	for i, a := range want {
		a.Role, a.Description, a.Current = "spine", "rack 1", 5
		if got.All[i] != a {
			t.Errorf("agent %+v, want %+v", got.All[i], a)
		}
	}
	if late := got.Late(); len(late) != 1 || late[0].Name != "spine-2" {
		t.Errorf("late are %+v", late)
	}
	if text := fmt.Sprintf("%+v", got); strings.Contains(text, "must-not") {
		t.Errorf("a secret is in %s", text)
	}
}

func TestAgentsThatADumpDoesNotTell(t *testing.T) {
	if got := open(write(t, "dc1.yaml", fmt.Sprintf(vpc, "a"))).ReadAgents(t.Context()); got.Access != core.AccessOK || got.Known() || !got.ReadAt.Equal(readAt) {
		t.Errorf("none: %+v", got)
	}
	bare := "apiVersion: agent.githedgehog.com/v1beta1\nkind: Agent\nmetadata: {name: spine-1}\n"
	for text, reason := range map[string]string{bare: `agent "spine-1" has no metadata.generation`, bare + "---\na: [": "dc1.yaml:"} {
		if got := open(write(t, "dc1.yaml", text)).ReadAgents(t.Context()); got.Access != core.AccessInvalid || !strings.Contains(got.Error, reason) || got.Known() {
			t.Errorf("ReadAgents = %+v, want %q", got, reason)
		}
	}
}

// TestACutDumpDoesNotProveAnAbsence: what was cut off may have held the engine.
func TestACutDumpDoesNotProveAnAbsence(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cut.json")
	if err := os.WriteFile(path, []byte(`{"apiVersion": "v1", "kind": "List", "items": [{"kind": "Secret"`), 0o600); err != nil {
		t.Fatal(err)
	}
	s := New(Config{Path: path, Now: time.Now})
	for range 2 {
		var failed *core.Error
		if _, err := s.Objects().List(t.Context(), "argoproj.io", "applications", ""); !errors.As(err, &failed) {
			t.Errorf("List = %v, want an error of the dump", err)
		}
		if a := s.ReadAgents(t.Context()); a.Access == core.AccessOK {
			t.Errorf("agents %+v of a dump that was cut off", a)
		}
	}
}
