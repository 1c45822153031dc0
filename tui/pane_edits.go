package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// editsPane lists the live edits of a fabric that were overwritten, the latest
// first, and brings one back as a draft. What it shows is read by a [Job], anew
// for each report.
type editsPane struct {
	list   widget.List[string]
	answer *editsOf // the last one, nil before the first
	page   int
}

// editsOf are the edits of a fabric as they were read.
type editsOf struct {
	fabric core.FabricID
	all    []Edit
}

// editsAbout is what such a reading is about.
type editsAbout struct {
	fabric core.FabricID
	report *core.Report
}

func newEditsPane() Pane { return &editsPane{} }

// Job reads the edits of the fabric.
func (p *editsPane) Job(e Env) (Job, bool) {
	f, ok := e.fabric()
	if !ok || e.acts.Ledger == nil {
		return Job{}, false
	}
	id, ledger := e.Place.Fabric, e.acts.Ledger
	return Job{
		Label: safe.Sprintf("read the history of %s", id), About: editsAbout{id, f.Report},
		Run: func(ctx context.Context) (tea.Msg, error) {
			all, err := ledger.Overwritten(ctx, id)
			return &editsOf{id, all}, err
		},
	}, true
}

// Take is given what was read.
func (p *editsPane) Take(msg tea.Msg) {
	if a, ok := msg.(*editsOf); ok {
		p.answer = a
		ids := make([]string, len(a.all))
		for i, o := range a.all {
			ids[i] = o.ID
		}
		p.list.SetKeys(ids)
	}
}

// rows are the edits of the fabric that is looked at.
func (p *editsPane) rows(e Env) []Edit {
	if p.answer == nil || p.answer.fabric != e.Place.Fabric {
		return nil
	}
	return p.answer.all
}

func (p *editsPane) Can(e Env, a Action) bool {
	f, ok := e.fabric()
	switch a {
	case ActCheck:
		return ok
	case ActUndo, ActRedo:
		return canDecide(e, a, nil)
	case ActDrop:
		return false
	case ActBringBack:
		return ok && e.decides(f) && len(p.rows(e)) > 0
	default:
		return len(p.rows(e)) > 0
	}
}

func (p *editsPane) Do(e Env, a Action) Outcome {
	switch a {
	case ActCheck:
		return Outcome{Check: []core.FabricID{e.Place.Fabric}, Note: safe.Sprintf("checking %s", e.Place.Fabric)}
	case ActUndo, ActRedo:
		return stepBack(e, a)
	case ActBringBack, ActDiff:
	default:
		move(&p.list.Window, a, p.page)
		return Outcome{}
	}
	o := p.rows(e)[p.list.Cursor()]
	if a == ActDiff {
		return Outcome{Open: &Place{Screen: "diff", Fabric: e.Place.Fabric, Object: o.Key}, Among: []core.Key{o.Key}}
	}
	f, _ := e.fabric()
	id, by, ledger := e.Place.Fabric, e.acts.By, e.acts.Ledger
	label := safe.Clean(core.Resolution{Path: o.Path, Choice: core.TakeEdited}.Sentence(f.Fabric.Label(o.Key)))
	return Outcome{Deed: &Deed{Label: safe.Lit("bring back: ").Plus(label), Run: func(ctx context.Context) (Done, error) {
		if err := ledger.BringBack(ctx, id, by, o.ID); err != nil {
			return Done{}, err
		}
		return Done{Says: safe.Lit(" draft: ").Plus(label)}, nil
	}}}
}

func (p *editsPane) View(e Env) Frame {
	f, ok := e.fabric()
	if !ok {
		return goneFrame(e, safe.Sprintf("fabric %q is no longer configured", e.Place.Fabric))
	}
	s, rows := e.Style, p.rows(e)
	frame := Frame{Title: crumbs(e, safe.Clean(string(f.Fabric.ID)), safe.Lit("overwritten")), Facts: fabricFacts(e, f)}
	count := safe.Clean(plural(len(rows), "live edit") + " overwritten in 30 days")
	frame.Brief = append(frame.Title[:len(frame.Title):len(frame.Title)], widget.Span{Ink: s.ink(themes.Text), Text: safe.Lit("  ").Plus(count)})
	height := e.Height
	if e.roomy() {
		frame.Lines = []string{widget.Rule(e.Width, s.ink(themes.Rule), widget.Span{Ink: s.ink(themes.Title), Text: count}, widget.Span{})}
		height--
	}
	if len(rows) == 0 {
		frame.Lines = append(frame.Lines, paragraph(p.nothing(e), s.ink(themes.Dim), e.Width)...)
		return frame
	}
	frame.Position = safe.Sprintf("%d/%d", p.list.Cursor()+1, len(rows))
	below := p.below(e, f)
	if len(below) > height/2 {
		below = nil
	}
	frame.Lines = append(frame.Lines, p.lines(e, f, height-len(below))...)
	for len(frame.Lines) < e.Height-len(below) {
		frame.Lines = append(frame.Lines, "")
	}
	frame.Lines = append(frame.Lines, below...)
	return frame
}

