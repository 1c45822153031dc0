package repo_test

import (
	"context"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
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

func pemOf(b *pem.Block) []byte { return pem.EncodeToMemory(b) }

func contextOf(t testing.TB) (context.Context, context.CancelFunc) {
	t.Helper()
	return context.WithCancel(t.Context())
}

func TestServerIsReadOverSSH(t *testing.T) {
	w := with(t, map[string]string{"dc1/a.yaml": vpc("a")})
	s := serveSSH(t)
	src := pool().Source([]repo.Location{{URL: "ssh://git@" + s.address + w.dir, Branch: "main", Path: "dc1", SSHKeyFile: s.client, KnownHostsFile: s.knownHosts(t, s.hostKey)}})
	wantNames(t, readOK(t, src), "a")
	readOK(t, src)
	w.write("dc1/b.yaml", vpc("b"))
	w.commit()
	wantNames(t, readOK(t, src), "a", "b")
	if want := "git-upload-pack '" + w.dir + "'"; s.seen()[0] != want {
		t.Errorf("command %q, want %q", s.seen()[0], want)
	}
}

func TestHostKeyThatIsNotConfirmedIsRefused(t *testing.T) {
	w := with(t, map[string]string{"a.yaml": vpc("a")})
	s := serveSSH(t)
	other, _ := newKey(t)
	for name, c := range map[string]struct{ file, want string }{
		"unknown": {filepath.Join(t.TempDir(), "none"), "has none for it (compare the fingerprint with the server's, then add it with ssh-keyscan)"},
		"changed": {s.knownHosts(t, other), "(somebody may be listening: ask the server's administrator before you replace the line)"},
	} {
		r := readFailed(t, pool().Source([]repo.Location{{URL: "ssh://git@" + s.address + w.dir, Branch: "main", SSHKeyFile: s.client, KnownHostsFile: c.file}}))
		if r.Access != core.AccessInvalid || !strings.HasSuffix(r.Error, c.want) || !strings.Contains(r.Error, ssh.FingerprintSHA256(s.hostKey.PublicKey())) {
			t.Errorf("%s host key: %s, %q; want …%q with the fingerprint", name, r.Access, r.Error, c.want)
		}
	}
	if sent := s.seen(); len(sent) > 0 {
		t.Errorf("commands were sent: %q", sent)
	}
}

func TestSSHRefusals(t *testing.T) {
	w := with(t, map[string]string{"a.yaml": vpc("a")})
	s := serveSSH(t)
	hosts := s.knownHosts(t, s.hostKey)
	_, private := newKey(t)
	stranger := filepath.Join(t.TempDir(), "stranger")
	if err := os.WriteFile(stranger, private, 0o600); err != nil {
		t.Fatal(err)
	}
	url := "ssh://git@" + s.address
	for name, c := range map[string]struct {
		l      repo.Location
		access core.Access
		want   string
	}{
		"another key":   {repo.Location{URL: url + w.dir, SSHKeyFile: stranger}, core.AccessUnauthorized, `refused the keys of user "git" (check git.ssh_key_file or the ssh agent)`},
		"no key":        {repo.Location{URL: url + w.dir, SSHKeyFile: stranger + "x"}, core.AccessUnauthorized, "no such file or directory (check git.ssh_key_file or the ssh agent)"},
		"no repository": {repo.Location{URL: url + w.dir + "x", SSHKeyFile: s.client}, core.AccessInvalid, "does not appear to be a git repository (check git.url and this key's rights)"},
	} {
		c.l.Branch, c.l.KnownHostsFile = "main", hosts
		r := readFailed(t, pool().Source([]repo.Location{c.l}))
		if r.Access != c.access || !strings.HasSuffix(r.Error, c.want) {
			t.Errorf("%s: %s, %q; want %s, …%q", name, r.Access, r.Error, c.access, c.want)
		}
	}
}

func TestUsersSSHConfigurationIsUsed(t *testing.T) {
	w := with(t, map[string]string{"a.yaml": vpc("a")})
	s := serveSSH(t)
	home := t.TempDir()
	if err := os.Mkdir(filepath.Join(home, ".ssh"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(s.address)
	hosts, err := os.ReadFile(s.knownHosts(t, s.hostKey))
	if err != nil {
		t.Fatal(err)
	}
	private, err := os.ReadFile(s.client)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"config":      fmt.Sprintf("Match user x\n  HostName wrong\nHost fabrics\n  HostName 127.0.0.1\n  Port %s\n  User deploy\n  IdentityFile ~/.ssh/net\n", port),
		"net":         string(private),
		"known_hosts": string(hosts),
	} {
		if err := os.WriteFile(filepath.Join(home, ".ssh", name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	wantNames(t, readOK(t, pool(func(c *repo.Config) { c.Home = home }).Source([]repo.Location{{URL: "fabrics:" + w.dir, Branch: "main"}})), "a")
}

func TestAgentIsAsked(t *testing.T) {
	w := with(t, map[string]string{"a.yaml": vpc("a")})
	s := serveSSH(t)
	keyring := agent.NewKeyring()
	private, err := os.ReadFile(s.client)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := ssh.ParseRawPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	if err := keyring.Add(agent.AddedKey{PrivateKey: raw}); err != nil {
		t.Fatal(err)
	}
	socket := listen(t, func(conn net.Conn) { _ = agent.ServeAgent(keyring, conn) })
	p := pool(func(c *repo.Config) {
		c.LookupEnv = func(name string) (string, bool) { return socket, name == "SSH_AUTH_SOCK" }
	})
	wantNames(t, readOK(t, p.Source([]repo.Location{{URL: "ssh://git@" + s.address + w.dir, Branch: "main", KnownHostsFile: s.knownHosts(t, s.hostKey)}})), "a")
}

func TestSilentSSHServerEndsByItsDeadline(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	w := with(t, map[string]string{"a.yaml": vpc("a")})
	p := pool(func(c *repo.Config) { c.Timeout = 300 * time.Millisecond })
	started := time.Now()
	r := readFailed(t, p.Source([]repo.Location{{URL: "ssh://git@" + listener.Addr().String() + w.dir, Branch: "main"}}))
	if took := time.Since(started); took > 10*time.Second || r.Access != core.AccessUnreachable || !strings.Contains(r.Error, "no answer in time") {
		t.Errorf("%s, %q after %v", r.Access, r.Error, took)
	}
	ctx, cancel := contextOf(t)
	p = pool(func(c *repo.Config) { c.Timeout = time.Hour })
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.Source([]repo.Location{{URL: "ssh://git@" + listener.Addr().String() + w.dir, Branch: "main"}}).Read(ctx, scope())
	}()
	cancel()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Error("a read did not end with its context")
	}
}

func TestSSHGoesThroughAnHTTPProxy(t *testing.T) {
	w := with(t, map[string]string{"a.yaml": vpc("a")})
	s := serveSSH(t)
	asked := make(chan string, 10)
	proxy := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		asked <- r.Method + " " + r.Host + " " + r.Header.Get("Proxy-Authorization")
		there, err := net.Dial("tcp", s.address)
		if err != nil {
			return
		}
		here, _, err := http.NewResponseController(rw).Hijack()
		if err != nil {
			return
		}
		_, _ = io.WriteString(here, "HTTP/1.1 200 Connection established\r\n\r\n")
		go func() { _, _ = io.Copy(there, here); _ = there.Close() }()
		_, _ = io.Copy(here, there)
		_ = here.Close()
	}))
	t.Cleanup(proxy.Close)
	_, port, _ := net.SplitHostPort(s.address)
	hosts := filepath.Join(t.TempDir(), "known_hosts")
	if err := os.WriteFile(hosts, fmt.Appendf(nil, "[git.invalid]:%s %s", port, ssh.MarshalAuthorizedKey(s.hostKey.PublicKey())), 0o600); err != nil {
		t.Fatal(err)
	}
	withUser := strings.Replace(proxy.URL, "http://", "http://u:p@", 1)
	src := pool().Source([]repo.Location{{URL: "ssh://git@git.invalid:" + port + w.dir, Branch: "main", SSHKeyFile: s.client, KnownHostsFile: hosts, ProxyURL: withUser}})
	wantNames(t, readOK(t, src), "a")
	if got, want := <-asked, "CONNECT git.invalid:"+port+" Basic dTpw"; got != want {
		t.Errorf("the proxy was asked %q, want %q", got, want)
	}
}
