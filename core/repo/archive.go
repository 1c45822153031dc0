package repo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-git/go-billy/v5"
	"github.com/go-git/go-billy/v5/memfs"
	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/storage/filesystem"

	"selvage/core"
)

// archive is a clone of the history of one branch, without a work tree, in the
// cache. It is made when it is first asked for and goes on from there. Everything
// in it can be had again, so whatever is wrong with it is mended by throwing it
// away.
//
// Several processes may share the folder. What is in it is written under a
// passing name and renamed when it is whole, and a new clone takes the place of
// an old one as a whole.
type archive struct {
	config Config
	remote *remote
	dir    string // "" for none

	turn chan struct{} // held by who opens, fetches or throws away

	// memory stands in for dir where that cannot be written. It is not added to:
	// it may be read meanwhile, and does not bear both at once.
	memory billy.Filesystem
	number int       // of the clone, from 1
	spoilt time.Time // when one was last thrown away
}

func newArchive(c Config, r *remote) *archive {
	a := &archive{config: c, remote: r, turn: make(chan struct{}, 1)}
	if c.CacheDir != "" {
		sum := sha256.Sum256([]byte(r.address.text + "\x00" + r.branch))
		a.dir = filepath.Join(c.CacheDir, "git", plainName(r.address.path)+"-"+hex.EncodeToString(sum[:8])+".git")
	}
	return a
}

// plainName is the last part of a path as far as it is harmless, so that people
// can tell the folders of a cache apart.
func plainName(p string) string {
	name := strings.TrimSuffix(path.Base(path.Clean("/"+p)), ".git")
	name = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return -1
	}, name)
	return name[:min(len(name), 40)]
}

// shelf is a repository that is open for looking back.
type shelf struct {
	store   *filesystem.Storage
	partial bool // large files may be missing
	number  int  // of the clone
}

func (s *shelf) close() { _ = s.store.Close() } // it was only read

func (r *remote) past(ctx context.Context, commit plumbing.Hash) (*shelf, error) {
	return r.archive.open(ctx, commit)
}

// mended first has another look, since a new clone may have taken the place of
// the one that was looked into, and then throws the clone away.
func (r *remote) mended(ctx context.Context, try int, s *shelf, err error) bool {
	var told *core.Error
	if errors.As(err, &told) && !errors.As(err, new(panicError)) || ctx.Err() != nil {
		return false
	}
	return try == 1 || try == 2 && r.archive.discard(ctx, s)
}

// maxPacks is from how many fetches on a clone is made anew: each pack costs time
// whenever an object is looked for.
const maxPacks = 64

// inMemory bounds a pack that is kept in memory.
const inMemory = 256 << 20

