package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"selvage/core/safe"
	"selvage/themes"
)

// shelfMsg brings the themes that there are.
type shelfMsg []themes.Entry

// readThemes reads them, for somebody who may be about to choose.
func (m *Model) readThemes() tea.Cmd {
	shelf := m.cfg.Themes
	return func() tea.Msg { return shelfMsg(shelf.List()) }
}

func (s shelfMsg) take(m *Model) tea.Cmd {
	m.shelf = s
	if m.prompt == nil {
		return nil
	}
	if p, ok := m.prompt.line.(*palette); ok && !p.moved {
		p.changed(m, m.prompt.value())
	}
	return nil
}

// themeChoices are the themes by name, the one in use first.
func themeChoices(m *Model) []choice {
	var all []choice
	for _, e := range m.shelf {
		about := safe.Clean(e.About)
		if e.Err != nil {
			about = safe.Sprintf("cannot be used: %v", e.Err)
		}
		all = append(all, choice{e.Name, about})
	}
	slices.SortStableFunc(all, func(a, b choice) int {
		switch m.styles.common {
		case a.word:
			return -1
		case b.word:
			return 1
		}
		return 0
	})
	return all
}

// tryTheme shows a theme, none for "".
func (m *Model) tryTheme(name string) {
	for _, e := range m.shelf {
		if e.Name == name && e.Err == nil {
			m.styles.try(&e.Choice)
			return
		}
	}
	if m.styles.tried != nil {
		m.styles.try(nil)
	}
}

// themeMsg tells that a theme was loaded to be used.
type themeMsg struct {
	name string
	err  error
}

// useTheme makes a theme the common one, for as long as the dashboard is open.
func (m *Model) useTheme(name string) tea.Cmd {
	shelf := m.cfg.Themes
	return func() tea.Msg {
		_, err := shelf.Load(name)
		return themeMsg{name, err}
	}
}

func (t themeMsg) take(m *Model) tea.Cmd {
	if t.err != nil {
		m.tryTheme("")
		m.say(themes.Error, safe.Sprintf("theme: %v", t.err))
		return nil
	}
	m.styles.use(t.name)
	m.dress()
	m.say(themes.Dim, safe.Sprintf("theme %s until you leave; `theme: %s` in the configuration keeps it", t.name, t.name))
	if f, ok := m.fleet.Fabric(m.top().place.Fabric); ok && f.Fabric.Theme != "" {
		m.say(themes.Dim, safe.Sprintf("theme %s; %s has one of its own, %s", t.name, f.Fabric.ID, f.Fabric.Theme))
	}
	return nil
}
