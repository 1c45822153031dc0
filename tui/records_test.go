package tui

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"selvage/core"
)

// run is the way to the run in the history of the fabric under the cursor.
func (d *driver) toRun() *driver {
	d.tb.Helper()
	d.press("h", "/").typed("what=sync").press("enter")
	d.shows("1/1")
	return d
}

func TestKeysLeadToWhatIsKept(t *testing.T) {
	for _, tt := range []struct{ from, key, screen string }{
		{"", "h", "history"},
		{"enter", "h", "history"},
		{"enter", "4", "history"},
		{"", "l", "lint"},
		{"enter", "l", "lint"},
		{"", "v", "events"},
		{"", "H", "handover"},
		{"", "T", "doctor"},
	} {
		d := drive(t, only(desk()), 80, 24)
		if tt.from != "" {
			d.press(tt.from)
		}
		if got := d.press(tt.key).model.top().spec.name; got != tt.screen {
			t.Errorf("%s %s leads to %s, want %s", tt.from, tt.key, got, tt.screen)
		}
	}
}

func TestNothingKeptIsNotOffered(t *testing.T) {
	d := drive(t, only(desk()), 80, 24)
	d.model.cfg.Acts = Acts{}
	for _, key := range []string{"h", "l", "v", "T"} {
		if got := d.press(key).model.top().spec.name; got != "fabrics" {
			t.Errorf("%s leads to %s where nothing is read", key, got)
		}
	}
	d.press("H").shows("no notes are read here")
	d.press("esc", "enter", "4").shows("no history is read here")
	d.press("a", "r", "O", "enter", "d")
	if got := d.model.top().spec.name; got != "history" {
		t.Errorf("a key of an empty history leads to %s", got)
	}
}

func TestEntryOfTheHistoryOpensWhatItIsAbout(t *testing.T) {
	d := drive(t, only(desk()), 100, 30).toRun()
	d.press("enter")
	d.shows("run 412c0f4e-dc1-prod agreed after 41.0s")
	d.shows("attempts   2")
	d.shows("ticket CHG-1204")
	d.press("esc", "d")
	d.shows(".spec.subnets.web.dhcp.range.end")
	d.shows("- 10.1.0.240")
	d.shows("+ 10.1.0.250")
	d.press("esc", "O")
	d.shows("commit a1b2c3d4e5")
	d.shows("+          end: 10.1.0.250")
	d = drive(t, only(desk()), 100, 30).press("h", "/").typed("what=overwritten").press("enter", "enter")
	d.shows("dc1-prod > VPC/tenant-a")
}

// TestRunIsTakenBackByAPlan: nothing is sent by the key.
func TestRunIsTakenBackByAPlan(t *testing.T) {
	for _, keys := range [][]string{{"r"}, {"enter", "r"}} {
		d := drive(t, only(desk()), 100, 30).toRun().press(keys[:len(keys)-1]...)
		d.shows("r revert")
		d.press("r")
		if len(d.acts.plans) != 1 || d.acts.plans[0].Reverts != "412c0f4e-dc1-prod" || len(d.acts.orders) != 0 {
			t.Errorf("%v: plans %+v, runs %v; want a plan that takes the run back", keys, d.acts.plans, d.acts.orders)
		}
		d.shows("sync plan")
		d.press("esc")
		if d.model.top().spec.name == "history" {
			d.press("esc", "esc", "s") // the filter, the screen
			if n := len(d.acts.plans); n != 2 || d.acts.plans[n-1].Reverts != "" {
				t.Errorf("the next plan is %+v, want one of what lies on the desk", d.acts.plans)
			}
		}
	}
	d := drive(t, only(frozen()), 100, 30).toRun().press("r") // it may only be read
	if len(d.acts.plans) != 0 {
		t.Error("a plan was made in mode read")
	}
}

func TestOverwrittenEditIsNotBroughtBackWhereNothingIsDecided(t *testing.T) {
	d := drive(t, only(frozen()), 80, 24).press("h", "/").typed("what=overwritten").press("enter", "a")
	if len(d.acts.brought) != 0 {
		t.Errorf("brought back %v in mode read", d.acts.brought)
	}
}

