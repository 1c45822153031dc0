package tui

import (
	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// objectPreview tells of one object in height lines: what it is, why its state
// is what it is, and its changes, each on one line.
func objectPreview(e Env, v *core.Verdict, namespace string, height int) []string {
	s := e.Style
	lines := []string{widget.Rule(e.Width, s.ink(themes.Rule),
		widget.Span{Ink: s.ink(themes.Header), Text: objectName(v.Key, namespace)},
		widget.Span{Ink: s.ink(themes.Dim), Text: place(v.Origin)})}
	lines = append(lines, stateLine(e, v, e.Width))
	room := height - len(lines)
	for i, c := range v.Changes {
		if i == room-1 && len(v.Changes) > room {
			left := safe.Sprintf(" and %s more", grouped(len(v.Changes)-i))
			return append(lines, widget.NewLine(e.Width).Put(s.ink(themes.Dim), left).String())
		}
		lines = append(lines, changeLine(e, c, e.Width))
	}
	return lines[:min(len(lines), height)]
}

// stateLine says what state an object is in, since when, and why.
func stateLine(e Env, v *core.Verdict, width int) string {
	s := e.Style
	l := widget.NewLine(width).Put(s.ink(role(v.State)), safe.Sprintf(" %c %s", v.State.Letter(), v.State.Title()))
	if !v.Since.IsZero() {
		l.Put(s.ink(themes.Dim), safe.Sprintf(" for %s", age(e.Now, v.Since)))
	}
	if v.State == core.Unknown && v.LastKnown {
		l.Put(s.ink(role(v.Last)), safe.Sprintf(", before that %c %s", v.Last.Letter(), v.Last.Title()))
	}
	if v.Reason != "" {
		l.Put(s.ink(themes.Text), safe.Sprintf(": %s", v.Reason))
	}
	return l.String()
}

// changeLine tells of one field what each side has.
func changeLine(e Env, c core.Change, width int) string {
	s := e.Style
	l := widget.NewLine(width).Put(s.ink(fieldRole(c.Verdict)), safe.Sprintf(" %c ", fieldLetter(c.Verdict)))
	if c.Path == core.Root {
		return l.Put(s.ink(themes.Text), safe.Lit("the whole object")).String()
	}
	sides := []widget.Span{}
	side := func(name string, v core.Value, r themes.Role) {
		text := safe.Lit("none")
		if v.Present() {
			text = inline(v.Any())
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

// fieldLetter marks the verdict on a field with the letter of the state that
// it makes.
func fieldLetter(v core.FieldVerdict) byte { return fieldState(v).Letter() }

func fieldRole(v core.FieldVerdict) themes.Role { return role(fieldState(v)) }

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
	d := newFieldDiff(v, diffOptions{}, width)
	lines := []string{
		stateLine(e, v, width),
		widget.NewLine(width).Put(e.Style.ink(themes.Dim), safe.Lit(" ").Plus(direction(v, false, width-1))).String(),
		"",
	}
	for i := range d.lines {
		if len(lines) == height-1 && i < len(d.lines)-1 {
			lines = append(lines, widget.NewLine(width).Put(e.Style.ink(themes.Dim), safe.Lit(" more (enter shows all)")).String())
			break
		}
		lines = append(lines, d.lines[i].draw(e.Style, e.Now, false, width))
	}
	return lines[:min(len(lines), max(height, 0))]
}
