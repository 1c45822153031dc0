package kube

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"

	"selvage/core"
)

func TestReadGivesObjectsAndProvesAbsence(t *testing.T) {
	c := newCluster(t)
	here := c.put("VPC", "default", "vpc-1")
	c.put("VPC", "other", "vpc-2")
	s := New(c.config())
	got := s.Read(t.Context(), scope())
	if r := got.Readings[0]; r.Access != core.AccessOK || r.Error != "" || r.URL != c.server.URL || r.Name != "dc1" || r.ReadAt.IsZero() {
		t.Fatalf("reading = %+v", r)
	}
	if side := got.Side(here); side.Presence != core.Present || side.Object.Fields["spec"].(map[string]any)["n"] != int64(9007199254740993) {
		t.Errorf("vpc-1 = %+v", side)
	}
	gone := here
	gone.Name = "gone"
	if side := got.Side(gone); side.Presence != core.Absent {
		t.Errorf("gone = %+v", side)
	}
	elsewhere := core.Key{Group: here.Group, Kind: "VPC", Namespace: "other", Name: "vpc-2"}
	if side := got.Side(elsewhere); side.Presence != core.Unread {
		t.Errorf("an object of a namespace that was not listed = %+v", side)
	}
}

func TestKindsOutsideTheScopeAreNotAskedFor(t *testing.T) {
	c := newCluster(t)
	c.put("Agent", "default", "leaf-1")
	c.put("Secret", "default", "passwords")
	want := scope()
	want.Expect = []core.GroupKind{{Group: "agent.githedgehog.com", Kind: "Agent"}, {Kind: "Secret"}}
	for name, filter := range map[string]core.KindFilter{
		"default":               {},
		"all groups of agents":  {Groups: []string{"agent.githedgehog.com", "vpc.githedgehog.com"}},
		"agents by name":        {Kinds: []string{"agents", "VPC"}},
		"all but the excluded":  {Exclude: []string{"Switch"}},
		"a group and its sinks": {Groups: []string{"wiring.githedgehog.com"}, Kinds: []string{"Agent.agent.githedgehog.com"}},
	} {
		want.Kinds = filter
		got := New(c.config()).Read(t.Context(), want)
		if got.Readings[0].Access != core.AccessOK {
			t.Errorf("%s: %+v", name, got.Readings[0])
		}
	}
	for _, r := range c.seen() {
		for _, word := range []string{"agents", "secrets", "fabricators", "catalogs", "switchprofiles"} {
			if strings.Contains(r, word) {
				t.Errorf("the cluster was asked: %s", r)
			}
		}
		if !strings.HasPrefix(r, "GET ") || strings.Contains(r, "watch") {
			t.Errorf("the cluster was asked: %s", r)
		}
	}
	before := len(c.seen())
	want.Kinds = core.KindFilter{Exclude: []string{"Switch"}}
	New(c.config()).Read(t.Context(), want)
	for _, r := range c.seen()[before:] {
		if strings.Contains(r, "/switches") {
			t.Errorf("an excluded kind was asked for: %s", r)
		}
	}
}

func TestForeignGroupIsReadWhereTheScopeNamesIt(t *testing.T) {
	c := newCluster(t)
	c.serve(resource{core.GroupKind{Group: "net.example", Kind: "Firewall"}, "v2", "firewalls", false})
	c.serve(resource{core.GroupKind{Group: "net.example", Kind: "Zone"}, "v2", "zones", true})
	wall, zone := c.put("Firewall", "", "edge"), c.put("Zone", "default", "dmz")
	want := scope()
	want.Kinds = core.KindFilter{Groups: []string{"net.example"}}
	want.Namespaces = []string{"default", "other"}
	got := New(c.config()).Read(t.Context(), want)
	for _, k := range []core.Key{wall, zone} {
		if got.Side(k).Presence != core.Present {
			t.Errorf("%s = %+v", k, got.Side(k))
		}
	}
	listed := 0
	for _, r := range c.seen() {
		if strings.Contains(r, "firewalls") {
			listed++
		}
	}
	if listed != 1 {
		t.Errorf("a kind without namespaces was listed %d times", listed)
	}
	// A manifest of such a kind has had a namespace filled in.
	git := core.NewSnapshot()
	filled := *got.Side(wall).Object
	filled.Key.Namespace = "default"
	git.Add(&filled)
	if git.Placed(got).Side(wall).Presence != core.Present {
		t.Error("the snapshot does not know that the kind has no namespaces")
	}
}

func TestListIsReadPageByPage(t *testing.T) {
	c := newCluster(t)
	for i := range 1203 {
		c.put("VPC", "default", fmt.Sprintf("vpc-%d", i))
	}
	got := New(c.config()).Read(t.Context(), scope())
	if got.Len() != 1203 || got.Readings[0].Access != core.AccessOK {
		t.Errorf("%d objects, %+v", got.Len(), got.Readings[0])
	}
	pages := 0
	for _, r := range c.seen() {
		if strings.Contains(r, "/vpcs?") {
			pages++
			if !strings.Contains(r, "limit=500") || strings.Contains(r, "resourceVersion") {
				t.Errorf("asked %s", r)
			}
		}
	}
	if pages != 3 {
		t.Errorf("%d pages, want 3", pages)
	}
}

