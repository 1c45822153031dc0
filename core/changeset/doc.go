// Package changeset makes one commit, without a repository: the trees of a base
// with some files changed, the commit on top of them, its signature, a pack of
// all that, and the patch that says the same. It reads trees through a function
// and writes nothing.
//
// # Promises
//
//   - Only what is named changes: every other entry of every tree keeps its bytes
//     and its mode. A file is changed only from what it was changed from.
//   - A commit follows from its [core.Publication] and the base tree alone, byte
//     for byte, today and after a restart. With the signature, which some keys
//     make anew each time, that is so because it is a part of the publication.
//   - No path leads out of a work tree, into .git, through a link or a submodule,
//     or to a name that some file systems take for another one's.
//   - There is no empty commit, and no folder without a file.
//   - Foreign words in a message stay words: they make no trailer, no header, no
//     end of the message and no control character.
//
// # Decisions
//
// Trees, commits and packs are written here, in some hundred lines, and not by
// go-git. Its trees accept the name "../evil", rewrite modes that old versions of
// git have left, and its work tree would need one.
//
// Objects are packed whole: a publication is a few small files, and a delta needs
// a base that both sides are sure of.
//
// The mode of a file that is there is kept; a new one is not executable.
//
// Whatever in a body would be read as a trailer or as a part of a patch is
// indented by a space, and not refused: a message may quote what a cluster says.
//
// The bytes of a patch are those of the files. Of a file with CRLF, git am needs
// --keep-cr, as with a patch of git's own; git apply needs nothing.
//
// github.com/aymanbagabas/go-udiff makes the hunks. It is what the screens show
// differences by already.
package changeset
