package kube

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	utilnet "k8s.io/apimachinery/pkg/util/net"
	"k8s.io/client-go/rest"

	"selvage/core"
)

// client reads from one API server with one set of credentials.
type client struct {
	login    login // what it was made of
	server   *url.URL
	insecure bool
	renew    string // what to do when the server refuses the login
	http     *http.Client
	timeout  time.Duration // of one request
	now      func() time.Time
	log      *slog.Logger
	catalog  atomic.Pointer[catalog] // the last one; nil before the first
	hints    hints
	sets     sets
	shown    atomic.Pointer[core.ServerShown] // what the last answer showed of the server; nil before it
}

// newClient makes the client of a server. It takes config over and puts the
// guard beneath whatever else config wraps around the connection.
func newClient(config *rest.Config) (*client, error) {
	server, err := serverURL(config.Host)
	if err != nil {
		return nil, err
	}
	if config.BearerToken+config.Password != "" && server.Scheme == "http" && !loopback(server.Hostname()) {
		return nil, errors.New("the credentials would be sent unencrypted: the address does not begin with https")
	}
	config.Host = server.String()
	config.WrapTransport = nil
	config.Wrap(readOnly(server))
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { return bounded{next} })
	connection, err := rest.TransportFor(config)
	if err != nil {
		return nil, err
	}
	return &client{
		server:   server,
		insecure: config.Insecure,
		http:     &http.Client{Transport: connection, CheckRedirect: refuseRedirect},
	}, nil
}

// serverURL reads the address of an API server, without what may be secret.
func serverURL(address string) (*url.URL, error) {
	server, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("address of the API server: %w", core.WithoutURL(err, oneLine))
	}
	if server.Scheme != "https" && server.Scheme != "http" || server.Host == "" {
		return nil, fmt.Errorf("address of the API server: %q does not begin with https:// and a host", server.Redacted())
	}
	return &url.URL{Scheme: server.Scheme, Host: server.Host, Path: strings.TrimRight(server.Path, "/")}, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// errRedirect is the answer to every redirect: an API server sends none, and
// the credentials are meant for nobody else.
var errRedirect = errors.New("the server redirects elsewhere, which is not followed")

func refuseRedirect(*http.Request, []*http.Request) error { return errRedirect }

// bounded keeps an answer from filling the memory: nobody reads more than
// maxPage of it. A watch has no end, and bounds each of its events itself.
type bounded struct{ next http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := b.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	limit := int64(maxPage)
	if response.StatusCode >= http.StatusBadRequest {
		limit = maxError
	} else if watches(r) {
		return response, nil
	}
	response.Body = &boundedBody{response.Body, limit, limit == maxError}
	return response, nil
}

func (b bounded) WrappedRoundTripper() http.RoundTripper { return b.next }

type boundedBody struct {
	io.ReadCloser
	left int64
	cut  bool // end after the limit, in place of an error
}

// errTooLarge tells of an answer that is longer than anything that was asked
// for.
var errTooLarge = fmt.Errorf("the answer is larger than %d MiB", maxPage>>20)

func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		if b.cut {
			return 0, io.EOF
		}
		if n, err := b.ReadCloser.Read(make([]byte, 1)); n == 0 {
			return 0, err
		}
		return 0, errTooLarge
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

// refusal is an answer with another status than 200.
type refusal struct {
	code    int
	message string        // what the server said, on one line
	wait    time.Duration // how long it asks to wait; 0 where it does not
	renew   string        // what to do where it did not take the credentials
	about   string        // the object that it says it does not have
}

func (r *refusal) Error() string {
	what := strings.ToLower(http.StatusText(r.code))
	if what == "" {
		what = "status " + strconv.Itoa(r.code)
	}
	if r.message == "" || strings.EqualFold(r.message, what) {
		return what
	}
	return what + ": " + r.message
}

// anyMedia is what to accept of a document that servers send under a wrong name.
const anyMedia = "*/*"

// fetch gets a document. Where the server is busy and says for how long, it
// asks again, as long as that fits into the time for one request.
func (c *client) fetch(ctx context.Context, p string, query url.Values, accept string) ([]byte, error) {
	start := c.now()
	for {
		body, err := c.get(ctx, p, query, accept)
		var busy *refusal
		if !errors.As(err, &busy) || busy.wait == 0 || c.now().Add(busy.wait).Sub(start) > c.timeout {
			return body, err
		}
		timer := time.NewTimer(busy.wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil, err
		case <-timer.C:
		}
	}
}

func (c *client) get(ctx context.Context, p string, query url.Values, accept string) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.timeout, errSlow{c.timeout})
	defer cancel()
	response, err := c.send(ctx, p, query, http.Header{"Accept": {accept}})
	if err != nil {
		return nil, err
	}
	defer response.Body.Close() //nolint:errcheck // it was only read from
	body, err := io.ReadAll(response.Body)
	if response.StatusCode != http.StatusOK {
		return nil, c.refused(response, body)
	}
	if err != nil {
		return nil, c.failed(ctx, fmt.Errorf("the answer broke off: %w", err))
	}
	if accept == anyMedia {
		return body, nil
	}
	if media, _, err := mime.ParseMediaType(response.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return nil, notKubernetes(body)
	}
	return body, nil
}

// send sends the one form of request that there is.
func (c *client) send(ctx context.Context, p string, query url.Values, header http.Header) (*http.Response, error) {
	target := c.server.JoinPath(p)
	target.RawQuery = query.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), http.NoBody)
	if err != nil {
		return nil, err
	}
	request.Header = header
	response, err := c.http.Do(request)
	if err != nil {
		return nil, c.failed(ctx, err)
	}
	date, _ := http.ParseTime(response.Header.Get("Date")) // zero where it has none
	c.shown.Store(core.ShownBy(response.TLS, date, c.now()))
	return response, nil
}

// errSlow is the cause of a context that ended because an answer took too long.
type errSlow struct{ limit time.Duration }

func (e errSlow) Error() string { return fmt.Sprintf("no whole answer within %s", e.limit) }

// failed gives the reason behind an error of the connection, and drops
// connections that may be dead: the next request shall make a new one.
func (c *client) failed(ctx context.Context, err error) error {
	utilnet.CloseIdleConnectionsFor(c.http.Transport)
	if ctx.Err() == nil {
		return err
	}
	cause := context.Cause(ctx)
	if slow := (errSlow{}); errors.As(cause, &slow) {
		return cause
	}
	return fmt.Errorf("the check ended first: %w", cause)
}

func (c *client) refused(response *http.Response, body []byte) *refusal {
	r := &refusal{code: response.StatusCode, message: said(body), renew: c.renew}
	if r.code == http.StatusNotFound {
		r.about = missing(body)
	}
	if response.StatusCode != http.StatusTooManyRequests && response.StatusCode != http.StatusServiceUnavailable {
		return r
	}
	after := response.Header.Get("Retry-After")
	if seconds, err := strconv.Atoi(after); err == nil && seconds >= 0 {
		r.wait = max(time.Duration(seconds)*time.Second, time.Millisecond)
	} else if at, err := http.ParseTime(after); err == nil {
		r.wait = max(at.Sub(c.now()), time.Millisecond)
	}
	return r
}
