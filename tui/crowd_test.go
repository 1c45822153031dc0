package tui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"selvage/core"
)

// crowd is a fabric of n objects that all differ, each in its own way, or all
// alike; with so many drafts on its desk.
func crowd(n, drafts int, same bool) core.FabricState {
	all := make([]core.Verdict, n)
	for i := range all {
		all[i] = driftedSwitch()
		all[i].Key.Name = fmt.Sprintf("leaf-%05d", i)
		if !same {
			all[i].Changes = slices.Clone(all[i].Changes)
			all[i].Changes[0].Live = core.ValueOf(fmt.Sprintf("leaf %d", i))
		}
	}
	f := fabric("crowd", time.Second, all...)
	f.Fabric.Mode = core.ModeWrite
	for i := range drafts {
		v := f.Report.Verdicts[i%n]
		f.Drafts = append(f.Drafts, draft(int64(i+1), v.Key, v.Changes[i/n].Path, core.TakeLive, v.Changes[i/n].Live))
	}
	return f
}

// crowded are the dashboards with much marked, grouped, decided or told at once:
// where one row too many walked per row is felt.
func crowded(tb testing.TB) map[string]*driver {
	at := func(f core.FabricState, keys string) *driver {
		return drive(tb, only(f), 160, 45).press(strings.Fields(keys)...)
	}
	return map[string]*driver{
		"10000 objects":                     at(crowd(10_000, 0, false), "enter"),
		"10000 marked objects":              at(crowd(10_000, 0, false), "enter *"),
		"10000 grouped objects":             at(crowd(10_000, 0, true), "enter ="),
		"10000 grouped and marked objects":  at(crowd(10_000, 0, true), "enter = *"),
		"5000 drafts on the list":           at(crowd(5_000, 5_000, false), "enter"),
		"5000 drafts on the resolve screen": at(crowd(5_000, 5_000, false), "c m"),
		"10000 marked differences":          at(crowd(5_000, 0, false), "c m *"),
		"an entry of 10000 objects":         manyAtOnce(tb, 10_000),
		"500 fabrics under events":          drive(tb, fleetOf(500), 160, 45),
	}
}

// manyAtOnce is the history after one commit has changed n objects.
func manyAtOnce(tb testing.TB, n int) *driver {
	d := drive(tb, only(fabric("dc1-prod", time.Second, calm(3)...)), 160, 45).press("enter", "h")
	p := d.model.top().pane.(*historyPane)
	p.told = nil
	for i := range n {
		e := core.Entry{ID: fmt.Sprint(i), Fabric: "dc1-prod", At: noon, What: core.Transition{Key: key(vpcGroup, "VPC", fmt.Sprintf("vpc-%05d", i)), At: noon, From: core.InSync, To: core.Drifted}}
		p.told = append(p.told, tell(e, core.Key.String))
	}
	return d.press("g")
}

func fleetOf(n int) core.Fleet {
	fleet := core.Fleet{}
	for i := range n {
		f := fabric(fmt.Sprintf("dc%03d-prod", i), time.Second, append(calm(20), driftedSwitch())...)
		f.LastCheck = noon
		fleet.Fabrics = append(fleet.Fabrics, f)
	}
	return fleet
}

// again is the fleet after a check of one more fabric.
func again(fleet core.Fleet, i int) core.Fleet {
	next := core.Fleet{Fabrics: slices.Clone(fleet.Fabrics)}
	f := &next.Fabrics[i%len(next.Fabrics)]
	report := *f.Report
	report.At = report.At.Add(time.Second)
	f.Report, f.LastCheck = &report, f.LastCheck.Add(time.Second)
	return next
}

// TestACrowdIsDrawnAtOnce holds the bound that every key and its frame have, for the
// best of several: what is left of it is the machine's. Each of these took 100 ms and
// more where it was worked out per key and row.
func TestACrowdIsDrawnAtOnce(t *testing.T) {
	const most = 60 * time.Millisecond
	for name, d := range crowded(t) {
		best := time.Hour
		for i := range 8 {
			began := time.Now()
			d.press([]string{"j", "k"}[i%2])
			d.model.View()
			best = min(best, time.Since(began))
		}
		if best > most {
			t.Errorf("%s: a key and its frame take %s, want %s at most", name, best, most)
		}
	}
}

