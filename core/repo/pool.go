package repo

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"io"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	"selvage/core/manifest"
)

// Config is what a [Pool] takes from outside.
type Config struct {
	Now func() time.Time // required
	Log *slog.Logger     // nil: no log

	// LookupEnv reads the environment: passwords that a location names, proxies,
	// SSH_AUTH_SOCK, GIT_SSL_CAINFO. nil stands for an empty one.
	LookupEnv func(name string) (string, bool)
	// Home is where .ssh lies; "" leaves it out.
	Home string

	// Timeout is how long a server may be silent, 20 s by default. As long as
	// it goes on sending, only the context ends a conversation, and at the
	// latest 15 times Timeout.
	Timeout time.Duration
	// MaxRepository bounds the size of one fetched commit, unpacked, in bytes;
	// 1 GiB by default. Files of more than 8 MiB are left on servers that can
	// leave them out.
	MaxRepository int64

	// CacheDir is the folder in which clones of histories are kept, made where it
	// is missing. With "", or where it cannot be written, they are kept in memory.
	CacheDir string

	// Random is for signatures by kinds of keys that need it; crypto/rand's reader
	// by default.
	Random io.Reader

	// RootCAs confirm servers beside those of the system; nil for none.
	RootCAs *x509.CertPool
	// Dial connects to servers and proxies; a plain net.Dialer by default.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// Location is one directory of one branch of one repository.
type Location struct {
	URL    string // https, http, ssh, user@host:path, file, or an absolute path
	Branch string // "" for the one that the repository's HEAD names
	Path   string // of the directory from the root; "" or "." for the root

	// Include and Exclude are globs relative to Path, with ** for any number of
	// directories. Without Include all of *.yaml and *.yml are read.
	Include, Exclude []string

	// Username and a password authenticate over https. The password stands in
	// the environment variable PasswordEnv, or in the file PasswordFile. Without
	// either git's credential helpers are asked, if the server wants any.
	Username, PasswordEnv, PasswordFile string

	// SSHKeyFile is the private key for ssh; "" for the agent, and the keys that
	// ~/.ssh/config names. KnownHostsFile is "" for the usual ones.
	SSHKeyFile, KnownHostsFile string

	ProxyURL string // http, https or socks5; "" for what the environment says
}

// Pool holds what sources share: conversations with servers, fetched commits
// and parsed files. It is safe for concurrent use.
type Pool struct {
	config         Config
	parsed         *recent[plumbing.Hash, parsedFile]
	kustomizations *recent[plumbing.Hash, kustomization]
	past           pastCaches

	mu      sync.Mutex
	mirrors map[mirrorKey]*mirror
}

// parsedFile is what the content of a file parses to.
type parsedFile struct {
	docs []manifest.Document
	err  error
}

// parsedBytes bounds the text whose parsed form is kept; the form takes about
// ten times the memory.
const parsedBytes = 64 << 20

// NewPool makes a pool. It does not touch network or disk.
func NewPool(c Config) *Pool {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.LookupEnv == nil {
		c.LookupEnv = func(string) (string, bool) { return "", false }
	}
	if c.Timeout == 0 {
		c.Timeout = 20 * time.Second
	}
	if c.MaxRepository == 0 {
		c.MaxRepository = 1 << 30
	}
	if c.Random == nil {
		c.Random = rand.Reader
	}
	if c.Dial == nil {
		c.Dial = (&net.Dialer{Timeout: c.Timeout}).DialContext
	}
	return &Pool{
		config:         c,
		parsed:         newRecent[plumbing.Hash, parsedFile](parsedBytes),
		kustomizations: newRecent[plumbing.Hash, kustomization](1 << 20),
		past:           newPastCaches(),
		mirrors:        map[mirrorKey]*mirror{},
	}
}

// env is a variable of the environment, "" where it is not set.
func (c Config) env(name string) string {
	if v, ok := c.LookupEnv(name); ok {
		return v
	}
	return ""
}

// mirrorKey tells which locations may share one conversation: those that ask
// the same server for the same branch with the same credentials.
type mirrorKey struct {
	url, branch                         string
	username, passwordEnv, passwordFile string
	sshKeyFile, knownHostsFile, proxy   string
}

func (p *Pool) mirror(l Location) *mirror {
	k := mirrorKey{
		url: l.URL, branch: l.Branch,
		username: l.Username, passwordEnv: l.PasswordEnv, passwordFile: l.PasswordFile,
		sshKeyFile: l.SSHKeyFile, knownHostsFile: l.KnownHostsFile, proxy: l.ProxyURL,
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	m := p.mirrors[k]
	if m == nil {
		m = &mirror{config: p.config, origin: newOrigin(p.config, l)}
		p.mirrors[k] = m
	}
	return m
}
