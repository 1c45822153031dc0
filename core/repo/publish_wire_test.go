package repo_test

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/repo"
)

// TestPublishingCostsThreeRequests counts them, in a process that has read the
// branch: where it is, the push, and where it is now.
func TestPublishingCostsThreeRequests(t *testing.T) {
	w := bare(t, map[string]string{"a.yaml": vpc("a")})
	s := serveHTTP(t, w, (*httptest.Server).Start)
	p := pool()
	l := repo.Location{URL: s.URL + "/work", Branch: "main"}
	base := readOK(t, p.Source([]repo.Location{l})).Readings[0].Revision
	asked := s.count("")
	door := p.Publisher(l, ops())
	pub := prepared(t, door, changing(t, door, l.URL, base, "a.yaml", "x: 1\n"))
	if n := s.count("") - asked; n != 0 {
		t.Errorf("%d requests to prepare", n)
	}
	published(t, door, pub, core.Landed)
	if n := s.count("") - asked; n != 3 {
		t.Errorf("%d requests to publish, want 3", n)
	}
}

// TestPushThatIsStillUnderWayMayBeSentAgain has a hook that takes longer than
// anybody waits.
func TestPushThatIsStillUnderWayMayBeSentAgain(t *testing.T) {
	for _, way := range []string{"http", "ssh"} {
		t.Run(way, func(t *testing.T) {
			w := bare(t, map[string]string{"a.yaml": vpc("a")})
			l := ways(t, w)[way]
			gate := filepath.Join(t.TempDir(), "gate")
			open := func() {
				if err := os.WriteFile(gate, nil, 0o600); err != nil {
					t.Error(err)
				}
			}
			t.Cleanup(open)
			w.hook("pre-receive", "while [ ! -e "+gate+" ]; do sleep 0.05; done\n")
			hasty := pool(func(c *repo.Config) { c.Timeout = time.Second }).Publisher(l, ops())
			pub := prepared(t, hasty, changing(t, hasty, l.URL, w.tip("main"), "a.yaml", "x: 1\n"))
			if out := published(t, hasty, pub, core.Unclear); !strings.Contains(out.Err.Error(), "no answer in time") {
				t.Errorf("%v", out.Err)
			}
			open()
			door := pool().Publisher(l, ops())
			for deadline := time.Now().Add(time.Minute); ; {
				out := door.Publish(t.Context(), pub)
				if out.Outcome == core.Landed {
					break
				}
				// The first one may hold the branch at this moment.
				if out.Outcome != core.Unsent || time.Now().After(deadline) {
					t.Fatalf("outcome %q, %v", out.Outcome, out.Err)
				}
			}
			if n := w.git("rev-list", "--count", "main"); n != "2" || w.tip("main") != pub.Commit {
				t.Errorf("%s commits, want 2", n)
			}
		})
	}
}

// TestReadOnlyKeyIsToldApart has ssh servers that let a key read, and say no to
// a push in their own ways.
func TestReadOnlyKeyIsToldApart(t *testing.T) {
	for says, want := range map[string]core.Outcome{
		"ERROR: The key you are authenticating with has been marked as read only.":        core.Refused,
		"remote: GitLab: You are not allowed to push code to this project.":               core.Refused,
		"remote: ERROR: A repository for this project does not exist yet.":                core.Refused,
		"fatal: Could not read from remote repository.\r\n\x1b[1mcheck the access rights": core.Refused,
	} {
		w := bare(t, map[string]string{"a.yaml": vpc("a")})
		s := serveSSH(t)
		s.refuses = says
		l := repo.Location{URL: "ssh://git@" + s.address + w.dir, Branch: "main", SSHKeyFile: s.client, KnownHostsFile: s.knownHosts(t, s.hostKey)}
		door := pool().Publisher(l, ops())
		pub := prepared(t, door, changing(t, door, l.URL, w.tip("main"), "a.yaml", "x: 1\n"))
		out := published(t, door, pub, want)
		if !strings.Contains(out.Err.Error(), strings.Fields(says)[1]) {
			t.Errorf("%v, want it in the words %q", out.Err, says)
		}
	}
}

func TestRepositoryOnThisMachineNeedsGit(t *testing.T) {
	w := bare(t, map[string]string{"a.yaml": vpc("a")})
	l := repo.Location{URL: w.dir, Branch: "main"}
	door := pool().Publisher(l, ops())
	base := w.tip("main")
	pub := prepared(t, door, changing(t, door, l.URL, base, "a.yaml", "x: 1\n"))
	path := os.Getenv("PATH")
	t.Setenv("PATH", t.TempDir())
	out := published(t, door, pub, core.Refused)
	t.Setenv("PATH", path)
	if !strings.Contains(out.Err.Error(), "there is no git program in PATH") || w.tip("main") != base {
		t.Errorf("%v", out.Err)
	}
}

// TestWorkTreeOfOthersIsLeftAlone publishes to a branch that is not checked out.
func TestWorkTreeOfOthersIsLeftAlone(t *testing.T) {
	w := with(t, map[string]string{"a.yaml": vpc("a")})
	w.git("checkout", "-q", "-b", "other")
	l := repo.Location{URL: "file://" + w.dir, Branch: "main"}
	door := pool().Publisher(l, ops())
	pub := prepared(t, door, changing(t, door, l.URL, w.tip("main"), "a.yaml", "x: 1\n"))
	published(t, door, pub, core.Landed)
	if w.tip("main") != pub.Commit || w.git("status", "--porcelain") != "" || w.git("symbolic-ref", "HEAD") != "refs/heads/other" {
		t.Errorf("the work tree was touched: %s", w.git("status"))
	}
}

// TestNobodyIsGivenTheBranchOfBeforeAPush has sources that begin right after it,
// when an answer of before would still be fresh.
func TestNobodyIsGivenTheBranchOfBeforeAPush(t *testing.T) {
	w := bare(t, map[string]string{"a.yaml": vpc("a")})
	s := serveHTTP(t, w, (*httptest.Server).Start)
	now := time.Unix(epoch, 0)
	p := pool(func(c *repo.Config) { c.Now = func() time.Time { return now } })
	l := repo.Location{URL: s.URL + "/work", Branch: "main"}
	head := func() string { return readOK(t, p.Source([]repo.Location{l})).Readings[0].Revision }
	door := p.Publisher(l, ops())
	pub := prepared(t, door, changing(t, door, l.URL, head(), "a.yaml", vpc("a")+"# 1\n"))
	published(t, door, pub, core.Landed)
	if got := head(); got != pub.Commit {
		t.Errorf("after it landed the branch is read at %s, want %s", got, pub.Commit)
	}
	pub = prepared(t, door, changing(t, door, l.URL, head(), "a.yaml", vpc("a")+"# 2\n"))
	other := w.elsewhere("main", "b.yaml", vpc("b"))
	published(t, door, pub, core.RaceLost)
	if got := head(); got != other {
		t.Errorf("after a lost race the branch is read at %s, want %s", got, other)
	}
}
