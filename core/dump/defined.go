package dump

import (
	"fmt"
	"slices"

	"selvage/core"
	"selvage/core/openapi"
)

// schemas are the shapes of the wanted kinds that the dump defines.
func (r *reader) schemas() map[core.GroupKind]core.Schema {
	all := map[core.GroupKind]core.Schema{}
	for _, d := range r.defined {
		if r.want.Kinds.Has(d.GroupKind) {
			all[d.GroupKind] = d.Schema
		}
	}
	return all
}

// unserved are the expected kinds that the cluster did not serve. That is said
// only of a dump with all definitions of the cluster: one who asked for those of
// some kinds did not ask for one that the scope leaves out.
func (r *reader) unserved() []core.Gap {
	if !slices.ContainsFunc(r.defined, func(d openapi.Definition) bool { return !r.want.Kinds.Has(d.GroupKind) }) {
		return nil
	}
	var gaps []core.Gap
	for _, gk := range r.want.Expect {
		group, kind := false, false
		for _, d := range r.defined {
			group, kind = group || d.Group == gk.Group, kind || d.GroupKind == gk
		}
		if group && !kind && !r.held[gk] && core.HedgehogGroup(gk.Group) && r.want.Kinds.Has(gk) {
			gaps = append(gaps, core.Gap{
				GroupKind: gk, Access: core.AccessInvalid, Unserved: true,
				Reason: fmt.Sprintf("the dump defines other kinds of %s and not %s: the cluster does not serve it", gk.Group, gk.Kind),
			})
		}
	}
	return gaps
}
