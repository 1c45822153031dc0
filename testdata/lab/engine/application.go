package engine

import "time"

// objects are the Application and its project, with the fields of Argo CD 3.
func (a *argo) objects() []shown {
	spec := map[string]any{
		"project":     a.cfg.Object.Project,
		"source":      a.sourceField(),
		"destination": a.destination(),
		"syncPolicy":  a.policyField(),
	}
	app := map[string]any{
		"apiVersion": "argoproj.io/v1alpha1", "kind": "Application",
		"metadata": map[string]any{"name": a.cfg.Name, "namespace": a.cfg.Object.Namespace},
		"spec":     spec,
		"status":   a.status(),
	}
	if a.busy() {
		app["operation"] = a.operation.request()
	}
	return []shown{{gvr: projects, content: a.project()}, {gvr: applications, content: app}}
}

func (a *argo) sourceField() map[string]any {
	from := a.source()
	target := from.target
	source := map[string]any{"repoURL": a.cfg.Object.URL, "path": orDot(from.dir), "targetRevision": target}
	directory := map[string]any{"recurse": !from.flat, "jsonnet": map[string]any{}}
	if from.include != "" {
		directory["include"] = from.include
	}
	if from.exclude != "" {
		directory["exclude"] = from.exclude
	}
	source["directory"] = directory
	return source
}

// orDot is a directory as Argo CD names it: the root is a dot.
func orDot(dir string) string {
	if dir == "" {
		return "."
	}
	return dir
}

func (a *argo) destination() map[string]any {
	server := a.cfg.Object.Server
	if server == "" {
		server = "https://kubernetes.default.svc"
	}
	return map[string]any{"server": server, "namespace": a.cfg.Namespace}
}

func (a *argo) policyField() map[string]any {
	o := a.Options()
	policy := map[string]any{"syncOptions": []any{"ServerSideApply=true"}}
	if o.Auto {
		automated := map[string]any{}
		if o.Prune {
			automated["prune"] = true
		}
		if o.SelfHeal {
			automated["selfHeal"] = true
		}
		if o.Suspend {
			automated["enabled"] = false
		}
		policy["automated"] = automated
	}
	if o.Retry != nil {
		policy["retry"] = o.Retry.field()
	}
	return policy
}

func (r Retry) field() map[string]any {
	retry := map[string]any{"limit": r.Limit}
	backoff := map[string]any{}
	if r.Duration > 0 {
		backoff["duration"] = r.Duration.String()
	}
	if r.Factor > 0 {
		backoff["factor"] = r.Factor
	}
	if r.Max > 0 {
		backoff["maxDuration"] = r.Max.String()
	}
	if len(backoff) > 0 {
		retry["backoff"] = backoff
	}
	if r.Refresh {
		retry["refresh"] = true
	}
	return retry
}

// request is the operation as it is asked for.
func (o *operation) request() map[string]any {
	sync := map[string]any{"revision": o.revision, "syncOptions": []any{"ServerSideApply=true"}}
	if o.prune {
		sync["prune"] = true
	}
	if o.heals > 0 {
		sync["autoHealAttemptsCount"] = o.heals
	}
	if o.only != nil {
		var only []any
		for _, s := range o.only {
			one := identity(result(s.object, "", ""))
			delete(one, "version")
			only = append(only, one)
		}
		sync["resources"] = only
	}
	return map[string]any{"initiatedBy": initiator(o.automated, o.by), "retry": o.retry.field(), "sync": sync}
}

func initiator(automated bool, by string) map[string]any {
	who := map[string]any{}
	if automated {
		who["automated"] = true
	}
	if by != "" {
		who["username"] = by
	}
	return who
}

func (a *argo) status() map[string]any {
	status := map[string]any{
		"controllerNamespace": a.cfg.Object.Namespace, "sourceType": "Directory",
		"resourceHealthSource": "appTree", "summary": map[string]any{},
		"health": a.healthField(),
	}
	if !a.comparedAt.IsZero() {
		status["reconciledAt"] = stamp(a.comparedAt)
		sync := map[string]any{
			"status":     a.compared.status,
			"comparedTo": map[string]any{"source": a.sourceField(), "destination": a.destination()},
		}
		if a.fault == "" {
			sync["revision"] = a.head.revision
		}
		status["sync"] = sync
		status["resources"] = a.resources()
	}
	if conditions := a.conditions(); len(conditions) > 0 {
		status["conditions"] = conditions
	}
	if len(a.history) > 0 {
		status["history"] = a.historyField()
	}
	if a.operation != nil {
		status["operationState"] = a.operationState()
	}
	return status
}

