package tui

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"selvage/core"
	"selvage/core/safe"
)

// historyHead is how things stood when the newest entries were read: where it is
// another, there may be newer ones.
type historyHead struct {
	checked time.Time
	at      time.Time   // of the last comparison
	counts  core.Counts // of all fabrics
	drafts  int
	run     *core.Run
}

// historyAbout is what a reading is about.
type historyAbout struct {
	fabric core.FabricID
	head   historyHead
	after  string // the entry behind which it goes on; "" for the newest
}

// historyRead is a page that was read.
type historyRead struct {
	about   historyAbout
	entries []happened
	ended   bool
	course  *core.Course
}

// fabrics are those that the screen is about.
func (p *historyPane) fabrics(e Env) []core.FabricID {
	if !p.all {
		return []core.FabricID{e.Place.Fabric}
	}
	return fabricIDs(e.Fleet)
}

func fabricIDs(fleet core.Fleet) []core.FabricID {
	ids := make([]core.FabricID, len(fleet.Fabrics))
	for i := range fleet.Fabrics {
		ids[i] = fleet.Fabrics[i].Fabric.ID
	}
	return ids
}

// headOf is how things stand with fabrics, as far as the history follows from it.
func headOf(fabrics ...core.FabricState) historyHead {
	var h historyHead
	for i := range fabrics {
		f := &fabrics[i]
		if f.LastCheck.After(h.checked) {
			h.checked = f.LastCheck
		}
		h.drafts += len(f.Drafts)
		if r := f.Report; r != nil {
			if r.At.After(h.at) {
				h.at = r.At
			}
			for s, n := range r.Counts {
				h.counts[s] += n
			}
		}
		if f.Run != nil && (h.run == nil || f.Run.Started.After(h.run.Started)) {
			h.run = f.Run
		}
	}
	return h
}

// headNow is how things stand with the fabrics that the screen is about. While the
// newest entries are read it stays the one that they are read for: where hundreds of
// fabrics are checked, another is there before the reading is done.
func (p *historyPane) headNow(e Env) historyHead {
	if is, ok := e.work.about.(historyAbout); ok && e.work.running && is.fabric == e.Place.Fabric && is.after == "" {
		return is.head
	}
	if p.all {
		return headOf(e.Fleet.Fabrics...)
	}
	f, _ := e.fabric()
	return headOf(f)
}

// Job reads what is newer than what is told, else what is older, where somebody
// looks so far back.
func (p *historyPane) Job(e Env) (Job, bool) {
	ids := p.fabrics(e)
	if _, there := e.fabric(); e.acts.Chronicle == nil || !p.all && !there {
		return Job{}, false
	}
	about := historyAbout{fabric: e.Place.Fabric, head: p.headNow(e)}
	var after core.Entry
	if p.head == about.head && len(p.told) > 0 || p.head == about.head && p.ended {
		p.load(e)
		if !p.wanting(e) {
			return Job{}, false
		}
		after = p.told[len(p.told)-1].entry
		about.after = after.ID
	}
	chronicle, label := e.acts.Chronicle, p.labels(e)
	// A month does not change by the minute, and takes a tenth of a second.
	course := about.after == "" && !p.all && (p.course == nil || e.Now.Sub(p.course.Until) > 10*time.Minute)
	return Job{Label: safe.Lit("read the history"), About: about, Run: func(ctx context.Context) (tea.Msg, error) {
		entries, err := chronicle.History(ctx, after, historyPage, ids...)
		if err != nil {
			return nil, err
		}
		read := &historyRead{about: about, ended: len(entries) < historyPage}
		for _, entry := range entries {
			read.entries = append(read.entries, tell(entry, label(entry.Fabric)))
		}
		if course {
			c, err := chronicle.Course(ctx, about.fabric, courseDays)
			if err != nil {
				return nil, err
			}
			read.course = &c
		}
		return read, nil
	}}, true
}

// labels gives what names the objects of a fabric.
func (p *historyPane) labels(e Env) func(core.FabricID) func(core.Key) string {
	fleet := e.Fleet
	return func(id core.FabricID) func(core.Key) string {
		f, _ := fleet.Fabric(id)
		return f.Fabric.Label
	}
}

// wanting tells whether older entries are to be read.
func (p *historyPane) wanting(e Env) bool {
	switch {
	case p.ended, len(p.told) >= historyMost:
		return false
	case p.since > 0 && e.Now.Sub(p.told[len(p.told)-1].entry.At) > p.since:
		return false
	}
	return len(p.rows)-p.list.Cursor() < 3*max(p.page, 20)
}

// Take is given a page. The newest one goes before what is told, as far as the two
// meet; else it takes its place.
func (p *historyPane) Take(msg tea.Msg) {
	a, ok := msg.(*historyRead)
	if !ok {
		return
	}
	if a.about.after != "" {
		for _, h := range a.entries {
			if !p.known[h.entry.ID] {
				p.known[h.entry.ID] = true
				p.told = append(p.told, h)
			}
		}
		p.ended = a.ended
		return
	}
	p.head = a.about.head
	if a.course != nil {
		p.course = a.course
	}
	fresh, meets := map[string]bool{}, false
	for _, h := range a.entries {
		fresh[h.entry.ID] = true
		meets = meets || p.known[h.entry.ID]
	}
	told := slices.Clone(a.entries)
	if meets {
		for _, h := range p.told {
			if !fresh[h.entry.ID] {
				told = append(told, h)
			}
		}
	} else {
		p.ended = a.ended
	}
	p.told, p.known = told, map[string]bool{}
	for _, h := range told {
		p.known[h.entry.ID] = true
	}
}
