package drift

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"selvage/core"
)

// Comparer compares the two sides of one fabric. It holds the fabric's rules
// and nothing else, and may be used from several goroutines.
type Comparer struct {
	fabric core.Fabric
	tables tables
}

// New prepares the rules for a fabric.
func New(f core.Fabric) *Comparer {
	return &Comparer{fabric: f, tables: tables{fabric: f}}
}

// Input is what a comparison rests on.
type Input struct {
	Git, Live *core.Snapshot
	Memory    *core.Memory // what earlier checks left; never nil
	Now       time.Time

	// Past is what Git's history says about objects, as far as it was looked at
	// since Result.Wanted asked for it. PastErr is why it cannot be looked at: an
	// object that it is missing for is then judged without it, and not kept
	// waiting for it.
	Past    map[core.Key]core.Past
	PastErr error
	// Rewrites are the histories found to be rewritten since the last check.
	Rewrites []core.Rewrite

	// Engine is what the GitOps engine says; nil where the fabric has none, or
	// nobody has looked.
	Engine *core.Engine

	// Previous is the result of the last comparison by this process, nil if
	// there is none. Objects that did not change since are not walked again.
	Previous *Result
}

// Result is what a comparison found.
type Result struct {
	Report *core.Report
	// Objects is what is to be remembered of every object: bases, both sides
	// and verdicts.
	Objects map[core.Key]core.Remembered
	// Gone are the objects of the memory that both sides are proven to be
	// without.
	Gone []core.Key
	// GitKinds are the kinds of which Git holds or ever held an object.
	GitKinds map[core.GroupKind]bool

	// Overwritten are the live values that were replaced since the last check.
	Overwritten []core.Overwritten
	// Wanted are the objects about which Git's history would tell more than
	// Input.Past did, in the order of their keys.
	Wanted []core.Key

	wants    map[core.Key]want
	universe []core.Key
	roots    map[core.GroupKind]*node // of the rules that each kind was compared by
}

// Enough tells whether what was found of a wanted object's past is enough to
// judge it by. It is for [core.Historian], and may be called from any
// goroutine.
func (r *Result) Enough(k core.Key, p core.Past) bool {
	w, ok := r.wants[k]
	return !ok || w.enough(p)
}

// Compare judges every object that either side has or that is remembered.
func (c *Comparer) Compare(in Input) *Result {
	in.Git = in.Git.Placed(in.Live)
	f := c.frame(in)
	res := &Result{
		Objects:  make(map[core.Key]core.Remembered, in.Live.Len()),
		GitKinds: gitKinds(in),
		roots:    map[core.GroupKind]*node{},
		Report: &core.Report{
			At: in.Now, Git: in.Git.Readings, Live: firstReading(in.Live),
			NotInGit: map[core.GroupKind]int{}, Gaps: in.Live.Gaps,
			Freeze: f.freeze(), Rewrites: f.rewrites(), Engine: in.Engine,
			Rules: rulesRelease, Release: release(in.Live.Schemas),
		},
	}
	findings := findingsByKey(in.Git.Findings)
	res.universe = universe(in, findings)
	for _, k := range res.universe {
		c.object(f, k, findings[k], res)
	}
	slices.SortStableFunc(res.Report.Verdicts, func(a, b core.Verdict) int {
		return cmp.Or(cmp.Compare(a.State, b.State), a.Key.Compare(b.Key))
	})
	for _, v := range res.Report.Verdicts {
		res.Report.Counts[v.State]++
	}
	f.Previous = nil // what is wanted holds the frame: every result would hold the one before it
	return res
}

// Values are the changes of one object as they are, with nothing masked. They
// are for decisions, and never to be shown.
func (c *Comparer) Values(in Input, k core.Key) []core.Change {
	in.Git = in.Git.Placed(in.Live)
	s := c.subject(c.frame(in), k)
	if s.git.Presence == core.Absent && s.live.Presence == core.Absent {
		return nil
	}
	s.plain = true
	return s.judge().verdict.Changes
}

