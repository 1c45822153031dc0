package tui

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"selvage/core"
)

// asked is a dashboard on an explanation whose answer has not come yet.
func asked(t *testing.T, keys ...string) *driver {
	t.Helper()
	d := driveAlone(t, only(busy()), 80, 24)
	d.waits = true
	return d.press("enter", "x").press(keys...)
}

// answer is the end of the job that the screen on top waits for.
func (d *driver) answer() doneMsg {
	d.tb.Helper()
	s := d.model.top()
	job, ok := s.pane.(jobber).Job(d.model.env())
	if !ok {
		d.tb.Fatal("the screen asks for nothing")
	}
	msg, ok := run(context.Background(), s.work.number, job)().(doneMsg)
	if !ok {
		d.tb.Fatal("the job did not tell its end")
	}
	return msg
}

func TestExplanationIsAskedForOutsideOfUpdate(t *testing.T) {
	d := asked(t)
	d.shows("asking how the verdict came about")
	if d.last == nil {
		t.Fatal("nothing was begun")
	}
	d.send(d.answer())
	d.shows("! VPC/tenant-a: conflict, because git and live both changed")
}

func TestJobIsNotBegunTwiceForTheSame(t *testing.T) {
	d := asked(t)
	d.press("j", "j", "?", "esc")
	d.send(d.answer())
	d.press("j", "k")
	if d.model.jobs != 1 {
		t.Errorf("%d jobs were begun, want 1", d.model.jobs)
	}
	f := d.model.env().Fleet.Fabrics[0]
	beside := *f.Report
	beside.Agents = switches(3) // which are looked at more often than the two sides are compared
	f.Report = &beside
	d.set(only(f))
	if d.model.jobs != 1 {
		t.Errorf("after another look at the switches %d jobs were begun, want 1", d.model.jobs)
	}
	d.set(only(busy())) // another report
	if d.model.jobs != 2 {
		t.Errorf("after another report %d jobs were begun, want 2", d.model.jobs)
	}
	d.shows("! VPC/tenant-a: conflict") // until the answer is there
}

func TestLateResultIsDropped(t *testing.T) {
	d := asked(t)
	late := d.answer()
	d.press("J")
	d.send(late)
	d.shows("asking how")
	d.send(d.answer())
	d.shows("! VPCPeering/tenant-a--tenant-b: conflict")
	d.send(late)
	d.shows("! VPCPeering/tenant-a--tenant-b: conflict")
}

func TestResultOfAScreenThatWasLeftIsDropped(t *testing.T) {
	d := asked(t)
	late := d.answer()
	d.press("esc")
	d.send(late)
	d.press("x")
	d.shows("asking how")
	if d.model.jobs != 2 {
		t.Errorf("%d jobs were begun, want a second one", d.model.jobs)
	}
}

func TestResultReachesItsScreenUnderAnother(t *testing.T) {
	d := asked(t)
	answer := d.answer()
	d.press("?")
	d.send(answer)
	d.press("esc")
	d.shows("! VPC/tenant-a: conflict")
}

// TestLeavingEndsTheJob, and another one of the same pane does.
func TestLeavingEndsTheJob(t *testing.T) {
	for _, keys := range []string{"esc", "q", "J"} {
		d := driveAlone(t, only(busy()), 80, 24)
		d.waits = true
		ended := make(chan struct{}, 1)
		d.engine.explain = func(ctx context.Context, _ core.FabricID, _ core.Key) (core.Explanation, error) {
			<-ctx.Done()
			ended <- struct{}{}
			return core.Explanation{}, ctx.Err()
		}
		d.press("enter", "x")
		go everything(d.last)
		d.press(keys)
		select {
		case <-ended:
		case <-time.After(20 * time.Second):
			t.Errorf("after %s the job goes on", keys)
		}
	}
}

// everything runs a command with all that it consists of.
func everything(cmd tea.Cmd) {
	if batch, ok := cmd().(tea.BatchMsg); ok {
		for _, c := range batch {
			go everything(c)
		}
	}
}

