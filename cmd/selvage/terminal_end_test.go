package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"selvage/testdata/termtest"
)

// soon is within what time the dashboard has to be gone, where everything runs
// four times slower than it should.
const soon = 4 * time.Second

// TestASignalEndsItCleanly, within a second and with the terminal as it was.
func TestASignalEndsItCleanly(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGINT} {
		t.Run(signal.String(), func(t *testing.T) {
			s := newStage(t)
			screen := s.open(termtest.Options{})
			began := time.Now()
			screen.Signal(signal)
			if code := screen.ExitCode(); code != exitInterrupted {
				t.Errorf("it exits with %d, want %d", code, exitInterrupted)
			}
			t.Logf("ended after %s", time.Since(began))
			if took := time.Since(began); took > soon {
				t.Errorf("it takes %s", took)
			}
			restored(t, screen)
			if !strings.Contains(screen.Screen(), "selvage: interrupted") {
				t.Errorf("it says\n%s", screen.Screen())
			}
		})
	}
}

// TestALostConnectionEndsIt: sshd closes the terminal, and nobody is there to
// be told.
func TestALostConnectionEndsIt(t *testing.T) {
	s := newStage(t)
	screen := s.open(termtest.Options{})
	began := time.Now()
	screen.Close()
	if code := screen.ExitCode(); code != exitInterrupted {
		t.Errorf("it exits with %d, want %d", code, exitInterrupted)
	}
	if took := time.Since(began); took > soon {
		t.Errorf("it takes %s", took)
	}
	if out, err := s.command("status", "--cached").Output(); !strings.Contains(string(out), "~ drifted") {
		t.Errorf("the history afterwards: %v: %s", err, out)
	}
}

// TestATerminalThatTakesNothingDoesNotHoldIt: a stopped ssh client, a frozen
// screen. The program has more to write than fits, and is told to end.
func TestATerminalThatTakesNothingDoesNotHoldIt(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(signal.String(), func(t *testing.T) {
			s := newStage(t)
			screen := s.open(termtest.Options{Width: 160, Height: 45})
			screen.Freeze()
			// Frame after frame, until the program is held up writing one.
			frames := time.NewTicker(50 * time.Millisecond)
			defer frames.Stop()
			for range 40 {
				<-frames.C
				screen.Press("ctrl+l")
			}
			began := time.Now()
			screen.Signal(signal)
			if code := screen.ExitCode(); code != exitInterrupted {
				t.Errorf("it exits with %d, want %d", code, exitInterrupted)
			}
			t.Logf("ended after %s", time.Since(began))
			if took := time.Since(began); took > soon {
				t.Errorf("it takes %s", took)
			}
		})
	}
}

// TestWhoLeavesAtOnceFindsNoAnswersInTheShell: what a terminal was asked at the
// start, it answers after a round trip.
func TestWhoLeavesAtOnceFindsNoAnswersInTheShell(t *testing.T) {
	for _, key := range []string{"q", "ctrl+c"} {
		t.Run(key, func(t *testing.T) {
			s := newStage(t)
			cmd := exec.CommandContext(t.Context(), "sh", "-i")
			cmd.Env = append(s.env, "PS1=ready> ")
			screen := termtest.Start(t, cmd, termtest.Options{Delay: 100 * time.Millisecond})
			prompts(screen)
			screen.Type(strings.Join(s.command().Args, " ") + "\r")
			screen.Wait("9 fabrics")
			screen.Press(key)
			prompts(screen)
			listens(t, screen)
			restored(t, screen)
		})
	}
}

// TestATerminalThatAnswersNothingIsNotWaitedFor, neither at the start nor at the
// end.
func TestATerminalThatAnswersNothingIsNotWaitedFor(t *testing.T) {
	s := newStage(t)
	began := time.Now()
	screen := s.open(termtest.Options{Silent: true})
	if took := time.Since(began); took > soon {
		t.Errorf("it is there after %s", took)
	}
	began = time.Now()
	leaves(t, screen)
	if took := time.Since(began); took > soon {
		t.Errorf("it is gone after %s", took)
	}
}

// broken builds the program with faults in it: the source of the one place that
// all keys go through is another for the compiler than on disk.
func broken(t *testing.T) string {
	t.Helper()
	source := filepath.Join(root(t), "tui", "keys.go")
	text, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	const before = "func (m *Model) key(msg tea.KeyPressMsg) tea.Cmd {\n"
	if !strings.Contains(string(text), before) {
		t.Fatalf("%s has no %q to put a fault into", source, before)
	}
	faulty := strings.Replace(string(text), before, before+`
	switch msg.String() {
	case "1":
		panic("provoked in Update")
	case "2":
		return func() tea.Msg { panic("provoked in a command") }
	case "3":
		go func() { panic("provoked on a goroutine") }()
	case "4":
		go func() {
			shared := map[int]int{}
			for range 8 {
				go func() { for i := 0; ; i++ { shared[i%7] = i } }()
			}
		}()
	}
`, 1)
	dir := t.TempDir()
	other, overlay, binary := filepath.Join(dir, "keys.go"), filepath.Join(dir, "overlay.json"), filepath.Join(dir, "selvage")
	list, err := json.Marshal(map[string]any{"Replace": map[string]string{source: other}})
	if err != nil {
		t.Fatal(err)
	}
	write(t, other, faulty)
	write(t, overlay, string(list))
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-overlay", overlay, "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return binary
}

// TestAPanicAnywhereRestoresTheTerminalAndNamesTheLog, in the dashboard's own
// hands and where no recover of anybody reaches.
func TestAPanicAnywhereRestoresTheTerminalAndNamesTheLog(t *testing.T) {
	binary := broken(t)
	for key, fault := range map[string]string{
		"1": "provoked in Update", "2": "provoked in a command", "3": "provoked on a goroutine", "4": "concurrent map writes",
	} {
		t.Run(fault, func(t *testing.T) {
			s := newStage(t)
			cmd := s.command()
			cmd.Path = binary
			screen := termtest.Start(t, cmd, termtest.Options{Width: 160, Height: 45})
			s.looked(screen)
			screen.Press(key)
			if code := screen.ExitCode(); code != exitUsage {
				t.Errorf("it exits with %d, want %d", code, exitUsage)
			}
			restored(t, screen)
			log := filepath.Join(s.dir, "state", logName(username()))
			if got := strings.ReplaceAll(screen.Screen(), "\n", ""); !strings.Contains(got, "selvage: ") || !strings.Contains(got, log) {
				t.Errorf("it does not say where the log is:\n%s", got)
			}
			if got := screen.Screen(); strings.Contains(got, "goroutine ") {
				t.Errorf("it leaves a trace on the screen:\n%s", got)
			}
			told, err := os.ReadFile(log)
			// Of what is fatal to Go itself the reason goes to the screen alone.
			named := strings.Contains(string(told), fault) || key == "4"
			if err != nil || !named || !strings.Contains(string(told), "tui.(*Model).key") {
				t.Errorf("the log tells nothing of it (%v):\n%s", err, told)
			}
			if out, err := s.command("status", "--cached").Output(); !strings.Contains(string(out), "~ drifted") {
				t.Errorf("the history afterwards: %v: %s", err, out)
			}
		})
	}
}
