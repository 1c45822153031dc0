package tui

import (
	"maps"
	"slices"

	"selvage/core/safe"
	"selvage/tui/widget"
)

// reader is what panes that show a scroll have in common: a cursor in it, steps
// from part to part, folds that open and close.
type reader struct {
	folding
	window widget.Window
	text   *scroll
	page   int // how many lines of it are seen
}

// show takes a text. The cursor stays in its part, unless the text is a fresh
// one.
func (r *reader) show(text *scroll, fresh bool) {
	change, row := r.where()
	if fresh {
		change, row = 0, 0
	}
	r.text = text
	r.window.SetLen(len(text.lines))
	r.seek(change, row)
}

// can tells whether an action of reading would do something now.
func (r *reader) can(a Action) bool {
	switch a {
	case ActNextChange, ActPrevChange:
		heads := r.text.heads
		return len(heads) > 1 || len(heads) == 1 && heads[0] != r.window.Cursor()
	case ActFold:
		return r.all || r.nearestFold() >= 0
	case ActFoldAll:
		return r.all || len(r.open) > 0 || r.nearestFold() >= 0
	default:
		return true
	}
}

// do carries out an action of reading. What is folded changes with the next
// text only.
func (r *reader) do(a Action) {
	switch a {
	case ActNextChange, ActPrevChange:
		r.nextChange(a == ActNextChange)
	case ActFold:
		r.fold()
	case ActFoldAll:
		r.all, r.open = !r.all && len(r.open) == 0, map[int]bool{}
	default:
		move(&r.window, a, r.page)
	}
}

// where is the change and the line of it that the cursor is in.
func (r *reader) where() (change, row int) {
	if r.text == nil || len(r.text.lines) == 0 {
		return 0, 0
	}
	l := r.text.lines[r.window.Cursor()]
	if l.change < 0 {
		return -1, r.window.Cursor()
	}
	return l.change, l.row
}

// seek puts the cursor on a line of a change, or near it.
func (r *reader) seek(change, row int) {
	heads := r.text.heads
	switch {
	case change < 0 || len(heads) == 0:
		r.window.To(row)
	case change >= len(heads):
		r.window.To(heads[len(heads)-1])
	default:
		end := len(r.text.lines)
		if change+1 < len(heads) {
			end = heads[change+1]
		}
		r.window.To(min(heads[change]+row, end-1))
	}
}

// nextChange puts the cursor on the head of the next change, or the one
// before, going on at the other end.
func (r *reader) nextChange(forward bool) {
	heads, at := r.text.heads, r.window.Cursor()
	next := heads[0]
	if forward {
		if i := slices.IndexFunc(heads, func(h int) bool { return h > at }); i >= 0 {
			next = heads[i]
		}
	} else {
		next = heads[len(heads)-1]
		for _, h := range slices.Backward(heads) {
			if h < at {
				next = h
				break
			}
		}
	}
	r.window.To(next)
	last := len(r.text.lines) - 1
	for _, h := range slices.Backward(heads) {
		if h > next {
			last = h - 1
		}
	}
	r.window.Show(last, r.page)
}

// nearestFold is the fold at the cursor, else the first one after it, else the
// last one before; -1 where there is none.
func (r *reader) nearestFold() int {
	at := r.window.Cursor()
	for _, l := range r.text.lines[min(at, len(r.text.lines)):] {
		if l.fold >= 0 {
			return l.fold
		}
	}
	for _, l := range slices.Backward(r.text.lines[:min(at, len(r.text.lines))]) {
		if l.fold >= 0 {
			return l.fold
		}
	}
	return -1
}

// fold opens the fold at the cursor or closes it. Where everything is open,
// everything is closed.
func (r *reader) fold() {
	if r.all {
		r.all, r.open = false, map[int]bool{}
		return
	}
	open := maps.Clone(r.open)
	if open == nil {
		open = map[int]bool{}
	}
	if fold := r.nearestFold(); open[fold] {
		delete(open, fold)
	} else {
		open[fold] = true
	}
	r.open = open
}

// draw shows the lines around the cursor in height lines.
func (r *reader) draw(e Env, height int) []string {
	r.page = max(height, 0)
	from, to := r.window.See(r.page)
	lines := make([]string, 0, to-from)
	for i := from; i < to; i++ {
		if whole := r.text.lines[i].command; e.text && whole.Len() > 0 {
			if i == 0 || r.text.lines[i-1].command != whole {
				lines = append(lines, "     "+whole.String())
			}
			continue
		}
		lines = append(lines, r.text.lines[i].draw(e.Style, e.Now, i == r.window.Cursor(), r.text.width))
	}
	return lines
}

// otherObject goes on to another object of the list that a screen was opened
// from.
func otherObject(e Env, by int) Outcome {
	n := len(e.Among)
	at := slices.Index(e.Among, e.Place.Object)
	next := e.Place
	next.Object = e.Among[((at+by)%n+n)%n]
	return Outcome{Open: &next}
}

// objectPosition is where in that list the object stands.
func objectPosition(e Env) safe.Text {
	at := slices.Index(e.Among, e.Place.Object)
	if at < 0 {
		return safe.Text{}
	}
	return safe.Sprintf("  object %d/%d", at+1, len(e.Among))
}
