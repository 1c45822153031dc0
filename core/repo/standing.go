package repo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/sys/unix"

	"selvage/core"
	"selvage/core/child"
)

var _ core.LoginReader = (*Publisher)(nil)

// Knock tells what would keep a commit from being published, as far as one can see
// it without sending any: that nobody says who makes it, that the key is not there
// that signs it, or that the server lets this login not write. What rules it has for
// the branch, no server tells before it is sent something.
func (p *Publisher) Knock(ctx context.Context) error {
	c := p.pool.config
	var pub core.Publication
	if err := p.by.fill(c, &pub); err != nil {
		return err
	}
	if p.by.SSHKey != "" {
		_, end, err := p.by.signer(ctx, c)
		if err != nil {
			return err
		}
		end()
	}
	d, ok := p.mirror.origin.(door)
	if !ok {
		_, err := p.mirror.origin.head(ctx, nil)
		return p.told(err)
	}
	ctx, cancel := context.WithTimeout(ctx, 15*c.Timeout)
	defer cancel()
	err := c.guarded(func() error {
		w, _, err := d.knock(ctx)
		if err == nil {
			w.close()
			if l, ok := d.(*local); ok {
				err = l.writable(ctx)
			}
		}
		return err
	})
	if err == nil {
		return nil
	}
	return p.failed(core.Refused, "", because(ctx, err)).Err
}

// writable tells why this user could not push to a repository on this machine:
// there is no git, git refuses the repository, or its files are somebody else's.
func (l *local) writable(ctx context.Context) error {
	dir, err := gitDir(l.dir)
	if err != nil {
		return err
	}
	result, err := child.Command{
		Name: "git", Args: []string{"receive-pack", "--advertise-refs", l.dir}, Env: []string{"GIT_TERMINAL_PROMPT=0"},
	}.Run(ctx)
	switch {
	case errors.Is(err, child.ErrNotFound):
		return &core.Error{
			Access: core.AccessInvalid, Op: "run git receive-pack", Err: errors.New("there is no git program in PATH"), Hint: "install git: a repository on this machine is written to by it alone",
		}
	case err != nil:
		return &core.Error{
			Access: core.AccessForbidden, Op: "run git receive-pack", Err: fmt.Errorf("%w: %s", err, line(result.Complaint)), Hint: "see what it says; the repository may belong to somebody else",
		}
	}
	for _, part := range []string{"objects", "refs"} {
		if err := unix.Access(filepath.Join(dir, part), unix.W_OK); err != nil {
			return &core.Error{
				Access: core.AccessForbidden, Op: "write to " + filepath.Join(dir, part), Err: err, Hint: "give this user the right to write there",
			}
		}
	}
	return nil
}

// ReadLogin implements [core.LoginReader]. A repository on this machine has none.
func (p *Publisher) ReadLogin(ctx context.Context) core.Login {
	var l core.Login
	if r, ok := p.mirror.origin.(*remote); ok {
		l = r.login(ctx)
	}
	if key := p.by.SSHKey; key != "" {
		l.Credentials = append(l.Credentials, core.Credential{What: "signing key", From: key, Err: readable(key)})
	}
	return l
}

func (t *httpTransport) readLogin(context.Context) core.Login {
	var l core.Login
	if file := t.login.location.PasswordFile; file != "" {
		l.Credentials = append(l.Credentials, core.Credential{What: "password", From: file, Err: readable(file)})
	}
	t.mu.Lock()
	if t.known != nil {
		// Some hosts give tokens that say when they end, in place of a password.
		if c := core.TokenCredential("the password for "+bare(t.base), t.known.password); !c.Ends.IsZero() {
			l.Credentials = append(l.Credentials, c)
		}
	}
	t.mu.Unlock()
	t.shown.Load().Tell(&l, t.base.Host)
	return l
}

// readLogin tells of the keys that somebody named, and of the certificates that
// the agent holds. Keys that are only looked for may be missing.
func (t *sshTransport) readLogin(ctx context.Context) core.Login {
	s, err := t.settings()
	if err != nil {
		return core.Login{}
	}
	var l core.Login
	for _, k := range s.keys {
		_, err := readKey(k.path)
		if !k.wanted && errors.Is(err, fs.ErrNotExist) || err != nil && s.agent != "" {
			continue // the agent may have it, and ssh goes on to the next one
		}
		l.Credentials = append(l.Credentials, core.Credential{What: "ssh key", From: k.path, Err: err})
	}
	if s.agent == "" {
		return l
	}
	held, end, err := agentKeys(ctx, s.agent, t.config.Timeout/4)
	if err != nil {
		l.Credentials = append(l.Credentials, core.Credential{What: "ssh agent", From: "$SSH_AUTH_SOCK", Err: err})
		return l
	}
	defer end()
	for _, k := range held {
		if c, ok := k.PublicKey().(*ssh.Certificate); ok {
			l.Credentials = append(l.Credentials, sshCertificate(c))
		}
	}
	return l
}

func sshCertificate(c *ssh.Certificate) core.Credential {
	told := core.Credential{What: "ssh certificate", Of: line(c.KeyId), From: "the ssh agent"}
	if c.ValidAfter > 0 && c.ValidAfter < math.MaxInt64 {
		told.Begins = time.Unix(int64(c.ValidAfter), 0)
	}
	if c.ValidBefore != ssh.CertTimeInfinity && c.ValidBefore < math.MaxInt64 {
		told.Ends = time.Unix(int64(c.ValidBefore), 0)
	}
	return told
}

// readable tells why a file cannot be read; nil where it can.
func readable(file string) error {
	f, err := os.Open(file) //nolint:gosec // the path is the operator's
	if err != nil {
		return err
	}
	return f.Close()
}
