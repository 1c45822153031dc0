package changeset

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"selvage/core"
)

// Trees gives a tree of a repository as Git stores it.
type Trees func(plumbing.Hash) ([]byte, error)

// Object is something that a repository has to hold.
type Object struct {
	Kind plumbing.ObjectType
	ID   plumbing.Hash
	Data []byte
}

func newObject(kind plumbing.ObjectType, data []byte) Object {
	return Object{kind, plumbing.ComputeHash(kind, data), data}
}

// maxDepth is how deep folders may lie in one another.
const maxDepth = 64

// Change applies changes of files to a tree, and gives the new one with all
// objects that it needs beside those of the old one. Everything that is not
// named stays as it is, modes too. The error is [core.ErrNoChange] where the
// new tree is the old one, and wraps [core.ErrStale] where a file is not what it was
// changed from. Links and submodules are neither followed nor replaced.
func Change(trees Trees, root plumbing.Hash, changes []core.FileChange) (plumbing.Hash, []Object, error) {
	top := &node{}
	for i := range changes {
		if err := top.place(&changes[i]); err != nil {
			return plumbing.ZeroHash, nil, err
		}
	}
	r := rewriter{trees: trees, made: map[plumbing.Hash]bool{}}
	h, left, err := r.folder(root, top, "")
	if err != nil {
		return plumbing.ZeroHash, nil, err
	}
	if !left {
		h = r.keep(plumbing.TreeObject, nil)
	}
	if h == root {
		return h, nil, core.ErrNoChange
	}
	return h, r.objects, nil
}

// node is a name at which, or below which, something changes.
type node struct {
	change *core.FileChange // nil for none of its own
	below  map[string]*node
}

func (n *node) place(c *core.FileChange) error {
	if err := ValidPath(c.Path); err != nil {
		return err
	}
	for step := range strings.SplitSeq(c.Path, "/") {
		if n.below == nil {
			n.below = map[string]*node{}
		}
		next := n.below[step]
		if next == nil {
			next = &node{}
			n.below[step] = next
		}
		n = next
	}
	if n.change != nil {
		return fmt.Errorf("change %q: it is named twice", c.Path)
	}
	n.change = c
	return nil
}

type rewriter struct {
	trees   Trees
	objects []Object
	made    map[plumbing.Hash]bool
}

func (r *rewriter) keep(kind plumbing.ObjectType, data []byte) plumbing.Hash {
	o := newObject(kind, data)
	if !r.made[o.ID] {
		r.made[o.ID] = true
		r.objects = append(r.objects, o)
	}
	return o.ID
}

// folder rewrites one tree; the zero hash stands for one that is not there. It
// tells whether anything is left in it.
func (r *rewriter) folder(h plumbing.Hash, n *node, at string) (plumbing.Hash, bool, error) {
	if strings.Count(at, "/") > maxDepth {
		return h, false, fmt.Errorf("change %q: too many folders", at)
	}
	list, err := r.entries(h, at)
	if err != nil {
		return h, false, err
	}
	for _, name := range slices.Sorted(maps.Keys(n.below)) {
		if list, err = r.entry(list, n.below[name], name, at+name); err != nil {
			return h, false, err
		}
	}
	if len(list) == 0 {
		return h, false, nil
	}
	if err := twins(list, n, at); err != nil {
		return h, false, err
	}
	slices.SortFunc(list, entry.compare)
	data := encode(list)
	if h.IsZero() || plumbing.ComputeHash(plumbing.TreeObject, data) != h {
		h = r.keep(plumbing.TreeObject, data)
	}
	return h, true, nil
}

// twins refuses names that some file systems cannot tell apart, as far as they
// are new.
func twins(list []entry, n *node, at string) error {
	for _, e := range list {
		if n.below[e.name] == nil || !e.added {
			continue
		}
		for _, o := range list {
			if o.name != e.name && strings.EqualFold(o.name, e.name) {
				return fmt.Errorf("add %q: %q is there, and some file systems cannot tell the two apart", at+e.name, at+o.name)
			}
		}
	}
	return nil
}

