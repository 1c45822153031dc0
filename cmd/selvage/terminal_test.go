package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"selvage/core"
	"selvage/testdata/labtest"
	"selvage/testdata/termtest"
)

// aWorld makes the demonstration's world once for all tests: beside the program
// that testscript put on the PATH, in the folder that it removes at the end.
var aWorld = sync.OnceValues(func() (string, error) {
	program, err := exec.LookPath("selvage")
	if err != nil {
		return "", err
	}
	dir := filepath.Join(filepath.Dir(program), "world")
	if out, err := exec.Command(program, "demo", "--prepare", "--dir", dir).CombinedOutput(); err != nil {
		return "", fmt.Errorf("make a world: %w: %s", err, out)
	}
	return dir, nil
})

// stage is the demonstration's world with nobody in it who changes anything, and
// what a dashboard on it is started with.
type stage struct {
	t   testing.TB
	dir string
	env []string
}

// newStage gives a world of its own. As a copy it has no engine: the Application
// in it is of another place. It is looked at once at the start and
// then no more, so that what happens on screen is what the test does.
func newStage(t testing.TB) *stage {
	t.Helper()
	from, err := aWorld()
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{t: t, dir: filepath.Join(t.TempDir(), "world")}
	// With its modes: the store opens no history that others may read.
	if out, err := exec.Command("cp", "-Rp", from, s.dir).CombinedOutput(); err != nil {
		t.Fatalf("copy the world: %v: %s", err, out)
	}
	s.configure(func(text string) string {
		return strings.Replace(text, "interval: 5s, stale_after: 1m", "interval: 1h, stale_after: 2h", 1)
	})
	s.env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + s.dir, "TERM=xterm-256color"}
	return s
}

