package store

import (
	"reflect"
	"testing"
	"time"

	"selvage/core"
)

// TestWhatWasLoadedIsNotHeldBesideWhatWasRead: after the first reading of a
// process memory holds the objects of that, where they are what it was loaded with.
func TestWhatWasLoadedIsNotHeldBesideWhatWasRead(t *testing.T) {
	for name, between := range map[string]func(s *Store, m *core.Memory){
		"nothing":                 func(*Store, *core.Memory) {},
		"a check without changes": func(s *Store, _ *core.Memory) { record(t, s, empty("dc1", noon.Add(time.Minute))) },
		"one with a change":       func(s *Store, m *core.Memory) { record(t, s, edited(t, "dc1", m, 0, noon.Add(time.Minute))) },
		"a decision":              func(s *Store, _ *core.Memory) { put(t, s, git(draft(1, ".spec.mode", "l2vni"))) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			record(t, openAt(t, dir), inSync(t, "dc1", 4))
			s := openAt(t, dir)
			loaded := memory(t, s, "dc1")
			before := *loaded.Objects[vpcKey(2)]

			read, live := inSync(t, "dc1", 4).Git, core.NewSnapshot()
			for i := range 4 {
				_, o := pair(t, i)
				live.Add(o)
			}
			restarted := live.Find(vpcKey(2)) // same content, and what the server keeps is other
			restarted.ResourceVersion = "9"
			moved := live.Find(vpcKey(3))
			moved.Fields["spec"].(map[string]any)["mode"] = "l3vni"
			moved.Digest = core.DigestJSON(moved.Fields)

			between(s, loaded)
			memory(t, s, "dc1")
			s.Hold("dc1", read, live)
			m := memory(t, s, "dc1")
			one, nowGit, nowLive := m.Objects[vpcKey(1)], read.Find(vpcKey(1)), live.Find(vpcKey(1))
			if one.Git.Object != nowGit || one.Live.Object != nowLive || one.Base.Git != nowGit || one.Base.Live != nowLive {
				t.Error("an object is held as it was loaded")
			}
			if m.Git.Find(vpcKey(1)) != nowGit {
				t.Error("the last reading of Git is held as it was loaded")
			}
			fields := func(o *core.Object) uintptr { return reflect.ValueOf(o.Fields).Pointer() }
			if two := m.Objects[vpcKey(2)]; two.Live.Object.ResourceVersion != before.Live.Object.ResourceVersion || fields(two.Live.Object) != fields(restarted) {
				t.Error("one of another resourceVersion does not stay what it was, with the fields that were read")
			}
			if three := m.Objects[vpcKey(3)]; three.Live.Object.Digest == moved.Digest {
				t.Error("memory has what was not recorded")
			}
			if !reflect.DeepEqual(before, *loaded.Objects[vpcKey(2)]) {
				t.Error("a memory that was handed out has changed")
			}
			same(t, "memory", m, memory(t, openAt(t, dir), "dc1"))
			record(t, s, edited(t, "dc1", m, 1, noon.Add(time.Hour)))
			same(t, "memory after one more check", memory(t, s, "dc1"), memory(t, openAt(t, dir), "dc1"))
		})
	}
}
