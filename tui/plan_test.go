package tui

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"selvage/core"
)

func TestPlanOpensWithCancelInBrackets(t *testing.T) {
	d := drive(t, only(unprotected()), 80, 24).press("s")
	d.shows("[ cancel ]")
	d.press("enter")
	d.hides("sync plan")
	if len(d.acts.orders) > 0 {
		t.Error("enter published")
	}
}

func TestPlanIsPublishedByTheOtherButton(t *testing.T) {
	d := drive(t, only(unprotected()), 80, 24).press("s", "tab")
	d.shows("[ commit and push ]")
	d.press("enter")
	if len(d.acts.orders) != 1 {
		t.Fatalf("%d runs were begun, want 1\n%s", len(d.acts.orders), d.screen())
	}
	o := d.acts.orders[0]
	if o.By != "alice" || o.Host != "jump1, pts/3" || o.Propose || len(o.Confirmed) > 0 {
		t.Errorf("ordered %+v", o)
	}
	d.shows("run 9c1d0f4e")
	d.shows("publishing for 41s")
	d.press("esc")
	d.shows("fabrics")
}

// TestAPlanOfSeveralShowsTheWorstOfThem: the fabric that the plan begins with may be in
// sync, publish to its branch, and have none of the drafts.
func TestAPlanOfSeveralShowsTheWorstOfThem(t *testing.T) {
	first := settled()
	first.Fabric.ID = "dc0-prod"
	first.Drafts = nil
	second := undecided()
	second.Fabric.ID = "dc2-prod"
	second.Fabric.Mode = core.ModePropose
	second.Drafts = []core.DraftStanding{draft(77, conflictedVPC().Key, ".spec.subnets.web.vlan", core.TakeLive, core.ValueOf("10"))}
	second.Report.Live.ReadAt = ago(2 * time.Minute)
	third := fabric("dc3-prod", time.Second, simple(core.Drifted, vpcGroup, "VPC", "a", ".spec.x", "", time.Hour))
	third.Fabric.Mode = core.ModeWrite
	d := drive(t, core.Fleet{Fabrics: []core.FabricState{first, second, third}}, 160, 45)
	d.acts.plan = func(_ core.FabricState, asked core.PlanOptions) *core.Plan {
		p := samplePlan(second, asked)
		p.Fabrics = []core.FabricID{"dc0-prod", "dc2-prod", "dc3-prod"}
		return p
	}
	d.press(":").typed("sync all").press("enter")
	head := d.lines()[0]
	state, _ := second.Standing(noon)
	for _, want := range []string{"1 draft  ", fmt.Sprintf("%c 1 of 3 %s", state.Letter(), state.Title()), "seen 2m"} {
		if !strings.Contains(head, want) {
			t.Errorf("the header does not say %q:\n%s", want, head)
		}
	}
	d.hides("= in sync")
	d.hides("the drafts are others by now")
	d.shows("push a proposal")
	d.hides("commit and push")
}

func TestEscapeOfAPlanPublishesNothing(t *testing.T) {
	d := drive(t, only(unprotected()), 80, 24).press("s", "tab", "esc", "s")
	d.shows("[ cancel ]")
	if len(d.acts.orders) > 0 || len(d.acts.plans) != 2 {
		t.Errorf("%d runs, %d plans; want a second plan and no run", len(d.acts.orders), len(d.acts.plans))
	}
}

func TestProtectedFabricWantsItsNameTyped(t *testing.T) {
	d := drive(t, only(desk()), 80, 24).press("s", "tab", "enter")
	d.shows("dc1-prod is protected. Its name, to publish: _")
	d.press("enter")
	d.shows(`that is not "dc1-prod": nothing was published`)
	d.press("enter").typed("dc1-pro").press("enter")
	if len(d.acts.orders) > 0 {
		t.Fatal("another name published")
	}
	d.press("enter").typed("dc1-prod").press("enter")
	if len(d.acts.orders) != 1 || !slices.Equal(d.acts.orders[0].Confirmed, []core.FabricID{"dc1-prod"}) {
		t.Errorf("ordered %+v", d.acts.orders)
	}
}

func TestPlanThatIsStoppedOffersNoButton(t *testing.T) {
	d := drive(t, only(stopped()), 80, 24).press("s")
	d.shows("it cannot be published")
	d.shows("21 of 84 objects vanished from live at once")
	d.hides("commit and push")
	if d.press("tab", "enter"); len(d.acts.orders) > 0 {
		t.Error("a plan that is stopped was published")
	}
}

