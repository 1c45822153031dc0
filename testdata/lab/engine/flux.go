package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// fluxInterval is the interval where the options name none.
const fluxInterval = 10 * time.Minute

// The reasons of Flux's conditions.
const (
	progressing = "Progressing"
	succeeded   = "ReconciliationSucceeded"
	failed      = "ReconciliationFailed"
	buildFailed = "BuildFailed"
	pruneFailed = "PruneFailed"
	notFetched  = "ArtifactFailed"
)

// flux is an engine as Flux's source and kustomize controllers are: it
// reconciles the newest commit when there is one, and each interval. It tries
// everything before it applies anything.
type flux struct {
	*Engine
	board board

	looked    time.Time
	head      string
	fetched   time.Time // when head was
	fetchErr  string
	unfetched time.Time // since when it is not, with fetchErr
	attempted string
	applied   string
	inventory []document
	ready     readiness
	last      State // of the last reconciliation
}

// readiness is the condition Ready.
type readiness struct {
	status, reason, message string
	since                   time.Time
}

func newFlux(e *Engine) (*flux, error) {
	b, err := newBoard(e)
	return &flux{Engine: e, board: b}, err
}

// watches: Flux looks at the cluster when it reconciles, and not between.
func (f *flux) watches() bool { return false }

func (f *flux) touch(context.Context, touch) {}

func (f *flux) tick(ctx context.Context) {
	o, now := f.Options(), f.cfg.Now()
	asked := f.board.wish(ctx).refresh
	if now.After(f.looked.Add(o.Poll)) || asked {
		f.look(ctx)
	}
	if !o.Suspend && f.head != "" && (asked || f.head != f.attempted || now.After(f.last.Finished.Add(f.every()))) {
		f.reconcile(ctx)
	}
	f.publish(ctx)
}

// look fetches the target anew.
func (f *flux) look(ctx context.Context) {
	f.looked = f.cfg.Now()
	head, err := f.source().head(ctx)
	if err != nil {
		if f.fetchErr == "" {
			f.unfetched = f.looked
		}
		f.fetchErr = fmt.Sprintf("failed to checkout and determine revision: unable to clone '%s': couldn't find remote ref \"refs/heads/%s\"",
			f.cfg.Object.URL, f.source().target)
		return
	}
	if f.fetchErr = ""; head != f.head {
		f.head, f.fetched = head, f.looked
	}
}

// every is the time to the next reconciliation of a commit.
func (f *flux) every() time.Duration {
	o := f.Options()
	switch {
	case f.last.Phase == Failed && o.Retry != nil && o.Retry.Duration > 0:
		return o.Retry.Duration
	case o.Interval > 0:
		return o.Interval
	}
	return fluxInterval
}

// sync reconciles now, as flux reconcile asks for it. Nothing happens where the
// engine is suspended.
func (f *flux) sync(ctx context.Context, _ Manual) State {
	f.look(ctx)
	if f.Options().Suspend {
		f.publish(ctx)
		state := f.State()
		state.Error = "resource is suspended"
		return state
	}
	if f.head != "" {
		f.reconcile(ctx)
	}
	f.publish(ctx)
	return f.State()
}

// reconcile makes one attempt.
func (f *flux) reconcile(ctx context.Context) {
	state := State{Revision: f.head, Started: f.cfg.Now(), Phase: Running}
	f.attempted, f.last = f.head, state
	f.set("Unknown", progressing, "Reconciliation in progress")
	f.publish(ctx)

	reason, err := f.bring(ctx, &state)
	state.Finished = f.cfg.Now()
	if err != nil {
		state.Phase, state.Message = Failed, err.Error()
		if !state.Failed() {
			state.Error = err.Error()
		}
		f.set("False", reason, err.Error())
	} else {
		state.Phase, state.Message = Succeeded, "Applied revision: "+f.revision(f.head)
		f.applied = f.head
		f.set("True", succeeded, state.Message)
	}
	f.last = state
}

