package merge

import (
	"cmp"

	"selvage/core"
)

// Sides are what is known of one object when something is decided on it, or
// when a decision is looked at again.
type Sides struct {
	Git, Live core.Content
	Base      core.Value // Git's half of the base, absent without one
}

// Decide makes the decision to take a side at a path, or with [core.TakeEdited]
// the value edited. A path that leads into a list by an index decides the list,
// as no item of it is known by itself. Key, By, At and Rule are left to the
// caller. Both sides must have been read. It errs with [core.ErrNoPlace] where
// the edited value has no place in that list.
func (s Sides) Decide(path core.Path, choice core.Choice, edited core.Value) (core.Resolution, error) {
	list := unit(path)
	git, live, base := s.Git.Value.At(list), s.Live.Value.At(list), s.Base.At(list)
	if choice == core.TakeEdited && list != path {
		whole, err := s.Git.Value.With(path, edited)
		if err != nil {
			return core.Resolution{}, err
		}
		edited = whole.At(list)
	}
	return core.Resolution{
		Path: list, Choice: choice, Value: pick(choice, base, git, live, edited),
		GitDigest: git.Digest(), LiveDigest: live.Digest(), BaseDigest: base.Digest(),
		Anchor: s.Git.Value.Reaches(list),
	}, nil
}

// unit is the list that a path leads into by an index, or else the path.
func unit(path core.Path) core.Path { return cmp.Or(path.Unit(), path) }

// Judge tells what has become of a resolution, as [core.Resolution.Judge] does.
func (s Sides) Judge(r core.Resolution) (core.DraftState, string) { return r.Judge(s.Git, s.Live) }
