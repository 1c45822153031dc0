package loop

import (
	"slices"

	"selvage/core"
)

// actor is who brought a change of a verdict about by a word or a decision; "" where
// that is not known for sure. It is known where both sides say what they said before,
// and somebody spoke since the last check of what the state now comes from: what was
// there at that check already would have counted then.
func actor(m *core.Memory, before, now *core.Remembered, drafts []core.DraftStanding) string {
	if before == nil || m.Report == nil || !slices.EqualFunc(before.Verdict.Changes, now.Verdict.Changes, sameDifference) {
		return ""
	}
	was, is := &before.Verdict, &now.Verdict
	var who []string
	switch {
	case is.State == was.State:
	case is.State == core.Acknowledged && was.State != core.Pending: // else a decision was taken back
		who = speakers(m, is, false)
	case is.State == core.Pending:
		for _, d := range drafts {
			if d.Key == is.Key && d.Choice == core.TakeGit && d.State == core.DraftPending && !d.At.Before(m.Report.At) && overrides(d, is.Changes) {
				who = append(who, d.By)
			}
		}
	case was.State == core.Acknowledged:
		who = speakers(m, is, true)
	}
	slices.Sort(who)
	if who = slices.Compact(who); len(who) != 1 {
		return ""
	}
	return who[0]
}

// speakers are those who accepted something since the last check that an object
// differs by, or who ended that.
func speakers(m *core.Memory, v *core.Verdict, ended bool) []string {
	var who []string
	for _, a := range m.Acknowledgements {
		about := slices.ContainsFunc(v.Changes, func(c core.Change) bool { return c.Path == a.Path })
		if a.Key == v.Key && about && a.Ends() == ended && !a.At.Before(m.Report.At) {
			who = append(who, a.Actor())
		}
	}
	return who
}

// overrides tells whether a decision for Git covers a change of live, which nothing
// else makes pending.
func overrides(d core.DraftStanding, changes []core.Change) bool {
	return slices.ContainsFunc(changes, func(c core.Change) bool {
		return c.Path.Under(d.Path) && (c.Verdict == core.FieldDrift || c.Verdict == core.FieldConflict || c.Verdict == core.FieldDiffers)
	})
}
