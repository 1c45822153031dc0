package tui

import (
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"selvage/core"
	"selvage/themes"
)

// obeys types a command and runs it.
func (d *driver) obeys(line string) *driver {
	d.press(":").typed(line)
	return d.press("enter")
}

func TestCommandsLead(t *testing.T) {
	tests := []struct {
		from  []string
		typed string
		want  string // in the header
	}{
		{nil, "fabric dc1-prod", "fabrics > dc1-prod"},
		{nil, "fabric edge-s", "fabrics > edge-sin"}, // the one that fits best
		{[]string{"j", "enter", "d"}, "fabrics", "12 fabrics"},
		{[]string{"j"}, "detail", "fabrics > dc1-prod"},
		{[]string{"j"}, "engine", "dc1-prod > engine"},
		{[]string{"j", "enter"}, "engine", "dc1-prod > engine"},
		{[]string{"j", "enter", "5"}, "detail", "fabrics > dc1-prod"},
		{[]string{"j", "enter"}, "diff", "dc1-prod > VPC/tenant-a"},
		{[]string{"j", "enter", "j", "j"}, "explain", "Connection/srv-07--unbundled--leaf-03"},
		{[]string{"j"}, "diff", "dc1-prod > VPC/tenant-a"},
		{nil, "keys", "keys"},
		{nil, "log", "log"},
		{nil, "help", "help: fabric list"},
		{[]string{"j", "enter"}, "fabric.check_all", "fabrics > dc1-prod"},
		{[]string{"j", "enter"}, "app.back", "12 fabrics"},
	}
	for _, tt := range tests {
		d := drive(t, fullFleet(), 160, 45).press(tt.from...).obeys(tt.typed)
		if got := d.lines()[0]; !strings.Contains(got, tt.want) {
			t.Errorf("after %v :%s the header is %q, want %q in it", tt.from, tt.typed, got, tt.want)
		}
	}
}

func TestCommandsDo(t *testing.T) {
	d := drive(t, fullFleet(), 80, 24).obeys("filter state=conflict")
	if got := d.model.top().filter.text; got != "state=conflict" {
		t.Errorf("the filter is %q", got)
	}
	d.obeys("fabrics name=edge")
	if got := d.model.top().filter.text; got != "name=edge" {
		t.Errorf("the filter is %q", got)
	}
	if d.obeys("filter"); d.model.top().filter.text != "" || d.model.prompt != nil {
		t.Errorf("the filter is %q, with nothing typed", d.model.top().filter.text)
	}
	if d.obeys("filter"); d.model.prompt == nil {
		t.Error("nothing is asked for where no filter is there to be taken away")
	}
	d.press("esc")
	d.obeys("check dc1-prod dc2-prod")
	if want := []core.FabricID{"dc1-prod", "dc2-prod"}; !slices.Equal(d.engine.refreshed, want) {
		t.Errorf("checked %v, want %v", d.engine.refreshed, want)
	}
	if d.obeys("check all"); d.engine.all != 1 {
		t.Errorf("all were checked %d times", d.engine.all)
	}
	if d.obeys("check"); len(d.engine.refreshed) != 3 {
		t.Errorf("checked %v, want the one under the cursor too", d.engine.refreshed)
	}
	d.press(":").typed("check nowhere").press("enter")
	d.shows("none fits")
	if len(d.engine.refreshed) != 3 {
		t.Errorf("checked %v", d.engine.refreshed)
	}
	if d.press("esc").obeys("q"); !d.model.quitting {
		t.Error("q does not quit")
	}
}

func TestSyncByNameOpensAPlan(t *testing.T) {
	d := drive(t, core.Fleet{Fabrics: []core.FabricState{desk(), fabric("dc9", 0, calm(2)...)}}, 80, 24)
	if d.obeys("sync dc1-prod"); d.model.top().spec.name != "plan" || len(d.acts.plans) != 1 || len(d.acts.orders) != 0 {
		t.Errorf("on %s, %d plans, %d orders", d.model.top().spec.name, len(d.acts.plans), len(d.acts.orders))
	}
	d.press("esc").obeys("sync dc9")
	d.shows("nothing may be published there")
	if len(d.acts.plans) != 1 {
		t.Error("a fabric that is only read was planned")
	}
	second := desk()
	second.Fabric.ID = "dc2-prod"
	d = drive(t, core.Fleet{Fabrics: []core.FabricState{desk(), second, fabric("dc9", 0, calm(2)...)}}, 80, 24)
	both := []core.FabricID{"dc1-prod", "dc2-prod"}
	for _, line := range []string{"sync dc1-prod dc2-prod", "sync all"} {
		if d.obeys(line); d.model.top().spec.name != "plan" || !slices.Equal(d.model.top().fabrics, both) {
			t.Errorf("%s: on %s of %v", line, d.model.top().spec.name, d.model.top().fabrics)
		}
		if d.press("esc", "["); !slices.Equal(d.model.top().fabrics, both) {
			t.Errorf("%s, come back to, is of %v", line, d.model.top().fabrics)
		}
		d.press("esc")
	}
}

