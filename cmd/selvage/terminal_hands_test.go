package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"selvage/testdata/termtest"
)

// script writes a program into a folder of its own, and gives its path.
func (s *stage) script(name, text string) string {
	s.t.Helper()
	path := filepath.Join(s.t.TempDir(), name)
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o700); err != nil {
		s.t.Fatal(err)
	}
	return path
}

// drifted opens the diff of a fabric that has drifted.
func drifted(screen *termtest.Terminal) {
	screen.Press("/")
	screen.Type("dc1-frontend\r")
	screen.WaitGone("edge-sin")
	screen.Press("d")
	screen.Wait("fields view")
}

// TestAPagerHasTheTerminalAlone: what its keys send does not reach the dashboard,
// and at its end the terminal is the dashboard's again.
func TestAPagerHasTheTerminalAlone(t *testing.T) {
	s := newStage(t)
	pager := s.script("pager", `trap 'echo interrupted' INT; cat >/dev/null; test -t 1 && echo paged; test -t 2 || true; while :; do read -r word </dev/tty || continue; echo "heard $word"; test "$word" = end && exit; done`)
	screen := s.open(termtest.Options{}, "PAGER="+pager)
	screen.Press("|")
	screen.Wait("paged")
	if got := screen.State(); got.AltScreen || got.BracketedPaste || !screen.Canonical() {
		t.Errorf("it gets the terminal in %+v", got)
	}
	screen.Press("ctrl+c")
	screen.Wait("interrupted")
	screen.Type("q\r")
	screen.Wait("heard q")
	screen.Type("end\r")
	s.looked(screen)
	leaves(t, screen)
}

// TestWhatRunsInFrontIsSuspendedWithTheDashboard, and both come back.
func TestWhatRunsInFrontIsSuspendedWithTheDashboard(t *testing.T) {
	s := newStage(t)
	pid := filepath.Join(t.TempDir(), "pid")
	pager := s.script("pager", `cat >/dev/null; echo $$ >`+pid+`; echo paged; read -r word </dev/tty; echo "heard $word"; read -r word </dev/tty`)
	screen := s.shell(termtest.Options{}, "PAGER="+pager)
	screen.Press("|")
	screen.Wait("paged")
	screen.Press("ctrl+z")
	prompts(screen)
	// The shell does not wait for it, and until it runs again to be stopped it takes
	// what is typed.
	text, err := os.ReadFile(pid)
	if err != nil {
		t.Fatal(err)
	}
	untilIn(t, strings.TrimSpace(string(text)), "T")
	listens(t, screen)
	screen.Type("fg\r")
	screen.Type("hello\r")
	screen.Wait("heard hello")
	screen.Type("\r")
	s.looked(screen)
	screen.Press("ctrl+c")
	prompts(screen)
	restored(t, screen)
	listens(t, screen)
}

// TestASignalEndsWhatRunsInFrontToo.
func TestASignalEndsWhatRunsInFrontToo(t *testing.T) {
	s := newStage(t)
	pager := s.script("pager", `cat >/dev/null; echo paged; exec sleep 600`)
	screen := s.open(termtest.Options{}, "PAGER="+pager)
	screen.Press("|")
	screen.Wait("paged")
	began := time.Now()
	screen.Signal(syscall.SIGTERM)
	if code := screen.ExitCode(); code != exitInterrupted {
		t.Errorf("it exits with %d", code)
	}
	if took := time.Since(began); took > soon {
		t.Errorf("it takes %s", took)
	}
	restored(t, screen)
}

// until waits for what is to become so.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal(what)
		}
	}
}

// untilIn waits until a process is in a state of proc(5), or is gone.
func untilIn(t *testing.T, pid, state string) {
	t.Helper()
	until(t, "process "+pid+" is not in state "+state, func() bool {
		stat, err := os.ReadFile("/proc/" + pid + "/stat")
		return err != nil || strings.Contains(string(stat), ") "+state+" ")
	})
}

// TestASignalEndsAPipelineInFront, each part of it.
func TestASignalEndsAPipelineInFront(t *testing.T) {
	s := newStage(t)
	pids := filepath.Join(t.TempDir(), "pids")
	part := s.script("part", `echo $$ >>`+pids+`; exec sleep 600`)
	screen := s.open(termtest.Options{}, "PAGER="+part+" | (echo paged; "+part+")")
	screen.Press("|")
	screen.Wait("paged")
	var parts []int
	until(t, "it does not start", func() bool {
		text, _ := os.ReadFile(pids)
		parts = nil
		for _, word := range strings.Fields(string(text)) {
			if pid, err := strconv.Atoi(word); err == nil {
				parts = append(parts, pid)
			}
		}
		return len(parts) == 2
	})
	screen.Signal(syscall.SIGTERM)
	if code := screen.ExitCode(); code != exitInterrupted {
		t.Errorf("it exits with %d", code)
	}
	for _, pid := range parts {
		untilIn(t, strconv.Itoa(pid), "Z") // or gone
	}
	restored(t, screen)
}

