package drift

// ipv4NamespaceRows is what the webhook of IPv4 namespaces does.
func ipv4NamespaceRows() []Row {
	return []Row{
		{"ipv4namespace.subnets", always, ".spec.subnets", Set{}, sortedByWebhook},
	}
}
