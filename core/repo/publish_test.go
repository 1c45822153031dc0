package repo_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/repo"
)

// bare is a bare repository of one commit on main, as a server has one.
func bare(t testing.TB, files map[string]string) *world {
	t.Helper()
	w := with(t, files)
	b := &world{t: t, dir: filepath.Join(t.TempDir(), "work")}
	git(t, "", "clone", "-q", "--bare", w.dir, b.dir)
	b.git("config", "uploadpack.allowFilter", "true")
	return b
}

// tip is the commit that a branch is at, "" for none.
func (w *world) tip(branch string) string {
	w.t.Helper()
	return w.git("for-each-ref", "--format=%(objectname)", "refs/heads/"+branch)
}

// elsewhere commits to a branch as somebody else would, with git itself, and
// gives the commit.
func (w *world) elsewhere(branch, path, content string, options ...string) string {
	w.t.Helper()
	dir := filepath.Join(w.t.TempDir(), "clone")
	git(w.t, "", "clone", "-q", "-b", branch, w.dir, dir)
	c := &world{t: w.t, dir: dir}
	c.write(path, content)
	c.git("add", "-A")
	c.git(append([]string{"commit", "-q", "-m", "elsewhere"}, options...)...)
	c.git("push", "-q", "--force", "origin", "HEAD:"+branch)
	return c.git("rev-parse", "HEAD")
}

// hook puts a hook into a repository.
func (w *world) hook(name, script string) {
	w.t.Helper()
	dir := w.git("rev-parse", "--absolute-git-dir")
	if err := os.WriteFile(filepath.Join(dir, "hooks", name), []byte("#!/bin/sh\n"+script), 0o700); err != nil { //nolint:gosec // a hook is run
		w.t.Fatal(err)
	}
}

func ops() repo.Authorship { return repo.Authorship{Name: "Net Ops", Email: "ops@example.net"} }

// changing is a publication that makes a file what content says.
func changing(t testing.TB, p *repo.Publisher, url, base, path, content string) core.Publication {
	t.Helper()
	files, err := p.Files(t.Context(), base, []string{path})
	if err != nil {
		t.Fatalf("read %s at %s: %v", path, base, err)
	}
	return core.Publication{
		URL: url, Branch: "main", Base: base, Subject: "set " + path, SyncID: "run-1", Fabrics: []core.FabricID{"dc1"},
		Changes: []core.FileChange{{Path: path, Before: files[path].ID, After: []byte(content)}},
	}
}

func prepared(t testing.TB, p *repo.Publisher, pub core.Publication) core.Publication {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	pub, err := p.Prepare(ctx, pub)
	if err != nil {
		t.Fatalf("Prepare: %v", err)
	}
	return pub
}

func published(t testing.TB, p *repo.Publisher, pub core.Publication, want core.Outcome) core.Published {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out := p.Publish(ctx, pub)
	wantOutcome(t, out, want)
	return out
}

func wantOutcome(t testing.TB, out core.Published, want core.Outcome) {
	t.Helper()
	if out.Outcome != want || (out.Err == nil) != (want == core.Landed) {
		t.Fatalf("outcome %q at %q, %v, says %q; want %q", out.Outcome, out.Head, out.Err, out.Says, want)
	}
	if out.Err != nil && (strings.ContainsAny(out.Err.Error(), "\r\n\x1b") || len(out.Err.Error()) > 900) {
		t.Errorf("the error is not one inert line: %q", out.Err)
	}
	if strings.ContainsAny(out.Says, "\r\x1b") || len(out.Says) > 1100 {
		t.Errorf("what the server says is not inert: %q", out.Says)
	}
}

// ways are the ways to one repository.
func ways(t *testing.T, w *world) map[string]repo.Location {
	t.Helper()
	h, s := serveHTTP(t, w, (*httptest.Server).Start), serveSSH(t)
	return map[string]repo.Location{
		"http": {URL: h.URL + "/work", Branch: "main"},
		"ssh":  {URL: "ssh://git@" + s.address + w.dir, Branch: "main", SSHKeyFile: s.client, KnownHostsFile: s.knownHosts(t, s.hostKey)},
		"file": {URL: w.dir, Branch: "main"},
	}
}

