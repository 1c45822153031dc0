package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

const (
	logName    = "lab.log"
	lockName   = "start.lock"
	startsIn   = time.Minute      // how long a lab may take to open its socket
	tailOfLog  = 4 << 10          // bytes of the log in an error
	lingerFor  = 30 * time.Second // how long a lab waits for the next user
	userPrefix = "selvage-lab-"
)

// Options say which lab to attach to. The zero value is the one all tests share.
type Options struct {
	Dir    string        // of the lab; short, as it holds sockets
	Linger time.Duration // of a lab that is started; 30 s when 0
	Log    io.Writer     // told about a build; standard error when nil
}

// Session is a lease on a running lab. It ends with Close or with the process.
type Session struct {
	Programs Programs
	Dir      string
	PID      int // of the lab

	client *http.Client
	lease  string
	body   io.Closer
}

// errEnded is what a lab answers that is about to end.
var errEnded = errors.New("the lab is ending")

// Attach builds the lab if needed, starts it if it does not run, and takes a
// lease on it.
func Attach(ctx context.Context, opts Options) (*Session, error) {
	if opts.Log == nil {
		opts.Log = os.Stderr
	}
	if opts.Linger == 0 {
		opts.Linger = lingerFor
	}
	programs, err := Build(ctx, opts.Log)
	if err != nil {
		return nil, err
	}
	if opts.Dir == "" {
		opts.Dir = filepath.Join(os.TempDir(), userPrefix+strconv.Itoa(os.Getuid()), programs.Hash[:12])
	}
	if err := os.MkdirAll(opts.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the directory of the lab: %w", err)
	}
	unlock, err := lock(ctx, filepath.Join(opts.Dir, lockName))
	if err != nil {
		return nil, err
	}
	defer unlock()
	ctx, cancel := context.WithTimeout(ctx, startsIn)
	defer cancel()
	for {
		s := &Session{Programs: programs, Dir: opts.Dir, client: socketClient(filepath.Join(opts.Dir, SocketName))}
		err := s.takeLease(ctx)
		switch {
		case err == nil:
			return s, nil
		case errors.Is(err, errEnded), errors.Is(err, syscall.ECONNRESET), errors.Is(err, io.EOF):
			continue // it ends now; the next try finds no socket
		case errors.Is(err, os.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED):
			if err := launch(ctx, programs.Lab, opts); err != nil {
				return nil, err
			}
		default:
			return nil, err
		}
	}
}

// socketClient makes an HTTP client that reaches one socket.
func socketClient(socket string) *http.Client {
	return &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", socket)
		},
	}}
}

// takeLease opens the request that stays open.
func (s *Session) takeLease(ctx context.Context) error {
	// The lease outlives ctx, which only limits the wait for it.
	open, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, cancel)
	req, err := http.NewRequestWithContext(open, http.MethodGet, "http://lab"+LeasePath, http.NoBody)
	if err != nil {
		cancel()
		return fmt.Errorf("ask for a lease: %w", err)
	}
	resp, err := s.client.Do(req)
	if err != nil {
		cancel()
		return fmt.Errorf("ask for a lease: %w", err)
	}
	var lease Lease
	switch {
	case resp.StatusCode == http.StatusServiceUnavailable:
		err = errEnded
	case resp.StatusCode != http.StatusOK:
		err = fmt.Errorf("ask for a lease: the lab answered %s", resp.Status)
	default:
		err = json.NewDecoder(resp.Body).Decode(&lease)
	}
	if err == nil && !stop() {
		err = ctx.Err()
	}
	if err != nil {
		resp.Body.Close()
		cancel()
		return fmt.Errorf("take a lease: %w", err)
	}
	s.lease, s.PID, s.body = lease.ID, lease.PID, closeFunc(func() error { cancel(); return resp.Body.Close() })
	return nil
}

type closeFunc func() error

func (f closeFunc) Close() error { return f() }

// Close gives the lease back; the lab closes everything made under it.
func (s *Session) Close() error {
	if err := s.body.Close(); err != nil {
		return fmt.Errorf("give the lease back: %w", err)
	}
	return nil
}

// LogFile returns the path of the lab's log.
func (s *Session) LogFile() string { return filepath.Join(s.Dir, logName) }

// launch starts a lab and returns when it takes connections.
func launch(ctx context.Context, program string, opts Options) error {
	log, err := os.Create(filepath.Join(opts.Dir, logName))
	if err != nil {
		return fmt.Errorf("open the log of the lab: %w", err)
	}
	defer log.Close()
	cmd := exec.Command(program, "serve", "--dir", opts.Dir, "--linger", opts.Linger.String())
	cmd.Dir = opts.Dir
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Env = append(os.Environ(), "ETCD_CLIENT_DEBUG=fatal") // or each stop of a cluster is a page of warnings
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the lab: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		var d net.Dialer
		if conn, err := d.DialContext(ctx, "unix", filepath.Join(opts.Dir, SocketName)); err == nil {
			conn.Close()
			return nil
		}
		select {
		case err := <-ended:
			if err == nil {
				return nil // its linger time was over before anybody came; try again
			}
			return fmt.Errorf("start the lab: it ended (%v); the end of its log %s:\n%s", err, log.Name(), tail(log.Name()))
		case <-ctx.Done():
			return fmt.Errorf("start the lab: no socket in %s, see %s: %w", opts.Dir, log.Name(), ctx.Err())
		case <-tick.C:
		}
	}
}

// tail returns the end of a file, as far as it can be read.
func tail(path string) []byte {
	content, err := os.ReadFile(path)
	if err != nil {
		return []byte(err.Error())
	}
	return bytes.TrimSpace(content[max(0, len(content)-tailOfLog):])
}
