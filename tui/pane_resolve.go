package tui

import (
	"slices"
	"time"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// resolvePane decides about the differences of one fabric: of its conflicts, or
// of all that differs. What is under the cursor is shown with its base, and with
// what either side made of that.
type resolvePane struct {
	listPane[placeOf, matter]
	marked picks[placeOf]
	all    bool // not only conflicts

	made  resolveMade
	ranks map[placeOf]int // of all that differed since the screen was opened
	loads int             // how often they were made
	total int             // of what the filter is asked about

	open  []bool // of the rows: nobody has decided about it
	opens int    // how many of them are
	names int    // the width of the widest object, and path
	paths int

	choice     *chosen // of the last chosenMade
	choiceMade chosenMade

	around aroundMade // of the text below
	whole  *scroll    // the object under the cursor as one text
}

// placeOf names a difference in a fabric.
type placeOf struct {
	key  core.Key
	path core.Path
}

// resolveMade is what the rows were made of; they are made anew when one of these
// is another.
type resolveMade struct {
	report *core.Report
	filter string
	all    bool
	object core.Key // that the screen was opened on
	loaded bool
	at     time.Time           // where time alone changes what the filter lets through
	drafts *core.DraftStanding // the first one: they are replaced whole
}

func newResolvePane() Pane { return &resolvePane{} }

// reopened lets the rows be ordered anew.
func (p *resolvePane) reopened() { p.ranks, p.made = nil, resolveMade{object: p.made.object} }

// resolving opens the screen: on all differences of an object, or on the
// conflicts of the fabric.
func resolving(id core.FabricID, k core.Key) Outcome {
	return Outcome{Open: &Place{Screen: "resolve", Fabric: id, Object: k}}
}

func (m matter) place() placeOf { return placeOf{m.verdict.Key, m.change.Path} }

// undecided tells whether nobody has decided yet, or what was decided no longer
// stands.
func (m matter) undecided(desk decided) bool {
	d := desk.on(m)
	return d == nil || d.State == core.DraftVoid
}

// load brings the rows up to date.
func (p *resolvePane) load(e Env) {
	f, _ := e.fabric()
	made := resolveMade{report: f.Report, filter: e.Filter.text, all: p.all, object: e.Place.Object, loaded: true}
	if e.Filter.timed {
		made.at = e.Now
	}
	made.drafts = firstDraft(f)
	if made == p.made {
		return
	}
	opened := e.Place.Object != p.made.object && e.Place.Object != core.Key{}
	if opened {
		p.all = !conflicted(f, e.Place.Object)
		made.all = p.all
	}
	p.made, p.rows, p.open, p.opens, p.total, p.names, p.paths = made, []matter{}, nil, 0, 0, 16, 16
	p.loads++
	keys, desk := []placeOf{}, e.decided(f)
	ordered, last := true, -1
	if f.Report != nil {
		for i := range f.Report.Verdicts {
			v := &f.Report.Verdicts[i]
			off, _ := split(v)
			for _, c := range off {
				m := matter{v, c}
				rank := p.rank(m)
				if !p.shows(m) {
					continue
				}
				p.total++
				if e.Filter.matches(matterSubject{objectSubject{Verdict: v, now: e.Now}, c}) {
					p.rows, ordered, last = append(p.rows, m), ordered && rank > last, rank
				}
			}
		}
	}
	if !ordered {
		slices.SortStableFunc(p.rows, func(a, b matter) int { return p.rank(a) - p.rank(b) })
	}
	for _, m := range p.rows {
		p.add(f, desk, m)
		keys = append(keys, m.place())
	}
	p.list.SetKeys(keys)
	if i := slices.IndexFunc(keys, func(k placeOf) bool { return k.key == e.Place.Object }); opened && i >= 0 {
		p.list.To(i)
	}
	p.marked.keep(keys)
}

// rank gives a difference its place among the others, for as long as the screen is
// open: one that is decided changes its state, and must not slip away.
func (p *resolvePane) rank(m matter) int {
	if p.ranks == nil {
		p.ranks = map[placeOf]int{}
	}
	at, ok := p.ranks[m.place()]
	if !ok {
		at = len(p.ranks)
		p.ranks[m.place()] = at
	}
	return at
}

// add counts a row in.
func (p *resolvePane) add(f core.FabricState, desk decided, m matter) {
	p.names = max(p.names, widget.Width(objectName(f, m.verdict.Key)))
	p.paths = max(p.paths, len(m.change.Path))
	open := m.undecided(desk)
	if p.open = append(p.open, open); open {
		p.opens++
	}
}

// shows tells whether a difference is one that this screen is about now.
func (p *resolvePane) shows(m matter) bool {
	if !p.all {
		return m.change.Verdict == core.FieldConflict
	}
	return m.offers(core.TakeLive) || m.offers(core.TakeGit)
}

// conflicted tells whether an object has a conflict.
func conflicted(f core.FabricState, k core.Key) bool {
	return f.Report != nil && slices.ContainsFunc(f.Report.Verdicts, func(v core.Verdict) bool {
		return v.Key == k && slices.ContainsFunc(v.Changes, func(c core.Change) bool { return c.Verdict == core.FieldConflict })
	})
}

// matterSubject is a difference as a filter is matched against it.
type matterSubject struct {
	objectSubject
	change core.Change
}

func (s matterSubject) whole() string { return s.objectSubject.whole() + " " + string(s.change.Path) }

func (s matterSubject) words(field string) []string {
	switch field {
	case "by":
		return []string{s.change.Manager}
	case "path":
		return []string{string(s.change.Path)}
	case "state":
		return []string{fieldState(s.change.Verdict).String()}
	}
	return s.objectSubject.words(field)
}

func (s matterSubject) amount(field string) (float64, bool) {
	if field == "when" {
		return s.now.Sub(s.change.ManagerTime).Seconds(), !s.change.ManagerTime.IsZero()
	}
	return s.objectSubject.amount(field)
}

// Values are what a field holds of all differences.
func (p *resolvePane) Values(e Env, field string) []string {
	f, _ := e.fabric()
	return frequent(func(yield func(string) bool) {
		if f.Report == nil {
			return
		}
		for i := range f.Report.Verdicts {
			v := &f.Report.Verdicts[i]
			for _, c := range v.Changes {
				for _, w := range (matterSubject{objectSubject{Verdict: v, now: e.Now}, c}).words(field) {
					if p.shows(matter{v, c}) && !yield(w) {
						return
					}
				}
			}
		}
	})
}

// chosen are the differences that an action is about: those that are marked, else
// the one under the cursor.
func (p *resolvePane) chosen() *chosen {
	made := chosenMade{loads: p.loads, marks: p.marked.changes, cursor: -1}
	if p.marked.count() == 0 {
		made.cursor = p.list.Cursor()
	}
	if p.choice != nil && made == p.choiceMade {
		return p.choice
	}
	p.choiceMade, p.choice = made, &chosen{}
	if m, ok := p.selected(); ok && p.marked.count() == 0 {
		p.choice.matters = []matter{m}
		return p.choice
	}
	for _, m := range p.rows {
		if p.marked.has(m.place()) {
			p.choice.matters = append(p.choice.matters, m)
		}
	}
	return p.choice
}

func (p *resolvePane) Can(e Env, a Action) bool {
	f, ok := e.fabric()
	switch a {
	case ActUndecided:
		return ok
	case ActNext, ActPrev:
		return p.opens > 1 || p.opens == 1 && !p.open[p.list.Cursor()]
	case ActIgnore:
		m, ok := p.selected()
		return ok && e.ignores([]matter{m})
	case ActSheet:
		m, ok := p.selected()
		return ok && e.edits(f, m.verdict.Key)
	case ActMark, ActMarkAll:
		return len(p.rows) > 0 && e.decides(f)
	case ActTakeGit, ActTakeLive, ActTakeBase, ActEdit, ActDrop, ActUndo, ActRedo, ActAccept, ActPlan:
		return p.chosen().can(e, a)
	default:
		return len(p.rows) > 0
	}
}

func (p *resolvePane) Do(e Env, a Action) Outcome {
	m, _ := p.selected()
	f, _ := e.fabric()
	switch a {
	case ActUndecided:
		p.all = !p.all
	case ActNext, ActPrev:
		p.list.To(nextProblem(p.list.Window, a, func(i int) bool { return p.open[i] }))
	case ActIgnore:
		return ignoring(e, m)
	case ActSheet:
		return openSheet(e, f, m.verdict.Key)
	case ActMark:
		p.marked.flip(m.place())
		p.list.Move(1)
	case ActMarkAll:
		p.marked.flip(p.list.Keys()...)
	case ActDiff:
		return Outcome{Open: &Place{Screen: "diff", Fabric: e.Place.Fabric, Object: m.verdict.Key}, Among: p.objects()}
	case ActExplain:
		return explaining(e, m.verdict.Key, p.objects())
	case ActTakeGit, ActTakeLive, ActTakeBase, ActEdit, ActDrop, ActUndo, ActRedo, ActAccept, ActPlan:
		return p.decide(e, a)
	default:
		move(&p.list.Window, a, p.page)
	}
	return Outcome{}
}

// objects are those of the rows, each once.
func (p *resolvePane) objects() []core.Key {
	keys, listed := []core.Key{}, map[core.Key]bool{}
	for _, m := range p.rows {
		if k := m.verdict.Key; !listed[k] {
			keys, listed[k] = append(keys, k), true
		}
	}
	return keys
}

// Focus puts the cursor on an object, unless it is on that already.
func (p *resolvePane) Focus(k core.Key) {
	if m, ok := p.selected(); ok && m.verdict.Key == k {
		return
	}
	if i := slices.IndexFunc(p.rows, func(m matter) bool { return m.verdict.Key == k }); i >= 0 {
		p.list.To(i)
	}
}

func (p *resolvePane) View(e Env) Frame {
	f, _ := e.fabric()
	frame := Frame{
		Title: crumbs(e, safe.Clean(string(f.Fabric.ID)), safe.Lit("resolve")), Facts: fabricFacts(e, f),
		Note: e.Filter.trouble(e.Style),
	}
	what := "conflict"
	if p.all {
		what = "difference"
	}
	count := safe.Sprintf("%s, %s decided", plural(len(p.rows), what), grouped(len(p.rows)-p.opens))
	if n := p.marked.count(); n > 0 {
		count = count.Plus(safe.Sprintf(", %s marked", grouped(n)))
	}
	if e.plans(f) {
		count = count.Plus(safe.Lit(", "), wayWord(e.way(e.Place.Fabric)))
	}
	frame.Brief = then(frame.Title, widget.Span{Ink: e.Style.ink(themes.Text), Text: safe.Lit("  ").Plus(count)})
	if len(p.rows) > 0 {
		frame.Position = safe.Sprintf("%s ", what).Plus(p.position())
	}
	frame.Lines = p.body(e, f, count)
	return frame
}
