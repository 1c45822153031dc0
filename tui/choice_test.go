package tui

import (
	"strings"
	"testing"
)

func TestOtherTabsStayReachableWhileRowsAreChosen(t *testing.T) {
	for name, choose := range map[string][]string{"marked": {"space"}, "grouped": {"="}} {
		for _, width := range []int{80, 160} {
			d := drive(t, only(alike(64)), width, 24).press("enter").press(choose...)
			line := d.lines()[1]
			if !strings.Contains(line, "1 git") || !strings.Contains(line, "  4") || !strings.Contains(line, "  7") {
				t.Errorf("%s at %d: the line of the tabs is %q", name, width, line)
			}
			if d.press("1").model.top().spec.name != "detail" {
				t.Errorf("%s: 1 does not decide", name)
			}
			d.press("esc").press("4")
			if got := d.model.top().spec.name; got != "history" {
				t.Errorf("%s: 4 leads to %q", name, got)
			}
		}
	}
	low := drive(t, only(alike(64)), 160, 17).press("enter", "space")
	if got := low.lines()[16]; !strings.Contains(got, "1 git") || strings.Contains(got, "1 drift") {
		t.Errorf("the footer of a low screen is %q", got)
	}
}
