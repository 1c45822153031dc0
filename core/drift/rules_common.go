package drift

import "strings"

// commonRows hold for every object of any kind: the marks that GitOps engines
// leave. What kubectl leaves never gets here, see [core.NewObject].
func commonRows() []Row {
	return []Row{
		{
			"meta.engine-annotations", always, ".metadata.annotations",
			IgnoredKeys{prefixed("argocd.argoproj.io/")},
			"GitOps engines keep their own notes there",
		},
		{
			"meta.engine-labels", always, ".metadata.labels",
			IgnoredKeys{oneOf("app.kubernetes.io/instance", "kustomize.toolkit.fluxcd.io/name", "kustomize.toolkit.fluxcd.io/namespace")},
			"GitOps engines mark what they track with it",
		},
	}
}

// hedgehogRows hold for every kind of Hedgehog's.
func hedgehogRows() []Row {
	return []Row{
		{
			"meta.fabric-labels", always, ".metadata.labels",
			IgnoredKeys{func(k string) bool { return strings.Contains(k, "fabric.githedgehog.com/") }},
			"the webhooks delete and set all labels of this domain anew at every write",
		},
		{"meta.labels", always, ".metadata.labels", Dict{}, "an empty label is a label"},
		{"meta.annotations", always, ".metadata.annotations", Dict{}, "an empty annotation is an annotation"},
	}
}

// hydrated is why a place is Assigned by hhfab, before anything is applied.
const hydrated = "the installer assigns it where Git leaves it open"

// sortedByWebhook is why a list is a Set.
const sortedByWebhook = "the webhook sorts it; its order means nothing"

func prefixed(prefix string) func(string) bool {
	return func(k string) bool { return strings.HasPrefix(k, prefix) }
}

func oneOf(keys ...string) func(string) bool {
	return func(k string) bool {
		for _, known := range keys {
			if k == known {
				return true
			}
		}
		return false
	}
}
