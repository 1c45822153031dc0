package engine

import (
	"cmp"
	"context"
	"reflect"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// The words of Argo CD for how Git and live compare.
const (
	synced    = "Synced"
	outOfSync = "OutOfSync"
	unknown   = "Unknown"
)

// standing is how one object compares.
type standing struct {
	key     key
	object  *unstructured.Unstructured // the wanted one, or a surplus one as it is live
	status  string
	surplus bool
}

// compared is how a commit and the cluster compare.
type compared struct {
	status  string
	objects []standing
}

// only tells whether all that is not synced is surplus, and everything whether
// nothing else is there at all.
func (c compared) surplus() (only, everything bool) {
	only, everything = true, true
	for _, s := range c.objects {
		only = only && (s.status == synced || s.surplus)
		everything = everything && s.surplus
	}
	return only, everything
}

// differing are the objects that are not synced.
func (c compared) differing() []standing {
	var all []standing
	for _, s := range c.objects {
		if s.status != synced {
			all = append(all, s)
		}
	}
	return all
}

// pairs is what is known of pairs of a document and a live object, so that the
// cluster is not asked again about a pair that did not change.
type pairs map[key]pair

type pair struct {
	text, version string
	same          bool
}

// compare tells how a commit and the cluster compare. Whether a document would
// change its object is what the cluster says to a trial run.
func (e *Engine) compare(ctx context.Context, l load, known pairs) (compared, error) {
	result := compared{status: synced}
	wanted := l.desired()
	live := make(map[place]map[string]string)
	for _, doc := range l.documents {
		if _, listed := live[doc.key.place]; listed {
			continue
		}
		list, err := e.client.Resource(doc.key.gvr).Namespace(doc.key.namespace).List(ctx, metav1.ListOptions{})
		if err != nil {
			return compared{status: unknown}, err
		}
		live[doc.key.place] = make(map[string]string, len(list.Items))
		for _, obj := range list.Items {
			live[doc.key.place][obj.GetName()] = obj.GetResourceVersion()
		}
	}
	for _, doc := range l.documents {
		version, there := live[doc.key.place][doc.key.name]
		s := standing{key: doc.key, object: doc.object, status: outOfSync}
		if there && e.same(ctx, doc, version, known) {
			s.status = synced
		}
		result.objects = append(result.objects, s)
	}
	for _, r := range l.unknown {
		result.objects = append(result.objects, standing{object: r.object(), status: outOfSync})
	}
	rest, err := e.surplus(ctx, wanted)
	if err != nil {
		return compared{status: unknown}, err
	}
	for _, o := range rest {
		result.objects = append(result.objects, standing{key: o.key, object: o.object, status: outOfSync, surplus: true})
	}
	for _, s := range result.objects {
		if s.status != synced {
			result.status = outOfSync
		}
	}
	slices.SortFunc(result.objects, func(a, b standing) int { return cmp.Compare(name(a.object), name(b.object)) })
	return result, nil
}

// object is a skeleton of what a result is about.
func (r Result) object() *unstructured.Unstructured {
	obj := &unstructured.Unstructured{Object: map[string]any{}}
	version := r.Version
	if r.Group != "" {
		version = r.Group + "/" + r.Version
	}
	obj.SetAPIVersion(version)
	obj.SetKind(r.Kind)
	obj.SetNamespace(r.Namespace)
	obj.SetName(r.Name)
	return obj
}

// same tells whether applying a document would leave its object as it is. One
// that the cluster refuses would not.
func (e *Engine) same(ctx context.Context, doc document, version string, known pairs) bool {
	if p, ok := known[doc.key]; ok && p.text == doc.text && p.version == version {
		return p.same
	}
	p := pair{text: doc.text, version: version}
	live, err := e.client.Resource(doc.key.gvr).Namespace(doc.key.namespace).Get(ctx, doc.key.name, metav1.GetOptions{})
	if err != nil {
		return false
	}
	if after, err := e.apply(ctx, doc, true); err == nil {
		p.same = reflect.DeepEqual(bare(live), bare(after))
	}
	known[doc.key] = p
	return p.same
}

// bare is an object without what every write changes.
func bare(obj *unstructured.Unstructured) map[string]any {
	obj = obj.DeepCopy()
	for _, field := range []string{"managedFields", "resourceVersion", "generation"} {
		unstructured.RemoveNestedField(obj.Object, "metadata", field)
	}
	unstructured.RemoveNestedField(obj.Object, "status")
	return obj.Object
}
