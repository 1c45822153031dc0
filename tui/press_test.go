package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"selvage/core"
)

// way are keys with blanks between them; a word in quotes is typed.
func (d *driver) way(keys string) *driver {
	d.tb.Helper()
	for _, k := range strings.Fields(keys) {
		if text, ok := strings.CutPrefix(k, "'"); ok {
			d.typed(text)
			continue
		}
		d.press(k)
	}
	return d
}

func TestKeysLeadToScreens(t *testing.T) {
	const run, edit = "/ 'what=sync enter", "/ 'what=overwritten enter"
	for _, tt := range []struct {
		fabric       core.FabricState
		way, screen  string
		plans, drawn int
	}{
		{desk(), "enter s", "plan", 1, 0},
		{desk(), "enter d s", "plan", 1, 0},
		{desk(), "v " + run + " enter", "past", 0, 0},
		{desk(), "v " + run + " d", "run-diff", 0, 0},
		{desk(), "v " + run + " O", "commit", 0, 0},
		{desk(), "v " + run + " r", "plan", 1, 0},
		{desk(), "v " + edit + " a", "events", 0, 1},
		{desk(), "h " + run + " enter d", "run-diff", 0, 0},
		{desk(), "h " + run + " enter O", "commit", 0, 0},
		{desk(), "h " + run + " enter n enter", "diff", 0, 0},
		{running(core.RunFollowing), "enter 8 n enter", "diff", 0, 0},
		{running(core.RunFollowing), "enter 8 n d", "diff", 0, 0},
	} {
		d := drive(t, only(tt.fabric), 100, 30).way(tt.way)
		if got := d.model.top().spec.name; got != tt.screen || len(d.acts.plans) != tt.plans || len(d.acts.brought) != tt.drawn {
			t.Errorf("%s leads to %s with %d plans and %d edits brought back, want %s, %d, %d", tt.way, got, len(d.acts.plans), len(d.acts.brought), tt.screen, tt.plans, tt.drawn)
		}
	}
}

// TestKeysStepFromPartToPart on every screen that has parts: forward from the first
// line, and back to where that began.
func TestKeysStepFromPartToPart(t *testing.T) {
	full, one := fullFleet(), only(desk())
	for _, tt := range []struct {
		fleet core.Fleet
		way   string
	}{
		{one, "h / 'what=sync enter enter"},
		{one, "H"},
		{full, "T"},
		{full, ": 'keys enter"},
		{only(watched()), "enter 6"},
		{only(running(core.RunFollowing)), "enter 8"},
		{one, "s"},
		{full, ""},
		{full, "j enter x"},
		{full, "j enter 5"},
		{full, "j enter d"},
	} {
		d := drive(t, tt.fleet, 80, 24).way(tt.way).press("g", "n")
		first := d.cursor()
		if d.press("n"); d.cursor() == first {
			t.Errorf("%s: n stays on %q", tt.way, first)
		}
		if d.press("N"); d.cursor() != first {
			t.Errorf("%s: N leads from the second to %q, want %q", tt.way, d.cursor(), first)
		}
	}
}

// TestKeysStepThroughWhatIsUndecided in both directions, each being a ring.
func TestKeysStepThroughWhatIsUndecided(t *testing.T) {
	d := drive(t, only(undecided()), 80, 24).way("c m")
	first := d.lines()
	d.press("n")
	if slices.Equal(d.lines(), first) {
		t.Fatal("n stays where it is")
	}
	if d.press("N"); !slices.Equal(d.lines(), first) {
		t.Errorf("N does not lead back:\n%s", d.screen())
	}
}

func TestKeysStepFromObjectToObject(t *testing.T) {
	for _, way := range []string{"enter d", "enter x"} {
		d := drive(t, only(desk()), 80, 24).way(way)
		first := d.model.top().place.Object
		d.press("J")
		second := d.model.top().place.Object
		if d.press("K"); second == first || d.model.top().place.Object != first {
			t.Errorf("%s: J leads from %v to %v, and K to %v", way, first, second, d.model.top().place.Object)
		}
	}
}

// TestTextsAreSearched on every screen that is one.
func TestTextsAreSearched(t *testing.T) {
	for way, word := range map[string]string{
		"h / 'what=sync enter enter": "ticket", "H": "conflicts", "T": "disk", ": 'keys enter": "quit", ": 'log enter": "info",
		"enter 5": "git", "enter 6": "git", "enter x": "git", "v": "check",
	} {
		d := drive(t, only(desk()), 80, 24).way(way).press("/")
		if d.model.prompt == nil {
			t.Errorf("%s: / asks for nothing", way)
			continue
		}
		d.typed(word).press("enter")
		if d.model.prompt != nil || d.model.top().filter.text != word {
			t.Errorf("%s: %q is not searched for", way, word)
		}
		d.shows(word)
	}
}

