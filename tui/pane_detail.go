package tui

import (
	"fmt"
	"strings"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// detailPane lists the objects of one fabric, those that are not in sync or
// all, with the changes of the one under the cursor below or beside the list.
type detailPane struct {
	list    widget.List[core.Key]
	touched bool
	news    core.News         // what changed since the person looked
	fresh   map[core.Key]bool // the objects of it
	all     bool              // show what is in sync too
	page    int

	// What the rows were made of; they are made anew when one of these is
	// another.
	report *core.Report
	filter string
	shown  bool
	rows   []*core.Verdict
	server int // fields that rules of selvage's explain
	own    int // fields that rules of the user's own explain
	widest int // the longest name of all, whatever the filter lets through
}

func newDetailPane() Pane { return &detailPane{} }

// load brings the rows up to date.
func (p *detailPane) load(f core.FabricState, e Env) {
	if f.Report == p.report && e.Filter.text == p.filter && p.shown == p.all && p.rows != nil {
		return
	}
	if e.Filter.empty() && p.filter != "" && len(p.rows) > 0 {
		p.touched = true // the filter led to its object
	}
	p.report, p.filter, p.shown = f.Report, e.Filter.text, p.all
	p.rows, p.server, p.own, p.widest = []*core.Verdict{}, 0, 0, 0
	keys := []core.Key{}
	if f.Report != nil {
		for i := range f.Report.Verdicts {
			v := &f.Report.Verdicts[i]
			for _, f := range v.Folded {
				if f.User() {
					p.own++
				} else {
					p.server++
				}
			}
			if !p.all && v.State == core.InSync {
				continue
			}
			p.widest = max(p.widest, widget.Width(objectName(f, v.Key)))
			if e.Filter.empty() || e.Filter.matches(p.subject(v)) {
				p.rows = append(p.rows, v)
				keys = append(keys, v.Key)
			}
		}
	}
	p.list.SetKeys(keys)
	if !p.touched {
		p.list.To(0)
	}
}

func objectSubject(v *core.Verdict) subject {
	managers := []string{}
	for _, c := range v.Changes {
		managers = append(managers, c.Manager)
	}
	by := strings.Join(managers, " ")
	return subject{
		text: fmt.Sprintf("%s %s %s %s %s", v.Key, v.State.Title(), v.Reason, v.Origin.Path, by),
		fields: map[string][]string{
			"state": {v.State.String()}, "kind": {v.Key.Kind}, "name": {v.Key.Name}, "by": managers,
		},
	}
}

// subject is what the filter is matched against.
func (p *detailPane) subject(v *core.Verdict) subject {
	s := objectSubject(v)
	s.fields["changed"] = changedWords(p.fresh[v.Key])
	return s
}

func (p *detailPane) selected() (*core.Verdict, bool) {
	if len(p.rows) == 0 {
		return nil, false
	}
	return p.rows[p.list.Cursor()], true
}

func (p *detailPane) Can(e Env, a Action) bool {
	f, ok := e.fabric()
	if !ok {
		return false
	}
	p.load(f, e)
	switch a {
	case ActCheck:
		return true
	case ActShowAll:
		return f.Report != nil && f.Report.Counts[core.InSync] > 0
	case ActNext, ActPrev:
		return nextProblem(p.list.Window, a, p.problem) != p.list.Cursor()
	case ActResolve:
		return e.decides(f)
	case ActPlan:
		return e.plans(f)
	case ActSheet:
		k, _ := p.list.Selected()
		return e.edits(f, k)
	case ActHistory, ActLint:
		return e.records(a)
	default:
		return len(p.rows) > 0
	}
}

func (p *detailPane) Do(e Env, a Action) Outcome {
	switch a {
	case ActDiff:
		v, ok := p.selected()
		if !ok {
			return Outcome{}
		}
		p.touched = true
		return Outcome{Open: &Place{Screen: "diff", Fabric: e.Place.Fabric, Object: v.Key}, Among: p.list.Keys()}
	case ActExplain:
		v, ok := p.selected()
		if !ok {
			return Outcome{}
		}
		p.touched = true
		return explaining(e, v.Key, p.list.Keys())
	case ActResolve:
		p.touched = true
		k, _ := p.list.Selected()
		return resolving(e.Place.Fabric, k)
	case ActPlan:
		return planning(e.Place.Fabric)
	case ActSheet:
		f, _ := e.fabric()
		k, _ := p.list.Selected()
		p.touched = true
		return openSheet(e, f, k)
	case ActHistory, ActLint:
		return recording(a, e.Place.Fabric)
	case ActCheck:
		return Outcome{Check: []core.FabricID{e.Place.Fabric}, Note: safe.Sprintf("checking %s", e.Place.Fabric)}
	case ActShowAll:
		p.all = !p.all
	case ActNext, ActPrev:
		p.touched = true
		p.list.To(nextProblem(p.list.Window, a, p.problem))
	default:
		p.touched = move(&p.list.Window, a, p.page) || p.touched
	}
	return Outcome{}
}

// problem tells of a row whether it needs a person. Of an object that was in
// sync when it was last read, nothing says so.
func (p *detailPane) problem(i int) bool {
	v := p.rows[i]
	return !v.State.Settled() && (v.State != core.Unknown || !v.LastKnown || v.Last != core.InSync)
}

func (p *detailPane) View(e Env) Frame {
	f, ok := e.fabric()
	if !ok {
		return goneFrame(e, safe.Sprintf("fabric %q is no longer configured", e.Place.Fabric))
	}
	p.load(f, e)
	frame := Frame{Title: crumbs(e, safe.Clean(string(f.Fabric.ID))), Facts: fabricFacts(e, f), Note: e.Filter.trouble(e.Style)}
	state, word := standing(f, e.Now)
	frame.Brief = append(frame.Title[:len(frame.Title):len(frame.Title)],
		widget.Span{Ink: e.Style.ink(role(state)), Text: safe.Sprintf("  %c ", state.Letter()).Plus(word)})
	if len(p.rows) > 0 {
		frame.Position = safe.Sprintf("%d/%d", p.list.Cursor()+1, len(p.rows))
	}
	above := p.above(e, f)
	height := e.Height - len(above)
	v, any := p.selected()
	columns := p.columns(f)
	switch {
	case e.text:
		frame.Lines = append(above, p.lines(e, f, widget.NewTable(widget.Natural(columns), columns), height)...)
	case e.Width >= sideBySide && (any || !e.Filter.empty()):
		left := min(widget.Natural(columns), max(60, e.Width*11/20))
		list := p.lines(e, f, widget.NewTable(left, columns), height)
		right := []string{}
		if any {
			right = changesPreview(e, v, e.Width-left-3, height)
		}
		frame.Lines = append(above, widget.Beside(height, left, e.Style.ink(themes.Rule), list, right)...)
	case any && e.Height >= 14 && height >= 8:
		preview := min(max(4, min(e.Height/3, 9)), height-4)
		table := widget.NewTable(e.Width, columns)
		frame.Lines = append(above, p.lines(e, f, table, height-preview)...)
		for len(frame.Lines) < e.Height-preview {
			frame.Lines = append(frame.Lines, "")
		}
		frame.Lines = append(frame.Lines, objectPreview(e, v, f, preview)...)
	default:
		frame.Lines = append(above, p.lines(e, f, widget.NewTable(e.Width, columns), height)...)
	}
	return frame
}

// Focus puts the cursor on an object: the one that was last looked at on a
// screen opened from here.
func (p *detailPane) Focus(k core.Key) {
	p.touched = p.list.Select(k) || p.touched
}
