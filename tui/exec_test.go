package tui

import (
	"context"
	"encoding/base64"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"selvage/core/safe"
)

// run has a program given the terminal from the screen on top, and gives how it
// ended.
func (d *driver) front(x Exec) Ended {
	d.tb.Helper()
	end := Ended{Code: -99}
	x.Title = safe.Lit("try it")
	x.Then = func(_ Env, e Ended) Outcome {
		end = e
		return Outcome{Note: safe.Lit("it has returned")}
	}
	d.model.follow(Outcome{Exec: &x})
	d.send(nil)
	if end.Code == -99 {
		d.tb.Fatal("it has not returned")
	}
	return end
}

func TestAProgramInFrontTellsHowItEnded(t *testing.T) {
	for name, c := range map[string]struct {
		exec Exec
		code int
		why  string
	}{
		"well":         {Exec{Argv: []string{"true"}}, 0, ""},
		"by its code":  {Exec{Line: "echo no such switch >&2; exit 3"}, 3, "exit status 3: no such switch"},
		"not found":    {Exec{Argv: []string{"no-such-program"}}, -1, `exec: "no-such-program": executable file not found in $PATH`},
		"by a signal":  {Exec{Line: "kill -9 $$"}, -1, "signal: killed"},
		"held":         {Exec{Argv: []string{"sh", "-c", "exit 4"}, Hold: true}, 4, "exit status 4"},
		"reading half": {Exec{Argv: []string{"head", "-1"}, Input: strings.Repeat("line\n", 100000)}, 0, ""},
		"with an environment and a place": {
			Exec{Line: `test "$WHAT" = 'a b' && test "$PWD" = /`, Env: []string{"WHAT=a b"}, Dir: "/"}, 0, "",
		},
		"what it said last": {
			Exec{Line: "i=0; while [ $i -lt 200 ]; do echo noise noise noise; i=$((i+1)); done >&2; echo the end >&2; exit 1"}, 1, "the end",
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := drive(t, fullFleet(), 80, 24)
			end := d.front(c.exec)
			if end.Code != c.code || (c.code == 0) != (end.Err == nil) {
				t.Errorf("it ended with %d (%v), want %d", end.Code, end.Err, c.code)
			}
			why := end.Why().String()
			if tail := strings.HasSuffix(why, c.why) && len(why) < 500 && c.why != ""; why != c.why && !tail {
				t.Errorf("it says %q, want %q", why, c.why)
			}
			d.shows("it has returned")
		})
	}
}

func TestWhoLeftTheScreenIsNotTold(t *testing.T) {
	d := drive(t, fullFleet(), 80, 24)
	d.model.follow(Outcome{Exec: &Exec{
		Title: safe.Lit("try it"), Line: "echo broken >&2; exit 1",
		Then: func(Env, Ended) Outcome { return Outcome{Note: safe.Lit("told")} },
	}})
	run := d.fronts[0]
	d.fronts = nil
	d.press("?")
	d.send(run())
	d.hides("told")
	d.shows("try it: exit status 1: broken")
}

// TestKeysForAProgramAreNotTheDashboards: between the key that opens it and its
// start the terminal is asked whether it is quiet.
func TestKeysForAProgramAreNotTheDashboards(t *testing.T) {
	d := drive(t, fullFleet(), 80, 24)
	d.model.pace.ask()
	before := d.screen()
	d.model.follow(Outcome{Exec: &Exec{Title: safe.Lit("try it"), Argv: []string{"true"}}})
	d.press("j", "enter", "?")
	if d.screen() != before {
		t.Errorf("the keys did something:\n%s", d.screen())
	}
	d.send(lostMsg{})
	d.press("j")
	if d.screen() == before {
		t.Error("keys do nothing any more")
	}
}

func TestAProgramInFrontEndsWithTheDashboard(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	started := filepath.Join(t.TempDir(), "started")
	cfg := config(t, &fakeEngine{})
	f := &front{ctx: ctx, cfg: &cfg, exec: Exec{Argv: []string{"sh", "-c", `: > "$0"; exec sleep 600`, started}}}
	f.SetStderr(new(strings.Builder))
	ended := make(chan error, 1)
	go func() { ended <- f.Run() }()
	eventually(t, func() bool { _, err := os.Stat(started); return err == nil })
	cancel()
	if err := <-ended; err == nil {
		t.Error("it ended well")
	}
}

func TestTheFrontIsLentAndTakenBack(t *testing.T) {
	d := drive(t, fullFleet(), 80, 24)
	told := []bool{}
	d.model.cfg.Front = func(lent bool) { told = append(told, lent) }
	d.front(Exec{Argv: []string{"false"}})
	if len(told) != 2 || !told[0] || told[1] {
		t.Errorf("it tells %v", told)
	}
}

// raw is what was written to the terminal beside frames, by the last message.
func raw(cmd tea.Cmd) string {
	if cmd == nil {
		return ""
	}
	switch msg := cmd().(type) {
	case tea.RawMsg:
		return msg.Msg.(string)
	case tea.BatchMsg:
		all := ""
		for _, c := range msg {
			all += raw(c)
		}
		return all
	}
	return ""
}

func TestACopyGoesThroughTheTerminal(t *testing.T) {
	plain := ansi.SetSystemClipboard("leaf-03\n")
	for name, c := range map[string]struct {
		term string
		env  map[string]string
		want string
		says string
	}{
		"plain":           {"xterm-256color", nil, plain, "copied leaf-03 by OSC 52"},
		"tmux far away":   {"tmux-256color", nil, plain + ansi.TmuxPassthrough(plain), "set-clipboard"},
		"tmux without it": {"screen", map[string]string{"TMUX": "/nowhere/tmux,1,0"}, plain + ansi.TmuxPassthrough(plain), "set-clipboard"},
		"screen":          {"screen", map[string]string{"STY": "1.x"}, ansi.ScreenPassthrough(plain, screenChunk), "copied leaf-03 by OSC 52"},
		"dumb":            {"dumb", nil, "", "TERM=dumb has no clipboard"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("PATH", "/nowhere")
			d := drive(t, fullFleet(), 120, 24)
			d.model.cfg.Term = c.term
			d.model.cfg.Env = func(name string) (string, bool) { v, ok := c.env[name]; return v, ok }
			cmd := d.model.follow(Outcome{Copy: "leaf-03\n"})
			if _, tmux := c.env["TMUX"]; tmux {
				_, cmd = d.model.Update(cmd())
			}
			if got := raw(cmd); got != c.want {
				t.Errorf("it writes %q, want %q", got, c.want)
			}
			d.shows(c.says)
		})
	}
}

func TestWhatTerminalsDoNotTakeIsNotCopied(t *testing.T) {
	d := drive(t, fullFleet(), 120, 24)
	if got := raw(d.model.follow(Outcome{Copy: strings.Repeat("x", copyLimit+1)})); got != "" {
		t.Errorf("it writes %d bytes", len(got))
	}
	d.shows("74995 bytes are not copied")
	got := raw(d.model.follow(Outcome{Copy: strings.Repeat("x", copyLimit)}))
	if n := len(got); n > 100_000+len("\x1b]52;c;\x07") || base64.StdEncoding.EncodedLen(copyLimit) > 100_000 {
		t.Errorf("it writes %d bytes", n)
	}
}

// eventually waits until something is the case.
func eventually(tb testing.TB, is func() bool) {
	tb.Helper()
	for deadline := time.Now().Add(time.Minute); !is(); {
		if time.Now().After(deadline) {
			tb.Fatal("it does not come about")
		}
		runtime.Gosched()
	}
}
