package kube

import (
	"cmp"
	"errors"
	"strings"
	"time"

	"selvage/core"
)

// feed is what is known of one kind in one namespace by following it. It does no
// I/O and reads no clock; whoever calls it sees that calls do not overlap.
type feed struct {
	journal *journal
	entries map[core.Key]entry
	read    int        // the number of the next read that tells them
	gone    []core.Key // entries without an object, which go with the next read

	position string    // the revision up to which events came
	listed   string    // the revision of the last list
	listedAt time.Time // when that came
	proof    time.Time // when the content was last shown to be what is there
	since    time.Time // since when nothing can have been missed
	behind   time.Time // since when lists show an older state than was seen
}

type entry struct {
	object *core.Object // nil where there is none
	from   time.Time    // when that was seen first
	read   int          // the number of the read that is the first to tell it
}

func newFeed(j *journal) *feed { return &feed{journal: j, entries: map[core.Key]entry{}} }

// errBehind tells that a list shows an older state than was seen before: it
// comes from an API server that lags behind the others.
var errBehind = &core.Error{
	Access: core.AccessStale,
	Err:    errors.New("the list shows an older state than was seen before"),
	Hint:   "an API server behind this address lags; the next check asks again",
}

// list takes over a whole list. One that is behind what was seen is refused, but
// not for ever: what stays behind for longer than lag is a cluster that was put
// back to an earlier state.
func (f *feed) list(l listing, lag time.Duration) error {
	restart := !inOrder(f.position, l.revision)
	if older(l.revision, f.position) || older(l.revision, f.listed) {
		if f.behind.IsZero() {
			f.behind = l.at
		}
		if age(l.at, f.behind) < lag {
			return errBehind
		}
		restart = true
	}
	f.behind = time.Time{}
	there := make(map[core.Key]bool, len(l.objects))
	for _, o := range l.objects {
		there[o.Key] = true
		e := f.entries[o.Key]
		if restart || e.object == nil || !older(o.ResourceVersion, e.object.ResourceVersion) {
			f.put(o, l.at)
		}
	}
	for k, e := range f.entries {
		if e.object != nil && !there[k] {
			f.remove(k, l.at)
		}
	}
	f.listed, f.listedAt = l.revision, l.at
	f.prove(l.at)
	if restart {
		f.position, f.since = f.listed, f.listedAt
	}
	return nil
}

// skip gives up what happened between the last event and the last list: the
// server cannot tell it any more. It tells whether there was such a time.
func (f *feed) skip() bool {
	if !older(f.position, f.listed) {
		return false
	}
	f.position, f.since = f.listed, f.listedAt
	return true
}

// event takes over an event of the watch that follows on position. It tells
// whether the watch has got on with it, or shown that it is where it was.
func (f *feed) event(e event, at time.Time) bool {
	if e.revision == f.position {
		if e.what != "BOOKMARK" {
			return false
		}
	} else if older(e.revision, f.position) {
		return false // by a server that is behind
	}
	f.position = e.revision
	if older(e.revision, f.listed) || e.object != nil && e.revision == f.listed {
		f.late(e)
		return true
	}
	f.prove(at)
	switch {
	case e.object == nil:
	case e.what == "DELETED":
		f.remove(e.object.Key, at)
	default:
		f.put(e.object, at)
	}
	return true
}

// late takes down an event from before the last list, whose outcome that list
// has shown already.
func (f *feed) late(e event) {
	if e.object == nil {
		return
	}
	now := f.entries[e.object.Key]
	p := core.Passage{Key: e.object.Key, Object: e.object, From: f.listedAt, Until: f.listedAt}
	if e.what == "DELETED" {
		p.Object = nil
	}
	if !same(p.Object, now.object) {
		f.journal.add(p)
	}
}

func (f *feed) prove(at time.Time) {
	if at.After(f.proof) {
		f.proof = at
	}
}

func (f *feed) put(o *core.Object, at time.Time) {
	e, known := f.entries[o.Key]
	if known && same(e.object, o) {
		f.journal.news = f.journal.news || !e.object.Deleting.Equal(o.Deleting) || e.object.Version != o.Version
		e.object = o
		f.entries[o.Key] = e
		return
	}
	f.become(o.Key, o, at)
}

func (f *feed) remove(k core.Key, at time.Time) {
	if f.entries[k].object == nil {
		return
	}
	f.become(k, nil, at)
	f.gone = append(f.gone, k)
}

// become gives an object another content. The one before is a passage if no read
// has told it.
func (f *feed) become(k core.Key, o *core.Object, at time.Time) {
	if e, known := f.entries[k]; known && e.read == f.read {
		f.journal.add(core.Passage{Key: k, Object: e.object, From: e.from, Until: at})
	}
	f.entries[k] = entry{o, at, f.read}
	f.journal.news = true
}

// tell gives the objects to a read. What was absent need not be told any more.
func (f *feed) tell() []*core.Object {
	objects := make([]*core.Object, 0, len(f.entries))
	for _, e := range f.entries {
		if e.object != nil {
			objects = append(objects, e.object)
		}
	}
	for _, k := range f.gone {
		if f.entries[k].object == nil {
			delete(f.entries, k)
		}
	}
	f.gone = f.gone[:0]
	f.read++
	return objects
}

// same tells whether two contents are one. Absence is a content here.
func same(a, b *core.Object) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Digest == b.Digest
}

// older tells whether revision a is of an earlier state than b, as far as that
// can be told.
func older(a, b string) bool {
	return inOrder(a, b) && cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b)) < 0
}

// inOrder tells whether two revisions can be put in order. Kubernetes
// promises that those of one kind are decimal numbers.
func inOrder(a, b string) bool { return number(a) && number(b) }

func number(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == "" && (s == "0" || s[0] != '0')
}

// age is how long ago then was: by the clock on the wall where that says more,
// for the other one stands still while a machine sleeps.
func age(now, then time.Time) time.Duration {
	return max(now.Sub(then), now.Round(0).Sub(then.Round(0)))
}
