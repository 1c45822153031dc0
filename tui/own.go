package tui

import (
	"maps"

	tea "charm.land/bubbletea/v2"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
)

// ownAct is an action of the dashboard itself, which no pane is asked about.
type ownAct struct {
	can func(*Model) bool // nil where it always can
	do  func(*Model) tea.Cmd
}

// ownMsg is a message of this package: it knows itself what is to be done about it.
type ownMsg interface{ take(*Model) tea.Cmd }

// aimer is a pane in which several fabrics can be meant at once.
type aimer interface{ Aimed(Env) []core.FabricID }

// aimed are the fabrics that an action is about: those that are meant in a list,
// else the one that the screen is about.
func (m *Model) aimed() []core.FabricID {
	p, e := m.current()
	if a, ok := p.(aimer); ok {
		return a.Aimed(e)
	}
	if _, ok := m.fleet.Fabric(m.top().place.Fabric); ok {
		return []core.FabricID{m.top().place.Fabric}
	}
	return nil
}

// check has fabrics checked now.
func (m *Model) check(ids []core.FabricID) tea.Cmd {
	m.cfg.Engine.Refresh(ids...)
	what := safe.Clean(plural(len(ids), "fabric"))
	if len(ids) == 1 {
		what = safe.Clean(string(ids[0]))
	}
	m.say(themes.Dim, safe.Sprintf("checking %s", what))
	return nil
}

// ownActs are the actions of the dashboard itself, by name. Each part of it adds
// its own.
func ownActs() map[Action]ownAct {
	all := map[Action]ownAct{}
	for _, part := range []map[Action]ownAct{appActs(), tabActs(), lookActs(), handActs(), recordActs(), commandActs(), loginActs(), openerActs(), runActs(), glanceActs(), wayActs()} {
		maps.Copy(all, part)
	}
	return all
}

// appActs are those that lead about, and those that the terminal asks for.
func appActs() map[Action]ownAct {
	filters := func(m *Model) bool { return m.top().spec.filter != nil }
	filter := func(m *Model) tea.Cmd {
		text := m.top().filter.text
		m.prompt = newPrompt(text, filterLine{text})
		return nil
	}
	return map[Action]ownAct{
		ActHelp: {do: (*Model).help},
		ActBack: {
			can: func(m *Model) bool {
				return len(m.stack) > 1 || m.glance.focused || !m.top().filter.empty() || m.chosen() != ""
			},
			do: (*Model).escape,
		},
		ActClose: {do: func(m *Model) tea.Cmd {
			if len(m.stack) == 1 {
				return m.quit()
			}
			m.back()
			return nil
		}},
		ActQuit:    {do: (*Model).quit},
		ActRedraw:  {do: func(*Model) tea.Cmd { return tea.ClearScreen }},
		ActSuspend: {do: (*Model).suspend},
		ActCheck: {
			can: func(m *Model) bool { return len(m.aimed()) > 0 },
			do:  func(m *Model) tea.Cmd { return m.check(m.aimed()) },
		},
		ActCheckAll: {
			can: func(m *Model) bool { return len(m.fleet.Fabrics) > 0 },
			do: func(m *Model) tea.Cmd {
				m.cfg.Engine.Refresh()
				m.say(themes.Dim, safe.Lit("checking all fabrics"))
				return nil
			},
		},
		ActFilter: {filters, filter},
		ActSearch: {filters, filter},
	}
}

// suspend gives the terminal to the shell, where there is one. Without one the system
// does not stop the process, and the library would wait for its waking for ever.
func (m *Model) suspend() tea.Cmd {
	if m.cfg.Leads {
		m.say(themes.Dim, safe.Lit("no shell is behind the dashboard to give the terminal to: it was not started from one"))
		return nil
	}
	return m.whenQuiet(tea.Suspend)
}

// help opens the help, or closes it.
func (m *Model) help() tea.Cmd {
	if m.top().spec.name == "help" {
		m.back()
		return nil
	}
	m.open(Place{Screen: "help", Fabric: m.top().place.Fabric}, nil)
	m.arrive()
	return nil
}

// escape takes back the focus from a preview, else what is chosen, else the filter, else
// it leaves the screen.
func (m *Model) escape() tea.Cmd {
	if m.glance.focused {
		m.unfocus()
		return nil
	}
	if m.unchoose() {
		return nil
	}
	if !m.top().filter.empty() {
		m.top().filter = filter{}
		return nil
	}
	m.back()
	return nil
}