// TestHistoryIsReadAsFarAsSomebodyLooks: thousands of entries are read page by page.
func TestHistoryIsReadAsFarAsSomebodyLooks(t *testing.T) {
	f := desk()
	f.Fabric.ID = "long"
	d := drive(t, only(f), 80, 24)
	d.acts.pages = 0
	d.press("h")
	if d.acts.pages != 1 {
		t.Errorf("%d pages were read for the first screen, want 1", d.acts.pages)
	}
	d.press("G")
	if d.acts.pages < 2 || d.acts.pages > 4 {
		t.Errorf("%d pages were read for the end of the first one", d.acts.pages)
	}
	d.shows("+") // there is more
	for range 40 {
		d.press("G")
	}
	d.shows("the 4999th")
	pages := d.acts.pages
	d.press("/").typed("4711th").press("enter")
	d.shows("VPC/vpc-4711")
	if d.acts.pages != pages {
		t.Errorf("%d pages were read for what was there", d.acts.pages-pages)
	}
}

func TestFilterReadsOnUntilItHasAScreen(t *testing.T) {
	f := desk()
	f.Fabric.ID = "long"
	d := drive(t, only(f), 80, 24).press("h", "/").typed("object=vpc/vpc-3333").press("enter")
	d.shows("the 3333th")
	d = drive(t, only(f), 80, 24)
	d.acts.pages = 0
	d.press("h")
	d.model.top().filter = parseFilter("since<2d", historyWords())
	d.press("j")
	d.hides("accepted")
	d.shows("overwrote")
	if d.acts.pages != 1 {
		t.Errorf("%d pages were read for two days, want 1", d.acts.pages)
	}
	d.press("/").typed(" !what=overwritten by=alice").press("enter")
	d.hides("overwrote")
	d.shows("decided")
}

// TestNewestComesOnTopAndTheCursorStays where it was put.
func TestNewestComesOnTopAndTheCursorStays(t *testing.T) {
	d := drive(t, only(desk()), 80, 24).press("h", "j", "j")
	before := d.cursor()
	f := desk()
	f.LastCheck = noon
	f.Drafts = append(f.Drafts, draft(9, conflictedVPC().Key, ".spec.x", core.TakeGit, core.Value{}))
	f.Drafts[4].By = "newcomer"
	d.set(only(f))
	d.shows("newcomer")
	if d.cursor() != before {
		t.Errorf("the cursor is on %q, was on %q", d.cursor(), before)
	}
}

func TestChecksThatFoundTheSameAreOneRow(t *testing.T) {
	d := drive(t, only(desk()), 80, 24).press("h")
	d.shows("3 checks found the same since")
	if n := strings.Count(d.screen(), "13:59 check"); n != 1 {
		t.Errorf("%d rows of checks, want one", n)
	}
	d.press("/").typed("drifted").press("enter")
	d.shows("2 objects live changed")
	d.hides("polled")
}

func TestNobodyWatchesAPolledFabricAndNobodyNeedsToKnow(t *testing.T) {
	polled := historyRow{happened: tell(core.Entry{At: noon, What: core.Blind{From: ago(time.Minute), Until: noon, Reason: core.Polled}}, core.Key.String)}
	for text, hidden := range map[string]bool{"": true, "since<2d": true, "what=not_watched": false, "polled": false, "!polled": true} {
		if got := polled.noise(parseFilter(text, historyWords())); got != hidden {
			t.Errorf("with filter %q hidden = %v, want %v", text, got, hidden)
		}
	}
}

func TestNotesAreLeftAndTakenAway(t *testing.T) {
	d := drive(t, only(desk()), 80, 24).press("H")
	d.shows("notes  none")
	d.press("m").typed("leaf-07 is being recabled").press("enter")
	d.shows("leaf-07 is being recabled")
	d.press("m", "esc")
	d.press("m").typed("   ").press("enter")
	if len(d.acts.notes) != 1 || d.acts.notes[0].By != "alice" {
		t.Fatalf("notes %+v", d.acts.notes)
	}
	d.press("g", "n", "g", "j", "0")
	if len(d.acts.notes) != 0 {
		t.Errorf("the note is still there: %+v", d.acts.notes)
	}
	d.hides("recabled")
}

