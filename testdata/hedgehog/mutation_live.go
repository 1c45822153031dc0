package hedgehog

import (
	"net/netip"
	"slices"
)

// liveMutations are changes past Git: each must be found.
func liveMutations() []Mutation {
	return slices.Concat(vpcEdits(), dhcpEdits(), tenantEdits(), wiringEdits(), wholeObjects())
}

func vpcEdits() []Mutation {
	return []Mutation{
		{
			"vlan-edited", "Somebody gave a subnet another VLAN with kubectl edit.", "VPC", Drifted, Drift,
			func(git, _ map[string]any) (Steps, bool) {
				s, p := subnetWhere(git, func(s map[string]any) bool { return !unset(s, "vlan") })
				if s == nil {
					return Steps{}, false
				}
				return setLive(KubectlEdit, p.child("vlan"), spareVLAN(2))
			},
		},
		{
			"gateway-moved", "Somebody moved a subnet's gateway, which Git leaves to the webhook.", "VPC", Drifted, Drift,
			func(git, _ map[string]any) (Steps, bool) {
				s, p := subnetWhere(git, func(s map[string]any) bool { return unset(s, "gateway") && !boolAt(s, "hostBGP") })
				if s == nil {
					return Steps{}, false
				}
				return setLive(KubectlEdit, p.child("gateway"), nthAddress(s, 254))
			},
		},
		{
			"subnet-added", "Somebody added a subnet with kubectl edit.", "VPC", Drifted, Drift,
			func(_, _ map[string]any) (Steps, bool) {
				return setLive(KubectlEdit, Path{"spec", "subnets", "hotfix"},
					map[string]any{"subnet": "10.7.255.0/24", "vlan": spareVLAN(0)})
			},
		},
		{
			"subnet-removed", "Somebody removed a subnet with kubectl edit.", "VPC", Drifted, Drift,
			func(git, _ map[string]any) (Steps, bool) {
				_, p := subnetWhere(git, anySubnet)
				if len(mapAt(mapAt(git, "spec"), "subnets")) < 2 {
					return Steps{}, false
				}
				return Steps{Manager: KubectlEdit, Live: []Edit{{Path: p, Remove: true}}}, true
			},
		},
		{
			"restriction-dropped", "Somebody removed an explicit restricted: false, which is not the same as none.", "VPC", Drifted, Drift,
			func(git, _ map[string]any) (Steps, bool) {
				s, p := subnetWhere(git, func(s map[string]any) bool { return s["restricted"] == false })
				if s == nil {
					return Steps{}, false
				}
				return Steps{Manager: KubectlEdit, Live: []Edit{{Path: p.child("restricted"), Remove: true}}}, true
			},
		},
	}
}

func dhcpEdits() []Mutation {
	return []Mutation{
		{
			"range-widened", "Somebody widened a DHCP range that Git sets.", "VPC", Drifted, Drift,
			func(git, _ map[string]any) (Steps, bool) {
				s, p := subnetWhere(git, func(s map[string]any) bool { return !unset(mapAt(mapAt(s, "dhcp"), "range"), "end") })
				if s == nil {
					return Steps{}, false
				}
				return setLive(KubectlEdit, p.child("dhcp", "range", "end"), nthAddress(s, 200))
			},
		},
		{
			"static-lease", "kubectl fabric vpc static-lease gave a host its address.", "VPC", Drifted, Drift,
			func(git, _ map[string]any) (Steps, bool) {
				s, p := subnetWhere(git, withDHCP)
				if s == nil {
					return Steps{}, false
				}
				return setLive(KubectlFabric, p.child("dhcp", "static", "0c:20:12:fa:00:01"), map[string]any{"ip": nthAddress(s, 77)})
			},
		},
	}
}

func tenantEdits() []Mutation {
	return []Mutation{
		{
			"native-vlan-set", "Somebody made an attachment's VLAN the native one.", "VPCAttachment", Drifted, Drift,
			func(git, _ map[string]any) (Steps, bool) {
				if boolAt(mapAt(git, "spec"), "nativeVLAN") {
					return Steps{}, false
				}
				return setLive(KubectlEdit, Path{"spec", "nativeVLAN"}, true)
			},
		},
		{
			"prefix-added", "Somebody let one more prefix in from an external.", "ExternalPeering", Drifted, Drift,
			func(_, live map[string]any) (Steps, bool) {
				p := Path{"spec", "permit", "external", "prefixes"}
				have, _ := p.At(live)
				list, _ := have.([]any)
				return setLive(KubectlEdit, p, append(slices.Clone(list), map[string]any{"prefix": "198.51.100.0/24"}))
			},
		},
	}
}

