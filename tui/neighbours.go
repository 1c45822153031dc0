package tui

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// Referrer tells which objects name which others.
type Referrer interface {
	// References are those of some objects, in the order of who names.
	References(objects []core.Verdict) []Reference
}

// Reference is that one object names another, which need not be there.
type Reference struct{ From, To core.Key }

// neighbours are the objects that others depend on, as of a report.
type neighbours struct {
	report       *core.Report
	uses, usedBy map[core.Key][]core.Key
	states       map[core.Key]core.State // of all these, as far as they are there
}

// objectsAbout is what the reading of a list of objects is about.
type objectsAbout struct {
	fabric  core.FabricID
	checked time.Time
	report  *core.Report // nil where the neighbours are not told
}

// objectsRead is what was read beside the state of the fabric.
type objectsRead struct {
	news   *objectNews
	around *neighbours
}

// Job notes that the fabric is looked at and reads what is new, and works out who
// depends on whom, where there is room to tell it.
func (p *detailPane) Job(e Env) (Job, bool) {
	f, ok := e.fabric()
	if !ok {
		return Job{}, false
	}
	news, from := visit(e, f), e.acts.Referrer
	about := objectsAbout{fabric: e.Place.Fabric, checked: f.LastCheck}
	if from != nil && e.preview(true) == onTheRight {
		about.report = f.Report
	}
	if news == nil && about.report == nil {
		return Job{}, false
	}
	return Job{Label: safe.Lit("read what changed"), About: about, Run: func(ctx context.Context) (tea.Msg, error) {
		read, err := &objectsRead{}, error(nil)
		if about.report != nil {
			read.around = nearby(from, about.report)
		}
		if news != nil {
			read.news, err = news(ctx)
		}
		return read, err
	}}, true
}

// nearby works out who depends on whom.
func nearby(from Referrer, report *core.Report) *neighbours {
	n := &neighbours{report, map[core.Key][]core.Key{}, map[core.Key][]core.Key{}, map[core.Key]core.State{}}
	for _, r := range from.References(report.Verdicts) {
		n.uses[r.From] = append(n.uses[r.From], r.To)
		n.usedBy[r.To] = append(n.usedBy[r.To], r.From)
	}
	for i := range report.Verdicts {
		k := report.Verdicts[i].Key
		_, uses := n.uses[k]
		_, used := n.usedBy[k]
		if uses || used {
			n.states[k] = report.Verdicts[i].State
		}
	}
	return n
}

// Take is given what was read.
func (p *detailPane) Take(msg tea.Msg) {
	a, ok := msg.(*objectsRead)
	if !ok {
		return
	}
	p.around = a.around
	if a.news != nil {
		p.visited(a.news)
	}
}

// beneath is what stands below a list that leaves room: what the object under the
// cursor depends on and what depends on it, and the commits that set what Git says.
func (p *detailPane) beneath(e Env, f core.FabricState, v *core.Verdict, width, height int) []string {
	if v == nil || height < 4 {
		return nil
	}
	commits := commitLines(e, v, width)
	lines := []string{""}
	if n := p.around; n != nil && n.report == f.Report {
		near := n.lines(e, f, v.Key, width, height-1-min(len(commits), height/2))
		lines = append(lines, near...)
	}
	if len(commits) > 1 && len(lines)+2 <= height {
		lines = append(lines, commits[:min(len(commits), height-len(lines))]...)
	}
	if len(lines) == 1 {
		return nil
	}
	lines[0] = widget.NewLine(width).Fill(widget.Ink{}).String()
	return lines
}

func leftRule(e Env, title safe.Text, width int) string {
	return widget.Rule(width, e.Style.ink(themes.Rule), widget.Span{Ink: e.Style.ink(themes.Title), Text: title}, widget.Span{})
}

// lines tell of the neighbours of one object in at most so many lines; nothing
// where it has none.
func (n *neighbours) lines(e Env, f core.FabricState, k core.Key, width, most int) []string {
	type row struct {
		lead string
		key  core.Key
	}
	rows := []row{}
	for _, u := range n.uses[k] {
		rows = append(rows, row{"uses     ", u})
	}
	users := slices.Clone(n.usedBy[k])
	slices.SortStableFunc(users, func(a, b core.Key) int { return int(n.states[a]) - int(n.states[b]) })
	for _, u := range users {
		rows = append(rows, row{"used by  ", u})
	}
	if len(rows) == 0 || most < 2 {
		return nil
	}
	s := e.Style
	lines := []string{leftRule(e, safe.Lit("depends on, used by"), width)}
	for i, r := range rows {
		if len(lines) == most-1 && i < len(rows)-1 {
			text := safe.Sprintf("  and %s more", grouped(len(rows)-i))
			return append(lines, widget.NewLine(width).Put(s.ink(themes.Dim), text).Fill(widget.Ink{}).String())
		}
		state, known := n.states[r.key]
		word := widget.Span{Ink: s.ink(themes.Dim), Text: safe.Lit("not compared")}
		if known {
			word = widget.Span{Ink: s.ink(role(state)), Text: safe.Sprintf("%c %s", state.Letter(), state.Title())}
		}
		l := widget.NewLine(width).Put(s.ink(themes.Dim), safe.Sprintf("  %s", r.lead))
		l.Put(s.ink(themes.Text), widget.Fit(objectName(f, r.key), l.Room()-widget.Width(word.Text)-2, nameCut(r.key))).Gap(widget.Ink{}, 2)
		lines = append(lines, l.Spans(word).Fill(widget.Ink{}).String())
	}
	return lines
}

// commitLines tell of the commits that last changed what Git says of an object, as
// far as its changes name them, the latest first.
func commitLines(e Env, v *core.Verdict, width int) []string {
	commits := []core.Commit{}
	for _, c := range v.Changes {
		if c.Commit.ID != "" && !slices.ContainsFunc(commits, func(o core.Commit) bool { return o.ID == c.Commit.ID }) {
			commits = append(commits, c.Commit)
		}
	}
	slices.SortStableFunc(commits, func(a, b core.Commit) int { return b.Time.Compare(a.Time) })
	lines := []string{leftRule(e, safe.Lit("commits that set it"), width)}
	s := e.Style
	for _, c := range commits {
		l := widget.NewLine(width).Put(s.ink(themes.Dim), safe.Sprintf("  %s %4s  ", revision(c.ID), age(e.Now, c.Time)))
		l.Put(s.ink(themes.Text), safe.Clean(c.Author)).Gap(widget.Ink{}, 2)
		lines = append(lines, l.Put(s.ink(themes.Dim), safe.Clean(c.Summary)).Fill(widget.Ink{}).String())
	}
	return lines
}
