package hedgehog

import (
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func specs() map[string]Spec {
	return map[string]Spec{
		"small": Small(1), "medium": Medium(2), "large": Large(3), "sized": Sized(4, 1000),
		"mesh": {
			Seed: 5, Name: "mesh", Leaves: 3, LinksPerPair: 1, Servers: Servers{Unbundled: 6, MultiHomed: 3}, VPCs: 2,
			SubnetsPerVPC: 20, Attachments: 40, Gateways: 1, Loopbacks: 9,
		},
		"more externals than leaves": {Seed: 6, Name: "edge", Spines: 1, Leaves: 2, Externals: 5, StaticExternals: 5, VPCs: 3, SubnetsPerVPC: 1, ExternalPeerings: 9},
		"more than fits":             {Seed: 7, Name: "full", Spines: 1, Leaves: 1, VPCs: 3000, SubnetsPerVPC: 2, VPCPeerings: 9999},
		"nothing":                    {},
	}
}

func TestSizesAreAsPromised(t *testing.T) {
	for _, n := range []int{1, 2, 7, 30, 75, 100, 333, 1000, 2500, 10_000, 50_000} {
		if got := len(Generate(Sized(1, n)).Objects); got != n {
			t.Errorf("Sized(1, %d) makes %d objects", n, got)
		}
	}
	for _, c := range []struct {
		name      string
		spec      Spec
		low, high int
	}{{"Small", Small(1), 65, 85}, {"Medium", Medium(1), 1350, 1650}, {"Large", Large(1), 6300, 7700}} {
		if got := len(Generate(c.spec).Objects); got < c.low || got > c.high {
			t.Errorf("%s makes %d objects, want %d to %d", c.name, got, c.low, c.high)
		}
	}
}

func TestGenerateIsDeterministic(t *testing.T) {
	for name, s := range specs() {
		one, two := Generate(s), Generate(s)
		if !reflect.DeepEqual(one, two) {
			t.Errorf("%s: two fabrics of one spec differ", name)
		}
		for _, layout := range Layouts() {
			if len(one.Objects) < 2000 && !reflect.DeepEqual(one.Files(layout), two.Files(layout)) {
				t.Errorf("%s: two sets of %s files of one spec differ", name, layout)
			}
		}
	}
	if reflect.DeepEqual(Generate(Small(1)), Generate(Small(2))) {
		t.Error("two seeds make one fabric")
	}
}

func TestSmallHasEveryKindAndConnectionType(t *testing.T) {
	kinds := map[string]bool{}
	for _, o := range Generate(Small(1)).Objects {
		kinds[stringAt(o, "kind")] = true
		for field := range mapAt(o, "spec") {
			if stringAt(o, "kind") == "Connection" {
				kinds[field] = true
			}
		}
	}
	for _, want := range []string{
		"VPC", "VPCAttachment", "VPCPeering", "External", "ExternalAttachment", "ExternalPeering", "IPv4Namespace",
		"VLANNamespace", "SwitchGroup", "Switch", "Server", "Connection", "Gateway", "GatewayPeering",
		"unbundled", "bundled", "eslag", "fabric", "gateway", "vpcLoopback", "external", "staticExternal",
	} {
		if !kinds[want] {
			t.Errorf("Small has no %s", want)
		}
	}
}

// What the webhooks refuse must not be made.
func TestFabricsAreValid(t *testing.T) {
	for name, s := range specs() {
		t.Run(name, func(t *testing.T) {
			v := validator{t: t, seen: map[Ref]map[string]any{}, ports: map[string]string{}, vlans: map[int64]bool{}, pairs: map[string]bool{}, native: map[string]bool{}}
			for _, o := range Generate(s).Objects {
				v.check(o)
			}
		})
	}
}

// validator checks objects in the order in which they would be applied.
type validator struct {
	t       *testing.T
	seen    map[Ref]map[string]any
	ports   map[string]string
	vlans   map[int64]bool
	nets    []netip.Prefix
	subnets []netip.Prefix
	pairs   map[string]bool
	native  map[string]bool
}

func (v *validator) need(o map[string]any, group, kind, name string) map[string]any {
	found := v.seen[Ref{group, kind, defaultName, name}]
	if found == nil {
		v.t.Errorf("%s names %s %q, which does not come before it", RefOf(o), kind, name)
	}
	return found
}

func (v *validator) check(o map[string]any) {
	ref, spec := RefOf(o), mapAt(o, "spec")
	if v.seen[ref] != nil {
		v.t.Errorf("%s twice", ref)
	}
	v.seen[ref] = o
	for _, r := range ref.Name {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789-.", r) {
			v.t.Errorf("%s: bad name", ref)
		}
	}
	switch ref.Kind {
	case "VPC":
		v.checkVPC(o)
	case "External":
		if len(ref.Name) > 11 {
			v.t.Errorf("%s: name too long", ref)
		}
	case "IPv4Namespace":
		for _, s := range stringsAt(spec, "subnets") {
			v.nets = append(v.nets, netip.MustParsePrefix(s))
		}
		if len(v.nets) > 10 {
			v.t.Errorf("%s: %d subnets", ref, len(v.nets))
		}
	case "Connection":
		v.checkConnection(o)
	case "VPCAttachment":
		v.checkAttachment(o)
	case "VPCPeering", "GatewayPeering":
		peers := mapAt(spec, "peering")
		for _, entry := range listAt(spec, "permit") {
			peers = entry.(map[string]any)
		}
		if len(peers) != 2 {
			v.t.Errorf("%s joins %d VPCs", ref, len(peers))
		}
		for name := range peers {
			v.need(o, groupVPC, "VPC", name)
		}
	case "ExternalAttachment":
		v.need(o, groupWiring, "Connection", stringAt(spec, "connection"))
		external := v.need(o, groupVPC, "External", stringAt(spec, "external"))
		if static := mapAt(mapAt(external, "spec"), "static") != nil; static != (mapAt(spec, "static") != nil) {
			v.t.Errorf("%s: static beside BGP", ref)
		}
	case "ExternalPeering":
		v.need(o, groupVPC, "VPC", stringAt(mapAt(mapAt(spec, "permit"), "vpc"), "name"))
		v.need(o, groupVPC, "External", stringAt(mapAt(mapAt(spec, "permit"), "external"), "name"))
	}
}

