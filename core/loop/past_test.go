package loop_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"selvage/core"
)

// chronicle is a source of Git whose history answers what it is told to, for
// faults and timing. What a history really says is in history_test.go.
type chronicle struct {
	*script

	mu       sync.Mutex
	past     func(context.Context, []core.Key) (map[core.Key]core.Past, error)
	descends func(context.Context, string) (bool, error)
	since    func(at, ancestor string) ([]core.Commit, bool, error)
	looks    int
	sought   []string
}

var _ core.Historian = (*chronicle)(nil)

func (c *chronicle) Since(_ context.Context, at core.Reading, ancestor string) ([]core.Commit, bool, error) {
	if c.since == nil {
		return nil, false, nil
	}
	return c.since(at.Revision, ancestor)
}

func (c *chronicle) Past(ctx context.Context, _ *core.Snapshot, _ core.Scope, keys []core.Key, _ func(core.Key, core.Past) bool) (map[core.Key]core.Past, error) {
	c.mu.Lock()
	c.looks++
	past := c.past
	c.mu.Unlock()
	return past(ctx, keys)
}

func (c *chronicle) Descends(ctx context.Context, _ core.Reading, ancestor string) (bool, error) {
	c.mu.Lock()
	c.sought = append(c.sought, ancestor)
	descends := c.descends
	c.mu.Unlock()
	return descends(ctx, ancestor)
}

func (c *chronicle) set(past func(context.Context, []core.Key) (map[core.Key]core.Past, error)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.past = past
}

func (c *chronicle) asked() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.looks
}

// told is the history in which vpc-1 was 2 before it became 1.
func told(_ context.Context, keys []core.Key) (map[core.Key]core.Past, error) {
	found := map[core.Key]core.Past{}
	for _, k := range keys {
		found[k] = core.Past{}
		if k == object("vpc-1", 1).Key {
			found[k] = core.Past{Whole: true, Versions: []core.Version{
				{Commit: core.Commit{ID: "c2", Author: "Kim", Time: time.Unix(2000, 0)}, Object: object("vpc-1", 1)},
				{Commit: core.Commit{ID: "c1", Author: "Lee", Time: time.Unix(1000, 0)}, Object: object("vpc-1", 2)},
			}}
		}
	}
	return found, nil
}

// newPastBench is a fabric at first contact: Git has moved from 2 to 1, which
// only its history can tell, and live is at 2 still.
func newPastBench(timeout time.Duration) (*bench, *chronicle) {
	c := &chronicle{script: &script{}, past: told, descends: func(context.Context, string) (bool, error) { return true, nil }}
	live := &script{}
	b := newBenchOf(c, c.script, live, live, timeout)
	b.live.set(answer(whole("kube", object("vpc-1", 2))))
	return b, c
}

// at is a whole reading of Git at a revision.
func at(revision string, objects ...*core.Object) *core.Snapshot {
	s := whole("git", objects...)
	s.Readings[0].Revision = revision
	return s
}

func (b *bench) verdict() core.Verdict { return b.loop.Fleet().Fabrics[0].Report.Verdicts[0] }

func (b *bench) settle(t *testing.T) {
	t.Helper()
	if err := b.loop.Settle(t.Context(), "dc1"); err != nil {
		t.Fatalf("Settle = %v", err)
	}
}

// wantCommit fails unless the verdict is the one that only history gives.
func (b *bench) wantCommit(t *testing.T) {
	t.Helper()
	v := b.verdict()
	if v.State != core.Pending && v.State != core.Drifted || len(v.Changes) != 1 || v.Changes[0].Verdict != core.FieldGitAhead || v.Changes[0].Commit.ID != "c2" {
		t.Errorf("%s, changes %+v; want git_ahead by commit c2", v.State, v.Changes)
	}
}

// TestHistoryDelaysNoCheck: while the history is being read, checks are made
// and shown, and the history is not asked once more.
func TestHistoryDelaysNoCheck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, c := newPastBench(time.Hour)
		release := make(chan struct{})
		c.set(func(ctx context.Context, keys []core.Key) (map[core.Key]core.Past, error) {
			<-release
			return told(ctx, keys)
		})
		first := make(chan struct{})
		go func() {
			defer close(first)
			b.check(t)
		}()
		synctest.Wait()
		if v := b.verdict(); v.State != core.Differs {
			t.Errorf("shown while history is read: %s, want differs", v.State)
		}
		<-first
		if n := len(b.history.checks); n != 1 {
			t.Errorf("%d checks recorded without history, want 1", n)
		}
		started := time.Now()
		b.check(t)
		if took := time.Since(started); took > 0 {
			t.Errorf("the next check waited for %s", took)
		}
		close(release)
		b.settle(t)
		b.wantCommit(t)
		if n := c.asked(); n != 1 {
			t.Errorf("the history was asked %d times, want once", n)
		}
		if got := b.history.checks[len(b.history.checks)-1].Transitions; len(got) != 1 || got[0].From != core.Differs {
			t.Errorf("transitions %+v, want one from differs", got)
		}
		b.check(t)
		b.settle(t)
		b.wantCommit(t)
		if n := c.asked(); n != 1 {
			t.Errorf("the history was asked %d times about an unchanged world, want once", n)
		}
	})
}

