package tui

import (
	tea "charm.land/bubbletea/v2"

	"selvage/core"
	"selvage/themes"
	"selvage/tui/widget"
)

// key takes a key press: into the line that is being typed, else as the action
// that it means on this screen.
func (m *Model) key(msg tea.KeyPressMsg) tea.Cmd {
	if m.leaving != nil {
		return nil // it is meant for what gets the terminal
	}
	if m.shattered.drops(msg, m.cfg.Now()) {
		return nil
	}
	m.note, m.begun = widget.Span{}, ""
	if name := msg.String(); name != "q" && name != "ctrl+c" {
		m.warned = false
	}
	if m.prompt != nil {
		return m.typed(msg)
	}
	a, ok := m.keymap.lookup(m.scopes(), msg.String())
	switch {
	case !ok:
		return nil
	case !m.can(a):
		m.unable(a)
		return nil
	}
	return m.do(a)
}

// waiter is a pane that has nothing to act on for a while. Meanwhile only leaving does
// something: what is typed ahead is meant for what comes, and must not act on this.
type waiter interface{ Waits(Env) bool }

// waits tells whether an action has to wait.
func (m *Model) waits(a Action) bool {
	switch a {
	case ActBack, ActQuit, ActRedraw, ActSuspend:
		return false
	default:
		p, e := m.current()
		w, ok := p.(waiter)
		return ok && w.Waits(e)
	}
}

// can tells whether an action would do something now.
func (m *Model) can(a Action) bool {
	if m.waits(a) {
		return false
	}
	if m.glance.takes(a) {
		return true
	}
	if act, ok := m.own[a]; ok {
		return act.can == nil || act.can(m)
	}
	p, e := m.current()
	return p.Can(e, a)
}

// do carries out an action that it can.
func (m *Model) do(a Action) tea.Cmd {
	if m.glance.takes(a) {
		m.glance.scroll(a)
		return nil
	}
	if act, ok := m.own[a]; ok {
		return act.do(m)
	}
	p, e := m.current()
	return m.follow(p.Do(e, a))
}

// follow does what an action of a pane asks for.
func (m *Model) follow(o Outcome) tea.Cmd {
	var hands []tea.Cmd
	if o.Note.Len() > 0 {
		m.say(themes.Dim, o.Note)
	}
	if o.Fault.Len() > 0 {
		m.say(themes.Error, o.Fault)
	}
	if o.Ask != nil {
		l := &answerLine{question: *o.Ask, asking: m.top()}
		m.prompt = newPrompt(o.Ask.text, l)
		hands = append(hands, m.askHint(l))
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
		m.top().fabrics = o.Fabrics
	}
	if o.Write {
		hands = append(hands, m.askFile())
	}
	if o.Copy != "" {
		hands = append(hands, m.copy(o.Copy))
	}
	if o.Exec != nil {
		hands = append(hands, m.execute(*o.Exec))
	}
	return tea.Batch(hands...)
}

// back leaves the screen on top, and with that what it had done. A list below it
// goes to the object that was looked at last, and so does a screen of one object
// below another such.
func (m *Model) back() {
	if len(m.stack) == 1 {
		return
	}
	m.top().drop()
	left, of := m.top().place.Object, m.top().spec.of
	m.stack = m.stack[:len(m.stack)-1]
	if p, ok := m.top().pane.(returner); ok {
		p.Returned()
	}
	if left == (core.Key{}) {
		return
	}
	if p, ok := m.top().pane.(focuser); ok {
		p.Focus(left)
	}
	if of == anObject && m.top().place.Object != (core.Key{}) {
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
