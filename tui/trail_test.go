package tui

import (
	"strings"
	"testing"

	"selvage/core"
)

// where is the header, without what stands on its right.
func (d *driver) where() string {
	before, _, _ := strings.Cut(d.lines()[0], "  ")
	return before
}

func TestTrailLeadsBackAndForward(t *testing.T) {
	d := drive(t, fullFleet(), 80, 24).press("[", "]", "-")
	d.shows("sort: severity")
	d.press("j", "enter", "5", "esc", "j", "enter", "d")
	steps := []struct{ key, want string }{
		{"[", "fabrics > "},
		{"[", "selvage"},
		{"[", "fabrics > dc1-prod > engine"},
		{"[", "fabrics > dc1-prod"},
		{"[", "selvage"},
		{"[", "selvage"},
		{"]", "fabrics > dc1-prod"},
		{"-", "selvage"},
		{"-", "fabrics > dc1-prod"},
		{"]", "fabrics > dc1-prod > engine"},
		{"esc", "selvage"},
	}
	for i, s := range steps {
		if d.press(s.key); !strings.HasPrefix(d.where(), s.want) {
			t.Fatalf("step %d, %s: on %q, want %q", i, s.key, d.where(), s.want)
		}
	}
}

// TestTrailRemembersWhatLayBelow: escape leads up from a place that was come back to.
func TestTrailRemembersWhatLayBelow(t *testing.T) {
	d := drive(t, fullFleet(), 80, 24).press("j", "enter", "d", "J")
	object := d.model.top().place.Object
	d.press("esc", "esc", "-", "[")
	if got := d.model.top(); got.spec.name != "diff" || got.place.Object != object {
		t.Fatalf("on %s of %v, want the diff of %v", got.spec.name, got.place.Object, object)
	}
	d.press("esc")
	if got := d.model.top().spec.name; got != "detail" {
		t.Errorf("escape leads to %s", got)
	}
	d.press("esc")
	if got := d.model.top().spec.name; got != "fabrics" || len(d.model.stack) != 1 {
		t.Errorf("escape leads to %s, %d screens", got, len(d.model.stack))
	}
}

func TestTrailLeavesHelpOut(t *testing.T) {
	d := drive(t, fullFleet(), 80, 24).press("j", "enter", "?", "esc", "[")
	d.shows("sort: severity")
}

func TestTrailIsBounded(t *testing.T) {
	d := drive(t, fullFleet(), 80, 24)
	for range 3 * trailLength {
		d.press("enter", "esc")
	}
	if n := len(d.model.trail.visits); n != trailLength {
		t.Errorf("%d places are remembered", n)
	}
	for range trailLength + 10 {
		d.press("[")
	}
	if d.model.trail.at != 0 {
		t.Errorf("at %d", d.model.trail.at)
	}
}

// TestAPlanThatIsComeBackToHasCancelInBrackets: nothing is published by a key that
// was pressed on the way.
func TestAPlanThatIsComeBackToHasCancelInBrackets(t *testing.T) {
	d := drive(t, core.Fleet{Fabrics: []core.FabricState{unprotected()}}, 80, 24)
	d.press("s", "tab")
	d.hides("[ cancel ]")
	d.press("esc", "[")
	if d.model.top().spec.name != "plan" {
		t.Fatalf("on %s", d.model.top().spec.name)
	}
	d.shows("[ cancel ]")
	d.press("enter")
	if len(d.acts.orders) > 0 {
		t.Error("it was published")
	}
}

// TestScreenThatLiesBelowStaysAsItIs where it is opened once more about something
// else.
func TestScreenThatLiesBelowStaysAsItIs(t *testing.T) {
	d := drive(t, only(desk()), 80, 24).press("enter", "d")
	first := d.model.top().place.Object
	d.way(": 'history enter / 'what=overwritten enter enter")
	if d.model.top().spec.name != "diff" || d.model.top().place.Object == first {
		d.press("esc", "j", "enter")
	}
	second := d.model.top().place
	if second.Screen != "diff" || second.Object == first {
		t.Fatalf("on %+v, want another diff than that of %v", second, first)
	}
	d.press("esc", "esc", "esc")
	if got := d.model.top().place; got.Screen != "diff" || got.Object != first {
		t.Errorf("back on %+v, want the diff of %v", got, first)
	}
	d.shows(first.Name)
}

// TestTrailForgetsAPlanWhoseRunBegan: nobody is led back to press its button again.
func TestTrailForgetsAPlanWhoseRunBegan(t *testing.T) {
	d := drive(t, only(unprotected()), 80, 24).press("enter", "s", "tab", "enter")
	d.shows("run 9c1d0f4e")
	d.press("[")
	if got := d.model.top().spec.name; got != "detail" {
		t.Errorf("it leads back to %s", got)
	}
	d.press("]").shows("run 9c1d0f4e")
}