func TestCommitArrivesAsItWasPrepared(t *testing.T) {
	for _, way := range []string{"http", "ssh", "file"} {
		t.Run(way, func(t *testing.T) {
			w := bare(t, map[string]string{"dc1/a.yaml": vpc("a"), "dc1/b.yaml": vpc("b"), "run.sh": "x"})
			l := ways(t, w)[way]
			p := pool()
			src, door := p.Source([]repo.Location{l}), p.Publisher(l, ops())
			base := readOK(t, src).Readings[0].Revision
			pub := changing(t, door, l.URL, base, "dc1/a.yaml", vpc("a")+"  vlan: 7\n")
			pub.Changes = append(pub.Changes, core.FileChange{Path: "dc1/new/c.yaml", After: []byte(vpc("c"))})
			pub = prepared(t, door, pub)
			if w.tip("main") != base {
				t.Fatal("preparing moved the branch")
			}
			out := published(t, door, pub, core.Landed)
			if out.Head != pub.Commit || w.tip("main") != pub.Commit {
				t.Errorf("the branch is at %s, the outcome says %s; want %s", w.tip("main"), out.Head, pub.Commit)
			}
			w.git("fsck", "--strict", "--full")
			if got, want := w.git("log", "-1", "--format=%an <%ae>, %cn <%ce>%n%B", "main"), "Net Ops <ops@example.net>, Net Ops <ops@example.net>\nset dc1/a.yaml\n\nSync-Id: run-1\nFabric: dc1"; got != want {
				t.Errorf("commit\n%s\nwant\n%s", got, want)
			}
			if got, want := w.git("diff", "--stat", "--summary", base, "main"), "2 files changed, 7 insertions(+)"; !strings.Contains(got, want) {
				t.Errorf("the commit changes\n%s\nwant %s", got, want)
			}
			if got, want := w.git("for-each-ref"), pub.Commit+" commit\trefs/heads/main"; got != want {
				t.Errorf("references\n%s\nwant\n%s", got, want)
			}
			wantNames(t, readOK(t, src), "a", "b", "c")
			// Whoever does not remember may ask, or send it again.
			wantOutcome(t, door.Settle(t.Context(), pub), core.Landed)
			published(t, door, pub, core.Landed)
			head := w.elsewhere("main", "other.yaml", vpc("d"))
			if out := published(t, pool().Publisher(l, ops()), pub, core.Landed); out.Head != head {
				t.Errorf("the branch is at %s, want %s", out.Head, head)
			}
			if n := w.git("rev-list", "--count", "main"); n != "3" {
				t.Errorf("%s commits, want 3", n)
			}
		})
	}
}

// TestWhatBecameOfTheBranchIsTold has every way in which it may have moved, of
// publications that were sent before and of those that were not.
func TestWhatBecameOfTheBranchIsTold(t *testing.T) {
	for _, way := range []string{"http", "ssh", "file"} {
		t.Run(way, func(t *testing.T) {
			for name, c := range map[string]struct {
				happens func(w *world, base string)
				want    core.Outcome
			}{
				"nothing":              {func(*world, string) {}, core.Unsent},
				"another commit":       {func(w *world, _ string) { w.elsewhere("main", "x", "1") }, core.RaceLost},
				"many commits":         {func(w *world, _ string) { w.elsewhere("main", "x", "1"); w.elsewhere("main", "x", "2") }, core.RaceLost},
				"removed":              {func(w *world, _ string) { w.git("update-ref", "-d", "refs/heads/main") }, core.BranchGone},
				"renamed":              {func(w *world, _ string) { w.git("branch", "-m", "main", "trunk") }, core.BranchGone},
				"set back":             {func(w *world, base string) { w.git("update-ref", "refs/heads/main", base+"~1") }, core.Rewound},
				"set back and went on": {func(w *world, _ string) { w.elsewhere("main", "x", "1", "--amend") }, core.Rewound},
			} {
				w := bare(t, map[string]string{"a.yaml": vpc("a")})
				w.elsewhere("main", "b.yaml", vpc("b"))
				l := ways(t, w)[way]
				door := pool().Publisher(l, ops())
				base := w.tip("main")
				pub := prepared(t, door, changing(t, door, l.URL, base, "a.yaml", vpc("a")+"# x\n"))
				c.happens(w, base)
				before := w.git("for-each-ref")
				out := door.Settle(t.Context(), pub)
				if wantOutcome(t, out, c.want); out.Head != w.tip("main") {
					t.Errorf("%s: the branch is at %q, want %q", name, out.Head, w.tip("main"))
				}
				if c.want == core.Unsent {
					continue
				}
				published(t, door, pub, c.want)
				published(t, pool().Publisher(l, ops()), pub, c.want)
				if after := w.git("for-each-ref"); after != before {
					t.Errorf("%s: references\n%s\nwere\n%s", name, after, before)
				}
			}
		})
	}
}