// subject gathers all that is known of an object.
func (c *Comparer) subject(f *frame, k core.Key) subject {
	before, known := f.Memory.Objects[k]
	s := subject{frame: f, key: k, before: before, known: known, git: gitSide(f.Git, k, before), live: f.liveSide(k)}
	if _, ok := f.gone[k]; ok && f.Live.Side(k).Presence != core.Absent {
		s.live, s.git = f.Live.Side(k), core.Side{Reason: f.gone[k]}
	}
	s.table = f.table(c, k.GroupKind())
	if p, ok := f.Past[k]; ok {
		s.past = s.newPast(p)
	}
	s.gitSince = gitSight(before, s.git, f.Input).At
	s.apart = s.apartFrom()
	return s
}

func (c *Comparer) object(f *frame, k core.Key, findings []core.Finding, res *Result) {
	s := c.subject(f, k)
	before := s.before
	res.roots[k.GroupKind()] = s.table.root
	after := core.Remembered{Base: before.Base, Git: before.Git, Live: s.liveSight()}
	switch {
	case slices.ContainsFunc(findings, func(f core.Finding) bool { return !f.Unrendered }):
		after.Verdict = invalid(k, findings)
		res.Overwritten = append(res.Overwritten, s.inDoubt().overwritten()...)
	case len(findings) > 0:
		after.Verdict = s.unrendered(findings)
		res.Overwritten = append(res.Overwritten, s.inDoubt().overwritten()...)
	case k.IsFile(), s.git.Presence == core.Absent && s.live.Presence == core.Absent:
		if s.known {
			res.Gone = append(res.Gone, k)
			res.Overwritten = append(res.Overwritten, s.overwritten()...)
		}
		return
	case foreign(s, res.GitKinds):
		res.Report.NotInGit[k.GroupKind()]++
		if s.waiting() {
			res.want(want{subject: s, origin: true})
		}
		return
	default:
		after.Git = gitSight(before, s.git, f.Input)
		out, untouched := c.verdict(s)
		after.Base, after.Verdict = out.base, out.verdict
		if !untouched {
			res.Overwritten = append(res.Overwritten, s.overwritten()...)
			s.wanted(out.verdict, out.base, res)
		}
	}
	v := &after.Verdict
	v.Since = since(before.Verdict, *v, after.Git.At, f.Now)
	v.Opinion = s.opinion(*v)
	res.Objects[k] = after
	res.Report.Verdicts = append(res.Report.Verdicts, *v)
}

// since is when an object came into its state: the check that first saw it in
// it, or, where it waits for Git to be followed, the time from which that is
// counted. A time in which a side could not be read does not begin it anew.
func since(was, is core.Verdict, gitSince, now time.Time) time.Time {
	at := now
	if is.State == core.Pending && !gitSince.IsZero() && gitSince.Before(now) {
		at = gitSince
	}
	switch {
	case was.State == is.State && !was.Since.IsZero():
		at = was.Since
	case was.State == core.Unknown && was.LastKnown && was.Last == is.State && !was.LastSince.IsZero():
		at = was.LastSince
	}
	return at
}

// gitSide is what Git says about an object. One that is not found is not called
// absent while something in the file that held it is in doubt.
func gitSide(git *core.Snapshot, k core.Key, before core.Remembered) core.Side {
	side := git.Side(k)
	if side.Presence == core.Present {
		return side
	}
	for _, o := range []*core.Object{before.Git.Object, baseGit(before)} {
		if o == nil {
			continue
		}
		if why := git.Doubt(o.Origin.Path); why != "" {
			return core.Side{Reason: why}
		}
	}
	return side
}

func baseGit(r core.Remembered) *core.Object {
	if r.Base == nil {
		return nil
	}
	return r.Base.Git
}

// verdict judges an object, or takes over the last verdict where nothing that
// it rests on has changed. Only settled verdicts are taken over: the others
// depend on the time, or show who changed what. The last sight of live counts
// along with the last verdict: of a comparison that was not recorded, or is made
// again, what it found to be overwritten has to be found again.
func (c *Comparer) verdict(s subject) (out outcome, untouched bool) {
	if s.Previous != nil && s.apart == "" && len(s.passages[s.key]) == 0 {
		last, ok := s.Previous.Objects[s.key]
		if ok && equalObjects(s.before.Live.Object, s.live.Object) && s.Previous.roots[s.key.GroupKind()] == s.table.root && last.Verdict.State == core.InSync && same(last.Git, s.git) && same(last.Live, s.live) && sameBase(last.Base, s.before.Base) {
			v := last.Verdict
			v.Origin, v.LiveRevision = s.git.Object.Origin, s.live.Object.ResourceVersion
			return outcome{verdict: v, base: s.before.Base}, true
		}
	}
	return s.judge(), false
}

