package drift

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"selvage/core"
)

// What the GitOps engine says of its work never makes a difference or takes one
// away: that is read from both sides. It says what becomes of what Git decided,
// what live came from, and whether both sides are about the same thing at all.

// lagging is what Git decided and live has not followed yet.
type lagging uint8

const (
	lagCreated lagging = iota
	lagChanged
	lagRemoved
)

func (l lagging) words() string {
	return [...]string{
		lagCreated: "in git, not live yet",
		lagChanged: "git changed, live has not followed yet",
		lagRemoved: "removed from git, live has not followed yet",
	}[l]
}

// lag is the state of what live has not followed yet, by what the engine says
// of it, and without an engine to ask by its age.
func (s subject) lag(l lagging) (core.State, string) {
	e, words := s.Engine, l.words()
	head := s.place().Revision
	if why, refused := e.Refuses(s.key, s.place(), s.version()); refused {
		return core.Stuck, fmt.Sprintf("%s refused it: %s", e.Type, why)
	}
	if l == lagRemoved && e.Known() && !s.tracked() {
		words = fmt.Sprintf("removed from git; %s does not track it and will not delete it", e.Type)
		if s.overdue() {
			return core.Drifted, words
		}
		return core.Pending, words
	}
	if why, gaveUp := e.GaveUp(head); gaveUp && s.seenSince(e.Operation.Finished) {
		return core.Stuck, fmt.Sprintf("%s gave up: %s", e.Type, why)
	}
	if waits := e.Waits(l == lagRemoved); waits != "" {
		return core.Pending, words + "; it " + waits
	}
	if op := e.Acting(head); s.overdue() && (op == nil || s.Now.Sub(op.Started) > s.fabric.PendingLimit) {
		return s.overdueLag(l)
	}
	if doing := e.Progress(head); doing != "" {
		words += "; " + doing
	}
	return core.Pending, words
}

// overdueLag is the state of what live ought to have followed long ago.
func (s subject) overdueLag(l lagging) (core.State, string) {
	if e := s.Engine; e.Acts(l == lagRemoved) {
		words := fmt.Sprintf("%s has not brought it about in %s", e.Type, core.ShortAge(s.fabric.PendingLimit))
		if said := e.Says(s.place().Revision); said != "" {
			words += ": " + said
		}
		return core.Stuck, words
	}
	switch l {
	case lagCreated:
		return core.OnlyGit, "in git, not live, and nothing says it is on its way"
	case lagChanged:
		return core.Drifted, "git changed, not applied"
	case lagRemoved:
	}
	return core.Drifted, "removed from git, not applied"
}

// overdue tells whether what Git says has waited too long to be followed, where
// there was an engine to follow it.
func (s subject) overdue() bool {
	return s.Engine.Waited(s.gitSince, s.Now) > s.fabric.PendingLimit
}

// heldBack is the base to be remembered. What the engine applied last is better
// evidence of a first one than all else, and a base once taken stays: it waits for
// the engine's first answer.
func (s subject) heldBack(base *core.Base) *core.Base {
	if _, accepted := s.accepted[s.key]; s.EngineAwaited && s.before.Base == nil && !accepted {
		return nil
	}
	return base
}

// place is the directory in Git that the object stands in, or stood in last.
func (s subject) place() core.Reading {
	file := ""
	for _, o := range []*core.Object{s.git.Object, s.before.Git.Object, baseGit(s.before)} {
		if o != nil {
			file = o.Origin.Path
			break
		}
	}
	var place core.Reading
	for i, r := range s.Git.Readings {
		dir := strings.Trim(r.Path, "/.")
		if i == 0 || dir == "" || strings.HasPrefix(file, dir+"/") {
			place = r
		}
	}
	return place
}

// version is the commit that made the object what Git says now: by its history,
// or by what the last verdict had from it. It is "" where nobody has told.
func (s subject) version() string {
	if s.past.len() > 0 {
		return s.past.Versions[0].Commit.ID
	}
	var last core.Commit
	if equalObjects(s.before.Git.Object, s.git.Object) {
		for _, c := range s.before.Verdict.Changes {
			if last.ID == "" || c.Commit.Time.After(last.Time) {
				last = c.Commit
			}
		}
	}
	return last.ID
}

// seenSince tells whether live was read after a time, so that what was done by
// then is in it.
func (s subject) seenSince(at time.Time) bool { return firstReading(s.Live).ReadAt.After(at) }

// tracked tells whether the engine calls the live object its own: going by what
// it says itself, or where it cannot be asked by the mark that it leaves.
func (s subject) tracked() bool {
	if s.live.Object == nil {
		return false
	}
	by := s.live.Object.Tracker()
	if e := s.Engine; e.Known() {
		_, listed := e.Objects[s.key]
		return listed || by != "" && slices.Contains([]string{e.App, e.Namespace + "_" + e.App, e.Namespace + "/" + e.App}, by)
	}
	return by != ""
}

