package lint

import "selvage/core"

// Rule is one thing that lint looks for.
type Rule struct {
	ID    string
	Level core.LintLevel
	What  string // it tells, in a line
	Why   string // that matters: what the fabric does about it
}

// Rules lists the rules, in the order in which people should learn them.
func Rules() []Rule {
	all := rules()
	list := make([]Rule, len(all))
	for i, r := range all {
		list[i] = r.Rule
	}
	return list
}

type rule struct {
	Rule
	find func(*world, say)
}

// rules is the one table: a rule is added by a line here.
func rules() []rule {
	return []rule{
		{Rule{"syntax", core.LintError, "a file or document that is no object: bad YAML, no kind, no name", "no engine can apply it, and what it was meant to be is unknown"}, documents("syntax")},
		{Rule{"duplicate", core.LintError, "the same object in two places", "an engine applies one of them, and not always the same"}, documents("duplicate")},
		{Rule{"unknown-kind", core.LintError, "a kind or group that Hedgehog does not have", "the API server has no such resource"}, documents("unknown-kind")},
		{Rule{"version", core.LintError, "an API version that the kind is not served at", "the API server has no such resource"}, version},
		{Rule{"name", core.LintError, "a name with other characters than a-z, 0-9, - and .; VPC, External and IPv4Namespace over 11 characters; a VPC that begins with \"ext.\"", "switches build names of their own from these, and gateways tell an External by the prefix"}, names},
		{Rule{"namespace", core.LintError, "an object outside of the namespace default", "the webhooks of VPCs, wiring and gateways refuse any other"}, namespaces},
		{Rule{"reference", core.LintError, "a name that no object in Git has, or a subnet that the VPC does not have", "the webhook refuses what refers to nothing"}, dangling},
		{Rule{"deleted", core.LintError, "an object that was deleted and is still referred to", "the webhook refuses to delete it, and the deletion stays unapplied"}, deleted},
		{Rule{"immutable", core.LintError, "another type for an existing connection, other breakouts for a switch under RoCE", "the webhook refuses the change"}, immutable},
		{Rule{"vlan", core.LintError, "a VLAN that is missing, not within 1-4094, or outside of its VLANNamespace; ranges that overlap", "the webhook refuses it"}, vlans},
		{Rule{"vlan-twice", core.LintError, "one VLAN for two subnets of a VLANNamespace, or for two attachments of an external connection", "the webhook refuses the second"}, vlansTwice},
		{Rule{"address", core.LintError, "a prefix or address that is none, a VPC subnet smaller than /30, a gateway outside of its subnet", "the webhook refuses it"}, addresses},
		{Rule{"overlap", core.LintError, "two prefixes of one IPv4Namespace that overlap", "the webhook refuses the second"}, overlaps},
		{Rule{"outside", core.LintError, "a VPC subnet outside of its IPv4Namespace", "the webhook refuses it"}, outside},
		{Rule{"dhcp", core.LintError, "a DHCP range, lease, option or relay that does not fit its subnet", "the webhook refuses it"}, dhcp},
		{Rule{"limit", core.LintError, "more or fewer than may be: 20 subnets of a VPC, 10 of an IPv4Namespace, 4 switches of an ESLAG", "the API server or its webhook refuses it"}, limits},
		{Rule{"vpc", core.LintError, "an unknown mode, a policy or a static route of a VPC that says nothing", "the webhook refuses it"}, vpcs},
		{Rule{"attachment", core.LintError, "a VPC attached twice to one connection, a second native VLAN, a connection of a kind that the VPC cannot use", "the webhook refuses it"}, attachments},
		{Rule{"peering", core.LintError, "a peering of other than two VPCs, or across namespaces", "the webhook refuses it"}, peerings},
		{Rule{"external", core.LintError, "an External without communities or prefixes, an attachment without addresses", "the webhook refuses it"}, externals},
		{Rule{"connection", core.LintError, "a connection of no or several types, with a port that is none, or between the wrong number of devices", "the webhook refuses it"}, connections},
		{Rule{"port-twice", core.LintError, "a port that two links use", "the webhook refuses the second; E1/4 and E1/4/1 are one port to it"}, portsTwice},
		{Rule{"switch", core.LintError, "a role or redundancy of a switch that is none, half a redundancy", "the webhook refuses it"}, switches},
		{Rule{"withdrawn", core.LintWarning, "MCLAG, and remote peering", "release 26.03 does not support them any more: they are refused, or do nothing"}, withdrawn},
		{Rule{"unread", core.LintWarning, "a file that was not looked into: a link, a submodule, one that is too large or kept elsewhere", "an engine may read more from it than selvage"}, documents("unread")},
		{Rule{"unrendered", core.LintNote, "a template, a kustomize or Helm root, an encrypted document", "what comes of it is not known here"}, unrendered},
		{Rule{"unchecked", core.LintNote, "references to a kind of which Git holds nothing", "wiring is often left out of Git; whether these exist only the fabric knows"}, unchecked},
	}
}
