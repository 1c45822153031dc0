package hedgehog

import (
	"net"
	"net/netip"
	"strings"
)

// maxPrefix is the longest prefix whose DHCP settings the webhook touches; longer ones are refused later.
const maxPrefix = 30

const (
	dhcpMTU       int64 = 9036
	dhcpLeaseTime int64 = 3600 // seconds
)

func vpcShape() shape {
	return shape{eachPtr: map[string]shape{"subnets": {
		structs: map[string]shape{"dhcp": {
			each: map[string]shape{"static": {zeros: map[string]any{"ip": ""}}},
		}},
		each: map[string]shape{"hostBGPExtraPrefixes": {}},
	}}}
}

func defaultVPC(t target) {
	setDefault(t.spec, "ipv4Namespace", defaultName)
	setDefault(t.spec, "vlanNamespace", defaultName)
	t.relabel(map[string]string{
		fabricPrefix + "ipv4ns": stringAt(t.spec, "ipv4Namespace"),
		fabricPrefix + "vlanns": stringAt(t.spec, "vlanNamespace"),
	})
	for _, v := range mapAt(t.spec, "subnets") {
		if subnet, ok := v.(map[string]any); ok {
			defaultSubnet(subnet)
		}
	}
}

// defaultSubnet leaves static leases alone where the webhook returns before it reaches them: DHCP off, options empty.
func defaultSubnet(subnet map[string]any) {
	prefix, err := netip.ParsePrefix(stringAt(subnet, "subnet"))
	if err != nil {
		return
	}
	network := prefix.Masked()
	if !boolAt(subnet, "hostBGP") {
		setDefault(subnet, "gateway", network.Addr().Next().String())
	}
	dhcp := mapAt(subnet, "dhcp")
	if dhcp == nil || network.Bits() > maxPrefix {
		return
	}
	if !boolAt(dhcp, "enable") {
		delete(dhcp, "range")
		delete(dhcp, "options")
		return
	}
	if unset(dhcp, "range") {
		dhcp["range"] = map[string]any{}
	}
	if r := mapAt(dhcp, "range"); r != nil {
		setDefault(r, "start", network.Addr().Next().Next().String())
		setDefault(r, "end", lastAddr(network).String())
	}
	if options := mapAt(dhcp, "options"); options != nil && !defaultDHCPOptions(options) {
		delete(dhcp, "options")
		return
	}
	normaliseMACs(mapAt(dhcp, "static"))
}

// defaultDHCPOptions answers false when every option is empty, in which case the webhook removes them all.
func defaultDHCPOptions(o map[string]any) bool {
	if unset(o, "dnsServers") && unset(o, "timeServers") && unset(o, "advertisedRoutes") &&
		zero(o, "pxeURL") && zero(o, "interfaceMTU") && zero(o, "leaseTimeSeconds") && zero(o, "disableDefaultRoute") {
		return false
	}
	setDefault(o, "interfaceMTU", dhcpMTU)
	setDefault(o, "leaseTimeSeconds", dhcpLeaseTime)
	for _, key := range []string{"dnsServers", "timeServers"} {
		if unset(o, key) {
			o[key] = []any{}
		}
		sortStrings(o, key)
	}
	sortMaps(listAt(o, "advertisedRoutes"), "destination", "gateway")
	return true
}

// normaliseMACs rewrites lease keys to lower case with colons. Of two spellings of one address, the first in byte order
// wins; upstream it is whichever its map gives last.
func normaliseMACs(static map[string]any) {
	for _, key := range sortedKeys(static) {
		mac, err := net.ParseMAC(key)
		if err != nil || mac.String() == key {
			continue
		}
		lease := static[key]
		delete(static, key)
		if _, taken := static[mac.String()]; !taken {
			static[mac.String()] = lease
		}
	}
}

// lastAddr answers the highest address of a network; for IPv4 that is the broadcast address, which the webhook includes.
func lastAddr(network netip.Prefix) netip.Addr {
	b := network.Addr().AsSlice()
	for i := network.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	last, _ := netip.AddrFromSlice(b)
	return last
}

func defaultVPCAttachment(t target) {
	subnet := stringAt(t.spec, "subnet")
	vpc, name, found := strings.Cut(subnet, "/")
	if vpc == "" {
		return // the webhook leaves it to validation, labels uncleaned
	}
	if !found {
		t.spec["subnet"] = vpc + "/" + defaultName
	}
	if name == "" {
		name = defaultName
	}
	labels := map[string]string{
		fabricPrefix + "vpc":        vpc,
		fabricPrefix + "subnet":     name,
		fabricPrefix + "connection": stringAt(t.spec, "connection"),
	}
	if boolAt(t.spec, "nativeVLAN") {
		labels[fabricPrefix+"nativevlan"] = "true"
	}
	t.relabel(labels)
}

// defaultVPCPeering also writes {} for a peer without a value ("vpc-01:"), the form the documentation uses.
func defaultVPCPeering(t target) {
	for _, entry := range listAt(t.spec, "permit") {
		fillEach(entry, shape{}, true)
	}
	labels := map[string]string{}
	if vpcs := peeredVPCs(listAt(t.spec, "permit")); len(vpcs) == 2 {
		labels[fabricPrefix+"vpc1"] = vpcs[0]
		labels[fabricPrefix+"vpc2"] = vpcs[1]
		labels["vpc."+fabricPrefix+vpcs[0]] = "true"
		labels["vpc."+fabricPrefix+vpcs[1]] = "true"
	}
	t.relabel(labels)
}

// peeredVPCs answers the names in permit, sorted, or none when an entry does not name exactly two.
func peeredVPCs(permit []any) []string {
	names := map[string]bool{}
	for _, v := range permit {
		m, ok := v.(map[string]any)
		if !ok || len(m) != 2 {
			return nil
		}
		for name := range m {
			names[name] = true
		}
	}
	return sortedKeys(names)
}

func defaultIPv4Namespace(t target) {
	t.relabel(nil)
	sortStrings(t.spec, "subnets")
}
