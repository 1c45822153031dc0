package tui

import (
	"strings"
	"testing"

	"selvage/core/safe"
	"selvage/themes"
)

// TestWhatIsSaidDoesNotCoverTheRowItIsAbout, however many lines it takes.
func TestWhatIsSaidDoesNotCoverTheRowItIsAbout(t *testing.T) {
	long := safe.Clean(strings.Repeat("it cannot be decided like that, because of this and of that; ", 3))
	for _, size := range [][2]int{{80, 24}, {80, 12}, {40, 6}, {80, 3}} {
		d := drive(t, deskFleet(), size[0], size[1]).press("enter", "a", "G")
		before := d.cursor()
		d.model.say(themes.Error, long)
		if got := d.cursor(); got != before || got == "" {
			t.Errorf("at %v the cursor was on %q, and what is seen of it is %q:\n%s", size, before, got, d.screen())
		}
		d.shows("it cannot be decided")
	}
}

// TestWhatIsTypedIsSeenAtAnyHeight, and with room for more the row that it is about.
func TestWhatIsTypedIsSeenAtAnyHeight(t *testing.T) {
	for _, size := range [][2]int{{80, 1}, {20, 1}, {20, 2}, {80, 2}, {20, 3}, {80, 3}, {80, 5}} {
		for _, compact := range []bool{false, true} {
			d := drive(t, deskFleet(), size[0], size[1]).press("enter")
			if compact {
				d.press("ctrl+e")
			}
			row := d.cursor()
			if size[1] > 1 && row == "" {
				t.Errorf("at %v no row is seen:\n%s", size, d.screen())
			}
			d.press("/").typed("-")
			lines := d.lines()
			if len(lines) != size[1] || !strings.Contains(lines[len(lines)-1], "-_") {
				t.Errorf("at %v, compact %v, what is typed is not seen:\n%s", size, compact, d.screen())
			}
			if size[1] > 1 && d.cursor() == "" {
				t.Errorf("at %v, compact %v, no row is seen above what is typed:\n%s", size, compact, d.screen())
			}
		}
	}
}