// bring makes the cluster hold the commit. The reason is that of the error.
func (f *flux) bring(ctx context.Context, state *State) (reason string, _ error) {
	l, err := f.load(ctx, f.source(), f.head)
	if err != nil {
		return buildFailed, fmt.Errorf("kustomize build failed: %w", err)
	}
	if len(l.unknown) > 0 {
		r := l.unknown[0]
		r.Message = fmt.Sprintf("%s/%s/%s dry-run failed: no matches for kind %q in version %q",
			r.Kind, f.cfg.Namespace, r.Name, r.Kind, r.Group+"/"+r.Version)
		state.Results = []Result{r}
		return failed, errors.New(r.Message)
	}
	for _, doc := range l.documents {
		if _, err := f.apply(ctx, doc, true); err != nil {
			r := result(doc.object, Refused, fmt.Sprintf("%s/%s/%s dry-run failed (%s): %s",
				doc.object.GetKind(), doc.key.namespace, doc.key.name, cause(err), err))
			state.Results = []Result{r}
			return failed, errors.New(r.Message)
		}
	}
	for _, doc := range l.documents {
		r := result(doc.object, Applied, "configured")
		if _, err = f.apply(ctx, doc, false); err != nil {
			r.Action, r.Message = Refused, fmt.Sprintf("%s/%s/%s apply failed: %s", doc.object.GetKind(), doc.key.namespace, doc.key.name, err)
			state.Results = append(state.Results, r)
			return failed, errors.New(r.Message)
		}
		state.Results = append(state.Results, r)
	}
	return pruneFailed, f.collect(ctx, l, state)
}

// collect deletes what was in the inventory and left Git, where that is wished,
// and makes the inventory anew. What could not be deleted stays in it.
func (f *flux) collect(ctx context.Context, l load, state *State) error {
	wanted := l.desired()
	before := f.inventory
	f.inventory = slices.Clone(l.documents)
	var errs []error
	for _, doc := range slices.Backward(before) {
		if _, keep := wanted[doc.key]; keep || !f.Options().Prune || !f.marked(ctx, doc.key) {
			continue
		}
		r := result(doc.object, Pruned, "deleted")
		if err := f.remove(ctx, doc.key); err != nil {
			r.Action = Refused
			r.Message = fmt.Sprintf("%s/%s/%s delete failed: %s", doc.object.GetKind(), doc.key.namespace, doc.key.name, err)
			errs = append(errs, errors.New(r.Message))
			f.inventory = append(f.inventory, doc)
		}
		state.Results = append(state.Results, r)
	}
	return errors.Join(errs...)
}

// marked tells whether a live object has the engine's labels.
func (f *flux) marked(ctx context.Context, k key) bool {
	live, err := f.client.Resource(k.gvr).Namespace(k.namespace).Get(ctx, k.name, metav1.GetOptions{})
	return err == nil && f.owns(live)
}

// cause is the reason of an API error, as Flux puts it into parentheses.
func cause(err error) string {
	if reason := apierrors.ReasonForError(err); reason != metav1.StatusReasonUnknown {
		return string(reason)
	}
	return "Unknown"
}

// set changes the condition Ready, and since when it holds.
func (f *flux) set(status, reason, message string) {
	if f.ready.status != status || f.ready.since.IsZero() {
		f.ready.since = f.cfg.Now()
	}
	f.ready.status, f.ready.reason, f.ready.message = status, reason, message
}

// revision is a commit as Flux writes it.
func (f *flux) revision(commit string) string {
	target := f.source().target
	if isHash.MatchString(target) {
		return "sha1:" + commit
	}
	return target + "@sha1:" + commit
}

// publish tells where the engine is: in the cluster, and then in the state.
func (f *flux) publish(ctx context.Context) {
	f.board.show(ctx, f.objects()...)
	state := f.last
	state.Head, state.Applied, state.Sync = f.head, f.applied, unknown
	f.setState(state)
}