// TestWhatIsChosenFollowsMarksCursorAndDrafts although it is kept from key to key.
func TestWhatIsChosenFollowsMarksCursorAndDrafts(t *testing.T) {
	d := drive(t, only(alike(2)), 100, 30).press("enter", "/").typed("spine").press("enter")
	d.shows("1/2")
	d.press("j", "#").shows("accept Switch/spine-02")
	d.press("esc", "g", "space").shows("1 marked, take:  1 git  2 live")
	d.press("space").shows("2 marked, take:  1 git  2 live")
	d.press("2").shows("take live on 2 differences of 2 objects")
	d.press("esc", "g", "space").shows("1 marked, take:  1 git  2 live")
	d.press("2").shows("take live on 1 difference of Switch/spine-02")
	if len(d.acts.decided) > 0 {
		t.Error("a key that turns tabs else decided about one object, unasked")
	}
	d.typed("1").press("enter").shows("draft: ")
	d.hides("marked")
	d.press("G", "space").shows("1 marked")
	d.press("0").shows("dropped 1 draft")
	d.press("2").shows("[2 conflicts]") // the digits turn the tabs again

	// Somebody else decides, and takes it back.
	f := alike(2)
	d = drive(t, only(f), 100, 30).press("enter", "/").typed("spine-01").press("enter", "space")
	d.shows("1 marked")
	d.press("0")
	f.Drafts = []core.DraftStanding{draft(7, key(wiringGroup, "Switch", "spine-01"), ".spec.enableAllPorts", core.TakeGit, core.ValueOf("e1/3"))}
	d.set(only(f))
	d.shows("1 marked")
	d.press("0").shows("dropped 1 draft")

	r := drive(t, only(alike(0)), 100, 30).press("c", "m")
	before := r.screen()
	r.press("space").shows("1 marked")
	r.press("space").shows("2 marked")
	r.press("2").typed("2").press("enter").shows("2 decided")
	if r.press("u").screen(); !strings.Contains(r.screen(), "0 decided") {
		t.Errorf("what was undone still counts as decided:\n%s\nat first:\n%s", r.screen(), before)
	}
}

// TestOthersInTheirPlaceAreNotDecided although there are as many of them.
func TestOthersInTheirPlaceAreNotDecided(t *testing.T) {
	for _, keys := range []string{"* 2", "= 2", "* #", "= #"} {
		d := drive(t, only(alike(3)), 100, 30).press("enter", "/").typed("spine").press("enter")
		d.press(strings.Fields(keys)...)
		if strings.HasSuffix(keys, "#") {
			d.typed("2d").press("enter")
		}
		other := alike(3)
		for i := range other.Report.Verdicts {
			if v := &other.Report.Verdicts[i]; strings.HasPrefix(v.Key.Name, "spine") {
				v.Changes = slices.Clone(v.Changes)
				v.Changes[0].Path = ".spec.description"
			}
		}
		d.set(only(other))
		d.typed("3").press("enter")
		d.shows("the differences are others by now: nothing was")
		if len(d.acts.decided)+len(d.acts.accepted) > 0 {
			t.Errorf("%s: decided %+v, accepted %q", keys, d.acts.decided, d.acts.accepted)
		}
	}
}

// TestFabricThatRefusesKeepsNoOtherFromAccepting, and each that does is told.
func TestFabricThatRefusesKeepsNoOtherFromAccepting(t *testing.T) {
	fleet := core.Fleet{}
	for i, n := range []int{0, 2, 3, 4} {
		f := alike(n)
		f.Fabric.ID = core.FabricID(fmt.Sprintf("dc%d-prod", i+1))
		fleet.Fabrics = append(fleet.Fabrics, f)
	}
	d := drive(t, fleet, 200, 45)
	d.acts.refuses = []core.FabricID{"dc2-prod", "dc4-prod"}
	d.press("*", "#").typed("2d").press("enter").typed("CHG-1").press("enter")
	of := map[string]bool{}
	for _, is := range d.acts.accepted {
		id, _, _ := strings.Cut(is, " ")
		of[id] = true
	}
	if len(of) != 2 || !of["dc1-prod"] || !of["dc3-prod"] {
		t.Errorf("accepted %q", d.acts.accepted)
	}
	d.shows(`accept 41 objects: dc2-prod: accept objects of "dc2-prod": database is locked; dc4-prod: accept objects of "dc4-prod": database is locked (19 objects of dc1-prod, dc3-prod accepted)`)

	d = drive(t, fleet, 300, 45)
	d.acts.refuses = []core.FabricID{"dc1-prod", "dc2-prod", "dc3-prod", "dc4-prod"}
	d.press("*", "#").typed("2d").press("enter").typed("CHG-1").press("enter")
	d.shows("(nothing was accepted)")
}

