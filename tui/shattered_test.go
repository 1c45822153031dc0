package tui

import (
	"testing"
	"time"
)

// TestPiecesOfAKeyAreNoKeys: what is left of an arrow or function key leads
// nowhere, and the key after it is one again.
func TestPiecesOfAKeyAreNoKeys(t *testing.T) {
	for _, pieces := range [][]string{{"[", "A"}, {"[", "H"}, {"O", "P"}, {"[", "1", ";", "5", "C"}, {"[", "1", "5", "~"}} {
		d := drive(t, fullFleet(), 80, 24).press("j", "enter")
		d.send(keyPress("esc"))
		want := d.screen()
		for _, p := range pieces {
			d.send(keyPress(p))
		}
		if got := d.screen(); got != want {
			t.Errorf("after %q:\n%s\nbefore:\n%s", pieces, got, want)
		}
		if d.press("j"); d.screen() == want {
			t.Errorf("after %q j is no key", pieces)
		}
	}
}

// TestAKeyAfterEscapeIsOne where it comes later than any line holds a piece back.
func TestAKeyAfterEscapeIsOne(t *testing.T) {
	d := drive(t, fullFleet(), 80, 24).press("j", "enter")
	d.send(keyPress("esc"))
	d.after(shatterSpan+time.Millisecond, keyPress("["))
	d.shows("[1 drift]")
}
