package dump

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"selvage/core"
	"selvage/core/coretest"
)

func TestOnlyWhatChangedIsParsedAgain(t *testing.T) {
	nowhere := "---\n" + strings.Replace(fmt.Sprintf(vpc, "e"), ", namespace: default", "", 1)
	text := fmt.Sprintf(vpc, "a") + "---\n" + fmt.Sprintf(vpc, "b") + "---\n" + fmt.Sprintf(vpc, "c")
	path := write(t, "dc1.yaml", text+nowhere)
	s := open(path)
	first := s.Read(t.Context(), coretest.Scope())
	// One object changed, one moved down, one went away and one came.
	write(t, path, "# taken by hand\n\n"+strings.Replace(fmt.Sprintf(vpc, "a"), "1001", "1002", 1)+
		"---\n"+fmt.Sprintf(vpc, "d")+"---\n"+fmt.Sprintf(vpc, "c")+nowhere)
	second := s.Read(t.Context(), coretest.Scope())

	vlan := func(o *core.Object) any { return o.Fields["spec"].(map[string]any)["vlan"] }
	if second.Len() != 4 || second.Has(key("b")) || vlan(second.Find(key("a"))) != int64(1002) || !second.Has(key("d")) {
		t.Errorf("second reading: %d objects, a %+v", second.Len(), second.Find(key("a")))
	}
	if vlan(first.Find(key("a"))) != int64(1001) || first.Len() != 4 {
		t.Errorf("the first reading has changed: %+v", first.Find(key("a")))
	}
	of := func(s *core.Snapshot, name string) uintptr {
		return reflect.ValueOf(s.Find(key(name)).Fields).Pointer()
	}
	if of(first, "c") != of(second, "c") {
		t.Error("c was parsed again")
	}
	for _, name := range []string{"c", "e"} {
		if first.Find(key(name)) != second.Find(key(name)) {
			t.Errorf("%s is held twice", name)
		}
	}
	if first.Find(key("a")) == second.Find(key("a")) {
		t.Error("a is held to be what it was")
	}
	if got := second.Find(key("c")); got.Origin != (core.Origin{}) || got.Digest != first.Find(key("c")).Digest {
		t.Errorf("c = %+v", got)
	}
}

// A second reading says the same as the first of another source would.
func TestWhatWasSeenBreaksNoReading(t *testing.T) {
	whole := fmt.Sprintf(vpc, "a") + "---\n" + fmt.Sprintf(vpc, "b")
	path := write(t, "dc1.yaml", whole)
	s := open(path)
	for _, test := range []struct{ text, reason string }{
		{whole, ""},
		{whole + "---\n" + fmt.Sprintf(vpc, "a"), "VPC/a stands in"},
		{"\n" + whole + "---\nhello\n", "dc1.yaml:12\": not a Kubernetes object"},
		{whole, ""},
	} {
		write(t, path, test.text)
		fresh, again := open(path).Read(t.Context(), coretest.Scope()), s.Read(t.Context(), coretest.Scope())
		if a, b := fresh.Readings[0].Error, again.Readings[0].Error; a != b || (a == "") != (test.reason == "") || !strings.Contains(a, test.reason) {
			t.Errorf("%q: fresh %q, again %q", test.reason, a, b)
		}
		if fresh.Len() != again.Len() {
			t.Errorf("%q: %d objects, again %d", test.reason, fresh.Len(), again.Len())
		}
	}
}

func TestNoAgentIsKept(t *testing.T) {
	agent := `---
apiVersion: agent.githedgehog.com/v1beta1
kind: Agent
metadata: {name: leaf-1, namespace: default, generation: 3}
spec: {users: [{name: admin, password: $5$secret}]}
`
	list := "---\napiVersion: v1\nkind: List\nitems:\n- {apiVersion: agent.githedgehog.com/v1beta1, kind: Agent, metadata: {name: leaf-2}, spec: {password: $5$secret}}\n" +
		"- {apiVersion: vpc.githedgehog.com/v1beta1, kind: VPC, metadata: {name: b}, spec: {vlan: 1002}}\n"
	s := open(write(t, "dc1.yaml", fmt.Sprintf(vpc, "a")+crd(vpcGroup, "VPC", "vlan")+agent+list))
	for range 2 {
		if got := s.Read(t.Context(), coretest.Scope()); got.Len() != 2 || len(got.Schemas) != 1 {
			t.Fatalf("%d objects, %d schemas: %+v", got.Len(), len(got.Schemas), got.Readings)
		}
	}
	var kept []string
	for _, docs := range s.memory.docs {
		for _, d := range docs {
			kept = append(kept, d.Object.Key.String())
		}
	}
	if len(kept) != 2 || strings.Contains(strings.Join(kept, " "), "Agent") {
		t.Errorf("kept: %v", kept)
	}
}

func TestEngineOfADumpThatChanges(t *testing.T) {
	app := "---\napiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: dc1, namespace: argocd}\nstatus: {sync: {status: %s}}\n"
	path := write(t, "dc1.yaml", fmt.Sprintf(vpc, "a")+fmt.Sprintf(app, "Synced"))
	s := open(path)
	status := func() any {
		all, err := s.Objects().List(t.Context(), "argoproj.io", "applications", "")
		if err != nil {
			return err
		}
		if len(all) != 1 {
			return len(all)
		}
		return all[0]["status"].(map[string]any)["sync"].(map[string]any)["status"]
	}
	if got := status(); got != "Synced" {
		t.Errorf("at first: %v", got)
	}
	s.Read(t.Context(), coretest.Scope())
	write(t, path, fmt.Sprintf(vpc, "b")+fmt.Sprintf(app, "OutOfSync"))
	for range 2 { // the second time all of it was parsed before
		if got := status(); got != "OutOfSync" {
			t.Errorf("after it moved: %v", got)
		}
	}
	write(t, path, fmt.Sprintf(app, "OutOfSync")+"---\nspec: [\n")
	if err, _ := status().(error); err == nil || !strings.Contains(err.Error(), "dc1.yaml:") {
		t.Errorf("of a dump that was cut off: %v", err)
	}
}