func (v *validator) checkVPC(o map[string]any) {
	ref, spec := RefOf(o), mapAt(o, "spec")
	if len(ref.Name) > 11 || strings.HasPrefix(ref.Name, "ext.") {
		v.t.Errorf("%s: bad name", ref)
	}
	subnets := mapAt(spec, "subnets")
	if len(subnets) == 0 || len(subnets) > 20 {
		v.t.Errorf("%s: %d subnets", ref, len(subnets))
	}
	for name := range subnets {
		s := mapAt(subnets, name)
		vlan, _ := intAt(s, "vlan")
		if vlan < firstVLAN || vlan > lastVLAN || v.vlans[vlan] {
			v.t.Errorf("%s: VLAN %d is used or outside its namespace", ref, vlan)
		}
		v.vlans[vlan] = true
		net := netip.MustParsePrefix(stringAt(s, "subnet"))
		if !slices.ContainsFunc(v.nets, func(p netip.Prefix) bool { return p.Overlaps(net) }) {
			v.t.Errorf("%s: %s is outside its namespace", ref, net)
		}
		if slices.ContainsFunc(v.subnets, net.Overlaps) {
			v.t.Errorf("%s: %s overlaps another", ref, net)
		}
		v.subnets = append(v.subnets, net)
	}
	for _, permit := range listAt(spec, "permit") {
		for _, name := range permit.([]any) {
			if mapAt(subnets, name.(string)) == nil {
				v.t.Errorf("%s permits %v, which it has not", ref, name)
			}
		}
	}
}

func (v *validator) checkConnection(o map[string]any) {
	spec := mapAt(o, "spec")
	if len(spec) != 1 {
		v.t.Errorf("%s: %d types", RefOf(o), len(spec))
	}
	for _, c := range connectionTypes() {
		body := mapAt(spec, c.field)
		if body == nil {
			continue
		}
		switches, servers, ok := c.devices(body)
		if !ok {
			v.t.Errorf("%s: invalid links", RefOf(o))
		}
		for _, name := range switches {
			v.need(o, groupWiring, "Switch", name)
		}
		for _, name := range servers {
			v.need(o, groupWiring, "Server", name)
		}
		links := listAt(body, "links")
		if !c.many {
			links = []any{body["link"]}
		}
		for _, l := range links {
			for _, s := range c.sides {
				port := stringAt(mapAt(l.(map[string]any), s.field), "port")
				if other := v.ports[port]; other != "" {
					v.t.Errorf("%s uses port %s of %s", RefOf(o), port, other)
				}
				v.ports[port] = RefOf(o).Name
			}
		}
	}
}

func (v *validator) checkAttachment(o map[string]any) {
	ref, spec := RefOf(o), mapAt(o, "spec")
	vpcName, subnet, _ := strings.Cut(stringAt(spec, "subnet"), "/")
	if subnet == "" {
		subnet = defaultName
	}
	vpc := mapAt(v.need(o, groupVPC, "VPC", vpcName), "spec")
	conn := mapAt(v.need(o, groupWiring, "Connection", stringAt(spec, "connection")), "spec")
	s := mapAt(mapAt(vpc, "subnets"), subnet)
	switch {
	case s == nil:
		v.t.Errorf("%s: no subnet %q", ref, subnet)
	case mapAt(conn, "unbundled") == nil && boolAt(s, "hostBGP"):
		v.t.Errorf("%s: hostBGP needs an unbundled connection", ref)
	case mapAt(conn, "eslag") != nil && stringAt(vpc, "mode") != "":
		v.t.Errorf("%s: a multi-homed server in a VPC of mode %s", ref, stringAt(vpc, "mode"))
	case mapAt(conn, "unbundled") == nil && mapAt(conn, "bundled") == nil && mapAt(conn, "eslag") == nil:
		v.t.Errorf("%s: not a server's connection", ref)
	}
	pair := stringAt(spec, "connection") + " " + vpcName + "/" + subnet
	if v.pairs[pair] {
		v.t.Errorf("%s: attached twice", ref)
	}
	v.pairs[pair] = true
	if boolAt(spec, "nativeVLAN") {
		if v.native[stringAt(spec, "connection")] {
			v.t.Errorf("%s: a second native VLAN", ref)
		}
		v.native[stringAt(spec, "connection")] = true
	}
}
