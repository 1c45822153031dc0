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

// explainPane tells how the verdict on one object came about. What it shows is
// asked of the engine by a [Job], anew for each report.
type explainPane struct {
	textPane[explainMade]
	answer *explained // the last one, nil before the first
}

// explainMade is what the text was made of; it is made anew when one of these
// is another.
type explainMade struct {
	answer *explained
	width  int
	all    bool
	opened int
	fault  string
}

// explained is what the engine tells of one object.
type explained struct {
	place core.Key
	says  core.Explanation
}

// explainAbout is what an explanation is about: an object as of a comparison. That
// is known by its verdicts, which a report has in common with the next one where
// only what stands beside both sides was read anew.
type explainAbout struct {
	fabric core.FabricID
	key    core.Key
	at     time.Time
	first  *core.Verdict // nil where there is none
}

func aboutExplained(id core.FabricID, k core.Key, r *core.Report) explainAbout {
	a := explainAbout{fabric: id, key: k, at: r.At}
	if len(r.Verdicts) > 0 {
		a.first = &r.Verdicts[0]
	}
	return a
}

func newExplainPane() Pane { return &explainPane{} }

// explaining opens the explanation of an object.
func explaining(e Env, k core.Key, among []core.Key) Outcome {
	return Outcome{Open: &Place{Screen: "explain", Fabric: e.Place.Fabric, Object: k}, Among: among}
}

// Job asks the engine for what is shown now.
func (p *explainPane) Job(e Env) (Job, bool) {
	f, ok := e.fabric()
	if !ok || f.Report == nil {
		return Job{}, false
	}
	id, key, explain := e.Place.Fabric, e.Place.Object, e.explain
	return Job{
		Label: safe.Lit("explain ").Plus(objectName(f, key)),
		About: aboutExplained(id, key, f.Report),
		Run: func(ctx context.Context) (tea.Msg, error) {
			says, err := explain(ctx, id, key)
			return &explained{key, says}, err
		},
	}, true
}

// Take is given the engine's answer.
func (p *explainPane) Take(msg tea.Msg) {
	if a, ok := msg.(*explained); ok {
		p.answer = a
	}
}

// load brings the text up to date.
func (p *explainPane) load(e Env) {
	made := explainMade{width: e.Width, all: p.all, opened: len(p.open)}
	if p.answer != nil && p.answer.place == e.Place.Object {
		made.answer = p.answer
	} else {
		made.fault = e.work.fault()
	}
	if before := p.made.answer; p.anew(made) {
		fresh := made.answer == nil || before == nil || made.answer.place != before.place
		if fresh {
			p.folding = folding{}
			p.made.all, p.made.opened = false, 0
		}
		f, _ := e.fabric()
		p.show(p.compose(e, f.Fabric), fresh)
	}
	p.search(e.Filter)
}

// compose makes the text, and as long as there is none says why.
func (p *explainPane) compose(e Env, f core.Fabric) *scroll {
	if a := p.made.answer; a != nil {
		return newExplanation(&a.says, f, e.document, p.folding, min(e.Width, fieldsWidth))
	}
	text := newScroll(e.Width)
	if p.made.fault != "" {
		text.say(themes.Error, 1, safe.Clean(p.made.fault))
		return text
	}
	text.say(themes.Dim, 1, safe.Lit("asking how the verdict came about"))
	return text
}

func (p *explainPane) Can(e Env, a Action) bool {
	switch a {
	case ActNextObject, ActPrevObject:
		return len(e.Among) > 1
	default:
		return p.textPane.Can(e, a)
	}
}

func (p *explainPane) Do(e Env, a Action) Outcome {
	switch a {
	case ActNextObject:
		return otherObject(e, 1)
	case ActPrevObject:
		return otherObject(e, -1)
	default:
		return p.textPane.Do(e, a)
	}
}

func (p *explainPane) View(e Env) Frame {
	f, _ := e.fabric()
	s, title := e.Style, objectCrumbs(e, f)
	frame := p.under(e, headRule(e, widget.Span{}, widget.Span{}), Frame{
		Title: title,
		Facts: []widget.Span{{Ink: s.ink(themes.Dim), Text: safe.Lit("explained")}},
		Brief: then(title, widget.Span{Ink: s.ink(themes.Dim), Text: safe.Lit(" explained")}),
	})
	frame.Position = frame.Position.Plus(objectPosition(e))
	return frame
}