func TestHandoverLeadsToEachThing(t *testing.T) {
	f := recordFleets()["handed"]
	d := drive(t, only(f), 80, 60).press("H")
	for _, part := range []string{
		"proposals to be reviewed  1", "stuck  1", "refused by argocd: VLAN 1004", "conflict  2", "drafts that nobody has published  3", "decisions that live has yet to follow  1",
		"acknowledgements that end within 2 days  1", "ends in 20h", "what could not be read, or stands still  none",
	} {
		d.shows(part)
	}
	want := []string{"past", "diff", "diff", "diff", "drafts", "drafts", "diff"}
	for i, screen := range want {
		d.press("g", "n")
		for range i {
			d.press("n")
		}
		if i == 0 {
			d.press("N", "n")
		}
		d.press("enter")
		if got := d.model.top().spec.name; !slices.Contains(want, got) || got == "handover" {
			t.Errorf("part %d leads to %s, want %s", i, got, screen)
		}
		d.press("esc")
	}
	drive(t, only(unreachable()), 80, 24).press("H", "n", "enter").shows("fabrics > dc3-lab")
}

func TestLintFindingLeadsToItsObject(t *testing.T) {
	d := drive(t, only(desk()), 80, 24).press("l")
	d.shows("3 errors, 3 warnings, 3 notes")
	d.press("n", "enter")
	if got := d.model.top().place; got.Screen != "diff" || got.Object == (core.Key{}) {
		t.Errorf("a finding leads to %+v", got)
	}
	d.press("esc", "/").typed("level=note").press("enter")
	d.shows("/3")
	d.press("r")
	if !slices.Equal(d.engine.refreshed, []core.FabricID{"dc1-prod"}) {
		t.Errorf("checked %v", d.engine.refreshed)
	}
}

func TestDoctorTellsWhatItFindsAsItComesIn(t *testing.T) {
	d := drive(t, fullFleet(), 100, 40).press("T")
	d.shows("3 failed")
	d.shows("120.0 MiB are left on its disk")
	d.press("n")
	if !strings.HasPrefix(d.cursor(), "warn") && !strings.HasPrefix(d.cursor(), "fail") {
		t.Errorf("n leads to %q, want what needs somebody", d.cursor())
	}
	before := d.model.jobs
	if d.press("r"); d.model.jobs == before {
		t.Error("r does not look again")
	}
	d.send(tea.ModeReportMsg{Mode: ansi.ModeSynchronizedOutput, Value: ansi.ModeReset})
	d.press("g").shows("synchronized output (mode 2026): yes")
}

// TestDoctorCountsWhatItShows: also what it says of this terminal.
func TestDoctorCountsWhatItShows(t *testing.T) {
	line := regexp.MustCompile(`^. (fail|warn|ok) +[a-z]`)
	for _, width := range []int{70, 160} { // 70 columns are warned of
		d := drive(t, fullFleet(), width, 200).press(":").typed("doctor").press("enter")
		shown := map[string]int{}
		for _, l := range d.lines() {
			if found := line.FindStringSubmatch(l); found != nil {
				shown[found[1]]++
			}
		}
		d.shows(fmt.Sprintf("%d failed, %d to look at, %d well", shown["fail"], shown["warn"], shown["ok"]))
	}
}

func TestDoctorTellsOfFailingFabricsFirst(t *testing.T) {
	p := newDoctorPane().(*doctorPane)
	p.results = map[core.FabricID]examined{
		"":  {found: []Symptom{{Level: "ok"}}},
		"a": {found: []Symptom{{Level: "ok"}, {Level: "warn"}}},
		"b": {found: []Symptom{{Level: "ok"}, {Level: "fail"}}},
		"c": {err: errors.New("no")},
	}
	if got := p.worstFirst([]core.FabricID{"", "a", "b", "c", "d"}); !slices.Equal(got, []core.FabricID{"b", "c", "a", "", "d"}) {
		t.Errorf("the order is %q", got)
	}
}

