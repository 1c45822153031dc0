package loop

import (
	"slices"

	"selvage/core"
)

// bare is what to ask for of a fabric that nothing is known of.
func bare(f core.Fabric) core.Scope {
	return core.Scope{Fabric: f.ID, Namespace: f.Namespace, Namespaces: []string{f.Namespace}, Kinds: f.Kinds}
}

// scope is what to ask for by what is remembered.
func (w *worker) scope(m *core.Memory) core.Scope {
	want := bare(w.unit.Fabric)
	for k := range m.Objects {
		want = include(want, k)
	}
	if m.Git != nil {
		want, _ = widen(want, m.Git)
	}
	return want
}

// widen adds the namespaces and kinds of what Git holds to a scope, and tells
// whether there were any to add.
func widen(want core.Scope, git *core.Snapshot) (core.Scope, bool) {
	namespaces, kinds := len(want.Namespaces), len(want.Expect)
	for k := range git.Keys() {
		want = include(want, k)
	}
	return want, len(want.Namespaces) > namespaces || len(want.Expect) > kinds
}

func include(want core.Scope, k core.Key) core.Scope {
	if k.Namespace != "" && !slices.Contains(want.Namespaces, k.Namespace) {
		want.Namespaces = append(slices.Clip(want.Namespaces), k.Namespace)
		slices.Sort(want.Namespaces)
	}
	if gk := k.GroupKind(); gk.Group != "" && !slices.Contains(want.Expect, gk) && want.Kinds.Has(gk) {
		want.Expect = append(slices.Clip(want.Expect), gk)
	}
	return want
}
