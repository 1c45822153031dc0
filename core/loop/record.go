package loop

import (
	"slices"

	"selvage/core"
	"selvage/core/drift"
)

// record is what a check leaves behind, set against what was known before.
func record(id core.FabricID, m *core.Memory, r *drift.Result) core.Check {
	c := core.Check{Fabric: id, Report: r.Report, Gone: r.Gone}
	c.Agreed = !r.Report.Unread() && !r.Report.Empty() && r.Report.Counts.Worst() >= core.Acknowledged
	for _, v := range r.Report.Verdicts {
		now := r.Objects[v.Key]
		before, known := m.Objects[v.Key]
		if known && sameMemory(before, now) {
			continue
		}
		c.Changed = append(c.Changed, now)
		if t, ok := transition(before, now, known); ok {
			t.At = r.Report.At
			c.Transitions = append(c.Transitions, t)
		}
	}
	return c
}

// transition tells how a verdict changed. An object that is in sync when it is
// first seen is no news.
func transition(before, now core.Remembered, known bool) (core.Transition, bool) {
	was, is := before.Verdict, now.Verdict
	if known && was.State == is.State && slices.EqualFunc(was.Changes, is.Changes, sameDifference) || !known && is.State == core.InSync {
		return core.Transition{}, false
	}
	return core.Transition{
		Key: is.Key, From: was.State, To: is.State, First: !known, Reason: is.Reason, Changes: is.Changes,
	}, true
}

func sameMemory(a, b core.Remembered) bool {
	return sameSight(a.Git, b.Git) && sameSight(a.Live, b.Live) && sameBase(a.Base, b.Base) &&
		a.Verdict.State == b.Verdict.State && a.Verdict.Reason == b.Verdict.Reason &&
		a.Verdict.Origin == b.Verdict.Origin && sameChanges(a.Verdict.Changes, b.Verdict.Changes)
}

func sameSight(a, b core.Sight) bool {
	if !a.At.Equal(b.At) || (a.Object == nil) != (b.Object == nil) {
		return false
	}
	return a.Object == nil || a.Object.Digest == b.Object.Digest && a.Object.UID == b.Object.UID
}

func sameBase(a, b *core.Base) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Git.Digest == b.Git.Digest && a.Live.Digest == b.Live.Digest
}

func sameChanges(a, b []core.Change) bool {
	return slices.EqualFunc(a, b, func(x, y core.Change) bool {
		return sameDifference(x, y) && x.Manager == y.Manager && x.ManagerTime.Equal(y.ManagerTime) &&
			x.Base.Equal(y.Base) && x.BaseLive.Equal(y.BaseLive)
	})
}

// sameDifference tells whether two changes say the same of the object, whoever
// is named for them.
func sameDifference(x, y core.Change) bool {
	return x.Path == y.Path && x.Op == y.Op && x.Verdict == y.Verdict && x.Unit == y.Unit &&
		x.Git.Equal(y.Git) && x.Live.Equal(y.Live)
}

// newer tells whether a whole reading of Git is to be kept in place of the one
// in memory: the first one, one of other places or revisions, or one that holds
// something else, as after a change of the configuration.
func newer(now, then *core.Snapshot) bool {
	return then == nil || !samePlaces(now.Readings, then.Readings) || !now.SameContent(then) ||
		!slices.EqualFunc(now.Readings, then.Readings, func(a, b core.Reading) bool { return a.Revision == b.Revision })
}
