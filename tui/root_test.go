package tui

import (
	"context"
	"image/color"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"

	"selvage/core"
)

func TestCursorFollowsItsFabric(t *testing.T) {
	fleet := fullFleet()
	d := drive(t, fleet, 80, 24).press("j", "j", "j")
	if got := d.cursor(); !strings.Contains(got, "dc2-dr") {
		t.Fatalf("cursor on %q, want dc2-dr", got)
	}
	healed := fullFleet()
	healed.Fabrics[0] = fabric("dc1-prod", time.Second, calm(3)...)
	healed.Fabrics[1] = fabric("dc2-dr", time.Second, calm(3)...)
	d.set(healed)
	if got := d.cursor(); !strings.Contains(got, "dc2-dr") || !strings.Contains(got, "in sync") {
		t.Errorf("cursor on %q, want the healed dc2-dr", got)
	}
	gone := core.Fleet{Fabrics: healed.Fabrics[2:]}
	d.set(gone)
	if d.cursor() == "" {
		t.Errorf("the cursor went with its fabric:\n%s", d.screen())
	}
}

func TestCursorStaysOnTopUntilItIsMoved(t *testing.T) {
	loading := fullFleet()
	for i := range loading.Fabrics {
		loading.Fabrics[i].Report, loading.Fabrics[i].Err, loading.Fabrics[i].Checking = nil, nil, ago(time.Second)
	}
	d := drive(t, loading, 80, 24)
	d.set(fullFleet())
	if got := d.cursor(); !strings.Contains(got, "lab-gpu") {
		t.Errorf("cursor on %q, want the worst fabric, lab-gpu", got)
	}
}

func TestCursorFollowsItsObject(t *testing.T) {
	fleet := core.Fleet{Fabrics: []core.FabricState{busy()}}
	d := drive(t, fleet, 80, 24).press("enter", "j", "j", "j")
	if got := d.cursor(); !strings.Contains(got, "External/isp-a") {
		t.Fatalf("cursor on %q, want External/isp-a", got)
	}
	f := busy()
	setVerdicts(&f, append([]core.Verdict{invalidFile()}, f.Report.Verdicts[2:]...)...)
	d.set(core.Fleet{Fabrics: []core.FabricState{f}})
	if got := d.cursor(); !strings.Contains(got, "External/isp-a") {
		t.Errorf("cursor on %q, want External/isp-a still", got)
	}
}

func TestBackGoesToTheObjectThatWasLookedAtLast(t *testing.T) {
	d := drive(t, core.Fleet{Fabrics: []core.FabricState{busy()}}, 80, 24).press("enter", "d", "J", "J", "esc")
	if got := d.cursor(); !strings.Contains(got, "Connection/srv-07--unbundled--leaf-03") {
		t.Errorf("cursor on %q, want the object of the diff", got)
	}
}

func TestLateEventAfterQuittingIsDropped(t *testing.T) {
	d := drive(t, fullFleet(), 80, 24).press("ctrl+c")
	if d.last == nil {
		t.Fatal("ctrl+c does not quit")
	}
	before := d.screen()
	d.set(core.Fleet{})
	if d.last != nil || d.screen() != before {
		t.Error("an event after quitting still changes the screen or is waited for again")
	}
	d.press("j", "?")
	if d.screen() != before {
		t.Error("a key after quitting still does something")
	}
}

func TestQuittingWaitsForTheTerminalsAnswers(t *testing.T) {
	engine := &fakeEngine{fleet: fullFleet()}
	m := New(context.Background(), config(t, engine))
	m.Init()
	if _, cmd := m.Update(keyPress("q")); cmd == nil || m.leaving == nil {
		t.Fatal("after q with answers to come there is nothing to wait for")
	}
	// The one to the question at the start, and the one to the last question.
	_, first := m.Update(uv.PrimaryDeviceAttributesEvent{62})
	_, second := m.Update(uv.PrimaryDeviceAttributesEvent{62})
	if first != nil || second == nil {
		t.Fatalf("the answers gave commands %t and %t, want the last one to quit", first != nil, second != nil)
	}
	if _, ok := second().(tea.QuitMsg); !ok {
		t.Error("the last answer does not quit")
	}
	late := New(context.Background(), config(t, engine))
	late.Init()
	late.cfg.Now = func() time.Time { return noon.Add(time.Minute) }
	if _, cmd := late.Update(keyPress("q")); cmd == nil {
		t.Error("q does not quit")
	} else if _, ok := cmd().(tea.QuitMsg); !ok {
		t.Error("a terminal that never answers is waited for")
	}
}

