// Package gitops reads what the GitOps engine of a fabric says of its work: an
// Application of Argo CD, or a Kustomization of Flux with its GitRepository. It
// implements [core.EngineReader] and [core.EngineAsker].
//
// Call [New] once per fabric and [Reader.ReadEngine] as often as wanted. It reads
// the configured app, or looks for the one that applies what the fabric compares,
// through the Kubernetes API that the engine keeps its objects in, or through
// Argo CD's own.
//
// The fields are those of Argo CD 3.6 (argoproj.io/v1alpha1) and Flux 2.10
// (kustomize.toolkit.fluxcd.io/v1 and source.toolkit.fluxcd.io/v1), as their
// definitions have them and their controllers fill them. Of other versions, what
// is there under the same name is taken.
//
// # Promises
//
//   - Something is always given. What could not be read is said to be unknown,
//     and nothing else is: windows that are forbidden leave the app readable, a
//     kind that is forbidden does not hide an app of the other one.
//   - "None" is said only where everything was listed that could hold one.
//   - Nothing that an engine says can stop the reading or break a line: a field
//     of another type reads as missing, a message is put on one line and cut.
//   - To a Kubernetes API nothing is sent from here but what [Objects] reads. To
//     Argo CD's API go reads of Applications and of their sync windows; a refresh
//     and a sync only from [Reader.AskEngine], and only if they are allowed.
//   - No token is sent to another server than the one it is for: certificates are
//     verified, redirects are not followed.
//
// # Decisions
//
// The app is looked for by what it applies, not by a name or by labels: the
// repository and a folder that is, holds or lies in one of the fabric's. Those
// that certainly apply to another cluster are none of the fabric's, and are only
// named where there are no others. Of several, those of the right branch go first,
// then those whose destination is the fabric's cluster, then those of exactly that
// folder. If more than one is left nobody guesses: the error names them. An app that
// was found is read directly for ten minutes, because a list of all of them, with
// their statuses, may be large.
//
// One API has many addresses: a virtual one, a name, a tunnel. So another address
// is no proof of another cluster. What counts as one: the cluster that the engine
// runs in, where it is read at another address than the fabric's and neither is on
// this machine; an address or a name by which the configuration has another fabric;
// and for Flux, whose objects are read from the fabric's own API, a kubeConfig. An
// app that was asked for by name is read all the same, and a mismatch.
//
// An app that applies another branch, another folder, or objects that it makes
// anew of what is in Git, is a mismatch of the whole fabric. One that applies only
// some of the files is none: [core.Engine.Leaves] says which and why, by the rules
// of the engine itself. Argo CD reads subfolders only if it is told to, and its
// globs, which are gobwas/glob's, let * match slashes. Flux reads all subfolders,
// and leaves out what the GitRepository's ignore says, in the syntax of .gitignore.
// What the repository itself says about that is not seen from here: .sourceignore,
// .argocd-source.yaml, a file marked with +argocd:skip-file-rendering.
//
// A kustomization.yaml that the engine comes upon by itself is no mismatch. What
// it does to the objects stands in Git, and core/repo says so. Options in the app
// that change objects are one.
//
// That an engine may apply more than the fabric compares is found out without a
// list of files: with made-up paths that the fabric's globs leave out. That .json
// files are read by Argo CD, and by the fabric only if include says so, is not
// worth a warning on every fabric.
//
// The commit that was applied is the last one in Argo CD's history, since only a
// sync of everything that succeeded gets into it; without a history, the last
// operation if it was such a one. It may be older than what is in sync: where new
// commits change nothing that it applies, Argo CD does not sync. Of Flux it is
// the last applied revision; and the last attempted one where all was applied and
// only the health of it is in doubt.
//
// An operation of Argo CD that waits for its next try is running. Its limit is
// taken from the operation, where Argo CD writes the five of an automated sync
// down. Flux tries again at every interval without end, so it never gives up
// unless it says that it has stalled; its tries are counted by its history. Flux
// always applies new commits and puts back what was changed, so both are always
// on; suspending it is what keeps it from that.
//
// A window that is open or closed is worked out as Argo CD does it, with
// robfig/cron, which it uses too; that a schedule in another zone is looked up
// with today's offset is part of that. Time zones come from the machine, and one
// that is not known counts as UTC, as there. Through Argo CD's API the server says
// which are open, and leaves out the zones, so that nothing is said of until when.
//
// In which times of the last days an app could be synced is worked out in the same
// way, from one turn of a window to the next, so that a commit that waited for its
// window has not waited for the engine. An app younger than a commit did not let it
// wait before it was there.
//
// Conditions of Argo CD whose names end in Error keep it from its work, as its own
// code has it; the others are notes, and explain nothing that was not applied.
//
// gobwas/glob, robfig/cron and go-git's gitignore were taken because they are what
// the engines themselves decide with: own ones would be right where they agree.
// cron's parser cannot be given a time zone: it breaks over one without a space
// after it, and Argo CD has another field for that.
//
// Argo CD's client is not used. It brings most of Kubernetes along, and of its API
// three addresses are needed. Its login is: the file of the argocd command is read
// where that keeps it. Where the command was told not to check certificates,
// selvage checks them all the same.
//
// Where both APIs are given, the Kubernetes one is read and Argo CD's only asked:
// it has the statuses whole, and the sync windows with their zones.
package gitops
