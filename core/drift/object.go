package drift

import (
	"fmt"
	"strings"
	"time"

	"selvage/core"
)

// subject is one object with all that is known of it.
type subject struct {
	*frame
	key      core.Key
	git      core.Side
	live     core.Side
	before   *core.Remembered // zero where the object is new; not to be changed
	base     *core.Base       // at first that of before
	known    bool             // before holds something
	gitSince time.Time        // since when Git says what it says
	past     *past            // nil where not known, or not yet
	apart    string           // why the sides cannot be compared; "" where they can

	table table
	forms *[]form // that were made so far
	plain bool    // leave secret-looking values as they are
}

// outcome is what the comparison says of one object.
type outcome struct {
	verdict core.Verdict
	base    *core.Base           // the base from now on, nil if there is none
	drafts  []core.DraftStanding // of those on the object
	decided time.Time            // when that was decided what the state comes from; zero for nothing
}

// normal is the form of one side for comparison. It is made once for each
// content, and not to be changed.
func (s subject) normal(o *core.Object) map[string]any {
	if s.forms == nil {
		return s.table.normal(o.Fields, nil)
	}
	for _, f := range *s.forms {
		if f.of == o {
			return f.fields
		}
	}
	f := form{o, s.table.normal(o.Fields, nil)}
	*s.forms = append(*s.forms, f)
	return f.fields
}

// form is an object's fields as they are compared.
type form struct {
	of     *core.Object
	fields map[string]any
}

// explain splits the differences between two documents, normalised, into what
// rules explain and what is left.
func (s subject) explain(git, live map[string]any) ([]core.Fold, []difference) {
	return s.table.explain(git, live)
}

// waiting tells whether what Git's history says about the object may still
// come. Where nobody looks back, or it failed, there is nothing to wait for.
func (s subject) waiting() bool { return s.Past != nil && s.PastErr == nil && s.past == nil }

// judge finds the object's verdict.
func (s subject) judge() outcome {
	s.forms = new([]form)
	v := core.Verdict{Key: s.key}
	if o := s.live.Object; o != nil {
		v.Version, v.LiveRevision = o.Version, o.ResourceVersion
	}
	if o := s.git.Object; o != nil {
		v.Version, v.Origin = o.Version, o.Origin
	} else if s.base != nil && s.git.Presence == core.Unread {
		v.Origin = s.base.Git.Origin
	}
	s.base = s.acceptedBase()
	base := s.compare(&v)
	if s.frozen {
		base = s.base
	}
	v.Tracked = s.tracked()
	drafts := s.stand(v)
	decided, agreed := s.settle(&v, drafts)
	if agreed {
		base = s.agreement(v.Folded)
	}
	v.Notes = append(v.Notes, voided(v.Changes, drafts)...)
	if !s.plain {
		m := s.masker()
		m.verdict(&v)
		s.maskDrafts(m, drafts)
	}
	v.Notes = append(v.Notes, s.notes(v.Changes)...)
	return outcome{verdict: v, base: base, drafts: drafts, decided: decided}
}

// compare fills in what both sides say of the object, and gives its base from
// now on.
func (s subject) compare(v *core.Verdict) *core.Base {
	base := s.base
	switch git, live := s.git.Presence, s.live.Presence; {
	case s.apart != "":
		s.unknown(v)
	case git == core.Present && live == core.Unread && s.live.Unserved && base == nil && s.before.Live.Object == nil:
		v.State, v.Reason = core.Invalid, "unknown kind: "+s.live.Reason
	case git == core.Unread || live == core.Unread:
		s.unknown(v)
	case git == core.Present && live == core.Present && !s.live.Object.Deleting.IsZero():
		s.terminating(v)
	case git == core.Present && live == core.Present && base == nil:
		return s.meet(v)
	case git == core.Present && live == core.Present:
		s.base = s.caughtUp()
		return s.threeWay(v)
	case git == core.Present && (base == nil || s.addedAgain()):
		s.onlyGit(v)
		return nil
	case git == core.Present:
		s.goneFromLive(v)
	case base != nil && !s.elsewhere && !s.madeAgain():
		s.goneFromGit(v)
	default:
		if found, ok := s.goneBefore(v); ok {
			return found
		}
		s.onlyLive(v)
		return nil
	}
	return base
}

func (s subject) unknown(v *core.Verdict) {
	v.State, v.Reason = core.Unknown, "live: "+s.live.Reason
	switch {
	case s.git.Presence == core.Unread:
		v.Reason = "git: " + s.git.Reason
	case s.apart != "":
		v.Reason = s.apart
	}
	if !s.known {
		return
	}
	was := s.before.Verdict
	v.Last, v.LastSince, v.LastKnown = was.State, was.Since, true
	if was.State == core.Unknown {
		v.Last, v.LastSince, v.LastKnown = was.Last, was.LastSince, was.LastKnown
	}
	v.Changes = append([]core.Change(nil), s.before.Verdict.Changes...)
}

