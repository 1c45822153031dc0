package kube

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	apidiscovery "k8s.io/api/apidiscovery/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"

	"selvage/core"
)

// resource is a kind as a cluster serves it.
type resource struct {
	core.GroupKind
	version, plural string
	namespaced      bool
}

// String is the resource as kubectl writes it: "vpcs.vpc.githedgehog.com".
func (r resource) String() string {
	return schema.GroupResource{Group: r.Group, Resource: r.plural}.String()
}

func (r resource) apiVersion() string {
	return schema.GroupVersion{Group: r.Group, Version: r.version}.String()
}

// path is where the resource's objects are listed, below the server's address.
func (r resource) path(namespace string) string {
	p := "/apis/" + r.apiVersion()
	if r.Group == "" {
		p = "/api/" + r.version
	}
	if r.namespaced && namespace != "" {
		p += "/namespaces/" + namespace
	}
	return p + "/" + r.plural
}

// catalog is what a cluster serves.
type catalog struct {
	at     time.Time
	served map[core.GroupKind]resource
	failed map[string]error // groups of which not all versions could be looked into
	// versions are all that serve a kind, the one of served first.
	versions map[core.GroupKind][]string
}

// known gives the catalog: the last one, if it is not too old and again does
// not ask for a new one. fresh tells that it was made now.
func (c *client) known(ctx context.Context, again bool) (k *catalog, fresh bool, err error) {
	last := c.catalog.Load()
	if last != nil && !again && c.now().Sub(last.at) < discoveryAge {
		return last, false, nil
	}
	if k, err = c.discover(ctx, last); err != nil {
		return nil, false, err
	}
	c.catalog.Store(k)
	return k, true, nil
}

// discover asks the cluster what it serves. What the last catalog knew of a
// group that cannot be looked into now is taken over.
func (c *client) discover(ctx context.Context, last *catalog) (*catalog, error) {
	found := &catalog{
		at: c.now(), served: map[core.GroupKind]resource{}, failed: map[string]error{},
		versions: map[core.GroupKind][]string{},
	}
	grouped := false
	for _, p := range []string{"/api", "/apis"} {
		groups, lists, err := c.groups(ctx, p, found.failed)
		if err != nil {
			return nil, err
		}
		found.add(groups, lists)
		grouped = grouped || slices.ContainsFunc(groups, func(g metav1.APIGroup) bool { return g.Name != "" })
	}
	if !grouped {
		// No cluster serves only the core group, and believing it would prove
		// that there is no object of any other.
		return nil, wrongAnswer("the server names no API groups")
	}
	found.keep(last)
	return found, nil
}

// groups reads one of the two discovery documents, and where it is of the old
// form, as servers before Kubernetes 1.30 answer, the one of each group version
// as well. Group versions that cannot be looked into go into failed.
func (c *client) groups(ctx context.Context, p string, failed map[string]error) ([]metav1.APIGroup, []*metav1.APIResourceList, error) {
	body, err := c.fetch(ctx, p, nil, discovery.AcceptV2+",application/json")
	if err != nil {
		return nil, nil, err
	}
	var doc struct {
		metav1.TypeMeta
		Versions []string          // of an APIVersions
		Groups   []metav1.APIGroup // of an APIGroupList
		Items    []apidiscovery.APIGroupDiscovery
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, nil, notWhole(body, err)
	}
	switch doc.Kind {
	case "APIGroupDiscoveryList":
		groups, lists, stale := discovery.SplitGroupsAndResources(apidiscovery.APIGroupDiscoveryList{Items: doc.Items})
		for gv, err := range stale {
			failed[gv.Group] = err
		}
		return groups.Groups, slices.Collect(maps.Values(lists)), nil
	case "APIVersions":
		var group metav1.APIGroup
		for _, v := range doc.Versions {
			group.Versions = append(group.Versions, metav1.GroupVersionForDiscovery{GroupVersion: v, Version: v})
		}
		doc.Groups = []metav1.APIGroup{group}
	case "APIGroupList":
	default:
		return nil, nil, wrongAnswer("the answer to discovery is %s", describe(doc.Kind, doc.APIVersion))
	}
	return doc.Groups, c.resources(ctx, p, doc.Groups, failed), nil
}

// resources asks for the resources of each version of the groups below p.
func (c *client) resources(ctx context.Context, p string, groups []metav1.APIGroup, failed map[string]error) []*metav1.APIResourceList {
	var lists []*metav1.APIResourceList
	var mu sync.Mutex // guards lists and failed
	var running sync.WaitGroup
	slots := make(chan struct{}, requestsAtOnce)
	for _, group := range groups {
		for _, version := range group.Versions {
			slots <- struct{}{}
			running.Go(func() {
				defer func() { <-slots }()
				list, err := c.resourcesOf(ctx, p, version.GroupVersion)
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					failed[group.Name] = err
					return
				}
				lists = append(lists, list)
			})
		}
	}
	running.Wait()
	return lists
}

