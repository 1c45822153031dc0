package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// fabricPreview tells the most important about a fabric in at most height
// lines: why it could not be read, then its objects that are not in sync,
// worst first. A tall one also says where both sides are and how old they are.
func fabricPreview(e Env, f core.FabricState, width, height int, tall bool) []string {
	p := preview{e: e, f: f, width: width, height: height}
	if tall {
		p.heading()
	}
	p.desk()
	p.problems()
	if tall {
		p.whence()
		p.blank()
	} else if len(p.lines) == 0 || f.Report != nil {
		p.ages()
	}
	p.objects(tall)
	return p.lines[:min(len(p.lines), max(height, 0))]
}

type preview struct {
	e             Env
	f             core.FabricState
	width, height int
	lines         []string
}

func (p *preview) ink(r themes.Role) widget.Ink { return p.e.Style.ink(r) }

func (p *preview) put(spans ...widget.Span) {
	p.lines = append(p.lines, widget.NewLine(p.width).Spans(spans...).String())
}

func (p *preview) blank() { p.lines = append(p.lines, "") }

func (p *preview) heading() {
	state, word := standing(p.f, p.e.Now)
	p.lines = append(p.lines, widget.Ends(p.width, widget.Ink{},
		[]widget.Span{
			{Ink: p.ink(themes.Header), Text: safe.Clean(string(p.f.Fabric.ID))},
			{Ink: p.ink(role(state)), Text: safe.Sprintf("  %c ", state.Letter()).Plus(word)},
		},
		[]widget.Span{{Ink: p.ink(themes.Warn), Text: safe.Clean(strings.Join(marks(p.e, p.f), "  "))}}))
	if p.f.Fabric.Description != "" {
		p.put(widget.Span{Ink: p.ink(themes.Dim), Text: safe.Clean(p.f.Fabric.Description)})
	}
}

// desk says what was decided and waits, and how the last run stands.
func (p *preview) desk() {
	if r := p.f.Run; r != nil {
		is := runWord(r, p.e.Now)
		text := safe.Sprintf(" run %s ", shortRun(r)).Plus(is.text)
		if r.Err != "" {
			text = text.Plus(safe.Sprintf(": %s", r.Err))
		}
		p.put(widget.Span{Ink: p.ink(is.role), Text: text})
	}
	if text := draftCount(core.TallyDrafts(p.f.Drafts)); text != "" {
		if core.TallyDrafts(p.f.Drafts).Open > 0 {
			text += " (s plans a sync)"
		}
		p.put(widget.Span{Ink: p.ink(themes.Match), Text: safe.Sprintf(" %s", text)})
	}
	if text := newsText(p.e, p.e.news[p.f.Fabric.ID]); text != "" {
		p.put(widget.Span{Ink: p.ink(themes.Match), Text: safe.Sprintf(" %s", text)})
	}
}

// problems says why the fabric could not be read whole, each reason wrapped so
// that all of it can be read.
func (p *preview) problems() {
	p.lines = append(p.lines, banners(p.f, p.e, p.width)...)
	for _, l := range problemLines(problems(p.f, p.e), p.width) {
		p.put(widget.Span{Ink: p.ink(role(core.Unknown)), Text: l.lead}, widget.Span{Ink: p.ink(themes.Error), Text: l.text})
	}
}

// problems are the reasons why a fabric could not be read whole, with the age
// of what is shown in its place. What the banners tell is none of them.
func problems(f core.FabricState, e Env) []string {
	reasons := []string{}
	waiting := standstill(f)
	for _, p := range f.Problems(e.Now) {
		if !slices.ContainsFunc(waiting, func(w core.Problem) bool { return w.Cause == p.Cause }) {
			reasons = append(reasons, p.String())
		}
	}
	return reasons
}

// standstill is for what no verdict can be given or believed before a person did
// something about it: a mismatch of the engine, and what waits for a word, see
// [core.Acceptance], with the command that gives it.
func standstill(f core.FabricState) []core.Problem {
	if f.Report == nil {
		return nil
	}
	all := f.Mismatches()
	if z := f.Report.Freeze; z != nil {
		all = append(all, core.Problem{About: "frozen", Cause: z.Sentence(f.Fabric.ID)})
	}
	for _, r := range f.Report.Rewrites {
		all = append(all, core.Problem{About: "git " + r.Path, Cause: r.Sentence(f.Fabric.ID)})
	}
	return all
}

// banners tell of a standstill before all else: while it lasts, nothing is to be
// done about the rest.
func banners(f core.FabricState, e Env, width int) []string {
	lines := []string{}
	for _, p := range standstill(f) {
		ink := e.Style.ink(themes.Banner)
		for i, l := range widget.Wrap(safe.Clean(p.String()), max(width-4, 1)) {
			indent := 1
			if i > 0 {
				indent = 3
			}
			lines = append(lines, widget.NewLine(width).Gap(ink, indent).Put(ink, l).Fill(ink).String())
		}
	}
	return lines
}