// TestQuickHistoryIsRecordedWithItsCheck, so that the first thing that is kept
// of a change names the commit.
func TestQuickHistoryIsRecordedWithItsCheck(t *testing.T) {
	b, _ := newPastBench(time.Minute)
	b.check(t)
	b.wantCommit(t)
	if len(b.history.checks) != 1 {
		t.Fatalf("%d checks recorded, want 1", len(b.history.checks))
	}
	for _, got := range b.history.checks[0].Transitions {
		if !got.First || got.Changes[0].Commit.ID != "c2" {
			t.Errorf("transition %+v, want the first one, by c2", got)
		}
	}
}

// TestUnreadableHistoryIsAskedAgainLater: the verdict is given without it, and
// the server is not pestered.
func TestUnreadableHistoryIsAskedAgainLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, c := newPastBench(time.Minute)
		c.set(func(context.Context, []core.Key) (map[core.Key]core.Past, error) {
			return nil, errors.New("no space left on device")
		})
		b.check(t)
		b.settle(t)
		if v := b.verdict(); v.State != core.Differs || v.Reason != "both sides differ, and nothing says who moved" {
			t.Errorf("%s: %q, want differs for good", v.State, v.Reason)
		}
		time.Sleep(10 * time.Second)
		b.check(t)
		b.settle(t)
		if n := c.asked(); n != 1 {
			t.Errorf("asked %d times within ten seconds, want once", n)
		}
		c.set(told)
		time.Sleep(30 * time.Second)
		b.check(t)
		b.settle(t)
		b.wantCommit(t)
	})
}

// TestHangingHistoryIsLeftBehind: it costs the fabric what only it can tell.
func TestHangingHistoryIsLeftBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, c := newPastBench(10 * time.Second)
		release := make(chan struct{})
		c.set(func(ctx context.Context, keys []core.Key) (map[core.Key]core.Past, error) {
			<-release
			return told(ctx, keys)
		})
		b.check(t)
		started := time.Now()
		b.settle(t)
		if took := time.Since(started); took > 15*time.Second {
			t.Errorf("it took %s to give up, want the fabric's timeout and a grace", took)
		}
		if v := b.verdict(); v.State != core.Differs {
			t.Errorf("%s, want differs", v.State)
		}
		close(release)
		synctest.Wait()
		time.Sleep(time.Minute)
		b.check(t)
		b.settle(t)
		b.wantCommit(t)
	})
}

// TestWhatComesUpDuringALookIsAskedAfterIt, and not only by the next check.
func TestWhatComesUpDuringALookIsAskedAfterIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, c := newPastBench(time.Hour)
		b.live.set(answer(whole("kube", object("vpc-1", 1))))
		b.check(t)
		c.descends = func(context.Context, string) (bool, error) {
			time.Sleep(20 * time.Second)
			return true, nil
		}
		c.script.set(answer(at("a2", object("vpc-1", 1))))
		b.check(t)
		b.live.set(answer(whole("kube", object("vpc-1", 2))))
		b.check(t)
		if n := c.asked(); n != 0 {
			t.Errorf("asked %d times while another look was under way", n)
		}
		b.settle(t)
		if v := b.verdict(); v.State != core.Drifted || v.Changes[0].Commit.ID != "c2" {
			t.Errorf("%s, %+v; want drift from what c2 said", v.State, v.Changes)
		}
	})
}

func TestPanicInTheHistoryIsAnError(t *testing.T) {
	b, c := newPastBench(time.Minute)
	c.set(func(context.Context, []core.Key) (map[core.Key]core.Past, error) { panic("odd pack") })
	b.check(t)
	b.settle(t)
	if v := b.verdict(); v.State != core.Differs || v.Reason != "both sides differ, and nothing says who moved" {
		t.Errorf("%s: %q, want differs for good", v.State, v.Reason)
	}
}

// TestHistoryWithoutAnAnswerIsNotWaitedFor: neither where it leaves an object
// out, nor where what it says is about something else than what was read.
func TestHistoryWithoutAnAnswerIsNotWaitedFor(t *testing.T) {
	for name, past := range map[string]map[core.Key]core.Past{
		"left out": {},
		"of another content": {object("vpc-1", 1).Key: {Versions: []core.Version{
			{Commit: core.Commit{ID: "c3"}, Object: object("vpc-1", 3)},
		}}},
	} {
		t.Run(name, func(t *testing.T) {
			b, c := newPastBench(time.Minute)
			c.set(func(context.Context, []core.Key) (map[core.Key]core.Past, error) { return past, nil })
			for range 3 {
				b.check(t)
				b.settle(t)
			}
			if v := b.verdict(); v.State != core.Differs || v.Reason != "both sides differ, and nothing says who moved" {
				t.Errorf("%s: %q, want differs for good", v.State, v.Reason)
			}
			if n := c.asked(); n != 1 {
				t.Errorf("asked %d times, want once", n)
			}
		})
	}
}

