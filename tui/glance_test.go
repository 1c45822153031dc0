package tui

import (
	"fmt"
	"strings"
	"testing"

	"selvage/core"
)

// brimming is a fabric with more to be previewed than any preview has room for.
func brimming(id string) core.FabricState {
	all := []core.Verdict{}
	for i := range 60 {
		all = append(all, simple(core.Drifted, wiringGroup, "Switch", fmt.Sprintf("leaf-%02d", i), ".spec.a", "kim", 0))
	}
	return fabric(id, 0, all...)
}

// TestTabLeadsToThePreviewAndBack where one is shown, beside the list and below it: the
// keys that move scroll it, and the list stays as it is.
func TestTabLeadsToThePreviewAndBack(t *testing.T) {
	long := desk()
	for i := range 40 {
		c := long.Report.Verdicts[0].Changes[0]
		c.Path = core.Path(fmt.Sprintf(".spec.field%02d", i))
		long.Report.Verdicts[0].Changes = append(long.Report.Verdicts[0].Changes, c)
	}
	for _, size := range [][2]int{{160, 45}, {80, 24}} {
		for way, fleet := range map[string]core.Fleet{"": only(brimming("dc1-prod")), "enter": only(long), "enter 3": only(long), "c m": only(long)} {
			if way == "c m" && size[0] > sideBySide {
				continue // all of it has room
			}
			d := drive(t, fleet, size[0], size[1]).way(way)
			list := d.lines()
			at := func() string {
				id, key := d.model.selection()
				return fmt.Sprint(id, key)
			}
			row := at()
			d.press("tab").shows("[preview] ")
			d.shows("tab to the list  j scroll")
			seen := []string{d.screen()}
			for _, k := range []string{"j", "ctrl+d", "pgdown", "G"} {
				d.press(k)
				if s := d.screen(); s == seen[len(seen)-1] && k != "G" || at() != row {
					t.Fatalf("%v %q: %s does not scroll the preview:\n%s", size, way, k, s)
				}
				seen = append(seen, d.screen())
			}
			if end := fmt.Sprintf("of %d --", d.model.glance.lines); !strings.Contains(seen[4], fmt.Sprintf("-%d ", d.model.glance.lines)+end) {
				t.Errorf("%v %q: G does not show the end:\n%s", size, way, seen[4])
			}
			d.press("G", "pgup", "ctrl+u", "k")
			if d.screen() == seen[4] {
				t.Errorf("%v %q: nothing leads up", size, way)
			}
			if d.press("g"); d.screen() != seen[0] {
				t.Errorf("%v %q: g does not lead to the top:\n%s", size, way, d.screen())
			}
			for _, k := range []string{"tab", "esc"} {
				if d.press(k); strings.Join(d.lines(), "\n") != strings.Join(list, "\n") {
					t.Errorf("%v %q: %s does not lead back to the list:\n%s", size, way, k, d.screen())
				}
				d.press("tab")
			}
			d.press("tab")
			depth := len(d.model.stack)
			if d.press("j"); len(d.model.stack) != depth || way == "enter" && at() == row {
				t.Errorf("%v %q: j does not move in the list again", size, way)
			}
		}
	}
}

// TestPreviewLosesTheFocus with what it was about, or with its room.
func TestPreviewLosesTheFocus(t *testing.T) {
	for name, lose := range map[string]func(*driver){
		"closed":        func(d *driver) { d.press("p") },
		"no room":       func(d *driver) { d.resize(80, 10) },
		"the next":      func(d *driver) { d.press("n") },
		"marked":        func(d *driver) { d.press("space") },
		"another came":  func(d *driver) { d.set(only(brimming("dc2"))) },
		"another place": func(d *driver) { d.press("enter") },
	} {
		d := drive(t, core.Fleet{Fabrics: []core.FabricState{brimming("dc1"), brimming("dc3")}}, 80, 24).press("tab", "G")
		d.shows("[preview] dc1")
		lose(d)
		d.hides("[preview]")
		if d.model.glance.focused {
			t.Errorf("%s: the preview has the focus still", name)
		}
	}
	d := drive(t, core.Fleet{Fabrics: []core.FabricState{brimming("dc1"), brimming("dc3")}}, 80, 24).press("tab", "j")
	d.set(core.Fleet{Fabrics: []core.FabricState{brimming("dc1"), brimming("dc3")}})
	d.shows("[preview] dc1")
	if d.model.glance.top != 1 {
		t.Error("it is scrolled back by a check")
	}
}

// TestTabSaysWhyThereIsNoOtherPane where nothing is previewed.
func TestTabSaysWhyThereIsNoOtherPane(t *testing.T) {
	for _, tt := range []struct {
		way    string
		height int
		want   string
	}{
		{"p tab", 24, "the preview is off: p shows it"},
		{"tab", 10, "no room for a preview here"},
		{"enter d tab", 24, "no other pane: nothing stands beside a list here"},
		{": 'keys enter tab", 24, "no other pane: nothing stands beside a list here"},
	} {
		drive(t, only(desk()), 80, tt.height).way(tt.way).shows(tt.want)
	}
}
