package core_test

import (
	"errors"
	"testing"
	"time"

	"selvage/core"
)

const liveSwitch = `{
  "apiVersion": "wiring.githedgehog.com/v1beta1", "kind": "Switch",
  "metadata": {
    "name": "leaf-01", "namespace": "default", "uid": "u", "resourceVersion": "7", "generation": 3,
    "creationTimestamp": "2026-11-01T08:00:00Z", "selfLink": "/x",
    "labels": {"team": "net"},
    "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}", "a.b/c": "d"},
    "finalizers": ["x"], "ownerReferences": [],
    "managedFields": [
      {"manager": "argocd-controller", "operation": "Apply", "time": "2026-11-01T08:00:00Z",
       "fieldsV1": {"f:metadata": {"f:labels": {"f:team": {}}}, "f:spec": {"f:role": {}, "f:ports": {}, "f:map": {"f:E1/1": {}}, "f:empty": {},
         "f:set": {"v:\"a\"": {}}, "f:list": {"k:{\"name\":\"r1\"}": {".": {}, "f:x": {}}}}}},
      {"manager": "kubectl-edit", "operation": "Update", "time": "2026-11-02T08:00:00Z",
       "fieldsV1": {"f:spec": {"f:description": {}, "f:role": {}}}},
      {"manager": "fabric", "operation": "Update", "time": "2026-11-03T08:00:00Z", "subresource": "status",
       "fieldsV1": {"f:spec": {"f:role": {}}}},
      {"manager": "odd", "operation": "Update", "fieldsV1": "not a set"}
    ]
  },
  "spec": {"role": "spine"}, "status": {"x": 1}
}`

func TestNewObjectKeepsWhatIsCompared(t *testing.T) {
	o, err := core.NewObject(decode(t, liveSwitch))
	if err != nil {
		t.Fatal(err)
	}
	want := core.Key{Group: "wiring.githedgehog.com", Kind: "Switch", Namespace: "default", Name: "leaf-01"}
	if o.Key != want || o.Version != "v1beta1" || o.UID != "u" || o.ResourceVersion != "7" {
		t.Errorf("identity: %+v version %s uid %s rv %s", o.Key, o.Version, o.UID, o.ResourceVersion)
	}
	const fields = `{"metadata":{"annotations":{"a.b/c":"d"},"labels":{"team":"net"}},"spec":{"role":"spine"}}`
	if got := string(core.CanonicalJSON(o.Fields)); got != fields {
		t.Errorf("fields = %s, want %s", got, fields)
	}
}

func TestNewObjectRefusesWhatHasNoIdentity(t *testing.T) {
	for text, want := range map[string]error{
		`[]`:                                core.ErrNotAnObject,
		`{"kind": "VPC"}`:                   core.ErrNoVersion,
		`{"apiVersion": "v1"}`:              core.ErrNoKind,
		`{"apiVersion": "v1", "kind": "A"}`: core.ErrNoName,
		`{"apiVersion": "v1", "kind": "A", "metadata": "x"}`:                      core.ErrNoName,
		`{"apiVersion": "v1", "kind": "A", "metadata": {"generateName": "vpc-"}}`: core.ErrGenerated,
	} {
		if _, err := core.NewObject(decode(t, text)); !errors.Is(err, want) {
			t.Errorf("NewObject(%s) = %v, want %v", text, err, want)
		}
	}
}

func TestOwner(t *testing.T) {
	o, err := core.NewObject(decode(t, liveSwitch))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[core.Path]string{
		".spec.description":       "kubectl-edit",
		".spec.role":              "kubectl-edit", // the last writer, and not the status one
		".spec.ports[3].speed":    "argocd-controller",
		`.spec.map["E1/1"]`:       "argocd-controller",
		".spec.empty":             "argocd-controller",
		".spec.empty.later":       "", // it was set empty; others may own what came into it
		`.spec.set[="a"]`:         "argocd-controller",
		`.spec.set[="b"]`:         "",
		`.spec.list[name="r1"].x`: "argocd-controller",
		`.spec.list[name="r1"].y`: "",
		".spec.asn":               "",
		".metadata.labels.team":   "argocd-controller",
	} {
		m, ok := o.Owner(path)
		if m.Name != want || ok != (want != "") {
			t.Errorf("Owner(%s) = %q, %v, want %q", path, m.Name, ok, want)
		}
	}
}

func TestDocumentIsReadBackAsTheSameObject(t *testing.T) {
	o, err := core.NewObject(decode(t, liveSwitch))
	if err != nil {
		t.Fatal(err)
	}
	again, err := core.NewObject(core.CloneJSON(core.Document(o.Key, o.Version, o.Fields)))
	if err != nil {
		t.Fatal(err)
	}
	if again.Key != o.Key || again.Version != o.Version || again.Digest != o.Digest {
		t.Errorf("%+v %s became %+v %s", o.Key, core.CanonicalJSON(o.Fields), again.Key, core.CanonicalJSON(again.Fields))
	}
}

