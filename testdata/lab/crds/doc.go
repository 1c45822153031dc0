// Package crds holds the lab's own definitions of the Hedgehog kinds that
// operators write, and of Agent, and installs them into a cluster.
//
// The definitions are data: All returns them in a fixed order. A kind has the
// group, version, plural, short names and printer columns a Hedgehog control
// node serves, a status subresource, and a schema with the real type of every
// field an operator meets. Install creates them, or those that Folder reads, and
// returns when each one can be listed at once. Write prints them, for an offline
// copy of a cluster.
//
// Engines returns those of the kinds that Argo CD and Flux show themselves in.
// They are installed where an engine is to be seen, and nowhere else.
//
// # Decisions
//
// Open schemas. The fields of Hedgehog change with every release, so an object
// of the lab keeps a field that its schema does not know
// (x-kubernetes-preserve-unknown-fields at every level). VPCAttachment alone is
// strict and drops what it does not know, as all kinds do on a real fabric, so
// that pruning is met in tests.
//
// One default. Only Switch.spec.linkFlapErrDisable has defaults in its schema,
// as upstream. All other defaults are the work of the webhook.
//
// One null. The documentation of Hedgehog writes the subnets of a VPCPeering as
// nothing at all ("vpc-01:"), and its webhook makes {} of it. An API server drops
// a null from a map on create and update, though not on server-side apply, unless
// the schema allows it; the lab's does, so that both ways end in what the webhook
// makes.
//
// No refusals. Most of the bounds of Hedgehog's schemas are not here, and its
// validating webhooks are package webhook's, for clusters that ask for them: the
// others accept what a fabric would refuse. The enumerations and required fields that are here make kubectl report a typing
// error as it would on a fabric.
//
// Agent is installed with all the columns of a control node, because they are all
// that may be asked for of one. A test proves with the audit log that nothing asks
// for whole Agents; that is only worth something where they exist.
package crds
