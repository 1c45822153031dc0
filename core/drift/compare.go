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
	tables map[core.GroupKind]table
	plain  table // of a kind that nothing is known of
}

// New prepares the rules for a fabric.
func New(f core.Fabric) *Comparer {
	return &Comparer{fabric: f, tables: tables(), plain: table{root: compile(commonRows())}}
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
}

// Enough tells whether what was found of a wanted object's past is enough to
// judge it by. It is for [core.Historian].
func (r *Result) Enough(core.Key, core.Past) bool { return false }

// Compare judges every object that either side has or that is remembered.
func (c *Comparer) Compare(in Input) *Result {
	in.Git = in.Git.Placed(in.Live)
	res := &Result{
		Objects:  make(map[core.Key]core.Remembered, in.Live.Len()),
		GitKinds: gitKinds(in),
		Report: &core.Report{
			At: in.Now, Git: in.Git.Readings, Live: firstReading(in.Live),
			NotInGit: map[core.GroupKind]int{}, Gaps: in.Live.Gaps,
		},
	}
	findings := findingsByKey(in.Git.Findings)
	for _, k := range universe(in, findings) {
		c.object(in, k, findings[k], res)
	}
	slices.SortStableFunc(res.Report.Verdicts, func(a, b core.Verdict) int {
		return cmp.Or(cmp.Compare(a.State, b.State), a.Key.Compare(b.Key))
	})
	for _, v := range res.Report.Verdicts {
		res.Report.Counts[v.State]++
	}
	return res
}

func (c *Comparer) object(in Input, k core.Key, findings []core.Finding, res *Result) {
	before, known := in.Memory.Objects[k]
	s := subject{key: k, before: before, known: known, git: gitSide(in.Git, k, before), live: in.Live.Side(k)}
	after := core.Remembered{Base: before.Base, Git: before.Git, Live: sight(before.Live, s.live, in.Now)}
	switch {
	case len(findings) > 0:
		after.Verdict = invalid(k, findings)
	case k.IsFile(), s.git.Presence == core.Absent && s.live.Presence == core.Absent:
		if known {
			res.Gone = append(res.Gone, k)
		}
		return
	case foreign(s, res.GitKinds):
		res.Report.NotInGit[k.GroupKind()]++
		return
	default:
		after.Git = gitSight(before, s.git, in)
		s.gitSince = after.Git.At
		s.table, s.ignore = c.rules(k.GroupKind())
		out := c.verdict(s, in, after)
		after.Base, after.Verdict = out.base, out.verdict
	}
	v := &after.Verdict
	v.Since = since(before.Verdict, *v, after.Git.At, in.Now)
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
// depend on the time, or show who changed what.
func (c *Comparer) verdict(s subject, in Input, after core.Remembered) outcome {
	if in.Previous != nil {
		last, ok := in.Previous.Objects[s.key]
		if ok && last.Verdict.State == core.InSync && same(last.Git, s.git) && same(last.Live, s.live) && sameBase(last.Base, s.before.Base) {
			v := last.Verdict
			v.Origin, v.LiveRevision = s.git.Object.Origin, s.live.Object.ResourceVersion
			return outcome{verdict: v, base: s.before.Base}
		}
	}
	return s.judge(in.Now, c.fabric.PendingLimit)
}

func same(before core.Sight, now core.Side) bool {
	return before.Object != nil && now.Object != nil && before.Object.Digest == now.Object.Digest
}

func sameBase(a, b *core.Base) bool {
	return a != nil && b != nil && a.Git.Digest == b.Git.Digest && a.Live.Digest == b.Live.Digest
}

// rules are the table of a kind and the user's own rules for it.
func (c *Comparer) rules(gk core.GroupKind) (table, []core.Path) {
	t, ok := c.tables[gk]
	if !ok {
		t = c.plain
	}
	var ignore []core.Path
	for _, r := range c.fabric.Ignore {
		if r.Matches(gk) {
			ignore = append(ignore, r.Path)
		}
	}
	return t, ignore
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

// universe is every object that there is anything to say about, in order.
func universe(in Input, findings map[core.Key][]core.Finding) []core.Key {
	keys := map[core.Key]struct{}{}
	for _, s := range []*core.Snapshot{in.Git, in.Live} {
		for o := range s.Objects() {
			keys[o.Key] = struct{}{}
		}
	}
	for k := range in.Memory.Objects {
		keys[k] = struct{}{}
	}
	for k := range findings {
		keys[k] = struct{}{}
	}
	return slices.SortedFunc(maps.Keys(keys), core.Key.Compare)
}

func firstReading(s *core.Snapshot) core.Reading {
	if len(s.Readings) == 0 {
		return core.Reading{}
	}
	return s.Readings[0]
}
