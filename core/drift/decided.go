package drift

import (
	"fmt"
	"slices"
	"time"

	"selvage/core"
)

// What people have decided makes no difference and takes none away, either: the
// changes of an object stay what they are. A decision for Git says that live is
// to follow, so that what it covers is pending; what is to go into Git counts
// when Git has it. Where that overruled what live said, it is a decision for Git
// from then on until live has followed: without it, what live says would look like
// an edit that nobody has seen. Where a commit takes it out of Git again before that,
// it is void and not open: what a run has published once is not published again
// because Git says what it said before.

// Standings tells what has become of the drafts in the memory, in their order,
// without a verdict on anything else: what [Comparer.Compare] tells of them for
// the same input.
func (c *Comparer) Standings(in Input) []core.DraftStanding {
	in.Git = in.Git.Placed(in.Live)
	in.Previous = nil
	f := c.frame(in)
	f.freeze()
	return c.standings(f, nil)
}

// standings are those of all drafts. Of objects that were judged already they are
// in known.
func (c *Comparer) standings(f *frame, known map[core.Key][]core.DraftStanding) []core.DraftStanding {
	if len(f.Memory.Drafts) == 0 {
		return nil
	}
	all := make([]core.DraftStanding, 0, len(f.Memory.Drafts))
	for k := range f.drafts {
		stand, ok := known[k]
		if !ok {
			stand = c.standingsOf(f, k)
		}
		all = append(all, stand...)
	}
	place := make(map[int64]int, len(all))
	for i, d := range f.Memory.Drafts {
		place[d.ID] = i
	}
	slices.SortFunc(all, func(a, b core.DraftStanding) int { return place[a.ID] - place[b.ID] })
	for i, d := range all {
		if where, ok := f.Memory.Proposed[d.ID]; ok && d.State == core.DraftOpen {
			all[i].State, all[i].Why = core.DraftProposed, "it waits for a review: "+where
		}
	}
	return all
}

func (c *Comparer) standingsOf(f *frame, k core.Key) []core.DraftStanding {
	s := c.subject(f, f.pair(k))
	if s.git.Presence != core.Absent || s.live.Presence != core.Absent {
		return s.judge().drafts
	}
	s.forms = new([]form)
	stand := s.stand(core.Verdict{Key: k})
	s.maskDrafts(s.masker(), stand)
	return stand
}

// stands takes down what has become of the drafts on an object that is judged.
func (r *Result) stands(k core.Key, drafts []core.DraftStanding) {
	if len(drafts) == 0 {
		return
	}
	if r.stood == nil {
		r.stood = map[core.Key][]core.DraftStanding{}
	}
	r.stood[k] = drafts
}

// stand tells what has become of the drafts on the object, given its verdict
// before anything in that is masked. What they hold is not masked either.
func (s subject) stand(v core.Verdict) []core.DraftStanding {
	drafts := s.drafts[s.key]
	if len(drafts) == 0 {
		return nil
	}
	git, live := s.without(v.Folded)
	why := ""
	if !git.Read || !live.Read || s.apart != "" {
		why = v.Reason
		live = core.Content{} // what servers have added to it cannot be told without Git
	}
	all := make([]core.DraftStanding, len(drafts))
	for i, d := range drafts {
		live := live
		if d.Path == core.Root && d.GitDigest == (core.Digest{}) && live.Value.Present() {
			live.Value = s.export() // as it was decided upon, though Git may have it now
		}
		state, words := d.Judge(git, live)
		awaits := d.Choice == core.TakeGit
		if s.overruled(d.Resolution, git, live) {
			awaits, state, words = true, core.DraftPending, "live has not followed yet"
		}
		switch {
		case why != "" && (state == core.DraftPending || state == core.DraftOpen && !git.Read):
			words = why
		case awaits && s.agrees(d.Path):
			state, words = core.DraftDone, "live says the same"
		case d.Choice == core.TakeLive && live.Read && live.Value.At(d.Path).Digest() == d.LiveDigest && s.agrees(d.Path):
			state, words = core.DraftDone, "git says so" // in its own words
		}
		if doubt := s.doubt(); state == core.DraftDone && doubt != "" {
			state, words = core.DraftOpen, doubt
			if awaits || d.Published.Run != "" {
				state = core.DraftPending
			}
		}
		all[i] = core.DraftStanding{Draft: d, State: state, Why: words}
	}
	return all
}

// overruled tells whether a resolution has overruled live, which is to follow Git
// now: Git says it, and live says what it said when that was decided, or the same
// as Git, or was not read. Anything else that it says is new.
func (s subject) overruled(r core.Resolution, git, live core.Content) bool {
	return r.Overrules() && git.Read && git.Says(r.Path, r.Value) &&
		(!live.Read || live.Value.At(r.Path).Digest() == r.LiveDigest || s.agrees(r.Path) || s.stayed(r, git))
}

