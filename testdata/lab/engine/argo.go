package engine

import (
	"context"
	"fmt"
	"time"
)

// argo is an engine as Argo CD is one: it compares what Git says and what is
// live, tells so, and begins an operation where they differ and its policy lets
// it. There is one operation at a time; it is for one commit.
type argo struct {
	*Engine
	board board

	from       source // what was read last
	looked     time.Time
	head       load
	fault      string // why the target could not be read, in the words of Argo CD
	dirty      bool   // the cluster changed, or nobody has compared yet
	nextRetry  time.Time
	compared   compared
	comparedAt time.Time
	known      pairs
	apart      time.Time // since when they differ, zero while they do not

	operation *operation // the last one, or the present
	history   []deployment
	condition condition // why it does not sync by itself; zero for nothing to say
	health    transition
	heals     int64 // operations that healed this commit
}

// deployment is an entry of the application's history.
type deployment struct {
	id          int64
	revision    string
	started, at time.Time
	automated   bool
	by          string
	source      map[string]any
}

// condition is something the application complains of.
type condition struct {
	kind, message string
	since         time.Time
}

// transition is a word and since when it holds.
type transition struct {
	word  string
	since time.Time
}

func newArgo(e *Engine) (*argo, error) {
	b, err := newBoard(e)
	return &argo{Engine: e, board: b, known: make(pairs), dirty: true}, err
}

// watches: Argo CD sees what changes whether it heals or not.
func (a *argo) watches() bool { return true }

func (a *argo) touch(_ context.Context, t touch) {
	for name, version := range t.versions {
		if version == "" || version != a.written[key{place: t.place, name: name}] {
			a.dirty = true
		}
	}
	a.dirty = a.dirty || t.all
}

func (a *argo) tick(ctx context.Context) {
	wish := a.board.wish(ctx)
	if a.cfg.Now().After(a.looked.Add(a.Options().Poll)) || wish.refresh || a.from != a.source() {
		a.look(ctx)
	}
	a.compareAgain(ctx)
	if wish.sync && !a.busy() {
		a.begin(ctx, wish.operation(a.head.revision))
	}
	a.goOn(ctx)
	a.syncItself(ctx)
	a.publish(ctx)
}

// loading is how Argo CD begins to say why it could not read a commit.
const loading = "Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = Unknown desc = "

// look reads the target anew.
func (a *argo) look(ctx context.Context) {
	a.looked = a.cfg.Now()
	from := a.source()
	head, err := from.head(ctx)
	if err == nil && head == a.head.revision && from == a.from && a.fault == "" {
		return
	}
	a.from, a.dirty = from, true
	if err != nil {
		a.fault = loading + fmt.Sprintf("unable to resolve '%s' to a commit SHA", from.target)
		return
	}
	if head != a.head.revision {
		a.heals = 0
	}
	a.head, err = a.load(ctx, from, head)
	if a.fault = ""; err != nil {
		a.fault = loading + err.Error()
		return
	}
	a.desired = a.head.desired()
}

// compareAgain compares where something may have changed.
func (a *argo) compareAgain(ctx context.Context) {
	if !a.dirty || a.from == (source{}) {
		return
	}
	now := a.cfg.Now()
	if a.fault != "" {
		a.dirty = false
		a.compared.status, a.comparedAt = unknown, now
		for i := range a.compared.objects {
			a.compared.objects[i].status = unknown
		}
		return
	}
	c, err := a.compare(ctx, a.head, a.known)
	if err != nil {
		return // the cluster is away; what was known of it stands
	}
	a.dirty = false
	a.compared, a.comparedAt = c, now
	switch {
	case c.status == synced:
		a.apart = time.Time{}
	case a.apart.IsZero():
		a.apart = now
	}
}

// busy tells whether an operation is under way.
func (a *argo) busy() bool { return a.operation != nil && a.operation.phase == Running }

// syncItself begins an operation where the policy says so, by the rules of Argo
// CD's autoSync.
func (a *argo) syncItself(ctx context.Context) {
	o := a.Options()
	if a.busy() || a.dirty {
		return
	}
	if !o.Auto || o.Suspend || a.compared.status != outOfSync {
		a.condition = condition{}
		return
	}
	only, everything := a.compared.surplus()
	if !o.Prune && only {
		a.condition = condition{}
		return
	}
	if open, err := permits(o.Windows, false, a.cfg.Now()); !open || err != nil {
		return
	}
	op := &operation{revision: a.head.revision, automated: true, prune: o.Prune, retry: policy(o)}
	last := a.operation
	if last != nil && last.revision == op.revision {
		if last.phase != Succeeded {
			a.complain("SyncError", fmt.Sprintf("Failed last sync attempt to [%s]: %s", last.revision, last.message))
			return
		}
		if !o.SelfHeal || !a.healingDue(o) {
			return
		}
		op.only = a.compared.differing()
		op.heals = a.heals + 1
	}
	if o.Prune && everything {
		a.complain("SyncError", fmt.Sprintf("Skipping sync attempt to [%s]: auto-sync will wipe out all resources", op.revision))
		return
	}
	a.heals = op.heals
	a.begin(ctx, op)
}

// healingDue tells whether what differs may be healed: HealAfter after it began
// to, and not at once again where the last time did not help.
func (a *argo) healingDue(o Options) bool {
	now := a.cfg.Now()
	if !now.After(a.apart.Add(o.HealAfter)) {
		return false
	}
	return a.operation.only == nil || now.After(a.operation.finished.Add(again))
}

// complain sets the condition, and keeps since when it holds.
func (a *argo) complain(kind, message string) {
	if a.condition.kind != kind || a.condition.message != message {
		a.condition = condition{kind: kind, message: message, since: a.cfg.Now()}
	}
}

// sync begins an operation for a person. It takes the place of one that is under
// way: a test that asks does not want to be told to wait.
func (a *argo) sync(ctx context.Context, how Manual) State {
	a.look(ctx)
	by := how.By
	if by == "" {
		by = "admin"
	}
	a.begin(ctx, &operation{revision: a.head.revision, by: by, prune: how.Prune || a.Options().Prune})
	a.compareAgain(ctx)
	a.publish(ctx)
	return a.State()
}

// publish tells what there is to tell: in the cluster, and then in the state, so
// that who waits for the state finds the object as it says.
func (a *argo) publish(ctx context.Context) {
	a.board.show(ctx, a.objects()...)
	state := State{Head: a.head.revision, Sync: a.compared.status}
	if n := len(a.history); n > 0 {
		state.Applied = a.history[n-1].revision
	}
	if a.compared.status == synced {
		state.Applied = a.head.revision
	}
	if op := a.operation; op != nil {
		state.Revision, state.Started, state.Finished = op.revision, op.started, op.finished
		state.Results, state.Phase, state.Message, state.Tries = op.results, op.phase, op.message, op.tries
		if state.Phase != Succeeded && !state.Failed() {
			state.Error = op.message
		}
	}
	a.setState(state)
}
