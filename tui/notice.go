package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"selvage/core"
	"selvage/core/safe"
)

// Notify says how a person is told of a conflict while she looks elsewhere.
type Notify string

// The ways.
const (
	NotifyOff  Notify = "off"
	NotifyBell Notify = "bell" // the terminal's bell
	NotifyOSC9 Notify = "osc9" // a notification, by terminals that know the sequence
)

// notices knows which conflicts somebody was told of, or that were there before.
type notices map[core.FabricID]noticed

// noticed are the conflicts of a fabric as of a report.
type noticed struct {
	report    *core.Report
	conflicts map[core.Key]bool
}

// begin takes what is there for known.
func (n *notices) begin(fleet core.Fleet) {
	*n = notices{}
	n.fresh(fleet)
}

// fresh are the conflicts that are new since the last call, by the names that
// people know them by. The first look at a fabric finds none: nobody was away. One
// that cannot be read for a while is not new when it can be again.
func (n *notices) fresh(fleet core.Fleet) []string {
	var names []string
	for _, f := range fleet.Fabrics {
		if f.Report == nil {
			continue
		}
		last, seen := (*n)[f.Fabric.ID]
		if seen && last.report == f.Report {
			continue
		}
		before := last.conflicts
		if f.Report.Counts[core.Conflict] == 0 && len(before) == 0 {
			(*n)[f.Fabric.ID] = noticed{report: f.Report}
			continue
		}
		now := map[core.Key]bool{}
		for i := range f.Report.Verdicts {
			switch v := &f.Report.Verdicts[i]; {
			case v.State == core.Unknown && before[v.Key]:
				now[v.Key] = true
			case v.State != core.Conflict:
			default:
				now[v.Key] = true
				if seen && !before[v.Key] {
					names = append(names, string(f.Fabric.ID)+" "+f.Fabric.Label(v.Key))
				}
			}
		}
		(*n)[f.Fabric.ID] = noticed{f.Report, now}
	}
	return names
}

// notify tells of conflicts that are new.
func (m *Model) notify() tea.Cmd {
	if m.cfg.Notify != NotifyBell && m.cfg.Notify != NotifyOSC9 {
		return nil
	}
	names := m.noticed.fresh(m.fleet)
	switch {
	case len(names) == 0:
		return nil
	case m.cfg.Notify == NotifyBell:
		return tea.Raw("\a")
	case m.cfg.Term == "dumb":
		return nil
	}
	text := safe.Sprintf("selvage: conflict on %s", names[0])
	if len(names) > 1 {
		text = safe.Sprintf("selvage: %s, first on %s", plural(len(names), "conflict"), names[0])
	}
	notice := ansi.Notify(text.String())
	if _, in := m.cfg.env("TMUX"); in || strings.HasPrefix(m.cfg.Term, "tmux") {
		notice = ansi.TmuxPassthrough(notice) // where allow-passthrough is on
	}
	return tea.Raw(notice)
}
