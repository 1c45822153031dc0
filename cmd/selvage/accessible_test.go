package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"selvage/testdata/labtest"
	"selvage/testdata/termtest"
)

// told is what a program has printed.
type told struct {
	mu  sync.Mutex
	out bytes.Buffer
}

func (p *told) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.Write(b)
}

func (p *told) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.String()
}

// hears waits until something that fits was printed after a place, and gives it.
func (p *told) hears(tb testing.TB, after int, pattern string) (match []string) {
	tb.Helper()
	re := regexp.MustCompile("(?m)" + pattern)
	labtest.Eventually(tb, "it says "+pattern, func() error {
		if match = re.FindStringSubmatch(p.String()[after:]); match == nil {
			return fmt.Errorf("it says\n%s", p.String())
		}
		return nil
	})
	return match
}

// speaker is the program in line mode with somebody who types.
type speaker struct {
	t    *testing.T
	cmd  *exec.Cmd
	in   io.WriteCloser
	said told
}

// speak starts the program without any terminal.
func speak(t *testing.T, cmd *exec.Cmd) *speaker {
	t.Helper()
	s := &speaker{t: t, cmd: cmd}
	var err error
	if s.in, err = cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = &s.said, &s.said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return s
}

// types types a line and waits for an answer, which it gives.
func (s *speaker) types(line, pattern string) []string {
	s.t.Helper()
	after := len(s.said.String())
	if _, err := io.WriteString(s.in, line+"\n"); err != nil {
		s.t.Fatalf("type %q: %v; it said\n%s", line, err, s.said.String())
	}
	return s.said.hears(s.t, after, pattern)
}

// TestTheDemonstrationInLines is a whole visit without a screen: look, decide,
// publish, follow, leave.
func TestTheDemonstrationInLines(t *testing.T) {
	temp := t.TempDir()
	cmd := exec.CommandContext(t.Context(), "selvage", "demo", "--accessible")
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + temp, "TMPDIR=" + temp, "TERM=xterm-256color"}
	s := speak(t, cmd)
	s.said.hears(t, 0, `^selvage \S+, line mode: 9 fabrics\.`)
	s.said.hears(t, 0, `^lab-gpu: unreadable, was stale\.`) // a check has come round
	s.types("doctor", `^lab-gpu: fail: cluster, `)
	s.types("handover", `^notes  2$`)
	s.types("filter state=unreadable", `^1 of 9 fit the filter state=unreadable`)
	s.types("filter", `^9\. `)
	s.types("lint dc2-frontend", `^dc2-frontend: lint finds nothing`)
	object := s.types("open dc2-frontend", `^1\. (VPC/\S+): conflict \(!\), .*\.vlan, by kubectl-edit`)[1]
	s.types("diff 1", `^    base \d+$`)
	s.types("decide 1", `^Type git, live or base `)
	s.types("live", `^draft: take live on .*\.vlan of `+object+`$`)
	plan := s.types("sync", `^Type the plan's id, (\S+), to commit and push it`)[1]
	s.types("yes", `^not done: "yes" is not `+plan)
	s.types("sync --plan "+plan, `^Type the plan's id`)
	run := s.types(plan, `^run (\S+) has begun`)[1]
	s.said.hears(t, 0, `^dc2-frontend: run `+run+` has ended, agreed$`)
	s.types("check", `^checking dc2-frontend`)
	s.said.hears(t, 0, `^dc2-frontend: `+object+`: in sync, was \w+`)
	s.types("history --since 1h", `^\S+ \S+ +dc2-frontend +sync`)
	if _, err := io.WriteString(s.in, "quit\n"); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ends with %v", err)
	}
	for _, r := range s.said.String() {
		if r != '\n' && !unicode.IsPrint(r) {
			t.Fatalf("%q was printed:\n%q", r, s.said.String())
		}
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("it leaves %v behind (%v)", left, err)
	}
}

// TestLineModeEndsWithWhatIsTyped, and with a signal, without a line too much.
func TestLineModeEndsWithWhatIsTyped(t *testing.T) {
	for name, end := range map[string]func(*speaker) int{
		"the end of what is typed": func(s *speaker) int { s.in.Close(); return exitDone },
		"a signal":                 func(s *speaker) int { _ = s.cmd.Process.Signal(os.Interrupt); return exitInterrupted },
	} {
		t.Run(name, func(t *testing.T) {
			stage := newStage(t)
			cmd := stage.command()
			cmd.Env = append(stage.env, "SELVAGE_ACCESSIBLE=1")
			s := speak(t, cmd)
			s.said.hears(t, 0, `^selvage \S+, line mode`)
			begun := time.Now()
			want := end(s)
			_ = cmd.Wait()
			if code := cmd.ProcessState.ExitCode(); code != want {
				t.Errorf("it exits with %d, want %d:\n%s", code, want, s.said.String())
			}
			if took := time.Since(begun); took > 10*time.Second {
				t.Errorf("it takes %s", took)
			}
			if strings.Contains(s.said.String(), "panic") {
				t.Error(s.said.String())
			}
		})
	}
}

// TestADumbTerminalTalksInLines: one that cannot move its cursor has no use for a
// screen, and without colours every state is there in its word and its letter.
func TestADumbTerminalTalksInLines(t *testing.T) {
	s := newStage(t)
	cmd := s.command()
	cmd.Env = append(s.env, "TERM=dumb")
	screen := termtest.Start(t, cmd, termtest.Options{Width: 120, Height: 50})
	for _, seen := range []string{"lab-gpu: unreadable, was ", "dc1-backend-b: pending, was "} {
		screen.Wait(seen) // the first look has come round
	}
	screen.Type("list\r")
	for _, word := range []string{
		"edge-sin: invalid (x)", "dc1-backend-b: pending (^)", "dc2-frontend: conflict (!)", "lab-gpu: unreadable (?)",
		"dc1-frontend: drifted (~)", "edge-lon: only git (+)", "edge-ams: in sync (=)",
	} {
		screen.Wait(word)
	}
	if state := screen.State(); state != (termtest.State{}) {
		t.Errorf("the terminal is in %+v", state)
	}
	screen.Type("quit\r")
	if code := screen.ExitCode(); code != exitDone {
		t.Errorf("it exits with %d; the screen is\n%s", code, screen.Screen())
	}
}