// ages says in one line how old what is known is.
func (p *preview) ages() {
	r := p.f.Report
	if r == nil {
		p.waiting()
		return
	}
	p.put(widget.Span{Ink: p.ink(themes.Dim), Text: safe.Sprintf(" %s%s, %s in sync, %s, %s",
		objectCount(p.f), unknowns(r.Counts), agreeing(p.f), p.agreed(), p.checked())})
}

// waiting says that there is no report yet, and why; an error has been told.
func (p *preview) waiting() {
	switch {
	case !p.f.Checking.IsZero():
		p.put(widget.Span{Ink: p.ink(themes.Dim), Text: safe.Sprintf(" checking for %s", age(p.e.Now, p.f.Checking))})
	case p.f.Err == nil:
		p.put(widget.Span{Ink: p.ink(themes.Dim), Text: safe.Lit(" not checked yet (r checks it now)")})
	}
}

// agreed says when git and live were last the same.
func (p *preview) agreed() string {
	if p.f.LastSync.IsZero() {
		return "never seen in sync"
	}
	return fmt.Sprintf("last in sync %s ago", age(p.e.Now, p.f.LastSync))
}

// unread tells whether no check could read anything so far.
func (p *preview) unread() bool {
	r := p.f.Report
	return r.Live.ReadAt.IsZero() && !slices.ContainsFunc(r.Git, func(g core.Reading) bool { return !g.ReadAt.IsZero() })
}

func (p *preview) checked() string {
	switch {
	case !p.f.Checking.IsZero():
		return fmt.Sprintf("checking for %s", age(p.e.Now, p.f.Checking))
	case p.f.LastCheck.IsZero():
		return "never checked"
	case p.unread():
		return fmt.Sprintf("tried %s ago", age(p.e.Now, p.f.LastCheck))
	}
	return fmt.Sprintf("checked %s ago", age(p.e.Now, p.f.LastCheck))
}

// whence says where both sides are read from, and how old each is.
func (p *preview) whence() {
	line := func(name string, at safe.Text, text safe.Text) { p.fact(name, at, themes.Text, text) }
	r := p.f.Report
	if r == nil {
		p.waiting()
		return
	}
	line("live", lately(p.e.Now, r.Live.ReadAt), safe.Sprintf("%s %s", r.Live.Source, strings.TrimSpace(r.Live.Name+" "+r.Live.URL)))
	for _, g := range r.Git {
		line("git", lately(p.e.Now, g.ReadAt), safe.Sprintf("%s %s %s", revision(g.Revision), g.Branch, g.Path))
	}
	agreed, checked := safe.Lit("git and live were last seen to agree"), safe.Lit("the last check ended")
	if p.f.LastSync.IsZero() {
		agreed = safe.Lit("git and live were never seen to agree")
	}
	switch {
	case !p.f.Checking.IsZero():
		checked = safe.Clean(p.checked())
	case p.unread():
		checked = safe.Lit("the last check could read nothing")
	}
	line("sync", lately(p.e.Now, p.f.LastSync), agreed)
	line("check", lately(p.e.Now, p.f.LastCheck), checked)
	p.aside(r)
	if left := notInGit(r); left != "" {
		p.put(widget.Span{Ink: p.ink(themes.Dim), Text: safe.Sprintf(" %s", left)})
	}
}

// aside says what the engine and the switches say.
func (p *preview) aside(r *core.Report) {
	if e := r.Engine; e != nil {
		p.fact("engine", lately(p.e.Now, e.ReadAt), engineRole(r), safe.Clean(e.Line(r.Git)))
		p.fact("", safe.Text{}, engineRole(r), safe.Clean(e.Progress(head(r))))
	}
	if a := r.Agents; a != nil {
		p.fact("switch", lately(p.e.Now, a.ReadAt), switchesWord(r).role, safe.Clean(a.Line(p.e.Now)))
	}
}

// fact names a text and tells how old it is; nothing where there is none.
func (p *preview) fact(name string, at safe.Text, r themes.Role, text safe.Text) {
	const indent = 13
	if text.Len() == 0 {
		return
	}
	for i, l := range widget.Wrap(text, max(p.width-indent, 1)) {
		if i > 0 {
			name, at = "", safe.Text{}
		}
		p.put(
			widget.Span{Ink: p.ink(themes.Title), Text: safe.Sprintf(" %-6s", name)},
			widget.Span{Ink: p.ink(themes.Text), Text: safe.Sprintf("%4s  ", at)},
			widget.Span{Ink: p.ink(r), Text: l})
	}
}

// objects lists what is not in sync, worst first and as far as there is room: with
// up to two changes of each where all of them fit so, else with one, else on one
// line each.
func (p *preview) objects(headings bool) {
	if p.f.Report == nil {
		return
	}
	r, room := p.f.Report, p.height-len(p.lines)
	left := r.Counts.Total() - r.Counts[core.InSync]
	each := 0
	if headings || 2*left <= room {
		each = 1
	}
	if headings && p.rows(2) <= room {
		each = 2
	}
	last := core.InSync
	for i := range r.Verdicts {
		v := &r.Verdicts[i]
		need := lineCount(v, each)
		if headings && v.State != last {
			need++
		}
		if left > 1 {
			need++ // for the line that says how many are left out
		}
		if v.State == core.InSync || need > p.height-len(p.lines) {
			break
		}
		if headings && v.State != last {
			p.put(widget.Span{Ink: p.ink(themes.Title), Text: safe.Sprintf("%s %d%s", strings.ToUpper(v.State.Title()), r.Counts[v.State], meaning(v.State))})
			last = v.State
		}
		p.object(v, each)
		left--
	}
	if left > 0 && len(p.lines) < p.height {
		p.put(widget.Span{Ink: p.ink(themes.Dim), Text: safe.Sprintf(" and %s more", grouped(left))})
	}
}

