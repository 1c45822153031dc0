package repo

import (
	"cmp"
	"container/heap"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"

	"selvage/core"
)

// Bounds of a look back, counted from the head in the order of [lookback.log],
// so that they do not depend on what is looked for, or was before.
const (
	maxCommits  = 10_000 // that are looked at
	maxVanished = 5_000  // in which objects are looked for that left no file behind
	maxVersions = 50     // of one object
)

// commit is what a look back needs of one.
type commit struct {
	hash    plumbing.Hash
	parents []plumbing.Hash
	tree    plumbing.Hash
	when    int64
	shown   core.Commit
}

// lookback reads the history of one repository, back from one commit, as far as
// it lies in the folders of some locations. It belongs to one goroutine.
type lookback struct {
	ctx       context.Context //nolint:containedctx // of the one look
	caches    *pastCaches
	pool      *Pool
	objects   *objects
	cut       map[plumbing.Hash]bool // commits whose parents the repository does not have
	view      view
	changed   *recent[[2]plumbing.Hash, changes]
	leaving   *recent[leftKey, map[core.Key]leaving]
	renders   map[folderAt]bool
	namespace string // for documents without one
}

// leftKey is what the objects that a commit took away depend on.
type leftKey struct {
	parent, commit plumbing.Hash
	namespace      string
}

// view is the part of a repository that a fabric's locations read.
type view []section

// section is one location of a view.
type section struct {
	base string
	sel  globs
}

// rel is a path from the root of the repository as one from the section's.
func (s section) rel(path string) (string, bool) {
	if s.base == "" {
		return path, true
	}
	return strings.CutPrefix(path, s.base+"/")
}

func (l *lookback) commit(h plumbing.Hash) (*commit, error) {
	if c, ok := l.caches.commits.get(h); ok {
		return c, nil
	}
	l.objects.mu.Lock()
	read, err := object.GetCommit(l.objects.store, h)
	l.objects.mu.Unlock()
	if err != nil {
		return nil, fmt.Errorf("read commit %s: %w", h, err)
	}
	summary, _, _ := strings.Cut(strings.TrimLeft(read.Message, "\n"), "\n")
	c := &commit{
		hash: h, parents: read.ParentHashes, tree: read.TreeHash, when: read.Committer.When.Unix(),
		shown: core.Commit{ID: h.String(), Author: line(read.Author.Name), Time: read.Committer.When.UTC(), Summary: line(summary)},
	}
	l.caches.commits.put(h, c, 300+20*len(c.parents)+len(summary))
	return c, nil
}

// parents are the parents of a commit as far as the repository has them, and
// whether that is all of them.
func (l *lookback) parents(c *commit) (parents []plumbing.Hash, all bool) {
	if l.cut[c.hash] {
		return nil, len(c.parents) == 0
	}
	return c.parents, true
}

func (l *lookback) tree(h plumbing.Hash) ([]byte, error) {
	if raw, ok := l.caches.trees.get(h); ok {
		return raw, nil
	}
	raw, err := l.objects.raw(plumbing.TreeObject, h)
	if err == nil {
		l.caches.trees.put(h, raw, len(raw)+100)
	}
	return raw, err
}

// byTime is a queue of commits, the youngest first, and of equally young ones
// the one that came first.
type byTime []queued

type queued struct {
	commit *commit
	number int
}

func (q byTime) Len() int { return len(q) }
func (q byTime) Less(i, j int) bool {
	return cmp.Or(-cmp.Compare(q[i].commit.when, q[j].commit.when), cmp.Compare(q[i].number, q[j].number)) < 0
}
func (q byTime) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *byTime) Push(x any)   { *q = append(*q, x.(queued)) } //nolint:forcetypeassert // see the calls
func (q *byTime) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

// log is the history of a commit, youngest first, but no commit before all of
// its children, as git log --date-order has it. It ends after maxCommits.
func (l *lookback) log(head plumbing.Hash) ([]*commit, error) {
	taken, err := l.young(head)
	if err != nil {
		return nil, err
	}
	return l.ordered(taken), nil
}

// ordered puts commits into that order. The first one is the only one that has
// no child among them.
func (l *lookback) ordered(taken []*commit) []*commit {
	children := map[plumbing.Hash]int{} // that are yet to come
	number := make(map[plumbing.Hash]int, len(taken))
	byHash := make(map[plumbing.Hash]*commit, len(taken))
	for i, c := range taken {
		number[c.hash], byHash[c.hash] = i, c
		parents, _ := l.parents(c)
		for _, p := range parents {
			children[p]++
		}
	}
	order := make([]*commit, 0, len(taken))
	queue := byTime{{taken[0], 0}}
	for len(queue) > 0 {
		c := heap.Pop(&queue).(queued).commit //nolint:forcetypeassert // it holds nothing else
		order = append(order, c)
		parents, _ := l.parents(c)
		for _, p := range parents {
			if children[p]--; children[p] == 0 && byHash[p] != nil {
				heap.Push(&queue, queued{byHash[p], number[p]})
			}
		}
	}
	return order
}

