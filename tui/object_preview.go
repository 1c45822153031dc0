package tui

import (
	"strings"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// objectPreview tells of one object in height lines: what it is, why its state
// is what it is, its changes, each on one line, and what keeping Git's values
// does.
func objectPreview(e Env, v *core.Verdict, f core.FabricState, height int) []string {
	s := e.Style
	lines := []string{rule(e, widget.Span{Ink: s.ink(themes.Header), Text: objectName(f, v.Key)},
		widget.Span{Ink: s.ink(themes.Dim), Text: place(v.Origin)})}
	lines = append(lines, stateLines(e, v, e.Width, max(height/3, 1))...)
	lines = append(lines, notes(e, v, e.Width)...)
	off, _ := split(v)
	keep, command := keepLines(e, f, v, e.Width)
	if len(lines)+len(keep)+len(command)+min(len(off), 1) <= height {
		keep = append(keep, command...)
	}
	room := height - len(lines) - min(len(keep), max(height-len(lines)-len(off), height/5))
	for i, c := range off {
		if i == room-1 && len(off) > room {
			left := safe.Sprintf(" and %s more", grouped(len(off)-i))
			lines = append(lines, widget.NewLine(e.Width).Put(s.ink(themes.Dim), left).String())
			break
		}
		if i < room {
			lines = append(lines, changeLine(e, v, c, e.Width))
		}
	}
	lines = append(lines, keep...)
	return lines[:min(len(lines), height)]
}

// engineOf is the engine of a fabric as the last check met it; nil where there
// was no check.
func engineOf(f core.FabricState) *core.Engine {
	if f.Report == nil {
		return nil
	}
	return f.Report.Engine
}

// notes are what else there is to know of an object: the word of a person that
// accepted it, what the engine says of it, and what the comparison noted.
func notes(e Env, v *core.Verdict, width int) []string {
	f, _ := e.fabric()
	texts := []safe.Text{}
	if a := v.Acknowledged; a != nil {
		texts = append(texts, safe.Sprintf("accepted by %s until %s: %s", a.By, core.Stamp(a.Until), a.Reason))
	}
	for _, says := range []string{tracked(engineOf(f), v), v.Opinion} {
		if says != "" {
			texts = append(texts, safe.Clean(says))
		}
	}
	for _, n := range v.Notes {
		texts = append(texts, safe.Sprintf("note: %s", n))
	}
	lines := []string{}
	for _, t := range texts {
		lines = append(lines, paragraph(t, e.Style.ink(themes.Dim), width)...)
	}
	return lines
}

// paragraph is a sentence on as many lines as it takes.
func paragraph(t safe.Text, ink widget.Ink, width int) []string {
	lines := []string{}
	for i, l := range widget.Wrap(t, max(width-4, 1)) {
		indent := 1
		if i > 0 {
			indent = 3
		}
		lines = append(lines, widget.NewLine(width).Gap(widget.Ink{}, indent).Put(ink, l).String())
	}
	return lines
}

// stateLines say what state an object is in, since when, and why, in most lines
// at most.
func stateLines(e Env, v *core.Verdict, width, most int) []string {
	s := e.Style
	l := widget.NewLine(width).Put(s.ink(role(v.State)), safe.Sprintf(" %c %s", v.State.Letter(), v.State.Title()))
	if !v.Since.IsZero() {
		l.Put(s.ink(themes.Dim), safe.Sprintf(" for %s", age(e.Now, v.Since)))
	}
	if v.State == core.Unknown && v.LastKnown {
		l.Put(s.ink(themes.Dim), safe.Lit(" (was ")).Put(s.ink(role(v.Last)), safe.Sprintf("%c %s", v.Last.Letter(), v.Last.Title()))
		if !v.LastSince.IsZero() && !v.Since.IsZero() {
			l.Put(s.ink(themes.Dim), safe.Sprintf(" for %s", age(v.Since, v.LastSince)))
		}
		l.Put(s.ink(themes.Dim), safe.Lit(")"))
	}
	if v.Reason == "" || v.Acknowledged != nil { // a note tells it, with the end
		return []string{l.String()}
	}
	return reasonLines(e, l, safe.Clean(v.Reason), width, most)
}

// reasonLines append a reason to the line that it is about, and go on below it.
func reasonLines(e Env, l *widget.Line, reason safe.Text, width, most int) []string {
	ink := e.Style.ink(themes.Text)
	l.Put(ink, safe.Lit(": "))
	if widget.Width(reason) <= l.Room() || most <= 1 {
		return []string{l.Put(ink, reason).String()}
	}
	first := widget.Wrap(reason, max(l.Room(), 1))[0]
	rest := strings.TrimLeft(strings.TrimPrefix(reason.String(), first.String()), " ")
	lines := []string{l.Put(ink, first).String()}
	below := widget.Wrap(safe.Clean(rest), max(width-4, 1))
	for i, t := range below[:min(len(below), most-1)] {
		if i == most-2 && i < len(below)-1 {
			t = widget.Fit(safe.Join(" ", below[i:]...), max(width-4, 1), widget.CutEnd)
		}
		lines = append(lines, widget.NewLine(width).Gap(widget.Ink{}, 3).Put(ink, t).String())
	}
	return lines
}

// changeLine tells of one field what each side has.
func changeLine(e Env, v *core.Verdict, c core.Change, width int) string {
	s := e.Style
	is := fieldState(c.Verdict)
	if c.Path == core.Root {
		is = v.State
	}
	l := widget.NewLine(width).Put(s.ink(role(is)), safe.Sprintf(" %c ", is.Letter()))
	if c.Path == core.Root {
		return l.Put(s.ink(themes.Text), safe.Lit("the whole object  ")).Put(s.ink(themes.Dim), changeWord(v, c)).String()
	}
	if nowhere(c) {
		return l.Put(s.ink(themes.Text), widget.Fit(safe.Clean(string(c.Path)), l.Room()-28, widget.CutStart)).
			Put(s.ink(themes.Dim), safe.Lit("  gone from live, not in git")).String()
	}
	sides := []widget.Span{}
	side := func(name string, v core.Value, r themes.Role) {
		text := safe.Lit("none")
		if v.Present() {
			text = quoted(v)
		}
		sides = append(sides,
			widget.Span{Ink: s.ink(themes.Dim), Text: safe.Sprintf("  %s ", name)},
			widget.Span{Ink: s.ink(r), Text: widget.Fit(text, 24, widget.CutEnd)})
	}
	if c.Base.Present() && !c.Base.Equal(c.Git) && !c.Base.Equal(c.Live) {
		side("base", c.Base, themes.Text)
	}
	side("live", c.Live, themes.Removed)
	side("git", c.Git, themes.Added)
	room := max(l.Room()-widget.SpanWidth(sides), min(width/3, 30))
	return l.Put(s.ink(themes.Text), widget.Fit(safe.Clean(string(c.Path)), room, widget.CutStart)).Spans(sides...).String()
}

func fieldRole(v core.FieldVerdict) themes.Role { return role(fieldState(v)) }

// fieldState is the state that the verdict on a field makes.
func fieldState(v core.FieldVerdict) core.State {
	switch v {
	case core.FieldGitAhead:
		return core.Pending
	case core.FieldDrift:
		return core.Drifted
	case core.FieldConflict:
		return core.Conflict
	case core.FieldServerAdded, core.FieldConverged, core.FieldPruned:
		return core.InSync
	default:
		return core.Differs
	}
}

// changesPreview is the diff of an object as it stands beside a list.
func changesPreview(e Env, v *core.Verdict, width, height int) []string {
	f, _ := e.fabric()
	d := newFieldDiff(v, f, diffOptions{most: height}, width)
	lines := append(stateLines(e, v, width, max(height/4, 1)),
		widget.NewLine(width).Put(e.Style.ink(themes.Dim), safe.Lit(" ").Plus(direction(v, false, width-1))).String())
	lines = append(append(lines, notes(e, v, width)...), "")
	for i := range d.lines {
		if len(lines) == height-1 && i < len(d.lines)-1 {
			lines = append(lines, widget.NewLine(width).Put(e.Style.ink(themes.Dim), safe.Lit(" more (enter shows all)")).String())
			break
		}
		lines = append(lines, d.lines[i].draw(e.Style, e.Now, false, width))
	}
	return lines[:min(len(lines), max(height, 0))]
}

// beside is what stands beside the list about the row under the cursor.
func (p *detailPane) beside(e Env, f core.FabricState, r objectRow, width, height int) []string {
	objects := r.objects()
	if len(objects) == 0 {
		return nil
	}
	if r.members == nil {
		return changesPreview(e, r.verdict, width, height)
	}
	lines := p.members(e, f, r, width, max(height/3, 2))
	return append(lines, changesPreview(e, r.members[0], width, height-len(lines))...)
}

// below is what stands below it.
func (p *detailPane) below(e Env, f core.FabricState, r objectRow, height int) []string {
	switch {
	case r.verdict != nil:
		return objectPreview(e, r.verdict, f, height)
	case r.members == nil:
		return append([]string{rule(e, widget.Span{Ink: e.Style.ink(themes.Header), Text: safe.Clean(r.kind.String())}, widget.Span{})},
			paragraph(safe.Sprintf("%s live: git holds no object of this kind, and never held one, so they are not compared", grouped(r.number)), e.Style.ink(themes.Dim), e.Width)...)
	}
	lines := []string{rule(e, widget.Span{Ink: e.Style.ink(themes.Header), Text: rowName(f, r)}, widget.Span{})}
	lines = append(lines, p.members(e, f, r, e.Width, max(height/3, 1))...)
	off, _ := split(r.members[0])
	for _, c := range off[:min(len(off), max(height-len(lines), 0))] {
		lines = append(lines, changeLine(e, r.members[0], c, e.Width))
	}
	return lines[:min(len(lines), height)]
}

// members name the objects of a group, on at most so many lines.
func (p *detailPane) members(e Env, f core.FabricState, r objectRow, width, most int) []string {
	names := make([]safe.Text, min(len(r.members), most*width/4)) // more are not seen
	for i := range names {
		names[i] = objectName(f, r.members[i].Key)
	}
	text := safe.Sprintf("%s with the same change: ", plural(len(r.members), "object")).Plus(safe.Join(", ", names...))
	lines := paragraph(text, e.Style.ink(themes.Text), width)
	if len(lines) > most {
		lines = append(lines[:most-1:most-1], paragraph(safe.Lit("and more"), e.Style.ink(themes.Dim), width)...)
	}
	return lines
}
