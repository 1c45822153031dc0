package repo

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/go-git/go-git/v5/plumbing"

	"selvage/core"
)

var _ core.Historian = (*Source)(nil)

// Past implements [core.Historian]. Where a repository cannot be looked into,
// or ctx ends, it gives what was found till then with the error: entries that
// are there are complete.
//
// An object is followed through the commits as git log follows a file: where a
// parent has the same content, there is nothing to tell, and only that parent
// counts. It is followed from file to file within a location, and from location
// to location within one repository. A version is left out where its file could
// not be read, or was one that kustomize or Helm renders; one whose fields are
// those of the version before it is none.
func (s *Source) Past(ctx context.Context, at *core.Snapshot, want core.Scope, keys []core.Key, enough func(core.Key, core.Past) bool) (map[core.Key]core.Past, error) {
	if enough == nil {
		enough = func(core.Key, core.Past) bool { return false }
	}
	groups, err := s.groups(at)
	found := map[core.Key]core.Past{}
	q := inquiry{at: at, namespace: want.Namespace, keys: keys, enough: enough}
	// First where the branch has them, then, for what it has nowhere, everywhere.
	for _, g := range groups {
		err = errors.Join(err, s.ask(ctx, g, q, func(k core.Key, p core.Past, here bool) {
			if here {
				found[k] = p
			}
		}))
	}
	if q = q.without(found); len(q.keys) > 0 && err == nil {
		err = s.vanished(ctx, groups, q, found)
	}
	if len(groups) > 1 && err == nil {
		err = s.elsewhere(ctx, groups, inquiry{at: at, namespace: want.Namespace}, found)
	}
	return found, err
}

// inquiry is what objects a look back is for.
type inquiry struct {
	at        *core.Snapshot
	namespace string
	keys      []core.Key
	enough    func(core.Key, core.Past) bool
	gone      bool // those that the branch has not are meant as well
}

func (q inquiry) without(found map[core.Key]core.Past) inquiry {
	q.keys = slices.DeleteFunc(slices.Clone(q.keys), func(k core.Key) bool { _, ok := found[k]; return ok })
	return q
}

