package demo

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/storer"
	"github.com/go-git/go-git/v5/storage/filesystem"
	"github.com/go-git/go-git/v5/storage/memory"
)

const branch = plumbing.ReferenceName("refs/heads/main")

// repository is a bare Git repository with one branch. Its first commits are
// made in memory and stored as one pack: a thousand objects in files of their
// own would take a second.
type repository struct {
	dir     string
	store   *filesystem.Storage
	objects storer.EncodedObjectStorer // where new ones go: first, then store
	first   *memory.Storage            // nil once it is packed

	followed bool // what others push is taken up by [World.Follow] alone

	head  plumbing.Hash            // that files belongs to
	files map[string]plumbing.Hash // blobs by path
	trees map[string]plumbing.Hash // that are stored, by what they hold
}

// author is somebody who commits.
type author struct{ name, email string }

// commit is what is to be committed: files by path, nil for one that goes.
type commit struct {
	author  author
	at      time.Time
	message string
	files   map[string][]byte
}

func newRepository(dir string) (*repository, error) {
	for _, d := range []string{"objects/info", "objects/pack", "refs/heads", "refs/tags"} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.FromSlash(d)), 0o700); err != nil {
			return nil, err
		}
	}
	for name, text := range map[string]string{
		"HEAD":        "ref: " + string(branch) + "\n",
		"config":      "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n",
		"description": "The fabrics of a demonstration of selvage\n",
	} {
		if err := replace(filepath.Join(dir, name), []byte(text)); err != nil {
			return nil, err
		}
	}
	r := &repository{
		dir:   dir,
		store: filesystem.NewStorage(osfs.New(dir, osfs.WithBoundOS()), cache.NewObjectLRUDefault()),
		first: memory.NewStorage(),
		files: map[string]plumbing.Hash{},
		trees: map[string]plumbing.Hash{},
	}
	r.objects = r.first
	return r, nil
}

// pack stores the first commits and makes the branch.
func (r *repository) pack() error {
	hashes := slices.SortedFunc(maps.Keys(r.first.Objects), func(a, b plumbing.Hash) int { return bytes.Compare(a[:], b[:]) })
	w, err := r.store.PackfileWriter()
	if err != nil {
		return err
	}
	_, err = packfile.NewEncoder(w, r.first, false).Encode(hashes, 0)
	if err := errors.Join(err, w.Close()); err != nil {
		return fmt.Errorf("pack the first commits: %w", err)
	}
	r.first, r.objects = nil, r.store
	return r.move(plumbing.ZeroHash, r.head)
}

// commit makes one commit on top of the branch. One that changes nothing is
// not made.
func (r *repository) commit(c commit) error {
	if !r.followed {
		if err := r.catchUp(); err != nil {
			return fmt.Errorf("read branch main: %w", err)
		}
	}
	files := maps.Clone(r.files)
	for path, content := range c.files {
		if content == nil {
			delete(files, path)
			continue
		}
		hash, err := r.blob(content)
		if err != nil {
			return fmt.Errorf("store %q: %w", path, err)
		}
		files[path] = hash
	}
	if maps.Equal(files, r.files) {
		return nil
	}
	root, err := r.tree(files)
	if err != nil {
		return fmt.Errorf("store the tree: %w", err)
	}
	who := object.Signature{Name: c.author.name, Email: c.author.email, When: c.at}
	made := object.Commit{Author: who, Committer: who, Message: c.message + "\n", TreeHash: root}
	if !r.head.IsZero() {
		made.ParentHashes = []plumbing.Hash{r.head}
	}
	o := r.objects.NewEncodedObject()
	if err := made.Encode(o); err != nil {
		return fmt.Errorf("encode a commit: %w", err)
	}
	hash, err := r.objects.SetEncodedObject(o)
	if err != nil {
		return fmt.Errorf("store a commit: %w", err)
	}
	if r.first == nil {
		if err := r.move(r.head, hash); err != nil {
			return fmt.Errorf("move branch main: %w", err)
		}
	}
	r.head, r.files = hash, files
	return nil
}

