package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"selvage/core"
)

func TestOtherTabsStayReachableWhileRowsAreChosen(t *testing.T) {
	for name, choose := range map[string][]string{"marked": {"space"}, "grouped": {"="}} {
		for _, width := range []int{80, 160} {
			d := drive(t, only(alike(64)), width, 24).press("enter").press(choose...)
			line := d.lines()[1]
			if !strings.Contains(line, "1 git") || !strings.Contains(line, "  4") || !strings.Contains(line, "  7") {
				t.Errorf("%s at %d: the line of the tabs is %q", name, width, line)
			}
			if d.press("1").model.top().spec.name != "detail" {
				t.Errorf("%s: 1 does not decide", name)
			}
			d.press("esc").press("4")
			if got := d.model.top().spec.name; got != "history" {
				t.Errorf("%s: 4 leads to %q", name, got)
			}
		}
	}
	low := drive(t, only(alike(64)), 160, 17).press("enter", "space")
	if got := low.lines()[16]; !strings.Contains(got, "1 git") || strings.Contains(got, "1 drift") {
		t.Errorf("the footer of a low screen is %q", got)
	}
}

func alike(n int) core.FabricState {
	f := undecided()
	verdicts := slices.Clone(f.Report.Verdicts)
	for i := range n {
		v := simple(core.Drifted, wiringGroup, "Switch", fmt.Sprintf("spine-%02d", i+1), ".spec.enableAllPorts", "kubectl-edit", time.Duration(i+1)*time.Hour)
		verdicts = append(verdicts, v)
	}
	setVerdicts(&f, verdicts...)
	return f
}

func TestMarkedFabricsAreCheckedAndPlannedTogether(t *testing.T) {
	other := undecided()
	other.Fabric.ID, other.Fabric.Protected = "dc2-prod", false
	read := settled()
	read.Fabric.Mode = core.ModeRead
	d := drive(t, core.Fleet{Fabrics: []core.FabricState{unprotected(), other, read}}, 80, 24).press("space")
	d.shows("1 marked")
	d.press("*")
	d.shows("3 marked")
	d.press("r")
	if len(d.engine.refreshed) != 3 {
		t.Errorf("checked %v", d.engine.refreshed)
	}
	d.shows("checking 3 fabrics")
	d.press("s")
	d.shows("2 fabrics > sync plan")
	d.shows("left out, for nothing may be published there: 1 fabric")
	if got := d.acts.planned[0]; !slices.Equal(got, []core.FabricID{"dc1-prod", "dc2-prod"}) {
		t.Errorf("planned %v", got)
	}
	d.press("esc")
	d.shows("3 marked")
	d.press("esc")
	d.hides("marked")
	d.press("s")
	if got := d.acts.planned[1]; len(got) != 1 {
		t.Errorf("without marks %v were planned", got)
	}
}

func TestSeveralFabricsArePlannedByName(t *testing.T) {
	other := undecided()
	other.Fabric.ID = "dc2-prod"
	for _, text := range []string{"sync dc1-prod dc2-prod", "sync all"} {
		d := drive(t, core.Fleet{Fabrics: []core.FabricState{unprotected(), other}}, 80, 24).press(":").typed(text).press("enter")
		d.shows("2 fabrics > sync plan")
		d.press("esc", "[")
		d.shows("2 fabrics > sync plan")
	}
}

func TestMarksGoWithWhatIsNotShown(t *testing.T) {
	d := drive(t, fullFleet(), 80, 24).press("*", "/").typed("dc1").press("enter")
	d.shows("2 marked")
	d.press("*").hides("marked")
	d.press("*").shows("2 marked")
}

func TestDigitsDecideWhileObjectsAreMarked(t *testing.T) {
	d := drive(t, only(alike(0)), 80, 24).press("enter", "space", "space")
	d.shows("2 marked, take:  1 git  2 live  3 base")
	d.press("2")
	d.shows("take live on 4 differences of 2 objects")
	d.shows("type 2 to do it: _")
	d.typed("1").press("enter")
	d.shows("that is not 2: nothing was decided")
	if d.press("2", "esc"); len(d.acts.decided) > 0 {
		t.Fatal("escape decided")
	}
	d.press("2").typed("2").press("enter")
	if len(d.acts.decided) != 4 || d.acts.decided[0].Choice != core.TakeLive {
		t.Errorf("decided %+v", d.acts.decided)
	}
	d.shows("draft: take live on 4 differences")
	d.hides("marked")
	d.press("u").shows("undone: 4 decided")
	d.press("U").shows("done again")
	d.press("*", "0").shows("dropped 4 drafts")
	d.press("2").shows("[2 conflicts]")
}

func TestWhatChangedWhileTheNumberIsTypedIsNotDecided(t *testing.T) {
	d := drive(t, only(alike(0)), 80, 24).press("enter", "*", "2")
	d.shows("of 9 objects")
	f := alike(0)
	setVerdicts(&f, f.Report.Verdicts[1:]...)
	d.set(only(f))
	d.typed("9").press("enter")
	d.shows("the differences are others by now: nothing was decided")
	if len(d.acts.decided) > 0 {
		t.Errorf("decided %+v", d.acts.decided)
	}
}

func TestEqualChangesAreOneRow(t *testing.T) {
	d := drive(t, only(alike(64)), 100, 30).press("enter", "=")
	d.shows("64 Switch objects  .spec.enableAllPorts  e1/4 -> e1/3")
	d.hides("spine-64")
	d.press("/").typed("spine").press("enter")
	d.shows("enter unfold")
	d.shows("64 objects with the same change: Switch/spine-01")
	d.press("enter")
	d.shows("  Switch/spine-02")
	d.shows("1/65")
	d.press("enter").shows("1/1")
	d.press("1")
	d.shows("take git on 64 differences of 64 objects")
	d.typed("64").press("enter")
	if len(d.acts.decided) != 64 {
		t.Errorf("%d decided, want all of the group", len(d.acts.decided))
	}
	d.press("space")
	d.shows("64 marked")
	d.press("esc", "esc").hides("grouped")
	d.shows("1/64")
	drive(t, only(busy()), 100, 30).press("enter").hides("= group")
}
