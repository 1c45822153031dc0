package tui

import (
	"slices"
	"strconv"
	"strings"

	"selvage/core"
	"selvage/core/safe"
)

// Chosen says how many objects are marked, or that equal changes are grouped: then
// too the digits decide, about the row under the cursor.
func (p *detailPane) Chosen() string {
	switch {
	case len(p.marked) > 0:
		return grouped(len(p.marked)) + " marked"
	case p.grouped:
		return "grouped"
	}
	return ""
}

// Unchoose takes all marks away, then the grouping.
func (p *detailPane) Unchoose() {
	if len(p.marked) > 0 {
		clear(p.marked)
		return
	}
	p.grouped = false
}

// Hint says of enter on a group what it does there.
func (p *detailPane) Hint(_ Env, a Action, hint string) string {
	switch r := p.row(); {
	case a == ActDiff && r.members != nil && p.unfolds[r.group]:
		return "fold"
	case a == ActDiff && r.members != nil:
		return "unfold"
	case a == ActGroup && p.grouped:
		return "ungroup"
	case a == ActProblems && p.trouble:
		return "all"
	}
	return hint
}

// isMarked tells whether all objects of a row are marked.
func (p *detailPane) isMarked(r objectRow) bool {
	objects := r.objects()
	return len(objects) > 0 && len(p.marked) > 0 && !slices.ContainsFunc(objects, func(v *core.Verdict) bool { return !p.marked[v.Key] })
}

// about are the objects that an action is about: those that are marked, else those
// of the row under the cursor.
func (p *detailPane) about() []*core.Verdict {
	if len(p.marked) == 0 {
		return p.row().objects()
	}
	all := []*core.Verdict{}
	for _, r := range p.rows {
		for _, v := range r.objects() {
			if p.marked[v.Key] && !r.inside {
				all = append(all, v)
			}
		}
	}
	return all
}

// matters are all differences of those objects.
func (p *detailPane) matters() []matter {
	all := []matter{}
	for _, v := range p.about() {
		off, _ := split(v)
		for _, c := range off {
			all = append(all, matter{v, c})
		}
	}
	return all
}

// choose marks rows, and says which of them are shown and how.
func (p *detailPane) choose(e Env, a Action) Outcome {
	switch a {
	case ActMark:
		p.marked.flip(keysOf(p.row().objects())...)
		p.list.Move(1)
	case ActMarkAll:
		p.marked.flip(p.objects()...)
	case ActProblems:
		p.trouble = !p.trouble
		return troubleNote(e, p.trouble)
	case ActGroup:
		p.grouped = !p.grouped
	default:
		p.order.step(a, len(objectSorts()))
		return orderNote(e, p.order.note(objectSorts()))
	}
	return Outcome{}
}

func keysOf(objects []*core.Verdict) []core.Key {
	keys := make([]core.Key, len(objects))
	for i, v := range objects {
		keys[i] = v.Key
	}
	return keys
}

// taking is what a person types a number for: a side on all differences of several
// objects.
type taking struct {
	choice         core.Choice
	count, objects int // of the differences, and of their objects
}

// decide has something done about all objects that are chosen. A side that would be
// taken on more than one difference is asked for, with their number.
func (p *detailPane) decide(e Env, a Action) Outcome {
	f, _ := e.fabric()
	about := p.matters()
	choice := choiceOf(a)
	switch {
	case a == ActAccept:
		return acceptAll(acceptances(f, p.about()), string(f.Fabric.ID))
	case choice == "":
		out := doDecide(e, a, about)
		clear(p.marked)
		return out
	}
	is := offered(choice, about)
	if is.count == 1 {
		clear(p.marked)
		return take(e, f, choice, about)
	}
	says := safe.Sprintf("take %s on %s of %s", choice, plural(is.count, "difference"), plural(is.objects, "object"))
	return Outcome{Ask: &question{label: safe.Sprintf("type %d to do it: ", is.objects), about: is, says: []safe.Text{says}}}
}

// offered counts what a choice would decide.
func offered(c core.Choice, about []matter) taking {
	is, last := taking{choice: c}, core.Key{}
	for _, m := range about {
		if !m.offers(c) {
			continue
		}
		is.count++
		if is.objects == 0 || m.verdict.Key != last {
			is.objects++
		}
		last = m.verdict.Key
	}
	return is
}

// Answer takes the number of objects that a side is taken on, or what is said of
// differences that may stay.
func (p *detailPane) Answer(e Env, q question, text string) Outcome {
	f, _ := e.fabric()
	p.load(f, e)
	is, ok := q.about.(taking)
	if !ok {
		out := answeredAll(e, q, text, func() []acceptance { return acceptances(f, p.about()) })
		if out.Deed != nil {
			clear(p.marked)
		}
		return out
	}
	about := p.matters()
	switch {
	case strings.TrimSpace(text) != strconv.Itoa(is.objects):
		return Outcome{Note: safe.Sprintf("that is not %d: nothing was decided", is.objects)}
	case offered(is.choice, about) != is:
		return Outcome{Note: safe.Lit("the differences are others by now: nothing was decided")}
	}
	clear(p.marked)
	return take(e, f, is.choice, about)
}
