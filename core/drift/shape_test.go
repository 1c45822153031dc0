package drift_test

import (
	"slices"
	"testing"

	"selvage/core"
	"selvage/core/drift"
)

func TestShapeTellsHowListsAreIdentified(t *testing.T) {
	user := core.Rule{Kind: "VPC", Path: ".spec.more", Is: core.RuleKeyed, Keys: []string{"name"}}
	c := drift.New(core.Fabric{Rules: []core.Rule{user}})
	at := func(kind string, steps ...string) *core.SchemaNode {
		n := c.Shape(core.GroupKind{Group: "vpc.githedgehog.com", Kind: kind}, nil)
		for _, s := range steps {
			if n == nil {
				return nil
			}
			next, ok := n.Properties[s]
			if !ok {
				next = n.Values
			}
			n = next
		}
		return n
	}
	if n := at("VPC", "spec", "staticRoutes"); n == nil || !slices.Equal(n.Keys, []string{"prefix"}) {
		t.Errorf("staticRoutes = %+v", n)
	}
	if n := at("VPC", "spec", "more"); n == nil || !slices.Equal(n.Keys, []string{"name"}) {
		t.Errorf("a list of the user's = %+v", n)
	}
	if n := at("VPC", "spec", "subnets", "any", "dhcp", "options", "dnsServers"); n == nil || !n.Set {
		t.Errorf("dnsServers = %+v", n)
	}
	if n := at("IPv4Namespace", "spec", "subnets"); n == nil || !n.Set {
		t.Errorf("subnets = %+v", n)
	}
	if n := at("VPCPeering", "spec", "permit"); n == nil || n.Set || len(n.Keys) > 0 || n.Items == nil {
		t.Errorf("permit = %+v", n)
	}
}