// TestAnObjectIsEditedInTheEditor: what cannot be taken is mended, and what is
// made of it becomes a draft, with a comment of the file where it was.
func TestAnObjectIsEditedInTheEditor(t *testing.T) {
	s := newStage(t)
	log := filepath.Join(s.dir, "edited")
	editor := s.script("editor", `test -t 0 && test -t 1 || exit 9
cp "$1" `+log+`.$(ls `+log+`.* 2>/dev/null | wc -l)
stat -c %a "$1" >`+log+`mode
if grep -q 'nonsense' "$1"; then sed -i '/nonsense/d' "$1"; sed -i 's/^spec:/spec:\n  description: edited by hand/' "$1"; else echo 'nonsense: [' >>"$1"; fi`)
	screen := s.open(termtest.Options{Width: 120, Height: 40}, "EDITOR="+editor)
	drifted(screen)
	screen.Press("E")
	screen.Wait("enter opens it again")
	screen.Press("enter")
	screen.Wait("1 draft of ")
	second, err := os.ReadFile(log + ".1")
	if err != nil || !strings.Contains(string(second), "nonsense: [") || !strings.HasPrefix(string(second), "#: ") {
		t.Errorf("it opens again with (%v)\n%s", err, second)
	}
	if mode, _ := os.ReadFile(log + "mode"); strings.TrimSpace(string(mode)) != "600" {
		t.Errorf("others may read it: %s", mode)
	}
	leaves(t, screen)
}

// TestWhoLeavesIsToldWhereTheirTextIs: when the line is closed that would open it
// again, and at the next start.
func TestWhoLeavesIsToldWhereTheirTextIs(t *testing.T) {
	s := newStage(t)
	editor := s.script("editor", `echo 'nonsense: [' >>"$1"`)
	screen := s.open(termtest.Options{Width: 120, Height: 40}, "EDITOR="+editor)
	drifted(screen)
	screen.Press("E")
	screen.Wait("enter opens it again")
	screen.Press("ctrl+c") // of the line
	screen.Wait("what was typed is in")
	screen.Press("ctrl+c")
	if code := screen.ExitCode(); code != 0 {
		t.Errorf("it exits with %d", code)
	}
	restored(t, screen)
	screen = s.open(termtest.Options{Width: 120, Height: 40})
	screen.Wait("an edit was left and not taken:")
	leaves(t, screen)
}

// TestACopyReachesTheTerminal by OSC 52.
func TestACopyReachesTheTerminal(t *testing.T) {
	s := newStage(t)
	screen := s.open(termtest.Options{})
	screen.Press("y")
	screen.Wait("copied ")
	copied := func() string {
		_, data, _ := strings.Cut(strings.TrimPrefix(screen.Copied(), "52;"), ";")
		text, err := base64.StdEncoding.DecodeString(data)
		if err != nil {
			t.Fatalf("%q: %v", screen.Copied(), err)
		}
		return string(text)
	}
	name := copied()
	if !strings.Contains(screen.Screen(), name) || strings.TrimSpace(name) == "" {
		t.Errorf("it copies %q", name)
	}
	screen.Press("Y")
	screen.Wait("lines by OSC 52")
	if doc := copied(); !strings.Contains(doc, fmt.Sprintf("%q: %q", "name", name)) {
		t.Errorf("it copies %q", doc)
	}
	leaves(t, screen)
}

// TestARuleIsAddedToTheConfiguration, and is in effect from the next start on.
func TestARuleIsAddedToTheConfiguration(t *testing.T) {
	s := newStage(t)
	screen := s.open(termtest.Options{Width: 120, Height: 40})
	drifted(screen)
	screen.Press("I")
	screen.Wait("to add it there type yes:")
	screen.Type("yes\r")
	screen.Wait("added: it counts from the next start")
	leaves(t, screen)
	text, err := os.ReadFile(filepath.Join(s.dir, "selvage.yaml"))
	if err != nil || !strings.Contains(string(text), "- {kind: ") {
		t.Errorf("the configuration is (%v)\n%s", err, text)
	}
	if out, err := s.command("config", "validate").CombinedOutput(); err != nil {
		t.Errorf("it is not right: %v: %s", err, out)
	}
}

// TestALoginRunsInFront: a credential plugin that nobody was there to answer asks
// the person, and what it gives is used.
func TestALoginRunsInFront(t *testing.T) {
	s := newStage(t)
	plugin := s.script("plugin", `case "$KUBERNETES_EXEC_INFO" in *'"interactive":true'*) ;; *) echo 'log in first' >&2; exit 1;; esac
test -t 0 || exit 2
printf 'the word: ' >&2
read -r word
test "$word" = open || exit 3
echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t"}}'`)
	kubeconfig := filepath.Join(s.dir, "kubeconfig")
	text := `apiVersion: v1
kind: Config
current-context: c
clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
contexts: [{name: c, context: {cluster: c, user: u}}]
users: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: IfAvailable, command: ` + plugin + `}}}]
`
	if err := os.WriteFile(kubeconfig, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s.configure(func(text string) string {
		return text + "  - name: zz-locked\n    cluster: {cluster_name: zz, namespace: default, kubeconfig: kubeconfig}\n    git: {url: fabrics.git, path: edge/zz}\n"
	})
	screen := s.open(termtest.Options{Width: 160, Height: 45})
	screen.Wait("L log in")
	screen.Press("L")
	screen.Wait("the word:")
	screen.Type("open\r")
	screen.WaitFor("another trouble than the login", func(text string) error {
		if strings.Contains(text, "the word") || strings.Contains(text, "L log in") || strings.Contains(text, `"token"`) {
			return errors.New("not yet")
		}
		return nil
	})
	leaves(t, screen)
}
