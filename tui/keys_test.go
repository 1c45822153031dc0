package tui

import (
	"testing"

	"selvage/core"
)

func TestKeyThatCanDoNothingSaysSo(t *testing.T) {
	for _, tt := range []struct {
		keys []string
		want string
	}{
		{[]string{"P"}, "no room to move the preview"},
		{[]string{"enter", "u"}, "read-only: nothing of dc1 is decided"},
		{[]string{"enter", "*", "*", "/", "z", "q", "enter", "d"}, "nothing to do here"},
		{[]string{"/", "z", "q", "enter", "n"}, "there is no other"},
	} {
		drive(t, only(fabric("dc1", 0, simple(core.Drifted, wiringGroup, "Switch", "leaf-1", ".spec.a", "kim", 0))), 80, 24).press(tt.keys...).shows(tt.want)
	}
	d := drive(t, fullFleet(), 80, 24)
	before := d.screen()
	if d.press("k", "home", "esc", "ctrl+u"); d.screen() != before {
		t.Errorf("a key that moves nothing says something:\n%s", d.screen())
	}
}

// TestKeySaysWhatKeepsItFromDeciding the mode, the view, or what it would decide about.
func TestKeySaysWhatKeepsItFromDeciding(t *testing.T) {
	reading := desk()
	reading.Fabric.Mode = core.ModeRead
	pending := fabric("dc1-prod", 0, simple(core.Pending, wiringGroup, "Switch", "leaf-1", ".spec.a", "", 0))
	pending.Fabric.Mode = core.ModeWrite
	missing := fabric("dc1-prod", 0, onlyGit("leaf-1"))
	missing.Fabric.Mode = core.ModeWrite
	missing.Report.Verdicts[0].Changes[0].Verdict = core.FieldGitAhead
	unified := "a difference is decided in the fields view: t goes there"
	for name, tt := range map[string]struct {
		f    core.FabricState
		keys []string
		want string
	}{
		"unified 1":     {undecided(), []string{"enter", "d", "t", "1"}, unified},
		"unified e":     {undecided(), []string{"enter", "d", "t", "e"}, unified},
		"unified I":     {undecided(), []string{"enter", "d", "t", "I"}, unified},
		"unified #":     {undecided(), []string{"enter", "d", "t", "#"}, unified},
		"read-only s":   {reading, []string{"s"}, "read-only: nothing of dc1-prod is decided"},
		"read-only E":   {reading, []string{"enter", "E"}, "read-only: nothing of dc1-prod is decided"},
		"read-only 1":   {reading, []string{"enter", "d", "1"}, "read-only: nothing of dc1-prod is decided"},
		"read-only c":   {reading, []string{"c"}, "read-only: nothing of dc1-prod is decided"},
		"only git 1":    {missing, []string{"enter", "d", "1"}, "git decides it already, and live is to follow"},
		"only git 3":    {missing, []string{"enter", "d", "3"}, "it has no base"},
		"whole e":       {missing, []string{"enter", "d", "e"}, "it is the whole object"},
		"pending #":     {pending, []string{"enter", "#"}, "pending: git has decided"},
		"in sync #":     {fabric("dc1-prod", 0, calm(1)...), []string{"enter", "a", "#"}, "in sync: there is nothing to accept"},
		"command":       {reading, []string{":", "s", "y", "n", "c", "enter"}, "sync: read-only: nothing of dc1-prod is decided"},
		"nothing drops": {undecided(), []string{"enter", "d", "0"}, "nothing is decided about it"},
	} {
		t.Run(name, func(t *testing.T) { drive(t, only(tt.f), 120, 24).press(tt.keys...).shows(tt.want) })
	}
}
