package tui

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"selvage/core"
)

// onTenant is a dashboard on the diff of the first object, with the cursor on its
// conflict.
func onTenant(t *testing.T) *driver {
	t.Helper()
	return drive(t, only(undecided()), 80, 24).press("enter", "d", "n")
}

// lastDecision is what was decided last.
func (d *driver) lastDecision() core.Decision {
	d.tb.Helper()
	if len(d.acts.decided) == 0 {
		d.tb.Fatalf("nothing was decided:\n%s", d.screen())
	}
	return d.acts.decided[len(d.acts.decided)-1]
}

func TestSideIsTakenOnTheDiff(t *testing.T) {
	for key, want := range map[string]core.Choice{"1": core.TakeGit, "2": core.TakeLive, "3": core.TakeBase, "a": core.TakeLive} {
		d := onTenant(t).press(key)
		got := d.lastDecision()
		if got.Choice != want || got.Path != ".spec.subnets.web.dhcp.range.end" || got.Key.Name != "tenant-a" || d.acts.by[0] != "alice" {
			t.Errorf("%q decided %+v by %v, want %s", key, got, d.acts.by, want)
		}
		d.shows("= draft: take " + string(want))
		d.shows(" draft: take " + string(want) + " on .spec.subnets.web.dhcp.range.end")
		d.shows("1 draft")
	}
}

func TestDecisionIsClearedUndoneAndDoneAgain(t *testing.T) {
	d := onTenant(t).press("2")
	d.press("u")
	d.hides("= draft")
	d.shows("undone: 1 decided")
	d.press("U")
	d.shows("= draft: take live")
	d.press("0")
	d.hides("= draft")
	d.shows("dropped 1 draft")
	d.press("u")
	d.shows("= draft: take live")
	d.press("u", "u")
	d.shows("nothing of yours is left to undo")
	d.acts.published = "412c0f4e-dc1-prod"
	d.press("u")
	d.shows("nothing to undo: run 412c0f4e is published (decide anew, or selvage sync")
	d.shows("\n--revert 412c0f4e)")
}

// TestWhatWasPublishedIsNotDropped: its commit is in Git, and until live has followed the
// draft tells that it is to. What was marked beside it goes.
func TestWhatWasPublishedIsNotDropped(t *testing.T) {
	f := unprotected()
	published := draft(1, key("vpc", "VPC", "tenant-a"), ".spec.mode", core.TakeEdited, core.ValueOf("l3vni"))
	published.State, published.Published.Run = core.DraftPending, "412c0f4e-dc1-prod"
	f.Drafts = []core.DraftStanding{published}
	d := drive(t, only(f), 80, 24).press("enter", "7", "0")
	d.shows("nothing to drop: run 412c0f4e is published (decide anew, or selvage sync")
	d.shows("\n--revert 412c0f4e), and live is to follow")
	d.shows("pending")

	f.Drafts = append(f.Drafts, draft(2, key("vpc", "VPC", "tenant-b"), ".spec.mode", core.TakeLive, core.ValueOf("l2vni")))
	d = drive(t, only(f), 80, 24).press("enter", "7", "*", "0")
	d.shows("dropped 1 draft (u undoes it); run 412c0f4e is published (decide anew")
	d.shows("tenant-a")
	d.hides("tenant-b")
}

func TestWhatCannotBeTakenIsNotOffered(t *testing.T) {
	d := drive(t, only(undecided()), 80, 24).press("enter", "d") // the first change has no base, the last is Git's own
	d.hides("3 base")
	if d.press("3"); len(d.acts.decided) > 0 {
		t.Error("a base that is not there was taken")
	}
	d.press("N")
	d.shows(">.spec.subnets.db")
	d.hides("1 git")
	if d.press("1"); len(d.acts.decided) > 0 {
		t.Error("git was taken where it has decided already")
	}
}