// stayed tells whether live says at a resolution's place what it said when that was
// made. What is left aside of live goes by what Git says, which is another thing
// now: so live is seen as beside the Git of that time.
func (s subject) stayed(r core.Resolution, git core.Content) bool {
	if s.git.Object == nil || s.live.Object == nil {
		return false
	}
	at, was := s.unsaid(r)
	then, err := git.Value.With(at, was)
	fields, ok := then.Any().(map[string]any)
	if err != nil || !ok || then.At(r.Path).Digest() != r.GitDigest {
		return false
	}
	o := *s.git.Object
	o.Fields, o.Digest = fields, core.DigestJSON(fields)
	s.git.Object = &o
	var v core.Verdict
	s.compare(&v)
	_, live := s.without(v.Folded)
	return live.Value.At(r.Path).Digest() == r.LiveDigest
}

// unsaid is what Git said, as far as that is known, where it now says what was
// resolved, and the place of it: higher up where it did not have the places around.
func (s subject) unsaid(r core.Resolution) (at core.Path, was core.Value) {
	if r.GitDigest == (core.Digest{}) {
		at = r.Path
		for at != core.Root && at.Parent() != r.Anchor {
			at = at.Parent()
		}
		return at, core.Value{}
	}
	known := []*core.Object{s.before.Git.Object, baseGit(s.before)}
	if s.past != nil {
		for _, v := range s.past.Versions {
			known = append(known, v.Object)
		}
	}
	for _, o := range known {
		if o == nil {
			continue
		}
		if was := valueAt(s.normal(o), r.Path); was.Digest() == r.GitDigest {
			return r.Path, was
		}
	}
	return r.Path, core.Value{}
}

// forGit tells whether a draft is a decision for Git: one that chose it, or one
// that overruled live and is in Git.
func forGit(d core.DraftStanding) bool {
	return d.Choice == core.TakeGit || d.Overrules() && d.State != core.DraftOpen
}

// since is when a decision for Git was made, or when Git came to say it.
func (s subject) since(d core.DraftStanding) time.Time {
	if d.Overrules() && s.gitSince.After(d.At) {
		return s.gitSince
	}
	return d.At
}

// agrees tells whether live says the same as Git at a place and below, server-side
// additions left aside.
func (s subject) agrees(at core.Path) bool {
	git, live := s.git, s.live
	if git.Presence != core.Present || live.Presence != core.Present {
		return git.Presence == core.Absent && live.Presence == core.Absent
	}
	return live.Object.Deleting.IsZero() && s.alike(git.Object, live.Object, at)
}

// doubt says why nothing counts as done: what was read is not whole, or not of
// now, or not to be believed.
func (s subject) doubt() string {
	for _, r := range s.Git.Readings {
		if r.Access != core.AccessOK {
			return "git was not read"
		}
	}
	switch {
	case firstReading(s.Live).Access != core.AccessOK:
		return "live was not read"
	case s.frozen:
		return "the fabric is frozen"
	}
	return s.apart
}

// settle lets count what people have said about the differences of an object: that
// Git decides, or that a difference is to stay for a while. It gives the time of
// the decision that the state comes from, zero where none made it, and whether
// both sides agree by what was decided.
//
// The worst of the fields decides. A decision goes before an acknowledgement: it
// is what is to happen, and that it does not happen is to be seen.
func (s subject) settle(v *core.Verdict, drafts []core.DraftStanding) (decided time.Time, agreed bool) {
	switch v.State {
	case core.Stuck, core.Conflict, core.Drifted, core.Differs, core.OnlyGit, core.OnlyLive:
	default:
		return time.Time{}, false
	}
	pruned := func(c core.Change) bool { return c.Verdict == core.FieldPruned }
	all := slices.DeleteFunc(slices.Clone(v.Changes), pruned)
	left := closed(all, drafts)
	if len(left) == 0 && len(all) > 0 {
		v.State, v.Reason, v.Git, v.Live = core.InSync, "", nil, nil
		v.Changes = slices.DeleteFunc(v.Changes, func(c core.Change) bool { return !pruned(c) })
		return time.Time{}, true
	}
	state, reason := core.InSync, ""
	type ruled struct {
		core.Change
		by *core.DraftStanding
	}
	var covered []ruled
	var open, chosen []core.Change
	for _, c := range all {
		d, ok := deciding(c, drafts)
		if !ok {
			open = append(open, c)
			continue
		}
		covered = append(covered, ruled{c, d})
		if c.Git.Present() || c.Live.Present() {
			chosen = append(chosen, c)
		}
	}
	for _, c := range covered {
		d := c.by
		is, why, keep := s.followed(*v, c.Change, *d, chosen)
		if is < state {
			state, reason, decided = is, why, s.since(*d)
		}
		if d.Keeping.Effect == "" || d.Keeping.Effect == core.KeepRestored {
			d.Keeping = keep
		}
	}
	switch {
	case len(open) == len(all):
		s.acknowledge(v, all)
		return time.Time{}, false
	case len(open) > 0 && s.accepts(open) == nil:
		is, why := s.fieldsState(open)
		if is == v.State {
			why = v.Reason
		}
		if is < state {
			state, reason, decided = is, why, time.Time{}
		}
	}
	v.State, v.Reason = state, reason
	return decided, false
}

