package tui

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// Deed is what a person asked for by a key and what changes something: a
// decision, the start of a run. Unlike a [Job] it is done to its end, whatever
// screen is looked at by then, and one after the other in the order in which
// they were asked for: what was decided must not get lost because somebody went
// on quickly.
type Deed struct {
	Label safe.Text // what is done, in a few words
	// Run does it, on a goroutine of its own, and tells what came of it. What it
	// panics with is an error.
	Run func(ctx context.Context) (Done, error)

	// next goes on from how it ended, where the person is still on the screen that
	// asked and types nothing: it says whether nothing more is to be told.
	next func(m *Model, done Done, err error) (tea.Cmd, bool)
	// abandoned is called in the place of next where the person has gone on or is
	// leaving: what is to be said and done then, so that nothing is lost. Where it says
	// nothing the end is told as that of any deed.
	abandoned func(done Done, err error) Outcome
}

// Done is what came of a deed.
type Done struct {
	Says safe.Text // for the status line
	Left bool      // not all was done: Says tells why, and is not cut
	Open *Place    // to go there, where the person is still on the screen that asked
	Mine string    // the run that was begun; "" for none
}

// doer is a pane that wants to know how its deeds ended. It says whether it shows
// that itself.
type doer interface {
	Did(Done, error) (shown bool)
}

// errand is a deed that waits for its turn, or is being done.
type errand struct {
	Deed
	from  *screen
	since time.Time
}

// deedMsg tells that the deed whose turn it was has ended.
type deedMsg struct {
	done Done
	err  error
}

// deed begins the next deed, unless one is being done.
func (m *Model) deed() tea.Cmd {
	if m.acting || len(m.deeds) == 0 {
		return nil
	}
	m.acting = true
	ctx, do := m.ctx, m.deeds[0].Run
	return func() (msg tea.Msg) {
		defer func() {
			if r := recover(); r != nil {
				msg = deedMsg{err: fmt.Errorf("panic: %v", r)}
			}
		}()
		done, err := do(ctx)
		return deedMsg{done, err}
	}
}

// take ends the deed, and tells what came of it.
func (msg deedMsg) take(m *Model) tea.Cmd {
	if !m.acting {
		return nil
	}
	a := m.deeds[0]
	m.acting, m.deeds = false, m.deeds[1:]
	m.fleet = m.cfg.Engine.Fleet()
	shown := false
	if p, ok := a.from.pane.(doer); ok {
		shown = p.Did(msg.done, msg.err) && m.top() == a.from
	}
	if msg.done.Mine != "" {
		m.mine[msg.done.Mine] = true
		m.trail.forget(a.from.place)
	}
	var next tea.Cmd
	switch still := m.top() == a.from && m.prompt == nil && !m.quitting; {
	case a.next != nil && still:
		next, shown = a.next(m, msg.done, msg.err)
	case a.abandoned != nil:
		o := a.abandoned(msg.done, msg.err)
		next, shown = m.follow(o), o.says()
	}
	switch {
	case shown:
	case msg.err != nil:
		m.say(themes.Error, safe.Sprintf("%s: %v", a.Label, msg.err))
	case msg.done.Left:
		m.say(themes.Warn, msg.done.Says)
	case msg.done.Says.Len() > 0:
		m.say(themes.Text, msg.done.Says)
		m.begun = msg.done.Mine
	}
	if msg.err == nil && msg.done.Open != nil && m.top() == a.from && m.prompt == nil {
		m.replace(*msg.done.Open)
	}
	if m.quitting && len(m.deeds) == 0 {
		return m.leave()
	}
	return tea.Batch(next, m.tick())
}

// says tells whether an outcome is told, now or when its deed has ended.
func (o Outcome) says() bool { return o.Note.Len() > 0 || o.Fault.Len() > 0 || o.Deed != nil }

// doing says what is being done, where that takes long enough to wonder.
func (m *Model) doing() widget.Span {
	if len(m.deeds) == 0 || m.now.Sub(m.deeds[0].since) < time.Second {
		return widget.Span{}
	}
	return widget.Span{Ink: m.style.ink(themes.Dim), Text: safe.Sprintf(" for %s: %s", age(m.now, m.deeds[0].since), m.deeds[0].Label)}
}
