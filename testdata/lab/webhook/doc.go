// Package webhook answers the admission reviews of a cluster as the webhooks of
// Hedgehog do.
//
// A Server listens on a free port of 127.0.0.1 with a certificate of the
// authority it is given; Register makes a cluster ask it for every create and
// update of the kinds operators write. What is set, sorted or rewritten is
// decided by the function the server is given (package hedgehog in the lab);
// this package only turns its work into a JSON patch.
//
// RegisterRules makes a cluster ask it as well whether VPCs may be stored and
// deleted and connections deleted. The rules are those of Hedgehog that a fabric
// meets in daily work (rules.go): VLANs and subnets that clash with another VPC's,
// a name that is too long, a deletion of what something refers to.
//
// # Decisions
//
// failurePolicy is Fail, as on a fabric: a lab whose webhook is down refuses
// writes instead of storing objects no fabric would hold.
//
// The patch names the smallest maps and whole lists that differ. What a webhook
// changed belongs to no field manager, whatever the shape of its patch; a small
// patch can be read in the audit log.//
// The rules are a cluster's choice. Most tests want to make states that a fabric
// would not let them; those about refusals start a cluster that has the rules.
//
// The rules look up the other objects as they are stored, by their spec. Hedgehog
// finds them by the labels its mutating webhooks set, which comes to the same.
package webhook
