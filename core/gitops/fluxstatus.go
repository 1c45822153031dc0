package gitops

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"selvage/core"
)

// fill takes what a Kustomization says. Flux applies new commits by itself, and
// at every interval puts back what was changed past Git; neither can be switched
// off but by suspending it.
func (f flux) fill(_ context.Context, app node, sources []source, e *core.Engine) {
	spec, ready := app.in("spec"), app.condition("Ready")
	e.Auto, e.SelfHeal, e.Prune = true, true, spec.flag("prune")
	e.Sync, e.Health = oneLine(ready.text("reason")), fluxHealth(app)
	e.HealthMessage = fluxMessage(ready.text("message"))
	e.ComparedAt = fluxSeen(app)
	e.Operation = fluxOperation(app)
	e.Objects = fluxObjects(app)
	e.Troubles = fluxTroubles(app, e.Operation)
	if made := app.when("metadata", "creationTimestamp"); !made.IsZero() {
		e.Rested(f.now(), core.Span{Until: made})
	}
	switch {
	case app.has("metadata", "deletionTimestamp"):
		e.Blocked = "ending: the Kustomization is being deleted"
	case spec.flag("suspend"):
		e.Blocked = "suspended"
	}
	fluxSource(app, sources[0], e)
}

// fluxSource tells what is the matter with the GitRepository.
func fluxSource(app node, s source, e *core.Engine) {
	_, name := sourceRef(app)
	switch {
	case s.foreign != "":
		return
	case errors.Is(s.unread, core.ErrNotFound):
		e.Troubles = append(e.Troubles, fmt.Sprintf("there is no GitRepository %s", oneLine(name)))
		return
	case s.unread != nil:
		e.Notes = append(e.Notes, oneLine(fmt.Sprintf("its GitRepository %s could not be read: %v", name, s.unread)))
		return
	}
	if ready := s.repository.condition("Ready"); ready.text("status") == "False" {
		e.Troubles = append([]string{oneLine(fmt.Sprintf("GitRepository %s: %s: %s", name, ready.text("reason"), ready.text("message")))}, e.Troubles...)
	}
	if s.repository.flag("spec", "suspend") && e.Blocked == "" {
		e.Blocked = fmt.Sprintf("suspended at its commit by GitRepository %s", oneLine(name))
	}
}

// fluxHealth is the health in the words of Flux's conditions.
func fluxHealth(app node) string {
	for _, kind := range []string{"Healthy", "Ready"} {
		switch c := app.condition(kind); c.text("status") {
		case "True":
			return kind
		case "False", "Unknown":
			return oneLine(c.text("reason"))
		}
	}
	return ""
}

// fluxSeen is when Flux last had an opinion.
func fluxSeen(app node) time.Time {
	at := app.condition("Ready").when("lastTransitionTime")
	for _, h := range app.list("status", "history") {
		if last := h.when("lastReconciled"); last.After(at) {
			at = last
		}
	}
	return at
}

// Parts of what Flux says.
var (
	// aboutRevision has the revision in a message about what goes on.
	aboutRevision = regexp.MustCompile(`\brevision (\S+@sha1:[0-9a-f]+)`)
	// wentWell is a line of what was applied before something went wrong.
	wentWell = regexp.MustCompile(`^[A-Z]\w*(/[\w.:-]+){1,2} (created|configured|unchanged|deleted|skipped)$`)
	// wentWrong is where Flux begins to say what went wrong with one object. It
	// stands at the beginning of a line or after another one: what an object's
	// own texts say is not taken for it.
	wentWrong = regexp.MustCompile(`(?m)(?:^|^delete failed, errors: |;)([A-Z]\w*)/(?:([\w.-]+)/)?([\w.:-]+) ((?:dry-run|apply|delete|query|label selector) failed|immutable field detected|failed to migrate|metadata\.managedFields)`)
	// unwell is one object in the list of those that did not get well.
	unwell = regexp.MustCompile(`\b([A-Z]\w*)/(?:([\w.-]+)/)?([\w.:-]+) status: '(\w+)'`)
)

