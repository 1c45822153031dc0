package drift

// externalRows is what the webhook of externals does.
func externalRows() []Row {
	return []Row{
		{"ipv4-namespace", always, ".spec.ipv4Namespace", Default{"default"}, "the namespace is \"default\" where none is named"},
		{"external.static", always, ".spec.static", Optional{}, "a static external is one even without prefixes"},
	}
}
