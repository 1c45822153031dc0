package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"selvage/core"
)

func TestListIsSortedAndReversed(t *testing.T) {
	d := drive(t, fullFleet(), 80, 24).press("j")
	if d.press(">"); !strings.Contains(d.cursor(), "dc1-prod") {
		t.Errorf("sorting moved the cursor to %q", d.cursor())
	}
	d.shows("sort: severity, reversed")
	d.press(">", "g")
	d.shows("sort: name --")
	if !strings.Contains(d.cursor(), "dc1-prod") {
		t.Errorf("first by name is %q", d.cursor())
	}
	if d.press(">", "g"); !strings.Contains(d.cursor(), "lab-old") {
		t.Errorf("last by name is %q", d.cursor())
	}
	d.press(">", "g").shows("sort: differences")
	if !strings.Contains(d.cursor(), "dc1-prod") {
		t.Errorf("most differences has %q", d.cursor())
	}
	d.press("<", "<", "<", "<", "<").shows("sort: seen, reversed")
	d = drive(t, only(busy()), 80, 24).press("enter", "<")
	d.shows("sort: when, reversed")
	d.press("<", "g")
	if !strings.Contains(d.cursor(), "VPC/tenant-d") {
		t.Errorf("latest is %q", d.cursor())
	}
	d.press("<", "<", "<", "<", "<", "g")
	d.shows("sort: kind, reversed")
}

func TestOnlyProblemsAreShown(t *testing.T) {
	d := drive(t, fullFleet(), 80, 24).press("!")
	d.shows("fabrics that need a person")
	d.hides("dc4-prod")
	d.shows("1/9")
	d.press("!").shows("1/12")
	d = drive(t, only(busy()), 80, 24).press("enter", "!")
	d.shows("1/8")
	d.hides("^ VPC")
	d.shows("shown: what needs a person")
	drive(t, only(settled()), 80, 24).press("!").shows("no fabric needs a person (! shows all)")
	drive(t, only(settled()), 80, 24).press("enter", "!").shows("nothing needs a person (! shows all)")
	drive(t, fullFleet(), 80, 24).press("ctrl+e", "!").shows("only what needs a person")
}

func TestUndoIsHintedWhereSomethingWasDecided(t *testing.T) {
	d := drive(t, only(undecided()), 200, 24).press("c")
	d.hides("u undo")
	d.press("2").shows("u undo")
	d.press("0").shows("u undo")
}

func TestNothingIsOfferedToBeResolvedWhereAllAgrees(t *testing.T) {
	drive(t, only(settled()), 200, 24).press("enter").hides("c resolve")
	drive(t, only(undecided()), 200, 24).press("enter").shows("c resolve")
}

// TestDraftsAreMarked shows which, and drops all of them in one step.
func TestDraftsAreMarked(t *testing.T) {
	d := drive(t, only(unprotected()), 80, 24).press("enter", "7")
	all := len(d.engine.fleet.Fabrics[0].Drafts)
	d.press("space").shows("1 marked")
	if !strings.Contains(d.screen(), "\n *") {
		t.Errorf("no row is marked\n%s", d.screen())
	}
	d.press("esc").hides("marked")
	d.press("*").shows(fmt.Sprintf("%d marked", all))
	d.press("0").shows(fmt.Sprintf("dropped %d drafts", all))
	d.press("u").shows("undone: dropped")
	d.press("space", "1").shows("[1 drift]") // the digits are tabs here
}

// TestColumnsStayWhileTheScreenHasItsSize whatever the fabrics have to tell: one that
// came does not go with what it told.
func TestColumnsStayWhileTheScreenHasItsSize(t *testing.T) {
	busy, calm := engineFabric(), engineFabric()
	setVerdicts(&calm, calm.Report.Verdicts[len(calm.Report.Verdicts)-1])
	calm.Report.Engine, calm.Report.Agents = nil, nil
	for _, width := range []int{80, 100, 112, 160} {
		d := drive(t, only(busy), width, 24)
		titles := func() string {
			i := slices.IndexFunc(d.lines(), func(l string) bool { return strings.Contains(l, "STATE ") })
			line, _, _ := strings.Cut(d.lines()[i], "|")
			return strings.Join(strings.Fields(line), " ")
		}
		before := titles()
		if !strings.Contains(before, "SW") {
			t.Fatalf("%d: no column for the switches: %s", width, before)
		}
		d.set(only(calm))
		if got := titles(); got != before {
			t.Errorf("%d: the columns were\n%s\nand with less to tell\n%s", width, before, got)
		}
		d.model.top().pane.(*fabricsPane).news.news = map[core.FabricID]core.News{busy.Fabric.ID: {Keys: []core.Key{busy.Report.Verdicts[0].Key}, Since: ago(time.Hour)}}
		d.model.top().pane.(*fabricsPane).news.reading++
		d.set(only(busy))
		with := titles()
		for _, title := range []string{"NEW", "ENGINE", "SW", "GIT", "SEEN"} {
			if strings.Contains(before, title) && !strings.Contains(with, title) {
				t.Errorf("%d: %s is gone: %s", width, title, with)
			}
		}
		d.model.top().pane.(*fabricsPane).news.news = nil
		d.model.top().pane.(*fabricsPane).news.reading++
		d.set(only(calm))
		if got := titles(); got != with {
			t.Errorf("%d: the columns were\n%s\nand without news\n%s", width, with, got)
		}
	}
}
