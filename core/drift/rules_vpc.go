package drift

import (
	"net/netip"
	"strings"
)

// vpcRows is what the webhook of VPCs does.
func vpcRows() []Row {
	const dhcp = ".spec.subnets.*.dhcp"
	return []Row{
		{"ipv4-namespace", always, ".spec.ipv4Namespace", Default{"default"}, "the namespace is \"default\" where none is named"},
		{"vpc.vlan-namespace", always, ".spec.vlanNamespace", Default{"default"}, "the namespace is \"default\" where none is named"},
		{"vpc.static-routes", always, ".spec.staticRoutes", Keyed{[]string{"prefix"}}, "a route is known by its prefix"},

		{"vpc.subnets", always, ".spec.subnets", Dict{}, "each subnet counts by its name"},
		{"vpc.gateway", always, ".spec.subnets.*.gateway", Computed{firstHost}, "the gateway is the subnet's first address where none is named"},
		{"vpc.isolated", always, ".spec.subnets.*.isolated", Optional{}, "false overrides the VPC's default, none does not"},
		{"vpc.restricted", always, ".spec.subnets.*.restricted", Optional{}, "false overrides the VPC's default, none does not"},
		{"vpc.extra-prefixes", v129, ".spec.subnets.*.hostBGPExtraPrefixes", Dict{}, "each prefix counts by its name"},

		{"vpc.dhcp-start", always, dhcp + ".range.start", Computed{dhcpStart}, "leases start at the subnet's second address"},
		{"vpc.dhcp-end", always, dhcp + ".range.end", Computed{dhcpEnd}, "leases end at the subnet's last address"},
		{"vpc.dhcp-off-range", always, dhcp + ".range", Dropped{dhcpOff}, "the webhook removes it while DHCP is off"},
		{"vpc.dhcp-off-options", always, dhcp + ".options", Dropped{dhcpOff}, "the webhook removes them while DHCP is off"},
		{"vpc.dhcp-options", always, dhcp + ".options", Optional{}, "the server fills options in where there are some"},
		{"vpc.dhcp-no-options", always, dhcp + ".options", Dropped{noOptions}, "the webhook removes options that say nothing"},
		{"vpc.dhcp-mtu", always, dhcp + ".options.interfaceMTU", Default{int64(9036)}, "the MTU is 9036 where options are set without one"},
		{"vpc.dhcp-lease", always, dhcp + ".options.leaseTimeSeconds", Default{int64(3600)}, "leases last an hour where options are set without a time"},
		{"vpc.dhcp-dns", always, dhcp + ".options.dnsServers", Set{}, sortedByWebhook},
		{"vpc.dhcp-ntp", always, dhcp + ".options.timeServers", Set{}, sortedByWebhook},
		{"vpc.dhcp-routes", always, dhcp + ".options.advertisedRoutes", Keyed{[]string{"destination"}}, "the webhook sorts it; a route is known by its destination"},
		{"vpc.dhcp-static", always, dhcp + ".static", Dict{}, "each static lease counts by its MAC address"},
		{"vpc.dhcp-static-mac", always, dhcp + ".static", Rekeyed{normalMAC}, "the webhook writes MAC addresses in lower case with colons"},
	}
}

// subnetOf is the IPv4 prefix of the VPC subnet that lies n levels above the
// place.
func subnetOf(v View, n int) (netip.Prefix, bool) {
	s, _ := v.Up(n)["subnet"].(string)
	p, err := netip.ParsePrefix(s)
	if err != nil || !p.Addr().Is4() {
		return netip.Prefix{}, false
	}
	return p.Masked(), true
}

func firstHost(v View) (any, bool) {
	p, ok := subnetOf(v, 1)
	if bgp, _ := v.Up(1)["hostBGP"].(bool); !ok || bgp {
		return nil, false
	}
	return p.Addr().Next().String(), true
}

func dhcpStart(v View) (any, bool) {
	p, ok := subnetOf(v, 3)
	if !ok {
		return nil, false
	}
	return p.Addr().Next().Next().String(), true
}

func dhcpEnd(v View) (any, bool) {
	p, ok := subnetOf(v, 3)
	if !ok {
		return nil, false
	}
	last := p.Addr().As4()
	for bit := p.Bits(); bit < 32; bit++ {
		last[bit/8] |= 1 << (7 - bit%8)
	}
	return netip.AddrFrom4(last).String(), true
}

func dhcpOff(v View) bool {
	enabled, _ := v.Up(1)["enable"].(bool)
	return !enabled
}

// noOptions tells whether no option is set; an empty list is set to the server.
func noOptions(v View) bool {
	options, _ := v.Up(1)["options"].(map[string]any)
	for _, o := range options {
		var nowhere *node
		if _, list := o.([]any); list || !nowhere.empty(o, false) {
			return false
		}
	}
	return true
}

// normalMAC is the address as the webhook writes it; what is no address stays.
func normalMAC(s string) string {
	var hex strings.Builder
	for _, c := range strings.ToLower(s) {
		switch {
		case c >= '0' && c <= '9' || c >= 'a' && c <= 'f':
			hex.WriteRune(c)
		case c != ':' && c != '-' && c != '.':
			return s
		}
	}
	digits := hex.String()
	if len(digits) != 12 {
		return s
	}
	parts := make([]string, 0, 6)
	for i := 0; i < len(digits); i += 2 {
		parts = append(parts, digits[i:i+2])
	}
	return strings.Join(parts, ":")
}
