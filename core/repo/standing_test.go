package repo_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/repo"
)

func TestKnockTellsWhetherAPushWouldBeLetIn(t *testing.T) {
	w := bare(t, map[string]string{"a.yaml": vpc("a")})
	before := w.tip("main")
	for way, l := range ways(t, w) {
		t.Run(way, func(t *testing.T) {
			if err := pool().Publisher(l, ops()).Knock(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	if now := w.tip("main"); now != before {
		t.Errorf("the branch went from %s to %s", before, now)
	}
}

func TestKnockTellsWhatIsInTheWay(t *testing.T) {
	w := bare(t, map[string]string{"a.yaml": vpc("a")})
	https := serveHTTP(t, w, (*httptest.Server).Start)
	readOnly := func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.URL.Query().Get("service") == "git-receive-pack" {
			http.Error(w, "You are not allowed to push code to this project.", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	}
	https.set(func() { https.fault = readOnly })
	shell := serveSSH(t)
	shell.refuses = "ERROR: The key you are authenticating with has been marked as read only."
	overSSH := repo.Location{URL: "ssh://git@" + shell.address + w.dir, Branch: "main", SSHKeyFile: shell.client, KnownHostsFile: shell.knownHosts(t, shell.hostKey)}
	signed := ops()
	signed.SSHKey = filepath.Join(t.TempDir(), "none")
	for name, c := range map[string]struct {
		at   repo.Location
		by   repo.Authorship
		want string
	}{
		"no right to push over https": {repo.Location{URL: https.URL + "/work", Branch: "main"}, ops(), "ask for the right to write"},
		"read-only ssh key":           {overSSH, ops(), "marked as read only"},
		"nobody to be the author":     {repo.Location{URL: w.dir, Branch: "main"}, repo.Authorship{}, "set git.author"},
		"signing key that is missing": {repo.Location{URL: w.dir, Branch: "main"}, signed, "git.sign.key"},
		"no repository":               {repo.Location{URL: filepath.Join(w.dir, "no"), Branch: "main"}, ops(), "no such"},
		"no address":                  {repo.Location{URL: "gopher://x"}, ops(), "git.url"},
	} {
		t.Run(name, func(t *testing.T) {
			err := pool(func(c *repo.Config) { c.Home = "" }).Publisher(c.at, c.by).Knock(t.Context())
			if err == nil || !strings.Contains(err.Error(), c.want) || !errors.As(err, new(*core.Error)) {
				t.Errorf("%v, want …%q", err, c.want)
			}
		})
	}
	if n := https.count("POST"); n > 0 {
		t.Errorf("%d requests were sent that may write", n)
	}
}

func TestKnockWithoutGitIsRefusedForALocalRepository(t *testing.T) {
	w := bare(t, map[string]string{"a.yaml": vpc("a")})
	t.Setenv("PATH", t.TempDir())
	err := pool().Publisher(repo.Location{URL: w.dir, Branch: "main"}, ops()).Knock(t.Context())
	if err == nil || !strings.Contains(err.Error(), "install git") {
		t.Error(err)
	}
}

func TestLoginOfAGitServerTellsWhenItEnds(t *testing.T) {
	w := bare(t, map[string]string{"a.yaml": vpc("a")})
	s := serveHTTP(t, w, (*httptest.Server).StartTLS)
	missing := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(missing, []byte("geheim\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := pool(trusting(s)).Publisher(repo.Location{URL: s.URL + "/work", Branch: "main", PasswordFile: missing}, ops())
	if err := p.Knock(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(missing); err != nil {
		t.Fatal(err)
	}
	l := p.ReadLogin(t.Context())
	if !l.Clock || l.Ahead.Abs() > 30*time.Second {
		t.Errorf("clock %t, %s ahead", l.Clock, l.Ahead)
	}
	found := map[string]core.Credential{}
	for _, c := range l.Credentials {
		found[c.What] = c
	}
	if c := found["server certificate"]; !c.Ends.Equal(s.Certificate().NotAfter) {
		t.Errorf("%+v", c)
	}
	if c := found["password"]; c.Err == nil || c.From != missing {
		t.Errorf("%+v, want one that cannot be read", c)
	}
}

func TestKeyThatCannotBeUsedIsTold(t *testing.T) {
	shell := serveSSH(t)
	key := filepath.Join(t.TempDir(), "id")
	if err := os.WriteFile(key, []byte("no key"), 0o600); err != nil {
		t.Fatal(err)
	}
	at := repo.Location{URL: "ssh://git@" + shell.address + "/x", SSHKeyFile: key, KnownHostsFile: shell.knownHosts(t, shell.hostKey)}
	l := pool().Publisher(at, ops()).ReadLogin(t.Context())
	if len(l.Credentials) != 1 || l.Credentials[0].Err == nil || l.Credentials[0].From != key {
		t.Errorf("%+v", l)
	}
	at.SSHKeyFile = shell.client
	if l = pool().Publisher(at, ops()).ReadLogin(t.Context()); len(l.Credentials) != 1 || l.Credentials[0].Err != nil {
		t.Errorf("%+v", l)
	}
}
