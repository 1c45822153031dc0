package pictures

import (
	"fmt"
	"html"
	"image/color"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
)

// The measures of a cell and of the margin, in pixels. A font of 13.33 pixels is 8
// wide.
const (
	cellWidth  = 8
	cellHeight = 17
	baseline   = 13
	margin     = 10
)

// Terminal is what the frame is seen in.
type Terminal struct {
	Width, Height int    // in cells
	Fore, Ground  string // its own colours: "#d8dee9"
	Title         string // what the picture shows, for those who cannot see it
}

// SVG draws a frame: lines of text with the escape sequences of colours.
func (t Terminal) SVG(frame string) []byte {
	screen := uv.NewScreenBuffer(t.Width, t.Height)
	uv.NewStyledString(frame).Draw(screen, uv.Rect(0, 0, t.Width, t.Height))
	width, height := t.Width*cellWidth+2*margin, t.Height*cellHeight+2*margin
	var b strings.Builder
	fmt.Fprintf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">\n", width, height, width, height)
	fmt.Fprintf(&b, "<title>%s</title>\n", html.EscapeString(t.Title))
	fmt.Fprintf(&b, "<rect width=\"%d\" height=\"%d\" rx=\"6\" fill=\"%s\"/>\n", width, height, t.Ground)
	// As attributes, for a style sheet would outrank those of the texts in it.
	fmt.Fprintf(&b, "<g font-family=\"ui-monospace,SFMono-Regular,Menlo,Consolas,DejaVu Sans Mono,monospace\" font-size=\"13.33\" fill=\"%s\" xml:space=\"preserve\">\n", t.Fore)
	for y := range t.Height {
		for x := 0; x < t.Width; {
			r := run(screen, x, y)
			t.draw(&b, r, x, y)
			x += r.cells
		}
	}
	b.WriteString("</g>\n</svg>\n")
	return []byte(b.String())
}

// stretch is text of one style.
type stretch struct {
	text  string
	cells int
	style uv.Style
}

// run is the longest text of one style from a cell on.
func run(screen uv.ScreenBuffer, x, y int) stretch {
	first := screen.CellAt(x, y)
	r := stretch{style: first.Style}
	var b strings.Builder
	for x+r.cells < screen.Width() {
		c := screen.CellAt(x+r.cells, y)
		if !c.Style.Equal(&first.Style) {
			break
		}
		b.WriteString(c.Content)
		r.cells += max(c.Width, 1)
	}
	r.text = b.String()
	return r
}

// draw draws a stretch of text: its ground, and what is not blank.
func (t Terminal) draw(b *strings.Builder, r stretch, x, y int) {
	fore, ground := hex(r.style.Fg), hex(r.style.Bg)
	if r.style.Attrs&uv.AttrReverse != 0 {
		fore, ground = or(ground, t.Ground), or(fore, t.Fore)
	}
	left, top := margin+x*cellWidth, margin+y*cellHeight
	if ground != "" {
		fmt.Fprintf(b, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>\n", left, top, r.cells*cellWidth, cellHeight, ground)
	}
	trimmed := strings.TrimLeft(r.text, " ")
	left += (len(r.text) - len(trimmed)) * cellWidth
	cells := r.cells - (len(r.text) - len(trimmed))
	text := strings.TrimRight(trimmed, " ")
	cells -= len(trimmed) - len(text)
	if text == "" {
		return
	}
	fmt.Fprintf(b, "<text x=\"%d\" y=\"%d\" textLength=\"%d\" lengthAdjust=\"spacingAndGlyphs\"", left, top+baseline, cells*cellWidth)
	if fore != "" {
		fmt.Fprintf(b, " fill=\"%s\"", fore)
	}
	if r.style.Attrs&uv.AttrBold != 0 {
		b.WriteString(" font-weight=\"bold\"")
	}
	if r.style.Attrs&uv.AttrFaint != 0 {
		b.WriteString(" opacity=\"0.6\"")
	}
	if r.style.Underline != uv.UnderlineNone {
		b.WriteString(" text-decoration=\"underline\"")
	}
	fmt.Fprintf(b, ">%s</text>\n", html.EscapeString(text))
}

// hex is a colour as SVG has it; "" for the terminal's own.
func hex(c color.Color) string {
	if c == nil {
		return ""
	}
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}
