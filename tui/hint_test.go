package tui

import (
	"context"
	"errors"
	"strings"
	"testing"

	"selvage/core"
)

// hints are what a schema says of every value.
type hints core.SchemaHint

func (h hints) Hint(context.Context, core.FabricID, core.Key, core.Path) (core.SchemaHint, error) {
	return core.SchemaHint(h), nil
}

// typing opens the line in which the description of a switch is edited.
func typing(t *testing.T, h hints) *driver {
	t.Helper()
	d := drive(t, oneFabric(driftedSwitch()), 100, 24)
	d.model.cfg.Acts.Hinter = h
	d.press("enter", "d", "e")
	d.shows(".spec.description = leaf 03 rack B12")
	if d.last != nil {
		d.send(d.last())
	}
	return d
}

func TestEShowsWhatTheSchemaSays(t *testing.T) {
	d := typing(t, hints{
		Type: "string", Format: "ipv4", Pattern: "^leaf", Longest: 20,
		Says: "What people call it.\x1b[2J", Least: core.ValueOf(int64(1)), Most: core.ValueOf(int64(4094)),
	})
	d.shows("string  ipv4  1 to 4094  matching ^leaf")
	d.shows("What people call it.")
	d.hides("does not match")
	d.press("ctrl+u").typed("spine 01")
	d.shows("does not match ^leaf")
	d.press("ctrl+u").typed("leaf 01 in the rack near the door")
	d.shows("longer than 20 characters")
}

func TestTabOffersTheValuesOfTheSchema(t *testing.T) {
	d := typing(t, hints{Enum: []core.Value{core.ValueOf("spine"), core.ValueOf("server-leaf"), core.ValueOf("border-leaf")}})
	d.shows("one of spine, server-leaf, border-leaf (tab)")
	line := func() string {
		lines := d.lines()
		_, typed, _ := strings.Cut(lines[len(lines)-1], "= ")
		return strings.TrimRight(strings.TrimSpace(typed), "_")
	}
	d.press("ctrl+u").typed("s")
	d.shows("none of the values that the schema names")
	for _, want := range []string{"spine", "server-leaf", "border-leaf", "spine"} {
		if d.press("tab"); line() != want {
			t.Errorf("tab offers %q, want %q", line(), want)
		}
	}
	d.hides("none of the values")
	d.press("tab", "enter")
	if got := d.acts.decided; len(got) != 1 || got[0].Value.Any() != "server-leaf" {
		t.Errorf("it decides %v", got)
	}
}

// TestARejectedValueIsStillThere to be mended: what was typed is not lost.
func TestARejectedValueIsStillThere(t *testing.T) {
	d := drive(t, oneFabric(driftedSwitch()), 100, 24).press("enter", "d", "e", "ctrl+u")
	d.typed(`{"a": 1`).press("enter")
	d.shows(`.spec.description = {"a": 1`)
	d.shows("read the value as JSON: ")
	d.typed("}")
	d.hides("read the value as JSON: ")
	d.acts.fault = errors.New("the branch has moved")
	d.press("enter")
	d.shows("the branch has moved")
	d.shows(`.spec.description = {"a": 1}`)
	d.press("enter")
	if len(d.acts.decided) != 1 {
		t.Errorf("it decides %v:\n%s", d.acts.decided, d.screen())
	}
	d.hides(".spec.description = {")
}

// TestWhatTheSchemaRefusesIsNotTaken and stays to be mended, also where the hint came too
// late to be shown.
func TestWhatTheSchemaRefusesIsNotTaken(t *testing.T) {
	n := func(i int64) core.Value { return core.ValueOf(i) }
	for typed, tt := range map[string]struct {
		h   hints
		why string
	}{
		"99999":   {hints{Type: "integer", Least: n(1), Most: n(4094)}, "more than 4094"},
		"0":       {hints{Least: n(1)}, "less than 1"},
		`"abc"`:   {hints{Type: "integer"}, "a text, where the schema has: integer"},
		`"blade"`: {hints{Enum: []core.Value{core.ValueOf("leaf"), core.ValueOf("spine")}}, "none of the values that the schema names"},
		`"rack"`:  {hints{Pattern: "^leaf"}, "does not match ^leaf"},
	} {
		numbered := simple(core.Drifted, wiringGroup, "Switch", "leaf-03", ".spec.vlan", "kim", 0)
		numbered.Changes[0].Git, numbered.Changes[0].Live = n(1001), n(1005)
		for _, early := range []bool{true, false} {
			d := drive(t, oneFabric(numbered), 120, 24)
			d.model.cfg.Acts.Hinter = tt.h
			d.press("enter", "d", "e")
			if hint := d.last; early && hint != nil {
				d.send(hint())
			}
			d.press("ctrl+u").typed(typed).press("enter").shows("the schema refuses it: " + tt.why)
			d.shows(".spec.vlan = " + typed)
			if len(d.acts.decided) > 0 {
				t.Errorf("%s is decided: %v", typed, d.acts.decided)
			}
			if typed == "99999" {
				d.press("ctrl+u").typed("1002").press("enter")
				if got := d.lastDecision(); got.Value.Any() != int64(1002) {
					t.Errorf("mended, it decides %v", got)
				}
			}
		}
	}
}

func TestThatNoSchemaIsKnownIsSaid(t *testing.T) {
	typing(t, hints{}).shows("no schema says what may stand here: lint looks at it in the plan")
}

func TestALateHintIsNotShown(t *testing.T) {
	d := drive(t, oneFabric(driftedSwitch()), 100, 24)
	d.model.cfg.Acts.Hinter = hints{Says: "of a line that was left"}
	d.press("enter", "d", "e")
	late := d.last()
	d.press("esc", "n", "e")
	d.send(late)
	d.hides("of a line that was left")
}
