package lint

import (
	"net"
	"net/netip"
	"strings"
)

func dhcp(w *world, s say) {
	for subnet := range w.subnets() {
		p, ok := say(quiet).prefix(subnet.key("subnet"))
		if !ok {
			continue
		}
		d := subnet.key("dhcp")
		enabled := d.key("enable").on()
		switch {
		case enabled && subnet.key("hostBGP").on():
			s.at(d.key("enable"), "DHCP cannot be enabled for a hostBGP subnet")
		case enabled && d.key("relay").text() != "":
			s.at(d.key("relay"), "DHCP is either enabled or relayed")
		case enabled:
			s.dhcpRange(d, subnet, p)
			s.dhcpOptions(d, p)
			s.leases(d, subnet, p)
		case d.key("static").len() > 0:
			s.at(d.key("static"), "static leases need DHCP to be enabled")
		}
		s.prefix(d.key("relay"))
		if d.key("relay").text() == "" && d.key("relayVPC").text() != "" {
			s.at(d.key("relayVPC"), "a VPC for the relay, and no relay")
		}
	}
}

// gatewayOf is the gateway of a subnet: the first host where none is given.
func gatewayOf(subnet field, p netip.Prefix) netip.Addr {
	if a, ok := say(quiet).address(subnet.key("gateway")); ok {
		return a
	}
	return p.Masked().Addr().Next()
}

// dhcpRange checks the range with the ends that the server fills in: from the
// second host to the last address.
func (s say) dhcpRange(d, subnet field, p netip.Prefix) {
	network, gateway := p.Masked().Addr(), gatewayOf(subnet, p)
	start, end := network.Next().Next(), lastOf(p)
	for _, f := range []field{d.down("range", "start"), d.down("range", "end")} {
		a, ok := s.address(f)
		if !ok {
			if f.set() && f.value != "" {
				return
			}
			continue
		}
		switch {
		case !p.Contains(a):
			s.at(f, "%s is not in %s", a, p)
			return
		case a == network:
			s.at(f, "%s is the subnet itself and no host", a)
		}
		if strings.HasSuffix(string(f.path), ".start") {
			start = a
		} else {
			end = a
		}
	}
	switch {
	case start == gateway || end == gateway:
		s.at(d.key("range"), "the range %s-%s begins or ends with the gateway", start, end)
	case !start.Less(end):
		s.at(d.key("range"), "the range %s-%s is empty", start, end)
	}
}

// lastOf is the last address of a prefix.
func lastOf(p netip.Prefix) netip.Addr {
	bytes := p.Masked().Addr().AsSlice()
	for bit := p.Bits(); bit < 8*len(bytes); bit++ {
		bytes[bit/8] |= 1 << (7 - bit%8)
	}
	last, _ := netip.AddrFromSlice(bytes)
	return last
}

func (s say) dhcpOptions(d field, p netip.Prefix) {
	options := d.key("options")
	for _, list := range []string{"dnsServers", "timeServers"} {
		for server := range options.key(list).items() {
			if _, ok := s.address(server); !ok && server.text() == "" {
				s.at(server, "an empty address")
			}
		}
	}
	// 0 and nothing are filled in by the server.
	if mtu, ok := options.key("interfaceMTU").number(); !ok || mtu != 0 && (mtu < 96 || mtu > 9036) {
		s.at(options.key("interfaceMTU"), "the MTU %s is not within 96-9036", options.key("interfaceMTU").shown())
	}
	if lease, ok := options.key("leaseTimeSeconds").number(); !ok || lease < 0 {
		s.at(options.key("leaseTimeSeconds"), "the lease time %s is no number of seconds", options.key("leaseTimeSeconds").shown())
	}
	for route := range options.key("advertisedRoutes").items() {
		for _, k := range []string{"destination", "gateway"} {
			if route.key(k).text() == "" {
				s.at(route, "an advertised route without %s", k)
			}
		}
		s.prefix(route.key("destination"))
		if via, ok := s.address(route.key("gateway")); ok && !p.Contains(via) {
			s.at(route.key("gateway"), "the gateway %s is not in %s", via, p)
		}
	}
}

func (s say) leases(d, subnet field, p netip.Prefix) {
	taken := map[netip.Addr]string{}
	for mac, lease := range d.key("static").entries() {
		if _, err := net.ParseMAC(mac); err != nil {
			s.at(lease, "%q is no MAC address", mac)
		}
		ip, ok := s.address(lease.key("ip"))
		if !ok {
			if lease.key("ip").text() == "" {
				s.at(lease, "the lease has no address")
			}
			continue
		}
		switch other, twice := taken[ip]; {
		case !p.Contains(ip):
			s.at(lease.key("ip"), "%s is not in %s", ip, p)
		case ip == p.Masked().Addr(), ip == lastOf(p), ip == gatewayOf(subnet, p):
			s.at(lease.key("ip"), "%s is the subnet, its gateway or its broadcast address", ip)
		case twice:
			s.at(lease.key("ip"), "%s is leased to %s, too", ip, other)
		}
		taken[ip] = mac
	}
}
