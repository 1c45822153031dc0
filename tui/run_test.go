package tui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"selvage/core"
	"selvage/core/safe"
)

// begun is a dashboard on a run that it has begun.
func begun(t *testing.T) *driver {
	t.Helper()
	return drive(t, only(unprotected()), 80, 24).press("s", "tab", "enter")
}

func TestRunIsStoppedOnlyWhereAPersonSaysSo(t *testing.T) {
	d := begun(t).press("X")
	d.shows("to stop run 9c1d0f4e type stop: _")
	d.shows("what was pushed stays pushed")
	d.typed("y").press("enter")
	d.shows("it was not stopped")
	d.press("X", "esc")
	if len(d.acts.stopped) > 0 {
		t.Fatal("it was stopped")
	}
	d.press("X").typed("stop").press("enter")
	if len(d.acts.stopped) != 1 || d.acts.stopped[0] != "9c1d0f4e-run" {
		t.Errorf("stopped %v", d.acts.stopped)
	}
	d.acts.fault = errors.New("over")
	d.press("X").typed("stop").press("enter")
	d.shows("another process carries it out")
}

func TestRunOfAnotherProcessIsNotStopped(t *testing.T) {
	d := drive(t, only(running(core.RunFollowing)), 80, 24).press("enter", "8", "X")
	if d.hides("stop"); d.model.prompt != nil {
		t.Error("a run that was not begun here can be stopped")
	}
}

func TestRunGoesOnOnTheScreen(t *testing.T) {
	d := begun(t)
	f := d.engine.fleet.Fabrics[0]
	f.Run = sampleRun(f, core.RunFollowing)
	d.set(only(f))
	d.shows("following for 41s")
	d.model.cfg.Now = func() time.Time { return noon.Add(3 * time.Second) }
	d.send(clockMsg{})
	d.shows("following for 44s")
	if got := d.model.wait(); got != time.Second {
		t.Errorf("the clock waits %v while a run goes on", got)
	}
	f.Run = sampleRun(f, core.RunAgreed)
	d.set(only(f))
	d.shows("-- agreed after 36.0s --")
	d.press("r")
	d.shows("sync plan")
	d.press("tab", "enter")
	d.shows("publishing for 44s")
	d.press("esc")
	d.shows("FABRIC") // one run is one screen, however often it was planned again
}

// TestOwnRunStaysOnItsScreen when another person begins one, until its screen is
// left, and that it has begun is not told when it is over.
func TestOwnRunStaysOnItsScreen(t *testing.T) {
	d := begun(t)
	d.shows("run 9c1d0f4e has begun")
	f := d.engine.fleet.Fabrics[0]
	own, bobs := sampleRun(f, core.RunAgreed), sampleRun(f, core.RunPublishing)
	bobs.ID, bobs.By, bobs.Host = "77aa1bb2-run", "bob", "jump2"
	f.Run, f.Own = bobs, own
	d.set(only(f))
	d.shows("run 9c1d0f4e")
	d.shows("-- agreed after 36.0s --")
	d.shows(" run 77aa1bb2, bob: publishing for 41s (here when you come back)")
	d.hides("has begun")
	if d.model.can(ActRetry) {
		t.Error("a run can be planned while another one goes on")
	}
	// Something else was shown of this process, and the screen knows its run still.
	f.Own = nil
	d.set(only(f))
	d.shows("-- agreed after 36.0s --")
	d.press("1", "8")
	d.shows("run 77aa1bb2")
	d.hides("9c1d0f4e")
}

// TestRunOfAnotherSessionOfMineIsToldApart by where it goes on.
func TestRunOfAnotherSessionOfMineIsToldApart(t *testing.T) {
	f := running(core.RunFollowing)
	drive(t, only(f), 80, 24).press("enter", "8").shows("alice, in another session  41s ago")
	f = running(core.RunFollowing)
	f.Run.Host = "jump2, pts/1"
	drive(t, only(f), 80, 24).press("enter", "8").shows("alice, on jump2, pts/1  41s ago")
	begun(t).shows("alice  41s ago")
}

func TestQuittingDuringARunIsAskedFor(t *testing.T) {
	for _, key := range []string{"q", "ctrl+c"} {
		d := begun(t).press("esc")
		d.press(key)
		d.shows("run 9c1d0f4e goes on (publishing)")
		if d.model.quitting {
			t.Fatalf("%s quits at once", key)
		}
		d.press("j")
		if d.press(key); d.model.quitting {
			t.Errorf("%s quits though something else was pressed in between", key)
		}
		if d.press(key); !d.model.quitting {
			t.Errorf("%s does not quit the second time", key)
		}
	}
}

