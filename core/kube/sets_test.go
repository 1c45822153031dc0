package kube

import (
	"fmt"
	"reflect"
	"testing"

	"selvage/core"
)

func TestEqualFieldSetsAreOne(t *testing.T) {
	object := func(field string) *core.Object {
		set := map[string]any{"f:spec": map[string]any{"f:" + field: map[string]any{}, "f:vlan": map[string]any{}}}
		return &core.Object{Managers: []core.Manager{{Name: "argocd-controller", Fields: set}, {Name: "broken"}}}
	}
	a, b, other := object("subnet"), object("subnet"), object("mode")
	c := &client{}
	c.share([]*core.Object{a})
	c.share([]*core.Object{b, other})
	at := func(o *core.Object) uintptr { return reflect.ValueOf(o.Managers[0].Fields).Pointer() }
	if at(a) != at(b) {
		t.Error("two equal sets are kept")
	}
	if at(a) == at(other) || other.Managers[0].Fields["f:spec"].(map[string]any)["f:mode"] == nil {
		t.Error("two sets that differ became one")
	}
	if b.Managers[1].Fields != nil {
		t.Error("a set was made up")
	}
	for i := range maxSets + 1 {
		c.share([]*core.Object{object(fmt.Sprint("f", i))})
	}
	if n := len(c.sets.known); n > maxSets {
		t.Errorf("%d sets are remembered", n)
	}
}
