package drift_test

import (
	"testing"
	"time"

	"selvage/core"
	"selvage/core/drift"
	"selvage/testdata/hedgehog"
)

// world is both sides of a generated fabric.
func world(b *testing.B, n int) (git, live *core.Snapshot) {
	b.Helper()
	f := hedgehog.Generate(hedgehog.Sized(1, n))
	read := func(source string, objects []map[string]any) *core.Snapshot {
		s := core.NewSnapshot(core.Reading{Source: source, Access: core.AccessOK, ReadAt: now})
		for _, obj := range objects {
			o, err := core.NewObject(core.CloneJSON(obj))
			if err != nil {
				b.Fatal(err)
			}
			o.Key.Namespace = "default"
			s.Add(o)
		}
		s.CoverAll()
		return s
	}
	return read("git", f.Objects), read("kube", f.Live(hedgehog.LiveOptions{Now: now}))
}

// BenchmarkCompare compares 10,000 objects, all of them in agreement but one
// where that is said, beside a plain recursive walk over the decoded maps of
// both sides as the floor.
func BenchmarkCompare(b *testing.B) {
	git, live := world(b, 10_000)
	c := drift.New(core.Fabric{PendingLimit: time.Minute, Limits: core.Limits{Count: 5, Percent: 20}})
	first := c.Compare(drift.Input{Git: git, Live: live, Memory: &core.Memory{}, Now: now})
	memory := remembered(first, git)
	b.Run("floor", func(b *testing.B) {
		for b.Loop() {
			for o := range git.Objects() {
				core.EqualJSON(o.Fields, live.Side(o.Key).Object.Fields)
			}
		}
	})
	b.Run("first-contact", func(b *testing.B) {
		for b.Loop() {
			c.Compare(drift.Input{Git: git, Live: live, Memory: &core.Memory{}, Now: now})
		}
	})
	b.Run("untouched", func(b *testing.B) {
		for b.Loop() {
			c.Compare(drift.Input{Git: git, Live: live, Memory: memory, Now: now, Previous: first})
		}
	})
	b.Run("untouched-after-restart", func(b *testing.B) {
		for b.Loop() {
			c.Compare(drift.Input{Git: git, Live: live, Memory: memory, Now: now})
		}
	})
	b.Run("one-changed", func(b *testing.B) {
		var o core.Object
		for any := range live.Objects() {
			o = *any
			break
		}
		o.Fields, _ = core.CloneJSON(o.Fields).(map[string]any)
		o.Fields["spec"] = map[string]any{"changed": true}
		o.Digest = core.DigestJSON(o.Fields)
		before := live.Add(&o)
		defer live.Add(before)
		for b.Loop() {
			c.Compare(drift.Input{Git: git, Live: live, Memory: memory, Now: now, Previous: first})
		}
	})
}
