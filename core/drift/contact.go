package drift

import (
	"fmt"
	"slices"
	"time"

	"selvage/core"
)

// meet compares an object of which no base is known. Where Git's content is
// found in live, the two are the base from now on. Else the base is what
// evidence that everyone shares says both sides once agreed on, and without
// any the sides differ.
func (s subject) meet(v *core.Verdict) *core.Base {
	t := s.trees()
	folds, rest := s.explain(t.git, t.live)
	if s.waiting() && len(rest) > 0 {
		s.provisional(v, t, folds, rest)
		return nil
	}
	o, ok := s.origin()
	if !ok {
		s.differ(v, t, folds, rest)
		return nil
	}
	s.base = o.base(s)
	base := s.threeWay(v)
	v.Reason = o.reason(v.Reason)
	return base
}

// origin is where both sides came from: a version of Git's that live held, and
// what programs other than the engine did to live after that.
type origin struct {
	version int // of the past; 0 is what Git says now
	git     *core.Object
	tree    map[string]any
	moved   []difference // live's moves since
	source  core.BaseSource
	why     string
}

// origin looks for the newest version of Git's that live can have come from:
// first among those that the engine can have applied, going by when it last
// wrote. A copy of what was last applied says it outright, unless live holds a
// later version as it is: then the copy is what somebody left behind.
func (s subject) origin() (origin, bool) {
	if o, ok := s.engineOrigin(); ok {
		return o, true
	}
	applied, ok := s.lastApplied()
	for i := range applied.version {
		if moved, came := s.cameFrom(i, hold{edits: true}); came && len(moved) == 0 {
			return s.originAt(i, nil), true
		}
	}
	if ok {
		return applied, true
	}
	for _, h := range []hold{{edits: true, engine: true}, {edits: true}, {}} {
		for i := range max(1, s.past.len()) {
			if moved, ok := s.cameFrom(i, h); ok {
				return s.originAt(i, moved), true
			}
		}
	}
	return origin{}, false
}

// hold says what has to have happened after a version was committed.
type hold struct {
	edits  bool // what other programs than the engine wrote
	engine bool // the last that the engine wrote
}

// versionTree is what Git said in a version, normalised; nil where it had no
// such object.
func (s subject) versionTree(i int) (*core.Object, map[string]any) {
	if i == 0 && s.git.Object != nil {
		return s.git.Object, s.normal(s.git.Object)
	}
	if i >= s.past.len() || s.past.Versions[i].Object == nil {
		return nil, nil
	}
	return s.past.Versions[i].Object, s.past.normal(s.past.Versions[i].Object)
}

func (s subject) originAt(i int, moved []difference) origin {
	o := origin{version: i, moved: moved, source: core.FromContainment, why: "git's content was found in live"}
	o.git, o.tree = s.versionTree(i)
	if i > 0 {
		o.source, o.why = core.FromEvidence, "live holds what git said before"
		if c := s.past.Versions[i].Commit; c.Known() {
			o.why = fmt.Sprintf("live holds what commit %s made of it", core.ShortCommit(c.ID))
		}
	}
	if len(moved) > 0 {
		o.why += ", but for what another program than the engine wrote after that"
	}
	return o
}

// cameFrom tells whether live holds a version of Git's, but for what programs
// other than the engine have written, and gives that.
//
// A later version speaks against it: where the engine wrote after that was
// committed, it applied it. So does a value that only live has, that nobody
// but the engine put there and that Git once had: its removal is still to be
// followed.
func (s subject) cameFrom(i int, h hold) (moved []difference, ok bool) {
	_, tree := s.versionTree(i)
	if tree == nil {
		return nil, false
	}
	live := s.live.Object
	engine := s.applier(tree)
	wrote := lastWrite(live, engine)
	if i > 0 && wrote.After(s.past.when(i-1)) && !s.past.when(i-1).IsZero() || h.engine && wrote.Before(s.past.when(i)) {
		return nil, false
	}
	if i > 0 && s.wroteBack(i, engine) {
		return nil, false
	}
	_, rest := s.explain(tree, s.normal(live))
	for _, p := range s.parts(rest, engine) {
		switch {
		case p.foreign && h.edits && p.since.Before(s.past.when(i)):
			return nil, false
		case p.foreign:
			moved = append(moved, p.difference)
		case !p.added:
			return nil, false
		default:
			if j, had := s.past.removal(i, p.path, p.b); had && !wrote.After(s.past.when(j)) {
				return nil, false
			}
		}
	}
	return moved, true
}

