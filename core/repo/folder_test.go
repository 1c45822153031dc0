package repo_test

import (
	"context"
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

func folderPool() *repo.Pool {
	return repo.NewPool(repo.Config{Now: func() time.Time { return time.Unix(1_800_000_000, 0) }})
}

// write puts files below a folder, making those on the way.
func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func run(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull,
		"GIT_AUTHOR_NAME=Kim", "GIT_AUTHOR_EMAIL=kim@netops.example", "GIT_COMMITTER_NAME=Kim", "GIT_COMMITTER_EMAIL=kim@netops.example")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

func aVPC(name string) string {
	return "apiVersion: vpc.githedgehog.com/v1beta1\nkind: VPC\nmetadata: {name: " + name + "}\n"
}

func origins(s *core.Snapshot) (all []string) {
	for o := range s.Objects() {
		all = append(all, o.Origin.Path+" "+o.Key.Name)
	}
	slices.Sort(all)
	return all
}

var inDefault = core.Scope{Namespace: "default"}

func TestFolderIsReadAsItLies(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"a.yaml": aVPC("a"), "deep/er/b.yml": aVPC("b"), "c.txt": aVPC("c"), ".git/d.yaml": aVPC("d"), "broken.yaml": "a: [",
		"big.yaml": "# " + strings.Repeat("x", 8<<20), "chart/Chart.yaml": "name: x\n", "chart/templates/e.yaml": aVPC("e"), "lfs.yaml": "version https://git-lfs.github.com/spec/v1\n",
	})
	for link, target := range map[string]string{"inside.yaml": "a.yaml", "outside.yaml": "/etc/passwd", "loop.yaml": "loop.yaml"} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	source := folderPool().Folder(dir, "", repo.Location{Exclude: []string{"chart/**"}})
	s := source.Read(context.Background(), inDefault)
	if got, want := origins(s), []string{"a.yaml a", "deep/er/b.yml b"}; !slices.Equal(got, want) {
		t.Errorf("read %q, want %q (%v)", got, want, s.Readings)
	}
	var found []string
	for _, f := range s.Findings {
		found = append(found, f.Path)
	}
	if want := []string{"big.yaml", "broken.yaml", "inside.yaml", "lfs.yaml", "loop.yaml", "outside.yaml"}; !slices.Equal(found, want) {
		t.Errorf("findings on %q, want %q", found, want)
	}
	for name, want := range map[string]string{"a.yaml": aVPC("a"), "deep/er/b.yml": aVPC("b"), "outside.yaml": "", "nowhere.yaml": "", "big.yaml": ""} {
		text, err := source.Text(context.Background(), name)
		if string(text) != want || (err == nil) != (want != "") {
			t.Errorf("text of %s: %d bytes, %v", name, len(text), err)
		}
	}
	// The next look sees what is there by then.
	write(t, dir, map[string]string{"new.yaml": aVPC("new")})
	if got := origins(source.Read(context.Background(), inDefault)); !slices.Contains(got, "new.yaml new") {
		t.Errorf("a new file is not seen: %q", got)
	}
}

func TestOneFileIsReadAlone(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"a[1]*.yaml": aVPC("a"), "a1x.yaml": aVPC("b"), "no-extension": aVPC("c"), "sub/a[1]*.yaml": aVPC("d")})
	for file, want := range map[string]string{"a[1]*.yaml": "a[1]*.yaml a", "no-extension": "no-extension c"} {
		if got := origins(folderPool().Folder(dir, file, repo.Location{Exclude: []string{"**"}}).Read(context.Background(), inDefault)); !slices.Equal(got, []string{want}) {
			t.Errorf("%s: read %q, want %q", file, got, want)
		}
	}
}

