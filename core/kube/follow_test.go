package kube

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"selvage/core"
)

// patience is how long a test waits for what should come within milliseconds.
const patience = 30 * time.Second

func await(t testing.TB, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !is(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %s: %s", patience, what)
		}
	}
}

// observed is a source that is being watched.
type observed struct {
	*Source
	t       testing.TB
	cluster *cluster // nil for a real one
	changes atomic.Int32
	scope   atomic.Pointer[core.Scope]
	end     func() // ends the watch and waits for that
}

// observe has a source watched, until the test ends.
func observe(t testing.TB, c *cluster, s *Source, want core.Scope) *observed {
	t.Helper()
	o := &observed{Source: s, t: t, cluster: c}
	o.scope.Store(&want)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Watch(ctx, func() core.Scope { return *o.scope.Load() }, func() { o.changes.Add(1) })
	}()
	o.end = func() {
		cancel()
		select {
		case <-done:
		case <-time.After(patience):
			t.Error("Watch does not end with its context")
		}
	}
	t.Cleanup(o.end)
	await(t, "Watch has begun", func() bool { return s.following.Load() != nil })
	return o
}

// whole waits until everything is followed, and gives what was read then.
func (o *observed) whole() (got *core.Snapshot) {
	o.t.Helper()
	await(o.t, "everything is watched", func() bool {
		got = o.Read(o.t.Context(), *o.scope.Load())
		return !got.Watched.IsZero() && o.open()
	})
	return got
}

