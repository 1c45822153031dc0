package tui

import (
	"time"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// enginePane tells all that is known of a fabric's GitOps engine and of its
// switches.
type enginePane struct{ textPane[engineMade] }

// engineMade is what the text was made of; it is made anew when one of these is
// another.
type engineMade struct {
	report *core.Report
	now    time.Time
	width  int
}

func newEnginePane() Pane { return &enginePane{} }

// load brings the text up to date. The cursor stays in its part.
func (p *enginePane) load(e Env) {
	f, _ := e.fabric()
	if p.anew(engineMade{f.Report, e.Now, e.Width}) {
		p.show(newEngineText(f, e.Now, min(e.Width, fieldsWidth)), false)
	}
	p.search(e.Filter)
}

func (p *enginePane) View(e Env) Frame {
	f, _ := e.fabric()
	s, is := e.Style, engineWord(f.Report)
	title := crumbs(e, safe.Clean(string(f.Fabric.ID)), safe.Lit("engine"))
	above := headRule(e, widget.Span{Ink: s.ink(themes.Title), Text: safe.Lit("engine and switches")}, widget.Span{})
	return p.under(e, above, Frame{
		Title: title, Facts: fabricFacts(e, f),
		Brief: then(title, widget.Span{Ink: s.ink(is.role), Text: safe.Lit("  ").Plus(is.text)}),
	})
}
