package tui

import (
	"testing"

	"selvage/core"
)

// TestRunIsLeftToGoOn leads where esc does, says that it goes on, and how to come back.
func TestRunIsLeftToGoOn(t *testing.T) {
	on := running(core.RunFollowing)
	d := drive(t, only(on), 80, 24).press("enter", "8", "b")
	if got := d.model.top().spec.name; got != "fabrics" {
		t.Errorf("b leads to %s", got)
	}
	d.shows("goes on: 8 on a screen of dc1-prod leads back to it")
	if d.press("enter", "8"); d.model.top().spec.name != "run" || len(d.acts.stopped) > 0 {
		t.Error("8 does not lead back to it, or it was stopped")
	}
	over := running(core.RunRefused)
	d = drive(t, only(over), 80, 24).press("enter", "8", "b")
	d.shows("is over: nothing of it goes on")
	if got := d.model.top().spec.name; got != "run" {
		t.Errorf("b on a run that is over leads to %s", got)
	}
	none := desk()
	none.Run = nil
	drive(t, only(none), 80, 24).press("enter", "8", "b").shows("there is no run")
}

func TestKeysOfARunSayWhyTheyDoNothing(t *testing.T) {
	for keys, want := range map[string]string{
		"tab": "no other fabric has a run",
		"X":   "was not begun here: only where it was begun it can be ended",
		"r":   "a run goes on",
		"d":   "the cursor is on no object",
	} {
		drive(t, only(running(core.RunFollowing)), 80, 24).press("enter", "8", keys).shows(want)
	}
	drive(t, only(running(core.RunRefused)), 80, 24).press("enter", "8", "f").shows("is over")
}
