package engine

import (
	"context"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/watch"
)

// touch says which objects of one place somebody may have written or deleted.
type touch struct {
	place    place
	versions map[string]string // by name, "" for one that was deleted
	all      bool              // objects that are not in versions do not exist
}

// foreign returns which of the engine's objects a touch is about that was not
// the engine's own.
func (e *Engine) foreign(t touch) []key {
	var all []key
	for k := range e.desired {
		if k.place != t.place {
			continue
		}
		version, named := t.versions[k.name]
		if (named || t.all) && (version == "" || version != e.written[k]) {
			all = append(all, k)
		}
	}
	return all
}

// watch starts a watch of each place the engine has applied to.
func (e *Engine) watch(ctx context.Context, running *sync.WaitGroup) {
	for at := range e.places {
		if e.watching[at] {
			continue
		}
		e.watching[at] = true
		running.Go(func() { e.follow(ctx, at) })
	}
}

// follow tells of every change at one place until ctx ends. After a break it
// tells of all objects there are, as any of them may have changed or gone.
func (e *Engine) follow(ctx context.Context, at place) {
	retry := time.NewTicker(interval)
	defer retry.Stop()
	for ctx.Err() == nil {
		e.followOnce(ctx, at)
		select {
		case <-ctx.Done():
		case <-retry.C:
		}
	}
}

func (e *Engine) followOnce(ctx context.Context, at place) {
	client := e.client.Resource(at.gvr).Namespace(at.namespace)
	list, err := client.List(ctx, metav1.ListOptions{})
	if err != nil {
		return
	}
	now := touch{place: at, versions: make(map[string]string, len(list.Items)), all: true}
	for _, obj := range list.Items {
		now.versions[obj.GetName()] = obj.GetResourceVersion()
	}
	if !e.tell(ctx, now) {
		return
	}
	events, err := client.Watch(ctx, metav1.ListOptions{ResourceVersion: list.GetResourceVersion()})
	if err != nil {
		return
	}
	defer events.Stop()
	for event := range events.ResultChan() {
		obj, ok := event.Object.(*unstructured.Unstructured)
		if !ok || event.Type == watch.Error {
			return
		}
		version := obj.GetResourceVersion()
		if event.Type == watch.Deleted {
			version = ""
		}
		if !e.tell(ctx, touch{place: at, versions: map[string]string{obj.GetName(): version}}) {
			return
		}
	}
}

// tell hands a touch to the engine; it returns false when ctx ended.
func (e *Engine) tell(ctx context.Context, t touch) bool {
	select {
	case e.touched <- t:
		return true
	case <-ctx.Done():
		return false
	}
}
