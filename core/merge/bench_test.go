package merge_test

import (
	"testing"
	"time"

	"selvage/core"
	"selvage/core/merge"
	"selvage/testdata/hedgehog"
)

// BenchmarkThreeWay merges 1,000 objects of a generated fabric, beside a plain
// recursive walk over the same three documents as the floor: untouched, and with one
// field moved on each side.
func BenchmarkThreeWay(b *testing.B) {
	var base, git, ours []core.Value
	for _, o := range hedgehog.Generate(hedgehog.Sized(1, 1000)).Objects {
		object, err := core.NewObject(core.CloneJSON(o))
		if err != nil {
			b.Fatal(err)
		}
		base = append(base, core.ValueOf(object.Fields))
	}
	set := func(v core.Value, label string) core.Value {
		v, err := v.With(core.Path(".metadata.labels").Key(label), core.ValueOf("x"))
		if err != nil {
			b.Fatal(err)
		}
		return core.ValueOf(core.CloneJSON(v.Any()))
	}
	for _, v := range base {
		git, ours = append(git, set(v, "git")), append(ours, set(v, "ours"))
	}
	clones := make([]core.Value, len(base))
	for i, v := range base {
		clones[i] = core.ValueOf(core.CloneJSON(v.Any()))
	}
	b.Run("floor", func(b *testing.B) {
		for b.Loop() {
			for i := range base {
				base[i].Equal(clones[i])
				base[i].Equal(base[i])
			}
		}
	})
	for _, bb := range []struct {
		name      string
		git, ours []core.Value
		moves     int
	}{{"untouched", base, clones, 0}, {"both-moved", git, ours, 2}} {
		b.Run(bb.name, func(b *testing.B) {
			for b.Loop() {
				for i := range base {
					if r := merge.ThreeWay(base[i], bb.git[i], bb.ours[i], nil); len(r.Moves) != bb.moves || len(r.Disputes) > 0 {
						b.Fatalf("moves %v, disputes %v", r.Moves, r.Disputes)
					}
				}
			}
		})
	}
}

// BenchmarkRulings asks a policy about 10,000 differences.
func BenchmarkRulings(b *testing.B) {
	s := subject(b, `{"a":1}`, `{"a":2}`, change(".a", core.FieldDrift))
	o := occasion(always("prefer_git"))
	for range 10_000 {
		o.Subjects = append(o.Subjects, s)
	}
	for b.Loop() {
		if got := len(merge.Rulings(o)); got != 10_000 {
			b.Fatal(got)
		}
	}
}

// BenchmarkSeen keeps count of 10,000 differences.
func BenchmarkSeen(b *testing.B) {
	found := make([]merge.Difference, 10_000)
	for i := range found {
		found[i] = merge.Difference{Key: vpc, Path: core.Path(".a").Index(i), Git: core.DigestJSON(i)}
	}
	heats := merge.Seen(nil, found, all, now)
	for i := 1; b.Loop(); i++ {
		heats = merge.Seen(heats, found, all, now.Add(time.Duration(i)*time.Second))
	}
}