func same(before core.Sight, now core.Side) bool {
	return before.Object != nil && now.Object != nil && before.Object.Digest == now.Object.Digest &&
		before.Object.UID == now.Object.UID && before.Object.Deleting.Equal(now.Object.Deleting)
}

func sameBase(a, b *core.Base) bool {
	return a != nil && b != nil && a.Git.Digest == b.Git.Digest && a.Live.Digest == b.Live.Digest
}

// foreign tells whether a live object is of a kind that this fabric does not
// keep in Git, so that it is only counted.
func foreign(s subject, gitKinds map[core.GroupKind]bool) bool {
	return s.git.Presence == core.Absent && s.live.Presence == core.Present &&
		s.before.Base == nil && !gitKinds[s.key.GroupKind()]
}

// sight is what is known of a side from now on: what it says, and since when.
func sight(before core.Sight, now core.Side, at time.Time) core.Sight {
	switch {
	case now.Presence == core.Unread:
		return before
	case !before.At.IsZero() && equalObjects(before.Object, now.Object):
		return core.Sight{Object: now.Object, At: before.At}
	}
	return core.Sight{Object: now.Object, At: at}
}

// liveSight is what is known of live from now on.
func (s subject) liveSight() core.Sight {
	now := sight(s.before.Live, s.live, s.Now)
	if s.live.Presence == core.Unread && !now.At.IsZero() && now.Until.IsZero() {
		now.Until = s.lastLook
	}
	return now
}

// gitSight is the sight of Git. What was there at the first check of all is as
// old as the commit that it was read at.
func gitSight(before core.Remembered, now core.Side, in Input) core.Sight {
	at := in.Now
	if in.Memory.Git == nil {
		at = commitTime(in.Git, at)
	}
	return sight(before.Git, now, at)
}

func commitTime(git *core.Snapshot, or time.Time) time.Time {
	for _, r := range git.Readings {
		if !r.RevisionTime.IsZero() && r.RevisionTime.Before(or) {
			return r.RevisionTime
		}
	}
	return or
}

func equalObjects(a, b *core.Object) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Digest == b.Digest
}

// gitKinds are the kinds of which Git holds an object, or held one: as far as
// was seen, and as its history says.
func gitKinds(in Input) map[core.GroupKind]bool {
	kinds := maps.Clone(in.Memory.GitKinds)
	if kinds == nil {
		kinds = map[core.GroupKind]bool{}
	}
	for _, gk := range in.Git.Kinds() {
		kinds[gk] = true
	}
	for _, f := range in.Git.Findings {
		if f.Key != (core.Key{}) {
			kinds[f.Key.GroupKind()] = true
		}
	}
	for k, p := range in.Past {
		if len(p.Versions) > 0 {
			kinds[k.GroupKind()] = true
		}
	}
	return kinds
}

func findingsByKey(findings []core.Finding) map[core.Key][]core.Finding {
	by := map[core.Key][]core.Finding{}
	for _, f := range findings {
		k := f.Key
		if k == (core.Key{}) {
			k = core.Key{Kind: core.FileKind, Name: f.Path}
		}
		by[k] = append(by[k], f)
	}
	return by
}

// universe is every object that there is anything to say about, in order. It is
// mostly that of the last comparison.
func universe(in Input, findings map[core.Key][]core.Finding) []core.Key {
	keys := make(map[core.Key]struct{}, in.Live.Len())
	for _, s := range []*core.Snapshot{in.Git, in.Live} {
		for k := range s.Keys() {
			keys[k] = struct{}{}
		}
	}
	for k := range in.Memory.Objects {
		keys[k] = struct{}{}
	}
	for k := range findings {
		keys[k] = struct{}{}
	}
	if in.Previous != nil && len(in.Previous.universe) == len(keys) && !slices.ContainsFunc(in.Previous.universe, func(k core.Key) bool {
		_, ok := keys[k]
		return !ok
	}) {
		return in.Previous.universe
	}
	return slices.SortedFunc(maps.Keys(keys), core.Key.Compare)
}

func firstReading(s *core.Snapshot) core.Reading {
	if len(s.Readings) == 0 {
		return core.Reading{}
	}
	return s.Readings[0]
}
