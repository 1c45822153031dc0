package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"selvage/core"
)

// commandActs lead to where the person was before, and to commands.
func commandActs() map[Action]ownAct {
	return map[Action]ownAct{
		ActEarlier: {
			can: func(m *Model) bool { return m.trail.at > 0 },
			do:  func(m *Model) tea.Cmd { return m.revisit(m.trail.at - 1) },
		},
		ActLater: {
			can: func(m *Model) bool { return m.trail.at < len(m.trail.visits)-1 },
			do:  func(m *Model) tea.Cmd { return m.revisit(m.trail.at + 1) },
		},
		ActLast:    {can: func(m *Model) bool { return m.trail.last != nil }, do: (*Model).toLast},
		ActCommand: {do: (*Model).command},
	}
}

// trail is the way that a person has gone through the screens. It leads back to
// each of them with what lay below it, so that escape leads up from there.
type trail struct {
	visits []trace
	at     int   // the one on screen
	last   trace // the one before that; nil before there is one
}

// trace is a stack of places.
type trace []stop

type stop struct {
	place   Place
	among   []core.Key
	fabrics []core.FabricID
}

// trailLength is how many places are remembered.
const trailLength = 100

// same tells whether two visits were to one screen of one fabric, whichever object
// it looked at.
func (v trace) same(o trace) bool {
	a, b := v[len(v)-1].place, o[len(o)-1].place
	return a.Screen == b.Screen && a.Fabric == b.Fabric && a.Record == b.Record
}

// tread remembers where the person is now. Help is no place to come back to.
func (m *Model) tread() {
	if m.top().spec.name == "help" {
		return
	}
	now := make(trace, len(m.stack))
	for i, s := range m.stack {
		now[i] = stop{s.place, s.among, s.fabrics}
	}
	t := &m.trail
	switch {
	case len(t.visits) == 0:
		t.visits = []trace{now}
	case now.same(t.visits[t.at]):
		t.visits[t.at] = now
	default:
		t.last = t.visits[t.at]
		t.visits = append(t.visits[:t.at+1], now)
		t.visits = t.visits[max(len(t.visits)-trailLength, 0):]
		t.at = len(t.visits) - 1
	}
}

// forget leaves a screen out, and what lay over it: what it was about is over.
func (t *trail) forget(p Place) {
	over := func(v trace) bool { return slices.ContainsFunc(v, func(s stop) bool { return s.place == p }) }
	kept, at := []trace{}, -1
	for i, v := range t.visits {
		if !over(v) {
			kept = append(kept, v)
		}
		if i == t.at {
			at = len(kept) - 1
		}
	}
	t.visits, t.at = kept, max(at, 0)
	if t.last != nil && over(t.last) {
		t.last = nil
	}
}

// revisit goes to a place of the trail.
func (m *Model) revisit(i int) tea.Cmd {
	t := &m.trail
	t.last, t.at = t.visits[t.at], i
	m.unfold(t.visits[i])
	return nil
}

// toLast goes to the screen before this one, wherever that lies on the trail.
func (m *Model) toLast() tea.Cmd {
	t := &m.trail
	for _, i := range []int{t.at - 1, t.at + 1} {
		if i >= 0 && i < len(t.visits) && t.visits[i].same(t.last) {
			return m.revisit(i)
		}
	}
	m.unfold(slices.Clone(t.last))
	return nil
}

// unfold puts a stack of screens in the place of the one that is open.
func (m *Model) unfold(v trace) {
	m.top().drop()
	m.stack = m.stack[:0]
	for _, s := range v {
		m.open(s.place, s.among)
		m.top().fabrics = s.fabrics
	}
}

// arrive does what has to be done wherever the person has come to.
func (m *Model) arrive() {
	m.tread()
	if p, ok := m.top().pane.(*helpPane); ok && m.prompt == nil && !m.quitting {
		p.search = &helpLine{pane: p}
		m.prompt = newPrompt("", p.search)
	}
}
