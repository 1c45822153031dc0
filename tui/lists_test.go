package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"selvage/core"
)

// alike is a fabric that may be written to, with n switches that differ in the same
// way and one that does not.
func alike(n int) core.FabricState {
	f := undecided()
	verdicts := slices.Clone(f.Report.Verdicts)
	for i := range n {
		v := simple(core.Drifted, wiringGroup, "Switch", fmt.Sprintf("spine-%02d", i+1), ".spec.enableAllPorts", "kubectl-edit", time.Duration(i+1)*time.Hour)
		verdicts = append(verdicts, v)
	}
	setVerdicts(&f, verdicts...)
	return f
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

func TestMarkedFabricsAreCheckedAndPlannedTogether(t *testing.T) {
	other := undecided()
	other.Fabric.ID, other.Fabric.Protected = "dc2-prod", false
	read := settled()
	read.Fabric.Mode = core.ModeRead
	d := drive(t, core.Fleet{Fabrics: []core.FabricState{unprotected(), other, read}}, 80, 24).press("space")
	d.shows("1 marked")
	d.press("*")
	d.shows("3 marked")
	d.press("r")
	if len(d.engine.refreshed) != 3 {
		t.Errorf("checked %v", d.engine.refreshed)
	}
	d.shows("checking 3 fabrics")
	d.press("s")
	d.shows("2 fabrics > sync plan")
	d.shows("left out, for nothing may be published there: 1 fabric")
	if got := d.acts.planned[0]; !slices.Equal(got, []core.FabricID{"dc1-prod", "dc2-prod"}) {
		t.Errorf("planned %v", got)
	}
	d.press("esc")
	d.shows("3 marked")
	d.press("esc")
	d.hides("marked")
	d.press("s")
	if got := d.acts.planned[1]; len(got) != 1 {
		t.Errorf("without marks %v were planned", got)
	}
}

func TestSeveralFabricsArePlannedByName(t *testing.T) {
	other := undecided()
	other.Fabric.ID = "dc2-prod"
	for _, text := range []string{"sync dc1-prod dc2-prod", "sync all"} {
		d := drive(t, core.Fleet{Fabrics: []core.FabricState{unprotected(), other}}, 80, 24).press(":").typed(text).press("enter")
		d.shows("2 fabrics > sync plan")
		d.press("esc", "[")
		d.shows("2 fabrics > sync plan")
	}
}

func TestMarksGoWithWhatIsNotShown(t *testing.T) {
	d := drive(t, fullFleet(), 80, 24).press("*", "/").typed("dc1").press("enter")
	d.shows("2 marked")
	d.press("*").hides("marked")
	d.press("*").shows("2 marked")
}

func TestDigitsDecideWhileObjectsAreMarked(t *testing.T) {
	d := drive(t, only(alike(0)), 80, 24).press("enter", "space", "space")
	d.shows("2 marked:  1 git  2 live  3 base")
	d.press("2")
	d.shows("take live on 4 differences of 2 objects")
	d.shows("type 2 to do it: _")
	d.typed("1").press("enter")
	d.shows("that is not 2: nothing was decided")
	if d.press("2", "esc"); len(d.acts.decided) > 0 {
		t.Fatal("escape decided")
	}
	d.press("2").typed("2").press("enter")
	if len(d.acts.decided) != 4 || d.acts.decided[0].Choice != core.TakeLive {
		t.Errorf("decided %+v", d.acts.decided)
	}
	d.shows("draft: take live on 4 differences")
	d.hides("marked")
	d.press("u").shows("undone: 4 decided")
	d.press("U").shows("done again")
	d.press("*", "0").shows("dropped 4 drafts")
	d.press("2").shows("[2 conflicts]")
}

func TestWhatChangedWhileTheNumberIsTypedIsNotDecided(t *testing.T) {
	d := drive(t, only(alike(0)), 80, 24).press("enter", "*", "2")
	d.shows("of 9 objects")
	f := alike(0)
	setVerdicts(&f, f.Report.Verdicts[1:]...)
	d.set(only(f))
	d.typed("9").press("enter")
	d.shows("the differences are others by now: nothing was decided")
	if len(d.acts.decided) > 0 {
		t.Errorf("decided %+v", d.acts.decided)
	}
}

func TestEqualChangesAreOneRow(t *testing.T) {
	d := drive(t, only(alike(64)), 100, 30).press("enter", "=")
	d.shows("64 Switch objects  .spec.enableAllPorts  e1/4 -> e1/3")
	d.hides("spine-64")
	d.press("/").typed("spine").press("enter")
	d.shows("enter unfold")
	d.shows("64 objects with the same change: Switch/spine-01")
	d.press("enter")
	d.shows("  Switch/spine-02")
	d.shows("1/65")
	d.press("enter").shows("1/1")
	d.press("1")
	d.shows("take git on 64 differences of 64 objects")
	d.typed("64").press("enter")
	if len(d.acts.decided) != 64 {
		t.Errorf("%d decided, want all of the group", len(d.acts.decided))
	}
	d.press("space")
	d.shows("64 marked")
	d.press("esc", "esc").hides("grouped")
	d.shows("1/64")
	drive(t, only(busy()), 100, 30).press("enter").hides("= group")
}

func TestObjectsAreAcceptedFromTheList(t *testing.T) {
	f := alike(0)
	f.Report.Engine = argo("dc1")
	d := drive(t, only(f), 100, 30).press("enter", "j", "j", "#")
	d.shows("accept Connection/srv-07--unbundled--leaf-03")
	d.shows("for how long (8h, 2d, 3w): _")
	d.shows("accepting keeps it from nothing: argocd")
	d.typed("2d").press("enter").typed("CHG-1").press("enter")
	if want := []string{"dc1-prod Connection/srv-07--unbundled--leaf-03 2d CHG-1"}; !slices.Equal(d.acts.accepted, want) {
		t.Errorf("accepted %q", d.acts.accepted)
	}
	d.press("*", "#")
	d.shows("accept 8 objects of dc1-prod")
	d.typed("2d").press("enter", "enter")
	d.shows("it takes an end and a reason")
	d.press("#").typed("2d").press("enter").typed("CHG-2").press("enter")
	if len(d.acts.accepted) != 9 {
		t.Errorf("accepted %q", d.acts.accepted)
	}
	d.shows("8 objects accepted until 2026-11-25")
}

func TestFabricIsAcceptedFromTheList(t *testing.T) {
	d := drive(t, only(undecided()), 100, 30).press("#")
	d.shows("accept 8 objects of dc1-prod")
	d.typed("2d").press("enter").typed("CHG-2").press("enter")
	if len(d.acts.accepted) != 8 {
		t.Errorf("accepted %q", d.acts.accepted)
	}
	drive(t, only(settled()), 100, 30).press("#").hides("for how long")
}

func TestConflictsAreATabAndEnterResolves(t *testing.T) {
	d := drive(t, only(undecided()), 80, 24).press("enter", "2")
	d.shows("2 objects in conflict")
	d.shows("1/2")
	d.hides("Switch/leaf-03")
	d.press("d").shows("fields view")
	d.press("esc", "enter").shows("resolve")
	drive(t, only(settled()), 80, 24).press("enter", "2").shows("no conflict: git and live have not both changed one field")
	drive(t, only(unreachable()), 80, 24).press("enter", "2").shows("no conflict is known")
}

func TestAllObjectsAreATabWithTheKindsNotInGit(t *testing.T) {
	d := drive(t, only(busy()), 100, 40).press("enter", "3")
	d.shows("214 objects, 9 not in sync")
	d.press("G")
	d.shows("Switch  7 live, not in git")
	d.shows("git holds no object of this kind")
	if d.press("d", "x", "space", "#"); d.model.top().spec.name != "objects" || strings.Contains(d.screen(), "marked") {
		t.Errorf("something was done to a kind:\n%s", d.screen())
	}
	d.press("k", "k", "d").shows("dc1-prod > VPC/vpc-205")
}

func TestPreviewIsSwitchedOffAndMoved(t *testing.T) {
	d := drive(t, fullFleet(), 160, 45)
	if d.shows(" | "); strings.Contains(d.screen(), "-- lab-gpu") {
		t.Error("it is below at once")
	}
	d.press("P").hides(" | ")
	d.shows("-- lab-gpu")
	d.press("enter").hides(" | ") // remembered
	d.press("P").shows(" | ")
	d.press("esc").shows(" | ")
	d.press("p").hides(" | ")
	d.hides("-- lab-gpu")
	d.press("P").shows(" | ")
	d = drive(t, fullFleet(), 80, 24).press("p")
	d.hides("-- lab-gpu")
	d.press("P").hides(" | ")
	d.press("p").shows("-- lab-gpu")
}

func TestCompactLeavesOneHeaderLine(t *testing.T) {
	d := drive(t, only(busy()), 80, 10).press("enter", "ctrl+e")
	lines := d.lines()
	if !strings.HasPrefix(lines[0], "fabrics > dc1-prod") || !strings.Contains(lines[1], "OBJECT") || !strings.Contains(lines[9], "ExternalPeering/") && !strings.Contains(lines[9], "VPC") {
		t.Errorf("compact:\n%s", d.screen())
	}
	d.hides("sort:")
	d.press("d").hides("? help")
	d.press("esc", "esc").shows("1/1")
	d.press("ctrl+e").shows("? help")
}

func TestNeighboursOfAnObjectAreTold(t *testing.T) {
	d := drive(t, only(undecided()), 160, 45).press("enter")
	d.shows("uses     IPv4Namespace/default  not compared")
	d.shows("used by  VPCPeering/tenant-a--tenant-b  ! conflict")
	d.shows("commits that set it")
	d.shows("4f2c9e1   2h  Alexandra van den Berghe")
	d.press("j", "j").hides("used by  ")
	d.press("P").hides("depends on, used by")
}

func TestInfoTellsHowAFabricIsSetUp(t *testing.T) {
	d := drive(t, only(watched()), 100, 60).press("enter", "6")
	for _, text := range []string{
		"[6 info]", "watcher", "alice@jump1, process 4711", "https://10.9.1.10:6443", "git@git.example.net:net/fabrics.git",
		"rules v0.129, fabric v0.126 to v0.128", "VPC", "not in git and not compared", "manual: a person decides",
	} {
		d.shows(text)
	}
	d.press("G").shows("verify_ssl: true")
	d.press("/").typed("selvage.db").press("enter").shows("1 hit")
	d.press("esc", "1")
	d.acts.fault = fmt.Errorf("read the configuration: it is gone")
	d.press("6", "G").shows("it is gone")
	d.press("r")
	if len(d.engine.refreshed) != 1 {
		t.Error("r does not check")
	}
}

// watched is a fabric that some process watches.
func watched() core.FabricState {
	f := busy()
	f.Watcher = core.Holder{ID: "x", User: "alice", Host: "jump1", PID: 4711, Since: ago(time.Hour), Seen: ago(3 * time.Second)}
	f.Fabric.Limits = core.Limits{Count: 5, Percent: 20}
	f.Fabric.Ignore = []core.IgnoreRule{{Kind: "Switch", Path: ".spec.portLocators"}}
	f.Took = 1200 * time.Millisecond
	return f
}

// deleting plans to take seven objects out of Git, which is too many unless it is
// allowed.
func deleting(f core.FabricState, asked core.PlanOptions) *core.Plan {
	p := samplePlan(f, asked)
	for i := range 7 {
		p.Commits[0].Changes = append(p.Commits[0].Changes, core.PlannedChange{
			Fabric: f.Fabric.ID, Key: key(vpcGroup, "VPC", fmt.Sprintf("old-%d", i)), Path: core.Root, Op: core.OpRemoved, Before: core.ValueOf("x"),
		})
	}
	if asked.AllowDelete < 7 {
		p.Stop = append(p.Stop, "dc1-prod: it takes 7 of 214 objects out of git (if that is right: --allow-delete 7)")
	}
	return p
}

func TestLimitIsPassedByTypingTheNumber(t *testing.T) {
	d := drive(t, only(unprotected()), 80, 24)
	d.acts.plan = deleting
	d.press("s")
	d.shows("it takes 7 of 214 objects out of git")
	d.shows("l allows it, with the number typed")
	d.hides("commit and push")
	d.press("l")
	d.shows("type 7 to allow that: _")
	d.typed("6").press("enter").shows("that is not 7: nothing was allowed")
	d.press("l").typed("7").press("enter")
	d.hides("it cannot be published")
	d.press("tab", "enter")
	if len(d.acts.orders) != 1 || d.acts.orders[0].AllowDelete != 7 {
		t.Errorf("ordered %+v", d.acts.orders)
	}
}

func TestAllowanceEndsWithItsPlan(t *testing.T) {
	d := drive(t, only(unprotected()), 80, 24)
	d.acts.plan = deleting
	d.press("s", "l").typed("7").press("enter", "esc", "s")
	d.shows("it cannot be published")
	other := stopped()
	other.Fabric.Protected = false
	d = drive(t, only(other), 80, 24) // it is stopped by something else as well
	d.acts.plan = deleting
	d.press("s").hides("allows it, with the number typed")
	if d.press("l"); d.model.prompt != nil {
		t.Error("a number is asked for that would not help")
	}
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

func TestWatcherThatWasNotHeardOfHasNoAge(t *testing.T) {
	f := busy()
	f.Watcher = core.Holder{ID: "x", User: "alice", Host: "jump1", PID: 4711, Since: ago(time.Hour)}
	d := drive(t, only(f), 160, 45).press("enter", "6")
	d.shows("process 4711, since ")
	d.hides("heard of ?")
}

func TestRulesOfAListAreNoDashesInAPager(t *testing.T) {
	d := drive(t, only(busy()), 80, 24).press("enter", "/").typed("vpc").press("enter")
	if whole := d.model.wholeText(); strings.Contains(whole, "-----") || !strings.Contains(whole, "  /vpc  sort: ") {
		t.Errorf("the text for a pager:\n%s", whole)
	}
}

// TestUndoIsHintedWhereSomethingWasDecided, and not before.
func TestUndoIsHintedWhereSomethingWasDecided(t *testing.T) {
	d := drive(t, only(undecided()), 200, 24).press("c")
	d.hides("u undo")
	d.press("2").shows("u undo")
	d.press("0").shows("u undo")
}

// TestNothingIsOfferedToBeResolvedWhereAllAgrees.
func TestNothingIsOfferedToBeResolvedWhereAllAgrees(t *testing.T) {
	drive(t, only(settled()), 200, 24).press("enter").hides("c resolve")
	drive(t, only(undecided()), 200, 24).press("enter").shows("c resolve")
}
