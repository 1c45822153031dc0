package loop

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"selvage/core"
)

// Company is what processes with the same history tell each other: who watches a
// fabric, who carries out a run, and how far that has come.
type Company interface {
	core.Leases

	// OpenRuns are the runs of a fabric that are not over, oldest first. LastRun
	// is the one that began last, without its result; nil where there was none.
	OpenRuns(ctx context.Context, id core.FabricID) ([]*core.Run, error)
	LastRun(ctx context.Context, id core.FabricID) (*core.Run, error)
}

// attend watches a fabric until ctx ends, as long as no other process does, and
// follows what that one records otherwise.
func (l *Loop) attend(ctx context.Context, w *worker) {
	id := w.unit.Fabric.ID
	switch {
	case l.config.Company != nil:
		defer l.release(ctx, w)
	case w.unit.Fabric.CheckEvery > 0:
		l.watchedBy(w, l.config.Holder)
		l.stand(ctx, w)
		return
	}
	if w.unit.Fabric.CheckEvery == 0 {
		w.turn.take()
		w.sentry.from = l.config.Now()
		w.turn.give()
	}
	told := ""
	for first := true; ctx.Err() == nil; first = false {
		held, by, err := l.acquire(ctx, w)
		if err != nil && ctx.Err() == nil && err.Error() != told {
			told = err.Error()
			l.config.Log.Warn("ask who watches", "fabric", id, "err", err)
		}
		l.watchedBy(w, by)
		if held {
			l.keep(ctx, w)
			continue
		}
		if first && l.forsaken(id) {
			l.checkNow(ctx, w)
		}
		l.follow(ctx, w)
	}
}

// acquire asks for the watch of a fabric, where it is watched at all. by is who
// has it. Where nobody watches, this process says that it is there.
func (l *Loop) acquire(ctx context.Context, w *worker) (held bool, by core.Holder, err error) {
	if l.config.Company == nil {
		return false, by, nil
	}
	held, by, err = l.config.Company.Acquire(ctx, w.unit.Fabric.ID, l.attendant(w))
	if w.unit.Fabric.CheckEvery == 0 {
		return false, core.Holder{}, err
	}
	return held, by, err
}

func (l *Loop) release(ctx context.Context, w *worker) {
	if err := l.config.Company.Release(context.WithoutCancel(ctx), w.unit.Fabric.ID, l.attendant(w)); err != nil {
		l.config.Log.Warn("give back the watch", "fabric", w.unit.Fabric.ID, "err", err)
	}
}

// attendant is this process as the one that watches a fabric, or that is there for one
// which nobody watches.
func (l *Loop) attendant(w *worker) core.Holder {
	me := l.config.Holder
	me.Duty, me.Doing = core.DutyWatch, "watch"
	if w.unit.Fabric.CheckEvery == 0 {
		me.Duty, me.Doing = core.DutyAttend, "wait until somebody asks"
	}
	return me
}

// glance is how often a process looks for what others have recorded.
const glance = time.Second

// span is how long a watcher may be silent, and beat how often it makes itself
// heard.
func (l *Loop) span() time.Duration { return cmp.Or(l.config.Holder.Time, core.LeaseTime) }

func (l *Loop) beat() time.Duration { return l.span() / (core.LeaseTime / core.LeaseBeat) }

// keep watches a fabric until ctx ends or the lease is lost. When it returns
// nothing that the clock began is under way any more.
func (l *Loop) keep(ctx context.Context, w *worker) {
	id := w.unit.Fabric.ID
	standing, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		l.stand(standing, w)
	}()
	for last := l.config.Now(); l.listenFor(ctx, w, l.beat()); {
		held, err := l.config.Company.Renew(ctx, id, l.attendant(w))
		now := l.config.Now()
		if err == nil {
			last = now
		}
		if err == nil && !held || now.Sub(last) >= l.span() {
			l.config.Log.Warn("lost the watch: this process was held up for too long", "fabric", id, "err", err)
			break
		}
	}
	stop()
	<-ended
	w.turn.take()
	defer w.turn.give()
	w.sentry.on, w.sentry.since = false, time.Time{}
}

// follow shows what others record of a fabric, for one beat. What a person asks
// for is checked all the same.
func (l *Loop) follow(ctx context.Context, w *worker) {
	l.catchUp(ctx, w)
	over := time.NewTimer(l.beat())
	defer over.Stop()
	look := time.NewTicker(min(l.beat(), glance))
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-over.C:
			return
		case <-look.C:
			l.catchUp(ctx, w)
		case <-w.refresh:
			l.checkNow(ctx, w)
		case <-w.answered:
			l.takeIn(ctx, w)
		}
	}
}

// forsaken tells that a fabric was not checked for so long that whoever watches it
// seems to be gone.
func (l *Loop) forsaken(id core.FabricID) bool {
	s, _ := l.Fleet().Fabric(id)
	every := s.Fabric.CheckEvery
	return every > 0 && l.config.Now().Sub(s.LastCheck) > every+every/2
}

