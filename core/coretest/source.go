package coretest

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"selvage/core"
)

// SourceWorld makes the sources that [Source] tests.
type SourceWorld struct {
	// Holding gives a source over exactly these objects. Its cluster serves
	// all of [core.Kinds].
	Holding func(t *testing.T, objects ...*core.Object) core.Source
	// Broken gives a source that holds these objects and cannot read them.
	Broken func(t *testing.T, objects ...*core.Object) core.Source
}

// Source tests that a source keeps the promises of [core.Source]: what is there
// is present and whole, what was read without being found is absent, and
// nothing is absent that was not read.
func Source(t *testing.T, w SourceWorld) {
	t.Run("objects are present and whole", func(t *testing.T) { presentAndWhole(t, w) })
	t.Run("what is not there is absent", func(t *testing.T) { absent(t, w) })
	t.Run("nothing outside the scope is given", func(t *testing.T) { insideScope(t, w) })
	t.Run("what cannot be read is not absent", func(t *testing.T) { brokenIsUnread(t, w) })
	t.Run("an ended context makes nothing absent", func(t *testing.T) { endedContext(t, w) })
	t.Run("reads may run at the same time", func(t *testing.T) { concurrent(t, w) })
}

// Scope is the scope that the suite reads with: the default kinds in the
// namespace default.
func Scope() core.Scope {
	return core.Scope{
		Fabric: "f", Namespace: "default", Namespaces: []string{"default"},
		Expect: []core.GroupKind{{Group: "vpc.githedgehog.com", Kind: "VPC"}},
	}
}

// Object makes an object of one of [core.Kinds].
func Object(t *testing.T, kind, namespace, name string) *core.Object {
	t.Helper()
	for _, k := range core.Kinds() {
		if k.Kind != kind {
			continue
		}
		o, err := core.NewObject(map[string]any{
			"apiVersion": k.Group + "/" + k.Version, "kind": kind,
			"metadata": map[string]any{"name": name, "namespace": namespace, "labels": map[string]any{"a.b/c": "yes"}},
			"spec": map[string]any{
				"vlan": int64(9007199254740993), "share": 0.5, "on": true, "none": nil,
				"text": "1e3", "lines": "a\nb\x1b[31m\n", "ports": []any{"E1/1", map[string]any{}},
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	t.Fatalf("no kind %q", kind)
	return nil
}

func read(t *testing.T, s core.Source) *core.Snapshot {
	t.Helper()
	got := s.Read(t.Context(), Scope())
	if len(got.Readings) == 0 {
		t.Fatal("the snapshot has no reading")
	}
	for _, r := range got.Readings {
		if r.Access != core.AccessOK || r.Error != "" || r.ReadAt.IsZero() || r.Source == "" {
			t.Errorf("reading = %+v, want ok", r)
		}
	}
	return got
}

func presentAndWhole(t *testing.T, w SourceWorld) {
	objects := []*core.Object{
		Object(t, "VPC", "default", "a"), Object(t, "VPC", "default", "b"), Object(t, "Connection", "default", "a"),
	}
	got := read(t, w.Holding(t, objects...))
	if got.Len() != len(objects) {
		t.Errorf("%d objects, want %d", got.Len(), len(objects))
	}
	for _, want := range objects {
		side := got.Side(want.Key)
		switch {
		case side.Presence != core.Present:
			t.Errorf("%s = %+v", want.Key, side)
		case side.Object.Digest != want.Digest || side.Object.Version != want.Version:
			t.Errorf("%s = %v, want %v", want.Key, side.Object.Fields, want.Fields)
		}
	}
}

func absent(t *testing.T, w SourceWorld) {
	for _, objects := range [][]*core.Object{nil, {Object(t, "VPC", "default", "other")}} {
		got := read(t, w.Holding(t, objects...))
		for _, k := range core.Kinds() {
			key := core.Key{Group: k.Group, Kind: k.Kind, Namespace: "default", Name: "gone"}
			if side := got.Side(key); k.Owner == core.Operator && side.Presence != core.Absent {
				t.Errorf("%s = %+v, want absent", key, side)
			}
		}
	}
}

func insideScope(t *testing.T, w SourceWorld) {
	outside := []*core.Object{
		Object(t, "Agent", "default", "leaf-1"), Object(t, "SwitchProfile", "default", "p"), Object(t, "Fabricator", "default", "f"),
	}
	got := read(t, w.Holding(t, append(outside, Object(t, "VPC", "default", "a"))...))
	for _, o := range outside {
		if got.Side(o.Key).Presence == core.Present {
			t.Errorf("%s is present", o.Key)
		}
	}
}

func brokenIsUnread(t *testing.T, w SourceWorld) {
	o := Object(t, "VPC", "default", "a")
	s := w.Broken(t, o)
	got := s.Read(t.Context(), Scope())
	if len(got.Readings) == 0 {
		t.Fatal("the snapshot has no reading")
	}
	for _, name := range []string{"a", "gone"} {
		key := o.Key
		key.Name = name
		if side := got.Side(key); side.Presence != core.Unread || side.Reason == "" {
			t.Errorf("%s = %+v, want unread", key, side)
		}
	}
	told := len(got.Findings) + len(got.Gaps)
	for _, r := range got.Readings {
		if r.Access != core.AccessOK {
			told++
			if r.Error == "" || strings.ContainsAny(r.Error, "\r\n") {
				t.Errorf("the reading's error is %q, want one line", r.Error)
			}
		}
	}
	if told == 0 {
		t.Error("nothing says that it could not be read")
	}
}

func endedContext(t *testing.T, w SourceWorld) {
	o := Object(t, "VPC", "default", "a")
	s := w.Holding(t, o)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	answer := make(chan *core.Snapshot, 1)
	go func() { answer <- s.Read(ctx, Scope()) }()
	select {
	case got := <-answer:
		if got.Side(o.Key).Presence == core.Absent {
			t.Errorf("%s is absent", o.Key)
		}
	case <-time.After(5 * time.Second):
		t.Error("Read goes on for more than five seconds")
	}
}

func concurrent(t *testing.T, w SourceWorld) {
	o := Object(t, "VPC", "default", "a")
	s := w.Holding(t, o)
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			got := s.Read(t.Context(), Scope())
			if got.Side(o.Key).Presence != core.Present {
				t.Errorf("%s = %+v", o.Key, got.Side(o.Key))
			}
		})
	}
	readers.Wait()
}
