package widget

import "slices"

// Window is a cursor in a long list, and the part of the list that is seen.
type Window struct{ cursor, top, n int }

// SetLen tells how many lines there are.
func (w *Window) SetLen(n int) {
	w.n = n
	w.To(w.cursor)
}

// Len is the number of lines.
func (w *Window) Len() int { return w.n }

// Cursor is the line that is selected, 0 where there is none.
func (w *Window) Cursor() int { return w.cursor }

// To selects a line, the nearest one where there are not so many.
func (w *Window) To(i int) { w.cursor = max(0, min(i, w.n-1)) }

// Move selects the line that is by lines further down.
func (w *Window) Move(by int) { w.To(w.cursor + by) }

// See scrolls as little as is needed to see the cursor in height lines, and
// tells which lines are seen: from and all before to.
func (w *Window) See(height int) (from, to int) {
	if height <= 0 {
		return 0, 0
	}
	w.top = max(0, min(w.top, w.cursor, w.n-height))
	if w.cursor >= w.top+height {
		w.top = w.cursor - height + 1
	}
	return w.top, min(w.top+height, w.n)
}

// Show scrolls so that the lines from the cursor to last are seen, as far as
// they fit.
func (w *Window) Show(last, height int) {
	if last >= w.top+height {
		w.top = min(last-height+1, w.cursor)
	}
	w.See(height)
}

// List is a window over things with an identity. The cursor stays on its thing
// while others come, go and change places around it.
type List[K comparable] struct {
	Window
	keys []K
}

// SetKeys tells what is in the list now; the list keeps the slice. Where the
// selected thing is gone, the next one that was below it is selected, or the one
// above.
func (l *List[K]) SetKeys(keys []K) {
	old, at := l.keys, l.cursor
	l.keys = keys
	l.SetLen(len(keys))
	if at >= len(old) {
		return
	}
	if i := slices.Index(keys, old[at]); i >= 0 {
		l.To(i)
		return
	}
	index := make(map[K]int, len(keys))
	for i, k := range keys {
		index[k] = i
	}
	for _, k := range old[at+1:] {
		if i, ok := index[k]; ok {
			l.To(i)
			return
		}
	}
	for _, k := range slices.Backward(old[:at]) {
		if i, ok := index[k]; ok {
			l.To(i)
			return
		}
	}
}

// Select puts the cursor on a thing, if it is there.
func (l *List[K]) Select(k K) bool {
	i := slices.Index(l.keys, k)
	if i >= 0 {
		l.To(i)
	}
	return i >= 0
}

// Selected is the thing under the cursor; false where the list is empty.
func (l *List[K]) Selected() (k K, ok bool) {
	if l.cursor >= len(l.keys) {
		return k, false
	}
	return l.keys[l.cursor], true
}

// Keys are the things in the list. They must not be changed.
func (l *List[K]) Keys() []K { return l.keys }
