package loop

import (
	"slices"

	"selvage/core"
	"selvage/core/drift"
)

// checkOf is what a check leaves behind, set against what was known before.
func checkOf(id core.FabricID, m *core.Memory, r *drift.Result) core.Check {
	c := core.Check{Fabric: id, Report: r.Report, Gone: r.Gone, GitKinds: r.GitKinds, Overwritten: r.Overwritten}
	c.Agreed = !r.Report.Unread() && r.Report.Freeze == nil && !r.Report.Empty() && r.Report.Counts.Worst() >= core.Acknowledged
	for i := range r.Report.Verdicts {
		k := r.Report.Verdicts[i].Key
		now, before := r.Objects[k], m.Objects[k]
		if before != nil && sameMemory(before, now) {
			continue
		}
		c.Changed = append(c.Changed, *now)
		if t, ok := transition(before, now); ok {
			t.At, t.By = r.Report.At, actor(m, before, now, r.Drafts)
			c.Transitions = append(c.Transitions, t)
		}
	}
	return c
}

// void are the acknowledgements that no longer fit what they were given for:
// either value has changed, or the difference is gone. Of objects that were not
// read, or that Git's history has still to be asked about, nothing is said.
func (w *worker) void(j *judgement) []core.Acknowledgement {
	words := j.input.Memory.Acknowledgements
	if len(words) == 0 {
		return nil
	}
	keys := make([]core.Key, len(words))
	for i, a := range words {
		keys[i] = a.Key
	}
	sides := w.comparer.Sides(j.input, keys...)
	var ended []core.Acknowledgement
	for _, a := range words {
		o := j.result.Objects[a.Key]
		if o == nil || o.Verdict.Key == (core.Key{}) {
			continue
		}
		waits := o.Base == nil && j.input.PastErr == nil && slices.Contains(j.result.Wanted, a.Key)
		if s := o.Verdict.State; waits || s == core.Unknown || s == core.Invalid {
			continue
		}
		values := sides[a.Key].Changes
		at := slices.IndexFunc(values, func(c core.Change) bool { return c.Path == a.Path })
		if at < 0 || a.Void(values[at], j.input.Now) != "" {
			ended = append(ended, a)
		}
	}
	return ended
}

// transition tells how a verdict changed, where before is nil that it is the first
// one. An object that is in sync when it is first seen is no news.
func transition(before, now *core.Remembered) (core.Transition, bool) {
	is := &now.Verdict
	t := core.Transition{Key: is.Key, To: is.State, First: before == nil, Reason: is.Reason, Changes: is.Changes}
	if before == nil {
		return t, is.State != core.InSync
	}
	t.From = before.Verdict.State
	return t, t.From != t.To || !slices.EqualFunc(before.Verdict.Changes, is.Changes, sameDifference)
}

func sameMemory(a, b *core.Remembered) bool {
	return sameSight(a.Git, b.Git) && sameSight(a.Live, b.Live) && sameBase(a.Base, b.Base) &&
		a.Verdict.State == b.Verdict.State && a.Verdict.Reason == b.Verdict.Reason &&
		a.Verdict.Origin == b.Verdict.Origin && sameChanges(a.Verdict.Changes, b.Verdict.Changes) &&
		a.Verdict.Tracked == b.Verdict.Tracked && slices.Equal(a.Verdict.Notes, b.Verdict.Notes) && sameWord(a.Verdict.Acknowledged, b.Verdict.Acknowledged)
}

func sameSight(a, b core.Sight) bool {
	if !a.At.Equal(b.At) || !a.Until.Equal(b.Until) || (a.Object == nil) != (b.Object == nil) {
		return false
	}
	return a.Object == nil || a.Object.Digest == b.Object.Digest && a.Object.UID == b.Object.UID
}

func sameBase(a, b *core.Base) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Git.Digest == b.Git.Digest && a.Live.Digest == b.Live.Digest && a.Source == b.Source && a.Evidence == b.Evidence
}

func sameWord(a, b *core.Acknowledgement) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Path == b.Path && a.Reason == b.Reason && a.By == b.By && a.Restored == b.Restored && a.At.Equal(b.At) && a.Until.Equal(b.Until)
}

func sameChanges(a, b []core.Change) bool {
	return slices.EqualFunc(a, b, func(x, y core.Change) bool {
		return sameDifference(x, y) && x.Manager == y.Manager && x.ManagerTime.Equal(y.ManagerTime) &&
			x.Base.Equal(y.Base) && x.BaseLive.Equal(y.BaseLive) && sameCommit(x.Commit, y.Commit) &&
			x.Observed.After.Equal(y.Observed.After) && x.Observed.Before.Equal(y.Observed.Before)
	})
}

func sameCommit(a, b core.Commit) bool {
	return a.ID == b.ID && a.Author == b.Author && a.Summary == b.Summary && a.Time.Equal(b.Time)
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
