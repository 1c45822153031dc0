package kube

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"selvage/core"
	"selvage/testdata/labtest"
)

// edit changes the VLAN of a VPC of the lab, as a person with kubectl does.
func edit(t *testing.T, c *labtest.Cluster, name string, vlan int) {
	t.Helper()
	vpcs := schema.GroupVersionResource{Group: "vpc.githedgehog.com", Version: "v1beta1", Resource: "vpcs"}
	patch := fmt.Sprintf(`{"spec":{"subnets":{"default":{"vlan":%d}}}}`, vlan)
	_, err := c.Dynamic().Resource(vpcs).Namespace(c.Namespace).
		Patch(t.Context(), name, types.MergePatchType, []byte(patch), metav1.PatchOptions{FieldManager: "kubectl-edit"})
	if err != nil {
		t.Fatal(err)
	}
}

// labVLAN is the VLAN of a VPC of the lab, 0 where it is not there.
func labVLAN(o *core.Object) int64 {
	if o == nil {
		return 0
	}
	spec, _ := o.Fields["spec"].(map[string]any)
	subnets, _ := spec["subnets"].(map[string]any)
	subnet, _ := subnets["default"].(map[string]any)
	vlan, _ := subnet["vlan"].(int64)
	return vlan
}

func TestRealEditIsToldWithoutAskingForIt(t *testing.T) {
	c := labtest.Start(t).Cluster(t)
	c.Apply(t, "argocd-controller", fmt.Sprintf(labVPC, "vpc-1", c.Namespace))
	o := observe(t, nil, New(labConfig(c)), labScope(c))
	k := labKey(c, "vpc-1")
	if got := o.whole(); labVLAN(got.Side(k).Object) != 1001 {
		t.Fatalf("vpc-1 = %+v", got.Side(k))
	}
	await(t, "all is told", func() bool { return !o.news() })
	asked := len(c.Audit(t, labtest.ReaderUser))
	before, began := o.changes.Load(), time.Now()
	edit(t, c, "vpc-1", 1002)
	await(t, "the edit is told", func() bool { return o.changes.Load() > before })
	t.Logf("an edit is told after %s", time.Since(began))
	got := o.read()
	side := got.Side(k)
	if m, _ := side.Object.Owner(".spec.subnets.default.vlan"); labVLAN(side.Object) != 1002 || m.Name != "kubectl-edit" {
		t.Errorf("vpc-1 = %+v, owned by %q", side.Object.Fields, m.Name)
	}
	for _, vlan := range []int{1003, 1004} {
		edit(t, c, "vpc-1", vlan)
	}
	c.Kubectl(t, "delete", "vpc", "vpc-1", "--wait=false")
	var have []int64
	await(t, "the deletion is read", func() bool {
		got := o.read()
		for _, p := range got.Passages {
			have = append(have, labVLAN(p.Object))
		}
		return got.Side(k).Presence == core.Absent
	})
	if more := c.Audit(t, labtest.ReaderUser)[asked:]; len(more) > 0 {
		t.Errorf("it was asked for: %+v", more)
	}
	o.end()
	for _, e := range c.Audit(t, labtest.ReaderUser) {
		if !slices.Contains([]string{"get", "list", "watch"}, e.Verb) || e.Resource == "agents" || e.Resource == "secrets" || e.Code != 200 {
			t.Errorf("the audit log has %+v", e)
		}
	}
}

