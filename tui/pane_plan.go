package tui

import (
	"context"
	"errors"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// planPane shows what publishing the drafts of a fabric would commit and what
// engines would then do, and has it carried out. It opens with cancel in
// brackets.
type planPane struct {
	reader
	answer *planned // the last plan, nil before the first
	made   planMade
	rows   []planRow // of the text, a row for each of its parts; nil fields where it is no row

	asked   core.PlanOptions
	again   int  // how often another plan was asked for
	armed   bool // the button in brackets is the one that publishes
	refused []string
}

// planned is a plan that was made, and what it was made about.
type planned struct {
	about planAbout
	plan  *core.Plan // as it is carried out
	shown *core.Plan // without secrets
	// toAllow is how many objects it takes out of Git, where nothing but that keeps
	// it from being published; else 0.
	toAllow int
}

// planAbout is what a plan is about.
type planAbout struct {
	fabric  core.FabricID
	asked   core.PlanOptions
	again   int
	fabrics string // all of them, where it is about several
}

// planMade is what the text was made of; it is made anew when one of these is
// another.
type planMade struct {
	answer  *planned
	width   int
	refused int
	fault   string
}

func newPlanPane() Pane { return &planPane{} }

// planning opens the plan of a fabric.
func planning(id core.FabricID) Outcome {
	return Outcome{Open: &Place{Screen: "plan", Fabric: id}}
}

// Job has the plan made: when the screen is opened, and when somebody asks for
// another one, but not before what was decided lies on the desk. It is not made
// anew by every check, for each is kept.
func (p *planPane) Job(e Env) (Job, bool) {
	f, ok := e.fabric()
	if !ok || !e.plans(f) {
		return Job{}, false
	}
	if e.work.about == nil {
		p.asked.AllowDelete = 0 // it was allowed for what was seen then
	}
	about := p.about(e)
	if e.busy && e.work.about != any(about) {
		return Job{}, false
	}
	planner, by, mask, fabrics := e.acts.Planner, e.acts.By, e.acts.Masked, e.several()
	return Job{
		Label: safe.Sprintf("plan a sync of %s", e.planned()),
		About: about,
		Run: func(ctx context.Context) (tea.Msg, error) {
			plan, err := planner.Plan(ctx, by, about.asked, fabrics...)
			if err != nil {
				return nil, err
			}
			shown := plan
			if mask != nil {
				shown = mask(plan)
			}
			return &planned{about, plan, shown, limited(ctx, planner, plan, fabrics)}, nil
		},
	}, true
}

// about is the plan that is wanted: of what lies on the desk, or of taking back what
// a run published.
func (p *planPane) about(e Env) planAbout {
	about := planAbout{fabric: e.Place.Fabric, asked: p.asked, again: p.again, fabrics: namesOf(e.fabrics)}
	about.asked.Reverts = e.Place.Record
	return about
}

// Take is given the plan.
func (p *planPane) Take(msg tea.Msg) {
	if a, ok := msg.(*planned); ok {
		p.answer, p.refused, p.armed = a, nil, false
	}
}

// Did asks for another plan when a decision was changed, and keeps why a run was
// not begun.
func (p *planPane) Did(done Done, err error) (shown bool) {
	var no *core.NotAllowed
	switch {
	case errors.As(err, &no):
		p.refused, p.armed = no.Reasons, false
		return true
	case err != nil:
	case done.Mine == "":
		p.again++
	default:
		p.asked, p.armed = core.PlanOptions{}, false
	}
	return false
}

// plan is the plan that is shown; nil while there is none.
func (p *planPane) plan(e Env) *planned {
	if p.answer == nil || e.work.running || e.work.err != nil || p.answer.about != p.about(e) {
		return nil
	}
	return p.answer
}

// Waits tells whether the plan is still being made: enter would press cancel, and the
// name of a protected fabric be taken for keys.
func (p *planPane) Waits(e Env) bool {
	f, ok := e.fabric()
	return ok && e.plans(f) && p.plan(e) == nil && e.work.err == nil
}

// load brings the text up to date.
func (p *planPane) load(e Env) {
	made := planMade{answer: p.plan(e), width: e.Width, refused: len(p.refused), fault: e.work.fault()}
	if made == p.made && p.text != nil {
		return
	}
	fresh := made.answer != p.made.answer
	p.made = made
	f, _ := e.fabric()
	if made.answer == nil {
		p.rows = nil
		text := newScroll(e.Width)
		if made.fault != "" {
			text.say(themes.Error, 1, safe.Clean(made.fault))
			text.say(themes.Dim, 1, safe.Lit("r plans again"))
		} else {
			text.say(themes.Dim, 1, safe.Lit("planning (esc leaves, other keys do nothing until it is done)"))
		}
		p.show(text, true)
		return
	}
	t := newPlanText(made.answer.shown, p.refused, e, f)
	p.rows = t.rows
	p.show(t.scroll, fresh)
}

// goes is where what is planned goes; "" where nothing is, or it goes nowhere.
func (p *planPane) goes(e Env) core.Way {
	if a := p.plan(e); a == nil || a.plan.Empty() {
		return ""
	}
	return e.way(e.several()...)
}

// row is the line of the plan under the cursor.
func (p *planPane) row() planRow {
	if at, _ := p.where(); at >= 0 && at < len(p.rows) {
		return p.rows[at]
	}
	return planRow{}
}

// may tells whether there is something that can be started: a plan without a
// reason against it.
func (p *planPane) may(e Env) bool {
	a := p.plan(e)
	if p.goes(e) == core.ToPatch {
		return len(a.plan.Stop) == 0
	}
	return a != nil && e.acts.Starter != nil && len(a.plan.Stop) == 0 && (!a.plan.Empty() || len(a.plan.Followed) > 0)
}

func (p *planPane) Can(e Env, a Action) bool {
	f, ok := e.fabric()
	if !ok || !e.plans(f) {
		return false
	}
	switch a {
	case ActButton:
		return p.may(e)
	case ActAllow:
		a := p.plan(e)
		return a != nil && a.toAllow > 0
	case ActPress, ActAgain:
		return true
	case ActTicket, ActMessage:
		a := p.plan(e)
		return a != nil && !a.plan.Empty()
	case ActLeaveOut:
		return e.decides(f) && len(p.leftOut(e)) > 0
	case ActAdopt:
		of, _ := e.Fleet.Fabric(p.row().fabric)
		return p.row().undoes() && e.decides(of)
	case ActDiff:
		return p.row().key != core.Key{}
	case ActUndo, ActRedo:
		return canDecide(e, a, nil)
	default:
		return p.can(a)
	}
}

// leftOut are the drafts that a line of the plan carries out.
func (p *planPane) leftOut(e Env) []core.DraftStanding {
	r := p.row()
	f, _ := e.Fleet.Fabric(r.fabric)
	if !r.decided {
		return nil
	}
	return slices.DeleteFunc(draftsOf(f, r.key), func(d core.DraftStanding) bool {
		return !r.path.Under(d.Path) && !d.Path.Under(r.path)
	})
}

func (p *planPane) Do(e Env, a Action) Outcome {
	f, _ := e.fabric()
	r := p.row()
	switch a {
	case ActButton:
		p.armed = !p.armed
	case ActPress:
		return p.press(e, f)
	case ActTicket:
		return Outcome{Ask: &question{label: safe.Lit("ticket: "), text: p.asked.Ticket, about: ActTicket}}
	case ActMessage:
		return Outcome{Ask: &question{label: safe.Lit("summary of the commit: "), text: p.asked.Message, about: ActMessage}}
	case ActAllow:
		return p.askCount()
	case ActAgain:
		p.again++
		p.refused = nil
	case ActLeaveOut:
		at := e
		at.Place.Fabric = r.fabric
		return drop(at, p.leftOut(e))
	case ActAdopt:
		at := e
		at.Place.Fabric = r.fabric
		of, _ := e.Fleet.Fabric(r.fabric)
		label := core.Resolution{Path: r.path, Choice: core.TakeLive}.Sentence(of.Fabric.Label(r.key))
		if r.gone {
			label += ": " + lost(core.TakeLive, r.path == core.Root)
		}
		return decide(at, label, core.Decision{Key: r.key, Path: r.path, Choice: core.TakeLive})
	case ActDiff:
		return Outcome{Open: &Place{Screen: "diff", Fabric: r.fabric, Object: r.key}, Among: []core.Key{r.key}}
	case ActUndo, ActRedo:
		return stepBack(e, a)
	default:
		p.do(a)
	}
	return Outcome{}
}

// press presses the button in brackets. A protected fabric wants its name typed.
func (p *planPane) press(e Env, f core.FabricState) Outcome {
	if !p.armed || !p.may(e) {
		return Outcome{Back: true}
	}
	if p.goes(e) == core.ToPatch {
		return Outcome{Write: true} // nothing is published, here or on a server
	}
	if name := p.toName(e, nil); name != "" {
		return p.askName(name, nil)
	}
	return p.begin(e, nil)
}

// confirming is what a person types names for: a plan, with those that were typed.
type confirming struct {
	plan  *planned
	names []core.FabricID
}

// toName is the protected fabric whose name is still to be typed; "" for none.
func (p *planPane) toName(e Env, typed []core.FabricID) core.FabricID {
	if p.answer.plan.Empty() {
		return ""
	}
	for _, id := range p.answer.plan.Fabrics {
		if f, _ := e.Fleet.Fabric(id); f.Fabric.Protected && !slices.Contains(typed, id) {
			return id
		}
	}
	return ""
}

func (p *planPane) askName(name core.FabricID, typed []core.FabricID) Outcome {
	return Outcome{Ask: &question{
		label: safe.Sprintf("%s is protected. Its name, to publish: ", name),
		about: confirming{p.answer, typed},
	}}
}

// Answer takes a ticket, a summary, or the name of a protected fabric.
func (p *planPane) Answer(e Env, q question, text string) Outcome {
	text = strings.TrimSpace(text)
	switch is := q.about.(type) {
	case Action:
		if is == ActTicket {
			p.asked.Ticket = text
		} else {
			p.asked.Message = text
		}
	case allowing:
		return p.allow(e, is, text)
	case confirming:
		if is.plan != p.plan(e) {
			return Outcome{Note: safe.Lit("the plan is another one by now: nothing was published")}
		}
		name := p.toName(e, is.names)
		if text != string(name) {
			return Outcome{Note: safe.Sprintf("that is not %q: nothing was published", name)}
		}
		names := append(slices.Clone(is.names), name)
		if next := p.toName(e, names); next != "" {
			return p.askName(next, names)
		}
		return p.begin(e, names)
	}
	return Outcome{}
}

func (p *planPane) View(e Env) Frame {
	f, _ := e.fabric()
	s := e.Style
	frame := Frame{Title: crumbs(e, safe.Clean(e.planned()), safe.Lit("sync plan")), Facts: fabricFacts(e, f)}
	if len(e.fabrics) > 1 {
		frame.Facts = togetherFacts(e, e.fabrics)
	}
	frame.Brief = then(frame.Title, widget.Span{Ink: s.ink(themes.Dim), Text: safe.Lit("  esc cancels")})
	if a := p.plan(e); a != nil {
		frame.Facts = append(planFacts(e, a), frame.Facts...)
		frame.Note = p.stale(e, a)
	}
	if change, _ := p.where(); p.text.changes > 0 {
		frame.Position = safe.Sprintf("%d/%d", min(max(change, 0)+1, p.text.changes), p.text.changes)
	}
	if !e.plans(f) {
		why := safe.Sprintf("a picture of the screen makes no plan, for each is kept: selvage plan %s makes one and prints it, and the dashboard shows one (%s)", core.ShellWord(string(e.Place.Fabric)), keyOf(e, inFabrics, ActPlan))
		if e.modeOf(f) == core.ModeRead {
			why = safe.Lit("the mode of this fabric allows nothing to be published")
		}
		frame.Lines = paragraph(why, s.ink(themes.Dim), e.Width)
		return frame
	}
	buttons := p.buttons(e)
	frame.Lines = stretched(p.draw(e, e.Height-len(buttons)), buttons, e.Height)
	return frame
}

// stale says that drafts came or went since the plan was made. What takes a run back
// lies on no desk, and has no number.
func (p *planPane) stale(e Env, a *planned) widget.Span {
	lies := map[int64]bool{0: true}
	for _, id := range a.plan.Fabrics {
		f, _ := e.Fleet.Fabric(id)
		for _, d := range f.Drafts {
			lies[d.ID] = true
		}
	}
	if slices.ContainsFunc(a.plan.Drafts, func(id int64) bool { return !lies[id] }) {
		return widget.Span{Ink: e.Style.ink(themes.Warn), Text: safe.Lit(" the drafts are others by now: r plans again")}
	}
	return widget.Span{}
}
