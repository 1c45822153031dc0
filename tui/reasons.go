package tui

import (
	"selvage/core"
	"selvage/core/safe"
)

// Why single screens cannot do what their keys are for.

// Why says what keeps the run from it.
func (p *runPane) Why(e Env, a Action) safe.Text {
	r := p.fabric(e).Run
	switch {
	case a == ActNextRun:
		return safe.Lit("no other fabric has a run")
	case a == ActDiff && r != nil:
		return safe.Lit("the cursor is on no object")
	case a != ActStop && a != ActFollow && a != ActLeave && a != ActRetry:
		return safe.Text{}
	case r == nil:
		return safe.Lit("there is no run")
	case a == ActRetry:
		return safe.Lit("a run goes on: what is left is planned again when it is over")
	case r.Phase.Over():
		return safe.Sprintf("run %s is over: nothing of it goes on (esc leaves)", shortRun(r))
	}
	return safe.Sprintf("run %s was not begun here: only where it was begun it can be ended", shortRun(r))
}

// Why says what keeps the fabrics that are meant from it; of several, the first.
func (p *fabricsPane) Why(e Env, a Action) safe.Text {
	about := p.about()
	if len(about) == 0 {
		return safe.Text{}
	}
	f := about[0]
	switch {
	case a != ActAccept && a != ActDiff:
		return safe.Text{}
	case f.Report == nil:
		return safe.Sprintf("nothing is known of %s yet", f.Fabric.ID)
	case a == ActDiff:
		return safe.Sprintf("nothing of %s differs", f.Fabric.ID)
	}
	for _, s := range core.States() {
		if f.Report.Counts[s] == 0 {
			continue
		}
		if s == core.Acknowledged {
			return safe.Lit("all that differs is accepted already")
		}
		return whyNotAccepted(s)
	}
	return safe.Sprintf("%s has no objects", f.Fabric.ID)
}

// Why says what the plan, or its line under the cursor, lacks for it.
func (p *planPane) Why(e Env, a Action) safe.Text {
	f, _ := e.fabric()
	is := p.plan(e)
	if is == nil || !e.plans(f) {
		return safe.Text{}
	}
	switch a {
	case ActAllow:
		switch {
		case is.plan.Deletes() == 0:
			return safe.Lit("it takes nothing out of git")
		case len(is.plan.Stop) == 0:
			return safe.Lit("it may take that much out of git already")
		}
		return safe.Lit("it is not the deletes that keep it from being published")
	case ActButton:
		if len(is.plan.Stop) > 0 {
			return safe.Lit("it cannot be published: why is said first")
		}
		return safe.Lit("there is nothing to publish, and nothing to follow")
	case ActTicket, ActMessage:
		return safe.Lit("nothing would be committed")
	case ActLeaveOut:
		return safe.Lit("this line carries no decision out")
	case ActAdopt:
		return safe.Lit("this line undoes no live edit")
	case ActDiff:
		return safe.Lit("this line is about no object")
	default:
		return safe.Text{}
	}
}

// Why says what the entry under the cursor lacks for it.
func (p *historyPane) Why(e Env, a Action) safe.Text {
	r, ok := p.selected()
	if !ok {
		return safe.Text{}
	}
	run, isRun := r.entry.What.(core.Run)
	_, there := e.Fleet.Fabric(r.entry.Fabric)
	switch a {
	case ActEntry, ActRunDiff, ActBringBack, ActPlanAgain, ActCommit:
	default:
		return safe.Text{}
	}
	switch {
	case !there:
		return safe.Sprintf("fabric %s is no longer configured", r.entry.Fabric)
	case a == ActCommit:
		return safe.Lit("no commit belongs to it")
	case a == ActBringBack:
		return safe.Lit("only a live edit that was overwritten is brought back")
	case a == ActPlanAgain:
		return whyNotPlannedAgain(&run, isRun)
	case isRun:
		return safe.Lit("the run came to no plan")
	}
	return safe.Lit("it is about no run and no object")
}

func whyNotPlannedAgain(r *core.Run, isRun bool) safe.Text {
	if !isRun {
		return safe.Lit("only a run is planned again")
	}
	return safe.Sprintf("run %s goes on", shortRun(r))
}

// Why says what the run or the commit lacks for it.
func (p *pastPane) Why(_ Env, a Action) safe.Text {
	r := p.run()
	switch {
	case a == ActDiff:
		return safe.Lit("the cursor is on no object")
	case a != ActRunDiff && a != ActPlanAgain && a != ActCommit:
		return safe.Text{}
	case a == ActPlanAgain && p.made.answer != nil:
		return whyNotPlannedAgain(r, r != nil)
	case r == nil:
		return safe.Lit("it is about no run")
	case a == ActCommit:
		return safe.Lit("it has no commit")
	case r.Plan == "":
		return safe.Lit("the run came to no plan")
	}
	return safe.Lit("this is its diff")
}
