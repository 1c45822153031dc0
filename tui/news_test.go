package tui

import (
	"testing"
	"time"

	"selvage/core"
)

// TestNewIsUnknownUntilItWasRead of what the row shows: a check that found something else
// is shown before anybody has read what of it is new.
func TestNewIsUnknownUntilItWasRead(t *testing.T) {
	f, other := recordFleets()["news"], unprotected()
	d := drive(t, core.Fleet{Fabrics: []core.FabricState{f, other}}, 100, 30)
	cell := func() string {
		for _, c := range newsColumn(&d.model.top().pane.(*fabricsPane).steady) {
			for _, r := range d.model.top().pane.(*fabricsPane).all {
				if r.Fabric.ID == other.Fabric.ID {
					_, text := c.cell(d.model.env(), r)
					return text.String()
				}
			}
		}
		return ""
	}
	if d.shows("NEW"); cell() != "." {
		t.Errorf("NEW of the other is %q, want .", cell())
	}
	d.waits = true
	setVerdicts(&other, simple(core.Drifted, wiringGroup, "Switch", "leaf-1", ".spec.a", "kim", 0))
	other.LastCheck = noon
	d.model.cfg.Now = func() time.Time { return noon.Add(3 * time.Second) }
	d.set(core.Fleet{Fabrics: []core.FabricState{f, other}})
	if d.screen(); cell() != "?" {
		t.Errorf("NEW is %q before it was read, want ?", cell())
	}
	d.waits = false
	d.work()
	if d.screen(); cell() != "." {
		t.Errorf("NEW is %q when it was read, want .", cell())
	}
	unread := core.FabricState{Fabric: core.Fabric{ID: "dc1-prod"}}
	d.set(core.Fleet{Fabrics: []core.FabricState{f, unread}})
	if d.screen(); cell() != "?" {
		t.Errorf("NEW of a fabric that was never read is %q, want ?", cell())
	}
}
