package repo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"selvage/core"
	"selvage/core/child"
)

// credential is a user and a password, or a token in place of either.
type credential struct{ username, password string }

// login knows where the credential of a location is to be found.
type login struct {
	config   Config
	location Location
	address  address
}

func newLogin(c Config, l Location, a address) login {
	return login{config: c, location: l, address: a}
}

// find gives the configured credential, read anew. Where none is configured and
// the server asked for one, git's credential helpers are.
func (l login) find(ctx context.Context, asked bool) (*credential, error) {
	c := &credential{username: l.location.Username, password: l.address.password}
	if c.username == "" {
		c.username = l.address.user
	}
	switch {
	case l.location.PasswordEnv != "":
		v, ok := l.config.LookupEnv(l.location.PasswordEnv)
		if !ok || v == "" {
			return nil, noPassword(fmt.Errorf("the variable %s is not set", l.location.PasswordEnv), "set it, or fix git.password_env")
		}
		c.password = v
	case l.location.PasswordFile != "":
		data, err := os.ReadFile(l.location.PasswordFile)
		if err != nil {
			return nil, noPassword(err, "fix git.password_file")
		}
		c.password, _, _ = strings.Cut(strings.TrimRight(string(data), "\r\n"), "\n")
	}
	switch {
	case c.password != "" && c.username == "":
		// Hosts that take a token as the password want some user beside it.
		c.username = "git"
		return c, nil
	case c.password != "":
		return c, nil
	case asked:
		return l.ask(ctx, c.username)
	}
	return nil, nil //nolint:nilnil // there is none
}

func noPassword(err error, hint string) error {
	return &core.Error{Access: core.AccessUnauthorized, Op: "find the password", Err: err, Hint: hint}
}

// ask runs git's credential helpers, where they cannot prompt; what cannot be
// answered without a person is no credential. What they say on standard error
// goes nowhere: a helper that traces itself puts the password there.
func (l login) ask(ctx context.Context, username string) (*credential, error) {
	if strings.ContainsAny(username+l.address.host+l.address.path, "\x00\r\n") {
		// A line break would let an address ask for another host's password.
		return nil, nil //nolint:nilnil // there is none
	}
	limited, cancel := context.WithTimeoutCause(ctx, l.config.Timeout, fmt.Errorf("no answer within %s", l.config.Timeout))
	defer cancel()
	result, err := child.Command{
		Name: "git", Args: []string{"-c", "credential.interactive=false", "credential", "fill"},
		Env:   []string{"GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=true", "SSH_ASKPASS=true", "SSH_ASKPASS_REQUIRE=force"},
		Input: question(l.address, username),
	}.Run(limited)
	var exit *child.ExitError
	switch {
	case err == nil:
		return parseAnswer(string(result.Output)), nil
	case ctx.Err() != nil:
		return nil, err
	case errors.Is(err, child.ErrNotFound), errors.As(err, &exit) && limited.Err() == nil:
		return nil, nil //nolint:nilnil // there are no helpers without git, or none knows any
	}
	return nil, noPassword(fmt.Errorf("git credential fill: %w", err), "check git's credential.helper")
}

func question(a address, username string) string {
	q := fmt.Sprintf("protocol=%s\nhost=%s\npath=%s\n", a.scheme, a.host, strings.TrimPrefix(a.path, "/"))
	if username != "" {
		q += "username=" + username + "\n"
	}
	return q + "\n"
}

func parseAnswer(out string) *credential {
	var c credential
	for l := range strings.Lines(out) {
		k, v, _ := strings.Cut(strings.TrimSuffix(l, "\n"), "=")
		switch k {
		case "username":
			c.username = v
		case "password":
			c.password = v
		}
	}
	if c.password == "" {
		return nil
	}
	return &c
}
