package tui

import (
	"testing"

	"selvage/core"
)

// TestAPlanTellsWhatItDoesNotKnow: what could not be seen is told where the rest of what
// engines do is, and once more over the buttons.
func TestAPlanTellsWhatItDoesNotKnow(t *testing.T) {
	d := drive(t, only(unprotected()), 80, 24)
	const why = "lab-gpu reads the same branch and its live side is unreadable"
	d.acts.plan = func(f core.FabricState, asked core.PlanOptions) *core.Plan {
		p := samplePlan(f, asked)
		p.Unseen, p.Effects = []string{why}, nil
		return p
	}
	d.press("s")
	d.shows("then live follows:")
	d.shows("? " + why)
	d.shows("what engines undo is not known of 1 fabric that could not be read whole")
}

// TestAPlanTellsWhatNobodyHasDecided: also where there is nothing else in it.
func TestAPlanTellsWhatNobodyHasDecided(t *testing.T) {
	f := undecided()
	words := f.Undecided().Words()
	d := drive(t, only(f), 160, 45)
	d.acts.plan = func(core.FabricState, core.PlanOptions) *core.Plan {
		return &core.Plan{Fabrics: []core.FabricID{f.Fabric.ID}, At: noon}
	}
	d.press("s")
	d.shows("nothing is decided")
	d.shows("nobody has decided about:")
	d.shows(words)
	e := drive(t, only(unprotected()), 160, 80).press("s")
	e.shows("nobody has decided about:")
}
