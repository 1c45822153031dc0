package child

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// Command is a program to run.
type Command struct {
	Name  string   // a path, or a name to be looked up in PATH
	Args  []string // without the name
	Env   []string // "NAME=value", beside this program's own environment
	Input string   // what its standard input holds
}

// Result is what a program said, of each at most the first 64 KiB.
type Result struct {
	Output    []byte // on standard output
	Complaint string // on standard error; may hold anything
}

// maxOutput is how much is kept of each output.
const maxOutput = 64 << 10

// lingering is how long a program's output is waited for after its end.
const lingering = time.Second

// ErrNotFound is the error of a program that is not there.
var ErrNotFound = exec.ErrNotFound

// ExitError is the error of a program that ended with a status other than 0.
type ExitError = exec.ExitError

// Run runs the program to its end, and ends it when ctx does. The result holds
// what was said until then beside any error, which is the cause of ctx, an
// [ErrNotFound], an [*ExitError], or what kept the program from starting.
func (c Command) Run(ctx context.Context) (Result, error) {
	var stdout, stderr head
	command := exec.CommandContext(ctx, c.Name, c.Args...) //nolint:gosec // the operator's configuration names it
	command.Env = append(command.Environ(), c.Env...)
	command.Stdin = strings.NewReader(c.Input)
	command.Stdout, command.Stderr = &stdout, &stderr
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	command.Cancel = func() error {
		// Its session is one process group, of the same number.
		if err := syscall.Kill(-command.Process.Pid, syscall.SIGKILL); !errors.Is(err, syscall.ESRCH) {
			return err
		}
		return os.ErrProcessDone
	}
	command.WaitDelay = lingering
	err := command.Run()
	switch {
	case err != nil && ctx.Err() != nil:
		err = context.Cause(ctx)
	case errors.Is(err, exec.ErrWaitDelay):
		err = nil
	}
	return Result{stdout.kept.Bytes(), stderr.kept.String()}, err
}

// head keeps the beginning of what is written to it. The buffer is not embedded:
// io.Copy would fill it through its ReadFrom, past the limit.
type head struct{ kept bytes.Buffer }

func (h *head) Write(p []byte) (int, error) {
	h.kept.Write(p[:min(len(p), maxOutput-h.kept.Len())])
	return len(p), nil
}

// Has tells whether a program is found in PATH.
func Has(name string) bool {
	_, err := exec.LookPath(name)
	return err == nil
}
