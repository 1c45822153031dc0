package scenarios_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"

	"selvage/testdata/hedgehog"
	"selvage/testdata/labtest"
)

// live is a namespace of a cluster of the lab, with an engine that works when
// it is asked.
type live struct {
	t       testing.TB
	site    *site
	cluster *labtest.Cluster
	repo    *labtest.Repo
	engine  *labtest.Engine
	client  dynamic.Interface
	access  string // the program's kubeconfig
}

// newLive makes a site in a namespace of a cluster.
func newLive(t testing.TB, lab *labtest.Lab, cluster *labtest.Cluster, p *program, name string) *site {
	t.Helper()
	repo := lab.Repo(t)
	s := &site{t: t, name: name, namespace: cluster.Namespace, layout: hedgehog.PerObject}
	s.tree = plain(t, repo.Dir)
	s.tree.push = func() { repo.Git("push", "--quiet", "--force", "origin", "HEAD") }
	p.set(password(name), repo.ReadPassword)
	l := &live{
		t: t, site: s, cluster: cluster, repo: repo, client: cluster.Dynamic(),
		engine: cluster.Engine(t, repo, "main", folder, labtest.EngineOptions{Prune: true}),
		access: filepath.Join(p.dir, name+".kubeconfig"),
	}
	l.allow(cluster.ReaderKubeconfig)
	s.cluster = l
	return s
}

// password is the variable that a site's password stands in.
func password(name string) string {
	upper := []byte("GIT_PASSWORD_" + name)
	for i, c := range upper {
		if c == '-' {
			upper[i] = '_'
		}
	}
	return string(upper)
}

func (l *live) settings() (cluster, git map[string]any) {
	return map[string]any{"kubeconfig": l.access},
		map[string]any{"url": l.repo.URL, "username": l.repo.ReadUser, "password_env": password(l.site.name)}
}

func (l *live) sync() {
	l.t.Helper()
	l.engine.Sync(l.t)
}

// at is where the objects of a kind are.
func (l *live) at(ref hedgehog.Ref) dynamic.ResourceInterface {
	version := "v1beta1"
	if ref.Group == "gateway.githedgehog.com" {
		version = "v1alpha1"
	}
	gvr := schema.GroupVersionResource{Group: ref.Group, Version: version, Resource: hedgehog.Plural(ref.Kind)}
	return l.client.Resource(gvr).Namespace(ref.Namespace)
}

func (l *live) get(ref hedgehog.Ref) map[string]any {
	l.t.Helper()
	o, err := l.at(ref).Get(l.t.Context(), ref.Name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		l.t.Fatalf("get %s: %v", ref, err)
	}
	return o.Object
}

func (l *live) do(c change) {
	l.t.Helper()
	ctx, at, err := l.t.Context(), l.at(c.ref), error(nil)
	switch c.verb {
	case "patch":
		err = l.patch(c.ref, c.object, c.by)
	case "create":
		o := hedgehog.Clone(c.object).(map[string]any)
		delete(o["metadata"].(map[string]any), "namespace")
		_, err = at.Create(ctx, &unstructured.Unstructured{Object: o}, metav1.CreateOptions{FieldManager: c.by})
	case "apply":
		text, failed := json.Marshal(c.object)
		if failed != nil {
			l.t.Fatal(failed)
		}
		_, err = l.cluster.TryKubectl(string(text), "apply", "--namespace", c.ref.Namespace, "-f", "-")
	case "delete":
		err = at.Delete(ctx, c.ref.Name, metav1.DeleteOptions{})
	case "recreate":
		if err = at.Delete(ctx, c.ref.Name, metav1.DeleteOptions{}); err == nil {
			l.sync()
		}
	case "terminate":
		wait := map[string]any{"metadata": map[string]any{"finalizers": []any{"example.net/wait"}}}
		if err = l.patch(c.ref, wait, "kubectl-patch"); err == nil {
			err = at.Delete(ctx, c.ref.Name, metav1.DeleteOptions{})
		}
	case "partly readable":
		l.withoutVPCs()
	case "unreadable":
		l.cluster.RevokeReader()
	case "readable":
		l.cluster.RestoreReader()
		l.allow(l.cluster.ReaderKubeconfig)
	default:
		l.t.Fatalf("the lab knows no %q", c.verb)
	}
	if err != nil {
		l.t.Fatalf("%s %s: %v", c.verb, c.ref, err)
	}
}

// patch patches an object as a manager's tool does. A second does not go by in
// between: managedFields have no finer times.
func (l *live) patch(ref hedgehog.Ref, patch map[string]any, by string) error {
	text, err := json.Marshal(patch)
	if err != nil {
		return err
	}
	_, err = l.at(ref).Patch(l.t.Context(), ref.Name, types.MergePatchType, text, metav1.PatchOptions{FieldManager: by})
	return err
}

// hydrate has the installer assign what Git leaves open.
func (l *live) hydrate() {
	l.t.Helper()
	all := slices.Clone(l.site.objects)
	for _, text := range l.site.given {
		all = append(all, documents(l.t, text)...)
	}
	homes := make([]map[string]any, len(all))
	for i, o := range all {
		homes[i] = l.site.home(o)
	}
	plan := hedgehog.PlanHydration(homes)
	for i, o := range all {
		ref := l.site.refOf(o)
		now := l.get(ref)
		assigned := l.site.home(now)
		plan.Apply(assigned)
		if reflect.DeepEqual(homes[i], assigned) {
			continue
		}
		l.do(change{verb: "patch", ref: ref, by: "hhfab", object: map[string]any{"spec": assigned["spec"]}})
	}
}

// allow gives the program the rights of a kubeconfig.
func (l *live) allow(kubeconfig string) {
	l.t.Helper()
	text, err := os.ReadFile(kubeconfig)
	if err == nil {
		err = os.WriteFile(l.access, text, 0o600)
	}
	if err != nil {
		l.t.Fatal(err)
	}
}

// withoutVPCs gives the program the rights of somebody who may read every kind
// of the namespace but VPCs.
func (l *live) withoutVPCs() {
	l.t.Helper()
	user := "partly-" + l.cluster.Namespace
	l.cluster.Apply(l.t, "labtest", fmt.Sprintf(`
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: partly}
rules:
- {apiGroups: [wiring.githedgehog.com, gateway.githedgehog.com], resources: ["*"], verbs: [get, list, watch]}
- apiGroups: [vpc.githedgehog.com]
  resources: [vpcattachments, vpcpeerings, externals, externalattachments, externalpeerings, ipv4namespaces]
  verbs: [get, list, watch]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: partly}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: partly}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: %q}]
`, user))
	l.allow(l.cluster.Grant(l.t, user).Kubeconfig)
}
