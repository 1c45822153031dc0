package cluster_test

import (
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"
	"sigs.k8s.io/yaml"

	"selvage/testdata/lab/crds"
)

func TestEveryKindIsServedAsDefined(t *testing.T) {
	c := shared(t)
	disco, err := discovery.NewDiscoveryClientForConfig(operator(t, c))
	if err != nil {
		t.Fatal(err)
	}
	for _, crd := range crds.All() {
		version := crd.Spec.Group + "/" + crd.Spec.Versions[0].Name
		list, err := disco.ServerResourcesForGroupVersion(version)
		if err != nil {
			t.Errorf("%s: %v", version, err)
			continue
		}
		at := slices.IndexFunc(list.APIResources, func(r metav1.APIResource) bool { return r.Name == crd.Spec.Names.Plural })
		if at < 0 {
			t.Errorf("%s is not served", crd.Name)
			continue
		}
		r := list.APIResources[at]
		if r.Kind != crd.Spec.Names.Kind || !r.Namespaced || !slices.Equal(r.ShortNames, crd.Spec.Names.ShortNames) {
			t.Errorf("%s is served as %+v", crd.Name, r)
		}
		if !slices.ContainsFunc(list.APIResources, func(r metav1.APIResource) bool {
			return r.Name == crd.Spec.Names.Plural+"/status"
		}) {
			t.Errorf("%s has no status", crd.Name)
		}
	}
}

// TestLiveObjectsAreAsTheWebhookMakesThem creates documents and compares what
// the cluster then holds with what a fabric would. The larger corpus is not part
// of the repository; where it lies beside it, it is used, too.
func TestLiveObjectsAreAsTheWebhookMakesThem(t *testing.T) {
	c := shared(t)
	own, err := filepath.Glob("testdata/*.git.yaml")
	if err != nil || len(own) == 0 {
		t.Fatalf("no cases in testdata: %v", err)
	}
	corpus, err := filepath.Glob("../../../../shared/domain/samples/golden/*.git.yaml")
	if err != nil {
		t.Fatal(err)
	}
	live := client(t, c)
	for i, git := range append(own, corpus...) {
		name := strings.TrimSuffix(filepath.Base(git), ".git.yaml")
		for how, write := range writers() {
			t.Run(name+"/"+how, func(t *testing.T) {
				ns := namespace(t, c, strings.ToLower(how)+"-"+string(rune('a'+i)))
				want := make(map[string]map[string]any)
				for _, doc := range documents(t, strings.Replace(git, ".git.yaml", ".live.yaml", 1)) {
					want[doc.GetKind()+"/"+doc.GetName()] = comparable(doc)
				}
				docs := documents(t, git)
				for _, doc := range docs {
					doc.SetNamespace(ns)
					have, err := write(t, live.Resource(plural(t, doc.GroupVersionKind())).Namespace(ns), doc)
					if err != nil {
						t.Errorf("%s/%s: %v", doc.GetKind(), doc.GetName(), err)
						continue
					}
					id := doc.GetKind() + "/" + doc.GetName()
					if have := comparable(have); !reflect.DeepEqual(have, want[id]) {
						t.Errorf("%s is\n%s\nwant\n%s", id, text(t, have), text(t, want[id]))
					}
				}
				if len(docs) != len(want) {
					t.Errorf("%d documents, %d wanted", len(docs), len(want))
				}
			})
		}
	}
}

type writer func(*testing.T, dynamic.ResourceInterface, *unstructured.Unstructured) (*unstructured.Unstructured, error)

// writers are the two ways an object comes into being.
func writers() map[string]writer {
	return map[string]writer{
		"create": func(t *testing.T, r dynamic.ResourceInterface, doc *unstructured.Unstructured) (*unstructured.Unstructured, error) {
			return r.Create(t.Context(), doc, metav1.CreateOptions{})
		},
		"apply": func(t *testing.T, r dynamic.ResourceInterface, doc *unstructured.Unstructured) (*unstructured.Unstructured, error) {
			return r.Apply(t.Context(), doc.GetName(), doc, metav1.ApplyOptions{FieldManager: "argocd-controller"})
		},
	}
}

// plural finds the resource of a kind of the lab.
func plural(t *testing.T, gvk schema.GroupVersionKind) schema.GroupVersionResource {
	t.Helper()
	for _, crd := range crds.All() {
		if crd.Spec.Group == gvk.Group && crd.Spec.Names.Kind == gvk.Kind && crd.Spec.Versions[0].Name == gvk.Version {
			return gvk.GroupVersion().WithResource(crd.Spec.Names.Plural)
		}
	}
	t.Fatalf("the lab has no %s", gvk)
	return schema.GroupVersionResource{}
}

