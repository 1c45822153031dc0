package kube

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"k8s.io/client-go/rest"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// PersonLogin is the credential plugin of a kubeconfig as it is run where a person
// can answer it: with the terminal for its input and its complaints. What it writes
// to its standard output is for [Source.TakeLogin], and secret.
type PersonLogin struct {
	Argv []string
	Env  []string // "NAME=value", beside the environment
	// ForCluster is set where the plugin is told of the cluster: then what it gives
	// is for this one alone.
	ForCluster bool

	base []string // Env without what is told of the cluster
}

// Same tells whether two logins run the same command, whatever the clusters.
func (p PersonLogin) Same(o PersonLogin) bool {
	return slices.Equal(p.Argv, o.Argv) && slices.Equal(p.base, o.base)
}

// PersonLogin is how a person logs in to the cluster. It fails where that is not by
// a credential plugin, and says by what.
func (s *Source) PersonLogin() (PersonLogin, error) {
	config, _, err := s.config.load()
	if err != nil {
		return PersonLogin{}, err
	}
	plugin := config.ExecProvider
	if plugin == nil {
		return PersonLogin{}, errors.New(s.config.renewal())
	}
	if plugin.InteractiveMode == clientcmdapi.NeverExecInteractiveMode {
		return PersonLogin{}, fmt.Errorf("credential plugin %q asks nobody (interactiveMode: Never)", filepath.Base(plugin.Command))
	}
	info, err := pluginInput(config, true)
	if err != nil {
		return PersonLogin{}, fmt.Errorf("credential plugin %q: %w", filepath.Base(plugin.Command), err)
	}
	p := PersonLogin{Argv: append([]string{plugin.Command}, plugin.Args...), ForCluster: plugin.ProvideClusterInfo}
	for _, v := range plugin.Env {
		p.base = append(p.base, v.Name+"="+v.Value)
	}
	p.Env = append(slices.Clone(p.base), "KUBERNETES_EXEC_INFO="+info)
	return p, nil
}

// TakeLogin uses what a plugin gave that a person answered, until it ends or is
// refused.
func (s *Source) TakeLogin(ctx context.Context, output []byte) error {
	select {
	case <-s.lock:
		defer func() { s.lock <- struct{}{} }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	config, kubeconfig, err := s.config.load()
	if err != nil {
		return err
	}
	if config.ExecProvider == nil {
		return errors.New("the kubeconfig has no credential plugin any more")
	}
	l := loginOf(config, kubeconfig)
	if l.plugin, err = parseCredential(output, config.ExecProvider.APIVersion); err != nil {
		return fmt.Errorf("credential plugin %q: %w", filepath.Base(config.ExecProvider.Command), err)
	}
	l.plugin.apply(config)
	_, err = s.become(config, l)
	return err
}

// loginOf is what a configuration logs in with, but for what a plugin gives.
func loginOf(config *rest.Config, kubeconfig string) login {
	return login{
		kubeconfig:  kubeconfig,
		token:       config.BearerToken,
		ca:          string(config.CAData),
		certificate: string(config.CertData),
		key:         string(config.KeyData),
	}
}
