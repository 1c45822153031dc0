package child_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"selvage/core/child"
)

func front(ctx context.Context, f child.Front) (out, complaint string, err error) {
	var o, e bytes.Buffer
	f.Out, f.Err = &o, &e
	complaint, err = f.Run(ctx)
	return o.String(), complaint, err
}

func TestAFrontReadsWritesAndComplains(t *testing.T) {
	out, complaint, err := front(t.Context(), child.Front{
		Argv: []string{"sh", "-c", `cat; echo "$WHAT in $PWD"; echo no >&2; exit 3`}, Env: []string{"WHAT=this"}, Dir: "/", Input: "hello\n",
	})
	var exited *child.ExitError
	if out != "hello\nthis in /\n" || complaint != "no\n" || !errors.As(err, &exited) || exited.ExitCode() != 3 {
		t.Errorf("it says %q, complains %q and ends with %v", out, complaint, err)
	}
}

func TestAFrontNeedNotReadAll(t *testing.T) {
	out, _, err := front(t.Context(), child.Front{Argv: []string{"head", "-1"}, Input: strings.Repeat("line\n", 1<<20)})
	if out != "line\n" || err != nil {
		t.Errorf("it says %q and ends with %v", out, err)
	}
}

func TestAFrontsLastComplaintIsKept(t *testing.T) {
	_, complaint, _ := front(t.Context(), child.Front{Argv: []string{"sh", "-c", `yes | head -c 100000 >&2; echo the end >&2`}})
	if len(complaint) > 400 || !strings.HasSuffix(complaint, "the end\n") {
		t.Errorf("it keeps %d bytes: %q", len(complaint), complaint)
	}
}

func TestAFrontThatIsNotThere(t *testing.T) {
	if _, _, err := front(t.Context(), child.Front{Argv: []string{"no-such-program"}}); !errors.Is(err, child.ErrNotFound) {
		t.Errorf("it ends with %v", err)
	}
}

// TestAFrontEndsWithAllThatItStarted: also the parts of a pipeline, of which the shell
// that waits for it tells none.
func TestAFrontEndsWithAllThatItStarted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	dir := t.TempDir()
	ended := make(chan error, 1)
	go func() {
		_, _, err := front(ctx, child.Front{Argv: []string{"sh", "-c", `part='echo $$ >"$0.new"; mv "$0.new" "$0"; sleep 600; true'; sh -c "$part" "$0/a" | (sh -c "$part" "$0/b"; true)`, dir}})
		ended <- err
	}()
	var pids []int
	for deadline := time.Now().Add(time.Minute); len(pids) < 2; time.Sleep(time.Millisecond) {
		pids = nil
		for _, name := range []string{"a", "b"} {
			text, _ := os.ReadFile(filepath.Join(dir, name))
			if pid, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
				pids = append(pids, pid)
			}
		}
		if time.Now().After(deadline) {
			t.Fatal("it does not start")
		}
	}
	cancel()
	if err := <-ended; err == nil {
		t.Error("it ends well")
	}
	for _, pid := range pids {
		for deadline := time.Now().Add(time.Minute); !gone(pid); time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("process %d is still there", pid)
			}
		}
	}
}

// TestAFrontEndsWithItsContext, also one that does not want to.
func TestAFrontEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	started := filepath.Join(t.TempDir(), "started")
	ended := make(chan error, 1)
	go func() {
		_, _, err := front(ctx, child.Front{Argv: []string{"sh", "-c", `trap '' TERM; : > "$0"; while :; do sleep 1; done`, started}})
		ended <- err
	}()
	for deadline := time.Now().Add(time.Minute); ; {
		if _, err := os.Stat(started); err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("it does not start")
		}
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-ended; err == nil {
		t.Error("it ends well")
	}
}
