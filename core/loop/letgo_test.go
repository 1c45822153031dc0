package loop_test

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"
	"weak"

	"selvage/core"
)

// TestOldChecksAreLetGo: a dashboard is open for weeks, and a check must not
// hold on to those before it, whatever is still wanted of Git's history.
func TestOldChecksAreLetGo(t *testing.T) {
	b, c := newPastBench(time.Minute)
	c.set(func(context.Context, []core.Key) (map[core.Key]core.Past, error) {
		return nil, errors.New("no space left on device")
	})
	check := func(vlan int64) weak.Pointer[core.Report] {
		b.live.set(answer(whole("kube", object("vpc-1", vlan))))
		b.check(t)
		b.settle(t)
		b.history.checks = nil
		return weak.Make(b.loop.Fleet().Fabrics[0].Report)
	}
	first := check(2)
	for vlan := range int64(4) {
		check(3 + vlan)
	}
	for deadline := time.Now().Add(10 * time.Second); first.Value() != nil; {
		if time.Now().After(deadline) {
			t.Fatal("the first of five checks is still held")
		}
		runtime.GC()
	}
	runtime.KeepAlive(b)
}
