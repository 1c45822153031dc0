package tui

import (
	"slices"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// columns are those of the list; what was decided has one where there is any.
func (p *detailPane) columns(f core.FabricState) []widget.Column {
	columns := []widget.Column{
		{Title: safe.Lit(" "), Width: 1},
		{Title: safe.Lit("OBJECT"), Width: max(p.widest, 20), Min: 16, Grow: true, Cut: widget.CutMiddle},
		{Title: safe.Lit("FIELDS"), Width: 6, Right: true, Rank: 1},
		{Title: safe.Lit("LIVE CHANGED BY"), Width: 22, Min: 16, Rank: 3},
		{Title: safe.Lit("WHEN"), Width: 4, Right: true, Rank: 2},
	}
	if len(p.fresh) > 0 {
		columns = append(columns, widget.Column{Title: safe.Lit("NEW"), Width: 3, Rank: 2})
	}
	if len(f.Drafts) > 0 {
		columns = append(columns, widget.Column{Title: safe.Lit("DECIDED"), Width: 8, Rank: 2})
	}
	return columns
}

// decidedOf says how much of an object is decided: "1/3", or that some of it no
// longer stands.
func decidedOf(desk decided, v *core.Verdict) part {
	on := desk[v.Key]
	if len(on) == 0 {
		return part{role: themes.Dim, text: safe.Lit(".")}
	}
	off, _ := split(v)
	n := 0
	for _, c := range off {
		if !(matter{v, c}).undecided(desk) {
			n++
		}
	}
	for _, d := range on {
		if d.State == core.DraftVoid {
			return part{role: themes.Warn, text: safe.Sprintf("%d/%d void", n, len(off))}
		}
	}
	if len(off) == 0 {
		return part{role: themes.Match, text: safe.Sprintf("%d", len(on))}
	}
	return part{role: themes.Match, text: safe.Sprintf("%d/%d", n, len(off))}
}

func (p *detailPane) lines(e Env, f core.FabricState, t *widget.Table, height int) []string {
	if height <= 0 {
		return nil
	}
	from, to := p.see(height)
	names := make([]safe.Text, to-from)
	for i := range names {
		names[i] = rowName(f, p.rows[from+i])
	}
	names = widget.FitApart(names, t.ColumnWidth(1), func(i int) widget.Cut { return p.rows[from+i].cut() })
	lines := p.draw(e, t, height, func(i int, selected bool, ink inks) string {
		r := p.rows[i]
		mark := markSpan(e, p.isMarked(r), selected)
		if r.verdict == nil {
			cells := []widget.Span{{}, {Ink: ink(themes.Text), Text: names[i-from]}, {}, {Ink: ink(themes.Dim), Text: r.says()}}
			if r.members != nil {
				state := r.members[0].State
				cells[0] = widget.Span{Ink: ink(role(state)), Text: safe.Clean(string(state.Letter()))}
			}
			return t.RowOver(ink(themes.Text), selected, mark, cells, 1, 3)
		}
		v := r.verdict
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
		if len(p.fresh) > 0 {
			cells = append(cells, widget.Span{Ink: ink(themes.Match), Text: p.newMark(v.Key)})
		}
		if len(f.Drafts) > 0 {
			is := decidedOf(e.decided(f), v)
			cells = append(cells, widget.Span{Ink: ink(is.role), Text: is.text})
		}
		if v.State == core.Invalid && len(v.Changes) == 0 {
			// Nothing was compared: there is only the reason to tell.
			return t.RowOver(ink(themes.Text), selected, mark, cells, 1, 3)
		}
		return t.MarkedRow(ink(themes.Text), selected, mark, cells)
	})
	if len(p.rows) == 0 {
		lines = append(lines, t.Note(e.Style.ink(themes.Dim), p.nothing(e, f)))
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
	case p.trouble:
		return safe.Lit("  nothing needs a person (! shows all)")
	case p.lists == listsConflicts && state != core.Unknown && disputed(f.Report):
		return safe.Lit("  no conflict: what both sides changed is decided, or not the worst of its object")
	case p.lists == listsConflicts && state != core.Unknown:
		return safe.Lit("  no conflict: git and live have not both changed one field")
	case p.lists == listsConflicts:
		return safe.Lit("  no conflict is known")
	case f.Report.Counts.Total() == 0 && state == core.InSync:
		return safe.Lit("  no objects on either side")
	case state == core.InSync:
		return safe.Sprintf("  everything is in sync (a shows all %s)", plural(f.Report.Counts.Total(), "object"))
	}
	return safe.Lit("  nothing else is known to differ")
}

// disputed tells whether git and live both moved on something of an object.
func disputed(r *core.Report) bool {
	return slices.ContainsFunc(r.Verdicts, func(v core.Verdict) bool {
		return slices.ContainsFunc(v.Changes, func(c core.Change) bool { return c.Verdict == core.FieldConflict })
	})
}

// rowName is what a row is called.
func rowName(f core.FabricState, r objectRow) safe.Text {
	switch {
	case r.members != nil:
		return safe.Sprintf("%s %s objects", grouped(len(r.members)), r.members[0].Key.Kind)
	case r.verdict == nil:
		return safe.Clean(r.kind.Kind)
	case r.inside:
		return safe.Lit("  ").Plus(objectName(f, r.verdict.Key))
	}
	return objectName(f, r.verdict.Key)
}

func (r objectRow) cut() widget.Cut {
	if r.verdict == nil {
		return widget.CutMiddle
	}
	return nameCut(r.verdict.Key)
}

// says is what a row tells that is not of one object.
func (r objectRow) says() safe.Text {
	if r.members == nil {
		return safe.Sprintf(" %s live, not in git", grouped(r.number))
	}
	off, _ := split(r.members[0])
	text := safe.Text{}
	switch c := off[0]; {
	case c.Path == core.Root:
		text = changeWord(r.members[0], c)
	case nowhere(c):
		text = safe.Sprintf("%s  gone from live", c.Path)
	default:
		text = safe.Sprintf("%s  %s -> %s", c.Path, sideText(c.Live), sideText(c.Git))
	}
	if more := len(off) - 1; more > 0 {
		text = text.Plus(safe.Sprintf("  +%d more", more))
	}
	return safe.Lit(" ").Plus(text)
}
