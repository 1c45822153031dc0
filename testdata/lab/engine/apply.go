package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// document is one object as Git says it, ready to be applied.
type document struct {
	key    key
	object *unstructured.Unstructured
	text   string // all of it, to tell two apart
}

// load is a commit, read.
type load struct {
	revision  string
	documents []document
	unknown   []Result // what the cluster has no kind for
}

// desired are the documents by where they belong.
func (l load) desired() map[key]document {
	all := make(map[key]document, len(l.documents))
	for _, doc := range l.documents {
		all[doc.key] = doc
	}
	return all
}

// load reads a commit.
func (e *Engine) load(ctx context.Context, from source, commit string) (load, error) {
	l := load{revision: commit}
	files, err := from.manifests(ctx, commit)
	if err != nil {
		return l, err
	}
	objects, err := parse(files)
	if err != nil {
		return l, err
	}
	// Kinds may have come or gone since the last commit.
	e.mapper.Reset()
	for _, obj := range objects {
		doc, err := e.place(obj)
		if err != nil {
			l.unknown = append(l.unknown, result(obj, Refused, err.Error()))
			continue
		}
		l.documents = append(l.documents, doc)
		e.places[doc.key.place] = true
	}
	return l, nil
}

func result(obj *unstructured.Unstructured, done Action, message string) Result {
	gvk := obj.GroupVersionKind()
	return Result{
		Group: gvk.Group, Version: gvk.Version, Kind: gvk.Kind, Namespace: obj.GetNamespace(), Name: obj.GetName(),
		Action: done, Message: message,
	}
}

// place finds out where an object belongs and marks it as the engine's.
func (e *Engine) place(obj *unstructured.Unstructured) (document, error) {
	gvk := obj.GroupVersionKind()
	mapping, err := e.mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
	if err != nil {
		return document{}, fmt.Errorf("find the resource of %s: %w", gvk, err)
	}
	if mapping.Scope.Name() == meta.RESTScopeNameNamespace {
		if obj.GetNamespace() == "" {
			obj.SetNamespace(e.cfg.Namespace)
		}
	} else {
		obj.SetNamespace("")
	}
	e.mark(obj)
	text, err := json.Marshal(obj)
	if err != nil {
		return document{}, fmt.Errorf("encode %s %q: %w", gvk.Kind, obj.GetName(), err)
	}
	at := place{gvr: mapping.Resource, namespace: obj.GetNamespace()}
	return document{key: key{place: at, name: obj.GetName()}, object: obj, text: string(text)}, nil
}

// mark writes into an object whose it is.
func (e *Engine) mark(obj *unstructured.Unstructured) {
	if e.cfg.Type == Flux {
		labels := obj.GetLabels()
		if labels == nil {
			labels = make(map[string]string)
		}
		labels[FluxName], labels[FluxNamespace] = e.cfg.Name, e.cfg.Object.Namespace
		obj.SetLabels(labels)
		return
	}
	annotations := obj.GetAnnotations()
	if annotations == nil {
		annotations = make(map[string]string)
	}
	annotations[TrackingAnnotation] = e.trackingID(obj)
	obj.SetAnnotations(annotations)
}

func (e *Engine) trackingID(obj *unstructured.Unstructured) string {
	gvk := obj.GroupVersionKind()
	return fmt.Sprintf("%s:%s/%s:%s/%s", e.cfg.Name, gvk.Group, gvk.Kind, obj.GetNamespace(), obj.GetName())
}

// owns tells whether an object has the engine's mark. Of Argo CD it must be the
// object's own: a copy of another object has that one's.
func (e *Engine) owns(obj *unstructured.Unstructured) bool {
	if e.cfg.Type == Flux {
		labels := obj.GetLabels()
		return labels[FluxName] == e.cfg.Name && labels[FluxNamespace] == e.cfg.Object.Namespace
	}
	id := obj.GetAnnotations()[TrackingAnnotation]
	if e.cfg.Type == ArgoCD {
		return id == e.trackingID(obj)
	}
	return strings.HasPrefix(id, e.cfg.Name+":")
}

// apply makes the cluster hold a document and returns what it holds then; with
// dry it only tells what it would.
func (e *Engine) apply(ctx context.Context, doc document, dry bool) (*unstructured.Unstructured, error) {
	manager := Manager
	if e.cfg.Type == Flux {
		manager = FluxManager
	}
	options := metav1.ApplyOptions{FieldManager: manager, Force: true}
	if dry {
		options.DryRun = []string{metav1.DryRunAll}
	}
	live, err := e.client.Resource(doc.key.gvr).Namespace(doc.key.namespace).Apply(ctx, doc.key.name, doc.object, options)
	if err == nil && !dry {
		e.written[doc.key] = live.GetResourceVersion()
	}
	return live, err
}

// remove deletes an object; one that is gone already counts as deleted.
func (e *Engine) remove(ctx context.Context, k key) error {
	err := e.client.Resource(k.gvr).Namespace(k.namespace).Delete(ctx, k.name, metav1.DeleteOptions{})
	if apierrors.IsNotFound(err) {
		err = nil
	}
	if err == nil {
		delete(e.written, k)
	}
	return err
}

// owned is an object with the engine's mark.
type owned struct {
	key    key
	object *unstructured.Unstructured
}

// surplus returns the engine's objects that are not among the wanted ones, by
// kind and name.
func (e *Engine) surplus(ctx context.Context, wanted map[key]document) ([]owned, error) {
	places, err := e.prunable()
	if err != nil {
		return nil, err
	}
	var all []owned
	var errs []error
	for _, at := range places {
		list, err := e.client.Resource(at.gvr).Namespace(at.namespace).List(ctx, metav1.ListOptions{})
		if err != nil {
			errs = append(errs, fmt.Errorf("list %s to prune: %w", at.gvr.GroupResource(), err))
			continue
		}
		for i := range list.Items {
			live := &list.Items[i]
			k := key{place: at, name: live.GetName()}
			if _, keep := wanted[k]; !keep && e.owns(live) {
				all = append(all, owned{key: k, object: live})
			}
		}
	}
	return all, errors.Join(errs...)
}

// prunable returns where objects of the engine may be.
func (e *Engine) prunable() ([]place, error) {
	namespaces := map[string]bool{e.cfg.Namespace: true}
	places := make(map[place]bool)
	for at := range e.places {
		places[at] = true
		if at.namespace != "" {
			namespaces[at.namespace] = true
		}
	}
	lists, err := e.disco.ServerPreferredResources()
	if err != nil {
		return nil, fmt.Errorf("ask which kinds there are: %w", err)
	}
	for _, list := range lists {
		gv, err := schema.ParseGroupVersion(list.GroupVersion)
		if err != nil || !slices.Contains(e.cfg.Groups, gv.Group) {
			continue
		}
		for _, r := range list.APIResources {
			for ns := range namespaces {
				places[place{gvr: gv.WithResource(r.Name), namespace: ns}] = true
			}
		}
	}
	// Kinds that are no longer served hold nothing.
	var sorted []place
	for at := range places {
		if _, err := e.mapper.KindFor(at.gvr); err == nil {
			sorted = append(sorted, at)
		}
	}
	slices.SortFunc(sorted, func(a, b place) int {
		return strings.Compare(a.gvr.String()+a.namespace, b.gvr.String()+b.namespace)
	})
	return sorted, nil
}
