package core

import (
	"context"
	"slices"
	"time"
)

// Commit is one commit of a repository, as far as people are told of it. The
// zero Commit stands for one that is not known.
type Commit struct {
	ID      string
	Author  string    // the name
	Time    time.Time // the committer's
	Summary string    // the first line of the message
}

// Known tells whether the commit is one.
func (c Commit) Known() bool { return c.ID != "" }

// Version is what a commit made of an object.
type Version struct {
	Commit Commit
	Object *Object // nil where the commit took it away
	// Before are the versions that the commit found, as indices of
	// [Past].Versions in their order: none where it made the object, or where
	// nobody looked further, and several where it merged what had been changed on
	// both sides.
	Before []int
}

// Past is what a repository's history says about one object.
type Past struct {
	// Versions are newest first. The first is what the branch says now, by the
	// commit that made it so: without an object where the branch has it no more.
	// Contents that could not be read are left out.
	Versions []Version
	// Whole is set where the history was followed to its beginning, so that
	// before the last version the object was not there.
	Whole bool
}

// Maker finds the version that made something of the newest one so: it goes back
// from that as long as a version before it has it as well, by what same says.
// sure is not set where the past ends there without being whole, so that it may
// be older. Nothing is found in a past without versions.
func (p Past) Maker(same func(*Object) bool) (v Version, sure bool) {
	if len(p.Versions) == 0 {
		return Version{}, false
	}
	at := 0
	for {
		before := p.Versions[at].Before
		i := slices.IndexFunc(before, func(b int) bool { o := p.Versions[b].Object; return o != nil && same(o) })
		if i < 0 {
			return p.Versions[at], p.Whole || len(before) > 0
		}
		at = before[i]
	}
}

// Historian is a [Source] of Git that can look back. Looking back may take a
// clone; a check never waits for it.
type Historian interface {
	Source

	// Past gives what the history says about objects, back from the revisions at
	// which at, a snapshot of this source, was read. An object that at does not
	// have is looked for among what was removed since. It stops looking further
	// back for an object as soon as enough says so, and after 50 versions. Objects
	// that the history never held have an entry without versions.
	//
	// What Past gives does not depend on how it was asked before.
	Past(ctx context.Context, at *Snapshot, want Scope, keys []Key, enough func(Key, Past) bool) (map[Key]Past, error)

	// Descends tells whether the commit of a reading has another one in its
	// history.
	Descends(ctx context.Context, at Reading, ancestor string) (bool, error)

	// Since gives the commits of a reading's branch that another commit does not
	// have in its history, newest first, at most 1,000; and false where the branch
	// does not have that commit.
	Since(ctx context.Context, at Reading, ancestor string) ([]Commit, bool, error)
}
