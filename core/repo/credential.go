package repo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"selvage/core"
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

// ask runs git's credential helpers. They are told not to prompt; what cannot
// be answered without a person is no credential.
func (l login) ask(ctx context.Context, username string) (*credential, error) {
	git, err := exec.LookPath("git")
	if err != nil || strings.ContainsAny(username+l.address.host+l.address.path, "\x00\r\n") {
		// Without git there are no helpers; and a line break would let an address
		// ask for another host's password.
		return nil, nil //nolint:nilnil // there is none
	}
	ctx, cancel := context.WithTimeout(ctx, l.config.Timeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, git, "-c", "credential.interactive=false", "credential", "fill")
	cmd.Env = append(cmd.Environ(), "GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=true", "SSH_ASKPASS=true", "SSH_ASKPASS_REQUIRE=force")
	cmd.Stdin = strings.NewReader(question(l.address, username))
	cmd.WaitDelay = l.config.Timeout // helpers may leave children that hold the pipe
	var out bytes.Buffer
	cmd.Stdout = &out
	if err := cmd.Run(); err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) && ctx.Err() == nil {
			return nil, nil //nolint:nilnil // no helper knows one
		}
		return nil, noPassword(fmt.Errorf("git credential fill: %w", err), "check git's credential.helper")
	}
	return parseAnswer(out.String()), nil
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
