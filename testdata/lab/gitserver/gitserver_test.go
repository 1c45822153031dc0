package gitserver

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"log"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"selvage/testdata/lab/pki"
)

// lockedBuffer is a log several goroutines write to.
type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func serve(t *testing.T) *Server {
	t.Helper()
	authority, err := pki.New("git")
	if err != nil {
		t.Fatal(err)
	}
	var lines lockedBuffer
	s, err := Serve(t.Context(), t.TempDir(), authority, log.New(&lines, "", 0))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("the server logged:\n%s", lines.String())
		}
	})
	return s
}

// git runs git in dir and returns what it printed.
func git(t *testing.T, dir string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = dir
	cmd.Env = append(Environ(),
		"GIT_AUTHOR_NAME=Olga", "GIT_AUTHOR_EMAIL=olga@example.com",
		"GIT_COMMITTER_NAME=Olga", "GIT_COMMITTER_EMAIL=olga@example.com")
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

func must(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, err := git(t, dir, args...)
	if err != nil {
		t.Fatalf("git %s: %v: %s", strings.Join(args, " "), err, out)
	}
	return out
}

func account(url string, a Account) string {
	return strings.Replace(url, "://", "://"+a.User+":"+a.Password+"@", 1)
}

// commit makes a work tree with one commit that has a file of n bytes that do
// not compress.
func commit(t *testing.T, n int) string {
	t.Helper()
	dir := t.TempDir()
	raw := make([]byte, n/2)
	if _, err := rand.Read(raw); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "file"), []byte(hex.EncodeToString(raw)), 0o600); err != nil {
		t.Fatal(err)
	}
	must(t, dir, "init", "--quiet", "--initial-branch=main")
	must(t, dir, "add", ".")
	must(t, dir, "commit", "--quiet", "--message", "first")
	return dir
}

func TestPushAndCloneOverHTTP(t *testing.T) {
	s := serve(t)
	for name, size := range map[string]int{"small": 100, "chunked": 5 << 20} {
		repo, err := s.Create(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		work := commit(t, size)
		must(t, work, "push", "--quiet", account(repo.URL, repo.Push), "main")
		head := must(t, work, "rev-parse", "HEAD")
		clone := t.TempDir()
		must(t, clone, "clone", "--quiet", account(repo.URL, repo.Reader), ".")
		if have := must(t, clone, "rev-parse", "HEAD"); have != head {
			t.Errorf("%s: cloned %s, pushed %s", name, have, head)
		}
		if have := must(t, repo.Dir, "rev-parse", "main"); have != head {
			t.Errorf("%s: on disk is %s, pushed %s", name, have, head)
		}
	}
}

func TestAccountsMayDoTheirPart(t *testing.T) {
	s := serve(t)
	mine, err := s.Create(t.Context(), "mine")
	if err != nil {
		t.Fatal(err)
	}
	other, err := s.Create(t.Context(), "other")
	if err != nil {
		t.Fatal(err)
	}
	work := commit(t, 10)
	for name, test := range map[string]struct{ url, want string }{
		"reader pushes":      {account(mine.URL, mine.Reader), "403"},
		"wrong password":     {account(mine.URL, Account{mine.Push.User, "x"}), "Authentication failed"},
		"unknown user":       {account(mine.URL, Account{"olga", mine.Push.Password}), "Authentication failed"},
		"another repository": {account(mine.URL, other.Push), "Authentication failed"},
		"no account":         {mine.URL, "could not read Username"},
		"no repository":      {account(strings.Replace(mine.URL, "mine", "none", 1), mine.Push), "not found"},
	} {
		out, err := git(t, work, "push", "--quiet", test.url, "main")
		if err == nil || !strings.Contains(out, test.want) {
			t.Errorf("%s: push = %v, %q, want %q", name, err, out, test.want)
		}
	}
	if out, err := git(t, work, "ls-remote", mine.URL); err == nil {
		t.Errorf("ls-remote without account = %q", out)
	}
}

func TestTLSAndRemoval(t *testing.T) {
	s := serve(t)
	repo, err := s.Create(t.Context(), "secure")
	if err != nil {
		t.Fatal(err)
	}
	ca := filepath.Join(t.TempDir(), "ca.crt")
	if err := os.WriteFile(ca, s.CA(), 0o600); err != nil {
		t.Fatal(err)
	}
	work := commit(t, 10)
	url := account(repo.TLSURL, repo.Push)
	must(t, work, "-c", "http.sslCAInfo="+ca, "push", "--quiet", url, "main")
	if out, err := git(t, work, "ls-remote", url); err == nil {
		t.Errorf("ls-remote without the authority = %q", out)
	}
	if _, err := s.Create(t.Context(), "secure"); err == nil {
		t.Error("a repository was made twice")
	}
	for _, name := range []string{"", "../up", "Upper", "a/b", "-x"} {
		if _, err := s.Create(t.Context(), name); err == nil {
			t.Errorf("Create(%q) made a repository", name)
		}
	}
	if err := s.Remove("secure"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(repo.Dir); !os.IsNotExist(err) {
		t.Errorf("after Remove: %v", err)
	}
	resp, err := http.Get(repo.URL + "/info/refs?service=git-upload-pack")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusNotFound {
		t.Errorf("after Remove: %s", resp.Status)
	}
	if err := s.Remove("secure"); err == nil {
		t.Error("a repository was removed twice")
	}
}