// entry applies what changes at one name of a tree, and below it: first to what
// is there, and then what is added in its place.
func (r *rewriter) entry(list []entry, n *node, name, path string) ([]entry, error) {
	i := slices.IndexFunc(list, func(e entry) bool { return e.name == name })
	change, below := n.change, n.below != nil
	if i >= 0 {
		switch e := &list[i]; {
		case e.isFolder() && below:
			h, left, err := r.folder(e.hash, &node{below: n.below}, path+"/")
			if err != nil {
				return nil, err
			}
			e.hash, e.gone, below = h, !left, false
		case e.isFolder():
		case !e.isFile():
			return nil, fmt.Errorf("change %q: it is a link or a submodule, which is left alone", path)
		case change != nil:
			if change.Before != e.hash.String() {
				return nil, fmt.Errorf("change %q: %w", path, core.ErrStale)
			}
			if e.gone = change.After == nil; !e.gone {
				e.hash = r.keep(plumbing.BlobObject, change.After)
			}
			change = nil
		}
		if e := list[i]; e.gone {
			list = slices.Delete(list, i, i+1)
		} else if change != nil || below {
			return nil, fmt.Errorf("change %q: %w", path, core.ErrStale) // a folder for a file, or the other way round
		}
	}
	return r.add(list, change, below, n, name, path)
}

// add puts a file or a folder where there is nothing.
func (r *rewriter) add(list []entry, change *core.FileChange, below bool, n *node, name, path string) ([]entry, error) {
	switch {
	case change != nil && (below || change.Before != "" || change.After == nil):
		return nil, fmt.Errorf("change %q: %w", path, core.ErrStale)
	case change != nil:
		return append(list, entry{name: name, mode: modeFile, hash: r.keep(plumbing.BlobObject, change.After), added: true}), nil
	case below:
		h, _, err := r.folder(plumbing.ZeroHash, &node{below: n.below}, path+"/")
		return append(list, entry{name: name, mode: modeFolder, hash: h, added: true}), err
	}
	return list, nil
}

// Modes of what is made anew.
const (
	modeFile       = "100644"
	modeExecutable = "100755"
	modeFolder     = "40000"
)

// entry is one name in a tree, with its mode as it stands there.
type entry struct {
	name, mode string
	hash       plumbing.Hash
	added      bool // by this change
	gone       bool
}

func (e entry) isFolder() bool { return e.mode == modeFolder || e.mode == "040000" }

func (e entry) isFile() bool {
	return e.mode == modeFile || e.mode == modeExecutable || e.mode == "100664"
}

// compare is the order of entries in a tree: folders count as if their names
// ended in a slash.
func (e entry) compare(o entry) int { return cmp.Compare(e.sorted(), o.sorted()) }

func (e entry) sorted() string {
	if e.isFolder() {
		return e.name + "/"
	}
	return e.name
}

var errTree = errors.New("not a tree")

func (r *rewriter) entries(h plumbing.Hash, at string) ([]entry, error) {
	if h.IsZero() {
		return nil, nil
	}
	raw, err := r.trees(h)
	if err != nil {
		return nil, fmt.Errorf("read folder %q: %w", at, err)
	}
	var list []entry
	for len(raw) > 0 {
		mode, rest, ok := bytes.Cut(raw, []byte{' '})
		name, rest, named := bytes.Cut(rest, []byte{0})
		e := entry{name: string(name), mode: string(mode)}
		if !ok || !named || len(rest) < len(e.hash) {
			return nil, fmt.Errorf("read folder %q: %w", at, errTree)
		}
		copy(e.hash[:], rest)
		list, raw = append(list, e), rest[len(e.hash):]
		if n := len(list); n > 1 && list[n-2].compare(e) >= 0 {
			return nil, fmt.Errorf("read folder %q: %w in order", at, errTree)
		}
	}
	return list, nil
}

func encode(list []entry) []byte {
	var b bytes.Buffer
	for _, e := range list {
		b.WriteString(e.mode + " " + e.name + "\x00")
		b.Write(e.hash[:])
	}
	return b.Bytes()
}
