package cluster

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"selvage/testdata/lab/crds"
)

// settle is how long a poll waits before it looks again.
const settle = 20 * time.Millisecond

// slowHooks are the two checks of readiness that wait a second for nothing the
// lab's own setup needs. The setup runs while they do.
const slowHooks = "?exclude=poststarthook/rbac/bootstrap-roles" +
	"&exclude=poststarthook/scheduling/bootstrap-system-priority-classes"

// prepare waits until the server is ready, and sets up what a new one lacks.
func (c *Cluster) prepare(ctx context.Context, server *apiserver, first bool) error {
	cfg := c.RESTConfig(c.admin, "lab")
	client, err := rest.HTTPClientFor(cfg)
	if err != nil {
		return fmt.Errorf("make an HTTP client: %w", err)
	}
	defer client.CloseIdleConnections()
	ok := func(path string) error { return waitOK(ctx, client, cfg, path, server) }
	if first {
		if err := ok("/readyz" + slowHooks); err != nil {
			return err
		}
		if err := c.setUp(ctx, cfg); err != nil {
			return err
		}
	}
	if err := errors.Join(ok("/readyz"), ok("/api/v1/namespaces/"+metav1.NamespaceDefault)); err != nil {
		return err
	}
	if first {
		return nil
	}
	return crds.Warm(ctx, cfg)
}

// setUp installs the kinds, the roles and the webhook, all at once.
func (c *Cluster) setUp(ctx context.Context, cfg *rest.Config) error {
	clients, err := kubernetes.NewForConfig(cfg)
	if err != nil {
		return fmt.Errorf("make a client: %w", err)
	}
	steps := []func() error{
		func() error { return crds.Install(ctx, cfg, c.kinds) },
		func() error { return c.register(ctx, cfg) },
		func() error { return bindReaders(ctx, clients) },
	}
	done := make(chan error, len(steps))
	for _, step := range steps {
		go func() { done <- step() }()
	}
	var errs []error
	for range steps {
		errs = append(errs, <-done)
	}
	return errors.Join(errs...)
}

// register makes the cluster ask the webhooks.
func (c *Cluster) register(ctx context.Context, cfg *rest.Config) error {
	if err := c.hook.Register(ctx, cfg, crds.OperatorGroups()); err != nil || !c.validate {
		return err
	}
	return c.hook.RegisterRules(ctx, cfg)
}

// bindReaders lets ReaderGroup read what operators write, and agents.
func bindReaders(ctx context.Context, clients *kubernetes.Clientset) error {
	verbs := []string{"get", "list", "watch"}
	role := &rbacv1.ClusterRole{
		ObjectMeta: metav1.ObjectMeta{Name: ReaderGroup},
		Rules: []rbacv1.PolicyRule{
			{APIGroups: crds.OperatorGroups(), Resources: []string{"*"}, Verbs: verbs},
			{APIGroups: []string{crds.AgentGroup}, Resources: []string{"agents"}, Verbs: verbs},
		},
	}
	binding := &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: ReaderGroup},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role.Name},
		Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.GroupKind, Name: ReaderGroup}},
	}
	if _, err := clients.RbacV1().ClusterRoles().Create(ctx, role, metav1.CreateOptions{}); err != nil {
		return fmt.Errorf("create cluster role %q: %w", role.Name, err)
	}
	if _, err := clients.RbacV1().ClusterRoleBindings().Create(ctx, binding, metav1.CreateOptions{}); err != nil {
		return fmt.Errorf("bind cluster role %q: %w", role.Name, err)
	}
	return nil
}

// Namespace makes sure the namespace exists.
func (c *Cluster) Namespace(ctx context.Context, name string) error {
	clients, err := kubernetes.NewForConfig(c.RESTConfig(c.admin, "lab"))
	if err != nil {
		return fmt.Errorf("make a client: %w", err)
	}
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
	_, err = clients.CoreV1().Namespaces().Create(ctx, ns, metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("create namespace %q: %w", name, err)
	}
	return nil
}

// waitOK asks for a path until it is answered 200, ctx ends or the server does.
func waitOK(ctx context.Context, client *http.Client, cfg *rest.Config, path string, server *apiserver) error {
	tick := time.NewTicker(settle)
	defer tick.Stop()
	for last := ""; ; {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, cfg.Host+path, http.NoBody)
		if err != nil {
			return fmt.Errorf("ask %s: %w", path, err)
		}
		if resp, err := client.Do(req); err != nil {
			last = err.Error()
		} else {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
			last = resp.Status
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("ask %s: last answer %q: %w", path, last, ctx.Err())
		case <-server.done:
			return fmt.Errorf("ask %s: the API server ended: %w", path, server.err)
		case <-tick.C:
		}
	}
}
