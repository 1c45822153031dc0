package cluster

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"sync"
	"time"

	"github.com/go-logr/logr"
	"github.com/spf13/pflag"
	"k8s.io/apiserver/pkg/authentication/request/bearertoken"
	"k8s.io/apiserver/pkg/authentication/request/union"
	genericapiserver "k8s.io/apiserver/pkg/server"
	"k8s.io/client-go/rest"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
	"k8s.io/kubernetes/cmd/kube-apiserver/app/options"
)

// stopWithin is how long a stopping server waits for open requests. Watches
// never end by themselves, so any more is waited in vain.
const stopWithin = 200 * time.Millisecond

// assembling lets one server at a time be put together: its packages were
// written for one server in a process and share registries while they start.
var assembling sync.Mutex

// silence ends what the packages of Kubernetes say on standard error. It is for
// the whole process, because their loggers are.
var silence = sync.OnceFunc(func() {
	klog.SetLogger(logr.Discard())
	rest.SetDefaultWarningHandler(rest.NoWarnings{})
})

// apiserver is one run of an API server, from its start to its stop.
type apiserver struct {
	cancel context.CancelFunc
	done   chan struct{}
	err    error // valid once done is closed
}

// runner is a server that is put together.
type runner interface{ Run(context.Context) error }

// startServer puts a server together on listener and runs it. It returns before
// the server is ready; listener is the server's from then on.
func (c *Cluster) startServer(listener net.Listener) (*apiserver, error) {
	ctx, cancel := context.WithCancel(context.Background())
	server, err := c.assemble(ctx, listener)
	if err != nil {
		cancel()
		listener.Close()
		return nil, fmt.Errorf("assemble the API server of cluster %q: %w", c.name, err)
	}
	run := &apiserver{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(run.done)
		run.err = server.Run(ctx)
	}()
	return run, nil
}

// stop ends the run and waits until its port is free.
func (a *apiserver) stop() error {
	a.cancel()
	<-a.done
	if a.err != nil && !errors.Is(a.err, context.Canceled) {
		return fmt.Errorf("stop the API server: %w", a.err)
	}
	return nil
}

// assemble does what the command kube-apiserver does before it runs, except
// that it leaves signals, logging and metrics of the process alone.
func (c *Cluster) assemble(ctx context.Context, listener net.Listener) (runner, error) {
	assembling.Lock()
	defer assembling.Unlock()
	opts := options.NewServerRunOptions()
	flags := pflag.NewFlagSet("kube-apiserver", pflag.ContinueOnError)
	for _, set := range opts.Flags().FlagSets {
		flags.AddFlagSet(set)
	}
	opts.SecureServing.Listener = listener
	opts.SecureServing.BindPort = listener.Addr().(*net.TCPAddr).Port
	if err := flags.Parse(c.flags()); err != nil {
		return nil, fmt.Errorf("parse flags: %w", err)
	}
	if err := opts.GenericServerRunOptions.ComponentGlobalsRegistry.Set(); err != nil {
		return nil, fmt.Errorf("set feature gates: %w", err)
	}
	completed, err := opts.Complete(ctx)
	if err != nil {
		return nil, fmt.Errorf("complete options: %w", err)
	}
	if errs := completed.Validate(); len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	cfg, err := app.NewConfig(completed)
	if err != nil {
		return nil, fmt.Errorf("configure: %w", err)
	}
	for _, generic := range []*genericapiserver.Config{
		cfg.KubeAPIs.ControlPlane.Generic, &cfg.Aggregator.GenericConfig.Config, &cfg.ApiExtensions.GenericConfig.Config,
	} {
		auth := &generic.Authentication
		auth.Authenticator = union.New(bearertoken.New(c.tokens), auth.Authenticator)
	}
	complete, err := cfg.Complete()
	if err != nil {
		return nil, fmt.Errorf("complete the configuration: %w", err)
	}
	server, err := app.CreateServerChain(complete)
	if err != nil {
		return nil, fmt.Errorf("chain servers: %w", err)
	}
	server.GenericAPIServer.ShutdownTimeout = stopWithin
	prepared, err := server.PrepareRun()
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	return prepared, nil
}

func (c *Cluster) flags() []string {
	file := func(name string) string { return filepath.Join(c.dir, name) }
	return []string{
		"--bind-address=127.0.0.1",
		"--etcd-servers=" + etcdEndpoint(c.dir),
		"--cert-dir=" + c.dir,
		"--tls-cert-file=" + file(certFile),
		"--tls-private-key-file=" + file(keyFile),
		"--service-account-issuer=https://lab.example",
		"--service-account-key-file=" + file(signingFile),
		"--service-account-signing-key-file=" + file(signingFile),
		"--service-cluster-ip-range=10.0.0.0/24",
		"--endpoint-reconciler-type=none",
		"--authorization-mode=RBAC",
		"--anonymous-auth=false",
		"--disable-admission-plugins=ServiceAccount",
		"--audit-policy-file=" + file(policyFile),
		"--audit-log-path=" + file(auditFile),
		"--audit-log-maxsize=100000", // megabytes: never turn the file over while it is read
	}
}
