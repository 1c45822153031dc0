package drift

import "selvage/core"

// Sides are what a decision on an object is made on: both sides in the form in
// which they are compared, live without what rules explain, Git's half of the
// base, and the changes between them. Nothing is masked, and nothing of it is to
// be shown.
type Sides struct {
	Git, Live, Base   core.Value // absent where the side does not have the object
	GitRead, LiveRead bool
	Changes           []core.Change
}

// Sides gives those of one object, for the verdict that [Comparer.Compare] gives
// for the same input.
func (c *Comparer) Sides(in Input, k core.Key) Sides {
	in.Git = in.Git.Placed(in.Live)
	f := c.frame(in)
	f.freeze()
	s := c.subject(f, f.pair(k))
	s.plain = true
	sides := Sides{GitRead: s.git.Presence != core.Unread, LiveRead: s.live.Presence != core.Unread}
	var verdict core.Verdict
	if s.git.Presence != core.Absent || s.live.Presence != core.Absent {
		verdict = s.judge().verdict
		sides.Changes = verdict.Changes
	}
	if o := s.git.Object; o != nil {
		sides.Git = core.ValueOf(cloned(s.normal(o)))
	}
	if o := s.live.Object; o != nil {
		live := cloned(s.normal(o))
		removeAdded(live, verdict.Folded)
		sides.Live = core.ValueOf(tidy(live))
	}
	if s.base != nil {
		sides.Base = core.ValueOf(cloned(s.normal(s.base.Git)))
	}
	return sides
}
