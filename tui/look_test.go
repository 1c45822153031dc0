package tui

import (
	"strings"
	"testing"
)

func TestPreviewIsSwitchedOffAndMoved(t *testing.T) {
	d := drive(t, fullFleet(), 160, 45)
	if d.shows(" | "); strings.Contains(d.screen(), "-- lab-gpu") {
		t.Error("it is below at once")
	}
	d.press("P").hides(" | ")
	d.shows("-- lab-gpu")
	d.press("enter").hides(" | ") // remembered
	d.press("P").shows(" | ")
	d.press("esc").shows(" | ")
	d.press("p").hides(" | ")
	d.hides("-- lab-gpu")
	d.press("P").shows(" | ")
	d = drive(t, fullFleet(), 80, 24).press("p")
	d.hides("-- lab-gpu")
	d.press("P").hides(" | ")
	d.press("p").shows("-- lab-gpu")
}

func TestCompactLeavesOneHeaderLine(t *testing.T) {
	d := drive(t, only(busy()), 80, 10).press("enter", "ctrl+e")
	lines := d.lines()
	if !strings.HasPrefix(lines[0], "fabrics > dc1-prod") || !strings.Contains(lines[1], "OBJECT") || !strings.Contains(lines[9], "ExternalPeering/") && !strings.Contains(lines[9], "VPC") {
		t.Errorf("compact:\n%s", d.screen())
	}
	d.hides("sort:")
	d.press("d").hides("? help")
	d.press("esc", "esc").shows("1/1")
	d.press("ctrl+e").shows("? help")
}

func TestNeighboursOfAnObjectAreTold(t *testing.T) {
	d := drive(t, only(undecided()), 160, 45).press("enter")
	d.shows("uses     IPv4Namespace/default  not compared")
	d.shows("used by  VPCPeering/tenant-a--tenant-b  ! conflict")
	d.shows("commits that set it")
	d.shows("4f2c9e1   2h  Alexandra van den Berghe")
	d.press("j", "j").hides("used by  ")
	d.press("P").hides("depends on, used by")
}

func TestRulesOfAListAreNoDashesInAPager(t *testing.T) {
	d := drive(t, only(busy()), 80, 24).press("enter", "/").typed("vpc").press("enter")
	if whole := d.model.wholeText(); strings.Contains(whole, "-----") || !strings.Contains(whole, "  /vpc  sort: ") {
		t.Errorf("the text for a pager:\n%s", whole)
	}
}
