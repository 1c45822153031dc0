package loop_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"selvage/core"
)

// watched is a live side that is watched as it is told to.
type watched struct {
	*script

	mu      sync.Mutex
	watch   func(ctx context.Context, scope func() core.Scope, changed func())
	watches int
	changed func()
	scope   func() core.Scope
}

func (w *watched) Watch(ctx context.Context, scope func() core.Scope, changed func()) {
	w.mu.Lock()
	w.watches++
	w.changed, w.scope = changed, scope
	watch := w.watch
	w.mu.Unlock()
	if watch == nil {
		<-ctx.Done()
		return
	}
	watch(ctx, scope, changed)
}

// change tells of a change, once somebody watches.
func (w *watched) change() {
	synctest.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.changed()
}

func (w *watched) asked() core.Scope {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.scope()
}

func (w *watched) times() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.watches
}

func newWatchBench() (*bench, *watched) {
	w := &watched{script: &script{}}
	git := &script{}
	b := newBenchOf(git, git, w, w.script, 10*time.Second)
	return b, w
}

// run runs the loop until the test calls stop, which waits for its end.
func (b *bench) run(t *testing.T) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		b.loop.Run(ctx)
		close(ended)
	}()
	return func() {
		cancel()
		<-ended
	}
}

func (b *bench) recorded() []core.Check {
	b.history.mu.Lock()
	defer b.history.mu.Unlock()
	return append([]core.Check(nil), b.history.checks...)
}

// TestChangeOfLiveIsCheckedSoon, and a storm of changes not more than twice a
// second; the interval stays.
func TestChangeOfLiveIsCheckedSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, w := newWatchBench()
		defer b.run(t)()
		time.Sleep(5 * time.Second)
		if n := len(b.recorded()); n != 1 {
			t.Fatalf("%d checks at the start, want 1", n)
		}
		b.live.set(answer(whole("kube", object("vpc-1", 2))))
		w.change()
		synctest.Wait()
		if v := b.verdict(); v.State != core.Drifted {
			t.Errorf("%s right after the change, want drifted", v.State)
		}
		for range 100 {
			w.change()
			time.Sleep(100 * time.Millisecond)
		}
		if n := len(b.recorded()) - 2; n < 15 || n > 21 {
			t.Errorf("%d checks in ten seconds of changes, want about 20", n)
		}
		time.Sleep(time.Second)
		before := len(b.recorded())
		time.Sleep(2 * time.Minute)
		if n := len(b.recorded()) - before; n != 2 {
			t.Errorf("%d checks in two quiet minutes, want 2", n)
		}
	})
}

func TestWatchFollowsTheScope(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, w := newWatchBench()
		other := object("vpc-2", 1)
		other.Key.Namespace = "other"
		b.git.set(answer(whole("git", object("vpc-1", 1), other)))
		defer b.run(t)()
		synctest.Wait()
		if got := w.asked(); len(got.Namespaces) != 2 || len(got.Expect) != 1 {
			t.Errorf("scope %+v, want two namespaces and the kind that git holds", got)
		}
	})
}

func TestOneCheckDoesNotWatch(t *testing.T) {
	b, w := newWatchBench()
	b.check(t)
	b.settle(t)
	if n := w.times(); n != 0 {
		t.Errorf("watched %d times", n)
	}
}

// TestWatchThatGivesUpIsBegunAgain, whatever made it end; one that does not
// listen to its context is left behind at the end.
func TestWatchThatGivesUpIsBegunAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, w := newWatchBench()
		release := make(chan struct{})
		w.watch = func(_ context.Context, _ func() core.Scope, _ func()) {
			switch w.times() {
			case 1:
				panic("odd event")
			case 2:
				return
			}
			<-release
		}
		stop := b.run(t)
		time.Sleep(5 * time.Minute)
		if n := w.times(); n != 3 {
			t.Errorf("watched %d times, want 3", n)
		}
		if n := len(b.recorded()); n < 5 {
			t.Errorf("%d checks in five minutes, want the interval kept", n)
		}
		started := time.Now()
		stop()
		if took := time.Since(started); took > 3*time.Second {
			t.Errorf("it took %s to end", took)
		}
		close(release)
	})
}

// TestPassagesAreKeptUntilTheyAreRecorded: a check that could not be recorded
// loses nothing, and none is recorded twice.
func TestPassagesAreKeptUntilTheyAreRecorded(t *testing.T) {
	b, _ := newWatchBench()
	b.check(t)
	now := time.Now()
	s := whole("kube", object("vpc-1", 1))
	s.Passages = []core.Passage{{Key: object("vpc-1", 5).Key, Object: object("vpc-1", 5), From: now, Until: now.Add(2 * time.Second)}}
	b.live.set(answer(s))
	b.history.refuse(errors.New("disk full"))
	if err := b.loop.Check(t.Context(), "dc1"); err == nil {
		t.Fatal("Check = nil though nothing could be recorded")
	}
	b.history.refuse(nil)
	b.live.set(answer(whole("kube", object("vpc-1", 1))))
	b.check(t)
	b.check(t)
	var kept []core.Overwritten
	for _, c := range b.recorded() {
		kept = append(kept, c.Overwritten...)
	}
	if len(kept) != 1 || kept[0].Path != ".spec.vlan" || !kept[0].Live.Equal(core.ValueOf(int64(5))) {
		t.Errorf("overwritten %+v, want the vlan 5 once", kept)
	}
}

