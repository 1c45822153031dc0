package tui

import (
	"cmp"
	"slices"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// tab is a screen's place among those of one fabric that stand beside each
// other. Its number is the key that leads there, and is for good: a new tab
// takes a number that is free.
type tab struct {
	number int // 1 to 9; 0 for none
	word   string
}

// tabActions is what the names of actions begin with that lead to a tab.
const tabActions = "tab."

// action is what leads to the tab.
func (t tab) action() Action { return Action(tabActions + t.word) }

// tabs are the screens that are tabs, in the order of their numbers.
func tabs() []paneSpec {
	all := slices.DeleteFunc(panes(), func(p paneSpec) bool { return p.tab.number == 0 })
	slices.SortFunc(all, func(a, b paneSpec) int { return cmp.Compare(a.tab.number, b.tab.number) })
	return all
}

// tabActs are the actions that lead to tabs.
func tabActs() map[Action]ownAct {
	acts := map[Action]ownAct{}
	for _, to := range tabs() {
		acts[to.tab.action()] = ownAct{
			can: func(m *Model) bool { return m.turns(to) },
			do:  func(m *Model) tea.Cmd { return m.turn(to) },
		}
	}
	return acts
}

// tabKeys are the bindings that lead from tab to tab: the registered screens
// make them.
func tabKeys() []binding {
	all := []binding{}
	for _, p := range tabs() {
		all = append(all, binding{inTabs, p.tab.action(), []string{strconv.Itoa(p.tab.number)}, p.tab.word, "tab: " + p.tab.word})
	}
	return all
}

// turns tells whether an action leads to another tab than the one on top.
func (m *Model) turns(to paneSpec) bool {
	from := m.top().spec.tab
	return from.number != 0 && from != to.tab
}

// turn puts another tab of the fabric in the place of the one on top, so that
// going back leads from each of them to where the first was opened.
func (m *Model) turn(to paneSpec) tea.Cmd {
	from := m.top()
	from.drop()
	m.stack = m.stack[:len(m.stack)-1]
	m.open(Place{Screen: to.name, Fabric: from.place.Fabric}, nil)
	return nil
}

// tabLine names the tabs, the one on top in brackets.
func (m *Model) tabLine() string {
	l := widget.NewLine(m.width)
	for i, p := range tabs() {
		if i > 0 {
			l.Gap(widget.Ink{}, 2)
		}
		word := safe.Sprintf("%d %s", p.tab.number, p.tab.word)
		if p.name == m.top().spec.name {
			l.Put(m.style.ink(themes.Header), safe.Lit("[").Plus(word, safe.Lit("]")))
			continue
		}
		l.Put(m.style.ink(themes.Key), word)
	}
	return l.String()
}
