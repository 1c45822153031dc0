package tui

import (
	"strings"
	"testing"

	"selvage/core"
)

// TestFilterIsToldWhereThereIsNoRule looks at every list as low as it gets, and
// compact: rows that are filtered out must not look as if they were not there.
func TestFilterIsToldWhereThereIsNoRule(t *testing.T) {
	for way, keys := range ways() {
		for _, size := range [][2]int{{80, 24}, {80, 6}, {40, 3}, {80, 1}} {
			for _, compact := range []bool{false, true} {
				d := drive(t, core.Fleet{Fabrics: []core.FabricState{desk()}}, 160, 45).press(keys...)
				if d.model.prompt != nil || d.model.top().spec.filter == nil || !d.model.top().filter.empty() {
					continue
				}
				d.press("/").typed("zq").press("enter")
				if compact {
					d.press("ctrl+e")
				}
				d.resize(size[0], size[1])
				if !strings.Contains(d.screen(), "/zq") {
					t.Errorf("%s at %dx%d, compact %t: nothing says that it is filtered:\n%s", way, size[0], size[1], compact, d.screen())
				}
			}
		}
	}
}

func TestFaultOfAFilterNamesTheWordsThereAre(t *testing.T) {
	d := drive(t, fullFleet(), 160, 45).press("/").typed("foo=x")
	d.shows("no filter word foo=; there are: state name engine")
	d.press("enter").shows("there are: state name engine")
	d.press("/").typed(" state=bogus").shows("no state bogus; there are: ")
	d.press("enter").resize(80, 3).shows("no state bogus")
}
