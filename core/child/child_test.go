package child_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"selvage/core/child"
)

func shell(script string) child.Command {
	return child.Command{Name: "/bin/sh", Args: []string{"-c", script}}
}

func TestProgramGetsInputAndEnvironment(t *testing.T) {
	c := shell(`read a; read b || end=yes; echo "$a $b$end $WHO $PATH"; echo sorry >&2`)
	c.Env, c.Input = []string{"WHO=me"}, "one\n"
	got, err := c.Run(t.Context())
	if want := "one yes me " + os.Getenv("PATH") + "\n"; err != nil || string(got.Output) != want || got.Complaint != "sorry\n" {
		t.Errorf("%q, %q, %v; want %q", got.Output, got.Complaint, err, want)
	}
}

func TestErrorsCanBeToldApart(t *testing.T) {
	if _, err := (child.Command{Name: "no-such-program-anywhere"}).Run(t.Context()); !errors.Is(err, child.ErrNotFound) {
		t.Errorf("a program that is not there: %v", err)
	}
	var exit *child.ExitError
	got, err := shell("echo why >&2; exit 3").Run(t.Context())
	if !errors.As(err, &exit) || exit.ExitCode() != 3 || got.Complaint != "why\n" {
		t.Errorf("a program that fails: %v, %q", err, got.Complaint)
	}
	cause := errors.New("too late")
	ctx, cancel := context.WithTimeoutCause(t.Context(), 200*time.Millisecond, cause)
	defer cancel()
	got, err = shell("echo begun; sleep 60").Run(ctx)
	if !errors.Is(err, cause) || string(got.Output) != "begun\n" {
		t.Errorf("a program that hangs: %v, %q", err, got.Output)
	}
}

func TestProgramHasNoTerminal(t *testing.T) {
	// Where the test itself has no terminal, the session tells that it could not
	// be opened either.
	got, err := shell("echo $$ $(ps -o sid= -p $$ 2>/dev/null || cut -d' ' -f6 /proc/$$/stat); true >/dev/tty").Run(t.Context())
	fields := strings.Fields(string(got.Output))
	if err == nil || len(fields) != 2 || fields[0] != fields[1] {
		t.Errorf("output %q, error %v; want a session of its own, and a terminal that cannot be opened", got.Output, err)
	}
}

func TestProgramEndsWithAllThatItStarted(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pids")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		_, err := shell(fmt.Sprintf("sleep 60 & echo $$ $! >%s.new; mv %[1]s.new %[1]s; wait", file)).Run(ctx)
		ended <- err
	}()
	deadline := time.Now().Add(10 * time.Second)
	var pids []int
	for len(pids) == 0 {
		text, err := os.ReadFile(file)
		if err != nil && time.Now().After(deadline) {
			t.Fatal("the program does not run")
		}
		for _, f := range strings.Fields(string(text)) {
			pid, err := strconv.Atoi(f)
			if err != nil {
				t.Fatal(err)
			}
			pids = append(pids, pid)
		}
		runtime.Gosched()
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
	for _, pid := range pids {
		for !gone(pid) {
			if time.Now().After(deadline) {
				t.Fatalf("process %d is still there", pid)
			}
			runtime.Gosched()
		}
	}
}

// gone tells whether a process runs no more. One whose parent has ended and
// whom nobody has buried yet is gone too.
func gone(pid int) bool {
	if errors.Is(unix.Kill(pid, 0), unix.ESRCH) {
		return true
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || strings.Contains(string(stat), ") Z ")
}

func TestProgramThatLeavesADaemonIsHeard(t *testing.T) {
	started := time.Now()
	got, err := shell("sleep 20 & echo done").Run(t.Context())
	if err != nil || string(got.Output) != "done\n" {
		t.Errorf("%q, %v", got.Output, err)
	}
	if took := time.Since(started); took > 15*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestOutputIsBounded(t *testing.T) {
	got, err := shell("head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2").Run(t.Context())
	if err != nil || len(got.Output) != 64<<10 || len(got.Complaint) != 64<<10 {
		t.Errorf("%d and %d bytes, %v", len(got.Output), len(got.Complaint), err)
	}
}
