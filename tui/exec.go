package tui

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	tea "charm.land/bubbletea/v2"

	"selvage/core/child"
	"selvage/core/safe"
	"selvage/themes"
)

// Exec is a program that is given the terminal until it ends: an editor, a pager,
// another tool. Nothing is drawn and no key is read meanwhile; what is read and
// compared behind the dashboard goes on.
type Exec struct {
	Title safe.Text // what it does, in a few words: "edit VPC/vpc-1"
	Argv  []string  // the program and its arguments, or
	Line  string    // a line for the shell
	Env   []string  // NAME=value, beside what the dashboard was started with
	Dir   string    // where it is run; "" for where the dashboard is
	Input string    // what it reads; the terminal where ""
	// Capture keeps what it prints from the screen and gives it back in its end.
	Capture bool
	Hold    bool // have enter pressed at its end: it prints something and is over
	// Then is told how it ended, if the screen that asked is still there, and says
	// what to do next; nil where an error is to be told and nothing else.
	Then func(Env, Ended) Outcome

	// abandoned is told in the place of Then where that screen is not there, or the
	// person is leaving.
	abandoned func(Ended) Outcome
}

// Ended is how a program ended that had the terminal.
type Ended struct {
	Err    error  // nil where it exited with 0
	Code   int    // its exit code; -1 where it has none: not started, or killed
	Output []byte // what it has printed, where that was wanted
	Stderr string // the last lines that it complained with, at most some hundred bytes
}

// Why says what went wrong in a few words: what the program said last, or how it
// ended.
func (d Ended) Why() safe.Text {
	switch {
	case d.Err == nil:
		return safe.Text{}
	case d.Stderr == "":
		return safe.Clean(d.Err.Error())
	}
	return safe.Sprintf("%v: %s", d.Err, strings.Join(strings.Fields(d.Stderr), " "))
}

// error is that as an error.
func (d Ended) error() error {
	if d.Stderr == "" || d.Err == nil {
		return d.Err
	}
	return fmt.Errorf("%w: %s", d.Err, strings.Join(strings.Fields(d.Stderr), " "))
}

// execMsg tells that a program is over that had the terminal.
type execMsg struct {
	exec Exec
	from *screen
	end  Ended
}

// execute gives the terminal to a program. Its end is told by an execMsg.
func (m *Model) execute(x Exec) tea.Cmd {
	from, f := m.top(), &front{ctx: m.ctx, cfg: &m.cfg, exec: x}
	return m.whenQuiet(m.give(f, func(err error) tea.Msg {
		return execMsg{x, from, f.end(err)}
	}))
}

// take has the terminal back.
func (msg execMsg) take(m *Model) tea.Cmd {
	m.pace.back()
	m.fleet = m.cfg.Engine.Fleet()
	// The window may have another size now, and anything may be on it.
	again := tea.Batch(tea.ClearScreen, tea.RequestWindowSize, m.tick())
	still := msg.from == m.top() && !m.quitting
	switch {
	case !still && msg.exec.abandoned != nil:
		return tea.Batch(again, m.follow(msg.exec.abandoned(msg.end)))
	case m.quitting:
		return again
	case still && msg.exec.Then != nil:
		return tea.Batch(again, m.follow(msg.exec.Then(m.env(), msg.end)))
	}
	if msg.end.Err != nil {
		m.say(themes.Error, safe.Sprintf("%s: %v", msg.exec.Title, msg.end.Why()))
	}
	return again
}

// front is a program with the terminal, as Bubble Tea runs it.
type front struct {
	ctx  context.Context
	cfg  *Config
	exec Exec

	in        io.Reader
	out, err  io.Writer
	complaint string
	printed   []byte
}

func (f *front) SetStdin(r io.Reader)  { f.in = r }
func (f *front) SetStdout(w io.Writer) { f.out = w }
func (f *front) SetStderr(w io.Writer) { f.err = w }

// holding runs its arguments and waits for enter: what they printed would be gone
// with the dashboard's return.
const holding = `"$@"; code=$?; printf '\n[exit %s: press enter to go back] ' "$code"; read -r _; exit "$code"`

// Run runs the program to its end, or until the dashboard has to end.
func (f *front) Run() error {
	argv := f.exec.Argv
	if len(argv) == 0 {
		argv = []string{"sh", "-c", f.exec.Line}
	}
	if f.exec.Hold {
		argv = append([]string{"sh", "-c", holding, "sh"}, argv...)
	}
	c := child.Front{Argv: argv, Env: f.exec.Env, Dir: f.exec.Dir, Input: f.exec.Input, In: f.in, Out: f.out, Err: f.err}
	if p, ok := f.out.(paced); ok {
		c.Out = p.File // a program that is given no file gets a pipe
	}
	var printed bytes.Buffer
	if f.exec.Capture {
		c.Out = &printed
	}
	if f.cfg.Front != nil {
		f.cfg.Front(true)
		defer f.cfg.Front(false)
	}
	complaint, err := c.Run(f.ctx)
	f.complaint, f.printed = complaint, printed.Bytes()
	return err
}

// end tells how the program ended that has given err.
func (f *front) end(err error) Ended {
	end := Ended{Err: err, Stderr: f.complaint, Output: f.printed}
	var exited *child.ExitError
	switch {
	case errors.As(err, &exited):
		end.Code = exited.ExitCode()
	case err != nil:
		end.Code = -1
	}
	return end
}

// env is a variable of the environment that the dashboard was started in.
func (c *Config) env(name string) (string, bool) {
	if c.Env == nil {
		return "", false
	}
	return c.Env(name)
}
