package tui

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// handoverPane tells whoever comes next what is open on all fabrics: notes, runs
// and proposals that wait, objects in each state that needs a person, what was decided
// and not published, what is accepted for not much longer, and what could not be read.
// Notes and runs are read by a [Job].
type handoverPane struct {
	textPane[handoverMade]
	answer *handoverRead
	stale  int // grows when a note came or went
	parts  []handoverPart
}

// handoverPart is what a part of the text is about.
type handoverPart struct {
	place Place // to go to; no screen for none
	note  int64 // 0 for none
}

type handoverRead struct {
	notes []core.Note
	runs  []*core.Run
}

type handoverAbout struct {
	head  historyHead
	stale int
}

// handoverMade is what the text was made of.
type handoverMade struct {
	answer *handoverRead
	fleet  *core.FabricState
	minute time.Time
	width  int
	fault  string
}

func newHandoverPane() Pane { return &handoverPane{} }

// Job reads the notes and the runs that are open.
func (p *handoverPane) Job(e Env) (Job, bool) {
	keeper := e.acts.Handover
	if keeper == nil {
		return Job{}, false
	}
	about := handoverAbout{headOf(e.Fleet.Fabrics...), p.stale}
	if is, ok := e.work.about.(handoverAbout); ok && e.work.running && is.stale == p.stale {
		about = is // another check would end each reading before it is done
	}
	return Job{Label: safe.Lit("read what is handed over"), About: about, Run: func(ctx context.Context) (tea.Msg, error) {
		return readHandover(ctx, keeper)
	}}, true
}

// readHandover reads the notes and the runs that are open.
func readHandover(ctx context.Context, from Handover) (*handoverRead, error) {
	notes, err := from.Notes(ctx)
	if err != nil {
		return nil, err
	}
	runs, err := from.OpenRuns(ctx, "")
	return &handoverRead{notes, runs}, err
}

// Take is given what was read.
func (p *handoverPane) Take(msg tea.Msg) {
	if a, ok := msg.(*handoverRead); ok {
		p.answer = a
	}
}

// Did has the notes read anew.
func (p *handoverPane) Did(Done, error) (shown bool) {
	p.stale++
	return false
}

// load brings the text up to date. The cursor stays in its part.
func (p *handoverPane) load(e Env) {
	made := handoverMade{answer: p.answer, minute: e.Now.Truncate(time.Minute), width: e.Width, fault: e.work.fault()}
	if len(e.Fleet.Fabrics) > 0 {
		made.fleet = &e.Fleet.Fabrics[0]
	}
	if p.anew(made) {
		t := newHandoverText(e, p.answer, made.fault, min(e.Width, fieldsWidth))
		p.parts = t.parts
		p.show(t.scroll, false)
	}
	p.search(e.Filter)
}

// part is what the cursor is on.
func (p *handoverPane) part() handoverPart {
	if at, _ := p.where(); at >= 0 && at < len(p.parts) {
		return p.parts[at]
	}
	return handoverPart{}
}

func (p *handoverPane) Can(e Env, a Action) bool {
	switch a {
	case ActGoThere:
		return p.part().place.Screen != ""
	case ActNote:
		return e.acts.Handover != nil
	case ActTakeAway:
		return e.acts.Handover != nil && p.part().note != 0
	default:
		return p.textPane.Can(e, a)
	}
}

func (p *handoverPane) Do(e Env, a Action) Outcome {
	part := p.part()
	switch a {
	case ActGoThere:
		o := Outcome{Open: &part.place}
		if part.place.Object != (core.Key{}) {
			o.Among = []core.Key{part.place.Object}
		}
		return o
	case ActNote:
		return Outcome{Ask: &question{label: safe.Lit("note: "), about: ActNote}}
	case ActTakeAway:
		keeper, by := e.acts.Handover, e.acts.By
		return Outcome{Deed: &Deed{Label: safe.Lit("take the note away"), Run: func(ctx context.Context) (Done, error) {
			return Done{Says: safe.Lit(" the note is taken away")}, keeper.TakeAway(ctx, by, part.note)
		}}}
	default:
		return p.textPane.Do(e, a)
	}
}

// Answer keeps a note.
func (p *handoverPane) Answer(e Env, _ question, text string) Outcome {
	if strings.TrimSpace(text) == "" {
		return Outcome{Note: safe.Lit("no note was left")}
	}
	keeper, by := e.acts.Handover, e.acts.By
	return Outcome{Deed: &Deed{Label: safe.Lit("leave a note"), Run: func(ctx context.Context) (Done, error) {
		return Done{Says: safe.Lit(" the note is left")}, keeper.Leave(ctx, by, text)
	}}}
}

func (p *handoverPane) View(e Env) Frame {
	s := e.Style
	title := crumbs(e, safe.Lit("hand-over"))
	above := headRule(e,
		widget.Span{Ink: s.ink(themes.Title), Text: safe.Sprintf("what is open on %s", plural(len(e.Fleet.Fabrics), "fabric"))},
		widget.Span{Ink: s.ink(themes.Dim), Text: safe.Clean(core.Stamp(e.Now))})
	return p.under(e, above, Frame{
		Title: title,
		Brief: then(title, widget.Span{Ink: s.ink(themes.Text), Text: safe.Sprintf("  %s", plural(len(p.parts), "matter"))}),
	})
}
