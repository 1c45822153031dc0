package loop_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"selvage/core"
)

// TestCheckBehindAnotherEndsWithItsContext, and leaves the other one alone.
func TestCheckBehindAnotherEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(time.Hour)
		b.live.set(func(context.Context, core.Scope) *core.Snapshot {
			time.Sleep(time.Minute)
			return whole("kube", object("vpc-1", 1))
		})
		ended := make(chan error, 1)
		go func() { ended <- b.loop.Check(t.Context(), "dc1") }()
		synctest.Wait()
		for name, wait := range map[string]func(context.Context, core.FabricID) error{"Check": b.loop.Check, "Settle": b.loop.Settle} {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			began := time.Now()
			if err := wait(ctx, "dc1"); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != time.Second {
				t.Errorf("%s behind a check that goes on gives %v after %s", name, err, time.Since(began))
			}
			cancel()
		}
		if f := b.loop.Fleet().Fabrics[0]; f.Checking.IsZero() {
			t.Error("the check that is under way is not shown any more")
		}
		if err := <-ended; err != nil || len(b.history.checks) != 1 {
			t.Errorf("the check that went on gave %v and %d records", err, len(b.history.checks))
		}
		b.check(t)
	})
}
