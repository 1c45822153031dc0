package tui

import (
	"cmp"
	"slices"
	"time"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// soon is how long before its end an acknowledgement is told.
const soon = 48 * time.Hour

// handoverText is what is open on all fabrics, as a text.
type handoverText struct {
	*scroll
	e     Env
	parts []handoverPart
	empty bool // the group before has nothing in it
}

func newHandoverText(e Env, read *handoverRead, fault string, width int) handoverText {
	t := handoverText{scroll: newScroll(width), e: e}
	if fault != "" {
		t.say(themes.Error, 1, safe.Clean(fault))
	}
	if read != nil || fault == "" {
		t.notes(read)
	}
	t.runs(read)
	for _, s := range core.States() {
		if !s.Settled() {
			t.verdicts(s)
		}
	}
	t.drafts("drafts that nobody has published", core.DraftStanding.Unpublished)
	t.drafts("decisions that live has yet to follow", func(d core.DraftStanding) bool { return d.State == core.DraftPending })
	t.accepted()
	t.unread()
	t.changes = len(t.heads)
	return t
}

// section starts a group of matters; it is there even where nothing is open, for
// that is worth knowing too. Fewer than none are not known.
func (t *handoverText) section(name string, n int) {
	switch {
	case n < 0:
		t.none(name, safe.Lit("? (not read)"))
	case n == 0:
		t.none(name, safe.Lit("none"))
	default:
		if len(t.lines) > 0 {
			t.add(scrollLine{fold: -1})
		}
		t.add(scrollLine{fold: -1, left: []part{{role: themes.Title, text: safe.Sprintf("%s  %s", name, grouped(n))}}})
	}
	t.empty = n <= 0
}

// none is a group of which there is nothing, in a word. Several of them stand close.
func (t *handoverText) none(name string, word safe.Text) {
	if len(t.lines) > 0 && !t.empty {
		t.add(scrollLine{fold: -1})
	}
	t.add(scrollLine{fold: -1, left: []part{{role: themes.Title, text: safe.Clean(name)}, {role: themes.Dim, text: safe.Lit("  ").Plus(word)}}})
	t.empty = true
}

// matter starts one of them.
func (t *handoverText) matter(p handoverPart, r themes.Role, mark string, text safe.Text, at time.Time, by string) {
	t.head()
	t.parts = append(t.parts, p)
	l := scrollLine{fold: -1, at: at}
	if by != "" {
		l.right = []part{{role: themes.Dim, text: safe.Clean(by)}}
	}
	t.marked(r, mark, text, l)
}

func (t *handoverText) notes(read *handoverRead) {
	switch {
	case t.e.acts.Handover == nil:
		t.say(themes.Dim, 1, safe.Lit("no notes are read here"))
		return
	case read == nil:
		t.say(themes.Dim, 1, safe.Lit("reading the notes"))
		return
	}
	t.section("notes", len(read.notes))
	for _, n := range read.notes {
		lines := widget.Wrap(safe.Clean(n.Text), max(t.width-10-len(n.By)-4, 16))
		t.matter(handoverPart{note: n.ID}, themes.Text, "   ", lines[0], n.At, n.By)
		for _, l := range lines[1:] {
			t.marked(themes.Text, "   ", l, scrollLine{fold: -1})
		}
	}
}

// runs are those that are not over, and those that ended otherwise than they should.
func (t *handoverText) runs(read *handoverRead) {
	all := []*core.Run{}
	add := func(r *core.Run) {
		if r != nil && !slices.ContainsFunc(all, func(o *core.Run) bool { return o.ID == r.ID }) {
			all = append(all, r)
		}
	}
	for _, f := range t.e.Fleet.Fabrics {
		if f.Run == nil {
			continue
		}
		switch f.Run.Phase {
		case core.RunAgreed, core.RunPublished, core.RunMerged, core.RunDeclined:
		default:
			if !f.Run.Phase.Over() || !f.LastSync.After(f.Run.Ended) {
				add(f.Run)
			}
		}
	}
	if read != nil {
		for _, r := range read.runs {
			add(r)
		}
	}
	slices.SortStableFunc(all, func(a, b *core.Run) int { return a.Started.Compare(b.Started) })
	proposals := slices.DeleteFunc(slices.Clone(all), func(r *core.Run) bool { return r.Phase != core.RunProposed })
	all = slices.DeleteFunc(all, func(r *core.Run) bool { return r.Phase == core.RunProposed })
	count := func(runs []*core.Run) int {
		if read == nil && len(runs) == 0 {
			return -1 // those of other processes are in the store
		}
		return len(runs)
	}
	t.section("proposals to be reviewed", count(proposals))
	for _, r := range proposals {
		t.run(r)
	}
	t.section("runs that wait or went wrong", count(all))
	for _, r := range all {
		t.run(r)
	}
}

func (t *handoverText) run(r *core.Run) {
	id := core.FabricID("")
	names := safe.Text{}
	for i, f := range r.Fabrics {
		if i == 0 {
			id = f
		} else {
			names = names.Plus(safe.Lit(", "))
		}
		names = names.Plus(safe.Clean(string(f)))
	}
	p := handoverPart{place: Place{Screen: "past", Fabric: id, Record: r.ID}}
	if t.e.acts.Chronicle == nil {
		p.place = Place{Screen: "run", Fabric: id}
	}
	is := runWord(r, t.e.Now)
	t.matter(p, is.role, "   ", names.Plus(safe.Lit(": run "), shortRun(r), safe.Lit(" "), is.text), r.Started, r.By)
	if r.Err != "" {
		t.say(themes.Dim, 5, safe.Clean(r.Err))
	}
	for _, x := range r.Publications {
		if x.Review != "" {
			t.say(themes.Key, 5, safe.Clean(x.Review))
		}
	}
}

// listed is how many objects of a fabric are told one by one that are no more than
// different; of more than that the fabric is told, with their number.
const listed = 5

// verdicts are the objects in a state that needs a person, with why.
func (t *handoverText) verdicts(state core.State) {
	n, unread := 0, 0
	for _, f := range t.e.Fleet.Fabrics {
		of, known := f.Count(state)
		n += of
		if !known {
			unread++
		}
	}
	name := state.Title()
	if n == 0 && unread > 0 {
		t.none(name, safe.Sprintf("none known, %s not read whole", plural(unread, "fabric")))
	} else {
		t.section(name, n)
	}
	for _, f := range t.e.Fleet.Fabrics {
		of, _ := f.Count(state)
		if of > listed && state > core.Conflict {
			p := handoverPart{place: Place{Screen: "detail", Fabric: f.Fabric.ID}}
			t.matter(p, role(state), "   ", safe.Sprintf("%s: %s", f.Fabric.ID, plural(of, "object")), time.Time{}, "")
			continue
		}
		if f.Report == nil || of == 0 {
			continue
		}
		for i := range f.Report.Verdicts {
			v := &f.Report.Verdicts[i]
			if v.State != state {
				continue
			}
			p := handoverPart{place: Place{Screen: "diff", Fabric: f.Fabric.ID, Object: v.Key}}
			t.matter(p, role(state), "   ", safe.Sprintf("%s: ", f.Fabric.ID).Plus(objectName(f, v.Key)), v.Since, "")
			if v.Reason != "" {
				t.say(themes.Dim, 5, safe.Clean(v.Reason))
			}
		}
	}
}

// drafts are what people have decided and what is still to be done about, by their
// owners.
func (t *handoverText) drafts(name string, is func(core.DraftStanding) bool) {
	type owned struct {
		by     string
		fabric core.FabricState
		drafts []core.DraftStanding
		oldest time.Time
	}
	all := []owned{}
	total := 0
	for _, f := range t.e.Fleet.Fabrics {
		at := map[string]int{} // of each person, in all
		for i := range f.Drafts {
			d := &f.Drafts[i]
			if !is(*d) {
				continue
			}
			i, ok := at[d.By]
			if !ok {
				i = len(all)
				at[d.By] = i
				all = append(all, owned{by: d.By, fabric: f, oldest: d.At})
			}
			total++
			all[i].drafts = append(all[i].drafts, *d)
			if d.At.Before(all[i].oldest) {
				all[i].oldest = d.At
			}
		}
	}
	slices.SortStableFunc(all, func(a, b owned) int { return cmp.Compare(a.by, b.by) })
	t.section(name, total)
	for _, o := range all {
		text := safe.Sprintf("%s: %s", o.fabric.Fabric.ID, draftCount(core.TallyDrafts(o.drafts)))
		t.matter(handoverPart{place: Place{Screen: "drafts", Fabric: o.fabric.Fabric.ID}}, themes.Match, "   ", text, o.oldest, o.by)
	}
}

// accepted are the acknowledgements that end soon.
func (t *handoverText) accepted() {
	type ending struct {
		fabric core.FabricState
		v      *core.Verdict
	}
	all := []ending{}
	for _, f := range t.e.Fleet.Fabrics {
		if f.Report == nil || f.Report.Counts[core.Acknowledged] == 0 {
			continue
		}
		for i := range f.Report.Verdicts {
			v := &f.Report.Verdicts[i]
			if a := v.Acknowledged; a != nil && a.Until.Sub(t.e.Now) < soon {
				all = append(all, ending{f, v})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b ending) int { return a.v.Acknowledged.Until.Compare(b.v.Acknowledged.Until) })
	t.section("acknowledgements that end within 2 days", len(all))
	for _, x := range all {
		a := x.v.Acknowledged
		p := handoverPart{place: Place{Screen: "diff", Fabric: x.fabric.Fabric.ID, Object: x.v.Key}}
		t.matter(p, role(core.Acknowledged), "   ", safe.Sprintf("%s: ", x.fabric.Fabric.ID).Plus(objectName(x.fabric, x.v.Key), safe.Sprintf(" ends in %s", core.ShortAge(a.Until.Sub(t.e.Now)))), time.Time{}, a.By)
		t.say(themes.Dim, 5, safe.Clean(a.Reason))
	}
}

// unread is what could not be read, and what waits for somebody's word.
func (t *handoverText) unread() {
	type fault struct {
		fabric core.FabricID
		text   string
	}
	all := []fault{}
	for _, f := range t.e.Fleet.Fabrics {
		for _, p := range standstill(f) {
			all = append(all, fault{f.Fabric.ID, p.String()})
		}
		for _, text := range problems(f, t.e) {
			all = append(all, fault{f.Fabric.ID, text})
		}
	}
	t.section("what could not be read, or stands still", len(all))
	for _, x := range all {
		t.head()
		t.parts = append(t.parts, handoverPart{place: Place{Screen: "detail", Fabric: x.fabric}})
		t.say(themes.Error, 3, safe.Sprintf("%s: %s", x.fabric, x.text))
	}
}
