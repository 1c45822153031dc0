package widget

import (
	"strings"
	"unicode/utf8"

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
func Width(t safe.Text) int { return wide(t.String()) }

func wide(s string) int {
	if plain(s) {
		return len(s)
	}
	return ansi.StringWidth(s)
}

// plain tells whether each byte is a character of one column.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// front is the first n columns of a text, and back what is left without them.
func front(s string, n int) string {
	if plain(s) {
		return s[:min(n, len(s))]
	}
	return ansi.Truncate(s, n, "")
}

func back(s string, n int) string {
	if plain(s) {
		return s[min(n, len(s)):]
	}
	return ansi.TruncateLeft(s, n, "")
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
		s = front(s, keep/2) + mark + back(s, have-(keep-keep/2))
	case CutStart:
		s = mark + back(s, have-keep)
	default:
		s = front(s, keep) + mark[:min(width, len(mark))]
	}
	// Cutting before a wide character may leave one column more than asked.
	return safe.Clean(front(s, width))
}

// FitApart fits texts that are read one below the other. Where two that differ
// would look the same, what they begin with is given up for where they part.
func FitApart(texts []safe.Text, width int, cut func(i int) Cut) []safe.Text {
	out := make([]safe.Text, len(texts))
	for i, t := range texts {
		out[i] = Fit(t, width, cut(i))
	}
	// Those that begin with the same go on to part from each other.
	for range 4 {
		same := map[string][]int{}
		for i, t := range out {
			same[t.String()] = append(same[t.String()], i)
		}
		for _, group := range same {
			if at, ok := parting(texts, group); ok {
				for _, i := range group {
					out[i] = around(texts[i], at, width)
				}
			}
		}
		if len(same) == len(out) {
			break
		}
	}
	return out
}

// parting is where some texts stop being the same; false where they never do.
func parting(texts []safe.Text, group []int) (at int, ok bool) {
	first := texts[group[0]].String()
	at = len(first)
	for _, i := range group[1:] {
		s := texts[i].String()
		n := 0
		for n < at && n < len(s) && first[n] == s[n] {
			n++
		}
		ok = ok || first != s
		at = n
	}
	for at > 0 && at < len(first) && !utf8.RuneStart(first[at]) {
		at--
	}
	return at, ok
}

// around is a text in width columns that keeps its beginning and what stands
// at an offset.
func around(t safe.Text, at, width int) safe.Text {
	s := t.String()
	front := ansi.Truncate(s, width/3, "")
	room := width - ansi.StringWidth(front) - len(mark)
	rest := s[min(at, len(s)):]
	if have := ansi.StringWidth(rest); have < room {
		rest = ansi.TruncateLeft(s, ansi.StringWidth(s)-room, "")
	}
	return Fit(safe.Clean(front+mark).Plus(Fit(safe.Clean(rest), room, CutEnd)), width, CutEnd)
}

// Wrap breaks a text into lines of at most width columns, at spaces where
// there are any. Nothing else is a place to break: a date, a path and the flag
// of a command are read, and copied, whole.
func Wrap(t safe.Text, width int) []safe.Text {
	if width <= 0 {
		return nil
	}
	lines := []safe.Text{}
	end := func(s string) { lines = append(lines, Fit(safe.Clean(s), width, CutEnd)) }
	line, have := "", 0
	for i, word := range strings.Split(t.String(), " ") {
		need := wide(word)
		switch {
		case i > 0 && have+1+need <= width:
			line += " " + word
			have += 1 + need
			continue
		case i > 0:
			end(line)
		}
		for need > width {
			n := width
			if !plain(word) {
				n = len(ansi.Truncate(word, width, ""))
			}
			if n == 0 { // not one character fits
				_, n = utf8.DecodeRuneInString(word)
			}
			end(word[:n])
			word = word[n:]
			need = wide(word)
		}
		line, have = word, need
	}
	end(line)
	return lines
}

func spaces(n int) string { return strings.Repeat(" ", max(n, 0)) }
