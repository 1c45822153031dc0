package kube

import (
	"context"
	"errors"
	"fmt"
	"maps"
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
	var l listing
	err := c.walk(ctx, j, form{limit: limit, accept: "application/json"}, func(body []byte, at time.Time) (next string, err error) {
		page, err := decodePage(body, j)
		if err != nil {
			return "", err
		}
		if l.at.IsZero() {
			l.at = at
		}
		c.share(page.objects)
		l.objects = append(l.objects, page.objects...)
		l.revision = page.revision
		return page.next, nil
	})
	if err != nil {
		return listing{}, err
	}
	return l, nil
}

// form is the form in which something is asked for.
type form struct {
	limit  int // of what one page holds; 0 for none
	accept string
	query  url.Values // beside that of the pages; nil for nothing
}

// walk asks for one page of a job after the other. take gets each with the time
// when it came, and tells which one is next, "" after the last.
func (c *client) walk(ctx context.Context, j job, f form, take func(body []byte, at time.Time) (next string, err error)) error {
	query := url.Values{}
	maps.Copy(query, f.query)
	if f.limit > 0 {
		query.Set("limit", strconv.Itoa(f.limit))
	}
	for {
		body, err := c.fetch(ctx, j.path(j.namespace), query, f.accept)
		if err != nil {
			return err
		}
		next, err := take(body, c.now())
		switch {
		case err != nil:
			return err
		case next == "":
			return nil
		case next == query.Get("continue"):
			return wrongAnswer("the list does not get on: two pages name the same next one")
		}
		query.Set("continue", next)
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
	items, p, err := decodeItems(body, j)
	if err != nil {
		return page{}, err
	}
	p.objects = make([]*core.Object, 0, len(items))
	for i, item := range items {
		o, err := decodeItem(item, j)
		if err != nil {
			return page{}, wrongAnswer("item %d of the %sList: %s", i, j.Kind, oneLine(err.Error()))
		}
		p.objects = append(p.objects, o)
	}
	return p, nil
}

// decodeItems is the part of decodePage that does not look into the items.
func decodeItems(body []byte, j job) (items []any, p page, err error) {
	v, err := core.DecodeJSON(body)
	if err != nil {
		return nil, page{}, notWhole(body, err)
	}
	list, _ := v.(map[string]any)
	kind, apiVersion := j.Kind+"List", j.apiVersion()
	if list["kind"] != kind || list["apiVersion"] != apiVersion {
		return nil, page{}, wrongAnswer("the answer is no %s of %s but %s", kind, apiVersion, named(list))
	}
	meta, ok := list["metadata"].(map[string]any)
	if !ok {
		return nil, page{}, wrongAnswer("the %s has no metadata", kind)
	}
	items, ok = list["items"].([]any)
	if rest, has := list["items"]; !ok && (rest != nil || !has) {
		return nil, page{}, wrongAnswer("the %s has no items", kind)
	}
	p.revision, _ = meta["resourceVersion"].(string)
	p.next, _ = meta["continue"].(string)
	if left, _ := meta["remainingItemCount"].(int64); left > 0 && p.next == "" {
		return nil, page{}, wrongAnswer("the %s ends early: %d more items are said to follow", kind, left)
	}
	return items, p, nil
}

func decodeItem(v any, j job) (*core.Object, error) {
	item, err := j.own(v)
	if err != nil {
		return nil, err
	}
	o, err := core.NewObject(item)
	if err != nil {
		return nil, err
	}
	if err := j.within(o.Key.Namespace); err != nil {
		return nil, err
	}
	return o, nil
}

// own makes sure that an item is of the job's kind, which items of a list need
// not say.
func (j job) own(v any) (map[string]any, error) {
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
	return item, nil
}

// within makes sure that a namespace is one that was asked for.
func (j job) within(namespace string) error {
	if j.namespaced && j.namespace != "" && namespace != j.namespace || !j.namespaced && namespace != "" {
		return fmt.Errorf("it is of namespace %q", namespace)
	}
	return nil
}

// named is what a document says that it is.
func named(doc map[string]any) string {
	kind, _ := doc["kind"].(string)
	apiVersion, _ := doc["apiVersion"].(string)
	return describe(kind, apiVersion)
}
