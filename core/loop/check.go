package loop

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"selvage/core"
	"selvage/core/drift"
)

const (
	// patience is how long the record of a check is kept back for what Git's
	// history says, which then is recorded with it. What the check found is
	// shown at once.
	patience = time.Second
	// othersPatience is how long another process, which watches and checks now
	// and then, is taken to be still there.
	othersPatience = 2 * time.Minute
	// slotTime is after how long a check that has not ended makes room for
	// another one, so that sources that hang do not keep the others waiting.
	slotTime = 3 * time.Second
)

// look is what both sides said at one time.
type look struct {
	git, live *core.Snapshot
	want      core.Scope
	whole     *core.Snapshot // git, where all of it was read now
	blind     *core.Blind    // that no record holds yet
	passages  int            // as [reader.unrecorded] counts
	started   time.Time
	// comparedAt is as of when it was compared last: later than it began where
	// somebody has decided something since.
	comparedAt time.Time
}

// judgement is a comparison with all that it rests on.
type judgement struct {
	input  drift.Input
	result *drift.Result
	whole  bool // the content of Git that it rests on was read whole, now or earlier
}

// Check reads both sides of a fabric, compares them, records what was found
// and shows it. The error says why that could not be done or recorded; that a
// side could not be read is no error but part of the report. What Git's history
// has to say comes in later, see [Loop.Settle].
func (l *Loop) Check(ctx context.Context, id core.FabricID) error {
	w, err := l.worker("check", id)
	if err != nil {
		return err
	}
	if err := w.turn.await(ctx); err != nil {
		return fmt.Errorf("check %s: wait for the check that is under way: %w", id, err)
	}
	defer w.turn.give()
	leave := l.enter(ctx)
	defer leave()
	started := l.config.Now()
	l.update(id, func(s *core.FabricState) { s.Checking = started })
	check, err := guarded(l, w, "check", func() (*core.Check, error) { return l.check(ctx, w, started, leave) })
	l.update(id, func(s *core.FabricState) {
		s.Checking = time.Time{}
		if ctx.Err() == nil { // else it was cut short, and what was on screen stays
			s.LastCheck = l.config.Now()
			s.Took = s.LastCheck.Sub(started)
			w.show(s, check, err)
		}
	})
	return err
}

// Settle waits until nothing is asked of Git's history, the engine and the
// switches any more for a fabric that was checked, and shows and records what
// they told. What cannot be read is said so, and the verdicts are those that can
// be given without it.
func (l *Loop) Settle(ctx context.Context, id core.FabricID) error {
	w, err := l.worker("look back in git of", id)
	if err != nil {
		return err
	}
	for {
		l.showAgents(w)
		under, err := l.conclude(ctx, w)
		if err != nil || under == nil {
			return err
		}
		select {
		case <-under:
		case <-ctx.Done():
			return fmt.Errorf("look back in git of %s: %w", id, ctx.Err())
		}
	}
}

// conclude compares again what was seen last, where Git's history or the engine
// has told more since then, or a person has. It gives what is closed when the next answer is
// there, nil where none is to come.
func (l *Loop) conclude(ctx context.Context, w *worker) (<-chan struct{}, error) {
	if err := w.turn.await(ctx); err != nil {
		return nil, fmt.Errorf("look back in git of %s: wait for the check that is under way: %w", w.unit.Fabric.ID, err)
	}
	defer w.turn.give()
	if w.seen == nil {
		return nil, nil
	}
	news, at := w.doubted.Swap(false), w.seen.comparedAt
	if news {
		at = l.config.Now()
	}
	if !w.hindsight.hear(l.config.Now()) && !w.engine.waiting() && !news {
		if j := w.judged.Load(); j != nil {
			l.wonder(ctx, w, j) // what came up while another question was under way
		}
		return w.underWay(), nil
	}
	err := l.again(ctx, w, at)
	return w.underWay(), err
}

// underWay is closed when the next answer is there to something that was asked
// beside the two sides; nil where nothing is.
func (w *worker) underWay() <-chan struct{} {
	if i := w.hindsight.inquiry; i != nil {
		return i.done
	}
	if done := w.engine.underWay(); done != nil {
		return done
	}
	return w.agents.underWay()
}

// show puts what a check found into the state of its fabric; err is why it could
// not be made or recorded.
func (w *worker) show(s *core.FabricState, check *core.Check, err error) {
	s.Err = err
	if check == nil {
		return
	}
	s.Report, s.Drafts = check.Report, w.judged.Load().result.Drafts
	if err == nil {
		s.Drafts = lying(s.Drafts)
	}
	if check.Agreed {
		s.LastSync = check.Finished
	}
}

