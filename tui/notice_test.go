package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"selvage/core"
)

// rawOf is what a command writes to the terminal past the frame.
func rawOf(cmd tea.Cmd) string {
	if cmd == nil {
		return ""
	}
	switch msg := cmd().(type) {
	case tea.RawMsg:
		text, _ := msg.Msg.(string)
		return text
	case tea.BatchMsg:
		all := ""
		for _, c := range msg {
			all += rawOf(c)
		}
		return all
	}
	return ""
}

func TestANewConflictIsNoticed(t *testing.T) {
	calmOne := core.Fleet{Fabrics: []core.FabricState{fabric("dc1", 0, calm(3)...)}}
	conflict := func(names ...string) core.Fleet {
		verdicts := calm(3)
		for _, n := range names {
			v := conflictedVPC()
			v.Key.Name = n
			verdicts = append(verdicts, v)
		}
		return core.Fleet{Fabrics: []core.FabricState{fabric("dc1", 0, verdicts...)}}
	}
	unread := conflict("a")
	for i := range unread.Fabrics[0].Report.Verdicts {
		unread.Fabrics[0].Report.Verdicts[i].State = core.Unknown
	}
	unread.Fabrics[0].Report.Counts = core.Counts{core.Unknown: 4}
	steps := []struct {
		what  string
		fleet core.Fleet
		want  string
	}{
		{"nothing", calmOne, ""},
		{"a conflict", conflict("a"), "selvage: conflict on dc1 VPC/a"},
		{"the same", conflict("a"), ""},
		{"not to be read", unread, ""},
		{"to be read again", conflict("a"), ""},
		{"two more", conflict("a", "b\x1b]0;x", "c"), `selvage: 2 conflicts, first on dc1 VPC/b\x1b]0;x`},
		{"settled", calmOne, ""},
		{"back", conflict("a"), "selvage: conflict on dc1 VPC/a"},
		{"a fabric of which nothing was known", core.Fleet{Fabrics: append(conflict("a").Fabrics, fabric("dc2", 0, conflictedVPC()))}, ""},
	}
	for _, way := range []Notify{NotifyOff, "", NotifyBell, NotifyOSC9} {
		d := driveWith(t, core.Fleet{}, func(c *Config) { c.Notify = way })
		for _, s := range steps {
			d.engine.fleet = s.fleet
			got := rawOf(d.model.heardNow())
			want := ""
			switch {
			case s.want == "" || way == NotifyOff || way == "":
			case way == NotifyBell:
				want = "\a"
			default:
				want = "\x1b]9;" + s.want + "\a"
			}
			if got != want {
				t.Errorf("%s, %s: wrote %q, want %q", way, s.what, got, want)
			}
		}
	}
}

// heardNow takes an event and gives what it writes.
func (m *Model) heardNow() tea.Cmd {
	m.fleet = m.cfg.Engine.Fleet()
	return m.notify()
}

func TestANoticeGoesThroughTmux(t *testing.T) {
	d := driveWith(t, core.Fleet{Fabrics: []core.FabricState{fabric("dc1", 0, calm(3)...)}}, func(c *Config) {
		c.Notify = NotifyOSC9
		c.Env = func(name string) (string, bool) { return "x", name == "TMUX" }
	})
	d.engine.fleet = core.Fleet{Fabrics: []core.FabricState{fabric("dc1", 0, conflictedVPC())}}
	if got := rawOf(d.model.heardNow()); !strings.HasPrefix(got, "\x1bPtmux;\x1b\x1b]9;") || !strings.HasSuffix(got, "\a\x1b\\") {
		t.Errorf("wrote %q", got)
	}
}

// TestAnEventIsWhatANoticeComesWith: not only a call of it.
func TestAnEventIsWhatANoticeComesWith(t *testing.T) {
	d := driveWith(t, core.Fleet{Fabrics: []core.FabricState{fabric("dc1", 0, calm(3)...)}}, func(c *Config) { c.Notify = NotifyBell })
	d.engine.fleet = core.Fleet{Fabrics: []core.FabricState{fabric("dc1", 0, conflictedVPC())}}
	d.model.blurred = true // without a clock to wait for
	_, cmd := d.model.Update(eventMsg{event: core.StateChanged{}})
	if got := rawOf(cmd); got != "\a" {
		t.Errorf("the event writes %q", got)
	}
}
