package drift

import (
	"slices"
	"time"

	"selvage/core"
)

// past is what Git's history says about an object, normalised as it is asked
// for.
type past struct {
	core.Past
	table table
	trees []map[string]any
}

// newPast takes a past for a subject, nil where it is of another revision than
// the one that is compared.
func (s subject) newPast(p core.Past) *past {
	if len(p.Versions) > 0 && s.git.Presence != core.Unread && !equalObjects(p.Versions[0].Object, s.git.Object) {
		return nil
	}
	return &past{Past: p, table: s.table, trees: make([]map[string]any, len(p.Versions))}
}

// len is the number of versions, 0 of a past that nobody knows.
func (p *past) len() int {
	if p == nil {
		return 0
	}
	return len(p.Versions)
}

// tree is what version i said, nil where it took the object away.
func (p *past) tree(i int) map[string]any {
	if p.trees[i] == nil && p.Versions[i].Object != nil {
		p.trees[i] = p.table.normal(p.Versions[i].Object.Fields, nil)
	}
	return p.trees[i]
}

// at is what version i said at a place. Before the beginning of the history
// nothing was there; before where it was followed to, known is false.
func (p *past) at(i int, path core.Path) (v core.Value, known bool) {
	if i >= p.len() {
		return core.Value{}, p.Whole
	}
	if tree := p.tree(i); tree != nil {
		return valueAt(tree, path), true
	}
	return core.Value{}, true
}

// when is the time of the commit that made version i; zero where not known.
func (p *past) when(i int) time.Time {
	if i < 0 || i >= p.len() {
		return time.Time{}
	}
	return p.Versions[i].Commit.Time
}

// blame is the commit that last changed what Git says at a place, a zero one
// where Git never said anything else or that is not known.
func (p *past) blame(path core.Path) core.Commit {
	if path == core.Root && p.len() > 0 {
		return p.Versions[0].Commit
	}
	for i := range p.len() {
		now, _ := p.at(i, path)
		before, known := p.at(i+1, path)
		if !known {
			return core.Commit{}
		}
		if !now.Equal(before) {
			return p.Versions[i].Commit
		}
	}
	return core.Commit{}
}

// removal is the index of the version that took a value away from a place, and
// true where a version older than i had exactly that value there last.
func (p *past) removal(i int, path core.Path, v core.Value) (int, bool) {
	for j := i + 1; j < p.len(); j++ {
		if was, _ := p.at(j, path); was.Present() {
			return j - 1, was.Equal(v)
		}
	}
	return 0, false
}

// want is what would be learnt of an object's past.
type want struct {
	subject subject
	paths   []core.Path // to find the last change of
	origin  bool        // whether what both sides once agreed on is looked for
}

// wanted notes that an object's past would tell more than is known of it: who
// changed what Git says, or what both sides once agreed on.
func (s subject) wanted(v core.Verdict, base *core.Base, res *Result) {
	if s.past != nil || s.git.Presence == core.Unread {
		return
	}
	w := want{subject: s, origin: s.unmet(base)}
	for _, c := range v.Changes {
		if !c.Commit.Known() && (c.Git.Present() || c.Base.Present()) {
			w.paths = append(w.paths, c.Path)
		}
	}
	if len(w.paths) == 0 && !w.origin {
		return
	}
	res.want(w)
}

func (r *Result) want(w want) {
	if r.wants == nil {
		r.wants = map[core.Key]want{}
	}
	r.wants[w.subject.key] = w
	r.Wanted = append(r.Wanted, w.subject.key)
}

// unmet tells whether live has an object of which no base is known.
func (s subject) unmet(base *core.Base) bool {
	return base == nil && s.live.Presence == core.Present && s.git.Presence != core.Unread
}

// enough tells whether a past answers what was wanted.
func (w want) enough(p core.Past) bool {
	s := w.subject
	if s.past = s.newPast(p); s.past == nil {
		return false
	}
	if slices.ContainsFunc(w.paths, func(path core.Path) bool { return !s.past.blame(path).Known() }) {
		return false
	}
	if !w.origin {
		return true
	}
	_, found := s.origin()
	return found
}
