package tui

import (
	"strings"
	"testing"

	"selvage/core"
)

func TestConflictsAreATabAndEnterResolves(t *testing.T) {
	d := drive(t, only(undecided()), 80, 24).press("enter", "2")
	d.shows("2 objects in conflict")
	d.shows("1/2")
	d.hides("Switch/leaf-03")
	d.press("d").shows("fields view")
	d.press("esc", "enter").shows("resolve")
	// What is decided is pending, as its row, the counts and JSON have it.
	f := undecided()
	for i := range f.Report.Verdicts {
		if v := &f.Report.Verdicts[i]; v.State == core.Conflict {
			f.Report.Counts[v.State]--
			v.State, v.Reason = core.Pending, "git was chosen by kim"
			f.Report.Counts[v.State]++
		}
	}
	d = drive(t, only(f), 120, 24).press("enter", "2")
	d.hides("2 conflicts(")
	d.shows("0 objects in conflict")
	d.shows("no conflict: what both sides changed is decided, or not the worst of its object")
	drive(t, only(settled()), 80, 24).press("enter", "2").shows("no conflict: git and live have not both changed one field")
	drive(t, only(unreachable()), 80, 24).press("enter", "2").shows("no conflict is known")
}

func TestAllObjectsAreATabWithTheKindsNotInGit(t *testing.T) {
	d := drive(t, only(busy()), 100, 40).press("enter", "3")
	d.shows("214 objects, 9 not in sync")
	d.press("G")
	d.shows("Switch  7 live, not in git")
	d.shows("git holds no object of this kind")
	if d.press("d", "x", "space", "#"); d.model.top().spec.name != "objects" || strings.Contains(d.screen(), "marked") {
		t.Errorf("something was done to a kind:\n%s", d.screen())
	}
	d.press("k", "k", "d").shows("dc1-prod > VPC/vpc-205")
}
