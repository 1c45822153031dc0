package repo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/storer"
	"github.com/go-git/go-git/v5/storage/filesystem"
	"github.com/go-git/go-git/v5/storage/filesystem/dotgit"

	"selvage/core"
)

// local is a repository on this machine, bare or not. It is read in place and
// never written to.
type local struct {
	dir    string
	text   string // the address as configured
	branch string
}

func (l *local) shown() string { return l.text }

// tries is how often a local repository is looked at anew while others write
// to it: with the pauses between, over 1.3 s. On a busy machine git may be held
// up for that long between two of the files that it takes away.
const tries = 9

// again tells, after a pause that doubles from 5 ms, whether an error is worth
// another look.
func again(ctx context.Context, try int, err error) bool {
	if err == nil || !moving(err) || try >= tries {
		return false
	}
	pause := time.NewTimer(5 * time.Millisecond << (try - 1))
	defer pause.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-pause.C:
		return true
	}
}

func (l *local) head(ctx context.Context, known *revision) (*revision, error) {
	dir, err := gitDir(l.dir)
	if err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		r, err := l.look(dir, known)
		if !again(ctx, try, err) {
			return r, err
		}
	}
}

func (l *local) past(context.Context, plumbing.Hash) (*shelf, error) {
	dir, err := gitDir(l.dir)
	if err != nil {
		return nil, err
	}
	store, err := openSupported(dir)
	if err != nil {
		return nil, err
	}
	return &shelf{store: store}, nil
}

func (l *local) mended(ctx context.Context, try int, _ *shelf, err error) bool {
	return again(ctx, try, err)
}

// moving tells whether an error may come from somebody writing at this moment.
func moving(err error) bool {
	return errors.Is(err, plumbing.ErrObjectNotFound) || errors.Is(err, dotgit.ErrPackfileNotFound) || errors.Is(err, fs.ErrNotExist)
}

func (l *local) look(dir string, known *revision) (*revision, error) {
	store, err := openSupported(dir)
	if err != nil {
		return nil, err
	}
	defer store.Close() //nolint:errcheck // only read
	branch, main := l.branch, ""
	if head, err := store.Reference(plumbing.HEAD); err == nil && head.Type() == plumbing.SymbolicReference && head.Target().IsBranch() {
		main = head.Target().Short()
	}
	if branch == "" {
		if main == "" {
			return nil, &core.Error{Access: core.AccessInvalid, Op: "find the branch of HEAD", Err: errors.New("HEAD names none"), Hint: "set git.branch"}
		}
		branch = main
	}
	ref, err := store.Reference(plumbing.NewBranchReferenceName(branch))
	if errors.Is(err, plumbing.ErrReferenceNotFound) {
		return nil, noBranch(branch, branches(store))
	}
	if err != nil {
		return nil, fmt.Errorf("read branch %q: %w", branch, err)
	}
	if known.at(branch, ref.Hash()) {
		return known.under(main), nil
	}
	r := &revision{branch: branch, main: main, commit: ref.Hash(), open: opener(dir)}
	r.root, r.when, err = readCommit(store, ref.Hash())
	return r, err
}

// openSupported opens a repository of a kind that can be read.
func openSupported(dir string) (*filesystem.Storage, error) {
	store := openStore(dir)
	if err := supported(store); err != nil {
		_ = store.Close() // only read
		return nil, err
	}
	return store, nil
}

// opener opens the repository whenever something is read of it.
func opener(dir string) func() (storer.EncodedObjectStorer, func(), error) {
	return func() (storer.EncodedObjectStorer, func(), error) {
		s := openStore(dir)
		return s, func() { s.Close() }, nil //nolint:errcheck // only read
	}
}

func openStore(dir string) *filesystem.Storage {
	bound := osfs.WithBoundOS()
	return filesystem.NewStorageWithOptions(osfs.New(dir, bound), cache.NewObjectLRU(32*cache.MiByte), filesystem.Options{
		KeepDescriptors:      true,
		LargeObjectThreshold: maxBlob,
		AlternatesFS:         osfs.New("/", bound),
	})
}

func branches(store *filesystem.Storage) []string {
	var names []string
	refs, err := store.IterReferences()
	if err != nil {
		return nil
	}
	_ = refs.ForEach(func(r *plumbing.Reference) error { // the function fails for none
		if r.Name().IsBranch() {
			names = append(names, r.Name().Short())
		}
		return nil
	})
	slices.Sort(names)
	return names
}

// supported refuses repositories of a form that go-git would misread.
func supported(store *filesystem.Storage) error {
	c, err := store.Config()
	if err != nil {
		return fmt.Errorf("read the repository's config: %w", err)
	}
	for _, option := range c.Raw.Section("extensions").Options {
		plain := map[string]string{"objectformat": "sha1", "refstorage": "files"}
		if want, ok := plain[strings.ToLower(option.Key)]; ok && !strings.EqualFold(option.Value, want) {
			return &core.Error{
				Access: core.AccessInvalid, Op: "open the repository",
				Err:  fmt.Errorf("%s %q is not supported", option.Key, option.Value),
				Hint: "serve it over https or ssh, or use " + want,
			}
		}
	}
	return nil
}

// gitDir finds where the objects and branches of a repository lie: in the
// directory itself, in .git below it, or where a .git file points to.
func gitDir(dir string) (string, error) {
	for _, d := range []string{filepath.Join(dir, ".git"), dir, dir + ".git"} {
		info, err := os.Stat(d)
		if err != nil {
			continue
		}
		if !info.IsDir() {
			if d, err = linked(d); err != nil {
				continue
			}
		}
		if common, err := os.ReadFile(filepath.Join(d, "commondir")); err == nil { //nolint:gosec // the path is the operator's
			d = under(d, strings.TrimSpace(string(common)))
		}
		if _, err := os.Stat(filepath.Join(d, "objects")); err == nil {
			return d, nil
		}
	}
	reason := errors.New("no Git repository there")
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		reason = errors.New("no such folder")
	} else if errors.Is(err, fs.ErrPermission) {
		return "", &core.Error{Access: core.AccessForbidden, Op: "open the repository", Err: fs.ErrPermission, Hint: "check the folder's permissions"}
	}
	return "", &core.Error{Access: core.AccessInvalid, Op: "open the repository", Err: reason, Hint: "fix git.url"}
}

// linked follows a .git file, as work trees and submodules have one.
func linked(file string) (string, error) {
	text, err := os.ReadFile(file) //nolint:gosec // the path is the operator's
	if err != nil {
		return "", err
	}
	target, ok := strings.CutPrefix(strings.TrimSpace(string(text)), "gitdir: ")
	if !ok {
		return "", fs.ErrNotExist
	}
	return under(filepath.Dir(file), target), nil
}

func under(dir, target string) string {
	if filepath.IsAbs(target) {
		return target
	}
	return filepath.Join(dir, target)
}
