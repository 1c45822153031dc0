package tui

import (
	"slices"

	"selvage/core/safe"
	"selvage/tui/widget"
)

// searcher is a reader of a text that is made of parts and can be searched: it
// steps from hit to hit, or without a search from part to part.
type searcher struct {
	reader
	hits []int   // lines
	told string  // what was looked for last
	in   *scroll // and in which text
}

// search looks for what a person typed. The cursor goes to the first hit of another
// search.
func (r *searcher) search(f filter) {
	searched := f.text != r.told
	if r.in == r.text && !searched {
		return
	}
	r.told, r.in, r.hits = f.text, r.text, r.text.hits(f)
	if searched && len(r.hits) > 0 {
		r.window.To(r.hits[r.following(true, r.window.Cursor()-1)])
	}
}

// following is the next hit behind a line, or the one before it, as an index of
// the hits, going on at the other end.
func (r *searcher) following(forward bool, line int) int {
	i, found := slices.BinarySearch(r.hits, line)
	switch {
	case !forward:
		i--
	case found:
		i++
	}
	return (i + len(r.hits)) % len(r.hits)
}

// can tells whether an action of reading or searching would do something now.
func (r *searcher) can(e Env, a Action) bool {
	switch a {
	case ActNextHit, ActPrevHit:
		return len(r.hits) > 0 || e.Filter.empty() && r.reader.can(ActNextChange)
	default:
		return r.reader.can(a)
	}
}

// do carries out an action of reading or searching.
func (r *searcher) do(a Action) {
	switch a {
	case ActNextHit, ActPrevHit:
		if len(r.hits) == 0 {
			r.nextChange(a == ActNextHit)
			return
		}
		r.window.To(r.hits[r.following(a == ActNextHit, r.window.Cursor())])
	default:
		r.reader.do(a)
	}
}

// found says in the status line what is searched, and how often it is there.
func (r *searcher) found(e Env) widget.Span {
	if e.Filter.empty() {
		return widget.Span{}
	}
	note := e.Filter.note(e.Style)
	if len(r.hits) == 0 {
		note.Text = note.Text.Plus(safe.Lit("  no hit (esc clears)"))
		return note
	}
	note.Text = note.Text.Plus(safe.Sprintf("  %s (n next, esc clears)", plural(len(r.hits), "hit")))
	return note
}

// position is the part that the cursor is in.
func (r *searcher) position() safe.Text {
	change, _ := r.where()
	if r.text.changes == 0 {
		return safe.Text{}
	}
	return safe.Sprintf("part %d/%d", max(change, 0)+1, r.text.changes)
}
