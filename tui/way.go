package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
)

// sender is a pane on which something is decided or published that goes somewhere; why
// is what keeps it from going anywhere now.
type sender interface{ Sends(Env) (why safe.Text) }

// everyWay are the ways in the order in which they are gone through.
func everyWay() []core.Way { return []core.Way{core.ToBranch, core.ToPropose, core.ToPatch} }

// ways are those that what is decided in some fabrics can go, the first being where it
// goes when nobody says. [core.ToBranch] is what the configuration says, which may be a
// proposal for some directories.
func (e Env) ways(fabrics ...core.FabricID) []core.Way {
	return slices.DeleteFunc(everyWay(), func(w core.Way) bool {
		return slices.ContainsFunc(fabrics, func(id core.FabricID) bool { return e.whyNoWay(w, id).Len() > 0 })
	})
}

// way is where it goes; "" for nowhere.
func (e Env) way(fabrics ...core.FabricID) core.Way {
	all := e.ways(fabrics...)
	if w := e.chosenWays[fabrics[0]]; slices.Contains(all, w) {
		return w
	}
	return append(all, "")[0]
}

// whyNoWay says why nothing of a fabric can go a way; nothing where it can.
func (e Env) whyNoWay(w core.Way, id core.FabricID) safe.Text {
	f, _ := e.Fleet.Fabric(id)
	ways := f.Fabric.Ways
	if len(ways) == 0 {
		ways = []core.Way{core.ToBranch}
	}
	ways = slices.DeleteFunc(slices.Clone(ways), func(w core.Way) bool { return w == core.ToNever })
	branch, propose := slices.Contains(ways, core.ToBranch), slices.Contains(ways, core.ToPropose)
	switch {
	case len(ways) == 0:
		return safe.Sprintf("git.publish of %s is never", id)
	case w == core.ToPatch && e.acts.Patch == nil:
		return safe.Lit("no patch can be made here")
	case w == core.ToPatch:
		return safe.Text{}
	case !branch && !propose:
		return safe.Sprintf("git.publish of %s is patch", id)
	case w == core.ToBranch && !branch:
		return safe.Sprintf("git.publish of %s is propose", id)
	case w == core.ToBranch && e.modeOf(f) != core.ModeWrite:
		return safe.Sprintf("the mode of %s is propose", id)
	}
	return safe.Text{}
}

// wayWord is a way as the screens tell it.
func wayWord(w core.Way) safe.Text {
	switch w {
	case core.ToBranch:
		return safe.Lit("to the branch")
	case core.ToPropose:
		return safe.Lit("to a proposal")
	case core.ToPatch:
		return safe.Lit("to a patch")
	case core.ToNever:
	}
	return safe.Lit("nowhere")
}

// sends tells why b does nothing on the screen on top; nothing where it does something.
func (m *Model) sends() safe.Text {
	p, e := m.current()
	s, ok := p.(sender)
	if !ok {
		return safe.Lit("nothing is sent from here")
	}
	if why := s.Sends(e); why.Len() > 0 {
		return why
	}
	switch all := e.ways(e.several()...); len(all) {
	case 0:
		return safe.Lit("it goes nowhere: ").Plus(e.closed(e.several()))
	case 1:
		return safe.Lit("it goes ").Plus(wayWord(all[0]), safe.Lit(" only: "), e.closed(e.several()))
	}
	return safe.Text{}
}

// closed says why ways cannot be gone; nothing where all can.
func (e Env) closed(fabrics []core.FabricID) safe.Text {
	whys := []safe.Text{}
	for _, w := range everyWay() {
		for _, id := range fabrics {
			why := e.whyNoWay(w, id)
			if why.Len() > 0 && !slices.ContainsFunc(whys, func(t safe.Text) bool { return t == why }) {
				whys = append(whys, why)
			}
		}
	}
	return safe.Join("; ", whys...)
}

// wayActs choose where it goes: one choice for each fabric, for what is decided there
// and for the plan of it.
func wayActs() map[Action]ownAct {
	return map[Action]ownAct{ActWay: {
		can: func(m *Model) bool { return m.sends().Len() == 0 },
		do: func(m *Model) tea.Cmd {
			e := m.env()
			about := e.several()
			all := e.ways(about...)
			next := all[(slices.Index(all, e.way(about...))+1)%len(all)]
			for _, id := range about {
				m.chosenWays[id] = next
			}
			says := safe.Lit("it goes ").Plus(wayWord(next))
			if next == core.ToPatch {
				says = says.Plus(safe.Lit(" (a file for git am)"))
			}
			if closed := e.closed(about); closed.Len() > 0 {
				says = says.Plus(safe.Lit("; "), closed)
			}
			m.say(themes.Dim, says)
			return nil
		},
	}}
}

// Sends tells that what is decided goes where the plan of it goes.
func (p *resolvePane) Sends(e Env) (why safe.Text) {
	if f, _ := e.fabric(); !e.plans(f) {
		return safe.Lit("nothing of this fabric is published here")
	}
	return safe.Text{}
}

// Sends tells whether the plan has something that goes anywhere.
func (p *planPane) Sends(e Env) (why safe.Text) {
	switch a := p.plan(e); {
	case a == nil:
		return safe.Lit("there is no plan: r plans again")
	case a.plan.Empty():
		return safe.Lit("nothing would be committed, so that nothing goes anywhere")
	}
	return safe.Text{}
}