// catchUp looks whether somebody else has pushed.
func (r *repository) catchUp() error {
	if r.first != nil {
		return nil
	}
	ref, err := r.store.Reference(branch)
	if err != nil {
		return err
	}
	if ref.Hash() == r.head {
		return nil
	}
	c, err := object.GetCommit(r.store, ref.Hash())
	if err != nil {
		return err
	}
	all, err := c.Files()
	if err != nil {
		return err
	}
	files := map[string]plumbing.Hash{}
	err = all.ForEach(func(f *object.File) error {
		files[f.Name] = f.Hash
		return nil
	})
	if err != nil {
		return err
	}
	r.head, r.files = ref.Hash(), files
	return nil
}

// move sets the branch to a commit, from the one that it was made on, or from
// nothing.
func (r *repository) move(from, to plumbing.Hash) error {
	name := filepath.Join(r.dir, filepath.FromSlash(string(branch)))
	lock, err := os.OpenFile(name+".lock", os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer os.Remove(name + ".lock") //nolint:errcheck // it is gone where all went well
	_, err = io.WriteString(lock, to.String()+"\n")
	if err := errors.Join(err, lock.Close()); err != nil {
		return err
	}
	ref, err := r.store.Reference(branch)
	switch {
	case errors.Is(err, plumbing.ErrReferenceNotFound) && from.IsZero():
	case err != nil:
		return err
	case ref.Hash() != from:
		return errors.New("somebody else pushed at the same moment")
	}
	return os.Rename(name+".lock", name)
}

func (r *repository) blob(content []byte) (plumbing.Hash, error) {
	hash := plumbing.ComputeHash(plumbing.BlobObject, content)
	if r.objects.HasEncodedObject(hash) == nil {
		return hash, nil
	}
	o := r.objects.NewEncodedObject()
	o.SetType(plumbing.BlobObject)
	w, err := o.Writer()
	if err != nil {
		return hash, err
	}
	_, err = w.Write(content)
	if err := errors.Join(err, w.Close()); err != nil {
		return hash, err
	}
	return r.objects.SetEncodedObject(o)
}

// tree stores the folder that holds the files, by their paths from it.
func (r *repository) tree(files map[string]plumbing.Hash) (plumbing.Hash, error) {
	var t object.Tree
	below := map[string]map[string]plumbing.Hash{}
	for path, hash := range files {
		folder, rest, nested := strings.Cut(path, "/")
		if !nested {
			t.Entries = append(t.Entries, object.TreeEntry{Name: path, Mode: filemode.Regular, Hash: hash})
			continue
		}
		if below[folder] == nil {
			below[folder] = map[string]plumbing.Hash{}
		}
		below[folder][rest] = hash
	}
	for _, folder := range slices.Sorted(maps.Keys(below)) {
		hash, err := r.tree(below[folder])
		if err != nil {
			return plumbing.ZeroHash, err
		}
		t.Entries = append(t.Entries, object.TreeEntry{Name: folder, Mode: filemode.Dir, Hash: hash})
	}
	sort.Sort(object.TreeEntrySorter(t.Entries))
	var key bytes.Buffer
	for _, e := range t.Entries {
		fmt.Fprintf(&key, "%s %s\x00", e.Hash, e.Name)
	}
	if hash, stored := r.trees[key.String()]; stored {
		return hash, nil
	}
	o := r.objects.NewEncodedObject()
	if err := t.Encode(o); err != nil {
		return plumbing.ZeroHash, err
	}
	hash, err := r.objects.SetEncodedObject(o)
	if err == nil {
		r.trees[key.String()] = hash
	}
	return hash, err
}

// replace writes a file whole: a reader sees the one before or this one.
func replace(name string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(err, ignoreGone(os.Remove(f.Name())))
	}
	return nil
}

func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
