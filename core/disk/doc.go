// Package disk writes files that are there whole or not at all.
//
// # Promises
//
//   - Whoever reads the name meanwhile, or after the power went, finds what was there
//     before or what is there now, and never a part of it.
//   - What fails leaves what was there, and nothing beside it.
//
// # Decisions
//
// The new text goes into a file beside the old one, which it is renamed over: a file
// system does that as one step. It is on the disk before, and the folder after it: a
// rename can otherwise come there before the text that it names.
package disk