// young is the youngest commits of a history, as git log finds them.
func (l *lookback) young(head plumbing.Hash) ([]*commit, error) {
	var taken []*commit
	var queue byTime
	known := map[plumbing.Hash]bool{}
	push := func(h plumbing.Hash) error {
		if known[h] {
			return nil
		}
		known[h] = true
		c, err := l.commit(h)
		if err == nil {
			heap.Push(&queue, queued{c, len(known)})
		}
		return err
	}
	if err := push(head); err != nil {
		return nil, err
	}
	for len(queue) > 0 && len(taken) < maxCommits {
		if err := l.ctx.Err(); err != nil {
			return nil, err
		}
		c := heap.Pop(&queue).(queued).commit //nolint:forcetypeassert // it holds nothing else
		taken = append(taken, c)
		parents, _ := l.parents(c)
		for _, p := range parents {
			if err := push(p); err != nil {
				return nil, err
			}
		}
	}
	return taken, nil
}

// change is a file that two commits have differently, with the zero hash where
// one does not have it.
type change struct {
	path          string
	before, after plumbing.Hash
}

// changes are what a commit changed of the view against one of its parents, in
// the order of paths.
type changes struct {
	files    []change
	rendered bool // what may make a folder rendered changed, too
	many     bool // more than anybody looks at: files is not all
}

// at is the change of one file.
func (c changes) at(path string) (change, bool) {
	i, found := slices.BinarySearchFunc(c.files, path, func(f change, path string) int { return strings.Compare(f.path, path) })
	if !found {
		return change{}, false
	}
	return c.files[i], true
}

// changes compares a commit with one of its parents.
func (l *lookback) changes(c *commit, parent plumbing.Hash) (changes, error) {
	key := [2]plumbing.Hash{parent, c.hash}
	if found, ok := l.changed.get(key); ok {
		return found, nil
	}
	before, err := l.commit(parent)
	if err != nil {
		return changes{}, err
	}
	var found changes
	size := 64
	for _, s := range l.view {
		d := differ{tree: l.tree, found: func(file string, before, after plumbing.Hash) {
			rel, _ := s.rel(file)
			found.rendered = found.rendered || isRenderer(path.Base(file)) && !s.sel.excludes(rel)
			if s.sel.takes(rel) {
				found.files = append(found.files, change{file, before, after})
				size += 64 + len(file)
			}
		}}
		x, err := l.folder(before.tree, s.base)
		if err != nil {
			return changes{}, err
		}
		y, err := l.folder(c.tree, s.base)
		if err != nil {
			return changes{}, err
		}
		if err := d.diff(x, y, s.base, 0); errors.Is(err, errMany) {
			found.files, found.many, size = nil, true, 64
			break
		} else if err != nil {
			return changes{}, err
		}
	}
	slices.SortFunc(found.files, func(a, b change) int { return strings.Compare(a.path, b.path) })
	found.files = slices.CompactFunc(found.files, func(a, b change) bool { return a.path == b.path })
	l.changed.put(key, found, size)
	return found, nil
}

// folder goes down from a tree to that of a path: the zero hash where there is
// none.
func (l *lookback) folder(root plumbing.Hash, base string) (plumbing.Hash, error) {
	at := root
	for base != "" {
		step, rest, _ := strings.Cut(base, "/")
		raw, err := l.tree(at)
		if err != nil {
			return at, err
		}
		h, isDir, _, err := lookup(raw, step)
		if err != nil || !isDir {
			return plumbing.ZeroHash, err
		}
		at, base = h, rest
	}
	return at, nil
}

// file is the content of a path at a commit: the zero hash where there is no
// file.
func (l *lookback) file(root plumbing.Hash, file string) (plumbing.Hash, error) {
	dir, name := path.Split(file)
	at, err := l.folder(root, strings.Trim(dir, "/"))
	if err != nil || at.IsZero() {
		return at, err
	}
	raw, err := l.tree(at)
	if err != nil {
		return at, err
	}
	h, isDir, isFile, err := lookup(raw, name)
	switch {
	case err != nil || h.IsZero() || isDir:
		return plumbing.ZeroHash, err
	case !isFile:
		return odd(), nil
	}
	return h, nil
}

// files are those of the view at a commit.
func (l *lookback) files(c *commit) (map[string]plumbing.Hash, error) {
	all := map[string]plumbing.Hash{}
	for _, s := range l.view {
		at, err := l.folder(c.tree, s.base)
		if err != nil {
			return nil, err
		}
		d := differ{tree: l.tree, found: func(path string, _, now plumbing.Hash) {
			if rel, _ := s.rel(path); s.sel.takes(rel) {
				all[path] = now
			}
		}}
		if err := d.diff(plumbing.ZeroHash, at, s.base, 0); err != nil {
			return nil, err
		}
	}
	return all, nil
}
