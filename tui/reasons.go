package tui

import (
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
	return safe.Sprintf("run %s was not begun here: who began it stops it", shortRun(r))
}
