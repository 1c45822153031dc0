package drift

import (
	"maps"
	"slices"
	"time"

	"selvage/core"
)

// foreignSince tells whether managedFields give a live value, or some of a
// subtree and none of it to the engine, to other programs, and when these wrote
// last.
func foreignSince(d difference, live *core.Object, engine string) (at time.Time, foreign bool) {
	for _, leaf := range leaves(d) {
		owners := live.Owners(leaf.path)
		if slices.ContainsFunc(owners, named(engine)) {
			return time.Time{}, false
		}
		for _, m := range owners {
			foreign = true
			if m.Time.After(at) {
				at = m.Time
			}
		}
	}
	return at, foreign
}

func named(manager string) func(core.Manager) bool {
	return func(m core.Manager) bool { return m.Name == manager }
}

// lastWrite is when a manager last changed what it set; zero where it set
// nothing.
func lastWrite(live *core.Object, manager string) time.Time {
	var at time.Time
	for _, m := range live.Managers {
		if m.Name == manager && m.Subresource == "" && m.Time.After(at) {
			at = m.Time
		}
	}
	return at
}

func leaves(d difference) []difference {
	tree, ok := d.b.Any().(map[string]any)
	if !ok || len(tree) == 0 {
		return []difference{d}
	}
	var all []difference
	for _, k := range unionKeys(tree, nil) {
		all = append(all, leaves(difference{
			path: d.path.Key(k), unit: d.unit, node: d.node.key(k), b: core.ValueOf(tree[k]),
		})...)
	}
	return all
}

// applier is the manager that the GitOps engine applied an object as: the
// configured one if it owns anything of it; else, of those that own leaves that
// Git sets, one that is known for an engine, and without any the one that owns
// most. It is "" if nobody owns any.
func (s subject) applier(git map[string]any) string {
	live := s.live.Object
	if len(live.Managers) == 0 {
		return ""
	}
	if set := s.fabric.EngineManager; set != "" && slices.ContainsFunc(live.Managers, named(set)) {
		return set
	}
	owned := map[string]int{}
	for _, leaf := range leaves(difference{path: core.Root, b: core.ValueOf(git)}) {
		for _, m := range live.Owners(leaf.path) {
			owned[m.Name]++
		}
	}
	most := ""
	for _, name := range slices.Sorted(maps.Keys(owned)) {
		known, better := knownEngine(name), knownEngine(most)
		if most == "" || known && !better || known == better && owned[name] > owned[most] {
			most = name
		}
	}
	return most
}

// knownEngine tells whether a manager's name is one that engines apply as.
func knownEngine(manager string) bool {
	switch manager {
	case "argocd-controller", "argocd-application-controller", "argocd-server", "kustomize-controller", "helm-controller", "flux", "fleet-agent":
		return true
	}
	return false
}
