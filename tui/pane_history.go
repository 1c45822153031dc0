package tui

import (
	"context"
	"slices"
	"time"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

const (
	historyPage = 300    // entries that are read at a time
	historyMost = 60_000 // entries that are held at most
	courseDays  = 30
)

// historyPane tells what happened to a fabric, or to all of them, newest first.
// It reads from the store as far back as somebody looks, page by page, and what
// came to be since, each by a [Job].
type historyPane struct {
	listPane[string, historyRow]
	touched bool

	all    bool // it is about all fabrics
	told   []happened
	known  map[string]bool // the IDs of told
	ended  bool            // the store has nothing older
	head   historyHead     // what the newest entries were read for
	course *core.Course

	made  historyMade
	since time.Duration // the filter lets through what is younger; 0 for all
}

// historyMade is what the rows were made of.
type historyMade struct {
	told   int
	newest string
	filter string
	minute time.Time
}

// historyRow is what happened at once, or again and again, told on one line.
type historyRow struct {
	happened
	others []happened // of the same, older or of other objects

	keys []core.Key // of all of it, each once; nil where it stands alone
	seen map[core.Key]bool
}

// join tells something older on the same line.
func (r *historyRow) join(h happened) {
	if r.seen == nil {
		r.seen = map[core.Key]bool{}
		r.name(r.about)
	}
	r.others = append(r.others, h)
	r.name(h.about)
}

func (r *historyRow) name(keys []core.Key) {
	for _, k := range keys {
		if !r.seen[k] {
			r.seen[k] = true
			r.keys = append(r.keys, k)
		}
	}
}

// objects are those that a row is about, each once. They must not be changed.
func (r *historyRow) objects() []core.Key {
	if r.seen == nil {
		return r.about
	}
	return r.keys
}

func newHistoryPane() Pane { return &historyPane{known: map[string]bool{}} }

func newEventsPane() Pane { return &historyPane{all: true, known: map[string]bool{}} }

// load brings the rows up to date.
func (p *historyPane) load(e Env) {
	made := historyMade{told: len(p.told), filter: e.Filter.text, minute: e.Now.Truncate(time.Minute)}
	if len(p.told) > 0 {
		made.newest = p.told[0].entry.ID + p.told[0].says.String()
	}
	if made == p.made && p.rows != nil {
		return
	}
	p.made = made
	was, on := p.selected()
	p.since, p.rows = sinceTerm(e.Filter), []historyRow{}
	last := map[core.FabricID]int{}
	for _, h := range p.told {
		if h.noise(e.Filter) || !e.Filter.matches(filtered{&h, e}) {
			continue
		}
		id := h.entry.Fabric
		if i, ok := last[id]; ok && p.rows[i].goesOn(h) {
			p.rows[i].join(h)
			continue
		}
		last[id] = len(p.rows)
		p.rows = append(p.rows, historyRow{happened: h})
	}
	keys := make([]string, len(p.rows))
	for i, r := range p.rows {
		keys[i] = r.first()
	}
	p.list.SetKeys(keys)
	switch {
	case !p.touched:
		p.list.To(0)
	case on:
		// What is told on one line may have grown at both of its ends.
		if i := slices.IndexFunc(p.rows, func(r historyRow) bool { return r.holds(was.entry.ID) || r.holds(was.first()) }); i >= 0 {
			p.list.To(i)
		}
	}
}

// first is the oldest entry of a row, by which it is known: the same that is found again
// comes before it.
func (r *historyRow) first() string {
	if n := len(r.others); n > 0 {
		return r.others[n-1].entry.ID
	}
	return r.entry.ID
}

// holds tells whether a row tells an entry.
func (r *historyRow) holds(id string) bool {
	return r.entry.ID == id || slices.ContainsFunc(r.others, func(h happened) bool { return h.entry.ID == id })
}

// goesOn tells whether something older is told on the same line: another check that
// found the same, or the same of another object at the same time.
func (r historyRow) goesOn(h happened) bool {
	if r.what != h.what || r.word.text != h.word.text || r.says != h.says || r.who != h.who {
		return false
	}
	switch h.entry.What.(type) {
	case core.Checked:
		return true
	case core.Transition, core.Acknowledgement, core.Decided:
		return r.entry.At.Equal(h.entry.At)
	case core.Overwritten, core.Blind, core.Acceptance, core.Run:
	}
	return false
}

func (p *historyPane) Can(e Env, a Action) bool {
	r, ok := p.selected()
	switch a {
	case ActUndo, ActRedo:
		return !p.all && canDecide(e, a, nil)
	case ActDrop, ActShowAll:
		return false
	case ActNext, ActPrev:
		return len(p.rows) > 1
	default:
		return ok && p.canWith(e, r, a)
	}
}

// canWith tells whether an action would do something with a row.
func (p *historyPane) canWith(e Env, r historyRow, a Action) bool {
	f, there := e.Fleet.Fabric(r.entry.Fabric)
	run, isRun := r.entry.What.(core.Run)
	_, edit := r.entry.What.(core.Overwritten)
	switch a {
	case ActEntry:
		return there && (isRun || len(r.about) > 0)
	case ActRunDiff:
		return there && (isRun && run.Plan != "" || !isRun && len(r.about) > 0)
	case ActBringBack:
		return there && edit && e.acts.Ledger != nil && e.decides(f)
	case ActPlanAgain:
		return there && isRun && canPlanAgain(e, f, &run)
	case ActCommit:
		return there && r.rev != ""
	default:
		return true
	}
}

func (p *historyPane) Do(e Env, a Action) Outcome {
	r, ok := p.selected()
	if !ok {
		return Outcome{}
	}
	id := r.entry.Fabric
	run, isRun := r.entry.What.(core.Run)
	switch a {
	case ActEntry, ActRunDiff:
		p.touched = true
		if !isRun {
			keys := r.objects()
			return Outcome{Open: &Place{Screen: "diff", Fabric: id, Object: keys[0]}, Among: keys}
		}
		screen := "past"
		if a == ActRunDiff {
			screen = "run-diff"
		}
		return Outcome{Open: &Place{Screen: screen, Fabric: id, Record: run.ID}}
	case ActPlanAgain:
		p.touched = true
		return planAgain(id, &run)
	case ActCommit:
		p.touched = true
		return Outcome{Open: &Place{Screen: "commit", Fabric: id, Record: r.rev}}
	case ActBringBack:
		return bringBack(e, r.entry)
	case ActUndo, ActRedo:
		return stepBack(e, a)
	case ActNext, ActPrev:
		p.touched = true
		p.list.To(nextProblem(p.list.Window, a, func(i int) bool { _, check := p.rows[i].entry.What.(core.Checked); return !check }))
	default:
		p.touched = move(&p.list.Window, a, p.page) || p.touched
	}
	return Outcome{}
}

// canPlanAgain tells whether a run can be planned again, or taken back.
func canPlanAgain(e Env, f core.FabricState, r *core.Run) bool {
	return e.plans(f) && !r.Phase.Active()
}

// planAgain opens a plan: of taking back what a run has published, or where it did
// not come to that, of what is still a draft.
func planAgain(id core.FabricID, r *core.Run) Outcome {
	o := planning(id)
	if takesBack(r) {
		o.Open.Record = r.ID
		o.Note = safe.Sprintf("planning to take back what run %s published", shortRun(r))
	}
	return o
}

// takesBack tells whether to plan a run again is to take back what it published.
func takesBack(r *core.Run) bool {
	return slices.ContainsFunc(r.Publications, func(p core.PublicationState) bool { return p.Phase == core.PublicationLanded })
}

// Hint says of a run that has published something what planning it again does.
func (p *historyPane) Hint(e Env, a Action, hint string) string {
	if a != ActPlanAgain {
		return hint
	}
	if r, ok := p.selected(); ok {
		if run, is := r.entry.What.(core.Run); is && takesBack(&run) {
			return "revert"
		}
	}
	return hint
}

// Hint is the same of the run that is shown.
func (p *pastPane) Hint(_ Env, a Action, hint string) string {
	if r := p.run(); a == ActPlanAgain && r != nil && takesBack(r) {
		return "revert"
	}
	return hint
}

// bringBack lays a draft down for what an edit had said.
func bringBack(e Env, entry core.Entry) Outcome {
	o, ok := entry.What.(core.Overwritten)
	if !ok {
		return Outcome{}
	}
	f, _ := e.Fleet.Fabric(entry.Fabric)
	by, ledger := e.acts.By, e.acts.Ledger
	label := safe.Clean(core.Resolution{Path: o.Path, Choice: core.TakeEdited}.Sentence(f.Fabric.Label(o.Key)))
	return Outcome{Deed: &Deed{Label: safe.Lit("bring back: ").Plus(label), Run: func(ctx context.Context) (Done, error) {
		if err := ledger.BringBack(ctx, entry.Fabric, by, entry.ID); err != nil {
			return Done{}, err
		}
		return Done{Says: safe.Lit(" draft: ").Plus(label)}, nil
	}}}
}

func (p *historyPane) View(e Env) Frame {
	s := e.Style
	f, _ := e.fabric()
	frame := Frame{Title: crumbs(e, safe.Lit("events")), Note: e.Filter.trouble(s)}
	if !p.all {
		frame.Title, frame.Facts = crumbs(e, safe.Clean(string(f.Fabric.ID)), safe.Lit("history")), fabricFacts(e, f)
	}
	frame.Brief = frame.Title[:len(frame.Title):len(frame.Title)]
	if len(p.rows) > 0 {
		frame.Brief = append(frame.Brief, widget.Span{Ink: s.ink(p.rows[p.list.Cursor()].word.role), Text: safe.Lit("  ").Plus(p.rows[p.list.Cursor()].says)})
		frame.Position = p.position()
		if !p.ended {
			frame.Position = frame.Position.Plus(safe.Lit("+"))
		}
	}
	frame.Lines = p.above(e)
	height := e.Height - len(frame.Lines)
	if len(p.rows) == 0 {
		frame.Lines = append(frame.Lines, paragraph(p.nothing(e), s.ink(themes.Dim), e.Width)...)
		return frame
	}
	if e.Width >= sideBySide && e.roomy() {
		left := e.Width * 3 / 5
		list := p.lines(e, left, height)
		frame.Lines = append(frame.Lines, widget.Beside(height, left, s.ink(themes.Rule), list, p.preview(e, e.Width-left-3, height, false))...)
		return frame
	}
	below := []string{}
	if e.Height >= 14 {
		room := max(4, e.Height/3)
		below = p.preview(e, e.Width, room, true)
	}
	frame.Lines = append(frame.Lines, p.lines(e, e.Width, height-len(below))...)
	frame.Lines = stretched(frame.Lines, below, e.Height)
	return frame
}

// nothing says why the list is empty.
func (p *historyPane) nothing(e Env) safe.Text {
	switch {
	case e.acts.Chronicle == nil:
		return safe.Lit("no history is read here (selvage history tells it)")
	case e.work.err != nil:
		return safe.Sprintf("%v", e.work.err)
	case len(p.told) == 0 && !p.ended:
		return safe.Lit("reading the history")
	case !e.Filter.empty() && len(p.told) > 0 && e.work.running:
		return safe.Sprintf("looking for what the filter lets through, back to %s", core.Stamp(p.told[len(p.told)-1].entry.At))
	case !e.Filter.empty():
		return safe.Lit("nothing that the filter lets through (esc clears it)")
	}
	return safe.Lit("nothing has happened yet that was worth keeping")
}
