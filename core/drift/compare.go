package drift

import (
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
	// EngineAwaited is set while the engine has yet to say something for the first
	// time: the verdicts then go without it, and no object's first base is taken.
	EngineAwaited bool

	// Calm is set where a comparison of this very input found no mass
	// disappearance: then it is not looked for among all objects again to tell
	// more about a few.
	Calm bool

	// Previous is the result of the last comparison by this process, nil if
	// there is none. Objects that did not change since are not walked again.
	Previous *Result
}

// Result is what a comparison found.
type Result struct {
	Report *core.Report
	// Objects is what is to be remembered of every object: bases, both sides
	// and verdicts.
	Objects map[core.Key]*core.Remembered
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
	// Drafts are those in the memory, in their order, with what has become of
	// each.
	Drafts []core.DraftStanding

	judged []*core.Verdict // in the order of the keys, until they are in the report
	wants  map[core.Key]want
	roots  map[core.GroupKind]*node // of the rules that each kind was compared by
	stood  map[core.Key][]core.DraftStanding
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
		Objects:  make(map[core.Key]*core.Remembered, in.Live.Len()),
		GitKinds: gitKinds(in),
		roots:    map[core.GroupKind]*node{},
		Report: &core.Report{
			At: in.Now, Git: in.Git.Readings, Live: firstReading(in.Live),
			NotInGit: map[core.GroupKind]int{}, Gaps: in.Live.Gaps,
			Freeze: f.freeze(), Rewrites: f.rewrites(), Engine: in.Engine,
			Rules: rulesRelease, Release: release(in.Live.Schemas),
		},
	}
	pairs := f.pairs()
	slices.SortFunc(pairs, func(a, b pair) int { return a.key.Compare(b.key) })
	res.judged = make([]*core.Verdict, 0, len(pairs))
	for _, p := range pairs {
		c.object(f, p, res)
	}
	for gk, t := range f.tables {
		res.roots[gk] = t.root
	}
	res.Drafts, res.stood = c.standings(f, res.stood), nil
	res.Report.Verdicts, res.Report.Counts = worstFirst(res.judged)
	res.judged = nil
	f.Previous, f.universe = nil, nil // what is wanted holds the frame: every result would hold the one before it
	return res
}

// worstFirst are verdicts by their states, and the counts of those. What is of one
// state stays in the order in which it was judged, that of the keys.
func worstFirst(judged []*core.Verdict) (sorted []core.Verdict, counts core.Counts) {
	for _, v := range judged {
		counts[v.State]++
	}
	var next core.Counts
	for s, n := range counts[:len(counts)-1] {
		next[s+1] = next[s] + n
	}
	sorted = make([]core.Verdict, len(judged))
	for _, v := range judged {
		at := &next[v.State]
		sorted[*at] = *v
		*at++
	}
	return sorted, counts
}

// subject gathers all that is known of an object.
func (c *Comparer) subject(f *frame, p pair) subject {
	s := subject{frame: f, key: p.key, before: p.before, known: p.before != nil, git: f.gitSide(p), live: f.liveSide(p)}
	if !s.known {
		s.before = new(core.Remembered)
	}
	s.base = s.before.Base
	if why, ok := f.gone[p.key]; ok {
		// What vanished with too many others is not called absent.
		if s.live.Presence == core.Absent {
			s.live = core.Side{Reason: why}
		} else {
			s.git = core.Side{Reason: why}
		}
	}
	s.table = f.table(c, p.key.GroupKind())
	if past, ok := f.Past[p.key]; ok {
		s.past = s.newPast(past)
	}
	s.gitSince = f.gitSight(s.before, s.git).At
	s.apart = s.apartFrom()
	return s
}

func (c *Comparer) object(f *frame, p pair, res *Result) {
	s := c.subject(f, p)
	k, findings, before := p.key, f.findings[p.key], s.before
	after := core.Remembered{Base: before.Base, Git: before.Git, Live: s.liveSight()}
	var decided time.Time
	var last *core.Remembered // of the comparison before, where nothing has changed since
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
		after.Git = f.gitSight(before, s.git)
		var out outcome
		out, last = c.verdict(s)
		after.Base, after.Verdict, decided = out.base, out.verdict, out.decided
		if last == nil {
			res.stands(k, out.drafts)
			res.Overwritten = append(res.Overwritten, s.overwritten()...)
			s.wanted(out.verdict, out.base, res)
		}
		after.Base = s.heldBack(after.Base)
	}
	v := &after.Verdict
	waits := after.Git.At
	if !decided.IsZero() {
		waits = decided
	}
	v.Since = since(before.Verdict, *v, waits, f.Now)
	v.Opinion = s.opinion(*v)
	held := heldAlready(&after, before, last)
	if held == nil {
		made := after // or each look at an object would make one
		held = &made
	}
	res.Objects[k] = held
	res.judged = append(res.judged, &held.Verdict)
}

