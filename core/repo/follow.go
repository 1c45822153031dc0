package repo

import (
	"maps"
	"slices"

	"github.com/go-git/go-git/v5/plumbing"

	"selvage/core"
)

// pursuit is the look for the past of one object.
type pursuit struct {
	key    core.Key // complete: with a namespace
	past   core.Past
	tracks int  // that still lead further back
	cut    bool // one was left before its end
	done   bool // enough is known
}

// track is where a pursuit has come to: what a commit says about the object,
// and which of the versions found so far were made of that.
type track struct {
	of    *pursuit
	state state
	path  string // of the file that the object stands in; "" where it is absent
	// object is what the track is to find the maker of: what the commit says, or,
	// while that is unread, what the last readable commit said. It is nil where
	// that was nothing.
	object *core.Object
	after  []int // versions that this became
	// maker is the commit that made object of something unread, unless that turns
	// out to have been the same.
	maker *commit
}

// attributable tells whether the track has something to find the maker of: an
// object, or that there is none.
func (t *track) attributable() bool { return t.object != nil || t.state == absent }

// bundle is the tracks that have come to one commit.
type bundle struct {
	at   map[string][]*track   // by their paths
	gone map[core.Key][]*track // those of absent objects
}

func newBundle() *bundle {
	return &bundle{at: map[string][]*track{}, gone: map[core.Key][]*track{}}
}

func (b *bundle) size() int { return len(b.at) + len(b.gone) }

// add puts a track to its like: two that came to the same place go on as one.
func (b *bundle) add(t *track) {
	like := b.gone[t.of.key]
	if t.path != "" {
		like = b.at[t.path]
	}
	for _, o := range like {
		if o.of == t.of && o.maker == nil && t.maker == nil && o.attributable() == t.attributable() {
			o.after = append(o.after, t.after...)
			t.of.tracks--
			return
		}
	}
	if t.path != "" {
		b.at[t.path] = append(like, t)
	} else {
		b.gone[t.of.key] = append(like, t)
	}
}

// join puts two bundles together; only the result is to be used.
func join(a, b *bundle) *bundle {
	if a == nil {
		return b
	}
	if a.size() < b.size() {
		a, b = b, a
	}
	for _, group := range b.at {
		for _, t := range group {
			a.add(t)
		}
	}
	for _, group := range b.gone {
		for _, t := range group {
			a.add(t)
		}
	}
	return a
}

// chase leads pursuits back through a history, all of them at once: a commit
// costs what it changed, however many objects are looked for.
type chase struct {
	*lookback
	enough  func(*pursuit) bool
	bundles map[plumbing.Hash]*bundle
	within  map[plumbing.Hash]bool // the commits that are looked at
	open    int                    // pursuits that are not done
}

// follow leads tracks that begin at the head as far back as is needed.
func (l *lookback) follow(order []*commit, starts []*track, enough func(*pursuit) bool) error {
	c := &chase{lookback: l, enough: enough, bundles: map[plumbing.Hash]*bundle{}, within: make(map[plumbing.Hash]bool, len(order)), open: len(starts)}
	for _, o := range order {
		c.within[o.hash] = true
	}
	first := newBundle()
	for _, t := range starts {
		t.of.tracks++
		first.add(t)
	}
	c.bundles[order[0].hash] = first
	for i, at := range order {
		if err := l.ctx.Err(); err != nil {
			return err
		}
		b := c.bundles[at.hash]
		delete(c.bundles, at.hash)
		if b == nil || b.size() == 0 {
			continue
		}
		if err := c.step(at, b, i < maxVanished); err != nil {
			return err
		}
		if c.open == 0 {
			return nil
		}
	}
	return nil
}

// step leads the tracks at a commit to its parents. What the first parent has
// the same goes there as a whole.
func (c *chase) step(at *commit, b *bundle, vanished bool) error {
	parents, all := c.parents(at)
	if len(parents) == 0 {
		c.end(at, b, all)
		return nil
	}
	if !c.within[parents[0]] {
		c.end(at, b, false)
		return nil
	}
	changed, err := c.changes(at, parents[0])
	if err != nil {
		return err
	}
	if changed.many {
		c.end(at, b, false)
		return nil
	}
	moved, err := c.touched(at, parents[0], changed, b, vanished)
	if err != nil {
		return err
	}
	c.bundles[parents[0]] = join(c.bundles[parents[0]], b)
	for _, t := range moved {
		if t.of.done {
			c.leave(t, false)
			continue
		}
		if err := c.move(at, parents, t); err != nil {
			return err
		}
	}
	return nil
}

// touched takes out of a bundle what the first parent may have otherwise.
func (c *chase) touched(at *commit, parent plumbing.Hash, changed changes, b *bundle, vanished bool) ([]*track, error) {
	var moved []*track
	if changed.rendered {
		for _, path := range slices.Sorted(maps.Keys(b.at)) {
			moved = append(moved, b.at[path]...)
		}
		b.at = map[string][]*track{}
	}
	for _, f := range changed.files {
		moved = append(moved, b.at[f.path]...)
		delete(b.at, f.path)
	}
	if len(b.gone) == 0 {
		return moved, nil
	}
	if !vanished {
		for _, group := range b.gone {
			for _, t := range group {
				c.leave(t, true)
			}
		}
		b.gone = map[core.Key][]*track{}
		return moved, nil
	}
	left, err := c.left(at, parent)
	if err != nil {
		return nil, err
	}
	for _, key := range slices.SortedFunc(maps.Keys(left), core.Key.Compare) {
		if left[key].lost {
			moved = append(moved, b.gone[key]...)
			delete(b.gone, key)
		}
	}
	return moved, nil
}

// leave ends a track, before the history's end if cut is set.
func (c *chase) leave(t *track, cut bool) {
	t.of.cut = t.of.cut || cut
	if t.of.tracks--; t.of.tracks == 0 && !t.of.done {
		t.of.done = true
		c.open--
	}
}

// end ends the tracks at a commit that has no parents, or none to be had.
func (c *chase) end(at *commit, b *bundle, all bool) {
	for _, path := range slices.Sorted(maps.Keys(b.at)) {
		for _, t := range b.at[path] {
			if all && t.object != nil && !t.of.done {
				c.emit(at, t)
			}
			c.leave(t, !all)
		}
	}
	for _, group := range b.gone {
		for _, t := range group {
			c.leave(t, !all)
		}
	}
}

// emit adds what a track found the maker of to the past.
func (c *chase) emit(at *commit, t *track) int {
	if t.maker != nil {
		at = t.maker
	}
	p := &t.of.past
	made := slices.IndexFunc(p.Versions, func(v core.Version) bool {
		return v.Commit.ID == at.shown.ID && (v.Object == nil) == (t.object == nil) && (v.Object == nil || v.Object.Digest == t.object.Digest)
	})
	if made < 0 {
		made = len(p.Versions)
		p.Versions = append(p.Versions, core.Version{Commit: at.shown, Object: t.object})
	}
	for _, v := range t.after {
		before := &p.Versions[v].Before
		if i, known := slices.BinarySearch(*before, made); v != made && !known {
			*before = slices.Insert(*before, i, made)
		}
	}
	if !t.of.done && (len(p.Versions) >= maxVersions || c.enough(t.of)) {
		t.of.done, t.of.cut = true, true
		c.open--
	}
	return made
}
