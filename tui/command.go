package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
)

// command is something that can be typed behind a colon, beside the actions of the
// keymap, which all can be by their names.
type command struct {
	name  string
	alias string // is as good as the name, and not offered
	args  string // what may follow: "NAME", "[NAME..]"; "" for nothing
	help  string
	// act is the action that the command is without an argument; "" for none.
	act Action
	// bare is what the command does without an argument in place of its action; false
	// where there is nothing to do, and the action is carried out. nil does nothing.
	bare func(*Model) bool
	can  func(*Model) bool // nil where it always can
	// words are what may follow, each of them whole; nil where that is free. It must
	// not read.
	words func(*Model) []choice
	// look shows what an argument would do, while it is being typed; "" ends that.
	look func(m *Model, arg string)
	run  func(m *Model, arg string) tea.Cmd
}

// called tells whether a word is the command's name, or its alias.
func (c *command) called(word string) bool {
	return c.name == word || c.alias != "" && c.alias == word
}

// choice is a word that may follow a command.
type choice struct {
	word string
	help safe.Text
}

// commands are the commands in the order in which they are offered. A new one is a
// line here. Every screen is one besides.
func commands(k *Keymap) []command {
	all := []command{
		{name: "fabric", args: "NAME", help: "open a fabric", words: fabricChoices, run: (*Model).toFabric},
		{name: "filter", args: "[EXPR]", help: "filter what is shown; nothing shows all", act: ActFilter, bare: (*Model).showAll, can: filters, run: (*Model).filterBy},
		{name: "sync", args: "[NAME..|marked|all]", help: "plan of a sync (nothing is sent yet)", act: ActPlan, can: plansAny, words: syncChoices, run: (*Model).planOf},
		{name: "check", args: "[NAME..|all]", help: "check fabrics now", act: ActCheck, words: checkChoices, run: (*Model).checkNow},
		{name: "theme", args: "NAME", help: "other colours, shown while you choose", words: themeChoices, look: (*Model).tryTheme, run: (*Model).useTheme},
		{name: "ignore", args: "[PATH]", help: "leave a field of the object out: a rule", act: ActIgnore, can: ignoresAny, words: fieldChoices, run: (*Model).ignore},
		{name: "export", args: "[FILE]", help: "write what is shown to a file", act: ActWrite, run: (*Model).export},
		{name: "help", help: "what all keys do, to be searched", act: ActHelp},
		{name: "quit", alias: "q", help: "leave selvage", act: ActQuit},
	}
	for _, p := range panes() {
		if p.of.past() || slices.ContainsFunc(all, func(c command) bool { return c.name == p.name }) {
			continue
		}
		c := command{name: p.name, help: "screen: " + p.title, act: p.leads(k), run: func(m *Model, arg string) tea.Cmd { return m.toScreen(p, arg) }}
		if p.filter != nil {
			c.args = "[EXPR]"
		}
		c.can = p.opens
		all = append(all, c)
	}
	return all
}

// offered tells whether a command would do something now.
func (c command) offered(m *Model) bool {
	switch {
	case c.act != "" && m.can(c.act) && m.binds(c.act):
		return true
	case c.run == nil:
		return false
	}
	return c.can == nil || c.can(m)
}

// obey carries a command out with what was typed behind it.
func (c command) obey(m *Model, arg string) tea.Cmd {
	if arg == "" && c.bare != nil && (c.can == nil || c.can(m)) && c.bare(m) {
		return nil
	}
	if arg == "" && c.act != "" && m.binds(c.act) && m.can(c.act) {
		return m.do(c.act)
	}
	if c.run == nil || c.can != nil && !c.can(m) {
		m.say(themes.Warn, safe.Sprintf("%s: ", c.name).Plus(m.why(c.act)))
		return nil
	}
	return c.run(m, arg)
}

// binds tells whether an action is one of the screen on top: a pane must not be
// asked about others.
func (m *Model) binds(a Action) bool {
	return slices.ContainsFunc(m.keymap.of(m.scopes()), func(b binding) bool { return b.action == a })
}

// selector is a pane in which a fabric or an object is selected.
type selector interface {
	Selected(Env) (core.FabricID, core.Key)
}

// selection is the fabric and the object that are selected, or that the screen is
// about; zero where there is none.
func (m *Model) selection() (core.FabricID, core.Key) {
	p, e := m.current()
	if s, ok := p.(selector); ok {
		return s.Selected(e)
	}
	return m.top().place.Fabric, m.top().place.Object
}

func filters(m *Model) bool { return m.top().spec.filter != nil }

// filterBy makes a text the filter of the screen on top.
func (m *Model) filterBy(text string) tea.Cmd {
	m.top().filter = parseFilter(text, m.top().spec.filter)
	return nil
}

// showAll takes the filter of the screen on top away; false where there is none.
func (m *Model) showAll() bool {
	if m.top().filter.text == "" {
		return false
	}
	m.filterBy("")
	return true
}

// fields are the differences of the object that is selected which a rule can leave
// out.
func (m *Model) fields() []matter {
	id, key := m.selection()
	f, _ := m.fleet.Fabric(id)
	if key == (core.Key{}) || f.Report == nil {
		return nil
	}
	var all []matter
	for i := range f.Report.Verdicts {
		v := &f.Report.Verdicts[i]
		if v.Key != key {
			continue
		}
		off, _ := split(v)
		for _, c := range off {
			if one := (matter{v, c}); m.env().ignores([]matter{one}) {
				all = append(all, one)
			}
		}
	}
	return all
}

