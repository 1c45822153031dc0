package repo_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/crypto/ssh"

	"selvage/core/repo"
)

// gitServer serves a directory of repositories over smart HTTP with the real
// git http-backend. Faults stand in front of it.
type gitServer struct {
	*httptest.Server
	backend http.Handler

	mu       sync.Mutex
	requests []string // "GET /work.git/info/refs"
	headers  []http.Header
	fault    func(w http.ResponseWriter, r *http.Request, next http.Handler)
	user     string // Basic auth is asked for where it is set
	password string
}

// serveHTTP serves the world at URL + "/work".
func serveHTTP(t testing.TB, w *world, start func(*httptest.Server)) *gitServer {
	t.Helper()
	backend := filepath.Join(git(t, "", "--exec-path"), "git-http-backend")
	s := &gitServer{backend: &cgi.Handler{Path: backend, Root: "/", Stderr: io.Discard, Logger: log.New(io.Discard, "", 0), Env: []string{
		"GIT_PROJECT_ROOT=" + filepath.Dir(w.dir), "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null",
		"GIT_CONFIG_COUNT=2", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*",
		"GIT_CONFIG_KEY_1=http.receivepack", "GIT_CONFIG_VALUE_1=true",
	}}}
	s.Server = httptest.NewUnstartedServer(s)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	start(s.Server)
	t.Cleanup(s.Close)
	t.Cleanup(s.CloseClientConnections)
	return s
}

func (s *gitServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.requests = append(s.requests, r.Method+" "+r.URL.Path)
	s.headers = append(s.headers, r.Header.Clone())
	fault, user, password := s.fault, s.user, s.password
	s.mu.Unlock()
	if fault != nil {
		fault(w, r, s.backend)
		return
	}
	if u, p, _ := r.BasicAuth(); user != "" && (u != user || p != password) {
		w.Header().Set("WWW-Authenticate", `Basic realm="git"`)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	s.backend.ServeHTTP(w, r)
}

// set changes how the server behaves from now on.
func (s *gitServer) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// count is how many requests there were of a method so far.
func (s *gitServer) count(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, r := range s.requests {
		if strings.HasPrefix(r, method) {
			n++
		}
	}
	return n
}

// sawCredentials tells whether any request carried some.
func (s *gitServer) sawCredentials() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, h := range s.headers {
		if h.Get("Authorization") != "" {
			return true
		}
	}
	return false
}

// trusting makes a pool trust the test server's certificate.
func trusting(s *gitServer) func(*repo.Config) {
	return func(c *repo.Config) {
		c.RootCAs = x509.NewCertPool()
		c.RootCAs.AddCert(s.Certificate())
	}
}

func onGET(f http.HandlerFunc) func(http.ResponseWriter, *http.Request, http.Handler) {
	return onMethod(http.MethodGet, f)
}

func onPOST(f http.HandlerFunc) func(http.ResponseWriter, *http.Request, http.Handler) {
	return onMethod(http.MethodPost, f)
}

func onMethod(method string, f http.HandlerFunc) func(http.ResponseWriter, *http.Request, http.Handler) {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Method == method {
			f(w, r)
			return
		}
		next.ServeHTTP(w, r)
	}
}

// sshServer is an SSH server in this process that runs the real
// git upload-pack and git receive-pack.
type sshServer struct {
	address string
	hostKey ssh.Signer
	client  string // the private key that it accepts, in OpenSSH's form
	signer  ssh.Signer
	refuses string // what it says to who wants to push, "" to let them

	mu       sync.Mutex
	commands []string
}

func newKey(t testing.TB) (ssh.Signer, []byte) {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	return signer, pemOf(block)
}

func serveSSH(t testing.TB) *sshServer {
	t.Helper()
	hostKey, _ := newKey(t)
	signer, private := newKey(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &sshServer{address: listener.Addr().String(), hostKey: hostKey, signer: signer, client: filepath.Join(t.TempDir(), "id")}
	if err := os.WriteFile(s.client, private, 0o600); err != nil {
		t.Fatal(err)
	}
	config := &ssh.ServerConfig{PublicKeyCallback: func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
		if bytes.Equal(key.Marshal(), signer.PublicKey().Marshal()) {
			return nil, nil
		}
		return nil, errors.New("another key")
	}}
	config.AddHostKey(hostKey)
	var running sync.WaitGroup
	t.Cleanup(running.Wait)
	t.Cleanup(func() { _ = listener.Close() })
	running.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			running.Go(func() { s.serve(conn, config) })
		}
	})
	return s
}

func (s *sshServer) serve(conn net.Conn, config *ssh.ServerConfig) {
	server, channels, requests, err := ssh.NewServerConn(conn, config)
	if err != nil {
		_ = conn.Close()
		return
	}
	defer server.Close()
	go ssh.DiscardRequests(requests)
	for c := range channels {
		channel, requests, err := c.Accept()
		if err != nil {
			return
		}
		for r := range requests {
			if r.Type != "exec" {
				_ = r.Reply(false, nil)
				continue
			}
			_ = r.Reply(true, nil)
			s.run(channel, string(r.Payload[4:]))
			break
		}
		_ = channel.Close()
	}
}

func (s *sshServer) run(channel ssh.Channel, command string) {
	s.mu.Lock()
	s.commands = append(s.commands, command)
	s.mu.Unlock()
	if s.refuses != "" && strings.HasPrefix(command, "git-receive-pack") {
		_, _ = io.WriteString(channel.Stderr(), s.refuses+"\n")
		_, _ = channel.SendRequest("exit-status", false, ssh.Marshal(struct{ Code uint32 }{128}))
		return
	}
	cmd := exec.Command("sh", "-c", "exec git "+strings.TrimPrefix(command, "git-"))
	cmd.Env = append(cmd.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*")
	cmd.Stdout, cmd.Stderr = channel, channel.Stderr()
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return
	}
	go func() {
		_, _ = io.Copy(stdin, channel)
		_ = stdin.Close()
	}()
	code := 0
	if err := cmd.Run(); err != nil {
		code = 128
	}
	_, _ = channel.SendRequest("exit-status", false, ssh.Marshal(struct{ Code uint32 }{uint32(code)}))
}

// knownHosts writes a known_hosts file that confirms the key for the server.
func (s *sshServer) knownHosts(t testing.TB, key ssh.Signer) string {
	t.Helper()
	host, port, _ := net.SplitHostPort(s.address)
	file := filepath.Join(t.TempDir(), "known_hosts")
	text := fmt.Sprintf("[%s]:%s %s", host, port, ssh.MarshalAuthorizedKey(key.PublicKey()))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// seen is the commands that the server was sent.
func (s *sshServer) seen() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.commands)
}
