package gitops

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"selvage/core"
)

// login is where Argo CD's API is, and what it is told so that it answers.
type login struct {
	server *url.URL
	token  string
	from   string // what to renew where it is refused
	// command is set where it is that of the argocd command, and lax where that
	// was told not to check the server's certificate.
	command, lax bool
}

// login reads the files anew: a token may have been renewed, and the argocd
// command may have been told of another server.
func (r *rest) login() (login, error) {
	api := r.config.API
	if api.TokenFile != "" {
		return fileLogin(api)
	}
	return r.commandLogin()
}

func fileLogin(api *API) (login, error) {
	const op = "log in to Argo CD"
	if api.Server == "" {
		return login{}, &core.Error{Access: core.AccessInvalid, Op: op, Err: errors.New("engine.api has a token and no server"), Hint: "set engine.api.server"}
	}
	server, err := serverURL(api.Server)
	if err != nil {
		return login{}, &core.Error{Access: core.AccessInvalid, Op: op, Err: err, Hint: "correct engine.api.server"}
	}
	text, err := os.ReadFile(api.TokenFile)
	if err != nil {
		return login{}, &core.Error{Access: core.AccessLoginNeeded, Op: op, Err: err, Hint: "put a token there, or correct engine.api.token_file"}
	}
	token := strings.TrimSpace(string(text))
	if token == "" || strings.ContainsAny(token, " \t\r\n") {
		return login{}, &core.Error{Access: core.AccessLoginNeeded, Op: op, Err: fmt.Errorf("there is no token in %s", api.TokenFile), Hint: "argocd account generate-token makes one"}
	}
	return login{server: server, token: token, from: "renew the token in " + api.TokenFile}, nil
}

// serverURL is the address of an API as people give it: with a scheme, or as
// the argocd command has it without one.
func serverURL(address string) (*url.URL, error) {
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "":
		return nil, fmt.Errorf("%q is no address", bare(address))
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, fmt.Errorf("%q is neither https nor http", bare(address))
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: strings.TrimRight(u.Path, "/")}, nil
}

// commandConfig is what the argocd command keeps.
type commandConfig struct {
	Current  string `yaml:"current-context"`
	Contexts []struct {
		Name   string `yaml:"name"`
		Server string `yaml:"server"`
		User   string `yaml:"user"`
	} `yaml:"contexts"`
	Servers []struct {
		Server    string `yaml:"server"`
		Insecure  bool   `yaml:"insecure"`
		PlainText bool   `yaml:"plain-text"`
		RootPath  string `yaml:"grpc-web-root-path"`
		Core      bool   `yaml:"core"`
	} `yaml:"servers"`
	Users []struct {
		Name  string `yaml:"name"`
		Token string `yaml:"auth-token"`
	} `yaml:"users"`
}

// commandLogin is the login of the argocd command: that of the configured
// server, and without one that of its current context.
func (r *rest) commandLogin() (login, error) {
	op := "use the login of the argocd command"
	file := r.commandFile()
	text, err := os.ReadFile(file)
	needed := func(err error, hint string) (login, error) {
		return login{}, &core.Error{Access: core.AccessLoginNeeded, Op: op, Err: err, Hint: hint}
	}
	again := "run argocd login, or set engine.api.token_file"
	if errors.Is(err, fs.ErrNotExist) {
		return needed(fmt.Errorf("there is none in %s", file), again)
	}
	var c commandConfig
	if err == nil {
		err = yaml.Unmarshal(text, &c)
	}
	if err != nil {
		return login{}, &core.Error{Access: core.AccessInvalid, Op: op, Err: errors.New(oneLine(err.Error())), Hint: "correct " + file + ", or run argocd login"}
	}
	want, err := r.wanted(c)
	if err != nil {
		return needed(err, again)
	}
	var l login
	for _, s := range c.Servers {
		if s.Server != want.server {
			continue
		}
		if s.Core {
			return needed(errors.New("it is one of core mode, which has no API"), "set engine.kubeconfig to the cluster that Argo CD runs in")
		}
		scheme := "https://"
		if s.PlainText {
			scheme = "http://"
		}
		if l.server, err = serverURL(scheme + s.Server + "/" + strings.Trim(s.RootPath, "/")); err != nil {
			return needed(err, again)
		}
		l.lax = s.Insecure
	}
	for _, u := range c.Users {
		if u.Name == want.user {
			l.token = u.Token
		}
	}
	if l.server == nil || l.token == "" {
		return needed(fmt.Errorf("%s has none for %q", file, want.server), again)
	}
	if r.config.API.Server != "" {
		if l.server, err = serverURL(r.config.API.Server); err != nil {
			return login{}, &core.Error{Access: core.AccessInvalid, Op: op, Err: err, Hint: "correct engine.api.server"}
		}
	}
	l.from, l.command = "run argocd login "+want.server, true
	return l, nil
}

type wantedLogin struct{ server, user string }

// wanted is the context to take.
func (r *rest) wanted(c commandConfig) (wantedLogin, error) {
	host := ""
	if address := r.config.API.Server; address != "" {
		u, err := serverURL(address)
		if err != nil {
			return wantedLogin{}, err
		}
		host = u.Host
	}
	var found *wantedLogin
	for _, context := range c.Contexts {
		server, err := serverURL(context.Server)
		if err != nil || host != "" && !sameHost(server.Host, host) || host == "" && context.Name != c.Current {
			continue
		}
		if found == nil || context.Name == c.Current {
			found = &wantedLogin{context.Server, context.User}
		}
	}
	switch {
	case found != nil:
		return *found, nil
	case host != "":
		return wantedLogin{}, fmt.Errorf("it has none for %s", host)
	}
	return wantedLogin{}, errors.New("it has no current context")
}

func sameHost(a, b string) bool {
	return strings.EqualFold(strings.TrimSuffix(a, ":443"), strings.TrimSuffix(b, ":443"))
}

// commandFile is where the argocd command keeps its logins: it looks at the same
// places in the same order.
func (r *rest) commandFile() string {
	c := r.config
	if c.API.ConfigFile != "" {
		return c.API.ConfigFile
	}
	if dir, ok := c.LookupEnv("ARGOCD_CONFIG_DIR"); ok && dir != "" {
		return filepath.Join(dir, "config")
	}
	old := filepath.Join(c.Home, ".argocd")
	if _, err := os.Stat(old); err == nil {
		return filepath.Join(old, "config")
	}
	if dir, ok := c.LookupEnv("XDG_CONFIG_HOME"); ok && dir != "" {
		return filepath.Join(dir, "argocd", "config")
	}
	return filepath.Join(c.Home, ".config", "argocd", "config")
}

func tlsConfig(roots *x509.CertPool) *tls.Config {
	return &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
}

// ReadLogin implements [core.LoginReader] for Argo CD's own API; without one there
// is none to tell of. The login of an API that objects are read from is for that
// one to tell.
func (r *Reader) ReadLogin(context.Context) core.Login {
	if r.api == nil {
		return core.Login{}
	}
	l, err := r.api.login()
	if err != nil {
		return core.Login{} // whoever reads the engine is told so
	}
	from := r.config.API.TokenFile
	if l.command {
		from = r.api.commandFile()
	}
	told := core.Login{Credentials: []core.Credential{core.TokenCredential(from, l.token)}}
	if c := r.api.certificate.Load(); c != nil {
		told.Credentials = append(told.Credentials, core.CertificateCredential("server certificate", l.server.Host, c))
	}
	return told
}
