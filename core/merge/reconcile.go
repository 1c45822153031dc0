package merge

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"selvage/core"
)

// Why the decisions on an object are not applied.
var (
	ErrUnread  = errors.New("git was not read")
	ErrUnknown = errors.New("nothing is known of the object")
)

// Reconcile applies resolutions, those of people and of policies, to what Git
// says of the objects, and gives back what Git is to say. Resolutions that no
// longer stand are told and not applied; of two on one place, or where one lies
// in the other, the later one holds. An object is updated by all of its
// resolutions or by none.
func Reconcile(subjects []Subject, resolutions []core.Resolution) core.ReconciliationResult {
	var out core.ReconciliationResult
	byKey := map[core.Key][]core.Resolution{}
	for _, r := range resolutions {
		byKey[r.Key] = append(byKey[r.Key], r)
	}
	for _, s := range subjects {
		k := s.Verdict.Key
		standing := reconcile(s, byKey[k], &out)
		delete(byKey, k)
		for _, c := range s.Changes {
			if c.Verdict == core.FieldConflict && !covered(c, standing) {
				out.Conflicts = append(out.Conflicts, core.Dispute{
					Key: k, Path: c.Path, Base: c.Base, Git: c.Git, Ours: c.Live, Why: "git and live both changed it",
				})
			}
		}
	}
	for _, r := range resolutions {
		if _, left := byKey[r.Key]; left {
			out.Errors = append(out.Errors, core.UpdateError{Key: r.Key, Err: ErrUnknown})
			delete(byKey, r.Key)
		}
	}
	return out
}

// reconcile applies the resolutions on one object, and gives back those that
// hold.
func reconcile(s Subject, resolutions []core.Resolution, out *core.ReconciliationResult) []core.Resolution {
	var standing, applied []core.Resolution
	for _, r := range effective(resolutions) {
		state, reason := s.Sides.Judge(r)
		switch state {
		case core.DraftVoid:
			out.Void = append(out.Void, core.VoidDraft{Resolution: r, Reason: reason})
			continue
		case core.DraftOpen, core.DraftProposed, core.DraftPending:
			applied = append(applied, r)
		case core.DraftDone:
		}
		standing = append(standing, r)
	}
	if len(standing) == 0 {
		return nil
	}
	update, err := s.Sides.apply(standing)
	if errors.Is(err, ErrUnread) && s.Verdict.Reason != "" {
		err = fmt.Errorf("%w: %s", err, strings.TrimPrefix(s.Verdict.Reason, "git: "))
	}
	if err != nil {
		out.Errors = append(out.Errors, core.UpdateError{Key: s.Verdict.Key, Err: err})
		return nil
	}
	out.Applied = append(out.Applied, applied...)
	if !update.After.Equal(update.Before) {
		update.Key = s.Verdict.Key
		out.Updated = append(out.Updated, update)
	}
	return standing
}

// effective are the resolutions that count, in the order in which they were
// made: a later one takes the place of those on its path and below.
func effective(resolutions []core.Resolution) []core.Resolution {
	all := slices.Clone(resolutions)
	slices.SortStableFunc(all, func(a, b core.Resolution) int { return a.At.Compare(b.At) })
	var kept []core.Resolution
	for i, r := range all {
		if !slices.ContainsFunc(all[i+1:], func(later core.Resolution) bool { return r.Path.Under(later.Path) }) {
			kept = append(kept, r)
		}
	}
	return kept
}

// apply writes the chosen values into Git's, and nothing else.
func (s Sides) apply(resolutions []core.Resolution) (core.Update, error) {
	v := s.Git.Value
	var paths []core.Path
	for _, r := range resolutions {
		to := r.Value
		state, _ := s.Judge(r)
		switch {
		case r.Choice == core.TakeGit, s.Git.Read && state == core.DraftPending: // within a decision for live on more
			to = s.Git.Value.At(r.Path)
		case !s.Git.Read:
			return core.Update{}, ErrUnread
		case !v.Present() && r.Path != core.Root:
			return core.Update{}, fmt.Errorf("set %s: %w: the object is not there", r.Path, core.ErrNoPlace)
		}
		if (core.Content{Value: v, Form: s.Git.Form}).Says(r.Path, to) {
			continue
		}
		var err error
		if v, err = v.With(r.Path, to); err != nil {
			return core.Update{}, err
		}
		paths = append(paths, r.Path)
	}
	return core.Update{Before: s.Git.Value, After: v, Paths: paths}, nil
}

func covered(c core.Change, standing []core.Resolution) bool {
	return slices.ContainsFunc(standing, func(r core.Resolution) bool { return c.Path.Under(r.Path) })
}
