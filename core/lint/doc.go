// Package lint looks in what Git says for what a fabric would refuse or cannot
// make sense of, before it is applied and without asking the fabric.
//
// [Check] takes a snapshot of Git, or one put together of any objects, and gives
// the findings. What is looked for is one table, [Rules].
//
// # Promises
//
//   - It is a function of its arguments: no clock, no files, no network.
//   - Nothing is called missing that was merely not read: what a file may hold
//     that could not be parsed, a kind that the directories leave out, and
//     everything beyond a single file is passed over.
//   - A manifest that lacks what the server fills in is sound.
//   - Time grows with the number of objects, but for sorting: prefixes are
//     swept in their order and not held against each other.
//
// # Decisions
//
// The rules are those of Hedgehog's webhooks and schemas as of fabric v0.129
// (release 26.03), as far as they can be known from Git alone. Left out is what
// depends on the fabric's own settings (reserved subnets and VLANs, MTU), on
// switch profiles, and on what hydration fills in before the first install:
// addresses and AS numbers of the underlay may be missing.
//
// A rule speaks of one fact in one place. Where a prefix does not parse, only
// the rule address says so; the rules that would compare it pass it over.
//
// What release 26.03 withdrew is a warning and no error: an older fabric still
// runs it, and from Git alone the release cannot be told.
//
// References into a kind of which Git holds no object are told in one note.
// Hedgehog's own GitOps layout leaves all wiring out, and there a reference to
// a connection says nothing.
//
// A deleted object that others still need is told at those others, because that
// is where the next edit has to be made.
//
// Objects are read as decoded JSON and not as Hedgehog's own Go types: their
// module cannot be fetched, and a field that a newer release adds must not
// break anything here.
package lint