// TestEveryActionThatCanIsACommand: by its name, and the palette shows the key.
func TestEveryActionThatCanIsACommand(t *testing.T) {
	for _, way := range [][]string{nil, {"j"}, {"j", "enter"}, {"j", "enter", "d"}, {"j", "enter", "5"}} {
		d := drive(t, core.Fleet{Fabrics: append([]core.FabricState{desk()}, fullFleet().Fabrics...)}, 160, 60).press(way...)
		for _, b := range d.model.keymap.of(d.model.top().spec.scopes) {
			if !d.model.can(b.action) || b.action == ActCommand {
				continue
			}
			d.press(":").send(tea.PasteMsg{Content: string(b.action)})
			if s, ok := d.model.commandIn(string(b.action)); !ok || s.act != b.action {
				t.Errorf("on %v :%s is no command", way, b.action)
			}
			d.press("esc")
		}
	}
}

func TestPaletteOffersOnlyWhatCan(t *testing.T) {
	d := drive(t, core.Fleet{}, 80, 24).press(":").typed("sync")
	if p := d.model.prompt.line.(*palette); slices.ContainsFunc(p.found, func(s suggestion) bool { return s.act == ActPlan || s.text == "plan" }) {
		t.Errorf("without a fabric a plan is offered: %+v", p.found)
	}
	d = drive(t, fullFleet(), 80, 24).press(":").typed("undo")
	d.shows("undo: not on this screen")
}

func TestPaletteSaysWhyAKnownCommandIsNotOffered(t *testing.T) {
	for typed, want := range map[string]string{
		"explain": "explain: not on this screen", "sync marked": "nothing is marked", "help keys": "help takes no argument",
		"object.explain": "object.explain: not on this screen", "zqx": `none fits "zqx"`,
	} {
		drive(t, core.Fleet{Fabrics: append(fullFleet().Fabrics, desk())}, 80, 24).press(":").typed(typed).shows(want)
	}
}

// TestEnterRunsNoCommandThatOnlyItsHelpFits, nor takes a word by what is said of it: a
// person who types a letter too many must not get another theme.
func TestEnterRunsNoCommandThatOnlyItsHelpFits(t *testing.T) {
	d := drive(t, fullFleet(), 80, 24)
	d.model.shelf = []themes.Entry{{Name: "terminal", About: "x colours of the terminal itself"}}
	d.press(":").typed("theme x").shows("none fits")
	if d.press("enter"); d.model.prompt == nil || d.last != nil {
		t.Error("enter chose a theme by what is said of it")
	}
	d.press("esc", ":").typed("theme term")
	if d.press("enter"); d.last == nil {
		t.Error("enter does not choose a theme by its beginning")
	}
	d = drive(t, fullFleet(), 80, 24).press(":").typed("searched")
	if p := d.model.prompt.line.(*palette); len(p.found) == 0 || p.chosen >= 0 {
		t.Errorf("chosen is %d of %d", p.chosen, len(p.found))
	}
	if d.press("enter"); d.model.prompt == nil {
		t.Error("enter ran what only its help fits")
	}
	if d.press("down", "enter"); d.model.top().spec.name != "help" {
		t.Errorf("down and enter lead to %s", d.model.top().spec.name)
	}
}

func TestPaletteCompletesAndChooses(t *testing.T) {
	d := drive(t, fullFleet(), 80, 24).press(":").typed("fab").press("tab")
	if got := d.typing(); got != ":fabric _" {
		t.Errorf("tab makes %q", got)
	}
	d.press("enter")
	if got := d.typing(); got != ":fabric _" {
		t.Errorf("enter without a name leaves %q", got)
	}
	d.typed("prod").press("down", "tab")
	if got := d.typing(); got != ":fabric dc2-prod_" {
		t.Errorf("the second one is %q", got)
	}
	d.press("enter")
	if got := d.model.top().place.Fabric; got != "dc2-prod" {
		t.Errorf("it opens %q", got)
	}
	d.press(":", "down", "down", "up", "enter")
	if got := d.typing(); got != ":fabric _" {
		t.Errorf("the first command is %q, and waits for its argument", got)
	}
	d.press("esc", ":", "enter")
	if d.model.prompt != nil {
		t.Error("enter in an empty line does not close it")
	}
}

