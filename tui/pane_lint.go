package tui

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// lintPane lists what a fabric would refuse of its files in Git, as they were read
// last. They are looked through by a [Job], anew for each revision.
type lintPane struct {
	listPane[core.LintFinding, core.LintFinding]
	answer *lintRead
	made   lintMade
}

type lintRead struct {
	about lintAbout
	all   []core.LintFinding
}

// lintAbout is what a look is about: a fabric at its revisions.
type lintAbout struct {
	fabric    core.FabricID
	revisions string
}

type lintMade struct {
	answer *lintRead
	filter string
}

func newLintPane() Pane { return &lintPane{} }

// lintWords are what the filter of findings can name.
func lintWords() *filterWords {
	return &filterWords{
		fields: []string{"level", "rule", "kind", "name", "file"}, examples: []string{"level=error", "rule=reference", "kind=VPC", "file=vpcs"},
	}
}

// Job has the files looked through.
func (p *lintPane) Job(e Env) (Job, bool) {
	f, ok := e.fabric()
	if !ok || e.acts.Linter == nil || f.Report == nil {
		return Job{}, false
	}
	about := lintAbout{fabric: e.Place.Fabric}
	for _, g := range f.Report.Git {
		about.revisions += g.Revision + " "
	}
	linter := e.acts.Linter
	return Job{Label: safe.Sprintf("lint the files of %s", about.fabric), About: about, Run: func(ctx context.Context) (tea.Msg, error) {
		all, err := linter.Lint(ctx, about.fabric)
		return &lintRead{about, all}, err
	}}, true
}

// Take is given what was found.
func (p *lintPane) Take(msg tea.Msg) {
	if a, ok := msg.(*lintRead); ok {
		p.answer = a
	}
}

// load brings the rows up to date.
func (p *lintPane) load(e Env) {
	made := lintMade{p.answer, e.Filter.text}
	if made == p.made && p.rows != nil {
		return
	}
	p.made, p.rows = made, []core.LintFinding{}
	if p.answer != nil && p.answer.about.fabric == e.Place.Fabric {
		f, _ := e.fabric()
		for _, x := range p.answer.all {
			if e.Filter.matches(findingSubject(f, x)) {
				p.rows = append(p.rows, x)
			}
		}
	}
	p.list.SetKeys(p.rows)
}

func findingSubject(f core.FabricState, x core.LintFinding) subject {
	return subject{
		text: fmt.Sprintf("%s %s %s %s %s", x.Origin.Path, x.Level, x.Rule, f.Fabric.Label(x.Key), x.Message),
		fields: map[string][]string{
			"level": {string(x.Level)}, "rule": {x.Rule}, "kind": {x.Key.Kind}, "name": {x.Key.Name}, "file": {x.Origin.Path},
		},
	}
}

func (p *lintPane) Can(e Env, a Action) bool {
	x, ok := p.selected()
	switch a {
	case ActShowAll:
		return false
	case ActDiff:
		return ok && x.Key != core.Key{}
	case ActNext, ActPrev:
		return nextProblem(p.list.Window, a, p.fault) != p.list.Cursor()
	default:
		return ok
	}
}

// fault tells of a row whether the fabric would refuse it.
func (p *lintPane) fault(i int) bool { return p.rows[i].Level == core.LintError }

func (p *lintPane) Do(e Env, a Action) Outcome {
	x, _ := p.selected()
	switch a {
	case ActDiff:
		keys, seen := []core.Key{}, map[core.Key]bool{{}: true}
		for _, r := range p.rows {
			if !seen[r.Key] {
				seen[r.Key] = true
				keys = append(keys, r.Key)
			}
		}
		return Outcome{Open: &Place{Screen: "diff", Fabric: e.Place.Fabric, Object: x.Key}, Among: keys}
	case ActNext, ActPrev:
		p.list.To(nextProblem(p.list.Window, a, p.fault))
	default:
		move(&p.list.Window, a, p.page)
	}
	return Outcome{}
}

