// Package drift says how Git and a cluster differ, and who moved.
//
// [New] makes a [Comparer] for one fabric, [Comparer.Compare] judges a whole
// fabric from a reading of each side and from what is remembered of it, and
// gives back one [core.Verdict] per object together with the bases that the
// comparison has proven. The package is pure: no I/O, no clock, no state; the
// same input gives the same verdicts in the same order.
//
// # How a verdict comes about
//
// Both sides of an object are brought into one form by the rules of its kind
// (normalise.go): values that mean the same become the same, lists whose order
// means nothing are sorted, what the server keeps for itself is dropped. Then
// the two are walked together (walk.go). Each difference that is left is held
// against the rules that explain what servers add (explain.go) and, where it
// is not explained, against the base pair: a side has moved where it no longer
// says what its own half of the base said (threeway.go, field.go). The worst
// field makes the object's state (object.go).
//
// Without a base the pair is looked for in evidence that everyone shares
// (contact.go): Git's content in live, an older version of it that live holds,
// the manifest that the engine last applied, what managedFields give to other
// programs than the engine. Where that says nothing, the sides differ and
// nobody is named. What Git's history says comes in later (past.go): it is
// asked for in [Result].Wanted, and a check never waits for it.
//
// What the GitOps engine says makes no difference and takes none away
// (engine.go). It says what becomes of what Git decided: refused, given up, or
// waiting for a person; what both sides came from at first contact; and whether
// both are about the same thing at all, without which every verdict is unknown.
//
// Around all of it stands what people said (word.go), what they decided
// (decided.go) and what is too much to be believed (freeze.go). Live values that
// somebody put there past Git and that are gone again are handed over to be kept
// (ledger.go).
//
// # Promises
//
//   - A server's default never becomes drift: what a rule computes and what was
//     there when both sides last agreed are folded, and counted.
//   - Where no rule speaks, a difference is shown, not hidden.
//   - Nothing that was not read is called absent, and no verdict is drawn from
//     it: the object is unknown and keeps its last state beside that.
//   - A base advances only where Git's content was found in live, both read and
//     nothing frozen, or where a person said so.
//   - Whoever has an empty store is told of no other culprit than who has an old
//     one; rather of none.
//
// # Decisions
//
// A decision for Git is judged field by field, and what it covers is pending: the
// fields keep their verdicts, for who moved does not change by it. It goes before
// an acknowledgement of the same field. Both are a person's word, but one says
// that something is to happen, and that it does not happen must not hide behind
// the other. What the engine would bring about by itself, or waits for a manual sync,
// is judged by what it says. What no engine brings about is overdue after the same
// time: it is a difference again, not applied, and no longer counts as on its way. A
// decision that nobody carries out would otherwise hide the difference for ever.
//
// Whether live has followed is found out by the comparison and not by equal
// values: what servers add, and what they leave out, would keep a decision on a
// whole object open for ever.
//
// A decision keeps a value as it was written, and Git gets it so. Whether Git says
// it is asked in the form that both sides are compared in: a list whose order means
// nothing is published in the order that somebody gave it. What live said when it
// was made is known again beside the Git of that time, because what is left aside of
// live goes by what Git says.
//
// Rules explain differences; they do not rewrite objects with defaults first.
// A rule that fills a default in must know when the server does so; one that
// explains a live-only value only needs to know which value the server would
// choose, which stays true for objects last written by an older release.
//
// An object that only live has is decided about without what servers would put
// there again (export.go), for that is what comes into Git: it would stand there
// for ever, and a later default could not reach it. What the installer or a
// controller assigned to it stays, though nothing would differ without: made anew
// from Git it would get another address. The rules that explain differences tell
// which is which, so that a rule is written once, and the result is compared with
// live before it is handed out.
//
// The comparison is driven by where Git and live differ now, and the base only
// says whose doing that is. Diffing each side against its base and joining the
// two change sets gives the same verdicts, but walks everything three times.
// The one thing that it would see beside that is looked for by itself: a value
// that only live had, that no rule fills in again, and that went away.
//
// A version of Git's is taken for what both sides came from only whole: live
// that holds the old value of one field and the new one of another was moved
// back, it did not stay behind. Times decide what contents leave open: an
// engine that wrote after a commit has applied it, and somebody who wrote
// before a commit was adopted by it. Clocks that disagree can make that fail;
// the result then is that nobody is named.
//
// The rules are Go literals, one table per kind in a file of its own
// (rules_switch.go), each row with its reason: some need a few lines of code (the
// first host of a subnet), and the compiler checks the rest. What a fabric's
// configuration adds is rows, too, and wins over them.
//
// An action is a type that does its part, and no case of a switch: whoever adds
// one has to say what it does to a tree of rules or to a difference, or it does
// not compile.
//
// The schema of a fabric gives hints and no more (schema.go). Hedgehog's carry
// no list keys and hardly a default, and say nothing about what webhooks do; but
// only a schema knows what a fabric drops, and it tells what is new in a release
// that the rules do not know. A row wins over a hint. What a schema drops is left
// out of Git's side only where live does not have it either: a schema that was
// read too early must not hide a change.
//
// Normalising and telling what was done are one code (recorder.go). A second one
// that explains would some day explain something else than what is done; the
// price is a pointer that is nil while nobody asks.
//
// Nearly all objects are untouched, and a comparison is as fast as it handles
// those. So each is looked up once (frame.go), and where both sides are as they
// were when they last agreed, and say the same but for what the rules leave out,
// they are told to agree without their forms being made (threeway.go). The
// shortcut says so only where making them would end in the same. A form shares
// with what was read all that is normal already.
//
// Secrets are masked by numbers that are counted along both documents and not
// along what is shown, so that a report, its explanation and its history have
// the same number for the same value.
package drift
