package tui

import (
	"strings"
	"testing"

	"selvage/core"
)

func TestHelpSearchesAndRuns(t *testing.T) {
	d := drive(t, fullFleet(), 80, 24).press("?").typed("check all")
	d.shows("fabric.check_all")
	d.press("enter")
	if d.engine.all != 1 || d.model.top().spec.name != "fabrics" {
		t.Errorf("checked %d times, on %s", d.engine.all, d.model.top().spec.name)
	}
	d.press("j", "enter", "?").typed("explain").press("enter")
	if d.model.top().spec.name != "explain" {
		t.Errorf("on %s, want what was found on the screen below help", d.model.top().spec.name)
	}
	if d.press("?").typed("worst first nonsense"); !strings.Contains(d.screen(), "nothing does") {
		t.Errorf("nothing fits, and it says:\n%s", d.screen())
	}
	d.press("enter")
	if d.model.top().spec.name != "help" || d.typing() != "search: worst first nonsense_" {
		t.Errorf("enter on nothing leads to %s, %q", d.model.top().spec.name, d.typing())
	}
	d.press("esc")
	if d.model.top().spec.name != "explain" {
		t.Errorf("escape leads to %s", d.model.top().spec.name)
	}
}

func TestHelpTypesTheLettersThatAreKeys(t *testing.T) {
	d := drive(t, fullFleet(), 80, 24).press("?").typed("qjkGR?:")
	if got := d.typing(); got != "search: qjkGR?:_" {
		t.Errorf("typed %q", got)
	}
	if d.model.quitting || d.engine.all > 0 {
		t.Error("a letter was taken for a key")
	}
}

func TestHelpAsksForWhatACommandLacks(t *testing.T) {
	d := drive(t, fullFleet(), 80, 24).press("?").typed("theme").press("enter")
	if got := d.typing(); got != ":theme _" {
		t.Errorf("it leads to %q", got)
	}
}

func TestHelpFindsWhatCannotBeDoneNow(t *testing.T) {
	d := drive(t, fullFleet(), 80, 24).press("j", "enter", "d", "?").typed("redo").press("enter")
	d.shows("decide.redo: read-only: nothing of dc1-prod is decided")
	if d.model.top().spec.name != "help" {
		t.Errorf("on %s", d.model.top().spec.name)
	}
}

// TestHelpSaysWhatSeenIs: a check that has just ended does not make what a watch has
// proven any younger.
func TestHelpSaysWhatSeenIs(t *testing.T) {
	for _, to := range [][]string{nil, {"j", "enter"}} {
		text := strings.Join(strings.Fields(drive(t, fullFleet(), 80, 200).press(to...).press("?").screen()), " ")
		for _, want := range []string{"SEEN, seen: how long ago live was last proven to be as shown", "about once a minute", "older than the last check"} {
			if !strings.Contains(text, want) {
				t.Errorf("after %v nothing says %q", to, want)
			}
		}
	}
}

func TestHelpSaysWhereThingsAre(t *testing.T) {
	d := driveWith(t, core.Fleet{}, func(c *Config) { c.ConfigFile, c.LogFile = "/etc/selvage.yaml", "/var/selvage-kim.log" })
	d.press("?", "end")
	d.shows("configuration  /etc/selvage.yaml")
	d.shows("log  /var/selvage-kim.log")
	d.shows("selvage v0.1.0")
}
