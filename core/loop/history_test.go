package loop_test

import (
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/dump"
	"selvage/core/loop"
	"selvage/core/repo"
)

// world is a fabric with a repository that git itself makes, and a dump for its
// cluster.
type world struct {
	t    testing.TB
	dir  string
	days int // that have passed since the first commit
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir()}
	w.write("dump.yaml", "")
	w.git("init", "-q", "-b", "main", "repo")
	return w
}

func (w *world) git(args ...string) {
	w.t.Helper()
	cmd := exec.CommandContext(w.t.Context(), "git", args...)
	cmd.Dir = w.dir
	if args[0] != "init" {
		cmd.Dir = filepath.Join(w.dir, "repo")
	}
	date := w.now().Format(time.RFC3339)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull,
		"GIT_AUTHOR_NAME=Kim", "GIT_AUTHOR_EMAIL=kim@netops.example", "GIT_AUTHOR_DATE="+date,
		"GIT_COMMITTER_NAME=Kim", "GIT_COMMITTER_EMAIL=kim@netops.example", "GIT_COMMITTER_DATE="+date)
	if out, err := cmd.CombinedOutput(); err != nil {
		w.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

func (w *world) now() time.Time {
	return time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC).AddDate(0, 0, w.days)
}

func (w *world) write(name, text string) {
	w.t.Helper()
	path := filepath.Join(w.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// vpcs is a manifest of VPCs: name, VLAN and description of each.
func vpcs(all ...[3]string) string {
	var docs []string
	for _, v := range all {
		docs = append(docs, fmt.Sprintf(`{apiVersion: vpc.githedgehog.com/v1beta1, kind: VPC, metadata: {name: %s, namespace: default},
  spec: {mode: %s, subnets: {one: {subnet: 10.0.0.0/24, vlan: %s}}}}`, v[0], v[2], v[1]))
	}
	return strings.Join(docs, "\n---\n") + "\n"
}

// commit makes the repository say something, a day after it said something else.
func (w *world) commit(text string) {
	w.t.Helper()
	w.days++
	w.write("repo/dc1/vpcs.yaml", text)
	w.git("add", ".")
	w.git("commit", "-qm", "day "+fmt.Sprint(w.days))
}

// operator is somebody with a history of his own, who looks at the world.
func (w *world) operator() *loop.Loop {
	log := slog.New(slog.DiscardHandler)
	pool := repo.NewPool(repo.Config{
		Now: w.now, Log: log, Home: w.dir, LookupEnv: func(string) (string, bool) { return "", false },
		CacheDir: filepath.Join(w.t.TempDir(), "cache"),
	})
	return loop.New(loop.Config{
		Units: []loop.Unit{{
			Fabric: core.Fabric{ID: "dc1", Namespace: "default", Timeout: time.Minute, PendingLimit: 1000 * time.Hour},
			Git:    pool.Source([]repo.Location{{URL: filepath.Join(w.dir, "repo"), Branch: "main", Path: "dc1"}}),
			Live:   dump.New(dump.Config{Path: filepath.Join(w.dir, "dump.yaml"), ClusterName: "dc1", Now: w.now}),
		}},
		History: &memory{}, Now: w.now, Jitter: func(d time.Duration) time.Duration { return d }, Log: log,
	})
}

func look(t *testing.T, l *loop.Loop) *core.Report {
	t.Helper()
	if err := l.Check(t.Context(), "dc1"); err != nil {
		t.Fatalf("Check = %v", err)
	}
	if err := l.Settle(t.Context(), "dc1"); err != nil {
		t.Fatalf("Settle = %v", err)
	}
	return l.Fleet().Fabrics[0].Report
}

// said is a verdict without the times that an operator was not there for.
func said(v core.Verdict) string {
	s := fmt.Sprintf("%s %s", v.Key.Name, v.State)
	for _, c := range v.Changes {
		s += fmt.Sprintf(" (%s %s, by %.7s)", c.Path, c.Verdict, c.Commit.ID)
	}
	return s
}

// TestOldAndEmptyStoreNameTheSame commits: one operator has looked at the world
// every day, another one comes today.
func TestOldAndEmptyStoreNameTheSame(t *testing.T) {
	w := newWorld(t)
	old := w.operator()
	w.commit(vpcs([3]string{"ahead", "1001", "l2vni"}, [3]string{"twice", "1002", "l2vni"}, [3]string{"calm", "1003", "l2vni"}, [3]string{"gone", "1004", "l2vni"}))
	w.write("dump.yaml", vpcs([3]string{"ahead", "1001", "l2vni"}, [3]string{"twice", "1002", "l2vni"}, [3]string{"calm", "1003", "l2vni"}, [3]string{"gone", "1004", "l2vni"}))
	if r := look(t, old); r.Counts[core.InSync] != 4 {
		t.Fatalf("at the beginning: %v", r.Counts)
	}
	w.commit(vpcs([3]string{"ahead", "1011", "l2vni"}, [3]string{"twice", "1012", "l2vni"}, [3]string{"calm", "1003", "l2vni"}, [3]string{"gone", "1004", "l2vni"}))
	look(t, old)
	w.commit(vpcs([3]string{"ahead", "1011", "l2vni"}, [3]string{"twice", "1012", "l3vni"}, [3]string{"calm", "1003", "l2vni"}))
	seasoned, fresh := look(t, old), look(t, w.operator())
	if len(seasoned.Verdicts) != len(fresh.Verdicts) {
		t.Fatalf("%d verdicts with the old store, %d with the empty one", len(seasoned.Verdicts), len(fresh.Verdicts))
	}
	byName := map[string]string{}
	for _, v := range seasoned.Verdicts {
		byName[v.Key.Name] = said(v)
	}
	for _, v := range fresh.Verdicts {
		if got, want := said(v), byName[v.Key.Name]; got != want {
			t.Errorf("empty store: %s\nold store:   %s", got, want)
		}
		for _, c := range v.Changes {
			if !c.Commit.Known() || c.Commit.Author != "Kim" || c.Commit.Time.IsZero() {
				t.Errorf("%s %s: commit %+v, want one with author and time", v.Key, c.Path, c.Commit)
			}
		}
	}
	if fresh.Counts[core.InSync] != 1 || fresh.Counts[core.Differs] != 0 {
		t.Errorf("empty store: %v, want one in sync and none that only differs", fresh.Counts)
	}
}

// TestLaterEditNamesItsOwnCommit: what was looked up for one difference is no
// answer for another one, further back.
func TestLaterEditNamesItsOwnCommit(t *testing.T) {
	w := newWorld(t)
	l := w.operator()
	w.commit(vpcs([3]string{"a", "1001", "l2vni"}))
	w.commit(vpcs([3]string{"a", "1001", "l3vni"}))
	w.commit(vpcs([3]string{"a", "1002", "l3vni"}))
	w.write("dump.yaml", vpcs([3]string{"a", "1002", "l3vni"}))
	look(t, l)
	commits := map[core.Path]string{}
	for _, live := range []string{vpcs([3]string{"a", "1005", "l3vni"}), vpcs([3]string{"a", "1005", "l2vni"})} {
		w.write("dump.yaml", live)
		for _, c := range look(t, l).Verdicts[0].Changes {
			if commits[c.Path] != "" && commits[c.Path] != c.Commit.ID {
				t.Errorf("%s by %s, and now by %s", c.Path, commits[c.Path], c.Commit.ID)
			}
			commits[c.Path] = c.Commit.ID
		}
	}
	mode, vlan := commits[".spec.mode"], commits[".spec.subnets.one.vlan"]
	if mode == "" || vlan == "" || mode == vlan {
		t.Errorf("mode by %q, vlan by %q; want two commits", mode, vlan)
	}
}

func TestForcePushIsTold(t *testing.T) {
	w := newWorld(t)
	l := w.operator()
	w.commit(vpcs([3]string{"a", "1001", "l2vni"}))
	w.commit(vpcs([3]string{"a", "1002", "l2vni"}))
	w.write("dump.yaml", vpcs([3]string{"a", "1002", "l2vni"}))
	look(t, l)
	w.commit(vpcs([3]string{"a", "1003", "l2vni"}))
	if r := look(t, l); len(r.Rewrites) != 0 {
		t.Errorf("a commit more: %+v", r.Rewrites)
	}
	w.git("reset", "-q", "--hard", "HEAD~2")
	w.commit(vpcs([3]string{"a", "1003", "l2vni"}))
	if r := look(t, l); len(r.Rewrites) != 1 || r.Verdicts[0].State != core.Pending {
		t.Errorf("a rewritten branch: %+v, %s; want one rewrite and the verdict as it was", r.Rewrites, r.Verdicts[0].State)
	}
}
