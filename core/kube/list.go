package kube

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"k8s.io/apimachinery/pkg/util/validation"

	"selvage/core"
)

// list reads all objects of one job, page by page. When the server has
// forgotten the state that the first page was of, it starts over and asks for
// everything at once.
func (c *client) list(ctx context.Context, j job) (listing, error) {
	if j.namespace != "" && len(validation.IsDNS1123Label(j.namespace)) > 0 {
		return listing{}, wrongAnswer("%q cannot be the name of a namespace", j.namespace)
	}
	l, err := c.pages(ctx, j, pageSize)
	if gone(err) {
		return c.pages(ctx, j, 0)
	}
	return l, err
}

// gone tells whether the server has forgotten the state that was asked for.
func gone(err error) bool {
	var refused *refusal
	return errors.As(err, &refused) && refused.code == http.StatusGone
}

// listing is a whole list.
type listing struct {
	objects  []*core.Object
	revision string    // of the state that it shows, "" where the server does not say
	at       time.Time // when its first page came
}

func (c *client) pages(ctx context.Context, j job, limit int) (listing, error) {
	query := url.Values{}
	if limit > 0 {
		query.Set("limit", strconv.Itoa(limit))
	}
	var l listing
	for {
		body, err := c.fetch(ctx, j.path(j.namespace), query, "application/json")
		if err != nil {
			return listing{}, err
		}
		if l.at.IsZero() {
			l.at = c.now()
		}
		page, err := decodePage(body, j)
		if err != nil {
			return listing{}, err
		}
		c.share(page.objects)
		l.objects = append(l.objects, page.objects...)
		l.revision = page.revision
		if page.next == "" {
			return l, nil
		}
		if page.next == query.Get("continue") {
			return listing{}, wrongAnswer("the list does not get on: two pages name the same next one")
		}
		query.Set("continue", page.next)
	}
}

// page is one answer to a list.
type page struct {
	objects  []*core.Object
	revision string // the same on every page
	next     string // what to ask for the next page with, "" on the last one
}

// decodePage reads a page and makes sure that it is one of the list that was
// asked for.
func decodePage(body []byte, j job) (page, error) {
	v, err := core.DecodeJSON(body)
	if err != nil {
		return page{}, notWhole(body, err)
	}
	list, _ := v.(map[string]any)
	kind, apiVersion := j.Kind+"List", j.apiVersion()
	if list["kind"] != kind || list["apiVersion"] != apiVersion {
		return page{}, wrongAnswer("the answer is no %s of %s but %s", kind, apiVersion, named(list))
	}
	meta, ok := list["metadata"].(map[string]any)
	if !ok {
		return page{}, wrongAnswer("the %s has no metadata", kind)
	}
	items, ok := list["items"].([]any)
	if rest, has := list["items"]; !ok && (rest != nil || !has) {
		return page{}, wrongAnswer("the %s has no items", kind)
	}
	p := page{objects: make([]*core.Object, 0, len(items))}
	p.revision, _ = meta["resourceVersion"].(string)
	p.next, _ = meta["continue"].(string)
	if left, _ := meta["remainingItemCount"].(int64); left > 0 && p.next == "" {
		return page{}, wrongAnswer("the %s ends early: %d more items are said to follow", kind, left)
	}
	for i, item := range items {
		o, err := decodeItem(item, j)
		if err != nil {
			return page{}, wrongAnswer("item %d of the %s: %s", i, kind, oneLine(err.Error()))
		}
		p.objects = append(p.objects, o)
	}
	return p, nil
}

func decodeItem(v any, j job) (*core.Object, error) {
	item, ok := v.(map[string]any)
	if !ok {
		return nil, core.ErrNotAnObject
	}
	for field, value := range map[string]string{"kind": j.Kind, "apiVersion": j.apiVersion()} {
		if _, has := item[field]; !has {
			item[field] = value
		}
		if item[field] != value {
			return nil, fmt.Errorf("it is %s", named(item))
		}
	}
	o, err := core.NewObject(item)
	switch {
	case err != nil:
		return nil, err
	case j.namespaced && j.namespace != "" && o.Key.Namespace != j.namespace,
		!j.namespaced && o.Key.Namespace != "":
		return nil, fmt.Errorf("it is of namespace %q", o.Key.Namespace)
	}
	return o, nil
}

// named is what a document says that it is.
func named(doc map[string]any) string {
	kind, _ := doc["kind"].(string)
	apiVersion, _ := doc["apiVersion"].(string)
	return describe(kind, apiVersion)
}