// enter waits until there is room for one more check. leave makes room again,
// and may be called twice.
func (l *Loop) enter(ctx context.Context) (leave func()) {
	if l.slots == nil {
		return func() {}
	}
	select {
	case l.slots <- struct{}{}:
	case <-ctx.Done():
		return func() {}
	}
	once := sync.OnceFunc(func() { <-l.slots })
	late := time.AfterFunc(slotTime, once)
	return func() {
		late.Stop()
		once()
	}
}

// guarded does something, and makes an error of a panic in it: a fault that one
// fabric brings up must not end the program for all of them.
func guarded[T any](l *Loop, w *worker, doing string, do func() (T, error)) (done T, err error) {
	defer func() {
		if p := recover(); p != nil {
			id := w.unit.Fabric.ID
			l.config.Log.Error("panic", "doing", doing, "fabric", id, "panic", p, "stack", string(debug.Stack()))
			var none T
			done, err = none, fmt.Errorf("%s %s: internal error: %v (the log has more; please report it)", doing, id, p)
		}
	}()
	return do()
}

// check makes a check; leave tells when it does nothing more but wait.
func (l *Loop) check(ctx context.Context, w *worker, started time.Time, leave func()) (*core.Check, error) {
	id := w.unit.Fabric.ID
	memory, err := l.config.History.Memory(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("check %s: %w", id, err)
	}
	l.askAside(ctx, w)
	if w.sentry.beside = false; !w.sentry.looked && memory.Report != nil {
		last := memory.Report.Live.ReadAt
		w.sentry.beside = w.sentry.there(last) || l.beside(ctx, id, last)
	}
	s, err := w.look(ctx, memory, started)
	if err != nil {
		return nil, err
	}
	asked := l.config.Now()
	w.engine.wait(ctx, asidePatience)
	w.agents.wait(ctx, asidePatience-l.config.Now().Sub(asked))
	w.seen = s
	w.hindsight.hear(l.config.Now())
	l.config.History.Hold(id, s.git, s.live)
	w.doubted.Store(false) // what was decided up to now counts
	if memory, err = l.config.History.Memory(ctx, id); err != nil {
		return nil, fmt.Errorf("check %s: %w", id, err)
	}
	j := w.judge(s, memory)
	shown := false
	waiting, stop := context.WithTimeout(ctx, patience)
	defer stop()
	for l.wonder(ctx, w, j) {
		if !shown {
			shown = true
			leave()
			l.update(id, func(f *core.FabricState) { f.Report, f.Drafts = j.result.Report, j.result.Drafts })
		}
		select {
		case <-w.hindsight.inquiry.done:
		case <-waiting.Done():
		}
		if !w.hindsight.hear(l.config.Now()) {
			break
		}
		j = w.judge(s, memory)
	}
	return l.record(ctx, w, memory, j, s.started)
}

// look reads both sides.
func (w *worker) look(ctx context.Context, m *core.Memory, started time.Time) (*look, error) {
	reading := ctx
	if limit := w.unit.Fabric.Timeout; limit > 0 {
		var cancel context.CancelFunc
		reading, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	s := &look{started: started, comparedAt: started}
	s.git, s.live, s.want = w.read(reading, m)
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("check %s: %w", w.unit.Fabric.ID, err)
	}
	live := *s.live
	live.Passages, s.passages = w.live.unrecorded()
	s.live = &live
	s.blind = w.sentry.blind(m, s.live, max(2*w.unit.Fabric.CheckEvery, othersPatience))
	if readWhole(s.git) {
		s.whole = s.git
		if m.Git != nil {
			w.hindsight.follow(s.git.Readings, lastReadings(m))
		}
	} else if m.Git != nil && samePlaces(s.git.Readings, m.Git.Readings) {
		s.git = m.Git.WithReadings(keepAges(s.git.Readings, lastReadings(m)))
	}
	return s, nil
}

// judge compares what was seen, by what is remembered and what Git's history
// has told so far.
func (w *worker) judge(s *look, m *core.Memory) *judgement {
	j := w.compare(s, m)
	if w.hindsight.idle(j.result.Wanted, s, w.unit.Fabric) {
		j = w.compare(s, m)
	}
	w.hindsight.forget(j.result)
	w.previous = j.result
	w.judged.Store(j)
	return j
}

