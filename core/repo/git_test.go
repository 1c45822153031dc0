package repo_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/repo"
)

// world is a repository that a test makes with the real git, and what reads it.
type world struct {
	t   testing.TB
	dir string // a work tree
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, dir: filepath.Join(t.TempDir(), "work")}
	git(t, "", "init", "-q", "-b", "main", w.dir)
	w.git("config", "uploadpack.allowFilter", "true")
	return w
}

// git runs the real program apart from whatever this machine's user configured.
func git(t testing.TB, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = dir
	cmd.Env = append(cmd.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=gc.auto", "GIT_CONFIG_VALUE_0=0",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@x", "GIT_COMMITTER_NAME=c", "GIT_COMMITTER_EMAIL=c@x",
		"GIT_AUTHOR_DATE=2026-11-23T10:00:00Z", "GIT_COMMITTER_DATE=2026-11-23T10:00:00Z")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func (w *world) git(args ...string) string { w.t.Helper(); return git(w.t, w.dir, args...) }

// write puts a file into the work tree.
func (w *world) write(path, content string) {
	w.t.Helper()
	full := filepath.Join(w.dir, path)
	if err := os.MkdirAll(filepath.Dir(full), 0o750); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(content), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// commit commits everything and gives the commit.
func (w *world) commit() string {
	w.t.Helper()
	w.git("add", "-A")
	w.git("commit", "-q", "--allow-empty", "-m", "x")
	return w.git("rev-parse", "HEAD")
}

// with is a world of one commit that holds these files.
func with(t testing.TB, files map[string]string) *world {
	t.Helper()
	w := newWorld(t)
	for path, content := range files {
		w.write(path, content)
	}
	w.commit()
	return w
}

// vpc is a manifest.
func vpc(name string) string {
	return fmt.Sprintf("apiVersion: vpc.githedgehog.com/v1beta1\nkind: VPC\nmetadata:\n  name: %s\nspec:\n  vlanNamespace: default\n", name)
}

func key(name string) core.Key {
	return core.Key{Group: "vpc.githedgehog.com", Kind: "VPC", Namespace: "default", Name: name}
}

func pool(change ...func(*repo.Config)) *repo.Pool {
	c := repo.Config{Now: time.Now, Timeout: 5 * time.Second}
	for _, f := range change {
		f(&c)
	}
	return repo.NewPool(c)
}

func scope() core.Scope { return core.Scope{Fabric: "dc1", Namespace: "default"} }

func read(t testing.TB, s *repo.Source) *core.Snapshot {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	return s.Read(ctx, scope())
}

// readOK reads a source that must be readable whole.
func readOK(t testing.TB, s *repo.Source) *core.Snapshot {
	t.Helper()
	snapshot := read(t, s)
	for _, r := range snapshot.Readings {
		if r.Access != core.AccessOK || r.Error != "" {
			t.Fatalf("reading %+v", r)
		}
	}
	if side := snapshot.Side(key("there-is-no-such-thing")); side.Presence != core.Absent && len(snapshot.Findings) == 0 {
		t.Fatalf("an object that is nowhere is %v (%s), want absent", side.Presence, side.Reason)
	}
	return snapshot
}

// readFailed reads a source of one location that must not be readable.
func readFailed(t testing.TB, s *repo.Source) core.Reading {
	t.Helper()
	snapshot := read(t, s)
	r := snapshot.Readings[0]
	if r.Access == core.AccessOK || r.Error == "" {
		t.Fatalf("reading %+v, want a failed one", r)
	}
	if strings.ContainsAny(r.Error, "\n\r") || len(r.Error) > 700 {
		t.Errorf("error is not one line of bounded length: %q", r.Error)
	}
	if side := snapshot.Side(key("a")); side.Presence != core.Unread {
		t.Errorf("an object of a location that was not read is %v", side.Presence)
	}
	return r
}

func names(s *core.Snapshot) []string {
	var list []string
	for o := range s.Objects() {
		list = append(list, o.Key.Name)
	}
	slices.Sort(list)
	return list
}

func wantNames(t testing.TB, s *core.Snapshot, want ...string) {
	t.Helper()
	if got := names(s); !slices.Equal(got, want) {
		t.Errorf("objects %v, want %v (findings %+v)", got, want, s.Findings)
	}
}

// findings is every finding as "path:line: reason".
func findings(s *core.Snapshot) []string {
	var list []string
	for _, f := range s.Findings {
		list = append(list, fmt.Sprintf("%s:%d: %s", f.Path, f.Line, f.Reason))
	}
	return list
}

// mktree makes a tree that holds another one several times.
func (w *world) mktree(tree string, names ...string) string {
	w.t.Helper()
	var in strings.Builder
	for _, name := range names {
		fmt.Fprintf(&in, "040000 tree %s\t%s\n", tree, name)
	}
	cmd := exec.CommandContext(w.t.Context(), "git", "mktree")
	cmd.Dir, cmd.Stdin = w.dir, strings.NewReader(in.String())
	out, err := cmd.Output()
	if err != nil {
		w.t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// program runs another program.
func program(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}
