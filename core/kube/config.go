package kube

import (
	"log/slog"
	"sync/atomic"
	"time"

	"selvage/core"
)

// Config says how one fabric's cluster is reached. Paths are absolute. What is
// set here goes before what the kubeconfig says.
type Config struct {
	ClusterName string // for people
	Namespace   string // of the fabric's agents; "" for all
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

	// FreshFor is how old the last proof of a watch may be for Read to answer
	// from it. 0 stands for 90 seconds: a quiet watch has one every minute.
	FreshFor time.Duration

	Now       func() time.Time
	LookupEnv func(name string) (string, bool)    // for TokenEnv and client-go's settings; nil for an empty one
	Jitter    func(d time.Duration) time.Duration // gives about d; nil for d
	Log       *slog.Logger                        // what nobody has to know; nil for nowhere
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

// timing are the times of a watch, all but [Config.FreshFor].
type timing struct {
	gather   time.Duration // what happens within it is told once
	silence  time.Duration // a watch that says nothing for so long is given up
	lifetime time.Duration // the server is asked to end a watch after it
	short    time.Duration // a watch that ended sooner has not worked
	retry    time.Duration // the first pause after a failure; they double
	retryMax time.Duration // the longest one
	rest     time.Duration // after a refusal, which seldom goes away by itself
	patience time.Duration // a read waits so long for a look that nobody waits for
	look     time.Duration // how often the scope is looked at
	lag      time.Duration // for so long lists that are behind are not believed
	forget   time.Duration // what nobody asked for in so long is not followed
}

func usualTiming() timing {
	return timing{
		gather: 100 * time.Millisecond, silence: 90 * time.Second, lifetime: 8 * time.Minute, short: 5 * time.Second,
		retry: time.Second, retryMax: 30 * time.Second, rest: 5 * time.Minute, patience: 2 * time.Second, look: 30 * time.Second,
		lag: 2 * time.Minute, forget: 10 * time.Minute,
	}
}

func (c Config) filled() Config {
	if c.RequestTimeout == 0 {
		c.RequestTimeout = defaultTimeout
	}
	if c.UserAgent == "" {
		c.UserAgent = "selvage"
	}
	if c.FreshFor == 0 {
		c.FreshFor = 90 * time.Second
	}
	if c.LookupEnv == nil {
		c.LookupEnv = func(string) (string, bool) { return "", false }
	}
	if c.Jitter == nil {
		c.Jitter = func(d time.Duration) time.Duration { return d }
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

// Source is a cluster as a [core.Watcher]. It is safe for concurrent use.
type Source struct {
	config Config
	timing timing

	// lock holds one token, and who takes it owns the client. It is a channel
	// so that waiting for a slow credential plugin ends with the context.
	lock   chan struct{}
	client *client

	watching  chan struct{}            // holds a token while nobody watches
	following atomic.Pointer[follower] // nil while nobody watches
}

var _ core.Watcher = (*Source)(nil)

// New makes the source. Nothing is opened before the first Read or Watch.
func New(c Config) *Source {
	s := &Source{
		config: c.filled(), timing: usualTiming(),
		lock: make(chan struct{}, 1), watching: make(chan struct{}, 1),
	}
	noticeSooner(s.config.LookupEnv)
	s.lock <- struct{}{}
	s.watching <- struct{}{}
	return s
}
