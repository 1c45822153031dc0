package drift

import (
	"slices"

	"selvage/core"
)

// overwritten are the live values that were put there past Git, and that live
// no longer has though nobody's other edit took their place: since the last
// look, and between two looks as far as somebody watched.
func (s subject) overwritten() []core.Overwritten {
	if s.before.Live.At.IsZero() || s.live.Presence == core.Unread {
		return nil
	}
	if s.git.Presence == core.Unread {
		if s.before.Git.At.IsZero() {
			return nil
		}
		s.git = sideOf(s.before.Git.Object)
	}
	if len(s.passages[s.key]) == 0 && equalObjects(s.before.Live.Object, s.live.Object) {
		return nil
	}
	seen := s.contents()
	if len(seen) < 2 {
		return nil
	}
	var all []core.Overwritten
	var before []edit
	for i, was := range seen[:len(seen)-1] {
		edits := s.edits(was.object)
		for j := range edits {
			edits[j].came = was.came
			if k := slices.IndexFunc(before, edits[j].same); k >= 0 {
				edits[j].came = before[k].came
			} else if c := s.carried(edits[j].Change); i == 0 && c.Observed.Known() {
				edits[j].came = c.Observed
			}
			if o, ok := s.replaced(edits[j].Change, seen[i+1].object); ok {
				o.Appeared, o.Replaced = edits[j].came, seen[i+1].came
				all = append(all, o)
			}
		}
		before = edits
	}
	return all
}

// inDoubt is the object without what Git says of it now, which counts for
// nothing.
func (s subject) inDoubt() subject {
	s.git = core.Side{}
	return s
}

// edit is a change that somebody made past Git, and since when it is there.
type edit struct {
	core.Change
	came core.Window
}

func (e edit) same(o edit) bool { return e.Path == o.Path && e.Live.Equal(o.Live) }

// content is what live said for a while.
type content struct {
	object *core.Object // nil where it had no such object
	came   core.Window
}

// contents is what live said from the last look on, each different from the
// one before.
func (s subject) contents() []content {
	seen := []content{{s.before.Live.Object, core.Window{Before: s.before.Live.At}}}
	add := func(o *core.Object, w core.Window) {
		if !equalObjects(seen[len(seen)-1].object, o) {
			seen = append(seen, content{o, w})
		}
	}
	at := s.lookedAt()
	for _, p := range s.passages[s.key] {
		add(p.Object, core.Window{After: at, Before: p.From})
		at = p.Until
	}
	now := s.Now
	if len(s.passages[s.key]) > 0 {
		now = at
	}
	add(s.live.Object, core.Window{After: at, Before: now})
	return seen
}

// edits are what somebody had done to live past Git when it said was: by the
// base of then, and by what Git said then.
func (s subject) edits(was *core.Object) []edit {
	then := s
	then.plain, then.frame = true, s.quiet()
	then.git = sideOf(s.before.Git.Object)
	then.live = sideOf(was)
	if s.before.Git.At.IsZero() {
		then.git = s.git
	}
	var edits []edit
	for _, c := range then.judge().verdict.Changes {
		if (c.Verdict == core.FieldDrift || c.Verdict == core.FieldConflict) && !then.applied(c) {
			edits = append(edits, edit{Change: c})
		}
	}
	return edits
}

// applied tells whether a live value is one that the engine applied from some
// commit, and nobody's edit.
func (s subject) applied(c core.Change) bool {
	if s.live.Object == nil || s.git.Object == nil || !c.Live.Present() {
		return false
	}
	engine := s.applier(s.normal(s.git.Object))
	if engine == "" || !slices.ContainsFunc(s.live.Object.Owners(c.Path), named(engine)) {
		return false
	}
	return s.past.said(c.Path, c.Live)
}

// quiet is the frame without passages: of the time before them.
func (s subject) quiet() *frame {
	f := *s.frame
	f.passages, f.frozen, f.drafts = nil, false, nil
	return &f
}

func sideOf(o *core.Object) core.Side {
	if o == nil {
		return core.Side{Presence: core.Absent}
	}
	return core.Side{Presence: core.Present, Object: o}
}

// replaced tells whether an edit is undone in what live says after it, so that
// live is where Git is, or was.
func (s subject) replaced(e core.Change, now *core.Object) (core.Overwritten, bool) {
	o := core.Overwritten{Key: s.key, Path: e.Path, Op: e.Op, Live: e.Live, Manager: e.Manager, ManagerTime: e.ManagerTime}
	if e.Path == core.Root {
		return s.replacedWhole(o, now)
	}
	if now == nil {
		return o, s.git.Object == nil // the object went, and the edit with it
	}
	o.Now = valueAt(s.normal(now), e.Path)
	if o.Now.Equal(e.Live) {
		return o, false
	}
	same := func(git *core.Object) bool { return git != nil && s.alike(git, now, e.Path) }
	reset := !e.Git.Present() && o.Now.Equal(e.BaseLive) // to what the server had put there
	if !same(s.git.Object) && !same(s.before.Git.Object) && !reset {
		return o, false
	}
	if m, ok := now.Owner(e.Path); ok && o.Now.Present() {
		o.ReplacedBy = m.Name
	}
	if !same(s.before.Git.Object) {
		o.Commit = s.past.blame(e.Path)
	}
	return o, true
}

// alike tells whether live says the same as Git at a place and below, server-side
// additions left aside.
func (s subject) alike(git, live *core.Object, at core.Path) bool {
	a, b := s.normal(git), s.normal(live)
	if valueAt(a, at).Equal(valueAt(b, at)) {
		return true
	}
	_, rest := s.explain(a, b)
	return !slices.ContainsFunc(rest, func(d difference) bool { return d.path.Under(at) || at.Under(d.path) })
}

// replacedWhole tells whether an object that somebody had made past Git is gone,
// or one that somebody had deleted is back.
func (s subject) replacedWhole(o core.Overwritten, now *core.Object) (core.Overwritten, bool) {
	if (now == nil) == !o.Live.Present() {
		return o, false
	}
	if now != nil {
		o.Now = core.ValueOf(tidy(cloned(s.normal(now))))
		if m, ok := now.Creator(); ok {
			o.ReplacedBy = m.Name
		}
	}
	return o, true
}

// Mask gives an overwritten value as people may see it: secret-looking values
// are replaced by placeholders that are equal where the values are.
func Mask(o core.Overwritten) core.Overwritten {
	var m masker
	o.Live, o.Now = m.value(o.Path, o.Live), m.value(o.Path, o.Now)
	o.Path = m.path(o.Path)
	return o
}

// MaskPath gives a path as people may see it: a member of a set is named by its
// value, which may look like a secret.
func MaskPath(p core.Path) core.Path { return new(masker).path(p) }
