package tui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"selvage/core"
)

// showsRow looks for a line, however many blanks there are between its words.
func (d *driver) showsRow(row string) {
	d.tb.Helper()
	for _, l := range d.lines() {
		if strings.Contains(strings.Join(strings.Fields(l), " "), row) {
			return
		}
	}
	d.tb.Errorf("the screen does not show the row %q:\n%s", row, d.screen())
}

func TestSplitViewPutsLiveBesideGit(t *testing.T) {
	d := diffOf(t, driftedSwitch(), 140, 40).press("t", "t")
	d.shows("2 changes, split view")
	d.showsRow("10 - description: leaf 03 rack B14 kubectl-edit 3h | 10 + description: leaf 03 rack B12 9b1d0aa alice 1d")
	d.showsRow("11 groups: | 11 groups:")
	d.shows("-- 6 unchanged lines hidden (z unfolds, Z all) --")
	d.press("%")
	d.showsRow("10 - description: leaf 03 rack B12 9b1d0aa alice 1d | 10 + description: leaf 03 rack B14")
	d.press("Z")
	d.showsRow("1 apiVersion: wiring.githedgehog.com/v1beta1")
	d.press("t")
	d.shows("fields view")
}

// Each side counts its own lines, and one that has fewer leaves room.
func TestSplitViewNumbersTheLinesOfEachSide(t *testing.T) {
	d := diffOf(t, conflictedVPC(), 120, 40).press("t", "t")
	d.showsRow("11 - options: kubectl-edit 14m |")
	d.showsRow("14 range: | 11 range:")
}

func TestSplitViewNeedsRoom(t *testing.T) {
	d := diffOf(t, driftedSwitch(), splitWidth-1, 30).press("t", "t")
	d.shows("fields view")
	d.shows("the split view needs 100 columns, here are 99")
	d = diffOf(t, driftedSwitch(), splitWidth, 30).press("t", "t")
	d.shows("split view")
	d.resize(80, 24)
	d.shows("unified view")
	d.press("t")
	d.shows("fields view")
}

// A line that is too long goes on below, with the mark that fields have.
func TestSplitViewHidesNoEnd(t *testing.T) {
	v := driftedSwitch()
	v.Live = switchSpec(strings.Repeat("long live the rack ", 6)+"END", "1x100G")
	d := diffOf(t, v, 120, 40).press("t", "t")
	d.shows(`\`)
	d.shows("END")
}

func TestSplitViewKeepsItsPlaceWhileDataChanges(t *testing.T) {
	v := driftedSwitch()
	d := diffOf(t, v, 120, 40).press("t", "t", "n")
	before := d.cursor()
	d.set(core.Fleet{Fabrics: []core.FabricState{fabric("dc1-prod", time.Second, v)}})
	if after := d.cursor(); after != before {
		t.Errorf("the cursor went from %q to %q", before, after)
	}
}

func TestALineOfYAMLHasItsPath(t *testing.T) {
	const text = `kind: Switch
metadata:
  name: leaf-03
spec:
  "E1/55": 4x25G
  groups:
  - border
  - "a: b"
  links:
    - name: one
      port: 0c:20
    - name: two
  note: |
    some words
  tail: {}
`
	want := []string{
		".kind", ".metadata", ".metadata.name", ".spec", `.spec["E1/55"]`, ".spec.groups", ".spec.groups[0]", ".spec.groups[1]",
		".spec.links", ".spec.links[0].name", ".spec.links[0].port", ".spec.links[1].name", ".spec.note", ".spec.note", ".spec.tail",
	}
	if got := fmt.Sprint(linePaths(text)); got != fmt.Sprint(want) {
		t.Errorf("linePaths =\n%s\nwant\n%s", got, want)
	}
}
