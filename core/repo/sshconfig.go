package repo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/kevinburke/ssh_config"
	"github.com/skeema/knownhosts"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
	xknownhosts "golang.org/x/crypto/ssh/knownhosts"

	"selvage/core"
)

// settings is how to reach and trust a server, out of the location, the
// address and the configuration files of OpenSSH, in this order.
type settings struct {
	user    string
	address string // host:port
	keys    []keyFile
	agent   string // its socket, "" for none
	unheard error  // why the agent gave no keys
	hosts   *hosts
}

// keyFile is a private key to log in with.
type keyFile struct {
	path   string
	wanted bool // named by somebody: that it cannot be used is worth telling
}

// settings reads the files anew, so that a change of them needs no restart.
func (t *sshTransport) settings() (settings, error) {
	host, port := t.address.host, ""
	if h, p, err := net.SplitHostPort(host); err == nil {
		host, port = h, p
	}
	host = strings.Trim(host, "[]")
	conf := readSSHConfig(filepath.Join(t.config.Home, ".ssh", "config"), "/etc/ssh/ssh_config")
	get := func(key string) string { return conf.get(host, key) }
	s := settings{user: t.address.user, agent: t.config.env("SSH_AUTH_SOCK")}
	if s.user == "" {
		s.user = firstOf(get("User"), t.config.env("USER"), "git")
	}
	s.address = net.JoinHostPort(firstOf(strings.ReplaceAll(get("HostName"), "%h", host), host), firstOf(port, get("Port"), "22"))
	switch {
	case t.location.SSHKeyFile != "":
		s.keys, s.agent = []keyFile{{t.location.SSHKeyFile, true}}, ""
	default:
		for _, f := range conf.all(host, "IdentityFile") {
			s.keys = append(s.keys, keyFile{t.expand(f), true})
		}
		if strings.EqualFold(get("IdentitiesOnly"), "yes") {
			s.agent = ""
		}
		if len(s.keys) == 0 {
			for _, name := range []string{"id_ed25519", "id_ecdsa", "id_rsa"} {
				s.keys = append(s.keys, keyFile{filepath.Join(t.config.Home, ".ssh", name), false})
			}
		}
	}
	files := []string{t.location.KnownHostsFile}
	if files[0] == "" {
		files = nil
		for _, f := range conf.all(host, "UserKnownHostsFile") {
			for _, one := range strings.Fields(f) {
				files = append(files, t.expand(one))
			}
		}
		if files == nil {
			files = []string{filepath.Join(t.config.Home, ".ssh", "known_hosts")}
		}
		files = append(files, "/etc/ssh/ssh_known_hosts")
	}
	var err error
	s.hosts, err = readHosts(files)
	return s, err
}

