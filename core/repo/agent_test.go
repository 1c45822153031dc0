package repo_test

import (
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"selvage/core"
	"selvage/core/repo"
)

// deadAgent listens as an ssh agent whose other end is gone: it takes
// connections and never answers. asked gets a value for each question, closed
// for each connection that the other side closed.
func deadAgent(t *testing.T) (socket string, asked, closed chan struct{}) {
	t.Helper()
	asked, closed = make(chan struct{}, 100), make(chan struct{}, 100)
	return listen(t, func(conn net.Conn) {
		if n, _ := conn.Read(make([]byte, 1)); n > 0 {
			asked <- struct{}{}
		}
		_, _ = io.Copy(io.Discard, conn)
		_ = conn.Close()
		closed <- struct{}{}
	}), asked, closed
}

func TestDeadAgentIsDoneWithout(t *testing.T) {
	w := with(t, map[string]string{"a.yaml": vpc("a")})
	s := serveSSH(t)
	home := t.TempDir()
	private, err := os.ReadFile(s.client)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(home, ".ssh"), 0o700); err != nil {
		t.Fatal(err)
	}
	socket, _, closed := deadAgent(t)
	src := pool(func(c *repo.Config) {
		c.Home, c.Timeout = home, 2*time.Second
		c.LookupEnv = func(name string) (string, bool) { return socket, name == "SSH_AUTH_SOCK" }
	}).Source([]repo.Location{{URL: "ssh://git@" + s.address + w.dir, Branch: "main", KnownHostsFile: s.knownHosts(t, s.hostKey)}})

	r := readFailed(t, src)
	if r.Access != core.AccessUnauthorized || !strings.Contains(r.Error, "ssh agent: no answer within 500ms") {
		t.Errorf("without another key: %s, %q", r.Access, r.Error)
	}
	wantSoon(t, closed, "the connection to the agent stays open")
	if err := os.WriteFile(filepath.Join(home, ".ssh", "id_ed25519"), private, 0o600); err != nil {
		t.Fatal(err)
	}
	wantNames(t, readOK(t, src), "a")
	wantSoon(t, closed, "the connection to the agent stays open")
}

func TestDeadAgentEndsWithItsReader(t *testing.T) {
	w := with(t, map[string]string{"a.yaml": vpc("a")})
	s := serveSSH(t)
	socket, asked, closed := deadAgent(t)
	p := pool(func(c *repo.Config) {
		c.Timeout = time.Hour
		c.LookupEnv = func(name string) (string, bool) { return socket, name == "SSH_AUTH_SOCK" }
	})
	ctx, cancel := contextOf(t)
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.Source([]repo.Location{{URL: "ssh://git@" + s.address + w.dir, Branch: "main", KnownHostsFile: s.knownHosts(t, s.hostKey)}}).Read(ctx, scope())
	}()
	wantSoon(t, asked, "the agent is not asked")
	cancel()
	<-done
	wantSoon(t, closed, "the connection to the agent stays open")
}

// stuck is an agent that tells its keys, and asks a person who is away whether
// it may use one.
type stuck struct {
	agent.ExtendedAgent
	asked, over chan struct{}
}

func (s stuck) SignWithFlags(ssh.PublicKey, []byte, agent.SignatureFlags) (*ssh.Signature, error) {
	s.asked <- struct{}{}
	<-s.over
	return nil, errors.New("nobody confirmed")
}

func TestAgentThatDoesNotSignEndsWithItsReader(t *testing.T) {
	w := with(t, map[string]string{"a.yaml": vpc("a")})
	s := serveSSH(t)
	private, err := os.ReadFile(s.client)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := ssh.ParseRawPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	keyring, ok := agent.NewKeyring().(agent.ExtendedAgent)
	if !ok {
		t.Fatal("the keyring is no extended agent")
	}
	if err := keyring.Add(agent.AddedKey{PrivateKey: raw}); err != nil {
		t.Fatal(err)
	}
	held := stuck{keyring, make(chan struct{}, 1), make(chan struct{})}
	t.Cleanup(func() { close(held.over) })
	socket := listen(t, func(conn net.Conn) { _ = agent.ServeAgent(held, conn) })
	p := pool(func(c *repo.Config) {
		c.Timeout = 2 * time.Second
		c.LookupEnv = func(name string) (string, bool) { return socket, name == "SSH_AUTH_SOCK" }
	})
	done := make(chan struct{})
	go func() {
		defer close(done)
		r := readFailed(t, p.Source([]repo.Location{{URL: "ssh://git@" + s.address + w.dir, Branch: "main", KnownHostsFile: s.knownHosts(t, s.hostKey)}}))
		if !strings.Contains(r.Error, "no answer in time") {
			t.Errorf("error %q", r.Error)
		}
	}()
	wantSoon(t, held.asked, "the agent is not asked to sign")
	wantSoon(t, done, "the read goes on")
}

// listen serves a socket until the test ends.
func listen(t *testing.T, serve func(net.Conn)) (socket string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "a") // the path of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	socket = filepath.Join(dir, "s")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go serve(conn)
		}
	}()
	return socket
}

func wantSoon(t *testing.T, happened chan struct{}, otherwise string) {
	t.Helper()
	select {
	case <-happened:
	case <-time.After(10 * time.Second):
		t.Fatal(otherwise)
	}
}
