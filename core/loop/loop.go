package loop

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"selvage/core"
	"selvage/core/drift"
)

// Unit is one fabric with the sources that read its two sides.
type Unit struct {
	Fabric core.Fabric
	Git    core.Source
	Live   core.Source

	Engine core.EngineReader // nil where nothing is known to apply Git to live
	Asker  core.EngineAsker  // nil where the engine is never asked for anything
	Agents core.AgentReader  // nil where the fabric has no switches to ask
}

// Config is what a Loop needs; Limit, Company and Holder may be left out.
type Config struct {
	Units   []Unit // in the order in which they are shown
	History core.History
	Now     func() time.Time
	// Limit is how many checks begin before others have ended, or have taken
	// long; 0 for any number.
	Limit int
	// Jitter shortens or lengthens the pause between two checks, so that many
	// fabrics do not ask one server at the same moment.
	Jitter func(time.Duration) time.Duration
	Log    *slog.Logger

	// Company is what other processes on the same history tell, and are told; nil
	// where there are none. Then every fabric is watched by this process.
	Company Company
	// Holder is this process, as others see it; of its own it needs no Duty.
	Holder core.Holder
}

// Loop checks fabrics and holds what is known of them.
type Loop struct {
	config  Config
	workers map[core.FabricID]*worker
	broker  broker
	slots   chan struct{}  // holds a token for each check that others wait for
	looks   sync.WaitGroup // at Git's history, the engines and the switches

	mu    sync.Mutex // orders the writers of fleet
	fleet atomic.Pointer[core.Fleet]
}

// worker is what the loop keeps of one fabric between its checks.
type worker struct {
	unit     Unit
	comparer *drift.Comparer
	git      *reader
	live     *reader
	refresh  chan struct{}
	changed  chan struct{} // live changed
	answered chan struct{} // Git's history, the engine or the switches have told something
	urged    atomic.Bool   // a person asked for the next check
	doubted  atomic.Bool   // somebody has decided something since the last judgement
	engine   *aside[core.Engine]
	agents   *aside[core.Agents]
	own      atomic.Pointer[core.Run]   // the run of this process that was shown last
	want     atomic.Pointer[core.Scope] // what was asked for last
	judged   atomic.Pointer[judgement]  // the last one, nil before the first

	turn      turn // one check at a time; guards what follows
	previous  *drift.Result
	seen      *look        // the last one
	recorded  time.Time    // of the last judgement that was
	followed  *core.Memory // what was shown last of what another process recorded
	hindsight hindsight
	sentry    sentry
}

// New makes a loop that knows nothing yet; see [Loop.Restore].
func New(c Config) *Loop {
	l := &Loop{config: c, workers: make(map[core.FabricID]*worker, len(c.Units))}
	if c.Limit > 0 {
		l.slots = make(chan struct{}, c.Limit)
	}
	var fleet core.Fleet
	for _, u := range c.Units {
		l.workers[u.Fabric.ID] = newWorker(u, c.Log)
		fleet.Fabrics = append(fleet.Fabrics, core.FabricState{Fabric: u.Fabric})
	}
	l.fleet.Store(&fleet)
	return l
}

func newWorker(u Unit, log *slog.Logger) *worker {
	w := &worker{
		unit:     u,
		comparer: drift.New(u.Fabric),
		git:      newReader(u.Git, "git", log),
		live:     newReader(u.Live, "live", log),
		refresh:  make(chan struct{}, 1),
		changed:  make(chan struct{}, 1),
		answered: make(chan struct{}, 1),
		turn:     make(turn, 1),
		engine:   newEngine(u),
		agents:   newAgents(u),
	}
	w.asks(bare(u.Fabric))
	w.hindsight = hindsight{door: newDoor(), found: map[core.Key]found{}}
	w.hindsight.source, _ = u.Git.(core.Historian)
	return w
}

// worker finds the one of a fabric; doing is for the error.
func (l *Loop) worker(doing string, id core.FabricID) (*worker, error) {
	w, ok := l.workers[id]
	if !ok {
		return nil, fmt.Errorf("%s %q: no such fabric", doing, id)
	}
	return w, nil
}

// Fleet is the state of all fabrics now. It costs one atomic load.
func (l *Loop) Fleet() core.Fleet { return *l.fleet.Load() }

// Subscribe makes a queue that gets every event from now on.
func (l *Loop) Subscribe() *Subscription { return l.broker.subscribe() }