// configure changes the configuration.
func (s *stage) configure(change func(string) string) {
	s.t.Helper()
	name := filepath.Join(s.dir, "selvage.yaml")
	text, err := os.ReadFile(name)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(change(string(text))), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// command is the program on this stage. It is this very test, as TestMain has
// put it on the PATH, so that -race watches it too.
func (s *stage) command(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(s.t.Context(), "selvage", append([]string{"--config", filepath.Join(s.dir, "selvage.yaml")}, args...)...)
	cmd.Env = s.env
	return cmd
}

// open opens the dashboard, and waits until it has looked at every fabric.
func (s *stage) open(o termtest.Options, env ...string) *termtest.Terminal {
	s.t.Helper()
	s.env = append(s.env, env...)
	screen := termtest.Start(s.t, s.command(), o)
	s.looked(screen)
	return screen
}

// looked waits until every fabric was looked at.
func (s *stage) looked(screen *termtest.Terminal) {
	s.t.Helper()
	read := regexp.MustCompile(`(?m)^[> ] \S .* \d+s( \||$)`)
	screen.WaitFor("a look at the eight fabrics that can be read", func(text string) error {
		if n := len(read.FindAllString(text, -1)); n < 8 || !strings.Contains(text, "ENGINE") || !strings.Contains(text, "^ pending ") || !strings.Contains(text, "? unreadable ") {
			return fmt.Errorf("%d were looked at", n)
		}
		return nil
	})
}

// leaves presses the key that ends the dashboard and waits for that.
func leaves(t testing.TB, screen *termtest.Terminal) {
	t.Helper()
	screen.Press("ctrl+c")
	if code := screen.ExitCode(); code != exitDone {
		t.Errorf("the dashboard exits with %d; the screen is\n%s", code, screen.Screen())
	}
	restored(t, screen)
}

// restored holds the terminal against how the program found it.
func restored(t testing.TB, screen *termtest.Terminal) {
	t.Helper()
	if left := screen.State(); left != (termtest.State{}) {
		t.Errorf("the program leaves the terminal with %+v", left)
	}
	if !screen.Canonical() {
		t.Error("the program leaves the terminal raw")
	}
}

func TestTheDashboardOpensOnAScreenOfItsOwn(t *testing.T) {
	s := newStage(t)
	screen := s.open(termtest.Options{})
	if got := screen.State(); !got.AltScreen || !got.CursorHidden || !got.BracketedPaste || got.Mouse {
		t.Errorf("the terminal is in %+v, want another screen, no cursor, pastes marked, and the mouse left alone", got)
	}
	screen.WaitFor("24 rows from the name to the keys", func(text string) error {
		rows := strings.Split(text, "\n")
		if len(rows) != 24 || !strings.HasPrefix(rows[0], "selvage") || !strings.Contains(rows[23], "? help") {
			return fmt.Errorf("the screen has %d rows", len(rows))
		}
		return nil
	})
	leaves(t, screen)
}

// TestWhatIsShownIsWhatASnapshotPrints: the screen, made of many small
// changes, is the frame that the program had in mind.
func TestWhatIsShownIsWhatASnapshotPrints(t *testing.T) {
	s := newStage(t)
	screen := s.open(termtest.Options{Width: 160, Height: 45})
	screen.Press("j", "j", "j", "enter", "j", "d", "t", "n")
	screen.Wait("unified")
	screen.Press("q")
	screen.WaitGone("unified")
	screen.Press("q")
	screen.Wait("sort: severity")
	screen.Press("g")
	same := func(text string) error {
		// It tells by its exit code that a fabric could not be read.
		out, _ := s.command("snapshot", "fabrics", "--cached", "--size", "160x45").Output()
		got, want := strings.Split(ageless(text), "\n"), strings.Split(ageless(string(out)), "\n")
		// The last row tells of keys, and a snapshot has nobody who acts.
		for i := range max(len(got), len(want)) - 1 {
			if i >= len(got) || i >= len(want) || got[i] != want[i] {
				return fmt.Errorf("row %d differs: %d rows, want %d; want\n%s", i+1, len(got), len(want), out)
			}
		}
		return nil
	}
	screen.WaitFor("the frame of the snapshot", same)
	leaves(t, screen)
}

// ageless is a screen without what changes by itself.
func ageless(screen string) string {
	lines := strings.Split(regexp.MustCompile(`\b\d+[smh]\b`).ReplaceAllString(regexp.MustCompile(`slow line \d+ms`).ReplaceAllString(screen, ""), "#"), "\n")
	for i, l := range lines {
		lines[i] = strings.Join(strings.Fields(l), " ")
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// TestAStormOfSizesEndsWellDrawn goes through a hundred sizes faster than
// anybody drags a window.
func TestAStormOfSizesEndsWellDrawn(t *testing.T) {
	s := newStage(t)
	screen := s.open(termtest.Options{})
	for i := range 100 {
		screen.Resize(1+(i*37)%200, 1+(i*23)%60)
	}
	screen.Resize(100, 30)
	filled := func(text string) error {
		if rows := strings.Split(text, "\n"); len(rows) != 30 || !strings.Contains(rows[29], "? help") || !strings.Contains(rows[0], "9 fabrics") {
			return fmt.Errorf("%d rows", len(rows))
		}
		return nil
	}
	screen.WaitFor("a frame of 30 rows", filled)
	screen.WaitFor("what is new of each", newsRead)
	screen.Settle(200 * time.Millisecond)
	before := ageless(screen.Screen())
	screen.Press("ctrl+l")
	screen.WaitFor("the same frame drawn anew", func(text string) error {
		if ageless(text) != before {
			return fmt.Errorf("it was\n%s", before)
		}
		return nil
	})
	leaves(t, screen)
}

// newsRead tells whether the list knows of every fabric what is new: that is read
// behind the rest.
func newsRead(text string) error {
	rows := strings.Split(text, "\n")
	head := slices.IndexFunc(rows, func(r string) bool { return strings.Contains(r, " NEW ") })
	if head < 0 || !strings.Contains(text, "since you looked") {
		return errors.New("nothing is said to be new")
	}
	at := strings.Index(rows[head], " NEW ") + len(" NE")
	for _, r := range rows[head+1:] {
		switch {
		case len(r) <= at:
			return nil // below the last fabric
		case r[at] == '?':
			return fmt.Errorf("not known in %q", r)
		}
	}
	return nil
}

// TestASmallTerminalStillTellsTheState, down to a single cell.
func TestASmallTerminalStillTellsTheState(t *testing.T) {
	s := newStage(t)
	screen := s.open(termtest.Options{})
	for _, size := range []struct {
		width, height int
		shows         string
	}{{60, 10, "conflict"}, {30, 4, "edge-sin"}, {20, 1, "1x"}, {1, 1, ""}, {80, 24, "sort: severity"}} {
		screen.Resize(size.width, size.height)
		screen.WaitFor(fmt.Sprintf("%q at %dx%d", size.shows, size.width, size.height), func(text string) error {
			if rows := strings.Split(text, "\n"); !strings.Contains(text, size.shows) || len(rows) > size.height {
				return fmt.Errorf("%d rows", len(rows))
			}
			return nil
		})
	}
	leaves(t, screen)
}

// TestWithoutColoursEveryStateIsReadable in its letter and word, and nothing has
// a colour. The library that draws heeds NO_COLOR=1 and no other value.
func TestWithoutColoursEveryStateIsReadable(t *testing.T) {
	for _, env := range []string{"NO_COLOR=1", "NO_COLOR=yes"} {
		t.Run(env, func(t *testing.T) {
			s := newStage(t)
			screen := s.open(termtest.Options{}, env)
			for _, word := range []string{
				"> x invalid", "^ pending", "! conflict", "? unreadable", "~ drifted", "+ only git", "= in sync",
			} {
				screen.Wait(word)
			}
			if coloured, _ := screen.Colours(); coloured > 0 {
				t.Errorf("%d cells have a colour", coloured)
			}
			leaves(t, screen)
		})
	}
}

// TestTheThemeFollowsTheTerminalsBackground, as the terminal tells it.
func TestTheThemeFollowsTheTerminalsBackground(t *testing.T) {
	seen := map[string]bool{}
	for _, light := range []bool{false, true} {
		s := newStage(t)
		screen := s.open(termtest.Options{Light: light})
		colour := ""
		// The answer comes after the first frame.
		screen.WaitFor("a colour of its own", func(string) error {
			if colour = fmt.Sprint(screen.Foreground("drifted")); seen[colour] {
				return errors.New("the same colour as on the other background")
			}
			return nil
		})
		seen[colour] = true
		leaves(t, screen)
	}
}

// TestTheDemonstrationOpensAndCleansUp is what a visitor does first.
func TestTheDemonstrationOpensAndCleansUp(t *testing.T) {
	s := newStage(t)
	cmd := exec.CommandContext(t.Context(), "selvage", "demo")
	temp := t.TempDir()
	cmd.Env = append(s.env, "TMPDIR="+temp)
	screen := termtest.Start(t, cmd, termtest.Options{})
	screen.Wait("9 fabrics")
	leaves(t, screen)
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("it leaves %v behind (%v)", left, err)
	}
}

// TestWithoutATerminalTheDashboardSaysWhatToUse instead.
func TestWithoutATerminalTheDashboardSaysWhatToUse(t *testing.T) {
	s := newStage(t)
	out, err := s.command().CombinedOutput()
	var exited *exec.ExitError
	if !errors.As(err, &exited) || exited.ExitCode() != exitUsage || !strings.Contains(string(out), "selvage status") {
		t.Errorf("it ends with %v and says %q", err, out)
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
	screen := termtest.Start(t, cmd, termtest.Options{})
	screen.Wait("in sync")
	s.edit(t, lab, "vpc/vpc-01", `"s/vlan: 1[0-9]*/vlan: 2345/"`)
	screen.Press("R")
	screen.Wait("drifted")
	screen.Press("enter") // the fabric
	screen.Wait("VPC/vpc-01")
	screen.Press("d") // the diff
	screen.Wait("2345")
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
	screen.Press("ctrl+c")
	if code := screen.ExitCode(); code != exitDone && code != exitInterrupted {
		t.Errorf("the dashboard exits with %d", code)
	}
	s.onlyReads(t)
}
