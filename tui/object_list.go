package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"selvage/core"
	"selvage/tui/widget"
)

// objectRow is a row of a list of objects: an object, several with the same
// change, or a kind that Git does not hold.
type objectRow struct {
	verdict *core.Verdict
	group   string          // what the changes of its group have in common; "" for none
	members []*core.Verdict // of the row that stands for a group
	inside  bool            // it is shown below that row
	kind    core.GroupKind
	number  int // of live objects of the kind
}

// rowKey is by which a row is known while the rows move.
type rowKey struct {
	key   core.Key
	group string
}

func (r objectRow) key() rowKey {
	switch {
	case r.members != nil:
		return rowKey{group: r.group}
	case r.verdict != nil:
		return rowKey{key: r.verdict.Key}
	}
	return rowKey{key: core.Key{Group: r.kind.Group, Kind: r.kind.Kind}}
}

// objects are those that a row stands for; none for a kind.
func (r objectRow) objects() []*core.Verdict {
	switch {
	case r.members != nil:
		return r.members
	case r.verdict != nil:
		return []*core.Verdict{r.verdict}
	}
	return nil
}

// count is how many those are.
func (r objectRow) count() int {
	if r.members == nil && r.verdict != nil {
		return 1
	}
	return len(r.members)
}

// fill makes the rows.
func (p *detailPane) fill(f core.FabricState, e Env) {
	p.rows, p.folded, p.widest, p.alike = []objectRow{}, [3]int{}, 0, false
	if f.Report == nil {
		return
	}
	found := make([]*core.Verdict, 0, len(f.Report.Verdicts))
	for i := range f.Report.Verdicts {
		v := &f.Report.Verdicts[i]
		for _, fold := range v.Folded {
			switch {
			case fold.User():
				p.folded[1]++
			case fold.Rule == core.FoldAccepted:
				p.folded[2]++
			default:
				p.folded[0]++
			}
		}
		if !p.includes(v) {
			continue
		}
		p.widest = max(p.widest, widget.Width(objectName(f, v.Key)))
		if e.Filter.empty() || e.Filter.matches(objectSubject{v, e.Now, p.fresh[v.Key]}) {
			found = append(found, v)
		}
	}
	sortObjects(found, p.order)
	alike := p.likes.alike(f.Report, found)
	p.alike = len(alike) > 0
	if p.grouped {
		p.rows = grouping(found, p.likes.names, alike, p.unfolds)
	} else {
		p.rows = make([]objectRow, 0, len(found))
		for _, v := range found {
			p.rows = append(p.rows, objectRow{verdict: v})
		}
	}
	if p.lists != listsAll || p.trouble {
		return
	}
	for _, gk := range sortedKinds(f.Report.NotInGit) {
		r := objectRow{kind: gk, number: f.Report.NotInGit[gk]}
		if e.Filter.empty() || e.Filter.matches(kindSubject{r}) {
			p.rows = append(p.rows, r)
		}
	}
}

// includes tells whether an object is one that is listed.
func (p *detailPane) includes(v *core.Verdict) bool {
	switch {
	case p.trouble && !troubled(v):
		return false
	case p.lists == listsConflicts:
		return v.State == core.Conflict
	case p.lists == listsDrift:
		return p.all || v.State != core.InSync
	}
	return true
}

// objects are those of all rows, in their order, each once.
func (p *detailPane) objects() []core.Key {
	keys := []core.Key{}
	for _, r := range p.rows {
		if r.inside {
			continue
		}
		for _, v := range r.objects() {
			keys = append(keys, v.Key)
		}
	}
	return keys
}

// objectSorts name the orders of a list of objects, as they are without reversing.
func objectSorts() []string { return []string{"severity", "name", "kind", "fields", "by", "when"} }

// sortObjects puts objects in an order; they come worst first.
func sortObjects(all []*core.Verdict, by sorting) {
	if by == 0 {
		return
	}
	type row struct {
		v    *core.Verdict
		n    int
		who  string
		when time.Time
	}
	rows := make([]row, len(all))
	for i, v := range all {
		off, _ := split(v)
		who, at, _ := changedBy(*v)
		rows[i] = row{v, len(off), who.String(), at}
	}
	orders := []func(a, b row) int{
		func(a, b row) int { return cmp.Compare(a.v.State, b.v.State) },
		func(a, b row) int { return strings.Compare(a.v.Key.Name, b.v.Key.Name) },
		func(a, b row) int { return strings.Compare(a.v.Key.Kind, b.v.Key.Kind) },
		func(a, b row) int { return b.n - a.n },
		func(a, b row) int { return strings.Compare(a.who, b.who) },
		func(a, b row) int { return b.when.Compare(a.when) },
	}
	order := orders[by.column()]
	slices.SortStableFunc(rows, func(a, b row) int {
		is := order(a, b)
		if by.reversed() {
			is = -is
		}
		return cmp.Or(is, cmp.Compare(a.v.State, b.v.State), a.v.Key.Compare(b.v.Key))
	})
	for i, r := range rows {
		all[i] = r.v
	}
}

