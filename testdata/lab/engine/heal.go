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

// touch notes which of the engine's objects are to be healed and when: those of
// a touch that was not the engine's own. A second touch does not put it off.
func (e *Engine) touch(t touch) {
	if !e.Options().SelfHeal {
		return
	}
	due := e.cfg.Now().Add(e.Options().HealAfter)
	for k := range e.desired {
		if k.place != t.place {
			continue
		}
		version, named := t.versions[k.name]
		if !named && !t.all {
			continue
		}
		if _, waits := e.healing[k]; !waits && (version == "" || version != e.written[k]) {
			e.healing[k] = due
		}
	}
}

// heal applies the documents of touched objects again as soon as that is due.
// What it cannot apply it leaves to the next sync.
func (e *Engine) heal(ctx context.Context) {
	now := e.cfg.Now()
	for k, due := range e.healing {
		if due.After(now) {
			continue
		}
		delete(e.healing, k)
		if doc, wanted := e.desired[k]; wanted && e.Options().SelfHeal {
			_ = e.apply(ctx, doc)
		}
	}
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