// meaning says which of the two values stands first, or what a state comes to.
func meaning(s core.State) string {
	switch s {
	case core.Conflict, core.Drifted, core.Differs:
		return "   live -> git"
	case core.OnlyGit:
		return "   not live"
	case core.OnlyLive:
		return "   not in git"
	case core.Invalid, core.Stuck, core.Unknown, core.Pending, core.Acknowledged, core.InSync:
	}
	return ""
}

// rows counts the lines of all objects with up to so many changes of each, and
// their headings; it stops where there are too many for any screen.
func (p *preview) rows(each int) int {
	n, last := 0, core.InSync
	for i := range p.f.Report.Verdicts {
		v := &p.f.Report.Verdicts[i]
		if v.State == core.InSync || n > p.height {
			break
		}
		if v.State != last {
			n, last = n+1, v.State
		}
		n += lineCount(v, each)
	}
	return n
}

// lineCount is how many lines an object takes with up to so many changes.
func lineCount(v *core.Verdict, each int) int {
	off, _ := split(v)
	if each < 2 || len(off) < 2 || v.State == core.Stuck {
		return 1 + min(each, 1)
	}
	return 1 + each
}

// object tells of one object what is most telling: its worst changes, else the
// reason of its state.
func (p *preview) object(v *core.Verdict, each int) {
	name := objectName(p.f, v.Key)
	l := widget.NewLine(p.width).Put(p.ink(role(v.State)), safe.Sprintf(" %c ", v.State.Letter()))
	if each == 0 {
		l.Put(p.ink(themes.Text), widget.Fit(name, max(l.Room()/2, 16), nameCut(v.Key))).Gap(widget.Ink{}, 1)
		p.telling(l, v, 0, false, true)
		return
	}
	l.Put(p.ink(themes.Text), widget.Fit(name, l.Room(), nameCut(v.Key)))
	p.lines = append(p.lines, l.String())
	for i := range lineCount(v, each) - 1 {
		p.telling(widget.NewLine(p.width).Gap(widget.Ink{}, 5), v, i, true, i == lineCount(v, each)-2)
	}
}

// telling tells of one of an object's changes, the worst first, on a line that was
// begun; with the values where there is room for them, and behind the last one how
// many more there are.
func (p *preview) telling(l *widget.Line, v *core.Verdict, at int, valued, last bool) {
	what, cut := safe.Clean(v.Reason), widget.CutEnd
	values, short, by := safe.Text{}, safe.Text{}, safe.Text{}
	who, when, program := changedBy(*v)
	off, _ := split(v)
	slices.SortStableFunc(off, func(a, b core.Change) int { return cmp.Compare(fieldState(a.Verdict), fieldState(b.Verdict)) })
	if len(off) > at && off[at].Path != core.Root && v.State != core.Stuck {
		c := off[at]
		what, cut = safe.Clean(string(c.Path)), widget.CutStart
		if more := len(off) - 1 - at; last && more > 0 {
			short = safe.Sprintf("  +%d more", more)
		}
		values = short
		switch {
		case nowhere(c):
			values = safe.Lit("  gone from live").Plus(short)
		case valued:
			values = safe.Sprintf("  %s -> %s", sideText(c.Live), sideText(c.Git)).Plus(short)
		}
		if valued && len(off) > 1 {
			who, when, program = safe.Clean(c.Manager), c.ManagerTime, c.Manager != ""
		}
	}
	if program {
		by = safe.Sprintf("  %s %s", who, age(p.e.Now, when))
	}
	end := safe.Text{}
	for _, tail := range []safe.Text{values.Plus(by), values, short.Plus(by), short} {
		if l.Room()-widget.Width(tail) >= min(widget.Width(what), 28) {
			end = tail
			break
		}
	}
	l.Put(p.ink(themes.Dim), widget.Fit(what, l.Room()-widget.Width(end), cut))
	p.lines = append(p.lines, l.Put(p.ink(themes.Dim), end).String())
}

// notInGit names the kinds that live has and Git never held: "28 not in git
// (Connection 21, Switch 7)".
func notInGit(r *core.Report) string {
	total, names := 0, []string{}
	for _, gk := range sortedKinds(r.NotInGit) {
		total += r.NotInGit[gk]
		names = append(names, fmt.Sprintf("%s %d", gk.Kind, r.NotInGit[gk]))
	}
	if total == 0 {
		return ""
	}
	return fmt.Sprintf("%s not in git (%s)", grouped(total), strings.Join(names, ", "))
}
