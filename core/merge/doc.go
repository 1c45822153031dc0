// Package merge finds out what two sides have made of one base, and settles what
// they dispute: by a person's decisions, or by policies.
//
// [ThreeWay] merges three JSON documents. [Sides.Decide] makes a decision on one
// place of an object, [Sides.Judge] tells later what has become of it, and
// [Reconcile] applies the decisions that stand to what Git says. [Rulings] asks
// the rules of a fabric about the differences of a report, [Seen] keeps count of
// differences that keep coming back, and [TakenBack] notices that a person
// reverted what a policy did. The package is pure: no I/O, no clock, no state;
// what has to be kept is a value of package core. It settles nothing by itself:
// selvage/core/runner acts on rulings, where the configuration lets it.
//
// # Promises
//
//   - No change is lost: what a side changed is in the result or in a dispute.
//   - The result is Git's document with the chosen values in it: nothing else is
//     written, and lists keep Git's order.
//   - A decision is applied to the world that it was made on, or not at all.
//   - No policy acts where it is not certain how things stand: on what was not
//     read, is frozen, has no base or is being deleted; where a person accepted
//     the difference or took back what a policy had done; on an object that is
//     fought over. None takes anything away without a rule of its own for that
//     very place.
//
// # Decisions
//
// The merge is an own one. Merge patches of apimachinery and kyaml's merge3 let
// one side win and cannot report a conflict; structured-merge-diff refuses a
// whole object for one field that its schema does not know.
//
// How the items of a list are identified is told by a [core.SchemaNode]: it is
// what a cluster's schema says anyway, and a rules table is turned into one
// easily. Without one every list is decided as a whole: names such as "name" or
// "port" are not guessed to be keys.
//
// Both sides may add a map under the same key and get the entries of both. That
// is how the comparison sees it, which calls neither of them a conflict; a
// conflict is where both say something about the same entry.
//
// A decision holds the digests of what it was made on, and the deepest place
// above it that Git had. A digest alone would let a value that only live had be
// written into a subnet that Git has taken away meanwhile.
//
// A rule that may delete has to name the place itself, and the delete: "keep git"
// on a whole kind must not come to mean that every entry somebody added goes
// away. In a list that is decided as one, any item that the chosen side lacks
// counts as deleted, as nothing says which item replaced it. A conflict of a
// delete with a change needs such a rule whichever side it takes.
//
// A paused policy takes up again by itself once nothing has come back for a
// quarter of an hour: by then a slow fight is a few entries in the history, and a
// pause that a person has to end would be forgotten. Heat that decays needs one
// number per path, where a list of times would grow with the fight.
package merge