func TestExpiredPageMakesTheListStartOver(t *testing.T) {
	c := newCluster(t)
	for i := range 700 {
		c.put("VPC", "default", fmt.Sprintf("vpc-%d", i))
	}
	c.answer(vpcsPath, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("continue") != "" {
			refuse(w, http.StatusGone, "the provided continue parameter is too old")
			return
		}
		c.list(w, r)
	})
	got := New(c.config()).Read(t.Context(), scope())
	if got.Len() != 700 || len(got.Gaps) != 0 {
		t.Errorf("%d objects, gaps %+v", got.Len(), got.Gaps)
	}
}

func TestFailureOnALaterPageLeavesTheKindUnread(t *testing.T) {
	c := newCluster(t)
	first := c.put("VPC", "default", "vpc-0")
	for i := range 700 {
		c.put("VPC", "default", fmt.Sprintf("vpc-%d", i+1))
	}
	c.answer(vpcsPath, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("continue") != "" {
			refuse(w, http.StatusInternalServerError, "etcd is gone")
			return
		}
		c.list(w, r)
	})
	got := New(c.config()).Read(t.Context(), scope())
	if got.Side(first).Presence != core.Unread || got.Len() != 0 {
		t.Errorf("%d objects, the first one %+v", got.Len(), got.Side(first))
	}
}

func TestOneNamespaceMayBeForbidden(t *testing.T) {
	c := newCluster(t)
	here, there := c.put("VPC", "default", "a"), c.put("VPC", "tenant", "b")
	c.answer("/apis/vpc.githedgehog.com/v1beta1/namespaces/tenant/vpcs", answering(403, "application/json", `{"kind":"Status","message":"no"}`))
	want := scope()
	want.Namespaces = []string{"default", "tenant"}
	got := New(c.config()).Read(t.Context(), want)
	if got.Side(here).Presence != core.Present || got.Side(there).Presence != core.Unread {
		t.Errorf("default: %+v, tenant: %+v", got.Side(here), got.Side(there))
	}
	gone := here
	gone.Name = "gone"
	if got.Side(gone).Presence != core.Absent {
		t.Errorf("an object that the other namespace does not have = %+v", got.Side(gone))
	}
	if got.Gaps[0].Namespace != "tenant" {
		t.Errorf("gap = %+v", got.Gaps[0])
	}
}

func TestNamespaceThatCannotBeIsNotAskedFor(t *testing.T) {
	c := newCluster(t)
	want := scope()
	want.Namespaces = []string{"default", "../../x", "A b"}
	got := New(c.config()).Read(t.Context(), want)
	k := core.Key{Group: "vpc.githedgehog.com", Kind: "VPC", Namespace: "A b", Name: "a"}
	if side := got.Side(k); side.Presence != core.Unread || !strings.Contains(side.Reason, "cannot be the name of a namespace") {
		t.Errorf("side = %+v", side)
	}
}

func TestReadsMayRunAtTheSameTime(t *testing.T) {
	c := newCluster(t)
	k := c.put("VPC", "default", "vpc-1")
	s := New(c.config())
	var readers sync.WaitGroup
	for range 8 {
		readers.Go(func() {
			if got := s.Read(t.Context(), scope()); got.Side(k).Presence != core.Present {
				t.Errorf("reading = %+v", got.Readings[0])
			}
		})
	}
	readers.Wait()
}

func TestFabricsOfOneServerShareConnections(t *testing.T) {
	c := newCluster(t)
	config := c.config()
	for _, name := range []string{"dc1", "dc2", "dc3"} {
		config.ClusterName = name
		s := New(config)
		for range 2 {
			if got := s.Read(t.Context(), scope()).Readings[0]; got.Access != core.AccessOK {
				t.Fatalf("reading = %+v", got)
			}
		}
		defer runtime.KeepAlive(s)
	}
	if n := c.connections.Load(); n > 2 {
		t.Errorf("%d connections for three fabrics, want one, or two where the first requests met", n)
	}
}

func TestUnverifiedServerIsMarked(t *testing.T) {
	c := newCluster(t)
	config := c.config()
	config.Insecure = true
	got := New(config).Read(t.Context(), scope()).Readings[0]
	if got.Access != core.AccessOK || !got.Insecure {
		t.Errorf("reading = %+v", got)
	}
}

// BenchmarkRead reads 10,000 objects with managedFields from a server in the
// same process.
func BenchmarkRead(b *testing.B) {
	c := newCluster(b)
	c.fill(10_000)
	s := New(c.config())
	for b.Loop() {
		if got := s.Read(b.Context(), scope()); got.Len() != 10_000 {
			b.Fatalf("%d objects, %+v", got.Len(), got.Readings[0])
		}
	}
}

// fill puts connections into the cluster that look like an engine's.
func (c *cluster) fill(n int) {
	for i := range n {
		c.put("Connection", "default", fmt.Sprintf("conn-%d", i))
	}
	path := c.kinds[core.GroupKind{Group: "wiring.githedgehog.com", Kind: "Connection"}].path("default")
	links := map[string]any{}
	for i := range 8 {
		links[fmt.Sprintf("link-%d", i)] = map[string]any{
			"leaf": map[string]any{"port": fmt.Sprintf("leaf-1/E1/%d", i)}, "spine": map[string]any{"port": "spine-1/E1/1"},
		}
	}
	for _, o := range c.objects[path] {
		o["spec"] = map[string]any{"fabric": links}
		o["metadata"].(map[string]any)["managedFields"] = []any{map[string]any{
			"manager": "argocd-controller", "operation": "Apply", "time": "2026-11-23T10:00:00Z",
			"fieldsV1": map[string]any{"f:spec": map[string]any{"f:fabric": links}},
		}}
	}
}
