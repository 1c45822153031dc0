package tui

import (
	"fmt"
	"slices"
	"strings"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// detailPane lists the objects of one fabric, those that are not in sync or
// all, with the changes of the one under the cursor below or beside the list.
type detailPane struct {
	list    widget.List[core.Key]
	touched bool
	all     bool // show what is in sync too
	page    int

	// What the rows were made of; they are made anew when one of these is
	// another.
	report *core.Report
	filter string
	shown  bool
	rows   []*core.Verdict
	server int // fields that rules of selvage's explain
	own    int // fields that rules of the user's own explain
	widest int // the longest name of all, whatever the filter lets through
}

func newDetailPane() Pane { return &detailPane{} }

// load brings the rows up to date.
func (p *detailPane) load(f core.FabricState, e Env) {
	if f.Report == p.report && e.Filter.text == p.filter && p.shown == p.all && p.rows != nil {
		return
	}
	if e.Filter.empty() && p.filter != "" && len(p.rows) > 0 {
		p.touched = true // the filter led to its object
	}
	p.report, p.filter, p.shown = f.Report, e.Filter.text, p.all
	p.rows, p.server, p.own, p.widest = []*core.Verdict{}, 0, 0, 0
	keys := []core.Key{}
	if f.Report != nil {
		for i := range f.Report.Verdicts {
			v := &f.Report.Verdicts[i]
			for _, f := range v.Folded {
				if f.User() {
					p.own++
				} else {
					p.server++
				}
			}
			if !p.all && v.State == core.InSync {
				continue
			}
			p.widest = max(p.widest, widget.Width(objectName(f, v.Key)))
			if e.Filter.matches(objectSubject(v)) {
				p.rows = append(p.rows, v)
				keys = append(keys, v.Key)
			}
		}
	}
	p.list.SetKeys(keys)
	if !p.touched {
		p.list.To(0)
	}
}

func objectSubject(v *core.Verdict) subject {
	managers := []string{}
	for _, c := range v.Changes {
		managers = append(managers, c.Manager)
	}
	by := strings.Join(managers, " ")
	return subject{
		text: fmt.Sprintf("%s %s %s %s %s", v.Key, v.State.Title(), v.Reason, v.Origin.Path, by),
		fields: map[string][]string{
			"state": {v.State.String()}, "kind": {v.Key.Kind}, "name": {v.Key.Name}, "by": managers,
		},
	}
}

func (p *detailPane) selected() (*core.Verdict, bool) {
	if len(p.rows) == 0 {
		return nil, false
	}
	return p.rows[p.list.Cursor()], true
}

func (p *detailPane) Can(e Env, a Action) bool {
	f, ok := e.fabric()
	if !ok {
		return false
	}
	p.load(f, e)
	switch a {
	case ActCheck:
		return true
	case ActShowAll:
		return f.Report != nil && f.Report.Counts[core.InSync] > 0
	case ActNext, ActPrev:
		return nextProblem(p.list.Window, a, p.problem) != p.list.Cursor()
	default:
		return len(p.rows) > 0
	}
}

func (p *detailPane) Do(e Env, a Action) Outcome {
	switch a {
	case ActDiff:
		v, ok := p.selected()
		if !ok {
			return Outcome{}
		}
		p.touched = true
		return Outcome{Open: &Place{Screen: "diff", Fabric: e.Place.Fabric, Object: v.Key}, Among: p.list.Keys()}
	case ActExplain:
		v, ok := p.selected()
		if !ok {
			return Outcome{}
		}
		p.touched = true
		return explaining(e, v.Key, p.list.Keys())
	case ActCheck:
		return Outcome{Check: []core.FabricID{e.Place.Fabric}, Note: safe.Sprintf("checking %s", e.Place.Fabric)}
	case ActShowAll:
		p.all = !p.all
	case ActNext, ActPrev:
		p.touched = true
		p.list.To(nextProblem(p.list.Window, a, p.problem))
	default:
		p.touched = move(&p.list.Window, a, p.page) || p.touched
	}
	return Outcome{}
}

// problem tells of a row whether it needs a person. Of an object that was in
// sync when it was last read, nothing says so.
func (p *detailPane) problem(i int) bool {
	v := p.rows[i]
	return !v.State.Settled() && (v.State != core.Unknown || !v.LastKnown || v.Last != core.InSync)
}

func (p *detailPane) View(e Env) Frame {
	f, ok := e.fabric()
	if !ok {
		return goneFrame(e, safe.Sprintf("fabric %q is no longer configured", e.Place.Fabric))
	}
	p.load(f, e)
	frame := Frame{Title: crumbs(e, safe.Clean(string(f.Fabric.ID))), Facts: fabricFacts(e, f), Note: e.Filter.trouble(e.Style)}
	state, word := standing(f, e.Now)
	frame.Brief = append(frame.Title[:len(frame.Title):len(frame.Title)],
		widget.Span{Ink: e.Style.ink(role(state)), Text: safe.Sprintf("  %c ", state.Letter()).Plus(word)})
	if len(p.rows) > 0 {
		frame.Position = safe.Sprintf("%d/%d", p.list.Cursor()+1, len(p.rows))
	}
	above := p.above(e, f)
	height := e.Height - len(above)
	v, any := p.selected()
	columns := p.columns()
	switch {
	case e.Width >= sideBySide && (any || !e.Filter.empty()):
		left := min(widget.Natural(columns), max(60, e.Width*11/20))
		list := p.lines(e, f, widget.NewTable(left, columns), height)
		right := []string{}
		if any {
			right = changesPreview(e, v, e.Width-left-3, height)
		}
		frame.Lines = append(above, widget.Beside(height, left, e.Style.ink(themes.Rule), list, right)...)
	case any && e.Height >= 14:
		preview := max(4, min(e.Height/3, 9))
		table := widget.NewTable(e.Width, columns)
		frame.Lines = append(above, p.lines(e, f, table, height-preview)...)
		for len(frame.Lines) < e.Height-preview {
			frame.Lines = append(frame.Lines, "")
		}
		frame.Lines = append(frame.Lines, objectPreview(e, v, f, preview)...)
	default:
		frame.Lines = append(above, p.lines(e, f, widget.NewTable(e.Width, columns), height)...)
	}
	return frame
}

// Focus puts the cursor on an object: the one that was last looked at on a
// screen opened from here.
func (p *detailPane) Focus(k core.Key) {
	p.touched = p.list.Select(k) || p.touched
}

// above are the lines over the table: the counts, and what could not be read.
func (p *detailPane) above(e Env, f core.FabricState) []string {
	if !e.roomy() {
		return nil
	}
	s := e.Style
	note := widget.Span{}
	if !e.Filter.empty() {
		note = e.Filter.note(s, e.Height)
	}
	title := widget.Span{Ink: s.ink(themes.Title), Text: p.counts(f, e.Width-widget.Width(note.Text)-9)}
	lines := []string{widget.Rule(e.Width, s.ink(themes.Rule), title, note)}
	room := max(min(e.Height/6, 6), 1)
	waiting := banners(f, e, e.Width)
	lines = append(lines, waiting[:min(len(waiting), max(e.Height/3, 1))]...)
	if f.Report != nil && e.Height >= 14 {
		lines = append(lines, beside(e, rulesFor(f.Report), notInGit(f.Report))...)
	}
	for _, reason := range problems(f, e) {
		for i, l := range widget.Wrap(safe.Clean(reason), e.Width-3) {
			if room == 0 {
				return lines
			}
			lead := safe.Lit("   ")
			if i == 0 {
				lead = safe.Lit(" ? ")
			}
			lines = append(lines, widget.NewLine(e.Width).Put(s.ink(role(core.Unknown)), lead).Put(s.ink(themes.Error), l).String())
			room--
		}
	}
	return lines
}

// beside puts sentences on one line where they fit, else on a line each.
func beside(e Env, texts ...string) []string {
	texts = slices.DeleteFunc(texts, func(t string) bool { return t == "" })
	if joined := strings.Join(texts, "; "); len(joined) < e.Width && len(texts) > 0 {
		texts = []string{joined}
	}
	lines := make([]string, len(texts))
	for i, t := range texts {
		lines[i] = widget.NewLine(e.Width).Put(e.Style.ink(themes.Dim), safe.Clean(" "+t)).String()
	}
	return lines
}

// rulesFor says which release the rules are of, and which one the fabric looks
// like.
func rulesFor(r *core.Report) string {
	switch {
	case r.Rules == "":
		return ""
	case r.Release == "":
		return fmt.Sprintf("rules %s, fabric release not known", r.Rules)
	}
	return fmt.Sprintf("rules %s, fabric %s", r.Rules, r.Release)
}

// counts sums the fabric's objects up in words, in as many as there is room
// for, and what was folded of them.
func (p *detailPane) counts(f core.FabricState, room int) safe.Text {
	if f.Report == nil {
		return safe.Lit("objects")
	}
	text := safe.Clean(tallied(f))
	for _, more := range []struct {
		n    int
		tell func(int) string
	}{
		{p.server, func(n int) string { return plural(n, "server field") + " folded" }},
		{p.own, func(n int) string { return grouped(n) + " by own rules" }},
	} {
		longer := text.Plus(safe.Sprintf(", %s", more.tell(more.n)))
		if more.n > 0 && widget.Width(longer) <= room {
			text = longer
		}
	}
	return text
}

func (p *detailPane) columns() []widget.Column {
	return []widget.Column{
		{Title: safe.Lit(" "), Width: 1},
		{Title: safe.Lit("OBJECT"), Width: max(p.widest, 20), Min: 16, Grow: true, Cut: widget.CutMiddle},
		{Title: safe.Lit("FIELDS"), Width: 6, Right: true, Rank: 1},
		{Title: safe.Lit("LIVE CHANGED BY"), Width: 22, Min: 16, Rank: 3},
		{Title: safe.Lit("WHEN"), Width: 4, Right: true, Rank: 2},
	}
}

func (p *detailPane) lines(e Env, f core.FabricState, t *widget.Table, height int) []string {
	if height <= 0 {
		return nil
	}
	lines := make([]string, 0, height)
	if height > 2 {
		lines = append(lines, t.Head(e.Style.ink(themes.Title)))
		height--
	}
	p.page = height
	if len(p.rows) == 0 {
		return append(lines, t.Note(e.Style.ink(themes.Dim), p.nothing(e, f)))
	}
	from, to := p.list.See(height)
	names := make([]safe.Text, to-from)
	for i := range names {
		names[i] = objectName(f, p.rows[from+i].Key)
	}
	names = widget.FitApart(names, t.ColumnWidth(1), func(i int) widget.Cut { return nameCut(p.rows[from+i].Key) })
	for i := from; i < to; i++ {
		selected := i == p.list.Cursor()
		ink := func(r themes.Role) widget.Ink { return e.Style.on(selected, r) }
		v := p.rows[i]
		who, at, program := changedBy(*v)
		by := themes.Dim
		if program {
			by = themes.Text
		}
		cells := []widget.Span{
			{Ink: ink(role(v.State)), Text: safe.Clean(string(v.State.Letter()))},
			{Ink: ink(themes.Text), Text: names[i-from]},
			{Ink: ink(themes.Text), Text: fieldCount(*v)},
			{Ink: ink(by), Text: who},
			{Ink: ink(themes.Dim), Text: age(e.Now, at)},
		}
		if v.State == core.Invalid && len(v.Changes) == 0 {
			// Nothing was compared: there is only the reason to tell.
			lines = append(lines, t.RowOver(ink(themes.Text), selected, cells, 1, 3))
			continue
		}
		lines = append(lines, t.Row(ink(themes.Text), selected, cells))
	}
	return lines
}

// nothing says why the list is empty. It never says that all is well where
// something was not read.
func (p *detailPane) nothing(e Env, f core.FabricState) safe.Text {
	state, word := standing(f, e.Now)
	switch {
	case f.Report == nil && f.Err != nil:
		return safe.Lit("  nothing has been read yet")
	case f.Report == nil:
		return safe.Lit("  ").Plus(word)
	case !e.Filter.empty():
		return safe.Lit("  no object matches the filter (esc clears it)")
	case f.Report.Counts.Total() == 0 && state == core.InSync:
		return safe.Lit("  no objects on either side")
	case state == core.InSync:
		return safe.Sprintf("  everything is in sync (a shows all %s)", plural(f.Report.Counts.Total(), "object"))
	}
	return safe.Lit("  nothing else is known to differ")
}

// crumbs is the way to a screen, its last part in full.
func crumbs(e Env, parts ...safe.Text) []widget.Span {
	spans := []widget.Span{{Ink: e.Style.ink(themes.Dim), Text: safe.Lit("fabrics")}}
	for i, t := range parts {
		r := themes.Dim
		if i == len(parts)-1 {
			r = themes.Header
		}
		spans = append(spans, widget.Span{Ink: e.Style.ink(themes.Rule), Text: safe.Lit(" > ")}, widget.Span{Ink: e.Style.ink(r), Text: t})
	}
	return spans
}

// fabricFacts are the right of the header: the age of what is shown last,
// because it must never be missing.
func fabricFacts(e Env, f core.FabricState) []widget.Span {
	s := e.Style
	state, word := standing(f, e.Now)
	text := safe.Sprintf("%c ", state.Letter()).Plus(word)
	if f.Report != nil && f.Report.Counts[state] > 0 && state != core.InSync && word.String() == state.Title() {
		text = safe.Sprintf("%c %d %s", state.Letter(), f.Report.Counts[state], state.Title())
	}
	facts := []widget.Span{}
	if f.Report != nil {
		facts = append(facts, widget.Span{Ink: s.ink(themes.Dim), Text: safe.Sprintf("git %s", revisions(f.Report))})
	}
	if words := marks(e, f); len(words) > 0 {
		facts = append(facts, widget.Span{Ink: s.ink(themes.Warn), Text: safe.Clean(strings.Join(words, "  "))})
	}
	facts = append(facts, widget.Span{Ink: s.ink(role(state)), Text: text})
	switch {
	case f.Report != nil && !f.Checking.IsZero():
		facts = append(facts, widget.Span{Ink: s.ink(themes.Dim), Text: safe.Sprintf("seen %s, checking %s", age(e.Now, f.Report.Live.ReadAt), age(e.Now, f.Checking))})
	case f.Report != nil:
		facts = append(facts, widget.Span{Ink: s.ink(themes.Dim), Text: safe.Sprintf("seen %s", age(e.Now, f.Report.Live.ReadAt))})
	}
	return facts
}

// goneFrame stands where a screen has lost what it was about.
func goneFrame(e Env, why safe.Text) Frame {
	span := widget.Span{Ink: e.Style.ink(themes.Dim), Text: safe.Lit(" ").Plus(why)}
	return Frame{
		Title: crumbs(e),
		Lines: []string{widget.NewLine(e.Width).Spans(span).String()},
		Brief: []widget.Span{span},
	}
}
