package kube

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"selvage/core"
)

func TestEventThatCannotBeUnderstoodIsNotPassedOver(t *testing.T) {
	const head = `{"type":"ADDED","object":{"apiVersion":"vpc.githedgehog.com/v1beta1","kind":"VPC","metadata":`
	for name, text := range map[string]string{
		"another kind":         `{"type":"ADDED","object":{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a","namespace":"default","resourceVersion":"1000"}}}`,
		"another namespace":    head + `{"name":"a","namespace":"other","resourceVersion":"1000"}}}`,
		"no name":              head + `{"namespace":"default","resourceVersion":"1000"}}}`,
		"no object":            `{"type":"MODIFIED"}`,
		"an unknown type":      `{"type":"EXPLODED","object":{}}`,
		"a foreign bookmark":   `{"type":"BOOKMARK","object":{"kind":"Pod","apiVersion":"v1","metadata":{"resourceVersion":"1000"}}}`,
		"a web page":           "<html>log in</html>",
		"no JSON object":       "17",
		"half of an event":     head + `{"name":`,
		"an error":             `{"type":"ERROR","object":{"kind":"Status","code":500,"message":"etcd is gone"}}`,
		"an event of 9 MiB":    head + `{"namespace":"default","resourceVersion":"1000","name":"` + strings.Repeat("a", 9<<20) + `"}}}`,
		"nothing, all at once": "",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCluster(t)
			k := vpcKey("a")
			c.write(k, 1)
			c.answer(vpcsPath, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Query().Get("watch") == "" {
					c.list(w, r)
					return
				}
				answering(http.StatusOK, "application/json", text)(w, r)
			})
			s := New(c.config())
			s.timing.gather, s.timing.retry, s.timing.retryMax = time.Millisecond, time.Millisecond, time.Millisecond
			o := observe(t, c, s, scope())
			await(t, "the kind is given a rest", func() bool {
				f := o.following.Load()
				if f == nil {
					return false
				}
				f.mu.Lock()
				defer f.mu.Unlock()
				fd, ok := f.feeds[place{k.GroupKind(), "default"}]
				return ok && fd.run == nil && fd.rests.After(time.Now())
			})
			c.write(k, 2)
			got := o.read()
			if vlanOf(got.Side(k).Object) != int64(2) || !got.Watched.IsZero() || got.Readings[0].Access != core.AccessOK || got.Len() != 1 {
				t.Errorf("vpc = %+v, watched since %s, reading %+v", got.Side(k), got.Watched, got.Readings[0])
			}
			c.answer(vpcsPath, nil)
			o.following.Load().wakeUp()
			if o.whole(); o.read().Side(k).Presence != core.Present {
				t.Error("it does not recover")
			}
		})
	}
}

// wakeUp ends all rests.
func (f *follower) wakeUp() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, fd := range f.feeds {
		fd.rests = time.Time{}
	}
}

func TestKindThatMayNotBeWatchedIsListed(t *testing.T) {
	c := newCluster(t)
	k := vpcKey("a")
	c.write(k, 1)
	var refused atomic.Int32
	c.answer(vpcsPath, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("watch") != "" {
			refused.Add(1)
			refuse(w, http.StatusForbidden, "vpcs is forbidden: cannot watch")
			return
		}
		c.list(w, r)
	})
	o := observe(t, c, New(c.config()), scope())
	await(t, "the refusal is known", func() bool {
		return refused.Load() > 1 && o.read().Watched.IsZero()
	})
	for i := range 5 {
		c.write(k, 10+i)
		if got := o.read(); vlanOf(got.Side(k).Object) != int64(10+i) || len(got.Gaps) > 0 || !got.Watched.IsZero() {
			t.Fatalf("vpc = %+v, gaps %+v, watched %s", got.Side(k), got.Gaps, got.Watched)
		}
	}
	if n := refused.Load(); n > 2 {
		t.Errorf("the watch was tried %d times", n)
	}
}

func TestListOfABrokenWatchSaysWhatAPollWould(t *testing.T) {
	c := newCluster(t)
	k := vpcKey("a")
	c.write(k, 1)
	s := New(c.config())
	s.timing.short = 0
	o := observe(t, c, s, scope())
	o.whole()
	for _, test := range []struct {
		answer http.HandlerFunc
		access core.Access
	}{
		{answering(403, "application/json", `{"kind":"Status","message":"no"}`), core.AccessForbidden},
		{answering(500, "application/json", `{"kind":"Status","message":"no"}`), core.AccessUnreachable},
		{answering(200, "application/json", `{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[]}`), core.AccessInvalid},
		{answering(200, "application/json", `{}`), core.AccessInvalid},
		{answering(200, "text/html", `<html>log in</html>`), core.AccessInvalid},
	} {
		before := o.changes.Load()
		c.answer(vpcsPath, test.answer)
		c.cut()
		await(t, "the break is told", func() bool { return o.changes.Load() > before })
		await(t, string(test.access), func() bool {
			got := o.read()
			if got.Side(k).Presence == core.Absent || got.Side(vpcKey("gone")).Presence == core.Absent && len(got.Gaps) > 0 {
				t.Fatalf("absent: %+v", got.Side(k))
			}
			return len(got.Gaps) == 1 && got.Gaps[0].Access == test.access && got.Watched.IsZero() && got.Side(k).Presence == core.Unread
		})
		c.answer(vpcsPath, nil)
		if got := o.whole(); got.Side(k).Presence != core.Present {
			t.Fatalf("after %s: %+v", test.access, got.Side(k))
		}
	}
}