// wroteBack tells whether somebody other than the engine wrote, after the version
// that came after i was committed, what that had changed: then live was moved
// back, and did not stay behind.
func (s subject) wroteBack(i int, engine string) bool {
	_, tree := s.versionTree(i)
	_, next := s.versionTree(i - 1)
	for _, d := range s.table.differences(next, tree) {
		if !valueAt(s.normal(s.live.Object), d.path).Equal(d.b) {
			continue
		}
		if at, foreign := foreignSince(d, s.live.Object, engine); foreign && at.After(s.past.when(i-1)) {
			return true
		}
	}
	return false
}

// lastApplied takes the copy that a client-side apply leaves for the origin, if
// it was the engine that left it and Git said just that at some time: a hand
// apply leaves one, too.
func (s subject) lastApplied() (origin, bool) {
	live := s.live.Object
	if live.LastApplied == "" || s.past.len() == 0 {
		return origin{}, false
	}
	doc, err := core.DecodeJSON([]byte(live.LastApplied))
	if err != nil {
		return origin{}, false
	}
	applied, err := core.NewObject(doc)
	if err != nil {
		return origin{}, false
	}
	was := s.normal(applied)
	for i := range s.past.len() {
		object, tree := s.versionTree(i)
		if tree == nil || len(s.table.differences(tree, was)) > 0 {
			continue
		}
		engine := s.applier(tree)
		if len(live.Managers) > 0 && !slices.ContainsFunc(live.Owners(core.LastAppliedPath()), named(engine)) {
			return origin{}, false
		}
		o := origin{
			version: i, git: object, tree: tree, source: core.FromEvidence,
			why: fmt.Sprintf("the engine last applied what commit %s made of it", core.ShortCommit(s.past.Versions[i].Commit.ID)),
		}
		_, rest := s.explain(tree, s.normal(live))
		for _, p := range s.parts(rest, engine) {
			if p.foreign || !p.added {
				o.moved = append(o.moved, p.difference)
			}
		}
		return o, true
	}
	return origin{}, false
}

// base is the pair that both sides once were: the version, and live before
// others wrote to it.
func (o origin) base(s subject) *core.Base {
	b := &core.Base{Key: s.key, Git: o.git, Live: s.live.Object, At: s.Now, Source: o.source}
	if o.source == core.FromEvidence || len(o.moved) > 0 {
		b.Evidence = o.why
	}
	if len(o.moved) > 0 {
		changes := make([]core.Change, len(o.moved))
		for i, d := range o.moved {
			changes[i].Path = d.path
		}
		b.Live = withFields(s.live.Object, s.table.restored(s.normal(s.live.Object), o.tree, changes))
	}
	return b
}

// reason says at first contact that nothing but live's additions speak.
func (o origin) reason(reason string) string {
	if reason != reasonDrift || o.version > 0 || len(o.moved) == 0 {
		return reason
	}
	for _, d := range o.moved {
		if _, side := d.oneSided(); side != liveOnly {
			return "live changed, by managedFields"
		}
	}
	return "no base, live only"
}

// differ is the verdict where nothing says what both sides once agreed on. What
// another program than the engine wrote is its doing all the same.
func (s subject) differ(v *core.Verdict, t trees, folds []core.Fold, rest []difference) {
	apart := s.madeApart()
	v.State, v.Reason, v.Folded = core.InSync, "", folds
	say := func(d difference, verdict core.FieldVerdict) {
		if verdict == core.FieldDiffers && apart {
			verdict = core.FieldConflict
			v.State, v.Reason = core.Conflict, "made on both sides, differently"
		} else if verdict == core.FieldDrift {
			v.State, v.Reason = min(v.State, core.Drifted), "live changed, by managedFields"
		} else if v.State > core.Differs {
			v.State, v.Reason = core.Differs, "both sides differ, and nothing says who moved"
		}
		op := move{d.b, d.a}.op()
		if verdict == core.FieldDrift {
			op = move{d.a, d.b}.op()
		}
		v.Changes = append(v.Changes, t.change(d, verdict, op))
	}
	for _, p := range s.parts(rest, s.applier(t.git)) {
		_, had := s.past.removal(0, p.path, p.b)
		switch {
		case p.foreign:
			say(p.difference, core.FieldDrift)
		case p.added && !had:
			v.Folded = append(v.Folded, absorbed(p.difference))
		default:
			say(p.difference, core.FieldDiffers)
		}
	}
	s.finish(v, t)
}

