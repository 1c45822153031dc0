package repo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"golang.org/x/crypto/ssh"
	"golang.org/x/net/proxy"

	"selvage/core"
)

// sshTransport speaks with a server over ssh, a connection to each
// conversation.
type sshTransport struct {
	config   Config
	location Location
	address  address
}

func (t *sshTransport) dial(ctx context.Context, service service) (wire, error) {
	s, err := t.settings()
	if err != nil {
		return nil, err
	}
	ctx, watch := newWatch(ctx, t.config.Timeout)
	w := &sshWire{ctx: ctx, watch: watch, service: service, path: t.address.path}
	if err := w.open(t, s); err != nil {
		err = because(ctx, err)
		w.close()
		return nil, err
	}
	return w, nil
}

// sshWire is one conversation. Everything on it ends with ctx, the handshake
// too, because ctx closes the connection.
type sshWire struct {
	ctx     context.Context //nolint:containedctx // of the one conversation
	watch   *watch
	service service
	path    string

	conn    net.Conn
	client  *ssh.Client
	session *ssh.Session
	stdin   io.WriteCloser
	stdout  io.Reader
	stderr  limited
	undo    func() bool
}

func (w *sshWire) open(t *sshTransport, s settings) error {
	conn, err := t.connect(w.ctx, s.address)
	if err != nil {
		return err
	}
	w.conn = conn
	w.undo = context.AfterFunc(w.ctx, func() { _ = conn.Close() })
	// The greater part of the time that the server may be silent is left to it.
	auth, end := s.auth(w.ctx, t.config.Timeout/4)
	defer end()
	client, channels, requests, err := ssh.NewClientConn(conn, s.address, &ssh.ClientConfig{
		User:              s.user,
		Auth:              auth,
		HostKeyCallback:   s.hosts.callback(),
		HostKeyAlgorithms: s.hosts.algorithms(s.address),
	})
	if err != nil {
		return s.explain(err)
	}
	w.client = ssh.NewClient(client, channels, requests)
	w.watch.alive()
	if w.session, err = w.client.NewSession(); err != nil {
		return fmt.Errorf("open ssh session: %w", err)
	}
	w.session.Stderr = &w.stderr
	if w.stdin, err = w.session.StdinPipe(); err != nil {
		return fmt.Errorf("open ssh session: %w", err)
	}
	out, err := w.session.StdoutPipe()
	if err != nil {
		return fmt.Errorf("open ssh session: %w", err)
	}
	w.stdout = w.watch.reader(w.ctx, out)
	path := w.path
	if strings.HasPrefix(path, "/~") {
		path = path[1:] // the home directory of a user, as git has it
	}
	if err := w.session.Start(string(w.service) + " " + quote(path)); err != nil {
		return fmt.Errorf("start %s: %w", w.service, err)
	}
	return nil
}

// quote protects a path from the shell at the other end, the way git does.
func quote(path string) string {
	return "'" + strings.NewReplacer("'", `'\''`, "!", `'\!'`).Replace(path) + "'"
}

func (w *sshWire) refs(context.Context) (io.Reader, error) {
	return &spoken{wire: w, r: w.stdout}, nil
}

func (w *sshWire) pack(_ context.Context, request []byte) (io.Reader, error) {
	if _, err := w.stdin.Write(request); err != nil {
		return nil, because(w.ctx, fmt.Errorf("send request: %w", err))
	}
	return w.stdout, nil
}

func (w *sshWire) close() {
	if w.stdin != nil {
		_, _ = io.WriteString(w.stdin, "0000") // we want nothing more; it may be gone already
		_ = w.stdin.Close()
	}
	w.watch.stop()
	if w.undo != nil {
		w.undo()
	}
	if w.client != nil {
		_ = w.client.Close()
	}
	if w.conn != nil {
		_ = w.conn.Close()
	}
}

// spoken turns the silence of a server that has something to say on stderr
// into that.
type spoken struct {
	wire *sshWire
	r    io.Reader
	some bool
}