func TestModeReadOffersNoDecision(t *testing.T) {
	f := undecided()
	f.Fabric.Mode = core.ModeRead
	d := drive(t, only(f), 80, 24)
	for _, key := range []string{"s", "c", "enter", "s", "c", "d", "1", "2", "3", "e", "a", "0", "u", "U", "s"} {
		d.press(key)
	}
	if len(d.acts.decided)+len(d.acts.plans)+len(d.acts.done) > 0 || d.model.prompt != nil || d.model.top().spec.name != "diff" {
		t.Errorf("in mode read something was done: %+v %+v\n%s", d.acts.decided, d.acts.plans, d.screen())
	}
	d.hides("2 live")
}

func TestUnknownModeOffersNoDecision(t *testing.T) {
	f := undecided()
	f.Fabric.Mode = "wirte"
	if d := drive(t, only(f), 80, 24).press("enter", "d", "n", "2"); len(d.acts.decided) > 0 {
		t.Error("a mode that nobody knows let something be decided")
	}
}

func TestValueIsEditedInline(t *testing.T) {
	d := onTenant(t).press("e")
	d.shows(".spec.subnets.web.dhcp.range.end = 10.1.0.240_")
	d.press("backspace", "backspace", "backspace").typed("233").press("enter")
	if got := d.lastDecision(); got.Choice != core.TakeEdited || !got.Value.Equal(core.ValueOf("10.1.0.233")) {
		t.Errorf("decided %+v", got)
	}
	d.shows("= draft: set 10.1.0.233")
	d.press("e")
	d.shows("= 10.1.0.233_")
	d.press("esc")
	if d.shows("= draft: set 10.1.0.233"); len(d.acts.decided) != 1 {
		t.Error("escape decided something")
	}
	d.press("e", "ctrl+u", "enter")
	d.shows("nothing was typed")
	if len(d.acts.decided) != 1 {
		t.Error("an empty line decided something")
	}
}

func TestTypedValueKeepsItsKind(t *testing.T) {
	text, number := core.ValueOf("a"), core.ValueOf(int64(1))
	for _, c := range []struct {
		typed string
		like  core.Value
		want  any
	}{
		{"1000", number, int64(1000)},
		{"1000", text, "1000"},
		{`"1000"`, number, "1000"},
		{`"a b"`, text, "a b"},
		{"leaf 03", number, "leaf 03"},
		{"true", core.ValueOf(false), true},
		{"true", text, "true"},
		{`["a","b"]`, core.ValueOf([]any{"a"}), []any{"a", "b"}},
		{`{"vlan":5}`, core.Value{}, map[string]any{"vlan": int64(5)}},
		{`""`, text, ""},
	} {
		got, err := typedValue(c.typed, c.like)
		if err != nil || !got.Equal(core.ValueOf(c.want)) {
			t.Errorf("typed %q where %v stood: %v, %v; want %v", c.typed, c.like, got, err, c.want)
		}
	}
	for _, typed := range []string{"", "  ", "{", `["a"`, `"a`, "<masked 1>", `{"password":"<masked 2>"}`} {
		if got, err := typedValue(typed, core.Value{}); err == nil {
			t.Errorf("typed %q is %v, want an error", typed, got)
		}
	}
}

func TestSecretIsNotOfferedToBeChanged(t *testing.T) {
	f := undecided()
	v := simple(core.Drifted, vpcGroup, "External", "isp-s", ".spec.password", "kubectl-edit", time.Hour)
	v.Changes[0].Git, v.Changes[0].Live = core.ValueOf("<masked 1>"), core.ValueOf("<masked 2>")
	setVerdicts(&f, v)
	d := drive(t, only(f), 80, 24).press("enter", "d", "e")
	d.shows(".spec.password = _")
}

func TestDifferenceIsAcceptedWithAnEndAndAReason(t *testing.T) {
	d := onTenant(t).press("#")
	d.shows("accept for how long")
	d.typed("2d").press("enter")
	d.shows("why it may stay")
	d.typed("CHG-1204").press("enter")
	if want := "dc1-prod VPC/tenant-a .spec.subnets.web.dhcp.range.end 2d CHG-1204"; !slices.Equal(d.acts.accepted, []string{want}) {
		t.Errorf("accepted %q, want %q", d.acts.accepted, want)
	}
	d.shows("VPC/tenant-a is accepted until 2026-11-25 14:02:11Z")
	if d.press("#", "enter"); len(d.acts.accepted) != 1 {
		t.Error("without an end something was accepted")
	}
	d.shows("it takes an end and a reason")
}

