package tui

import (
	"context"
	"maps"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// activityLines is how many entries the strip under the list shows.
const activityLines = 6

// newsPause is for how long nothing is read again: among hundreds of fabrics some
// check is always just done.
const newsPause = 2 * time.Second

// fleetNews is what the list of fabrics has read: what changed in each since the
// person looked, and what happened last.
type fleetNews struct {
	news    map[core.FabricID]core.News
	latest  []happened // of all fabrics, newest first
	strip   []historyRow
	heads   map[core.FabricID]historyHead // for which it was read
	asked   *newsAsk
	reading int // grows with each answer
	returns int // how often the list was on top again: what was new may have been seen
}

// newsAsk is one reading: of the fabrics with which things stand otherwise than when
// they were read last.
type newsAsk struct {
	at      time.Time
	returns int
	ids     []core.FabricID
	heads   []historyHead
}

// newsRead is its answer.
type newsRead struct {
	ask    *newsAsk
	news   map[core.FabricID]core.News
	latest []happened
}

// Job reads what changed since the person looked, and what happened last.
func (p *fabricsPane) Job(e Env) (Job, bool) {
	visitor, chronicle, by := e.acts.Visitor, e.acts.Chronicle, e.acts.By
	if visitor == nil && chronicle == nil {
		return Job{}, false
	}
	ask := p.news.ask(e)
	if ask == nil {
		return Job{}, false
	}
	fleet := e.Fleet
	return Job{Label: safe.Lit("read what happened"), About: ask, Run: func(ctx context.Context) (tea.Msg, error) {
		read := &newsRead{ask: ask}
		if visitor != nil {
			var err error
			if read.news, err = visitor.News(ctx, by, ask.ids...); err != nil {
				return nil, err
			}
		}
		if chronicle != nil {
			entries, err := chronicle.History(ctx, core.Entry{}, historyPage, ask.ids...)
			if err != nil {
				return nil, err
			}
			for _, x := range entries {
				f, _ := fleet.Fabric(x.Fabric)
				read.latest = append(read.latest, tell(x, f.Fabric.Label))
			}
		}
		return read, nil
	}}, true
}

// ask is the reading that is needed now; the last one while it runs, until its pause
// is over, and where nothing came since; nil where there is none.
func (n *fleetNews) ask(e Env) *newsAsk {
	last := n.asked
	current := last != nil && e.work.about == any(last)
	back := last != nil && last.returns != n.returns
	if current && (e.work.running || !back && e.Now.Sub(last.at) < newsPause) {
		return last
	}
	n.forget(e.Fleet)
	next := &newsAsk{at: e.Now, returns: n.returns}
	for i := range e.Fleet.Fabrics {
		f := &e.Fleet.Fabrics[i]
		head := headOf(*f)
		if known, ok := n.heads[f.Fabric.ID]; !ok || back || known != head {
			next.ids, next.heads = append(next.ids, f.Fabric.ID), append(next.heads, head)
		}
	}
	same := current && e.work.err != nil && slices.Equal(next.ids, last.ids) && slices.Equal(next.heads, last.heads)
	if current && len(next.ids) == 0 || same && !back {
		return last
	}
	if len(next.ids) == 0 {
		return nil
	}
	n.asked = next
	return next
}

// forget leaves out fabrics that are no longer configured.
func (n *fleetNews) forget(fleet core.Fleet) {
	if len(n.heads) <= len(fleet.Fabrics) {
		return
	}
	there := make(map[core.FabricID]bool, len(fleet.Fabrics))
	for i := range fleet.Fabrics {
		there[fleet.Fabrics[i].Fabric.ID] = true
	}
	maps.DeleteFunc(n.heads, func(id core.FabricID, _ historyHead) bool { return !there[id] })
	n.latest = slices.DeleteFunc(n.latest, func(h happened) bool { return !there[h.entry.Fabric] })
	n.strip = activity(n.latest)
}

// Take puts what was read in the place of what was known of those fabrics.
func (p *fabricsPane) Take(msg tea.Msg) {
	a, ok := msg.(*newsRead)
	if !ok {
		return
	}
	n := &p.news
	n.reading++
	if n.heads == nil {
		n.heads, n.news = map[core.FabricID]historyHead{}, map[core.FabricID]core.News{}
	}
	anew := make(map[core.FabricID]bool, len(a.ask.ids))
	for i, id := range a.ask.ids {
		anew[id] = true
		n.heads[id], n.news[id] = a.ask.heads[i], a.news[id]
	}
	for _, h := range n.latest {
		if !anew[h.entry.Fabric] {
			a.latest = append(a.latest, h)
		}
	}
	slices.SortStableFunc(a.latest, func(x, y happened) int { return y.entry.At.Compare(x.entry.At) })
	n.latest = a.latest[:min(len(a.latest), historyPage)]
	n.strip = activity(n.latest)
}

// activity are the lines of the strip.
func activity(latest []happened) []historyRow {
	rows := []historyRow{}
	for _, h := range latest {
		if !h.telling() {
			continue
		}
		i := slices.IndexFunc(rows, func(r historyRow) bool { return r.entry.Fabric == h.entry.Fabric && r.goesOn(h) })
		if i >= 0 {
			rows[i].join(h)
			continue
		}
		rows = append(rows, historyRow{happened: h})
	}
	return rows[:min(len(rows), activityLines)]
}

// Returned has the news read again: what was looked at meanwhile is none any more.
func (p *fabricsPane) Returned() { p.news.returns++ }

// tells tells whether what is new was read of what a fabric shows now. A check that
// finds as many objects in each state as the last one does not make it unknown: it would
// be so every few seconds.
func (n *fleetNews) tells(f core.FabricState) bool {
	head, read := n.heads[f.Fabric.ID]
	return read && f.Report != nil && head.counts == f.Report.Counts
}

// changedWords is what the filter word changed= finds: me where something is new.
func changedWords(fresh bool) []string {
	if fresh {
		return []string{"me"}
	}
	return nil
}

// newsColumn counts what changed since the person looked.
func newsColumn(s *steady) []fabricColumn {
	if !s.news {
		return nil
	}
	return []fabricColumn{{
		widget.Column{Title: safe.Lit("NEW"), Width: 3, Right: true, Rank: 2},
		func(_ Env, r fabricRow) (themes.Role, safe.Text) {
			switch {
			case !r.told:
				return themes.Dim, safe.Lit("?")
			case r.fresh == 0:
				return themes.Dim, safe.Lit(".")
			}
			return themes.Match, short(r.fresh)
		},
	}}
}

// newsText says how many objects of a fabric changed since the person looked; "" for
// none.
func newsText(e Env, n core.News) string {
	if len(n.Keys) == 0 || n.Since.IsZero() {
		return ""
	}
	return plural(len(n.Keys), "object") + " changed since you looked " + core.Age(e.Now, n.Since) + " ago"
}

// strip is the last that happened to all fabrics, as lines under the list on a
// screen with room for it.
func (p *fabricsPane) strip(e Env) []string {
	if e.Width < 150 || e.Height < 34 || len(p.news.latest) == 0 {
		return nil
	}
	s := e.Style
	lines := []string{rule(e, widget.Span{Ink: s.ink(themes.Title), Text: safe.Lit("activity")}, widget.Span{Ink: s.ink(themes.Dim), Text: safe.Lit("all fabrics (v tells more)")})}
	// Without the ages: they would tick, and this is looked at in passing.
	pane := historyPane{all: true}
	t := widget.NewTable(e.Width, pane.columns(e)[1:])
	for i := range p.news.strip {
		lines = append(lines, t.Row(s.ink(themes.Text), false, pane.cells(e, &p.news.strip[i], s.ink)[1:]))
	}
	return lines
}

// telling tells whether something belongs on the strip: that nobody watched, or
// that a check found what others had found, does not.
func (h *happened) telling() bool {
	switch x := h.entry.What.(type) {
	case core.Blind:
		return false
	case core.Checked:
		return x.Err != "" || x.Git != core.AccessOK || x.Live != core.AccessOK
	case core.Transition, core.Overwritten, core.Acceptance, core.Acknowledgement, core.Decided, core.Run:
	}
	return true
}

// objectNews is what changed in a fabric since the visit before this one.
type objectNews struct {
	fabric core.FabricID
	news   core.News
}

// visit notes that a fabric is looked at, and reads what is new; nil where nobody
// keeps that, or there was no check.
func visit(e Env, f core.FabricState) func(context.Context) (*objectNews, error) {
	visitor, by := e.acts.Visitor, e.acts.By
	if visitor == nil || f.LastCheck.IsZero() {
		return nil
	}
	id, upto := e.Place.Fabric, f.LastCheck
	return func(ctx context.Context) (*objectNews, error) {
		news, err := visitor.Visit(ctx, id, by, upto)
		return &objectNews{id, news}, err
	}
}

// visited takes what is new.
func (p *detailPane) visited(a *objectNews) {
	p.news, p.fresh = a.news, map[core.Key]bool{}
	for _, k := range a.news.Keys {
		p.fresh[k] = true
	}
	p.made.loaded = false // the filter may ask for it
}

// newMark marks an object that changed since the person looked.
func (p *detailPane) newMark(k core.Key) safe.Text {
	if p.fresh[k] {
		return safe.Lit("new")
	}
	return safe.Text{}
}
