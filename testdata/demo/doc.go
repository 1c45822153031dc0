// Package demo is the self-contained world of "selvage demo": a Git repository
// and a handful of fabrics in a temporary folder, with a past in which people
// changed things, and a present in which they go on doing so.
//
// [New] writes a world in which Git and every cluster agree. [World.Unfold]
// plays its past day, in instants between which a history can take a look.
// [World.Step] makes the next thing happen, [World.Pause] tells how long people
// take to the one after. [World.Wants] is what a dashboard should say now,
// derived from what was done and not from any comparison.
//
// # What is in the folder
//
//	fabrics.git        the repository, bare, branch main
//	clusters/X.json    what the API server of fabric X holds, one object a line
//	selvage.yaml       the configuration that reads them
//	state/             where that configuration keeps its history
//
// # Promises
//
//   - The same seed and times give the same world, file by file and commit by
//     commit, whatever runs beside it.
//   - A file is replaced whole. Whoever reads a dump or a branch at any moment
//     reads one that was meant to be there.
//   - What somebody else pushes to the repository stays: commits are made on top
//     of what the branch holds.
//     [World.Follow] brings it to the clusters.
//   - No network, no clock and no git program is used.
//
// # Decisions
//
// The world is made by testdata/hedgehog, which the lab's tests use too, and
// read by the program's own sources. Nothing is mocked: the dashboard cannot
// tell that the clusters are files, other than by their saying so. The price is
// that the demonstration shows what the program can do and no more.
//
// The past is played and not written into the store: the command checks at each
// of its instants with a clock that is set back. So every age on screen is one
// that a real check recorded.
//
// The story is a table (see beats) that comes back to where it began, and not a
// random walk: a visitor of ten minutes sees each state come and go, and what
// follows from each step can be checked. The seed chooses the objects.
//
// Some clusters hold an Argo CD, as the Application that tells of it. What that
// says is derived from what is open on the fabric whenever its dump is written,
// and so it never tells another story: what Git decided and live does not have
// yet is being tried, and where the fabric's webhook refuses it, tried again.
// Nothing in the demonstration acts on it.
//
// A commit is written by hand from go-git's plumbing: its porcelain needs a work
// tree. The branch moves by renaming main.lock, as git does it, for go-git
// rewrites the file in place, and a reader may meet it empty.
//
// Deleting a live object names nobody, for a server keeps no such record, and an
// edit through k9s is told as kubectl-edit, for k9s runs kubectl edit.
package demo
