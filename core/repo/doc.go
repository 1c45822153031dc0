// Package repo is the Git side of a fabric: a [core.Historian] over directories
// in Git repositories, and a [core.Publisher] to their branches.
//
// A [Pool] holds what sources share. [Pool.Source] makes a source of one or
// more [Location]s; its Read asks each server where the branch is, fetches only
// where it moved, and turns the files below the location's path into objects.
// There is no work tree: everything is read from Git's own objects. Past,
// Descends and Since look back; only for that the history of a branch on a
// server is cloned, into the cache.
//
// [Pool.Publisher] makes a publisher to the branch of one location. It makes a
// commit of files on the commit that was read, sends it if the branch is still
// there, and looks at the branch again. Package changeset has the objects of it.
//
// # Promises
//
//   - A snapshot is covered only where every location was read whole. What
//     cannot be looked into (a link, a submodule, a file that does not parse) is
//     a finding that says so, and keeps the objects it may hold from being
//     called absent.
//   - Credentials go to the host they are meant for and nowhere else: not over
//     a redirect to another host, not from https to http, not into an error, a
//     reading or a log. Nobody is ever prompted.
//   - A host key that known_hosts does not confirm is refused. There is no
//     switch to turn that off.
//   - Every conversation ends by its context, or when the other side has been
//     silent for [Config].Timeout; so does the ssh agent's part in it. An answer
//     is bounded in size.
//   - A panic while reading is an error of the reading, with its stack in the
//     log.
//   - Reading writes nothing, neither to the server nor to a local repository; the
//     one place that is written to is [Config].CacheDir.
//   - Publishing moves the one branch that a publication names, from the commit
//     that it is made on, and nothing else: a branch that somebody moved, removed
//     or set back is left as it is. The server compares, at the moment it moves it.
//   - A publication is called landed only where the branch was seen to have it.
//     What a server says is no proof, and that a connection broke none of the
//     opposite. A push is never sent a second time by itself.
//   - What servers and hooks say comes on one line, bounded, and without anything
//     that a terminal would act upon.
//   - What a cache holds can always be had again. One that is damaged is thrown
//     away and made anew, and one that cannot be written costs memory. No reading
//     depends on it.
//   - What Past says follows from the commits alone, and not from what it was
//     asked before, together with what, or how far.
//
// # Decisions
//
// Of go-git only the plumbing is used: objects, packs, packet lines and the
// messages made of them. Its clients for http and ssh are not: they read the
// environment and the home directory by themselves, ignore the context during
// the SSH handshake, keep whole error pages in their errors, and refuse the
// capability that Azure DevOps insists on. What is left to write is a request,
// an answer and the rules above; see remote.go, http.go and ssh.go.
//
// When the branch has moved, its head is fetched anew, one commit deep, into
// memory. Fetching into a shallow repository a second time is where go-git and
// several servers go wrong, and fetching anew is cheap: of 10,000 files it takes
// less time than to parse them once. Files are parsed once per content, so a moved head costs
// the parsing of what changed.
//
// Sources of one repository, branch and set of credentials share a mirror:
// reads at the same time are one conversation, and its answer serves every
// source that has not had it yet for two more seconds. A source that asks again
// always gets a new answer.
//
// A repository on this machine is read in place, without git and without a
// conversation. Others may write to it meanwhile: an object that is gone
// because it was packed again is looked for anew.
//
// A file that is YAML but was never meant for Kubernetes (neither apiVersion
// nor kind nor metadata), and documents of kinds that the fabric does not
// compare, are left out without a word: directories hold values files,
// kustomizations and workflows beside manifests. A document that names one of
// Hedgehog's groups and is none of its kinds is a finding, because that is a
// typing error. What has no usable identity keeps its text in the finding, so
// that nothing it names is called absent.
//
// The fetched commit stays in memory until the branch moves: another scope, or
// another location that failed, has the sources ask for its files again.
//
// A document that is no manifest yet (a template, something that SOPS has
// encrypted, what lies in or below a Helm chart or a kustomization that changes
// it) is a finding that is called unrendered. Where objects may come of a folder
// that no file in it names (a prefix to names, resources from elsewhere, a
// chart), one more finding stands for all of them, so that nothing is called
// absent that may come of it; a kustomization that can only change what is there,
// such as one that adds labels, has none. A kustomization that only lists files
// and folders of its own changes nothing. Files beside it that it does not list
// are read all the same: a kustomization may be a leftover that the engine does
// not look at, and where it does, a file that was forgotten in it is better shown
// as what is missing in the cluster than not at all. A string that holds {{ and
// }} is taken for a template although it may be meant as it stands: Hedgehog's
// objects hold names, numbers and addresses. Who knows better excludes the
// kustomization.yaml by a glob.
//
// A history is fetched by one request of our own into a pack with an index, and
// not by go-git's clone or fetch: it is the conversation that reads have, with
// their credentials, limits and deadlines, and go-git's does not end with its
// context and writes objects one by one. What is kept is a bare repository that
// git itself can open, with a detached HEAD for its only reference. Indexes, packs
// and HEAD are renamed into place in this order, and a new clone as a whole, so
// that several processes share a folder without a lock. After 64 fetches it is
// cloned anew, which is simpler than packing again. The head, and commits before
// it at growing distances, are offered as had, so that a branch that was moved by
// force is not fetched whole. Where the folder cannot be written the history is
// kept in memory, and each time the branch has moved fetched whole.
//
// Looking back compares the raw trees of neighbouring commits, once for all
// objects that are asked for: a commit costs what it changed, and an unchanged
// folder costs the comparison of two hashes. Every object is a track that waits in
// its file; only commits that change the file, or for an object that is not there
// those that lost it, look at its content. Documents are parsed once per text, so
// that a file of 150 documents costs the one that changed. In 2,872 commits to 50
// files all versions of 100 objects take 0.7 s of one core with the fetch of
// 1.4 MB over HTTP, and another look 0.05 s; 10,000 objects over 300 commits take
// 1.7 s.
//
// A commit counts as the maker of an object by the rules of git log with a path:
// where a parent has the same, only that parent is followed, and a merge is a
// maker only where it differs from all of its parents. Two things are finer than
// there. What is compared is the object and not its file, so that a comment or a
// neighbour makes no version. And objects are followed to other files by their
// keys and not by likeness, in the commits that move them. [core.Version] tells
// which versions a merge was made of, so that a field can be followed to the side
// it came from.
//
// Bounds count commits from the head in a fixed order, and not what a look has
// done, because that would depend on what was asked. A commit that changes more
// files than a folder may hold ends the look there.
//
// A push is two requests of our own: where the branch is, and a pack of a few
// whole objects with the commit that the branch has to be at. go-git's Push makes
// a removed branch anew, overlooks a lease on a commit, takes an empty answer for
// success, and walks the whole repository before. The branch is then looked at by
// the service that reads, in a conversation of its own, so that one server that
// errs cannot confirm itself. Of 10,000 files one is read, committed, pushed over
// HTTP on this machine and seen again in 47 ms, where git add, commit and push in
// a clone that is ready take 106 ms.
//
// Where the branch is neither at the base nor at the commit, the commits since
// the two are fetched, without files, to tell a race from a branch that was moved
// by force, and from a commit that landed and that others went on from. The cached
// history is not used for that: it may be far behind, and need a clone.
//
// An error after the push was sent is settled by the branch. Where that has not
// moved, only an answer to the request itself (4xx) tells that the server did not
// take it; all others may come while the server is still at work, and are
// unclear. The same publication may then be sent again, because the server
// compares: of two of the same, one lands. An answer that is not Git's may come
// from whatever lies between, and so refuses nothing.
//
// Two publishers and a source that share a mirror tell each other where the branch
// was seen, so that nobody is given the answer of two seconds ago after a push.
//
// A repository on this machine is read in place, but written to by git
// receive-pack, which a push to a path runs as well: its hooks, its rules about
// the branch that is checked out, and its locks are those that everybody else
// meets. Without a git program such a repository can be read and not published to.
//
// Whether a push would be let in is asked with its first half, the advertisement of
// the service that writes, which changes nothing ([Publisher.Knock]). To a repository
// on this machine git is asked for it, since git decides whose repositories it works
// on; go-git, which reads them, does not know that rule.
//
// The author is found as git finds it, without running git, which need not be
// there: variables, then the files of the system and the user with what they
// include. Conditional includes are left out; they ask for a repository. What git
// would make up from the name of the machine is an error instead.
//
// github.com/skeema/knownhosts decides on host keys rather than
// golang.org/x/crypto/ssh/knownhosts alone: it asks the server for the kind of
// key that the file holds, without which a server that has several kinds looks
// like an attacker. github.com/kevinburke/ssh_config reads ~/.ssh/config. Both
// are what go-git itself uses.
package repo
