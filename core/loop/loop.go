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
}

// Config is what a Loop needs; every field is required.
type Config struct {
	Units   []Unit // in the order in which they are shown
	History core.History
	Now     func() time.Time
	// Jitter shortens or lengthens the pause between two checks, so that many
	// fabrics do not ask one server at the same moment.
	Jitter func(time.Duration) time.Duration
	Log    *slog.Logger
}

// Loop checks fabrics and holds what is known of them.
type Loop struct {
	config  Config
	workers map[core.FabricID]*worker
	broker  broker

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

	mu       sync.Mutex // one check at a time
	previous *drift.Result
}

// New makes a loop that knows nothing yet; see [Loop.Restore].
func New(c Config) *Loop {
	l := &Loop{config: c, workers: make(map[core.FabricID]*worker, len(c.Units))}
	var fleet core.Fleet
	for _, u := range c.Units {
		l.workers[u.Fabric.ID] = &worker{
			unit:     u,
			comparer: drift.New(u.Fabric),
			git:      newReader(u.Git, "git", c.Log),
			live:     newReader(u.Live, "live", c.Log),
			refresh:  make(chan struct{}, 1),
		}
		fleet.Fabrics = append(fleet.Fabrics, core.FabricState{Fabric: u.Fabric})
	}
	l.fleet.Store(&fleet)
	return l
}

// Fleet is the state of all fabrics now. It costs one atomic load.
func (l *Loop) Fleet() core.Fleet { return *l.fleet.Load() }

// Subscribe makes a queue that gets every event from now on.
func (l *Loop) Subscribe() *Subscription { return l.broker.subscribe() }

// Refresh asks for a check of the named fabrics, or of all when none is named,
// as soon as possible, and returns at once. A fabric whose check runs is
// checked once more after it.
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
		l.update(u.Fabric.ID, func(s *core.FabricState) {
			s.Report, s.LastSync, s.LastCheck = m.Report, m.LastSync, m.LastCheck
		})
	}
	return errors.Join(errs...)
}

// Run checks every fabric now and then at its interval, until ctx ends. It
// returns when no check is under way any more.
func (l *Loop) Run(ctx context.Context) {
	var all sync.WaitGroup
	for _, w := range l.workers {
		all.Go(func() { l.tend(ctx, w) })
	}
	all.Wait()
}

func (l *Loop) tend(ctx context.Context, w *worker) {
	for ctx.Err() == nil {
		if err := l.Check(ctx, w.unit.Fabric.ID); err != nil && ctx.Err() == nil {
			l.config.Log.Warn("check", "fabric", w.unit.Fabric.ID, "err", err)
		}
		l.pause(ctx, w)
	}
}

// pause waits until the next check is due or asked for.
func (l *Loop) pause(ctx context.Context, w *worker) {
	var due <-chan time.Time
	if every := w.unit.Fabric.CheckEvery; every > 0 {
		t := time.NewTimer(l.config.Jitter(every))
		defer t.Stop()
		due = t.C
	}
	select {
	case <-ctx.Done():
	case <-w.refresh:
	case <-due:
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
