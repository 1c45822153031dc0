package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// helpLine is what is typed while help is open: it searches everything that can be
// done on the screen below and everywhere. As long as nothing is typed the keys
// that move scroll the help.
type helpLine struct {
	pane   *helpPane
	text   string
	found  []suggestion
	chosen int
	seen   widget.Window
}

func (*helpLine) label() safe.Text { return safe.Lit("search: ") }

func (l *helpLine) changed(m *Model, text string) {
	l.text, l.chosen = text, 0
	m.beneath(func() { l.found = ranked(m.everything(), text, suggestion.about) })
}

func (s suggestion) about() (name, help string) { return s.text, s.help.String() }

// beneath does something as if the screen on top were not there.
func (m *Model) beneath(do func()) {
	if len(m.stack) == 1 {
		do()
		return
	}
	all := m.stack
	m.stack = all[: len(all)-1 : len(all)-1]
	do()
	m.stack = all
}

// everything is all that could be done on this screen and everywhere. What can do
// nothing now comes last, and dim.
func (m *Model) everything() []suggestion {
	found := m.suggest("")
	for _, s := range m.actions() {
		if s.dim && !slices.ContainsFunc(found, func(o suggestion) bool { return o.command != nil && o.command.act == s.act }) {
			found = append(found, s)
		}
	}
	return found
}

func (l *helpLine) key(m *Model, key string) (tea.Cmd, bool) {
	by, moves := map[string]int{"up": -1, "down": 1, "pgup": -l.page(m), "pgdown": l.page(m)}[key]
	switch {
	case l.text != "" && moves:
		l.chosen = min(max(l.chosen+by, 0), max(len(l.found)-1, 0))
		return nil, true
	case l.text != "":
		return nil, key == "tab"
	case key == "tab":
		return nil, true
	}
	a, ok := m.keymap.lookup(m.top().spec.scopes, key)
	switch {
	case !ok, len([]rune(key)) == 1 && a != ActHelp:
		return nil, false // it is typed
	case a == ActHelp, a == ActBack:
		m.prompt = nil
		m.back()
	case slices.ContainsFunc(m.keymap.of([]scope{inAll}), func(b binding) bool { return b.action == a }):
		m.do(a)
	default:
		return nil, false
	}
	return nil, true
}

func (l *helpLine) page(m *Model) int {
	_, height := m.room()
	return max(height-1, 1)
}

// enter closes help and runs what was found. Where it lacks an argument it is put
// behind the colon.
func (l *helpLine) enter(m *Model, text string) tea.Cmd {
	if text == "" || len(l.found) == 0 {
		m.prompt = newPrompt(text, l)
		return nil
	}
	s := l.found[l.chosen]
	if s.dim {
		m.prompt = newPrompt(text, l)
		m.beneath(func() { m.say(themes.Warn, m.idle(s.act)) })
		return nil
	}
	m.back()
	if s.args != "" && s.args[0] != '[' {
		cmd := m.command()
		m.prompt.line.(*palette).become(m, s.line())
		return cmd
	}
	return m.obey(s)
}

func (*helpLine) escape(m *Model) { m.back() }

func (*helpLine) above(*Model, int) []string { return nil }

// draw shows what was found.
func (l *helpLine) draw(e Env) []string {
	s := e.Style
	lines := []string{rule(e, widget.Span{Ink: s.ink(themes.Title), Text: safe.Lit("found")},
		widget.Span{Ink: s.ink(themes.Dim), Text: safe.Clean(plural(len(l.found), "command"))})}
	if !e.roomy() {
		lines = nil
	}
	if len(l.found) == 0 {
		return append(lines, paragraph(safe.Sprintf("nothing does %q", l.text), s.ink(themes.Dim), e.Width)...)
	}
	l.seen.SetLen(len(l.found))
	l.seen.To(l.chosen)
	from, to := l.seen.See(e.Height - len(lines))
	return append(lines, drawSuggestions(s, e.Width, l.found, from, to, l.chosen)...)
}
