package core

import "time"

// Content is what one side says about one object, in one form for all times: as
// it was read, or normalised. The zero Content was not read.
type Content struct {
	Read  bool
	Value Value     // absent where the side was read and has no such object
	At    time.Time // when it was read; zero where that is not known
	// Form brings an object into the form of Value; nil where that is as it was
	// read.
	Form func(Value) Value
}

// Says tells whether the side has something at a path, however that is written:
// whether putting it there would change nothing.
func (c Content) Says(p Path, what Value) bool {
	if c.Value.Says(p, what) {
		return true
	}
	formed := c.Formed(p, what)
	return formed.Present() && c.Value.Says(p, formed)
}

// Formed is a value in the form that it has at a path of the side, absent where
// the side has no place for it, or leaves it aside there.
func (c Content) Formed(p Path, v Value) Value {
	if c.Form == nil || !v.Present() {
		return v
	}
	with, err := c.Value.With(p, v)
	if err != nil {
		return Value{}
	}
	return c.Form(with).At(p)
}

// Judge tells what has become of a resolution, and why in a few words.
//
// A value that is to go into Git stands as long as Git says at its path, above
// and below it what it said, whatever live does meanwhile, and is done when Git
// says it. One that was published and that Git does not say any more is void: whoever
// took it back has decided since, though Git says again what it said before. Taking
// Git needs no commit: it is pending until live says the same, and void when either
// side moves elsewhere, so that the difference is shown anew. Nothing is void or done
// because a side was not read.
func (r Resolution) Judge(git, live Content) (DraftState, string) {
	if r.Choice == TakeGit {
		return r.judgeGit(git, live)
	}
	switch {
	case !git.Read && r.Published.Run != "":
		return DraftPending, "git was not read"
	case !git.Read:
		return DraftOpen, "git was not read"
	case git.Says(r.Path, r.Value):
		return DraftDone, "git says so"
	case r.Published.Run != "" && !git.At.After(r.Published.At):
		return DraftPending, "git was not read since it was published"
	case r.Published.Run != "":
		return DraftVoid, "run " + ShortRun(r.Published.Run) + " published it, and git was changed since"
	case r.moved(git.Value):
		return DraftVoid, "git changed it since"
	}
	return DraftOpen, "it waits to be published"
}

func (r Resolution) judgeGit(git, live Content) (DraftState, string) {
	now := live.Value.At(r.Path)
	switch {
	case git.Read && live.Read && now.Equal(git.Value.At(r.Path)):
		return DraftDone, "live says the same"
	case git.Read && r.moved(git.Value):
		return DraftVoid, "git changed it since"
	case live.Read && now.Digest() != r.LiveDigest:
		return DraftVoid, "live changed it again"
	case !live.Read:
		return DraftPending, "live was not read"
	}
	return DraftPending, "live has not followed yet"
}

// Overrules tells whether a resolution puts something into Git that live did not
// say when it was made, and live did not say what Git said either: an edit of live
// is to go, and whoever decided that has seen it.
func (r Resolution) Overrules() bool {
	return (r.Choice == TakeBase || r.Choice == TakeEdited) && r.LiveDigest != r.GitDigest && r.LiveDigest != r.Value.Digest()
}

// moved tells whether Git says something else at the resolution's path than it
// did, or took away what the path lies in, or made it something that holds no
// such place.
func (r Resolution) moved(git Value) bool {
	if git.At(r.Path).Digest() != r.GitDigest || git.Reaches(r.Path) != r.Anchor {
		return true
	}
	_, err := git.With(r.Path, r.Value)
	return err != nil
}

// Says tells whether the value has something at a path. Of whole objects those
// containers do not count that every object has in a comparison, empty or not.
func (v Value) Says(p Path, what Value) bool {
	if p == Root {
		return v.Bare().Equal(what.Bare())
	}
	return v.At(p).Equal(what)
}

// Bare is an object's value without labels, annotations and metadata that are
// empty: nobody writes those down.
func (v Value) Bare() Value {
	for _, p := range []Path{".metadata.labels", ".metadata.annotations", ".metadata"} {
		if m, ok := v.At(p).Any().(map[string]any); !ok || len(m) > 0 {
			continue
		}
		if without, err := v.With(p, Value{}); err == nil {
			v = without
		}
	}
	return v
}

// Reaches is the deepest place at or above a path that the value has, "" where
// it is absent.
func (v Value) Reaches(p Path) Path {
	for !v.At(p).Present() {
		if p == Root {
			return ""
		}
		p = p.Parent()
	}
	return p
}