func TestServersAndHooksMayRefuse(t *testing.T) {
	for _, way := range []string{"http", "ssh", "file"} {
		for name, c := range map[string]struct {
			arrange   func(w *world)
			says, err string
		}{
			"pre-receive hook": {func(w *world) {
				w.hook("pre-receive", "printf '\\033[31mno change\\033[0m without\\n a \\033]0;title\\007ticket\\r\\n' >&2; exit 1\n")
			}, "no change without\na ticket", "pre-receive hook declined"},
			"update hook": {func(w *world) { w.hook("update", "echo \"$1 is protected\"; exit 1\n") }, "refs/heads/main is protected", "hook declined"},
			"deny rule": {func(w *world) {
				w.git("config", "receive.denyCurrentBranch", "refuse")
				w.git("config", "core.bare", "false")
			}, "", "branch is currently checked out"},
			"hidden branch": {func(w *world) { w.git("config", "receive.hideRefs", "refs/heads/main") }, "", ""},
		} {
			t.Run(way+"/"+name, func(t *testing.T) {
				w := bare(t, map[string]string{"a.yaml": vpc("a")})
				l := ways(t, w)[way]
				door := pool().Publisher(l, ops())
				base := w.tip("main")
				pub := prepared(t, door, changing(t, door, l.URL, base, "a.yaml", vpc("a")+"# x\n"))
				c.arrange(w)
				if name == "hidden branch" {
					// A server that hides it from those who write seems to have none.
					if out := door.Publish(t.Context(), pub); out.Outcome != core.BranchGone && out.Outcome != core.Refused {
						t.Errorf("outcome %q, %v", out.Outcome, out.Err)
					}
				} else {
					out := published(t, door, pub, core.Refused)
					if !strings.Contains(out.Err.Error(), c.err) || !strings.Contains(out.Says, c.says) || !out.Protected {
						t.Errorf("%v, says %q, protected %v; want %q and %q", out.Err, out.Says, out.Protected, c.err, c.says)
					}
				}
				if w.git("--git-dir=.", "rev-parse", "refs/heads/main") != base {
					t.Error("the branch moved")
				}
			})
		}
	}
}

func TestNothingIsCommittedWhereNothingChanges(t *testing.T) {
	w := bare(t, map[string]string{"a.yaml": vpc("a"), "b.yaml": vpc("b")})
	s := serveHTTP(t, w, (*httptest.Server).Start)
	p := pool()
	l := repo.Location{URL: s.URL + "/work", Branch: "main"}
	base := readOK(t, p.Source([]repo.Location{l})).Readings[0].Revision
	door := p.Publisher(l, ops())
	asked := s.count("")
	for name, changes := range map[string][]core.FileChange{
		"no change":     nil,
		"the same":      changing(t, door, l.URL, base, "a.yaml", vpc("a")).Changes,
		"all the same":  append(changing(t, door, l.URL, base, "a.yaml", vpc("a")).Changes, changing(t, door, l.URL, base, "b.yaml", vpc("b")).Changes...),
		"empty, to say": {},
	} {
		pub := core.Publication{URL: l.URL, Branch: "main", Base: base, Subject: "x", Changes: changes}
		if _, err := door.Prepare(t.Context(), pub); !errors.Is(err, core.ErrNoChange) {
			t.Errorf("%s: %v, want ErrNoChange", name, err)
		}
	}
	if n := s.count("") - asked; n != 0 {
		t.Errorf("%d requests for nothing", n)
	}
}

