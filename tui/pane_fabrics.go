package tui

import (
	"cmp"
	"slices"
	"time"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// fabricsPane lists all fabrics, the worst first, with a preview of the one
// under the cursor: below the list, or beside it where there is room.
type fabricsPane struct {
	listPane[core.FabricID, fabricRow]
	columns []fabricColumn
	steady  steady
	touched bool // the cursor was moved by hand, so it follows its fabric
	marked  picks[core.FabricID]
	order   sorting
	trouble bool // show only what needs a person

	news fleetNews
	made fabricsMade
	all  []fabricRow // whatever the filter lets through
}

// fabricRow is a fabric with what it shows.
type fabricRow struct {
	core.FabricState
	state            core.State
	word             safe.Text
	engine, switches part // empty where there is nothing to tell
	fresh            int  // objects that changed since the person looked
	told             bool // fresh was read of what is shown
}

func newFabricRow(f core.FabricState, now time.Time, fresh int, told bool) fabricRow {
	state, word := standing(f, now)
	return fabricRow{f, state, word, engineWord(f.Report), switchesWord(f.Report), fresh, told}
}

// fabricsMade is what the rows were made of; they are made anew when one of
// these is another.
type fabricsMade struct {
	fleet   *core.FabricState // the first one: a fleet is replaced whole
	n       int
	now     time.Time
	filter  string
	order   sorting
	trouble bool
	news    int
}

func newFabricsPane() Pane { return &fabricsPane{} }

const (
	sideBySide = 112 // columns from which a preview goes beside its list
	previewMin = 40  // columns that a preview beside a list needs
)

// load brings the rows up to date: the fabrics that the filter lets through, worst
// first. The cursor stays on its fabric.
func (p *fabricsPane) load(e Env) {
	made := fabricsMade{n: len(e.Fleet.Fabrics), now: e.Now, filter: e.Filter.text, order: p.order, trouble: p.trouble, news: p.news.reading}
	if made.n > 0 {
		made.fleet = &e.Fleet.Fabrics[0]
	}
	if p.rows != nil && made == p.made {
		return
	}
	if e.Filter.empty() && p.made.filter != "" && len(p.rows) > 0 {
		p.touched = true // the filter led to its fabric
	}
	p.made, p.all, p.rows = made, make([]fabricRow, 0, made.n), []fabricRow{}
	for _, f := range e.Fleet.Fabrics {
		p.all = append(p.all, newFabricRow(f, e.Now, len(p.news.news[f.Fabric.ID].Keys), p.news.tells(f)))
	}
	slices.SortStableFunc(p.all, fabricOrder(p.order))
	keys := []core.FabricID{}
	for _, r := range p.all {
		if (!p.trouble || !r.state.Settled()) && e.Filter.matches(fabricSubject{r, e.Now}) {
			p.rows = append(p.rows, r)
			keys = append(keys, r.Fabric.ID)
		}
	}
	p.list.SetKeys(keys)
	p.marked.keep(keys)
	if !p.touched {
		p.list.To(0)
	}
}

func (p *fabricsPane) Can(e Env, a Action) bool {
	f, ok := p.selected()
	switch a {
	case ActProblems:
		return len(p.all) > 0
	case ActSort, ActSortBack:
		return len(p.rows) > 1
	case ActAccept:
		return p.accepts(e)
	case ActDiff:
		return ok && f.Report != nil && f.Report.Counts.Total() > f.Report.Counts[core.InSync]
	case ActNext, ActPrev:
		return nextProblem(p.list.Window, a, p.troubled) != p.list.Cursor()
	case ActResolve:
		return ok && e.decides(f.FabricState)
	case ActPlan:
		return ok && slices.ContainsFunc(p.about(), func(f fabricRow) bool { return e.plans(f.FabricState) })
	case ActHistory, ActLint:
		return ok && e.records(a)
	default:
		return ok
	}
}

func (p *fabricsPane) Do(e Env, a Action) Outcome {
	if a == ActProblems {
		p.trouble, p.touched = !p.trouble, true
		return troubleNote(e, p.trouble)
	}
	f, ok := p.selected()
	if !ok {
		return Outcome{}
	}
	id := f.Fabric.ID
	switch a {
	case ActOpen:
		p.touched = true
		return Outcome{Open: &Place{Screen: "detail", Fabric: id}}
	case ActDiff:
		p.touched = true
		keys := unsettled(f.FabricState)
		return Outcome{Open: &Place{Screen: "diff", Fabric: id, Object: keys[0]}, Among: keys}
	case ActResolve:
		p.touched = true
		return resolving(id, core.Key{})
	case ActPlan:
		p.touched = true
		return p.plan(e)
	case ActHistory, ActLint:
		p.touched = true
		return recording(a, id)
	case ActMark, ActMarkAll, ActSort, ActSortBack, ActAccept:
		return p.choose(e, a)
	case ActNext, ActPrev:
		p.touched = true
		p.list.To(nextProblem(p.list.Window, a, p.troubled))
	default:
		p.touched = move(&p.list.Window, a, p.page) || p.touched
	}
	return Outcome{}
}

// troubled tells of a row whether its fabric needs a person.
func (p *fabricsPane) troubled(i int) bool { return !p.rows[i].state.Settled() }

// nextProblem finds the next line that is one, or the previous, going on at
// the other end; the cursor's own where there is no other.
func nextProblem(w widget.Window, a Action, problem func(int) bool) int {
	step, n := 1, w.Len()
	if a == ActPrev {
		step = -1
	}
	for i := 1; i < n; i++ {
		if at := ((w.Cursor()+i*step)%n + n) % n; problem(at) {
			return at
		}
	}
	return w.Cursor()
}

// unsettled are the objects of a fabric that are not in sync, worst first.
func unsettled(f core.FabricState) []core.Key {
	if f.Report == nil {
		return nil
	}
	keys := []core.Key{}
	for _, v := range f.Report.Verdicts {
		if v.State != core.InSync {
			keys = append(keys, v.Key)
		}
	}
	return keys
}

func (p *fabricsPane) View(e Env) Frame {
	strip := p.strip(e)
	e.Height -= len(strip)
	e.news = p.news.news
	left := e
	left.Width = e.headRoom()
	if chosen := p.Chosen(); chosen != "" {
		left.Width -= len(chosen) + 2
	}
	frame := Frame{Title: p.title(left), Brief: p.brief(e), Note: e.Filter.trouble(e.Style)}
	if e.Width >= sideBySide {
		dim := e.Style.ink(themes.Dim)
		frame.Facts = append(frame.Facts, widget.Span{Ink: dim, Text: e.about})
	}
	frame.Position = p.position()
	if chosen := p.Chosen(); chosen != "" {
		frame.Facts = append(frame.Facts, widget.Span{Ink: e.Style.ink(themes.Match), Text: safe.Clean(chosen)})
	}
	p.columns = fabricColumns(e, p.all, &p.steady)
	columns := layout(p.columns)
	if e.text {
		frame.Lines = p.lines(e, widget.NewTable(widget.Natural(columns), columns), e.Height)
		return frame
	}
	if !e.roomy() {
		frame.Lines = p.lines(e, widget.NewTable(e.Width, columns), e.Height)
		return frame
	}
	frame.Lines = []string{p.head(e)}
	n := widget.Natural(columns)
	switch place := e.preview(e.Width-n-3 >= previewMin); place {
	case onTheRight:
		frame.Lines = append(frame.Lines, p.beside(e, columns, min(n, e.Width-previewMin-3))...)
	default:
		frame.Lines = append(frame.Lines, p.stacked(e, columns, place == below)...)
	}
	if len(strip) > 0 {
		frame.Lines = append(frame.Lines, make([]string, max(e.Height-len(frame.Lines), 0))...)
		frame.Lines = append(frame.Lines, strip...)
	}
	return frame
}

// beside draws the list and, to the right of it, the preview.
func (p *fabricsPane) beside(e Env, columns []widget.Column, left int) []string {
	height := e.Height - 1
	list := p.lines(e, widget.NewTable(left, columns), height)
	side := []string{}
	if f, ok := p.selected(); ok {
		width := e.Width - left - 3
		side = e.glimpse(f.Fabric.ID, fabricName(f.FabricState), width, height, false, func(height int) []string {
			return fabricPreview(e, f.FabricState, width, height, true)
		})
	}
	return widget.Beside(height, left, e.Style.ink(themes.Rule), list, side)
}

// stacked draws the list and below it the preview, which gets what the list
// leaves and a third at least.
func (p *fabricsPane) stacked(e Env, columns []widget.Column, previews bool) []string {
	height, preview := e.Height-1, 0
	f, ok := p.selected()
	if ok && previews {
		preview = min(max(4, min(e.Height/3, 8), height-len(p.rows)-4), e.Height/2)
	}
	lines := p.lines(e, widget.NewTable(e.Width, columns), height-preview)
	lines = stretched(lines, nil, height-preview)
	if preview > 0 {
		lines = append(lines, e.glimpse(f.Fabric.ID, fabricName(f.FabricState), e.Width, preview, true, func(height int) []string {
			return append([]string{previewRule(e, f.FabricState)}, fabricPreview(e, f.FabricState, e.Width, height-1, false)...)
		})...)
	}
	return lines
}

// title counts the fabrics by what they show, worst first: in the words of the
// list where there is room, else by state, in the end by letter.
func (p *fabricsPane) title(e Env) []widget.Span {
	s := e.Style
	name := widget.Span{Ink: s.ink(themes.Header), Text: safe.Lit("selvage  ")}
	total := widget.Span{Ink: s.ink(themes.Text), Text: safe.Sprintf("%s ", plural(len(e.Fleet.Fabrics), "fabric"))}
	counted := func(groups []group, lead ...widget.Span) []widget.Span {
		for _, g := range groups {
			lead = append(lead, widget.Span{Ink: s.ink(role(g.state)), Text: safe.Sprintf("  %d %s", g.n, g.word)})
		}
		return lead
	}
	groups := p.standings()
	for _, spans := range [][]widget.Span{
		counted(groups, name, total),
		counted(byState(groups), name, total),
		counted(byState(groups), total),
	} {
		if widget.SpanWidth(spans) <= e.Width {
			return spans
		}
	}
	return append([]widget.Span{name, total, {Text: safe.Lit(" ")}}, p.brief(e)...)
}

// byState puts groups of the same state together. One that stands alone keeps the
// word that its rows show.
func byState(groups []group) []group {
	merged := []group{}
	for _, g := range groups {
		if n := len(merged); n > 0 && merged[n-1].state == g.state {
			merged[n-1].n += g.n
			merged[n-1].word = safe.Clean(g.state.Title())
			continue
		}
		merged = append(merged, g)
	}
	return merged
}

type group struct {
	state core.State
	word  safe.Text
	n     int
}

// standings groups all fabrics by what they show, worst first. The seconds of
// a check that runs would make a group of each.
func (p *fabricsPane) standings() []group {
	groups := []group{}
	for _, r := range p.all {
		word := r.word
		if r.Report == nil && r.Err == nil && !r.Checking.IsZero() {
			word = safe.Lit("checking")
		}
		i := slices.IndexFunc(groups, func(g group) bool { return g.state == r.state && g.word == word })
		if i < 0 {
			i = len(groups)
			groups = append(groups, group{state: r.state, word: word})
		}
		groups[i].n++
	}
	slices.SortStableFunc(groups, func(a, b group) int {
		return cmp.Or(cmp.Compare(a.state, b.state), cmp.Compare(a.word.String(), b.word.String()))
	})
	return groups
}

// brief is all that one line can say: how many fabrics show which letter.
func (p *fabricsPane) brief(e Env) []widget.Span {
	spans := []widget.Span{}
	for _, g := range byState(p.standings()) {
		spans = append(spans, widget.Span{Ink: e.Style.ink(role(g.state)), Text: safe.Sprintf("%d%c ", g.n, g.state.Letter())})
	}
	return spans
}

func (p *fabricsPane) head(e Env) string {
	title := widget.Span{Ink: e.Style.ink(themes.Title), Text: safe.Lit("fabrics")}
	if p.trouble {
		title.Text = safe.Lit("fabrics that need a person (! shows all)")
	}
	return listRule(e, title, widget.Span{Ink: e.Style.ink(themes.Dim), Text: safe.Clean(p.order.note(fabricSorts()))})
}
