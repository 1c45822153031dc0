package repo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/storer"
	"github.com/go-git/go-git/v5/storage/memory"

	"selvage/core"
)

// Folder makes a source of a folder on this machine as it lies there, committed
// or not; .git is left out of it. Of the location only Include and Exclude
// count. With file set it is a source of the one file of that name in the
// folder. The revision of its readings is the hash of a tree.
func (p *Pool) Folder(dir, file string, l Location) *Source {
	l.URL, l.Branch, l.Path = dir, "", ""
	if file != "" {
		l = l.Only(file)
	}
	return p.only(l, &workTree{dir: dir, file: file, sel: selection(l)})
}

// Only is the location with no other file than the one of that name in its
// folder.
func (l Location) Only(file string) Location {
	l.Include, l.Exclude = []string{exactly(file)}, nil
	return l
}

// Commit makes a source of what a repository on this machine holds at a name:
// HEAD, a branch or tag, or the whole of a commit's id, with ~N for the Nth
// commit before it. A folder that the commit does not have counts as an empty
// one.
func (p *Pool) Commit(dir, ref string, l Location) *Source {
	l.URL, l.Branch = dir, ref
	return p.only(l, &pinned{dir: dir, ref: ref, base: clean(l.Path)})
}

func (p *Pool) only(l Location, o origin) *Source {
	return &Source{pool: p, places: []*place{{
		location: l, mirror: &mirror{config: p.config, origin: o}, problem: selection(l).validate(),
	}}}
}