// TestPassagesOfALateReadAreKept: what a read brings that was given up on is
// not lost.
func TestPassagesOfALateReadAreKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _ := newWatchBench()
		b.check(t)
		release := make(chan struct{})
		now := time.Now()
		b.live.set(func(context.Context, core.Scope) *core.Snapshot {
			<-release
			s := whole("kube", object("vpc-1", 1))
			s.Passages = []core.Passage{{Key: object("vpc-1", 5).Key, Object: object("vpc-1", 5), From: now, Until: now.Add(2 * time.Second)}}
			return s
		})
		b.check(t)
		close(release)
		synctest.Wait()
		b.live.set(answer(whole("kube", object("vpc-1", 1))))
		b.check(t)
		checks := b.recorded()
		if got := checks[len(checks)-1].Overwritten; len(got) != 1 {
			t.Errorf("overwritten %+v, want one", got)
		}
	})
}

// TestBlindTimes: what is recorded of the times in which nobody watched.
func TestBlindTimes(t *testing.T) {
	start := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	// read is a look at a second, watched since another one; 0 for not watched.
	read := func(at, since int) *core.Snapshot {
		s := whole("kube", object("vpc-1", 1))
		s.Readings[0].ReadAt = start.Add(time.Duration(at) * time.Second)
		if since > 0 {
			s.Watched = start.Add(time.Duration(since) * time.Second)
		}
		return s
	}
	broken := func(*core.Snapshot) *core.Snapshot { return failed("kube") }
	tests := []struct {
		name  string
		on    bool
		looks []*core.Snapshot
		want  []string // what each look recorded
	}{
		{"polled", false, []*core.Snapshot{read(10, 0), read(70, 0), read(130, 0)}, []string{"", "10-70 polled", "70-130 polled"}},
		{"watched from the start", true, []*core.Snapshot{read(10, 5), read(70, 5)}, []string{"", ""}},
		{"watched after a while", true, []*core.Snapshot{read(100, 0), read(110, 102)}, []string{"", "100-102 polled"}},
		{
			"the watch broke", true,
			[]*core.Snapshot{read(10, 5), broken(nil), broken(nil), read(200, 190), read(260, 190)},
			[]string{"", "", "", "10-190 the watch broke: no route to host", ""},
		},
		{"the watch broke between two looks", true, []*core.Snapshot{read(10, 5), read(70, 50), read(130, 50)}, []string{"", "10-50 the watch broke", ""}},
		{"watched no more", true, []*core.Snapshot{read(10, 5), read(70, 0), read(130, 0)}, []string{"", "10-70 the watch broke", "70-130 the watch broke"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, w := newWatchBench()
				if tt.on {
					// The loop is told to watch, and every check is asked for here.
					b.live.set(answer(failed("kube")))
					stop := b.run(t)
					synctest.Wait()
					stop()
					w.mu.Lock()
					w.watches = 0
					w.mu.Unlock()
				}
				skip := len(b.recorded())
				for _, s := range tt.looks {
					b.live.set(answer(s))
					b.check(t)
				}
				var got []string
				for _, c := range b.recorded()[skip:] {
					text := ""
					if c.Blind != nil {
						text = fmt.Sprintf("%g-%g %s", c.Blind.From.Sub(start).Seconds(), c.Blind.Until.Sub(start).Seconds(), c.Blind.Reason)
					}
					got = append(got, text)
				}
				if strings.Join(got, ";") != strings.Join(tt.want, ";") {
					t.Errorf("blind times %q, want %q", got, tt.want)
				}
			})
		})
	}
}

// TestTimeThatSelvageDidNotRunIsBlind until the first watch of the new process,
// for one reason.
func TestTimeThatSelvageDidNotRunIsBlind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _ := newWatchBench()
		b.check(t)
		then := b.recorded()[0].Report.Live.ReadAt
		time.Sleep(time.Hour)
		again, w := newWatchBench()
		again.history.m = b.history.m
		again.live.set(func(context.Context, core.Scope) *core.Snapshot { return whole("kube", object("vpc-1", 1)) })
		stop := again.run(t)
		synctest.Wait()
		began := time.Now()
		time.Sleep(time.Second)
		again.live.set(func(context.Context, core.Scope) *core.Snapshot {
			s := whole("kube", object("vpc-1", 1))
			s.Watched = began.Add(500 * time.Millisecond)
			return s
		})
		w.change()
		synctest.Wait()
		stop()
		checks := again.recorded()
		if len(checks) != 2 || checks[0].Blind == nil || checks[1].Blind == nil {
			t.Fatalf("checks %+v, want two with blind times", checks)
		}
		first, second := *checks[0].Blind, *checks[1].Blind
		if !first.From.Equal(then) || !first.Until.Equal(second.From) || second.Reason != first.Reason || first.Reason != "selvage did not run" {
			t.Errorf("blind %+v, then %+v; want one time without selvage", first, second)
		}
	})
}

// TestOneLookBesideAWatchIsNotBlind: another process watches the fabric, and
// this one only looks once.
func TestOneLookBesideAWatchIsNotBlind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _ := newWatchBench()
		look := func(since time.Duration) {
			b.live.set(func(context.Context, core.Scope) *core.Snapshot {
				s := whole("kube", object("vpc-1", 1))
				s.Readings[0].ReadAt = time.Now()
				if since > 0 {
					s.Watched = time.Now().Add(-since)
				}
				return s
			})
			b.check(t)
		}
		look(time.Hour) // by the one that watches
		time.Sleep(time.Minute)
		look(0)
		time.Sleep(30 * time.Second)
		look(0)
		checks := b.recorded()
		for _, c := range checks {
			if c.Blind != nil {
				t.Errorf("blind %+v beside a watch", *c.Blind)
			}
		}
		time.Sleep(time.Hour)
		look(0)
		if all := b.recorded(); all[len(all)-1].Blind == nil {
			t.Error("an hour after the last watch nothing is called blind")
		}
	})
}
