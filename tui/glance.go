package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// glance is what stands beside or below a list about the row under the cursor. Its
// pane draws it by [Env.glimpse]; the root gives it the focus and scrolls it.
type glance struct {
	drawn bool // the frame that was drawn last has one
	fresh bool // nothing happened since that was drawn
	about any  // the row that it is about

	focused bool
	on      *screen // that the focus was given on
	of      any     // and the row
	top     int     // the first line that is seen
	lines   int     // all that there are
	page    int     // how many of them are seen
}

// glanceMost is how many lines of it can be reached; the last one then says how much
// there is besides.
const glanceMost = 1000

// glimpse draws what stands beside a list about one of its rows, in height lines: as
// draw does it for that height, which leaves out what has no room. With the focus it is
// all of that, as far as it is scrolled to, below a line that says so. Where the first
// line is a rule, ruled, that line takes its place.
func (e Env) glimpse(about any, name safe.Text, width, height int, ruled bool, draw func(height int) []string) []string {
	g := e.glance
	if g == nil || height < 2 {
		return draw(height)
	}
	if !g.focused {
		lines := draw(height)
		g.drawn, g.about = len(lines) > 0, about
		return lines
	}
	all := draw(glanceMost)
	g.drawn, g.about = len(all) > 0, about
	if ruled {
		all = all[min(1, len(all)):]
	}
	for len(all) > 0 && all[len(all)-1] == "" {
		all = all[:len(all)-1]
	}
	g.lines, g.page = len(all), height-1
	g.top = max(min(g.top, g.lines-g.page), 0)
	to := min(g.top+g.page, g.lines)
	s := e.Style
	title := widget.Span{Ink: s.ink(themes.Header), Text: safe.Lit("[preview] ").Plus(name)}
	seen := widget.Span{Ink: s.ink(themes.Match), Text: safe.Sprintf("%d-%d of %d", min(g.top+1, to), to, g.lines)}
	return append([]string{widget.Rule(width, s.ink(themes.Rule), title, seen)}, all[g.top:to]...)
}

// takes tells whether an action scrolls what has the focus.
func (g *glance) takes(a Action) bool {
	var w widget.Window
	return g.focused && move(&w, a, 1)
}

// scroll does it.
func (g *glance) scroll(a Action) {
	var w widget.Window
	w.SetLen(max(g.lines-g.page+1, 1))
	w.To(g.top)
	// There is no cursor to see: what moves is the first line.
	move(&w, a, g.page)
	g.top = w.Cursor()
}

// hint is a binding as the footer names it: with the focus, by what it does to the
// preview.
func (g *glance) hint(b binding) binding {
	switch {
	case !g.focused:
	case b.action == ActOther:
		b.hint = "to the list"
	case b.action == ActDown:
		b.hint = "scroll"
	}
	return b
}

// rank puts those first that only the focus has there.
func (g *glance) rank(b binding) int {
	switch {
	case g.focused && b.action == ActOther:
		return 0
	case g.takes(b.action):
		return 1
	}
	return 2
}

// glimpsed tells whether something stands beside the list on screen.
func (m *Model) glimpsed() bool {
	if !m.glance.fresh {
		m.frame(m.current())
	}
	return m.glance.drawn
}

// refocus takes the focus back where what it was on is gone: the screen, the row, or
// the room.
func (m *Model) refocus() {
	g := &m.glance
	g.fresh = false
	if g.focused && (g.on != m.top() || !m.glimpsed() || g.of != g.about) {
		m.unfocus()
	}
}

func (m *Model) unfocus() { m.glance.focused, m.glance.top, m.glance.fresh = false, 0, false }

// glanceActs lead from one pane of a screen to the other.
func glanceActs() map[Action]ownAct {
	return map[Action]ownAct{ActOther: {
		can: (*Model).glimpsed,
		do: func(m *Model) tea.Cmd {
			g := &m.glance
			if g.focused {
				m.unfocus()
				return nil
			}
			g.focused, g.on, g.of, g.top = true, m.top(), g.about, 0
			return nil
		},
	}}
}

// whyNoOther says why there is no other pane.
func (m *Model) whyNoOther() safe.Text {
	e := m.env()
	previews := slices.Contains(m.top().spec.scopes, inPreview)
	switch {
	case previews && e.look.plain:
		return safe.Lit("the preview is off: p shows it")
	case previews && !e.rightFits() && !e.belowFits():
		return safe.Lit("no room for a preview here")
	}
	return safe.Lit("no other pane: nothing stands beside a list here")
}
