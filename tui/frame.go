package tui

import (
	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// What the frames of several panes are made of.

// crumbs is the way to a screen: the fabric first, and the last part in full.
func crumbs(e Env, parts ...safe.Text) []widget.Span {
	spans := []widget.Span{{Ink: e.Style.ink(themes.Dim), Text: safe.Lit("fabrics")}}
	for i, t := range parts {
		r := themes.Dim
		switch i {
		case 0:
			r = themes.Place
		case len(parts) - 1:
			r = themes.Header
		}
		spans = append(spans, widget.Span{Ink: e.Style.ink(themes.Rule), Text: safe.Lit(" > ")}, widget.Span{Ink: e.Style.ink(r), Text: t})
	}
	if e.Width < 60 && len(parts) > 0 {
		return spans[2:] // everything begins there
	}
	return spans
}

// objectCrumbs is the way to a screen about one object.
func objectCrumbs(e Env, f core.FabricState) []widget.Span {
	return []widget.Span{
		{Ink: e.Style.ink(themes.Place), Text: safe.Clean(string(e.Place.Fabric))},
		{Ink: e.Style.ink(themes.Rule), Text: safe.Lit(" > ")},
		{Ink: e.Style.ink(themes.Header), Text: objectName(f, e.Place.Object)},
	}
}

// headRule is the line over what a pane shows; none where there is no room for it.
func headRule(e Env, title, note widget.Span) []string {
	if !e.roomy() {
		return nil
	}
	return []string{rule(e, title, note)}
}

// rule is a line across the screen with a title and a note in it.
func rule(e Env, title, note widget.Span) string {
	return widget.Rule(e.Width, e.Style.ink(themes.Rule), title, note)
}

// stretched puts lines on the top of a room of some height, and others on its bottom.
func stretched(top, bottom []string, height int) []string {
	for len(top) < height-len(bottom) {
		top = append(top, "")
	}
	return append(top, bottom...)
}

// then is a line with a span behind it; it stays as it is itself.
func then(line []widget.Span, s widget.Span) []widget.Span {
	return append(line[:len(line):len(line)], s)
}

// goneFrame stands where a screen has lost the fabric that it was about.
func goneFrame(e Env) Frame {
	why := safe.Sprintf(" fabric %q is no longer configured", e.Place.Fabric)
	span := widget.Span{Ink: e.Style.ink(themes.Dim), Text: why}
	return Frame{
		Title: crumbs(e),
		Lines: []string{widget.NewLine(e.Width).Spans(span).String()},
		Brief: []widget.Span{span},
	}
}