func TestDeedsAreDoneInTheirOrderWhateverIsLookedAt(t *testing.T) {
	d := onTenant(t)
	d.waits = true
	d.press("1", "2", "esc", "esc")
	if len(d.model.deeds) != 2 {
		t.Fatalf("%d deeds wait, want 2", len(d.model.deeds))
	}
	if d.model.deed() != nil {
		t.Error("a second deed begins before the first one has ended")
	}
	d.waits = false
	d.act()
	if len(d.acts.decided) != 2 || d.acts.decided[1].Choice != core.TakeLive || len(d.model.deeds) != 0 {
		t.Errorf("decided %+v", d.acts.decided)
	}
}

func TestQuittingWaitsForADeed(t *testing.T) {
	d := onTenant(t)
	d.waits = true
	d.press("2", "ctrl+c")
	if !d.model.quitting {
		t.Fatal("it does not quit")
	}
	if _, quits := d.last().(tea.QuitMsg); quits {
		t.Error("it quits before the decision is laid down")
	}
	done, err := d.model.deeds[0].Run(context.Background())
	d.send(deedMsg{done, err})
	if d.last == nil {
		t.Fatal("nothing follows the last deed")
	}
	if _, quits := d.last().(tea.QuitMsg); !quits {
		t.Error("the last deed does not let the dashboard quit")
	}
	d.press("1")
	if len(d.model.deeds) != 0 {
		t.Error("a key after quitting did something")
	}
}

func TestPanicOfADeedIsAnError(t *testing.T) {
	d := onTenant(t)
	d.waits = true
	d.model.follow(Outcome{Deed: &Deed{Label: safe.Lit("try"), Run: func(context.Context) (Done, error) { panic("no desk") }}})
	d.send(d.model.deed()())
	d.shows("try: panic: no desk")
}

func TestDeedThatLastsIsShown(t *testing.T) {
	d := onTenant(t)
	d.waits = true
	d.press("2")
	d.model.cfg.Now = func() time.Time { return noon.Add(4 * time.Second) }
	d.send(clockMsg{})
	d.shows(" for 4s: take live on .spec.subnets")
}

func TestPasteIsPartOfAnAnswerAndNoKey(t *testing.T) {
	d := onTenant(t).press("e", "ctrl+u")
	d.send(tea.PasteMsg{Content: "10.1.0.9"})
	d.press("enter")
	if got := d.lastDecision(); !got.Value.Equal(core.ValueOf("10.1.0.9")) {
		t.Errorf("decided %+v", got)
	}
}

func TestRunDoesNotTakeAPersonAwayFromAnotherScreen(t *testing.T) {
	d := drive(t, only(unprotected()), 80, 24).press("s", "tab")
	d.waits = true
	d.press("enter", "esc")
	d.waits = false
	d.act()
	d.hides("run 9c1d0f4e   ")
	if d.model.top().spec.name != "fabrics" {
		t.Errorf("on %s, want the list that was gone back to", d.model.top().spec.name)
	}
}

// TestCursorFollowsWhatGoesOn until it is moved.
func TestCursorFollowsWhatGoesOn(t *testing.T) {
	f := running(core.RunFollowing)
	d := drive(t, only(f), 80, 24).press("enter", "8", "f")
	d.shows("the cursor follows what goes on")
	first := d.cursor()
	if !strings.Contains(first, f.Run.Objects[0].Key.Name) {
		t.Fatalf("on %q, want the first object that has not followed", first)
	}
	run := *f.Run
	run.Objects = slices.Clone(run.Objects)
	run.Objects[0].State = core.InSync
	f.Run = &run
	d.set(only(f))
	if d.cursor() == first || !strings.Contains(d.cursor(), run.Objects[1].Key.Name) {
		t.Errorf("on %q, want the next object", d.cursor())
	}
	d.press("g")
	d.hides("the cursor follows")
	again := run
	again.Objects = slices.Clone(run.Objects)
	again.Objects[1].State = core.InSync
	f.Run = &again
	d.set(only(f))
	if strings.Contains(d.cursor(), run.Objects[2].Key.Name) {
		t.Error("the cursor follows although it was moved")
	}
	drive(t, only(running(core.RunRefused)), 80, 24).press("enter", "8").hides("f follow")
}

