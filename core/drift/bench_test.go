package drift_test

import (
	"maps"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/drift"
	"selvage/testdata/hedgehog"
	"selvage/testdata/labtest"
)

// measured is both sides of a fabric of 10,000 objects of all kinds, live as the
// lab's webhook and an engine that applies server-side leave it, with what
// earlier checks left of it.
type measured struct {
	*drift.Comparer
	drift.Input
	floor time.Duration // of the fastest walk so far
}

func measure(b *testing.B, schemas map[core.GroupKind]core.Schema) *measured {
	b.Helper()
	f := hedgehog.Generate(hedgehog.Sized(1, 10_000))
	read := func() (git, live *core.Snapshot) {
		git, live = reading(b, "git", f.Objects), reading(b, "kube", f.Live(hedgehog.LiveOptions{Now: now}))
		live.Schemas = schemas
		return git, live
	}
	m := &measured{Comparer: drift.New(core.Fabric{PendingLimit: time.Minute, Limits: core.Limits{Count: 5, Percent: 20}})}
	m.Git, m.Live = read()
	m.Now = now
	// A store gives back objects of its own.
	git, live := read()
	m.Memory = remembered(m.Compare(drift.Input{Git: git, Live: live, Memory: &core.Memory{}, Now: now}), git)
	return m
}

func reading(b *testing.B, source string, objects []map[string]any) *core.Snapshot {
	b.Helper()
	s := core.NewSnapshot(core.Reading{Source: source, Access: core.AccessOK, ReadAt: now})
	for _, obj := range objects {
		// As it is read: nothing of one object is shared with another.
		doc, err := core.DecodeJSON(core.CanonicalJSON(obj))
		if err != nil {
			b.Fatal(err)
		}
		o, err := core.NewObject(doc)
		if err != nil {
			b.Fatal(err)
		}
		o.Key.Namespace = "default"
		s.Add(o)
	}
	s.CoverAll()
	return s
}

// fastest runs a benchmark, and gives its fastest round: on a machine that
// others use, too, the mean tells of them.
func fastest(b *testing.B, do func()) time.Duration {
	best := time.Duration(1<<63 - 1)
	for b.Loop() {
		began := time.Now()
		do()
		best = min(best, time.Since(began))
	}
	b.ReportMetric(float64(best.Microseconds())/1000, "ms-best")
	return best
}

// leaves counts the leaves in which two documents differ: the plain recursive
// walk that comparisons are held against. It knows of no rules.
func leaves(a, b any) (n int) {
	switch x := a.(type) {
	case map[string]any:
		y, _ := b.(map[string]any)
		for k, e := range x {
			n += leaves(e, y[k])
		}
		for k, e := range y {
			if _, both := x[k]; !both {
				n += leaves(e, nil)
			}
		}
		return n
	case []any:
		y, _ := b.([]any)
		for i, e := range x {
			if i < len(y) {
				n += leaves(e, y[i])
			}
		}
		return n + max(len(x)-len(y), len(y)-len(x))
	}
	if !core.EqualJSON(a, b) {
		n++
	}
	return n
}

func (m *measured) walk(b *testing.B) {
	type pair struct{ git, live map[string]any }
	var pairs []pair
	for o := range m.Git.Objects() {
		pairs = append(pairs, pair{o.Fields, m.Live.Side(o.Key).Object.Fields})
	}
	found := 0
	best := fastest(b, func() {
		for _, p := range pairs {
			found += leaves(p.git, p.live)
		}
	})
	if m.floor == 0 || best < m.floor {
		m.floor = best
	}
	if found == 0 {
		b.Error("live has nothing that git does not have")
	}
}

// compare measures a comparison that finds a number of objects drifted.
func (m *measured) compare(b *testing.B, in drift.Input, drifted int) {
	best := fastest(b, func() {
		if n := m.Compare(in).Report.Counts[core.Drifted]; n != drifted {
			b.Fatalf("%d objects are drifted, want %d", n, drifted)
		}
	})
	if m.floor > 0 {
		b.ReportMetric(float64(best)/float64(m.floor), "x-floor")
	}
}

// edited is the input with one field of one live object changed.
func (m *measured) edited(b *testing.B) drift.Input {
	b.Helper()
	in := m.Input
	in.Live = core.NewSnapshot(m.Live.Readings...)
	in.Live.CoverAll()
	in.Live.Schemas = m.Live.Schemas
	done := false
	for was := range m.Live.Objects() {
		o := *was
		if !done && o.Key.Kind == "VPCAttachment" {
			o.Fields = maps.Clone(o.Fields)
			o.Fields["spec"] = map[string]any{"connection": "another", "subnet": "vpc-1/default"}
			o.Digest = core.DigestJSON(o.Fields)
			done = true
		}
		in.Live.Add(&o)
	}
	if !done {
		b.Fatal("the fabric has nothing to edit")
	}
	return in
}

// BenchmarkCompare compares 10,000 objects: without a memory, as the first
// comparison of a process that remembers the last one's, and after a comparison
// of its own; all of them in agreement, or all but one.
func BenchmarkCompare(b *testing.B) {
	schemas := map[string]map[core.GroupKind]core.Schema{
		"rules":   nil,
		"schemas": definitions(b, labtest.Start(b).Definitions(b)),
	}
	for _, known := range []string{"rules", "schemas"} {
		b.Run(known, func(b *testing.B) {
			m := measure(b, schemas[known])
			b.Run("floor", m.walk)
			contact, again, edited := m.Input, m.Input, m.edited(b)
			contact.Memory = &core.Memory{}
			b.Run("contact", func(b *testing.B) { m.compare(b, contact, 0) })
			b.Run("first", func(b *testing.B) { m.compare(b, m.Input, 0) })
			b.Run("first-edited", func(b *testing.B) { m.compare(b, edited, 1) })
			again.Previous = m.Compare(m.Input)
			edited.Previous = again.Previous
			b.Run("again", func(b *testing.B) { m.compare(b, again, 0) })
			b.Run("again-edited", func(b *testing.B) { m.compare(b, edited, 1) })
		})
	}
}