func ignoresAny(m *Model) bool { return len(m.fields()) > 0 }

func fieldChoices(m *Model) []choice {
	var all []choice
	for _, f := range m.fields() {
		all = append(all, choice{string(f.change.Path), safe.Clean(string(f.change.Verdict))})
	}
	return all
}

// ignore makes a rule for a field of the object that is selected; for its only one
// where none is named.
func (m *Model) ignore(path string) tea.Cmd {
	fields := m.fields()
	if path != "" {
		fields = slices.DeleteFunc(fields, func(f matter) bool { return string(f.change.Path) != path })
	}
	if len(fields) != 1 {
		m.say(themes.Warn, safe.Lit("ignore: name one field that differs (tab completes)"))
		return nil
	}
	e := m.env()
	e.Place.Fabric, _ = m.selection()
	return m.follow(ignoring(e, fields[0]))
}

// export writes all of the screen on top to a file.
func (m *Model) export(name string) tea.Cmd { return fileLine{file: m.file()}.enter(m, name) }

func fabricChoices(m *Model) []choice {
	all := make([]choice, 0, len(m.fleet.Fabrics))
	for _, f := range m.fleet.Fabrics {
		_, word := standing(f, m.now)
		about := word
		if f.Fabric.Description != "" {
			about = word.Plus(safe.Sprintf(", %s", f.Fabric.Description))
		}
		all = append(all, choice{string(f.Fabric.ID), about})
	}
	return all
}

func checkChoices(m *Model) []choice {
	return append([]choice{{"all", safe.Lit("every fabric")}}, fabricChoices(m)...)
}

// named are the fabrics that a text names; false where one is none, which is said.
func (m *Model) named(text string) ([]core.FabricID, bool) {
	var ids []core.FabricID
	for name := range strings.FieldsSeq(text) {
		if _, ok := m.fleet.Fabric(core.FabricID(name)); !ok {
			m.say(themes.Warn, safe.Sprintf("no fabric %q", name))
			return nil, false
		}
		ids = append(ids, core.FabricID(name))
	}
	return ids, true
}

// toFabric opens a fabric, as from the fabric list.
func (m *Model) toFabric(name string) tea.Cmd {
	ids, ok := m.named(name)
	if ok && len(ids) == 1 {
		m.unfold(trace{{place: Place{Screen: m.panes[0].name}}, {place: Place{Screen: "detail", Fabric: ids[0]}}})
	}
	return nil
}

// plansAny tells whether some fabric can be published.
func plansAny(m *Model) bool {
	e := m.env()
	return slices.ContainsFunc(m.fleet.Fabrics, func(f core.FabricState) bool { return e.plans(f) })
}

func syncChoices(m *Model) []choice {
	all := []choice{{"all", safe.Lit("every fabric in which something may be published")}}
	if p, ok := m.top().pane.(*fabricsPane); ok && p.marked.count() > 0 {
		all = append(all, choice{"marked", safe.Clean(plural(p.marked.count(), "fabric"))})
	}
	return append(all, fabricChoices(m)...)
}

// planOf opens the plan of the named fabrics, of the one that is selected where none
// is named. Those in which nothing may be published are told and left out.
func (m *Model) planOf(text string) tea.Cmd {
	ids, ok := []core.FabricID(nil), true
	switch text {
	case "marked":
		return m.do(ActPlan)
	case "all":
		for _, f := range m.fleet.Fabrics {
			ids = append(ids, f.Fabric.ID)
		}
	default:
		ids, ok = m.named(text)
	}
	if id, _ := m.selection(); ok && len(ids) == 0 && id != "" {
		ids = []core.FabricID{id}
	}
	e := m.env()
	may := slices.DeleteFunc(slices.Clone(ids), func(id core.FabricID) bool {
		f, _ := m.fleet.Fabric(id)
		return !e.plans(f)
	})
	switch {
	case !ok:
		return nil
	case len(may) == 0:
		m.say(themes.Warn, safe.Lit("sync: nothing may be published there (its mode is read)"))
		return nil
	}
	out := planning(may[0])
	if len(may) > 1 {
		out.Fabrics = may
	}
	if n := len(ids) - len(may); n > 0 {
		out.Note = safe.Clean("left out, for nothing may be published there: " + plural(n, "fabric"))
	}
	return m.follow(out)
}

// checkNow checks the named fabrics, without a name the one that is selected.
func (m *Model) checkNow(text string) tea.Cmd {
	if text == "all" {
		return m.do(ActCheckAll)
	}
	ids, ok := m.named(text)
	if id, _ := m.selection(); ok && len(ids) == 0 && id != "" {
		ids = []core.FabricID{id}
	}
	if len(ids) == 0 {
		if ok {
			m.say(themes.Warn, safe.Lit("check: name a fabric, or all"))
		}
		return nil
	}
	return m.check(ids)
}

// toScreen opens a screen on what is selected, with a text as its filter.
func (m *Model) toScreen(p paneSpec, text string) tea.Cmd {
	to := Place{Screen: p.name}
	if p.of != theFleet {
		to.Fabric, to.Object = m.selection()
	}
	switch {
	case p.name == m.panes[0].name:
		m.unfold(trace{{place: to}})
	case p.tab.number != 0 && m.top().spec.tab.number != 0:
		if m.top().spec.tab != p.tab {
			m.turn(p)
		}
	default:
		m.follow(Outcome{Open: &to})
	}
	if p.filter != nil && text != "" {
		return m.filterBy(text)
	}
	return nil
}
