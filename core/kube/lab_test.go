package kube

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"selvage/core"
	"selvage/testdata/labtest"
)

const labVPC = `apiVersion: vpc.githedgehog.com/v1beta1
kind: VPC
metadata: {name: %s, namespace: %s}
spec:
  subnets:
    default: {subnet: 10.0.1.0/24, vlan: 1001}
`

func labConfig(c *labtest.Cluster) Config {
	return Config{
		ClusterName: "lab", APIServer: c.Server, CAFile: c.CAFile, Token: c.ReaderToken,
		Now: time.Now, LookupEnv: func(string) (string, bool) { return "", false },
	}
}

func labScope(c *labtest.Cluster) core.Scope {
	return core.Scope{Fabric: "lab", Namespace: c.Namespace, Namespaces: []string{c.Namespace}}
}

func labKey(c *labtest.Cluster, name string) core.Key {
	return core.Key{Group: "vpc.githedgehog.com", Kind: "VPC", Namespace: c.Namespace, Name: name}
}

func TestRealClusterIsReadAndOnlyRead(t *testing.T) {
	c := labtest.Start(t).Cluster(t)
	c.Apply(t, "argocd-controller", fmt.Sprintf(labVPC, "vpc-1", c.Namespace))
	byKubeconfig := Config{ClusterName: "lab", Kubeconfig: c.ReaderKubeconfig, Now: time.Now}
	for name, config := range map[string]Config{"token": labConfig(c), "kubeconfig": byKubeconfig} {
		got := New(config).Read(t.Context(), labScope(c))
		if r := got.Readings[0]; r.Access != core.AccessOK || r.Error != "" || r.Insecure || len(got.Gaps) > 0 {
			t.Fatalf("%s: reading = %+v, gaps = %+v", name, r, got.Gaps)
		}
		side := got.Side(labKey(c, "vpc-1"))
		if side.Presence != core.Present {
			t.Fatalf("%s: vpc-1 = %+v", name, side)
		}
		if m, ok := side.Object.Owner(".spec.subnets.default.vlan"); !ok || m.Name != "argocd-controller" || side.Object.ResourceVersion == "" {
			t.Errorf("%s: the VLAN is owned by %+v", name, m)
		}
		if got.Side(labKey(c, "gone")).Presence != core.Absent {
			t.Errorf("%s: gone = %+v", name, got.Side(labKey(c, "gone")))
		}
	}
	seen := c.Audit(t, labtest.ReaderUser)
	if len(seen) == 0 {
		t.Error("the audit log has no request of ours")
	}
	for _, e := range seen {
		if e.Verb != "get" && e.Verb != "list" || e.UserAgent != "selvage" || e.Code != 200 {
			t.Errorf("the audit log has %+v", e)
		}
		if e.Resource == "agents" || e.Resource == "secrets" {
			t.Errorf("%s were asked for: %+v", e.Resource, e)
		}
	}
}

// TestRealClusterThatFails breaks one cluster in one way after the other. At no
// time may an object of it be called absent.
func TestRealClusterThatFails(t *testing.T) {
	c := labtest.Start(t).NewCluster(t)
	c.Apply(t, "argocd-controller", fmt.Sprintf(labVPC, "vpc-1", c.Namespace))
	s := New(labConfig(c))
	peer := core.Key{Group: peering.Group, Kind: peering.Kind, Namespace: c.Namespace, Name: "a--b"}
	want := labScope(c)
	want.Expect = []core.GroupKind{peering, labKey(c, "").GroupKind()}
	check := func(step string, access core.Access, vpc, peers core.Presence, reason string) {
		t.Helper()
		got := s.Read(t.Context(), want)
		if r := got.Readings[0]; r.Access != access {
			t.Errorf("%s: reading = %+v, want %s", step, r, access)
		}
		if side := got.Side(labKey(c, "vpc-1")); side.Presence != vpc {
			t.Errorf("%s: vpc-1 = %+v", step, side)
		}
		side := got.Side(peer)
		if side.Presence != peers || !strings.Contains(side.Reason, reason) {
			t.Errorf("%s: %s = %+v, want %q", step, peer, side, reason)
		}
	}
	check("at first", core.AccessOK, core.Present, core.Absent, "")
	c.RevokeReader()
	check("token revoked", core.AccessUnauthorized, core.Unread, core.Unread, "refused: renew")
	c.RestoreReader()
	check("token restored", core.AccessOK, core.Present, core.Absent, "")
	c.DropCRD("vpcpeerings.vpc.githedgehog.com")
	check("CRD dropped", core.AccessOK, core.Present, core.Unread, "does not serve VPCPeering")
	c.Unplug()
	check("plug pulled", core.AccessUnreachable, core.Unread, core.Unread, "is the API server running")
	c.Plug()
	check("plugged in again", core.AccessOK, core.Present, core.Unread, "does not serve VPCPeering")
}

func TestRealClusterThatForbidsAKind(t *testing.T) {
	c := labtest.Start(t).NewCluster(t)
	c.Apply(t, "argocd-controller", fmt.Sprintf(labVPC, "vpc-1", c.Namespace))
	c.Kubectl(t, "create", "clusterrole", "narrow", "--verb=get,list", "--resource=vpcs.vpc.githedgehog.com")
	c.Kubectl(t, "create", "clusterrolebinding", "narrow", "--clusterrole=narrow", "--user=narrow")
	config := labConfig(c)
	config.Token = c.Grant(t, "narrow").Token
	got := New(config).Read(t.Context(), labScope(c))
	if side := got.Side(labKey(c, "vpc-1")); side.Presence != core.Present {
		t.Errorf("vpc-1 = %+v", side)
	}
	conn := core.Key{Group: "wiring.githedgehog.com", Kind: "Connection", Namespace: c.Namespace, Name: "x"}
	if side := got.Side(conn); side.Presence != core.Unread || !strings.Contains(side.Reason, "ask for get and list on connections.wiring.githedgehog.com") {
		t.Errorf("connection = %+v", side)
	}
	if r := got.Readings[0]; r.Access != core.AccessForbidden || !strings.Contains(r.Error, "kinds could not be read: list ") {
		t.Errorf("reading = %+v", r)
	}
}
