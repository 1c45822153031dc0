package tui

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"selvage/core"
)

// fakeIgnorer has one place for rules.
type fakeIgnorer struct {
	asked []core.Path
	added int
	why   string
	note  string // behind the rule
	fault error
}

func (i *fakeIgnorer) Rule(_ context.Context, _ core.FabricID, k core.Key, path core.Path) (IgnoreRule, error) {
	i.asked = append(i.asked, path)
	r := IgnoreRule{Rule: core.IgnoreRule{Kind: k.Kind, Path: path}, Item: "- {kind: " + k.Kind + ", path: '" + string(path) + "'}" + i.note, Why: i.why}
	if i.why == "" {
		r.Where, r.Text = "/home/alice/selvage.yaml:12", "    ignore:\n      "+r.Item
		r.Add = func(context.Context) error {
			i.added++
			return i.fault
		}
	}
	return r, nil
}

func ignorerAt(t *testing.T) (*driver, *fakeIgnorer) {
	t.Helper()
	d, i := drive(t, oneFabric(driftedSwitch()), 120, 24), &fakeIgnorer{}
	d.model.cfg.Acts.Ignorer = i
	return d, i
}

// TestIShowsTheRuleAndAddsItWhenAsked, never by itself.
func TestIShowsTheRuleAndAddsItWhenAsked(t *testing.T) {
	for name, keys := range map[string][]string{"diff": {"enter", "d"}, "resolve": {"c", "m"}} {
		t.Run(name, func(t *testing.T) {
			d, i := ignorerAt(t)
			d.press(keys...).press("I")
			d.shows("a rule for dc1-prod, at /home/alice/selvage.yaml:12 (copied):")
			d.shows("+     ignore:")
			d.shows("+       - {kind: Switch, path: '.spec.description'}")
			if got := d.copied(); got != "- {kind: Switch, path: '.spec.description'}" {
				t.Errorf("it copies %q", got)
			}
			d.press("enter")
			d.shows("no rule was added")
			d.press("I", "y", "enter", "I", "esc")
			if i.added != 0 {
				t.Fatal("it was added unasked")
			}
			d.press("I").typed("yes").press("enter")
			if i.added != 1 {
				t.Fatal("it was not added")
			}
			d.shows("added: it counts from the next start of selvage on (/home/alice/selvage.yaml:12)")
			i.fault = errors.New("/home/alice/selvage.yaml has changed meanwhile: nothing was written")
			d.press("I").typed("yes").press("enter")
			d.shows("has changed meanwhile: nothing was written")
		})
	}
}

func TestARuleThatCannotBeAddedIsStillTold(t *testing.T) {
	d, i := ignorerAt(t)
	i.why = "what dc1 ignores comes from the defaults: add the line there, at selvage.yaml:3"
	d.press("enter", "d", "I")
	d.shows("an item for the ignore list of dc1-prod in the configuration (copied):")
	d.shows("comes from the defaults")
	d.typed("yes").press("enter")
	if i.added > 0 {
		t.Error("it was added")
	}
}

func TestAWholeObjectIsNotIgnored(t *testing.T) {
	d, i := ignorerAt(t)
	d.set(oneFabric(onlyLive("tmp-debug", "kubectl-create", 8)))
	if d.press("enter", "d", "I"); len(i.asked) > 0 {
		t.Errorf("it asks for %v", i.asked)
	}
	d.set(oneFabric(driftedSwitch()))
	if d.press("esc", "enter", "t", "I"); len(i.asked) > 0 { // no one field is under the cursor
		t.Errorf("it asks for %v", i.asked)
	}
}

// TestARuleIsCopiedAsAnyText: without the keys of a terminal that a name may hold.
func TestARuleIsCopiedAsAnyText(t *testing.T) {
	for name, text := range hostileTexts() {
		d, i := ignorerAt(t)
		i.note = text
		d.press("enter", "d", "I")
		want := ansi.SetSystemClipboard(pasteable("- {kind: Switch, path: '" + string(i.asked[0]) + "'}" + text))
		if got := raw(d.last); !strings.Contains(got, want) {
			t.Errorf("%s: it copies %q, want %q", name, got, want)
		}
	}
}

// TestHowFarARuleReachesIsToldBeforeItIsAdded: it is about more than the object on screen.
func TestHowFarARuleReachesIsToldBeforeItIsAdded(t *testing.T) {
	second, below, elsewhere := driftedSwitch(), driftedSwitch(), driftedSwitch()
	second.Key.Name, below.Key.Name, elsewhere.Key.Name = "leaf-04", "leaf-05", "leaf-06"
	below.Changes = []core.Change{{Path: ".spec.description.deeper", Op: core.OpChanged, Verdict: core.FieldDrift}}
	elsewhere.Changes = elsewhere.Changes[1:]
	calm := core.Verdict{Key: key(wiringGroup, "Switch", "leaf-07"), State: core.InSync}
	d, i := drive(t, oneFabric(driftedSwitch(), second, below, elsewhere, calm, onlyLive("tmp", "kubectl", 8)), 80, 24), &fakeIgnorer{}
	d.model.cfg.Acts.Ignorer = i
	want := "for every Switch of dc1-prod, later ones too: 5 now, this path differs in 3"
	for why, then := range map[string]string{"": "to add it there type yes:", "it comes from the defaults": "add it by hand;"} {
		i.why = why
		d.press("enter", "d", "I").shows(then)
		d.shows(want)
		d.press("esc", "esc", "esc")
	}
	if len(want) > 80 {
		t.Errorf("it does not fit on a line: %d", len(want))
	}
}
