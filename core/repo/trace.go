package repo

import (
	"github.com/go-git/go-git/v5/plumbing"

	"selvage/core"
)

// spot is what a parent of a commit says about an object.
type spot struct {
	state  state
	path   string
	object *core.Object
	same   bool // the file is the same
	doubt  bool // that the commit does not have the object any more is not sure
}

// move leads a track from a commit to its parents, as git log does: to the
// first that says the same, and there alone; else the commit is the maker, and
// the track goes on to all of them.
func (c *chase) move(at *commit, parents []plumbing.Hash, t *track) error {
	spots := make([]spot, len(parents))
	for i, p := range parents {
		if !c.within[p] {
			c.leave(t, true)
			return nil
		}
		changed, err := c.changes(at, p)
		if err == nil && changed.many {
			c.leave(t, true)
			return nil
		}
		if spots[i], err = c.before(at, p, t); err != nil {
			return err
		}
		if spots[i].same {
			c.send(p, t)
			return nil
		}
	}
	for i, s := range spots {
		if t.object != nil && s.state == present && s.object.Digest == t.object.Digest {
			t.state, t.path, t.object, t.maker = s.state, s.path, s.object, nil
			c.send(parents[i], t)
			return nil
		}
	}
	if t.object != nil {
		for i, s := range spots {
			if s.state != unread {
				continue
			}
			if t.maker == nil {
				t.maker = at
			}
			t.state, t.path = unread, s.path
			c.send(parents[i], t)
			return nil
		}
	}
	after := t.after
	if t.attributable() && !spots[0].doubt {
		after = []int{c.emit(at, t)}
	}
	for i, s := range spots {
		if t.of.done {
			break
		}
		t.of.tracks++
		c.send(parents[i], &track{of: t.of, state: s.state, path: s.path, object: s.object, after: after})
	}
	c.leave(t, false)
	return nil
}

// send gives a track to a parent.
func (c *chase) send(parent plumbing.Hash, t *track) {
	b := c.bundles[parent]
	if b == nil {
		b = newBundle()
		c.bundles[parent] = b
	}
	b.add(t)
}

// before finds what a parent says about an object.
func (l *lookback) before(at *commit, parent plumbing.Hash, t *track) (spot, error) {
	was, err := l.commit(parent)
	if err != nil {
		return spot{}, err
	}
	if t.state == absent {
		from, err := l.left(at, parent)
		gone := from[t.of.key]
		if err != nil || !gone.lost {
			return spot{same: true}, err
		}
		s, err := l.spot(was, gone.blob, gone.path, t.of.key)
		s.doubt = gone.doubt
		return s, err
	}
	changed, err := l.changes(at, parent)
	if err != nil {
		return spot{}, err
	}
	f, touched := changed.at(t.path)
	blob := f.before
	if !touched {
		if !changed.rendered {
			return spot{same: true}, nil
		}
		if blob, err = l.file(was.tree, t.path); err != nil {
			return spot{}, err
		}
	}
	if !blob.IsZero() {
		s, err := l.spot(was, blob, t.path, t.of.key)
		if err != nil || s.state != absent {
			return s, err
		}
	}
	// It came from another file then, or is new.
	from, err := l.left(at, parent)
	if err != nil {
		return spot{}, err
	}
	if other, ok := from[t.of.key]; ok {
		return l.spot(was, other.blob, other.path, t.of.key)
	}
	return spot{}, nil
}

// spot is what a file says about an object at a commit.
func (l *lookback) spot(at *commit, blob plumbing.Hash, path string, k core.Key) (spot, error) {
	found, err := l.content(blob)
	if err != nil {
		return spot{}, err
	}
	object, state := found.find(k, l.namespace, path)
	if state == absent {
		return spot{}, nil
	}
	rendered, err := l.rendered(at.tree, path)
	if err != nil {
		return spot{}, err
	}
	if rendered {
		return spot{state: unread, path: path}, nil
	}
	return spot{state: state, path: path, object: object}, nil
}

// leaving is an object that a commit took out of a file.
type leaving struct {
	path  string
	blob  plumbing.Hash // before the commit
	lost  bool          // it did not come into another file by that
	doubt bool          // the file cannot be read any more, and may still hold it
}

// left are the objects that a commit took out of files, against one of its
// parents: they were moved to other files, or are gone.
func (l *lookback) left(at *commit, parent plumbing.Hash) (map[core.Key]leaving, error) {
	key := leftKey{parent, at.hash, l.namespace}
	if found, ok := l.leaving.get(key); ok {
		return found, nil
	}
	changed, err := l.changes(at, parent)
	if err != nil {
		return nil, err
	}
	left, came := map[core.Key]leaving{}, map[core.Key]bool{}
	for _, f := range changed.files {
		var before, after held
		if !f.before.IsZero() {
			if before, err = l.content(f.before); err != nil {
				return nil, err
			}
		}
		if !f.after.IsZero() {
			if after, err = l.content(f.after); err != nil {
				return nil, err
			}
		}
		stay := map[core.Key]bool{}
		after.keys(l.namespace, func(k core.Key) { stay[k] = true })
		before.keys(l.namespace, func(k core.Key) {
			if !stay[k] {
				_, now := after.find(k, l.namespace, f.path)
				left[k] = leaving{path: f.path, blob: f.before, doubt: now == unread}
			}
			delete(stay, k)
		})
		for k := range stay {
			came[k] = true
		}
	}
	size := 64
	for k, gone := range left {
		gone.lost = !came[k]
		left[k] = gone
		size += 200 + len(gone.path)
	}
	l.leaving.put(key, left, size)
	return left, nil
}