// whole is the change of an object that one side does not have.
func (s subject) whole(v *core.Verdict, verdict core.FieldVerdict, op core.Op) {
	c := core.Change{Path: core.Root, Op: op, Verdict: verdict}
	if o := s.git.Object; o != nil {
		v.Git = tidy(cloned(s.normal(o)))
		c.Git = core.ValueOf(v.Git)
	}
	if o := s.live.Object; o != nil {
		v.Live = tidy(cloned(s.normal(o)))
		c.Live = core.ValueOf(v.Live)
		if m, ok := o.Creator(); ok && verdict != core.FieldGitAhead && o.Deleting.IsZero() {
			c.Manager, c.ManagerTime = m.Name, m.Time
		}
	}
	if b := s.base; b != nil {
		c.Base = core.ValueOf(tidy(cloned(s.normal(b.Git))))
	}
	c.Observed, c.Commit = s.observed(c, nil), s.commit(c)
	v.Changes = []core.Change{c}
}

func (s subject) onlyGit(v *core.Verdict) {
	v.State, v.Reason = s.lag(lagCreated)
	s.whole(v, core.FieldGitAhead, core.OpAdded)
}

func (s subject) onlyLive(v *core.Verdict) {
	v.State, v.Reason = core.OnlyLive, "live, never seen in git"
	if s.Engine.Known() && s.tracked() {
		v.Reason += fmt.Sprintf("; %s tracks it", s.Engine.Type)
	}
	s.whole(v, core.FieldDrift, core.OpRemoved)
}

func (s subject) goneFromLive(v *core.Verdict) {
	base := s.base
	v.State, v.Reason = core.Drifted, "deleted live"
	verdict := core.FieldDrift
	if len(s.moves(base.Git, s.git.Object)) > 0 {
		v.State, v.Reason = core.Conflict, "deleted live, and git changed it"
		verdict = core.FieldConflict
	}
	s.whole(v, verdict, core.OpRemoved)
}

func (s subject) goneFromGit(v *core.Verdict) {
	base := s.base
	v.State, v.Reason = s.lag(lagRemoved)
	verdict := core.FieldGitAhead
	moved := s.moves(base.Live, s.live.Object)
	if len(moved) > 0 {
		v.State, v.Reason = core.Conflict, "removed from git, and live changed it"
		verdict = core.FieldConflict
	}
	s.whole(v, verdict, core.OpRemoved)
	if len(moved) > 0 {
		v.Changes[0].Manager, v.Changes[0].ManagerTime = s.lastMover(moved)
	}
}

// lastMover is the manager that wrote last among the owners of what moved; ""
// where nobody owns any of it, as of what was removed.
func (s subject) lastMover(moved []difference) (name string, at time.Time) {
	for _, d := range moved {
		for _, leaf := range leaves(d) {
			if m, ok := s.live.Object.Owner(leaf.path); ok && (name == "" || m.Time.After(at)) {
				name, at = m.Name, m.Time
			}
		}
	}
	return name, at
}

// moves are the changes of one side between two times that no rule explains.
// What the fabric's schema drops is none: no side can bring it about.
func (s subject) moves(from, to *core.Object) []difference {
	_, rest := s.explain(s.table.kept(s.normal(from), nil), s.table.kept(s.normal(to), nil))
	return rest
}

// tableStep is a path's step as the rules tables name it.
func tableStep(step string) string {
	k := keyOf(step)
	if step[0] == '[' && k == step {
		return "[*]"
	}
	return k
}

func (n *node) assigned() bool {
	if n == nil {
		return false
	}
	for _, r := range n.explain {
		if _, ok := r.Action.(Assigned); ok {
			return true
		}
	}
	return false
}

// unrendered is the verdict on documents that are no manifests yet: what will
// come of them is not known.
func (s subject) unrendered(findings []core.Finding) core.Verdict {
	v := core.Verdict{Key: s.key, Origin: findings[0].Origin}
	s.unknown(&v)
	v.Reason = "not rendered: " + strings.TrimPrefix(findings[0].Reason, "not rendered: ")
	return v
}

// invalid is the verdict on documents in Git that are no object, or claim an
// identity that they cannot have.
func invalid(k core.Key, findings []core.Finding) core.Verdict {
	v := core.Verdict{Key: k, State: core.Invalid, Origin: findings[0].Origin, Reason: findings[0].Reason}
	for _, f := range findings[1:] {
		v.Reason += fmt.Sprintf("; line %d: %s", f.Line, f.Reason)
	}
	return v
}
