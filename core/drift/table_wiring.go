package drift

import (
	"strings"

	"selvage/core"
)

// wiringRows is what the webhooks of wiring.githedgehog.com do, as of fabric
// v0.129, and what the installer fills in (hhfab, "hydration").
func wiringRows() map[string][]Row {
	const hydrated = "the installer assigns it where Git leaves it open"
	return map[string][]Row{
		"Switch":     switchRows(hydrated),
		"Connection": connectionRows(hydrated),
		"VLANNamespace": {
			{"vlannamespace.ranges", ".spec.ranges", Set{}, "the webhook sorts it; its order means nothing"},
			{"vlannamespace.single", ".spec.ranges[*]", Completed{singleVLAN}, "a range without an end is its first VLAN alone"},
		},
	}
}

func switchRows(hydrated string) []Row {
	rows := []Row{
		{"switch.port-locators", ".spec.portLocators", Ignored{}, "timers of the locator lights, set by the CLI and removed by the server"},
		{"switch.vlan-namespaces", ".spec.vlanNamespaces", Set{}, "the webhook sorts it; its order means nothing"},
		{"switch.vlan-namespaces-default", ".spec.vlanNamespaces", Computed{onlyDefault}, "the namespace is \"default\" where none is named"},
		{"switch.groups", ".spec.groups", Set{}, "the webhook sorts it; its order means nothing"},
		{"switch.groups-redundancy", ".spec.groups", Computed{onlyRedundancyGroup}, "the redundancy group is one of the groups"},
		{"switch.groups-redundancy", ".spec.groups[*]", Computed{redundancyGroup}, "the redundancy group is one of the groups"},
		{"switch.flap-detection", ".spec.linkFlapErrDisable", Optional{}, "the detection is on where the settings are there, even empty"},
	}
	for name, value := range map[string]int64{"flapThreshold": 3, "samplingInterval": 30, "recoveryInterval": 300} {
		path := core.Path(".spec.linkFlapErrDisable").Key(name)
		rows = append(
			rows,
			Row{"switch.flap-default", path, Default{value}, "the schema's default"},
			Row{"switch.flap-zero", path, Optional{}, "the schema gives none its default, but not zero"},
		)
	}
	for _, name := range []string{"ip", "asn", "vtepIP", "protocolIP"} {
		rows = append(rows, Row{"switch.hydrated", core.Path(".spec").Key(name), Assigned{}, hydrated})
	}
	for _, name := range []string{"portGroupSpeeds", "portSpeeds", "portBreakouts", "portAutoNegs", "portFECs"} {
		path := core.Path(".spec").Key(name)
		rows = append(rows, Row{"switch.ports", path, Dict{}, "each port counts by its name"})
		if strings.HasSuffix(name, "Speeds") {
			rows = append(rows, Row{"switch.speed", path + ".*", Rewritten{shortSpeed}, "the webhook writes SPEED_25G as 25G"})
		}
	}
	return rows
}

func connectionRows(hydrated string) []Row {
	rows := []Row{{
		"connection.annotations", ".metadata.annotations",
		IgnoredKeys{prefixed("fabric.githedgehog.com/")},
		"the webhook deletes and sets all annotations of this domain anew at every write",
	}}
	for _, ends := range [][3]string{{"fabric", "spine", "leaf"}, {"mesh", "leaf1", "leaf2"}, {"gateway", "switch", "gateway"}} {
		links := core.Path(".spec").Key(ends[0]).Key("links") + "[*]"
		for _, end := range ends[1:] {
			rows = append(rows, Row{"connection.hydrated", links.Key(end).Key("ip"), Assigned{}, hydrated})
		}
	}
	return rows
}

func singleVLAN(r map[string]any) {
	if to := r["to"]; to == nil || core.EqualJSON(to, int64(0)) {
		if from, ok := r["from"]; ok {
			r["to"] = from
		}
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
