package changeset_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"

	"selvage/core"
	"selvage/core/changeset"
)

// repository is a bare repository of the real git, of which the index is a file
// of its own.
type repository struct {
	t   testing.TB
	dir string
}

func newRepository(t testing.TB) *repository {
	t.Helper()
	r := &repository{t, t.TempDir()}
	r.git("", "init", "-q", "--bare", "-b", "main")
	return r
}

func (r *repository) try(input string, args ...string) (string, error) {
	return r.tryAs(nil, input, args...)
}

// tryAs runs git with more in its environment.
func (r *repository) tryAs(env []string, input string, args ...string) (string, error) {
	cmd := exec.CommandContext(r.t.Context(), "git", args...)
	cmd.Dir, cmd.Stdin = r.dir, strings.NewReader(input)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_INDEX_FILE="+filepath.Join(r.dir, "index"), "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@x", "GIT_COMMITTER_NAME=c", "GIT_COMMITTER_EMAIL=c@x")
	cmd.Env = append(cmd.Env, env...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (r *repository) git(input string, args ...string) string {
	r.t.Helper()
	return r.gitAs(nil, input, args...)
}

func (r *repository) gitAs(env []string, input string, args ...string) string {
	r.t.Helper()
	out, err := r.tryAs(env, input, args...)
	if err != nil {
		r.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(out)
}

func (r *repository) tree(h plumbing.Hash) ([]byte, error) {
	out, err := r.try("", "cat-file", "tree", h.String())
	return []byte(out), err
}

// file is an entry of an index.
type file struct{ mode, content string }

// write makes a tree of files through git's index.
func (r *repository) write(files map[string]file) plumbing.Hash {
	r.t.Helper()
	_ = os.Remove(filepath.Join(r.dir, "index")) // there need not be one
	var in strings.Builder
	for _, path := range slices.Sorted(maps.Keys(files)) {
		id := strings.Repeat("1", 40) // of a submodule's commit
		if f := files[path]; f.mode != "160000" {
			id = r.git(f.content, "hash-object", "-w", "--stdin")
		}
		fmt.Fprintf(&in, "%s %s\t%s\n", files[path].mode, id, path)
	}
	r.git(in.String(), "update-index", "--index-info")
	return plumbing.NewHash(r.git("", "write-tree"))
}

// keep puts objects into the repository, by git itself and checked.
func (r *repository) keep(objects []changeset.Object) {
	r.t.Helper()
	r.git(string(changeset.Pack(objects)), "unpack-objects", "-q", "--strict")
}

func id(content string) string {
	return plumbing.ComputeHash(plumbing.BlobObject, []byte(content)).String()
}

// TestChangedTreesAreThoseOfGit changes random files in random trees, in names
// whose order is not that of their letters, and lets git do the same.
func TestChangedTreesAreThoseOfGit(t *testing.T) {
	steps := []string{"a", "a.b", "a-b", "a0", "b", "ä", "lib", "lib.yaml", "z z"}
	r := newRepository(t)
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 14))
		path := func() string {
			var parts []string
			for range 1 + random.IntN(3) {
				parts = append(parts, steps[random.IntN(len(steps))])
			}
			return strings.Join(parts, "/")
		}
		// free tells whether a file can be at a path beside the others.
		free := func(files map[string]file, path string) bool {
			for other := range files {
				if other == path || strings.HasPrefix(other, path+"/") || strings.HasPrefix(path, other+"/") {
					return false
				}
			}
			return true
		}
		before := map[string]file{"keep": {"100644", "kept"}, "link": {"120000", "keep"}, "sub": {"160000", ""}}
		for range random.IntN(25) {
			if p := path(); free(before, p) {
				before[p] = file{[]string{"100644", "100755"}[random.IntN(2)], fmt.Sprint("old ", p)}
			}
		}
		root := r.write(before)
		after := maps.Clone(before)
		changes := map[string]core.FileChange{}
		for range 1 + random.IntN(8) {
			all := slices.Sorted(maps.Keys(after))
			p := all[random.IntN(len(all))]
			switch f := after[p]; {
			case random.IntN(3) == 0:
				p = path()
				if !free(after, p) {
					continue
				}
				after[p] = file{"100644", fmt.Sprint("new ", p)}
				if was, ok := before[p]; ok {
					after[p] = file{was.mode, after[p].content} // back again, as it was
				}
			case p == "link", p == "sub":
				continue
			case random.IntN(2) == 0:
				delete(after, p)
			default:
				after[p] = file{f.mode, fmt.Sprint("edit ", random.IntN(3))}
			}
			c := core.FileChange{Path: p}
			if was, ok := before[p]; ok {
				c.Before = id(was.content)
			}
			if is, ok := after[p]; ok {
				c.After = []byte(is.content)
			}
			if changes[p] = c; c.Before == "" && c.After == nil {
				delete(changes, p)
			}
		}
		want := r.write(after)
		got, made, err := changeset.Change(r.tree, root, slices.Collect(maps.Values(changes)))
		if want == root {
			if !errors.Is(err, core.ErrNoChange) || got != root || made != nil {
				t.Errorf("seed %d: %v, %v; want no change", seed, got, err)
			}
			continue
		}
		if err != nil || got != want {
			t.Fatalf("seed %d: %s, %v; want %s\nbefore %v\nchanges %v", seed, got, err, want, before, changes)
		}
		for _, o := range made {
			if o.ID != plumbing.ComputeHash(o.Kind, o.Data) {
				t.Errorf("seed %d: %s is not %s", seed, o.Kind, o.ID)
			}
		}
		// What is made is all that a repository with the old tree lacks.
		fresh := newRepository(t)
		fresh.write(before)
		fresh.keep(made)
		if fresh.git("", "ls-tree", "-r", want.String()) != r.git("", "ls-tree", "-r", want.String()) {
			t.Errorf("seed %d: something is missing", seed)
		}
	}
}

