package drift

// connectionRows is what the webhook of connections does, and what the
// installer fills in.
func connectionRows() []Row {
	return []Row{
		{
			"connection.annotations", v129, ".metadata.annotations",
			IgnoredKeys{prefixed("fabric.githedgehog.com/")},
			"the webhook deletes and sets all annotations of this domain anew at every write",
		},
		{"connection.hydrated", always, ".spec.fabric.links[*].spine.ip", Assigned{}, hydrated},
		{"connection.hydrated", always, ".spec.fabric.links[*].leaf.ip", Assigned{}, hydrated},
		{"connection.hydrated", always, ".spec.mesh.links[*].leaf1.ip", Assigned{}, hydrated},
		{"connection.hydrated", always, ".spec.mesh.links[*].leaf2.ip", Assigned{}, hydrated},
		{"connection.hydrated", always, ".spec.gateway.links[*].switch.ip", Assigned{}, hydrated},
		{"connection.hydrated", always, ".spec.gateway.links[*].gateway.ip", Assigned{}, hydrated},
	}
}