func (a *argo) healthField() map[string]any {
	o := a.Options()
	word := o.Health
	if word == "" {
		word = "Healthy"
	}
	if a.health.word != word {
		a.health = transition{word: word, since: a.cfg.Now()}
	}
	health := map[string]any{"status": word, "lastTransitionTime": stamp(a.health.since)}
	if o.HealthMessage != "" {
		health["message"] = o.HealthMessage
	}
	return health
}

func (a *argo) resources() []any {
	var all []any
	for _, s := range a.compared.objects {
		one := identity(result(s.object, "", ""))
		one["status"] = s.status
		if s.surplus {
			one["requiresPruning"] = true
		}
		all = append(all, one)
	}
	return all
}

func identity(r Result) map[string]any {
	one := map[string]any{"version": r.Version, "kind": r.Kind, "name": r.Name}
	if r.Group != "" {
		one["group"] = r.Group
	}
	if r.Namespace != "" {
		one["namespace"] = r.Namespace
	}
	return one
}

func (a *argo) conditions() []any {
	var all []any
	if a.fault != "" {
		all = append(all, map[string]any{"type": "ComparisonError", "message": a.fault, "lastTransitionTime": stamp(a.comparedAt)})
	}
	if c := a.condition; c.kind != "" {
		all = append(all, map[string]any{"type": c.kind, "message": c.message, "lastTransitionTime": stamp(c.since)})
	}
	return all
}

func (a *argo) historyField() []any {
	var all []any
	for _, d := range a.history {
		all = append(all, map[string]any{
			"id": d.id, "revision": d.revision, "deployStartedAt": stamp(d.started), "deployedAt": stamp(d.at),
			"initiatedBy": initiator(d.automated, d.by), "source": d.source,
		})
	}
	return all
}

func (a *argo) operationState() map[string]any {
	op := a.operation
	state := map[string]any{
		"phase": string(op.phase), "startedAt": stamp(op.started), "operation": op.request(),
	}
	if op.message != "" {
		state["message"] = op.message
	}
	if !op.finished.IsZero() {
		state["finishedAt"] = stamp(op.finished)
	}
	if op.tries > 0 {
		state["retryCount"] = op.tries
	}
	if op.finished.IsZero() && op.results == nil {
		return state
	}
	result := map[string]any{"revision": op.revision, "source": a.sourceField()}
	var resources []any
	for _, r := range op.results {
		one := identity(r)
		one["message"], one["syncPhase"] = r.Message, "Sync"
		one["status"], one["hookPhase"] = r.Action.words()
		resources = append(resources, one)
	}
	if len(resources) > 0 {
		result["resources"] = resources
	}
	state["syncResult"] = result
	return state
}

// words are Argo CD's status and phase of what a sync did to an object.
func (a Action) words() (status, phase string) {
	switch a {
	case Applied:
		return "Synced", "Running"
	case Pruned:
		return "Pruned", "Succeeded"
	case Skipped:
		return "PruneSkipped", "Succeeded"
	case Refused:
	}
	return "SyncFailed", "Failed"
}

// project is the AppProject with the sync windows.
func (a *argo) project() map[string]any {
	spec := map[string]any{
		"sourceRepos":              []any{"*"},
		"destinations":             []any{map[string]any{"server": "*", "namespace": "*"}},
		"clusterResourceWhitelist": []any{map[string]any{"group": "*", "kind": "*"}},
	}
	var windows []any
	for _, w := range a.Options().Windows {
		one := map[string]any{
			"kind": w.Kind, "schedule": w.Schedule, "duration": w.Duration, "applications": []any{"*"},
		}
		if w.ManualSync {
			one["manualSync"] = true
		}
		if w.TimeZone != "" {
			one["timeZone"] = w.TimeZone
		}
		windows = append(windows, one)
	}
	if len(windows) > 0 {
		spec["syncWindows"] = windows
	}
	return map[string]any{
		"apiVersion": "argoproj.io/v1alpha1", "kind": "AppProject",
		"metadata": map[string]any{"name": a.cfg.Object.Project, "namespace": a.cfg.Object.Namespace},
		"spec":     spec,
	}
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
