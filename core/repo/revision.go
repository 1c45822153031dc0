package repo

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/storer"
)

// revision is one commit, with a way to its trees and files. It does not
// change.
type revision struct {
	branch string
	main   string // the branch that HEAD names; "" where it names none
	commit plumbing.Hash
	when   time.Time // the committer's
	root   plumbing.Hash

	// partial is set where the server left blobs above maxBlob out.
	partial bool

	// open gives access to the objects until done is called.
	open func() (objects storer.EncodedObjectStorer, done func(), err error)
}

// at tells whether the revision is a commit of a branch; a nil one is none.
func (r *revision) at(branch string, commit plumbing.Hash) bool {
	return r != nil && r.commit == commit && r.branch == branch
}

// under is the revision with another branch for the one that HEAD names.
func (r *revision) under(main string) *revision {
	if r.main == main {
		return r
	}
	other := *r
	other.main = main
	return &other
}

// objects reads the objects of a revision. go-git's storages must not be used
// by two goroutines at once, so it takes turns.
type objects struct {
	partial bool // see [revision]

	mu    sync.Mutex
	store storer.EncodedObjectStorer
}

// errTooLarge is for blobs above the size that was asked for.
var errTooLarge = errors.New("too large")

// blob is the content of a file of at most limit bytes; errTooLarge for a
// larger one, which is not unpacked.
func (o *objects) blob(h plumbing.Hash, limit int64) ([]byte, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	e, err := o.store.EncodedObject(plumbing.BlobObject, h)
	if o.partial && errors.Is(err, plumbing.ErrObjectNotFound) {
		return nil, errTooLarge
	}
	if err != nil {
		return nil, fmt.Errorf("read blob %s: %w", h, err)
	}
	if e.Size() > limit {
		return nil, errTooLarge
	}
	r, err := e.Reader()
	if err != nil {
		return nil, fmt.Errorf("read blob %s: %w", h, err)
	}
	defer r.Close() //nolint:errcheck // nothing was written
	data := make([]byte, e.Size())
	if _, err := io.ReadFull(r, data); err != nil {
		return nil, fmt.Errorf("read blob %s: %w", h, err)
	}
	return data, nil
}

// tree is the entries of a directory.
func (o *objects) tree(h plumbing.Hash) ([]object.TreeEntry, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	t, err := object.GetTree(o.store, h)
	if err != nil {
		return nil, fmt.Errorf("read tree %s: %w", h, err)
	}
	return t.Entries, nil
}

// raw is the content of a tree or commit as Git stores it.
func (o *objects) raw(kind plumbing.ObjectType, h plumbing.Hash) ([]byte, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	e, err := o.store.EncodedObject(kind, h)
	if err != nil {
		return nil, fmt.Errorf("read %s %s: %w", kind, h, err)
	}
	r, err := e.Reader()
	if err != nil {
		return nil, fmt.Errorf("read %s %s: %w", kind, h, err)
	}
	defer r.Close() //nolint:errcheck // nothing was written
	data := make([]byte, e.Size())
	if _, err := io.ReadFull(r, data); err != nil {
		return nil, fmt.Errorf("read %s %s: %w", kind, h, err)
	}
	return data, nil
}

// readCommit finds out what a commit is: its tree and time.
func readCommit(store storer.EncodedObjectStorer, h plumbing.Hash) (root plumbing.Hash, when time.Time, err error) {
	c, err := object.GetCommit(store, h)
	if err != nil {
		return root, when, fmt.Errorf("read commit %s: %w", h, err)
	}
	return c.TreeHash, c.Committer.When, nil
}
