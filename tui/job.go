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

// Job is work that a pane has done outside of Update. The root numbers it, runs
// it, shows its label while it lasts and its error where it fails. It ends it
// when the person leaves the screen, by escape or otherwise, and when another
// one of the same pane begins, and hands a result over only while it is the
// answer to what the pane asked last. So no pane has to know a late answer.
type Job struct {
	Label safe.Text // what is done, in a few words: "explain VPC/vpc-1"
	// About is what the work is about, by which it is known: a job about the same
	// is not begun again, whether the first one runs, ended or failed. It must be
	// comparable.
	About any
	// Run does the work, on a goroutine of its own. It returns soon after ctx
	// ends; what it panics with is an error.
	Run func(ctx context.Context) (tea.Msg, error)
}

// jobber is a pane that has work done. Job is asked after every message while
// the pane is on top.
type jobber interface {
	// Job is what the pane needs now, false for nothing.
	Job(Env) (Job, bool)
	// Take is given the result of a job.
	Take(tea.Msg)
}

// work is the job of a screen that began last. It stays after its end, so that
// it is known what was done.
type work struct {
	number  int // of the job, over all screens
	label   safe.Text
	about   any
	since   time.Time
	running bool
	err     error
	cancel  context.CancelFunc
}

// doneMsg tells that a job has ended.
type doneMsg struct {
	number int
	msg    tea.Msg
	err    error
}

// work begins what the pane on top needs now, and has not asked for yet.
func (m *Model) work() tea.Cmd {
	s := m.top()
	p, ok := s.pane.(jobber)
	if !ok || m.quitting {
		return nil
	}
	job, needed := p.Job(m.env())
	if needed && job.About == s.work.about {
		return nil
	}
	s.drop()
	if !needed {
		return nil
	}
	ctx, cancel := context.WithCancel(m.ctx)
	m.jobs++
	s.work = work{number: m.jobs, label: job.Label, about: job.About, since: m.now, running: true, cancel: cancel}
	return run(ctx, m.jobs, job)
}

// run does a job and tells its end.
func run(ctx context.Context, number int, job Job) tea.Cmd {
	return func() (msg tea.Msg) {
		defer func() {
			if r := recover(); r != nil {
				msg = doneMsg{number: number, err: fmt.Errorf("panic: %v", r)}
			}
		}()
		result, err := job.Run(ctx)
		return doneMsg{number, result, err}
	}
}

// drop ends the work of a screen and forgets it: what it would still say is
// about something that nobody looks at.
func (s *screen) drop() {
	if s.work.running {
		s.work.cancel()
	}
	s.work = work{}
}

// take ends a job, where it is still waited for.
func (msg doneMsg) take(m *Model) tea.Cmd {
	for _, s := range m.stack {
		if !s.work.running || s.work.number != msg.number {
			continue
		}
		s.work.cancel()
		s.work.running, s.work.err = false, msg.err
		if p, ok := s.pane.(jobber); ok && msg.err == nil {
			p.Take(msg.msg)
		}
	}
	return nil
}

// working tells whether a job runs on a screen that is open.
func (m *Model) working() bool {
	for _, s := range m.stack {
		if s.work.running {
			return true
		}
	}
	return false
}

// fault is why it failed; "" where it did not.
func (w work) fault() string {
	if w.err == nil {
		return ""
	}
	return w.err.Error()
}

// note says in the status line for how long the work goes on, where that is
// long enough to wonder, or why it failed; nothing else.
func (w work) note(e Env) widget.Span {
	switch {
	case w.err != nil:
		return widget.Span{Ink: e.Style.ink(themes.Error), Text: safe.Sprintf("%s: %v", w.label, w.err)}
	case w.running && e.Now.Sub(w.since) >= time.Second:
		return widget.Span{Ink: e.Style.ink(themes.Dim), Text: safe.Sprintf("%s: %s (esc leaves)", w.label, age(e.Now, w.since))}
	}
	return widget.Span{}
}
