package tui

import (
	"fmt"
	"strings"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// tally is a column that counts objects. Where room is short, states that are
// close to each other share one.
type tally struct {
	title  string
	states []core.State
}

func tallies(width int) []tally {
	if width >= 140 {
		all := []tally{}
		for _, s := range core.States()[:core.InSync] {
			all = append(all, tally{string(s.Letter()), []core.State{s}})
		}
		return all
	}
	return []tally{
		{"xs", []core.State{core.Invalid, core.Stuck}},
		{"!", []core.State{core.Conflict}},
		{"?", []core.State{core.Unknown}},
		{"~", []core.State{core.Drifted}},
		{"*", []core.State{core.Differs}},
		{"+", []core.State{core.OnlyGit}},
		{"-", []core.State{core.OnlyLive}},
		{"^#", []core.State{core.Pending, core.Acknowledged}},
	}
}

// fabricColumns are the columns of the list, and what those of them count that
// have a number each: none where one column holds all counts.
func fabricColumns(e Env, rows []fabricRow) ([]widget.Column, []tally) {
	name, word := len("FABRIC"), 12
	for _, f := range rows {
		word = max(word, widget.Width(f.word))
		name = max(name, widget.Width(fabricName(f.FabricState)))
	}
	columns := []widget.Column{
		{Title: safe.Lit(" "), Width: 1},
		{Title: safe.Lit("STATE"), Width: min(word, 16), Min: 11, Rank: 1},
		{Title: safe.Lit("FABRIC"), Width: min(max(name, 12), 30), Min: min(max(name, 4), 16), Grow: true, Cut: widget.CutMiddle},
	}
	lead, counted := len(columns), tallies(e.Width)
	for _, t := range counted {
		columns = append(columns, widget.Column{Title: safe.Clean(t.title), Width: 3, Right: true})
	}
	columns = append(columns,
		widget.Column{Title: safe.Lit("GIT"), Width: 9, Rank: 2},
		widget.Column{Title: safe.Lit("SEEN"), Width: 4, Right: true, Rank: 1})
	if widget.Least(columns, 1) <= e.Width {
		return columns, counted
	}
	// A column for each letter would push the state and its age out.
	counts := len("COUNTS")
	for _, f := range rows {
		counts = max(counts, widget.Width(letters(f.FabricState)))
	}
	all := widget.Column{Title: safe.Lit("COUNTS"), Width: counts, Min: min(counts, 24)}
	return append(columns[:lead:lead], all, columns[len(columns)-2], columns[len(columns)-1]), nil
}

// letters are a fabric's counts in one word each, none of them zero: 2~ 1+. A
// question mark alone stands for the numbers that are not known.
func letters(f core.FabricState) safe.Text {
	words, unread := []string{}, false
	for _, s := range core.States()[:core.InSync] {
		n, known := f.Count(s)
		unread = unread || !known
		if n > 0 {
			words = append(words, fmt.Sprintf("%s%c", short(n), s.Letter()))
		}
	}
	if unread {
		words = append(words, "?")
	}
	if len(words) == 0 {
		words = append(words, ".")
	}
	return safe.Clean(strings.Join(words, " "))
}

// fabricName is a fabric's name in a list. That its cluster's certificate is
// not verified must be seen as long as it lasts.
func fabricName(f core.FabricState) safe.Text {
	if f.Report != nil && f.Report.Live.Insecure {
		return safe.Sprintf("%s [insecure]", f.Fabric.ID)
	}
	return safe.Clean(string(f.Fabric.ID))
}

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
	names = widget.FitApart(names, t.ColumnWidth(2), func(int) widget.Cut { return widget.CutMiddle })
	for i := from; i < to; i++ {
		selected := i == p.list.Cursor()
		lines = append(lines, t.Row(e.Style.on(selected, themes.Text), selected, fabricCells(e, rows[i], names[i-from], p.counted, selected)))
	}
	return lines
}

// nothing says why the list is empty.
func (p *fabricsPane) nothing(e Env) safe.Text {
	if len(e.Fleet.Fabrics) == 0 {
		return safe.Lit("  no fabrics: name some in the configuration, or try selvage demo")
	}
	return safe.Lit("  no fabric matches the filter (esc clears it)")
}

func fabricCells(e Env, r fabricRow, name safe.Text, counted []tally, selected bool) []widget.Span {
	ink := func(r themes.Role) widget.Ink { return e.Style.on(selected, r) }
	f := r.FabricState
	cells := []widget.Span{
		{Ink: ink(role(r.state)), Text: safe.Clean(string(r.state.Letter()))},
		{Ink: ink(role(r.state)), Text: r.word},
		{Ink: ink(themes.Text), Text: name},
	}
	if counted == nil {
		cells = append(cells, widget.Span{Ink: ink(role(r.state)), Text: letters(f)})
	}
	for _, t := range counted {
		n, known := f.Count(t.states...)
		switch {
		case !known:
			cells = append(cells, widget.Span{Ink: ink(themes.Dim), Text: safe.Lit("?")})
		case n == 0:
			cells = append(cells, widget.Span{Ink: ink(themes.Dim), Text: safe.Lit(".")})
		default:
			cells = append(cells, widget.Span{Ink: ink(role(t.states[0])), Text: short(n)})
		}
	}
	git, seen := themes.Dim, themes.Dim
	if f.GitAccess() != core.AccessOK && f.Report != nil {
		git = themes.Warn
	}
	if a := f.Access(e.Now); a != core.AccessOK && a != "" {
		seen = themes.Warn
	}
	at := safe.Lit("?")
	if f.Report != nil {
		at = age(e.Now, f.Report.Live.ReadAt)
	}
	return append(cells,
		widget.Span{Ink: ink(git), Text: revisions(f.Report)},
		widget.Span{Ink: ink(seen), Text: at})
}

// previewRule divides the list from the preview of one fabric.
func previewRule(e Env, f core.FabricState) string {
	return widget.Rule(e.Width, e.Style.ink(themes.Rule),
		widget.Span{Ink: e.Style.ink(themes.Header), Text: safe.Clean(string(f.Fabric.ID))},
		widget.Span{Ink: e.Style.ink(themes.Warn), Text: safe.Clean(strings.Join(marks(e, f), "  "))})
}

// marks are the words about a fabric that matter before one acts on it.
func marks(e Env, f core.FabricState) []string {
	words := []string{}
	if f.Fabric.Protected {
		words = append(words, "PROTECTED")
	}
	if f.Report != nil && f.Report.Live.Insecure {
		words = append(words, "CERTIFICATE NOT VERIFIED")
	}
	mode := f.Fabric.Mode
	if e.mode != "" && mode != "" {
		mode = mode.Narrower(e.mode)
	}
	if mode != "" {
		words = append(words, string(mode))
	}
	return words
}
