package tui

import (
	"testing"

	"selvage/core"
)

func TestKeyThatCanDoNothingSaysSo(t *testing.T) {
	for _, tt := range []struct {
		keys []string
		want string
	}{
		{[]string{"P"}, "no room to move the preview"},
		{[]string{"enter", "u"}, "nothing to undo"},
		{[]string{"enter", "*", "*", "/", "z", "q", "enter", "d"}, "nothing to do here"},
		{[]string{"/", "z", "q", "enter", "n"}, "there is no other"},
	} {
		drive(t, only(fabric("dc1", 0, simple(core.Drifted, wiringGroup, "Switch", "leaf-1", ".spec.a", "kim", 0))), 80, 24).press(tt.keys...).shows(tt.want)
	}
	d := drive(t, fullFleet(), 80, 24)
	before := d.screen()
	if d.press("k", "home", "esc", "ctrl+u"); d.screen() != before {
		t.Errorf("a key that moves nothing says something:\n%s", d.screen())
	}
}