// TestHistoryIsAskedAnewWhereSomethingMoved: an answer that was enough before
// may be too short.
func TestHistoryIsAskedAnewWhereSomethingMoved(t *testing.T) {
	b, c := newPastBench(time.Minute)
	b.check(t)
	b.settle(t)
	b.wantCommit(t)
	c.script.set(answer(at("a2", object("vpc-1", 3))))
	c.set(func(_ context.Context, keys []core.Key) (map[core.Key]core.Past, error) {
		found, err := told(t.Context(), keys)
		for k, p := range found {
			p.Versions = append([]core.Version{{Commit: core.Commit{ID: "c3"}, Object: object("vpc-1", 3)}}, p.Versions...)
			found[k] = p
		}
		return found, err
	})
	b.check(t)
	b.settle(t)
	if v := b.verdict(); len(v.Changes) != 1 || v.Changes[0].Commit.ID != "c3" {
		t.Errorf("changes %+v, want one by c3", v.Changes)
	}
}

// TestRunTakesInWhatHistoryTells without another check.
func TestRunTakesInWhatHistoryTells(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, c := newPastBench(time.Hour)
		c.set(func(ctx context.Context, keys []core.Key) (map[core.Key]core.Past, error) {
			time.Sleep(20 * time.Second)
			return told(ctx, keys)
		})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			b.loop.Run(ctx)
			close(ended)
		}()
		time.Sleep(30 * time.Second)
		synctest.Wait()
		b.wantCommit(t)
		cancel()
		<-ended
	})
}

// TestRunEndsWithALookBack that is cut short by it, and is not taken for one
// that failed.
func TestRunEndsWithALookBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, c := newPastBench(time.Hour)
		looking := true
		c.set(func(ctx context.Context, _ []core.Key) (map[core.Key]core.Past, error) {
			<-ctx.Done()
			time.Sleep(time.Second)
			looking = false
			return nil, ctx.Err()
		})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			b.loop.Run(ctx)
			close(ended)
		}()
		time.Sleep(5 * time.Second)
		cancel()
		<-ended
		if looking {
			t.Error("Run returned while the history was being read")
		}
		c.set(told)
		b.check(t)
		b.settle(t)
		b.wantCommit(t)
	})
}

// TestWhatWasRecordedIsNotRecordedAgain when the history has told its part.
func TestWhatWasRecordedIsNotRecordedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, c := newPastBench(time.Hour)
		b.live.set(answer(whole("kube", object("vpc-1", 1))))
		b.check(t)
		c.set(func(ctx context.Context, keys []core.Key) (map[core.Key]core.Past, error) {
			time.Sleep(20 * time.Second)
			return told(ctx, keys)
		})
		time.Sleep(time.Minute)
		s := whole("kube", object("vpc-1", 2))
		s.Passages = []core.Passage{{Key: object("vpc-1", 5).Key, Object: object("vpc-1", 5), From: time.Now(), Until: time.Now().Add(time.Second)}}
		b.live.set(answer(s))
		b.check(t)
		b.settle(t)
		checks := b.history.checks
		if len(checks) != 3 {
			t.Fatalf("%d checks recorded, want 3", len(checks))
		}
		if checks[1].Blind == nil || checks[2].Blind != nil || len(checks[2].Overwritten) != 0 || len(checks[2].Transitions) != 0 {
			t.Errorf("after history: blind %v, overwritten %+v, transitions %+v; want none of them again", checks[2].Blind, checks[2].Overwritten, checks[2].Transitions)
		}
		if v := b.verdict(); v.State != core.Drifted || v.Changes[0].Commit.ID != "c2" {
			t.Errorf("%s, %+v; want drift from what c2 said", v.State, v.Changes)
		}
	})
}

// TestKindWithoutNamespaceHasAPast: a source of Git knows its objects in the
// fabric's namespace.
func TestKindWithoutNamespaceHasAPast(t *testing.T) {
	b, c := newPastBench(time.Minute)
	live := object("vpc-1", 2)
	live.Key.Namespace = ""
	s := whole("kube", live)
	s.ClusterScoped(live.Key.GroupKind())
	b.live.set(answer(s))
	c.set(func(ctx context.Context, keys []core.Key) (map[core.Key]core.Past, error) {
		if len(keys) != 1 || keys[0].Namespace != "default" {
			t.Errorf("asked for %v", keys)
		}
		return told(ctx, keys)
	})
	b.check(t)
	b.settle(t)
	b.wantCommit(t)
}
