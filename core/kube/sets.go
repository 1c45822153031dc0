package kube

import (
	"hash/maphash"
	"sync"

	"selvage/core"
)

// maxSets is how many different field sets are remembered before they are
// forgotten and gathered anew, so that those of objects long gone do not stay.
const maxSets = 20_000

// sets keeps one copy of each field set that managedFields hold. Objects of a
// kind that one program wrote mostly have equal ones, which are larger than the
// objects. The zero sets is ready for use.
type sets struct {
	seed maphash.Seed
	mu   sync.Mutex // guards known, and seed until it is set
	once bool

	known map[uint64]map[string]any
}

// share puts the one copy in place of each field set of the objects, which
// nobody else may have yet.
func (c *client) share(objects []*core.Object) {
	s := &c.sets
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.once || len(s.known) >= maxSets {
		s.seed, s.once, s.known = maphash.MakeSeed(), true, map[uint64]map[string]any{}
	}
	for _, o := range objects {
		for i, m := range o.Managers {
			if m.Fields != nil {
				o.Managers[i].Fields = s.one(m.Fields)
			}
		}
	}
}

func (s *sets) one(set map[string]any) map[string]any {
	h := s.hash(set)
	known, ok := s.known[h]
	switch {
	case !ok:
		s.known[h] = set
	case core.EqualJSON(known, set):
		return known
	}
	return set
}

// hash is the same for equal sets. The order of the keys does not count, since
// sums do not mind it.
func (s *sets) hash(set map[string]any) (sum uint64) {
	for k, v := range set {
		h := maphash.String(s.seed, k)
		if below, ok := v.(map[string]any); ok {
			h = h*0x9e3779b97f4a7c15 ^ s.hash(below)
		}
		sum += h ^ h>>29
	}
	return sum
}
