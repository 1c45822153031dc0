package widget

import (
	"strings"

	"charm.land/lipgloss/v2"

	"selvage/core/safe"
)

// Ink is how a piece of text is drawn: its colours and attributes. The zero
// Ink draws plain text.
type Ink struct {
	before, after string
	blank         string // what a blank is drawn with; inks with the same draw it the same
	behind        *Ink
}

// NewInk takes the colours and attributes of a style; its sizes, paddings and
// borders are left out.
func NewInk(s lipgloss.Style) Ink {
	const sample = "x" // occurs in no escape sequence that a style makes
	before, after, _ := strings.Cut(s.Inline(true).UnsetWidth().UnsetMaxWidth().Render(sample), sample)
	ground := s.UnsetBold().UnsetItalic().UnsetFaint().UnsetBlink()
	if !s.GetReverse() {
		ground = ground.UnsetForeground()
	}
	blank, _, _ := strings.Cut(ground.Inline(true).UnsetWidth().UnsetMaxWidth().Render(sample), sample)
	return Ink{before: before, after: after, blank: blank}
}

// Bar is an ink for the row that the cursor is on: bar draws the part that tells
// which row it is, and behind what stands behind that.
func Bar(bar, behind Ink) Ink {
	bar.behind = &behind
	return bar
}

// Behind is the ink for what a cursor's bar does not reach; of any other ink it is
// the ink itself.
func (i Ink) Behind() Ink {
	if i.behind == nil {
		return i
	}
	return *i.behind
}

// same tells whether two inks draw the same.
func (i Ink) same(o Ink) bool { return i.before == o.before }

// Paint draws a text.
func (i Ink) Paint(t safe.Text) string {
	if i.before == "" || t.Len() == 0 {
		return t.String()
	}
	return i.before + t.String() + i.after
}

// Span is a text with the ink to draw it in.
type Span struct {
	Ink  Ink
	Text safe.Text
}
