package cluster

import (
	"context"
	"fmt"

	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"selvage/testdata/lab/crds"
)

// EngineReaders is the cluster role that lets ReaderGroup read what GitOps
// engines show, and its binding. A test that takes the binding away has an
// engine that nobody may look at.
const EngineReaders = "selvage:engine-readers"

// InstallEngines makes the cluster serve the kinds that GitOps engines show
// themselves in, and lets ReaderGroup read them. It may be called again.
func (c *Cluster) InstallEngines(ctx context.Context) error {
	cfg := c.RESTConfig(c.admin, "lab")
	if err := crds.Install(ctx, cfg, crds.Engines()); err != nil {
		return err
	}
	clients, err := kubernetes.NewForConfig(cfg)
	if err != nil {
		return fmt.Errorf("make a client: %w", err)
	}
	verbs := []string{"get", "list", "watch"}
	role := &rbacv1.ClusterRole{
		ObjectMeta: metav1.ObjectMeta{Name: EngineReaders},
		Rules: []rbacv1.PolicyRule{
			{APIGroups: []string{crds.ArgoGroup}, Resources: []string{"applications", "appprojects"}, Verbs: verbs},
			{APIGroups: []string{crds.FluxGroup}, Resources: []string{"kustomizations"}, Verbs: verbs},
			{APIGroups: []string{crds.FluxSourceGroup}, Resources: []string{"gitrepositories"}, Verbs: verbs},
		},
	}
	_, err = clients.RbacV1().ClusterRoles().Create(ctx, role, metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		return nil // bound once; who took that away meant it
	}
	if err != nil {
		return fmt.Errorf("create cluster role %q: %w", role.Name, err)
	}
	binding := &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: EngineReaders},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role.Name},
		Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.GroupKind, Name: ReaderGroup}},
	}
	if _, err := clients.RbacV1().ClusterRoleBindings().Create(ctx, binding, metav1.CreateOptions{}); err != nil {
		return fmt.Errorf("bind cluster role %q: %w", role.Name, err)
	}
	return nil
}
