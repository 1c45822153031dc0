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
// says what its own half of the base said (field.go). The worst field makes
// the object's state (object.go).
//
// # Promises
//
//   - A server's default never becomes drift: what a rule computes and what was
//     there when both sides last agreed are folded, and counted.
//   - Where no rule speaks, a difference is shown, not hidden.
//   - Nothing that was not read is called absent, and no verdict is drawn from
//     it: the object is unknown and keeps its last state beside that.
//   - A base is proposed only where Git's content was found in live, both read.
//
// # Decisions
//
// Rules explain differences; they do not rewrite objects with defaults first.
// A rule that fills a default in must know when the server does so; one that
// explains a live-only value only needs to know which value the server would
// choose, which stays true for objects last written by an older release.
//
// The comparison is driven by where Git and live differ now, and the base only
// says whose doing that is. Diffing each side against its base and merging the
// two change sets gives the same verdicts, but calls it drift when a value
// that only live had goes away, although both sides then agree.
//
// The rules are Go literals, one table per API group, each row with its
// reason: some need a few lines of code (the first host of a subnet), and the
// compiler checks the rest. Structural schemas of the CRDs say nothing about
// any of it: Hedgehog's carry no list keys and hardly a default.
package drift