func TestFailedJobSaysWhy(t *testing.T) {
	d := asked(t)
	d.engine.explain = func(context.Context, core.FabricID, core.Key) (core.Explanation, error) {
		return core.Explanation{}, errors.New("the history is locked (another selvage sweeps it)")
	}
	d.send(d.answer())
	d.shows(" the history is locked (another selvage sweeps it)")
	d.shows("explain VPC/tenant-a: the history is locked")
	if d.press("j", "k"); d.model.jobs != 1 {
		t.Error("what failed is tried again at every key")
	}
	d.engine.explain = nil
	d.set(only(busy()))
	d.send(d.answer())
	d.shows("! VPC/tenant-a: conflict")
	d.hides("locked")
}

func TestPanicOfAJobIsAnError(t *testing.T) {
	d := asked(t)
	d.engine.explain = func(context.Context, core.FabricID, core.Key) (core.Explanation, error) {
		panic("no such step")
	}
	d.send(d.answer())
	d.shows("explain VPC/tenant-a: panic: no such step")
}

func TestJobThatLastsIsShown(t *testing.T) {
	d := asked(t)
	d.hides("esc leaves")
	d.model.cfg.Now = func() time.Time { return noon.Add(3 * time.Second) }
	d.send(clockMsg{})
	d.shows("explain VPC/tenant-a: 3s (esc leaves)")
	d.model.fleet = only(unreachable()) // no age of seconds
	if got := d.model.wait(); got != time.Second {
		t.Errorf("the clock waits %v while a job runs", got)
	}
}

func TestNothingIsBegunAfterQuitting(t *testing.T) {
	d := asked(t, "ctrl+c")
	d.engine.fleet = only(busy())
	d.send(tea.FocusMsg{})
	if d.model.jobs != 1 {
		t.Errorf("%d jobs were begun, want none after quitting", d.model.jobs)
	}
}

func TestForeignResultIsNoResult(t *testing.T) {
	d := asked(t)
	answer := d.answer()
	answer.msg = tea.Msg("something else")
	d.send(answer)
	d.shows("asking how")
}

func TestExplanationGoesOnFromObjectToObjectAndBack(t *testing.T) {
	d := driveAlone(t, only(busy()), 80, 24).press("enter", "d", "x", "J", "J")
	d.shows("~ Connection/srv-07--unbundled--leaf-03: drifted")
	d.press("esc")
	d.shows("dc1-prod > Connection/srv-07--unbundled--leaf-03")
	d.shows("fields view")
	d.press("esc")
	if got := d.cursor(); !strings.Contains(got, "Connection/srv-07") {
		t.Errorf("cursor on %q, want the object that was explained last", got)
	}
}

func TestExplanationIsSearched(t *testing.T) {
	d := driveAlone(t, only(busy()), 80, 24).press("enter", "x", "/").typed("DNS")
	if got := d.cursor(); !strings.Contains(got, "dnsServers") {
		t.Errorf("cursor on %q while typing, want the first hit", got)
	}
	d.press("enter")
	d.shows("/DNS  2 hits")
	first := d.screen()
	d.press("n")
	if d.screen() == first || !strings.Contains(d.cursor(), "dnsServers") {
		t.Errorf("n leads to %q, want the second hit", d.cursor())
	}
	d.press("n")
	if d.press("N", "n"); !strings.Contains(d.cursor(), "dnsServers") {
		t.Errorf("cursor on %q, want a hit", d.cursor())
	}
	d.press("/").press("ctrl+u").typed("[=").press("enter")
	d.shows("no hit (esc clears)")
	d.hides("n next")
	d.press("esc")
	d.hides("no hit")
	d.press("n")
	d.shows("part ")
}

func TestExplanationUnfoldsItsRules(t *testing.T) {
	d := driveAlone(t, only(busy()), 80, 90).press("enter", "j", "j", "j", "j", "x")
	d.shows("2 more places hidden")
	d.hides("10.0.4.1/24")
	d.press("z")
	d.shows("10.0.4.1/24 becomes 10.0.4.0/24")
	d.press("z")
	d.hides("10.0.4.1/24")
	d.press("Z")
	d.shows("10.0.4.1/24")
}
