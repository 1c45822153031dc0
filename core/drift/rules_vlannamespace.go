package drift

import "selvage/core"

// vlanNamespaceRows is what the webhook of VLAN namespaces does.
func vlanNamespaceRows() []Row {
	return []Row{
		{"vlannamespace.ranges", always, ".spec.ranges", Set{}, sortedByWebhook},
		{"vlannamespace.single", always, ".spec.ranges[*]", Completed{singleVLAN}, "a range without an end is its first VLAN alone"},
	}
}

func singleVLAN(r map[string]any) {
	if to := r["to"]; to == nil || core.EqualJSON(to, int64(0)) {
		if from, ok := r["from"]; ok {
			r["to"] = from
		}
	}
}
