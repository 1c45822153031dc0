package tui

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"selvage/core"
)

// driver works a dashboard without a terminal, a program or a clock.
type driver struct {
	tb     testing.TB
	engine *fakeEngine
	acts   *fakeActs
	model  *Model
	last   tea.Cmd          // what the last message gave back
	waits  bool             // jobs wait for work
	fronts []func() tea.Msg // programs that were given the terminal
}

func drive(tb testing.TB, fleet core.Fleet, width, height int) *driver {
	tb.Helper()
	engine := &fakeEngine{fleet: fleet}
	acts := &fakeActs{engine: engine, next: 100}
	cfg := config(tb, engine)
	cfg.Acts = acts.acts()
	for _, f := range fleet.Fabrics {
		if f.Fabric.Mode == core.ModeWrite || f.Fabric.Mode == core.ModePropose {
			cfg.Mode = core.ModeWrite
		}
	}
	d := &driver{tb: tb, engine: engine, acts: acts, model: New(context.Background(), cfg)}
	d.model.give = d.give
	d.send(tea.WindowSizeMsg{Width: width, Height: height})
	return d
}

// driveAlone works a dashboard whose lists read nothing, so that the only jobs are
// those of the screens that a test is about.
func driveAlone(tb testing.TB, fleet core.Fleet, width, height int) *driver {
	tb.Helper()
	d := drive(tb, fleet, width, height)
	d.model.cfg.Acts.Chronicle, d.model.cfg.Acts.Visitor = nil, nil
	d.send(tea.WindowSizeMsg{Width: width, Height: height})
	d.model.jobs = 0
	return d
}

// give has a program run as soon as the terminal is quiet.
func (d *driver) give(c tea.ExecCommand, ended tea.ExecCallback) tea.Cmd {
	run := func() tea.Msg {
		c.SetStdin(strings.NewReader(""))
		c.SetStdout(io.Discard)
		c.SetStderr(io.Discard)
		return ended(c.Run())
	}
	d.fronts = append(d.fronts, run)
	return run
}

// send gives a message. A job that begins with it is done at once, and so is what
// gets the terminal.
func (d *driver) send(msg tea.Msg) {
	before := d.model.jobs
	pressed.note(d.tb, d.model, msg)
	_, d.last = d.model.Update(msg)
	if d.model.jobs > before && !d.waits {
		d.work()
	}
	if d.model.acting && !d.waits {
		d.act()
	}
	for len(d.fronts) > 0 && d.model.leaving == nil {
		run := d.fronts[0]
		d.fronts = d.fronts[1:]
		d.send(run())
	}
}

// act does the deed whose turn it is.
func (d *driver) act() {
	done, err := d.model.deeds[0].Run(context.Background())
	d.send(deedMsg{done, err})
}

// work does the job that began last.
func (d *driver) work() {
	s := d.model.top()
	job, _ := s.pane.(jobber).Job(d.model.env())
	before := d.model.jobs
	_, d.last = d.model.Update(run(context.Background(), s.work.number, job)())
	if d.model.jobs > before {
		d.work() // it needs more
	}
}

// press types keys, by the names that Bubble Tea has for them.
func (d *driver) press(keys ...string) *driver {
	for _, k := range keys {
		d.send(keyPress(k))
		d.model.shattered = shattered{} // it was a whole key
	}
	return d
}

func (d *driver) typed(text string) *driver {
	for _, r := range text {
		d.send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
	return d
}

func keyPress(name string) tea.KeyPressMsg {
	special := map[string]rune{
		"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown,
		"pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "home": tea.KeyHome, "end": tea.KeyEnd,
		"space": tea.KeySpace, "left": tea.KeyLeft, "right": tea.KeyRight, "backspace": tea.KeyBackspace, "delete": tea.KeyDelete,
	}
	msg := tea.KeyPressMsg{}
	for prefix, mod := range map[string]tea.KeyMod{"ctrl+": tea.ModCtrl, "alt+": tea.ModAlt} {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			name, msg.Mod = rest, mod
		}
	}
	code, ok := special[name]
	switch {
	case ok:
		msg.Code = code
		if code == tea.KeySpace && msg.Mod == 0 {
			msg.Text = " "
		}
	case msg.Mod != 0:
		msg.Code = []rune(name)[0]
	default:
		msg.Code, msg.Text = []rune(name)[0], name
	}
	return msg
}

// after lets the clock go on by so much and gives a message.
func (d *driver) after(by time.Duration, msg tea.Msg) {
	now := d.model.cfg.Now().Add(by)
	d.model.cfg.Now = func() time.Time { return now }
	d.model.pace.now = d.model.cfg.Now
	d.send(msg)
}

// resize gives the terminal another size.
func (d *driver) resize(width, height int) *driver {
	d.send(tea.WindowSizeMsg{Width: width, Height: height})
	return d
}

// set gives the engine another fleet and tells the dashboard of it.
func (d *driver) set(fleet core.Fleet) {
	d.engine.fleet = fleet
	d.send(eventMsg{event: core.StateChanged{}})
}

// screen is the frame as plain text.
func (d *driver) screen() string { return ansi.Strip(d.model.View().Content) }

func (d *driver) lines() []string { return strings.Split(d.screen(), "\n") }

// cursor is the line that the cursor is on, without the cursor.
func (d *driver) cursor() string {
	for _, l := range d.lines() {
		if rest, ok := strings.CutPrefix(l, ">"); ok {
			return strings.TrimSpace(rest)
		}
	}
	return ""
}

func (d *driver) shows(text string) {
	d.tb.Helper()
	if !strings.Contains(d.screen(), text) {
		d.tb.Errorf("the screen does not show %q:\n%s", text, d.screen())
	}
}

func (d *driver) hides(text string) {
	d.tb.Helper()
	if strings.Contains(d.screen(), text) {
		d.tb.Errorf("the screen shows %q:\n%s", text, d.screen())
	}
}
