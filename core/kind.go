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
	Short   string // the short names of kubectl, with spaces between
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
	t := table()
	return t[:]
}

// table is an array, so that a look into it costs no allocation: it is looked
// into for every object that is read.
func table() [25]Kind {
	const (
		vpc     = "vpc.githedgehog.com"
		wiring  = "wiring.githedgehog.com"
		gateway = "gateway.githedgehog.com"
	)
	return [...]Kind{
		{GroupKind{vpc, "VPC"}, "v1beta1", "vpcs", "", Operator},
		{GroupKind{vpc, "VPCAttachment"}, "v1beta1", "vpcattachments", "vpcattach", Operator},
		{GroupKind{vpc, "VPCPeering"}, "v1beta1", "vpcpeerings", "vpcpeer", Operator},
		{GroupKind{vpc, "External"}, "v1beta1", "externals", "ext", Operator},
		{GroupKind{vpc, "ExternalAttachment"}, "v1beta1", "externalattachments", "extattach", Operator},
		{GroupKind{vpc, "ExternalPeering"}, "v1beta1", "externalpeerings", "extpeering extpeer", Operator},
		{GroupKind{vpc, "IPv4Namespace"}, "v1beta1", "ipv4namespaces", "ipns", Operator},
		{GroupKind{wiring, "Switch"}, "v1beta1", "switches", "sw", Operator},
		{GroupKind{wiring, "Connection"}, "v1beta1", "connections", "conn", Operator},
		{GroupKind{wiring, "Server"}, "v1beta1", "servers", "srv", Operator},
		{GroupKind{wiring, "SwitchGroup"}, "v1beta1", "switchgroups", "sg", Operator},
		{GroupKind{wiring, "VLANNamespace"}, "v1beta1", "vlannamespaces", "vlanns", Operator},
		{GroupKind{wiring, "ServerProfile"}, "v1beta1", "serverprofiles", "", Operator},
		{GroupKind{gateway, "Gateway"}, "v1alpha1", "gateways", "gw", Operator},
		{GroupKind{gateway, "GatewayGroup"}, "v1alpha1", "gatewaygroups", "gwgr", Operator},
		{GroupKind{gateway, "GatewayPeering"}, "v1alpha1", "gatewaypeerings", "gwpeer", Operator},
		{GroupKind{wiring, "SwitchProfile"}, "v1beta1", "switchprofiles", "sp", Controller},
		{GroupKind{gateway, "VPCInfo"}, "v1alpha1", "vpcinfos", "gwvpc", Controller},
		{GroupKind{"gwint.githedgehog.com", "GatewayAgent"}, "v1alpha1", "gatewayagents", "gwag", Controller},
		{GroupKind{"agent.githedgehog.com", "Catalog"}, "v1beta1", "catalogs", "", Controller},
		{GroupKind{"dhcp.githedgehog.com", "DHCPSubnet"}, "v1beta1", "dhcpsubnets", "dhcp", Controller},
		{GroupKind{"agent.githedgehog.com", "Agent"}, "v1beta1", "agents", "ag", Secret},
		{GroupKind{"fabricator.githedgehog.com", "Fabricator"}, "v1beta1", "fabricators", "fab", Secret},
		{GroupKind{"fabricator.githedgehog.com", "ControlNode"}, "v1beta1", "controlnodes", "", Secret},
		{GroupKind{"fabricator.githedgehog.com", "FabNode"}, "v1beta1", "fabnodes", "", Secret},
	}
}

// SecretResource tells whether a resource, by its group and plural, is of a kind
// that holds credentials: one of the table, or Kubernetes' own secrets.
func SecretResource(group, plural string) bool {
	return group == "" && plural == "secrets" || slices.ContainsFunc(Kinds(), func(k Kind) bool {
		return k.Owner == Secret && k.Group == group && k.Plural == plural
	})
}

// FileKind is the kind under which a document in Git without an identity of its
// own is reported; its name is the file's path.
const FileKind = "File"

// IsFile tells whether a key stands for a file and not for an object.
func (k Key) IsFile() bool { return k.Kind == FileKind && k.Group == "" }

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
		slices.ContainsFunc(strings.Fields(k.Short), func(s string) bool { return strings.EqualFold(s, name) })
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
	k, known := find(gk)
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
		return known
	}
	return slices.Contains(f.Groups, gk.Group)
}

// KindOf is what the table knows of a kind. One that is not there is taken for
// an operator's, and is known by its name alone.
func KindOf(gk GroupKind) Kind {
	k, _ := find(gk)
	return k
}

// Known tells whether a kind is one that an object can have: one in the table,
// or one of a group that is not Hedgehog's, of which only the cluster knows.
func Known(gk GroupKind) bool {
	_, known := find(gk)
	return known || !HedgehogGroup(gk.Group)
}

func find(gk GroupKind) (k Kind, known bool) {
	for _, k := range table() {
		if k.GroupKind == gk {
			return k, true
		}
	}
	return Kind{GroupKind: gk}, false
}

// PluralOf is the plural of a kind, as in the API's paths: of one that is not
// known, the one that English would make.
func PluralOf(gk GroupKind) string {
	if k := KindOf(gk); k.Plural != "" {
		return k.Plural
	}
	kind := strings.ToLower(gk.Kind)
	switch {
	case strings.HasSuffix(kind, "s"):
		return kind + "es"
	case strings.HasSuffix(kind, "y"):
		return strings.TrimSuffix(kind, "y") + "ies"
	}
	return kind + "s"
}
