package tui

import (
	tea "charm.land/bubbletea/v2"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// key takes a key press: into the line that is being typed, else as the action
// that it means on this screen.
func (m *Model) key(msg tea.KeyPressMsg) tea.Cmd {
	m.note = widget.Span{}
	if name := msg.String(); name != "q" && name != "ctrl+c" {
		m.warned = false
	}
	if m.prompt != nil {
		return m.typed(msg)
	}
	a, ok := lookup(m.top().spec.scopes, msg.String())
	if !ok || !m.can(a) {
		return nil
	}
	return m.do(a)
}

// can tells whether an action would do something now.
func (m *Model) can(a Action) bool {
	if to, ok := tabOf(a); ok {
		return m.turns(to)
	}
	switch a {
	case ActBack:
		return len(m.stack) > 1 || !m.top().filter.empty()
	case ActHelp, ActClose, ActQuit, ActRedraw, ActSuspend:
		return true
	case ActCheckAll:
		return len(m.fleet.Fabrics) > 0
	case ActFilter, ActSearch:
		return m.top().spec.filter != nil
	default:
		return m.top().pane.Can(m.env(), a)
	}
}

// do carries out an action that it can.
func (m *Model) do(a Action) tea.Cmd {
	if to, ok := tabOf(a); ok {
		m.turn(to)
		return nil
	}
	switch a {
	case ActHelp:
		if m.top().spec.name == "help" {
			m.back()
			return nil
		}
		m.open(Place{Screen: "help", Fabric: m.top().place.Fabric}, nil)
	case ActBack:
		if !m.top().filter.empty() {
			m.top().filter = filter{}
			return nil
		}
		m.back()
	case ActClose:
		if len(m.stack) == 1 {
			return m.quit()
		}
		m.back()
	case ActQuit:
		return m.quit()
	case ActRedraw:
		return tea.ClearScreen
	case ActSuspend:
		return m.whenQuiet(tea.Suspend)
	case ActCheckAll:
		m.cfg.Engine.Refresh()
		m.say(themes.Dim, safe.Lit("checking all fabrics"))
	case ActFilter, ActSearch:
		m.prompt = newPrompt(m.top().filter.text)
	default:
		m.follow(m.top().pane.Do(m.env(), a))
	}
	return nil
}

// follow does what an action of a pane asks for.
func (m *Model) follow(o Outcome) {
	if len(o.Check) > 0 {
		m.cfg.Engine.Refresh(o.Check...)
	}
	if o.Note.Len() > 0 {
		m.say(themes.Dim, o.Note)
	}
	if o.Ask != nil {
		m.prompt = newPrompt(o.Ask.text)
		m.prompt.question, m.prompt.asking = o.Ask, m.top()
	}
	if o.Deed != nil {
		m.deeds = append(m.deeds, errand{*o.Deed, m.top(), m.now})
	}
	switch {
	case o.Back:
		m.back()
	case o.Open == nil:
	case o.Open.Screen == m.top().place.Screen && o.Open.Fabric == m.top().place.Fabric:
		m.top().place = *o.Open
	default:
		m.open(*o.Open, o.Among)
	}
}

// back leaves the screen on top, and with that what it had done. A screen below
// it goes to the object that was looked at last.
func (m *Model) back() {
	if len(m.stack) == 1 {
		return
	}
	m.top().drop()
	left := m.top().place.Object
	m.stack = m.stack[:len(m.stack)-1]
	if left == (core.Key{}) {
		return
	}
	if p, ok := m.top().pane.(focuser); ok {
		p.Focus(left)
	}
	if m.top().place.Object != (core.Key{}) {
		m.top().place.Object = left
	}
}

// replace puts a screen in the place of the one on top, so that going back leads
// to where that was opened.
func (m *Model) replace(p Place) {
	m.top().drop()
	m.stack = m.stack[:len(m.stack)-1]
	if len(m.stack) > 0 && m.top().place.Screen == p.Screen && m.top().place.Fabric == p.Fabric {
		m.top().place = p
		return
	}
	m.open(p, nil)
}

// reply takes a key while the answer to a question is being typed. Escape
// takes the question back.
func (m *Model) reply(msg tea.KeyPressMsg) tea.Cmd {
	p := m.prompt
	switch msg.String() {
	case "ctrl+c":
		return m.quit()
	case "enter":
		m.prompt = nil
		if a, ok := p.asking.pane.(asker); ok && p.asking == m.top() {
			m.follow(a.Answer(m.env(), *p.question, p.value()))
		}
	case "esc":
		m.prompt = nil
	default:
		p.edit(msg)
	}
	return nil
}

// typed takes a key while a filter is being typed. The list follows at once;
// escape gives back the filter that was there before.
func (m *Model) typed(msg tea.KeyPressMsg) tea.Cmd {
	if m.prompt.question != nil {
		return m.reply(msg)
	}
	switch key := msg.String(); key {
	case "ctrl+c":
		return m.quit()
	case "enter":
		m.prompt = nil
	case "esc":
		m.top().filter = parseFilter(m.prompt.before, m.top().spec.filter)
		m.prompt = nil
	case "up", "down", "pgup", "pgdown":
		if a, ok := lookup(m.top().spec.scopes, key); ok && m.can(a) {
			return m.do(a)
		}
	default:
		m.edit(msg)
	}
	return nil
}

// edit changes what is being typed.
func (m *Model) edit(msg tea.Msg) {
	m.prompt.edit(msg)
	if m.prompt.question != nil {
		return
	}
	m.top().filter = parseFilter(m.prompt.value(), m.top().spec.filter)
}
