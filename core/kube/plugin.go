package kube

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"k8s.io/client-go/rest"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"selvage/core/child"
)

// credential is what a credential plugin gave: a token, or a client certificate
// with its key, or both.
type credential struct {
	token, certificate, key string
	expires                 int64 // Unix seconds; 0 for never
}

// valid tells whether the credential was given and holds for a while yet.
func (c credential) valid(now time.Time) bool {
	return (c.token != "" || c.certificate != "") && (c.expires == 0 || now.Unix()+10 < c.expires)
}

// apply makes a configuration use the credential in place of the plugin.
func (c credential) apply(config *rest.Config) {
	config.ExecProvider = nil
	config.BearerToken = c.token
	if c.certificate != "" {
		config.CertData, config.KeyData = []byte(c.certificate), []byte(c.key)
	}
}

// execCredential is the document of client.authentication.k8s.io that a plugin
// gets in its environment and writes to its standard output.
type execCredential struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Spec       struct {
		Cluster     *execCluster `json:"cluster,omitempty"`
		Interactive bool         `json:"interactive"`
	} `json:"spec"`
	Status *struct {
		ExpirationTimestamp   time.Time `json:"expirationTimestamp"`
		Token                 string    `json:"token"`
		ClientCertificateData string    `json:"clientCertificateData"`
		ClientKeyData         string    `json:"clientKeyData"`
	} `json:"status,omitempty"`
}

type execCluster struct {
	Server        string `json:"server"`
	TLSServerName string `json:"tls-server-name,omitempty"`
	Insecure      bool   `json:"insecure-skip-tls-verify,omitempty"`
	CA            []byte `json:"certificate-authority-data,omitempty"`
	ProxyURL      string `json:"proxy-url,omitempty"`
	Config        any    `json:"config,omitempty"`
}

// runPlugin runs the credential plugin of a configuration. The plugin has no
// terminal, no standard input and a limited time; what it says on standard
// error becomes part of the reason where it fails.
func (c Config) runPlugin(ctx context.Context, config *rest.Config) (credential, error) {
	plugin := config.ExecProvider
	hint := "log in by hand: run kubectl version with kubeconfig " + c.Kubeconfig + " and this fabric's context"
	name := filepath.Base(plugin.Command)
	if plugin.InteractiveMode == clientcmdapi.AlwaysExecInteractiveMode {
		return credential{}, loginNeeded(fmt.Errorf("credential plugin %q wants to ask a person", name), hint)
	}
	info, err := pluginInput(config, false)
	if err != nil {
		return credential{}, misconfigured(fmt.Errorf("credential plugin %q: %w", name, err), "correct the kubeconfig")
	}
	ctx, cancel := context.WithTimeoutCause(ctx, c.RequestTimeout, errSlow{c.RequestTimeout})
	defer cancel()
	output, complaint, err := runAlone(ctx, plugin, info)
	if errors.Is(err, child.ErrNotFound) && plugin.InstallHint != "" {
		hint = oneLine(plugin.InstallHint)
	}
	if err == nil {
		var got credential
		if got, err = parseCredential(output, plugin.APIVersion); err == nil {
			return got, nil
		}
	}
	if complaint != "" {
		err = fmt.Errorf("%w: %s", err, complaint)
	}
	return credential{}, loginNeeded(fmt.Errorf("credential plugin %q: %w", name, err), hint)
}

// pluginInput is what a plugin is told: whether it can ask a person, and where it
// wants that, of the cluster.
func pluginInput(config *rest.Config, interactive bool) (string, error) {
	plugin := config.ExecProvider
	var in execCredential
	in.APIVersion, in.Kind = plugin.APIVersion, "ExecCredential"
	in.Spec.Interactive = interactive
	if plugin.ProvideClusterInfo {
		cluster, err := rest.ConfigToExecCluster(config)
		if err != nil {
			return "", err
		}
		in.Spec.Cluster = &execCluster{
			Server:        cluster.Server,
			TLSServerName: cluster.TLSServerName,
			Insecure:      cluster.InsecureSkipTLSVerify,
			CA:            cluster.CertificateAuthorityData,
			ProxyURL:      cluster.ProxyURL,
			Config:        plugin.Config,
		}
	}
	info, err := json.Marshal(in)
	return string(info), err
}

// runAlone runs a plugin where it cannot touch the terminal.
func runAlone(ctx context.Context, plugin *clientcmdapi.ExecConfig, info string) (output []byte, complaint string, err error) {
	command := child.Command{Name: plugin.Command, Args: plugin.Args}
	for _, v := range plugin.Env {
		command.Env = append(command.Env, v.Name+"="+v.Value)
	}
	command.Env = append(command.Env, "KUBERNETES_EXEC_INFO="+info)
	result, err := command.Run(ctx)
	return result.Output, oneLine(result.Complaint), err
}

func parseCredential(output []byte, version string) (credential, error) {
	var out execCredential
	if err := json.Unmarshal(output, &out); err != nil {
		return credential{}, errors.New("its output is no ExecCredential")
	}
	status := out.Status
	switch {
	case out.Kind != "ExecCredential" || out.APIVersion != version:
		return credential{}, fmt.Errorf("its output is no ExecCredential of %s", version)
	case status == nil || status.Token == "" && status.ClientCertificateData == "":
		return credential{}, errors.New("it gave neither a token nor a certificate")
	case (status.ClientCertificateData == "") != (status.ClientKeyData == ""):
		return credential{}, errors.New("it gave a certificate without its key, or a key alone")
	}
	got := credential{
		token:       strings.TrimSpace(status.Token),
		certificate: status.ClientCertificateData,
		key:         status.ClientKeyData,
	}
	if !status.ExpirationTimestamp.IsZero() {
		got.expires = status.ExpirationTimestamp.Unix()
	}
	return got, nil
}
