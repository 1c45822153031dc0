// Package loop is the engine below the screens: for every fabric it reads both
// sides, has them compared, records what was found and tells whoever listens.
// (It is called loop because "engine" means Argo CD or Flux here.)
//
// [New] makes a [Loop]; [Loop.Restore] fills it with what the history last
// knew, without any network; [Loop.Run] watches every fabric, and checks it at
// its interval and when live changes, until its context ends. Commands that are
// not a dashboard make one check with [Loop.Check], and wait with [Loop.Settle]
// for what Git's history says about it. [Loop.Fleet] is the state at any time,
// and [Loop.Subscribe] tells when it changed. [Loop.Explain] and [Loop.Object]
// tell more about one object. Who decides something takes it from
// [Loop.Subjects] and [Loop.Git], and then calls [Loop.Reconsider].
//
// Where several processes have one history, [Company] tells them of each other: one
// of them watches a fabric, and the others show what it records.
//
// # Promises
//
//   - A fabric that hangs or fails delays no other one.
//   - A check reads, compares and records; it writes nothing but the history.
//   - What a cancelled check has seen is not recorded, for it was cut off and
//     not read.
//   - Git out of reach does not blind the fabric: live is compared with the
//     last whole reading of Git, and the report says how old that is.
//   - Git's history, which may have to be cloned first, delays no check. What
//     it tells is compared, shown and recorded when it comes.
//   - The engine and the switches, which are read beside both sides, delay a
//     check by a second at most; what they say is shown when it comes. What is
//     recorded before the engine has ever answered has no first bases.
//   - What a watch saw come and go is kept until a record of it has succeeded,
//     and the times in which nobody watched are recorded as such.
//   - What somebody decides counts at once, whatever is out of reach or being
//     checked, and has come true only by what was read whole.
//   - Events are notifications. A slow listener gets one for each fabric that
//     changed, however often it did; publishing never waits.
//
// # Decisions
//
// Both sides are read at the same time where the memory tells which namespaces
// and kinds to ask for; live is read again in the rare case that Git names
// others. At first contact Git comes first. A change of live is no reason to
// trust the last reading of Git: an engine applies what was pushed a moment ago,
// and that would look like drift.
//
// A source that does not return when its time is over is left behind and its
// side reported as unreachable, and it is not asked again before it has
// returned: a library that hangs in a system call must not hang the fabric. It
// is the same with looking back and with watching.
//
// What a comparison would learn from Git's history is asked for in a goroutine
// of its own, one for each fabric, and the same content is compared again with
// the answer. A check shows what it found at once and then keeps its record back
// for a second: from a clone that is there already the answer takes
// milliseconds, and a change would otherwise stand in the history without the
// commit that made it. An answer holds for one question, which is the revision
// and both contents of an object, because the source stops looking when the
// comparison has enough: for another difference that may be too early. Asking
// again is cheap, the source has its own cache. After a failure the verdicts are
// given without the history, which is asked again after half a minute, then ever
// more rarely.
//
// Whether a branch that moved still has its last commit in its history is asked
// in the same way. The question is kept until it is answered, and the answer
// until it is recorded; a process that is killed in between forgets it, for the
// revision is recorded by then. That costs a warning and never a verdict, since
// bases are contents and not commits.
//
// The engine counts in the comparison, so that its answer has both sides compared
// again where it came too late for the check; the switches do not, and are looked
// at every 20 seconds beside the checks, because a heartbeat is to be told by the
// minute. An engine is asked to look at Git, where that is allowed, only when a
// person asked for the check: an engine has its own clock.
//
// Where the history has no trace of what the engine wants or applied, the branch
// was rewritten, or the engine applies something else. Only the second makes all
// verdicts void, so it is said only of an engine that has looked at Git while the
// branch stood where it stands, minutes after it had come there: Argo CD keeps for
// three minutes what a server told it. Flux does not tell when it looked.
//
// From when an engine could act is taken over from one report to the next, because
// no engine tells when it was last resumed. A time in which nobody could read it
// counts as one in which it could not: a commit is called stuck later by that,
// never wrongly.
//
// A decision is compared with what was seen last, for a key that was pressed has
// to show something before a cluster answers. While a check holds the fabric, the
// judgement before is shown with the decision in it and not recorded; the check
// reads the memory once more when it has read both sides, and whatever comes later
// than that has the comparison made again at its end. What was seen before another
// process recorded a check is not compared again: it would turn the history back.
//
// A change of live asks for a check half a second after the last one at the
// earliest, so that a storm of changes costs two checks a second.
//
// How many checks begin at the same time is limited, so that fifty fabrics do
// not open all their connections, and decode all their objects, in one moment. A
// check that takes long makes room for the next one after three seconds, because
// fabrics out of reach would otherwise keep those from being checked that are
// not.
//
// Who watches a fabric is asked for by its lease every five seconds, and what others
// have recorded is looked for every second: that costs a few rows of SQLite, where
// another watch would cost every cluster a connection for each dashboard that is
// open. A check that a person asks for is made at once, whoever watches. A process
// that begins checks at once where the last check is older than it should be: the
// lease of one that was killed runs out only later.
//
// A process that looks once asks the leases whether somebody else has looked after
// the fabric since the last check: then the time up to now was polled, and not one
// in which nothing ran. Without an interval nobody watches, and a lease of its own says
// that a process is there. One process has it at a time: where several were there and
// the first went, the next look takes what is from before the second had the lease for
// a time in which nothing ran.
package loop
