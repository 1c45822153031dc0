package cluster

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"sync"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
	apiext "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/client-go/rest"

	"selvage/testdata/lab/crds"
	"selvage/testdata/lab/pki"
	"selvage/testdata/lab/webhook"
)

// The files in the directory of a cluster.
const (
	caFile      = "ca.crt"
	certFile    = "server.crt"
	keyFile     = "server.key"
	signingFile = "signing.key"
	policyFile  = "audit-policy.yaml"
	auditFile   = "audit.log"
)

// auditPolicy logs what everybody does but the server itself.
const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: None
  users: ["system:apiserver"]
- level: Metadata
`

// Config says what a cluster is made of. All fields but Definitions and Validate
// are required.
type Config struct {
	Name   string         // in kubeconfig files and messages
	Dir    string         // an empty directory with a short path
	Mutate webhook.Mutate // the work of the mutating webhooks
	Now    func() time.Time
	Log    *log.Logger // what goes wrong between calls

	// Definitions is a folder with the definitions of the kinds to serve; "" for
	// the lab's own.
	Definitions string
	// Validate has the cluster refuse what a fabric refuses.
	Validate bool
}

// Cluster is a running cluster. Its methods may be called at the same time.
type Cluster struct {
	name, dir string
	authority *pki.Authority
	tokens    *tokens
	admin     string // token of the lab itself
	etcd      *embed.Etcd
	hook      *webhook.Server
	port      *port
	kinds     []*apiext.CustomResourceDefinition
	validate  bool

	mu     sync.Mutex
	server *apiserver // nil while unplugged
	closed bool
}

// ErrClosed is the error of calls to a cluster that was closed.
var ErrClosed = errors.New("the cluster is closed")

// Start starts a cluster and returns when it is ready to be used: all kinds can
// be listed, the webhook is asked, both roles are bound.
func Start(ctx context.Context, cfg Config) (_ *Cluster, err error) {
	silence()
	c := &Cluster{name: cfg.Name, dir: cfg.Dir, tokens: newTokens(), kinds: crds.All(), validate: cfg.Validate}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("start cluster %q: %w", cfg.Name, err), c.Close())
		}
	}()
	if cfg.Definitions != "" {
		if c.kinds, err = crds.Folder(cfg.Definitions); err != nil {
			return nil, err
		}
	}
	if err := c.writeFiles(); err != nil {
		return nil, err
	}
	c.admin = c.Grant(User{Name: "lab", UID: "lab", Groups: []string{OperatorGroup}})
	if c.hook, err = webhook.Serve(c.authority, cfg.Mutate, cfg.Now, cfg.Log); err != nil {
		return nil, err
	}
	if c.port, err = reserve(); err != nil {
		return nil, err
	}
	if c.etcd, err = startEtcd(ctx, c.dir); err != nil {
		return nil, err
	}
	if err := c.hook.Validate(c.RESTConfig(c.admin, "lab-webhook")); err != nil {
		return nil, err
	}
	if err := c.plug(ctx, true); err != nil {
		return nil, err
	}
	return c, nil
}

// writeFiles makes everything the API server reads at its start.
func (c *Cluster) writeFiles() error {
	authority, err := pki.New(c.name)
	if err != nil {
		return err
	}
	c.authority = authority
	leaf, err := authority.Server("kubernetes", "kubernetes.default.svc")
	if err != nil {
		return err
	}
	signing, err := pki.SigningKey()
	if err != nil {
		return err
	}
	for name, content := range map[string][]byte{
		caFile: authority.PEM(), certFile: leaf.Cert, keyFile: leaf.Key,
		signingFile: signing, policyFile: []byte(auditPolicy), auditFile: nil,
	} {
		if err := os.WriteFile(filepath.Join(c.dir, name), content, 0o600); err != nil {
			return fmt.Errorf("write a file of the cluster: %w", err)
		}
	}
	return nil
}

// Close stops the cluster. What it wrote stays in its directory.
func (c *Cluster) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil
	}
	c.closed = true
	var errs []error
	if c.server != nil {
		errs = append(errs, c.server.stop())
		c.server = nil
	}
	if c.etcd != nil {
		c.etcd.Close()
	}
	if c.hook != nil {
		errs = append(errs, c.hook.Close())
	}
	if c.port != nil {
		c.port.release()
	}
	return errors.Join(errs...)
}

// Unplug stops the API server; clients are refused until Plug. Everything
// stored is kept.
func (c *Cluster) Unplug() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return ErrClosed
	}
	if c.server == nil {
		return nil
	}
	err := c.server.stop()
	c.server = nil
	return err
}

// Plug starts the API server again after Unplug and returns when it is ready.
func (c *Cluster) Plug(ctx context.Context) error { return c.plug(ctx, false) }

func (c *Cluster) plug(ctx context.Context, first bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return ErrClosed
	}
	if c.server != nil {
		return nil
	}
	listener, err := c.port.listen(ctx)
	if err != nil {
		return err
	}
	if c.server, err = c.startServer(listener); err != nil {
		return err
	}
	return c.prepare(ctx, c.server, first)
}

// Name returns the name of the cluster.
func (c *Cluster) Name() string { return c.name }

// URL returns the address of the API server. It never changes.
func (c *Cluster) URL() string { return fmt.Sprintf("https://127.0.0.1:%d", c.port.number) }

// CAFile returns the path of the certificate clients are to trust.
func (c *Cluster) CAFile() string { return filepath.Join(c.dir, caFile) }

// AuditLog returns the path of the audit log.
func (c *Cluster) AuditLog() string { return filepath.Join(c.dir, auditFile) }

// Grant returns a new token for u, valid at once.
func (c *Cluster) Grant(u User) string { return c.tokens.grant(u) }

// Restore makes a revoked token valid again.
func (c *Cluster) Restore(token string, u User) { c.tokens.restore(token, u) }

// Revoke makes a token invalid at once.
func (c *Cluster) Revoke(token string) { c.tokens.revoke(token) }

// RESTConfig returns how a client in this process reaches the cluster.
func (c *Cluster) RESTConfig(token, agent string) *rest.Config {
	return &rest.Config{
		Host:            c.URL(),
		BearerToken:     token,
		UserAgent:       agent,
		TLSClientConfig: rest.TLSClientConfig{CAData: c.authority.PEM()},
		QPS:             -1,
	}
}
