package labtest

import (
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"selvage/testdata/labtest/client"
)

// Repo is a bare repository of the lab, and a work tree of it for the test.
type Repo struct {
	URL     string // over HTTP, without account
	TLSURL  string // over HTTPS, without account
	CAFile  string // certificate that signed the server's of TLSURL
	FileURL string // the bare repository on disk

	ReadUser, ReadPassword string // may fetch; a push is answered 403
	PushUser, PushPassword string // may fetch and push

	Dir string // the work tree

	t    testing.TB
	info client.Repo
}

// Repo makes an empty repository with the branch main. It ends with the test.
func (l *Lab) Repo(t testing.TB) *Repo {
	t.Helper()
	info := ask[client.Repo](t, l, client.VerbRepoCreate, client.CreateRepo{Name: slug(t.Name())})
	atEnd(t, l, client.VerbRepoRemove, info.ID)
	r := &Repo{
		URL: info.URL, TLSURL: info.TLSURL, CAFile: info.CAFile,
		FileURL:  (&url.URL{Scheme: "file", Path: info.Dir}).String(),
		ReadUser: info.ReadOnly.User, ReadPassword: info.ReadOnly.Password,
		PushUser: info.Pusher.User, PushPassword: info.Pusher.Password,
		Dir: t.TempDir(), t: t, info: info,
	}
	r.Git("init", "--quiet", "--initial-branch=main")
	r.Git("remote", "add", "origin", r.withAccount(r.PushUser, r.PushPassword))
	return r
}

// withAccount is the URL with a name and a password in it.
func (r *Repo) withAccount(user, password string) string {
	u, err := url.Parse(r.URL)
	if err != nil {
		r.t.Fatalf("labtest: read the URL of a repository: %v", err)
	}
	u.User = url.UserPassword(user, password)
	return u.String()
}

// Write writes a file of the work tree, with the directories it needs.
func (r *Repo) Write(path, content string) {
	r.t.Helper()
	full := filepath.Join(r.Dir, path)
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		r.t.Fatalf("labtest: write %s: %v", path, err)
	}
	if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
		r.t.Fatalf("labtest: write %s: %v", path, err)
	}
}

// Remove removes a file or a directory of the work tree.
func (r *Repo) Remove(path string) {
	r.t.Helper()
	if err := os.RemoveAll(filepath.Join(r.Dir, path)); err != nil {
		r.t.Fatalf("labtest: remove %s: %v", path, err)
	}
}

// Commit commits the whole work tree, pushes it over HTTP to the branch it is
// on, and returns the commit.
func (r *Repo) Commit(message string) string {
	r.t.Helper()
	r.Git("add", "--all")
	r.Git("commit", "--quiet", "--message", message)
	r.Git("push", "--quiet", "origin", "HEAD")
	return r.Git("rev-parse", "HEAD")
}

// Git runs git in the work tree and returns what it printed, without the last
// line break. The test ends when it fails.
func (r *Repo) Git(args ...string) string {
	r.t.Helper()
	out, err := r.TryGit(args...)
	if err != nil {
		r.t.Fatalf("labtest: git %s in %s: %v: %s", strings.Join(args, " "), r.Dir, err, out)
	}
	return out
}

// TryGit is Git for what may fail; what was printed is returned even then.
// Neither the configuration of the user nor that of the system is read.
func (r *Repo) TryGit(args ...string) (string, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir = r.Dir
	// A test run by a commit hook has variables that point git elsewhere.
	env := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "GIT_") })
	cmd.Env = append(env,
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_TERMINAL_PROMPT=0",
		"GIT_AUTHOR_NAME=Olga Operator", "GIT_AUTHOR_EMAIL=olga@example.com",
		"GIT_COMMITTER_NAME=Olga Operator", "GIT_COMMITTER_EMAIL=olga@example.com",
	)
	out, err := cmd.CombinedOutput()
	return strings.TrimRight(string(out), "\n"), err
}
