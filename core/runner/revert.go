package runner

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"selvage/core"
	"selvage/core/merge"
	"selvage/core/plan"
)

// reverted is a run that is to be taken back.
func (r *Runner) reverted(ctx context.Context, id string) (*core.Run, error) {
	was, err := r.config.Books.Run(ctx, id)
	if err != nil {
		return nil, err
	}
	was.Publications = slices.DeleteFunc(was.Publications, func(p core.PublicationState) bool { return !isLanded(p) })
	if len(was.Publications) == 0 {
		return nil, refuse("run %s has published nothing that could be taken back", was.ID)
	}
	return was, nil
}

// reversal is how what a run published to a fabric is taken back.
type reversal struct {
	*Runner
	fabric *Fabric
	to     *plan.Fabric
	was    *core.Run
	by     string
}

// takeBack fills in what takes back what a run published to a fabric. A file that is
// still what the run made of it becomes what it was, byte for byte. Of one that has
// moved since, the values are taken back at which Git says what the run made it say;
// the others are left to whoever changed them.
func (r *Runner) takeBack(ctx context.Context, f *Fabric, to *plan.Fabric, like *core.Plan) error {
	was, err := r.reverted(ctx, like.Asked.Reverts)
	if err != nil {
		return err
	}
	p, err := r.config.Books.Plan(ctx, was.Plan)
	if err != nil {
		return err
	}
	v := reversal{r, f, to, was, like.By}
	var all, moved []core.PlannedChange
	for _, c := range p.Commits {
		for _, ch := range c.Changes {
			if ch.Fabric == f.ID && hasLanded(was, c) {
				all = append(all, ch)
			}
		}
	}
	if moved, err = v.restore(ctx, all); err != nil {
		return err
	}
	for _, ch := range moved {
		if err := v.inverse(ctx, ch); err != nil {
			return err
		}
	}
	return v.subjects(ctx, all)
}

// restore has the files restored that nobody has touched since the run, and gives
// the changes that were made in others.
func (v reversal) restore(ctx context.Context, changes []core.PlannedChange) (moved []core.PlannedChange, err error) {
	left := changes
	for _, pub := range v.was.Publications {
		for i := range v.fabric.Places {
			place := v.fabric.Places[i].Place
			if !place.On(pub.URL, pub.Branch) || place.Way == core.ToNever {
				continue
			}
			if left, err = v.restoreAt(ctx, place, pub, left); err != nil {
				return nil, err
			}
		}
	}
	return left, nil
}

func (v reversal) restoreAt(ctx context.Context, place plan.Place, pub core.PublicationState, changes []core.PlannedChange) (left []core.PlannedChange, err error) {
	var paths []string
	for _, f := range pub.Changes {
		if place.Holds(f.Path) && (f.Before == "" || f.Was != nil) {
			paths = append(paths, f.Path)
		}
	}
	have, err := v.files(ctx, place, v.to.Revision(place), paths)
	if err != nil {
		return nil, fmt.Errorf("read what run %s has changed: %w", v.was.ID, err)
	}
	left = changes
	for _, f := range pub.Changes {
		now, there := have[f.Path]
		if !slices.Contains(paths, f.Path) || there != (f.After != nil) || !bytes.Equal(now.Content, f.After) {
			continue
		}
		one := plan.Restore{Place: place, File: core.FileChange{Path: f.Path, Before: now.ID, Was: f.After, After: f.Was}}
		var others []core.PlannedChange
		for _, ch := range left {
			if ch.Origin.Path != f.Path {
				others = append(others, ch)
				continue
			}
			one.Changes = append(one.Changes, v.back(ch))
		}
		if len(one.Changes) > 0 && !slices.ContainsFunc(one.Changes, v.elsewhere) {
			v.to.Restores, left = append(v.to.Restores, one), others
		}
	}
	return left, nil
}

