package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// Informer tells how a fabric was set up.
type Informer interface {
	// Inform gives what is known of a fabric beside its state.
	Inform(ctx context.Context, id core.FabricID) (Info, error)
}

// Info is how a fabric was set up.
type Info struct {
	// Configuration is what is configured of the fabric, with all defaults, as YAML;
	// there is no credential in it. Files are where that was read, the main one
	// first.
	Configuration string
	Files         []string
	// Store is the file in which history, drafts and plans are kept, and its size
	// in bytes; Cache the folder of the copies of its repositories.
	Store     string
	StoreSize int64
	Cache     string
}

// infoPane tells all about a fabric that is not its objects: where both sides
// are, what may be done, which rules hold, how it is configured.
type infoPane struct {
	textPane[infoMade]
	answer *informed
}

// informed is what was told of a fabric.
type informed struct {
	fabric core.FabricID
	info   Info
}

// infoMade is what the text was made of; it is made anew when one of these is
// another.
type infoMade struct {
	report *core.Report
	answer *informed
	fault  string
	now    time.Time
	width  int
}

func newInfoPane() Pane { return &infoPane{} }

// Job has the fabric's configuration told.
func (p *infoPane) Job(e Env) (Job, bool) {
	id, from := e.Place.Fabric, e.acts.Informer
	if _, ok := e.fabric(); !ok || from == nil {
		return Job{}, false
	}
	return Job{Label: safe.Sprintf("read the configuration of %s", id), About: id, Run: func(ctx context.Context) (tea.Msg, error) {
		info, err := from.Inform(ctx, id)
		return &informed{id, info}, err
	}}, true
}

// Take is given it.
func (p *infoPane) Take(msg tea.Msg) {
	if a, ok := msg.(*informed); ok {
		p.answer = a
	}
}

// load brings the text up to date. The cursor stays in its part.
func (p *infoPane) load(e Env) {
	f, _ := e.fabric()
	made := infoMade{report: f.Report, fault: e.work.fault(), now: e.Now, width: e.Width}
	if p.answer != nil && p.answer.fabric == e.Place.Fabric {
		made.answer = p.answer
	}
	if p.anew(made) {
		p.show(newInfoText(e, f, made.answer, made.fault, min(e.Width, fieldsWidth)), false)
	}
	p.search(e.Filter)
}

func (p *infoPane) View(e Env) Frame {
	f, _ := e.fabric()
	s := e.Style
	title := crumbs(e, safe.Clean(string(f.Fabric.ID)), safe.Lit("info"))
	above := headRule(e, widget.Span{Ink: s.ink(themes.Title), Text: safe.Lit("how it is set up and read")}, widget.Span{})
	return p.under(e, above, Frame{
		Title: title, Facts: fabricFacts(e, f),
		Brief: then(title, widget.Span{Ink: s.ink(themes.Dim), Text: safe.Sprintf("  %s", e.modeOf(f))}),
	})
}