// TestALetterOfThePaletteAsksOnceWhereAnObjectStands and never of an older report.
func TestALetterOfThePaletteAsksOnceWhereAnObjectStands(t *testing.T) {
	f := crowd(3, 0, false)
	last := f.Report.Verdicts[2].Key
	var memo originMemo
	for _, line := range []int{7, 9} {
		report := *f.Report
		report.Verdicts = slices.Clone(report.Verdicts)
		report.Verdicts[2].Origin = core.Origin{Path: "a.yaml", Line: line}
		if is, ok := memo.of(&report, last); !ok || is.Line != line {
			t.Errorf("it stands in %v (%t), want line %d", is, ok, line)
		}
		report.Verdicts = nil // a second search would find nothing
		if is, ok := memo.of(&report, last); !ok || is.Line != line {
			t.Errorf("asked again it stands in %v (%t), want line %d", is, ok, line)
		}
		if _, ok := memo.of(&report, core.Key{Kind: "VPC", Name: "nowhere"}); ok {
			t.Error("an object stands somewhere of which the report does not know")
		}
	}
}

// newsCounter remembers for which fabrics news were asked.
type newsCounter struct {
	Visitor
	asked [][]core.FabricID
	ended int // by their context
	fails bool
}

func (a *newsCounter) News(ctx context.Context, by string, ids ...core.FabricID) (map[core.FabricID]core.News, error) {
	a.asked = append(a.asked, ids)
	if ctx.Err() != nil {
		a.ended++
		return nil, ctx.Err()
	}
	if a.fails {
		return nil, errors.New("database is locked")
	}
	return a.Visitor.News(ctx, by, ids...)
}

// TestOnlyNewsOfWhatMovedAreRead, not before the last reading has ended and rested.
func TestOnlyNewsOfWhatMovedAreRead(t *testing.T) {
	fleet, now := fleetOf(20), noon
	d := drive(t, core.Fleet{}, 160, 45)
	a := &newsCounter{Visitor: d.acts}
	d.model.cfg.Acts.Visitor = a
	d.model.cfg.Now = func() time.Time { return now }
	expect := func(what string, calls, last int) {
		t.Helper()
		if len(a.asked) != calls || len(a.asked[calls-1]) != last {
			t.Fatalf("%s: asked %v, want %d times, the last time for %d fabrics", what, a.asked, calls, last)
		}
	}
	check := func(i int) {
		fleet = again(fleet, i)
		d.set(fleet)
	}
	d.set(fleet)
	expect("at first", 1, 20)
	check(3)
	check(5)
	expect("within the pause", 1, 20)
	now = now.Add(newsPause)
	d.send(clockMsg{})
	expect("after the pause", 2, 2)
	now = now.Add(time.Hour)
	d.send(clockMsg{})
	expect("where nothing moved", 2, 2)

	// While a reading runs, a check does not end it.
	d.waits = true
	check(7)
	began := d.model.jobs
	s := d.model.top()
	job, _ := s.pane.(jobber).Job(d.model.env())
	now = now.Add(time.Hour)
	check(9)
	if d.model.jobs != began || !s.work.running {
		t.Fatal("a check ends the reading that runs")
	}
	d.waits = false
	d.send(run(context.Background(), s.work.number, job)())
	expect("what moved meanwhile", 4, 1)

	// What failed is not asked for again before something moved, and then with it.
	now, a.fails = now.Add(time.Hour), true
	check(11)
	expect("the one that fails", 5, 1)
	now = now.Add(time.Hour)
	d.send(clockMsg{})
	expect("what failed", 5, 1)
	a.fails = false
	check(12)
	expect("what failed and what moved", 6, 2)
	if a.ended > 0 {
		t.Errorf("%d readings were ended", a.ended)
	}
}
