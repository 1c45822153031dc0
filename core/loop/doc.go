// Package loop is the engine below the screens: for every fabric it reads both
// sides, has them compared, records what was found and tells whoever listens.
// (It is called loop because "engine" means Argo CD or Flux here.)
//
// [New] makes a [Loop]; [Loop.Restore] fills it with what the history last
// knew, without any network; [Loop.Run] checks every fabric at its interval
// until its context ends; [Loop.Check] makes one check of one fabric for
// commands that are not a dashboard. [Loop.Fleet] is the state at any time, and
// [Loop.Subscribe] tells when it changed.
//
// # Promises
//
//   - A fabric that hangs or fails delays no other one.
//   - A check reads, compares and records; it writes nothing but the history.
//   - What a cancelled check has seen is not recorded, for it was cut off and
//     not read.
//   - Git out of reach does not blind the fabric: live is compared with the
//     last whole reading of Git, and the report says how old that is.
//   - Events are notifications. A slow listener gets one for each fabric that
//     changed, however often it did; publishing never waits.
//
// # Decisions
//
// Both sides are read at the same time where the memory tells which namespaces
// and kinds to ask for; live is read again in the rare case that Git names
// others. At first contact Git comes first.
//
// A source that does not return when its time is over is left behind and its
// side reported as unreachable, and it is not asked again before it has
// returned: a library that hangs in a system call must not hang the fabric.
package loop
