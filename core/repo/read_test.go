package repo_test

import (
	"net/http/httptest"
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

func TestFolderIsReadByItsGlobs(t *testing.T) {
	w := with(t, map[string]string{
		"fabrics/dc1/a.yaml":            vpc("a"),
		"fabrics/dc1/deep/er/b.yml":     vpc("b"),
		"fabrics/dc1/c.txt":             vpc("c"),
		"fabrics/dc1/examples/d.yaml":   vpc("d"),
		"fabrics/dc10/e.yaml":           vpc("e"),
		"f.yaml":                        vpc("f"),
		"fabrics/dc1/kustomization.yml": "resources: [a.yaml]\n",
	})
	cases := []struct {
		name string
		l    repo.Location
		want []string
	}{
		{"path", repo.Location{Path: "fabrics/dc1"}, []string{"a", "b", "d"}},
		{"slashes", repo.Location{Path: "/fabrics/dc1/"}, []string{"a", "b", "d"}},
		{"dots", repo.Location{Path: "./fabrics/./dc1"}, []string{"a", "b", "d"}},
		{"root", repo.Location{}, []string{"a", "b", "d", "e", "f"}},
		{"root as dot", repo.Location{Path: "."}, []string{"a", "b", "d", "e", "f"}},
		{"exclude", repo.Location{Path: "fabrics/dc1", Exclude: []string{"examples/**"}}, []string{"a", "b"}},
		{"include", repo.Location{Path: "fabrics/dc1", Include: []string{"*.txt", "a.*"}}, []string{"a", "c"}},
	}
	p := pool()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			c.l.URL, c.l.Branch = w.dir, "main"
			s := readOK(t, p.Source([]repo.Location{c.l}))
			wantNames(t, s, c.want...)
			if len(s.Findings) > 0 {
				t.Errorf("findings %v", findings(s))
			}
		})
	}
}

func TestReadingTellsWhatWasRead(t *testing.T) {
	w := with(t, map[string]string{"fabrics/dc1/a.yaml": "# first\n\n" + vpc("a")})
	now := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	p := pool(func(c *repo.Config) { c.Now = func() time.Time { return now } })
	s := readOK(t, p.Source([]repo.Location{{URL: "file://" + w.dir, Branch: "main", Path: "/fabrics/dc1"}}))
	want := core.Reading{
		Source: "git", URL: "file://" + w.dir, Branch: "main", Path: "fabrics/dc1", Revision: w.git("rev-parse", "HEAD"),
		RevisionTime: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC), ReadAt: now, Access: core.AccessOK, DefaultBranch: "main",
	}
	got := s.Readings[0]
	got.RevisionTime = got.RevisionTime.UTC()
	if got != want {
		t.Errorf("reading\n got %+v\nwant %+v", got, want)
	}
	if o := s.Side(key("a")).Object; o == nil || o.Origin != (core.Origin{Path: "fabrics/dc1/a.yaml", Line: 3}) || o.Version != "v1beta1" {
		t.Errorf("object %+v, want it at fabrics/dc1/a.yaml:3", o)
	}
}

func TestDocumentsOfOtherKindsAreLeftOut(t *testing.T) {
	w := with(t, map[string]string{
		"mixed.yaml":              vpc("a") + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n---\napiVersion: v1\nkind: Secret\n",
		"kustomization.yaml":      "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: []\n",
		".sops.yaml":              "creation_rules: []\n",
		".github/workflows/x.yml": "on: push\njobs: {}\n",
		"agent.yaml":              "apiVersion: agent.githedgehog.com/v1beta1\nkind: Agent\nmetadata: {name: x}\n",
		"profile.yaml":            "apiVersion: wiring.githedgehog.com/v1beta1\nkind: SwitchProfile\nmetadata: {name: x}\n",
		"secret.yaml":             "apiVersion: v1\nkind: Secret\nmetadata: {name: x}\nsops: {}\n",
		"comments.yaml":           "# nothing\n---\n# here\n",
		"list.yaml":               "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: vpc.githedgehog.com/v1beta1, kind: VPC, metadata: {name: b, namespace: tenant}}\n",
	})
	s := readOK(t, pool().Source([]repo.Location{{URL: w.dir, Branch: "main"}}))
	wantNames(t, s, "a", "b")
	if len(s.Findings) > 0 {
		t.Errorf("findings %v, want none", findings(s))
	}
	other := key("b")
	other.Namespace = "tenant"
	if s.Side(other).Presence != core.Present || s.Side(key("a")).Presence != core.Present {
		t.Errorf("namespaces of %v: want the given one kept and the missing one filled in", slices.Collect(s.Objects()))
	}
}