// TestWhatChangedIsMarkedForWhoLooks in the list and in the fabric, and found by
// the filter.
func TestWhatChangedIsMarkedForWhoLooks(t *testing.T) {
	f := recordFleets()["news"]
	d := drive(t, core.Fleet{Fabrics: []core.FabricState{settled(), f}}, 100, 30)
	d.shows("NEW")
	d.shows("2 objects changed since you looked 2h ago")
	d.press("/").typed("changed=me").press("enter")
	d.shows("1/1")
	if len(d.acts.visits) != 0 {
		t.Errorf("looking at the list counts as %v", d.acts.visits)
	}
	d.press("enter")
	if want := fmt.Sprintf("%s alice 8s", f.Fabric.ID); !slices.Equal(d.acts.visits, []string{want}) {
		t.Errorf("visits %v, want %q", d.acts.visits, want)
	}
	if !strings.HasSuffix(d.cursor(), "new") && !strings.Contains(d.cursor(), "new ") {
		t.Errorf("row %q is not marked", d.cursor())
	}
	d.press("/").typed("changed=me").press("enter")
	d.shows("1/2")
	d.acts.seen = true
	d.press("esc", "esc", "esc")
	d.hides("changed since you looked") // what was looked at is not new any more
	drive(t, only(settled()), 100, 30).hides("NEW")
}

func TestActivityIsShownWhereThereIsRoom(t *testing.T) {
	d := drive(t, fullFleet(), 160, 45)
	d.shows("-- activity --")
	d.hides("not watched")
	drive(t, fullFleet(), 120, 40).hides("-- activity --")
	drive(t, fullFleet(), 160, 30).hides("-- activity --")
}

// TestHistoryAndLintAreWrittenAsTables in which nothing is a formula.
func TestHistoryAndLintAreWrittenAsTables(t *testing.T) {
	fleet := hostileFleet("=cmd()\x1b[31m")
	for key, want := range map[string]string{"h": "time,fabric,what,objects", "l": "file,line,level,rule"} {
		d := drive(t, fleet, 80, 24).press("j", key)
		f := d.model.file()
		content, err := f.Content(t.Context())
		if err != nil || f.Ext != ".csv" || !strings.HasPrefix(string(content), want) {
			t.Fatalf("%s: %s %q, %v", key, f.Ext, content, err)
		}
		if strings.Count(string(content), "\n") < 5 || strings.Contains(string(content), "\x1b") || strings.Contains(string(content), ",=") {
			t.Errorf("%s writes\n%s", key, content)
		}
	}
}

func TestLinesOfTheRecordsAreCopied(t *testing.T) {
	for keys, want := range map[string]string{"l": "tenant-a.yaml:1: tenant-a refers", "H": "dc1-prod", "T n": "120.0 MiB"} {
		d := drive(t, only(desk()), 100, 40).press(strings.Fields(keys)...)
		if keys == "H" {
			d.press("n")
		}
		if got := d.press("y").copied(); !strings.Contains(got, want) {
			t.Errorf("%s: copied %q, want %q in it", keys, got, want)
		}
	}
	// A sentence that is broken is copied whole, and an object without its mark.
	d := drive(t, only(stopped()), 60, 40).press("s", "g", "j", "j")
	if got := d.press("y").copied(); !strings.HasPrefix(got, "dc1-prod: 21 of 84") || !strings.Contains(got, "selvage accept") {
		t.Errorf("copied %q of a plan that is stopped\n%s", got, d.screen())
	}
	d = drive(t, only(unprotected()), 80, 24).press("s")
	if got := d.press("y").copied(); got != "VPC/tenant-a" {
		t.Errorf("copied %q of a line of the plan\n%s", got, d.screen())
	}
	d = drive(t, only(desk()), 100, 40).toRun().press("enter", "j")
	if got := d.press("y").copied(); !strings.HasPrefix(got, "by") {
		t.Errorf("copied %q of a run", got)
	}
}

// TestHandoverTellsOfAllThatNeedsAPerson object by object, and of many that are only
// different their number.
func TestHandoverTellsOfAllThatNeedsAPerson(t *testing.T) {
	f := busy()
	setVerdicts(&f, append(f.Report.Verdicts, invalidFile())...)
	many := alike(12)
	many.Fabric.ID = "dc2-many"
	d := drive(t, core.Fleet{Fabrics: []core.FabricState{f, many}}, 100, 120).press("H")
	for _, s := range []core.State{core.Invalid, core.Drifted, core.Differs, core.OnlyGit, core.OnlyLive} {
		n := f.Report.Counts[s] + many.Report.Counts[s]
		if n == 0 {
			t.Fatalf("no fabric has anything that is %s", s)
		}
		d.shows(fmt.Sprintf("\n %s  %d", s.Title(), n))
	}
	d.shows(invalidFile().Reason)
	d.shows(fmt.Sprintf("dc2-many: %d objects", many.Report.Counts[core.Drifted]))
	d.shows("\n stuck  none")

	drive(t, core.Fleet{Fabrics: []core.FabricState{f, unreachable()}}, 100, 120).press("H").shows("stuck  none known, 1 fabric not read whole")
}

