package tui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"selvage/core"
)

func TestKeyHasOneMeaningOnAScreen(t *testing.T) {
	for _, p := range panes() {
		for _, scopes := range [][]scope{p.scopes, apartFromTabs(whileChosen(p.scopes))} {
			meaning := map[string]Action{}
			for _, b := range newKeymap(bindings()).of(scopes) {
				for _, k := range b.keys {
					if other, ok := meaning[k]; ok {
						t.Errorf("on %s %q means %s and %s", p.name, k, other, b.action)
					}
					meaning[k] = b.action
				}
			}
		}
	}
}

func TestEveryBindingIsComplete(t *testing.T) {
	used := map[scope]bool{}
	for _, p := range panes() {
		for _, s := range slices.Concat(p.scopes, apartFromTabs(whileChosen(p.scopes))) {
			used[s] = true
		}
	}
	for _, b := range bindings() {
		if len(b.keys) == 0 || b.help == "" || !strings.Contains(string(b.action), ".") || !used[b.scope] {
			t.Errorf("binding %+v lacks something", b)
		}
	}
}

// TestTailsOfEscapeSequencesAreHarmless keeps in mind that a slow line takes
// the sequences of arrow and function keys apart.
func TestTailsOfEscapeSequencesAreHarmless(t *testing.T) {
	for _, b := range bindings() {
		for _, k := range b.keys {
			if slices.Contains(strings.Split("A B C D F H O P Q R S [", " "), k) && !b.action.harmless() {
				t.Errorf("%q is the tail of an escape sequence and means %s", k, b.action)
			}
		}
	}
}

// TestFooterShowsOnlyKeysThatWork presses each key of each footer and looks
// for what it did.
func TestFooterShowsOnlyKeysThatWork(t *testing.T) {
	for _, fleet := range []core.Fleet{fullFleet(), {Fabrics: []core.FabricState{fabric("dc0-prod", time.Second, invalidFile()), desk()}}} {
		for way, keys := range ways() {
			start := drive(t, fleet, 80, 24).press(keys...)
			if start.model.prompt != nil {
				continue // its footer is the line that is being typed
			}
			for _, b := range start.model.hinted() {
				d := drive(t, fleet, 80, 24).press(keys...)
				before, done := d.screen(), len(d.acts.done)+len(d.acts.plans)
				d.press(b.keys[0])
				if d.screen() == before && d.last == nil && len(d.engine.refreshed) == 0 && d.engine.all == 0 && len(d.acts.done)+len(d.acts.plans) == done {
					t.Errorf("%s: %q is in the footer and does nothing", way, b.keys[0])
				}
			}
		}
	}
}

func TestHelpNamesEveryKeyOfTheScreenBelow(t *testing.T) {
	for way, keys := range ways() {
		d := drive(t, fullFleet(), 160, 60).press(keys...)
		if spec := d.model.top().spec; d.model.prompt == nil && spec.name != "help" {
			help := d.press("?").screen()
			for _, b := range newKeymap(bindings()).of(spec.scopes) {
				if !strings.Contains(help, b.help) {
					t.Errorf("help on %s does not name %s", way, b.action)
				}
			}
		}
	}
}

func TestHelpScrollsWhereItIsLong(t *testing.T) {
	d := drive(t, fullFleet(), 60, 12).press("?")
	d.hides("your selvage")
	d.press("end")
	d.shows("your selvage")
	d.press("home", "pgdown", "up", "home")
	d.shows("this screen")
	d.press("?")
	d.shows("FABRIC")
}
