package engine

import (
	"fmt"
	"strings"
	"time"
)

// objects are the GitRepository and the Kustomization, with the fields of
// Flux 2.
func (f *flux) objects() []shown {
	return []shown{
		{gvr: repositories, content: f.repository(), apart: true},
		{gvr: kustomizations, content: f.kustomization(), apart: true},
	}
}

func (f *flux) metadata() map[string]any {
	return map[string]any{"name": f.cfg.Name, "namespace": f.cfg.Object.Namespace}
}

func (f *flux) repository() map[string]any {
	from := f.source()
	ref := map[string]any{"branch": from.target}
	if isHash.MatchString(from.target) {
		ref = map[string]any{"commit": from.target}
	}
	poll := f.Options().Poll
	if poll == 0 {
		poll = time.Minute
	}
	status := map[string]any{}
	condition := map[string]any{"type": "Ready", "lastTransitionTime": stamp(f.fetched)}
	switch {
	case f.fetchErr != "":
		condition["status"], condition["reason"], condition["message"] = "False", "GitOperationFailed", f.fetchErr
		condition["lastTransitionTime"] = stamp(f.unfetched)
	case f.head != "":
		condition["status"], condition["reason"] = "True", "Succeeded"
		condition["message"] = fmt.Sprintf("stored artifact for revision '%s'", f.revision(f.head))
	}
	if condition["status"] != nil {
		status["conditions"] = []any{condition}
	}
	if f.head != "" {
		file := "gitrepository/" + f.cfg.Object.Namespace + "/" + f.cfg.Name + "/" + f.head + ".tar.gz"
		status["artifact"] = map[string]any{
			"revision": f.revision(f.head), "path": file, "lastUpdateTime": stamp(f.fetched),
			"url": "http://source-controller." + f.cfg.Object.Namespace + ".svc.cluster.local./" + file,
		}
	}
	return map[string]any{
		"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "GitRepository", "metadata": f.metadata(),
		"spec":   map[string]any{"url": f.cfg.Object.URL, "interval": poll.String(), "timeout": "60s", "ref": ref},
		"status": status,
	}
}

func (f *flux) kustomization() map[string]any {
	o := f.Options()
	every := o.Interval
	if every == 0 {
		every = fluxInterval
	}
	spec := map[string]any{
		"interval": every.String(), "path": "./" + strings.Trim(f.cfg.Path, "/"), "prune": o.Prune,
		"targetNamespace": f.cfg.Namespace,
		"sourceRef":       map[string]any{"kind": "GitRepository", "name": f.cfg.Name},
	}
	if o.Retry != nil && o.Retry.Duration > 0 {
		spec["retryInterval"] = o.Retry.Duration.String()
	}
	if o.Suspend {
		spec["suspend"] = true
	}
	if f.cfg.Object.Server != "" {
		spec["kubeConfig"] = map[string]any{"secretRef": map[string]any{"name": f.cfg.Name + "-kubeconfig"}}
	}
	return map[string]any{
		"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization", "metadata": f.metadata(),
		"spec": spec, "status": f.status(),
	}
}

func (f *flux) status() map[string]any {
	status := map[string]any{}
	if f.board.handled != "" {
		status["lastHandledReconcileAt"] = f.board.handled
	}
	if f.attempted != "" {
		status["lastAttemptedRevision"] = f.revision(f.attempted)
	}
	if f.applied != "" {
		status["lastAppliedRevision"] = f.revision(f.applied)
	}
	var conditions []any
	if f.ready.reason == progressing {
		conditions = append(conditions, map[string]any{
			"type": "Reconciling", "status": "True", "reason": progressing, "lastTransitionTime": stamp(f.ready.since),
			"message": fmt.Sprintf("Fetching manifests for revision %s with a timeout of %s", f.revision(f.attempted), "9m30s"),
		})
	}
	if f.ready.status != "" {
		conditions = append(conditions, map[string]any{
			"type": "Ready", "status": f.ready.status, "reason": f.ready.reason, "message": f.ready.message,
			"lastTransitionTime": stamp(f.ready.since),
		})
	}
	if len(conditions) > 0 {
		status["conditions"] = conditions
	}
	if len(f.inventory) > 0 {
		status["inventory"] = map[string]any{"entries": f.entries()}
	}
	return status
}

// entries are the inventory: namespace, name, group and kind of each object in
// one word, and its version.
func (f *flux) entries() []any {
	var all []any
	for _, doc := range f.inventory {
		gvk := doc.object.GroupVersionKind()
		all = append(all, map[string]any{
			"id": strings.Join([]string{doc.key.namespace, doc.key.name, gvk.Group, gvk.Kind}, "_"), "v": gvk.Version,
		})
	}
	return all
}