// TestWhatWasAcceptedIsTakenBackByTheKeysOfDecisions, and said again by them.
func TestWhatWasAcceptedIsTakenBackByTheKeysOfDecisions(t *testing.T) {
	d := onTenant(t).press("2", "#").typed("2d").press("enter").typed("CHG-1204").press("enter")
	d.press("u").shows("undone: accept VPC/tenant-a")
	d.shows("= draft: take live")
	d.press("u").shows("undone: 1 decided")
	d.press("U").shows("done again: 1 decided")
	d.press("U").shows("done again: accept VPC/tenant-a")
	d.acts.void = "git changed it since"
	d.press("u", "U").shows("done again: accept VPC/tenant-a (it does not hold: gi")
}

// TestWhatIsAcceptedCanBeEnded where it is renewed, and needs no reason.
func TestWhatIsAcceptedCanBeEnded(t *testing.T) {
	onTenant(t).press("#").hides("or end")
	f := undecided()
	v := f.Report.Verdicts[0]
	for _, o := range f.Report.Verdicts {
		if o.Key.Name == "tenant-a" {
			v = o
		}
	}
	v.State = core.Acknowledged
	setVerdicts(&f, v)
	d := drive(t, only(f), 80, 24)
	d.model.cfg.Acts.Span = func(string) (time.Duration, error) { return 0, nil }
	d.press("enter", "d", "n", "#")
	d.shows("3w, or end): _")
	d.typed("end").press("enter")
	if want := "dc1-prod VPC/tenant-a .spec.subnets.web.dhcp.range.end end "; !slices.Equal(d.acts.accepted, []string{want}) {
		t.Errorf("accepted %q, want %q", d.acts.accepted, want)
	}
	d.shows("accepted no longer")
}

func TestErrorOfADecisionIsReadWhole(t *testing.T) {
	d := onTenant(t)
	d.acts.fault = errors.New("decide on .spec.subnets.web.dhcp.range.end of VPC/tenant-a: git does not have the object any more (adopt it as a whole: leave --field out)")
	d.press("2")
	d.shows("(adopt it as a")
	d.shows("whole: leave --field out)")
	d.press("j")
	d.hides("--field out")
	d.send(tea.WindowSizeMsg{Width: 60, Height: 10}) // there is no status line
	d.acts.fault = errors.New("decide on .spec.subnets.web.dhcp.range.end: the store is read-only (ask the owner of /var/lib/selvage)")
	d.press("2")
	d.shows("/var/lib/selvage)")
	d.press("u", "u", "u")
	d.shows("nothing of yours is left to undo")
}

func TestResolveGoesFromConflictToConflict(t *testing.T) {
	f := undecided()
	other := conflictedVPC()
	other.Key.Name = "tenant-b"
	setVerdicts(&f, append(slices.Clone(f.Report.Verdicts), other)...)
	d := drive(t, only(f), 80, 24).press("c")
	d.shows("2 conflicts, 0 decided")
	d.shows("[3] BASE  10.1.0.199")
	d.press("1")
	d.shows("2 conflicts, 1 decided")
	d.press("n", "2")
	if got := d.lastDecision(); got.Key.Name != "tenant-b" || got.Choice != core.TakeLive {
		t.Errorf("decided %+v", got)
	}
	d.shows("2 conflicts, 2 decided")
	d.shows("= [2] LIVE")
	if d.press("0"); len(d.engine.fleet.Fabrics[0].Drafts) != 1 {
		t.Error("the draft was not cleared")
	}
}

