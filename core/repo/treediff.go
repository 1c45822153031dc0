package repo

import (
	"bytes"
	"errors"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// treeEntries steps through a tree as Git stores it, without taking it apart
// into memory: a look back compares thousands of trees, each to the next.
type treeEntries struct {
	rest []byte
	err  error

	mode, name []byte
	hash       []byte
}

var (
	errTree = errors.New("not a tree")
	errMany = errors.New("too many files, or levels of folders")
)

// next steps to the next entry and tells whether there is one.
func (e *treeEntries) next() bool {
	e.mode, e.name, e.hash = nil, nil, nil
	if len(e.rest) == 0 {
		return false
	}
	space := bytes.IndexByte(e.rest, ' ')
	end := bytes.IndexByte(e.rest, 0)
	if space <= 0 || end < space+2 || len(e.rest) < end+1+len(plumbing.ZeroHash) {
		e.rest, e.err = nil, errTree
		return false
	}
	e.mode, e.name = e.rest[:space], e.rest[space+1:end]
	e.hash = e.rest[end+1 : end+1+len(plumbing.ZeroHash)]
	e.rest = e.rest[end+1+len(plumbing.ZeroHash):]
	return true
}

func (e *treeEntries) there() bool { return e.name != nil }

func (e *treeEntries) isDir() bool { return string(e.mode) == "40000" || string(e.mode) == "040000" }

func (e *treeEntries) isFile() bool {
	mode := string(e.mode)
	return mode == "100644" || mode == "100755" || mode == "100664"
}

func (e *treeEntries) sum() (h plumbing.Hash) {
	copy(h[:], e.hash)
	return h
}

// compare orders entries as trees do: folders as if their names ended in a slash.
func (e *treeEntries) compare(o *treeEntries) int {
	n := min(len(e.name), len(o.name))
	if c := bytes.Compare(e.name[:n], o.name[:n]); c != 0 {
		return c
	}
	return int(e.after(n)) - int(o.after(n))
}

func (e *treeEntries) after(n int) byte {
	switch {
	case n < len(e.name):
		return e.name[n]
	case e.isDir():
		return '/'
	}
	return 0
}

// differ compares two trees, going only into folders that differ.
type differ struct {
	tree  func(plumbing.Hash) ([]byte, error)
	found func(path string, before, after plumbing.Hash)
	seen  int // entries that differ
}

// diff tells of every file that differs, with the zero hash where there is none.
// What is neither file nor folder has the hash odd.
func (d *differ) diff(before, after plumbing.Hash, at string, depth int) error {
	if before == after {
		return nil
	}
	if depth > maxDepth {
		return errMany
	}
	x, err := d.entries(before)
	if err != nil {
		return err
	}
	y, err := d.entries(after)
	if err != nil {
		return err
	}
	for x.there() || y.there() {
		order := 0
		switch {
		case !y.there():
			order = -1
		case x.there():
			order = x.compare(y)
		default:
			order = 1
		}
		switch {
		case order < 0:
			err = d.entry(x, nil, at, depth)
			x.next()
		case order > 0:
			err = d.entry(nil, y, at, depth)
			y.next()
		default:
			if !bytes.Equal(x.hash, y.hash) || !bytes.Equal(x.mode, y.mode) {
				err = d.entry(x, y, at, depth)
			}
			x.next()
			y.next()
		}
		if err != nil {
			return err
		}
	}
	return errors.Join(x.err, y.err)
}

// entries is a tree at its first entry; the zero hash is an empty one.
func (d *differ) entries(h plumbing.Hash) (*treeEntries, error) {
	e := &treeEntries{}
	if !h.IsZero() {
		var err error
		if e.rest, err = d.tree(h); err != nil {
			return nil, err
		}
	}
	e.next()
	return e, nil
}

// entry tells what differs at one name; nil stands for a side without it.
func (d *differ) entry(x, y *treeEntries, at string, depth int) error {
	e := x
	if e == nil {
		e = y
	}
	name := string(e.name)
	if name == "." || name == ".." || strings.Contains(name, "/") {
		return nil // no file of any work tree; reading the branch tells of it
	}
	if d.seen++; d.seen > maxEntries {
		return errMany
	}
	path := name
	if at != "" {
		path = at + "/" + name
	}
	var folders, files [2]plumbing.Hash
	for i, side := range []*treeEntries{x, y} {
		switch {
		case side == nil:
		case side.isDir():
			folders[i] = side.sum()
		case side.isFile():
			files[i] = side.sum()
		default:
			files[i] = odd()
		}
	}
	if files[0] != files[1] {
		d.found(path, files[0], files[1])
	}
	return d.diff(folders[0], folders[1], path, depth+1)
}

// odd stands for the content of what is no file: a link, a submodule.
func odd() (h plumbing.Hash) {
	for i := range h {
		h[i] = 0xff
	}
	return h
}

// lookup finds an entry of a tree: the zero hash where there is none.
func lookup(raw []byte, name string) (h plumbing.Hash, isDir, isFile bool, err error) {
	e := treeEntries{rest: raw}
	for e.next() {
		if string(e.name) == name {
			return e.sum(), e.isDir(), e.isFile(), nil
		}
	}
	return h, false, false, e.err
}