func TestFindingsNameFileLineAndReason(t *testing.T) {
	const group = "apiVersion: vpc.githedgehog.com/v1beta1\n"
	w := with(t, map[string]string{
		"good.yaml":     vpc("good"),
		"broken.yaml":   vpc("in-broken") + "  x: {\n",
		"mistyped.yaml": group + "kind: VPCC\nmetadata: {name: x}\n",
		"nameless.yaml": vpc("first") + "---\n" + group + "kind: VPC\nspec: {}\n",
		"kindless.yaml": "metadata: {name: x}\nspec: {}\n",
		"sops.yaml":     vpc("sealed") + "sops: {}\n",
		"template.yaml": "{{- if x }}\n" + vpc("{{ name }}") + "{{- end }}\n",
		"text.yaml":     "just words\n",
		"lfs.yaml":      "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n",
		"large.yaml":    "# " + strings.Repeat("x", 9<<20) + "\n",
	})
	s := read(t, pool().Source([]repo.Location{{URL: w.dir, Branch: "main"}}))
	wantNames(t, s, "first", "good")
	want := []string{
		"broken.yaml:7: did not find expected node content",
		"kindless.yaml:1: no kind",
		"large.yaml:0: larger than 8 MiB: not read",
		"lfs.yaml:0: kept in Git LFS, of which Git holds only a pointer: not read",
		`mistyped.yaml:1: unknown kind "VPCC" in group vpc.githedgehog.com`,
		"nameless.yaml:8: VPC: no metadata.name",
		"sops.yaml:1: encrypted with SOPS: not rendered",
		"template.yaml:1: looks like a template ({{): did not find expected node content",
		"text.yaml:1: not a Kubernetes object: the document is no mapping",
	}
	if got := findings(s); !slices.Equal(got, want) {
		t.Errorf("findings\n got %s\nwant %s", strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
	for _, f := range s.Findings {
		switch f.Path {
		case "mistyped.yaml":
			if f.Key.Kind != "VPCC" || f.Key.Namespace != "default" {
				t.Errorf("key of a mistyped kind %#v", f.Key)
			}
		case "nameless.yaml":
			if f.Key != (core.Key{}) || !strings.HasPrefix(string(f.Text), "---") || strings.Contains(string(f.Text), "first") {
				t.Errorf("finding without identity %+v with text %q, want no key and the document's own text", f, f.Text)
			}
		}
	}
}

func TestNothingInABrokenFileIsAbsent(t *testing.T) {
	w := with(t, map[string]string{"broken.yaml": vpc("in-broken") + "\t\n x: [", "good.yaml": vpc("good"), "sops.yaml": vpc("sealed") + "sops: {}\n"})
	s := read(t, pool().Source([]repo.Location{{URL: w.dir, Branch: "main"}}))
	for name, want := range map[string]core.Presence{"in-broken": core.Unread, "sealed": core.Unread, "good": core.Present, "elsewhere": core.Absent} {
		if got := s.Side(key(name)); got.Presence != want {
			t.Errorf("%s is %v (%s), want %v", name, got.Presence, got.Reason, want)
		}
	}
}

func TestIdentityClaimedTwiceIsAFinding(t *testing.T) {
	w := with(t, map[string]string{
		"one/a.yaml": vpc("a") + "---\n" + vpc("same"),
		"one/b.yaml": vpc("a") + "  ipv4Namespace: other\n",
		"two/c.yaml": vpc("same") + "---\n" + vpc("c"),
	})
	s := read(t, pool().Source([]repo.Location{{URL: w.dir, Branch: "main", Path: "one"}, {URL: w.dir, Branch: "main", Path: "two"}}))
	wantNames(t, s, "c")
	want := []string{"one/a.yaml:1: also in one/b.yaml:1; different", "one/a.yaml:8: also in two/c.yaml:1; identical"}
	if got := findings(s); !slices.Equal(got, want) {
		t.Errorf("findings %q, want %q", got, want)
	}
	if side := s.Side(key("a")); side.Presence != core.Unread || s.Findings[0].Key != key("a") {
		t.Errorf("an object that is claimed twice is %v with finding %#v", side.Presence, s.Findings[0].Key)
	}
}

func TestLinksAndSubmodulesAreNotFollowed(t *testing.T) {
	w := with(t, map[string]string{"dc1/real/a.yaml": vpc("a"), "README.md": "x", "dc2/b.yaml": vpc("b")})
	for link, target := range map[string]string{
		"dc1/inside.yaml":  "real/a.yaml",
		"dc1/insidedir":    "real",
		"dc1/self":         ".",
		"dc1/outside.yaml": "../dc2/b.yaml",
		"dc1/outsidedir":   "../dc2",
		"dc1/up":           "..",
		"dc1/passwd.yaml":  "/etc/passwd",
		"dc1/readme.md":    "../README.md",
		"dc1/skipped":      "../dc2",
		"dc1/chain.yaml":   "outside.yaml",
	} {
		if err := os.Symlink(target, filepath.Join(w.dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	w.git("add", "dc1")
	w.git("update-index", "--add", "--cacheinfo", "160000,"+w.git("rev-parse", "HEAD")+",dc1/module")
	w.git("commit", "-q", "-m", "links")

	s := read(t, pool().Source([]repo.Location{{URL: w.dir, Branch: "main", Path: "dc1", Exclude: []string{"skipped/**"}}}))
	wantNames(t, s, "a")
	want := []string{
		`dc1/chain.yaml:0: a symbolic link to "outside.yaml": not followed`,
		`dc1/inside.yaml:0: a symbolic link to "real/a.yaml": not followed`,
		`dc1/insidedir:0: a symbolic link to "real": not followed`,
		"dc1/module:0: a submodule: not read",
		`dc1/outside.yaml:0: a symbolic link to "../dc2/b.yaml": not followed`,
		`dc1/outsidedir:0: a symbolic link to "../dc2": not followed`,
		`dc1/passwd.yaml:0: a symbolic link to "/etc/passwd": not followed`,
		`dc1/self:0: a symbolic link to ".": not followed`,
		`dc1/up:0: a symbolic link to "..": not followed`,
	}
	if got := findings(s); !slices.Equal(got, want) {
		t.Errorf("findings\n got %s\nwant %s", strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
	for _, f := range s.Findings {
		inside := f.Path == "dc1/inside.yaml" || f.Path == "dc1/insidedir" || f.Path == "dc1/self"
		if f.Opaque == inside {
			t.Errorf("%s: opaque = %v", f.Path, f.Opaque)
		}
	}
}

func TestPathThatIsNoFolderIsInvalid(t *testing.T) {
	w := with(t, map[string]string{"dc1/a.yaml": vpc("a")})
	if err := os.Symlink("dc1", filepath.Join(w.dir, "link")); err != nil {
		t.Fatal(err)
	}
	w.commit()
	for path, want := range map[string]string{
		"dc2":        `no folder "dc2" on branch "main" (fix git.path)`,
		"dc1/a.yaml": `"a.yaml" in "dc1/a.yaml" on branch "main" is a file, not a folder (fix git.path)`,
		"link":       `"link" in "link" on branch "main" is a symbolic link, not a folder (fix git.path)`,
	} {
		r := readFailed(t, pool().Source([]repo.Location{{URL: w.dir, Branch: "main", Path: path}}))
		if r.Access != core.AccessInvalid || !strings.HasSuffix(r.Error, want) {
			t.Errorf("path %q: %s, %q; want invalid, %q", path, r.Access, r.Error, want)
		}
	}
}

func TestLocationThatCannotBeReadLeavesNothingAbsent(t *testing.T) {
	w := with(t, map[string]string{"dc1/a.yaml": vpc("a")})
	s := read(t, pool().Source([]repo.Location{{URL: w.dir, Branch: "main", Path: "dc1"}, {URL: w.dir, Branch: "main", Path: "gone"}}))
	if s.Side(key("a")).Presence != core.Present || s.Side(key("b")).Presence != core.Unread {
		t.Errorf("a is %v and b is %v, want present and unread", s.Side(key("a")).Presence, s.Side(key("b")).Presence)
	}
	if s.Readings[0].Access != core.AccessOK || s.Readings[1].Access != core.AccessInvalid {
		t.Errorf("readings %+v", s.Readings)
	}
}

func TestBadLocationsSayWhatToFix(t *testing.T) {
	w := with(t, map[string]string{"a.yaml": vpc("a")})
	w.git("branch", "dev")
	cases := []struct {
		name   string
		l      repo.Location
		access core.Access
		want   string
	}{
		{"branch", repo.Location{URL: w.dir, Branch: "prod"}, core.AccessInvalid, `no branch "prod"; it has dev, main (fix git.branch)`},
		{"no folder", repo.Location{URL: w.dir + "x", Branch: "main"}, core.AccessInvalid, "no such folder (fix git.url)"},
		{"no repository", repo.Location{URL: t.TempDir(), Branch: "main"}, core.AccessInvalid, "no Git repository there (fix git.url)"},
		{"relative", repo.Location{URL: "some/where", Branch: "main"}, core.AccessInvalid, "neither an address nor an absolute path (fix git.url)"},
		{"scheme", repo.Location{URL: "ftp://host/x", Branch: "main"}, core.AccessInvalid, "is neither https, ssh nor file (fix git.url)"},
		{"remote file", repo.Location{URL: "file://host/x", Branch: "main"}, core.AccessInvalid, "names another host (fix git.url)"},
		{"glob", repo.Location{URL: w.dir, Branch: "main", Include: []string{"[a"}}, core.AccessInvalid, `"[a" is no glob (fix git.include or git.exclude)`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := readFailed(t, pool().Source([]repo.Location{c.l}))
			if r.Access != c.access || !strings.HasSuffix(r.Error, c.want) {
				t.Errorf("%s, %q; want %s, …%q", r.Access, r.Error, c.access, c.want)
			}
		})
	}
}

func TestMovedBranchIsReadAnew(t *testing.T) {
	w := with(t, map[string]string{"a.yaml": vpc("a")})
	src := pool().Source([]repo.Location{{URL: w.dir, Branch: "main"}})
	first := readOK(t, src)
	again := readOK(t, src)
	if again.Side(key("a")).Object != first.Side(key("a")).Object {
		t.Error("an unchanged branch was parsed again")
	}
	w.write("b.yaml", vpc("b"))
	head := w.commit()
	moved := readOK(t, src)
	wantNames(t, moved, "a", "b")
	if moved.Readings[0].Revision != head {
		t.Errorf("revision %s, want %s", moved.Readings[0].Revision, head)
	}
	other := scope()
	other.Namespace = "elsewhere"
	k := key("a")
	k.Namespace = "elsewhere"
	if src.Read(t.Context(), other).Side(k).Presence != core.Present {
		t.Error("a read with another namespace gave the snapshot of the first")
	}
	w.git("reset", "-q", "--hard", "HEAD~1")
	wantNames(t, readOK(t, src), "a")
	w.git("checkout", "-q", "-b", "other")
	w.git("branch", "-D", "main")
	r := readFailed(t, src)
	if r.Access != core.AccessInvalid || r.Revision == "" || r.ReadAt.IsZero() {
		t.Errorf("reading of a deleted branch %+v, want invalid with the last good revision", r)
	}
}

func TestKindsOfAFabricWidenWhatIsRead(t *testing.T) {
	w := with(t, map[string]string{"a.yaml": vpc("a") + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n"})
	src := pool().Source([]repo.Location{{URL: w.dir, Branch: "main"}})
	wide := scope()
	wide.Kinds = core.KindFilter{Kinds: []string{"ConfigMap"}}
	wantNames(t, readOK(t, src), "a")
	wantNames(t, src.Read(t.Context(), wide), "x")
}

func TestRepositoryFormsOnThisMachine(t *testing.T) {
	w := with(t, map[string]string{"a.yaml": vpc("a")})
	bare := filepath.Join(t.TempDir(), "bare.git")
	git(t, "", "clone", "-q", "--bare", w.dir, bare)
	tree := filepath.Join(t.TempDir(), "tree")
	w.git("worktree", "add", "-q", tree, "-b", "side")
	shared := filepath.Join(t.TempDir(), "shared")
	git(t, "", "clone", "-q", "--shared", w.dir, shared)
	packed := filepath.Join(t.TempDir(), "packed")
	git(t, "", "clone", "-q", "--no-local", w.dir, packed)
	git(t, packed, "pack-refs", "--all")
	git(t, packed, "gc", "-q")
	for name, url := range map[string]string{
		"bare": bare, "bare without .git": strings.TrimSuffix(bare, ".git"), "work tree": tree, "alternates": shared,
		"packed": packed, "file": "file://" + bare, "localhost": "file://localhost" + bare,
	} {
		t.Run(name, func(t *testing.T) {
			for _, branch := range []string{"main", ""} {
				s := readOK(t, pool().Source([]repo.Location{{URL: url, Branch: branch}}))
				wantNames(t, s, "a")
				if branch == "" && s.Readings[0].Branch != "main" {
					t.Errorf("branch of HEAD is %q", s.Readings[0].Branch)
				}
			}
		})
	}
}

// TestDefaultBranchIsTold, whichever branch is read, and also when it becomes
// another one without a commit.
func TestDefaultBranchIsTold(t *testing.T) {
	w := with(t, map[string]string{"a.yaml": vpc("a")})
	w.git("branch", "prod")
	s := serveHTTP(t, w, (*httptest.Server).Start)
	for _, url := range []string{s.URL + "/work", w.dir} {
		src := pool().Source([]repo.Location{{URL: url, Branch: "prod"}})
		for _, head := range []string{"main", "prod"} {
			w.git("symbolic-ref", "HEAD", "refs/heads/"+head)
			if r := readOK(t, src).Readings[0]; r.DefaultBranch != head || r.Branch != "prod" {
				t.Errorf("%s: reading %+v, want %s for the default branch", url, r, head)
			}
		}
		w.git("checkout", "-q", "--detach")
		if r := readOK(t, src).Readings[0]; r.DefaultBranch != "" {
			t.Errorf("%s: the default branch of a detached HEAD is %q", url, r.DefaultBranch)
		}
	}
}

func TestRepositoryPackedWhileReadIsReadAgain(t *testing.T) {
	w := newWorld(t)
	for i := range 50 {
		w.write(string(rune('a'+i%26))+strings.Repeat("x", i/26)+".yaml", vpc("v"+strings.Repeat("x", i)))
	}
	w.commit()
	stop, stopped := make(chan struct{}), make(chan struct{})
	defer func() {
		close(stop)
		<-stopped
	}()
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				// Without t: a goroutine of its own must not end the test.
				_ = exec.Command("git", "-C", w.dir, "-c", "user.name=x", "-c", "user.email=x@x", "commit", "-q", "--allow-empty", "-m", "y").Run()
				_ = exec.Command("git", "-C", w.dir, "gc", "-q", "--prune=now").Run()
			}
		}
	}()
	for deadline := time.Now().Add(2 * time.Second); time.Now().Before(deadline); {
		s := readOK(t, pool().Source([]repo.Location{{URL: w.dir, Branch: "main"}}))
		if s.Len() != 50 {
			t.Fatalf("%d objects, want 50", s.Len())
		}
	}
}

func TestPackThatIsAwayForAMomentIsWaitedFor(t *testing.T) {
	w := newWorld(t)
	w.write("a.yaml", vpc("a"))
	w.commit()
	git(t, w.dir, "gc", "-q", "--prune=now")
	packs, err := filepath.Glob(filepath.Join(w.dir, ".git/objects/pack/*"))
	if err != nil || len(packs) == 0 {
		t.Fatalf("packs %v, %v", packs, err)
	}
	for _, file := range packs {
		if err := os.Rename(file, file+".away"); err != nil {
			t.Fatal(err)
		}
	}
	back := time.AfterFunc(150*time.Millisecond, func() {
		for _, file := range packs {
			_ = os.Rename(file+".away", file) // the read fails if it does
		}
	})
	defer back.Stop()
	wantNames(t, readOK(t, pool().Source([]repo.Location{{URL: w.dir, Branch: "main"}})), "a")
}