func (p *lintPane) View(e Env) Frame {
	f, _ := e.fabric()
	s := e.Style
	frame := Frame{Title: crumbs(e, safe.Clean(string(f.Fabric.ID)), safe.Lit("lint")), Facts: fabricFacts(e, f), Note: e.Filter.trouble(s)}
	count := p.count()
	frame.Brief = then(frame.Title, widget.Span{Ink: s.ink(themes.Text), Text: safe.Lit("  ").Plus(count)})
	note := widget.Span{Ink: s.ink(themes.Dim), Text: safe.Lit("git ").Plus(revisions(f.Report))}
	if e.roomy() {
		frame.Lines = []string{listRule(e, widget.Span{Ink: s.ink(themes.Title), Text: count}, note)}
	}
	if len(p.rows) == 0 {
		frame.Lines = append(frame.Lines, paragraph(p.nothing(e, f), s.ink(themes.Dim), e.Width)...)
		return frame
	}
	frame.Position = p.position()
	below := p.below(e, f)
	if len(below) > e.Height/3 {
		below = nil
	}
	frame.Lines = append(frame.Lines, p.lines(e, f, e.Height-len(frame.Lines)-len(below))...)
	frame.Lines = stretched(frame.Lines, below, e.Height)
	return frame
}

// count is how many findings there are, by level.
func (p *lintPane) count() safe.Text {
	if p.answer == nil {
		return safe.Lit("lint")
	}
	n := map[core.LintLevel]int{}
	for _, x := range p.answer.all {
		n[x.Level]++
	}
	return safe.Sprintf("%s, %s, %s", plural(n[core.LintError], "error"), plural(n[core.LintWarning], "warning"), plural(n[core.LintNote], "note"))
}

// nothing says why the list is empty.
func (p *lintPane) nothing(e Env, f core.FabricState) safe.Text {
	switch {
	case e.acts.Linter == nil:
		return safe.Lit("nothing is linted here (selvage lint does)")
	case e.work.err != nil:
		return safe.Sprintf("%v", e.work.err)
	case f.Report == nil:
		return safe.Lit("git has not been read yet")
	case p.answer == nil || p.answer.about.fabric != e.Place.Fabric:
		return safe.Lit("looking through the files")
	case !e.Filter.empty():
		return safe.Lit("no finding matches the filter (esc clears it)")
	}
	return safe.Lit("lint finds nothing that a fabric would refuse")
}

func lintRole(l core.LintLevel) themes.Role {
	switch l {
	case core.LintError:
		return themes.Error
	case core.LintWarning:
		return themes.Warn
	case core.LintNote:
	}
	return themes.Dim
}

func (p *lintPane) lines(e Env, f core.FabricState, height int) []string {
	where := len("WHERE")
	for _, x := range p.rows {
		where = max(where, widget.Width(place(x.Origin)))
	}
	t := widget.NewTable(e.Width, []widget.Column{
		{Title: safe.Lit("LEVEL"), Width: 7},
		{Title: safe.Lit("WHERE"), Width: min(where, 44), Min: 16, Cut: widget.CutStart},
		{Title: safe.Lit("OBJECT"), Width: 26, Min: 12, Rank: 2, Cut: widget.CutMiddle},
		{Title: safe.Lit("SAYS"), Width: 60, Min: min(e.Width/2, 36), Grow: true},
	})
	return p.draw(e, t, height, func(i int, selected bool, ink inks) string {
		x, object := p.rows[i], safe.Text{}
		if x.Key != (core.Key{}) {
			object = objectName(f, x.Key)
		}
		return t.Row(ink(themes.Text), selected, []widget.Span{
			{Ink: ink(lintRole(x.Level)), Text: safe.Clean(string(x.Level))},
			{Ink: ink(themes.Text), Text: place(x.Origin)},
			{Ink: ink(themes.Text), Text: object},
			{Ink: ink(themes.Text), Text: safe.Clean(x.Message)},
		})
	})
}

// below tells of the finding under the cursor all there is.
func (p *lintPane) below(e Env, f core.FabricState) []string {
	if !e.roomy() {
		return nil
	}
	s, x := e.Style, p.rows[p.list.Cursor()]
	at := place(x.Origin)
	if x.Column > 0 {
		at = at.Plus(safe.Sprintf(":%d", x.Column))
	}
	lines := []string{rule(e, widget.Span{Ink: s.ink(themes.Header), Text: at}, widget.Span{Ink: s.ink(themes.Dim), Text: safe.Clean(x.Rule)})}
	lines = append(lines, paragraph(safe.Clean(x.Message), s.ink(lintRole(x.Level)), e.Width)...)
	if x.Key != (core.Key{}) {
		lines = append(lines, paragraph(objectName(f, x.Key).Plus(safe.Sprintf(" %s", x.Path)), s.ink(themes.Dim), e.Width)...)
	}
	return lines
}