// vanished looks for what no branch has any more: of several repositories that
// held it, the one that did so last counts.
func (s *Source) vanished(ctx context.Context, groups []*group, q inquiry, found map[core.Key]core.Past) error {
	q.gone = true
	for _, g := range groups {
		err := s.ask(ctx, g, q, func(k core.Key, p core.Past, _ bool) {
			other, ok := found[k]
			if !ok || len(other.Versions) == 0 || len(p.Versions) > 0 && p.Versions[0].Commit.Time.After(other.Versions[0].Commit.Time) {
				found[k] = p
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// elsewhere takes back that a past is whole where another repository held the
// object, too.
func (s *Source) elsewhere(ctx context.Context, groups []*group, q inquiry, found map[core.Key]core.Past) error {
	q.gone = true
	q.enough = func(core.Key, core.Past) bool { return true }
	for k, p := range found {
		if p.Whole && len(p.Versions) > 0 {
			q.keys = append(q.keys, k)
		}
	}
	slices.SortFunc(q.keys, core.Key.Compare)
	held := map[core.Key]int{}
	for _, g := range groups {
		err := s.ask(ctx, g, q, func(k core.Key, p core.Past, _ bool) {
			if len(p.Versions) > 0 {
				held[k]++
			}
		})
		if err != nil {
			return err
		}
	}
	for k, n := range held {
		if n > 1 {
			p := found[k]
			p.Whole = false
			found[k] = p
		}
	}
	return nil
}

// group is the locations that are read from one repository at one commit.
type group struct {
	mirror *mirror
	head   plumbing.Hash
	view   view
	memory *viewMemory
}

// viewMemory is what a source keeps of one repository between two looks: what
// commits changed does not change.
type viewMemory struct {
	changed *recent[[2]plumbing.Hash, changes]
	leaving *recent[leftKey, map[core.Key]leaving]

	mu    sync.Mutex
	head  plumbing.Hash
	order []*commit
}

// groups puts the locations of the source together by their repositories.
func (s *Source) groups(at *core.Snapshot) ([]*group, error) {
	if len(at.Readings) != len(s.places) {
		return nil, &core.Error{Access: core.AccessInvalid, Op: "look back", Err: errors.New("the snapshot is of other directories")}
	}
	var all []*group
	for i, p := range s.places {
		if p.problem != nil {
			return all, p.problem
		}
		head, err := revisionOf(at.Readings[i])
		if err != nil {
			return all, err
		}
		n := slices.IndexFunc(all, func(g *group) bool { return g.mirror == p.mirror && g.head == head })
		if n < 0 {
			n = len(all)
			all = append(all, &group{mirror: p.mirror, head: head})
		}
		all[n].view = append(all[n].view, section{base: clean(p.location.Path), sel: selection(p.location)})
	}
	for _, g := range all {
		g.memory = s.memory(g)
	}
	return all, nil
}

func revisionOf(r core.Reading) (plumbing.Hash, error) {
	if !plumbing.IsHash(r.Revision) {
		return plumbing.ZeroHash, &core.Error{Access: core.AccessUnreachable, Op: "look back", Err: fmt.Errorf("%s was never read", r.URL)}
	}
	return plumbing.NewHash(r.Revision), nil
}

// memory is that of a group: views of one repository at two commits have one
// each, since their parts of it are others.
func (s *Source) memory(g *group) *viewMemory {
	var name strings.Builder
	fmt.Fprintf(&name, "%p", g.mirror)
	for _, v := range g.view {
		fmt.Fprintf(&name, " %q", v.base)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.memories[name.String()]
	if m == nil {
		m = &viewMemory{
			changed: newRecent[[2]plumbing.Hash, changes](16 << 20),
			leaving: newRecent[leftKey, map[core.Key]leaving](8 << 20),
		}
		s.memories[name.String()] = m
	}
	return m
}

// ask answers an inquiry about one repository. What is answered is handed over
// even where an error follows; here tells whether the branch has the object.
func (s *Source) ask(ctx context.Context, g *group, q inquiry, answer func(k core.Key, p core.Past, here bool)) error {
	if len(q.keys) == 0 {
		return nil
	}
	here := map[core.Key]bool{}
	var pursuits map[core.Key]*pursuit
	err := s.look(ctx, g.mirror, g.head, func(l *lookback) error {
		l.view, l.changed, l.leaving, l.namespace = g.view, g.memory.changed, g.memory.leaving, q.namespace
		head, err := l.commit(g.head)
		if err != nil {
			return err
		}
		now, err := l.files(head)
		if err != nil {
			return err
		}
		var starts []*track
		clear(here)
		pursuits = map[core.Key]*pursuit{}
		for _, k := range q.keys {
			t, err := l.start(head, now, q, k)
			if err != nil {
				return err
			}
			here[k] = t.state != absent
			if _, twice := pursuits[k]; !twice && (here[k] || q.gone) {
				pursuits[k] = t.of
				starts = append(starts, t)
			}
		}
		if len(starts) == 0 {
			return nil
		}
		order, err := g.memory.log(l, g.head)
		if err != nil {
			return err
		}
		asked := make(map[*pursuit]core.Key, len(pursuits))
		for k, p := range pursuits {
			asked[p] = k
		}
		return l.follow(order, starts, func(p *pursuit) bool { return q.enough(asked[p], p.under(asked[p])) })
	})
	for _, k := range slices.SortedFunc(maps.Keys(pursuits), core.Key.Compare) {
		if p := pursuits[k]; p.done {
			answer(k, p.under(k), here[k])
		}
	}
	return err
}

// under is what was found, under the key that was asked for: that of a kind
// without namespaces has none.
func (p *pursuit) under(k core.Key) core.Past {
	past := core.Past{Versions: slices.Clone(p.past.Versions), Whole: p.done && !p.cut}
	for i, v := range past.Versions {
		if v.Object != nil && v.Object.Key != k {
			o := *v.Object
			o.Key = k
			past.Versions[i].Object = &o
		}
	}
	return past
}

// log is that of the head, from memory where it was made before.
func (m *viewMemory) log(l *lookback, head plumbing.Hash) ([]*commit, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.head != head {
		order, err := l.log(head)
		if err != nil {
			return nil, err
		}
		m.head, m.order = head, order
	}
	return m.order, nil
}

// start finds out what the head says about an object.
func (l *lookback) start(head *commit, now map[string]plumbing.Hash, q inquiry, k core.Key) (*track, error) {
	t := &track{of: &pursuit{key: placed(k, q.namespace)}}
	var path string
	side := q.at.Side(k)
	if side.Presence != core.Present && k.Namespace == "" {
		for o := range q.at.Objects() {
			if o.Key.GroupKind() == k.GroupKind() && o.Key.Name == k.Name {
				side = core.Side{Presence: core.Present, Object: o}
				t.of.key = placed(o.Key, q.namespace)
				break
			}
		}
	}
	if side.Presence == core.Present {
		path = side.Object.Origin.Path
	} else if i := slices.IndexFunc(q.at.Findings, func(f core.Finding) bool { return f.Key == k || f.Key == t.of.key }); i >= 0 {
		path = q.at.Findings[i].Path
	}
	blob, there := now[path]
	if !there {
		return t, nil
	}
	s, err := l.spot(head, blob, path, t.of.key)
	if err == nil && s.state != absent {
		t.state, t.path, t.object = s.state, s.path, s.object
	}
	return t, err
}
