package drift

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"selvage/core"
)

// observed is between which two looks live came to say what it says at a
// change's place. live is the live document, normalised; nil for an object as
// a whole.
func (s subject) observed(c core.Change, live map[string]any) core.Window {
	if c.Verdict != core.FieldDrift && c.Verdict != core.FieldConflict || s.before.Live.At.IsZero() {
		return core.Window{}
	}
	same := func(o *core.Object) bool {
		switch {
		case o == nil || s.live.Object == nil:
			return o == nil && s.live.Object == nil
		case live == nil:
			return o.Digest == s.live.Object.Digest && o.Deleting.Equal(s.live.Object.Deleting)
		}
		return valueAt(s.normal(o), c.Path).Equal(valueAt(live, c.Path))
	}
	seen := s.passages[s.key]
	since := len(seen)
	for since > 0 && same(seen[since-1].Object) {
		since--
	}
	switch {
	case since > 0 && since < len(seen):
		return core.Window{After: seen[since-1].Until, Before: seen[since].From}
	case since > 0:
		return core.Window{After: seen[since-1].From, Before: seen[since-1].Until}
	case same(s.before.Live.Object):
		return s.carried(c).Observed
	case len(seen) > 0:
		return core.Window{After: s.lookedAt(), Before: seen[0].From}
	}
	return core.Window{After: s.lookedAt(), Before: s.Now}
}

// lookedAt is when live was looked at before: at this object.
func (s subject) lookedAt() time.Time {
	if at := s.before.Live.Until; !at.IsZero() {
		return at
	}
	return s.lastLook
}

// carried is what the last verdict said at a change's place, a zero Change
// where it said nothing.
func (s subject) carried(c core.Change) core.Change {
	i := slices.IndexFunc(s.before.Verdict.Changes, func(o core.Change) bool { return o.Path == c.Path })
	if i < 0 {
		return core.Change{}
	}
	return s.before.Verdict.Changes[i]
}

// commit is the one that last changed what Git says at a change's place: going
// by the history, or by the last verdict where Git says the same as then.
func (s subject) commit(c core.Change) core.Commit {
	if s.past.len() > 0 {
		return s.past.blame(c.Path)
	}
	if s.git.Presence != core.Unread && equalObjects(s.before.Git.Object, s.git.Object) {
		return s.carried(c).Commit
	}
	return core.Commit{}
}

// notes are what else there is to know of the object. The changes are as people
// see them.
func (s subject) notes(changes []core.Change) []string {
	var notes []string
	for _, c := range changes {
		if c.Verdict == core.FieldPruned {
			notes = append(notes, fmt.Sprintf("this fabric's schema drops %s", c.Path))
		}
	}
	git, live := s.git.Object, s.live.Object
	if live == nil {
		return notes
	}
	if !live.Deleting.IsZero() {
		notes = append(notes, "being deleted since "+core.Stamp(live.Deleting))
	}
	if s.madeAnew(live) {
		notes = append(notes, "made anew: it has another uid than before")
	}
	if git != nil && git.Version != live.Version && !slices.Contains(s.Live.Schemas[s.key.GroupKind()].Versions, git.Version) {
		notes = append(notes, fmt.Sprintf("git writes it as %s, the fabric serves %s", git.Version, s.served()))
	}
	return notes
}

// madeAnew tells whether live is another object than at the last look, or than
// when both sides last agreed.
func (s subject) madeAnew(live *core.Object) bool {
	other := func(was *core.Object) bool {
		return was != nil && was.UID != "" && live.UID != "" && was.UID != live.UID
	}
	return other(s.before.Live.Object) || s.base != nil && other(s.base.Live)
}

// served are the versions that the fabric serves the object's kind at.
func (s subject) served() string {
	if schema, ok := s.Live.Schemas[s.key.GroupKind()]; ok && len(schema.Versions) > 0 {
		return strings.Join(schema.Versions, ", ")
	}
	return s.live.Object.Version
}
