package tui

import (
	"path/filepath"
	"testing"

	"selvage/core"
)

// going is a fabric that is published to in some ways.
func going(mode core.Mode, ways ...core.Way) core.FabricState {
	f := unprotected()
	f.Fabric.Mode, f.Fabric.Ways = mode, ways
	return f
}

// TestWayIsChosenWhileDecidingAndOnThePlan is one choice of both screens.
func TestWayIsChosenWhileDecidingAndOnThePlan(t *testing.T) {
	d := drive(t, only(going(core.ModeWrite, core.ToBranch)), 100, 30).press("c")
	d.shows("decided, to the branch")
	d.press("b").shows("it goes to a proposal")
	d.shows("decided, to a proposal")
	d.press("enter", "tab").shows("[ push a proposal ]")
	d.press("b").shows("it goes to a patch (a file for git am)")
	d.shows("[ write a patch ]")
	d.press("esc").shows("decided, to a patch")
	d.press("b").shows("decided, to the branch")
	d.press("b", "s", "tab", "enter")
	if len(d.acts.orders) != 1 || !d.acts.orders[0].Propose {
		t.Errorf("ordered %+v", d.acts.orders)
	}
}

// TestWayIsThatOfItsFabric and of no other one.
func TestWayIsThatOfItsFabric(t *testing.T) {
	other := going(core.ModeWrite, core.ToBranch)
	other.Fabric.ID = "dc2-prod"
	d := drive(t, core.Fleet{Fabrics: []core.FabricState{going(core.ModeWrite, core.ToBranch), other}}, 100, 30)
	d.press("c", "b").shows("to a proposal")
	d.press("esc", "j", "c").shows("decided, to the branch")
	d.press("esc", "k", "c").shows("decided, to a proposal")
}

// TestWayFollowsTheConfiguration and says what keeps it from another one.
func TestWayFollowsTheConfiguration(t *testing.T) {
	for name, tt := range map[string]struct {
		f         core.FabricState
		keys      []string
		noPatch   bool
		goes, say string
	}{
		"mode":           {f: going(core.ModePropose, core.ToBranch), goes: "to a proposal"},
		"mode b":         {f: going(core.ModePropose, core.ToBranch), keys: []string{"b"}, goes: "to a patch", say: "the mode of dc1-prod is propose"},
		"mode bb":        {f: going(core.ModePropose, core.ToBranch), keys: []string{"b", "b"}, goes: "to a proposal"},
		"propose":        {f: going(core.ModeWrite, core.ToPropose), keys: []string{"b"}, goes: "to a patch", say: "git.publish of dc1-prod is propose"},
		"propose only":   {f: going(core.ModeWrite, core.ToPropose), keys: []string{"b"}, noPatch: true, goes: "to a proposal", say: "it goes to a proposal only: git.publish of dc1-prod is propose"},
		"patch":          {f: going(core.ModeWrite, core.ToPatch), keys: []string{"b"}, goes: "to a patch", say: "it goes to a patch only: git.publish of dc1-prod is patch"},
		"never":          {f: going(core.ModeWrite, core.ToNever), keys: []string{"b"}, goes: "nowhere", say: "it goes nowhere: git.publish of dc1-prod is never"},
		"some never":     {f: going(core.ModeWrite, core.ToNever, core.ToBranch), keys: []string{"b"}, goes: "to a proposal"},
		"some proposals": {f: going(core.ModeWrite, core.ToPropose, core.ToBranch), goes: "to the branch"},
	} {
		t.Run(name, func(t *testing.T) {
			d := drive(t, only(tt.f), 140, 30)
			if tt.noPatch {
				d.model.cfg.Acts.Patch = nil
			}
			d.press("c").press(tt.keys...).shows("decided, " + tt.goes)
			d.shows(tt.say)
		})
	}
}

// TestPatchIsWrittenInPlaceOfAPush without the name of a protected fabric: nothing is
// published.
func TestPatchIsWrittenInPlaceOfAPush(t *testing.T) {
	t.Chdir(t.TempDir())
	f := going(core.ModeWrite, core.ToPatch)
	f.Fabric.Protected = true
	d := drive(t, only(f), 100, 30).press("s")
	d.shows("write a patch")
	d.hides("its name has to be typed")
	d.press("tab", "enter").shows("write to file: ")
	d.press("enter").shows("wrote ")
	if files, _ := filepath.Glob("*.patch"); len(files) != 1 || len(d.acts.orders) > 0 {
		t.Errorf("it writes %q and begins %v", files, d.acts.orders)
	}
}

func TestPlanThatCommitsNothingGoesNowhere(t *testing.T) {
	drive(t, only(settled()), 100, 30).press("s", "b").shows("nothing would be committed")
}
