package tui

import "testing"

// TestUndoKeepsMarks and so does redo: a step back is about no mark.
func TestUndoKeepsMarks(t *testing.T) {
	for _, way := range []string{"c m", "enter 3"} {
		d := drive(t, only(undecided()), 120, 30).way("enter d n 2 esc esc").way(way).press("space", "space", "space")
		d.shows("3 marked")
		d.press("u").shows("3 marked")
		d.press("U").shows("3 marked")
		if len(d.engine.fleet.Fabrics[0].Drafts) != 1 {
			t.Errorf("%s: U did nothing", way)
		}
	}
}
