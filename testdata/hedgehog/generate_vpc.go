package hedgehog

import (
	"fmt"
)

const (
	firstVLAN = 1000
	lastVLAN  = 2999
	// maxSubnets keeps VLANs unique and subnets inside the ten /16 that an IPv4 namespace may list.
	maxSubnets = lastVLAN - firstVLAN + 1
)

// subnet is one VPC subnet that an attachment may name.
type subnet struct {
	vpc, name string
	cidr      string
	hostBGP   bool // unbundled connections only
	l3        bool // no multi-homed connections
}

func (b *builder) addVPCs() {
	width := b.spec.VPCs
	for v := range b.spec.VPCs {
		count := between(1+b.rng.IntN(max(b.spec.SubnetsPerVPC, 1)), 1, 20)
		if len(b.subnets)+count > maxSubnets {
			return
		}
		name := numbered("vpc", v, width)
		spec := map[string]any{}
		l3 := b.chance(10)
		if l3 {
			spec["mode"] = "l3vni"
		}
		if b.chance(4) {
			spec["ipv4Namespace"], spec["vlanNamespace"] = defaultName, defaultName
		}
		subnets := map[string]any{}
		var names []any
		for i := range count {
			s := subnet{vpc: name, name: subnetName(i, count), l3: l3}
			subnets[s.name] = b.subnetSpec(&s, len(b.subnets))
			b.subnets = append(b.subnets, s)
			names = append(names, s.name)
		}
		spec["subnets"] = subnets
		if count > 1 && b.chance(3) {
			spec["defaultIsolated"] = true
			spec["permit"] = []any{names}
		}
		if b.chance(12) {
			spec["staticRoutes"] = []any{map[string]any{"prefix": "192.168.200.0/24", "nextHops": []any{hostIn(b.subnets[len(b.subnets)-1], 20)}}}
		}
		b.vpcs = append(b.vpcs, name)
		b.add(versionVPC, "VPC", name, spec)
	}
}

func subnetName(i, count int) string {
	if i == 0 && count < 3 {
		return defaultName
	}
	names := []string{"frontend", "storage", "backend", "mgmt"}
	if i < len(names) {
		return names[i]
	}
	return fmt.Sprintf("subnet-%02d", i+1)
}

// subnetSpec writes the n-th subnet of the fabric: a /24 of its own and a VLAN of its own.
func (b *builder) subnetSpec(s *subnet, n int) map[string]any {
	s.cidr = fmt.Sprintf("10.%d.%d", (n/256*7)%10, n%256)
	out := map[string]any{"subnet": s.cidr + ".0/24", "vlan": int64(firstVLAN + n)}
	if b.chance(16) {
		s.hostBGP = true
		out["hostBGP"] = true
		return out
	}
	if b.chance(4) {
		out["gateway"] = hostIn(*s, 1)
	}
	if b.chance(5) {
		out["isolated"] = b.chance(2)
	}
	if b.chance(6) {
		out["restricted"] = b.chance(2)
	}
	switch b.rng.IntN(6) {
	case 0: // no DHCP
	case 1:
		out["dhcp"] = map[string]any{"enable": false}
	case 2:
		out["dhcp"] = map[string]any{"enable": true, "range": map[string]any{"start": hostIn(*s, 10), "end": hostIn(*s, 99)}}
	case 3:
		out["dhcp"] = map[string]any{"enable": true, "options": map[string]any{
			"dnsServers": []any{"8.8.8.8", "1.1.1.1"}, "timeServers": []any{hostIn(*s, 253), hostIn(*s, 252)},
		}}
	case 4:
		out["dhcp"] = map[string]any{"enable": true, "range": map[string]any{"start": hostIn(*s, 100)}, "static": map[string]any{
			fmt.Sprintf("0C-20-12-FE-%02X-%02X", n/256, n%256): map[string]any{"ip": hostIn(*s, 50)},
			fmt.Sprintf("0c:20:12:fd:%02x:%02x", n/256, n%256): map[string]any{"ip": hostIn(*s, 51)},
		}}
	default:
		out["dhcp"] = map[string]any{"enable": true}
	}
	return out
}

func hostIn(s subnet, host int) string { return fmt.Sprintf("%s.%d", s.cidr, host) }

// addAttachments goes round the server-facing connections, so that each has one attachment before any has two. All the
// connections of a server get the same subnets, as rail-optimised clusters have them.
func (b *builder) addAttachments() {
	var facing []cable
	for _, c := range b.cables {
		if c.server >= 0 {
			facing = append(facing, c)
		}
	}
	fitting := map[string][]subnet{}
	for _, s := range b.subnets {
		fitting["unbundled"] = append(fitting["unbundled"], s)
		if !s.hostBGP {
			fitting["bundled"] = append(fitting["bundled"], s)
			if !s.l3 {
				fitting["eslag"] = append(fitting["eslag"], s)
			}
		}
	}
	made := 0
	for round := 0; made < b.spec.Attachments && round < len(b.subnets); round++ {
		for _, c := range facing {
			if made == b.spec.Attachments {
				return
			}
			if list := fitting[c.kind]; round < len(list) {
				b.addAttachment(c, list[(c.server*3+round)%len(list)], round)
				made++
			}
		}
	}
}

func (b *builder) addAttachment(c cable, s subnet, round int) {
	spec := map[string]any{"connection": c.name, "subnet": s.vpc + "/" + s.name}
	if s.name == defaultName && b.chance(3) {
		spec["subnet"] = s.vpc
	}
	if round == 0 && !s.hostBGP && b.chance(10) {
		spec["nativeVLAN"] = true
	} else if b.chance(30) {
		spec["nativeVLAN"] = false
	}
	b.add(versionVPC, "VPCAttachment", s.vpc+"--"+s.name+"--"+c.name, spec)
}

// subnetsOf answers the names of a VPC's subnets, last first: not in the order that the server sorts them into.
func (b *builder) subnetsOf(vpc string) []any {
	var out []any
	for i := len(b.subnets) - 1; i >= 0; i-- {
		if b.subnets[i].vpc == vpc {
			out = append(out, b.subnets[i].name)
		}
	}
	return out
}
