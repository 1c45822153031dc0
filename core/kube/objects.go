package kube

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation"

	"selvage/core"
)

// The limits of what [Objects.List] reads. Objects of engines tell of each
// object that they keep, and are large.
const (
	objectsPage = 100       // objects per answer
	maxObjects  = 128 << 20 // bytes of all answers
)

// unservedAge is how old an answer about served kinds may be to be believed
// where it does not have a kind: nobody asked for it in vain for longer.
const unservedAge = time.Minute

// Objects reads objects of any kind from one API, but for those that hold
// credentials. It is safe for concurrent use.
type Objects struct {
	source *Source
	where  atomic.Pointer[string] // the address that was asked last
}

// NewObjects makes the door to the objects of an API that is no fabric's, such
// as the one that an engine runs in. Nothing is opened before the first call.
func NewObjects(c Config) *Objects { return New(c).Objects() }

// Objects is the door to the objects of the fabric's own API. It shares the
// client, and what is known of the API, with the source.
func (s *Source) Objects() *Objects { return &Objects{source: s} }

// Where is the address of the API, or where it is written if it cannot be read
// there. It holds no credentials.
func (o *Objects) Where() string {
	if where := o.where.Load(); where != nil {
		return *where
	}
	c := o.source.config
	if u, err := serverURL(c.APIServer); err == nil {
		return u.String()
	}
	if config, _, err := c.readKubeconfig(); err == nil {
		if u, err := serverURL(config.Host); err == nil {
			return u.String()
		}
	}
	if c.Context != "" {
		return fmt.Sprintf("context %q of %s", c.Context, c.Kubeconfig)
	}
	return c.Kubeconfig
}