// exactly is a glob for one name.
func exactly(name string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`, "{", `\{`).Replace(name)
}

// Enclosing finds the work tree that a path lies in: its top folder, and the
// path from there with slashes, "" for the top itself.
func Enclosing(name string) (top, rel string, ok bool) {
	name, err := filepath.Abs(name)
	if err != nil {
		return "", "", false
	}
	if real, err := filepath.EvalSymlinks(name); err == nil {
		name = real
	}
	for dir := name; ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			rel, err := filepath.Rel(dir, name)
			return dir, strings.TrimPrefix(filepath.ToSlash(rel), "."), err == nil
		}
		if dir == filepath.Dir(dir) {
			return "", "", false
		}
	}
}

// Text is the content of a file at the revision that was read last, by its path
// as a [core.Origin] has it. It is meant for the few files that people are to
// be shown a line of.
func (s *Source) Text(ctx context.Context, name string) ([]byte, error) {
	err := fs.ErrNotExist
	for _, p := range s.places {
		if base := clean(p.location.Path); base != "" && !strings.HasPrefix(name, base+"/") {
			continue
		}
		p.mirror.mu.Lock()
		r := p.mirror.last.revision
		p.mirror.mu.Unlock()
		if r == nil {
			continue
		}
		var data []byte
		if err = s.pool.config.guarded(func() (err error) {
			data, err = r.file(name)
			return err
		}); err == nil || ctx.Err() != nil {
			return data, err
		}
	}
	return nil, fmt.Errorf("read %q: %w", name, err)
}

// file is the content of a file.
func (r *revision) file(name string) ([]byte, error) {
	store, done, err := r.open()
	if err != nil {
		return nil, err
	}
	defer done()
	o := &objects{store: store, partial: r.partial}
	dir, err := o.find(r.root, clean(path.Dir(name)), Location{}, r.branch)
	if err != nil {
		return nil, err
	}
	entries, err := o.tree(dir)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(entries, func(e object.TreeEntry) bool { return e.Name == path.Base(name) && e.Mode != filemode.Symlink })
	if i < 0 {
		return nil, fs.ErrNotExist
	}
	return o.blob(entries[i].Hash, maxBlob)
}

// pinned is a repository on this machine at a name that need not be a branch.
type pinned struct {
	dir, ref string
	base     string // of the location
}

func (p *pinned) shown() string { return p.dir }

func (p *pinned) head(_ context.Context, _ *revision) (*revision, error) {
	dir, err := gitDir(p.dir)
	if err != nil {
		return nil, err
	}
	store, err := openSupported(dir)
	if err != nil {
		return nil, err
	}
	defer store.Close() //nolint:errcheck // only read
	commit, err := p.commit(store)
	if err != nil {
		return nil, err
	}
	r := &revision{branch: p.ref, commit: commit, open: opener(dir)}
	if r.root, r.when, err = readCommit(store, commit); err != nil {
		return nil, err
	}
	o := &objects{store: store}
	if _, err := o.find(r.root, p.base, Location{}, p.ref); err == nil || moving(err) {
		return r, nil
	}
	g := gatherer{tree: &workTree{dir: p.dir}, store: memory.NewStorage()}
	r.open = g.open
	r.root, err = g.hollow(p.base)
	return r, err
}

// commit finds the commit that the name means.
func (p *pinned) commit(store storer.Storer) (plumbing.Hash, error) {
	none := &core.Error{
		Access: core.AccessInvalid, Op: fmt.Sprintf("find %q", p.ref), Err: fmt.Errorf("no commit, branch or tag %q", p.ref),
		Hint: "name a branch, a tag or a whole commit id, with ~N for the Nth commit before it",
	}
	name, back, older := strings.Cut(p.ref, "~")
	steps, err := strconv.Atoi(back)
	switch {
	case older && back == "":
		steps = 1
	case older && err != nil:
		return plumbing.ZeroHash, none
	}
	commit := plumbing.NewHash(name)
	if !plumbing.IsHash(name) {
		for _, rule := range []string{"%s", "refs/%s", "refs/tags/%s", "refs/heads/%s", "refs/remotes/%s"} {
			ref, err := storer.ResolveReference(store, plumbing.ReferenceName(fmt.Sprintf(rule, name)))
			if err == nil {
				commit = ref.Hash()
				break
			}
		}
	}
	if tag, err := object.GetTag(store, commit); err == nil {
		commit = tag.Target
	}
	for range steps {
		c, err := object.GetCommit(store, commit)
		if err != nil || len(c.ParentHashes) == 0 {
			return plumbing.ZeroHash, none
		}
		commit = c.ParentHashes[0]
	}
	if _, err := object.GetCommit(store, commit); err != nil {
		return commit, none
	}
	return commit, nil
}

// workTree is a folder as it lies on disk. Every look at it makes Git's objects
// of it, in memory, so that whatever holds for a commit holds for it, too.
type workTree struct {
	dir  string
	file string // the only file that counts; "" for all
	sel  globs
}

func (w *workTree) shown() string { return w.dir }

func (w *workTree) head(ctx context.Context, _ *revision) (*revision, error) {
	root, err := os.OpenRoot(w.dir)
	if err != nil {
		return nil, unopened(w.dir, err)
	}
	defer root.Close() //nolint:errcheck // only read
	g := gatherer{ctx: ctx, tree: w, files: root.FS(), root: root, store: memory.NewStorage()}
	hash, err := g.dir(".", 0)
	if err != nil {
		return nil, err
	}
	return &revision{
		branch: "work tree", commit: hash, root: hash, when: time.Time{}, partial: true, open: g.open,
	}, nil
}

func unopened(name string, err error) error {
	access := core.AccessInvalid
	if errors.Is(err, fs.ErrPermission) {
		access = core.AccessForbidden
	}
	var cause *fs.PathError
	if errors.As(err, &cause) {
		err = cause.Err
	}
	return &core.Error{Access: access, Op: fmt.Sprintf("read %q", name), Err: err}
}

// gatherer turns a folder into objects.
type gatherer struct {
	ctx   context.Context //nolint:containedctx // of the one look that it is made for
	tree  *workTree
	root  *os.Root
	files fs.FS
	store *memory.Storage
	count int
}

// dir stores a folder, and gives the hash of its tree.
func (g *gatherer) dir(rel string, depth int) (plumbing.Hash, error) {
	if err := g.ctx.Err(); err != nil {
		return plumbing.ZeroHash, err
	}
	entries, err := fs.ReadDir(g.files, rel)
	if err != nil {
		return plumbing.ZeroHash, unopened(filepath.Join(g.tree.dir, rel), err)
	}
	if g.count += len(entries); g.count > maxEntries || depth > maxDepth {
		return plumbing.ZeroHash, badPath(fmt.Errorf("%q holds more than %d files or %d levels of folders", g.tree.dir, maxEntries, maxDepth))
	}
	var t object.Tree
	for _, e := range entries {
		if e.Name() == ".git" || g.tree.file != "" && e.Name() != g.tree.file {
			continue
		}
		entry, err := g.entry(path.Join(rel, e.Name()), e, depth)
		if errors.Is(err, fs.ErrNotExist) {
			continue // it was taken away meanwhile
		}
		if err != nil {
			return plumbing.ZeroHash, err
		}
		t.Entries = append(t.Entries, entry)
	}
	sort.Sort(object.TreeEntrySorter(t.Entries))
	return g.keep(&t)
}

func (g *gatherer) entry(rel string, e fs.DirEntry, depth int) (object.TreeEntry, error) {
	entry := object.TreeEntry{Name: e.Name(), Mode: filemode.Regular}
	var err error
	switch {
	case e.IsDir():
		entry.Mode = filemode.Dir
		entry.Hash, err = g.dir(rel, depth+1)
	case e.Type()&fs.ModeSymlink != 0:
		var target string
		entry.Mode = filemode.Symlink
		if target, err = g.root.Readlink(rel); err == nil {
			entry.Hash, err = g.blob([]byte(target))
		}
	case e.Type().IsRegular() && g.wanted(rel):
		entry.Hash, err = g.content(rel)
	}
	return entry, err
}

// wanted tells which files are read at all. A file that is not stays without
// content, as one that a server left out.
func (g *gatherer) wanted(rel string) bool {
	return g.tree.sel.takes(rel) || isRenderer(path.Base(rel))
}

func (g *gatherer) content(rel string) (plumbing.Hash, error) {
	f, err := g.root.Open(rel)
	if err != nil {
		return plumbing.ZeroHash, unlessGone(filepath.Join(g.tree.dir, rel), err)
	}
	defer f.Close() //nolint:errcheck // only read
	data, err := io.ReadAll(io.LimitReader(f, maxBlob+1))
	if err != nil {
		return plumbing.ZeroHash, unlessGone(filepath.Join(g.tree.dir, rel), err)
	}
	if len(data) > maxBlob {
		return plumbing.ZeroHash, nil
	}
	return g.blob(data)
}

func unlessGone(name string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return unopened(name, err)
}

func (g *gatherer) blob(data []byte) (plumbing.Hash, error) {
	o := g.store.NewEncodedObject()
	o.SetType(plumbing.BlobObject)
	w, err := o.Writer()
	if err != nil {
		return plumbing.ZeroHash, err
	}
	if _, err := w.Write(data); err != nil {
		return plumbing.ZeroHash, err
	}
	return g.store.SetEncodedObject(o)
}

func (g *gatherer) open() (storer.EncodedObjectStorer, func(), error) {
	return g.store, func() {}, nil
}

// hollow stores empty folders, one in the other, down to a path.
func (g *gatherer) hollow(base string) (plumbing.Hash, error) {
	hash, err := g.keep(&object.Tree{})
	steps := strings.Split(base, "/")
	slices.Reverse(steps)
	for _, step := range steps {
		if err == nil {
			hash, err = g.keep(&object.Tree{Entries: []object.TreeEntry{{Name: step, Mode: filemode.Dir, Hash: hash}}})
		}
	}
	return hash, err
}

func (g *gatherer) keep(t *object.Tree) (plumbing.Hash, error) {
	o := g.store.NewEncodedObject()
	if err := t.Encode(o); err != nil {
		return plumbing.ZeroHash, fmt.Errorf("read %q: %w", g.tree.dir, err)
	}
	return g.store.SetEncodedObject(o)
}
