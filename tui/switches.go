package tui

import (
	"cmp"
	"slices"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// switches tells of every switch, those first with which something is the
// matter.
func (t engineText) switches(a *core.Agents) {
	switch {
	case a == nil:
		t.part(themes.Dim, safe.Lit("switches: nobody has looked at them"))
		return
	case !a.Known() && a.Access == core.AccessOK:
		t.part(themes.Dim, safe.Lit("switches: the cluster has none"))
		return
	case !a.Known():
		t.part(themes.Text, safe.Clean(a.Line(t.now)))
		return
	}
	is := themes.Header
	if !well(a) {
		is = themes.Warn
	}
	t.part(is, safe.Sprintf("switches: %s run what live says, read %s", a.Word(), t.ago(a.ReadAt)))
	if a.Access != core.AccessOK {
		t.fact(themes.Error, "since", a.Error)
	}
	all := slices.Clone(a.All)
	slices.SortStableFunc(all, func(x, y core.Agent) int {
		return cmp.Or(cmp.Compare(urgency(x, a), urgency(y, a)), cmp.Compare(x.Name, y.Name))
	})
	t.table(a, all)
}

// urgency orders switches: first those that do not run what they are to run.
func urgency(s core.Agent, a *core.Agents) int {
	switch {
	case !s.Converged():
		return 0
	case s.Matter(a.ReadAt) != "":
		return 1
	}
	return 2
}

// table lists switches. What fits nowhere of one is told below it.
func (t engineText) table(a *core.Agents, all []core.Agent) {
	rows := make([][]part, len(all))
	for i, s := range all {
		rows[i] = switchCells(s, a)
	}
	columns := switchColumns()
	for c := range columns {
		for _, row := range rows {
			columns[c].Width = min(max(columns[c].Width, widget.Width(row[c].text)), 40)
		}
	}
	table := widget.NewTable(t.width, columns)
	titles := make([]part, len(columns))
	for i, c := range columns {
		titles[i] = part{role: themes.Title, text: c.Title}
	}
	t.add(scrollLine{fold: -1, table: table, cells: titles})
	names := make([]safe.Text, len(rows))
	for i, row := range rows {
		names[i] = row[0].text
	}
	names = widget.FitApart(names, table.ColumnWidth(0), func(int) widget.Cut { return widget.CutMiddle })
	for i, row := range rows {
		row[0].text = names[i]
		t.add(scrollLine{fold: -1, table: table, cells: row})
		if why := all[i].HeartbeatError; why != "" {
			t.say(themes.Dim, 4, safe.Sprintf("no heartbeat to tell: %s", why))
		}
	}
}

func switchColumns() []widget.Column {
	column := func(title string, right bool, rank int) widget.Column {
		text := safe.Clean(title)
		return widget.Column{Title: text, Width: widget.Width(text), Right: right, Rank: rank}
	}
	all := []widget.Column{
		column("SWITCH", false, 0), column("RUNS", true, 0), column("HEARTBEAT", true, 1), column("VERSION", false, 3),
		column("REBOOT", false, 2), column("ROLE", false, 4), column("DESCRIPTION", false, 5),
	}
	all[0].Min, all[0].Cut = 8, widget.CutMiddle
	all[6].Min = 12
	return all
}

// switchCells are one switch: what it runs of what it is to run, how long before
// the last look it was heard of, and what it is.
func switchCells(s core.Agent, a *core.Agents) []part {
	cell := func(matters bool, t safe.Text) part {
		if matters {
			return part{role: themes.Warn, text: t}
		}
		return part{role: themes.Text, text: t}
	}
	runs := safe.Sprintf("%d/%d", s.Applied, s.Current)
	if s.Applied < 0 {
		runs = safe.Sprintf("?/%d", s.Current)
	}
	heard, late := safe.Clean(core.Age(a.ReadAt, s.Heartbeat)), a.ReadAt.Sub(s.Heartbeat) > core.LateHeartbeat
	switch {
	case s.HeartbeatError != "":
		heard, late = safe.Lit("?"), true
	case s.Heartbeat.IsZero():
		heard = safe.Lit("never")
	}
	reboot := safe.Lit(".")
	if s.Reboot {
		reboot = safe.Lit("needed")
	}
	return []part{
		cell(s.Matter(a.ReadAt) != "", safe.Clean(s.Name)), cell(s.Applied != s.Current, runs), cell(late, heard),
		cell(false, safe.Clean(s.Version)), cell(s.Reboot, reboot),
		{role: themes.Dim, text: safe.Clean(s.Role)},
		{role: themes.Dim, text: safe.Clean(s.Description)},
	}
}
