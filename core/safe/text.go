package safe

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text is one line that is safe to print to a terminal. The zero Text is
// empty. Texts may be compared with ==.
type Text struct{ s string }

// lit is unexported so that only an untyped constant can become one.
type lit string

// Lit takes a constant of this program. It is cleaned all the same, since a
// constant may be a mistake.
func Lit(s lit) Text { return Clean(string(s)) }

// Clean makes any string safe. Controls become what a Go string literal has
// for them (\n, \x1b), bytes that are no UTF-8 likewise (\xff), and every other
// character that is not for printing its code point (<U+202E>).
func Clean(s string) Text {
	at := unsafeAt(s)
	if at == len(s) {
		return Text{s}
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	b.WriteString(s[:at])
	base := at > 0 // whether a combining mark here has something to stand on
	for i := at; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n <= 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r < 0x20 || r == 0x7f:
			b.WriteString(control(r))
		case !printable(r), unicode.Is(unicode.M, r) && !base:
			fmt.Fprintf(&b, "<U+%04X>", r)
		default:
			b.WriteString(s[i : i+n])
		}
		base = true
		i += n
	}
	return Text{b.String()}
}

// Sprintf formats as [fmt.Sprintf] does and cleans the result. The format must
// be a constant; the arguments may be anything, Texts included.
func Sprintf(format lit, args ...any) Text {
	return Clean(fmt.Sprintf(string(format), args...))
}

// Multi splits text into lines and makes each of them safe. A line break at
// the very end does not begin another line.
func Multi(s string) []Text {
	if s == "" {
		return nil
	}
	parts := strings.Split(strings.TrimSuffix(s, "\n"), "\n")
	lines := make([]Text, len(parts))
	for i, p := range parts {
		lines[i] = Clean(p)
	}
	return lines
}

// Join strings texts together with sep between each two.
func Join(sep lit, texts ...Text) Text {
	parts := make([]string, len(texts))
	for i, t := range texts {
		parts[i] = t.s
	}
	return Clean(strings.Join(parts, string(sep)))
}

// String is the text, safe to print.
func (t Text) String() string { return t.s }

// Len is the number of bytes; see tui/widget for the width on screen.
func (t Text) Len() int { return len(t.s) }

// Plus is the text with others after it.
func (t Text) Plus(others ...Text) Text {
	s := t.s
	for _, o := range others {
		s += o.s
	}
	return Text{s}
}

// unsafeAt is the index of the first character that is not plain printable
// ASCII; nearly all text has none, and is then taken as it is.
func unsafeAt(s string) int {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 0x20 || c > 0x7e {
			return i
		}
	}
	return len(s)
}

func control(r rune) string {
	switch r {
	case '\n':
		return `\n`
	case '\r':
		return `\r`
	case '\t':
		return `\t`
	}
	return fmt.Sprintf(`\x%02x`, r)
}

// printable tells whether a rune draws something of its own. Characters that
// are letters or marks by category but never drawn count as not printable.
func printable(r rune) bool {
	return unicode.IsPrint(r) &&
		!unicode.In(r, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}
