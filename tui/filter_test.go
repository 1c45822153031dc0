package tui

import (
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"selvage/core"
)

// TestFilterIsToldWhereThereIsNoRule looks at every list as low as it gets, and
// compact: rows that are filtered out must not look as if they were not there.
func TestFilterIsToldWhereThereIsNoRule(t *testing.T) {
	for way, keys := range ways() {
		for _, size := range [][2]int{{80, 24}, {80, 6}, {40, 3}, {80, 1}} {
			for _, compact := range []bool{false, true} {
				d := drive(t, core.Fleet{Fabrics: []core.FabricState{desk()}}, 160, 45).press(keys...)
				if d.model.prompt != nil || d.model.top().spec.filter == nil || !d.model.top().filter.empty() {
					continue
				}
				d.press("/").typed("zq").press("enter")
				if compact {
					d.press("ctrl+e")
				}
				d.resize(size[0], size[1])
				if !strings.Contains(d.screen(), "/zq") {
					t.Errorf("%s at %dx%d, compact %t: nothing says that it is filtered:\n%s", way, size[0], size[1], compact, d.screen())
				}
			}
		}
	}
}

func TestFaultOfAFilterNamesTheWordsThereAre(t *testing.T) {
	d := drive(t, fullFleet(), 160, 45).press("/").typed("foo=x")
	d.shows("no filter word foo=; there are: state name engine")
	d.press("enter").shows("there are: state name engine")
	d.press("/").typed(" state=bogus").shows("no state bogus; there are: ")
	d.press("enter").resize(80, 3).shows("no state bogus")
}

func TestTypedTermsOfTheFabricList(t *testing.T) {
	for text, want := range map[string]string{
		"drift>5": "1/1", "drift>2 !name=dc1": "1/1", "conflict>0": "1/2", "seen>5m": "1/2", "seen<5s": "1/2", "synced<1h": "0",
		"name~^dc[12]": "1/4", "state~^(git_|un)": "1/5", "engine=manual": "1/1", "!state=in_sync !name~dc": "1/5", "objects=214": "1/1", "mode=read": "1/12",
		`~"prod$"`: "0", "~^dc4": "1/1", "drafts>0": "0",
	} {
		d := drive(t, fullFleet(), 80, 24).press("/").typed(text).press("enter")
		if want == "0" {
			d.shows("no fabric matches")
			continue
		}
		d.shows(want)
		d.hides("no filter word")
	}
}

func TestTypedTermsOfObjects(t *testing.T) {
	f := busy()
	for i := range f.Report.Verdicts {
		if v := &f.Report.Verdicts[i]; v.Key.Name == "leaf-03" {
			v.Git = map[string]any{"metadata": map[string]any{"labels": map[string]any{"env": "prod", "a.b/c": "two words"}}}
		}
	}
	for text, want := range map[string]string{
		"since<1h": "1/3", "when>1d": "1/3", "fields>2": "1/1", "fields=1": "1/7", "by=kubectl-edit": "1/3", "label:env=prod": "1/1",
		`label:a.b/c="two words"`: "1/1", "namespace=default kind=vpc": "1/2", "name~^(leaf|isp)": "1/2", "file=tenant-d": "1/1", `"git and live"`: "1/1",
		"!kind=VPC !kind=Switch": "1/6",
	} {
		d := drive(t, only(f), 80, 24).press("enter", "/").typed(text).press("enter")
		d.shows(want)
		if t.Failed() {
			t.Fatalf("%s", text)
		}
	}
}

func TestFaultOfATermIsToldAndLeftOut(t *testing.T) {
	for text, want := range map[string]string{
		"name~(": "is no regular expression", "seen>soon": "seen takes < or > and an age", "drift>many": "drift takes <, > or = and a number",
		"name>5": "name takes = or ~", "seen=5m": "seen takes < or > and an age", "label:x=y": "no filter word label:x=", "since<1h": "no filter word since<",
	} {
		d := drive(t, fullFleet(), 80, 24).press("/").typed(text).press("enter")
		d.shows(want)
		d.shows("1/12")
	}
}

func TestFilterTellsFieldsAndTheirValues(t *testing.T) {
	d := drive(t, only(busy()), 80, 24).press("enter", "/")
	d.shows("state=  kind=  name=  by=")
	d.typed("ki").press("tab")
	d.shows("/kind=_")
	d.shows("kind=VPC ")
	d.typed("sw").press("tab")
	d.shows("/kind=Switch _")
	d.shows("state=  kind=")
	d.typed("by=").press("tab")
	d.shows("by=kubectl-edit")
	d.typed("kubectl-e").press("tab", "enter")
	d.shows("/kind=Switch by=kubectl-edit")
	d.shows("1/1")
	drive(t, only(busy()), 80, 24).press("enter", "/").typed("nothing").hides("kind=")
	drive(t, only(busy()), 80, 24).press("enter", "/").typed("foo=").shows("no filter word foo=")
}

func TestAgeInAFilterGoesOnWithTime(t *testing.T) {
	d := drive(t, only(busy()), 80, 24).press("enter", "/").typed("since<1m").press("enter")
	d.shows("1/1")
	d.model.cfg.Now = func() time.Time { return noon.Add(time.Minute) }
	d.send(clockMsg{})
	d.shows("no object matches")
}

func TestListsOfTenThousandAreFilteredAtOnce(t *testing.T) {
	d := drive(t, only(fabric("big", time.Second, calm(10_000)...)), 160, 45).press("enter", "3")
	begun := time.Now()
	d.press("/").typed("kind=vpc name~99")
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("16 letters took %v", took)
	}
	d.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	d.press("enter").shows("/kind=vpc name~99")
}

// TestASideThatWasNotReadIsFound: whatever else is shown of the fabric, and each by the
// example that the help has.
func TestASideThatWasNotReadIsFound(t *testing.T) {
	f := busy() // it shows a conflict
	f.Report.Git[0].Access = core.AccessUnreachable
	dump := fabric("lab-gpu", time.Minute)
	dump.Report.Live.Access = core.AccessInvalid
	fleet := core.Fleet{Fabrics: []core.FabricState{f, dump, settled()}}
	for text, want := range map[string]string{
		"state=git_unreachable": string(f.Fabric.ID), "state=unreadable": "lab-gpu", "state=unknown": "lab-gpu", "state=conflict": string(f.Fabric.ID),
	} {
		d := drive(t, fleet, 100, 30).press("/").typed(text).press("enter")
		d.shows(want)
		for _, other := range fleet.Fabrics {
			if id := string(other.Fabric.ID); id != want {
				d.hides(id + " ")
			}
		}
	}
	drive(t, core.Fleet{Fabrics: []core.FabricState{dump}}, 100, 40).press("enter", "6").shows("unreadable (invalid in JSON)")
	if examples := fabricWords().examples; !slices.Contains(examples, "state=unknown") {
		t.Errorf("the help has the examples %q", examples)
	}
}
