package tui

import (
	"fmt"
	"testing"
	"time"

	"selvage/core"
)

// TestCursorStaysOnChecksThatGoOn while the same is found again: what is told on one
// line is that line still, whatever came to it.
func TestCursorStaysOnChecksThatGoOn(t *testing.T) {
	first, second := desk(), unprotected()
	second.Fabric.ID = "dc2-prod"
	fleet := core.Fleet{Fabrics: []core.FabricState{first, second}}
	for _, way := range []string{"v", "v / 'dc2 enter", "j h"} {
		d := drive(t, fleet, 120, 30).way(way)
		d.press("G", "g")
		pane := d.model.top().pane.(*historyPane)
		on := func() (core.FabricID, int) {
			r, _ := pane.selected()
			return r.entry.Fabric, len(r.others) + 1
		}
		for id, n := on(); id != "dc2-prod" || n != 3; id, n = on() {
			d.press("j")
			if pane.list.Cursor() == len(pane.rows)-1 {
				t.Fatalf("%s: no row of several checks:\n%s", way, d.screen())
			}
		}
		for n := range 3 {
			last := d.acts.happened(second)[0]
			last.ID, last.At = fmt.Sprintf("later-%d", n), noon.Add(time.Duration(n-10)*time.Second)
			d.acts.later = append(d.acts.later, last)
			next := core.Fleet{Fabrics: []core.FabricState{first, second}}
			next.Fabrics[0].LastCheck = noon.Add(time.Duration(n) * time.Second)
			next.Fabrics[1].LastCheck = next.Fabrics[0].LastCheck
			d.set(next)
			if id, of := on(); id != "dc2-prod" || of != 4+n {
				t.Fatalf("%s: after check %d the cursor is on %d checks of %s, want %d:\n%s", way, n+1, of, id, 4+n, d.screen())
			}
		}
	}
}