func TestDumbTerminalIsNotAsked(t *testing.T) {
	cfg := config(t, &fakeEngine{})
	cfg.Term = "dumb"
	m := New(context.Background(), cfg)
	m.Init()
	if n := len(m.pace.flight); n != 0 {
		t.Errorf("%d questions were sent to a terminal that would print them", n)
	}
}

func TestEscNeverQuits(t *testing.T) {
	d := drive(t, fullFleet(), 80, 24)
	for range 5 {
		d.press("esc")
		if d.last != nil {
			t.Fatal("esc at the first screen does something")
		}
	}
	d.press("j", "enter", "d", "?", "esc", "esc", "esc", "esc")
	if d.model.top().spec.name != "fabrics" || d.last != nil {
		t.Errorf("after as many esc the screen is %q", d.model.top().spec.name)
	}
}

func TestFilterSurvivesDrillDown(t *testing.T) {
	d := drive(t, fullFleet(), 80, 24).press("/").typed("prod").press("enter", "enter")
	d.shows("fabrics > dc1-prod")
	d.shows("Switch/leaf-03")
	d.press("/").typed("kind=vpc").press("enter", "d", "esc")
	d.shows("/kind=vpc")
	d.hides("Switch/leaf-03")
	d.press("esc")
	d.hides("/kind=vpc")
	d.shows("Switch/leaf-03")
	d.press("esc")
	d.shows("/prod")
	d.hides("edge-sin")
	d.press("esc")
	d.shows("edge-sin")
}

func TestEscWhileTypingGivesTheOldFilterBack(t *testing.T) {
	d := drive(t, fullFleet(), 80, 24).press("/").typed("prod").press("enter", "/").typed("xyz")
	d.shows("no fabric matches")
	d.press("esc")
	d.shows("/prod")
	d.shows("dc1-prod")
	d.hides("edge-sin")
}

func TestKeysAreTextWhileTyping(t *testing.T) {
	d := drive(t, fullFleet(), 80, 24).press("/").typed("qrR?d")
	if d.engine.all != 0 || len(d.engine.refreshed) != 0 || d.model.quitting {
		t.Error("a letter of the filter was taken for a key")
	}
	d.shows("/qrR?d_")
	d.press("ctrl+u").typed("prod").press("down")
	if got := d.cursor(); !strings.Contains(got, "dc2-prod") {
		t.Errorf("down while typing: cursor on %q, want dc2-prod", got)
	}
}

func TestPasteOutsideAPromptIsDropped(t *testing.T) {
	d := drive(t, fullFleet(), 80, 24)
	before := d.screen()
	d.send(tea.PasteMsg{Content: "Rq\nR"})
	if d.engine.all != 0 || d.model.quitting || d.last != nil || d.screen() != before {
		t.Error("pasted text did something")
	}
	d.press("/")
	d.send(tea.PasteMsg{Content: "pr\x1bod\n"})
	d.shows("/prod _")
	d.hides("edge-sin")
}

func TestCheckKeys(t *testing.T) {
	d := drive(t, fullFleet(), 80, 24).press("j", "r")
	d.shows("checking dc1-prod")
	d.press("enter", "r", "d", "r", "R")
	d.shows("checking all fabrics")
	if got := len(d.engine.refreshed); got != 3 || d.engine.refreshed[0] != "dc1-prod" || d.engine.all != 1 {
		t.Errorf("checked %q and %d times all", d.engine.refreshed, d.engine.all)
	}
	d.press("j")
	d.hides("checking all fabrics")
}

func TestClockTicksOnlyWhereAnAgeChanges(t *testing.T) {
	old := core.Fleet{Fabrics: []core.FabricState{unreachable()}}
	if got := drive(t, old, 80, 24).model.wait(); got != 10*time.Second {
		t.Errorf("ages of minutes: wait %v", got)
	}
	if got := drive(t, fullFleet(), 80, 24).model.wait(); got != time.Second {
		t.Errorf("ages of seconds: wait %v", got)
	}
	if drive(t, core.Fleet{}, 80, 24).model.tick() != nil {
		t.Error("the clock ticks though nothing has an age")
	}
}

