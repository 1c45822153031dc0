package tui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// historyWords are what the filter of a history can name.
func historyWords() *filterWords {
	return &filterWords{
		fields: []string{"what", "by", "object", "fabric", "since"}, states: objectWords().states,
		examples: []string{"what=overwritten", "what=sync", "by=kubectl", "object=vpc/tenant-a", "since<2d", "!what=check"},
	}
}

// sinceTerm takes the words since<2d out of a filter, and gives the shortest time
// that they name; 0 for none.
func sinceTerm(f filter) (filter, time.Duration) {
	shortest, rest := time.Duration(0), f
	rest.terms = slices.DeleteFunc(slices.Clone(f.terms), func(t term) bool {
		text, ok := strings.CutPrefix(t.word, "since<")
		if !ok || t.field != "" || t.not {
			return false
		}
		if d, ok := spanText(text); ok && (shortest == 0 || d < shortest) {
			shortest = d
		}
		return true
	})
	return rest, shortest
}

// spanText reads a time such as 90m, 2d, 3w.
func spanText(text string) (time.Duration, bool) {
	if text == "" {
		return 0, false
	}
	unit := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}[text[len(text)-1]]
	n, err := strconv.Atoi(text[:len(text)-1])
	return time.Duration(n) * unit, err == nil && unit > 0 && n > 0 && n < 100_000
}

// subject is what the filter is matched against.
func (h *happened) subject(e Env) subject {
	objects := make([]string, len(h.about))
	f, _ := e.Fleet.Fabric(h.entry.Fabric)
	for i, k := range h.about {
		objects[i] = f.Fabric.Label(k)
	}
	return subject{text: h.text, fields: map[string][]string{
		"what": {h.what, h.word.text.String()}, "by": {h.who}, "object": objects, "fabric": {string(h.entry.Fabric)},
	}}
}

// above are the lines over the list: the filter, and of one fabric how it fared.
func (p *historyPane) above(e Env) []string {
	s := e.Style
	if !e.roomy() {
		return nil
	}
	title, note := safe.Lit("history, newest first"), widget.Span{}
	if p.all {
		title = safe.Lit("all fabrics, newest first")
	} else if p.course != nil {
		note = widget.Span{Ink: s.ink(themes.Dim), Text: safe.Sprintf("watched %d%% of %d days", p.course.Share(), len(p.course.Days))}
	}
	if !e.Filter.empty() {
		note = e.Filter.note(s, e.Height)
	}
	lines := []string{widget.Rule(e.Width, s.ink(themes.Rule), widget.Span{Ink: s.ink(themes.Title), Text: title}, note)}
	if p.course != nil && !p.all && e.Height >= 12 {
		lines = append(lines, courseLine(e, p.course))
	}
	return lines
}

// courseLine is how a fabric fared, a character for each day: the letter of the
// worst state, a dot where all was well, a blank where nobody looked.
func courseLine(e Env, c *core.Course) string {
	s, l := e.Style, widget.NewLine(e.Width)
	lead := safe.Sprintf(" %d days ", len(c.Days))
	l.Put(s.ink(themes.Dim), lead).Put(s.ink(themes.Rule), safe.Lit("["))
	days := c.Days
	if room := e.Width - widget.Width(lead) - 2; len(days) > room {
		days = days[len(days)-max(room, 0):]
	}
	for _, d := range days {
		switch {
		case !d.Seen:
			l.Gap(widget.Ink{}, 1)
		case d.State == core.InSync:
			l.Put(s.ink(role(core.InSync)), safe.Lit("."))
		default:
			l.Put(s.ink(role(d.State)), safe.Clean(string(d.State.Letter())))
		}
	}
	l.Put(s.ink(themes.Rule), safe.Lit("]"))
	words := []string{}
	if c.Off > 0 {
		words = append(words, "off for "+core.ShortAge(c.Off))
	}
	if c.Repairs > 0 {
		words = append(words, fmt.Sprintf("mended %s, each after %s", times(c.Repairs), core.ShortAge(c.Repair)))
	}
	tell := safe.Clean("  " + strings.Join(words, ", "))
	if widget.Width(tell) <= l.Room() {
		l.Put(s.ink(themes.Dim), tell)
	}
	return l.String()
}

// times is how often something was: once, 3 times.
func times(n int) string {
	if n == 1 {
		return "once"
	}
	return grouped(n) + " times"
}