// fluxOperation is what Flux does or did last. What failed is tried again at
// every interval, without end, unless Flux says that it has stalled.
func fluxOperation(app node) *core.EngineOperation {
	ready, attempted := app.condition("Ready"), app.text("status", "lastAttemptedRevision")
	op := &core.EngineOperation{Message: fluxMessage(ready.text("message"))}
	switch reason := ready.text("reason"); {
	case ready == nil, reason == "DependencyNotReady", reason == "ArtifactFailed":
		return nil
	case ready.text("status") == "True":
		op.Phase = core.EngineSucceeded
	case app.condition("Stalled").text("status") == "True":
		op.Phase = core.EngineFailed
	default:
		op.Phase = core.EngineRunning
	}
	if ready.text("status") == "Unknown" {
		if m := aboutRevision.FindStringSubmatch(app.condition("Reconciling").text("message")); m != nil {
			attempted = m[1]
		}
	}
	if op.Revision = fluxCommit(attempted); op.Revision == "" {
		return nil
	}
	op.Started = ready.when("lastTransitionTime")
	if ready.text("status") == "False" {
		op.Tries = 1
	}
	if last := app.list("status", "history"); len(last) > 0 && last[0].text("metadata", "revision") == attempted {
		h := last[0]
		op.Started = h.when("lastReconciled").Add(-h.span("lastReconciledDuration"))
		op.Finished = h.when("lastReconciled")
		if h.text("lastReconciledStatus") != "ReconciliationSucceeded" {
			op.Tries = max(op.Tries, h.number("totalReconciliations"))
		}
	}
	if op.Finished.IsZero() {
		op.Finished = ready.when("lastTransitionTime")
	}
	if op.Phase == core.EngineRunning {
		op.Finished = time.Time{}
	}
	return op
}

// fluxMessage is a message without the lines about what went well.
func fluxMessage(message string) string {
	lines := slices.DeleteFunc(strings.Split(message, "\n"), func(l string) bool { return wentWell.MatchString(strings.TrimSpace(l)) })
	return oneLine(strings.Join(lines, " "))
}

// fluxObjects are the objects in the inventory, and those that the last attempt
// stumbled over, which may not be in it yet.
func fluxObjects(app node) map[core.Key]core.EngineObject {
	all := map[core.Key]core.EngineObject{}
	for _, entry := range app.list("status", "inventory", "entries") {
		if k, ok := inventoryKey(entry.text("id")); ok {
			all[k] = core.EngineObject{}
		}
	}
	ready := app.condition("Ready")
	if ready.text("status") == "True" {
		return all
	}
	message := ready.text("message")
	hits := wentWrong.FindAllStringSubmatchIndex(message, -1)
	for i, hit := range hits {
		end := len(message)
		if i+1 < len(hits) {
			end = hits[i+1][0]
		}
		part := func(n int) string {
			if hit[2*n] < 0 {
				return ""
			}
			return message[hit[2*n]:hit[2*n+1]]
		}
		k := fluxKey(all, part(1), part(2), part(3))
		o := all[k]
		o.Refused, o.Message = true, fluxMessage(strings.TrimRight(message[hit[8]:end], ";"))
		all[k] = o
	}
	if strings.HasPrefix(message, "health check failed") {
		for _, hit := range unwell.FindAllStringSubmatch(message, -1) {
			k := fluxKey(all, hit[1], hit[2], hit[3])
			if o, known := all[k]; known {
				o.Health = hit[4]
				all[k] = o
			}
		}
	}
	return all
}

// inventoryKey reads an entry of the inventory: namespace_name_group_kind, where
// two underscores in the name stand for a colon.
func inventoryKey(id string) (core.Key, bool) {
	namespace, rest, ok := strings.Cut(id, "_")
	last := strings.LastIndexByte(rest, '_')
	if !ok || last < 0 {
		return core.Key{}, false
	}
	rest, kind := rest[:last], rest[last+1:]
	last = strings.LastIndexByte(rest, '_')
	if last < 0 {
		return core.Key{}, false
	}
	name, group := rest[:last], rest[last+1:]
	return core.Key{Group: group, Kind: kind, Namespace: namespace, Name: strings.ReplaceAll(name, "__", ":")}, kind != "" && name != ""
}

// fluxKey is the object that a message names. Messages leave the group out: it is
// that of an object in the inventory, or of a kind that is known.
func fluxKey(inventory map[core.Key]core.EngineObject, kind, namespace, name string) core.Key {
	group := ""
	for _, k := range core.Kinds() {
		if k.Kind == kind {
			group = k.Group
		}
	}
	for k := range inventory {
		if k.Kind == kind && k.Namespace == namespace && k.Name == name {
			return k
		}
	}
	return core.Key{Group: group, Kind: kind, Namespace: namespace, Name: name}
}

// fluxTroubles are what keeps Flux from trying at all.
func fluxTroubles(app node, op *core.EngineOperation) []string {
	var all []string
	for _, kind := range []string{"Stalled", "Ready"} {
		c := app.condition(kind)
		bad := kind == "Stalled" && c.text("status") == "True" || kind == "Ready" && c.text("status") == "False" && op == nil
		text := oneLine(c.text("reason") + ": " + c.text("message"))
		if bad && !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return all
}
