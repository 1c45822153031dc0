package loop_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"selvage/core"
)

func TestRewrittenHistoryIsTold(t *testing.T) {
	b, c := newPastBench(time.Minute)
	b.live.set(answer(whole("kube", object("vpc-1", 1))))
	b.check(t)
	c.script.set(answer(at("a2", object("vpc-1", 1))))
	b.check(t)
	b.settle(t)
	if got := b.loop.Fleet().Fabrics[0].Report.Rewrites; len(got) != 0 || len(c.sought) != 1 || c.sought[0] != "a1" {
		t.Errorf("a branch that went on: rewrites %+v, asked for %v; want none, a1", got, c.sought)
	}
	c.descends = func(context.Context, string) (bool, error) { return false, nil }
	c.script.set(answer(at("b1", object("vpc-1", 1))))
	b.check(t)
	b.settle(t)
	f := b.loop.Fleet().Fabrics[0]
	if got := f.Report.Rewrites; len(got) != 1 || got[0].From != "a2" || got[0].To != "b1" || got[0].At.IsZero() {
		t.Fatalf("rewrites %+v, want one from a2 to b1", got)
	}
	if f.Worst(time.Now()) != core.InSync {
		t.Errorf("worst is %s: a rewritten history changes no verdict", f.Worst(time.Now()))
	}
	b.check(t)
	if got := b.loop.Fleet().Fabrics[0].Report.Rewrites; len(got) != 1 {
		t.Errorf("rewrites after the next check %+v, want it to stay", got)
	}
	b.history.m.Report = &core.Report{Git: b.history.m.Report.Git, Live: b.history.m.Report.Live}
	b.check(t)
	if got := b.loop.Fleet().Fabrics[0].Report.Rewrites; len(got) != 0 {
		t.Errorf("rewrites after it was cleared away %+v, want none", got)
	}
}

// TestUnjudgedMoveIsJudgedLater: neither a history that could not be read nor a
// record that failed makes a rewritten branch forgotten.
func TestUnjudgedMoveIsJudgedLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, c := newPastBench(time.Minute)
		b.live.set(answer(whole("kube", object("vpc-1", 1))))
		b.check(t)
		c.descends = func(context.Context, string) (bool, error) { return false, errors.New("connection refused") }
		c.script.set(answer(at("b1", object("vpc-1", 1))))
		b.check(t)
		b.settle(t)
		if got := b.loop.Fleet().Fabrics[0].Report.Rewrites; len(got) != 0 {
			t.Errorf("rewrites %+v before anybody looked", got)
		}
		time.Sleep(time.Minute)
		c.descends = func(context.Context, string) (bool, error) { return false, nil }
		b.history.refuse(errors.New("disk full"))
		if err := b.loop.Check(t.Context(), "dc1"); err == nil {
			t.Error("Check = nil though nothing could be recorded")
		}
		b.history.refuse(nil)
		b.check(t)
		b.settle(t)
		if got := b.history.checks[len(b.history.checks)-1].Report.Rewrites; len(got) != 1 || got[0].From != "a1" {
			t.Errorf("recorded rewrites %+v, want one from a1", got)
		}
	})
}
