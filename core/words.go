package core

import (
	"strconv"
	"strings"
)

// Counted is a number with its noun: "1 object", "3 switches".
func Counted(n int, noun string) string { return strconv.Itoa(n) + " " + Noun(n, noun) }

// Noun is a noun as it is said of so many: "object" of one, else "objects".
func Noun(n int, noun string) string {
	switch {
	case n == 1:
		return noun
	case strings.HasSuffix(noun, "y"):
		return strings.TrimSuffix(noun, "y") + "ies"
	case strings.HasSuffix(noun, "ch"):
		return noun + "es"
	}
	return noun + "s"
}

// Brief is a text on one line, with spaces in place of line breaks and the like; of one
// that has more than most bytes, its beginning.
func Brief(text string, most int) string {
	text = oneLine(text)
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}

// OneLine is what an error says, on one line.
func OneLine(err error) string { return oneLine(err.Error()) }

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
