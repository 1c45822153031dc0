package loop

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"selvage/core"
	"selvage/core/drift"
)

// Check reads both sides of a fabric, compares them, records what was found
// and shows it. The error says why that could not be done or recorded; that a
// side could not be read is no error but part of the report.
func (l *Loop) Check(ctx context.Context, id core.FabricID) error {
	w, ok := l.workers[id]
	if !ok {
		return fmt.Errorf("check %q: no such fabric", id)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	started := l.config.Now()
	l.update(id, func(s *core.FabricState) { s.Checking = started })
	check, err := l.guarded(ctx, w, started)
	l.update(id, func(s *core.FabricState) {
		s.Checking = time.Time{}
		if ctx.Err() != nil {
			return // cut short: what was on screen stays
		}
		s.Err, s.LastCheck = err, l.config.Now()
		if check == nil {
			return
		}
		s.Report = check.Report
		if check.Agreed {
			s.LastSync = check.Finished
		}
	})
	return err
}

// guarded makes a check, and an error of a panic in it: a fault that one fabric
// brings up must not end the program for all of them.
func (l *Loop) guarded(ctx context.Context, w *worker, started time.Time) (check *core.Check, err error) {
	defer func() {
		if p := recover(); p != nil {
			l.config.Log.Error("a check panicked", "fabric", w.unit.Fabric.ID, "panic", p, "stack", string(debug.Stack()))
			check, err = nil, fmt.Errorf("check %s: internal error: %v (the log has more; please report it)", w.unit.Fabric.ID, p)
		}
	}()
	return l.check(ctx, w, started)
}

func (l *Loop) check(ctx context.Context, w *worker, started time.Time) (*core.Check, error) {
	id := w.unit.Fabric.ID
	memory, err := l.config.History.Memory(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("check %s: %w", id, err)
	}
	reading := ctx
	if limit := w.unit.Fabric.Timeout; limit > 0 {
		var cancel context.CancelFunc
		reading, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	git, live := w.read(reading, memory)
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("check %s: %w", id, err)
	}
	whole := git
	if !readWhole(git) {
		whole = nil
		if memory.Git != nil && samePlaces(git.Readings, memory.Git.Readings) {
			git = memory.Git.WithReadings(keepAges(git.Readings, lastReadings(memory)))
		}
	}
	result := w.comparer.Compare(drift.Input{
		Git: git, Live: live, Memory: memory, Now: started, Previous: w.previous,
	})
	if r := result.Report; r.Live.ReadAt.IsZero() && memory.Report != nil {
		r.Live.ReadAt = memory.Report.Live.ReadAt
	}
	w.previous = result
	check := record(id, memory, result)
	check.Started, check.Finished, check.GitKinds = started, l.config.Now(), result.GitKinds
	if whole != nil && newer(whole, memory.Git) {
		check.Git = whole
	}
	if err := l.config.History.Record(ctx, check); err != nil {
		return &check, fmt.Errorf("record check of %s: %w", id, err)
	}
	return &check, nil
}

// read reads both sides: at the same time where the memory tells what to ask
// for, else Git first. Live is read again where Git turns out to name a
// namespace or a kind that was not asked for.
func (w *worker) read(ctx context.Context, m *core.Memory) (git, live *core.Snapshot) {
	want := w.scope(m)
	var last []core.Reading
	if m.Report != nil {
		last = []core.Reading{m.Report.Live}
	}
	if m.Git == nil {
		git = w.git.read(ctx, want, nil)
		want, _ = widen(want, git)
		return git, w.live.read(ctx, want, last)
	}
	done := make(chan *core.Snapshot, 1)
	go func() { done <- w.live.read(ctx, want, last) }()
	git = w.git.read(ctx, want, lastReadings(m))
	live = <-done
	if wider, more := widen(want, git); more {
		live = w.live.read(ctx, wider, last)
	}
	return git, live
}

// scope is what to ask for by what is remembered.
func (w *worker) scope(m *core.Memory) core.Scope {
	f := w.unit.Fabric
	want := core.Scope{Fabric: f.ID, Namespace: f.Namespace, Namespaces: []string{f.Namespace}, Kinds: f.Kinds}
	for k := range m.Objects {
		want = include(want, k)
	}
	if m.Git != nil {
		want, _ = widen(want, m.Git)
	}
	return want
}

// widen adds the namespaces and kinds of what Git holds to a scope, and tells
// whether there were any to add.
func widen(want core.Scope, git *core.Snapshot) (core.Scope, bool) {
	namespaces, kinds := len(want.Namespaces), len(want.Expect)
	for o := range git.Objects() {
		want = include(want, o.Key)
	}
	return want, len(want.Namespaces) > namespaces || len(want.Expect) > kinds
}

func include(want core.Scope, k core.Key) core.Scope {
	if k.Namespace != "" && !slices.Contains(want.Namespaces, k.Namespace) {
		want.Namespaces = append(slices.Clip(want.Namespaces), k.Namespace)
		slices.Sort(want.Namespaces)
	}
	if gk := k.GroupKind(); gk.Group != "" && !slices.Contains(want.Expect, gk) && want.Kinds.Has(gk) {
		want.Expect = append(slices.Clip(want.Expect), gk)
	}
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