func wiringEdits() []Mutation {
	return []Mutation{
		{
			"roce-on", "kubectl fabric switch roce turned RoCE on, which reboots the switch.", "Switch", Drifted, Drift,
			func(git, _ map[string]any) (Steps, bool) {
				if !unset(mapAt(git, "spec"), "roce") {
					return Steps{}, false
				}
				return setLive(KubectlFabric, Path{"spec", "roce"}, true)
			},
		},
		{
			"roce-off", "kubectl fabric switch roce turned RoCE off: the field is gone, and nobody is named.", "Switch", Drifted, Drift,
			func(git, _ map[string]any) (Steps, bool) {
				fits := boolAt(mapAt(git, "spec"), "roce")
				return Steps{Manager: KubectlFabric, Live: []Edit{{Path: Path{"spec", "roce"}, Remove: true}}}, fits
			},
		},
		{
			"description-edited", "Somebody wrote another description with kubectl edit.", "Switch", Drifted, Drift,
			func(_, _ map[string]any) (Steps, bool) {
				return setLive(KubectlEdit, Path{"spec", "description"}, "moved to rack 12 — ask Kim")
			},
		},
		{
			"port-speed-set", "Somebody slowed a port down.", "Switch", Drifted, Drift,
			func(git, _ map[string]any) (Steps, bool) {
				p := Path{"spec", "portSpeeds", "E1/30"}
				_, there := p.At(git)
				s, _ := setLive(KubectlEdit, p, "10G")
				return s, !there
			},
		},
		{
			"links-reordered", "Somebody changed the order of a connection's links, which is not a set.", "Connection", Drifted, Drift,
			func(_, live map[string]any) (Steps, bool) {
				for _, c := range connectionTypes() {
					links := listAt(mapAt(mapAt(live, "spec"), c.field), "links")
					if len(links) < 2 {
						continue
					}
					turned := Clone(links).([]any)
					slices.Reverse(turned)
					return setLive(KubectlEdit, Path{"spec", c.field, "links"}, turned)
				}
				return Steps{}, false
			},
		},
		{
			"workers-raised", "Somebody gave a gateway more workers than Git or the webhook.", "Gateway", Drifted, Drift,
			func(_, _ map[string]any) (Steps, bool) {
				return setLive(KubectlEdit, Path{"spec", "workers"}, int64(16))
			},
		},
		{
			"label-added", "Somebody put a label of his own on an object.", "", Drifted, Drift,
			func(_, _ map[string]any) (Steps, bool) {
				return setLive("kubectl-label", Path{"metadata", "labels", "ticket"}, "net-2041")
			},
		},
	}
}

func wholeObjects() []Mutation {
	return []Mutation{
		{
			"live-deleted", "Somebody deleted an attachment on the cluster.", "VPCAttachment", Drifted, "",
			func(_, _ map[string]any) (Steps, bool) { return Steps{DropLive: true}, true },
		},
		{
			"live-created", "kubectl fabric vpc create made a VPC that Git has never had.", "VPC", OnlyLive, "",
			func(_, _ map[string]any) (Steps, bool) {
				return Steps{Manager: KubectlFabric, MakeLive: map[string]any{
					"apiVersion": versionVPC, "kind": "VPC",
					"metadata": map[string]any{"name": "tmp-vpc", "namespace": defaultName},
					"spec": map[string]any{"subnets": map[string]any{
						defaultName: map[string]any{"subnet": "10.7.254.0/24", "vlan": spareVLAN(1), "dhcp": map[string]any{"enable": true}},
					}},
				}}, true
			},
		},
	}
}

// spareVLAN answers a VLAN that no generated subnet has, from the top of the namespace down.
func spareVLAN(n int64) int64 { return lastVLAN - n }

// nthAddress answers the address with a last byte of host in the network of an IPv4 subnet.
func nthAddress(subnet map[string]any, host byte) string {
	p, err := netip.ParsePrefix(stringAt(subnet, "subnet"))
	if err != nil || !p.Addr().Is4() {
		return ""
	}
	b := p.Masked().Addr().As4()
	b[3] = host
	return netip.AddrFrom4(b).String()
}
