package tui

import "testing"

// TestNamesOfFabricsAndDecisionsAreWhole where people have the usual sizes.
func TestNamesOfFabricsAndDecisionsAreWhole(t *testing.T) {
	f := desk()
	f.Fabric.ID = "dc1-frontend"
	for _, size := range [][2]int{{160, 45}, {80, 24}} {
		d := drive(t, only(f), size[0], size[1]).press("v")
		d.shows(" dc1-frontend check")
		if size[0] == 160 {
			d.shows("REV")
		}
		drive(t, only(f), size[0], size[1]).press("c", "m", "G").shows("git pending")
	}
}
