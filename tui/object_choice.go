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
	case p.marked.count() > 0:
		return grouped(p.marked.count()) + " marked"
	case p.grouped:
		return "grouped"
	}
	return ""
}

// Unchoose takes all marks away, then the grouping.
func (p *detailPane) Unchoose() {
	if p.marked.count() > 0 {
		p.marked.clear()
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
	return len(objects) > 0 && p.marked.count() >= len(objects) && !slices.ContainsFunc(objects, func(v *core.Verdict) bool { return !p.marked.has(v.Key) })
}

// about are the objects that an action is about: those that are marked, else those
// of the row under the cursor.
func (p *detailPane) about() []*core.Verdict {
	if p.marked.count() == 0 {
		return p.row().objects()
	}
	all := make([]*core.Verdict, 0, p.marked.count())
	for _, r := range p.rows {
		if r.inside {
			continue
		}
		for _, v := range r.objects() {
			if p.marked.has(v.Key) {
				all = append(all, v)
			}
		}
	}
	return all
}

// objectsChosen are those objects, with their differences.
type objectsChosen struct {
	chosen
	objects []*core.Verdict
	accepts bool // some of it
}

// chosen are the objects that an action is about, worked out anew where a mark, the
// cursor, a row or a draft is another.
func (p *detailPane) chosen(f core.FabricState) *objectsChosen {
	made := chosenMade{loads: p.loads, marks: p.marked.changes, cursor: -1, drafts: firstDraft(f)}
	if p.marked.count() == 0 {
		made.cursor = p.list.Cursor()
	}
	if p.choice == nil || made != p.choiceMade {
		about := p.about()
		p.choiceMade, p.choice = made, &objectsChosen{objects: about, accepts: len(acceptances(f, about)) > 0}
		p.choice.matters = mattersOf(about)
	}
	return p.choice
}

// mattersOf are all differences of some objects.
func mattersOf(objects []*core.Verdict) []matter {
	all := make([]matter, 0, len(objects))
	for _, v := range objects {
		for _, c := range v.Changes {
			if c.Verdict != core.FieldPruned {
				all = append(all, matter{v, c})
			}
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
	choice core.Choice
	offer
	of digest // of what would be decided: not only as many, but the same
}

// taken is what a choice would decide of all that is chosen.
func (p *detailPane) taken(f core.FabricState, by core.Choice) taking {
	c := p.chosen(f)
	return taking{by, c.offer(by), digestOf(func(yield func(core.FabricID, placeOf) bool) {
		for _, m := range c.matters {
			if m.offers(by) && !yield(f.Fabric.ID, m.place()) {
				return
			}
		}
	})}
}

// decide has something done about all objects that are chosen. A side is asked for with
// their number, also where that is one: the same keys turn tabs while nothing is chosen.
func (p *detailPane) decide(e Env, a Action) Outcome {
	f, _ := e.fabric()
	is := p.chosen(f)
	choice := choiceOf(a)
	switch {
	case a == ActAccept:
		return acceptAll(acceptances(f, is.objects), string(f.Fabric.ID))
	case choice == "":
		if a != ActUndo && a != ActRedo { // those are about no mark
			p.marked.clear()
		}
		return doDecide(e, a, is.matters)
	}
	taken := p.taken(f, choice)
	of := plural(taken.objects, "object")
	if len(is.objects) == 1 {
		of = f.Fabric.Label(is.objects[0].Key)
	}
	says := safe.Sprintf("take %s on %s of %s", choice, plural(taken.differences, "difference"), of)
	return Outcome{Ask: &question{label: safe.Sprintf("type %d to do it: ", taken.objects), about: taken, says: saysOf(says, choice, is.matters)}}
}

// Answer takes the number of objects that a side is taken on, or what is said of
// differences that may stay.
func (p *detailPane) Answer(e Env, q question, text string) Outcome {
	f, _ := e.fabric()
	is, ok := q.about.(taking)
	if !ok {
		out := accepted(e, q, text, func() []acceptance { return acceptances(f, p.about()) })
		if out.Deed != nil {
			p.marked.clear()
		}
		return out
	}
	switch {
	case strings.TrimSpace(text) != strconv.Itoa(is.objects):
		return Outcome{Note: safe.Sprintf("that is not %d: nothing was decided", is.objects)}
	case p.taken(f, is.choice) != is:
		return Outcome{Note: safe.Lit("the differences are others by now: nothing was decided")}
	}
	about := p.chosen(f).matters
	p.marked.clear()
	return take(e, f, is.choice, about)
}