// comparable is an object without what the API server adds, without its
// namespace and without the one field that tells the time.
func comparable(obj *unstructured.Unstructured) map[string]any {
	o := obj.DeepCopy().Object
	delete(o, "status")
	meta := o["metadata"].(map[string]any)
	maps.DeleteFunc(meta, func(key string, _ any) bool {
		return key != "name" && key != "labels" && key != "annotations"
	})
	unstructured.RemoveNestedField(o, "spec", "portLocators")
	return o
}

func text(t *testing.T, v any) string {
	t.Helper()
	raw, err := yaml.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestUnknownFieldsAreKeptButInAttachments(t *testing.T) {
	c := shared(t)
	ns := namespace(t, c, "unknown")
	for _, test := range []struct {
		doc  string
		kept bool
	}{
		{"{apiVersion: vpc.githedgehog.com/v1beta1, kind: VPC, metadata: {name: x}, spec: {novel: {deep: 1}}}", true},
		{"{apiVersion: wiring.githedgehog.com/v1beta1, kind: Switch, metadata: {name: x}, spec: {role: spine, novel: {deep: 1}}}", true},
		{"{apiVersion: vpc.githedgehog.com/v1beta1, kind: VPCAttachment, metadata: {name: x}, spec: {subnet: a/b, novel: {deep: 1}}}", false},
	} {
		doc := document(t, test.doc)
		r := client(t, c).Resource(plural(t, doc.GroupVersionKind())).Namespace(ns)
		have, err := r.Create(t.Context(), doc, metav1.CreateOptions{})
		if err != nil {
			t.Errorf("create %s: %v", test.doc, err)
			continue
		}
		_, kept, err := unstructured.NestedInt64(have.Object, "spec", "novel", "deep")
		if err != nil || kept != test.kept {
			t.Errorf("%s keeps an unknown field: %v (%v), want %v", doc.GetKind(), kept, err, test.kept)
		}
		// Server-side apply refuses what other writes drop.
		doc.SetName("y")
		_, err = r.Apply(t.Context(), "y", doc, metav1.ApplyOptions{FieldManager: "argocd-controller"})
		if refused := err != nil; refused == test.kept {
			t.Errorf("apply of %s with an unknown field: %v", doc.GetKind(), err)
		}
	}
}

func TestTypingErrorsAreRefused(t *testing.T) {
	c := shared(t)
	ns := namespace(t, c, "typing")
	for _, text := range []string{
		"{apiVersion: vpc.githedgehog.com/v1beta1, kind: VPC, metadata: {name: x}, spec: {subnets: {a: {vlan: ten}}}}",
		"{apiVersion: wiring.githedgehog.com/v1beta1, kind: Switch, metadata: {name: x}, spec: {role: leaf}}",
		"{apiVersion: wiring.githedgehog.com/v1beta1, kind: Switch, metadata: {name: x}, spec: {description: no role}}",
	} {
		doc := document(t, text)
		_, err := client(t, c).Resource(plural(t, doc.GroupVersionKind())).Namespace(ns).Create(t.Context(), doc, metav1.CreateOptions{})
		if !apierrors.IsInvalid(err) {
			t.Errorf("create %s: %v, want Invalid", text, err)
		}
	}
}

func TestWebhookFieldsBelongToNobody(t *testing.T) {
	c := shared(t)
	ns := namespace(t, c, "owners")
	doc := document(t, "{apiVersion: vpc.githedgehog.com/v1beta1, kind: VPC, metadata: {name: x}, spec: {subnets: {a: {subnet: 10.0.0.0/24, vlan: 5}}}}")
	r := client(t, c).Resource(plural(t, doc.GroupVersionKind())).Namespace(ns)
	have, err := r.Apply(t.Context(), "x", doc, metav1.ApplyOptions{FieldManager: "argocd-controller"})
	if err != nil {
		t.Fatal(err)
	}
	if gateway, _, _ := unstructured.NestedString(have.Object, "spec", "subnets", "a", "gateway"); gateway != "10.0.0.1" {
		t.Errorf("gateway = %q", gateway)
	}
	entries := have.GetManagedFields()
	if len(entries) != 1 || entries[0].Manager != "argocd-controller" || entries[0].Operation != metav1.ManagedFieldsOperationApply {
		t.Fatalf("managers = %+v", entries)
	}
	const want = `{"f:spec":{"f:subnets":{"f:a":{".":{},"f:subnet":{},"f:vlan":{}}}}}`
	if owned := entries[0].FieldsV1.GetRawString(); owned != want {
		t.Errorf("argocd-controller owns %s, want %s", owned, want)
	}
	again, err := r.Apply(t.Context(), "x", doc, metav1.ApplyOptions{FieldManager: "argocd-controller"})
	if err != nil || again.GetResourceVersion() != have.GetResourceVersion() {
		t.Errorf("a second apply changed the object: %v", err)
	}
}
