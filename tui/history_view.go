package tui

import (
	"fmt"
	"slices"
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
		fields: []string{"what", "by", "object", "fabric"}, spans: []string{"since"}, states: objectWords().states,
		examples: []string{"what=overwritten", "what=sync", "by=kubectl", "object=vpc/tenant-a", "since<2d", "!what=check"},
	}
}

// sinceTerm is the shortest time that since< names in a filter: nothing older is
// let through; 0 for none.
func sinceTerm(f filter) time.Duration {
	shortest := time.Duration(0)
	for _, t := range f.terms {
		if d := time.Duration(t.than * float64(time.Second)); t.field == "since" && t.op == '<' && !t.not && (shortest == 0 || d < shortest) {
			shortest = d
		}
	}
	return shortest
}

// noise tells of what happened whether it is shown only to who asks for it: that
// nobody watched between two checks is so of every fabric that is not followed.
func (h *happened) noise(f filter) bool {
	b, ok := h.entry.What.(core.Blind)
	return ok && b.Reason == core.Polled && !slices.ContainsFunc(f.terms, func(t term) bool {
		return !t.not && t.word != "" && (strings.Contains("not_watched", t.word) || t.word == core.Polled)
	})
}

// filtered is an entry as a filter is matched against it.
type filtered struct {
	*happened
	e Env
}

func (t filtered) whole() string { return t.text }

func (t filtered) words(field string) []string {
	switch field {
	case "what":
		return []string{t.what, t.word.text.String()}
	case "by":
		return []string{t.who}
	case "fabric":
		return []string{string(t.entry.Fabric)}
	case "object":
		objects := make([]string, len(t.about))
		f, _ := t.e.Fleet.Fabric(t.entry.Fabric)
		for i, k := range t.about {
			objects[i] = f.Fabric.Label(k)
		}
		return objects
	}
	return nil
}

func (t filtered) amount(field string) (float64, bool) {
	return t.e.Now.Sub(t.entry.At).Seconds(), field == "since"
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
		note = widget.Span{Ink: s.ink(themes.Dim), Text: followedText(e, p.course)}
	}
	lines := []string{listRule(e, widget.Span{Ink: s.ink(themes.Title), Text: title}, note)}
	if p.course != nil && !p.all && e.Height >= 12 {
		lines = append(lines, courseLine(e, p.course))
	}
	return lines
}

// followedText tells for how much of a time the state of the fabric was known, or
// where nobody watched it in that time, how often it is looked at: to be polled is
// how it is set up and no fault.
func followedText(e Env, c *core.Course) safe.Text {
	f, ok := e.fabric()
	switch {
	case !ok || f.Report == nil:
		return safe.Text{}
	case f.Report.Watched.Before(c.From):
		return safe.Sprintf("polled, %s", f.Fabric.Polling())
	}
	return safe.Sprintf("watched %d%% of %d days", c.Share(), len(c.Days))
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
	for _, tell := range courseWords(c) {
		if tell := safe.Clean("  " + tell); widget.Width(tell) <= l.Room() {
			l.Put(s.ink(themes.Dim), tell)
			break
		}
	}
	return l.String()
}

// courseWords sum a course up, in fewer words from one to the next. What it was off is
// a part of the time of which somebody knew; until something was mended the clock went
// on, also while nobody did.
func courseWords(c *core.Course) []string {
	off, mended := "", ""
	if c.Off > 0 {
		off = fmt.Sprintf("off for %s of %s known", core.ShortAge(c.Off), core.ShortAge(c.Watched))
	}
	if c.Repairs == 1 {
		mended = fmt.Sprintf("mended once, %s after it began", core.ShortAge(c.Repair))
	}
	if c.Repairs > 1 {
		mended = fmt.Sprintf("mended %s, on average %s after it began", times(c.Repairs), core.ShortAge(c.Repair))
	}
	if off == "" || mended == "" {
		return []string{off + mended}
	}
	return []string{off + "; " + mended, off}
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
	t := widget.NewTable(width, p.columns(e))
	return p.draw(e, t, height, func(i int, selected bool, ink inks) string {
		return t.Row(ink(themes.Text), selected, p.cells(e, &p.rows[i], ink))
	})
}

// columns are those of the list. Who did it and which commit can be missed first.
func (p *historyPane) columns(e Env) []widget.Column {
	columns := []widget.Column{
		{Title: safe.Lit("AGO"), Width: 4, Right: true, Rank: 1},
		{Title: safe.Lit("WHEN"), Width: 5, Rank: 4},
		{Title: safe.Lit("WHAT"), Width: 14, Min: 13, Cut: widget.CutEnd},
		{Title: safe.Lit("WHO"), Width: 14, Min: 8, Rank: 3},
		{Title: safe.Lit("ABOUT"), Width: 60, Min: min(e.Width/2, 36), Grow: true},
		{Title: safe.Lit("REV"), Width: 7, Rank: 5},
	}
	if p.all {
		fabric := widget.Column{Title: safe.Lit("FABRIC"), Width: 8, Cut: widget.CutMiddle}
		for _, f := range e.Fleet.Fabrics {
			fabric.Width = min(max(fabric.Width, len(f.Fabric.ID)), 20)
		}
		fabric.Min = min(fabric.Width, 14) // others have to go before its name is cut
		columns = slices.Insert(columns, 2, fabric)
	}
	return columns
}

func (p *historyPane) cells(e Env, r *historyRow, ink inks) []widget.Span {
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
	f, there := e.Fleet.Fabric(r.entry.Fabric)
	text := r.says
	blind, isBlind := r.entry.What.(core.Blind)
	switch _, run := r.entry.What.(core.Run); {
	case run:
	case isBlind && blind.Reason == core.Polled && there:
		text = text.Plus(safe.Sprintf(", %s", f.Fabric.Polling()))
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
	return rule(e, widget.Span{Ink: e.Style.ink(r.word.role), Text: r.word.text},
		widget.Span{Ink: e.Style.ink(themes.Dim), Text: safe.Clean(core.Stamp(r.entry.At))})
}

// preview tells of the row under the cursor what it was, under a rule where it stands
// below the list.
func (p *historyPane) preview(e Env, width, height int, ruled bool) []string {
	r := p.rows[p.list.Cursor()]
	return e.glimpse(p.list.Keys()[p.list.Cursor()], r.word.text, width, height, ruled, func(height int) []string {
		if ruled {
			return append([]string{p.rule(e)}, p.details(e, width, height-1)...)
		}
		return p.details(e, width, height)
	})
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