// lines draws the rows that are seen, in height lines.
func (p *historyPane) lines(e Env, width, height int) []string {
	if height <= 0 {
		return nil
	}
	t := widget.NewTable(width, p.columns(e))
	lines := []string{}
	if height > 2 {
		lines = append(lines, t.Head(e.Style.ink(themes.Title)))
		height--
	}
	p.page = height
	from, to := p.list.See(height)
	for i := from; i < to; i++ {
		selected := i == p.list.Cursor()
		lines = append(lines, t.Row(e.Style.on(selected, themes.Text), selected, p.cells(e, &p.rows[i], selected)))
	}
	return lines
}

// columns are those of the list. Who did it and which commit can be missed first.
func (p *historyPane) columns(e Env) []widget.Column {
	columns := []widget.Column{
		{Title: safe.Lit("AGO"), Width: 4, Right: true, Rank: 1},
		{Title: safe.Lit("WHEN"), Width: 5, Rank: 4},
		{Title: safe.Lit("WHAT"), Width: 14, Min: 13, Cut: widget.CutEnd},
		{Title: safe.Lit("WHO"), Width: 14, Min: 8, Rank: 3},
		{Title: safe.Lit("ABOUT"), Width: 60, Min: min(e.Width/2, 40), Grow: true},
		{Title: safe.Lit("REV"), Width: 7, Rank: 5},
	}
	if p.all {
		fabric := widget.Column{Title: safe.Lit("FABRIC"), Width: 12, Min: 8, Cut: widget.CutMiddle}
		for _, f := range e.Fleet.Fabrics {
			fabric.Width = min(max(fabric.Width, len(f.Fabric.ID)), 20)
		}
		columns = slices.Insert(columns, 2, fabric)
	}
	return columns
}

func (p *historyPane) cells(e Env, r *historyRow, selected bool) []widget.Span {
	ink := func(r themes.Role) widget.Ink { return e.Style.on(selected, r) }
	rev := safe.Text{}
	if r.rev != "" {
		rev = revision(r.rev)
	}
	cells := []widget.Span{
		{Ink: ink(themes.Dim), Text: age(e.Now, r.entry.At)},
		{Ink: ink(themes.Dim), Text: clockOf(e.Now, r.entry.At)},
		{Ink: ink(r.word.role), Text: r.word.text},
		{Ink: ink(themes.Dim), Text: safe.Clean(r.who)},
		{Ink: ink(themes.Text), Text: p.about(e, r)},
		{Ink: ink(themes.Dim), Text: rev},
	}
	if p.all {
		cells = slices.Insert(cells, 2, widget.Span{Ink: ink(themes.Text), Text: safe.Clean(string(r.entry.Fabric))})
	}
	return cells
}

// about is what a row is about and what came of it, on one line.
func (p *historyPane) about(e Env, r *historyRow) safe.Text {
	f, _ := e.Fleet.Fabric(r.entry.Fabric)
	text := r.says
	switch _, run := r.entry.What.(core.Run); {
	case run:
	case len(r.others) > 0 && len(r.about) == 0:
		text = text.Plus(safe.Sprintf(" (%s since %s)", plural(len(r.others)+1, "check"), clockOf(e.Now, r.others[len(r.others)-1].entry.At)))
	case len(r.others) > 0 || len(r.about) > 1:
		text = safe.Sprintf("%s ", plural(len(r.objects()), "object")).Plus(text)
	case len(r.about) == 1:
		text = objectName(f, r.about[0]).Plus(safe.Lit(" "), text)
	}
	return text
}

// rule divides the list from what is told of the row under the cursor.
func (p *historyPane) rule(e Env) string {
	r := p.rows[p.list.Cursor()]
	return widget.Rule(e.Width, e.Style.ink(themes.Rule), widget.Span{Ink: e.Style.ink(r.word.role), Text: r.word.text},
		widget.Span{Ink: e.Style.ink(themes.Dim), Text: safe.Clean(core.Stamp(r.entry.At))})
}

// details tell all of the row under the cursor for which there is room.
func (p *historyPane) details(e Env, width, height int) []string {
	r := p.rows[p.list.Cursor()]
	f, _ := e.Fleet.Fabric(r.entry.Fabric)
	text := newEntryText(&r, f, e, width)
	lines := []string{}
	for i := range text.lines {
		if len(lines) == height-1 && i < len(text.lines)-1 {
			lines = append(lines, widget.NewLine(width).Put(e.Style.ink(themes.Dim), safe.Lit(" more")).String())
			break
		}
		if len(lines) < height {
			lines = append(lines, text.lines[i].draw(e.Style, e.Now, false, width))
		}
	}
	return lines
}
