package drift

import "strings"

// switchRows is what the webhook of switches and its schema do, and what the
// installer fills in.
func switchRows() []Row {
	const flap = ".spec.linkFlapErrDisable"
	const flapDefault, flapZero = "the schema's default", "the schema gives none its default, but not zero"
	const port, speed = "each port counts by its name", "the webhook writes SPEED_25G as 25G"
	return []Row{
		{"switch.port-locators", v129, ".spec.portLocators", Ignored{}, "timers of the locator lights, set by the CLI and removed by the server"},

		{"switch.vlan-namespaces", always, ".spec.vlanNamespaces", Set{}, sortedByWebhook},
		{"switch.vlan-namespaces-default", always, ".spec.vlanNamespaces", Computed{onlyDefault}, "the namespace is \"default\" where none is named"},
		{"switch.groups", always, ".spec.groups", Set{}, sortedByWebhook},
		{"switch.groups-redundancy", always, ".spec.groups", Computed{onlyRedundancyGroup}, "the redundancy group is one of the groups"},
		{"switch.groups-redundancy", always, ".spec.groups[*]", Computed{redundancyGroup}, "the redundancy group is one of the groups"},

		{"switch.flap-detection", v126, flap, Optional{}, "the detection is on where the settings are there, even empty"},
		{"switch.flap-default", v126, flap + ".flapThreshold", Default{int64(3)}, flapDefault},
		{"switch.flap-default", v126, flap + ".samplingInterval", Default{int64(30)}, flapDefault},
		{"switch.flap-default", v126, flap + ".recoveryInterval", Default{int64(300)}, flapDefault},
		{"switch.flap-zero", v126, flap + ".*", Optional{}, flapZero},

		{"switch.hydrated", always, ".spec.ip", Assigned{}, hydrated},
		{"switch.hydrated", always, ".spec.asn", Assigned{}, hydrated},
		{"switch.hydrated", always, ".spec.vtepIP", Assigned{}, hydrated},
		{"switch.hydrated", always, ".spec.protocolIP", Assigned{}, hydrated},

		{"switch.ports", always, ".spec.portGroupSpeeds", Dict{}, port},
		{"switch.ports", always, ".spec.portSpeeds", Dict{}, port},
		{"switch.ports", always, ".spec.portBreakouts", Dict{}, port},
		{"switch.ports", always, ".spec.portAutoNegs", Dict{}, port},
		{"switch.ports", v129, ".spec.portFECs", Dict{}, port},
		{"switch.speed", always, ".spec.portGroupSpeeds.*", Rewritten{shortSpeed}, speed},
		{"switch.speed", always, ".spec.portSpeeds.*", Rewritten{shortSpeed}, speed},
	}
}

func onlyDefault(View) (any, bool) { return []any{"default"}, true }

func onlyRedundancyGroup(v View) (any, bool) {
	group, ok := groupOf(v.Up(1))
	return []any{group}, ok
}

func redundancyGroup(v View) (any, bool) {
	group, ok := groupOf(v.Up(2))
	return group, ok
}

func groupOf(spec map[string]any) (string, bool) {
	redundancy, _ := spec["redundancy"].(map[string]any)
	group, _ := redundancy["group"].(string)
	return group, group != ""
}

func shortSpeed(s string) string { return strings.TrimPrefix(s, "SPEED_") }
