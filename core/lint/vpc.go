package lint

import (
	"net/netip"
	"slices"
)

// The limits of Hedgehog's API.
const (
	maxSubnets    = 20  // of a VPC
	maxRanges     = 10  // subnets of an IPv4Namespace: each pair costs ACL entries
	maxVLANRanges = 20  // of a VLANNamespace
	maxPermits    = 10  // of a VPCPeering, and subnets of each side
	maxExtra      = 100 // hostBGP prefixes of a subnet
	maxESLAG      = 4   // switches
)

func limits(w *world, s say) {
	for _, o := range w.byKind["VPC"] {
		s.count(spec(o).key("subnets"), "subnets", 1, maxSubnets)
	}
	for subnet := range w.subnets() {
		s.count(subnet.key("hostBGPExtraPrefixes"), "extra prefixes", 0, maxExtra)
	}
	for _, o := range w.byKind["IPv4Namespace"] {
		s.count(spec(o).key("subnets"), "subnets", 1, maxRanges)
	}
	for _, o := range w.byKind["VLANNamespace"] {
		s.count(spec(o).key("ranges"), "ranges", 1, maxVLANRanges)
	}
	for _, o := range w.byKind["VPCPeering"] {
		s.count(spec(o).key("permit"), "policies", 1, maxPermits)
		for permit := range spec(o).key("permit").items() {
			for _, peer := range permit.entries() {
				if peer.key("subnets").set() {
					s.count(peer.key("subnets"), "subnets", 1, maxPermits)
				}
			}
		}
	}
	for _, o := range w.byKind["Connection"] {
		eslag := spec(o).key("eslag")
		if !eslag.set() {
			continue
		}
		if n := eslag.key("links").len(); n < 2 {
			s.at(eslag.key("links"), "%d links; an ESLAG has 2 or more", n)
		}
		if n := len(w.devices(o, "Switch")); n > maxESLAG {
			s.at(eslag.key("links"), "%d switches; an ESLAG has %d at most", n, maxESLAG)
		}
	}
}

// count tells where there are too few or too many entries or items.
func (s say) count(f field, noun string, least, most int) {
	switch n := f.len(); {
	case n < least:
		s.at(f, "no %s; %d is the least", noun, least)
	case n > most:
		s.at(f, "%d %s; %d is the most", n, noun, most)
	}
}

// vpcs checks what a VPC says about itself.
func vpcs(w *world, s say) {
	for _, o := range w.byKind["VPC"] {
		mode := spec(o).key("mode")
		if m := mode.text(); m != "" && m != "l3vni" {
			s.at(mode, "the mode %q is not supported; it is l3vni, or nothing for L2", m)
		}
		for group := range spec(o).key("permit").items() {
			var members []string
			for m := range group.items() {
				if slices.Contains(members, m.text()) {
					s.at(m, "the subnet %q stands twice in one policy", m.text())
				}
				members = append(members, m.text())
			}
			if len(members) < 2 {
				s.at(group, "a policy of fewer than 2 subnets permits nothing")
			}
		}
		for route := range spec(o).key("staticRoutes").items() {
			s.route(route)
		}
		for _, subnet := range spec(o).key("subnets").entries() {
			s.hostBGP(subnet)
		}
	}
}

func (s say) route(route field) {
	if route.key("prefix").text() == "" {
		s.at(route, "a route without prefix")
	}
	if p, ok := s.prefix(route.key("prefix")); ok && p != p.Masked() {
		s.at(route.key("prefix"), "%s has bits behind its length; it would be %s", p, p.Masked())
	}
	if route.key("nextHops").len() == 0 {
		s.at(route, "a route without next hop")
	}
}

// hostBGP checks the prefixes that hosts may announce.
func (s say) hostBGP(subnet field) {
	least, most, extra := subnet.key("hostBGPMinPrefixLen"), subnet.key("hostBGPMaxPrefixLen"), subnet.key("hostBGPExtraPrefixes")
	if !subnet.key("hostBGP").on() {
		for _, f := range []field{least, most, extra} {
			if n, ok := f.number(); f.len() > 0 || ok && n != 0 {
				s.at(f, "only a hostBGP subnet has this")
			}
		}
		return
	}
	low, high := lengths(least, most, 32, 32)
	if p, ok := say(quiet).prefix(subnet.key("subnet")); ok {
		s.lengths(subnet, p, low, high)
	}
	for text, f := range extra.entries() {
		p, err := netip.ParsePrefix(text)
		if err != nil || !p.Addr().Is4() || p != p.Masked() {
			s.at(f, "%q is no IPv4 prefix such as 10.0.1.0/24", text)
			continue
		}
		low, high := lengths(f.key("minPrefixLen"), f.key("maxPrefixLen"), low, high)
		s.lengths(f, p, low, high)
	}
}

// lengths are two prefix lengths, each with what stands for nothing.
func lengths(least, most field, low, high int64) (int64, int64) {
	if n, ok := least.number(); ok && n != 0 {
		low = n
	}
	if n, ok := most.number(); ok && n != 0 {
		high = n
	}
	return low, high
}

func (s say) lengths(f field, p netip.Prefix, low, high int64) {
	if low > high || high > 32 || low < int64(p.Bits()) {
		s.at(f, "prefix lengths %d to %d do not lie within %d-32, that of %s", low, high, p.Bits(), p)
	}
}