// TestCourseSaysOfWhichTimeItIs: what it was off is a sum over days, and part of what
// is known.
func TestCourseSaysOfWhichTimeItIs(t *testing.T) {
	d := drive(t, only(desk()), 120, 30).press("h")
	d.shows("off for 1d of 27d known; mended 7 times, on average 4h after it began")
	d.resize(80, 24).shows("off for 1d of 27d known")
	d.hides("mended 7")
	once := courseWords(&core.Course{Repairs: 1, Repair: time.Hour, Watched: 48 * time.Hour})
	if len(once) != 1 || once[0] != "mended once, 1h after it began" {
		t.Errorf("of one repair it says %q", once)
	}
}

// TestHandoverSaysOfWhatKindDraftsAre and counts each once: what is void waits for no
// commit, and what is pending for live.
func TestHandoverSaysOfWhatKindDraftsAre(t *testing.T) {
	f := unprotected()
	draft := func(by string, state core.DraftState) core.DraftStanding {
		d := core.Draft{Fabric: f.Fabric.ID, Resolution: core.Resolution{Key: key("vpc", "VPC", "tenant-a"), Path: ".spec.mode", Choice: core.TakeLive, By: by, At: ago(time.Minute)}}
		return core.DraftStanding{Draft: d, State: state}
	}
	f.Drafts = nil
	for state, n := range map[core.DraftState]int{core.DraftOpen: 2, core.DraftVoid: 1, core.DraftPending: 3} {
		for range n {
			f.Drafts = append(f.Drafts, draft("alice", state))
		}
	}
	f.Drafts = append(f.Drafts, draft("bob", core.DraftVoid), draft("bob", core.DraftPending))
	for i := range f.Drafts {
		f.Drafts[i].ID = int64(i + 1)
	}
	d := drive(t, only(f), 80, 80).press("H")
	for _, want := range []string{
		`drafts that nobody has published  4\n.*: 2 drafts, 1 void +alice .*\n.*: 1 void draft +bob `,
		`decisions that live has yet to follow  4\n.*: 3 pending drafts +alice .*\n.*: 1 pending draft +bob `,
	} {
		if !regexp.MustCompile(want).MatchString(d.screen()) {
			t.Errorf("nothing like %s\n%s", want, d.screen())
		}
	}
}

// TestNothingIsCalledNoneThatWasNotRead on the hand-over screen, where the store
// cannot be read.
func TestNothingIsCalledNoneThatWasNotRead(t *testing.T) {
	d := drive(t, only(recordFleets()["broken"]), 80, 40).press("H")
	d.shows("disk I/O error")
	d.shows("proposals to be reviewed  ? (not read)")
	d.shows("runs that wait or went wrong  ? (not read)")
	d.hides("reading the notes")
}

// TestDoctorIsShownFromItsBeginning whichever fabric answered first, and however low
// the screen is.
func TestDoctorIsShownFromItsBeginning(t *testing.T) {
	e := &fakeEngine{fleet: core.Fleet{Fabrics: []core.FabricState{unreachable()}}}
	cfg := config(t, e)
	cfg.Acts.Doctor = &fakeActs{engine: e}
	for _, height := range []int{8, 10, 24, 45} {
		text, err := Snapshot(t.Context(), cfg, SnapshotOptions{Screen: "doctor", Width: 80, Height: height})
		if err != nil || !strings.Contains(text, "\n>this terminal") {
			t.Errorf("in %d lines: %v\n%s", height, err, text)
		}
	}
}

