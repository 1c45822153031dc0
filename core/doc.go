// Package core is the vocabulary of selvage: what a fabric, an object, a
// reading of Git or of a cluster, a difference and a verdict are, and the
// ports through which the rest of the program is plugged together.
//
// It imports nothing but the standard library and does no I/O. Everything
// here is a value: once a [Snapshot] or a [Report] has been handed over nobody
// changes it, so it may be read from any goroutine without a lock.
//
// Start reading at [Key] and [Object] (what is compared), then [Snapshot]
// (what was read, and what was not), then [Verdict] and [Report] (what that
// means), then [Source] and [History] (where it comes from and where it is
// kept).
//
// # Promises
//
//   - Absence is a proof, never a default. [Snapshot.Side] calls an object
//     absent only where its kind and namespace were read whole and nothing
//     unreadable could hold it.
//   - One decoder. Both sides of every comparison pass [DecodeJSON] and
//     [NewObject]; a number read from YAML and one read from the API are the
//     same Go type.
//
// # Decisions
//
// A JSON document is held as the map[string]any that encoding/json makes of
// it, with int64 for whole numbers, and not as typed structs: Hedgehog's API
// adds fields with every release, and a field this program has never heard of
// must be compared like any other.
//
// The API version is an attribute of an object and not part of its identity:
// the same VPC read as v1beta1 and v1beta2 is one object.
package core
