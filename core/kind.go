package core

import (
	"slices"
	"strings"
)

// Kind is what selvage knows of one of Hedgehog's kinds before it has asked
// any cluster.
type Kind struct {
	GroupKind
	Version string // of the API it is served at today
	Plural  string
	Short   []string // the short names of kubectl
	Owner   KindOwner
}

// KindOwner tells who writes the objects of a kind.
type KindOwner uint8

const (
	// Operator: people write it, so it may be kept in Git and is compared.
	Operator KindOwner = iota
	// Controller: Hedgehog's controllers write it. It is compared only where a
	// fabric's scope names the kind itself.
	Controller
	// Secret: written by controllers and holding credentials (agents carry
	// password hashes and registry passwords). It is never read as an object.
	Secret
)

// Kinds is the table of Hedgehog's kinds, as of fabric v0.129 (release 26.03).
func Kinds() []Kind {
	const (
		vpc     = "vpc.githedgehog.com"
		wiring  = "wiring.githedgehog.com"
		gateway = "gateway.githedgehog.com"
	)
	kind := func(owner KindOwner, group, version, name, plural string, short ...string) Kind {
		return Kind{GroupKind{group, name}, version, plural, short, owner}
	}
	return []Kind{
		kind(Operator, vpc, "v1beta1", "VPC", "vpcs"),
		kind(Operator, vpc, "v1beta1", "VPCAttachment", "vpcattachments", "vpcattach"),
		kind(Operator, vpc, "v1beta1", "VPCPeering", "vpcpeerings", "vpcpeer"),
		kind(Operator, vpc, "v1beta1", "External", "externals", "ext"),
		kind(Operator, vpc, "v1beta1", "ExternalAttachment", "externalattachments", "extattach"),
		kind(Operator, vpc, "v1beta1", "ExternalPeering", "externalpeerings", "extpeering", "extpeer"),
		kind(Operator, vpc, "v1beta1", "IPv4Namespace", "ipv4namespaces", "ipns"),
		kind(Operator, wiring, "v1beta1", "Switch", "switches", "sw"),
		kind(Operator, wiring, "v1beta1", "Connection", "connections", "conn"),
		kind(Operator, wiring, "v1beta1", "Server", "servers", "srv"),
		kind(Operator, wiring, "v1beta1", "SwitchGroup", "switchgroups", "sg"),
		kind(Operator, wiring, "v1beta1", "VLANNamespace", "vlannamespaces", "vlanns"),
		kind(Operator, wiring, "v1beta1", "ServerProfile", "serverprofiles"),
		kind(Operator, gateway, "v1alpha1", "Gateway", "gateways", "gw"),
		kind(Operator, gateway, "v1alpha1", "GatewayGroup", "gatewaygroups", "gwgr"),
		kind(Operator, gateway, "v1alpha1", "GatewayPeering", "gatewaypeerings", "gwpeer"),
		kind(Controller, wiring, "v1beta1", "SwitchProfile", "switchprofiles", "sp"),
		kind(Controller, gateway, "v1alpha1", "VPCInfo", "vpcinfos", "gwvpc"),
		kind(Controller, "gwint.githedgehog.com", "v1alpha1", "GatewayAgent", "gatewayagents", "gwag"),
		kind(Controller, "agent.githedgehog.com", "v1beta1", "Catalog", "catalogs"),
		kind(Controller, "dhcp.githedgehog.com", "v1beta1", "DHCPSubnet", "dhcpsubnets", "dhcp"),
		kind(Secret, "agent.githedgehog.com", "v1beta1", "Agent", "agents", "ag"),
		kind(Secret, "fabricator.githedgehog.com", "v1beta1", "Fabricator", "fabricators", "fab"),
		kind(Secret, "fabricator.githedgehog.com", "v1beta1", "ControlNode", "controlnodes"),
		kind(Secret, "fabricator.githedgehog.com", "v1beta1", "FabNode", "fabnodes"),
	}
}

// HedgehogGroup tells whether an API group is one of Hedgehog's.
func HedgehogGroup(group string) bool { return strings.HasSuffix(group, ".githedgehog.com") }

// Named tells whether a person who writes name means this kind: by kind,
// plural or short name, in any case, with or without ".group".
func (k Kind) Named(name string) bool {
	name, group, grouped := strings.Cut(name, ".")
	if grouped && !strings.EqualFold(group, k.Group) {
		return false
	}
	return strings.EqualFold(name, k.Kind) || strings.EqualFold(name, k.Plural) ||
		slices.ContainsFunc(k.Short, func(s string) bool { return strings.EqualFold(s, name) })
}

// KindFilter says which kinds of a fabric are compared. The zero filter takes
// the kinds that operators write. With Groups or Kinds it takes exactly what
// these name: of a group all kinds but those that controllers write, and a
// kind whoever writes it. Kinds that hold credentials are never taken.
type KindFilter struct {
	Groups  []string // API groups, whole
	Kinds   []string // kinds, as [Kind.Named] understands them
	Exclude []string // kinds to leave out after all, likewise
}

// Has tells whether the filter takes a kind.
func (f KindFilter) Has(gk GroupKind) bool {
	k := KindOf(gk)
	named := func(name string) bool { return k.Named(name) }
	if k.Owner == Secret || slices.ContainsFunc(f.Exclude, named) {
		return false
	}
	if slices.ContainsFunc(f.Kinds, named) {
		return true
	}
	if k.Owner != Operator {
		return false
	}
	if len(f.Groups) == 0 && len(f.Kinds) == 0 {
		return known(gk)
	}
	return slices.Contains(f.Groups, gk.Group)
}

// Extended tells whether the filter reaches past the kinds of [Kinds], so that
// only the cluster can tell which kinds it takes.
func (f KindFilter) Extended() bool {
	return slices.ContainsFunc(f.Groups, func(g string) bool { return !HedgehogGroup(g) }) || len(f.Kinds) > 0
}

func known(gk GroupKind) bool {
	return slices.ContainsFunc(Kinds(), func(k Kind) bool { return k.GroupKind == gk })
}

// KindOf is what the table knows of a kind. One that is not there is taken for
// an operator's, and is known by its name alone.
func KindOf(gk GroupKind) Kind {
	for _, k := range Kinds() {
		if k.GroupKind == gk {
			return k
		}
	}
	return Kind{GroupKind: gk}
}
