package drift

import (
	"slices"
	"time"

	"selvage/core"
)

// Sides are what a decision on an object is made on: both sides in the form in
// which they are compared, live without what rules explain, Git's half of the
// base, and the changes between them. Nothing is masked, and nothing of it is to
// be shown.
type Sides struct {
	Git, Live, Base   core.Value // absent where the side does not have the object
	GitRead, LiveRead bool
	GitAt             time.Time // when Git was read
	// Form brings what is to stand in Git into the form of Git.
	Form    func(core.Value) core.Value
	Changes []core.Change
}

// Sides gives those of objects, for the verdicts that [Comparer.Compare] gives
// for the same input.
func (c *Comparer) Sides(in Input, keys ...core.Key) map[core.Key]Sides {
	in.Git = in.Git.Placed(in.Live)
	f := c.frame(in)
	f.freeze()
	f.drafts = nil // what has become of them is no question here
	all := make(map[core.Key]Sides, len(keys))
	for _, k := range keys {
		if _, twice := all[k]; !twice {
			all[k] = c.sides(f, k)
		}
	}
	return all
}

func (c *Comparer) sides(f *frame, k core.Key) Sides {
	s := c.subject(f, f.pair(k))
	s.plain = true
	sides := Sides{GitRead: s.git.Presence != core.Unread, LiveRead: s.live.Presence != core.Unread}
	var verdict core.Verdict
	if s.git.Presence != core.Absent || s.live.Presence != core.Absent {
		verdict = s.judge().verdict
		sides.Changes = verdict.Changes
	}
	git, live := s.without(verdict.Folded)
	sides.Git, sides.Live, sides.GitAt, sides.Form = git.Value, live.Value, git.At, git.Form
	if s.base != nil {
		sides.Base = core.ValueOf(cloned(s.normal(s.base.Git)))
	}
	return sides
}

// without are both sides in the form in which decisions on them are made and
// judged: live is without what rules explain, so that taking it changes only what
// differs, and of an object that Git does not have what Git is to say of it.
func (s subject) without(folds []core.Fold) (git, live core.Content) {
	git.Read, live.Read = s.git.Presence != core.Unread, s.live.Presence != core.Unread
	for i, r := range s.Git.Readings {
		if i == 0 || r.ReadAt.Before(git.At) {
			git.At = r.ReadAt
		}
	}
	git.Form = s.table.form
	if o := s.git.Object; o != nil {
		git.Value = core.ValueOf(cloned(s.normal(o)))
	}
	if o := s.live.Object; o != nil {
		fields := cloned(s.normal(o))
		var said map[string]any
		if o := s.git.Object; o != nil {
			said = s.normal(o)
		}
		removeAdded(fields, said, folds)
		if said != nil && s.table.goTyped {
			s.table.root.match(fields, said)
		}
		live.Value = keepSaid(core.ValueOf(tidy(fields)), folds)
		if s.git.Presence == core.Absent {
			live.Value = s.export()
		}
	}
	return git, live
}

// form is an object's value as it is compared; what is no object stays as it is.
func (t table) form(v core.Value) core.Value {
	fields, ok := v.Any().(map[string]any)
	if !ok {
		return v
	}
	return core.ValueOf(cloned(t.normal(fields, nil)))
}

// export is what Git is to say of the object where it does not have it.
func (s subject) export() core.Value {
	return core.ValueOf(tidy(cloned(s.table.exported(s.normal(s.live.Object)))))
}

// Recall fills in what a history does not keep of verdicts: both sides as they
// were compared, what was left aside, and what the engine says. The input is what
// they were given on, as far as the history has it. Those that it is given may be
// shared, and are not changed; what agrees is left as it is.
func (c *Comparer) Recall(in Input, verdicts []core.Verdict) []core.Verdict {
	off := func(v core.Verdict) bool { return v.State != core.InSync || len(v.Changes) > 0 }
	if !slices.ContainsFunc(verdicts, off) {
		return verdicts
	}
	in.Git = in.Git.Placed(in.Live)
	f := c.frame(in)
	f.freeze()
	all := slices.Clone(verdicts)
	for i := range all {
		v := &all[i]
		if !off(*v) || v.Key.IsFile() || len(f.findings[v.Key]) > 0 {
			continue
		}
		s := c.subject(f, f.pair(v.Key))
		is := s.judge().verdict
		v.Git, v.Live, v.Folded, v.Opinion = is.Git, is.Live, is.Folded, s.opinion(*v)
	}
	return all
}
