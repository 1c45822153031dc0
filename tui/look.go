package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// look is how a person wants the screens to be laid out; the zero look leaves it
// to their size. It is remembered until the dashboard ends.
type look struct {
	compact bool // one header line, and rows
	plain   bool // no previews
	where   previewPlace
}

// previewPlace is where the preview of a list's selected row goes.
type previewPlace uint8

const (
	wherever previewPlace = iota
	nowhereAtAll
	onTheRight
	below
)

// rightFits and belowFits tell whether there is room for a preview at a place.
func (e Env) rightFits() bool { return e.roomy() && e.Width >= sideBySide }
func (e Env) belowFits() bool { return e.roomy() && e.Height >= 14 }

// preview is where a preview goes: where the person wants it if there is room,
// else on the right where that fits beside the list, else below. A list of which
// little would be left has none.
func (e Env) preview(besides bool) previewPlace {
	right := e.rightFits() && (besides || e.look.where == onTheRight)
	switch {
	case e.look.plain, !right && !e.belowFits():
		return nowhereAtAll
	case right && (e.look.where != below || !e.belowFits()):
		return onTheRight
	case e.belowFits():
		return below
	}
	return nowhereAtAll
}

// lookActs are the actions that lay screens out.
func lookActs() map[Action]ownAct {
	previews := func(m *Model) bool { return slices.Contains(m.top().spec.scopes, inPreview) }
	return map[Action]ownAct{
		ActPreview: {
			can: func(m *Model) bool { e := m.env(); return previews(m) && (e.rightFits() || e.belowFits()) },
			do: func(m *Model) tea.Cmd {
				m.look.plain = !m.look.plain
				return nil
			},
		},
		ActPreviewMove: {
			can: func(m *Model) bool { e := m.env(); return previews(m) && e.rightFits() && e.belowFits() },
			do: func(m *Model) tea.Cmd {
				to := onTheRight
				if !m.look.plain && m.look.where != below {
					to = below
				}
				m.look.plain, m.look.where = false, to
				return nil
			},
		},
		ActCompact: {do: func(m *Model) tea.Cmd {
			m.look.compact = !m.look.compact
			return nil
		}},
	}
}

// listRule is the line over a list: what it is a list of, the filter, and a note,
// as by what it is sorted, as far as there is room.
func listRule(e Env, title, order widget.Span) string {
	s := e.Style
	if e.text { // dashes would break on a terminal that is narrower
		l := widget.NewLine(e.Width).Spans(title)
		if !e.Filter.empty() {
			l.Gap(widget.Ink{}, 2).Spans(e.Filter.note(s))
		}
		return l.Gap(widget.Ink{}, 2).Spans(order).String()
	}
	line := func(notes ...widget.Span) string {
		return widget.RuleOf(e.Width, s.ink(themes.Rule), title, notes...)
	}
	if e.Filter.empty() {
		return line(order)
	}
	note := e.Filter.note(s)
	if widget.Width(title.Text)+widget.Width(note.Text)+widget.Width(order.Text)+12 > e.Width {
		// That something is filtered out must not be missed.
		title.Text = widget.Fit(title.Text, max(e.Width-widget.Width(note.Text)-9, e.Width/3), widget.CutEnd)
		note.Text = widget.Fit(note.Text, e.Width-widget.Width(title.Text)-9, widget.CutEnd)
		return line(note)
	}
	if order.Text.Len() > 0 {
		order.Text = safe.Lit("  ").Plus(order.Text)
	}
	return line(note, order)
}
