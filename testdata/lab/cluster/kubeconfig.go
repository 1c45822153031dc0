package cluster

import (
	"fmt"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// WriteKubeconfig writes a kubeconfig file for one user of the cluster. Its one
// context has the name of the cluster.
func (c *Cluster) WriteKubeconfig(path, user, token, namespace string) error {
	cfg := api.NewConfig()
	cfg.Clusters[c.name] = &api.Cluster{Server: c.URL(), CertificateAuthority: c.CAFile()}
	cfg.AuthInfos[user] = &api.AuthInfo{Token: token}
	cfg.Contexts[c.name] = &api.Context{Cluster: c.name, AuthInfo: user, Namespace: namespace}
	cfg.CurrentContext = c.name
	if err := clientcmd.WriteToFile(*cfg, path); err != nil {
		return fmt.Errorf("write kubeconfig %q: %w", path, err)
	}
	return nil
}
