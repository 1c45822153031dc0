// Package repo reads the Git side of a fabric: a [core.Source] over
// directories in Git repositories.
//
// A [Pool] holds what sources share. [Pool.Source] makes a source of one or
// more [Location]s; its Read asks each server where the branch is, fetches only
// where it moved, and turns the files below the location's path into objects.
// There is no work tree and no clone on disk: everything is read from Git's own
// objects.
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
//   - Nothing is written, neither to the server nor to a local repository.
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
// github.com/skeema/knownhosts decides on host keys rather than
// golang.org/x/crypto/ssh/knownhosts alone: it asks the server for the kind of
// key that the file holds, without which a server that has several kinds looks
// like an attacker. github.com/kevinburke/ssh_config reads ~/.ssh/config. Both
// are what go-git itself uses.
package repo
