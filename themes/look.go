package themes

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// MinContrast is the least contrast of a colour against what is behind it: the
// limit of WCAG 2 AA for text.
const MinContrast = 4.5

// Colour is "#rrggbb", "default" for the terminal's own, or the name of one of
// the sixteen colours that people set in their terminal: black, red, green,
// yellow, blue, magenta, cyan, white, and bright-black to bright-white.
type Colour string

// Default is the colour that the terminal uses when it is told nothing.
const Default Colour = "default"

// sixteen are the colours that a terminal has by number, from 0.
func sixteen() []Colour {
	return []Colour{
		"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
		"bright-black", "bright-red", "bright-green", "bright-yellow",
		"bright-blue", "bright-magenta", "bright-cyan", "bright-white",
	}
}

// Index is the number of one of the sixteen colours; false for any other.
func (c Colour) Index() (int, bool) {
	i := slices.Index(sixteen(), c)
	return i, i >= 0
}

// RGB is red, green and blue from 0 to 255; false for a colour that only the
// terminal knows.
func (c Colour) RGB() (rgb [3]uint8, ok bool) {
	v, err := strconv.ParseUint(strings.TrimPrefix(string(c), "#"), 16, 32)
	if err != nil || len(c) != 7 || c[0] != '#' {
		return rgb, false
	}
	return [3]uint8{uint8(v >> 16), uint8(v >> 8), uint8(v)}, true
}

// own tells whether the colour is the terminal's own.
func (c Colour) own() bool {
	_, numbered := c.Index()
	return numbered || c == Default
}

// Look is how a role is drawn: the colour of the text, the one behind it or ""
// for whatever is there, and attributes. It is written as its parts in this
// order: "#ffffff on #5f0000 bold underline reverse".
type Look struct {
	Fore, Ground             Colour
	Bold, Underline, Reverse bool
}

// parseLook reads a look. Whether its colours suit a theme is not asked.
func parseLook(text string) (Look, error) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return Look{}, fmt.Errorf("%q names no colour", text)
	}
	l := Look{Fore: Colour(words[0])}
	rest := words[1:]
	if len(rest) > 1 && rest[0] == "on" {
		l.Ground, rest = Colour(rest[1]), rest[2:]
	}
	for _, w := range rest {
		switch w {
		case "bold":
			l.Bold = true
		case "underline":
			l.Underline = true
		case "reverse":
			l.Reverse = true
		default:
			return Look{}, fmt.Errorf("%q in %q is not bold, underline or reverse (write COLOUR on COLOUR bold, of which only the first is needed)", w, text)
		}
	}
	for _, c := range []Colour{l.Fore, l.Ground} {
		if _, ok := c.RGB(); c != "" && !ok && !c.own() {
			return Look{}, fmt.Errorf("%q is no colour (write #rrggbb, default, or one of %s)", c, names(sixteen()))
		}
	}
	return l, nil
}

// plus is a look with the attributes of another added.
func (l Look) plus(o Look) Look {
	l.Bold, l.Underline, l.Reverse = l.Bold || o.Bold, l.Underline || o.Underline, l.Reverse || o.Reverse
	return l
}

// attributes is a look without its colours. What had a colour of its own
// behind it is reversed: that it stands out is what it says.
func (l Look) attributes() Look {
	return Look{Bold: l.Bold, Underline: l.Underline, Reverse: l.Reverse || l.Ground != ""}
}

// Contrast is how well two colours can be told apart, from 1 to 21, as WCAG 2
// defines it. Where one is only known to the terminal it is 0.
func Contrast(a, b Colour) float64 {
	x, first := a.luminance()
	y, second := b.luminance()
	if !first || !second {
		return 0
	}
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func (c Colour) luminance() (float64, bool) {
	rgb, ok := c.RGB()
	return 0.2126*linear(rgb[0]) + 0.7152*linear(rgb[1]) + 0.0722*linear(rgb[2]), ok
}

// linear is the light that a channel of sRGB gives, from 0 to 1.
func linear(channel uint8) float64 {
	v := float64(channel) / 255
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}

// names lists words for a sentence.
func names[T ~string](words []T) string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = string(w)
	}
	return strings.Join(all, ", ")
}