func TestEveryFileMayGo(t *testing.T) {
	r := newRepository(t)
	root := r.write(map[string]file{"a/b/c": {"100644", "x"}})
	got, made, err := changeset.Change(r.tree, root, []core.FileChange{{Path: "a/b/c", Before: id("x")}})
	if got.String() != "4b825dc642cb6eb9a060e54bf8d69288fbee4904" || err != nil || len(made) != 1 {
		t.Errorf("%s, %d objects, %v", got, len(made), err)
	}
}

func TestOneFileMakesAsManyObjectsAsItLiesDeep(t *testing.T) {
	r := newRepository(t)
	files := map[string]file{"a/b/c": {"100644", "x"}}
	for i := range 300 {
		files[fmt.Sprintf("a/%d/x", i)] = file{"100644", "x"}
	}
	_, made, err := changeset.Change(r.tree, r.write(files), []core.FileChange{{Path: "a/b/c", Before: id("x"), After: []byte("y")}})
	if len(made) != 4 || err != nil {
		t.Errorf("%d objects, %v; want a file and three folders", len(made), err)
	}
}

func TestWhatIsNotToBeWrittenIsRefused(t *testing.T) {
	r := newRepository(t)
	root := r.write(map[string]file{
		"a": {"100644", "x"}, "Dir/b": {"100644", "x"}, "link": {"120000", "/etc"}, "sub": {"160000", ""},
	})
	to := []byte("evil")
	for name, c := range map[string]struct {
		changes []core.FileChange
		want    string
	}{
		"stale":                  {[]core.FileChange{{Path: "a", Before: id("y"), After: to}}, "the base has something else there"},
		"there already":          {[]core.FileChange{{Path: "a", After: to}}, "the base has something else there"},
		"not there":              {[]core.FileChange{{Path: "n", Before: id("x"), After: to}}, "the base has something else there"},
		"gone already":           {[]core.FileChange{{Path: "n", Before: id("x")}}, "the base has something else there"},
		"removed out of nothing": {[]core.FileChange{{Path: "n"}}, "the base has something else there"},
		"a file for a folder":    {[]core.FileChange{{Path: "Dir", After: to}}, "the base has something else there"},
		"a folder for a file":    {[]core.FileChange{{Path: "a/b", After: to}}, "the base has something else there"},
		"a file and a folder":    {[]core.FileChange{{Path: "n", After: to}, {Path: "n/m", After: to}}, "the base has something else there"},
		"a link":                 {[]core.FileChange{{Path: "link", Before: id("/etc"), After: to}}, "a link or a submodule"},
		"through a link":         {[]core.FileChange{{Path: "link/passwd", After: to}}, "a link or a submodule"},
		"into a submodule":       {[]core.FileChange{{Path: "sub/x", After: to}}, "a link or a submodule"},
		"a submodule":            {[]core.FileChange{{Path: "sub", Before: strings.Repeat("1", 40)}}, "a link or a submodule"},
		"twice":                  {[]core.FileChange{{Path: "n", After: to}, {Path: "n", After: to}}, "named twice"},
		"another case":           {[]core.FileChange{{Path: "A", After: to}}, "cannot tell the two apart"},
		"a folder's other case":  {[]core.FileChange{{Path: "dir/c", After: to}}, "cannot tell the two apart"},
		"two cases at once":      {[]core.FileChange{{Path: "n", After: to}, {Path: "N", After: to}}, "cannot tell the two apart"},
		"very deep":              {[]core.FileChange{{Path: strings.Repeat("d/", 80) + "x", After: to}}, "too many folders"},
	} {
		if _, made, err := changeset.Change(r.tree, root, c.changes); err == nil || !strings.Contains(err.Error(), c.want) || made != nil {
			t.Errorf("%s: %v; want %q", name, err, c.want)
		}
	}
	for _, path := range []string{
		"", "/a", "a/", "a//b", ".", "..", "../a", "a/../../b", "a/./b", ".git/config", "x/.GIT/hooks/post-merge", ".git", ".git./x", ".git /x", "git~1/config",
		".g\u200cit/config", ".gitmodules", `a\b`, "a:b", "c:/x", "a\x1b[31m", "a\nb", "a\x00b", "\xff", "a ", "a.", "a/b./c", `a"b`, "\u202ea", strings.Repeat("x", 5000),
	} {
		if _, _, err := changeset.Change(r.tree, root, []core.FileChange{{Path: path, After: to}}); err == nil {
			t.Errorf("%q was written to", path)
		}
	}
	// The case of a name may change where the old one goes.
	if _, _, err := changeset.Change(r.tree, root, []core.FileChange{{Path: "a", Before: id("x")}, {Path: "A", After: to}}); err != nil {
		t.Error(err)
	}
	for _, path := range []string{"a b", ".github/x", "gitops.yaml", "ä/ö.yaml", ".gitignore", "a..b"} {
		if err := changeset.ValidPath(path); err != nil {
			t.Error(err)
		}
	}
}

// TestDamagedTreeIsNoTree has trees that git would not have written.
func TestDamagedTreeIsNoTree(t *testing.T) {
	hash := string(make([]byte, 20))
	for _, raw := range []string{"x", "100644 a", "100644 a\x00short", "100644 b\x00" + hash + "100644 a\x00" + hash, "100644 a\x00" + hash + "100644 a\x00" + hash} {
		trees := func(plumbing.Hash) ([]byte, error) { return []byte(raw), nil }
		if _, _, err := changeset.Change(trees, plumbing.NewHash(strings.Repeat("1", 40)), []core.FileChange{{Path: "n", After: []byte("x")}}); err == nil {
			t.Errorf("%q was taken for a tree", raw)
		}
	}
}
