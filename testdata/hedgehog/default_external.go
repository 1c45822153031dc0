package hedgehog

func defaultExternal(t target) {
	setDefault(t.spec, "ipv4Namespace", defaultName)
	t.relabel(map[string]string{fabricPrefix + "ipv4ns": stringAt(t.spec, "ipv4Namespace")})
}

// externalAttachmentShape: switch and neighbor are written even for a static attachment, which must not set them.
func externalAttachmentShape() shape {
	return shape{
		structs: map[string]shape{"switch": {}, "neighbor": {}},
		options: map[string]shape{
			"static": {zeros: map[string]any{"remoteIP": ""}},
			"inboundACL": {each: map[string]shape{"statements": {zeros: map[string]any{
				"seq": int64(0), "action": "", "protocol": "", "srcPrefix": "", "dstPrefix": "",
			}}}},
		},
	}
}

func defaultExternalAttachment(t target) {
	t.relabel(map[string]string{
		fabricPrefix + "connection": stringAt(t.spec, "connection"),
		fabricPrefix + "external":   stringAt(t.spec, "external"),
	})
}

func externalPeeringShape() shape {
	return shape{structs: map[string]shape{"permit": {structs: map[string]shape{
		"vpc":      {},
		"external": {each: map[string]shape{"prefixes": {}}},
	}}}}
}

func defaultExternalPeering(t target) {
	permit := mapAt(t.spec, "permit")
	vpc, external := mapAt(permit, "vpc"), mapAt(permit, "external")
	t.relabel(map[string]string{
		fabricPrefix + "vpc":      stringAt(vpc, "name"),
		fabricPrefix + "external": stringAt(external, "name"),
	})
	sortStrings(vpc, "subnets")
	sortMaps(listAt(external, "prefixes"), "prefix")
}
