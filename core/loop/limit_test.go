package loop_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"selvage/core"
	"selvage/core/loop"
)

// crowd is many fabrics whose clusters take their time to answer.
type crowd struct {
	mu      sync.Mutex
	now     int
	most    int
	started []string
}

func (c *crowd) read(name string, takes time.Duration) func(context.Context, core.Scope) *core.Snapshot {
	return func(ctx context.Context, _ core.Scope) *core.Snapshot {
		c.mu.Lock()
		c.now++
		c.most = max(c.most, c.now)
		c.started = append(c.started, name)
		c.mu.Unlock()
		select {
		case <-time.After(takes):
		case <-ctx.Done():
		}
		c.mu.Lock()
		c.now--
		c.mu.Unlock()
		return failed("kube")
	}
}

func (c *crowd) loop(n, limit int, takes func(i int) time.Duration) *loop.Loop {
	var units []loop.Unit
	for i := range n {
		id := fmt.Sprintf("dc%02d", i)
		git, live := &script{}, &script{}
		git.set(answer(whole("git", object("vpc-1", 1))))
		live.set(c.read(id, takes(i)))
		units = append(units, loop.Unit{
			Fabric: core.Fabric{ID: core.FabricID(id), Namespace: "default", Timeout: 10 * time.Minute, CheckEvery: time.Hour},
			Git:    git, Live: live,
		})
	}
	return loop.New(loop.Config{
		Units: units, History: &memory{}, Now: time.Now, Limit: limit,
		Jitter: func(d time.Duration) time.Duration { return d }, Log: slog.New(slog.DiscardHandler),
	})
}

// TestNotTooManyChecksBeginAtOnce: the others wait for their turn.
func TestNotTooManyChecksBeginAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c crowd
		l := c.loop(50, 8, func(int) time.Duration { return time.Second })
		ctx, cancel := context.WithCancel(t.Context())
		started := time.Now()
		ended := make(chan struct{})
		go func() {
			l.Run(ctx)
			close(ended)
		}()
		time.Sleep(6500 * time.Millisecond)
		synctest.Wait()
		cancel()
		<-ended
		if c.most != 8 || len(c.started) != 50 {
			t.Errorf("%d checks at once, %d in all after %s; want 8, 50", c.most, len(c.started), time.Since(started))
		}
	})
}

// TestHangingFabricsMakeRoom: the limit does not let them keep the others from
// being checked.
func TestHangingFabricsMakeRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c crowd
		l := c.loop(20, 8, func(i int) time.Duration {
			if i < 19 {
				return time.Hour
			}
			return time.Second
		})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			l.Run(ctx)
			close(ended)
		}()
		time.Sleep(15 * time.Second)
		synctest.Wait()
		if f, _ := l.Fleet().Fabric("dc19"); f.Report == nil {
			t.Error("a fabric that answers within a second was not checked within 15")
		}
		cancel()
		<-ended
	})
}
