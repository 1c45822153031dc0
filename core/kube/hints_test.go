package kube

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"selvage/core"
)

// publish has the cluster tell the shapes of its VPCs. The hash and the one
// field's name are given.
func (c *cluster) publish(hash, field string) {
	const where = "apis/vpc.githedgehog.com/v1beta1"
	c.answer("/openapi/v3", answering(200, "text/plain; charset=utf-8",
		fmt.Sprintf(`{"paths":{%q:{"serverRelativeURL":"/openapi/v3/%s?hash=%s"},"apis/apps/v1":{"serverRelativeURL":"/x"}}}`, where, where, hash)))
	c.answer("/openapi/v3/"+where, answering(200, "application/json", fmt.Sprintf(`{"components":{"schemas":{"vpc":{
		"type":"object","properties":{"spec":{"type":"object","properties":{%q:{"type":"string"}}}},
		"x-kubernetes-group-version-kind":[{"group":"vpc.githedgehog.com","version":"v1beta1","kind":"VPC"}]}}}}`, field)))
}

func hasField(s *core.Snapshot, field string) bool {
	root := s.Schemas[vpcKey("").GroupKind()].Root
	return root != nil && root.Properties["spec"].Properties[field] != nil
}

func (c *cluster) openapis() (n int) {
	for _, r := range c.seen() {
		if strings.HasPrefix(r, "GET /openapi") {
			n++
		}
	}
	return n
}

func TestShapesAreAskedForWithDiscoveryAndAgainWhereTheyChanged(t *testing.T) {
	c := newCluster(t)
	c.publish("one", "mode")
	s, pass := told(c)
	for range 3 {
		if got := s.Read(t.Context(), scope()); !hasField(got, "mode") {
			t.Fatalf("schemas = %+v", got.Schemas)
		}
	}
	if n := c.openapis(); n != 2 {
		t.Errorf("%d requests for three reads, want the index and one document", n)
	}
	pass(discoveryAge)
	if got := s.Read(t.Context(), scope()); !hasField(got, "mode") || c.openapis() != 3 {
		t.Errorf("after a while %d requests, want the index once more", c.openapis())
	}
	c.publish("two", "speed")
	pass(discoveryAge)
	if got := s.Read(t.Context(), scope()); !hasField(got, "speed") || c.openapis() != 5 {
		t.Errorf("after a change %d requests, want the index and the document", c.openapis())
	}
}

func TestCheckDoesWithoutShapes(t *testing.T) {
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	for name, answer := range map[string]http.HandlerFunc{
		"404": nil, "403": answering(403, "application/json", "{}"), "500": answering(500, "", ""), "a web page": answering(200, "text/html", "<html>"),
		"no document": answering(200, "application/json", "{}"), "a list": answering(200, "application/json", "[]"), "never": hang,
	} {
		for _, path := range []string{"/openapi/v3", "/openapi/v3/apis/vpc.githedgehog.com/v1beta1"} {
			t.Run(name+" "+path, func(t *testing.T) {
				t.Parallel()
				c := newCluster(t)
				k := c.put("VPC", "default", "vpc-1")
				c.publish("one", "mode")
				c.answer(path, answer)
				s := New(c.config())
				began := time.Now()
				got := s.Read(t.Context(), scope())
				if r := got.Readings[0]; r.Access != core.AccessOK || got.Side(k).Presence != core.Present || hasField(got, "mode") {
					t.Errorf("reading = %+v, schemas %+v", r, got.Schemas)
				}
				if v := got.Schemas[k.GroupKind()].Versions; len(v) != 1 || v[0] != "v1beta1" {
					t.Errorf("versions = %q", v)
				}
				if took := time.Since(began); took > 20*time.Second {
					t.Errorf("it took %s", took)
				}
				for range 5 {
					s.Read(t.Context(), scope())
				}
				if n := c.openapis(); n > 2*hintTries {
					t.Errorf("%d requests for shapes in six reads", n)
				}
			})
		}
	}
}

func TestAllServedVersionsAreNamed(t *testing.T) {
	version := func(v string) metav1.GroupVersionForDiscovery {
		return metav1.GroupVersionForDiscovery{GroupVersion: "vpc.githedgehog.com/" + v, Version: v}
	}
	serving := func(v string) *metav1.APIResourceList {
		return &metav1.APIResourceList{GroupVersion: "vpc.githedgehog.com/" + v, APIResources: []metav1.APIResource{
			{Name: "vpcs", Kind: "VPC", Namespaced: true, Verbs: []string{"get", "list"}}, {Name: "vpcs/status", Kind: "VPC", Verbs: []string{"list"}},
		}}
	}
	k := &catalog{served: map[core.GroupKind]resource{}, versions: map[core.GroupKind][]string{}}
	k.add([]metav1.APIGroup{{
		Name: "vpc.githedgehog.com", PreferredVersion: version("v1beta1"),
		Versions: []metav1.GroupVersionForDiscovery{version("v1alpha2"), version("v1beta1")},
	}}, []*metav1.APIResourceList{serving("v1alpha2"), serving("v1beta1")})
	gk := vpcKey("").GroupKind()
	if v := k.versions[gk]; !slices.Equal(v, []string{"v1beta1", "v1alpha2"}) || k.served[gk].version != "v1beta1" {
		t.Errorf("versions = %q, served %+v", v, k.served[gk])
	}
}
