package main

import (
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"selvage/testdata/termtest"
)

// shell starts a shell in the terminal, and the dashboard in that: there is job
// control, and somebody who reads what is left over.
func (s *stage) shell(o termtest.Options, env ...string) *termtest.Terminal {
	s.t.Helper()
	cmd := exec.CommandContext(s.t.Context(), "sh", "-i")
	cmd.Env = append(s.env, append([]string{"PS1=ready> "}, env...)...)
	screen := termtest.Start(s.t, cmd, o)
	prompts(screen)
	screen.Type(strings.Join(s.command().Args, " ") + "\r")
	s.looked(screen)
	return screen
}

// prompts waits until the shell has the terminal.
func prompts(screen *termtest.Terminal) {
	screen.WaitFor("a prompt", func(text string) error {
		if !strings.HasSuffix(text, "ready>") {
			return errors.New("it is not the last on screen")
		}
		return nil
	})
}

// listens holds that a shell has nothing typed into it and takes a command.
func listens(t testing.TB, screen *termtest.Terminal) {
	t.Helper()
	screen.Type("echo $((6*7))\r")
	screen.WaitFor("a shell that heard nothing but its command", func(text string) error {
		if !strings.HasSuffix(text, "ready> echo $((6*7))\n42\nready>") {
			return fmt.Errorf("want the command, its answer and the prompt at the end")
		}
		return nil
	})
}

// TestWithoutAShellItIsNotSuspended: where it leads its session nobody would wake it.
func TestWithoutAShellItIsNotSuspended(t *testing.T) {
	s := newStage(t)
	screen := s.open(termtest.Options{})
	screen.Press("ctrl+z")
	screen.Wait("no shell is behind the dashboard")
	s.looked(screen)
	leaves(t, screen)
}

// TestSuspendedItGivesTheTerminalBackAndTakesItAgain, as ctrl+z and fg do.
func TestSuspendedItGivesTheTerminalBackAndTakesItAgain(t *testing.T) {
	s := newStage(t)
	screen := s.shell(termtest.Options{})
	for range 2 {
		screen.Press("ctrl+z")
		prompts(screen)
		restored(t, screen)
		listens(t, screen)
		screen.Type("fg\r")
		s.looked(screen)
		screen.Press("?")
		screen.Wait("everywhere")
		screen.Press("esc")
		screen.WaitGone("everywhere")
	}
	screen.Press("ctrl+c")
	prompts(screen)
	restored(t, screen)
	listens(t, screen)
}

// TestAResizeWhileSuspendedIsNotMissed: the signal went to the shell.
func TestAResizeWhileSuspendedIsNotMissed(t *testing.T) {
	s := newStage(t)
	screen := s.shell(termtest.Options{})
	screen.Press("ctrl+z")
	prompts(screen)
	screen.Resize(120, 40)
	screen.Type("fg\r")
	screen.WaitFor("a frame of 40 rows", func(text string) error {
		if rows := strings.Split(text, "\n"); len(rows) != 40 || !strings.Contains(rows[39], "? help") {
			return fmt.Errorf("%d rows", len(rows))
		}
		return nil
	})
	screen.Press("ctrl+c")
	prompts(screen)
}

// onTheFirstFabric tells whether the list of fabrics is on screen with the cursor on
// the first. What else stands there may be read in the meantime.
func onTheFirstFabric(text string) error {
	if !strings.Contains(ageless(text), "> x invalid edge-sin") {
		return errors.New("it is another screen, or the cursor stands elsewhere")
	}
	return nil
}

// TestAPasteRunsNoKeys: outside of a line it is dropped, in one it is text, and
// its line breaks press no enter.
func TestAPasteRunsNoKeys(t *testing.T) {
	s := newStage(t)
	screen := s.open(termtest.Options{})
	screen.Paste("jj?\rdRq\x03\r")
	screen.Press("/") // what comes after it shows that the paste was read
	screen.Wait("/")
	screen.Paste("state=drifted\r")
	screen.Wait("state=drifted")
	screen.WaitGone("edge-sin")
	screen.Press("esc")
	screen.WaitGone("state=drifted")
	screen.Press("g")
	screen.WaitFor("the fabric list", onTheFirstFabric)
	leaves(t, screen)
}

// TestASplitEscapeSequenceDoesNothing that cannot be taken back: an arrow key
// whose first byte comes alone is an escape and letters.
func TestASplitEscapeSequenceDoesNothing(t *testing.T) {
	s := newStage(t)
	screen := s.open(termtest.Options{})
	screen.Press("j", "enter")
	screen.Wait("fabrics > dc2-frontend")
	for _, rest := range []string{"[A", "[B", "[C", "[D", "[H", "[F", "OP", "OQ", "OR", "OS"} {
		screen.Type("\x1b")
		// The library takes an escape for a key of its own after 50 ms.
		screen.Settle(120 * time.Millisecond)
		screen.Type(rest)
	}
	screen.Press("g") // to the first fabric: the dashboard is there and listens
	screen.WaitFor("the fabric list", onTheFirstFabric)
	leaves(t, screen)
}

// TestKeysTypedAheadAreAllDone, in their order, however fast they came.
func TestKeysTypedAheadAreAllDone(t *testing.T) {
	s := newStage(t)
	screen := s.open(termtest.Options{})
	screen.Type("jjjjjjkkk\r") // to the fourth, and into it
	screen.Wait("dc1-frontend")
	screen.WaitGone("-- fabrics --")
	leaves(t, screen)
}
