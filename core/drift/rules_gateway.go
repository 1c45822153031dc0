package drift

// gatewayRows is what the webhook and the controller of gateways do, and what
// the installer fills in.
func gatewayRows() []Row {
	return []Row{
		{"gateway.log-level", always, ".spec.logs.default", Default{"info"}, "the log level is info where none is named"},
		{"gateway.log-tags", always, ".spec.logs.tags", Dict{}, "each log tag counts by its name"},
		{"gateway.log-tags-default", always, ".spec.logs.tags", Default{map[string]any{"all": "info"}}, "everything is logged at info where no tag is named"},
		{"gateway.log-tags-default", always, ".spec.logs.tags.all", Computed{onlyTag}, "everything is logged at info where no tag is named"},
		{"gateway.log-limit", v126, ".spec.logs.rateLimit", Optional{}, "messages are limited where the settings are there, even empty"},
		{"gateway.log-rate", v126, ".spec.logs.rateLimit.*", Assigned{}, "the controller sets the limits where Git leaves them open"},
		{"gateway.workers", always, ".spec.workers", Default{int64(4)}, "four workers where none are named"},
		{"gateway.groups", always, ".spec.groups", Keyed{[]string{"name"}}, "the webhook sorts it; a group is known by its name"},
		{"gateway.groups-default", always, ".spec.groups", Default{[]any{map[string]any{"name": "default"}}}, "the group is \"default\" where none is named"},

		{"gateway.interfaces", always, ".spec.interfaces", Dict{}, "each interface counts by its name, even empty"},
		{"gateway.hydrated", always, ".spec.interfaces.*.ips", Assigned{}, hydrated},
		{"gateway.hydrated", always, ".spec.interfaces.*.mtu", Assigned{}, hydrated},
		{"gateway.hydrated", always, ".spec.asn", Assigned{}, hydrated},
		{"gateway.hydrated", always, ".spec.protocolIP", Assigned{}, hydrated},
		{"gateway.hydrated", always, ".spec.vtepIP", Assigned{}, hydrated},
		{"gateway.hydrated", always, ".spec.vtepMAC", Assigned{}, hydrated},
		{"gateway.hydrated", always, ".spec.vtepMTU", Assigned{}, hydrated},
		{"gateway.hydrated", always, ".spec.neighbors", Assigned{}, hydrated},
	}
}

// onlyTag is the level of the tag "all", which the server sets where it finds
// no tag at all.
func onlyTag(v View) (any, bool) { return "info", len(v.Up(1)) == 1 }
