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
	d.answers(240*time.Millisecond, 2*trips)
	d.after(calmly, lateMsg{})
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
	d.answers(200*time.Millisecond, 2*trips)
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
	d.model.ticking = moment
	if d.answers(5*time.Millisecond, 1); d.model.ticking != time.Second {
		t.Errorf("the line is quick again, and the clock ticks after %s", d.model.ticking)
	}
}

// TestOneSlowAnswerMakesNoSlowLine: neither the first one, which the start of the
// program keeps waiting, nor many at once behind whatever kept one of them waiting.
func TestOneSlowAnswerMakesNoSlowLine(t *testing.T) {
	d := driveAlone(t, aged(8*time.Second), 80, 24)
	d.answers(220*time.Millisecond, 1)
	d.after(calmly, lateMsg{})
	d.hides("slow line")
	if wait := d.model.wait(); wait != time.Second {
		t.Errorf("the clock ticks after %s", wait)
	}
	d = driveAlone(t, aged(8*time.Second), 80, 24)
	d.model.pace.answers = true
	for range 2 * trips {
		d.model.pace.writes([]byte("a frame"))
	}
	d.after(900*time.Millisecond, uv.PrimaryDeviceAttributesEvent{})
	for range 2*trips - 1 {
		d.after(0, uv.PrimaryDeviceAttributesEvent{})
	}
	d.after(calmly, lateMsg{})
	d.hides("slow line")

	d = driveAlone(t, aged(8*time.Second), 80, 24)
	d.answers(5*time.Millisecond, 1)
	d.answers(900*time.Millisecond, trips)
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
	d.answers(200*time.Millisecond, 2*trips)
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

// TestALineIsKnownSoon, whether or not anything is drawn: the terminal is asked until
// enough is known of the line, and not while somebody else has it.
func TestALineIsKnownSoon(t *testing.T) {
	const round = 200 * time.Millisecond
	d := driveAlone(t, aged(8*time.Second), 80, 24)
	d.model.pace.ask() // as at the start
	d.after(round, uv.PrimaryDeviceAttributesEvent{})
	asked, begun := 0, d.model.cfg.Now()
	for d.model.measuring {
		d.after(spread, tripMsg{})
		if len(d.model.pace.flight) > 0 {
			asked++
			d.screen()
			d.after(round, uv.PrimaryDeviceAttributesEvent{})
		}
	}
	if d.hides("slow line"); !d.model.drawing.late {
		t.Error("nothing has it drawn that the line is slow")
	}
	d.after(calmly, lateMsg{})
	d.shows("slow line 200ms")
	if took := d.model.cfg.Now().Sub(begun); asked != trips-1 || took > 5*time.Second {
		t.Errorf("asked %d times in %s", asked, took)
	}

	d = driveAlone(t, aged(8*time.Second), 80, 24)
	d.model.pace.ask()
	d.after(round, uv.PrimaryDeviceAttributesEvent{})
	d.model.pace.hush()
	d.after(spread, tripMsg{})
	if d.last != nil || len(d.model.pace.flight) > 0 {
		t.Error("the terminal is asked that somebody else has")
	}
}
