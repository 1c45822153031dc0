package child

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Front is a program that is given the terminal: an editor, a pager, a login that
// asks a person. It runs in the process group of this program, so that what the
// keys of the terminal send reaches both.
type Front struct {
	Argv  []string // the program, a path or a name to be looked up in PATH, and its arguments
	Env   []string // "NAME=value", beside this program's own environment
	Dir   string   // where it runs; "" for where this program does
	Input string   // what it reads in place of In, where that is not ""

	In  io.Reader
	Out io.Writer // a program gets the terminal only where this is a file
	Err io.Writer // what it complains is passed on to it
}

// Editor are the arguments that open a file in an editor, as git does it: what VISUAL
// or EDITOR says is a line for the shell.
func Editor(line, file string) []string { return []string{"sh", "-c", line + ` "$@"`, line, file} }

// leaving is how long the program is given to end when it has to.
const leaving = 300 * time.Millisecond

// maxTail is how much is kept of what it complains, of the end.
const maxTail = 400

// Run runs the program to its end, and asks it and all that it has started to end
// when ctx does. The last that
// it complained comes beside any error, which is an [ErrNotFound], an [*ExitError],
// or what kept it from starting.
func (f Front) Run(ctx context.Context) (complaint string, err error) {
	var said tail
	c := exec.CommandContext(ctx, f.Argv[0], f.Argv[1:]...) //nolint:gosec // the person names it
	c.Env = append(c.Environ(), f.Env...)
	c.Dir = f.Dir
	c.Cancel = func() error { return end(c.Process) }
	c.WaitDelay = leaving
	c.Stdin, c.Stdout, c.Stderr = f.In, f.Out, io.MultiWriter(f.Err, &said)
	if f.Input != "" {
		c.Stdin = strings.NewReader(f.Input)
	}
	err = c.Run()
	if errors.Is(err, exec.ErrWaitDelay) || errors.Is(err, syscall.EPIPE) {
		err = nil // it has ended well, and need not have read all
	}
	return said.kept.String(), err
}

// end asks a program to end, and all that it has started: a shell that waits for a
// pipeline passes nothing on. What they are is read before the first one ends, for
// then its children are another's.
func end(p *os.Process) error {
	below := descendants(p.Pid)
	err := p.Signal(syscall.SIGTERM)
	for _, pid := range below {
		_ = syscall.Kill(pid, syscall.SIGTERM) // it may have ended by itself
	}
	return err
}

// descendants are the processes that a process has started, and those that they have.
// There are none where the system does not tell by /proc.
func descendants(pid int) []int {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil
	}
	children := map[int][]int{}
	for _, name := range stats {
		text, err := os.ReadFile(name) //nolint:gosec // of the system
		if err != nil {
			continue // it has ended
		}
		// The name of a program stands in parentheses, and may hold anything.
		_, after, _ := strings.Cut(string(text[bytes.LastIndexByte(text, ')')+1:]), " ")
		fields := strings.Fields(after)
		if len(fields) < 2 {
			continue
		}
		parent, err := strconv.Atoi(fields[1])
		child, err2 := strconv.Atoi(filepath.Base(filepath.Dir(name)))
		if err == nil && err2 == nil {
			children[parent] = append(children[parent], child)
		}
	}
	all := slices.Clone(children[pid])
	for i := 0; i < len(all); i++ {
		all = append(all, children[all[i]]...)
	}
	return all
}

// tail keeps the end of what is written to it.
type tail struct{ kept bytes.Buffer }

func (t *tail) Write(b []byte) (int, error) {
	t.kept.Write(b[max(len(b)-maxTail, 0):])
	t.kept.Next(max(t.kept.Len()-maxTail, 0))
	return len(b), nil
}
