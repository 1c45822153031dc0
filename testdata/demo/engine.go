package demo

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"selvage/testdata/hedgehog"
)

// argo is how the Argo CD of a fabric is set up. It keeps its Application in the
// fabric's own cluster.
type argo struct {
	selfHeal bool
	exclude  string // files of the folder that it leaves alone
	// clashes has the fabric's webhook refuse the VLANs that commits give.
	clashes bool
	// patchy has one switch run less than live says, and another one silent.
	patchy bool
}

// engineObjects are what Argo CD keeps in a fabric's cluster at a time; none
// where the fabric has no engine there.
func (w *World) engineObjects(s *site, at time.Time) []map[string]any {
	if s.argo == nil {
		return nil
	}
	return []map[string]any{
		{
			"apiVersion": "argoproj.io/v1alpha1", "kind": "AppProject",
			"metadata": map[string]any{"name": "default", "namespace": "argocd"},
			"spec":     map[string]any{"sourceRepos": []any{"*"}, "destinations": []any{map[string]any{"namespace": "*", "server": "*"}}},
		},
		{
			"apiVersion": "argoproj.io/v1alpha1", "kind": "Application",
			"metadata": map[string]any{"name": s.name, "namespace": "argocd", "generation": int64(40)},
			"spec": map[string]any{
				"project": "default", "source": w.source(s),
				"destination": map[string]any{"server": "https://kubernetes.default.svc", "namespace": "default"},
				"syncPolicy": map[string]any{
					"automated": map[string]any{"prune": true, "selfHeal": s.argo.selfHeal},
					"retry":     map[string]any{"limit": int64(5)},
				},
			},
			"status": w.status(s, at),
		},
	}
}

func (w *World) source(s *site) map[string]any {
	directory := map[string]any{"recurse": true}
	if s.argo.exclude != "" {
		directory["exclude"] = s.argo.exclude
	}
	return map[string]any{
		"repoURL": "file://" + filepath.ToSlash(filepath.Join(w.dir, "fabrics.git")), "path": s.dir, "targetRevision": "main", "directory": directory,
	}
}

// status is what Argo CD says of its work. Every commit that is not applied is
// tried; what the webhook refuses is tried again and again.
func (w *World) status(s *site, at time.Time) map[string]any {
	head := w.repo.head.String()
	waiting := slices.DeleteFunc(slices.Clone(s.open), func(o open) bool { return o.commit == "" })
	health, sync, revision, since, deployed := "Healthy", "Synced", head, at, at
	if len(s.open) > 0 {
		sync = "OutOfSync"
	}
	state := map[string]any{"phase": "Succeeded", "message": "successfully synced (all tasks run)"}
	if len(waiting) > 0 {
		first := waiting[0]
		health, revision, since, deployed = "Missing", first.before, first.at.Add(3*time.Second), first.at.Add(-20*time.Minute)
		state = map[string]any{"phase": "Running", "message": "waiting for completion of " + first.change.Object.Kind + "/" + first.change.Object.Name}
		if s.refuses(first) {
			health = "Degraded"
			state["retryCount"] = int64(2)
			state["message"] = fmt.Sprintf("one or more objects failed to apply, reason: %s. Retrying attempt #2.", refusal(first))
		}
		state["operation"] = operation(first.commit)
		state["syncResult"] = map[string]any{"revision": first.commit, "source": w.source(s), "resources": s.results(waiting)}
	} else {
		state["finishedAt"] = stamp(since)
		state["operation"] = operation(revision)
		state["syncResult"] = map[string]any{"revision": revision, "source": w.source(s)}
	}
	state["startedAt"] = stamp(since)
	return map[string]any{
		"controllerNamespace": "argocd", "sourceType": "Directory", "reconciledAt": stamp(at),
		"health": map[string]any{"status": health}, "operationState": state,
		"sync":      map[string]any{"status": sync, "revision": head},
		"history":   []any{map[string]any{"id": int64(40), "revision": revision, "deployedAt": stamp(deployed), "source": w.source(s)}},
		"resources": s.resources(),
	}
}

func operation(revision string) map[string]any {
	return map[string]any{
		"initiatedBy": map[string]any{"automated": true}, "retry": map[string]any{"limit": int64(5)},
		"sync": map[string]any{"prune": true, "revision": revision},
	}
}

// refuses tells whether the webhook lets a change of Git not pass.
func (s *site) refuses(o open) bool {
	return s.argo != nil && s.argo.clashes && o.commit != "" && o.change.Object.Kind == "VPC"
}

func refusal(o open) string {
	return fmt.Sprintf(`admission webhook "vvpc.kb.io" denied the request: vlan of %s is already used by storage-0/default`, o.change.Object.Name)
}

// results are what became of the objects in the operation.
func (s *site) results(waiting []open) []any {
	var all []any
	for _, o := range waiting {
		if s.refuses(o) {
			all = append(all, resource(o.change.Object, map[string]any{"status": "SyncFailed", "syncPhase": "Sync", "message": refusal(o)}))
		}
	}
	return all
}

// resources are the objects that Argo CD keeps: those of Git.
func (s *site) resources() []any {
	all := make([]any, len(s.world.Git))
	for i, obj := range s.world.Git {
		ref, status := hedgehog.RefOf(obj), "Synced"
		if slices.ContainsFunc(s.open, func(o open) bool { return o.change.Object == ref }) {
			status = "OutOfSync"
		}
		all[i] = resource(ref, map[string]any{"status": status})
	}
	return all
}

func resource(ref hedgehog.Ref, more map[string]any) map[string]any {
	more["group"], more["version"], more["kind"] = ref.Group, "v1beta1", ref.Kind
	more["namespace"], more["name"] = ref.Namespace, ref.Name
	return more
}

// agents changes what the agents of a fabric's switches say where they are not
// all as they should be.
func (s *site) agents(objects []map[string]any, at time.Time) {
	if s.argo == nil || !s.argo.patchy {
		return
	}
	var all []map[string]any
	for _, obj := range objects {
		if obj["kind"] == "Agent" {
			all = append(all, obj)
		}
	}
	slices.SortFunc(all, func(a, b map[string]any) int {
		return strings.Compare(hedgehog.RefOf(a).Name, hedgehog.RefOf(b).Name)
	})
	if len(all) < 2 {
		return
	}
	if meta, ok := all[0]["metadata"].(map[string]any); ok {
		meta["generation"] = int64(2) // of which it runs the first
	}
	if status, ok := all[1]["status"].(map[string]any); ok {
		status["lastHeartbeat"] = stamp(at.Add(-14 * time.Minute))
	}
}

func stamp(at time.Time) string { return at.UTC().Format(time.RFC3339) }