func (c *client) resourcesOf(ctx context.Context, p, groupVersion string) (*metav1.APIResourceList, error) {
	body, err := c.fetch(ctx, p+"/"+groupVersion, nil, "application/json")
	if err != nil {
		return nil, err
	}
	list := &metav1.APIResourceList{}
	if err := json.Unmarshal(body, list); err != nil {
		return nil, notWhole(body, err)
	}
	if list.Kind != "APIResourceList" || list.GroupVersion != groupVersion {
		return nil, wrongAnswer("the answer to discovery of %s is %s", groupVersion, describe(list.Kind, list.APIVersion))
	}
	return list, nil
}

// add takes over the kinds of all groups, each at the first version that serves
// it, in the order in which the group prefers its versions.
func (k *catalog) add(groups []metav1.APIGroup, lists []*metav1.APIResourceList) {
	byVersion := map[string][]metav1.APIResource{}
	for _, list := range lists {
		byVersion[list.GroupVersion] = list.APIResources
	}
	for _, group := range groups {
		for _, version := range append([]metav1.GroupVersionForDiscovery{group.PreferredVersion}, group.Versions...) {
			for _, r := range byVersion[version.GroupVersion] {
				k.addResource(group.Name, version.Version, r)
			}
		}
	}
}

func (k *catalog) addResource(group, version string, r metav1.APIResource) {
	gk := core.GroupKind{Group: group, Kind: r.Kind}
	if strings.Contains(r.Name, "/") || !slices.Contains(r.Verbs, "list") || slices.Contains(k.versions[gk], version) {
		return
	}
	k.versions[gk] = append(k.versions[gk], version)
	if _, ok := k.served[gk]; !ok {
		k.served[gk] = resource{gk, version, r.Name, r.Namespaced}
	}
}

func (k *catalog) keep(last *catalog) {
	if last == nil {
		return
	}
	for gk, r := range last.served {
		if _, ok := k.served[gk]; !ok && k.failed[gk.Group] != nil {
			k.served[gk], k.versions[gk] = r, last.versions[gk]
		}
	}
}

// plan says how a scope is read from a cluster.
type plan struct {
	jobs     []job            // the lists to ask for
	none     []core.GroupKind // not served and not expected: there are no objects
	unserved []core.GroupKind // not served, though expected
	unknown  []unknown        // nobody can say whether it is served
}

type unknown struct {
	core.GroupKind
	err error
}

// job is one list.
type job struct {
	resource
	namespace string // "" for all
}

// plan makes the plan for a scope.
func (k *catalog) plan(want core.Scope) plan {
	var p plan
	namespaces := want.Namespaces
	if len(namespaces) == 0 {
		namespaces = []string{want.Namespace}
	}
	for _, gk := range k.wanted(want) {
		r, served := k.served[gk]
		switch err := k.failed[gk.Group]; {
		case served && r.namespaced:
			for _, n := range namespaces {
				p.jobs = append(p.jobs, job{r, n})
			}
		case served:
			p.jobs = append(p.jobs, job{r, ""})
		case err != nil:
			p.unknown = append(p.unknown, unknown{gk, err})
		case slices.Contains(want.Expect, gk):
			p.unserved = append(p.unserved, gk)
		default:
			p.none = append(p.none, gk)
		}
	}
	return p
}

// doubt takes back that kinds are not served, where that could not be confirmed.
func (p *plan) doubt(err error) {
	for _, gk := range p.unserved {
		p.unknown = append(p.unknown, unknown{gk, err})
	}
	p.unserved = nil
}

// wanted are the kinds of a scope that the cluster serves, that selvage knows
// or that are expected, in a fixed order.
func (k *catalog) wanted(want core.Scope) []core.GroupKind {
	kinds := map[core.GroupKind]bool{}
	for gk := range k.served {
		kinds[gk] = true
	}
	for _, known := range core.Kinds() {
		kinds[known.GroupKind] = true
	}
	for _, gk := range want.Expect {
		kinds[gk] = true
	}
	maps.DeleteFunc(kinds, func(gk core.GroupKind, _ bool) bool { return !want.Kinds.Has(gk) })
	return slices.SortedFunc(maps.Keys(kinds), func(a, b core.GroupKind) int {
		return strings.Compare(a.String(), b.String())
	})
}
