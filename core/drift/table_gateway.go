package drift

import (
	"time"

	"selvage/core"
)

// gatewayRows is what the webhooks and controllers of gateway.githedgehog.com
// do, as of fabric v0.129.
func gatewayRows() map[string][]Row {
	const hydrated = "the installer assigns it where Git leaves it open"
	gateway := []Row{
		{"gateway.log-level", ".spec.logs.default", Default{"info"}, "the log level is info where none is named"},
		{"gateway.log-tags", ".spec.logs.tags", Dict{}, "each log tag counts by its name"},
		{"gateway.log-tags-default", ".spec.logs.tags", Default{map[string]any{"all": "info"}}, "everything is logged at info where no tag is named"},
		{"gateway.log-tags-default", ".spec.logs.tags.all", Computed{onlyTag}, "everything is logged at info where no tag is named"},
		{"gateway.log-limit", ".spec.logs.rateLimit", Optional{}, "messages are limited where the settings are there, even empty"},
		{"gateway.log-rate", ".spec.logs.rateLimit.*", Assigned{}, "the controller sets the limits where Git leaves them open"},
		{"gateway.workers", ".spec.workers", Default{int64(4)}, "four workers where none are named"},
		{"gateway.groups", ".spec.groups", Keyed{[]string{"name"}}, "the webhook sorts it; a group is known by its name"},
		{"gateway.groups-default", ".spec.groups", Default{[]any{map[string]any{"name": "default"}}}, "the group is \"default\" where none is named"},
		{"gateway.interfaces", ".spec.interfaces", Dict{}, "each interface counts by its name, even empty"},
		{"gateway.hydrated", ".spec.interfaces.*.ips", Assigned{}, hydrated},
		{"gateway.hydrated", ".spec.interfaces.*.mtu", Assigned{}, hydrated},
	}
	for _, name := range []string{"asn", "protocolIP", "vtepIP", "vtepMAC", "vtepMTU", "neighbors"} {
		gateway = append(gateway, Row{"gateway.hydrated", core.Path(".spec").Key(name), Assigned{}, hydrated})
	}
	return map[string][]Row{"Gateway": gateway, "GatewayPeering": gatewayPeeringRows()}
}

func gatewayPeeringRows() []Row {
	const nat = ".spec.peering.*.expose[*].nat"
	return []Row{
		{
			"gwpeering.labels", ".metadata.labels",
			IgnoredKeys{prefixed("vpc.gateway.githedgehog.com/")},
			"the webhook sets them and leaves old ones behind",
		},
		{
			"gwpeering.annotations", ".metadata.annotations",
			IgnoredKeys{func(k string) bool {
				return k == "gateway.githedgehog.com/vpcs" || k == "gateway.githedgehog.com/nat"
			}},
			"the webhook sets them at every write",
		},
		{"gwpeering.group", ".spec.gatewayGroup", Default{"default"}, "the group is \"default\" where none is named"},
		{"gwpeering.peering", ".spec.peering", Dict{}, "each VPC counts by its name, even empty"},
		{"gwpeering.static", nat + ".static", Optional{}, "static NAT is on where its settings are there, even empty"},
		{"gwpeering.masquerade", nat + ".masquerade", Optional{}, "masquerading is on where its settings are there, even empty"},
		{"gwpeering.port-forward", nat + ".portForward", Optional{}, "forwarding is on where its settings are there, even empty"},
		{"gwpeering.idle-form", nat + ".masquerade.idleTimeout", Rewritten{goDuration}, "the server writes durations in Go's form"},
		{"gwpeering.idle-form", nat + ".portForward.idleTimeout", Rewritten{goDuration}, "the server writes durations in Go's form"},
		{"gwpeering.masquerade-idle", nat + ".masquerade.idleTimeout", Default{"2m0s"}, "two minutes where no time is named"},
		{"gwpeering.forward-idle", nat + ".portForward.idleTimeout", Default{"2m0s"}, "two minutes where no time is named"},
		{"gwpeering.acl", ".spec.acl", Optional{}, "an access list is one even without rules"},
		{"gwpeering.acl-default", ".spec.acl.default", Default{"deny-unless-exposed"}, "what is not exposed is denied where nothing else is said"},
		{"gwpeering.acl-scope", ".spec.acl.rules[*].scope", Default{"flow"}, "a rule is for flows where nothing else is said"},
	}
}

// onlyTag is the level of the tag "all", which the server sets where it finds
// no tag at all.
func onlyTag(v View) (any, bool) { return "info", len(v.Up(1)) == 1 }

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
