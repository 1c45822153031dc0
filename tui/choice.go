package tui

import (
	"slices"

	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// picks are the rows of a list that a person chose. Only what is shown can be
// marked: nothing is done to a row that nobody sees.
type picks[K comparable] struct {
	on      map[K]bool
	changes int // grows with each change
}

// flip marks a row, or takes its mark away.
func (m *picks[K]) flip(keys ...K) {
	m.changes++
	if m.on == nil {
		m.on = map[K]bool{}
	}
	on := !slices.ContainsFunc(keys, func(k K) bool { return !m.on[k] })
	for _, k := range keys {
		if on {
			delete(m.on, k)
		} else {
			m.on[k] = true
		}
	}
}

func (m *picks[K]) has(k K) bool { return m.on[k] }

func (m *picks[K]) count() int { return len(m.on) }

// clear takes all marks away.
func (m *picks[K]) clear() {
	m.changes++
	clear(m.on)
}

// keep takes the marks away of what is no longer shown.
func (m *picks[K]) keep(shown []K) {
	if len(m.on) == 0 {
		return
	}
	there := make(map[K]bool, len(shown))
	for _, k := range shown {
		there[k] = true
	}
	m.changes++
	for k := range m.on {
		if !there[k] {
			delete(m.on, k)
		}
	}
}

// sorting is the column that a list is sorted by, and whether it is reversed:
// steps through all columns, each one as it is and then reversed. The zero
// sorting is the order that the list has by itself.
type sorting int

func (s sorting) column() int    { return int(s) / 2 }
func (s sorting) reversed() bool { return s%2 == 1 }

// step goes on to the next order, or back.
func (s *sorting) step(a Action, columns int) {
	by := 1
	if a == ActSortBack {
		by = -1
	}
	*s = sorting((int(*s) + by + 2*columns) % (2 * columns))
}

// note says by what a list is sorted.
func (s sorting) note(columns []string) string {
	text := "sort: " + columns[s.column()]
	if s.reversed() {
		text += ", reversed"
	}
	return text
}

// orderNote and troubleNote say what was chosen where no rule over the list does.
func orderNote(e Env, says string) Outcome {
	if e.roomy() {
		return Outcome{}
	}
	return Outcome{Note: safe.Clean(says)}
}

func troubleNote(e Env, on bool) Outcome {
	if on {
		return orderNote(e, "only what needs a person")
	}
	return orderNote(e, "all of them")
}

// chooser is a pane in which several rows can be chosen, to be decided about at
// once. As long as rows of objects are, the keys of the tabs decide in place of turning.
type chooser interface {
	// Chosen says what is chosen, "" for nothing.
	Chosen() string
	// Unchoose takes the choice back.
	Unchoose()
}

// chosen says what is chosen on the screen on top.
func (m *Model) chosen() string {
	if p, ok := m.top().pane.(chooser); ok {
		return p.Chosen()
	}
	return ""
}

// scopes are those whose keys work now on the screen on top.
func (m *Model) scopes() []scope {
	all := m.top().spec.scopes
	if m.chosen() == "" {
		return all
	}
	return whileChosen(all)
}

// whileChosen are the scopes of a screen while rows are chosen there: the keys that
// decide come before those of the tabs, which keep the others.
func whileChosen(all []scope) []scope {
	if i := slices.Index(all, inTabs); i >= 0 && slices.Contains(all, inRows) {
		return slices.Insert(slices.Clone(all), i, inMarked)
	}
	return all
}

// apartFromTabs are scopes in which a key has one meaning: while rows are chosen,
// some of those that lead to tabs decide.
func apartFromTabs(all []scope) []scope {
	return slices.DeleteFunc(slices.Clone(all), func(s scope) bool { return s == inTabs })
}

// shadowed tells whether a tab's key decides now.
func (m *Model) shadowed(b binding) bool {
	a, _ := m.keymap.lookup(m.scopes(), b.keys[0])
	return b.scope == inTabs && a != b.action
}

// chosenLine takes the place of the tabs while their keys decide.
func (m *Model) chosenLine() string {
	s := m.style
	sides := slices.DeleteFunc(m.keymap.of([]scope{inMarked}), func(b binding) bool { return !m.can(b.action) })
	l := widget.NewLine(m.width).Put(s.ink(themes.Match), safe.Clean(m.chosen()))
	if len(sides) == 0 {
		l.Put(s.ink(themes.Dim), safe.Lit(":  nothing can be decided about it"))
	} else {
		l.Put(s.ink(themes.Dim), safe.Lit(", take:"))
	}
	for _, b := range sides {
		l.Gap(widget.Ink{}, 2).Put(s.ink(themes.Key), safe.Clean(b.keys[0])).Put(s.ink(themes.Hint), safe.Clean(" "+b.hint))
	}
	l.Gap(widget.Ink{}, 2).Put(s.ink(themes.Key), safe.Lit("esc")).Put(s.ink(themes.Hint), safe.Lit(" takes it back"))
	return m.otherTabs(l).String()
}

// otherTabs appends the tabs that a key still leads to: with their words where all
// have room, else their numbers.
func (m *Model) otherTabs(l *widget.Line) *widget.Line {
	named, bare := []widget.Span{}, []widget.Span{}
	for _, b := range m.keymap.of([]scope{inTabs}) {
		if len(b.keys) == 0 || m.shadowed(b) || !m.can(b.action) {
			continue
		}
		key := widget.Span{Ink: m.style.ink(themes.Key), Text: safe.Sprintf("  %s", b.keys[0])}
		named = append(named, key, widget.Span{Ink: m.style.ink(themes.Hint), Text: safe.Sprintf(" %s", b.hint)})
		bare = append(bare, key)
	}
	for _, spans := range [][]widget.Span{named, bare} {
		if n := widget.SpanWidth(spans); n <= l.Room() {
			return l.Gap(widget.Ink{}, l.Room()-n).Spans(spans...)
		}
	}
	return l
}

// hinter is a pane on which a key may do something else than its hint says.
type hinter interface {
	Hint(e Env, a Action, hint string) string
}

// unchoose takes back what is chosen; false where nothing is.
func (m *Model) unchoose() bool {
	p, ok := m.top().pane.(chooser)
	if !ok || p.Chosen() == "" {
		return false
	}
	p.Unchoose()
	return true
}

// markSpan is the mark of a row; no text where it has none.
func markSpan(e Env, marked, selected bool) widget.Span {
	if !marked {
		return widget.Span{}
	}
	return widget.Span{Ink: e.Style.on(selected, themes.Match), Text: safe.Lit("*")}
}
