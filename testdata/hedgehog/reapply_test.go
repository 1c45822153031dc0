package hedgehog

import (
	"reflect"
	"testing"
	"time"
)

func tenant(vlan int64, more map[string]any) map[string]any {
	subnets := map[string]any{"one": map[string]any{"subnet": "10.1.1.0/24", "vlan": vlan}}
	for k, v := range more {
		subnets[k] = v
	}
	return map[string]any{
		"apiVersion": versionVPC, "kind": "VPC", "metadata": map[string]any{"name": "tenant"},
		"spec": map[string]any{"subnets": subnets},
	}
}

func TestReapplyTakesBackAndPrunes(t *testing.T) {
	two := map[string]any{"two": map[string]any{"subnet": "10.1.2.0/24", "vlan": int64(1002)}}
	o := LiveOptions{Now: testNow(), Application: "app"}
	live := Live(tenant(1001, two), o)
	vlan := Path{"spec", "subnets", "one", "vlan"}
	EditLive(live, Edit{Path: vlan, Value: int64(1099)}, KubectlEdit, testNow())
	EditLive(live, Edit{Path: Path{"spec", "subnets", "three"}, Value: map[string]any{"subnet": "10.1.3.0/24"}}, KubectlEdit, testNow())
	if got := managerOf(live, vlan); got != KubectlEdit {
		t.Fatalf("the edit belongs to %q", got)
	}
	next := Reapply(live, tenant(1001, nil), o)
	if v, _ := vlan.At(next); v != int64(1001) || managerOf(next, vlan) != "" {
		t.Errorf("the VLAN is %v of %q, want the engine's 1001", v, managerOf(next, vlan))
	}
	if _, there := (Path{"spec", "subnets", "two"}).At(next); there {
		t.Error("what the manifest left out is still there")
	}
	if _, there := (Path{"spec", "subnets", "three", "gateway"}).At(next); !there || managerOf(next, Path{"spec", "subnets", "three"}) != KubectlEdit {
		t.Error("what somebody else set is gone")
	}
	meta := mapAt(next, "metadata")
	if stringAt(meta, "resourceVersion") == stringAt(mapAt(live, "metadata"), "resourceVersion") || meta["generation"] == int64(1) {
		t.Error("the versions of the object stayed")
	}
	o.Now = o.Now.Add(time.Hour)
	if again := Reapply(next, tenant(1001, nil), o); !reflect.DeepEqual(again, next) {
		t.Error("applying what is there already changes something")
	}
}

// Whatever a mutation of a manifest leads to, applying it leaves no difference.
func TestReapplyMakesLiveWhatGitSays(t *testing.T) {
	for _, m := range Mutations() {
		if m.State != Pending || m.Verdict == "" {
			continue
		}
		_, w, c := mutated(t, m, 2)
		g, l := find(w.Git, c.Object), find(w.Live, c.Object)
		next := Reapply(w.Live[l], w.Git[g], LiveOptions{Now: testNow(), Application: "varied"})
		if paths := differing(w.Git[g], next); len(paths) > 0 {
			t.Errorf("after %s and the engine %s differs at %v", m.Name, c.Object, paths)
		}
	}
}
