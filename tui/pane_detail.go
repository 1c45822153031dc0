package tui

import (
	"time"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// detailPane lists the objects of one fabric, with the changes of the one under
// the cursor below or beside the list. Three tabs are made of it: what is not in
// sync, the conflicts, and all objects.
type detailPane struct {
	listPane[rowKey, objectRow]
	lists   objectList
	touched bool
	marked  picks[core.Key]
	unfolds map[string]bool   // the groups that are unfolded
	folds   int               // how often one was unfolded or folded
	news    core.News         // what changed since the person looked
	fresh   map[core.Key]bool // the objects of it

	// What a person chose to see.
	all     bool // what is in sync too
	trouble bool // only what needs a person
	grouped bool // equal changes as one row
	order   sorting

	made   objectsMade
	loads  int    // how often the rows were made
	folded [3]int // fields that rules of selvage's explain, and the user's own; and that somebody accepted
	alike  bool   // some of them could be grouped
	likes  likenesses
	count  int         // of the objects of all rows
	around *neighbours // nil before it was worked out

	choice     *objectsChosen // of the last chosenMade
	choiceMade chosenMade

	widest int // the longest name of all, whatever the filter lets through
}

// objectList says which objects a tab lists.
type objectList uint8

const (
	listsDrift objectList = iota
	listsConflicts
	listsAll
)

// objectsMade is what the rows were made of; they are made anew when one of these
// is another.
type objectsMade struct {
	report                *core.Report
	filter                string
	at                    time.Time // where time alone changes what the filter lets through
	all, trouble, grouped bool
	order                 sorting
	folds                 int
	loaded                bool
}

func newDetailPane() Pane    { return newObjectList(listsDrift) }
func newConflictsPane() Pane { return newObjectList(listsConflicts) }
func newObjectsPane() Pane   { return newObjectList(listsAll) }

func newObjectList(of objectList) Pane {
	return &detailPane{lists: of, unfolds: map[string]bool{}}
}

// load brings the rows up to date.
func (p *detailPane) load(e Env) {
	f, ok := e.fabric()
	if !ok {
		return
	}
	made := objectsMade{
		report: f.Report, filter: e.Filter.text, all: p.all, trouble: p.trouble, grouped: p.grouped,
		order: p.order, folds: p.folds, loaded: true,
	}
	if e.Filter.timed {
		made.at = e.Now
	}
	if made == p.made {
		return
	}
	if e.Filter.empty() && p.made.filter != "" && len(p.rows) > 0 {
		p.touched = true // the filter led to its object
	}
	p.made = made
	p.loads, p.count = p.loads+1, 0
	p.fill(f, e)
	keys := make([]rowKey, len(p.rows))
	for i, r := range p.rows {
		keys[i] = r.key()
		if !r.inside {
			p.count += r.count()
		}
	}
	p.list.SetKeys(keys)
	if p.marked.count() > 0 {
		p.marked.keep(p.objects())
	}
	if !p.touched {
		p.list.To(0)
	}
}

// row is the row under the cursor; the zero row where there is none.
func (p *detailPane) row() objectRow {
	r, _ := p.selected()
	return r
}

func (p *detailPane) Can(e Env, a Action) bool {
	f, ok := e.fabric()
	if !ok {
		return false
	}
	switch a {
	case ActShowAll:
		return p.lists == listsDrift && f.Report != nil && f.Report.Counts[core.InSync] > 0
	case ActNext, ActPrev:
		return nextProblem(p.list.Window, a, p.problem) != p.list.Cursor()
	case ActPlan:
		return e.plans(f)
	case ActResolve:
		return e.decides(f) && (p.lists != listsConflicts && (decidable(f) || len(f.Drafts) > 0) || p.lists == listsConflicts && len(p.rows) > 0)
	case ActProblems:
		return f.Report != nil && f.Report.Counts.Total() > 0
	case ActSort, ActSortBack:
		return len(p.rows) > 1
	case ActGroup:
		return p.grouped || p.alike
	case ActDiff, ActExplain, ActMark, ActMarkAll:
		return len(p.row().objects()) > 0
	case ActTakeGit, ActTakeLive, ActTakeBase, ActDrop, ActUndo, ActRedo:
		return p.chosen(f).can(e, a)
	case ActAccept:
		return e.acts.Accepter != nil && p.chosen(f).accepts
	case ActSheet:
		objects := p.row().objects()
		return len(objects) == 1 && e.edits(f, objects[0].Key)
	case ActHistory, ActLint:
		return e.records(a)
	default:
		return len(p.rows) > 0
	}
}

func (p *detailPane) Do(e Env, a Action) Outcome {
	r := p.row()
	switch a {
	case ActDiff:
		return p.enter(e, r)
	case ActExplain:
		p.touched = true
		return explaining(e, r.objects()[0].Key, p.objects())
	case ActResolve:
		p.touched = true
		k := core.Key{}
		if objects := r.objects(); len(objects) > 0 {
			k = objects[0].Key
		}
		return resolving(e.Place.Fabric, k)
	case ActPlan:
		return planning(e.Place.Fabric)
	case ActSheet:
		f, _ := e.fabric()
		p.touched = true
		return openSheet(e, f, r.objects()[0].Key)
	case ActHistory, ActLint:
		return recording(a, e.Place.Fabric)
	case ActShowAll:
		p.all = !p.all
	case ActNext, ActPrev:
		p.touched = true
		p.list.To(nextProblem(p.list.Window, a, p.problem))
	case ActMark, ActMarkAll, ActProblems, ActSort, ActSortBack, ActGroup:
		p.touched = true
		return p.choose(e, a)
	case ActTakeGit, ActTakeLive, ActTakeBase, ActDrop, ActUndo, ActRedo, ActAccept:
		return p.decide(e, a)
	default:
		p.touched = move(&p.list.Window, a, p.page) || p.touched
	}
	return Outcome{}
}

// enter opens the diff of an object, or unfolds a group or folds it.
func (p *detailPane) enter(e Env, r objectRow) Outcome {
	p.touched = true
	if r.members != nil {
		p.folds++
		if p.unfolds[r.group] {
			delete(p.unfolds, r.group)
		} else {
			p.unfolds[r.group] = true
		}
		return Outcome{}
	}
	return Outcome{Open: &Place{Screen: "diff", Fabric: e.Place.Fabric, Object: r.objects()[0].Key}, Among: p.objects()}
}

// problem tells of a row whether it needs a person. Of an object that was in
// sync when it was last read, nothing says so.
func (p *detailPane) problem(i int) bool {
	for _, v := range p.rows[i].objects() {
		if troubled(v) {
			return true
		}
	}
	return false
}

func troubled(v *core.Verdict) bool {
	return !v.State.Settled() && (v.State != core.Unknown || !v.LastKnown || v.Last != core.InSync)
}

func (p *detailPane) View(e Env) Frame {
	f, _ := e.fabric()
	frame := Frame{Title: p.title(e, f), Facts: fabricFacts(e, f), Note: e.Filter.trouble(e.Style)}
	state, word := standing(f, e.Now)
	frame.Brief = then(frame.Title, widget.Span{Ink: e.Style.ink(role(state)), Text: safe.Sprintf("  %c ", state.Letter()).Plus(word)})
	if chosen := p.Chosen(); chosen != "" {
		frame.Facts = append(frame.Facts, widget.Span{Ink: e.Style.ink(themes.Match), Text: safe.Clean(chosen)})
	}
	frame.Position = p.position()
	above := p.above(e, f)
	height := e.Height - len(above)
	r, columns := p.row(), p.columns(f)
	place := e.preview(true)
	switch {
	case e.text:
		frame.Lines = append(above, p.lines(e, f, widget.NewTable(widget.Natural(columns), columns), height)...)
	case place == onTheRight && (len(p.rows) > 0 || !e.Filter.empty()):
		left := min(widget.Natural(columns), max(60, e.Width*11/20))
		list := p.lines(e, f, widget.NewTable(left, columns), height)
		list = append(list, p.beneath(e, f, r.verdict, left, height-len(list))...)
		width := e.Width - left - 3
		right := e.glimpse(r.key(), rowName(f, r), width, height, false, func(height int) []string {
			return p.beside(e, f, r, width, height)
		})
		frame.Lines = append(above, widget.Beside(height, left, e.Style.ink(themes.Rule), list, right)...)
	case place == below && len(p.rows) > 0 && height >= 8:
		preview := min(max(4, min(e.Height/3, 9)), height-4)
		table := widget.NewTable(e.Width, columns)
		frame.Lines = stretched(append(above, p.lines(e, f, table, height-preview)...), nil, e.Height-preview)
		frame.Lines = append(frame.Lines, e.glimpse(r.key(), rowName(f, r), e.Width, preview, true, func(height int) []string {
			return p.below(e, f, r, height)
		})...)
	default:
		frame.Lines = append(above, p.lines(e, f, widget.NewTable(e.Width, columns), height)...)
	}
	return frame
}

// title is the way here: the tab is told where it is not the first.
func (p *detailPane) title(e Env, f core.FabricState) []widget.Span {
	id := safe.Clean(string(f.Fabric.ID))
	switch p.lists {
	case listsConflicts:
		return crumbs(e, id, safe.Lit("conflicts"))
	case listsAll:
		return crumbs(e, id, safe.Lit("objects"))
	case listsDrift:
	}
	return crumbs(e, id)
}

// Focus puts the cursor on an object: the one that was last looked at on a
// screen opened from here.
func (p *detailPane) Focus(k core.Key) {
	if p.list.Select(rowKey{key: k}) {
		p.touched = true
		return
	}
	for i, r := range p.rows {
		for _, v := range r.objects() {
			if v.Key == k {
				p.list.To(i)
				p.touched = true
				return
			}
		}
	}
}
