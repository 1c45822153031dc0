package hedgehog

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
)

// Fabric is what an operator keeps in Git for one fabric: decoded objects, no server's defaults in them. An object comes
// after those it names.
type Fabric struct {
	Name    string
	Objects []map[string]any
}

// Generate makes the fabric of a Spec: names as hhfab gives them, no port used twice, subnets disjoint inside the IPv4
// namespace, VLANs unique in the VLAN namespace, attachments, peerings and externals that the webhooks would accept. Some
// objects name their namespace and some do not; some lists are unsorted; some values are explicit zeros.
func Generate(s Spec) Fabric {
	h := fnv.New64a()
	h.Write([]byte(s.Name))
	b := &builder{spec: s, rng: rand.New(rand.NewPCG(s.Seed, h.Sum64()))}
	b.planDevices()
	b.planCables()
	b.addNamespaces()
	b.addSwitches()
	b.addServers()
	b.addGateways()
	b.addConnections()
	b.addVPCs()
	b.addAttachments()
	b.addPeerings()
	b.addExternals()
	b.addGatewayPeerings()
	if s.Limit > 0 && len(b.objects) > s.Limit {
		b.objects = b.objects[:s.Limit]
	}
	return Fabric{Name: s.Name, Objects: b.objects}
}

// builder gathers a fabric. What is planned first (devices and cables) decides how many ports a switch needs, hence its
// profile, hence the names of its ports.
type builder struct {
	spec    Spec
	rng     *rand.Rand
	objects []map[string]any

	spines, leaves, servers, gateways []*device
	groups                            [][]*device // leaves by redundancy group
	cables                            []cable
	vpcs                              []string
	subnets                           []subnet
}

// chance answers true in one of n cases.
func (b *builder) chance(n int) bool { return b.rng.IntN(n) == 0 }

func (b *builder) add(apiVersion, kind, name string, spec map[string]any) map[string]any {
	meta := map[string]any{"name": name}
	odds := 3
	if apiVersion == versionWiring {
		odds = 10 // wiring is printed by hhfab, which leaves the namespace out
	}
	if b.chance(odds) {
		meta["namespace"] = defaultName
	}
	if b.chance(25) {
		meta["labels"] = map[string]any{"team": "net-" + string(rune('a'+b.rng.IntN(4)))}
	}
	obj := map[string]any{"apiVersion": apiVersion, "kind": kind, "metadata": meta, "spec": spec}
	b.objects = append(b.objects, obj)
	return obj
}

func (b *builder) addNamespaces() {
	b.add(versionWiring, "VLANNamespace", defaultName, map[string]any{
		"ranges": []any{
			map[string]any{"from": int64(2000), "to": int64(2999)},
			map[string]any{"from": int64(firstVLAN), "to": int64(1999)},
		},
	})
	var subnets []any
	need := b.spec.VPCs * b.spec.SubnetsPerVPC
	for i := range between((need+255)/256, 2, 10) {
		subnets = append(subnets, fmt.Sprintf("10.%d.0.0/16", (i*7)%10))
	}
	b.add(versionVPC, "IPv4Namespace", defaultName, map[string]any{"subnets": subnets})
	b.add(versionWiring, "SwitchGroup", "empty", map[string]any{})
	for i := range b.groups {
		b.add(versionWiring, "SwitchGroup", groupName(i), map[string]any{})
	}
}

func groupName(i int) string { return fmt.Sprintf("eslag-%d", i+1) }

// numbered answers prefix-01, with as many digits as the count of its kind needs, two at least.
func numbered(prefix string, i, count int) string {
	width := max(2, len(fmt.Sprint(count)))
	return fmt.Sprintf("%s-%0*d", prefix, width, i+1)
}
