// Package plan works out what publishing the drafts of fabrics would commit, and
// what the GitOps engines will then do because of it.
//
// [Make] takes the drafts and the last checks of all fabrics, and gives a
// [core.Plan]: the files of one commit for each branch, edited in place, and what
// each commit brings about in every fabric that reads its branch. [Void] tells
// whether a plan still holds. The package has no state and asks nobody but for
// the contents of files.
//
// # Promises
//
//   - A file is changed where a decision changes it and nowhere else. An object
//     that cannot be edited in place is left out whole and told, with the reason;
//     the others are not held up by it.
//   - Whose live edits a commit would undo is told before it is made, in the
//     fabric that it is for and in all others: with an engine that applies new
//     commits by itself and does not heal, any commit on the branch undoes what
//     people did past Git.
//   - What is taken away stands last, and too much of it stops the plan.
//   - Nothing is published on a side that was not read now.
//
// # Decisions
//
// A plan is checked by making it once more and comparing what both would do, and
// not by a list of digests: the question is whether it would still do what a
// person was shown, and that takes everything into account that making it does.
//
// An adopted object is written as upstream's own export has it, without server
// labels, and without the defaults that the comparison has left out of the decision
// already, with its namespace. It goes where its kind lives.
//
// Of an object only its path is kept. Where directories of several repositories
// or branches have that path, their files are read and the one that holds the
// object is taken; where that does not tell either, nothing is committed.
package plan