func TestFolderThatCannotBeReadSaysSo(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"closed/a.yaml": aVPC("a"), "file": ""})
	closed := filepath.Join(dir, "closed")
	if err := os.Chmod(closed, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.Chmod(closed, 0o700); err != nil { //nolint:gosec // to be removed
			t.Error(err)
		}
	})
	cases := map[string]string{"missing": "no such file", "file": "not a directory"}
	if os.Geteuid() != 0 { // nothing is closed to root
		cases["."] = "permission denied"
	}
	for name, want := range cases {
		s := folderPool().Folder(filepath.Join(dir, name), "", repo.Location{}).Read(context.Background(), inDefault)
		r := s.Readings[0]
		if r.Access == core.AccessOK || !strings.Contains(r.Error, want) || strings.Contains(r.Error, "\n") {
			t.Errorf("%s: %s %q, want %q", name, r.Access, r.Error, want)
		}
		if s.Side(core.Key{Group: "vpc.githedgehog.com", Kind: "VPC", Namespace: "default", Name: "a"}).Presence != core.Unread {
			t.Errorf("%s: a VPC is called absent from a folder that was not read", name)
		}
	}
}

func TestCommitIsFoundByItsNames(t *testing.T) {
	dir := t.TempDir()
	run(t, dir, "init", "-q", "-b", "main")
	for _, name := range []string{"one", "two", "three"} {
		write(t, dir, map[string]string{"dc1/vpc.yaml": aVPC(name)})
		run(t, dir, "add", ".")
		run(t, dir, "commit", "-qm", name)
	}
	run(t, dir, "tag", "-a", "-m", "first", "v1", "HEAD~2")
	run(t, dir, "update-ref", "refs/remotes/origin/main", "HEAD~1")
	run(t, dir, "checkout", "-q", "--detach", "HEAD~1")
	head, err := os.ReadFile(filepath.Join(dir, ".git", "HEAD"))
	if err != nil {
		t.Fatal(err)
	}
	id := strings.TrimSpace(string(head))
	for ref, want := range map[string]string{
		"HEAD": "two", "main": "three", "v1": "one", "origin/main": "two", "refs/heads/main": "three", "main~2": "one", "main~": "two", id: "two", id + "~1": "one",
		"main~3": "", "nowhere": "", strings.Repeat("1", 40): "", "main~x": "", "": "", "../HEAD": "",
	} {
		s := folderPool().Commit(dir, ref, repo.Location{Path: "dc1"}).Read(context.Background(), inDefault)
		if want == "" {
			if r := s.Readings[0]; r.Access != core.AccessInvalid || !strings.Contains(r.Error, "no commit, branch or tag") {
				t.Errorf("%q: %s %q", ref, r.Access, r.Error)
			}
			continue
		}
		if got := origins(s); !slices.Equal(got, []string{"dc1/vpc.yaml " + want}) {
			t.Errorf("%q: read %q, want %s (%s)", ref, got, want, s.Readings[0].Error)
		}
	}
	s := folderPool().Commit(dir, "HEAD", repo.Location{Path: "dc2/new"}).Read(context.Background(), inDefault)
	if s.Readings[0].Access != core.AccessOK || s.Len() != 0 {
		t.Errorf("a folder that the commit does not have: %+v", s.Readings[0])
	}
}

func TestWorkTreeAroundAPathIsFound(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, map[string]string{"repo/a/b/c.yaml": "", "repo/.git": "gitdir: elsewhere\n", "plain/x": ""})
	for name, want := range map[string]string{"repo": "", "repo/a": "a", "repo/a/b": "a/b", "repo/a/b/c.yaml": "a/b/c.yaml"} {
		if top, rel, ok := repo.Enclosing(filepath.Join(dir, name)); !ok || top != filepath.Join(dir, "repo") || rel != want {
			t.Errorf("%s: %q %q %v, want %q", name, top, rel, ok, want)
		}
	}
	if err := os.Symlink("../repo/a", filepath.Join(dir, "plain", "link")); err != nil {
		t.Fatal(err)
	}
	if _, rel, ok := repo.Enclosing(filepath.Join(dir, "plain", "link")); !ok || rel != "a" {
		t.Errorf("through a link: %q %v", rel, ok)
	}
}
