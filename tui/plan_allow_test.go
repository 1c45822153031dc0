package tui

import (
	"fmt"
	"testing"

	"selvage/core"
)

func deleting(f core.FabricState, asked core.PlanOptions) *core.Plan {
	p := samplePlan(f, asked)
	for i := range 7 {
		p.Commits[0].Changes = append(p.Commits[0].Changes, core.PlannedChange{
			Fabric: f.Fabric.ID, Key: key(vpcGroup, "VPC", fmt.Sprintf("old-%d", i)), Path: core.Root, Op: core.OpRemoved, Before: core.ValueOf("x"),
		})
	}
	if asked.AllowDelete < 7 {
		p.Stop = append(p.Stop, "dc1-prod: it takes 7 of 214 objects out of git (if that is right: --allow-delete 7)")
	}
	return p
}

func TestLimitIsPassedByTypingTheNumber(t *testing.T) {
	d := drive(t, only(unprotected()), 80, 24)
	d.acts.plan = deleting
	d.press("s")
	d.shows("it takes 7 of 214 objects out of git")
	d.shows("l allows it, with the number typed")
	d.hides("commit and push")
	d.press("l")
	d.shows("type 7 to allow that: _")
	d.typed("6").press("enter").shows("that is not 7: nothing was allowed")
	d.press("l").typed("7").press("enter")
	d.hides("it cannot be published")
	d.press("tab", "enter")
	if len(d.acts.orders) != 1 || d.acts.orders[0].AllowDelete != 7 {
		t.Errorf("ordered %+v", d.acts.orders)
	}
}

func TestAllowanceEndsWithItsPlan(t *testing.T) {
	d := drive(t, only(unprotected()), 80, 24)
	d.acts.plan = deleting
	d.press("s", "l").typed("7").press("enter", "esc", "s")
	d.shows("it cannot be published")
	other := stopped()
	other.Fabric.Protected = false
	d = drive(t, only(other), 80, 24) // it is stopped by something else as well
	d.acts.plan = deleting
	d.press("s").hides("allows it, with the number typed")
	if d.press("l"); d.model.prompt != nil {
		t.Error("a number is asked for that would not help")
	}
}