func TestRealEditsBetweenTwoReadsArePassages(t *testing.T) {
	c := labtest.Start(t).Cluster(t)
	c.Apply(t, "argocd-controller", fmt.Sprintf(labVPC, "vpc-1", c.Namespace))
	o := observe(t, nil, New(labConfig(c)), labScope(c))
	k := labKey(c, "vpc-1")
	o.whole()
	for _, vlan := range []int{1002, 1003, 1001} {
		edit(t, c, "vpc-1", vlan)
	}
	await(t, "the last edit has come", func() bool {
		f := o.following.Load()
		f.mu.Lock()
		defer f.mu.Unlock()
		return len(f.journal.passages) == 2
	})
	got := o.read()
	if len(got.Passages) != 2 || labVLAN(got.Passages[0].Object) != 1002 || labVLAN(got.Passages[1].Object) != 1003 || labVLAN(got.Side(k).Object) != 1001 {
		t.Fatalf("passages %+v, vpc-1 %+v", got.Passages, got.Side(k))
	}
	if m, _ := got.Passages[0].Object.Owner(".spec.subnets.default.vlan"); m.Name != "kubectl-edit" {
		t.Errorf("the passage is owned by %q", m.Name)
	}
}

func TestEditThatAnEngineHealsIsAPassage(t *testing.T) {
	lab := labtest.Start(t)
	c, repo := lab.Cluster(t), lab.Repo(t)
	repo.Write("fabric/vpc.yaml", fmt.Sprintf(labVPC, "vpc-1", c.Namespace))
	repo.Commit("a fabric")
	e := c.Engine(t, repo, "main", "fabric", labtest.EngineOptions{})
	e.Sync(t)
	o := observe(t, nil, New(labConfig(c)), labScope(c))
	k := labKey(c, "vpc-1")
	o.whole()
	e.Set(t, labtest.EngineOptions{SelfHeal: true, HealAfter: 2 * time.Second})
	edit(t, c, "vpc-1", 1234)
	await(t, "the engine has healed it", func() bool {
		f := o.following.Load()
		f.mu.Lock()
		defer f.mu.Unlock()
		return len(f.journal.passages) > 0
	})
	got := o.read()
	if len(got.Passages) != 1 || labVLAN(got.Passages[0].Object) != 1234 || labVLAN(got.Side(k).Object) != 1001 {
		t.Fatalf("passages %+v, vpc-1 %+v", got.Passages, got.Side(k))
	}
	if p := got.Passages[0]; p.Until.Sub(p.From) < time.Second {
		t.Errorf("it lived for %s, want two seconds", p.Until.Sub(p.From))
	}
	if m, _ := got.Passages[0].Object.Owner(".spec.subnets.default.vlan"); m.Name != "kubectl-edit" {
		t.Errorf("the passage is owned by %q", m.Name)
	}
}

// TestRealClusterThatFailsWhileItIsWatched breaks one cluster in one way after
// the other. At no time may an object of it be called absent that is there.
func TestRealClusterThatFailsWhileItIsWatched(t *testing.T) {
	c := labtest.Start(t).NewCluster(t)
	c.Apply(t, "argocd-controller", fmt.Sprintf(labVPC, "vpc-1", c.Namespace))
	c.Kubectl(t, "create", "clusterrole", "watcher", "--verb=get,list,watch", "--resource=*.vpc.githedgehog.com,*.wiring.githedgehog.com,*.gateway.githedgehog.com")
	c.Kubectl(t, "create", "clusterrolebinding", "watcher", "--clusterrole=watcher", "--user=watcher")
	config := labConfig(c)
	config.Token = c.Grant(t, "watcher").Token
	s := New(config)
	s.timing.lifetime, s.timing.short = 2*time.Second, 100*time.Millisecond
	want := labScope(c)
	want.Expect = []core.GroupKind{peering, labKey(c, "").GroupKind()}
	o := observe(t, nil, s, want)
	k, peer := labKey(c, "vpc-1"), core.Key{Group: peering.Group, Kind: peering.Kind, Namespace: c.Namespace, Name: "a--b"}
	reaches := func(step string, access core.Access, vpc, peers core.Presence, reason string) (got *core.Snapshot) {
		t.Helper()
		await(t, step, func() bool {
			got = o.read()
			if got.Side(k).Presence == core.Absent {
				t.Fatalf("%s: vpc-1 is called absent", step)
			}
			side := got.Side(peer)
			return got.Readings[0].Access == access && got.Side(k).Presence == vpc && side.Presence == peers && strings.Contains(side.Reason, reason)
		})
		return got
	}
	o.whole()
	first := reaches("at first", core.AccessOK, core.Present, core.Absent, "").Watched

	c.Kubectl(t, "delete", "clusterrolebinding", "watcher")
	reaches("rights taken away", core.AccessForbidden, core.Unread, core.Unread, "ask for get and list")
	c.Kubectl(t, "create", "clusterrolebinding", "watcher", "--clusterrole=watcher", "--user=watcher")
	reaches("rights given back", core.AccessOK, core.Present, core.Absent, "")
	o.whole()

	c.DropCRD("vpcpeerings.vpc.githedgehog.com")
	got := reaches("CRD dropped", core.AccessOK, core.Present, core.Unread, "does not serve VPCPeering")
	if len(got.Gaps) != 1 || !got.Gaps[0].Unserved {
		t.Errorf("gaps = %+v", got.Gaps)
	}

	c.Unplug()
	reaches("plug pulled", core.AccessUnreachable, core.Unread, core.Unread, "is the API server running")
	c.Plug()
	edit(t, c, "vpc-1", 1005)
	reaches("plugged in again", core.AccessOK, core.Present, core.Unread, "does not serve VPCPeering")
	after := o.whole()
	if !after.Watched.After(first) || labVLAN(after.Side(k).Object) != 1005 {
		t.Errorf("watched since %s, first since %s, vpc-1 %+v", after.Watched, first, after.Side(k))
	}
	before := o.changes.Load()
	edit(t, c, "vpc-1", 1006)
	await(t, "an edit is told again", func() bool { return o.changes.Load() > before })
}

