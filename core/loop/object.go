package loop

import (
	"context"
	"fmt"

	"selvage/core"
	"selvage/core/drift"
	"selvage/core/merge"
)

// Object is what is known of one object: as of the last check of this process,
// or else as the history has it. It tells whether there is such an object.
func (l *Loop) Object(ctx context.Context, id core.FabricID, k core.Key) (core.Remembered, bool, error) {
	w, err := l.worker("look up an object of", id)
	if err != nil {
		return core.Remembered{}, false, err
	}
	if j := w.judged.Load(); j != nil {
		o, ok := j.result.Objects[k]
		return o, ok, nil
	}
	m, err := l.config.History.Memory(ctx, id)
	if err != nil {
		return core.Remembered{}, false, fmt.Errorf("look up %s of %s: %w", k, id, err)
	}
	o, ok := m.Objects[k]
	return o, ok, nil
}

// Explain tells how the verdict on an object came about: that of the last check
// of this process, or else the last that the history knows, as far as that can
// still be told.
func (l *Loop) Explain(ctx context.Context, id core.FabricID, k core.Key) (core.Explanation, error) {
	w, g, err := l.grounds(ctx, "explain", id, k)
	if err != nil {
		return core.Explanation{}, err
	}
	return guarded(l, w, "explain "+k.String()+" of", func() (core.Explanation, error) {
		e, ok := w.comparer.Explain(g.input, k)
		if !ok {
			return e, unknown("explain", id, k, g.report)
		}
		return e, nil
	})
}

// Values are the changes of an object, of the verdict that [Loop.Explain]
// explains, with the values as they are. They are for digests and drafts and
// not to be shown: nothing in them is masked.
func (l *Loop) Values(ctx context.Context, id core.FabricID, k core.Key) ([]core.Change, error) {
	w, g, err := l.grounds(ctx, "compare", id, k)
	if err != nil {
		return nil, err
	}
	return guarded(l, w, "compare "+k.String()+" of", func() ([]core.Change, error) {
		return w.comparer.Sides(g.input, k).Changes, nil
	})
}

// Subjects are objects as decisions on them are made and carried out, going by
// the last check: of this process, or else of the history. Those that neither
// side has are left out. Nothing in them is masked.
func (l *Loop) Subjects(ctx context.Context, id core.FabricID, keys ...core.Key) ([]merge.Subject, error) {
	all := make([]merge.Subject, 0, len(keys))
	for _, k := range keys {
		o, ok, err := l.Object(ctx, id, k)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		w, g, err := l.grounds(ctx, "decide on", id, k)
		if err != nil {
			return nil, err
		}
		s, err := guarded(l, w, "decide on "+k.String()+" of", func() (merge.Subject, error) {
			sides := w.comparer.Sides(g.input, k)
			return merge.Subject{Remembered: o, Changes: sides.Changes, Sides: merge.Sides{
				Git:  merge.Content{Read: sides.GitRead, Value: sides.Git},
				Live: merge.Content{Read: sides.LiveRead, Value: sides.Live},
				Base: sides.Base,
			}}, nil
		})
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// unknown tells why there is no verdict on an object.
func unknown(doing string, id core.FabricID, k core.Key, r *core.Report) error {
	if r.NotInGit[k.GroupKind()] > 0 {
		return fmt.Errorf("%s %s of %s: %s is not kept in git here, so it is not compared", doing, k, id, k.Kind)
	}
	return fmt.Errorf("%s %s of %s: neither git nor live has it (selvage status %s --all lists what there is)", doing, k, id, id)
}

// grounds are what a judgement rested on, and what it came to.
type grounds struct {
	input  drift.Input
	report *core.Report
}

// grounds are those of the last judgement. It does not wait for a check that is
// under way.
func (l *Loop) grounds(ctx context.Context, doing string, id core.FabricID, k core.Key) (*worker, grounds, error) {
	w, err := l.worker(doing+" an object of", id)
	if err != nil {
		return nil, grounds{}, err
	}
	if j := w.judged.Load(); j != nil {
		return w, grounds{j.input, j.result.Report}, nil
	}
	m, err := l.config.History.Memory(ctx, id)
	if err != nil {
		return nil, grounds{}, fmt.Errorf("%s %s of %s: %w", doing, k, id, err)
	}
	if m.Report == nil {
		return nil, grounds{}, fmt.Errorf("%s %s of %s: the fabric was never checked (selvage status %s)", doing, k, id, id)
	}
	if _, ok := m.Objects[k]; !ok {
		return nil, grounds{}, unknown(doing, id, k, m.Report)
	}
	return w, grounds{fromMemory(m, k), m.Report}, nil
}

// fromMemory is the input of a comparison that would come to what the history
// has of one object: both sides as they were seen last.
func fromMemory(m *core.Memory, k core.Key) drift.Input {
	in := drift.Input{Git: m.Git, Memory: m, Now: m.Report.At, PastErr: errNoPast}
	if in.Git == nil {
		in.Git = core.NewSnapshot(m.Report.Git...)
	}
	in.Git = in.Git.WithReadings(m.Report.Git)
	in.Live = core.NewSnapshot(m.Report.Live)
	in.Live.Gaps = m.Report.Gaps
	for _, o := range m.Objects {
		if o.Live.Object != nil && o.Live.Until.IsZero() {
			in.Live.Add(o.Live.Object)
		}
	}
	if o := m.Objects[k].Live; o.Object == nil && !o.At.IsZero() && o.Until.IsZero() {
		in.Live.Cover(k.GroupKind(), k.Namespace)
	}
	return in
}
