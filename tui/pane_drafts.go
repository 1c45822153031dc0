package tui

import (
	"slices"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// draftsPane lists what lies on the desk of a fabric: what was decided and waits
// to be published, or for live to follow.
type draftsPane struct {
	listPane[int64, core.DraftStanding]
	marked picks[int64]
}

func newDraftsPane() Pane { return &draftsPane{} }

// load brings the rows up to date, in the order in which they were made.
func (p *draftsPane) load(e Env) {
	f, _ := e.fabric()
	p.rows = f.Drafts
	keys := make([]int64, len(p.rows))
	for i, d := range p.rows {
		keys[i] = d.ID
	}
	if !slices.Equal(keys, p.list.Keys()) {
		p.list.SetKeys(keys)
		p.marked.keep(keys)
	}
}

// Chosen says how many drafts are marked.
func (p *draftsPane) Chosen() string {
	if p.marked.count() == 0 {
		return ""
	}
	return grouped(p.marked.count()) + " marked"
}

// Unchoose takes all marks away.
func (p *draftsPane) Unchoose() { p.marked.clear() }

// about are the drafts that are marked, else the one under the cursor.
func (p *draftsPane) about() []core.DraftStanding {
	if p.marked.count() == 0 {
		return p.rows[p.list.Cursor() : p.list.Cursor()+1]
	}
	return slices.DeleteFunc(slices.Clone(p.rows), func(d core.DraftStanding) bool { return !p.marked.has(d.ID) })
}

func (p *draftsPane) Can(e Env, a Action) bool {
	f, _ := e.fabric()
	switch a {
	case ActUndo, ActRedo, ActPlan:
		return canDecide(e, a, nil)
	case ActSheet:
		d, ok := p.selected()
		return ok && e.edits(f, d.Key)
	case ActDrop, ActMark, ActMarkAll:
		return len(p.rows) > 0 && e.decides(f)
	default:
		return len(p.rows) > 0
	}
}

func (p *draftsPane) Do(e Env, a Action) Outcome {
	f, _ := e.fabric()
	d, _ := p.selected()
	switch a {
	case ActUndo, ActRedo, ActPlan:
		return doDecide(e, a, nil)
	case ActSheet:
		return openSheet(e, f, d.Key)
	case ActMark:
		p.marked.flip(d.ID)
		p.list.Move(1)
	case ActMarkAll:
		p.marked.flip(p.list.Keys()...)
	case ActDrop:
		about := p.about()
		p.marked.clear()
		return drop(e, about)
	case ActDiff:
		return Outcome{Open: &Place{Screen: "diff", Fabric: e.Place.Fabric, Object: d.Key}, Among: p.objects()}
	default:
		move(&p.list.Window, a, p.page)
	}
	return Outcome{}
}

// objects are those that something was decided about, each once.
func (p *draftsPane) objects() []core.Key {
	keys, seen := []core.Key{}, map[core.Key]bool{}
	for _, d := range p.rows {
		if !seen[d.Key] {
			seen[d.Key] = true
			keys = append(keys, d.Key)
		}
	}
	return keys
}

func (p *draftsPane) View(e Env) Frame {
	f, _ := e.fabric()
	s := e.Style
	frame := Frame{Title: crumbs(e, safe.Clean(string(f.Fabric.ID)), safe.Lit("drafts")), Facts: fabricFacts(e, f)}
	count := safe.Lit("no drafts")
	if text := draftCount(core.TallyDrafts(f.Drafts)); text != "" {
		count = safe.Clean(text)
	}
	frame.Brief = then(frame.Title, widget.Span{Ink: s.ink(themes.Text), Text: safe.Lit("  ").Plus(count)})
	frame.Position = p.position()
	if chosen := p.Chosen(); chosen != "" {
		frame.Facts = append(frame.Facts, widget.Span{Ink: s.ink(themes.Match), Text: safe.Clean(chosen)})
	}
	frame.Lines = headRule(e, widget.Span{Ink: s.ink(themes.Title), Text: count}, widget.Span{})
	height := e.Height - len(frame.Lines)
	if len(p.rows) == 0 {
		for _, t := range nothingDecided(e, f) {
			frame.Lines = append(frame.Lines, paragraph(t, s.ink(themes.Dim), e.Width)...)
		}
		return frame
	}
	below := p.below(e, f)
	if len(below) > height/3 {
		below = nil
	}
	frame.Lines = append(frame.Lines, p.lines(e, f, height-len(below))...)
	frame.Lines = stretched(frame.Lines, below, e.Height)
	return frame
}

// nothingDecided says how something comes to lie on the desk.
func nothingDecided(e Env, f core.FabricState) []safe.Text {
	switch {
	case e.modeOf(f) == core.ModeRead:
		return []safe.Text{safe.Lit("nothing is decided, and the mode of this fabric allows no decision")}
	case !e.decides(f):
		return []safe.Text{safe.Lit("nothing is decided")}
	}
	return []safe.Text{
		safe.Lit("nothing is decided"),
		safe.Lit("on a diff (enter on an object) and on the screen for resolving (c) 1 takes git, 2 takes live, 3 takes the base, e edits the value; s then shows what would be published"),
	}
}

func (p *draftsPane) lines(e Env, f core.FabricState, height int) []string {
	object, state, decided := 12, 7, 24
	for _, d := range p.rows {
		if !d.Value.Present() {
			decided = len("take git: live is to delete it")
		}
		if d.State == core.DraftProposed {
			state = len("proposed")
		}
		object = max(object, widget.Width(objectName(f, d.Key)))
	}
	t := widget.NewTable(e.Width, []widget.Column{
		{Title: safe.Lit("STATE"), Width: state},
		{Title: safe.Lit("OBJECT"), Width: min(object, 44), Min: 14, Cut: widget.CutMiddle},
		{Title: safe.Lit("FIELD"), Width: 30, Min: 12, Grow: true, Cut: widget.CutStart},
		{Title: safe.Lit("DECIDED"), Width: decided, Min: 9, Rank: 1},
		{Title: safe.Lit("BY"), Width: 10, Min: 6, Rank: 3},
		{Title: safe.Lit("WHEN"), Width: 4, Right: true, Rank: 2},
	})
	return p.draw(e, t, height, func(i int, selected bool, ink inks) string {
		d := &p.rows[i]
		path, is := safe.Clean(string(d.Path)), draftState(d)
		if d.Path == core.Root {
			path = safe.Lit("the whole object")
		}
		return t.MarkedRow(ink(themes.Text), selected, markSpan(e, p.marked.has(d.ID), selected), []widget.Span{
			{Ink: ink(is.role), Text: is.text},
			{Ink: ink(themes.Text), Text: objectName(f, d.Key)},
			{Ink: ink(themes.Text), Text: path},
			{Ink: ink(themes.Text), Text: draftWord(d)},
			{Ink: ink(themes.Dim), Text: safe.Clean(d.By)},
			{Ink: ink(themes.Dim), Text: age(e.Now, d.At)},
		})
	})
}

// below says of the draft under the cursor where its value comes from and what is
// the matter with it.
func (p *draftsPane) below(e Env, f core.FabricState) []string {
	d, ok := p.selected()
	if !ok || !e.roomy() {
		return nil
	}
	s := e.Style
	lines := []string{rule(e, widget.Span{Ink: s.ink(themes.Header), Text: draftSentence(f, &d)}, widget.Span{})}
	if d.From != "" {
		lines = append(lines, paragraph(safe.Sprintf("from %s", d.From), s.ink(themes.Dim), e.Width)...)
	}
	if why := draftWhy(&d); why.Len() > 0 {
		lines = append(lines, paragraph(why, s.ink(draftState(&d).role), e.Width)...)
	}
	if c := d.Keeping.Command; c != "" && d.State == core.DraftPending {
		shown, ok := commandShown(e, c, e.Width)
		if !ok {
			shown = paragraph(safe.Lit("its command is wider than this screen: d shows it, and y copies it there"), s.ink(themes.Dim), e.Width)
		}
		lines = append(lines, shown...)
	}
	return lines
}
