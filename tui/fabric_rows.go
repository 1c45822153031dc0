package tui

import (
	"strings"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// lines draws titles and the rows that are seen in height lines.
func (p *fabricsPane) lines(e Env, t *widget.Table, rows []fabricRow, height int) []string {
	if height <= 0 {
		return nil
	}
	lines := make([]string, 0, height)
	if height > 2 || len(rows) == 0 {
		lines = append(lines, t.Head(e.Style.ink(themes.Title)))
		height--
	}
	p.page = height
	if len(rows) == 0 {
		if height > 0 {
			lines = append(lines, t.Note(e.Style.ink(themes.Dim), p.nothing(e)))
		}
		return lines
	}
	from, to := p.list.See(height)
	names := make([]safe.Text, to-from)
	for i := range names {
		names[i] = fabricName(rows[from+i].FabricState)
	}
	names = widget.FitApart(names, t.ColumnWidth(nameColumn), func(int) widget.Cut { return widget.CutMiddle })
	for i := from; i < to; i++ {
		selected := i == p.list.Cursor()
		cells := make([]widget.Span, len(p.columns))
		for c, column := range p.columns {
			is, text := column.cell(e, rows[i])
			cells[c] = widget.Span{Ink: e.Style.on(selected, is), Text: text}
		}
		cells[nameColumn].Text = names[i-from]
		lines = append(lines, t.MarkedRow(e.Style.on(selected, themes.Text), selected, markSpan(e, p.marked.has(rows[i].Fabric.ID), selected), cells))
	}
	return lines
}

// nothing says why the list is empty.
func (p *fabricsPane) nothing(e Env) safe.Text {
	if len(e.Fleet.Fabrics) == 0 {
		return safe.Lit("  no fabrics: configure some, or try selvage demo")
	}
	if p.trouble && e.Filter.empty() {
		return safe.Lit("  no fabric needs a person (! shows all)")
	}
	return safe.Lit("  no fabric matches the filter (esc clears it)")
}

// previewRule divides the list from the preview of one fabric.
func previewRule(e Env, f core.FabricState) string {
	return rule(e, widget.Span{Ink: e.Style.ink(themes.Header), Text: safe.Clean(string(f.Fabric.ID))},
		widget.Span{Ink: e.Style.ink(themes.Warn), Text: safe.Clean(strings.Join(marks(e, f), "  "))})
}
