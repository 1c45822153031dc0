package core

import (
	"fmt"
	"strings"
)

// The marks that engines leave on what they apply. Argo CD's is its default
// since 3.0; with its older one, the label app.kubernetes.io/instance, which
// charts set too, nothing can be said from the object alone.
const (
	argoTracking  = "argocd.argoproj.io/tracking-id"
	fluxName      = "kustomize.toolkit.fluxcd.io/name"
	fluxNamespace = "kustomize.toolkit.fluxcd.io/namespace"
)

// Tracker is the Application or Kustomization that an object's own marks give
// it to, "" where they give it to none. A mark that was copied along with an
// object names another one, and counts for nothing.
func (o *Object) Tracker() string {
	if id, ok := valueOf(o.Fields, "annotations", argoTracking); ok {
		app, rest, _ := strings.Cut(id, ":")
		if rest == fmt.Sprintf("%s/%s:%s/%s", o.Key.Group, o.Key.Kind, o.Key.Namespace, o.Key.Name) {
			return app
		}
	}
	name, named := valueOf(o.Fields, "labels", fluxName)
	if namespace, ok := valueOf(o.Fields, "labels", fluxNamespace); ok && named {
		return namespace + "/" + name
	}
	return ""
}

func valueOf(fields map[string]any, group, key string) (string, bool) {
	meta, _ := fields["metadata"].(map[string]any)
	marks, _ := meta[group].(map[string]any)
	v, ok := marks[key].(string)
	return v, ok
}
