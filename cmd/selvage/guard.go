package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"syscall"
	"time"

	"golang.org/x/term"

	"selvage/core/config"
)

// The files that a guarded dashboard is given beside its three streams.
const (
	crashFile  = 3 // where Go writes the trace of a panic
	parentFile = 4 // ends when the guard does
)

// lastResort is how long a dashboard that was told to end is waited for. It takes
// a second at most, unless something hangs that must not; what a run has reached is
// on record before.
const lastResort = 10 * time.Second

// restoreScreen undoes what the dashboard may have done to a terminal: an update
// begun, the other screen, the cursor, marked pastes, focus, mouse and the keys.
const restoreScreen = "\x1b[?2026l\x1b[?1049l\x1b[?25h\x1b[?2004l\x1b[?1004l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[>4m\x1b[<u\x1b[m"

// guard runs the dashboard in a process of its own and waits for it. Whatever
// that one dies of, the terminal is given back as it was, and the log tells.
func (a *app) guard(ctx context.Context, c *config.Config) error {
	before, err := term.GetState(int(os.Stdin.Fd()))
	if err != nil {
		return a.show(ctx, c) // what is typed comes from elsewhere
	}
	d, err := a.startGuarded()
	if err != nil {
		return a.show(ctx, c)
	}
	a.keys.pass(d.process)
	state, trace, err := d.wait(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("wait for the dashboard: %w", err)
	case state.ExitCode() >= 0 && len(trace) == 0:
		_ = term.Restore(int(os.Stdin.Fd()), before) // in case that it could not
		return done(state.ExitCode())                // it has said what there was to say
	}
	restore(before)
	if ctx.Err() != nil && len(trace) == 0 {
		return exit{code: exitInterrupted} // nothing can be said to such a terminal
	}
	return a.fault(c, state, trace)
}

// restore gives the terminal back. It does not wait for one that takes nothing.
func restore(before *term.State) {
	_ = term.Restore(int(os.Stdin.Fd()), before)
	written := make(chan struct{})
	go func() {
		_, _ = io.WriteString(os.Stdout, restoreScreen)
		close(written)
	}()
	select {
	case <-written:
	case <-time.After(100 * time.Millisecond):
	}
}

// fault writes a trace into the log and says where that is.
func (a *app) fault(c *config.Config, state *os.ProcessState, trace []byte) error {
	w := &logWriter{name: logPath(c), limit: logLimit}
	if err := w.open(); err != nil {
		return errors.Join(fmt.Errorf("the dashboard met a fault and ended (%s)", state), err)
	}
	defer w.close()
	_, _ = fmt.Fprintf(w, "time=%s level=ERROR msg=\"the dashboard ended by a fault\" state=%q version=%q\n%s\n",
		a.now().Format(time.RFC3339), state, version(), bytes.TrimSpace(trace))
	return fmt.Errorf("the dashboard met a fault and ended (%s); what happened is in %s: please report it", state, w.name)
}

// guarded is the dashboard's process as its guard sees it.
type guarded struct {
	process *os.Process
	crash   *os.File // the trace of a panic, to be read
	alive   *os.File // closed when the guard is gone
}

// startGuarded starts this program once more, to show the dashboard.
func (a *app) startGuarded() (*guarded, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	crash, toCrash, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer func() { _ = toCrash.Close() }()
	parent, alive, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, crash.Close())
	}
	defer func() { _ = parent.Close() }()
	args := []string{os.Args[0], "--guarded"}
	if a.configPath != "" {
		args = append(args, "--config", a.configPath)
	}
	if a.readOnly {
		args = append(args, "--read-only")
	}
	p, err := os.StartProcess(self, args, &os.ProcAttr{Files: []*os.File{os.Stdin, os.Stdout, os.Stderr, toCrash, parent}})
	if err != nil {
		return nil, errors.Join(err, crash.Close(), alive.Close())
	}
	return &guarded{process: p, crash: crash, alive: alive}, nil
}

// wait waits for the dashboard's end and gives the trace of what it died of. It
// passes on that ctx has ended, and then waits no longer than the last
// resort.
func (g *guarded) wait(ctx context.Context) (*os.ProcessState, []byte, error) {
	defer func() { _ = g.alive.Close() }()
	defer func() { _ = g.crash.Close() }()
	traced, over := make(chan []byte, 1), make(chan struct{})
	go func() {
		trace, _ := io.ReadAll(io.LimitReader(g.crash, 1<<20))
		traced <- trace
		_, _ = io.Copy(io.Discard, g.crash)
	}()
	go func() {
		select {
		case <-over:
			return
		case <-ctx.Done():
		}
		_ = g.process.Signal(syscall.SIGTERM)
		select {
		case <-over:
		case <-time.After(lastResort):
			_ = g.process.Kill()
		}
	}()
	state, err := g.process.Wait()
	close(over)
	if err != nil {
		return nil, nil, err
	}
	return state, <-traced, nil
}

// underGuard makes this process the guarded one: what it dies of is written to
// the guard, and it ends when the guard is gone.
func underGuard(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	crash, parent := os.NewFile(crashFile, "crash"), os.NewFile(parentFile, "parent")
	_ = debug.SetCrashOutput(crash, debug.CrashOptions{}) // it keeps a copy
	_ = crash.Close()
	syscall.CloseOnExec(parentFile)
	go func() {
		_, _ = parent.Read(make([]byte, 1)) // nothing is ever written to it
		cancel()
	}()
	return ctx, cancel
}
