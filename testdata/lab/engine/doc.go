// Package engine is a small GitOps engine: it makes a cluster hold what one
// directory of a Git repository says, as Argo CD or Flux does.
//
// New makes an Engine for one branch, one directory and one namespace; Run works
// until its context ends. Sync reads the branch now, applies every document by
// server-side apply, with force, marked as the engine's own, and waits. State
// tells what the last sync did, object by object. Options may be changed at any
// time. There are three types:
//
//   - Plain applies what it can and shows nothing of it. Auto syncs by itself
//     when the branch moves and tries a failed sync again; SelfHeal applies a
//     document again when its object was changed or deleted, HealAfter later;
//     Prune deletes objects with the engine's mark that left Git, at each sync.
//   - ArgoCD shows an Application and its AppProject. It compares always; where
//     Git and live differ and the policy lets it, it begins an operation for the
//     commit, which stays with that commit through all its tries. One that failed
//     to the end is not begun again for the same commit. Healing is an operation
//     for what differs alone.
//   - Flux shows a Kustomization and a GitRepository. It reconciles a new commit
//     at once and each commit again at its interval, tries everything before it
//     applies anything, and deletes what left its inventory.
//
// What the objects show is written before State tells it. People ask by writing
// into the object, as the programs of both do: an operation or the annotation
// argocd.argoproj.io/refresh, reconcile.fluxcd.io/requestedAt.
//
// # Decisions
//
// Fields, words and rules are those of Argo CD 3 (controller/appcontroller.go,
// state.go, sync.go and gitops-engine/pkg/sync at v3) and of Flux 2
// (kustomize-controller and source-controller, their API v1): which try follows
// which, what counts as attempted, what goes first, what a message says. Where
// the lab differs, it says so below.
//
// It reads the bare repository from disk, with git. The engine stands for one
// that works; broken credentials are tested on the program's own side.
//
// Whether an object is out of sync is what the cluster says to a trial run of the
// apply, as with Argo CD's server-side diff. So the lab has no idea of its own of
// what equal means, and does not share one with the program it tests. A pair that
// did not change is not asked about again.
//
// Argo CD's dry run before a sync is the client's and finds no refusal of a
// webhook; so the good objects are applied beside a refused one. Flux's is the
// server's, and one refused object keeps all back.
//
// Health is what the options say. No kind of Hedgehog has a health check in
// Argo CD, and version 3 writes none for single objects.
//
// A sync that a person asks for takes the place of an operation under way, where
// Argo CD would refuse it: a test that asks does not want to be told to wait.
//
// Pruning looks at the kinds of Hedgehog and at kinds the engine applied
// itself, in the namespaces it applied to. Argo CD looks everywhere. It deletes
// kind by kind, attachments before VPCs, where Argo CD deletes all at once and
// tries again what was refused.
//
// There is no kustomize, no Helm, one source for an application, and no hook.
package engine
