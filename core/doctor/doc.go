// Package doctor finds out what keeps a fabric from being read or published to, or
// soon will: it reads each fabric once, as a check would, asks the servers that
// commits go to whether they would let one in, and looks at what all of that rests
// on: credentials and their ends, clocks, the store, the terminal.
//
// [Examine] looks at fabrics, [OfStore] and [OfTerminal] at where the program runs.
// All give [Finding]s: typed rows of an area, a level, what was looked at, what came
// of it, and what to do. The commands and the screens print them.
//
// # Promises
//
//   - Nothing is written, anywhere: no check is recorded, no store made, and a
//     server is never sent what it could act upon.
//   - A finding is [Fail] only where something was tried and did not work. What
//     works, but less well than it could or not for long any more, is [Warn].
//   - Findings come in one order: fabrics as they are given, areas as they are
//     listed.
//   - Nothing secret is in a finding: credentials are told by where they are, whose
//     they are and when they end.
//
// # Decisions
//
// Rights are learnt by reading. A SelfSubjectAccessReview would answer faster and
// for all verbs, but is a POST, and nothing that selvage sends to a cluster is one.
// So every kind of the scope is listed, which is what a check does anyway, and each
// is watched for a moment.
//
// Whether one may publish is asked with the advertisement of git receive-pack, the
// first half of a push: hosts decide on it by the login, and it changes nothing. The
// rules of a branch come into play only with the second half, and the finding says
// so rather than promise a push.
//
// A credential is soon to end when it has less than a tenth of its life before it,
// and at most two weeks. A fixed time would warn of every token that is made for an
// hour and renewed by itself, or come too late for a certificate of two years whose
// renewal is a form. One that a program renews on its own is not warned of at all.
//
// An engine that was looked for and could not be read is a warning, one that the
// configuration names a failure: in the first case nobody has said that there is
// one. Switches are never more than a warning, because no verdict rests on them.
package doctor
