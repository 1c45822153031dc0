package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"selvage/core"
	"selvage/testdata/labtest"
)

// terminal is a pseudo-terminal with a program in it.
type terminal struct {
	keys *os.File
	mu   sync.Mutex
	out  bytes.Buffer
}

// Write takes what the program prints.
func (t *terminal) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.out.Write(p)
}

// printed is what the program has printed so far.
func (t *terminal) printed() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.out.String()
}

func (t *terminal) press(tb testing.TB, keys string) {
	tb.Helper()
	if _, err := t.keys.WriteString(keys); err != nil {
		tb.Fatal(err)
	}
}

// shows waits until the program has printed a text.
func (t *terminal) shows(tb testing.TB, text string) {
	tb.Helper()
	labtest.Eventually(tb, "the terminal shows "+text, func() error {
		if strings.Contains(t.printed(), text) {
			return nil
		}
		return fmt.Errorf("it shows %q", t.printed())
	})
}

// start runs a command in a terminal of its own, of 80 columns and 24 rows. The
// function waits for its end and gives the exit code.
func start(tb testing.TB, cmd *exec.Cmd) (*terminal, func() int) {
	tb.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { master.Close() })
	fd := int(master.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		tb.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		tb.Fatal(err)
	}
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		tb.Fatal(err)
	}
	if err := unix.IoctlSetWinsize(int(slave.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 80}); err != nil {
		tb.Fatal(err)
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	slave.Close()
	t := &terminal{keys: master}
	var reading sync.WaitGroup
	reading.Go(func() {
		b := make([]byte, 1<<16)
		for {
			n, err := master.Read(b)
			if n > 0 {
				_, _ = t.Write(b[:n])
			}
			if err != nil {
				return // EIO: the program is gone
			}
		}
	})
	return t, func() int {
		_ = cmd.Wait()
		reading.Wait()
		return cmd.ProcessState.ExitCode()
	}
}

// TestTheDashboardOnlyReads keeps the dashboard open on a real cluster for some
// intervals, walks through its screens, and asks the API server what it did.
func TestTheDashboardOnlyReads(t *testing.T) {
	lab := labtest.Start(t)
	s := newSite(t, lab, 5)
	p := newProgram(t)
	p.configure(s.config(t, p, "dc1") + "    check: {interval: 1s}\n")
	cmd := exec.CommandContext(t.Context(), p.binary, "--config", "selvage.yaml")
	cmd.Dir, cmd.Env = p.dir, append(p.env, "TERM=xterm-256color")
	screen, wait := start(t, cmd)
	screen.shows(t, "in sync")
	s.edit(t, lab, "vpc/vpc-01", `"s/vlan: 1[0-9]*/vlan: 2345/"`)
	screen.press(t, "R")
	screen.shows(t, "drifted")
	screen.press(t, "\r") // the fabric
	screen.shows(t, "VPC/vpc-01")
	screen.press(t, "d") // the diff
	screen.shows(t, "2345")
	labtest.Eventually(t, "what is on screen is in the store", func() error {
		// A check shows its result at once and records it a moment later: with
		// what Git's history says.
		if out, errs, code := p.run("status", "-o", "json", "--exit-code", "--cached"); code != exitDifferences {
			return fmt.Errorf("status exits with %d: %s %s", code, errs, out)
		}
		return nil
	})
	var last time.Time
	seen := 0
	labtest.Eventually(t, "the dashboard has checked four times more by its clock", func() error {
		f := p.status(exitDifferences, "--cached")["dc1"]
		if f.Worst != core.Drifted {
			return fmt.Errorf("dc1 is %s", f.Worst)
		}
		if f.LastCheck.After(last) {
			last = f.LastCheck
			seen++
		}
		if seen < 5 {
			return fmt.Errorf("checked %d times", seen)
		}
		return nil
	})
	screen.press(t, "\x03")
	if code := wait(); code != exitDone && code != exitInterrupted {
		t.Errorf("the dashboard exits with %d", code)
	}
	s.onlyReads(t)
}