// open gives a clone that holds a commit of the branch with its whole history.
// It fetches only if the clone does not hold it.
func (a *archive) open(ctx context.Context, commit plumbing.Hash) (*shelf, error) {
	select {
	case a.turn <- struct{}{}:
		defer func() { <-a.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	// Other processes may put a clone of their own in the place of ours at any
	// time, and that may be an older one.
	for range 5 {
		if s, err := a.reuse(ctx, commit); s != nil || err != nil {
			return s, err
		}
		at, held, err := a.clone(ctx, commit)
		if err != nil {
			return nil, err
		}
		if s := a.holding(at, commit); s != nil {
			return s, nil
		}
		if !held {
			break
		}
	}
	return nil, errRewritten
}

// reuse opens the clone that is there, and fetches what it is short of. It gives
// nil where that does not help.
func (a *archive) reuse(ctx context.Context, commit plumbing.Hash) (*shelf, error) {
	at := a.place()
	if at == nil {
		return nil, nil //nolint:nilnil // see above
	}
	if s := a.holding(at, commit); s != nil || a.memory != nil {
		return s, nil
	}
	err := a.update(ctx, at)
	switch {
	case err == nil:
		return a.holding(at, commit), nil
	case !errors.Is(err, errSpoilt) && !errors.As(err, new(*unwritableError)):
		return nil, err
	}
	a.config.Log.Warn("the cached history cannot be used: cloning anew", "url", a.remote.shown(), "error", err)
	return nil, nil //nolint:nilnil // see above
}

var (
	errSpoilt = errors.New("the cached history is of no use")
	// errRewritten is for a commit that was the branch's head when it was read,
	// and is not in its history any more.
	errRewritten = &core.Error{Access: core.AccessUnreachable, Op: "look back", Err: errors.New("the branch was moved by force since it was read"), Hint: "the next check looks again"}
)

// place is where the clone is, nil if there is none.
func (a *archive) place() billy.Filesystem {
	if a.memory != nil {
		return a.memory
	}
	if a.dir == "" {
		return nil
	}
	if _, err := os.Stat(filepath.Join(a.dir, "HEAD")); err != nil {
		return nil
	}
	return osfs.New(a.dir, osfs.WithBoundOS())
}

// holding opens a clone if it holds a commit.
func (a *archive) holding(at billy.Filesystem, commit plumbing.Hash) *shelf {
	s := &shelf{store: openFS(at), partial: true, number: a.number}
	// What is wrong with it is found out, and told, by the fetch that follows.
	if err := a.config.guarded(func() error { return s.store.HasEncodedObject(commit) }); err != nil {
		s.close()
		return nil
	}
	return s
}

func openFS(at billy.Filesystem) *filesystem.Storage {
	return filesystem.NewStorageWithOptions(at, cache.NewObjectLRU(64*cache.MiByte), filesystem.Options{
		KeepDescriptors: true, LargeObjectThreshold: maxBlob,
	})
}

// discard throws a clone away, if it is still the one that is in use, and tells
// whether another look may find a better one. A server that cannot give a sound
// one is not asked again and again.
func (a *archive) discard(ctx context.Context, s *shelf) bool {
	select {
	case a.turn <- struct{}{}:
		defer func() { <-a.turn }()
	case <-ctx.Done():
		return false
	}
	if a.number != s.number {
		return true
	}
	now := a.config.Now()
	if !a.spoilt.IsZero() && now.Sub(a.spoilt) < 10*time.Minute {
		return false
	}
	a.config.Log.Warn("the cached history is damaged: cloning anew", "url", a.remote.shown())
	a.spoilt, a.memory = now, nil
	a.number++
	if a.dir != "" {
		a.remove(a.dir)
	}
	return true
}

// remove takes a folder out of the way at once, and then away.
func (a *archive) remove(dir string) {
	trash, err := os.MkdirTemp(filepath.Dir(dir), filepath.Base(dir)+".*.old")
	if err == nil {
		if err = os.Rename(dir, filepath.Join(trash, "x")); err == nil || errors.Is(err, fs.ErrNotExist) {
			err = os.RemoveAll(trash)
		}
	}
	if err != nil {
		a.config.Log.Warn("the cached history cannot be removed", "folder", dir, "error", err)
	}
}

// clone fetches the whole history, onto disk, or where that cannot be written
// into memory. It tells whether what it fetched holds a commit.
func (a *archive) clone(ctx context.Context, commit plumbing.Hash) (at billy.Filesystem, held bool, err error) {
	a.number++
	if a.dir != "" {
		at, held, err := a.cloneToDisk(ctx, commit)
		if !errors.As(err, new(*unwritableError)) {
			a.memory = nil
			return at, held, err
		}
		a.config.Log.Warn("the history is kept in memory", "url", a.remote.shown(), "error", err)
	}
	at = memfs.New()
	if err := a.fill(ctx, at, min(inMemory, a.config.MaxRepository)); err != nil {
		return nil, false, err
	}
	a.memory = at
	return at, a.holds(at, commit), nil
}

func (a *archive) cloneToDisk(ctx context.Context, commit plumbing.Hash) (billy.Filesystem, bool, error) {
	parent, name := filepath.Split(a.dir)
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return nil, false, &unwritableError{err}
	}
	a.sweep(parent, name)
	fresh, err := os.MkdirTemp(parent, name+".*.new")
	if err != nil {
		return nil, false, &unwritableError{err}
	}
	at := osfs.New(fresh, osfs.WithBoundOS())
	err = a.fill(ctx, at, a.config.MaxRepository)
	held := err == nil && a.holds(at, commit)
	for try := 0; err == nil; try++ {
		// Another process may put one there at the same time.
		if err = os.Rename(fresh, a.dir); err == nil {
			return osfs.New(a.dir, osfs.WithBoundOS()), held, nil
		}
		if try < 5 {
			a.remove(a.dir)
			err = nil
		} else {
			err = &unwritableError{err}
		}
	}
	_ = os.RemoveAll(fresh) // what is left is swept later
	return nil, false, err
}

func (a *archive) holds(at billy.Filesystem, commit plumbing.Hash) bool {
	s := a.holding(at, commit)
	if s != nil {
		s.close()
	}
	return s != nil
}

// sweep takes away what processes that were killed have left.
func (a *archive) sweep(parent, name string) {
	left, err := filepath.Glob(filepath.Join(parent, name+".*"))
	if err != nil {
		return
	}
	for _, dir := range left {
		if info, err := os.Lstat(dir); err == nil && a.config.Now().Sub(info.ModTime()) > 24*time.Hour {
			_ = os.RemoveAll(dir) // tried again the next time
		}
	}
}

// fill makes a repository of the history in an empty folder. It is one that git
// itself can open.
func (a *archive) fill(ctx context.Context, at billy.Filesystem, limit int64) error {
	for _, dir := range []string{"refs", "objects/pack"} { // without them git does not take it for a repository
		if err := at.MkdirAll(dir, 0o700); err != nil {
			return &unwritableError{err}
		}
	}
	if err := replace(at, "config", "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"); err != nil {
		return err
	}
	return a.take(ctx, at, nil, limit)
}

// update fetches what is new.
func (a *archive) update(ctx context.Context, at billy.Filesystem) error {
	s := openFS(at)
	defer s.Close() //nolint:errcheck // only read
	var had []plumbing.Hash
	err := a.config.guarded(func() (err error) {
		packs, err := s.ObjectPacks()
		if err == nil && len(packs) >= maxPacks {
			return fmt.Errorf("%d packs", len(packs))
		}
		if err == nil {
			had, err = haves(s)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("%w: %s", errSpoilt, line(err.Error()))
	}
	return a.take(ctx, at, had, a.config.MaxRepository)
}

// haves are commits that a clone holds with all that comes before them: its head,
// and some before that, for the case that the branch was moved by force.
func haves(s *filesystem.Storage) ([]plumbing.Hash, error) {
	head, err := s.Reference(plumbing.HEAD)
	if err != nil {
		return nil, err
	}
	var had []plumbing.Hash
	at := head.Hash()
	for distance, next := 0, 0; next <= 1<<10; distance++ {
		c, err := object.GetCommit(s, at)
		if err != nil {
			return nil, err
		}
		if distance == next {
			had, next = append(had, at), 2*next+1
		}
		if len(c.ParentHashes) == 0 {
			break
		}
		at = c.ParentHashes[0]
	}
	return had, nil
}

// take fetches into a repository what it does not have. The head is written
// last: while it names an older commit, nothing was fetched.
func (a *archive) take(ctx context.Context, at billy.Filesystem, had []plumbing.Hash, limit int64) error {
	f, err := a.remote.fetch(ctx, had, func(pack io.Reader) error {
		return a.config.guarded(func() error { return keepPack(ctx, at, pack, limit) })
	})
	if err != nil {
		return err
	}
	if len(f.shallow) > 0 {
		var text strings.Builder
		for _, h := range f.shallow {
			text.WriteString(h.String() + "\n")
		}
		if err := replace(at, "shallow", text.String()); err != nil {
			return err
		}
	}
	return replace(at, "HEAD", f.head.String()+"\n")
}