// catchUp shows what another process has recorded since it was shown last. What
// this one saw before counts no more.
func (l *Loop) catchUp(ctx context.Context, w *worker) {
	id := w.unit.Fabric.ID
	if l.config.Company == nil {
		return
	}
	l.listen(ctx, w)
	if !w.turn.tryTake() {
		return // a check is under way here, and will be shown
	}
	defer w.turn.give()
	m, err := l.config.History.Memory(ctx, id)
	if err == nil && m == w.followed {
		return
	}
	if err == nil {
		err = l.showDrafts(w, m)
	}
	if err != nil {
		if ctx.Err() == nil {
			l.config.Log.Warn("follow", "fabric", id, "err", err)
		}
		return
	}
	w.followed = m
	if m.Report == nil || !m.Report.At.After(w.recorded) {
		return
	}
	report := l.recalled(w, m)
	w.seen, w.previous, w.sentry.relieves = nil, nil, w.unit.Fabric.CheckEvery > 0
	w.judged.Store(nil)
	l.update(id, func(s *core.FabricState) {
		s.Report, s.LastSync, s.LastCheck, s.Err = report, m.LastSync, m.LastCheck, nil
	})
}

// recalled is the report of a memory with both sides of what differs, which that
// has of the objects and not of the verdicts.
func (l *Loop) recalled(w *worker, m *core.Memory) *core.Report {
	report := m.Told()
	verdicts, err := guarded(l, w, "recall both sides of", func() ([]core.Verdict, error) {
		in := fromMemory(m)
		in.Engine = report.Engine
		return w.comparer.Recall(in, report.Verdicts), nil
	})
	if err == nil { // else the log has more
		report.Verdicts = verdicts
	}
	return report
}

// listenFor hears of the runs of others for a while, and tells whether ctx has not
// ended.
func (l *Loop) listenFor(ctx context.Context, w *worker, d time.Duration) bool {
	for ; d > glance; d -= glance {
		if !wait(ctx, glance) {
			return false
		}
		l.listen(ctx, w)
	}
	if !wait(ctx, d) {
		return false
	}
	l.listen(ctx, w)
	return true
}

// listen hears of the runs of others.
func (l *Loop) listen(ctx context.Context, w *worker) {
	if err := l.overhear(ctx, w); err != nil && ctx.Err() == nil {
		l.config.Log.Warn("look for runs", "fabric", w.unit.Fabric.ID, "err", err)
	}
}

// overhear shows the run of a fabric that is under way in another process, or that
// began last.
func (l *Loop) overhear(ctx context.Context, w *worker) error {
	if l.config.Company == nil {
		return nil
	}
	if own := w.own.Load(); own != nil && own.Phase.Active() {
		return nil // nobody knows it better
	}
	id := w.unit.Fabric.ID
	run, err := l.current(ctx, id)
	if err != nil {
		return fmt.Errorf("look for runs of %s: %w", id, err)
	}
	if s, _ := l.Fleet().Fabric(id); run == nil || s.Run != nil && sameRun(s.Run, run) {
		return nil
	}
	l.update(id, func(s *core.FabricState) { s.Run = run })
	return nil
}

// alive tells whether a holder was heard of lately.
func (l *Loop) alive(h core.Holder) bool {
	return l.config.Now().Sub(h.Seen) < 2*cmp.Or(h.Time, core.LeaseTime)
}

// current is the run that somebody carries out now, or else the one that began
// last. One whose process is gone is none: nobody knows yet what became of it.
func (l *Loop) current(ctx context.Context, id core.FabricID) (*core.Run, error) {
	c := l.config.Company
	by, held, err := c.Holder(ctx, id, core.DutyRun)
	if err != nil {
		return nil, err
	}
	if held && l.alive(by) {
		open, err := c.OpenRuns(ctx, id)
		if err != nil {
			return nil, err
		}
		for i := len(open) - 1; i >= 0; i-- {
			if open[i].Phase.Active() {
				return open[i], nil
			}
		}
	}
	last, err := c.LastRun(ctx, id)
	if err != nil || last == nil || last.Phase.Active() {
		return nil, err
	}
	return last, nil
}

// sameRun tells whether two copies of a run tell people the same.
func sameRun(a, b *core.Run) bool {
	return a.ID == b.ID && a.Phase == b.Phase && a.Attempts == b.Attempts && a.Err == b.Err && a.RetryAt.Equal(b.RetryAt) &&
		len(a.Publications) == len(b.Publications) && len(a.Steps) == len(b.Steps) && lastWords(a) == lastWords(b)
}

// lastWords are what the last step of a run tells of itself.
func lastWords(r *core.Run) string {
	if len(r.Steps) == 0 {
		return ""
	}
	return r.Steps[len(r.Steps)-1].Detail
}

// watchedBy shows who watches a fabric.
func (l *Loop) watchedBy(w *worker, by core.Holder) {
	id := w.unit.Fabric.ID
	if s, _ := l.Fleet().Fabric(id); s.Watcher.ID == by.ID {
		return // when it was heard of is not worth an event
	}
	l.update(id, func(s *core.FabricState) { s.Watcher = by })
}

// wait waits, and tells whether it did to the end.
func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
