package gitserver

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/cgi"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"selvage/testdata/lab/pki"
)

const (
	prefix       = "/git/"
	readyTimeout = 10 * time.Second
)

// validName is what a repository may be called.
var validName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)

// Account is a user name with its password.
type Account struct{ User, Password string }

// Repo is one bare repository.
type Repo struct {
	Name         string
	Dir          string // the bare repository
	URL          string // without account
	TLSURL       string // the same over TLS; Server.CA signed its certificate
	Push, Reader Account
}

// Server serves repositories. Make one with Serve, end it with Close.
type Server struct {
	root    string
	backend string
	ca      []byte
	plain   net.Listener
	secure  net.Listener
	http    *http.Server
	serving sync.WaitGroup

	mu    sync.RWMutex
	repos map[string]Repo
}

// Serve starts a server that keeps its repositories in root.
func Serve(ctx context.Context, root string, authority *pki.Authority, errlog *log.Logger) (*Server, error) {
	out, err := exec.CommandContext(ctx, "git", "--exec-path").Output()
	if err != nil {
		return nil, fmt.Errorf("ask git for its programs (install git): %w", err)
	}
	s := &Server{
		root:    root,
		backend: filepath.Join(strings.TrimSpace(string(out)), "git-http-backend"),
		ca:      authority.PEM(),
		repos:   make(map[string]Repo),
	}
	if _, err := os.Stat(s.backend); err != nil {
		return nil, fmt.Errorf("find git http-backend (install the full git package): %w", err)
	}
	leaf, err := authority.Server()
	if err != nil {
		return nil, err
	}
	tlsConfig, err := leaf.TLS()
	if err != nil {
		return nil, err
	}
	if s.plain, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("listen for git: %w", err)
	}
	if s.secure, err = tls.Listen("tcp", "127.0.0.1:0", tlsConfig); err != nil {
		s.plain.Close()
		return nil, fmt.Errorf("listen for git over TLS: %w", err)
	}
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: readyTimeout, ErrorLog: errlog}
	for _, l := range []net.Listener{s.plain, s.secure} {
		s.serving.Go(func() {
			if err := s.http.Serve(l); !errors.Is(err, http.ErrServerClosed) {
				errlog.Printf("git server: %v", err)
			}
		})
	}
	return s, nil
}

// Close ends the server at once. The repositories stay.
func (s *Server) Close() error {
	err := s.http.Close()
	s.serving.Wait()
	if err != nil {
		return fmt.Errorf("close the git server: %w", err)
	}
	return nil
}

// CA returns the certificate that clients of a TLSURL are to trust.
func (s *Server) CA() []byte { return s.ca }

// Create makes an empty bare repository and serves it.
func (s *Server) Create(ctx context.Context, name string) (Repo, error) {
	if !validName.MatchString(name) {
		return Repo{}, fmt.Errorf("create repository %q: use small letters, digits and hyphens", name)
	}
	dir := filepath.Join(s.root, name+".git")
	if _, err := os.Stat(dir); err == nil {
		return Repo{}, fmt.Errorf("create repository %q: it exists", name)
	}
	cmd := exec.CommandContext(ctx, "git", "init", "--quiet", "--bare", "--initial-branch=main", dir)
	cmd.Env = Environ()
	if out, err := cmd.CombinedOutput(); err != nil {
		return Repo{}, fmt.Errorf("create repository %q: %w: %s", name, err, bytes.TrimSpace(out))
	}
	path := prefix + name + ".git"
	repo := Repo{
		Name: name, Dir: dir,
		URL:    "http://" + s.plain.Addr().String() + path,
		TLSURL: "https://" + s.secure.Addr().String() + path,
		Push:   Account{User: "pusher", Password: rand.Text()},
		Reader: Account{User: "reader", Password: rand.Text()},
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.repos[name] = repo
	return repo, nil
}

// Remove ends serving a repository and deletes it.
func (s *Server) Remove(name string) error {
	s.mu.Lock()
	repo, ok := s.repos[name]
	delete(s.repos, name)
	s.mu.Unlock()
	if !ok {
		return fmt.Errorf("remove repository %q: no such repository", name)
	}
	if err := os.RemoveAll(repo.Dir); err != nil {
		return fmt.Errorf("remove repository %q: %w", name, err)
	}
	return nil
}

// Repo returns a repository by its name.
func (s *Server) Repo(name string) (Repo, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	repo, ok := s.repos[name]
	return repo, ok
}

// ServeHTTP checks the account and lets git answer.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rest, ok := strings.CutPrefix(r.URL.Path, prefix)
	name, _, _ := strings.Cut(rest, ".git")
	repo, exists := s.Repo(name)
	user, password, given := r.BasicAuth()
	if !ok || !exists {
		http.NotFound(w, r)
		return
	}
	var account Account
	switch user {
	case repo.Push.User:
		account = repo.Push
	case repo.Reader.User:
		account = repo.Reader
	}
	if !given || account.User == "" || subtle.ConstantTimeCompare([]byte(password), []byte(account.Password)) == 0 {
		w.Header().Set("WWW-Authenticate", `Basic realm="lab"`)
		http.Error(w, "authentication required", http.StatusUnauthorized)
		return
	}
	if len(r.TransferEncoding) > 0 {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		r.Body, r.ContentLength, r.TransferEncoding = io.NopCloser(bytes.NewReader(body)), int64(len(body)), nil
	}
	env := append(Environ(), "GIT_PROJECT_ROOT="+s.root, "GIT_HTTP_EXPORT_ALL=1")
	if account == repo.Push {
		env = append(env, "REMOTE_USER="+user) // what lets http-backend take a push
	}
	backend := cgi.Handler{
		Path: s.backend, Root: strings.TrimSuffix(prefix, "/"), Env: env,
		Logger: s.http.ErrorLog, Stderr: s.http.ErrorLog.Writer(),
	}
	backend.ServeHTTP(w, r)
}

// Environ is the environment git runs in: no configuration but the
// repository's own, no questions asked.
func Environ() []string {
	return []string{
		"PATH=" + os.Getenv("PATH"),
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_TERMINAL_PROMPT=0",
	}
}
