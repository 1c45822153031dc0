package tui

import (
	"errors"
	"testing"

	"selvage/core"
)

// TestObjectThatWasNotReadIsNotCalledAbsent on its diff: only what was read whole proves
// that it is gone.
func TestObjectThatWasNotReadIsNotCalledAbsent(t *testing.T) {
	absent := "neither git nor live has this object now"
	checking, failed, never, half, gone := desk(), desk(), desk(), unreachable(), desk()
	checking.Report, checking.Checking = nil, noon
	failed.Report, failed.Err = nil, errors.New("read fabrics/dc1-prod: no such repository")
	never.Report = nil
	half.Fabric = gone.Fabric
	half.Report.Verdicts = nil
	setVerdicts(&gone, onlyGit("leaf-1"))
	for want, f := range map[string]core.FabricState{
		"nothing was read yet: the check is under way":       checking,
		"no such repository":                                 failed,
		"nothing was read yet (r checks it now)":             never,
		"whether git or live has this object is not known: ": half,
	} {
		d := drive(t, only(desk()), 120, 24).press("enter", "d")
		d.set(only(f))
		d.shows(want)
		d.hides(absent)
		d.press("1").hides(absent)
	}
	d := drive(t, only(desk()), 120, 24).press("enter", "d")
	d.set(only(gone))
	d.shows(absent)
}
