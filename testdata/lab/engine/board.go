package engine

import (
	"context"
	"fmt"
	"reflect"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
)

// The resources an engine shows itself in.
var (
	applications   = schema.GroupVersionResource{Group: "argoproj.io", Version: "v1alpha1", Resource: "applications"}
	projects       = schema.GroupVersionResource{Group: "argoproj.io", Version: "v1alpha1", Resource: "appprojects"}
	kustomizations = schema.GroupVersionResource{Group: "kustomize.toolkit.fluxcd.io", Version: "v1", Resource: "kustomizations"}
	repositories   = schema.GroupVersionResource{Group: "source.toolkit.fluxcd.io", Version: "v1", Resource: "gitrepositories"}
)

// What people write into an engine's object to ask for something.
const (
	refreshAnnotation   = "argocd.argoproj.io/refresh"
	reconcileAnnotation = "reconcile.fluxcd.io/requestedAt"
)

// listenEach is the time between two looks at what people wrote into the object.
const listenEach = time.Second

// board is where an engine shows its objects and hears of wishes.
type board struct {
	client    dynamic.Interface
	namespace string
	name      string // of the object that people write into
	gvr       schema.GroupVersionResource
	now       func() time.Time

	shown    map[string]map[string]any // what is there, by resource and name
	listened time.Time
	handled  string // the last value of reconcileAnnotation
}

func newBoard(e *Engine) (board, error) {
	b := board{
		namespace: e.cfg.Object.Namespace, name: e.cfg.Name, gvr: applications, now: e.cfg.Now,
		shown: make(map[string]map[string]any),
	}
	if e.cfg.Type == Flux {
		b.gvr = kustomizations
	}
	var err error
	if b.client, err = dynamic.NewForConfig(e.cfg.Object.Cluster); err != nil {
		return b, fmt.Errorf("make a client for the object of engine %q: %w", e.cfg.Name, err)
	}
	return b, nil
}

// shown is one object to show. A status of its own subresource is written apart.
type shown struct {
	gvr     schema.GroupVersionResource
	content map[string]any
	apart   bool
}

// show makes the cluster hold the objects. What cannot be written now is tried
// the next time.
func (b *board) show(ctx context.Context, objects ...shown) {
	for _, s := range objects {
		obj := &unstructured.Unstructured{Object: s.content}
		id := s.gvr.Resource + "/" + obj.GetName()
		if reflect.DeepEqual(b.shown[id], s.content) {
			continue
		}
		if err := b.write(ctx, s, b.shown[id]); err == nil {
			b.shown[id] = obj.DeepCopy().Object
		}
	}
}

// write stores one object. What others wrote into its metadata stays, and so
// does an operation that somebody asks for.
func (b *board) write(ctx context.Context, s shown, before map[string]any) error {
	client := b.client.Resource(s.gvr).Namespace(b.namespace)
	obj := (&unstructured.Unstructured{Object: s.content}).DeepCopy()
	live, err := client.Get(ctx, obj.GetName(), metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
		live, err = client.Create(ctx, obj, metav1.CreateOptions{})
	case err == nil:
		obj.Object["metadata"] = live.Object["metadata"]
		wish, asked := live.Object["operation"]
		if _, ours := before["operation"]; asked && !ours && obj.Object["operation"] == nil && b.name == obj.GetName() {
			obj.Object["operation"] = wish
		}
		live, err = client.Update(ctx, obj, metav1.UpdateOptions{})
	}
	if err != nil || !s.apart {
		return err
	}
	live.Object["status"] = observed(obj.Object["status"], live.GetGeneration())
	_, err = client.UpdateStatus(ctx, live, metav1.UpdateOptions{})
	return err
}

// observed writes the generation into a status of Flux, and into its conditions.
func observed(status any, generation int64) any {
	fields, ok := status.(map[string]any)
	if !ok {
		return status
	}
	fields["observedGeneration"] = generation
	conditions, _ := fields["conditions"].([]any)
	for _, c := range conditions {
		if one, ok := c.(map[string]any); ok {
			one["observedGeneration"] = generation
		}
	}
	return status
}

// wish is what somebody asks for by writing into the engine's object.
type wish struct {
	refresh bool   // look at Git now; Flux: reconcile now
	sync    bool   // begin an operation
	by      string // who asks for it
	auto    bool   // it says that nobody did
	prune   bool
}

// wish returns what somebody asks for, now and then.
func (b *board) wish(ctx context.Context) wish {
	if now := b.now(); now.Before(b.listened.Add(listenEach)) {
		return wish{}
	}
	b.listened = b.now()
	client := b.client.Resource(b.gvr).Namespace(b.namespace)
	live, err := client.Get(ctx, b.name, metav1.GetOptions{})
	if err != nil {
		if apierrors.IsNotFound(err) {
			clear(b.shown) // somebody deleted it; the engine is still there
		}
		return wish{}
	}
	var w wish
	annotations := live.GetAnnotations()
	if b.gvr == kustomizations {
		asked := annotations[reconcileAnnotation]
		w.refresh = asked != "" && asked != b.handled
		b.handled = asked
		return w
	}
	if _, w.refresh = annotations[refreshAnnotation]; w.refresh {
		delete(annotations, refreshAnnotation)
		live.SetAnnotations(annotations)
		_, _ = client.Update(ctx, live, metav1.UpdateOptions{})
	}
	_, ours := b.shown[b.gvr.Resource+"/"+b.name]["operation"]
	operation, asked := live.Object["operation"].(map[string]any)
	if !asked || ours {
		return w
	}
	w.sync = true
	w.prune, _, _ = unstructured.NestedBool(operation, "sync", "prune")
	w.by, _, _ = unstructured.NestedString(operation, "initiatedBy", "username")
	w.auto, _, _ = unstructured.NestedBool(operation, "initiatedBy", "automated")
	return w
}
