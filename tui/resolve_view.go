package tui

import (
	"strings"
	"time"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// body draws the difference under the cursor over the list of all, or where there
// is room the list beside it.
func (p *resolvePane) body(e Env, f core.FabricState, count safe.Text) []string {
	s := e.Style
	note := widget.Span{Ink: s.ink(themes.Dim), Text: safe.Lit("m: all differences")}
	if p.all {
		note.Text = safe.Lit("m: conflicts only")
	}
	head := listRule(e, widget.Span{Ink: s.ink(themes.Title), Text: count}, note)
	m, any := p.selected()
	switch {
	case e.text && any, !e.roomy() && (!any || e.Height < 3):
		return p.lines(e, f, e.Width, e.Height)
	case !e.roomy():
		sides := p.sides(e, f, m, e.Width).lines
		sides = sides[max(len(sides)-e.Height+1, 0):]
		return append(p.lines(e, f, e.Width, e.Height-len(sides)), sides...)
	case !any:
		return append([]string{head}, widget.NewLine(e.Width).Put(s.ink(themes.Dim), p.nothing(e, f)).String())
	case e.Width >= sideBySide:
		left := min(max(56, e.Width*9/20), 80)
		list, right := p.lines(e, f, left, e.Height-1), p.detail(e, f, m, e.Width-left-3, e.Height-1)
		return append([]string{head}, widget.Beside(e.Height-1, left, s.ink(themes.Rule), list, right)...)
	}
	rows := min(len(p.rows)+1, max(3, e.Height/3))
	lines := stretched(p.detail(e, f, m, e.Width, e.Height-1-rows), []string{head}, e.Height-rows)
	return append(lines, p.lines(e, f, e.Width, rows)...)
}

// nothing says why the list is empty.
func (p *resolvePane) nothing(e Env, f core.FabricState) safe.Text {
	switch _, word := standing(f, e.Now); {
	case f.Report == nil:
		return safe.Lit("  ").Plus(word)
	case !e.Filter.empty() && p.total > 0:
		return safe.Lit("  nothing matches the filter (esc clears it)")
	case !p.all:
		return safe.Lit("  no conflict is known: git and live have not both changed one field (m shows all differences)")
	}
	return safe.Lit("  nothing is known to differ that could be decided")
}

func (p *resolvePane) columns() []widget.Column {
	return []widget.Column{
		{Title: safe.Lit("  "), Width: 2},
		{Title: safe.Lit("OBJECT"), Width: min(p.names, 40), Min: 14, Cut: widget.CutMiddle},
		{Title: safe.Lit("FIELD"), Width: min(p.paths, 60), Min: 12, Grow: true, Cut: widget.CutStart},
		{Title: safe.Lit("DECIDED"), Width: 14, Min: 11, Rank: 1},
	}
}

// lines draws the list: titles where there is room for them.
func (p *resolvePane) lines(e Env, f core.FabricState, width, height int) []string {
	if height <= 0 {
		return nil
	}
	t := widget.NewTable(width, p.columns())
	desk := e.decided(f)
	lines := p.draw(e, t, height, func(i int, selected bool, ink inks) string {
		m := p.rows[i]
		state := matterState(m)
		mark := safe.Sprintf(" %c", state.Letter())
		if p.marked.has(m.place()) {
			mark = safe.Sprintf("*%c", state.Letter())
		}
		name := themes.Text
		if p.marked.has(m.place()) {
			name = themes.Marked
		}
		path := safe.Clean(pathName(m.change.Path))
		decided := part{role: themes.Dim, text: safe.Lit(".")}
		if d := desk.on(m); d != nil {
			decided = part{role: draftState(d).role, text: draftShort(d)}
		}
		return t.Row(ink(themes.Text), selected, []widget.Span{
			{Ink: ink(role(state)), Text: mark},
			{Ink: ink(name), Text: objectName(f, m.verdict.Key)},
			{Ink: ink(themes.Text), Text: path},
			{Ink: ink(decided.role), Text: decided.text},
		})
	})
	if len(p.rows) == 0 {
		lines = append(lines, t.Note(e.Style.ink(themes.Dim), p.nothing(e, f)))
	}
	return lines
}

// matterState is the state that a difference makes: of a whole object its own.
func matterState(m matter) core.State {
	if m.change.Path == core.Root {
		return m.verdict.State
	}
	return fieldState(m.change.Verdict)
}

// draftShort is a draft in a list.
func draftShort(d *core.DraftStanding) safe.Text {
	text := safe.Clean(string(d.Choice))
	if d.State != core.DraftOpen {
		text = text.Plus(safe.Lit(" "), draftState(d).text)
	}
	return text
}

// detail draws one difference: its three sides, what each of git and live made of
// the base, and what was decided.
func (p *resolvePane) detail(e Env, f core.FabricState, m matter, width, height int) []string {
	name := objectName(f, m.verdict.Key).Plus(safe.Lit("  "), safe.Clean(pathName(m.change.Path)))
	return e.glimpse(m.place(), name, width, height, true, func(height int) []string { return p.told(e, f, m, width, height) })
}

// told is that in so many lines.
func (p *resolvePane) told(e Env, f core.FabricState, m matter, width, height int) []string {
	c, draft := m.change, e.decided(f).on(m)
	path := safe.Clean(pathName(c.Path))
	d := &resolveDetail{e: e, width: width}
	d.rule(objectName(f, m.verdict.Key).Plus(safe.Lit("  "), path), themes.Header, changeWord(m.verdict, c))
	d.lines = append(d.lines, p.sides(e, f, m, width).lines...)
	room := max((height-len(d.lines)-6)/2, 1)
	if c.Base.Present() && room >= 2 {
		d.moved(safe.Lit("base -> git"), safe.Lit("what git meant"), c.Base, c.Git, room)
		d.moved(safe.Lit("base -> live"), safe.Lit("what was changed live"), c.Base, c.Live, room)
	}
	if height-len(d.lines) >= 2 {
		d.result(f, m, draft)
	}
	if height-len(d.lines) >= 8 {
		d.lines = append(d.lines, "")
		d.rule(safe.Lit("the object"), themes.Title, safe.Lit("- live   + git"))
		for _, l := range p.surroundings(e, m, width).lines {
			if l.fold >= 0 {
				l.left = []part{{role: themes.Rule, text: safe.Lit("    ..")}} // nothing unfolds here
			}
			d.lines = append(d.lines, l.draw(e.Style, e.Now, false, width))
			if len(d.lines) >= height {
				break
			}
		}
	}
	return d.lines[:min(len(d.lines), max(height, 0))]
}

// sides are the three values that one is chosen of, a line each.
func (p *resolvePane) sides(e Env, f core.FabricState, m matter, width int) *resolveDetail {
	d := &resolveDetail{e: e, width: width}
	c, chosen := m.change, core.Choice("")
	if draft := e.decided(f).on(m); draft != nil {
		chosen = draft.Choice
	}
	gitWho, gitAt := gitBy(c)
	if c.Commit.Summary != "" {
		gitWho = gitWho.Plus(safe.Lit("  "), safe.Clean(c.Commit.Summary))
	}
	liveWho, liveAt := liveBy(c)
	d.side("[3] BASE", c.Base, chosen == core.TakeBase, themes.Text, safe.Text{}, time.Time{})
	d.side("[1] GIT ", c.Git, chosen == core.TakeGit, themes.Added, gitWho, gitAt)
	d.side("[2] LIVE", c.Live, chosen == core.TakeLive, themes.Removed, liveWho, liveAt)
	return d
}

// aroundMade is what the object under the cursor was drawn from.
type aroundMade struct {
	report *core.Report
	key    core.Key
	width  int
}

// surroundings are the object that a difference is in, as one text.
func (p *resolvePane) surroundings(e Env, m matter, width int) *scroll {
	made := aroundMade{p.made.report, m.verdict.Key, width}
	if p.whole == nil || made != p.around {
		p.around, p.whole = made, newUnifiedDiff(core.FabricState{}, m.verdict, e.document, diffOptions{context: 2, within: true}, width)
	}
	return p.whole
}

// resolveDetail is that drawing while it is made.
type resolveDetail struct {
	e     Env
	width int
	lines []string
}

func (d *resolveDetail) rule(title safe.Text, r themes.Role, note safe.Text) {
	s := d.e.Style
	d.lines = append(d.lines, widget.Rule(d.width, s.ink(themes.Rule), widget.Span{Ink: s.ink(r), Text: title}, widget.Span{Ink: s.ink(themes.Dim), Text: note}))
}

func (d *resolveDetail) say(r themes.Role, t safe.Text) {
	d.lines = append(d.lines, paragraph(t, d.e.Style.ink(r), d.width)...)
}

// side draws one of the three on a line: its value, and who set it, as far as
// there is room.
func (d *resolveDetail) side(name string, v core.Value, chosen bool, r themes.Role, who safe.Text, at time.Time) {
	s := d.e.Style
	mark := safe.Lit("  ")
	if chosen {
		mark = safe.Lit("= ")
	}
	text := safe.Lit("(nothing)")
	if v.Present() {
		text = quoted(v)
	} else {
		r = themes.Dim
	}
	l := widget.NewLine(d.width).Put(s.ink(themes.Match), mark).Put(s.ink(themes.Title), safe.Clean(name)).Gap(widget.Ink{}, 2)
	if who.Len() > 0 && !at.IsZero() {
		who = who.Plus(safe.Sprintf("  %s", age(d.e.Now, at)))
	}
	room := l.Room()
	if room < 24 {
		who = safe.Text{}
	}
	if who.Len() > 0 {
		room = max(room-min(widget.Width(who)+2, room/2), 1)
	}
	l.Put(s.ink(r), widget.Fit(text, room, widget.CutEnd))
	if who.Len() > 0 && l.Room() > 4 {
		l.Gap(widget.Ink{}, 2).Put(s.ink(themes.Dim), widget.Fit(who, l.Room(), widget.CutEnd))
	}
	d.lines = append(d.lines, l.String())
}

// moved draws what one side made of the base, in at most so many lines.
func (d *resolveDetail) moved(title, means safe.Text, base, now core.Value, most int) {
	s := d.e.Style
	d.rule(title, themes.Title, means)
	changed := docLines(shown(base), shown(now))
	at := 0
	for _, l := range changed {
		if l.mark == ' ' {
			continue
		}
		if at++; at == most && len(changed) > most {
			d.lines = append(d.lines, widget.NewLine(d.width).Put(s.ink(themes.Dim), safe.Lit("   more (d shows all)")).String())
			return
		}
		r := themes.Removed
		if l.mark == '+' {
			r = themes.Added
		}
		d.lines = append(d.lines, widget.NewLine(d.width).Put(s.ink(r), safe.Sprintf("   %c ", l.mark).Plus(l.text)).String())
	}
	if at == 0 {
		d.lines = append(d.lines, widget.NewLine(d.width).Put(s.ink(themes.Dim), safe.Lit("   nothing")).String())
	}
}

// shown is a value as lines.
func shown(v core.Value) string {
	if !v.Present() {
		return ""
	}
	return strings.Join(core.Block(v.Any()), "\n") + "\n"
}

// result says what was decided, what would come of it, and what may be chosen.
func (d *resolveDetail) result(f core.FabricState, m matter, draft *core.DraftStanding) {
	if draft == nil {
		d.rule(safe.Lit("result"), themes.Title, safe.Lit("undecided"))
		if k, ok := keeping(f.Fabric, engineOf(f), m.verdict, m.change); ok {
			d.say(themes.Dim, safe.Sprintf("keeping git: %s", k.Sentence))
		}
		return
	}
	is := draftState(draft)
	d.rule(safe.Lit("result"), themes.Title, is.text.Plus(safe.Sprintf(" by %s %s ago", draft.By, age(d.e.Now, draft.At))))
	d.say(is.role, draftWord(draft))
	if why := draftWhy(draft); why.Len() > 0 {
		d.say(themes.Dim, why)
	}
	if draft.Path != m.change.Path {
		d.say(themes.Dim, safe.Sprintf("decided with %s", draft.Path))
	}
}
