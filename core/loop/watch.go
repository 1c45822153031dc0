package loop

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"selvage/core"
)

const (
	// rest is how long after a check the next one waits that a change of live
	// asks for: whatever happens meanwhile is one change.
	rest = 500 * time.Millisecond
	// rewatch is the pause before a source that gave up watching is told to
	// watch again.
	rewatch = time.Minute
)

// sentry is what a worker knows of watching its live side. Whoever uses it
// holds the worker's lock.
type sentry struct {
	on      bool      // the source was told to watch
	looked  bool      // a look of this process was recorded
	since   time.Time // of the last look: since when it was watched, zero if it was not
	trouble string    // what was wrong with the last look that was not whole
	why     string    // the reason of the last blind time
	// relieves is set from when another process watched until a look of this one
	// was recorded.
	relieves bool
	// from is when this process began to wait for what somebody asks of a fabric that
	// nobody watches; zero where it does not.
	from time.Time
	// beside is set while a process watches, waits until somebody asks, or carries out
	// a run, and has done so since before the last look.
	beside bool
}

// there tells whether this process has been there since a time.
func (s *sentry) there(since time.Time) bool { return !s.from.IsZero() && !s.from.After(since) }

// watch has a live side that can be watched followed until ctx ends. A change
// in it asks for a check.
func (l *Loop) watch(ctx context.Context, w *worker, live core.Watcher) {
	scope := func() core.Scope { return *w.want.Load() }
	changed := func() {
		select {
		case w.changed <- struct{}{}:
		default:
		}
	}
	door := newDoor()
	for ctx.Err() == nil {
		failure, err := ask(ctx, door, func(ctx context.Context) (err error) {
			defer func() {
				if p := recover(); p != nil {
					l.config.Log.Error("a watch panicked", "fabric", w.unit.Fabric.ID, "panic", p, "stack", string(debug.Stack()))
					err = fmt.Errorf("internal error: %v", p)
				}
			}()
			live.Watch(ctx, scope, changed)
			return nil
		})
		if ctx.Err() != nil || err != nil {
			return
		}
		l.config.Log.Warn("watching ended", "fabric", w.unit.Fabric.ID, "err", failure)
		pause := time.NewTimer(rewatch)
		select {
		case <-ctx.Done():
		case <-pause.C:
		}
		pause.Stop()
	}
}

// blind is the time between the last look and this one, or the beginning of a
// watch that has not ended since, in which nobody watched; nil where there is
// none, and where live was not read: that time is told when it is again.
//
// A process that does not watch itself takes it that another one still does,
// which did so less than patience ago.
func (s *sentry) blind(m *core.Memory, live *core.Snapshot, patience time.Duration) *core.Blind {
	r := live.Readings[0]
	if r.Access != core.AccessOK {
		s.trouble = r.Error
		return nil
	}
	if live.Watched.IsZero() && len(live.Gaps) > 0 {
		s.trouble = live.Gaps[0].Reason
	}
	if m.Report == nil || m.Report.Live.ReadAt.IsZero() {
		return nil
	}
	from, until := m.Report.Live.ReadAt, live.Watched
	if until.IsZero() {
		until = r.ReadAt
	}
	if !until.After(from) || !s.on && r.ReadAt.Sub(m.Report.Watched) < patience {
		return nil
	}
	return &core.Blind{From: from, Until: until, Reason: s.reason(live.Watched)}
}

// beside tells whether another process has looked after a fabric since a time.
func (l *Loop) beside(ctx context.Context, id core.FabricID, since time.Time) bool {
	if l.config.Company == nil {
		return false
	}
	for _, duty := range []core.Duty{core.DutyWatch, core.DutyAttend, core.DutyRun} {
		by, held, err := l.config.Company.Holder(ctx, id, duty)
		if err != nil {
			l.config.Log.Warn("ask who watches", "fabric", id, "err", err)
			continue
		}
		if held && by.ID != l.config.Holder.ID && l.alive(by) && !by.Since.After(since) {
			return true
		}
	}
	return false
}

// watched is until when some process is known to have watched live.
func watched(m *core.Memory, live *core.Snapshot) time.Time {
	switch {
	case !live.Watched.IsZero():
		return live.Readings[0].ReadAt
	case m.Report != nil:
		return m.Report.Watched
	}
	return time.Time{}
}

// reason tells why nobody watched. From its first look until its first watch a
// process goes on with the reason that it began with. A fabric that another process
// looks at now and then is polled, whoever made the last look.
func (s *sentry) reason(since time.Time) string {
	switch {
	case s.relieves && s.on:
		return "the watch passed from one process to another"
	case !s.looked && !s.beside && !s.relieves:
		return "selvage did not run"
	case s.since.IsZero() && !since.IsZero() && s.why != "":
		return s.why
	case s.on && !s.since.IsZero() && s.trouble != "":
		return "the watch broke: " + s.trouble
	case s.on && !s.since.IsZero():
		return "the watch broke"
	}
	return core.Polled
}

// recorded takes down what a look has left in the history.
func (s *sentry) recorded(live *core.Snapshot, b *core.Blind) {
	if live.Readings[0].Access != core.AccessOK {
		return
	}
	s.looked = true
	if s.on {
		s.relieves = false
	}
	if b != nil {
		s.why = b.Reason
	}
	if !live.Watched.IsZero() {
		s.since, s.trouble = live.Watched, ""
	}
}