func TestMarkedDifferencesAreDecidedTogether(t *testing.T) {
	d := drive(t, only(undecided()), 80, 24).press("c", "m", "/").typed("kind=Switch").press("enter", "*", "2")
	d.shows("take live on 2 differences")
	if len(d.acts.decided) > 0 {
		t.Fatal("one key decided several differences")
	}
	d.typed("3").press("enter").shows("that is not 2: nothing was decided")
	d.press("2").typed("2").press("enter")
	if len(d.acts.decided) != 2 || d.acts.decided[0].Key.Name != "leaf-03" || d.acts.decided[1].Choice != core.TakeLive {
		t.Fatalf("decided %+v", d.acts.decided)
	}
	if len(d.acts.done) != 1 {
		t.Errorf("%d steps at the desk, want one that can be undone as a whole", len(d.acts.done))
	}
	d.shows("take live on 2 differences")
	d.hides("marked")
	d.press("esc", "g", "space")
	d.shows("1 marked")
	if d.press("*", "*"); strings.Contains(d.screen(), "marked") {
		t.Error("marking all twice leaves marks")
	}
}

func TestResolveOpensOnTheObject(t *testing.T) {
	d := drive(t, only(undecided()), 80, 24).press("enter", "/").typed("leaf-03").press("enter", "j", "c")
	d.shows("Switch/leaf-03  .spec.")
	d.shows("12 differences")
	d.press("d")
	d.shows("dc1-prod > Switch/leaf-03")
	d.press("esc", "x")
	d.shows("explained")
}

func TestDraftsAreListedAndDropped(t *testing.T) {
	d := drive(t, only(desk()), 80, 24).press("enter", "7")
	d.shows("2 drafts, 1 pending, 1 void")
	d.press("j", "j")
	d.shows("git changed it since")
	d.press("0")
	d.hides("void")
	if d.press("enter"); d.model.top().place.Object.Name != "leaf-03" {
		t.Errorf("enter leads to %v", d.model.top().place)
	}
	d.press("esc", "s")
	d.shows("sync plan")
}

func TestOverwrittenEditIsBroughtBack(t *testing.T) {
	d := drive(t, only(undecided()), 80, 24).press("h", "/").typed("what=overwritten").press("enter")
	d.shows("1/6")
	d.press("j", "a")
	if !slices.Equal(d.acts.brought, []string{"dc1-prod dc1-prod-overwritten-10"}) {
		t.Errorf("brought back %q", d.acts.brought)
	}
	d.shows(" draft: edit .spec.permit of VPCPeering/tenant-a--tenant-b")
	d.press("enter")
	d.shows("dc1-prod > VPCPeering/tenant-a--tenant-b")
}

func TestHistoryThatCannotBeReadSaysWhy(t *testing.T) {
	d := drive(t, only(undecided()), 80, 24)
	d.acts.fault = errors.New("read the history: the database is locked")
	d.acts.fault = nil
	d.press("enter")
	d.acts.fault = errors.New("read the history: the database is locked")
	d.press("4")
	d.shows("the database is locked")
	d.hides("nothing has happened")
}

// TestWhatWasDecidedOtherwiseIsToldBeforeItIsDecidedAnew, where several are.
func TestWhatWasDecidedOtherwiseIsToldBeforeItIsDecidedAnew(t *testing.T) {
	d := drive(t, only(undecided()), 80, 24).press("c", "m", "/").typed("kind=Switch").press("enter", "g", "1", "*", "2")
	d.shows("1 of them decided otherwise until now")
}

// TestNumberIsNotReplacedByATextUnasked: the question comes again, with what was typed.
func TestNumberIsNotReplacedByATextUnasked(t *testing.T) {
	like := core.ValueOf(int64(1005))
	for text, fault := range map[string]string{
		"1006": "", `"abc"`: "", "null": "",
		"abc":   `here stands a number (write "abc" for a text)`,
		"[1]":   "here stands a number, and this is a list",
		"false": "here stands a number, and this is true or false",
	} {
		v, err := typedValue(text, like)
		if err == nil {
			err = sameKind(text, v, like)
		}
		if got := ""; err != nil {
			got = err.Error()
			if got != fault {
				t.Errorf("%s: %q, want %q", text, got, fault)
			}
		} else if fault != "" {
			t.Errorf("%s was taken", text)
		}
	}
}

