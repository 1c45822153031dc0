package tui

import (
	"context"
	"errors"
	"time"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// runPane shows the run of a fabric that is under way, or that ended last: its
// steps, what it publishes, and the objects that it waits for.
//
// One that was begun here stays on the screen that its beginning led to, whatever
// others begin meanwhile.
type runPane struct {
	reader
	own  *core.Run // that the screen is about as it was seen last; nil for whichever there is
	made runMade
	keys []core.Key // of the parts of the text

	going   int  // the line of the text about what goes on
	follows bool // the cursor stays on it
}

// runMade is what the text was made of; it is made anew when one of these is
// another.
type runMade struct {
	run   *core.Run
	other *core.Run
	now   time.Time
	width int
	begun bool
}

func newRunPane() Pane { return &runPane{} }

// load brings the text up to date. The cursor stays in its part.
func (p *runPane) load(e Env) {
	f, _ := e.fabric()
	for _, r := range []*core.Run{f.Own, f.Run} {
		if r != nil && r.ID == e.Place.Record {
			p.own = r
		}
	}
	other := f.Run
	switch {
	case p.own == nil || p.own.ID != e.Place.Record:
		p.own, other = nil, nil
	case other != nil && other.ID == p.own.ID:
		f.Run, other = p.own, nil
	default:
		f.Run = p.own
	}
	made := runMade{f.Run, other, e.Now, e.Width, true}
	if made == p.made {
		return
	}
	fresh := p.made.run == nil || f.Run == nil || p.made.run.ID != f.Run.ID
	p.made = made
	t := newRunText(f, e, min(e.Width, fieldsWidth))
	p.keys = t.keys
	p.show(t.scroll, fresh)
	if fresh {
		p.window.To(0) // the steps come before the objects
	}
	if p.going = t.going; p.follows {
		p.window.To(p.going)
	}
}

// fabric is the fabric with the run that the screen is about.
func (p *runPane) fabric(e Env) core.FabricState {
	f, _ := e.fabric()
	f.Run = p.made.run
	return f
}

// key is the object under the cursor.
func (p *runPane) key() core.Key {
	if at, _ := p.where(); at >= 0 && at < len(p.keys) {
		return p.keys[at]
	}
	return core.Key{}
}

func (p *runPane) Can(e Env, a Action) bool {
	f := p.fabric(e)
	switch a {
	case ActStop:
		return f.Run != nil && !f.Run.Phase.Over() && e.acts.Starter != nil && e.mine[f.Run.ID]
	case ActPlan:
		return e.plans(f)
	case ActRetry:
		now, _ := e.fabric() // the fabric's run may be another one's
		return e.plans(f) && (now.Run == nil || !now.Run.Phase.Active())
	case ActFollow, ActLeave:
		return f.Run != nil && !f.Run.Phase.Over()
	case ActDiff:
		return p.key() != core.Key{}
	default:
		return p.can(a)
	}
}

func (p *runPane) Do(e Env, a Action) Outcome {
	f := p.fabric(e)
	switch a {
	case ActStop:
		return Outcome{
			Note: safe.Lit(" what was pushed stays pushed; a run that is stopped can be planned again"),
			Ask:  &question{label: safe.Sprintf("to stop run %s type stop: ", shortRun(f.Run)), about: f.Run.ID},
		}
	case ActFollow:
		if p.follows = !p.follows; p.follows {
			p.window.To(p.going)
		}
	case ActLeave:
		return Outcome{Back: true, Note: safe.Sprintf("run %s goes on: %s on a screen of %s leads back to it",
			shortRun(f.Run), keyOf(e, inTabs, tabActions+"run"), e.Place.Fabric)}
	case ActRetry, ActPlan:
		return planning(e.Place.Fabric)
	case ActDiff:
		return Outcome{Open: &Place{Screen: "diff", Fabric: e.Place.Fabric, Object: p.key()}, Among: p.keys}
	default:
		p.follows = false
		p.do(a)
	}
	return Outcome{}
}

// Answer stops the run where the person said so.
func (p *runPane) Answer(e Env, q question, text string) Outcome {
	run, ok := q.about.(string)
	if !ok || text != "stop" {
		return Outcome{Note: safe.Lit("it was not stopped")}
	}
	starter, by, label := e.acts.Starter, e.acts.By, safe.Lit("stop run ").Plus(shortRun(&core.Run{ID: run}))
	return Outcome{Deed: &Deed{Label: label, Run: func(context.Context) (Done, error) {
		if !starter.Stop(run, by) {
			return Done{}, errors.New("it is over already, or another process carries it out")
		}
		return Done{Says: safe.Lit(" ").Plus(label, safe.Lit(": it ends as soon as possible"))}, nil
	}}}
}

func (p *runPane) View(e Env) Frame {
	f := p.fabric(e)
	s := e.Style
	frame := Frame{Title: crumbs(e, safe.Clean(string(f.Fabric.ID)), safe.Lit("run")), Facts: fabricFacts(e, f)}
	if p.follows && f.Run != nil && !f.Run.Phase.Over() {
		frame.Note = widget.Span{Ink: s.ink(themes.Dim), Text: safe.Lit(" the cursor follows what goes on (f, or any move, stops it)")}
	}
	if f.Run != nil {
		is := runWord(f.Run, e.Now)
		frame.Title = crumbs(e, safe.Clean(string(f.Fabric.ID)), safe.Lit("run ").Plus(shortRun(f.Run)))
		frame.Brief = then(frame.Title, widget.Span{Ink: s.ink(is.role), Text: safe.Lit("  ").Plus(is.text)})
		if e.roomy() {
			frame.Lines = runHead(e, f.Run, is)
		}
		if o := p.made.other; o != nil && e.Height > 3 {
			is := runWord(o, e.Now)
			says := safe.Sprintf(" run %s, ", shortRun(o)).Plus(begunBy(e, o), safe.Lit(": "), is.text, safe.Lit(" (here when you come back)"))
			frame.Lines = append(frame.Lines, widget.NewLine(e.Width).Put(s.ink(is.role), says).String())
		}
	} else {
		frame.Brief = then(frame.Title, widget.Span{Ink: s.ink(themes.Dim), Text: safe.Lit("  none")})
		frame.Lines = headRule(e, widget.Span{Ink: s.ink(themes.Title), Text: safe.Lit("run")}, widget.Span{})
	}
	frame.Lines = append(frame.Lines, p.draw(e, e.Height-len(frame.Lines))...)
	return frame
}
