package gitops

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"selvage/core"
)

// skipReconcile has Argo CD leave an Application alone.
const skipReconcile = "argocd.argoproj.io/skip-reconcile"

func (a argo) fill(ctx context.Context, app node, sources []source, e *core.Engine) {
	policy := app.in("spec", "syncPolicy")
	auto := policy.in("automated")
	e.Auto = policy.has("automated") && (auto.flag("enabled") || !auto.has("enabled"))
	e.SelfHeal = e.Auto && auto.flag("selfHeal")
	e.Prune = e.Auto && auto.flag("prune")
	status := app.in("status")
	e.Sync = oneLine(status.text("sync", "status"))
	e.Health, e.HealthMessage = oneLine(status.text("health", "status")), oneLine(status.text("health", "message"))
	e.ComparedAt = status.when("reconciledAt")
	e.Operation = argoOperation(status.in("operationState"), a.own(sources))
	e.Objects = argoObjects(status, e)
	e.Troubles, e.Notes = argoConditions(status, e.Operation)
	if made := app.when("metadata", "creationTimestamp"); !made.IsZero() {
		e.Rested(a.config.Now(), core.Span{Until: made})
	}
	if ns := app.text("spec", "destination", "namespace"); ns != "" && a.config.Cluster.Namespace != "" && ns != a.config.Cluster.Namespace {
		e.Notes = append(e.Notes, fmt.Sprintf("documents without a namespace go to %s, cluster.namespace says %s", oneLine(ns), a.config.Cluster.Namespace))
	}
	a.blocked(ctx, app, e)
}

// blocked finds out what keeps Argo CD from applying anything.
func (a argo) blocked(ctx context.Context, app node, e *core.Engine) {
	skip, err := strconv.ParseBool(app.in("metadata", "annotations").text(skipReconcile))
	switch {
	case app.has("metadata", "deletionTimestamp"):
		e.Blocked = "ending: the Application is being deleted"
		return
	case err == nil && skip:
		e.Blocked = "paused by the annotation " + skipReconcile
		return
	}
	w, err := a.windows(ctx, app)
	if err != nil {
		e.Notes = append(e.Notes, oneLine("its sync windows could not be read: "+err.Error()))
		return
	}
	now := a.config.Now()
	var strange []string
	e.Blocked, strange = w.judge(!e.Auto, now)
	e.Notes = append(e.Notes, strange...)
	e.Rested(now, w.shut(!e.Auto, now)...)
}

// own are those of the sources that the fabric compares.
func (a argo) own(sources []source) []source {
	return slices.DeleteFunc(slices.Clone(sources), func(s source) bool {
		return !slices.ContainsFunc(a.config.Places, func(p Place) bool { return s.relation(p) != apart })
	})
}

// operated are the commits of some sources in an operation's result, or in what it
// was asked for. A result says itself which sources it was of: the app may have
// others by now.
func operated(n node, sources []source) []string {
	if len(n.texts("revisions")) == 0 {
		if r := n.text("revision"); r != "" {
			return []string{r}
		}
		return nil
	}
	then := n.list("sources")
	var all []string
	for _, s := range sources {
		at := s.index
		if i := slices.IndexFunc(then, func(was node) bool {
			return core.SameRepository(was.text("repoURL"), s.URL) && folder(was.text("path")) == s.Path
		}); i >= 0 {
			at = i
		} else if len(then) > 0 {
			continue
		}
		if r := revision(n, at, true); r != "" && !slices.Contains(all, r) {
			all = append(all, r)
		}
	}
	return all
}

// argoOperation is what Argo CD does or did last. Between two tries it is
// running, and has ended the one before.
func argoOperation(state node, own []source) *core.EngineOperation {
	if state.text("phase") == "" {
		return nil
	}
	sync := state.in("operation", "sync")
	op := &core.EngineOperation{
		Tries:    max(0, state.number("retryCount")),
		Limit:    max(0, state.number("operation", "retry", "limit")),
		Started:  state.when("startedAt"),
		Finished: state.when("finishedAt"),
		Message:  oneLine(state.text("message")),
		By:       oneLine(state.text("operation", "initiatedBy", "username")),
	}
	for _, n := range []node{state.in("syncResult"), sync} {
		if of := operated(n, own); op.Revision == "" && len(of) > 0 {
			op.Revision = of[0]
			if len(of) > 1 {
				op.Revisions = of
			}
		}
	}
	switch state.text("phase") {
	case "Succeeded":
		op.Phase = core.EngineSucceeded
	case "Failed", "Error":
		op.Phase = core.EngineFailed
	default: // Running, Terminating
		op.Phase, op.Finished = core.EngineRunning, time.Time{}
	}
	op.Partial = sync.flag("dryRun") || len(sync.list("resources")) > 0
	if sync.flag("dryRun") {
		op.Message = "dry run: " + op.Message
	}
	return op
}

// argoObjects joins what Argo CD says of each object with what became of it in
// the last operation.
func argoObjects(status node, e *core.Engine) map[core.Key]core.EngineObject {
	all := map[core.Key]core.EngineObject{}
	for _, r := range status.list("resources") {
		if r.flag("hook") {
			continue
		}
		all[argoKey(r)] = core.EngineObject{
			Sync:    oneLine(r.text("status")),
			Health:  oneLine(r.text("health", "status")),
			Surplus: r.flag("requiresPruning") && (!e.Prune || r.flag("requiresDeletionConfirmation")),
		}
	}
	if status.flag("operationState", "operation", "sync", "dryRun") {
		return all // nothing became of any
	}
	for _, r := range status.list("operationState", "syncResult", "resources") {
		k := argoKey(r)
		o, known := all[k]
		code := r.text("status")
		if !known && code != "SyncFailed" {
			continue // a hook, or pruned: none of its objects
		}
		o.Refused = code == "SyncFailed"
		o.Surplus = o.Surplus || code == "PruneSkipped"
		if message := oneLine(r.text("message")); message != "" {
			o.Message = message
		}
		all[k] = o
	}
	return all
}

func argoKey(r node) core.Key {
	return core.Key{Group: r.text("group"), Kind: r.text("kind"), Namespace: r.text("namespace"), Name: r.text("name")}
}

// argoConditions are its conditions: the errors, those first that keep it from
// knowing what to apply, and beside them the warnings, but for those about other
// objects than the fabric's. That it gave up is left to the operation to say.
func argoConditions(status node, op *core.EngineOperation) (troubles, notes []string) {
	var rest []string
	for _, c := range status.list("conditions") {
		kind, message := oneLine(c.text("type")), oneLine(c.text("message"))
		switch {
		case kind == "OrphanedResourceWarning", kind == "ExcludedResourceWarning":
		case kind == "SyncError" && op != nil && op.Message != "" && strings.HasSuffix(message, op.Message):
		case kind == "ComparisonError" || kind == "InvalidSpecError":
			troubles = append(troubles, kind+": "+message)
		case strings.HasSuffix(kind, "Error"):
			rest = append(rest, kind+": "+message)
		default:
			notes = append(notes, kind+": "+message)
		}
	}
	return slices.Concat(troubles, rest), notes
}
