package drift

import (
	"strings"

	"selvage/core"
)

// table is what is known of one kind.
type table struct {
	goTyped bool
	root    *node
}

// tables compiles the rules of every kind that has some.
func tables() map[core.GroupKind]table {
	all := map[core.GroupKind]table{}
	for _, k := range core.Kinds() {
		rows := append(commonRows(), hedgehogRows()...)
		rows = append(rows, kindRows(k.GroupKind)...)
		all[k.GroupKind] = table{goTyped: true, root: compile(rows)}
	}
	return all
}

// kindRows are the rows of one kind alone.
func kindRows(gk core.GroupKind) []Row {
	for _, t := range []map[string][]Row{vpcRows(), wiringRows(), gatewayRows()} {
		if rows, ok := t[gk.Kind]; ok && core.HedgehogGroup(gk.Group) {
			return rows
		}
	}
	return nil
}

// commonRows hold for every object of any kind: the marks that GitOps engines
// leave. What kubectl leaves never gets here, see [core.NewObject].
func commonRows() []Row {
	return []Row{
		{
			"meta.engine-annotations", ".metadata.annotations",
			IgnoredKeys{prefixed("argocd.argoproj.io/")},
			"GitOps engines keep their own notes there",
		},
		{
			"meta.engine-labels", ".metadata.labels",
			IgnoredKeys{func(k string) bool {
				return k == "app.kubernetes.io/instance" ||
					k == "kustomize.toolkit.fluxcd.io/name" || k == "kustomize.toolkit.fluxcd.io/namespace"
			}},
			"GitOps engines mark what they track with it",
		},
	}
}

// hedgehogRows hold for every kind of Hedgehog's.
func hedgehogRows() []Row {
	return []Row{
		{
			"meta.fabric-labels", ".metadata.labels",
			IgnoredKeys{func(k string) bool { return strings.Contains(k, "fabric.githedgehog.com/") }},
			"the webhooks delete and set all labels of this domain anew at every write",
		},
		{"meta.labels", ".metadata.labels", Dict{}, "an empty label is a label"},
		{"meta.annotations", ".metadata.annotations", Dict{}, "an empty annotation is an annotation"},
	}
}

func prefixed(prefixes ...string) func(string) bool {
	return func(k string) bool {
		for _, p := range prefixes {
			if strings.HasPrefix(k, p) {
				return true
			}
		}
		return false
	}
}
