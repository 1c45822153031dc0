package kube

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"selvage/core"
)

// login is everything behind a client that may change between two checks:
// the contents of files and what a credential plugin gave. Clients of equal
// logins are equal.
type login struct {
	kubeconfig, token, ca, certificate, key string
	plugin                                  credential
}

// renewal says when a credential plugin is run.
type renewal uint8

const (
	whenExpired renewal = iota
	never               // it may bring up a window, so a person should be there
)

// errPluginDue tells that a credential plugin would have to be run.
var errPluginDue = errors.New("the credentials have expired")

// open gives the client for the credentials as they are now: the last one,
// where they did not change.
func (s *Source) open(ctx context.Context, renew renewal) (*client, error) {
	return s.openAfter(ctx, renew, nil)
}

// reopen gives a client with other credentials than one whose were refused; nil
// where there are none. Of several that were refused at once, one renews them.
func (s *Source) reopen(ctx context.Context, refused *client) *client {
	c, err := s.openAfter(ctx, whenExpired, refused)
	if err != nil || c == refused {
		return nil
	}
	return c
}

// openAfter is open; what a credential plugin gave refused is not used again.
func (s *Source) openAfter(ctx context.Context, renew renewal, refused *client) (*client, error) {
	select {
	case <-s.lock:
		defer func() { s.lock <- struct{}{} }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	config, kubeconfig, err := s.config.load()
	if err != nil {
		return nil, err
	}
	l := loginOf(config, kubeconfig)
	last := s.client
	if config.ExecProvider != nil {
		switch {
		case last != nil && last != refused && last.login.kubeconfig == kubeconfig && last.login.plugin.valid(s.config.Now()):
			l.plugin = last.login.plugin
		case renew == never:
			return nil, errPluginDue
		default:
			if l.plugin, err = s.config.runPlugin(ctx, config); err != nil {
				return nil, err
			}
		}
		l.plugin.apply(config)
	}
	return s.become(config, l)
}

// become gives the client for a login: the last one, where that has it.
func (s *Source) become(config *rest.Config, l login) (*client, error) {
	if s.client != nil && s.client.login == l {
		return s.client, nil
	}
	c, err := newClient(config)
	if err != nil {
		return nil, &core.Error{Access: core.AccessInvalid, Err: err, Hint: "correct the fabric's cluster settings"}
	}
	c.login, c.timeout, c.now, c.log = l, s.config.RequestTimeout, s.config.Now, s.config.Log
	c.renew = s.config.renewal()
	s.client = c
	return c, nil
}

// renewal is what to do when the server refuses the credentials.
func (c Config) renewal() string {
	switch {
	case c.TokenFile != "":
		return "the token was refused: renew the one in " + c.TokenFile
	case c.TokenEnv != "":
		return "the token was refused: renew the one in $" + c.TokenEnv
	case c.Token != "":
		return "the token was refused: renew cluster.token"
	case c.Kubeconfig != "":
		return "the credentials were refused: renew those in " + c.Kubeconfig
	}
	return "the server wants credentials: set cluster.token_file"
}

// load makes client-go's configuration of the fabric's. All files that it
// depends on have been read: their contents are in it, and no names. The text
// of the kubeconfig comes with it.
func (c Config) load() (config *rest.Config, kubeconfig string, err error) {
	config = &rest.Config{}
	if c.Kubeconfig != "" {
		if config, kubeconfig, err = c.readKubeconfig(); err != nil {
			return nil, "", err
		}
	}
	if c.APIServer != "" {
		config.Host = c.APIServer
	}
	if c.TLSServerName != "" {
		config.ServerName = c.TLSServerName
	}
	config.UserAgent = c.UserAgent
	if err := c.setProxy(config); err != nil {
		return nil, "", err
	}
	if err := c.setTrust(config); err != nil {
		return nil, "", err
	}
	if err := c.setToken(config); err != nil {
		return nil, "", err
	}
	return config, kubeconfig, nil
}

func (c Config) readKubeconfig() (*rest.Config, string, error) {
	data, err := os.ReadFile(c.Kubeconfig)
	if err != nil {
		return nil, "", unreadable("kubeconfig", err)
	}
	parsed, err := clientcmd.Load(data)
	if err != nil {
		return nil, "", misconfigured(fmt.Errorf("kubeconfig %q: %s", c.Kubeconfig, oneLine(err.Error())), "correct the file")
	}
	name := c.Context
	if name == "" {
		name = parsed.CurrentContext
	}
	if parsed.Contexts[name] == nil {
		have := strings.Join(slices.Sorted(maps.Keys(parsed.Contexts)), ", ")
		return nil, "", misconfigured(fmt.Errorf("kubeconfig %q has no context %q", c.Kubeconfig, name), "set context to one of: "+have)
	}
	resolve(parsed, c.Kubeconfig)
	config, err := clientcmd.NewNonInteractiveClientConfig(*parsed, name, &clientcmd.ConfigOverrides{}, nil).ClientConfig()
	if err == nil && config.AuthProvider != nil {
		err = fmt.Errorf("auth-provider %q is not supported", config.AuthProvider.Name)
	}
	if err != nil {
		return nil, "", misconfigured(fmt.Errorf("kubeconfig %q: %s", c.Kubeconfig, oneLine(err.Error())), "try the context with kubectl")
	}
	return config, string(data), nil
}

// resolve makes the relative paths in a kubeconfig start at its folder.
func resolve(config *clientcmdapi.Config, origin string) {
	for _, cluster := range config.Clusters {
		cluster.LocationOfOrigin = origin
	}
	for _, user := range config.AuthInfos {
		user.LocationOfOrigin = origin
	}
	_ = clientcmd.ResolveLocalPaths(config) // it fails for origins that are relative; the paths then stay so
}

func (c Config) setProxy(config *rest.Config) error {
	if c.ProxyURL == "" {
		return nil
	}
	proxy, err := url.Parse(c.ProxyURL)
	if err != nil || proxy.Host == "" {
		return misconfigured(errors.New("proxy_url is no URL"), "write it like http://host:port or socks5://host:port")
	}
	config.Proxy = http.ProxyURL(proxy)
	return nil
}

// setTrust fills in whom to trust and, from a kubeconfig, as who to appear.
func (c Config) setTrust(config *rest.Config) error {
	if c.CAFile != "" {
		config.CAFile, config.CAData, config.Insecure = c.CAFile, nil, false
	}
	if c.Insecure {
		config.Insecure = true
	}
	if config.Insecure {
		config.CAFile, config.CAData = "", nil
	}
	if err := rest.LoadTLSFiles(config); err != nil {
		return unreadable("certificate", err)
	}
	config.CAFile, config.CertFile, config.KeyFile = "", "", ""
	return nil
}

func (c Config) setToken(config *rest.Config) error {
	file := config.BearerTokenFile
	config.BearerTokenFile = ""
	switch {
	case c.Token != "":
		config.BearerToken = c.Token
	case c.TokenEnv != "":
		token, ok := c.LookupEnv(c.TokenEnv)
		if !ok || token == "" {
			return loginNeeded(fmt.Errorf("no token in the environment: %s is not set", c.TokenEnv), "set it and start selvage again")
		}
		config.BearerToken = token
	case c.TokenFile != "":
		file = c.TokenFile
		fallthrough
	case file != "":
		data, err := os.ReadFile(file)
		if err != nil {
			return unreadable("token", err)
		}
		config.BearerToken = string(data)
	default:
		if config.BearerToken != "" || len(config.CertData) > 0 || config.Username != "" {
			config.ExecProvider = nil // as kubectl does
		}
		return nil
	}
	config.BearerToken = strings.TrimSpace(config.BearerToken)
	config.ExecProvider = nil
	if config.BearerToken == "" {
		return loginNeeded(fmt.Errorf("the token file %q is empty", file), "write a token into it")
	}
	return nil
}

// misconfigured, loginNeeded and unreadable make errors whose operation the
// caller knows.
func misconfigured(err error, hint string) error {
	return &core.Error{Access: core.AccessInvalid, Err: err, Hint: hint}
}

func loginNeeded(err error, hint string) error {
	return &core.Error{Access: core.AccessLoginNeeded, Err: err, Hint: hint}
}

func unreadable(what string, err error) error {
	hint := "make it readable for this user"
	if errors.Is(err, fs.ErrNotExist) {
		hint = "put it there, or correct its path"
	}
	return loginNeeded(fmt.Errorf("read %s: %w", what, err), hint)
}