func TestRefusalTellsEveryReason(t *testing.T) {
	d := drive(t, only(unprotected()), 80, 24).press("s", "tab")
	d.acts.fault = &core.NotAllowed{Reasons: []string{"dc1-prod: its mode is read", "a commit to main needs a ticket that matches NOC-[0-9]+ (--ticket)"}}
	d.press("enter")
	d.shows("it was not published:")
	d.shows("dc1-prod: its mode is read")
	d.shows("needs a ticket that matches NOC-[0-9]+")
	d.shows("[ cancel ]")
	d.press("t").typed("NOC-7").press("enter")
	if got := d.acts.plans[len(d.acts.plans)-1]; got.Ticket != "NOC-7" {
		t.Errorf("planned with %+v, want the ticket", got)
	}
	d.hides("its mode is read")
	d.press("tab", "enter")
	if len(d.acts.orders) != 1 || d.acts.orders[0].Ticket != "NOC-7" {
		t.Errorf("ordered %+v", d.acts.orders)
	}
	d.press("esc", "s")
	if got := d.acts.plans[len(d.acts.plans)-1]; got.Ticket != "" {
		t.Error("the next plan has the ticket of the last one")
	}
}

func TestMessageOfTheCommitIsTyped(t *testing.T) {
	d := drive(t, only(unprotected()), 80, 24).press("s", "m").typed("widen tenant-a").press("enter")
	d.shows("message  widen tenant-a")
}

func TestPlanTakesADecisionOutAndAdoptsAnEdit(t *testing.T) {
	d := drive(t, only(unprotected()), 80, 24).press("s", "space")
	if f := d.engine.fleet.Fabrics[0]; slices.ContainsFunc(f.Drafts, func(o core.DraftStanding) bool { return o.ID == 1 }) {
		t.Error("the draft of the line lies on the desk still")
	}
	if len(d.acts.plans) != 2 {
		t.Errorf("%d plans, want another one without it", len(d.acts.plans))
	}
	d.press("u")
	if len(d.acts.plans) != 3 {
		t.Errorf("%d plans, want another one with it", len(d.acts.plans))
	}
	d.press("n", "n")
	d.shows("a adopt")
	d.press("a")
	if got := d.lastDecision(); got.Choice != core.TakeLive || got.Path != ".spec.subnets.web.dhcp.options" {
		t.Errorf("adopted %+v", got)
	}
	d.press("d")
	d.shows("fields view")
}

func TestProposalIsPushedInsteadOfTheBranch(t *testing.T) {
	d := drive(t, only(unprotected()), 80, 24).press("s", "b", "tab")
	d.shows("[ push a proposal ]")
	d.press("enter")
	if len(d.acts.orders) != 1 || !d.acts.orders[0].Propose {
		t.Errorf("ordered %+v", d.acts.orders)
	}
	p := proposing()
	p.Fabric.Protected = false
	d = drive(t, only(p), 80, 24).press("s", "tab", "enter")
	if len(d.acts.orders) != 1 || !d.acts.orders[0].Propose {
		t.Errorf("in mode propose ordered %+v", d.acts.orders)
	}
}

func TestPlanThatFailsSaysWhyAndIsTriedAgain(t *testing.T) {
	d := drive(t, only(unprotected()), 80, 24)
	d.acts.fault = errors.New("read vpcs.yaml at 4f2c9e1: connection refused (is the VPN up?)")
	d.press("s")
	d.shows("connection refused (is the VPN up?)")
	d.hides("commit and push")
	d.press("j", "j")
	if len(d.acts.plans) != 0 {
		t.Error("what failed was tried again at a key")
	}
	d.press("r")
	d.shows("commit on main")
}

func TestPlanThatIsBeingMadeCannotBePublished(t *testing.T) {
	d := drive(t, only(unprotected()), 80, 24)
	d.waits = true
	d.press("s")
	d.shows("planning")
	d.hides("commit and push")
	d.press("tab", "enter")
	if len(d.model.deeds) > 0 {
		t.Error("a plan was published before it was there")
	}
	d = drive(t, only(unprotected()), 80, 24).press("s", "esc")
	d.waits = true
	d.press("s")
	d.shows("planning")
	if d.press("tab", "enter"); len(d.model.deeds) > 0 {
		t.Error("the plan of the last time was published")
	}
}