func (s *spoken) Read(b []byte) (int, error) {
	n, err := s.r.Read(b)
	s.some = s.some || n > 0
	if errors.Is(err, io.EOF) && !s.some {
		_ = s.wire.session.Wait() // stderr is whole now
		if says := line(s.wire.stderr.String()); says != "" {
			return n, &core.Error{Access: accessOfText(says), Op: string(s.wire.service), Err: errors.New(says), Hint: "check git.url and this key's rights"}
		}
	}
	return n, err
}

// accessOfText guesses from a server's words whether the repository is missing
// or hidden; most say both at once.
func accessOfText(says string) core.Access {
	low := strings.ToLower(says)
	for _, word := range []string{"denied", "not allowed", "access right", "permission", "authoriz"} {
		if strings.Contains(low, word) {
			return core.AccessForbidden
		}
	}
	return core.AccessInvalid
}

// limited keeps the first bytes of what is written to it. It is safe for
// concurrent use.
type limited struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *limited) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.b.Write(p[:min(len(p), maxBody-l.b.Len())])
	return len(p), nil
}

func (l *limited) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// connect dials a server, through the location's proxy if it has one.
func (t *sshTransport) connect(ctx context.Context, address string) (net.Conn, error) {
	if t.location.ProxyURL == "" {
		return t.config.Dial(ctx, "tcp", address)
	}
	u, err := url.Parse(t.location.ProxyURL)
	if err != nil || u.Host == "" {
		return nil, &core.Error{Access: core.AccessInvalid, Op: "read git.proxy_url", Err: errors.New("no valid address"), Hint: "fix git.proxy_url"}
	}
	switch u.Scheme {
	case "socks5", "socks5h":
		var auth *proxy.Auth
		if u.User != nil {
			password, _ := u.User.Password()
			auth = &proxy.Auth{User: u.User.Username(), Password: password}
		}
		d, err := proxy.SOCKS5("tcp", u.Host, auth, dialer(t.config.Dial))
		if err != nil {
			return nil, fmt.Errorf("dial proxy %q: %w", u.Host, err)
		}
		return d.(proxy.ContextDialer).DialContext(ctx, "tcp", address) //nolint:forcetypeassert // documented
	case "http":
		return t.tunnel(ctx, u, address)
	}
	return nil, &core.Error{Access: core.AccessInvalid, Op: "read git.proxy_url", Err: fmt.Errorf("%q cannot carry ssh", u.Scheme), Hint: "use socks5 or http"}
}

// tunnel asks an HTTP proxy to connect to a server.
func (t *sshTransport) tunnel(ctx context.Context, u *url.URL, address string) (net.Conn, error) {
	conn, err := t.config.Dial(ctx, "tcp", u.Host)
	if err != nil {
		return nil, fmt.Errorf("dial proxy %q: %w", u.Host, err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	ask := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: address}, Host: address, Header: http.Header{}}
	if u.User != nil {
		password, _ := u.User.Password()
		ask.SetBasicAuth(u.User.Username(), password)
		ask.Header["Proxy-Authorization"] = ask.Header["Authorization"]
		ask.Header.Del("Authorization")
	}
	if err := ask.Write(conn); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("ask proxy %q: %w", u.Host, err)
	}
	status, err := head(conn)
	if err != nil || !strings.HasPrefix(status, "HTTP/1.") || !strings.Contains(status, " 200 ") {
		_ = conn.Close()
		return nil, fmt.Errorf("proxy %q refused the connection: %.60q", u.Host, status)
	}
	return conn, nil
}

// head reads the header of an answer and not a byte of what follows it, since
// that is the server's already. It gives the first line.
func head(conn net.Conn) (string, error) {
	var b []byte
	one := make([]byte, 1)
	for !bytes.HasSuffix(b, []byte("\r\n\r\n")) {
		if _, err := conn.Read(one); err != nil {
			return "", fmt.Errorf("read answer: %w", err)
		}
		if b = append(b, one[0]); len(b) > maxBody {
			return "", errors.New("endless answer")
		}
	}
	first, _, _ := strings.Cut(string(b), "\r\n")
	return first + " ", nil
}

// dialer lets a function stand where a proxy.Dialer is wanted.
type dialer func(ctx context.Context, network, address string) (net.Conn, error)

func (d dialer) Dial(network, address string) (net.Conn, error) {
	return nil, errors.New("a dial without a context")
}

func (d dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	return d(ctx, network, address)
}
