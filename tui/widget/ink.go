package widget

import (
	"strings"

	"charm.land/lipgloss/v2"

	"selvage/core/safe"
)

// Ink is how a piece of text is drawn: its colours and attributes. The zero
// Ink draws plain text.
type Ink struct{ before, after string }

// NewInk takes the colours and attributes of a style; its sizes, paddings and
// borders are left out.
func NewInk(s lipgloss.Style) Ink {
	const sample = "x" // occurs in no escape sequence that a style makes
	before, after, _ := strings.Cut(s.Inline(true).UnsetWidth().UnsetMaxWidth().Render(sample), sample)
	return Ink{before, after}
}

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