func TestRealClusterTellsTheShapesOfItsKinds(t *testing.T) {
	c := labtest.Start(t).Cluster(t)
	config := labConfig(c)
	config.Log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
	got := New(config).Read(t.Context(), labScope(c))
	vpc := got.Schemas[labKey(c, "").GroupKind()]
	if vpc.Root == nil || !slices.Equal(vpc.Versions, []string{"v1beta1"}) {
		t.Fatalf("VPC = %+v of %d", vpc, len(got.Schemas))
	}
	at := func(n *core.SchemaNode, path ...string) *core.SchemaNode {
		for _, p := range path {
			switch {
			case n == nil:
			case p == "*":
				n = n.Values
			case p == "[]":
				n = n.Items
			default:
				n = n.Properties[p]
			}
		}
		return n
	}
	if n := at(vpc.Root, "spec", "subnets", "*", "dhcp", "range"); n == nil || !n.Open {
		t.Errorf("the range of a subnet = %+v, want an open one", n)
	}
	attachment := got.Schemas[core.GroupKind{Group: peering.Group, Kind: "VPCAttachment"}]
	if n := at(attachment.Root, "spec"); n == nil || n.Open || n.Properties["subnet"] == nil || n.Properties["nonsense"] != nil {
		t.Errorf("spec of an attachment = %+v, want a closed one", n)
	}
	sw := got.Schemas[core.GroupKind{Group: "wiring.githedgehog.com", Kind: "Switch"}]
	flap := at(sw.Root, "spec", "linkFlapErrDisable")
	if flap == nil || len(flap.Properties) == 0 {
		t.Fatalf("link flaps = %+v", flap)
	}
	for name, n := range flap.Properties {
		if _, number := n.Default.Any().(int64); !number && n.Default.Present() {
			t.Errorf("the default of %s is %T", name, n.Default.Any())
		}
	}
	if n := at(vpc.Root, "metadata", "labels", "*"); n == nil {
		t.Errorf("labels = %+v", at(vpc.Root, "metadata"))
	}
	for _, known := range core.Kinds() {
		s, ok := got.Schemas[known.GroupKind]
		if wanted := known.Owner == core.Operator; ok != wanted || wanted && s.Root == nil {
			t.Errorf("%s: %+v, %v", known.Kind, s, ok)
		}
	}
}
