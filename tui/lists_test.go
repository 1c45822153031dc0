package tui

import (
	"strings"
	"testing"
)

func TestListIsSortedAndReversed(t *testing.T) {
	d := drive(t, fullFleet(), 80, 24).press("j")
	if d.press(">"); !strings.Contains(d.cursor(), "dc1-prod") {
		t.Errorf("sorting moved the cursor to %q", d.cursor())
	}
	d.shows("sort: severity, reversed")
	d.press(">", "g")
	d.shows("sort: name --")
	if !strings.Contains(d.cursor(), "dc1-prod") {
		t.Errorf("first by name is %q", d.cursor())
	}
	if d.press(">", "g"); !strings.Contains(d.cursor(), "lab-old") {
		t.Errorf("last by name is %q", d.cursor())
	}
	d.press(">", "g").shows("sort: differences")
	if !strings.Contains(d.cursor(), "dc1-prod") {
		t.Errorf("most differences has %q", d.cursor())
	}
	d.press("<", "<", "<", "<", "<").shows("sort: seen, reversed")
	d = drive(t, only(busy()), 80, 24).press("enter", "<")
	d.shows("sort: when, reversed")
	d.press("<", "g")
	if !strings.Contains(d.cursor(), "VPC/tenant-d") {
		t.Errorf("latest is %q", d.cursor())
	}
	d.press("<", "<", "<", "<", "<", "g")
	d.shows("sort: kind, reversed")
}

func TestOnlyProblemsAreShown(t *testing.T) {
	d := drive(t, fullFleet(), 80, 24).press("!")
	d.shows("fabrics that need a person")
	d.hides("dc4-prod")
	d.shows("1/9")
	d.press("!").shows("1/12")
	d = drive(t, only(busy()), 80, 24).press("enter", "!")
	d.shows("1/8")
	d.hides("^ VPC")
	d.shows("shown: what needs a person")
	drive(t, only(settled()), 80, 24).press("!").shows("no fabric needs a person (! shows all)")
	drive(t, only(settled()), 80, 24).press("enter", "!").shows("nothing needs a person (! shows all)")
	drive(t, fullFleet(), 80, 24).press("ctrl+e", "!").shows("only what needs a person")
}

func TestUndoIsHintedWhereSomethingWasDecided(t *testing.T) {
	d := drive(t, only(undecided()), 200, 24).press("c")
	d.hides("u undo")
	d.press("2").shows("u undo")
	d.press("0").shows("u undo")
}

func TestNothingIsOfferedToBeResolvedWhereAllAgrees(t *testing.T) {
	drive(t, only(settled()), 200, 24).press("enter").hides("c resolve")
	drive(t, only(undecided()), 200, 24).press("enter").shows("c resolve")
}