// TestTabLeadsToTheNextRun and passes over fabrics without one, and over the other
// fabrics of the same one.
func TestTabLeadsToTheNextRun(t *testing.T) {
	first, same, none, other := running(core.RunFollowing), running(core.RunFollowing), undecided(), running(core.RunWaiting)
	same.Fabric.ID, none.Fabric.ID, other.Fabric.ID = "dc2-prod", "dc3-prod", "dc4-prod"
	run := *other.Run
	run.ID, other.Run = "77aa77aa-run", &run
	d := drive(t, core.Fleet{Fabrics: []core.FabricState{first, same, none, other}}, 80, 24).press("/").typed("name=dc1").press("enter", "enter", "8")
	if d.model.top().place.Fabric != first.Fabric.ID {
		t.Fatalf("on %v", d.model.top().place)
	}
	d.shows("tab next run")
	depth := len(d.model.stack)
	if d.press("tab"); d.model.top().place != (Place{Screen: "run", Fabric: "dc4-prod"}) || len(d.model.stack) != depth {
		t.Errorf("on %v, %d screens deep", d.model.top().place, len(d.model.stack))
	}
	d.shows("run 77aa77aa")
	if d.press("tab"); d.model.top().place.Fabric != first.Fabric.ID {
		t.Errorf("around on %v", d.model.top().place)
	}
	drive(t, only(first), 80, 24).press("enter", "8").hides("next run")
}

// TestWaitingRunTellsItsReasonOnce, and the command on lines of its own.
func TestWaitingRunTellsItsReasonOnce(t *testing.T) {
	f := running(core.RunWaiting)
	r := *f.Run
	const why, command = "git was chosen by alice; nothing is known to apply git", "kubectl replace -f switch.yaml"
	o := r.Objects[0]
	o.Reason, o.Command = why, command
	r.Objects = []core.RunObject{o}
	r.Err = "VPC/tenant-a of dc1-prod is pending (" + why + ")"
	r.Steps[2].Detail, r.Steps[2].Err = "nothing is known to apply git", "it will not happen by itself"
	f.Run = &r
	d := drive(t, only(f), 160, 45).press("enter", "8")
	if n := strings.Count(d.screen(), "nothing is known to apply git"); n != 1 {
		t.Errorf("the reason is told %d times:\n%s", n, d.screen())
	}
	d.shows("     " + command)
}

// TestLongStepHasOneLabel: what comes of it goes on below itself.
func TestLongStepHasOneLabel(t *testing.T) {
	f := running(core.RunFollowing)
	r := *f.Run
	r.Steps = append([]core.RunStep{}, r.Steps...)
	r.Steps[0].Detail = strings.Repeat("bob was at it in dc1-prod, ", 6)
	f.Run = &r
	d := drive(t, only(f), 80, 24).press("enter", "8")
	if n := strings.Count(d.screen(), "check        ok"); n != 1 {
		t.Errorf("the step is told %d times:\n%s", n, d.screen())
	}
	d.shows("\n" + strings.Repeat(" ", 34) + "dc1-prod, bob was at it")
}

// TestEndedRunSaysWhatIsLeftOfIt, and no more: what is published is no draft, and
// what is void cannot be planned again.
func TestEndedRunSaysWhatIsLeftOfIt(t *testing.T) {
	const left = "is still a draft (r plans it again)"
	after := func(phase core.RunPhase, drafts ...core.DraftState) *driver {
		f := running(phase)
		f.Drafts = f.Drafts[:len(drafts)]
		for i, s := range drafts {
			f.Drafts[i].State = s
		}
		if phase == core.RunPublished {
			f.Run.Err, f.Run.Steps[2].Err = "it was stopped by alice: all of it is published", "it was stopped by alice"
		}
		return drive(t, only(f), 100, 30).press("enter", "8")
	}
	after(core.RunRefused, core.DraftVoid, core.DraftOpen).shows(left)
	d := after(core.RunRefused, core.DraftVoid, core.DraftPending)
	d.hides(left)
	d.shows("no draft stands any more")
	d = after(core.RunRefused)
	d.hides(left)
	d.shows("nothing of it is left to publish")
	d = after(core.RunPublished, core.DraftOpen)
	d.hides(left)
	d.hides("failed")
	d.shows("follow       stopped")
}