func TestPlanOfOtherDraftsSaysSo(t *testing.T) {
	f := unprotected()
	d := drive(t, only(f), 80, 24).press("s")
	d.hides("the drafts are others by now")
	f.Drafts = nil
	d.set(only(f))
	d.shows("the drafts are others by now")
}

// TestPlanOfARevertIsAboutNoDrafts: what it takes back never lay on the desk.
func TestPlanOfARevertIsAboutNoDrafts(t *testing.T) {
	d := drive(t, only(unprotected()), 80, 24)
	d.acts.plan = func(f core.FabricState, asked core.PlanOptions) *core.Plan {
		p := samplePlan(f, asked)
		p.Drafts = []int64{0}
		return p
	}
	d.press("s")
	d.shows("sync plan")
	d.hides("the drafts are others by now")
}

func TestSecretsOfAPlanAreMasked(t *testing.T) {
	d := drive(t, only(unprotected()), 80, 24)
	d.model.cfg.Acts.Masked = func(p *core.Plan) *core.Plan {
		masked := *p
		masked.Commits = slices.Clone(p.Commits)
		masked.Commits[0].Changes = slices.Clone(p.Commits[0].Changes)
		masked.Commits[0].Changes[0].After = core.ValueOf("<masked 1>")
		return &masked
	}
	d.press("s")
	d.shows(`10.1.0.240 -> "<masked 1>"`)
	d.hides("10.1.0.250")
}

// TestPlanWaitsForWhatWasDecided presses s while a decision is still being laid
// down.
func TestPlanWaitsForWhatWasDecided(t *testing.T) {
	f := unprotected()
	f.Drafts = nil
	d := driveAlone(t, only(f), 80, 24).press("c")
	d.waits = true
	d.press("2", "s")
	d.shows("planning")
	if d.model.jobs != 0 {
		t.Fatal("it was planned before the decision lay on the desk")
	}
	d.waits = false
	d.act()
	d.shows("commit on main 4f2c9e1: 1 file, 1 change")
	d.press("tab", "enter")
	if len(d.acts.orders) != 1 || len(d.acts.plans) != 1 {
		t.Errorf("%d runs of %d plans, want one of each", len(d.acts.orders), len(d.acts.plans))
	}
}

// TestAdoptingNamesTheObjectAsItsOwnFabricDoes in a plan of several, which may have
// other namespaces.
func TestAdoptingNamesTheObjectAsItsOwnFabricDoes(t *testing.T) {
	first, second := unprotected(), desk()
	first.Fabric.ID, first.Fabric.Namespace = "dc0-prod", "elsewhere"
	d := drive(t, core.Fleet{Fabrics: []core.FabricState{first, second}}, 80, 24).press("*", "s")
	p := d.model.top().pane.(*planPane)
	plan := samplePlan(second, core.PlanOptions{})
	p.answer = &planned{about: p.answer.about, plan: plan, shown: plan}
	for range 20 {
		if d.press("n"); p.row().undoes() {
			break
		}
	}
	d.press("a")
	got := d.lastDecision()
	d.shows("take live on " + string(got.Path) + " of " + second.Fabric.Label(got.Key))
}

// TestProposedDecisionIsNotOneMoreDraft wherever drafts are told of.
func TestProposedDecisionIsNotOneMoreDraft(t *testing.T) {
	f := unprotected()
	for i := range f.Drafts {
		f.Drafts[i].State, f.Drafts[i].Why = core.DraftProposed, "it waits for a review: run 9c1d0f4e"
	}
	d := drive(t, only(f), 100, 40).press("enter")
	d.shows(plural(len(f.Drafts), "proposed draft"))
	d.press("7")
	d.shows("proposed ")
	d.shows("it waits for a review: run 9c1d0f4e")
	d.press("s", "G")
	d.shows("proposed already")
	d.shows("it waits for a review: run 9c1d0f4e")
}

