package store

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"selvage/core"
)

// noon is when every test begins.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 123456789, time.UTC)

// clock is a [Config.Now] that stands still until it is set.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

// object decodes a manifest the way every source does.
func object(t testing.TB, manifest string) *core.Object {
	t.Helper()
	v, err := core.DecodeJSON([]byte(manifest))
	if err != nil {
		t.Fatal(err)
	}
	o, err := core.NewObject(v)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

const vpcGit = `{"apiVersion":"vpc.githedgehog.com/v1beta1","kind":"VPC","metadata":{"name":"vpc-%[1]d","namespace":"default"},
	"spec":{"ipv4Namespace":"default","vlanNamespace":"default","mode":"l2vni","subnets":{
	"default":{"subnet":"10.%[2]d.%[3]d.0/24","vlan":%[4]d,"dhcp":{"enable":true,"range":{"start":"10.%[2]d.%[3]d.10","end":"10.%[2]d.%[3]d.99"}}},
	"backend":{"subnet":"10.%[2]d.%[3]d.128/25","vlan":%[4]d,"isolated":true}},"permit":[["default","backend"]]}}`

const vpcLive = `{"apiVersion":"vpc.githedgehog.com/v1beta1","kind":"VPC","metadata":{"name":"vpc-%[1]d","namespace":"default",
	"uid":"3f6c7a0e-5d0b-4c0e-9d6f-%012[1]d","resourceVersion":"%[5]d","creationTimestamp":"2026-10-01T08:00:00Z","generation":3,
	"labels":{"fabric.githedgehog.com/ipv4ns":"default","fabric.githedgehog.com/vlanns":"default"},
	"managedFields":[{"manager":"argocd-controller","operation":"Apply","apiVersion":"vpc.githedgehog.com/v1beta1","time":"2026-10-01T08:00:00Z",
		"fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:annotations":{"f:argocd.argoproj.io/tracking-id":{}}},"f:spec":{"f:ipv4Namespace":{},"f:mode":{},"f:permit":{},
		"f:subnets":{"f:backend":{"f:isolated":{},"f:subnet":{},"f:vlan":{}},"f:default":{"f:dhcp":{"f:enable":{},"f:range":{"f:end":{},"f:start":{}}},"f:subnet":{},"f:vlan":{}}},"f:vlanNamespace":{}}}},
		{"manager":"fabric","operation":"Update","subresource":"status","time":"2026-10-01T08:00:05Z","fieldsType":"FieldsV1","fieldsV1":{"f:status":{"f:subnets":{}}}}]},
	"spec":{"ipv4Namespace":"default","vlanNamespace":"default","mode":"l2vni","subnets":{
	"default":{"subnet":"10.%[2]d.%[3]d.0/24","gateway":"10.%[2]d.%[3]d.1","vlan":%[4]d,"dhcp":{"enable":true,"range":{"start":"10.%[2]d.%[3]d.10","end":"10.%[2]d.%[3]d.99"},"options":{"leaseTimeSeconds":3600}}},
	"backend":{"subnet":"10.%[2]d.%[3]d.128/25","gateway":"10.%[2]d.%[3]d.129","vlan":%[4]d,"isolated":true,"dhcp":{}}},"permit":[["default","backend"]]},"status":{}}`

// pair is object i of a fabric as Git and the cluster have it.
func pair(t testing.TB, i int) (git, live *core.Object) {
	t.Helper()
	args := []any{i, i / 250 % 250, i % 250, 1000 + i%3000, 4_000_000 + i}
	git = object(t, fmt.Sprintf(vpcGit, args[:4]...))
	git.Origin = core.Origin{Path: fmt.Sprintf("fabrics/dc1/vpcs/%d.yaml", i/50), Line: 1 + i%50*20}
	return git, object(t, fmt.Sprintf(vpcLive, args...))
}

func vpcKey(i int) core.Key {
	return core.Key{Group: "vpc.githedgehog.com", Kind: "VPC", Namespace: "default", Name: fmt.Sprintf("vpc-%d", i)}
}

// inSync is a first check of n objects that all agree.
func inSync(t testing.TB, id core.FabricID, n int) core.Check {
	t.Helper()
	c := empty(id, noon)
	c.Agreed = true
	c.Git = core.NewSnapshot(c.Report.Git...)
	for i := range n {
		git, live := pair(t, i)
		c.Git.Add(git)
		v := core.Verdict{
			Key: git.Key, Version: "v1beta1", State: core.InSync, Origin: git.Origin,
			Since: noon, LiveRevision: live.ResourceVersion,
		}
		c.Changed = append(c.Changed, core.Remembered{
			Base:    &core.Base{Key: git.Key, Git: git, Live: live, At: noon, Source: core.FromContainment},
			Git:     core.Sight{Object: git, At: noon},
			Live:    core.Sight{Object: live, At: noon},
			Verdict: v,
		})
		c.Transitions = append(c.Transitions, core.Transition{Key: git.Key, At: noon, To: core.InSync, First: true})
	}
	c.Git.CoverAll()
	c.GitKinds = map[core.GroupKind]bool{vpcKey(0).GroupKind(): true}
	c.Report.Counts[core.InSync] = n
	return c
}

// empty is a check that found both sides readable and changed nothing.
func empty(id core.FabricID, at time.Time) core.Check {
	return core.Check{
		Fabric: id, Started: at.Add(-time.Second), Finished: at,
		Report: &core.Report{
			At: at,
			Git: []core.Reading{{
				Source: "git", URL: "https://git.example.net/net/fabrics.git", Branch: "main", Path: "fabrics/dc1",
				Revision: strings.Repeat("ab", 20), RevisionTime: noon.Add(-time.Hour), ReadAt: at, Access: core.AccessOK,
			}},
			Live: core.Reading{Source: "kube", Name: "dc1", URL: "https://10.9.1.10:6443", ReadAt: at, Access: core.AccessOK},
		},
	}
}

// edited is a check that saw somebody change vpc-i live.
func edited(t testing.TB, id core.FabricID, m *core.Memory, i int, at time.Time) core.Check {
	t.Helper()
	c := empty(id, at)
	r := *m.Objects[vpcKey(i)]
	_, live := pair(t, i)
	live.Fields["spec"].(map[string]any)["mode"] = "l3vni"
	live.Fields["touched"] = at.UnixNano()
	live.Digest = core.DigestJSON(live.Fields)
	live.ResourceVersion = fmt.Sprint(at.UnixNano())
	r.Live = core.Sight{Object: live, At: at}
	r.Verdict.State, r.Verdict.Reason, r.Verdict.Since = core.Drifted, "live changed at "+at.String(), at
	r.Verdict.LiveRevision = live.ResourceVersion
	r.Verdict.Changes = []core.Change{{
		Path: ".spec.mode", Op: core.OpChanged, Verdict: core.FieldDrift,
		Base: core.ValueOf("l2vni"), Git: core.ValueOf("l2vni"), Live: core.ValueOf("l3vni"),
		Manager: "kubectl-edit", ManagerTime: at.Truncate(time.Second),
	}}
	c.Changed = []core.Remembered{r}
	c.Transitions = []core.Transition{{
		Key: vpcKey(i), At: at, From: core.InSync, To: core.Drifted, Reason: r.Verdict.Reason, Changes: r.Verdict.Changes,
	}}
	return c
}

// openAt opens a store in a folder and closes it with the test.
func openAt(t testing.TB, dir string) *Store {
	t.Helper()
	return openBy(t, dir, &clock{noon})
}

// openBy is openAt with a clock that the test has set by itself.
func openBy(t testing.TB, dir string, c *clock) *Store {
	t.Helper()
	s, err := Open(t.Context(), Config{Dir: dir, Now: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { finish(t, s) })
	return s
}

// finish closes a store, a file or a connection; a second time does nothing.
func finish(t testing.TB, c io.Closer) {
	t.Helper()
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

func record(t testing.TB, s *Store, c core.Check) {
	t.Helper()
	if err := s.Record(t.Context(), c); err != nil {
		t.Fatal(err)
	}
}

func memory(t testing.TB, s *Store, id core.FabricID) *core.Memory {
	t.Helper()
	m, err := s.Memory(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func entries(t testing.TB, s *Store, f Filter) []core.Entry {
	t.Helper()
	all, err := s.Entries(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// past is what entries tell of one sort.
func past[T core.Happening](entries []core.Entry) []T {
	var all []T
	for _, e := range entries {
		if what, ok := e.What.(T); ok {
			all = append(all, what)
		}
	}
	return all
}
