package kube

import (
	"time"

	"selvage/core"
)

// Config says how one fabric's cluster is reached. Paths are absolute. What is
// set here goes before what the kubeconfig says.
type Config struct {
	ClusterName string // for people
	APIServer   string // URL, with a base path where a proxy asks for one
	Kubeconfig  string // path; in place of, or beneath, the other settings
	Context     string // of the kubeconfig; "" for its current one

	// At most one of these gives the bearer token.
	Token     string
	TokenEnv  string // name of an environment variable
	TokenFile string // path

	CAFile        string // path of PEM certificates; "" for the system's
	Insecure      bool   // do not verify the server's certificate
	TLSServerName string // to expect in the certificate, where it is not the host's
	ProxyURL      string // http, https or socks5; "" for what the environment says

	// RequestTimeout is the longest that one request, or one run of a
	// credential plugin, may take. 0 stands for 20 seconds.
	RequestTimeout time.Duration
	UserAgent      string // "" for "selvage"

	Now       func() time.Time
	LookupEnv func(name string) (string, bool) // for TokenEnv
}

// The limits of what one cluster may cost.
const (
	defaultTimeout = 20 * time.Second
	discoveryAge   = 10 * time.Minute // older answers about served kinds are not used
	pageSize       = 500              // objects per answer
	maxPage        = 64 << 20         // bytes of one answer
	maxError       = 4 << 10          // bytes of a refusal, or of what a plugin says
	requestsAtOnce = 8
)

func (c Config) filled() Config {
	if c.RequestTimeout == 0 {
		c.RequestTimeout = defaultTimeout
	}
	if c.UserAgent == "" {
		c.UserAgent = "selvage"
	}
	return c
}

// Source is a cluster as a [core.Source]. It is safe for concurrent use.
type Source struct {
	config Config

	// lock holds one token, and who takes it owns the client. It is a channel
	// so that waiting for a slow credential plugin ends with the context.
	lock   chan struct{}
	client *client
}

var _ core.Source = (*Source)(nil)

// New makes the source. Nothing is opened before the first Read.
func New(c Config) *Source {
	s := &Source{config: c.filled(), lock: make(chan struct{}, 1)}
	s.lock <- struct{}{}
	return s
}