// nothing says why the list is empty.
func (p *editsPane) nothing(e Env) safe.Text {
	switch {
	case e.acts.Ledger == nil:
		return safe.Lit("no history is read here (selvage history tells of overwritten edits)")
	case e.work.err != nil:
		return safe.Sprintf("%v", e.work.err)
	case p.answer == nil || p.answer.fabric != e.Place.Fabric:
		return safe.Lit("reading the history")
	}
	return safe.Lit("no live edit was seen to be overwritten in 30 days")
}

func (p *editsPane) lines(e Env, f core.FabricState, height int) []string {
	if height <= 0 {
		return nil
	}
	rows, object := p.rows(e), 12
	for _, o := range rows {
		object = max(object, widget.Width(objectName(f, o.Key)))
	}
	t := widget.NewTable(e.Width, []widget.Column{
		{Title: safe.Lit("WHEN"), Width: 4, Right: true},
		{Title: safe.Lit("OBJECT"), Width: min(object, 40), Min: 14, Cut: widget.CutMiddle},
		{Title: safe.Lit("FIELD"), Width: 26, Min: 12, Grow: true, Cut: widget.CutStart},
		{Title: safe.Lit("EDIT"), Width: 20, Min: 8, Rank: 1},
		{Title: safe.Lit("BY"), Width: 14, Min: 8, Rank: 2},
	})
	lines := []string{}
	if height > 2 {
		lines = append(lines, t.Head(e.Style.ink(themes.Title)))
		height--
	}
	p.page = height
	from, to := p.list.See(height)
	for i := from; i < to; i++ {
		o, selected := rows[i], i == p.list.Cursor()
		ink := func(r themes.Role) widget.Ink { return e.Style.on(selected, r) }
		path := safe.Clean(string(o.Path))
		if o.Path == core.Root {
			path = safe.Lit("the whole object")
		}
		lines = append(lines, t.Row(ink(themes.Text), selected, []widget.Span{
			{Ink: ink(themes.Dim), Text: age(e.Now, o.Replaced.Before)},
			{Ink: ink(themes.Text), Text: objectName(f, o.Key)},
			{Ink: ink(themes.Text), Text: path},
			{Ink: ink(themes.Removed), Text: editText(o.Live)},
			{Ink: ink(themes.Dim), Text: safe.Clean(o.Manager)},
		}))
	}
	return lines
}

func editText(v core.Value) safe.Text {
	if !v.Present() {
		return safe.Lit("(removed)")
	}
	return quoted(v)
}

// below tells of the edit under the cursor what it was, and what took its place.
func (p *editsPane) below(e Env, f core.FabricState) []string {
	if !e.roomy() {
		return nil
	}
	s, o := e.Style, p.rows(e)[p.list.Cursor()]
	lines := []string{widget.Rule(e.Width, s.ink(themes.Rule), widget.Span{Ink: s.ink(themes.Header), Text: objectName(f, o.Key)},
		widget.Span{Ink: s.ink(themes.Dim), Text: safe.Clean(string(o.Path))})}
	say := func(r themes.Role, t safe.Text) {
		lines = append(lines, widget.NewLine(e.Width).Put(s.ink(r), safe.Lit(" ").Plus(widget.Fit(t, e.Width-2, widget.CutEnd))).String())
	}
	by := safe.Text{}
	if o.Manager != "" {
		by = safe.Sprintf("  by %s %s", o.Manager, core.Stamp(o.ManagerTime))
	}
	say(themes.Removed, safe.Lit("- ").Plus(editText(o.Live)))
	say(themes.Dim, safe.Sprintf("  seen for %s", core.ShortAge(o.Lived())).Plus(by))
	say(themes.Added, safe.Lit("+ ").Plus(editText(o.Now)))
	why := safe.Sprintf("  replaced %s", o.Replaced.Sentence())
	if o.ReplacedBy != "" {
		why = safe.Sprintf("  replaced by %s %s", o.ReplacedBy, o.Replaced.Sentence())
	}
	say(themes.Dim, why)
	return lines
}
