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
	g, err := l.grounds(ctx, w)
	if err != nil {
		return core.Remembered{}, false, fmt.Errorf("look up %s of %s: %w", k, id, err)
	}
	o, ok := g.objects[k]
	if !ok {
		return core.Remembered{}, false, nil
	}
	return *o, true, nil
}

// Explain tells how the verdict on an object came about: that of the last check
// of this process, or else the last that the history knows, as far as that can
// still be told.
func (l *Loop) Explain(ctx context.Context, id core.FabricID, k core.Key) (core.Explanation, error) {
	w, g, err := l.ground(ctx, "explain", id, k)
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
	w, g, err := l.ground(ctx, "compare", id, k)
	if err != nil {
		return nil, err
	}
	return guarded(l, w, "compare "+k.String()+" of", func() ([]core.Change, error) {
		return w.comparer.Sides(g.input, k)[k].Changes, nil
	})
}

// Subjects are objects as decisions on them are made and carried out, going by
// the last check: of this process, or else of the history. Those that neither
// side has are left out, but for those that something was decided about: that
// still stands. Nothing in them is masked.
func (l *Loop) Subjects(ctx context.Context, id core.FabricID, keys ...core.Key) ([]merge.Subject, error) {
	w, err := l.worker("decide on objects of", id)
	if err != nil {
		return nil, err
	}
	g, err := l.grounds(ctx, w)
	switch {
	case err != nil:
		return nil, fmt.Errorf("decide on objects of %s: %w", id, err)
	case g.report == nil:
		return nil, unchecked("decide on objects of", id)
	}
	decided := map[core.Key]bool{}
	for _, d := range g.input.Memory.Drafts {
		decided[d.Key] = true
	}
	return guarded(l, w, "decide on objects of", func() ([]merge.Subject, error) {
		all := make([]merge.Subject, 0, len(keys))
		in := g.input
		in.Calm = !g.past && g.report.Freeze == nil
		sides, shapes := w.comparer.Sides(in, keys...), map[core.GroupKind]*core.SchemaNode{}
		for _, k := range keys {
			var o core.Remembered
			if known, ok := g.objects[k]; ok {
				o = *known
			} else if !decided[k] {
				continue
			}
			s, schema, kind := sides[k], schemaOf(in.Live, k), k.GroupKind()
			if _, made := shapes[kind]; !made {
				shapes[kind] = w.comparer.Shape(kind, schema)
			}
			o.Verdict.Key = k
			all = append(all, merge.Subject{Remembered: o, Changes: s.Changes, Shape: shapes[kind], Schema: schema.Root, Sides: merge.Sides{
				Git:  core.Content{Read: s.GitRead, Value: s.Git, At: s.GitAt, Form: s.Form},
				Live: core.Content{Read: s.LiveRead, Value: s.Live},
				Base: s.Base,
			}})
		}
		return all, nil
	})
}

// schemaOf is what a reading of a cluster tells of an object's kind.
func schemaOf(live *core.Snapshot, k core.Key) *core.Schema {
	if live == nil {
		return &core.Schema{}
	}
	schema := live.Schemas[k.GroupKind()]
	return &schema
}

// unknown tells why there is no verdict on an object.
func unknown(doing string, id core.FabricID, k core.Key, r *core.Report) error {
	if r.NotInGit[k.GroupKind()] > 0 {
		return fmt.Errorf("%s %s of %s: %s is not kept in git here, so it is not compared", doing, k, id, k.Kind)
	}
	return fmt.Errorf("%s %s of %s: neither git nor live has it (selvage status %s --all lists what there is)", doing, k, id, id)
}

func unchecked(doing string, id core.FabricID) error {
	return fmt.Errorf("%s %s: the fabric was never checked (selvage status %s)", doing, id, id)
}

// grounds are what a judgement rested on, and what it came to.
type grounds struct {
	input   drift.Input
	report  *core.Report // nil where the fabric was never checked
	objects map[core.Key]*core.Remembered
	past    bool // they are those of the history
}

// grounds are those of the last judgement: of this process, or else of the
// history. It does not wait for a check that is under way.
func (l *Loop) grounds(ctx context.Context, w *worker) (grounds, error) {
	if j := w.judged.Load(); j != nil {
		return grounds{input: j.input, report: j.result.Report, objects: j.result.Objects}, nil
	}
	m, err := l.config.History.Memory(ctx, w.unit.Fabric.ID)
	if err != nil {
		return grounds{}, err
	}
	return grounds{fromMemory(m), m.Report, m.Objects, true}, nil
}

// ground are the grounds of the verdict on one object.
func (l *Loop) ground(ctx context.Context, doing string, id core.FabricID, k core.Key) (*worker, grounds, error) {
	w, err := l.worker(doing+" an object of", id)
	if err != nil {
		return nil, grounds{}, err
	}
	g, err := l.grounds(ctx, w)
	if err != nil {
		return nil, grounds{}, fmt.Errorf("%s %s of %s: %w", doing, k, id, err)
	}
	if g.report == nil {
		return nil, grounds{}, unchecked(fmt.Sprintf("%s %s of", doing, k), id)
	}
	if _, ok := g.objects[k]; g.past && !ok {
		return nil, grounds{}, unknown(doing, id, k, g.report)
	}
	return w, g, nil
}

// fromMemory is the input of a comparison that would come to what the history
// has of each object: both sides as they were seen last.
func fromMemory(m *core.Memory) drift.Input {
	in := drift.Input{Git: m.Git, Live: core.NewSnapshot(), Memory: m, PastErr: errNoPast}
	if in.Git == nil {
		in.Git = core.NewSnapshot()
	}
	if r := m.Report; r != nil {
		in.Now, in.Git = r.At, in.Git.WithReadings(r.Git)
		in.Live.Readings, in.Live.Gaps = []core.Reading{r.Live}, r.Gaps
	}
	for k, o := range m.Objects {
		switch {
		case o.Live.At.IsZero() || !o.Live.Until.IsZero(): // was not read
		case o.Live.Object != nil:
			in.Live.Add(o.Live.Object)
		default:
			in.Live.Lack(k)
		}
	}
	return in
}
