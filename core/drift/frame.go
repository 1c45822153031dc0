package drift

import (
	"slices"
	"time"

	"selvage/core"
)

// frame is what holds for all objects of one comparison.
type frame struct {
	Input
	fabric core.Fabric

	findings map[core.Key][]core.Finding
	universe []pair // made when it is first asked for, see pairs

	lastLook time.Time // at live; zero where there was none
	gone     map[core.Key]string
	frozen   bool
	// elsewhere is set where Git is read at other places than at the last look,
	// so that what is not there was not removed.
	elsewhere bool
	passages  map[core.Key][]core.Passage
	accepted  map[core.Key]core.Acceptance // as the base
	acks      map[core.Key][]core.Acknowledgement
	drafts    map[core.Key][]core.Draft
	tables    map[core.GroupKind]table
}

func (c *Comparer) frame(in Input) *frame {
	f := &frame{Input: in, fabric: c.fabric, findings: findingsByKey(in.Git.Findings), tables: map[core.GroupKind]table{}}
	if in.Memory.Report != nil {
		f.lastLook = in.Memory.Report.Live.ReadAt
	}
	if in.Memory.Git != nil {
		f.elsewhere = !slices.EqualFunc(in.Git.Readings, in.Memory.Git.Readings, func(a, b core.Reading) bool {
			return a.URL == b.URL && a.Branch == b.Branch && a.Path == b.Path
		})
	}
	for _, p := range in.Live.Passages {
		if f.passages == nil {
			f.passages = map[core.Key][]core.Passage{}
		}
		f.passages[p.Key] = append(f.passages[p.Key], p)
	}
	for _, a := range in.Memory.Acceptances {
		if a.What == core.AcceptBase && len(a.Keys) == 1 {
			if f.accepted == nil {
				f.accepted = map[core.Key]core.Acceptance{}
			}
			f.accepted[a.Keys[0]] = a
		}
	}
	for _, a := range in.Memory.Acknowledgements {
		if f.acks == nil {
			f.acks = map[core.Key][]core.Acknowledgement{}
		}
		f.acks[a.Key] = append(f.acks[a.Key], a)
	}
	for _, d := range in.Memory.Drafts {
		if f.drafts == nil {
			f.drafts = map[core.Key][]core.Draft{}
		}
		f.drafts[d.Key] = append(f.drafts[d.Key], d)
	}
	return f
}

// pair is one object: what both sides have of it, and what is remembered; nil
// each where there is none. To look it up is a good part of what a comparison
// costs, and is done once.
type pair struct {
	key       core.Key
	git, live *core.Object
	before    *core.Remembered
}

// pair looks an object up.
func (f *frame) pair(k core.Key) pair {
	return pair{key: k, git: f.Git.Find(k), live: f.Live.Find(k), before: f.Memory.Objects[k]}
}

// pairs are all objects that there is anything to say about, in no order. Most
// are on both sides and remembered: where all are, only Git's are gone through.
func (f *frame) pairs() []pair {
	if f.universe != nil {
		return f.universe
	}
	all := make([]pair, 0, max(f.Git.Len(), f.Live.Len()))
	live, before := 0, 0
	add := func(k core.Key, git *core.Object) {
		p := pair{key: k, git: git, live: f.Live.Find(k), before: f.Memory.Objects[k]}
		if p.live != nil {
			live++
		}
		if p.before != nil {
			before++
		}
		all = append(all, p)
	}
	for k, o := range f.Git.All() {
		add(k, o)
	}
	if live < f.Live.Len() {
		for k := range f.Live.Keys() {
			if !f.Git.Has(k) {
				add(k, nil)
			}
		}
	}
	if before < len(f.Memory.Objects) {
		for k := range f.Memory.Objects {
			if !f.Git.Has(k) && !f.Live.Has(k) {
				add(k, nil)
			}
		}
	}
	for k := range f.findings {
		if _, known := f.Memory.Objects[k]; !known && !f.Git.Has(k) && !f.Live.Has(k) {
			add(k, nil)
		}
	}
	f.universe = all
	return all
}

// gitSide is what Git says about an object. One that is not found is not called
// absent while something in the file that held it is in doubt.
func (f *frame) gitSide(p pair) core.Side {
	if p.git != nil {
		return sideOf(p.git)
	}
	if p.before != nil {
		for _, o := range []*core.Object{p.before.Git.Object, baseGit(p.before)} {
			if o == nil {
				continue
			}
			if why := f.Git.Doubt(o.Origin.Path); why != "" {
				return core.Side{Reason: why}
			}
		}
	}
	return f.Git.Side(p.key)
}

func baseGit(r *core.Remembered) *core.Object {
	if r.Base == nil {
		return nil
	}
	return r.Base.Git
}

// liveSide is what live says about an object.
func (f *frame) liveSide(p pair) core.Side {
	if p.live != nil {
		return sideOf(p.live)
	}
	return f.Live.Side(p.key)
}

// table is what is known of a kind: the rules, with the hints of the cluster's
// own schema.
func (f *frame) table(c *Comparer, gk core.GroupKind) table {
	t, ok := f.tables[gk]
	if !ok {
		var hints *core.Schema
		if s, known := f.Live.Schemas[gk]; known {
			hints = &s
		}
		t = c.table(gk, hints)
		f.tables[gk] = t
	}
	return t
}
