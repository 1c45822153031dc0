package drift

import "time"

// gatewayPeeringRows is what the webhook and the controller of gateway peerings
// do.
func gatewayPeeringRows() []Row {
	const nat = ".spec.peering.*.expose[*].nat"
	return []Row{
		{
			"gwpeering.labels", always, ".metadata.labels",
			IgnoredKeys{prefixed("vpc.gateway.githedgehog.com/")},
			"the webhook sets them and leaves old ones behind",
		},
		{
			"gwpeering.annotations", v129, ".metadata.annotations",
			IgnoredKeys{oneOf("gateway.githedgehog.com/vpcs", "gateway.githedgehog.com/nat")},
			"the webhook sets them at every write",
		},
		{"gwpeering.group", always, ".spec.gatewayGroup", Default{"default"}, "the group is \"default\" where none is named"},
		{"gwpeering.peering", always, ".spec.peering", Dict{}, "each VPC counts by its name, even empty"},

		{"gwpeering.static", always, nat + ".static", Optional{}, "static NAT is on where its settings are there, even empty"},
		{"gwpeering.masquerade", always, nat + ".masquerade", Optional{}, "masquerading is on where its settings are there, even empty"},
		{"gwpeering.port-forward", always, nat + ".portForward", Optional{}, "forwarding is on where its settings are there, even empty"},
		{"gwpeering.idle-form", always, nat + ".masquerade.idleTimeout", Rewritten{goDuration}, "the server writes durations in Go's form"},
		{"gwpeering.idle-form", always, nat + ".portForward.idleTimeout", Rewritten{goDuration}, "the server writes durations in Go's form"},
		{"gwpeering.masquerade-idle", always, nat + ".masquerade.idleTimeout", Default{"2m0s"}, "two minutes where no time is named"},
		{"gwpeering.forward-idle", always, nat + ".portForward.idleTimeout", Default{"2m0s"}, "two minutes where no time is named"},

		{"gwpeering.acl", v126, ".spec.acl", Optional{}, "an access list is one even without rules"},
		{"gwpeering.acl-default", v126, ".spec.acl.default", Default{"deny-unless-exposed"}, "what is not exposed is denied where nothing else is said"},
		{"gwpeering.acl-scope", v126, ".spec.acl.rules[*].scope", Default{"flow"}, "a rule is for flows where nothing else is said"},
	}
}

// goDuration is a duration as the server writes it: 300s becomes 5m0s. None at
// all is empty, as the default takes its place; what is no duration stays.
func goDuration(s string) string {
	d, err := time.ParseDuration(s)
	switch {
	case err != nil:
		return s
	case d == 0:
		return ""
	}
	return d.String()
}