// TestEmptyPlanAsksForNoTicket, for no commit would have it.
func TestEmptyPlanAsksForNoTicket(t *testing.T) {
	f := unprotected()
	f.Drafts = nil
	d := drive(t, only(f), 120, 24)
	d.acts.plan = func(core.FabricState, core.PlanOptions) *core.Plan {
		return &core.Plan{ID: "p1", Fabrics: []core.FabricID{f.Fabric.ID}}
	}
	d.press("s").shows("nothing is decided")
	d.hides("t ticket")
	d.hides("m message")
}

// TestPlanTellsAFieldThatGoesFromAnObjectThatDoes: only of an object does a minus say
// that it goes.
func TestPlanTellsAFieldThatGoesFromAnObjectThatDoes(t *testing.T) {
	c := core.PlannedCommit{Changes: []core.PlannedChange{
		{Fabric: "dc1", Key: core.Key{Kind: "Switch", Name: "leaf-05"}, Path: ".spec.description", Before: core.ValueOf("x")},
		{Fabric: "dc1", Key: core.Key{Kind: "Switch", Name: "leaf-06"}, Path: core.Root, Before: core.ValueOf(map[string]any{})},
	}}
	text := newPlanText(&core.Plan{Fabrics: []core.FabricID{"dc1"}, Commits: []core.PlannedCommit{c}}, nil, Env{Width: 80}, core.FabricState{})
	said := ""
	for i := range text.lines {
		for _, p := range text.lines[i].left {
			said += p.text.String()
		}
		said += "\n"
	}
	if !strings.Contains(said, " ~ dc1: Switch/leaf-05") || !strings.Contains(said, " - dc1: Switch/leaf-06") {
		t.Errorf("it says\n%s", said)
	}
}

// TestRunTabPlansOne, as it says.
func TestRunTabPlansOne(t *testing.T) {
	f := unprotected()
	f.Run = nil
	d := drive(t, only(f), 80, 24).press("enter", "8")
	d.shows("s plans one")
	if d.press("s"); d.model.top().spec.name != "plan" {
		t.Errorf("s leads to %s", d.model.top().spec.name)
	}
}

// What a plan would put into Git that lint finds fault with is seen before the push,
// however much else the plan does.
func TestFindingsOfAPlanStandBeforeTheCommit(t *testing.T) {
	d := drive(t, only(unprotected()), 80, 24)
	d.acts.plan = func(f core.FabricState, asked core.PlanOptions) *core.Plan {
		p := samplePlan(f, asked)
		decided := p.Commits[0].Changes[0]
		for _, l := range []core.LintFinding{
			{Level: core.LintNote, Rule: "spare", Message: "a note", Key: decided.Key},
			{Level: core.LintError, Rule: "vlan-twice", Message: "VLAN 1004 is used by tenant-e", Key: decided.Key, Path: decided.Path},
		} {
			p.Lint = append(p.Lint, core.PlannedFinding{Fabric: f.Fabric.ID, LintFinding: l})
		}
		for range 500 {
			p.Commits[0].Changes, p.Effects = append(p.Commits[0].Changes, decided), append(p.Effects, p.Effects[0])
		}
		return p
	}
	d.press("s")
	d.shows("lint finds what it did not find before: 1 error, 1 note")
	d.shows("lint finds 1 error, 1 note that git does not have now")
	if text := d.screen(); strings.Index(text, "VLAN 1004 is used by tenant-e") > strings.Index(text, "a note") {
		t.Errorf("the error does not come first\n%s", text)
	}
	d.press("space")
	if len(d.acts.plans) != 2 {
		t.Error("space on a finding does not leave out what was decided there")
	}
}

// What is typed while the plan is being made goes nowhere: enter presses no cancel, and
// the name of a fabric is no keys of another screen.
func TestNothingIsTypedAheadOfAPlan(t *testing.T) {
	d := drive(t, only(desk()), 80, 24)
	d.waits = true
	d.press("s").shows("planning")
	d.press("tab", "enter").typed("dc1-prod q?:").press("enter", "r", "b")
	d.shows("not before this is done (esc leaves it)")
	if got := d.model.top().spec.name; got != "plan" || d.model.prompt != nil {
		t.Fatalf("a key led to %q", got)
	}
	d.waits = false
	d.work()
	d.shows("[ cancel ]")
	if d.press("tab").shows("[ commit and push ]"); len(d.acts.plans) != 1 {
		t.Errorf("%d plans were made, want one", len(d.acts.plans))
	}
	d.press("esc")
	d.waits = true
	d.press("s", "esc").hides("sync plan")
}