func TestServerThatIsDownAndUpAgain(t *testing.T) {
	c := newCluster(t)
	k := vpcKey("a")
	c.write(k, 1)
	s := New(c.config())
	s.timing.retry = 10 * time.Millisecond
	o := observe(t, c, s, scope())
	o.whole()
	down := answering(503, "text/plain", "down")
	c.with(func() {
		for _, r := range c.kinds {
			c.answers[r.path("default")] = down
		}
	})
	c.cut()
	await(t, "the outage is read", func() bool {
		got := o.read()
		return got.Readings[0].Access == core.AccessUnreachable && got.Side(k).Presence == core.Unread
	})
	c.write(k, 2)
	before := o.changes.Load()
	c.with(func() { clear(c.answers) })
	await(t, "the recovery is told though nobody reads", func() bool { return o.changes.Load() > before })
	if got := o.whole(); vlanOf(got.Side(k).Object) != int64(2) {
		t.Errorf("a = %+v", got.Side(k).Object)
	}
}

func TestReadDoesNotWaitForALookAside(t *testing.T) {
	c := newCluster(t)
	hanging := make(chan struct{}, 100)
	c.answer(vpcsPath, func(_ http.ResponseWriter, r *http.Request) {
		hanging <- struct{}{}
		<-r.Context().Done()
	})
	o := observe(t, c, New(c.config()), scope())
	<-hanging // the first look of Watch
	c.answer(vpcsPath, nil)
	began := time.Now()
	if got := o.read(); got.Readings[0].Access != core.AccessOK {
		t.Errorf("reading = %+v", got.Readings[0])
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %s", took)
	}
}

// TestEventOfAnEndedWatchIsDropped: it may be on its way while the next watch
// begins with a list.
func TestEventOfAnEndedWatchIsDropped(t *testing.T) {
	c := newCluster(t)
	o := observe(t, c, New(c.config()), scope())
	o.whole()
	f := o.following.Load()
	f.mu.Lock()
	first := f.feeds[place{vpcKey("").GroupKind(), "default"}].run
	f.mu.Unlock()
	c.with(func() {
		c.revision++
		c.oldest = c.revision
	})
	c.cut()
	await(t, "a new watch has begun", func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		return first.of.run != nil && first.of.run != first
	})
	late := version("late", "u", 1<<30, 1)
	if f.take(first, event{"ADDED", late, late.ResourceVersion}) || f.skip(first) {
		t.Error("an ended watch is listened to")
	}
	f.mu.Lock()
	second := first.of.run
	f.mu.Unlock()
	f.broke(first, nil, true)
	f.mu.Lock()
	if first.of.run != second {
		t.Error("an ended watch ended the next one")
	}
	f.mu.Unlock()
	if got := o.read(); got.Side(late.Key).Presence != core.Absent {
		t.Errorf("late = %+v", got.Side(late.Key))
	}
}

// TestFollowedClusterIsWhatItIsInTheEnd lets a cluster and the way to it do what
// they like. An object that is there all the time is never called absent, and
// when all is quiet what is read is what is there.
func TestFollowedClusterIsWhatItIsInTheEnd(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			dice := rand.New(rand.NewPCG(seed, 3))
			c := newCluster(t)
			stays := vpcKey("stays")
			c.write(stays, 1)
			config := c.config()
			config.FreshFor = 100 * time.Millisecond
			s := New(config)
			s.timing = timing{
				gather: time.Millisecond, silence: 150 * time.Millisecond, lifetime: time.Second, retry: time.Millisecond,
				retryMax: 5 * time.Millisecond, rest: 10 * time.Millisecond, patience: time.Millisecond, look: 10 * time.Millisecond,
				lag: time.Hour, forget: time.Hour,
			}
			want := scope()
			want.Kinds = core.KindFilter{Kinds: []string{"VPC"}}
			o := observe(t, c, s, want)
			there := map[core.Key]int{}
			for i := range 80 {
				k := vpcKey(fmt.Sprint("vpc-", dice.IntN(4)))
				switch dice.IntN(14) {
				case 0, 1, 2, 3:
					c.write(k, i)
					there[k] = i
				case 4, 5:
					if _, ok := there[k]; ok {
						c.erase(k)
						delete(there, k)
					}
				case 6:
					c.cut()
				case 7:
					c.with(func() { c.mute = !c.mute })
				case 8:
					c.with(func() {
						c.revision++
						c.oldest = c.revision
					})
				case 9:
					c.answer(vpcsPath, []http.HandlerFunc{
						answering(500, "", ""), answering(403, "application/json", "{}"), answering(200, "application/json", "{}"), cutAfter(`{"type":`),
					}[dice.IntN(4)])
				case 10:
					c.answer(vpcsPath, nil)
				case 11:
					c.bookmark()
				case 12:
					time.Sleep(time.Duration(dice.IntN(30)) * time.Millisecond)
				case 13:
					if side := o.read().Side(stays); side.Presence == core.Absent {
						t.Fatalf("step %d: it is called absent", i)
					}
				}
			}
			c.answer(vpcsPath, nil)
			c.with(func() { c.mute = false })
			await(t, "what is read is what is there", func() bool {
				got := o.read()
				for k, vlan := range there {
					if vlanOf(got.Side(k).Object) != int64(vlan) {
						return false
					}
				}
				return got.Len() == len(there)+1 && got.Readings[0].Access == core.AccessOK && !got.Watched.IsZero()
			})
		})
	}
}
