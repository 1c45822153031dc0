package pictures

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestAFrameBecomesTextInItsColours(t *testing.T) {
	term := Terminal{Width: 20, Height: 3, Fore: "#eeeeee", Ground: "#111111", Title: `a <list> & "more"`}
	got := string(term.SVG("plain  \x1b[1;38;2;255;0;16mred & <bold>\x1b[m\n\x1b[7m  swapped\x1b[m \x1b[48;5;21m blue \x1b[m\n\x1b[4munder\x1b[m 漢字"))
	for _, want := range []string{
		`<title>a &lt;list&gt; &amp; &#34;more&#34;</title>`,
		`<text x="10" y="23" textLength="40" lengthAdjust="spacingAndGlyphs">plain</text>`,
		`<text x="66" y="23" textLength="96" lengthAdjust="spacingAndGlyphs" fill="#ff0010" font-weight="bold">red &amp; &lt;bold&gt;</text>`,
		`<rect x="10" y="27" width="72" height="17" fill="#eeeeee"/>`,
		`<text x="26" y="40" textLength="56" lengthAdjust="spacingAndGlyphs" fill="#111111">swapped</text>`,
		`<rect x="90" y="27" width="48" height="17" fill="#0000ff"/>`,
		`text-decoration="underline">under</text>`,
		`textLength="32" lengthAdjust="spacingAndGlyphs">漢字</text>`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("it has no %s:\n%s", want, got)
		}
	}
	if strings.Contains(got, "<style") {
		t.Error("it has a style sheet, which would outrank the colours of the texts")
	}
	d := xml.NewDecoder(strings.NewReader(got))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("it is no XML: %v", err)
		}
	}
}
