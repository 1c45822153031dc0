package drift

import (
	"selvage/core"
)

// A base is as old as the last look that saw both sides agree. What Git and the
// engine did between two looks is not in it: commits that came and were applied
// unseen. Taken for what live did by itself, they would name the engine as the
// culprit, and whoever has an empty store would be told something else.

// behind tells whether the engine may have applied commits since the base that
// nobody saw: live is another one, and the engine has written since.
func (s subject) behind() bool {
	base := s.base
	if base == nil || s.git.Object == nil || s.live.Object == nil || base.Live.Digest == s.live.Object.Digest {
		return false
	}
	engine := s.applier(s.normal(s.git.Object))
	return engine != "" && lastWrite(s.live.Object, engine).After(lastWrite(base.Live, engine))
}

// caughtUp is the base, or in its place a later one where Git's history says
// that live has come from a later version since.
func (s subject) caughtUp() *core.Base {
	base := s.base
	if s.past.len() == 0 || !s.behind() {
		return base
	}
	o, ok := s.origin()
	if !ok || o.version >= s.baseVersion() {
		return base
	}
	return o.base(s)
}

// baseVersion is the index of the version that the base was taken at: the newest
// one with its content that was committed by then. It is the number of versions
// where none is it.
func (s subject) baseVersion() int {
	base := s.base
	was := s.normal(base.Git)
	for i := range s.past.len() {
		if _, tree := s.versionTree(i); tree != nil && !s.past.when(i).After(base.At) && len(s.table.differences(tree, was)) == 0 {
			return i
		}
	}
	return s.past.len()
}

// addedAgain tells whether Git removed an object that live does not have, and
// took it in again, all since the base: the engine has followed the one and not
// yet the other.
func (s subject) addedAgain() bool {
	for i := range s.past.len() {
		if s.past.Versions[i].Object == nil && s.past.when(i).After(s.base.At) {
			return true
		}
	}
	return false
}

// madeAgain tells whether live has another object than the base's, made after
// Git had removed that: the engine has followed the removal, and somebody has
// made one of the same name past Git.
func (s subject) madeAgain() bool {
	live, was := s.live.Object, s.base.Live
	return s.past.len() > 0 && s.past.Versions[0].Object == nil &&
		live.UID != was.UID && live.Created.After(s.past.when(0))
}
