package tui

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"selvage/core"
	"selvage/core/safe"
)

// fabricSorts name the orders of the fabric list, as they are without reversing.
func fabricSorts() []string { return []string{"severity", "name", "differences", "conflicts", "seen"} }

// fabricOrder compares two fabrics for an order: the worst, the most and the
// latest come first.
func fabricOrder(by sorting) func(a, b fabricRow) int {
	seen := func(r fabricRow) time.Time {
		if r.Report == nil {
			return time.Time{}
		}
		return r.Report.Live.ReadAt
	}
	count := func(r fabricRow, states ...core.State) int {
		n, known := r.Count(states...)
		if !known {
			return -1
		}
		return n
	}
	orders := []func(a, b fabricRow) int{
		func(a, b fabricRow) int { return cmp.Compare(a.state, b.state) },
		func(a, b fabricRow) int { return cmp.Compare(a.Fabric.ID, b.Fabric.ID) },
		func(a, b fabricRow) int { return count(b, unsettledStates()...) - count(a, unsettledStates()...) },
		func(a, b fabricRow) int { return count(b, core.Conflict) - count(a, core.Conflict) },
		func(a, b fabricRow) int { return seen(b).Compare(seen(a)) },
	}
	order := orders[by.column()]
	return func(a, b fabricRow) int {
		is := order(a, b)
		if by.reversed() {
			is = -is
		}
		return cmp.Or(is, cmp.Compare(a.state, b.state), cmp.Compare(a.Fabric.ID, b.Fabric.ID))
	}
}

// unsettledStates are those that need a person, but not what nobody knows.
func unsettledStates() []core.State {
	return slices.DeleteFunc(core.States(), func(s core.State) bool { return s.Settled() || s == core.Unknown })
}

// fabricSubject is a fabric as a filter is matched against it.
type fabricSubject struct {
	fabricRow
	now time.Time
}

func (s fabricSubject) whole() string {
	return string(s.Fabric.ID) + " " + s.Fabric.Description + " " + s.word.String()
}

func (s fabricSubject) words(field string) []string {
	switch field {
	case "state":
		return s.states()
	case "name":
		return []string{string(s.Fabric.ID)}
	case "engine":
		return []string{s.engine.text.String()}
	case "changed":
		return changedWords(s.fresh > 0)
	case "mode":
		return []string{string(s.Fabric.Mode)}
	}
	return nil
}

// states are what state= finds a fabric by: what it shows, and how it stands with a side
// that was not read, also where something worse is shown.
func (s fabricSubject) states() []string {
	all := []string{s.state.String()}
	add := func(word string) {
		if !slices.Contains(all, word) {
			all = append(all, word)
		}
	}
	add(s.word.String())
	if a := s.Access(s.now); a != "" && a != core.AccessOK {
		add(a.Title())
	}
	if a := s.GitAccess(); a != "" && a != core.AccessOK {
		add("git " + a.Title())
	}
	return all
}

func (s fabricSubject) amount(field string) (float64, bool) {
	since := func(at time.Time) (float64, bool) { return s.now.Sub(at).Seconds(), !at.IsZero() }
	count := func(n int, known bool) (float64, bool) { return float64(n), known }
	switch field {
	case "drift":
		return count(s.Count(unsettledStates()...))
	case "conflict":
		return count(s.Count(core.Conflict))
	case "drafts":
		return float64(len(s.Drafts)), true
	case "objects":
		if s.Report != nil {
			return float64(s.Report.Counts.Total()), true
		}
	case "seen":
		if s.Report != nil {
			return since(s.Report.Live.ReadAt)
		}
	case "synced":
		return since(s.LastSync)
	case "checked":
		return since(s.LastCheck)
	}
	return 0, false
}

// Values are what a field holds of all fabrics.
func (p *fabricsPane) Values(e Env, field string) []string {
	return frequent(func(yield func(string) bool) {
		for _, r := range p.all {
			for _, w := range slices.Compact((fabricSubject{r, e.Now}).words(field)) {
				if !yield(w) {
					return
				}
			}
		}
	})
}

// Chosen says how many fabrics are marked.
func (p *fabricsPane) Chosen() string {
	if p.marked.count() == 0 {
		return ""
	}
	return grouped(p.marked.count()) + " marked"
}

// Unchoose takes all marks away.
func (p *fabricsPane) Unchoose() { p.marked.clear() }

// about are the fabrics that an action is about: those that are marked, else the
// one under the cursor.
func (p *fabricsPane) about() []fabricRow {
	f, ok := p.selected()
	switch {
	case !ok:
		return nil
	case p.marked.count() == 0:
		return []fabricRow{f}
	}
	return slices.DeleteFunc(slices.Clone(p.rows), func(r fabricRow) bool { return !p.marked.has(r.Fabric.ID) })
}

func idsOf(rows []fabricRow) []core.FabricID {
	ids := make([]core.FabricID, len(rows))
	for i, r := range rows {
		ids[i] = r.Fabric.ID
	}
	return ids
}

// choose marks fabrics and sorts them, and has differences accepted.
func (p *fabricsPane) choose(e Env, a Action) Outcome {
	p.touched = true
	switch a {
	case ActMark:
		id, _ := p.list.Selected()
		p.marked.flip(id)
		p.list.Move(1)
	case ActMarkAll:
		p.marked.flip(p.list.Keys()...)
	case ActAccept:
		return acceptAll(p.acceptable(), fabricCount(p.about()))
	default:
		p.order.step(a, len(fabricSorts()))
		return orderNote(e, p.order.note(fabricSorts()))
	}
	return Outcome{}
}

func fabricCount(rows []fabricRow) string {
	if len(rows) == 1 {
		return string(rows[0].Fabric.ID)
	}
	return plural(len(rows), "fabric")
}

// Aimed are the fabrics that it is about.
func (p *fabricsPane) Aimed(Env) []core.FabricID { return idsOf(p.about()) }

// plan opens one plan of the fabrics that it is about, of those that may be
// published to.
func (p *fabricsPane) plan(e Env) Outcome {
	rows := p.about()
	may := slices.DeleteFunc(slices.Clone(rows), func(f fabricRow) bool { return !e.plans(f.FabricState) })
	out := planning(may[0].Fabric.ID)
	if len(may) > 1 {
		out.Fabrics = idsOf(may)
	}
	if n := len(rows) - len(may); n > 0 {
		out.Note = safe.Clean(fmt.Sprintf("left out, for nothing may be published there: %s", plural(n, "fabric")))
	}
	return out
}

// accepts tells whether there are objects whose differences can be accepted.
func (p *fabricsPane) accepts(e Env) bool {
	return e.acts.Accepter != nil && slices.ContainsFunc(p.about(), func(r fabricRow) bool {
		return r.Report != nil && slices.ContainsFunc(core.States(), func(s core.State) bool {
			return acceptable(s) && s != core.Acknowledged && r.Report.Counts[s] > 0
		})
	})
}

// acceptable are the objects whose differences can be accepted.
func (p *fabricsPane) acceptable() []acceptance {
	all := []acceptance{}
	for _, r := range p.about() {
		if r.Report != nil {
			verdicts := []*core.Verdict{}
			for i := range r.Report.Verdicts {
				verdicts = append(verdicts, &r.Report.Verdicts[i])
			}
			all = append(all, acceptances(r.FabricState, verdicts)...)
		}
	}
	return all
}

// Answer takes what is said of differences that may stay.
func (p *fabricsPane) Answer(e Env, q question, text string) Outcome {
	return accepted(e, q, text, p.acceptable)
}
