package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"selvage/testdata/termtest"
)

// TestOwnKeysAndToolsInTheBuiltProgram: another key for an action, a tool on what is
// selected, and the dashboard again when the tool has ended.
func TestOwnKeysAndToolsInTheBuiltProgram(t *testing.T) {
	s := newStage(t)
	s.configure(func(text string) string {
		return "keys: {fabric.check_all: ctrl+k, app.close: []}\n" +
			"tools:\n  - {key: f4, name: teller, run: \"echo opened {fabric} {kind}/{name} at {file}; read line; echo $line >told; exit 4\"}\n" + text
	})
	screen := s.open(termtest.Options{Width: 160, Height: 45})
	before := screen.State()
	screen.Press("f4", "?") // nothing on a fabric, for it wants an object
	screen.Wait("search: _")
	screen.Wait("open teller on what is selected")
	screen.Press("esc")
	screen.WaitGone("search:")
	screen.Press("q") // is no key any more
	screen.Type(":fabric dc2-f\r")
	screen.Wait("fabrics > dc2-frontend")
	screen.Press("f4")
	screen.WaitFor("the tool, told what is selected", func(text string) error {
		if !strings.Contains(text, "opened dc2-frontend ") || !strings.Contains(text, " at dc2/frontend/") {
			return fmt.Errorf("it is not there")
		}
		return nil
	})
	if got := screen.State(); got.AltScreen || got.CursorHidden {
		t.Errorf("the tool has the terminal in %+v", got)
	}
	screen.Type("q? yes\r") // read by the tool alone
	screen.Wait("teller: exit status 4")
	screen.Wait("fabrics > dc2-frontend")
	if got := screen.State(); got != before {
		t.Errorf("the terminal is in %+v afterwards, was in %+v", got, before)
	}
	if got, err := os.ReadFile("told"); err == nil {
		_ = os.Remove("told")
		if string(got) != "q? yes\n" {
			t.Errorf("the tool read %q", got)
		}
	} else {
		t.Error(err)
	}
	screen.Type(":q\r")
	if code := screen.ExitCode(); code != exitDone {
		t.Errorf("it exits with %d", code)
	}
	restored(t, screen)
}

func TestMistakesInKeysKeepTheDashboardFromStarting(t *testing.T) {
	s := newStage(t)
	s.configure(func(text string) string { return "keys: {fabric.snyc: s, decide.live: A}\n" + text })
	screen := termtest.Start(t, s.command(), termtest.Options{Width: 200, Height: 24})
	if code := screen.ExitCode(); code != exitUsage {
		t.Errorf("it exits with %d", code)
	}
	for _, want := range []string{"selvage.yaml:1: keys.fabric.snyc", "did you mean fabric.sync?", "keys.decide.live: A must not"} {
		if !strings.Contains(screen.Screen(), want) {
			t.Errorf("it does not say %q:\n%s", want, screen.Screen())
		}
	}
	restored(t, screen)
}

// TestCommandsAreTypedInTheBuiltProgram, completed and brought back.
func TestCommandsAreTypedInTheBuiltProgram(t *testing.T) {
	s := newStage(t)
	screen := s.open(termtest.Options{})
	screen.Type(":the\t")
	screen.Wait(":theme _")
	screen.Wait("colour-blind")
	screen.Type("high-contrast\r")
	screen.Wait("theme high-contrast until you leave")
	screen.Press(":", "up")
	screen.Wait(":theme high-contrast_")
	screen.Press("esc")
	screen.WaitGone(":theme")
	screen.Press("?")
	screen.Wait("search: _")
	screen.Type("log")
	screen.WaitFor("the log found", func(text string) error {
		if !strings.Contains(text, "> log") {
			return fmt.Errorf("it is not the chosen one")
		}
		return nil
	})
	screen.Press("enter")
	screen.Wait("log  ")
	screen.WaitGone("search:")
	screen.Press("-")
	screen.Wait("-- fabrics")
	screen.Press("]")
	screen.WaitGone("-- fabrics")
	screen.Press("esc")
	screen.Wait("-- fabrics")
	leaves(t, screen)
}

// TestANewConflictRings: both sides of a field change while the dashboard is open.
func TestANewConflictRings(t *testing.T) {
	for _, way := range []string{"osc9", "bell"} {
		o := newOffice(t, "    check: {interval: 1s}\n")
		name := filepath.Join(o.dir, "selvage.yaml")
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		write(t, name, "notify: "+way+"\n"+string(text))
		screen := o.open()
		screen.Wait("in sync")
		if told, bells := screen.Notices(); len(told) > 0 || bells > 0 {
			t.Fatalf("%q and %d bells before anything happened", told, bells)
		}
		write(t, filepath.Join(o.dir, "seed/dc1/vpcs.yaml"), strings.Replace(vpcsOf(1001), "vlan: 1002", "vlan: 1902", 1))
		o.live(t, strings.Replace(vpcsOf(1001), "vlan: 1002", "vlan: 1802", 1))
		o.git(t, "-C", "seed", "commit", "-qam", "another vlan")
		o.git(t, "-C", "seed", "push", "-q", o.remote, "main")
		screen.Wait("! conflict")
		screen.Press("?") // the notice came with the news
		screen.Wait("search:")
		told, bells := screen.Notices()
		if way == "osc9" && (!slices.Equal(told, []string{"selvage: conflict on dc1 VPC/two"}) || bells > 0) || way == "bell" && (bells != 1 || len(told) > 0) {
			t.Errorf("%s: told %q, %d bells", way, told, bells)
		}
		screen.Press("ctrl+c")
		if code := screen.ExitCode(); code != exitDone {
			t.Errorf("it exits with %d", code)
		}
	}
}
