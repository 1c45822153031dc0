package loop

import (
	"context"
	"fmt"
	"slices"
	"time"

	"selvage/core"
	"selvage/core/drift"
)

// Reconsider compares again what was seen last of a fabric, with what is
// remembered now: a decision that was just laid down or taken away. It records
// and shows what comes of that, and asks nobody.
//
// Where a check is under way it does not wait for it: it shows what comes of the
// judgement before, and has the comparison made again when the check has ended.
// Where this process has seen nothing, or another one has recorded a check since,
// only the drafts are shown anew.
func (l *Loop) Reconsider(ctx context.Context, id core.FabricID) error {
	w, err := l.worker("compare again", id)
	if err != nil {
		return err
	}
	w.doubted.Store(true)
	if !w.turn.tryTake() {
		defer w.tell()
		return l.foresee(ctx, w)
	}
	defer w.turn.give()
	w.doubted.Store(false)
	if w.seen == nil {
		return l.foresee(ctx, w)
	}
	return l.again(ctx, w, l.config.Now())
}

// again compares again what was seen last, as of a time, records it and shows it.
// What was seen before another process made a check of its own counts no more.
func (l *Loop) again(ctx context.Context, w *worker, at time.Time) error {
	id, began := w.unit.Fabric.ID, l.config.Now()
	check, err := guarded(l, w, "compare again", func() (*core.Check, error) {
		memory, err := l.config.History.Memory(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("compare %s again: %w", id, err)
		}
		if r := memory.Report; r != nil && r.At.After(w.recorded) && r.At.After(w.seen.comparedAt) {
			return nil, l.showDrafts(w, memory)
		}
		w.seen.comparedAt = at
		j := w.judge(w.seen, memory)
		l.wonder(ctx, w, j)
		return l.record(ctx, w, memory, j, began)
	})
	if ctx.Err() == nil {
		l.update(id, func(s *core.FabricState) { w.show(s, check, err) })
	}
	return err
}

// foresee shows what the last judgement comes to by what is remembered now, and
// records nothing: whoever makes a check just now does.
func (l *Loop) foresee(ctx context.Context, w *worker) error {
	id := w.unit.Fabric.ID
	m, err := l.config.History.Memory(ctx, id)
	if err != nil {
		return fmt.Errorf("compare %s again: %w", id, err)
	}
	j := w.judged.Load()
	if j == nil {
		return l.showDrafts(w, m)
	}
	in := j.input
	in.Memory, in.Now = m, l.config.Now()
	result, err := guarded(l, w, "compare again", func() (*drift.Result, error) { return w.comparer.Compare(in), nil })
	if err != nil {
		return err
	}
	was := j.result.Report
	result.Report.At, result.Report.Watched, result.Report.Agents, result.Report.Live.ReadAt = was.At, was.Watched, was.Agents, was.Live.ReadAt
	l.update(id, func(s *core.FabricState) {
		if w.judged.Load() == j { // else the check has come further meanwhile
			s.Report, s.Drafts = result.Report, result.Drafts
		}
	})
	return nil
}

// showDrafts shows the drafts of a memory as they stand by it.
func (l *Loop) showDrafts(w *worker, m *core.Memory) error {
	drafts, err := guarded(l, w, "look at the drafts of", func() ([]core.DraftStanding, error) {
		if len(m.Drafts) == 0 {
			return nil, nil
		}
		in := fromMemory(m)
		if m.Report != nil {
			in.Engine = m.Report.Engine
		}
		return w.comparer.Standings(in), nil
	})
	l.update(w.unit.Fabric.ID, func(s *core.FabricState) { s.Drafts = drafts })
	return err
}

// lying are the drafts that lie on the desk after a check was recorded: those
// that have come true do not.
func lying(drafts []core.DraftStanding) []core.DraftStanding {
	return slices.DeleteFunc(slices.Clone(drafts), func(d core.DraftStanding) bool { return d.State == core.DraftDone })
}

// done are the drafts that have come true.
func done(drafts []core.DraftStanding) []int64 {
	var ids []int64
	for _, d := range drafts {
		if d.State == core.DraftDone {
			ids = append(ids, d.ID)
		}
	}
	return ids
}

// ShowRun shows a run with each of its fabrics, as it is now: later changes of it
// are not seen before it is shown again.
func (l *Loop) ShowRun(r *core.Run) {
	shown := *r
	shown.Fabrics, shown.Steps = slices.Clone(r.Fabrics), slices.Clone(r.Steps)
	shown.Publications, shown.Objects = slices.Clone(r.Publications), slices.Clone(r.Objects)
	for _, id := range shown.Fabrics {
		if w, ok := l.workers[id]; ok {
			w.own.Store(&shown)
			l.update(id, func(s *core.FabricState) { s.Run, s.Own = &shown, &shown })
		}
	}
}
