package tui

import (
	tea "charm.land/bubbletea/v2"

	"selvage/core"
)

// runActs lead from run to run.
func runActs() map[Action]ownAct {
	return map[Action]ownAct{
		ActNextRun: {
			can: func(m *Model) bool {
				_, ok := m.nextRun()
				return ok
			},
			do: func(m *Model) tea.Cmd {
				if id, ok := m.nextRun(); ok {
					m.replace(Place{Screen: "run", Fabric: id})
				}
				return nil
			},
		},
	}
}

// nextRun is the next fabric, in the order of the configuration and all around, with
// a run that is another than the one on screen: a run of several fabrics is one.
func (m *Model) nextRun() (core.FabricID, bool) {
	at := m.top().place
	all := m.fleet.Fabrics
	here := -1
	for i, f := range all {
		if f.Fabric.ID == at.Fabric {
			here = i
		}
	}
	if at.Screen != "run" || here < 0 {
		return "", false
	}
	for i := 1; i < len(all); i++ {
		f := all[(here+i)%len(all)]
		if f.Run != nil && (all[here].Run == nil || f.Run.ID != all[here].Run.ID) {
			return f.Fabric.ID, true
		}
	}
	return "", false
}
