package tui

import (
	"bytes"
	"context"
	"os"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

const (
	// ahead is how many bytes may be on their way to the terminal before the
	// next frame waits: a quarter of a second on a line of 4 KB/s, and some
	// frames in each round trip on a long one.
	ahead = 1 << 10
	// forgotten is how long an answer is waited for. One that takes longer was
	// lost, with the terminal that was to give it.
	forgotten = 5 * time.Second
)

// pace knows how much of what was written has not arrived at the terminal. It
// ends each thing that is written with a question, and learns from the answers:
// sshd takes megabytes at once, whatever the line behind it carries. The question
// is the one that every terminal answers, and answers come in the order of the
// questions. So the last answer also tells that no other is to come.
type pace struct {
	ctx context.Context
	now func() time.Time

	mu      sync.Mutex
	flight  []chunk
	bytes   int
	answers bool // this terminal has answered
	silent  bool // nothing is to be asked behind what is written
	trips   []trip
	slow    bool
}

// chunk is what was written at once.
type chunk struct {
	bytes int
	at    time.Time
}

// paced is a terminal that is written to at a pace.
type paced struct {
	*os.File
	pace *pace
}

// Write writes b, and a question behind it where the terminal is known to answer.
func (f paced) Write(b []byte) (int, error) {
	if !f.pace.writes(b) {
		return f.File.Write(b)
	}
	n, err := f.File.Write(append(bytes.Clone(b), ansi.RequestPrimaryDeviceAttributes...))
	return min(n, len(b)), err
}

// writes notes that b is written, and tells whether a question goes behind it. None
// goes behind what leaves the dashboard's screen: the answer would be typed into
// the shell.
func (p *pace) writes(b []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.answers || p.silent || p.ctx.Err() != nil || bytes.Contains(b, []byte(ansi.ResetModeAltScreenSaveCursor)) {
		return false
	}
	p.flight = append(p.flight, chunk{len(b), p.now()})
	p.bytes += len(b)
	return true
}

// ask asks for an answer when everything that was written before has arrived.
func (p *pace) ask() tea.Cmd {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.flight = append(p.flight, chunk{0, p.now()})
	return tea.Raw(ansi.RequestPrimaryDeviceAttributes)
}

// answered takes an answer, and tells whether it is the last that is to come.
func (p *pace) answered() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answers = true
	if len(p.flight) > 0 {
		p.note(p.flight[0].at)
		p.bytes -= p.flight[0].bytes
		p.flight = p.flight[1:]
	}
	return len(p.flight) == 0
}

// busy tells whether so much is on its way that a frame had better wait.
func (p *pace) busy() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.flight) > 0 && p.now().Sub(p.flight[0].at) > forgotten {
		p.flight, p.bytes, p.answers = nil, 0, false
	}
	return p.answers && p.bytes > ahead
}

// hush keeps questions from what is written.
func (p *pace) hush() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.silent = true
}

// back takes the terminal back from whom it was given to. What it had not answered
// by then, it never will.
func (p *pace) back() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.flight, p.bytes, p.silent = nil, 0, false
}

// talks tells whether this terminal has answered, or may be about to so long
// after the start.
func (p *pace) talks(started time.Duration) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.answers || len(p.flight) > 0 && started <= time.Second
}

// lostMsg tells that the terminal has had its time to answer.
type lostMsg struct{}

func (lostMsg) take(m *Model) tea.Cmd { return m.parted() }

// whenQuiet gives the terminal away, by then, as soon as it has answered all that
// it was asked: an answer that comes later would be typed into the shell.
func (m *Model) whenQuiet(then tea.Cmd) tea.Cmd {
	if !m.pace.talks(m.now.Sub(m.started)) {
		return then
	}
	m.pace.hush()
	m.leaving = then
	return tea.Batch(m.pace.ask(), tea.Tick(500*time.Millisecond, func(time.Time) tea.Msg { return lostMsg{} }))
}

// parted goes on with what waited for the terminal to be quiet.
func (m *Model) parted() tea.Cmd {
	then := m.leaving
	m.leaving = nil
	return then
}
