// Package webhook answers the admission reviews of a cluster as the mutating
// webhooks of Hedgehog do.
//
// A Server listens on a free port of 127.0.0.1 with a certificate of the
// authority it is given; Register makes a cluster ask it for every create and
// update of the kinds operators write. What is set, sorted or rewritten is
// decided by the function the server is given (package hedgehog in the lab);
// this package only turns its work into a JSON patch.
//
// # Decisions
//
// failurePolicy is Fail, as on a fabric: a lab whose webhook is down refuses
// writes instead of storing objects no fabric would hold.
//
// The patch names the smallest maps and whole lists that differ. What a webhook
// changed belongs to no field manager, whatever the shape of its patch; a small
// patch can be read in the audit log.
package webhook
