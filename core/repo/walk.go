package repo

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"

	"selvage/core"
)

// folder is what a location selects of a revision, in the order of paths.
type folder struct {
	base  string // from the root of the repository
	files []file
	odd   []core.Finding // what would be read if it were a file

	renderers []file          // what may make its folder one to be rendered
	there     map[string]bool // what kustomizations may name; nil without one
}

// file is one file that a location reads.
type file struct {
	path string // from the root of the repository
	hash plumbing.Hash
}

// Bounds of a folder: a repository can hold a tree that names itself ten times
// in each of ten levels.
const (
	maxEntries = 500_000
	maxDepth   = 100
)

// walk finds the files that a location reads.
func (o *objects) walk(ctx context.Context, root plumbing.Hash, l Location, branch string) (folder, error) {
	base := clean(l.Path)
	hash, err := o.find(root, base, l, branch)
	if err != nil {
		return folder{}, err
	}
	w := walker{ctx: ctx, objects: o, base: base, sel: selection(l), entries: map[string]filemode.FileMode{}, trees: map[plumbing.Hash][]object.TreeEntry{}}
	if err := w.dir(hash, "", 0); err != nil {
		return folder{}, err
	}
	if err := w.judgeLinks(); err != nil {
		return folder{}, err
	}
	w.found.base = base
	if len(w.found.renderers) > 0 {
		w.found.there = make(map[string]bool, len(w.entries))
		for rel := range w.entries {
			w.found.there[path.Join(base, rel)] = true
		}
	}
	slices.SortFunc(w.found.files, func(a, b file) int { return strings.Compare(a.path, b.path) })
	slices.SortFunc(w.found.odd, func(a, b core.Finding) int { return strings.Compare(a.Path, b.Path) })
	return w.found, nil
}

// clean brings git.path into the form "a/b", "" for the root.
func clean(p string) string {
	return strings.Trim(path.Clean("/"+p), "/")
}

// find goes down from the root to the tree of a path.
func (o *objects) find(root plumbing.Hash, base string, l Location, branch string) (plumbing.Hash, error) {
	if base == "" {
		return root, nil
	}
	at := root
	for _, step := range strings.Split(base, "/") {
		entries, err := o.tree(at)
		if err != nil {
			return at, err
		}
		i := slices.IndexFunc(entries, func(e object.TreeEntry) bool { return e.Name == step })
		wrong := ""
		switch {
		case i < 0:
			return at, badPath(fmt.Errorf("no folder %q on branch %q", base, branch))
		case entries[i].Mode == filemode.Symlink:
			wrong = "a symbolic link"
		case entries[i].Mode == filemode.Submodule:
			wrong = "a submodule"
		case entries[i].Mode != filemode.Dir:
			wrong = "a file"
		}
		if wrong != "" {
			return at, badPath(fmt.Errorf("%q in %q on branch %q is %s, not a folder", step, base, branch, wrong))
		}
		at = entries[i].Hash
	}
	return at, nil
}

func badPath(err error) error {
	return &core.Error{Access: core.AccessInvalid, Op: "find git.path", Err: err, Hint: "fix git.path"}
}

type walker struct {
	ctx     context.Context
	objects *objects
	base    string
	sel     globs
	found   folder

	entries map[string]filemode.FileMode // of everything below base
	trees   map[plumbing.Hash][]object.TreeEntry
	links   []file // relative paths
}

func (w *walker) dir(h plumbing.Hash, at string, depth int) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	entries, ok := w.trees[h]
	if !ok {
		var err error
		if entries, err = w.objects.tree(h); err != nil {
			return err
		}
		w.trees[h] = entries
	}
	if len(w.entries)+len(entries) > maxEntries || depth > maxDepth {
		return badPath(fmt.Errorf("%q holds more than %d files or %d levels of folders", w.base, maxEntries, maxDepth))
	}
	for _, e := range entries {
		rel := path.Join(at, e.Name)
		if e.Name == "." || e.Name == ".." || strings.Contains(e.Name, "/") {
			w.odd(at, "holds an entry of the impossible name "+fmt.Sprintf("%q", e.Name), true)
			continue
		}
		w.entries[rel] = e.Mode
		switch e.Mode {
		case filemode.Dir:
			if err := w.dir(e.Hash, rel, depth+1); err != nil {
				return err
			}
		case filemode.Regular, filemode.Executable, filemode.Deprecated:
			if w.sel.takes(rel) {
				w.found.files = append(w.found.files, file{path.Join(w.base, rel), e.Hash})
			}
			if isRenderer(e.Name) && !w.sel.excludes(rel) {
				w.found.renderers = append(w.found.renderers, file{path.Join(w.base, rel), e.Hash})
			}
		case filemode.Symlink:
			if !w.sel.excludes(rel) {
				w.links = append(w.links, file{rel, e.Hash})
			}
		case filemode.Submodule:
			if !w.sel.excludes(rel) {
				w.odd(rel, "a submodule: not read", true)
			}
		default:
			if w.sel.takes(rel) {
				w.odd(rel, "of an unknown file mode: not read", true)
			}
		}
	}
	return nil
}

func (w *walker) odd(rel, reason string, opaque bool) {
	w.found.odd = append(w.found.odd, core.Finding{
		Origin: core.Origin{Path: path.Join(w.base, rel)}, Reason: reason, Opaque: opaque,
	})
}

// maxTarget bounds the target of a symbolic link, as file systems do.
const maxTarget = 4096

// judgeLinks reports the symbolic links that could stand for manifests. What
// lies inside the folder is read under its own name, so that a link to it hides
// nothing.
func (w *walker) judgeLinks() error {
	for _, link := range w.links {
		text, err := w.objects.blob(link.hash, maxTarget)
		if errors.Is(err, errTooLarge) {
			w.odd(link.path, "a symbolic link with an endless target: not followed", true)
			continue
		}
		if err != nil {
			return err
		}
		target := string(text)
		rel := path.Join(path.Dir(link.path), target)
		mode, inside := w.entries[rel]
		if rel == "." {
			mode, inside = filemode.Dir, true
		}
		inside = inside && !path.IsAbs(target) && mode != filemode.Symlink && mode != filemode.Submodule
		asFile := w.sel.takes(link.path)
		// A link that is not named like a manifest matters where it may be a
		// folder: what is below it would be.
		asDir := inside && mode == filemode.Dir || !inside && !hasExtension(target)
		if asFile || asDir {
			w.odd(link.path, fmt.Sprintf("a symbolic link to %q: not followed", target), !inside)
		}
	}
	return nil
}

func hasExtension(target string) bool {
	return strings.Contains(strings.TrimLeft(path.Base(target), "."), ".")
}

// globs are the patterns of a location.
type globs struct{ include, exclude []string }

func selection(l Location) globs {
	g := globs{include: l.Include, exclude: l.Exclude}
	if len(g.include) == 0 {
		g.include = []string{"**/*.yaml", "**/*.yml"}
	}
	return g
}

// validate finds the pattern that is none.
func (g globs) validate() error {
	for _, p := range slices.Concat(g.include, g.exclude) {
		if !doublestar.ValidatePattern(p) {
			return &core.Error{Access: core.AccessInvalid, Op: "select files", Err: fmt.Errorf("%q is no glob", p), Hint: "fix git.include or git.exclude"}
		}
	}
	return nil
}

func (g globs) takes(rel string) bool { return anyMatch(g.include, rel) && !g.excludes(rel) }

func (g globs) excludes(rel string) bool { return anyMatch(g.exclude, rel) }

func anyMatch(patterns []string, rel string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return doublestar.MatchUnvalidated(p, rel) })
}