func (w *worker) compare(s *look, m *core.Memory) *judgement {
	in := drift.Input{
		Git: s.git, Live: s.live, Memory: m, Now: s.comparedAt,
		Rewrites: slices.Clone(w.hindsight.rewrites), Previous: w.previous,
	}
	engine, _, awaited := w.engine.take()
	in.Engine, in.EngineAwaited = w.hindsight.counted(engine, s.git.Readings, m), awaited
	in.Past, in.PastErr = w.hindsight.evidence(s, w.unit.Fabric)
	j := &judgement{in, w.comparer.Compare(in), s.whole != nil || m.Git != nil && samePlaces(s.git.Readings, m.Git.Readings)}
	j.result.Report.Watched = watched(m, s.live)
	j.result.Report.Agents, _, _ = w.agents.take()
	j.input.Previous = nil // or each judgement would keep the one before it
	if r := j.result.Report; r.Live.ReadAt.IsZero() && m.Report != nil {
		r.Live.ReadAt = m.Report.Live.ReadAt
	}
	return j
}

// wonder begins to look back for what a judgement wants to know, and tells
// whether it did.
func (l *Loop) wonder(ctx context.Context, w *worker, j *judgement) bool {
	i := w.hindsight.wonder(j.result, w.seen, w.unit.Fabric, l.config.Now())
	if i == nil {
		return false
	}
	l.looks.Go(func() { l.look(ctx, w, i) })
	return true
}

// record keeps a judgement that somebody began to make at a time, and all that was
// waiting to be kept with one.
func (l *Loop) record(ctx context.Context, w *worker, m *core.Memory, j *judgement, began time.Time) (*core.Check, error) {
	s := w.seen
	check := checkOf(w.unit.Fabric.ID, m, j.result)
	check.Started, check.Finished = began, l.config.Now()
	if !began.Equal(s.started) {
		check.Seen = s.started
	}
	check.Blind, check.Void, check.Done = s.blind, w.void(j), done(j.result.Drafts)
	check.Agreed = check.Agreed && s.comparedAt.Equal(s.started) // else nobody has looked since
	if s.whole != nil && newer(s.whole, m.Git) {
		check.Git = s.whole
	}
	if err := l.config.History.Record(ctx, check); err != nil {
		return &check, fmt.Errorf("record check of %s: %w", check.Fabric, err)
	}
	w.recorded, w.followed = check.Report.At, nil // or that memory would be held as long as this process checks
	w.live.recorded(s.passages)
	w.sentry.recorded(s.live, s.blind)
	w.hindsight.recorded(len(j.input.Rewrites))
	done := *s.live
	done.Passages = nil
	s.live, s.blind = &done, nil
	return &check, nil
}

// read reads both sides: at the same time where the memory tells what to ask
// for, else Git first. Live is read again where Git turns out to name a
// namespace or a kind that was not asked for.
func (w *worker) read(ctx context.Context, m *core.Memory) (git, live *core.Snapshot, want core.Scope) {
	want = w.asks(w.scope(m))
	var last []core.Reading
	if m.Report != nil {
		last = []core.Reading{m.Report.Live}
	}
	if m.Git == nil {
		git = w.git.read(ctx, want, nil)
		wider, _ := widen(want, git)
		return git, w.live.read(ctx, w.asks(wider), last), wider
	}
	done := make(chan *core.Snapshot, 1)
	go func() { done <- w.live.read(ctx, want, last) }()
	git = w.git.read(ctx, want, lastReadings(m))
	live = <-done
	if wider, more := widen(want, git); more {
		live, want = w.live.read(ctx, w.asks(wider), last), wider
	}
	return git, live, want
}

// asks tells a watch what is asked for now.
func (w *worker) asks(want core.Scope) core.Scope {
	w.want.Store(&want)
	return want
}

func readWhole(s *core.Snapshot) bool {
	return !slices.ContainsFunc(s.Readings, func(r core.Reading) bool { return r.Access != core.AccessOK })
}

// samePlaces tells whether two readings of Git are of the same directories: the
// verdicts of another branch are not this one's as of earlier.
func samePlaces(a, b []core.Reading) bool {
	return slices.EqualFunc(a, b, func(x, y core.Reading) bool {
		return x.URL == y.URL && x.Branch == y.Branch && x.Path == y.Path
	})
}

// lastReadings are the readings of Git that memory has the latest of: those of
// the last report, which a check confirms without Git having moved.
func lastReadings(m *core.Memory) []core.Reading {
	if m.Report != nil && samePlaces(m.Report.Git, m.Git.Readings) {
		return m.Report.Git
	}
	return m.Git.Readings
}

// keepAges are the readings of a failed attempt over the content of an earlier
// one of the same places: what went wrong now, and the revision and age of what
// is shown.
func keepAges(now, then []core.Reading) []core.Reading {
	kept := slices.Clone(now)
	for i, old := range then {
		kept[i].Revision, kept[i].RevisionTime, kept[i].ReadAt = old.Revision, old.RevisionTime, old.ReadAt
	}
	return kept
}
