package repo

import (
	"container/list"
	"sync"
)

// recent keeps the values that were used last, up to a total size. It is safe
// for concurrent use.
type recent[K comparable, V any] struct {
	mu    sync.Mutex
	limit int
	size  int
	order *list.List // of *entry, last used first
	byKey map[K]*list.Element
}

type entry[K comparable, V any] struct {
	key   K
	value V
	size  int
}

func newRecent[K comparable, V any](limit int) *recent[K, V] {
	return &recent[K, V]{limit: limit, order: list.New(), byKey: map[K]*list.Element{}}
}

func (c *recent[K, V]) get(k K) (v V, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byKey[k]
	if !ok {
		return v, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*entry[K, V]).value, true
}

func (c *recent[K, V]) put(k K, v V, size int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.byKey[k]; ok {
		return
	}
	c.byKey[k] = c.order.PushFront(&entry[K, V]{k, v, size})
	for c.size += size; c.size > c.limit && c.order.Len() > 1; {
		last := c.order.Back()
		dropped := c.order.Remove(last).(*entry[K, V])
		delete(c.byKey, dropped.key)
		c.size -= dropped.size
	}
}