func TestKeyChecksTheFabricFromItsScreens(t *testing.T) {
	for _, way := range []string{"", "enter", "enter d", "enter x", "enter 5", "enter 6", "enter 7", "c"} {
		d := drive(t, only(desk()), 80, 24).way(way).press("r")
		if !slices.Equal(d.engine.refreshed, []core.FabricID{"dc1-prod"}) {
			t.Errorf("%s r: checked %v", way, d.engine.refreshed)
		}
	}
}

func TestStepsAtTheDeskAreTakenBackOnThePlan(t *testing.T) {
	d := drive(t, only(undecided()), 80, 24).way("enter d n 2 esc s")
	d.press("u").shows("undone: 1 decided")
	d.press("U")
	if n := len(d.acts.plans); n != 3 || len(d.engine.fleet.Fabrics[0].Drafts) != 1 {
		t.Errorf("%d plans and %d drafts after undo and redo", n, len(d.engine.fleet.Fabrics[0].Drafts))
	}
}

// TestBaseIsTakenOnWhatIsMarked where it has one: of the two only the first.
func TestBaseIsTakenOnWhatIsMarked(t *testing.T) {
	d := drive(t, only(alike(12)), 80, 24).way("enter space space 3 1 enter")
	if got := d.lastDecision(); got.Choice != core.TakeBase || len(d.acts.decided) != 1 {
		t.Errorf("decided %v", d.acts.decided)
	}
}

func TestDifferenceIsAcceptedOnResolve(t *testing.T) {
	d := drive(t, only(undecided()), 80, 24).way("c #")
	if d.model.prompt == nil {
		t.Fatal("# asks for nothing")
	}
	d.typed("2d").press("enter").typed("being recabled").press("enter")
	if len(d.acts.accepted) != 1 || !strings.Contains(fmt.Sprint(d.acts.accepted), "being recabled") {
		t.Errorf("accepted %v", d.acts.accepted)
	}
}

// TestPagesAreTurned in lists and in texts, by halves and by wholes: what is seen
// after the way down and up again is what was seen before.
func TestPagesAreTurned(t *testing.T) {
	for _, tt := range []struct {
		way  string
		line func(*driver) int // that the cursor is on
	}{
		{"j enter 3", func(d *driver) int { return d.model.top().pane.(*detailPane).list.Cursor() }},
		{": 'keys enter", func(d *driver) int { return d.model.top().pane.(*keysPane).window.Cursor() }},
		{"j enter x Z", func(d *driver) int { return d.model.top().pane.(*explainPane).window.Cursor() }},
	} {
		at := func(d *driver, keys ...string) int {
			d.press(keys...).screen()
			return tt.line(d)
		}
		d := drive(t, fullFleet(), 80, 12).way(tt.way).press("g")
		d.screen()
		half, whole := at(d, "ctrl+d"), at(d, "g", "pgdown")
		if half < 2 || whole < 2*half || whole > 2*half+1 {
			t.Errorf("%s: half a page is %d lines, a page %d", tt.way, half, whole)
		}
		for _, keys := range [][]string{{"g", "pgdown", "pgup"}, {"g", "ctrl+d", "ctrl+u"}, {"g", "ctrl+d", "ctrl+d", "ctrl+u", "ctrl+u"}, {"G", "home"}} {
			if got := at(d, keys...); got != 0 {
				t.Errorf("%s %v leads to line %d", tt.way, keys, got)
			}
		}
		if got := at(d, "G", "pgup"); got != at(d, "end")-whole {
			t.Errorf("%s: pgup leads from the end to line %d", tt.way, got)
		}
	}
}

func TestScreenIsDrawnAnewOnAKey(t *testing.T) {
	d := drive(t, fullFleet(), 80, 24).press("ctrl+l")
	if want := tea.ClearScreen(); d.last == nil || d.last() != want {
		t.Error("ctrl+l clears nothing")
	}
}

func TestProgramIsSuspendedOnceTheTerminalIsQuiet(t *testing.T) {
	d := drive(t, fullFleet(), 80, 24)
	d.model.cfg.Term = "dumb" // it is asked nothing, so it is quiet
	d.press("ctrl+z")
	if d.last == nil {
		t.Fatal("ctrl+z does nothing")
	}
	if _, ok := d.last().(tea.SuspendMsg); !ok {
		t.Errorf("ctrl+z gives %T", d.last())
	}
}
