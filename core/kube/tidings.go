package kube

import (
	"errors"
	"time"

	"selvage/core"
)

// errUnfollowed tells that what was listed went to nobody. It should not happen.
var errUnfollowed = errors.New("internal error: a list without a feed")

// tidings are what a read tells of what was followed.
type tidings struct {
	objects  map[job][]*core.Object // of every job that was read
	proof    time.Time              // the oldest
	passages []core.Passage
	watched  time.Time // since when nothing was missed; zero where something is not watched
}

// readAt is when what is told was read: at the oldest proof, or when the last
// watch began, for the others were open then and had brought what there was.
func (t tidings) readAt() time.Time {
	if t.watched.After(t.proof) {
		return t.watched
	}
	return t.proof
}

// tell gives what was followed, for the jobs of a look that did not fail.
func (f *follower) tell(l look) tidings {
	if f == nil {
		return tidings{}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	t := tidings{objects: map[job][]*core.Object{}}
	since := f.journal.dropped
	whole := len(l.plan.jobs) > 0 && len(l.plan.unknown) == 0
	for _, j := range l.plan.jobs {
		fd, ok := f.feeds[place{j.GroupKind, j.namespace}]
		if !ok || l.results[j].err != nil {
			whole = false
			continue
		}
		t.objects[j] = fd.tell()
		if t.proof.IsZero() || fd.proof.Before(t.proof) {
			t.proof = fd.proof
		}
		if fd.since.After(since) {
			since = fd.since
		}
		whole = whole && fd.run != nil
	}
	if whole {
		t.watched = since
	}
	t.passages = f.journal.tell()
	return t
}
