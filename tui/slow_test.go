package tui

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"selvage/core"
)

// answers has the terminal answer after so long to each of some frames.
func (d *driver) answers(round time.Duration, times int) {
	for range times {
		d.model.pace.answers = true
		d.model.pace.writes([]byte("a frame"))
		d.after(round, uv.PrimaryDeviceAttributesEvent{})
	}
}

func aged(seen time.Duration) core.Fleet {
	f := fabric("dc1-prod", seen, calm(3)...)
	return core.Fleet{Fabrics: []core.FabricState{f}}
}

func TestASlowLineIsToldAndLeftAlone(t *testing.T) {
	d := driveAlone(t, aged(8*time.Second), 80, 24)
	d.answers(240*time.Millisecond, 1)
	d.shows("slow line 250ms")
	d.screen()
	// What nobody asked for waits until the second is over,
	d.engine.fleet = aged(15*time.Minute + 30*time.Second)
	d.after(300*time.Millisecond, eventMsg{event: core.StateChanged{}})
	d.hides("15m")
	if !d.model.drawing.late {
		t.Fatal("nothing has the held frame drawn")
	}
	d.after(calmly, lateMsg{})
	d.shows("15m")
	// and a key does not.
	d.press("enter")
	d.shows("fabrics > dc1-prod")
}

func TestOnASlowLineNoAgeCountsSeconds(t *testing.T) {
	d := driveAlone(t, aged(8*time.Second), 80, 24)
	d.answers(200*time.Millisecond, 1)
	if wait := d.model.wait(); wait != moment {
		t.Errorf("the clock ticks after %s, want %s", wait, moment)
	}
	seen := map[string]bool{}
	for range 20 {
		d.after(time.Second, clockMsg{})
		seen[d.screen()] = true
	}
	if len(seen) > 3 {
		t.Errorf("%d frames in 20 seconds", len(seen))
	}
}

func TestOneSlowAnswerMakesNoSlowLine(t *testing.T) {
	d := driveAlone(t, aged(8*time.Second), 80, 24)
	d.answers(5*time.Millisecond, 1)
	d.answers(900*time.Millisecond, trips-1)
	d.hides("slow line")
	d.answers(160*time.Millisecond, 1)
	d.after(calmly, lateMsg{})
	d.shows("slow line")
	for _, c := range []struct {
		round time.Duration
		slow  bool
	}{{120 * time.Millisecond, true}, {90 * time.Millisecond, false}, {120 * time.Millisecond, false}} {
		d.answers(c.round, trips)
		if _, slow := d.model.pace.line(); slow != c.slow {
			t.Errorf("after answers in %s: slow %v, want %v", c.round, slow, c.slow)
		}
	}
}

// A frame that is held is drawn in the end, though a key had one drawn meanwhile.
func TestAHeldFrameIsNotForgotten(t *testing.T) {
	d := drive(t, aged(8*time.Second), 80, 24)
	d.answers(200*time.Millisecond, 1)
	d.after(600*time.Millisecond, keyPress("j"))
	d.screen()
	d.engine.fleet = aged(15*time.Minute + 30*time.Second)
	d.after(10*time.Millisecond, eventMsg{event: core.StateChanged{}})
	d.after(20*time.Second, tea.FocusMsg{})
	d.screen()
	d.engine.fleet = aged(25 * time.Minute)
	d.after(10*time.Millisecond, eventMsg{event: core.StateChanged{}})
	d.after(80*time.Millisecond, lateMsg{})
	if d.hides("25m"); !d.model.drawing.late {
		t.Fatal("nothing has the held frame drawn")
	}
	d.after(calmly, lateMsg{})
	d.shows("25m")
}