func TestWhatThePublicationIsNotOfIsNotPrepared(t *testing.T) {
	w := bare(t, map[string]string{"a.yaml": vpc("a"), "deep/b.yaml": vpc("b")})
	l := repo.Location{URL: w.dir, Branch: "main"}
	door := pool().Publisher(l, ops())
	base := w.tip("main")
	good := changing(t, door, l.URL, base, "a.yaml", "x")
	for name, c := range map[string]struct {
		change func(*core.Publication)
		want   string
	}{
		"another repository": {func(p *core.Publication) { p.URL += "x" }, "it is for branch"},
		"another branch":     {func(p *core.Publication) { p.Branch = "x" }, "it is for branch"},
		"no subject":         {func(p *core.Publication) { p.Subject = " \n" }, "no subject"},
		"prepared":           {func(p *core.Publication) { p.Commit = base }, "prepared already"},
		"the branch aside":   {func(p *core.Publication) { p.Side = "main" }, "no name for a branch"},
		"a bad name aside":   {func(p *core.Publication) { p.Side = "a..b" }, "no name for a branch"},
		"another base":       {func(p *core.Publication) { p.Base = strings.Repeat("1", 40) }, "the branch has moved"},
		"no base":            {func(p *core.Publication) { p.Base = "" }, "the branch has moved"},
		"made from another":  {func(p *core.Publication) { p.Changes[0].Before = strings.Repeat("1", 40) }, "the base has something else there"},
		"made from nothing":  {func(p *core.Publication) { p.Changes[0].Before = "" }, "the base has something else there"},
		"outside":            {func(p *core.Publication) { p.Changes[0].Path = "../a.yaml" }, "leaves its folder"},
	} {
		pub := good
		pub.Changes = append([]core.FileChange(nil), good.Changes...)
		c.change(&pub)
		if got, err := door.Prepare(t.Context(), pub); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v (commit %q), want %q", name, err, got.Commit, c.want)
		}
	}
	// What was changed after it was prepared makes another commit.
	pub := prepared(t, door, good)
	pub.Changes[0].After = []byte("y")
	out := published(t, door, pub, core.Refused)
	if !strings.Contains(out.Err.Error(), "it makes the commit") || w.tip("main") != base {
		t.Errorf("%v", out.Err)
	}
	wantOutcome(t, door.Publish(t.Context(), good), core.Refused)
}

// TestCommitFollowsFromItsPublication prepares in one process what another one
// makes again.
func TestCommitFollowsFromItsPublication(t *testing.T) {
	w := bare(t, map[string]string{"a.yaml": vpc("a")})
	l := repo.Location{URL: w.dir, Branch: "main"}
	base := w.tip("main")
	for i := range 20 {
		zone := time.FixedZone("x", (i-10)*3661)
		now := time.Unix(epoch+int64(i), 123).In(zone)
		door := pool(func(c *repo.Config) { c.Now = func() time.Time { return now } }).Publisher(l, ops())
		pub := changing(t, door, l.URL, base, "a.yaml", fmt.Sprint("x: ", i))
		pub.Body = "why\n\nbecause"
		pub = prepared(t, door, pub)
		again := pub
		again.Commit = ""
		other := pool(func(c *repo.Config) { c.Now = func() time.Time { return now.Add(time.Hour) } }).Publisher(l, repo.Authorship{Name: "x", Email: "y"})
		if again = prepared(t, other, again); again.Commit != pub.Commit {
			t.Errorf("the commit is %s the second time, and was %s", again.Commit, pub.Commit)
		}
	}
}