// back is the change that takes a change back.
func (v reversal) back(ch core.PlannedChange) core.PlannedChange {
	ch.Before, ch.After, ch.By = ch.After, ch.Before, v.by
	switch ch.Op {
	case core.OpAdded:
		ch.Op = core.OpRemoved
	case core.OpRemoved:
		ch.Op = core.OpAdded
	case core.OpChanged:
	}
	return ch
}

// elsewhere tells whether the object that a change brings back has been made anew
// since, in another file.
func (v reversal) elsewhere(ch core.PlannedChange) bool {
	return ch.Path == core.Root && !ch.Before.Present() && v.to.Git.Side(ch.Key).Presence != core.Absent
}

// inverse decides what takes a change back, as far as Git says there what the run
// made it say.
func (v reversal) inverse(ctx context.Context, ch core.PlannedChange) error {
	s, err := v.subjectOrGone(ctx, ch.Key)
	if err != nil {
		return err
	}
	now := s.Sides.Git.Value
	if now.Says(ch.Path, ch.Before) {
		return nil // somebody has taken it back already
	}
	left, is, was := ch.After, now.At(ch.Path), ch.Before
	if ch.Path == core.Root {
		left, is, was = left.Bare(), is.Bare(), was.Bare()
	}
	if !left.Present() && is.Present() {
		v.refuse(ch.Key, ch.Path, was)
		return nil
	}
	merged := merge.ThreeWay(left, is, was, s.Shape.Below(ch.Path))
	for _, d := range merged.Disputes {
		v.refuse(ch.Key, ch.Path.Join(d.Path), d.Ours)
	}
	for _, m := range merged.Moves {
		if m.By != merge.FromOurs {
			continue
		}
		res, err := s.Sides.Decide(ch.Path.Join(m.Path), core.TakeEdited, m.To)
		if err != nil {
			return fmt.Errorf("take back %s of %s: %w", ch.Path, ch.Key, err)
		}
		res.Key, res.By, res.At = ch.Key, v.by, v.config.Now()
		v.to.Drafts = append(v.to.Drafts, core.Draft{Fabric: v.fabric.ID, Resolution: res, From: "run " + v.was.ID})
	}
	return nil
}

// refuse keeps a place out of the plan.
func (v reversal) refuse(k core.Key, at core.Path, to core.Value) {
	v.to.Void = append(v.to.Void, core.VoidDraft{
		Resolution: core.Resolution{Key: k, Path: at, Choice: core.TakeEdited, Value: to, By: v.by},
		Reason:     fmt.Sprintf("git does not say any more what run %s made it say: somebody changed it since (selvage resolve decides on it)", v.was.ID),
	})
}

// subjects fills in the objects that are taken back, with those that neither side
// has any more.
func (v reversal) subjects(ctx context.Context, changes []core.PlannedChange) error {
	var keys []core.Key
	for _, ch := range changes {
		if !slices.Contains(keys, ch.Key) {
			keys = append(keys, ch.Key)
		}
	}
	all, err := v.config.World.Subjects(ctx, v.fabric.ID, keys...)
	for _, k := range keys {
		if !slices.ContainsFunc(all, func(s merge.Subject) bool { return s.Verdict.Key == k }) {
			all = append(all, gone(k, v.to.Git))
		}
	}
	v.to.Subjects = all
	return err
}

// subjectOrGone is an object, or one that neither side has.
func (v reversal) subjectOrGone(ctx context.Context, k core.Key) (merge.Subject, error) {
	all, err := v.config.World.Subjects(ctx, v.fabric.ID, k)
	if err != nil || len(all) > 0 {
		return first(all), err
	}
	return gone(k, v.to.Git), nil
}

func first(all []merge.Subject) merge.Subject {
	if len(all) == 0 {
		return merge.Subject{}
	}
	return all[0]
}

// gone is an object that nothing is known of any more, as a run that takes its
// removal back finds it.
func gone(k core.Key, git *core.Snapshot) merge.Subject {
	s := merge.Subject{Sides: merge.Sides{Git: core.Content{Read: git.Side(k).Presence == core.Absent}, Live: core.Content{Read: true}}}
	s.Verdict.Key = k
	return s
}
