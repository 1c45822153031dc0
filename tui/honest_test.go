package tui

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"selvage/core"
)

func only(f core.FabricState) core.Fleet { return core.Fleet{Fabrics: []core.FabricState{f}} }

func TestNotLiveIsSaidOnlyOfWhatIsProvenAbsent(t *testing.T) {
	written := driftedSwitch()
	written.LiveRevision = ""
	agreed := calm(1)[0]
	agreed.LiveRevision, agreed.Git, agreed.Live = "", nil, nil
	deleted := onlyGit("gone")
	deleted.State, deleted.Changes[0].Base = core.Drifted, deleted.Changes[0].Git
	unread := calm(1)[0]
	unread.State, unread.Git, unread.Live, unread.LiveRevision, unread.Changes = core.Unknown, nil, nil, "", onlyGit("x").Changes
	gitUnread := onlyLive("x", "", time.Hour)
	gitUnread.State, gitUnread.Changes, gitUnread.Git, gitUnread.Live = core.Unknown, nil, nil, nil
	tests := []struct {
		name    string
		verdict core.Verdict
		want    string
	}{
		{"drifted, from a dump", written, "live -> git fabrics"},
		{"in sync, from a dump", agreed, "live -> git fabrics"},
		{"with a revision", driftedSwitch(), "live rv 88190 -> git fabrics"},
		{"only in git", onlyGit("x"), "not live -> git fabrics"},
		{"deleted live", deleted, "not live -> git fabrics"},
		{"only live", onlyLive("x", "", time.Hour), "live rv 88301 -> not in git"},
		{"live unread", unread, "live ? -> git fabrics"},
		{"git unread", gitUnread, "live rv 88301 -> git ?"},
	}
	for _, tt := range tests {
		if got := direction(&tt.verdict, false, 200).String(); !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestNothingIsCountedWhereGitWasNeverRead(t *testing.T) {
	f := unreachable()
	f.Report.Live.Access, f.Report.Live.Error = core.AccessOK, ""
	f.Report.Git[0].Access, f.Report.Git[0].ReadAt, f.Report.Git[0].Revision = core.AccessUnreachable, time.Time{}, ""
	row := drive(t, only(f), 80, 24).cursor()
	if got := strings.Join(strings.Fields(row)[3:], " "); got != "? ? 30 ? ? ? ? ? ? 14m" {
		t.Errorf("row %q counts %q", row, got)
	}
	// What was read once is known as of then.
	f.Report.Git[0].ReadAt = ago(time.Hour)
	if row := drive(t, only(f), 80, 24).cursor(); strings.Count(row, ".") != 7 {
		t.Errorf("row %q of a Git that was read once", row)
	}
}

func TestUnknownIsCountedApartFromNotInSync(t *testing.T) {
	d := drive(t, only(unreachable()), 80, 24)
	d.shows(" 30 objects, 30 unknown, 0 in sync,")
	d.press("enter")
	d.shows("-- ? not in sync, 30 unknown, 0 in sync --")
	f := fabric("f", time.Second, append(unreachable().Report.Verdicts, driftedSwitch())...)
	drive(t, only(f), 80, 24).press("enter").shows("-- 1 not in sync, 30 unknown, 0 in sync")
	drive(t, core.Fleet{Fabrics: []core.FabricState{fullFleet().Fabrics[5]}}, 80, 24).press("enter").shows("-- ? not in sync, 20 in sync")
}

func TestNextProblemPassesOverWhatWasInSyncWhenLastRead(t *testing.T) {
	d := drive(t, only(unreachable()), 80, 24).press("enter", "n")
	if got := d.cursor(); !strings.Contains(got, "vpc-004") {
		t.Errorf("cursor on %q, want the one that was drifted", got)
	}
}

func TestReasonOfUnknownStandsApartFromTheStateBefore(t *testing.T) {
	f := unreachable()
	v := f.Report.Verdicts[3]
	v.Reason, v.LastSince = "live: list vpcs: timeout", v.Since.Add(-8*time.Minute)
	f = fabric("f", time.Second, v)
	drive(t, only(f), 80, 24).press("enter").shows(" ? unknown for 14m (was ~ drifted for 8m): live: list vpcs")
	v.LastSince = time.Time{}
	drive(t, only(fabric("f", time.Second, v)), 80, 24).press("enter").shows(" ? unknown for 14m (was ~ drifted): live: list vpcs")
}

func TestHelpNamesOnlyFilterWordsThatWork(t *testing.T) {
	d := drive(t, fullFleet(), 80, 70).press("?")
	d.shows("state=")
	d.shows("name=")
	d.hides("kind=")
	d.hides("by=")
	d = drive(t, fullFleet(), 80, 70).press("enter", "?")
	for _, word := range []string{"state=", "kind=", "name=", "by="} {
		d.shows(word)
	}
}

func TestUnknownFabricsAreFoundWhateverTheirWord(t *testing.T) {
	d := drive(t, fullFleet(), 80, 24).press("/").typed("state=unknown").press("enter")
	d.shows("1/5")
	for _, id := range []string{"dc2-dr", "dc3-lab", "edge-fra", "edge-lon", "lab-old"} {
		d.shows(id)
	}
}

func TestFilterThatSaysNothingIsToldNotFollowed(t *testing.T) {
	for text, want := range map[string]string{
		"foo=bar": "no filter word foo=", "state=bogus": "no state bogus", "kind=VPC": "no filter word kind=", "!foo=bar": "no filter word foo=",
	} {
		d := drive(t, fullFleet(), 80, 24).press("/").typed(text).press("enter")
		if rule := d.lines()[1]; !strings.Contains(rule, want) || strings.Contains(rule, "/"+text) {
			t.Errorf("/%s: the rule says %q", text, rule)
		}
		d.shows(want + "; there are: ")
		d.shows("1/12")
	}
	for _, text := range []string{"state=dri", "state=", "state=git_un", "state=login", "name=x"} {
		drive(t, fullFleet(), 80, 24).press("/").typed(text).press("enter").hides("no filter word")
		drive(t, fullFleet(), 80, 24).press("/").typed(text).press("enter").hides("no state")
	}
	drive(t, fullFleet(), 80, 10).press("/").typed("foo=bar").press("enter").shows("no filter word foo=")
	d := drive(t, only(busy()), 80, 24).press("enter", "/").typed("state=stale").press("enter")
	d.shows("no state stale")
	d.shows("1/9")
}

func TestCursorStaysOnItsRowWhenTheFilterGoes(t *testing.T) {
	d := drive(t, fullFleet(), 80, 24).press("/").typed("dc4").press("enter")
	d.shows("1/1")
	d.press("esc")
	if got := d.cursor(); !strings.Contains(got, "dc4-prod") {
		t.Errorf("cursor on %q, want dc4-prod", got)
	}
	d = drive(t, only(busy()), 80, 24).press("enter", "/").typed("switch").press("enter")
	d.shows("1/1")
	d.press("esc")
	if got := d.cursor(); !strings.Contains(got, "Switch/leaf-03") {
		t.Errorf("cursor on %q, want Switch/leaf-03", got)
	}
}

func TestValuesWithBlanksAreQuotedAmongOthers(t *testing.T) {
	v := driftedSwitch()
	v.Changes[0].Live, v.Changes[0].Git = core.ValueOf("moved to B25, U32"), core.ValueOf("DC2")
	drive(t, only(fabric("f", time.Second, v)), 80, 24).press("enter").shows(`live "moved to B25, U32"  git DC2`)
	v.Changes = v.Changes[:1]
	drive(t, only(fabric("f", time.Second, v)), 80, 24).shows(`"moved to B25, U32" -> DC2`)
}

func TestNamesThatDifferLookDifferent(t *testing.T) {
	verdicts := []core.Verdict{}
	names := []string{}
	for _, mid := range []string{"01", "02", "11", "12"} {
		name := "a-very-long-server-name-in-hall-one--" + mid + "--unbundled--the-leaf-of-the-rack-at-the-end-b07"
		names = append(names, name)
		verdicts = append(verdicts, simple(core.Drifted, wiringGroup, "Connection", name, ".spec.x", "kubectl-edit", time.Hour))
	}
	for _, width := range []int{160, 80, 60, 44} {
		d := drive(t, only(fabric("f", time.Second, verdicts...)), width, 24).press("enter")
		seen := map[string]bool{}
		for range names {
			row := d.cursor()
			if width >= sideBySide {
				row, _, _ = strings.Cut(row, "|")
			}
			if seen[row] {
				t.Errorf("at %d columns two objects look like %q", width, row)
			}
			seen[row] = true
			d.press("j")
		}
	}
}

func TestReasonOfAnInvalidRowGetsTheFreeRoom(t *testing.T) {
	v := invalidFile()
	v.Key.Name, v.Reason = "vpcs/x.yaml", "line 14: mapping values are not allowed here"
	long := simple(core.Drifted, wiringGroup, "Connection", "srv-07--unbundled--leaf-03--and-more", ".spec.x", "kubectl-edit", time.Hour)
	d := drive(t, only(fabric("f", time.Second, v, long)), 80, 24).press("enter")
	if got := d.cursor(); !strings.Contains(got, v.Reason) || !strings.HasSuffix(got, "12m") {
		t.Errorf("row %q does not hold the reason", got)
	}
}

func TestDividerStaysWhereItIsWhateverTheFilterLeaves(t *testing.T) {
	for _, keys := range [][]string{nil, {"j", "enter"}} {
		d := drive(t, fullFleet(), 160, 45).press(keys...)
		at := func() int { return strings.LastIndex(strings.TrimRight(ansi.Strip(d.lines()[30]), " "), "|") }
		before := at()
		for _, text := range []string{"leaf", "zzz"} {
			d.press("/").typed(text).press("enter")
			if got := at(); got != before || before < 0 {
				t.Errorf("%q: divider in column %d, was in %d:\n%s", text, got, before, d.screen())
			}
			d.press("esc")
		}
	}
}

func TestNarrowListKeepsWhatTellsMost(t *testing.T) {
	for width, want := range map[int]string{
		80: "! conflict     dc1-prod       .   2   .   3   1   1   1   1 argocd 4/5 39/42 4f2c9e1  8s",
		76: "! conflict     dc1-prod       .   2   .   3   1   1   1   1 argocd 4/5 4f2c9e1 8s",
		60: "! conflict     dc1-prod     2! 3~ 1* 1+ 1- 1^ argocd 4/5  8s",
		52: "! conflict dc1-prod 2! 3~ 1* 1+ 1- 1^ 8s",
		44: "! dc1-prod     2! 3~ 1* 1+ 1- 1^",
	} {
		got := drive(t, fullFleet(), width, 24).press("j").cursor()
		if strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(want), " ") {
			t.Errorf("at %d columns: %q, want %q", width, got, want)
		}
	}
	d := drive(t, fullFleet(), 44, 24)
	for id, want := range map[string]string{"dc3-lab": "? dc3-lab 30?", "edge-fra": "? edge-fra ?", "dc4-prod": "= dc4-prod ."} {
		found := false
		for _, l := range d.lines() {
			found = found || strings.Join(strings.Fields(l), " ") == want
		}
		if !found {
			t.Errorf("%s is not shown as %q:\n%s", id, want, d.screen())
		}
	}
}

func TestWholeObjectsSayWhichSideHasThem(t *testing.T) {
	deleted, removed := onlyGit("x"), onlyLive("x", "", time.Hour)
	deleted.State, deleted.Changes[0].Base, deleted.Changes[0].Verdict = core.Drifted, deleted.Changes[0].Git, core.FieldDrift
	removed.State, removed.Changes[0].Base, removed.Changes[0].Verdict = core.Pending, removed.Changes[0].Live, core.FieldGitAhead
	for want, v := range map[string]core.Verdict{
		"only in git": onlyGit("x"), "only live": onlyLive("x", "", time.Hour), "deleted live": deleted, "removed from git": removed,
	} {
		d := diffOf(t, v, 80, 24)
		found := false
		for _, l := range d.lines() {
			l = strings.TrimRight(l, " ")
			found = found || strings.Contains(l, "the whole object") && strings.HasSuffix(l, want)
		}
		if !found {
			t.Errorf("the change does not say %q:\n%s", want, d.screen())
		}
	}
}

// TestStandstillIsToldWithItsCommand, once and before the rest.
func TestStandstillIsToldWithItsCommand(t *testing.T) {
	for _, keys := range [][]string{nil, {"enter"}} {
		d := drive(t, only(frozen()), 100, 30).press(keys...)
		d.shows("frozen: 21 of 84 objects vanished from live at once")
		d.shows("--mass-change)")
		d.shows("git fabrics/dc5-prod: the history of main was rewritten")
		if got := strings.Count(d.screen(), "vanished"); got != 1 {
			t.Errorf("told %d times:\n%s", got, d.screen())
		}
	}
}

func TestFoldedFieldsAreCountedByWhoseRules(t *testing.T) {
	d := drive(t, only(frozen()), 120, 30).press("enter")
	d.shows("-- 3 not in sync, 60 in sync, 123 server fields folded, 1 by own rules --")
	d.shows("rules v0.129, fabric v0.126 to v0.128")
	f := frozen()
	f.Report.Release = ""
	drive(t, only(f), 120, 30).press("enter").shows("rules v0.129, fabric release not known")
}

func TestAcceptedDifferenceSaysByWhomAndUntilWhen(t *testing.T) {
	for _, keys := range [][]string{{"enter", "G"}, {"enter", "G", "d"}} {
		d := drive(t, only(frozen()), 100, 30).press(keys...)
		d.shows("# acknowledged for 3h")
		d.shows("accepted by bob until 2026-11-29 14:02:11Z: the label comes with the next")
	}
}

func TestNamesAreWholeBeforeEachLetterHasAColumn(t *testing.T) {
	fleet := fullFleet()
	for i, name := range []string{"dc1-frontend", "dc2-frontend", "dc1-storage-east"} {
		fleet.Fabrics[i].Fabric.ID = core.FabricID(name)
	}
	for _, width := range []int{60, 72, 80, 100} {
		d := drive(t, fleet, width, 24)
		for _, f := range fleet.Fabrics[:3] {
			d.shows(string(f.Fabric.ID))
		}
	}
	d := drive(t, fleet, 80, 24)
	d.shows("GIT")
}

// TestWhatWasNeverReadIsNotZero nor was it checked; and why is told whole, for there is
// nothing else to read.
func TestWhatWasNeverReadIsNotZero(t *testing.T) {
	f := fabric("f3", 0)
	r := f.Report
	r.Verdicts, r.Counts, r.Live.ReadAt, r.Live.Access, r.Live.Error = nil, core.Counts{}, time.Time{}, core.AccessUnreachable,
		"list vpcs.vpc.githedgehog.com: dial tcp 10.9.3.10:6443: i/o timeout (is the VPN up? selvage doctor tells more)"
	f.LastSync = time.Time{}
	r.Git[0].ReadAt, r.Git[0].Access, r.Git[0].Revision = time.Time{}, core.AccessInvalid, ""
	r.Git[0].Error = `list the files of fabrics/of/a/hall/with/a/long/name/f3 in git@git.example.net:network/fabrics/of/all/halls.git: no folder "fabrics/of/a/hall/with/a/long/name/f3" on branch "main" (fix git.path)`
	d := drive(t, only(f), 80, 24)
	d.shows("? objects, ? in sync")
	d.shows("tried ")
	d.hides("checked")
	d.press("enter").shows("? not in sync, ? in sync")
	if text := strings.Join(strings.Fields(d.screen()), " "); !strings.Contains(text, "(fix git.path)") {
		t.Errorf("the error is cut\n%s", d.screen())
	}
	// Where objects take the room, a mark says that there is more.
	setVerdicts(&f, unreachable().Report.Verdicts...)
	if got := drive(t, only(f), 80, 24).press("enter"); !strings.Contains(got.screen(), " ..\n") {
		t.Errorf("the cut has no mark\n%s", got.screen())
	}
}