// open tells whether all watches are open.
func (o *observed) open() bool {
	f := o.following.Load()
	if f == nil {
		return false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, fd := range f.feeds {
		if fd.run == nil || fd.run.lost {
			return false
		}
	}
	open := len(f.feeds)
	if c := o.cluster; c != nil {
		c.with(func() { open = c.open })
	}
	return len(f.feeds) > 0 && open == len(f.feeds)
}

func (o *observed) read() *core.Snapshot {
	o.t.Helper()
	return o.Read(o.t.Context(), *o.scope.Load())
}

func vlanOf(o *core.Object) any {
	if o == nil {
		return nil
	}
	spec, _ := o.Fields["spec"].(map[string]any)
	return spec["vlan"]
}

func vpcKey(name string) core.Key {
	return core.Key{Group: "vpc.githedgehog.com", Kind: "VPC", Namespace: "default", Name: name}
}

func TestWatchedClusterIsReadWithoutAsking(t *testing.T) {
	c := newCluster(t)
	k := c.put("VPC", "default", "vpc-1")
	o := observe(t, c, New(c.config()), scope())
	o.whole()
	before := len(c.seen())
	for range 3 {
		got := o.read()
		if r := got.Readings[0]; r.Access != core.AccessOK || got.Side(k).Presence != core.Present || len(got.Gaps) > 0 {
			t.Fatalf("reading = %+v, %+v", r, got.Side(k))
		}
		if got.Side(vpcKey("gone")).Presence != core.Absent {
			t.Errorf("gone = %+v", got.Side(vpcKey("gone")))
		}
	}
	if more := c.seen()[before:]; len(more) > 0 {
		t.Errorf("three reads asked %q", more)
	}
	lists, watches, _ := c.asked()
	if lists != watches || lists == 0 {
		t.Errorf("%d lists and %d watches, want one of each for every kind", lists, watches)
	}
}

func TestChangeIsTold(t *testing.T) {
	c := newCluster(t)
	k := c.put("VPC", "default", "vpc-1")
	o := observe(t, c, New(c.config()), scope())
	o.whole()
	await(t, "the first lists are told", func() bool { o.read(); return true })
	lists, _, _ := c.asked()
	before := o.changes.Load()
	began := time.Now()
	c.write(k, 7)
	await(t, "the change is told", func() bool { return o.changes.Load() > before })
	t.Logf("told after %s", time.Since(began))
	got := o.read()
	if vlanOf(got.Side(k).Object) != int64(7) || len(got.Passages) > 0 {
		t.Errorf("vpc-1 = %+v, passages %+v", got.Side(k).Object, got.Passages)
	}
	if now, _, _ := c.asked(); now != lists {
		t.Errorf("%d lists more", now-lists)
	}
}

// TestChangeOfStatusIsNoChange: what the object says stays, so nobody is called.
func TestChangeOfStatusIsNoChange(t *testing.T) {
	c := newCluster(t)
	k := vpcKey("vpc-1")
	c.write(k, 7)
	o := observe(t, c, New(c.config()), scope())
	first := o.whole().Side(k).Object
	await(t, "all is told", func() bool { return !o.news() })
	before := o.changes.Load()
	c.write(k, 7)
	var now *core.Object
	await(t, "the new revision is known", func() bool {
		now = o.read().Side(k).Object
		return now.ResourceVersion != first.ResourceVersion
	})
	if o.changes.Load() != before {
		t.Error("a change was told")
	}
}

func (o *observed) news() bool {
	f := o.following.Load()
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.journal.news
}

func TestWhatCameAndWentIsHandedOver(t *testing.T) {
	c := newCluster(t)
	a, b := vpcKey("a"), vpcKey("b")
	c.write(a, 1)
	o := observe(t, c, New(c.config()), scope())
	o.whole()
	began := time.Now()
	c.write(a, 2) // comes and goes
	c.write(a, 1)
	c.write(b, 5) // likewise
	c.erase(b)
	c.write(b, 6)
	var got *core.Snapshot
	await(t, "the last change has come", func() bool {
		f := o.following.Load()
		f.mu.Lock()
		defer f.mu.Unlock()
		return vlanOf(f.feeds[place{b.GroupKind(), "default"}].entries[b].object) == int64(6)
	})
	got = o.read()
	var have []string
	for _, p := range got.Passages {
		have = append(have, fmt.Sprint(p.Key.Name, "=", vlanOf(p.Object)))
		if p.From.Before(began) || p.Until.Before(p.From) || p.Until.After(time.Now()) {
			t.Errorf("%s lasted from %s to %s", p.Key, p.From, p.Until)
		}
	}
	if want := []string{"a=2", "b=5", "b=<nil>"}; !slices.Equal(have, want) {
		t.Errorf("passages = %q, want %q", have, want)
	}
	if again := o.read(); len(again.Passages) > 0 {
		t.Errorf("they were handed over twice: %+v", again.Passages)
	}
}

func TestWatchThatEndsGoesOnWhereItWas(t *testing.T) {
	c := newCluster(t)
	k := vpcKey("a")
	c.write(k, 1)
	s := New(c.config())
	s.timing.short = 0
	o := observe(t, c, s, scope())
	since := o.whole().Watched
	lists, _, _ := c.asked()
	for i := range 5 {
		c.with(func() {
			c.cuts++
			c.stir()
		})
		c.write(k, 100+i) // while no watch is open
	}
	await(t, "the last change has come", func() bool { return vlanOf(o.read().Side(k).Object) == int64(104) })
	if got := o.whole(); !got.Watched.Equal(since) {
		t.Errorf("watched since %s, want since %s: nothing was missed", got.Watched, since)
	}
	t.Logf("%d lists for reads that came while watches were opened anew", func() int { now, _, _ := c.asked(); return now - lists }())
}

func TestForgottenRevisionMakesANewList(t *testing.T) {
	c := newCluster(t)
	k := vpcKey("a")
	c.write(k, 1)
	s := New(c.config())
	s.timing.short = 0
	o := observe(t, c, s, scope())
	since := o.whole().Watched
	c.with(func() {
		c.mute = true
		c.revision += 10
		c.oldest = c.revision
	})
	c.write(k, 2)
	c.with(func() { c.mute = false })
	c.cut()
	await(t, "the change is read", func() bool { return vlanOf(o.read().Side(k).Object) == int64(2) })
	if got := o.whole(); !got.Watched.After(since) {
		t.Errorf("watched since %s, as before: what was missed meanwhile?", got.Watched)
	}
}

func TestSilentWatchIsProvenByAList(t *testing.T) {
	c := newCluster(t)
	k := vpcKey("a")
	c.write(k, 1)
	config := c.config()
	config.FreshFor = 200 * time.Millisecond
	s := New(config)
	s.timing.silence, s.timing.short = 300*time.Millisecond, 0
	o := observe(t, c, s, scope())
	first := o.whole().Readings[0].ReadAt
	c.with(func() { c.mute = true })
	c.write(k, 2)
	await(t, "the swallowed change is found by a list", func() bool { return vlanOf(o.read().Side(k).Object) == int64(2) })
	if at := o.read().Readings[0].ReadAt; !at.After(first) || time.Since(at) > patience {
		t.Errorf("read at %s, first at %s", at, first)
	}
	await(t, "all is told", func() bool { return !o.news() })
	before := o.changes.Load()
	c.write(k, 3)
	await(t, "a change is told that only a list has shown", func() bool { return o.changes.Load() > before })
}

func TestBookmarkProvesAWatch(t *testing.T) {
	c := newCluster(t)
	config := c.config()
	config.FreshFor = 2 * time.Second
	o := observe(t, c, New(config), scope())
	first := o.whole().Readings[0].ReadAt
	lists, _, _ := c.asked()
	deadline := time.Now().Add(4 * time.Second)
	for time.Now().Before(deadline) {
		c.bookmark()
		time.Sleep(50 * time.Millisecond)
		o.read()
	}
	if now, _, _ := c.asked(); now != lists {
		t.Errorf("%d lists more, though all watches were proven", now-lists)
	}
	if at := o.read().Readings[0].ReadAt; at.Sub(first) < time.Second {
		t.Errorf("read at %s, %s after the first list", at, at.Sub(first))
	}
}

func TestWatchEndsWithItsContextAndReadsGoOn(t *testing.T) {
	c := newCluster(t)
	k := c.put("VPC", "default", "vpc-1")
	o := observe(t, c, New(c.config()), scope())
	o.whole()
	o.end()
	lists, _, _ := c.asked()
	got := o.read()
	if got.Side(k).Presence != core.Present || !got.Watched.IsZero() {
		t.Errorf("vpc-1 = %+v, watched since %s", got.Side(k), got.Watched)
	}
	if now, _, _ := c.asked(); now == lists {
		t.Error("it was not listed")
	}
	second := observe(t, c, o.Source, scope())
	if second.whole().Side(k).Presence != core.Present {
		t.Error("it cannot be watched again")
	}
}

func TestWiderScopeIsFollowed(t *testing.T) {
	c := newCluster(t)
	c.serve(resource{core.GroupKind{Group: "net.example", Kind: "Zone"}, "v2", "zones", true})
	here, there := vpcKey("a"), core.Key{Group: "vpc.githedgehog.com", Kind: "VPC", Namespace: "tenant", Name: "b"}
	zone := core.Key{Group: "net.example", Kind: "Zone", Namespace: "tenant", Name: "dmz"}
	for i, k := range []core.Key{here, there, zone} {
		c.write(k, i)
	}
	s := New(c.config())
	s.timing.look = 20 * time.Millisecond
	o := observe(t, c, s, scope())
	if got := o.whole(); got.Side(there).Presence != core.Unread || got.Side(here).Presence != core.Present {
		t.Fatalf("here %+v, there %+v", got.Side(here), got.Side(there))
	}
	wider := scope()
	wider.Namespaces = []string{"default", "tenant"}
	wider.Kinds = core.KindFilter{Groups: []string{"net.example", "vpc.githedgehog.com"}}
	o.scope.Store(&wider)
	got := o.whole()
	for _, k := range []core.Key{here, there, zone} {
		if got.Side(k).Presence != core.Present {
			t.Errorf("%s = %+v", k, got.Side(k))
		}
	}
	lists, _, _ := c.asked()
	c.write(zone, 9)
	await(t, "a change in what is new is seen", func() bool { return vlanOf(o.read().Side(zone).Object) == int64(9) })
	if now, _, _ := c.asked(); now != lists {
		t.Errorf("%d lists more", now-lists)
	}
}

// BenchmarkFollowed reads 10,000 objects that are being watched, and tells what
// one of them takes in memory.
func BenchmarkFollowed(b *testing.B) {
	c := newCluster(b)
	c.fill(10_000)
	s := New(c.config())
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	o := observe(b, c, s, scope())
	o.whole()
	runtime.GC()
	runtime.ReadMemStats(&after)
	for b.Loop() {
		if got := o.read(); got.Len() != 10_000 {
			b.Fatalf("%d objects, %+v", got.Len(), got.Readings[0])
		}
	}
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/10_000, "B/object")
}