// heldAlready finds what is to be remembered of an object in memory, or in what
// the comparison before came to, so that it is held once for all; nil where it is
// something else. last is nil unless the verdict was taken over from it.
func heldAlready(after, memory, last *core.Remembered) *core.Remembered {
	sights := func(held *core.Remembered) bool {
		return held.Base == after.Base && held.Git == after.Git && held.Live == after.Live
	}
	a := &after.Verdict
	if sights(memory) && sameBare(&memory.Verdict, a) {
		return memory
	}
	if last == nil || !sights(last) {
		return nil
	}
	// All else is as it was.
	if b := &last.Verdict; !a.Since.Equal(b.Since) || a.Origin != b.Origin || a.LiveRevision != b.LiveRevision || a.Opinion != b.Opinion {
		return nil
	}
	return last
}

// sameBare tells whether two verdicts are the same and tell of no difference, so
// that memory is without nothing of them.
func sameBare(a, b *core.Verdict) bool {
	return bare(a) && bare(b) &&
		a.Key == b.Key && a.Version == b.Version && a.State == b.State && a.Reason == b.Reason && a.Origin == b.Origin &&
		a.Since.Equal(b.Since) && a.Last == b.Last && a.LastSince.Equal(b.LastSince) && a.LastKnown == b.LastKnown &&
		a.Opinion == b.Opinion && a.Tracked == b.Tracked && a.LiveRevision == b.LiveRevision
}

func bare(v *core.Verdict) bool {
	return v.Acknowledged == nil && len(v.Changes) == 0 && len(v.Folded) == 0 && len(v.Notes) == 0 && v.Git == nil && v.Live == nil
}

// since is when an object came into its state: the check that first saw it in
// it, or, where it waits for Git to be followed, the time from which that is
// counted: waits. A time in which a side could not be read does not begin it anew.
func since(was, is core.Verdict, waits, now time.Time) time.Time {
	at := now
	if is.State == core.Pending && !waits.IsZero() && waits.Before(now) {
		at = waits
	}
	switch {
	case was.State == is.State && !was.Since.IsZero():
		at = was.Since
	case was.State == core.Unknown && was.LastKnown && was.Last == is.State && !was.LastSince.IsZero():
		at = was.LastSince
	}
	return at
}

// verdict judges an object, or takes over the last verdict where nothing that
// it rests on has changed; then it also gives what that is in. Only settled
// verdicts are taken over: the others depend on the time, or show who changed
// what. The last sight of live counts along with the last verdict: of a comparison
// that was not recorded, or is made again, what it found to be overwritten has to
// be found again.
func (c *Comparer) verdict(s subject) (out outcome, untouched *core.Remembered) {
	if s.Previous != nil && s.apart == "" && len(s.passages[s.key]) == 0 {
		last, ok := s.Previous.Objects[s.key]
		if ok && equalObjects(s.before.Live.Object, s.live.Object) && s.Previous.roots[s.key.GroupKind()] == s.table.root && last.Verdict.State == core.InSync && same(last.Git, s.git) && same(last.Live, s.live) && sameBase(last.Base, s.base) {
			v := last.Verdict
			v.Origin, v.LiveRevision = s.git.Object.Origin, s.live.Object.ResourceVersion
			return outcome{verdict: v, base: s.base}, last
		}
	}
	return s.judge(), nil
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
		s.base == nil && !gitKinds[s.key.GroupKind()]
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
func (f *frame) gitSight(before *core.Remembered, now core.Side) core.Sight {
	at := f.Now
	if f.Memory.Git == nil {
		at = commitTime(f.Git, at)
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

func firstReading(s *core.Snapshot) core.Reading {
	if len(s.Readings) == 0 {
		return core.Reading{}
	}
	return s.Readings[0]
}
