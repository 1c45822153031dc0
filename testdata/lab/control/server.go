package control

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"selvage/testdata/lab/cluster"
	"selvage/testdata/lab/gitserver"
	"selvage/testdata/lab/pki"
	"selvage/testdata/lab/webhook"
)

// runDir is where the lab keeps what it makes, in its directory. It is emptied
// when a lab starts and removed when it ends.
const runDir = "run"

// startWithin is how long starting a cluster may take, on a busy machine.
const startWithin = 2 * time.Minute

var (
	errEnding = errors.New("the lab is ending; start another one")
	errShared = errors.New("the shared cluster belongs to everybody; open one of your own to do this")
)

// Config says how a lab runs. All fields are required.
type Config struct {
	Dir    string        // holds the socket; a short path, one lab at a time
	Linger time.Duration // how long the lab stays when nobody holds a lease
	Mutate webhook.Mutate
	Now    func() time.Time
	Log    *log.Logger
}

// server is a running lab.
type server struct {
	cfg    Config
	ctx    context.Context // ends when the lab does
	leases *leases
	owned  owned
	git    *gitserver.Server
	gitCA  string

	sharing sync.Mutex
	common  *cluster.Cluster // the shared one, nil until somebody asked for it

	mu   sync.Mutex
	dirs int
}

// Run runs a lab until ctx ends or it has not been used for the linger time.
func Run(ctx context.Context, cfg Config) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s := &server{cfg: cfg, ctx: ctx}
	run := filepath.Join(cfg.Dir, runDir)
	if err := errors.Join(os.RemoveAll(run), os.MkdirAll(run, 0o700)); err != nil {
		return fmt.Errorf("make the lab's directory: %w", err)
	}
	defer os.RemoveAll(run)
	if err := s.startGit(ctx, run); err != nil {
		return err
	}
	listener, err := listen(filepath.Join(cfg.Dir, SocketName))
	if err != nil {
		return errors.Join(err, s.git.Close())
	}
	s.leases = newLeases(cfg.Linger, func() {
		listener.Close() // removes the socket, so that the next client starts a lab
		cancel()
	})
	web := &http.Server{Handler: s.routes(), ErrorLog: cfg.Log, ReadHeaderTimeout: time.Minute}
	served := make(chan error, 1)
	go func() { served <- web.Serve(listener) }()
	select {
	case <-ctx.Done():
		err = nil
	case err = <-served:
		err = unlessClosed(err)
		cancel()
	}
	// The handlers end with ctx; they close what belongs to their leases.
	stop, done := context.WithTimeout(context.Background(), startWithin)
	defer done()
	return errors.Join(err, unlessClosed(web.Shutdown(stop)), s.git.Close(), s.closeShared())
}

// unlessClosed drops the error of a listener that the last lease closed.
func unlessClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// listen takes the socket over from a lab that is gone.
func listen(path string) (net.Listener, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("remove an old socket: %w", err)
	}
	listener, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("listen on %q: %w", path, err)
	}
	return listener, nil
}

func (s *server) startGit(ctx context.Context, run string) error {
	root := filepath.Join(run, "git")
	if err := os.Mkdir(root, 0o700); err != nil {
		return fmt.Errorf("make the directory of repositories: %w", err)
	}
	authority, err := pki.New("lab git")
	if err != nil {
		return err
	}
	s.gitCA = filepath.Join(root, "ca.crt")
	if err := os.WriteFile(s.gitCA, authority.PEM(), 0o600); err != nil {
		return fmt.Errorf("write the certificate of the git server: %w", err)
	}
	s.git, err = gitserver.Serve(ctx, root, authority, s.cfg.Log)
	return err
}

// shared returns the shared cluster; the first call starts it.
func (s *server) shared() (*cluster.Cluster, error) {
	s.sharing.Lock()
	defer s.sharing.Unlock()
	if s.common != nil {
		return s.common, nil
	}
	c, _, err := s.newCluster(OpenCluster{Name: "shared"})
	if err != nil {
		return nil, err
	}
	s.common = c
	return c, nil
}

// closeShared ends the shared cluster if it was started.
func (s *server) closeShared() error {
	s.sharing.Lock()
	defer s.sharing.Unlock()
	if s.common == nil {
		return nil
	}
	return s.common.Close()
}

// newCluster starts a cluster in a directory of its own, with the name,
// definitions and rules that are asked for.
func (s *server) newCluster(req OpenCluster) (_ *cluster.Cluster, dir string, err error) {
	if dir, err = s.newDir("c"); err != nil {
		return nil, "", err
	}
	ctx, cancel := context.WithTimeout(s.ctx, startWithin)
	defer cancel()
	c, err := cluster.Start(ctx, cluster.Config{
		Name: req.Name, Dir: dir, Mutate: s.cfg.Mutate, Now: s.cfg.Now, Log: s.cfg.Log,
		Definitions: req.Definitions, Validate: req.Validate,
	})
	if err != nil {
		return nil, "", errors.Join(err, os.RemoveAll(dir))
	}
	return c, dir, nil
}

// newDir makes a directory. Its path is short, for the sockets in it.
func (s *server) newDir(prefix string) (string, error) {
	s.mu.Lock()
	s.dirs++
	n := s.dirs
	s.mu.Unlock()
	dir := filepath.Join(s.cfg.Dir, runDir, prefix+strconv.Itoa(n))
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", fmt.Errorf("make a directory: %w", err)
	}
	return dir, nil
}
