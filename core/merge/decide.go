package merge

import (
	"cmp"

	"selvage/core"
)

// Content is what one side says about one object, in one form for all times: as
// it was read, or normalised. The zero Content was not read.
type Content struct {
	Read  bool
	Value core.Value // absent where the side was read and has no such object
}

// Sides are what is known of one object when something is decided on it, or
// when a decision is looked at again.
type Sides struct {
	Git, Live Content
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
		Anchor: anchor(s.Git.Value, list),
	}, nil
}

// unit is the list that a path leads into by an index, or else the path.
func unit(path core.Path) core.Path { return cmp.Or(path.Unit(), path) }

// anchor is the deepest place at or above a path that a value has, "" where
// there is no value at all.
func anchor(v core.Value, path core.Path) core.Path {
	for !v.At(path).Present() {
		if path == core.Root {
			return ""
		}
		path = path.Parent()
	}
	return path
}

// Judge tells what has become of a resolution, and why in a few words.
//
// A value that is to go into Git stands as long as Git says at its path, above
// and below it what it said, whatever live does meanwhile, and is done when Git
// says it. Taking Git needs no commit: it is pending until live says the same,
// and void when either side moves elsewhere, so that the difference is shown
// anew. Nothing is void because a side was not read.
func (s Sides) Judge(r core.Resolution) (core.DraftState, string) {
	if r.Choice == core.TakeGit {
		return s.judgeGit(r)
	}
	switch {
	case !s.Git.Read:
		return core.DraftOpen, "git was not read"
	case s.Git.Value.At(r.Path).Equal(r.Value):
		return core.DraftDone, "git says so"
	case s.gitMoved(r):
		return core.DraftVoid, "git changed it since"
	}
	return core.DraftOpen, "it waits to be published"
}

func (s Sides) judgeGit(r core.Resolution) (core.DraftState, string) {
	live := s.Live.Value.At(r.Path)
	switch {
	case s.Git.Read && s.Live.Read && live.Equal(s.Git.Value.At(r.Path)):
		return core.DraftDone, "live says the same"
	case s.Git.Read && s.gitMoved(r):
		return core.DraftVoid, "git changed it since"
	case s.Live.Read && live.Digest() != r.LiveDigest:
		return core.DraftVoid, "live changed it again"
	case !s.Live.Read:
		return core.DraftPending, "live was not read"
	}
	return core.DraftPending, "live has not followed yet"
}

// gitMoved tells whether Git says something else at the resolution's path than
// it did, or took away what the path lies in, or made it something that holds
// no such place.
func (s Sides) gitMoved(r core.Resolution) bool {
	git := s.Git.Value
	if git.At(r.Path).Digest() != r.GitDigest || anchor(git, r.Path) != r.Anchor {
		return true
	}
	_, err := git.With(r.Path, r.Value)
	return err != nil
}