// List gives the objects of a resource, which is a plural such as
// "applications", in a namespace, "" for all: of the version that the API prefers,
// as it serves them but for their managedFields, and decoded by [core.DecodeJSON].
//
// The error is [core.ErrUnserved], wrapped, where the API does not serve the
// resource; else a [*core.Error]. There are no objects then: a list is whole, or
// it is none.
func (o *Objects) List(ctx context.Context, group, resource, namespace string) ([]map[string]any, error) {
	a := asked{verb: "list", what: schema.GroupResource{Group: group, Resource: resource}, namespace: namespace}
	var all []map[string]any
	err := o.ask(ctx, a, func(c *client, j job) (err error) {
		if all, err = c.documents(ctx, j, objectsPage); gone(err) {
			all, err = c.documents(ctx, j, 0)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// Get gives one object, as List does. The namespace is "" for a kind that has
// none. The error may be [core.ErrNotFound] besides, wrapped: the API serves the
// resource and has no such object.
func (o *Objects) Get(ctx context.Context, group, resource, namespace, name string) (map[string]any, error) {
	a := asked{verb: "get", what: schema.GroupResource{Group: group, Resource: resource}, namespace: namespace, name: name}
	var object map[string]any
	err := o.ask(ctx, a, func(c *client, j job) (err error) {
		object, err = c.document(ctx, j, name)
		return err
	})
	if err != nil {
		return nil, err
	}
	return object, nil
}

// asked is what somebody asked an API for.
type asked struct {
	verb            string
	what            schema.GroupResource
	namespace, name string
}

// String is it as an operation: `get applications.argoproj.io "dc1" in argocd`.
func (a asked) String() string {
	op := a.verb + " " + a.what.String()
	if a.name != "" {
		op += fmt.Sprintf(" %q", a.name)
	}
	if a.namespace != "" {
		op += " in " + a.namespace
	}
	return op
}

// check tells what is wrong with the names, which become part of an address.
func (a asked) check() error {
	if a.namespace != "" && len(validation.IsDNS1123Label(a.namespace)) > 0 {
		return wrongAnswer("%q cannot be the name of a namespace", a.namespace)
	}
	if a.verb == "get" && len(validation.IsDNS1123Subdomain(a.name)) > 0 {
		return wrongAnswer("%q cannot be the name of an object", a.name)
	}
	return nil
}

// ask has something read that holds no credentials.
func (o *Objects) ask(ctx context.Context, a asked, read func(c *client, j job) error) error {
	if core.SecretResource(a.what.Group, a.what.Resource) {
		return &core.Error{Access: core.AccessForbidden, Op: a.String(), Err: errors.New("refused before it was asked for: it holds credentials")}
	}
	if err := a.check(); err != nil {
		return &core.Error{Access: core.AccessInvalid, Op: a.String(), Err: err, Hint: "correct the configuration"}
	}
	c, err := o.source.ask(ctx, a, read)
	if c != nil {
		where := c.server.String()
		o.where.Store(&where)
	}
	return err
}

// ask has something read by the client of the source. The client is nil where
// there is none.
func (s *Source) ask(ctx context.Context, a asked, read func(c *client, j job) error) (*client, error) {
	c, err := s.open(ctx, whenExpired)
	if err != nil {
		return nil, fault(fmt.Sprintf("%s of cluster %q", a, s.config.ClusterName), err, "")
	}
	err = c.ask(ctx, a, read)
	if unauthorized(err) {
		if renewed := s.reopen(ctx, c); renewed != nil {
			c = renewed
			err = c.ask(ctx, a, read)
		}
	}
	op := a.String() + " at " + c.server.String()
	var refused *refusal
	switch {
	case err == nil:
		return c, nil
	case errors.Is(err, core.ErrUnserved):
		return c, fmt.Errorf("%s: %w", op, core.ErrUnserved)
	case errors.As(err, &refused) && refused.about != "" && refused.about == a.name:
		return c, fmt.Errorf("%s: %w", op, core.ErrNotFound)
	}
	return c, fault(op, err, fmt.Sprintf("ask for get and list on %s; README, Access", a.what))
}

// ask has something read with one client. What is not found where it was served
// is looked for once more.
func (c *client) ask(ctx context.Context, a asked, read func(c *client, j job) error) error {
	r, err := c.resolve(ctx, a.what, false)
	if err != nil {
		return err
	}
	err = read(c, job{r, a.namespace})
	var refused *refusal
	if !notFound(err) || errors.As(err, &refused) && refused.about != "" {
		return err
	}
	if r, err = c.resolve(ctx, a.what, true); err != nil {
		return err
	}
	return read(c, job{r, a.namespace})
}

// resolve finds what a cluster serves as a resource. again has it ask for that
// anew.
func (c *client) resolve(ctx context.Context, what schema.GroupResource, again bool) (resource, error) {
	k, fresh, err := c.known(ctx, again)
	if err != nil {
		return resource{}, err
	}
	r, served := k.find(what)
	if !served && !fresh && c.now().Sub(k.at) >= unservedAge {
		if k, _, err = c.known(ctx, true); err != nil {
			return resource{}, err
		}
		r, served = k.find(what)
	}
	switch {
	case served:
		return r, nil
	case k.failed[what.Group] != nil:
		return resource{}, k.failed[what.Group]
	}
	return resource{}, core.ErrUnserved
}

func (k *catalog) find(what schema.GroupResource) (resource, bool) {
	for gk, r := range k.served {
		if gk.Group == what.Group && r.plural == what.Resource {
			return r, true
		}
	}
	return resource{}, false
}

// documents reads all objects of a job as they are.
func (c *client) documents(ctx context.Context, j job, limit int) ([]map[string]any, error) {
	all := []map[string]any{}
	size := 0
	err := c.walk(ctx, j, form{limit: limit, accept: "application/json"}, func(body []byte, _ time.Time) (string, error) {
		if size += len(body); size > maxObjects {
			return "", wrongAnswer("there are more than %d MiB of %s", maxObjects>>20, j)
		}
		items, p, err := decodeItems(body, j)
		if err != nil {
			return "", err
		}
		for i, item := range items {
			doc, _, err := j.decodeDocument(item)
			if err != nil {
				return "", wrongAnswer("item %d of the %sList: %s", i, j.Kind, oneLine(err.Error()))
			}
			all = append(all, doc)
		}
		return p.next, nil
	})
	return all, err
}

// document reads one object as it is.
func (c *client) document(ctx context.Context, j job, name string) (map[string]any, error) {
	if j.namespaced && j.namespace == "" {
		return nil, wrongAnswer("it is not said in which namespace")
	}
	body, err := c.fetch(ctx, j.path(j.namespace)+"/"+name, nil, "application/json")
	if err != nil {
		return nil, err
	}
	v, err := core.DecodeJSON(body)
	if err != nil {
		return nil, notWhole(body, err)
	}
	doc, _ := v.(map[string]any)
	if doc["kind"] != j.Kind || doc["apiVersion"] != j.apiVersion() {
		return nil, wrongAnswer("the answer is no %s of %s but %s", j.Kind, j.apiVersion(), named(doc))
	}
	doc, got, err := j.decodeDocument(doc)
	if err == nil && got != name {
		err = fmt.Errorf("it is named %q", got)
	}
	if err != nil {
		return nil, wrongAnswer("the answer is another %s: %s", j.Kind, oneLine(err.Error()))
	}
	return doc, nil
}

// decodeDocument makes sure that a document is an object of the job, and takes
// off what is large and says nothing about it.
func (j job) decodeDocument(v any) (doc map[string]any, name string, err error) {
	if doc, err = j.own(v); err != nil {
		return nil, "", err
	}
	meta, _ := doc["metadata"].(map[string]any)
	name, _ = meta["name"].(string)
	if name == "" {
		return nil, "", core.ErrNoName
	}
	namespace, _ := meta["namespace"].(string)
	delete(meta, "managedFields")
	return doc, name, j.within(namespace)
}
