package tui

import (
	"strings"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// lines draws titles and the rows that are seen in height lines.
func (p *fabricsPane) lines(e Env, t *widget.Table, height int) []string {
	if len(p.rows) == 0 {
		lines := []string{t.Head(e.Style.ink(themes.Title)), t.Note(e.Style.ink(themes.Dim), p.nothing(e))}
		return lines[:min(len(lines), max(height, 0))]
	}
	from, to := p.see(height)
	names := make([]safe.Text, to-from)
	for i := range names {
		names[i] = fabricName(p.rows[from+i].FabricState)
	}
	names = widget.FitApart(names, t.ColumnWidth(nameColumn), func(int) widget.Cut { return widget.CutMiddle })
	return p.draw(e, t, height, func(i int, selected bool, ink inks) string {
		cells := make([]widget.Span, len(p.columns))
		for c, column := range p.columns {
			is, text := column.cell(e, p.rows[i])
			cells[c] = widget.Span{Ink: ink(is), Text: text}
		}
		cells[nameColumn].Text = names[i-from]
		return t.MarkedRow(ink(themes.Text), selected, markSpan(e, p.marked.has(p.rows[i].Fabric.ID), selected), cells)
	})
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
