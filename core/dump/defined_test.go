package dump

import (
	"fmt"
	"strings"
	"testing"

	"selvage/core"
	"selvage/core/coretest"
)

// crd defines a kind with one field in its spec.
func crd(group, kind, field string) string {
	return fmt.Sprintf(`---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: %ss.%s}
spec:
  group: %s
  names: {kind: %s}
  versions: [{name: v1beta1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {%s: {type: string}}}}}}}]
`, strings.ToLower(kind), group, group, kind, field)
}

const vpcGroup = "vpc.githedgehog.com"

func TestDefinitionsGiveTheShapes(t *testing.T) {
	text := fmt.Sprintf(vpc, "a") + crd(vpcGroup, "VPC", "vlan") + crd("agent.githedgehog.com", "Agent", "secret")
	got := open(write(t, "dc1.yaml", text)).Read(t.Context(), coretest.Scope())
	if r := got.Readings[0]; r.Access != core.AccessOK || got.Len() != 1 || len(got.Gaps) > 0 {
		t.Errorf("reading %+v, %d objects, gaps %+v", r, got.Len(), got.Gaps)
	}
	s := got.Schemas[key("").GroupKind()]
	if len(got.Schemas) != 1 || len(s.Versions) != 1 || s.Root.Properties["spec"].Properties["vlan"] == nil {
		t.Errorf("schemas = %+v", got.Schemas)
	}
}

func TestKindThatTheDumpDoesNotDefine(t *testing.T) {
	peering := core.GroupKind{Group: vpcGroup, Kind: "VPCPeering"}
	want := coretest.Scope()
	want.Expect = []core.GroupKind{{Group: vpcGroup, Kind: "VPC"}, peering, {Group: "net.example", Kind: "Door"}}
	a := core.Key{Group: peering.Group, Kind: peering.Kind, Namespace: "default", Name: "a--b"}
	elsewhere := "---\napiVersion: vpc.githedgehog.com/v1beta1\nkind: VPCPeering\nmetadata: {name: x, namespace: tenant}\n"
	all := crd(vpcGroup, "VPC", "vlan") + crd("agent.githedgehog.com", "Agent", "secret")
	for name, test := range map[string]struct {
		text     string
		presence core.Presence
	}{
		"no definitions":                                          {fmt.Sprintf(vpc, "a"), core.Absent},
		"definitions of some kinds":                               {crd(vpcGroup, "VPC", "vlan"), core.Absent},
		"all definitions":                                         {all, core.Unread},
		"all definitions, and it is one":                          {all + crd(vpcGroup, "VPCPeering", "permit"), core.Absent},
		"all definitions, of no peering, and a peering elsewhere": {all + elsewhere, core.Absent},
		"all definitions, of another group":                       {crd("wiring.githedgehog.com", "Switch", "role") + crd("agent.githedgehog.com", "Agent", "x"), core.Absent},
	} {
		got := open(write(t, "dc1.yaml", test.text)).Read(t.Context(), want)
		if side := got.Side(a); side.Presence != test.presence || got.Readings[0].Access != core.AccessOK {
			t.Errorf("%s: %+v, %+v", name, side, got.Readings[0])
		}
		if n := len(got.Gaps); (n == 1) != (test.presence == core.Unread) || n == 1 && (!got.Gaps[0].Unserved || got.Gaps[0].GroupKind != peering) {
			t.Errorf("%s: gaps %+v", name, got.Gaps)
		}
	}
}