func TestUpInAnEmptyLineBringsCommandsBack(t *testing.T) {
	d := drive(t, fullFleet(), 80, 24).obeys("check all").obeys("fabric dc1-prod").obeys("check all").press(":")
	for _, step := range []struct{ key, want string }{
		{"up", ":check all_"}, {"up", ":fabric dc1-prod_"}, {"up", ":fabric dc1-prod_"}, {"down", ":check all_"}, {"down", ":_"},
	} {
		if d.press(step.key); d.typing() != step.want {
			t.Errorf("after %s: %q, want %q", step.key, d.typing(), step.want)
		}
	}
	d.press("up", "enter")
	if d.engine.all != 3 {
		t.Errorf("checked %d times", d.engine.all)
	}
}

func TestAThemeIsShownWhileItIsChosen(t *testing.T) {
	d := drive(t, fullFleet(), 80, 24).press(":")
	d.send(d.last()) // the themes were read
	plain := d.model.View().Content
	d.typed("theme high-contrast-l")
	s := d.model.styles
	if s.tried == nil || d.model.View().Content == plain {
		t.Fatal("nothing is shown of it")
	}
	if d.press("esc"); s.tried != nil || s.common != themes.Auto {
		t.Errorf("escape leaves %v, %q", s.tried, s.common)
	}
	d.press(":").typed("theme high-contrast-l").press("enter")
	d.send(d.last())
	if s.tried != nil || s.common != "high-contrast-light" {
		t.Errorf("the theme is %q", s.common)
	}
	d.shows("theme high-contrast-light until you leave")
	d.press(":").typed("theme ").press("down", "down")
	if s.tried == nil {
		t.Error("the second theme of the list is not shown")
	}
	d.press("backspace", "backspace")
	if s.tried != nil {
		t.Error("it is still shown when the line says something else")
	}
}

func TestPaletteSaysWhatTheUsersKeyIs(t *testing.T) {
	keymap, faults := NewKeymap(map[string][]string{"fabric.sync": {"ctrl+s"}, "fabric.check": {}}, nil)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	d := driveWith(t, core.Fleet{Fabrics: []core.FabricState{desk()}}, func(c *Config) { c.Keymap = keymap })
	d.shows("ctrl+s sync")
	d.hides("r check")
	d.press(":").typed("sync")
	d.shows("ctrl+s")
	d.press("esc", "r")
	if len(d.engine.refreshed) > 0 {
		t.Error("a key that was taken away still does something")
	}
	d.obeys("check")
	if len(d.engine.refreshed) != 1 {
		t.Error("an action without a key cannot be typed")
	}
	if d.press("ctrl+s"); d.model.top().spec.name != "plan" {
		t.Error("the new key does nothing")
	}
	d.press("esc", "?", "end")
	d.shows("your keys differ from the default in 2 places: fabric.check=(none),")
	d.shows("fabric.sync=ctrl+s   (:keys)")
	d.press("esc").obeys("keys")
	d.shows("else s")
	d.press("end")
	d.press("esc")
}

// driveWith works a dashboard that is configured otherwise.
func driveWith(tb testing.TB, fleet core.Fleet, change func(*Config)) *driver {
	tb.Helper()
	d := drive(tb, fleet, 80, 24)
	cfg := d.model.cfg
	change(&cfg)
	give := d.model.give
	d.model = New(tb.Context(), cfg)
	d.model.give = give
	d.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	return d
}

// TestIgnoreByPathAsksForItsRule, also where the field is under no cursor.
func TestIgnoreByPathAsksForItsRule(t *testing.T) {
	d, i := ignorerAt(t)
	d.press("enter", ":").typed("ignore ").press("tab")
	if got := d.typing(); got != ":ignore .spec.description_" {
		t.Errorf("tab makes %q", got)
	}
	d.press("esc").obeys("ignore portBreak")
	if len(i.asked) != 1 || i.asked[0] != `.spec.portBreakouts["E1/55"]` || i.added != 0 {
		t.Errorf("asked of %v, %d added", i.asked, i.added)
	}
	d.shows("a rule for")
	d.press("esc").obeys("ignore")
	d.shows("name one field that differs")
}
