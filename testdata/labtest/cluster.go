package labtest

import (
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"

	"selvage/testdata/labtest/client"
)

// ReaderUser is the name of the user that may only read.
const ReaderUser = "selvage-reader"

// OperatorUser is the name of the user that may do everything.
const OperatorUser = "operator"

// Cluster is a cluster as one test uses it.
type Cluster struct {
	Server    string // address of the API server
	CAFile    string // certificate that signed the server's
	Namespace string // where the test keeps its objects

	ReaderToken        string
	ReaderKubeconfig   string
	OperatorToken      string
	OperatorKubeconfig string

	t    testing.TB
	lab  *Lab
	info client.Cluster
	own  bool
}

// Cluster returns the shared cluster, with a fresh namespace and fresh users.
func (l *Lab) Cluster(t testing.TB) *Cluster {
	t.Helper()
	name := slug(t.Name()) + "-" + strings.ToLower(rand.Text()[:6])
	return l.open(t, client.OpenCluster{Namespace: name})
}

// NewCluster starts a cluster for this test alone, which ends with it. The
// namespace is default. It takes about two seconds, and 200 MB of the lab.
func (l *Lab) NewCluster(t testing.TB) *Cluster {
	t.Helper()
	return l.open(t, client.OpenCluster{Own: true, Name: slug(t.Name())})
}

// NewClusterOf is NewCluster with the kinds that the definitions in a folder of
// YAML files make, in place of the lab's own.
func (l *Lab) NewClusterOf(t testing.TB, definitions string) *Cluster {
	t.Helper()
	return l.open(t, client.OpenCluster{Own: true, Name: slug(t.Name()), Definitions: definitions})
}

// NewStrictCluster is NewCluster with the rules of Hedgehog's validating webhooks:
// it refuses VPCs whose VLANs or subnets clash or whose name is too long, and to
// delete VPCs and connections that something refers to.
func (l *Lab) NewStrictCluster(t testing.TB) *Cluster {
	t.Helper()
	return l.open(t, client.OpenCluster{Own: true, Name: slug(t.Name()), Validate: true})
}

// In returns the same cluster with another namespace, which is made if it is
// not there.
func (c *Cluster) In(t testing.TB, namespace string) *Cluster {
	t.Helper()
	c.Apply(t, "labtest", "apiVersion: v1\nkind: Namespace\nmetadata: {name: "+namespace+"}\n")
	other := *c
	other.Namespace = namespace
	return &other
}

func (l *Lab) open(t testing.TB, req client.OpenCluster) *Cluster {
	t.Helper()
	info := ask[client.Cluster](t, l, client.VerbClusterOpen, req)
	atEnd(t, l, client.VerbClusterClose, info.ID)
	return &Cluster{
		Server: info.Server, CAFile: info.CAFile, Namespace: info.Namespace,
		ReaderToken: info.Reader.Token, ReaderKubeconfig: info.Reader.Kubeconfig,
		OperatorToken: info.Operator.Token, OperatorKubeconfig: info.Operator.Kubeconfig,
		t: t, lab: l, info: info, own: req.Own,
	}
}

// Unplug stops the API server: connections break and new ones are refused. What
// it stores is kept. Only for a cluster of NewCluster.
func (c *Cluster) Unplug() {
	c.t.Helper()
	ask[client.Done](c.t, c.lab, client.VerbClusterUnplug, client.Ref{ID: c.info.ID})
}

// Plug starts the API server again, on the same address with the same
// certificate, and waits until it is ready.
func (c *Cluster) Plug() {
	c.t.Helper()
	ask[client.Done](c.t, c.lab, client.VerbClusterPlug, client.Ref{ID: c.info.ID})
}

// RevokeReader makes the reader's token invalid at once.
func (c *Cluster) RevokeReader() {
	c.t.Helper()
	ref := client.TokenRef{Cluster: c.info.ID, Token: c.ReaderToken}
	ask[client.Done](c.t, c.lab, client.VerbTokenRevoke, ref)
}

// RestoreReader makes the reader's token valid again.
func (c *Cluster) RestoreReader() {
	c.t.Helper()
	ref := client.TokenRef{Cluster: c.info.ID, Token: c.ReaderToken}
	ask[client.Done](c.t, c.lab, client.VerbTokenRestore, ref)
}

// Grant makes one more user in some groups. It has no rights but those that the
// test binds to its name or groups.
func (c *Cluster) Grant(t testing.TB, user string, groups ...string) Credential {
	t.Helper()
	req := client.GrantToken{Cluster: c.info.ID, User: user, Groups: groups}
	return ask[client.Credential](t, c.lab, client.VerbTokenGrant, req)
}

// Credential is a user of a cluster, with a token and a kubeconfig file.
type Credential = client.Credential

// DropCRD deletes a definition and all its objects, and waits until they are
// gone. The name is the plural with its group, vpcs.vpc.githedgehog.com. Only
// for a cluster of NewCluster.
func (c *Cluster) DropCRD(name string) {
	c.t.Helper()
	if !c.own {
		c.t.Fatalf("labtest: drop %s: the shared cluster belongs to everybody; use NewCluster", name)
	}
	c.Kubectl(c.t, "delete", "crd", name, "--wait")
}

// Kubectl runs kubectl as the operator, in the test's namespace unless args
// name another, and returns what it printed. The test ends when it fails.
func (c *Cluster) Kubectl(t testing.TB, args ...string) string {
	t.Helper()
	out, err := c.TryKubectl("", args...)
	if err != nil {
		t.Fatalf("labtest: %v", err)
	}
	return out
}

// TryKubectl is Kubectl with a standard input, for what may be refused.
func (c *Cluster) TryKubectl(stdin string, args ...string) (string, error) {
	kubeconfig := c.OperatorKubeconfig
	// The last namespace on a command line counts, and the kubeconfig's is that
	// of the whole cluster.
	cmd := exec.Command(c.lab.Kubectl(), append([]string{"--namespace=" + c.Namespace}, args...)...)
	cmd.Env = append(os.Environ(),
		"KUBECONFIG="+kubeconfig,
		"KUBECACHEDIR="+filepath.Join(filepath.Dir(kubeconfig), "cache"), // addresses are used again
		"KUBERC=off",
	)
	cmd.Stdin = strings.NewReader(stdin)
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return stdout.String(), fmt.Errorf("kubectl %s (cluster %s, namespace %s): %w: %s",
			strings.Join(args, " "), c.info.Name, c.Namespace, err, strings.TrimSpace(stderr.String()))
	}
	return stdout.String(), nil
}

// Apply applies YAML documents by server-side apply, with force, as the given
// field manager.
func (c *Cluster) Apply(t testing.TB, manager, yaml string) {
	t.Helper()
	_, err := c.TryKubectl(yaml, "apply", "--server-side", "--force-conflicts", "--field-manager="+manager, "-f", "-")
	if err != nil {
		t.Fatalf("labtest: %v", err)
	}
}

// Dynamic returns a client of the operator that is not held back by a rate.
func (c *Cluster) Dynamic() dynamic.Interface {
	c.t.Helper()
	d, err := dynamic.NewForConfig(&rest.Config{
		Host: c.Server, BearerToken: c.OperatorToken, QPS: -1, UserAgent: "labtest",
		TLSClientConfig: rest.TLSClientConfig{CAFile: c.CAFile},
	})
	if err != nil {
		c.t.Fatalf("labtest: make a client of %s: %v", c.Server, err)
	}
	return d
}
