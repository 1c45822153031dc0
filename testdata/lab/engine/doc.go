// Package engine is a small GitOps engine: it makes a cluster hold what one
// directory of a Git repository says, the way Argo CD does.
//
// New makes an Engine for one branch, one directory and one namespace; Run works
// until its context ends. Sync reads the branch now, applies every document by
// server-side apply as field manager Manager, with force, marked with the
// annotation TrackingAnnotation, and waits. Options may be changed at any time:
//
//   - Auto syncs by itself when the branch moves, and tries a failed sync again;
//   - SelfHeal applies a document again when its object was changed or deleted,
//     HealAfter later;
//   - Prune deletes objects with the engine's mark that left Git, at each sync.
//
// State tells what the last sync did, object by object. A document that the
// cluster refuses does not keep the others from being applied; one that is no
// YAML, or no object, fails the sync before anything is applied.
//
// # Decisions
//
// It reads the bare repository from disk, with git. The engine stands for one
// that works; broken credentials are tested on the program's own side.
//
// The mark has the form of Argo CD 3, name:group/Kind:namespace/name, so that
// what reads it there reads it here.
//
// No trial run. Argo CD first sends all documents as a dry run and applies none
// when one is refused. Here the good ones are applied, because a test wants to
// see both.
//
// Self-heal asks the cluster, not a diff. A no-op apply leaves an object as it
// is, down to its resource version; so the engine applies what was touched and
// needs no idea of its own of what equal means.
//
// Pruning looks at the kinds of Hedgehog and at kinds the engine applied
// itself, in the namespaces it applied to. Argo CD looks everywhere.
package engine
