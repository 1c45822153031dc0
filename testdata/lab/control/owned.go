package control

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
)

// owned is everything that was made under a lease.
type owned struct {
	mu    sync.Mutex
	next  int
	items map[string]item
}

// item is a cluster handle, a repository or an engine.
type item struct {
	lease string
	order int
	value closer
}

type closer interface{ Close() error }

// id returns a name nothing else has.
func (o *owned) id(kind string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.next++
	return kind + "-" + strconv.Itoa(o.next)
}

// add keeps a value under its id until it or its lease is closed.
func (o *owned) add(id, lease string, value closer) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.items == nil {
		o.items = make(map[string]item)
	}
	o.next++
	o.items[id] = item{lease: lease, order: o.next, value: value}
}

// find returns the value of an id that belongs to a lease.
func find[T closer](o *owned, lease, id string) (T, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	it, ok := o.items[id]
	value, is := it.value.(T)
	if !ok || !is || it.lease != lease {
		return value, fmt.Errorf("find %q: nothing of that name and sort was made under %s", id, lease)
	}
	return value, nil
}

// close closes one value of a lease.
func (o *owned) close(lease, id string) error {
	o.mu.Lock()
	it, ok := o.items[id]
	if ok && it.lease == lease {
		delete(o.items, id)
	}
	o.mu.Unlock()
	if !ok || it.lease != lease {
		return fmt.Errorf("close %q: nothing of that name was made under %s", id, lease)
	}
	return it.value.Close()
}

// closeLease closes what was made under a lease, the last first.
func (o *owned) closeLease(lease string) error {
	o.mu.Lock()
	var mine []item
	for id, it := range o.items {
		if it.lease == lease {
			mine = append(mine, it)
			delete(o.items, id)
		}
	}
	o.mu.Unlock()
	slices.SortFunc(mine, func(a, b item) int { return b.order - a.order })
	var errs []error
	for _, it := range mine {
		errs = append(errs, it.value.Close())
	}
	return errors.Join(errs...)
}
