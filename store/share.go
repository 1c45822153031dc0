package store

import (
	"slices"

	"selvage/core"
)

// Hold has memory hold what was read in the place of what was loaded from the file
// and is the same: a process would hold every content twice as long as it runs, its
// own reading beside what memory was loaded with.
func (s *Store) Hold(id core.FabricID, git, live *core.Snapshot) {
	known, ok := s.cached(id)
	if !ok || !known.loaded {
		return
	}
	m := shared(known.memory, git.Placed(live), live)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cache[id] == known { // else somebody has decided something meanwhile
		s.cache[id] = remembered{known.row, m, false}
	}
}

// sharing keeps what stands for what was loaded.
type sharing map[*core.Object]*core.Object

// shared is the memory with what both sides say now in the place of what is the same.
func shared(m *core.Memory, git, live *core.Snapshot) *core.Memory {
	s := sharing{}
	all := *m
	all.Objects = make(map[core.Key]*core.Remembered, len(m.Objects))
	for k, loaded := range m.Objects {
		nowGit, nowLive := git.Find(k), live.Find(k)
		about := *loaded
		about.Git.Object, about.Live.Object = s.object(loaded.Git.Object, nowGit), s.object(loaded.Live.Object, nowLive)
		if b := loaded.Base; b != nil {
			base := *b
			base.Git, base.Live = s.object(b.Git, nowGit), s.object(b.Live, nowLive)
			about.Base = &base
		}
		all.Objects[k] = &about
	}
	if m.Git != nil {
		all.Git = m.Git.Swapped(s)
	}
	return &all
}

// object is what stands for a loaded object: the one that was read where the two
// say the same in everything, one with its fields where only those are the same.
func (s sharing) object(loaded, read *core.Object) *core.Object {
	if loaded == nil || read == nil || loaded == read || loaded.Digest != read.Digest {
		return loaded
	}
	if known, ok := s[loaded]; ok {
		return known
	}
	is := read
	if !sameObject(loaded, read) {
		with := *loaded
		with.Fields = read.Fields
		is = &with
	}
	s[loaded] = is
	return is
}

func sameObject(a, b *core.Object) bool {
	return a.Key == b.Key && a.Version == b.Version && a.Origin == b.Origin && a.Digest == b.Digest &&
		a.UID == b.UID && a.ResourceVersion == b.ResourceVersion && a.LastApplied == b.LastApplied &&
		a.Created.Equal(b.Created) && a.Deleting.Equal(b.Deleting) &&
		slices.EqualFunc(a.Managers, b.Managers, func(x, y core.Manager) bool {
			return x.Name == y.Name && x.Operation == y.Operation && x.Subresource == y.Subresource && x.Time.Equal(y.Time) &&
				core.EqualJSON(x.Fields, y.Fields)
		})
}