// TestSpanIsReadWhenItIsTyped and asked for again where it is none.
func TestSpanIsReadWhenItIsTyped(t *testing.T) {
	for _, keys := range [][]string{{"c", "#"}, {"enter", "#"}} {
		d := drive(t, only(undecided()), 80, 24).press(keys...)
		d.typed("banana").press("enter")
		d.shows("for how long")
		d.shows("banana_")
		d.hides("why it may stay")
		d.press("ctrl+u").typed("8h").press("enter")
		d.shows("why it may stay")
	}
}

// TestDecidedRowsStayWhereTheyAre in resolve until the screen is opened again,
// whatever a check makes of them; what is new comes last.
func TestDecidedRowsStayWhereTheyAre(t *testing.T) {
	fleet := func(names ...string) core.Fleet {
		f := undecided()
		report := *f.Report
		report.Verdicts = nil
		for _, name := range names {
			v := driftedSwitch()
			v.Key.Name, v.Changes = name, v.Changes[:1]
			report.Verdicts = append(report.Verdicts, v)
		}
		f.Report = &report
		return only(f)
	}
	rows := func(d *driver) string {
		names := []string{}
		for _, l := range d.lines() {
			if _, name, ok := strings.Cut(l[:min(len(l), 24)], "~ Switch/leaf-"); ok {
				names = append(names, strings.Fields(name)[0])
			}
		}
		return strings.Join(names, " ")
	}
	d := drive(t, fleet("leaf-01", "leaf-02", "leaf-03"), 120, 40).press("c", "m", "j")
	at := d.cursor()[:20]
	if got := rows(d); got != "01 02 03" || !strings.Contains(at, "leaf-02") {
		t.Fatalf("rows %q, the cursor on %q", got, at)
	}
	d.set(fleet("leaf-00", "leaf-01", "leaf-03", "leaf-02"))
	if got := rows(d); got != "01 02 03 00" || d.cursor()[:20] != at {
		t.Errorf("rows %q, the cursor on %q:\n%s", got, d.cursor(), d.screen())
	}
	d.press("d", "esc")
	if got := rows(d); got != "01 02 03 00" {
		t.Errorf("back from the diff, rows %q", got)
	}
	d.press("esc", "c")
	if got := rows(d); got != "00 01 03 02" {
		t.Errorf("opened again, rows %q:\n%s", got, d.screen())
	}
}

// TestDraftThatCameMeanwhileIsNotReplacedUnasked by a line that was open before.
func TestDraftThatCameMeanwhileIsNotReplacedUnasked(t *testing.T) {
	d := onTenant(t).press("e")
	f := d.engine.fleet.Fabrics[0]
	bobs := draft(77, conflictedVPC().Key, ".spec.subnets.web.dhcp.range.end", core.TakeLive, core.ValueOf("10.1.0.250"))
	bobs.By = "bob"
	f.Drafts = []core.DraftStanding{bobs}
	d.set(only(f))
	d.press("enter")
	d.shows("bob decided meanwhile")
	d.shows(".spec.subnets.web.dhcp.range.end = 10.1.0.240_")
	if len(d.acts.decided) > 0 {
		t.Fatalf("decided %+v", d.acts.decided)
	}
	if d.press("enter"); len(d.acts.decided) != 1 {
		t.Error("it cannot be put in its place")
	}
}

// TestADecisionSaysWhatItDeletes in its notice, on the tab of the drafts and in the
// question about several.
func TestADecisionSaysWhatItDeletes(t *testing.T) {
	f := unprotected()
	f.Drafts = nil
	setVerdicts(&f, onlyGit("srv-1"), onlyGit("srv-2"), onlyLive("tmp", "kubectl", time.Hour))
	d := drive(t, only(f), 120, 30).press("enter", "d", "2")
	d.shows("draft: take live on VPCAttachment/srv-1: delete it from git")
	d.press("esc", "7").shows("take live: delete it from git")
	d.press("esc", "enter", "G", "d", "1").shows("draft: take git on VPCAttachment/tmp: live is to delete it")
	d.press("esc", "7", "G").shows("take git: live is to delete it")

	d = drive(t, only(f), 120, 30).press("enter", "*", "2")
	d.shows("take live on 3 differences of 3 objects")
	d.shows("delete 2 objects from git")
	d.press("esc", "esc", "c", "*", "2").shows("delete 2 objects from git")
}
