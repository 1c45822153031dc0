package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// operation is one attempt of Argo CD to bring a commit about, with all its
// tries.
type operation struct {
	revision  string
	automated bool
	by        string // a person
	prune     bool
	only      []standing // of a partial one, as healing is; nil for everything
	heals     int64
	retry     Retry

	phase             Phase
	message           string
	started, finished time.Time // finished is also when the last try ended
	tries             int64     // that were repeated
	results           []Result

	content load
	fault   string // why the commit could not be read
	blocked bool   // a sync window keeps it from beginning
}

// policy is what the application says of retries, or Argo CD where it says
// nothing.
func policy(o Options) Retry {
	if o.Retry != nil {
		return *o.Retry
	}
	return Retry{Limit: retryLimit}
}

// begin makes an operation the present one and tries it.
func (a *argo) begin(ctx context.Context, op *operation) {
	op.phase, op.started = Running, a.cfg.Now()
	op.content, op.fault = a.head, a.fault
	a.operation = op
	a.publish(ctx)
	a.try(ctx)
}

// goOn tries the present operation again when that is due. The operation stays
// with its commit whatever the branch has meanwhile, unless its policy says
// otherwise.
func (a *argo) goOn(ctx context.Context) {
	op := a.operation
	if !a.busy() || !op.blocked && a.cfg.Now().Before(a.nextRetry) {
		return
	}
	if op.retry.Refresh && !op.blocked {
		op.revision, op.content, op.fault = a.head.revision, a.head, a.fault
	}
	if !op.blocked {
		op.finished = time.Time{}
		a.publish(ctx)
	}
	a.try(ctx)
}

// try makes one try of the present operation.
func (a *argo) try(ctx context.Context) {
	op := a.operation
	open, err := permits(a.Options().Windows, !op.automated, a.cfg.Now())
	if op.blocked = !open; op.blocked {
		op.message = "Sync operation blocked by sync window"
		if err != nil {
			op.message += ": " + err.Error()
		}
		return
	}
	op.results = nil
	op.phase, op.message = a.run(ctx, op)
	op.finished = a.cfg.Now()
	a.dirty = true
	switch {
	case op.phase == Succeeded:
		if op.only == nil {
			a.remember(op)
		}
	case op.retry.allows(op.tries):
		a.nextRetry = op.finished.Add(op.retry.wait(op.tries))
		op.phase = Running
		op.tries++
		op.message = fmt.Sprintf("%s. Retrying attempt #%d at %s.", op.message, op.tries, a.nextRetry.UTC().Format(time.Kitchen))
	case op.tries > 0:
		op.message = fmt.Sprintf("%s (retried %d times).", op.message, op.tries)
	}
}

// run does the work of one try. As with Argo CD, what is to be pruned goes first,
// and nothing is applied where that fails or where the cluster lacks a kind; an
// object that is refused keeps no other from being applied.
func (a *argo) run(ctx context.Context, op *operation) (Phase, string) {
	switch {
	case op.fault != "":
		return Error, "ComparisonError: " + op.fault
	case len(op.content.unknown) > 0 && op.only == nil:
		for _, r := range op.content.unknown {
			r.Message = fmt.Sprintf("The Kubernetes API could not find %s/%s for requested resource %s/%s. "+
				"Make sure the %q CRD is installed on the destination cluster.", r.Group, r.Kind, r.Namespace, r.Name, r.Kind)
			op.results = append(op.results, r)
		}
		return Failed, "one or more synchronization tasks are not valid"
	}
	rest, err := a.surplus(ctx, op.content.desired())
	if err != nil {
		return Error, err.Error()
	}
	for _, o := range rest {
		if op.takes(o.key) {
			op.results = append(op.results, a.prune(ctx, o, op.prune))
		}
	}
	if message, failed := op.failure(); failed {
		return Failed, message
	}
	for _, doc := range op.content.documents {
		if op.takes(doc.key) {
			op.results = append(op.results, a.applyOne(ctx, doc))
		}
	}
	if message, failed := op.failure(); failed {
		return Failed, message
	}
	return Succeeded, "successfully synced (all tasks run)"
}

// takes tells whether an operation is about an object.
func (o *operation) takes(k key) bool {
	return o.only == nil || slices.ContainsFunc(o.only, func(s standing) bool { return s.key == k })
}

// failure is Argo CD's sentence for the objects that were refused.
func (o *operation) failure() (string, bool) {
	var reasons []string
	for _, r := range o.results {
		if r.refused() && !slices.Contains(reasons, r.Message) {
			reasons = append(reasons, r.Message)
		}
	}
	return "one or more objects failed to apply, reason: " + strings.Join(reasons, ","), len(reasons) > 0
}

func (a *argo) prune(ctx context.Context, o owned, may bool) Result {
	if !may {
		return result(o.object, Skipped, "ignored (requires pruning)")
	}
	if err := a.remove(ctx, o.key); err != nil {
		return result(o.object, Refused, err.Error())
	}
	return result(o.object, Pruned, "pruned")
}

func (a *argo) applyOne(ctx context.Context, doc document) Result {
	live, err := a.apply(ctx, doc, false)
	if err != nil {
		return result(doc.object, Refused, err.Error())
	}
	a.known[doc.key] = pair{text: doc.text, version: live.GetResourceVersion(), same: true}
	gvk := doc.object.GroupVersionKind()
	id := strings.ToLower(gvk.Kind)
	if gvk.Group != "" {
		id += "." + gvk.Group
	}
	return result(doc.object, Applied, id+"/"+doc.key.name+" serverside-applied")
}

// remember adds an operation to the history. Argo CD keeps ten entries.
func (a *argo) remember(op *operation) {
	var id int64
	if n := len(a.history); n > 0 {
		id = a.history[n-1].id + 1
	}
	a.history = append(a.history, deployment{
		id: id, revision: op.revision, started: op.started, at: op.finished, automated: op.automated, by: op.by, source: a.sourceField(),
	})
	if len(a.history) > 10 {
		a.history = a.history[1:]
	}
}

// operation is what somebody asked for by writing it into the application.
func (w wish) operation(head string) *operation {
	return &operation{revision: head, automated: w.auto, by: w.by, prune: w.prune}
}
