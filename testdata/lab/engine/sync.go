package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Action is what a sync did to one object.
type Action string

// The actions.
const (
	Applied Action = "applied" // it is as Git says; Version tells whether it changed
	Pruned  Action = "pruned"
	Refused Action = "refused" // Message says why
)

// Result is what a sync did to one object.
type Result struct {
	Group     string `json:"group"`
	Kind      string `json:"kind"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
	Action    Action `json:"action"`
	Message   string `json:"message,omitempty"`
}

// State is what one sync did.
type State struct {
	Revision string    `json:"revision"` // the commit, "" when the branch was not found
	Started  time.Time `json:"started"`
	Finished time.Time `json:"finished"`
	Results  []Result  `json:"results"`
	Error    string    `json:"error,omitempty"` // why nothing was applied, or not all pruned
}

// Failed tells whether anything went wrong.
func (s State) Failed() bool {
	return s.Error != "" || slices.ContainsFunc(s.Results, func(r Result) bool { return r.Action == Refused })
}

// document is one object as Git says it, ready to be applied.
type document struct {
	key    key
	object *unstructured.Unstructured
}

// sync reads the branch, applies it, prunes, and records what it did.
func (e *Engine) sync(ctx context.Context) State {
	state := State{Started: e.cfg.Now()}
	if err := e.syncInto(ctx, &state); err != nil {
		state.Error = err.Error()
	}
	state.Finished = e.cfg.Now()
	e.mu.Lock()
	defer e.mu.Unlock()
	e.state = state
	return state
}

func (e *Engine) syncInto(ctx context.Context, state *State) error {
	head, err := e.tree.head(ctx)
	if err != nil {
		return err
	}
	state.Revision = head
	files, err := e.tree.manifests(ctx, head)
	if err != nil {
		return err
	}
	objects, err := parse(files)
	if err != nil {
		return err
	}
	// Kinds may have come or gone since the last sync.
	e.mapper.Reset()
	desired := make(map[key]document, len(objects))
	for _, obj := range objects {
		doc, err := e.place(obj)
		if err == nil {
			desired[doc.key] = doc
			err = e.apply(ctx, doc)
		}
		state.Results = append(state.Results, result(obj, Applied, err))
	}
	e.desired = desired
	if !e.Options().Prune {
		return nil
	}
	pruned, err := e.prune(ctx)
	state.Results = append(state.Results, pruned...)
	return err
}

func result(obj *unstructured.Unstructured, done Action, err error) Result {
	gvk := obj.GroupVersionKind()
	r := Result{Group: gvk.Group, Kind: gvk.Kind, Namespace: obj.GetNamespace(), Name: obj.GetName(), Action: done}
	if err != nil {
		r.Action, r.Message = Refused, err.Error()
	}
	return r
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
	annotations := obj.GetAnnotations()
	if annotations == nil {
		annotations = make(map[string]string)
	}
	annotations[TrackingAnnotation] = fmt.Sprintf("%s:%s/%s:%s/%s",
		e.cfg.Name, gvk.Group, gvk.Kind, obj.GetNamespace(), obj.GetName())
	obj.SetAnnotations(annotations)
	at := place{gvr: mapping.Resource, namespace: obj.GetNamespace()}
	return document{key: key{place: at, name: obj.GetName()}, object: obj}, nil
}

// apply makes the cluster hold a document.
func (e *Engine) apply(ctx context.Context, doc document) error {
	e.places[doc.key.place] = true
	live, err := e.client.Resource(doc.key.gvr).Namespace(doc.key.namespace).Apply(ctx, doc.key.name, doc.object,
		metav1.ApplyOptions{FieldManager: Manager, Force: true})
	if err != nil {
		return fmt.Errorf("apply: %w", err)
	}
	e.written[doc.key] = live.GetResourceVersion()
	return nil
}

// prune deletes the engine's objects that are not desired.
func (e *Engine) prune(ctx context.Context) ([]Result, error) {
	places, err := e.prunable()
	if err != nil {
		return nil, err
	}
	var results []Result
	var errs []error
	for _, at := range places {
		client := e.client.Resource(at.gvr).Namespace(at.namespace)
		list, err := client.List(ctx, metav1.ListOptions{})
		if err != nil {
			errs = append(errs, fmt.Errorf("list %s to prune: %w", at.gvr.GroupResource(), err))
			continue
		}
		for _, live := range list.Items {
			k := key{place: at, name: live.GetName()}
			if _, wanted := e.desired[k]; wanted || !e.owns(&live) {
				continue
			}
			err := client.Delete(ctx, live.GetName(), metav1.DeleteOptions{})
			if apierrors.IsNotFound(err) {
				err = nil
			}
			delete(e.written, k)
			results = append(results, result(&live, Pruned, err))
		}
	}
	return results, errors.Join(errs...)
}

// owns tells whether an object has the engine's mark.
func (e *Engine) owns(obj *unstructured.Unstructured) bool {
	return strings.HasPrefix(obj.GetAnnotations()[TrackingAnnotation], e.cfg.Name+":")
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