// TestTheClockDoesNotOversleep: a tick that was begun while nothing counted seconds, as
// before the first check, is not waited for once something does. What comes of it in
// the end begins no second clock.
func TestTheClockDoesNotOversleep(t *testing.T) {
	d := driveAlone(t, core.Fleet{Fabrics: []core.FabricState{unreachable()}}, 80, 24)
	d.model.ticking = 0
	d.model.Init()
	if d.model.ticking != 10*time.Second {
		t.Fatalf("the first tick comes after %s", d.model.ticking)
	}
	late := clockMsg{d.model.ticks}
	d.set(fullFleet())
	if d.model.ticking != time.Second {
		t.Errorf("the next tick comes after %s", d.model.ticking)
	}
	begun := d.model.ticks
	d.send(late)
	if d.model.ticks != begun {
		t.Error("there are two clocks")
	}
	d.send(clockMsg{begun})
	if d.model.ticks != begun+1 {
		t.Error("the clock has stopped")
	}
}

func TestClockStopsWithoutTheFocus(t *testing.T) {
	d := driveAlone(t, fullFleet(), 80, 24)
	d.model.ticking = 0
	if d.model.tick() == nil {
		t.Fatal("no tick to begin with")
	}
	if d.model.tick() != nil {
		t.Error("a second tick at the same time")
	}
	d.send(tea.BlurMsg{})
	d.send(clockMsg{d.model.ticks})
	if d.last != nil {
		t.Error("the clock goes on without the focus")
	}
	d.send(tea.FocusMsg{})
	if d.last == nil {
		t.Error("the clock stays still with the focus back")
	}
}

func TestThemeFollowsTheBackground(t *testing.T) {
	d := drive(t, fullFleet(), 80, 24)
	dark := d.model.View().Content
	d.send(tea.BackgroundColorMsg{Color: color.White})
	light := d.model.View().Content
	if dark == light || ansi.Strip(dark) != ansi.Strip(light) {
		t.Error("a light background changes nothing, or more than colours")
	}
}

func TestEngineThatEndsIsTold(t *testing.T) {
	d := drive(t, fullFleet(), 80, 24)
	d.send(eventMsg{err: context.DeadlineExceeded})
	d.shows("nothing is read any more: context deadline exceeded")
	if d.last != nil {
		t.Error("an engine that ended is listened to again")
	}
}

func TestObjectAndFabricMayVanishUnderTheirScreens(t *testing.T) {
	d := drive(t, fullFleet(), 80, 24).press("j", "enter", "d")
	f := fabric("dc1-prod", time.Second, calm(2)...)
	d.set(core.Fleet{Fabrics: []core.FabricState{f}})
	d.shows("neither git nor live has this object now")
	d.press("n", "t", "%", "z", "J", "K", "i", "j")
	d.set(core.Fleet{})
	d.shows(`fabric "dc1-prod" is no longer configured`)
	d.press("n", "t", "r", "j", "esc")
	d.shows(`fabric "dc1-prod" is no longer configured`)
	d.press("esc")
	d.shows("no fabrics")
}

func TestSnapshotHasItsSizeAndItsReasons(t *testing.T) {
	ctx, cfg := context.Background(), config(t, &fakeEngine{fleet: fullFleet()})
	for _, screen := range append(Screens(), "") {
		text, err := Snapshot(ctx, cfg, SnapshotOptions{Screen: screen, Fabric: "dc1-prod", Run: "412c0f4e-dc1-prod", Commit: "a1b2c3d", Width: 90, Height: 30})
		if err != nil {
			t.Errorf("%q: %v", screen, err)
		}
		lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		if len(lines) != 30 {
			t.Errorf("%q: %d lines", screen, len(lines))
		}
		for _, l := range lines {
			if ansi.StringWidth(l) != 90 || strings.Contains(l, "\x1b") {
				t.Errorf("%q: line %q", screen, l)
			}
		}
	}
	for _, o := range []SnapshotOptions{
		{Screen: "none", Width: 80, Height: 24},
		{Screen: "detail", Fabric: "none", Width: 80, Height: 24},
		{Width: 0, Height: 24},
		{Screen: "past", Fabric: "dc1-prod", Width: 80, Height: 24},
		{Screen: "run-diff", Width: 80, Height: 24},
		{Screen: "commit", Width: 80, Height: 24},
	} {
		if _, err := Snapshot(ctx, cfg, o); err == nil {
			t.Errorf("Snapshot(%+v) gave no error", o)
		}
	}
}

// TestScreenOpensWithoutListingAllScreens anew: that is done once.
func TestScreenOpensWithoutListingAllScreens(t *testing.T) {
	m := drive(t, only(busy()), 80, 24).model
	got := testing.AllocsPerRun(100, func() {
		m.open(Place{Screen: "help"}, nil)
		m.stack = m.stack[:1]
	})
	if got > 10 {
		t.Errorf("to open a screen that was there before takes %v allocations", got)
	}
}