func TestSnapshotProvesAbsence(t *testing.T) {
	gk := core.GroupKind{Group: "vpc.githedgehog.com", Kind: "VPC"}
	key := core.Key{Group: gk.Group, Kind: gk.Kind, Namespace: "default", Name: "vpc-1"}
	for name, tt := range map[string]struct {
		prepare func(*core.Snapshot)
		want    core.Presence
	}{
		"nothing read":             {func(*core.Snapshot) {}, core.Unread},
		"all read":                 {func(s *core.Snapshot) { s.CoverAll() }, core.Absent},
		"its namespace read":       {func(s *core.Snapshot) { s.Cover(gk, "default") }, core.Absent},
		"all namespaces read":      {func(s *core.Snapshot) { s.Cover(gk, "") }, core.Absent},
		"another namespace read":   {func(s *core.Snapshot) { s.Cover(gk, "other") }, core.Unread},
		"a gap in what was read":   {func(s *core.Snapshot) { s.CoverAll(); s.Gaps = []core.Gap{{GroupKind: gk, Reason: "x"}} }, core.Unread},
		"a gap in another kind":    {func(s *core.Snapshot) { s.CoverAll(); s.Gaps = []core.Gap{{GroupKind: core.GroupKind{Kind: "X"}}} }, core.Absent},
		"a broken file with it":    {func(s *core.Snapshot) { s.CoverAll(); s.Findings = []core.Finding{{Text: []byte("vpc-1")}} }, core.Unread},
		"a broken file without it": {func(s *core.Snapshot) { s.CoverAll(); s.Findings = []core.Finding{{Text: []byte("vpc-2")}} }, core.Absent},
		"an opaque place":          {func(s *core.Snapshot) { s.CoverAll(); s.Findings = []core.Finding{{Opaque: true}} }, core.Unread},
	} {
		s := core.NewSnapshot(core.Reading{Access: core.AccessOK})
		tt.prepare(s)
		if got := s.Side(key); got.Presence != tt.want {
			t.Errorf("%s: presence %d, want %d", name, got.Presence, tt.want)
		}
	}
}

func TestKindFilter(t *testing.T) {
	vpc := core.GroupKind{Group: "vpc.githedgehog.com", Kind: "VPC"}
	agent := core.GroupKind{Group: "agent.githedgehog.com", Kind: "Agent"}
	profile := core.GroupKind{Group: "wiring.githedgehog.com", Kind: "SwitchProfile"}
	other := core.GroupKind{Group: "example.com", Kind: "Widget"}
	for name, tt := range map[string]struct {
		f    core.KindFilter
		want map[core.GroupKind]bool
	}{
		"default":         {core.KindFilter{}, map[core.GroupKind]bool{vpc: true, agent: false, profile: false, other: false}},
		"excluded":        {core.KindFilter{Exclude: []string{"vpcs"}}, map[core.GroupKind]bool{vpc: false}},
		"another group":   {core.KindFilter{Groups: []string{"example.com"}}, map[core.GroupKind]bool{vpc: false, other: true}},
		"one kind":        {core.KindFilter{Kinds: []string{"VPC"}}, map[core.GroupKind]bool{vpc: true, other: false}},
		"a controller's":  {core.KindFilter{Kinds: []string{"sp"}}, map[core.GroupKind]bool{profile: true}},
		"its whole group": {core.KindFilter{Groups: []string{"wiring.githedgehog.com"}}, map[core.GroupKind]bool{profile: false}},
		"credentials":     {core.KindFilter{Groups: []string{"agent.githedgehog.com"}, Kinds: []string{"Agent"}}, map[core.GroupKind]bool{agent: false}},
		"by full name":    {core.KindFilter{Kinds: []string{"widget.example.com"}}, map[core.GroupKind]bool{other: true, vpc: false}},
	} {
		for gk, want := range tt.want {
			if got := tt.f.Has(gk); got != want {
				t.Errorf("%s: Has(%s) = %v, want %v", name, gk, got, want)
			}
		}
	}
}

func TestFabricStateNeverSoundsHealthyUnread(t *testing.T) {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	report := func(change func(*core.Report)) *core.Report {
		r := &core.Report{
			Git:  []core.Reading{{Access: core.AccessOK}},
			Live: core.Reading{Access: core.AccessOK, ReadAt: now},
		}
		r.Counts[core.InSync] = 3
		change(r)
		return r
	}
	for name, tt := range map[string]struct {
		f    core.FabricState
		want core.SyncStatus
	}{
		"never checked":   {core.FabricState{}, core.NeverSynced},
		"check failed":    {core.FabricState{Err: errors.New("x"), Report: report(func(*core.Report) {})}, core.SyncError},
		"agrees":          {core.FabricState{Report: report(func(*core.Report) {})}, core.Synced},
		"live stale":      {core.FabricState{Fabric: core.Fabric{StaleAfter: time.Minute}, Report: report(func(r *core.Report) { r.Live.ReadAt = now.Add(-2 * time.Minute) })}, core.SyncError},
		"live forbidden":  {core.FabricState{Report: report(func(r *core.Report) { r.Live.Access = core.AccessForbidden })}, core.SyncError},
		"git unreachable": {core.FabricState{Report: report(func(r *core.Report) { r.Git[0].Access = core.AccessUnreachable })}, core.SyncError},
		"kind not read":   {core.FabricState{Report: report(func(r *core.Report) { r.Gaps = []core.Gap{{}} }), LastSync: now}, core.OutOfSync},
		"drifted":         {core.FabricState{Report: report(func(r *core.Report) { r.Counts[core.Drifted] = 1 }), LastSync: now}, core.OutOfSync},
	} {
		if got := tt.f.SyncStatus(now); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
		if tt.want != core.Synced && tt.f.Worst(now) == core.InSync {
			t.Errorf("%s: shown as in sync", name)
		}
	}
}
