package drift

// externalPeeringRows is what the webhook of external peerings does.
func externalPeeringRows() []Row {
	return []Row{
		{"extpeering.subnets", always, ".spec.permit.vpc.subnets", Set{}, sortedByWebhook},
		{"extpeering.prefixes", always, ".spec.permit.external.prefixes", Keyed{[]string{"prefix"}}, "the webhook sorts it; a prefix is known by itself"},
	}
}
