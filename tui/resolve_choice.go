package tui

import (
	"strconv"
	"strings"

	"selvage/core"
	"selvage/core/safe"
)

// takingMarked is what a person types a number for: a side on all differences that
// are marked.
type takingMarked struct {
	choice    core.Choice
	count     int
	otherwise int // that somebody has decided another way
}

// decide has something done about the marked differences, or the one under the
// cursor. A side that would be taken on more than one is asked for.
func (p *resolvePane) decide(e Env, a Action) Outcome {
	about := p.chosen().matters
	if choice := choiceOf(a); choice != "" && a != ActEdit {
		f, _ := e.fabric()
		if is := marking(e.decided(f), choice, about); is.count > 1 {
			return Outcome{Ask: is.ask(about)}
		}
	}
	out := doDecide(e, a, about)
	if out.Deed != nil && a != ActUndo && a != ActRedo { // those are about no mark
		p.marked.clear()
	}
	return out
}

// marking counts what a choice would decide.
func marking(by decided, c core.Choice, about []matter) takingMarked {
	is := takingMarked{choice: c}
	for _, m := range about {
		if !m.offers(c) {
			continue
		}
		is.count++
		if d := by.on(m); d != nil && d.State != core.DraftVoid && d.Choice != c {
			is.otherwise++
		}
	}
	return is
}

func (is takingMarked) ask(about []matter) *question {
	says := saysOf(safe.Sprintf("take %s on %s", is.choice, plural(is.count, "difference")), is.choice, about)
	if is.otherwise > 0 {
		says = append(says, safe.Sprintf("%s of them decided otherwise until now", grouped(is.otherwise)))
	}
	return &question{label: safe.Sprintf("type %d to do it: ", is.count), about: is, says: says}
}

// saysOf says what is about to be decided, and what that takes away.
func saysOf(says safe.Text, c core.Choice, about []matter) []safe.Text {
	if lost := losses(c, about); lost != "" {
		return []safe.Text{says, safe.Clean(lost)}
	}
	return []safe.Text{says}
}

// Answer takes a value, what is said of a difference that may stay, or the number of
// differences that a side is taken on.
func (p *resolvePane) Answer(e Env, q question, text string) Outcome {
	is, ok := q.about.(takingMarked)
	if !ok {
		return answered(e, q, text)
	}
	f, _ := e.fabric()
	about := p.chosen().matters
	switch {
	case strings.TrimSpace(text) != strconv.Itoa(is.count):
		return Outcome{Note: safe.Sprintf("that is not %d: nothing was decided", is.count)}
	case marking(e.decided(f), is.choice, about) != is:
		return Outcome{Note: safe.Lit("the differences are others by now: nothing was decided")}
	}
	p.marked.clear()
	return take(e, f, is.choice, about)
}
