package drift

// vpcPeeringRows is what the webhook of VPC peerings does.
func vpcPeeringRows() []Row {
	return []Row{
		{"vpcpeering.permit", always, ".spec.permit[*]", Dict{}, "a VPC without subnets takes part with all of them"},
	}
}