// Refresh asks for a check of the named fabrics, or of all when none is named,
// as soon as possible, and returns at once. A fabric whose check runs is
// checked once more after it. An engine that may be asked to look at Git now is
// asked to.
func (l *Loop) Refresh(ids ...core.FabricID) {
	if len(ids) == 0 {
		for id := range l.workers {
			ids = append(ids, id)
		}
	}
	for _, id := range ids {
		w, ok := l.workers[id]
		if !ok {
			continue
		}
		w.urged.Store(true)
		select {
		case w.refresh <- struct{}{}:
		default:
		}
	}
}

// Restore shows every fabric as the history last knew it. It reads no cluster
// and no repository.
func (l *Loop) Restore(ctx context.Context) error {
	var errs []error
	for _, u := range l.config.Units {
		m, err := l.config.History.Memory(ctx, u.Fabric.ID)
		if err != nil {
			errs = append(errs, fmt.Errorf("restore %s: %w", u.Fabric.ID, err))
			continue
		}
		w := l.workers[u.Fabric.ID]
		errs = append(errs, l.showDrafts(w, m))
		l.update(u.Fabric.ID, func(s *core.FabricState) {
			s.Report, s.LastSync, s.LastCheck = m.Told(), m.LastSync, m.LastCheck
		})
		errs = append(errs, l.overhear(ctx, w))
	}
	return errors.Join(errs...)
}

// Run checks every fabric now, then at its interval and whenever its live side
// tells of a change, until ctx ends. What another process does that for it only
// follows; see [Company]. A fabric without an interval is checked when somebody
// asks. It returns when nothing is under way any more.
func (l *Loop) Run(ctx context.Context) {
	var all sync.WaitGroup
	for _, u := range l.config.Units {
		w := l.workers[u.Fabric.ID]
		all.Go(func() { l.attend(ctx, w) })
	}
	all.Wait()
	l.looks.Wait()
}

// stand watches one fabric until ctx ends.
func (l *Loop) stand(ctx context.Context, w *worker) {
	var all sync.WaitGroup
	if live, ok := w.unit.Live.(core.Watcher); ok {
		w.turn.take()
		w.sentry.on = true
		w.turn.give()
		all.Go(func() { l.watch(ctx, w, live) })
	}
	if w.unit.Agents != nil {
		all.Go(func() { l.count(ctx, w) })
	}
	l.tend(ctx, w)
	all.Wait()
}

func (l *Loop) tend(ctx context.Context, w *worker) {
	for ctx.Err() == nil {
		l.checkNow(ctx, w)
		l.pause(ctx, w)
	}
}

// checkNow makes one check that nobody waits for.
func (l *Loop) checkNow(ctx context.Context, w *worker) {
	if err := l.Check(ctx, w.unit.Fabric.ID); err != nil && ctx.Err() == nil {
		l.config.Log.Warn("check", "fabric", w.unit.Fabric.ID, "err", err)
	}
}

// takeIn takes in what Git's history, the engine and the switches told.
func (l *Loop) takeIn(ctx context.Context, w *worker) {
	l.showAgents(w)
	if _, err := l.conclude(ctx, w); err != nil && ctx.Err() == nil {
		l.config.Log.Warn("look back", "fabric", w.unit.Fabric.ID, "err", err)
	}
}

// pause waits until the next check is due, asked for, or called for by what
// happened live. Meanwhile it takes in what Git's history, the engine and the
// switches tell.
func (l *Loop) pause(ctx context.Context, w *worker) {
	var due <-chan time.Time
	if every := w.unit.Fabric.CheckEvery; every > 0 {
		t := time.NewTimer(l.config.Jitter(every))
		defer t.Stop()
		due = t.C
	}
	rested := time.NewTimer(rest)
	defer rested.Stop()
	var changed <-chan struct{} // nobody listens to it before the rest is over
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.refresh:
			return
		case <-due:
			return
		case <-changed:
			return
		case <-rested.C:
			changed = w.changed
		case <-w.answered:
			l.takeIn(ctx, w)
		}
	}
}

// update replaces the state of one fabric and tells the listeners.
func (l *Loop) update(id core.FabricID, change func(*core.FabricState)) {
	l.mu.Lock()
	old := l.fleet.Load()
	next := core.Fleet{Fabrics: append([]core.FabricState(nil), old.Fabrics...)}
	for i := range next.Fabrics {
		if next.Fabrics[i].Fabric.ID == id {
			change(&next.Fabrics[i])
		}
	}
	l.fleet.Store(&next)
	l.mu.Unlock()
	l.broker.publish(core.StateChanged{Fabric: id})
}