// madeApart tells whether both sides made the object, each its own: the last look
// saw neither have it, or live alone.
func (s subject) madeApart() bool {
	m := s.Memory
	if !s.known {
		// Of kinds that Git never held nothing is remembered.
		return m.Git != nil && m.Report != nil && !m.Report.Unread() && m.GitKinds[s.key.GroupKind()] && !s.elsewhere
	}
	return s.before.Live.Object != nil && (!s.before.Git.At.IsZero() && s.before.Git.Object == nil ||
		slices.ContainsFunc(s.before.Verdict.Changes, func(c core.Change) bool { return c.Verdict == core.FieldConflict }))
}

func absorbed(d difference) core.Fold {
	return core.Fold{Path: d.path, Rule: "owner", Live: d.b, Why: "only live has it, and no other program than the engine put it there"}
}

// provisional is the verdict while Git's history is being read: that the sides
// differ, if they do by more than what a server may have added.
func (s subject) provisional(v *core.Verdict, t trees, folds []core.Fold, rest []difference) {
	live := s.live.Object
	engine := s.applier(t.git)
	v.State, v.Folded = core.InSync, folds
	for _, d := range rest {
		if _, side := d.oneSided(); side == liveOnly && !member(d.path) {
			if _, foreign := foreignSince(d, live, engine); !foreign {
				v.Folded = append(v.Folded, absorbed(d))
				continue
			}
		}
		v.State, v.Reason = core.Differs, "both sides differ; git's history is being read"
		v.Changes = append(v.Changes, t.change(d, core.FieldDiffers, move{d.b, d.a}.op()))
	}
	s.finish(v, t)
}

// goneBefore is the verdict on an object that live has and that Git had once, by
// its history or by what was seen of it. No base is known of it.
func (s subject) goneBefore(v *core.Verdict) (*core.Base, bool) {
	known := s.past.len() > 1 && s.past.Versions[0].Object == nil
	if !known && (s.elsewhere || !onceInGit(s.before)) {
		return nil, false
	}
	by := "removed from git"
	if known {
		removed := s.past.Versions[0].Commit
		if s.live.Object.Created.After(removed.Time) {
			v.Notes = append(v.Notes, fmt.Sprintf("git had one of this name until commit %s", core.ShortCommit(removed.ID)))
			return nil, false
		}
		by += " by commit " + core.ShortCommit(removed.ID)
	}
	if was := s.before.Git.Object; !known && was != nil {
		s.past = s.newPast(core.Past{Versions: []core.Version{{Before: []int{1}}, {Object: was}}})
	}
	o, ok := s.origin()
	if !ok {
		s.whole(v, core.FieldDiffers, core.OpRemoved)
		v.State, v.Reason = core.Differs, by+", and nothing says that live held a version of it"
		return nil, true
	}
	s.base = o.base(s)
	s.goneFromGit(v)
	return s.base, true
}

// onceInGit tells whether earlier looks saw an object in Git.
func onceInGit(before *core.Remembered) bool {
	v := before.Verdict
	return before.Git.Object != nil ||
		v.State == core.Differs && len(v.Changes) == 1 && v.Changes[0].Path == core.Root && v.Changes[0].Op == core.OpRemoved
}

// member tells whether the path ends at a member of a set or of a keyed list.
func member(p core.Path) bool {
	steps := p.Steps()
	if len(steps) == 0 {
		return false
	}
	last := steps[len(steps)-1]
	return last[0] == '[' && keyOf(last) == last
}

// part is a difference as far as one hand made it.
type part struct {
	difference
	added   bool      // only live has it
	foreign bool      // other programs than the engine own it
	since   time.Time // when these wrote last
}

// parts splits differences by who made them.
func (s subject) parts(rest []difference, engine string) []part {
	var all []part
	add := func(d difference, added bool) {
		since, foreign := foreignSince(d, s.live.Object, engine)
		all = append(all, part{d, added, foreign, since})
	}
	for _, d := range rest {
		if _, side := d.oneSided(); side != liveOnly || member(d.path) {
			add(d, false)
			continue
		}
		for _, leaf := range s.added(d, engine) {
			add(leaf, true)
		}
	}
	return all
}

// added are the parts of a live-only subtree that may have come from different
// hands: its leaves, or itself where it counts as a whole and nobody but other
// programs than the engine has put anything into it.
func (s subject) added(d difference, engine string) []difference {
	all := leaves(d)
	foreign, engines := 0, 0
	for _, leaf := range all {
		owners := s.live.Object.Owners(leaf.path)
		switch {
		case slices.ContainsFunc(owners, named(engine)):
			engines++
		case len(owners) > 0:
			foreign++
		}
	}
	if foreign == len(all) || d.whole() && foreign > 0 && engines == 0 {
		return []difference{d}
	}
	return all
}
