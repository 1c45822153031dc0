package tui

import (
	"maps"
	"slices"
	"time"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// diffPane shows the differences of one object, path by path or as one text.
type diffPane struct {
	window  widget.Window
	unified bool
	options diffOptions
	page    int

	made  diffMade
	gone  bool
	about core.Verdict
	text  *diffText
}

// fieldsWidth is as wide as the fields view gets: on a wider screen, who
// changed a value would stand too far from it.
const fieldsWidth = 110

// diffMade is what the text was made of; it is made anew when one of these is
// another.
type diffMade struct {
	report              *core.Report
	key                 core.Key
	width               int
	unified, flip       bool
	aside, all, started bool
	context, opened     int
}

func newDiffPane() Pane {
	return &diffPane{options: diffOptions{context: 3, open: map[int]bool{}}}
}

// load brings the text up to date. The cursor stays in its change, and goes to
// the first one where the object is another.
func (p *diffPane) load(e Env) {
	f, _ := e.fabric()
	made := diffMade{
		report: f.Report, key: e.Place.Object, width: e.Width, unified: p.unified, flip: p.options.flip,
		aside: p.options.aside, all: p.options.all, started: true, context: p.options.context, opened: len(p.options.open),
	}
	if made == p.made {
		return
	}
	if made.key != p.made.key {
		p.options.open, p.options.all = map[int]bool{}, false
		made.opened, made.all = 0, false
	}
	fresh := made.key != p.made.key || made.unified != p.made.unified
	change, row := p.where()
	p.made, p.gone, p.about = made, true, core.Verdict{Key: e.Place.Object}
	if f.Report != nil {
		if i := slices.IndexFunc(f.Report.Verdicts, func(v core.Verdict) bool { return v.Key == e.Place.Object }); i >= 0 {
			p.gone, p.about = false, f.Report.Verdicts[i]
		}
	}
	switch {
	case p.gone:
		p.text = newDiffText(e.Width)
		p.text.say(themes.Text, 2, safe.Lit("neither git nor live has this object now"))
	case p.unified:
		p.text = newUnifiedDiff(&p.about, e.document, p.options, e.Width)
	default:
		p.text = newFieldDiff(&p.about, p.options, min(e.Width, fieldsWidth))
	}
	p.window.SetLen(len(p.text.lines))
	if fresh {
		change, row = 0, 0
	}
	p.seek(change, row)
}

// where is the change and the line of it that the cursor is in.
func (p *diffPane) where() (change, row int) {
	if p.text == nil || len(p.text.lines) == 0 {
		return 0, 0
	}
	l := p.text.lines[p.window.Cursor()]
	if l.change < 0 {
		return -1, p.window.Cursor()
	}
	return l.change, l.row
}

// seek puts the cursor on a line of a change, or near it.
func (p *diffPane) seek(change, row int) {
	heads := p.text.heads
	switch {
	case change < 0 || len(heads) == 0:
		p.window.To(row)
	case change >= len(heads):
		p.window.To(heads[len(heads)-1])
	default:
		end := len(p.text.lines)
		if change+1 < len(heads) {
			end = heads[change+1]
		}
		p.window.To(min(heads[change]+row, end-1))
	}
}

func (p *diffPane) Can(e Env, a Action) bool {
	p.load(e)
	switch a {
	case ActCheck:
		_, ok := e.fabric()
		return ok
	case ActNextChange, ActPrevChange:
		return len(p.text.heads) > 0
	case ActNextObject, ActPrevObject:
		return len(e.Among) > 1
	case ActLessContext:
		return p.unified && p.options.context > 0
	case ActMoreContext:
		return p.unified
	case ActAside:
		return len(p.about.Folded) > 0
	case ActFold:
		return p.options.all || p.nearestFold() >= 0
	case ActFoldAll:
		return p.options.all || len(p.options.open) > 0 || p.nearestFold() >= 0
	case ActView, ActFlip:
		return p.compared()
	default:
		return true
	}
}

// compared tells whether there are two sides to look at.
func (p *diffPane) compared() bool {
	return !p.gone && (len(p.about.Changes) > 0 || p.about.Git != nil || p.about.Live != nil)
}

func (p *diffPane) Do(e Env, a Action) Outcome {
	p.load(e)
	o := &p.options
	switch a {
	case ActCheck:
		return Outcome{Check: []core.FabricID{e.Place.Fabric}, Note: safe.Sprintf("checking %s", e.Place.Fabric)}
	case ActNextChange, ActPrevChange:
		p.nextChange(a == ActNextChange)
	case ActNextObject:
		return p.other(e, 1)
	case ActPrevObject:
		return p.other(e, -1)
	case ActView:
		p.unified = !p.unified
	case ActFlip:
		o.flip = !o.flip
	case ActAside:
		o.aside = !o.aside
	case ActLessContext:
		o.context--
	case ActMoreContext:
		o.context++
	case ActFold:
		p.fold()
	case ActFoldAll:
		o.all, o.open = !o.all && len(o.open) == 0, map[int]bool{}
	default:
		move(&p.window, a, p.page)
		return Outcome{}
	}
	p.load(e)
	return Outcome{}
}

// nextChange puts the cursor on the head of the next change, or the one
// before, going on at the other end.
func (p *diffPane) nextChange(forward bool) {
	heads, at := p.text.heads, p.window.Cursor()
	next := heads[0]
	if forward {
		if i := slices.IndexFunc(heads, func(h int) bool { return h > at }); i >= 0 {
			next = heads[i]
		}
	} else {
		next = heads[len(heads)-1]
		for _, h := range slices.Backward(heads) {
			if h < at {
				next = h
				break
			}
		}
	}
	p.window.To(next)
	last := len(p.text.lines) - 1
	for _, h := range slices.Backward(heads) {
		if h > next {
			last = h - 1
		}
	}
	p.window.Show(last, p.page)
}

// other goes on to another object of the list that the diff was opened from.
func (p *diffPane) other(e Env, by int) Outcome {
	n := len(e.Among)
	at := slices.Index(e.Among, e.Place.Object)
	next := e.Place
	next.Object = e.Among[((at+by)%n+n)%n]
	return Outcome{Open: &next}
}

// nearestFold is the fold at the cursor, else the first one after it, else the
// last one before; -1 where there is none.
func (p *diffPane) nearestFold() int {
	at := p.window.Cursor()
	for _, l := range p.text.lines[min(at, len(p.text.lines)):] {
		if l.fold >= 0 {
			return l.fold
		}
	}
	for _, l := range slices.Backward(p.text.lines[:min(at, len(p.text.lines))]) {
		if l.fold >= 0 {
			return l.fold
		}
	}
	return -1
}

// fold opens the fold at the cursor or closes it. Where everything is open,
// everything is closed.
func (p *diffPane) fold() {
	if p.options.all {
		p.options.all, p.options.open = false, map[int]bool{}
		return
	}
	open := maps.Clone(p.options.open)
	if fold := p.nearestFold(); open[fold] {
		delete(open, fold)
	} else {
		open[fold] = true
	}
	p.options.open = open
}

func (p *diffPane) View(e Env) Frame {
	f, ok := e.fabric()
	if !ok {
		return goneFrame(e, safe.Sprintf("fabric %q is no longer configured", e.Place.Fabric))
	}
	p.load(e)
	s := e.Style
	frame := Frame{
		Title: []widget.Span{
			{Ink: s.ink(themes.Dim), Text: safe.Clean(string(e.Place.Fabric))},
			{Ink: s.ink(themes.Rule), Text: safe.Lit(" > ")},
			{Ink: s.ink(themes.Header), Text: objectName(f, e.Place.Object)},
		},
		Facts: []widget.Span{
			{Ink: s.ink(themes.Dim), Text: p.seen(e, f)},
			{Ink: s.ink(themes.Text), Text: direction(&p.about, p.options.flip, 200)},
		},
		Position: p.position(e),
	}
	if room := e.Width - widget.SpanWidth(frame.Title) - 2; widget.Width(frame.Facts[1].Text) > room {
		frame.Facts = []widget.Span{{Ink: s.ink(themes.Text), Text: direction(&p.about, p.options.flip, room)}}
	}
	frame.Brief = append(frame.Title[:len(frame.Title):len(frame.Title)],
		widget.Span{Ink: s.ink(role(p.about.State)), Text: safe.Sprintf("  %c %s", p.about.State.Letter(), p.about.State.Title())})
	if !p.options.aside {
		room := e.Width - widget.Width(frame.Position) - 2
		frame.Note = widget.Span{Ink: s.ink(themes.Dim), Text: asideNote(p.about.Folded, room)}
	}
	above := p.above(e)
	p.page = max(e.Height-len(above), 0)
	frame.Lines = above
	from, to := p.window.See(p.page)
	for i := from; i < to; i++ {
		frame.Lines = append(frame.Lines, p.text.lines[i].draw(s, e.Now, i == p.window.Cursor(), p.text.width))
	}
	return frame
}

// above are the lines over the diff: what is shown, what the marks mean, and
// why the object is in its state.
func (p *diffPane) above(e Env) []string {
	if !e.roomy() {
		return nil
	}
	s := e.Style
	view, note := "fields view", ""
	if p.unified {
		view, note = "unified view", "context "+grouped(p.options.context)
	}
	if !p.compared() {
		lines := []string{widget.Rule(e.Width, s.ink(themes.Rule), widget.Span{}, widget.Span{})}
		if !p.gone {
			lines = append(lines, stateLine(e, &p.about, e.Width), "")
		}
		return lines
	}
	lines := []string{widget.Rule(e.Width, s.ink(themes.Rule),
		widget.Span{Ink: s.ink(themes.Title), Text: safe.Sprintf("%s, %s", plural(len(p.about.Changes), "change"), view)},
		widget.Span{Ink: s.ink(themes.Dim), Text: safe.Clean(note)})}
	minus, plus, means := safe.Lit(" - live"), safe.Lit("   + git"), safe.Lit("   from what runs to what git says (% flips)")
	if p.options.flip {
		minus, plus, means = safe.Lit(" - git"), safe.Lit("   + live"), safe.Lit("   from what git says to what runs (% flips)")
	}
	lines = append(lines,
		widget.NewLine(e.Width).Put(s.ink(themes.Removed), minus).Put(s.ink(themes.Added), plus).Put(s.ink(themes.Dim), means).String(),
		stateLine(e, &p.about, e.Width))
	if e.Height >= 12 {
		lines = append(lines, "")
	}
	return lines
}

// direction says what is compared with what: live rv 88190 -> git FILE:LINE,
// with as much of the file as fits.
func direction(v *core.Verdict, flip bool, room int) safe.Text {
	if v.Key.IsFile() {
		return widget.Fit(place(v.Origin), room, widget.CutStart)
	}
	noGit, noLive := absent(v)
	live, git := safe.Lit("live"), safe.Lit("git")
	switch {
	case noLive:
		live = safe.Lit("not live")
	case v.LiveRevision != "":
		live = safe.Sprintf("live rv %s", v.LiveRevision)
	case v.Live == nil && (v.State == core.Unknown || v.State == core.Invalid):
		live = safe.Lit("live ?")
	}
	switch {
	case noGit:
		git = safe.Lit("not in git")
	case v.Origin.Path != "":
		git = safe.Lit("git ").Plus(widget.Fit(place(v.Origin), room-widget.Width(live)-8, widget.CutStart))
	case v.Git == nil && v.State == core.Unknown:
		git = safe.Lit("git ?")
	}
	if flip {
		live, git = git, live
	}
	return live.Plus(safe.Lit(" -> "), git)
}

func (p *diffPane) seen(e Env, f core.FabricState) safe.Text {
	at := time.Time{}
	if f.Report != nil {
		at = f.Report.Live.ReadAt
	}
	return safe.Sprintf("seen %s", age(e.Now, at))
}

func (p *diffPane) position(e Env) safe.Text {
	text, what := safe.Text{}, "change"
	if p.unified {
		what = "part"
	}
	if change, _ := p.where(); p.text.changes > 0 {
		text = safe.Sprintf("%s %d/%d", what, min(max(change, 0)+1, p.text.changes), p.text.changes)
	}
	if at := slices.Index(e.Among, e.Place.Object); at >= 0 {
		text = text.Plus(safe.Sprintf("  object %d/%d", at+1, len(e.Among)))
	}
	return text
}
