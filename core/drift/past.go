package drift

import (
	"slices"
	"time"

	"selvage/core"
)

// past is what Git's history says about an object.
type past struct {
	core.Past
	normal func(*core.Object) map[string]any
}

// newPast takes a past for a subject, nil where it is of another revision than
// the one that is compared.
func (s subject) newPast(p core.Past) *past {
	if len(p.Versions) > 0 && s.git.Presence != core.Unread && !equalObjects(p.Versions[0].Object, s.git.Object) {
		return nil
	}
	s.forms = new([]form)
	return &past{Past: p, normal: s.normal}
}

// len is the number of versions, 0 of a past that nobody knows.
func (p *past) len() int {
	if p == nil {
		return 0
	}
	return len(p.Versions)
}

// at is what an object of the past said at a place.
func (p *past) at(o *core.Object, path core.Path) core.Value {
	if o == nil {
		return core.Value{}
	}
	return valueAt(p.normal(o), path)
}

// when is the time of the commit that made version i; zero where not known.
func (p *past) when(i int) time.Time {
	if i < 0 || i >= p.len() {
		return time.Time{}
	}
	return p.Versions[i].Commit.Time
}

// blame is the commit that last changed what Git says at a place, a zero one
// where Git never said anything there or that is not known.
func (p *past) blame(path core.Path) core.Commit {
	switch {
	case p.len() == 0:
		return core.Commit{}
	case path == core.Root:
		return p.Versions[0].Commit
	}
	now := p.at(p.Versions[0].Object, path)
	v, sure := p.Maker(func(o *core.Object) bool { return p.at(o, path).Equal(now) })
	if !sure {
		return core.Commit{}
	}
	had := func(i int) bool { return p.at(p.Versions[i].Object, path).Present() }
	if !now.Present() && !slices.ContainsFunc(v.Before, had) {
		return core.Commit{}
	}
	return v.Commit
}

// said tells whether Git ever said a value at a place.
func (p *past) said(path core.Path, v core.Value) bool {
	for i := range p.len() {
		if p.at(p.Versions[i].Object, path).Equal(v) {
			return true
		}
	}
	return false
}

// removal is the index of the version that last took a value away from a place,
// and true where a version older than i had just that value there.
func (p *past) removal(i int, path core.Path, v core.Value) (at int, had bool) {
	at = -1
	for j := i + 1; j < p.len(); j++ {
		was := p.at(p.Versions[j].Object, path)
		if at < 0 && was.Present() {
			at = j - 1
		}
		if was.Present() && was.Equal(v) {
			return at, true
		}
	}
	return at, false
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
	w := want{subject: s, origin: s.unmet(base) || s.behind()}
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
	s.forms = new([]form)
	if s.past = s.newPast(p); s.past == nil {
		return false
	}
	if slices.ContainsFunc(w.paths, func(path core.Path) bool { return !s.past.blame(path).Known() }) {
		return false
	}
	if !w.origin {
		return true
	}
	if s.unfathomed() {
		return false
	}
	o, found := s.origin()
	if !found || p.Whole {
		return found
	}
	// What only live has may be what an older version had.
	_, rest := s.explain(o.tree, s.normal(s.live.Object))
	return !slices.ContainsFunc(rest, func(d difference) bool {
		_, side := d.oneSided()
		return side == liveOnly
	})
}
