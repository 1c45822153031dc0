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
type enginePane struct {
	searcher
	made engineMade
}

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
	made := engineMade{f.Report, e.Now, e.Width}
	fresh := made != p.made || p.text == nil
	if fresh {
		p.made = made
		p.show(newEngineText(f, e.Now, min(e.Width, fieldsWidth)), false)
	}
	p.search(e.Filter, fresh)
}

func (p *enginePane) Can(e Env, a Action) bool {
	return p.can(e, a)
}

func (p *enginePane) Do(e Env, a Action) Outcome {
	p.do(a)
	return Outcome{}
}

func (p *enginePane) View(e Env) Frame {
	f, _ := e.fabric()
	s := e.Style
	frame := Frame{
		Title: crumbs(e, safe.Clean(string(f.Fabric.ID)), safe.Lit("engine")), Facts: fabricFacts(e, f),
		Note: p.found(e), Position: p.position(),
	}
	is := engineWord(f.Report)
	frame.Brief = append(frame.Title[:len(frame.Title):len(frame.Title)],
		widget.Span{Ink: s.ink(is.role), Text: safe.Lit("  ").Plus(is.text)})
	if e.roomy() {
		frame.Lines = []string{widget.Rule(e.Width, s.ink(themes.Rule),
			widget.Span{Ink: s.ink(themes.Title), Text: safe.Lit("engine and switches")}, widget.Span{})}
	}
	frame.Lines = append(frame.Lines, p.draw(e, e.Height-len(frame.Lines))...)
	return frame
}