// apartFrom says why Git and live cannot be held against each other although
// both were read: the engine applies something else than what is compared.
func (s subject) apartFrom() string {
	e := s.Engine
	switch {
	case !e.Known():
	case len(e.Mismatch) > 0:
		return e.Mismatch[0]
	case e.Leaves != nil && s.git.Object != nil:
		return e.Leaves(s.git.Object.Origin.Path)
	case e.Wider != "" && s.git.Presence == core.Absent && s.live.Presence == core.Present && s.base == nil && s.tracked():
		return e.Wider
	}
	return ""
}

// opinion is what the engine says of an object that selvage says something else
// of, with the fields that make the difference; "" where they agree, or where
// they may have looked at different times.
func (s subject) opinion(v core.Verdict) string {
	e := s.Engine
	if !e.Known() || s.git.Object == nil || s.live.Object == nil {
		return ""
	}
	// Most objects end here, before anything is looked up that takes longer.
	said := e.Objects[s.key].Sync
	disputed := said == "OutOfSync" && v.State == core.InSync || said == "Synced" && v.State == core.Drifted
	if !disputed {
		return ""
	}
	place := s.place()
	if src, ok := e.Of(place); !ok || src.Wanted != place.Revision {
		return ""
	}
	switch {
	case v.State == core.InSync && e.ComparedAt.After(s.liveSight().At):
		var fields []string
		for _, f := range v.Folded {
			if f.Git.Present() && f.Live.Present() {
				fields = append(fields, fmt.Sprintf("%s (%s)", f.Path, f.Why))
			}
		}
		if len(fields) == 0 {
			return fmt.Sprintf("%s calls it %s, and no field that is compared here differs", e.Type, said)
		}
		return fmt.Sprintf("%s calls it %s; left aside here: %s", e.Type, said, some(fields))
	case v.State == core.Drifted && !v.Since.IsZero() && e.ComparedAt.After(v.Since):
		var fields []string
		for _, c := range v.Changes {
			if c.Verdict == core.FieldDrift {
				fields = append(fields, string(c.Path))
			}
		}
		return fmt.Sprintf("%s calls it %s: it leaves %s aside", e.Type, said, some(fields))
	}
	return ""
}

// some names a few and counts the rest.
func some(names []string) string {
	const most = 3
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

// engineOrigin takes what the engine applied last, whole, for the origin: the
// version that Git had at that commit. What differs from it now was moved since,
// if anybody wrote since; else that is what the server made of it. It is no
// evidence where the engine itself wrote later, as in an operation that was
// refused something else, or leaves a difference aside that it knows of.
func (s subject) engineOrigin() (origin, bool) {
	i, src, ok := s.engineVersion()
	if !ok {
		return origin{}, false
	}
	object, tree := s.versionTree(i)
	if tree == nil {
		return origin{}, false
	}
	live := s.live.Object
	engine := s.applier(tree)
	if engine == "" || src.AppliedAt.IsZero() || lastWrite(live, engine).After(src.AppliedAt) {
		return origin{}, false // nothing says who wrote when, or it has gone on since
	}
	o := origin{version: i, git: object, tree: tree, source: core.FromContainment, why: "git's content was found in live"}
	if i > 0 {
		o.source = core.FromEvidence
		o.why = fmt.Sprintf("%s says that it applied commit %s last, which had what commit %s made of it",
			s.Engine.Type, core.ShortCommit(src.Applied), core.ShortCommit(s.past.Versions[i].Commit.ID))
	}
	touched := slices.ContainsFunc(live.Managers, func(m core.Manager) bool {
		return m.Subresource == "" && m.Time.After(src.AppliedAt)
	})
	_, rest := s.explain(tree, s.normal(live))
	aside := s.past.when(i).After(src.AppliedAt) || s.Engine.Objects[s.key].Sync == "OutOfSync"
	for _, p := range s.parts(rest, engine) {
		switch {
		case p.foreign || touched && !p.added:
			o.moved = append(o.moved, p.difference)
		case !p.added && aside:
			return origin{}, false
		}
	}
	if len(o.moved) > 0 && i == 0 {
		o.why = fmt.Sprintf("%s says that it applied commit %s", s.Engine.Type, core.ShortCommit(src.Applied))
	}
	return o, true
}

// engineVersion is the version that Git had of the object at the commit that the
// engine applied last: the newest one that is no commit since then.
func (s subject) engineVersion() (int, core.EngineSource, bool) {
	src, ok := s.Engine.Of(s.place())
	if !ok || !src.Counted || src.Applied == "" || s.past.len() == 0 {
		return 0, src, false
	}
	i := slices.IndexFunc(s.past.Versions, func(v core.Version) bool {
		return !slices.ContainsFunc(src.Behind, func(c core.Commit) bool { return c.ID == v.Commit.ID })
	})
	return i, src, i >= 0
}

// unfathomed tells whether the past ends before the commit that the engine
// applied last.
func (s subject) unfathomed() bool {
	src, ok := s.Engine.Of(s.place())
	if !ok || !src.Counted || src.Applied == "" || s.past.len() == 0 || s.past.Whole {
		return false
	}
	_, _, found := s.engineVersion()
	return !found
}
