package widget

import (
	"strings"

	"selvage/core/safe"
)

// Line is one line of the screen, put together from left to right. It never
// gets wider than the width it was made with.
type Line struct {
	b    strings.Builder
	room int
	ink  Ink // of what was drawn last
}

// NewLine starts a line of at most width columns.
func NewLine(width int) *Line { return &Line{room: max(width, 0)} }

// Room is the number of columns that are left.
func (l *Line) Room() int { return l.room }

// Put adds a text, cut at its end where the room does not suffice.
func (l *Line) Put(ink Ink, t safe.Text) *Line {
	t = Fit(t, l.room, CutEnd)
	l.room -= Width(t)
	l.paint(ink, t.String())
	return l
}

// paint draws a text, in one piece with what was drawn before in the same ink.
func (l *Line) paint(ink Ink, s string) {
	if s == "" {
		return
	}
	if !ink.same(l.ink) {
		l.b.WriteString(l.ink.after)
		l.b.WriteString(ink.before)
		l.ink = ink
	}
	l.b.WriteString(s)
}

// Spans adds several texts.
func (l *Line) Spans(spans ...Span) *Line {
	for _, s := range spans {
		l.Put(s.Ink, s.Text)
	}
	return l
}

// Gap adds n blank columns. Those that would look the same in any ink are drawn
// in the one before: each change of it is a dozen bytes on the way to the terminal.
func (l *Line) Gap(ink Ink, n int) *Line {
	n = min(n, l.room)
	if n > 0 {
		l.room -= n
		if ink.blank == l.ink.blank {
			ink = l.ink
		}
		l.paint(ink, spaces(n))
	}
	return l
}

// Cell adds a text in exactly width columns.
func (l *Line) Cell(ink Ink, t safe.Text, width int, right bool, cut Cut) *Line {
	width = min(width, l.room)
	t = Fit(t, width, cut)
	pad := width - Width(t)
	if right {
		l.Gap(ink, pad)
	}
	l.Put(ink, t)
	if !right {
		l.Gap(ink, pad)
	}
	return l
}

// Fill adds blanks to the full width.
func (l *Line) Fill(ink Ink) *Line {
	if ink.blank == "" {
		ink = Ink{} // as a line that was cleared
	}
	n := l.room
	l.room = 0
	l.paint(ink, spaces(n))
	return l
}

// String is the painted line.
func (l *Line) String() string { return l.b.String() + l.ink.after }

// Ends draws spans at both ends of a line. Where the room does not suffice,
// the right ones are left out, the first of them first, then the left is cut.
func Ends(width int, fill Ink, left, right []Span) string {
	for len(right) > 0 && SpanWidth(left)+2+SpanWidth(right) > width {
		right = right[1:]
	}
	l := NewLine(width).Spans(left...)
	l.Gap(fill, l.Room()-SpanWidth(right))
	return l.Spans(right...).String()
}

// Rule draws a line of dashes with a title in it and a note at its end. The
// note is left out where the room does not suffice.
func Rule(width int, ink Ink, title, note Span) string { return RuleOf(width, ink, title, note) }

// RuleOf is [Rule] with a note of several pieces, which stay or go together.
func RuleOf(width int, ink Ink, title Span, notes ...Span) string {
	dash := func(n int) safe.Text { return safe.Clean(strings.Repeat("-", max(n, 0))) }
	l := NewLine(width)
	if title.Text.Len() > 0 {
		l.Put(ink, safe.Lit("-- "))
		if l.Room() > 0 {
			l.Put(title.Ink, Fit(title.Text, l.Room()-1, CutEnd)).Gap(ink, 1)
		}
	}
	tail := SpanWidth(notes) + 4
	if tail > 4 && l.Room() > tail {
		l.Put(ink, dash(l.Room()-tail)).Gap(ink, 1).Spans(notes...).Put(ink, safe.Lit(" --"))
	}
	return l.Put(ink, dash(l.Room())).String()
}

// SpanWidth is the number of columns that spans take.
func SpanWidth(spans []Span) int {
	n := 0
	for _, s := range spans {
		n += Width(s.Text)
	}
	return n
}

// Beside puts two columns next to each other, divided by a bar. Each left line
// must be exactly leftWidth columns wide (see [Line.Fill]).
func Beside(height, leftWidth int, bar Ink, left, right []string) []string {
	out := make([]string, height)
	divider := bar.Paint(safe.Lit(" | "))
	for i := range out {
		l, r := spaces(leftWidth), ""
		if i < len(left) {
			l = left[i]
		}
		if i < len(right) {
			r = right[i]
		}
		out[i] = l + divider + r
	}
	return out
}
