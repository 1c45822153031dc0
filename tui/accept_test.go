package tui

import (
	"slices"
	"testing"
)

func TestObjectsAreAcceptedFromTheList(t *testing.T) {
	f := alike(0)
	f.Report.Engine = argo("dc1")
	d := drive(t, only(f), 100, 30).press("enter", "j", "j", "#")
	d.shows("accept Connection/srv-07--unbundled--leaf-03")
	d.shows("for how long (8h, 2d, 3w): _")
	d.shows("accepting keeps it from nothing: argocd")
	d.typed("2d").press("enter").typed("CHG-1").press("enter")
	if want := []string{"dc1-prod Connection/srv-07--unbundled--leaf-03 2d CHG-1"}; !slices.Equal(d.acts.accepted, want) {
		t.Errorf("accepted %q", d.acts.accepted)
	}
	d.press("*", "#")
	d.shows("accept 8 objects of dc1-prod")
	d.typed("2d").press("enter", "enter")
	d.shows("it takes an end and a reason")
	d.press("#").typed("2d").press("enter").typed("CHG-2").press("enter")
	if len(d.acts.accepted) != 9 {
		t.Errorf("accepted %q", d.acts.accepted)
	}
	d.shows("8 objects accepted until 2026-11-25")
}

func TestFabricIsAcceptedFromTheList(t *testing.T) {
	d := drive(t, only(undecided()), 100, 30).press("#")
	d.shows("accept 8 objects of dc1-prod")
	d.typed("2d").press("enter").typed("CHG-2").press("enter")
	if len(d.acts.accepted) != 8 {
		t.Errorf("accepted %q", d.acts.accepted)
	}
	drive(t, only(settled()), 100, 30).press("#").hides("for how long")
}
