package hedgehog

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestLiveLeavesTheManifestAlone(t *testing.T) {
	f := Generate(Small(1))
	before := Clone(any(copyAll(f.Objects)))
	f.Live(LiveOptions{Now: testNow(), Application: "lab", Hydration: PlanHydration(f.Objects)})
	if !reflect.DeepEqual(any(copyAll(f.Objects)), before) {
		t.Error("Live changed the fabric's objects")
	}
}

func copyAll(objects []map[string]any) []any {
	out := make([]any, len(objects))
	for i, o := range objects {
		out[i] = o
	}
	return out
}

func TestLiveHasTheServersMetadata(t *testing.T) {
	f := Generate(Small(1))
	uids := map[string]bool{}
	last := ""
	for i, live := range f.Live(LiveOptions{Now: testNow().In(time.FixedZone("X", 3600)), Application: "lab"}) {
		meta, ref := mapAt(live, "metadata"), RefOf(f.Objects[i])
		if meta["namespace"] != "default" || meta["generation"] != int64(1) || meta["creationTimestamp"] != "2026-11-23T01:40:19Z" {
			t.Errorf("%s: metadata %v", ref, meta)
		}
		uid, version := stringAt(meta, "uid"), stringAt(meta, "resourceVersion")
		if uids[uid] || len(uid) != 36 || version <= last {
			t.Errorf("%s: uid %q, resourceVersion %q after %q", ref, uid, version, last)
		}
		uids[uid], last = true, version
		want := "lab:" + ref.Group + "/" + ref.Kind + ":default/" + ref.Name
		if got := stringAt(mapAt(meta, "annotations"), trackingID); got != want {
			t.Errorf("tracking = %q, want %q", got, want)
		}
		if live["status"] != nil || strings.Contains(compact(live), "null") {
			t.Errorf("%s has a status or a null: %s", ref, compact(live))
		}
	}
}

func TestClientSideApplyKeepsTheManifest(t *testing.T) {
	live := Live(smallVPC(), LiveOptions{Now: testNow(), Method: ClientSideApply})
	if got, want := stringAt(mapAt(mapAt(live, "metadata"), "annotations"), lastApplied), compact(smallVPC())+"\n"; got != want {
		t.Errorf("annotation = %q, want %q", got, want)
	}
	if got := owned(live)["kubectl-client-side-apply/Update"]; !strings.Contains(got, `"f:annotations":{".":{},"f:kubectl.kubernetes.io/last-applied-configuration":{}}`) {
		t.Errorf("owned: %s", got)
	}
}

func TestCallerChoosesUIDs(t *testing.T) {
	live := Live(smallVPC(), LiveOptions{Now: testNow(), UID: func(r Ref) string { return "u-" + r.Name }, ResourceVersion: 7})
	if meta := mapAt(live, "metadata"); meta["uid"] != "u-v" || meta["resourceVersion"] != "7" {
		t.Errorf("metadata = %v", meta)
	}
}

func TestHydrationFillsInWhatGitLeavesOut(t *testing.T) {
	f := Generate(Small(1))
	h := PlanHydration(f.Objects)
	seen := map[string]string{}
	unique := func(ref Ref, what, value string) {
		if value == "" || seen[what+value] != "" {
			t.Errorf("%s: %s %q, which %s has", ref, what, value, seen[what+value])
		}
		seen[what+value] = ref.Name
	}
	for _, live := range f.Live(LiveOptions{Now: testNow(), Hydration: h}) {
		ref, spec := RefOf(live), mapAt(live, "spec")
		switch ref.Kind {
		case "Switch":
			unique(ref, "ip", stringAt(spec, "ip"))
			unique(ref, "protocolIP", stringAt(spec, "protocolIP"))
			asn, _ := intAt(spec, "asn")
			if spine := stringAt(spec, "role") == "spine"; spine != (asn == spineASN) || spine == (spec["vtepIP"] != nil) {
				t.Errorf("%s: asn %d, vtepIP %v", ref, asn, spec["vtepIP"])
			}
		case "Gateway":
			unique(ref, "protocolIP", stringAt(spec, "protocolIP"))
			if n := len(listAt(spec, "neighbors")); n != 2 {
				t.Errorf("%s: %d neighbours, want 2", ref, n)
			}
			unique(ref, "link", stringsAt(mapAt(mapAt(spec, "interfaces"), "enp2s1"), "ips")[0])
		case "Connection":
			for _, l := range listAt(mapAt(spec, "fabric"), "links") {
				unique(ref, "link", stringAt(mapAt(l.(map[string]any), "spine"), "ip"))
				unique(ref, "link", stringAt(mapAt(l.(map[string]any), "leaf"), "ip"))
			}
		}
	}
	own := Clone(f.Objects[4]).(map[string]any)
	mapAt(own, "spec")["ip"] = "1.2.3.4/21"
	h.Apply(own)
	if got := mapAt(own, "spec")["ip"]; got != "1.2.3.4/21" {
		t.Errorf("Apply overwrote an address of Git with %v", got)
	}
	Hydration{}.Apply(own) // the zero value assigns nothing
}

func TestControllersKeepOneOfEach(t *testing.T) {
	f := Generate(Small(1))
	live := f.Live(LiveOptions{Now: testNow(), Hydration: PlanHydration(f.Objects)})
	got, git := map[string]int{}, map[Ref]bool{}
	for _, o := range live {
		git[RefOf(o)] = true
		got["of "+stringAt(o, "kind")]++
	}
	for _, o := range ControllerObjects(live, testNow()) {
		got[stringAt(o, "kind")]++
		if git[RefOf(o)] {
			t.Errorf("%s is in Git, too", RefOf(o))
		}
		if has := strings.Contains(compact(o), Secret); has != (stringAt(o, "kind") == "Agent") {
			t.Errorf("%s: the secret is there: %v", RefOf(o), has)
		}
	}
	for kind, want := range map[string]int{
		"Agent": got["of Switch"], "GatewayAgent": got["of Gateway"], "VPCInfo": got["of VPC"] + got["of External"], "GatewayGroup": 1,
		"Catalog": 3 + got["of Switch"],
	} {
		if got[kind] != want {
			t.Errorf("%d of %s, want %d", got[kind], kind, want)
		}
	}
	if got["DHCPSubnet"] == 0 || got["SwitchProfile"] == 0 {
		t.Errorf("%d DHCPSubnets, %d SwitchProfiles, want some", got["DHCPSubnet"], got["SwitchProfile"])
	}
}