// grouping puts objects of one kind together whose changes are the same: where the
// first of them was stands a row for all. Those of groups that are unfolded follow
// behind it.
func grouping(all []*core.Verdict, names map[*core.Verdict]string, alike map[string][]*core.Verdict, unfolded map[string]bool) []objectRow {
	rows := []objectRow{}
	for _, v := range all {
		name := names[v]
		members := alike[name]
		switch {
		case len(members) == 0:
			rows = append(rows, objectRow{verdict: v})
			continue
		case members[0] != v:
			continue
		}
		rows = append(rows, objectRow{group: name, members: members})
		if !unfolded[name] {
			continue
		}
		for _, m := range members {
			rows = append(rows, objectRow{verdict: m, group: name, inside: true})
		}
	}
	return rows
}

// likenesses are those of all objects of a report, worked out once.
type likenesses struct {
	report *core.Report
	names  map[*core.Verdict]string
}

// alike are those of some objects that are like others of them, by their likeness
// and in their order.
func (l *likenesses) alike(r *core.Report, all []*core.Verdict) map[string][]*core.Verdict {
	if l.report != r {
		l.report, l.names = r, map[*core.Verdict]string{}
		for i := range r.Verdicts {
			if name := likeness(&r.Verdicts[i]); name != "" {
				l.names[&r.Verdicts[i]] = name
			}
		}
	}
	groups := map[string][]*core.Verdict{}
	for _, v := range all {
		if name := l.names[v]; name != "" {
			groups[name] = append(groups[name], v)
		}
	}
	for name, members := range groups {
		if len(members) < 2 {
			delete(groups, name)
		}
	}
	return groups
}

// likeness is equal for objects of one kind that differ in the same way; "" where
// an object does not differ. Where its values came from does not count.
func likeness(v *core.Verdict) string {
	off, _ := split(v)
	if len(off) == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d %s %s", v.State, v.Key.Group, v.Key.Kind)
	for _, c := range off {
		fmt.Fprintf(&b, "\x00%s %s %x %x", c.Path, c.Verdict, c.Git.Digest(), c.Live.Digest())
	}
	return b.String()
}

// objectSubject is an object as a filter is matched against it.
type objectSubject struct {
	*core.Verdict
	now   time.Time
	fresh bool // it changed since the person looked
}

func (s objectSubject) whole() string {
	parts := []string{s.Key.String(), s.State.Title(), s.Reason, s.Origin.Path}
	return strings.Join(append(parts, s.words("by")...), " ")
}

func (s objectSubject) words(field string) []string {
	switch field {
	case "state":
		return []string{s.State.String()}
	case "kind":
		return []string{s.Key.Kind}
	case "name":
		return []string{s.Key.Name}
	case "namespace":
		return []string{s.Key.Namespace}
	case "file":
		return []string{s.Origin.Path}
	case "changed":
		return changedWords(s.fresh)
	case "by":
		managers := []string{}
		for _, c := range s.Changes {
			managers = append(managers, c.Manager)
		}
		return managers
	}
	label, ok := strings.CutPrefix(field, "label:")
	if !ok {
		return nil
	}
	values := []string{}
	for _, side := range []map[string]any{s.Git, s.Live} {
		for name, v := range labelsOf(side) {
			switch {
			case label == "":
				values = append(values, name)
			case strings.EqualFold(name, label):
				values = append(values, fmt.Sprint(v))
			}
		}
	}
	slices.Sort(values)
	return slices.Compact(values)
}

func labelsOf(side map[string]any) map[string]any {
	meta, _ := side["metadata"].(map[string]any)
	labels, _ := meta["labels"].(map[string]any)
	return labels
}

func (s objectSubject) amount(field string) (float64, bool) {
	switch field {
	case "fields":
		off, _ := split(s.Verdict)
		return float64(len(off)), true
	case "since":
		return s.now.Sub(s.Since).Seconds(), !s.Since.IsZero()
	case "when":
		_, at, _ := changedBy(*s.Verdict)
		return s.now.Sub(at).Seconds(), !at.IsZero()
	}
	return 0, false
}

// kindSubject is a kind that is not in Git as a filter is matched against it.
type kindSubject struct{ objectRow }

func (s kindSubject) whole() string { return s.kind.String() + " not in git" }

func (s kindSubject) words(field string) []string {
	if field == "kind" {
		return []string{s.kind.Kind}
	}
	return nil
}

func (kindSubject) amount(string) (float64, bool) { return 0, false }

// Values are what a field holds of all objects that are listed.
func (p *detailPane) Values(e Env, field string) []string {
	f, ok := e.fabric()
	if !ok || f.Report == nil {
		return nil
	}
	return frequent(func(yield func(string) bool) {
		for i := range f.Report.Verdicts {
			v := &f.Report.Verdicts[i]
			if !p.includes(v) {
				continue
			}
			for _, w := range (objectSubject{v, e.Now, p.fresh[v.Key]}).words(field) {
				if !yield(w) {
					return
				}
			}
		}
	})
}
