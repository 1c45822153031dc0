package store

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"selvage/core"
)

// One person alone walks through the states of the desk as through the pages of
// a book, whatever another one does with other objects meanwhile: those of what is
// decided and of what is accepted alike.
func TestUndoIsAWalkThroughStates(t *testing.T) {
	dir := t.TempDir()
	s, other := openAt(t, dir), openAt(t, dir)
	for _, h := range []*Store{s, other} {
		mend(t, h, "PRAGMA synchronous = OFF")
	}
	fabrics := 0
	rapid.Check(t, func(r *rapid.T) {
		fabrics++
		id := core.FabricID(fmt.Sprint("dc", fabrics))
		books := map[string]*book{"kim": {pages: make([]leaf, 1)}, "lee": {pages: make([]leaf, 1)}}
		shelf := map[int64]core.Draft{}
		for range rapid.IntRange(1, 25).Draw(r, "actions") {
			person := rapid.SampledFrom([]string{"kim", "lee"}).Draw(r, "person")
			h := rapid.SampledFrom([]*Store{s, other}).Draw(r, "handle")
			walk(t, r, h, id, person, books[person], shelf)
			var want []int64
			var said []string
			for _, b := range books {
				want = append(want, b.now().drafts...)
				for _, a := range b.now().words {
					said = append(said, fmt.Sprint(a.Key, a.Path, a.By, a.Reason))
				}
			}
			slices.Sort(want)
			slices.Sort(said)
			for name, h := range map[string]*Store{"a": s, "b": other} {
				all, err := h.Drafts(t.Context(), id)
				if err != nil {
					r.Fatal(err)
				}
				got := ids(all)
				if !slices.Equal(got, want) {
					r.Fatalf("handle %s: on the desk lie %v, want %v", name, got, want)
				}
				same(t, "drafts in memory", memory(t, h, id).Drafts, all)
				var hold []string
				for _, a := range memory(t, h, id).Acknowledgements {
					if a.Until.After(noon) {
						hold = append(hold, fmt.Sprint(a.Key, a.Path, a.By, a.Reason))
					}
				}
				slices.Sort(hold)
				if !slices.Equal(hold, said) {
					r.Fatalf("handle %s: %q hold, want %q", name, hold, said)
				}
			}
		}
	})
}

// book is what a person has made of the desk, a page for each state.
type book struct {
	pages []leaf
	at    int
}

// leaf is what lies there, and what is accepted.
type leaf struct {
	drafts []int64
	words  []core.Acknowledgement
}

func (b *book) now() leaf { return b.pages[b.at] }

func (b *book) turn(to leaf) {
	b.pages = append(b.pages[:b.at+1], to)
	b.at++
}

func ids(all []core.Draft) []int64 {
	var n []int64
	for _, d := range all {
		n = append(n, d.ID)
	}
	return n
}

// walk does something as a person, with objects of that person, in the store and
// in the model.
func walk(t *testing.T, r *rapid.T, s *Store, id core.FabricID, person string, b *book, shelf map[int64]core.Draft) {
	now, words := b.now().drafts, b.now().words
	switch action := rapid.SampledFrom([]string{"put", "put", "take", "both", "say", "end", "undo", "undo", "redo", "redo"}).Draw(r, "action"); action {
	case "put", "both":
		some := rapid.SliceOfDistinct(rapid.SampledFrom(append([]int64{-1}, now...)), rapid.ID).Draw(r, "taken")
		if action == "put" {
			some = nil
		}
		all := rapid.SliceOfN(rapid.Custom(func(r *rapid.T) core.Draft {
			d := by(person, draft(rapid.IntRange(0, 2).Draw(r, "object"), rapid.SampledFrom([]core.Path{core.Root, ".a", ".a.b", ".a.c", ".ab"}).Draw(r, "path"), "v"))
			d.Key.Namespace = person
			d.Choice = rapid.SampledFrom([]core.Choice{core.TakeGit, core.TakeLive}).Draw(r, "choice")
			return d
		}), 1, 3).Draw(r, "drafts")
		before := int64(count(t, s, "SELECT ifnull(max(id), 0) FROM drafts"))
		if err := s.Step(t.Context(), id, person, some, all...); err != nil {
			r.Fatal(err)
		}
		after := slices.DeleteFunc(slices.Clone(now), func(n int64) bool { return slices.Contains(some, n) })
		for i, d := range all {
			covers := func(other core.Draft) bool { return other.Key == d.Key && other.Path.Under(d.Path) }
			after = slices.DeleteFunc(after, func(n int64) bool { return covers(shelf[n]) })
			if slices.ContainsFunc(all[i+1:], func(later core.Draft) bool { return d.Key == later.Key && d.Path.Under(later.Path) }) {
				continue
			}
			before++
			shelf[before] = d
			after = append(after, before)
		}
		b.turn(leaf{after, words})
	case "take":
		some := rapid.SliceOfDistinct(rapid.SampledFrom(append([]int64{-1}, now...)), rapid.ID).Draw(r, "taken")
		if err := s.Step(t.Context(), id, person, some); err != nil {
			r.Fatal(err)
		}
		after := slices.DeleteFunc(slices.Clone(now), func(n int64) bool { return slices.Contains(some, n) })
		if len(after) < len(now) {
			b.turn(leaf{after, words})
		}
	case "say", "end":
		all := rapid.SliceOfNDistinct(rapid.Custom(func(r *rapid.T) core.Acknowledgement {
			a := word(rapid.IntRange(0, 1).Draw(r, "object"), rapid.SampledFrom([]core.Path{core.Root, ".a"}).Draw(r, "path"), noon)
			a.By, a.Key.Namespace, a.Reason = person, person, rapid.StringMatching("[a-z]{4}").Draw(r, "reason")
			return a
		}), 1, 3, func(a core.Acknowledgement) string { return fmt.Sprint(a.Key, a.Path) }).Draw(r, "words")
		if action == "end" {
			all = core.Ended(words, person, "no longer", noon)
		}
		after := slices.DeleteFunc(slices.Clone(words), func(a core.Acknowledgement) bool {
			return slices.ContainsFunc(all, func(c core.Acknowledgement) bool { return a.Key == c.Key && a.Path == c.Path })
		})
		if err := s.Acknowledge(t.Context(), id, all...); err != nil {
			r.Fatal(err)
		}
		if action == "say" {
			after = append(after, all...)
		}
		if len(all) > 0 {
			b.turn(leaf{now, after})
		}
	case "undo":
		back, err := s.Undo(t.Context(), id, person)
		if err != nil || (back.Words == "") != (b.at == 0) {
			r.Fatalf("Undo = %q, %v at page %d", back.Words, err, b.at)
		}
		b.at = max(0, b.at-1)
	case "redo":
		forth, err := s.Redo(t.Context(), id, person)
		if err != nil || (forth.Words == "") != (b.at == len(b.pages)-1) {
			r.Fatalf("Redo = %q, %v at page %d of %d", forth.Words, err, b.at, len(b.pages))
		}
		b.at = min(len(b.pages)-1, b.at+1)
	}
}
