package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"selvage/core"
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
//
// With how much is on each where there is room for that, and where there is not
// even room for the words, the others with their numbers only.
func (m *Model) tabLine() string {
	if m.chosen() != "" && slices.Contains(m.scopes(), inMarked) {
		return m.chosenLine()
	}
	spans := []widget.Span{}
	for _, how := range []struct {
		says func(t tab) string
		gap  safe.Text
	}{{m.tabCounted, safe.Lit("  ")}, {tab.named, safe.Lit("  ")}, {tab.named, safe.Lit(" ")}, {tab.bare, safe.Lit(" ")}} {
		spans = spans[:0]
		for i, p := range m.tabs {
			if i > 0 {
				spans = append(spans, widget.Span{Text: how.gap})
			}
			if p.name == m.top().spec.name {
				spans = append(spans, widget.Span{Ink: m.style.ink(themes.Header), Text: safe.Sprintf("[%s]", p.tab.named())})
				continue
			}
			spans = append(spans, widget.Span{Ink: m.style.ink(themes.Key), Text: safe.Clean(how.says(p.tab))})
		}
		if widget.SpanWidth(spans) <= m.width {
			break
		}
	}
	return widget.NewLine(m.width).Spans(spans...).String()
}

func (t tab) named() string { return strconv.Itoa(t.number) + " " + t.word }
func (t tab) bare() string  { return strconv.Itoa(t.number) }

// tabCounted is a tab with how much is on it, where that is known.
func (m *Model) tabCounted(t tab) string {
	f, _ := m.fleet.Fabric(m.top().place.Fabric)
	n := 0
	switch {
	case f.Report == nil:
	case t.word == "conflicts":
		n = f.Report.Counts[core.Conflict]
	case t.word == "objects":
		n = f.Report.Counts.Total()
	case t.word == "drafts":
		n = len(f.Drafts)
	}
	if n == 0 {
		return t.named()
	}
	return fmt.Sprintf("%s(%s)", t.named(), grouped(n))
}