// closed are the changes without those that nothing is left of but that live once
// had a value which Git never had, where somebody has taken it as it is now. As
// long as the object has others, too, such a decision waits for them: what both
// sides agree on is remembered of the whole object.
func closed(changes []core.Change, drafts []core.DraftStanding) (left []core.Change) {
	var by []*core.DraftStanding
	for _, c := range changes {
		i := slices.IndexFunc(drafts, func(d core.DraftStanding) bool {
			return d.State == core.DraftDone && (d.Choice == core.TakeLive || forGit(d)) && c.Path.Under(d.Path)
		})
		if i < 0 || c.Git.Present() || c.Live.Present() {
			left = append(left, c)
			continue
		}
		by = append(by, &drafts[i])
	}
	if len(left) > 0 {
		for _, d := range by {
			d.State, d.Why = core.DraftPending, "it is settled together with what else differs"
		}
	}
	return left
}

// deciding is the decision for Git that covers a change, wholly and as the last
// one, and that still stands.
func deciding(c core.Change, drafts []core.DraftStanding) (by *core.DraftStanding, ok bool) {
	for i := range drafts {
		d := &drafts[i]
		switch git := forGit(*d); {
		case d.State == core.DraftVoid, d.State == core.DraftDone:
		case c.Path.Under(d.Path):
			by, ok = d, git
		case d.Path.Under(c.Path) && !git:
			ok = false
		}
	}
	return by, ok
}

// followed is the state of a change for which Git was taken, one of those that were so
// chosen, and how live is to follow. Where somebody is to bring that about, it tells
// what to do; what no engine was ever going to do is a difference again when it is
// overdue.
func (s subject) followed(v core.Verdict, c core.Change, d core.DraftStanding, chosen []core.Change) (core.State, string, core.Keeping) {
	e := s.Engine
	keep := core.Keep(s.fabric, e, v, c, chosen...)
	words := d.Decided() + " by " + d.By
	if !c.Git.Present() && !c.Live.Present() {
		return core.Pending, words + "; " + d.Why, keep // see closed
	}
	if c.Verdict == core.FieldGitAhead {
		// What Git moved the engine brings about as any other commit of its.
		if state, why := s.lag(lagOf(c)); state == core.Pending || state == core.Stuck {
			return state, why, keep
		}
	}
	if keep.Effect != core.KeepStays {
		head := s.place().Revision
		if why, refused := e.Refuses(s.key, s.place(), s.version()); refused {
			return core.Stuck, fmt.Sprintf("%s; %s refused it: %s", words, e.Type, why), keep
		}
		if why, gaveUp := e.GaveUp(head); gaveUp && s.seenSince(e.Operation.Finished) {
			return core.Stuck, fmt.Sprintf("%s; %s gave up: %s", words, e.Type, why), keep
		}
		if keep.Effect == core.KeepRestored && e.Waited(s.since(d), s.Now) > s.fabric.PendingLimit {
			words += fmt.Sprintf("; %s has not put it back in %s", e.Type, core.ShortAge(s.fabric.PendingLimit))
			if said := e.Says(head); said != "" {
				words += ": " + said
			}
			return core.Stuck, words, keep
		}
	}
	state := core.Pending
	if (keep.Effect == core.KeepStays || keep.Effect == core.KeepDepends) && e.Waited(s.since(d), s.Now) > s.fabric.PendingLimit {
		words += ", not applied in " + core.ShortAge(s.fabric.PendingLimit)
		if state = core.Drifted; v.State == core.OnlyGit || v.State == core.OnlyLive {
			state = v.State
		}
	}
	words += "; " + keep.Sentence
	if keep.Effect != core.KeepRestored && keep.Command != "" {
		words += " (" + keep.Command + ")"
	}
	return state, words, keep
}

// lagOf says what a change of Git's is for live.
func lagOf(c core.Change) lagging {
	switch {
	case c.Path == core.Root && !c.Live.Present():
		return lagCreated
	case c.Path == core.Root && !c.Git.Present():
		return lagRemoved
	}
	return lagChanged
}

// voided tells of the decisions for Git that no longer stand while there is still
// a difference where they were made.
func voided(changes []core.Change, drafts []core.DraftStanding) []string {
	var notes []string
	for _, d := range drafts {
		about := slices.ContainsFunc(changes, func(c core.Change) bool { return c.Path.Overlaps(d.Path) })
		if d.Choice == core.TakeGit && d.State == core.DraftVoid && about {
			notes = append(notes, fmt.Sprintf("that git was chosen by %s does not hold any more: %s", d.By, d.Why))
		}
	}
	return notes
}

// maskDrafts masks everything that drafts show.
func (s subject) maskDrafts(m *masker, drafts []core.DraftStanding) {
	for i := range drafts {
		d := &drafts[i]
		d.Value = m.value(d.Path, d.Value)
		d.Path, d.Anchor = m.path(d.Path), m.path(d.Anchor)
	}
}
