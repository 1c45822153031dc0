package widget

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"selvage/core/safe"
)

// Cut says which part of a text is given up where it does not fit.
type Cut uint8

// The ends of prose are given up, the middles of names, whose ends tell them
// apart, and the beginnings of paths.
const (
	CutEnd Cut = iota
	CutMiddle
	CutStart
)

const mark = ".." // what stands for the part that was cut

// Width is the number of columns that a text takes.
func Width(t safe.Text) int {
	s := t.String()
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return ansi.StringWidth(s)
		}
	}
	return len(s)
}

// Fit is the text in at most width columns, cut where it is longer.
func Fit(t safe.Text, width int, cut Cut) safe.Text {
	have := Width(t)
	switch {
	case width <= 0:
		return safe.Text{}
	case have <= width:
		return t
	case width <= 2*len(mark):
		cut = CutEnd
	}
	keep := max(width-len(mark), 0)
	s := t.String()
	switch cut {
	case CutMiddle:
		front := keep / 2
		s = ansi.Truncate(s, front, "") + mark + ansi.TruncateLeft(s, have-(keep-front), "")
	case CutStart:
		s = mark + ansi.TruncateLeft(s, have-keep, "")
	default:
		s = ansi.Truncate(s, keep, "") + mark[:min(width, len(mark))]
	}
	// Cutting before a wide character may leave one column more than asked.
	return safe.Clean(ansi.Truncate(s, width, ""))
}

// Wrap breaks a text into lines of at most width columns, at spaces where
// there are any.
func Wrap(t safe.Text, width int) []safe.Text {
	if width <= 0 {
		return nil
	}
	lines := safe.Multi(ansi.Wrap(t.String(), width, ""))
	for i, l := range lines {
		lines[i] = Fit(l, width, CutEnd)
	}
	return lines
}

func spaces(n int) string { return strings.Repeat(" ", max(n, 0)) }