func (t *sshTransport) expand(file string) string {
	file = strings.Trim(file, `"`)
	if rest, ok := strings.CutPrefix(file, "~/"); ok {
		return filepath.Join(t.config.Home, rest)
	}
	if rest, ok := strings.CutPrefix(file, "%d/"); ok {
		return filepath.Join(t.config.Home, rest)
	}
	return file
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// sshConfig is OpenSSH's configuration, the user's before the system's.
type sshConfig []*ssh_config.Config

func readSSHConfig(files ...string) sshConfig {
	var c sshConfig
	for _, f := range files {
		data, err := os.ReadFile(f) //nolint:gosec // the usual places
		if err != nil {
			continue
		}
		if decoded, err := ssh_config.Decode(bytes.NewReader(withoutMatch(data))); err == nil {
			c = append(c, decoded)
		}
	}
	return c
}

// withoutMatch leaves Match blocks out, which the library refuses together with
// the whole file.
func withoutMatch(data []byte) []byte {
	var kept bytes.Buffer
	inMatch := false
	for l := range bytes.Lines(data) {
		words := strings.FieldsFunc(string(l), func(r rune) bool { return strings.ContainsRune(" \t=\r\n", r) })
		if len(words) > 0 && (strings.EqualFold(words[0], "match") || strings.EqualFold(words[0], "host")) {
			inMatch = strings.EqualFold(words[0], "match")
		}
		if !inMatch {
			kept.Write(l)
		}
	}
	return kept.Bytes()
}

func (c sshConfig) get(host, key string) string {
	for _, file := range c {
		if v, err := file.Get(host, key); err == nil && v != "" {
			return v
		}
	}
	return ""
}

func (c sshConfig) all(host, key string) []string {
	var all []string
	for _, file := range c {
		if v, err := file.GetAll(host, key); err == nil {
			all = append(all, v...)
		}
	}
	return all
}

// auth offers the keys of files first, then those of the agent: a server closes
// the connection after a few, and an agent may hold many. An agent that does not
// answer within wait, as one that was forwarded over a connection that is dead,
// is done without. end closes the connection to the agent, which is needed until
// the handshake is over; so does the end of ctx.
func (s *settings) auth(ctx context.Context, wait time.Duration) (methods []ssh.AuthMethod, end func()) {
	end = func() {}
	var signers []ssh.Signer
	for _, k := range s.keys {
		if signer, err := readKey(k.path); err == nil {
			signers = append(signers, signer)
		}
	}
	if s.agent != "" {
		var held []ssh.Signer
		held, end, s.unheard = agentKeys(ctx, s.agent, wait)
		signers = append(signers, held...)
	}
	if len(signers) == 0 {
		return nil, end
	}
	return []ssh.AuthMethod{ssh.PublicKeys(signers...)}, end
}

// agentKeys asks the agent at a socket for its keys.
func agentKeys(ctx context.Context, socket string, wait time.Duration) (keys []ssh.Signer, end func(), err error) {
	listing, cancel := context.WithTimeoutCause(ctx, wait, fmt.Errorf("no answer within %s", wait))
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(listing, "unix", socket)
	if err != nil {
		return nil, func() {}, because(listing, err)
	}
	closed := context.AfterFunc(ctx, func() { _ = conn.Close() })
	end = func() { closed(); _ = conn.Close() }
	late := context.AfterFunc(listing, func() { _ = conn.Close() })
	keys, err = agent.NewClient(conn).Signers()
	if !late() || err != nil {
		end()
		if err == nil {
			err = net.ErrClosed
		}
		return nil, func() {}, because(listing, err)
	}
	return keys, end, nil
}

func readKey(path string) (ssh.Signer, error) {
	pem, err := os.ReadFile(path) //nolint:gosec // the path is the operator's
	if err != nil {
		return nil, err
	}
	signer, err := ssh.ParsePrivateKey(pem)
	if locked := (*ssh.PassphraseMissingError)(nil); errors.As(err, &locked) {
		return nil, errors.New("is locked with a passphrase; add it to the agent with ssh-add")
	}
	return signer, err
}

// explain tells what is behind an error of the handshake.
func (s settings) explain(err error) error {
	if untrusted := s.hosts.refusal(); untrusted != nil {
		return untrusted
	}
	if !strings.Contains(err.Error(), "unable to authenticate") {
		return fmt.Errorf("ssh handshake with %s: %w", s.address, err)
	}
	why := fmt.Errorf("%s refused the keys of user %q", s.address, s.user)
	for _, k := range s.keys {
		if _, kerr := readKey(k.path); kerr != nil && (k.wanted || !errors.Is(kerr, os.ErrNotExist)) {
			why = fmt.Errorf("%w; key %q: %w", why, k.path, kerr)
		}
	}
	if s.unheard != nil {
		why = fmt.Errorf("%w; ssh agent: %w", why, s.unheard)
	}
	return &core.Error{Access: core.AccessUnauthorized, Op: "log in by ssh", Err: why, Hint: "check git.ssh_key_file or the ssh agent"}
}

// hosts is what the known_hosts files say, and what was refused by them.
type hosts struct {
	db    *knownhosts.HostKeyDB // nil where there is no file
	files []string

	refused ssh.PublicKey
	at      string
	changed bool
}

func readHosts(files []string) (*hosts, error) {
	h := &hosts{files: files}
	var there []string
	for _, f := range files {
		if _, err := os.Stat(f); err == nil {
			there = append(there, f)
		}
	}
	if len(there) == 0 {
		return h, nil
	}
	var err error
	if h.db, err = knownhosts.NewDB(there...); err != nil {
		return nil, &core.Error{Access: core.AccessInvalid, Op: "read known_hosts", Err: err, Hint: "fix or remove that line"}
	}
	return h, nil
}

// callback lets a host pass whose key the files confirm, and no other.
func (h *hosts) callback() ssh.HostKeyCallback {
	return func(host string, remote net.Addr, key ssh.PublicKey) error {
		err := error(&xknownhosts.KeyError{})
		if h.db != nil {
			err = h.db.HostKeyCallback()(host, remote, key)
		}
		if err != nil {
			h.refused, h.at, h.changed = key, host, !knownhosts.IsHostUnknown(err)
		}
		return err
	}
}

// algorithms are the kinds of key to ask a host for: those that the files
// hold, nil for any.
func (h *hosts) algorithms(address string) []string {
	if h.db == nil {
		return nil
	}
	return h.db.HostKeyAlgorithms(address)
}

// refusal tells of a key that was refused, nil if none was.
func (h *hosts) refusal() error {
	if h.refused == nil {
		return nil
	}
	key := h.refused.Type() + " " + ssh.FingerprintSHA256(h.refused)
	if h.changed {
		return &core.Error{
			Access: core.AccessInvalid, Op: "check the host key",
			Err:  fmt.Errorf("%s shows the key %s, which is not the one in %s", h.at, key, h.files[0]),
			Hint: "somebody may be listening: ask the server's administrator before you replace the line",
		}
	}
	return &core.Error{
		Access: core.AccessInvalid, Op: "check the host key",
		Err:  fmt.Errorf("%s shows the key %s, and %s has none for it", h.at, key, h.files[0]),
		Hint: "compare the fingerprint with the server's, then add it with ssh-keyscan",
	}
}