// TestAPolledFabricIsToldAsPolled and not as one that nobody watches, which reads as
// if something were broken.
func TestAPolledFabricIsToldAsPolled(t *testing.T) {
	f := desk()
	drive(t, only(f), 80, 24).press("h").shows("watched 9")
	f.Report.Watched = time.Time{}
	d := drive(t, only(f), 80, 24).press("h")
	d.shows("polled, looked at every 1m")
	d.hides("watched")

	f.Fabric.CheckEvery = 0
	drive(t, only(f), 80, 24).press("h").shows("polled, looked at when somebody asks")

	polled := tell(core.Entry{Fabric: f.Fabric.ID, At: noon, What: core.Blind{From: ago(3 * time.Hour), Until: noon, Reason: core.Polled}}, core.Key.String)
	e := Env{Fleet: only(f), Now: noon}
	says := (&historyPane{}).about(e, &historyRow{happened: polled})
	if got := polled.word.text.String() + " " + says.String(); got != "polled for 3h, looked at when somebody asks" {
		t.Errorf("the row says %q", got)
	}
	if polled.what != "not_watched" {
		t.Errorf("its word in files is %q", polled.what)
	}
}

// TestSnapshotOfWhatIsOver draws a run of the past and a commit; one that cannot be
// read is an error and no screen.
func TestSnapshotOfWhatIsOver(t *testing.T) {
	d := drive(t, only(desk()), 100, 30)
	cfg := d.model.cfg
	for screen, want := range map[string]string{
		"past": "run 412c0f4e-dc1-prod agreed after 41.0s", "run-diff": ".spec.subnets.web.dhcp.range.end", "commit": "commit a1b2c3d4e5",
	} {
		o := SnapshotOptions{Screen: screen, Fabric: "dc1-prod", Run: "412c0f4e-dc1-prod", Commit: "a1b2c3d4e5", Width: 100, Height: 30}
		if text, err := Snapshot(t.Context(), cfg, o); err != nil || !strings.Contains(text, want) {
			t.Errorf("%s is\n%s, %v, want %q in it", screen, text, err, want)
		}
	}
	o := SnapshotOptions{Screen: "past", Fabric: "dc1-prod", Run: "77", Width: 100, Height: 30}
	if text, err := Snapshot(t.Context(), cfg, o); err == nil {
		t.Errorf("what cannot be read is drawn as\n%s", text)
	}
}

// TestHistoryIsWrittenToItsEnd, however little of it was looked at, and only what the
// filter lets through.
func TestHistoryIsWrittenToItsEnd(t *testing.T) {
	f := desk()
	f.Fabric.ID = "long"
	d := drive(t, only(f), 80, 24).press("h")
	written := func() []string {
		t.Helper()
		file, ok := d.model.top().pane.(filer).File(d.model.env())
		if !ok {
			t.Fatal("there is no file")
		}
		content, err := file.Content(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(strings.TrimSpace(string(content)), "\n")
	}
	entries := d.acts.happened(f)
	kept := slices.DeleteFunc(slices.Clone(entries), func(e core.Entry) bool {
		b, is := e.What.(core.Blind)
		return is && b.Reason == core.Polled
	})
	lines := written()
	if len(lines) != 1+len(kept) {
		t.Errorf("%d lines, want a head and %d entries", len(lines), len(kept))
	}
	slices.Sort(lines)
	if n := len(slices.Compact(lines)); n != 1+len(kept) {
		t.Errorf("%d of them differ", n)
	}
	d.model.top().filter = parseFilter("object=vpc/vpc-3333", historyWords())
	if lines := written(); len(lines) != 2 || !strings.Contains(lines[1], "VPC/vpc-3333") {
		t.Errorf("with a filter it is %q", lines)
	}
	d.model.top().filter = parseFilter("since<2d", historyWords())
	d.press("j")
	d.acts.pages = 0
	if lines := written(); len(lines) < 2 || len(lines) > 100 || d.acts.pages > 0 {
		t.Errorf("of two days there are %d lines, and %d pages were read", len(lines), d.acts.pages)
	}
	d.model.top().filter = parseFilter("", historyWords())
	d.press("j")
	file, _ := d.model.top().pane.(filer).File(d.model.env())
	d.acts.fault = errors.New("the disk is gone")
	if _, err := file.Content(t.Context()); err == nil || !strings.Contains(err.Error(), "the disk is gone") {
		t.Errorf("of a history that cannot be read on there is a file: %v", err)
	}
}

func TestPublishedDraftsAskForNoPlan(t *testing.T) {
	f := desk()
	for i := range f.Drafts {
		f.Drafts[i].State = core.DraftPending
	}
	d := drive(t, only(f), 160, 45)
	d.shows("4 pending drafts")
	d.hides("s plans a sync")
	d.press("H").shows("drafts that nobody has published  none")
	d.shows("decisions that live has yet to follow  4")
}
