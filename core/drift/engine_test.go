package drift_test

import (
	"strings"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/drift"
)

// head is the commit that Git is at in these tests; the engine's times are hours
// before now.
const head = "4f2c9e1000000000000000000000000000000000"

func hoursAgo(h int) time.Time { return now.Add(-time.Duration(h) * time.Hour) }

// argo is an engine that acts by itself and applied the head, changed as asked.
func argo(changes ...func(*core.Engine)) *core.Engine {
	e := &core.Engine{
		Type: core.ArgoCD, App: "dc1", Access: core.AccessOK, Auto: true, SelfHeal: true, Prune: true, ComparedAt: now,
		Sources: []core.EngineSource{{Wanted: head, Applied: "c0", AppliedAt: hoursAgo(20), Counted: true, Behind: []core.Commit{{ID: head}, {ID: "9b1d0aa"}}}},
		Objects: map[core.Key]core.EngineObject{vpcKey: {Sync: "Synced"}},
	}
	for _, change := range changes {
		change(e)
	}
	return e
}

func operation(phase core.EnginePhase, revision string, tries int) func(*core.Engine) {
	return func(e *core.Engine) {
		e.Operation = &core.EngineOperation{
			Phase: phase, Revision: revision, Tries: tries, Limit: 5,
			Started: hoursAgo(2), Message: "one or more objects failed to apply",
		}
		if phase != core.EngineRunning {
			e.Operation.Finished = hoursAgo(1)
		}
	}
}

func refuses(why string) func(*core.Engine) {
	return func(e *core.Engine) {
		e.Objects = map[core.Key]core.EngineObject{vpcKey: {Sync: "OutOfSync", Refused: true, Message: why}}
	}
}

// asOf compares with an engine: both sides agreed a day ago, and Git says what
// it says since so many hours.
func asOf(t *testing.T, git, live string, hours int, limit time.Duration, e *core.Engine) core.Verdict {
	t.Helper()
	c := drift.New(core.Fabric{ID: "test", Namespace: "default", PendingLimit: limit})
	then := snapshot(t, "git", vpc)
	first := c.Compare(drift.Input{Git: then, Live: snapshot(t, "kube", liveVPC), Memory: &core.Memory{}, Now: hoursAgo(24)})
	m := remembered(first, then)
	read := func(text, source string) *core.Snapshot {
		s := snapshot(t, source, text)
		s.Readings[0].Revision, s.Readings[0].ReadAt = head, now
		return s
	}
	second := c.Compare(drift.Input{Git: read(git, "git"), Live: snapshot(t, "kube", liveVPC), Memory: m, Now: hoursAgo(hours)})
	m = remembered(second, read(git, "git"))
	in := drift.Input{Git: read(git, "git"), Live: read(live, "kube"), Memory: m, Now: now, Engine: e}
	// What Git says since three hours it says by the commit before the head.
	made := core.Version{Commit: commit(head, hours), Object: in.Git.Side(vpcKey).Object, Before: []int{1}}
	if hours >= 3 {
		made.Commit.ID = "9b1d0aa"
	}
	in.Past = map[core.Key]core.Past{vpcKey: {Whole: true, Versions: []core.Version{made, {Commit: commit("c0", 200), Object: then.Side(vpcKey).Object}}}}
	res := c.Compare(in)
	if len(res.Report.Verdicts) == 0 {
		return core.Verdict{}
	}
	return res.Report.Verdicts[0]
}

func TestEngineSaysWhatBecomesOfWhatGitDecided(t *testing.T) {
	v5 := edited(vpc, "vlan: 1001", "vlan: 1005")
	auto := func(on bool) func(*core.Engine) { return func(e *core.Engine) { e.Auto = on } }
	tests := []struct {
		name      string
		git, live string
		hours     int // since when git says so
		engine    *core.Engine
		state     core.State
		reason    string
	}{
		{"no engine, young", v5, liveVPC, 1, nil, core.Pending, "git changed, live has not followed yet"},
		{"no engine, overdue update", v5, liveVPC, 5, nil, core.Drifted, "git changed, not applied"},
		{"no engine, overdue prune", "", liveVPC, 5, nil, core.Drifted, "removed from git, not applied"},
		{"none found, overdue update", v5, liveVPC, 5, &core.Engine{Access: core.AccessOK}, core.Drifted, "git changed, not applied"},
		{"unreadable, overdue update", v5, liveVPC, 5, &core.Engine{Type: core.ArgoCD, Access: core.AccessForbidden}, core.Drifted, "git changed, not applied"},
		{"acting, young", v5, liveVPC, 1, argo(), core.Pending, "git changed, live has not followed yet"},
		{"acting, overdue", v5, liveVPC, 5, argo(), core.Stuck, "argocd has not brought it about in 3h"},
		{"acting, overdue, with a trouble", v5, liveVPC, 5, argo(func(e *core.Engine) { e.Troubles = []string{"repository not accessible"} }), core.Stuck, "argocd has not brought it about in 3h: repository not accessible"},
		{"refused at the head", v5, liveVPC, 1, argo(operation(core.EngineRunning, head, 4), refuses("VLAN 1005 is used by vpc-2")), core.Stuck, "argocd refused it: VLAN 1005 is used by vpc-2"},
		{"refused at an older commit that had it", v5, liveVPC, 3, argo(operation(core.EngineRunning, "9b1d0aa", 4), refuses("VLAN 1005 is used by vpc-2")), core.Stuck, "argocd refused it: VLAN 1005 is used by vpc-2"},
		{"refused what git said before", v5, liveVPC, 1, argo(operation(core.EngineRunning, "9b1d0aa", 4), refuses("VLAN 1004 is used by vpc-2")), core.Pending, "git changed, live has not followed yet; argocd retries 9b1d0aa 4/5, HEAD 4f2c9e1 waits behind it"},
		{"a dry run failed", v5, liveVPC, 1, argo(operation(core.EngineFailed, head, 0), func(e *core.Engine) { e.Operation.Partial = true }), core.Pending, "git changed, live has not followed yet"},
		{"just begun after a long wait", v5, liveVPC, 5, argo(operation(core.EngineRunning, head, 0), func(e *core.Engine) { e.Operation.Started = now }), core.Pending, "git changed, live has not followed yet; argocd applies 4f2c9e1"},
		{"gave up", v5, liveVPC, 1, argo(operation(core.EngineFailed, head, 5)), core.Stuck, "argocd gave up: one or more objects failed to apply"},
		{"manual, long overdue", v5, liveVPC, 20, argo(auto(false)), core.Pending, "git changed, live has not followed yet; it waits for a manual sync"},
		{"a window denies it, long overdue", v5, liveVPC, 20, argo(func(e *core.Engine) { e.Blocked = "denied by a sync window until 06:00" }), core.Pending, "git changed, live has not followed yet; it waits: argocd is denied by a sync window until 06:00"},
		{"prune refused", "", liveVPC, 1, argo(operation(core.EngineFailed, head, 5), refuses("VPC has peerings")), core.Stuck, "argocd refused it: VPC has peerings"},
		{"prune off", "", liveVPC, 20, argo(func(e *core.Engine) { e.Prune = false }), core.Pending, "removed from git, live has not followed yet; it waits for a manual sync that prunes"},
		{"removed, and not the engine's, young", "", liveVPC, 1, argo(func(e *core.Engine) { e.Objects = nil }), core.Pending, "removed from git; argocd does not track it and will not delete it"},
		{"removed, and not the engine's", "", liveVPC, 5, argo(func(e *core.Engine) { e.Objects = nil }), core.Drifted, "removed from git; argocd does not track it and will not delete it"},
		{"live moved, and the engine has nothing to do with it", vpc, edited(liveVPC, "vlan: 1001", "vlan: 1009"), 5, argo(operation(core.EngineFailed, head, 5)), core.Drifted, "live changed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := asOf(t, tt.git, tt.live, tt.hours, 3*time.Hour, tt.engine)
			if v.State != tt.state || v.Reason != tt.reason {
				t.Errorf("got %s %q, want %s %q", v.State, v.Reason, tt.state, tt.reason)
			}
		})
	}
}

// TestWaitingForAnEngineThatCouldNotActIsNotStuck: of what Git says since five
// hours, with three to go by, only the time counts in which it could.
func TestWaitingForAnEngineThatCouldNotActIsNotStuck(t *testing.T) {
	v5 := edited(vpc, "vlan: 1001", "vlan: 1005")
	for _, tt := range []struct {
		name string
		idle core.Span
		want core.State
	}{
		{"its window has just opened", core.Span{From: hoursAgo(100), Until: now.Add(-time.Minute)}, core.Pending},
		{"its window is open long enough", core.Span{From: hoursAgo(100), Until: hoursAgo(4)}, core.Stuck},
		{"it was made later", core.Span{Until: hoursAgo(1)}, core.Pending},
		{"it rested before that", core.Span{From: hoursAgo(9), Until: hoursAgo(6)}, core.Stuck},
	} {
		v := asOf(t, v5, liveVPC, 5, 3*time.Hour, argo(func(e *core.Engine) { e.Rested(now, tt.idle) }))
		if v.State != tt.want {
			t.Errorf("%s: %s %q, want %s", tt.name, v.State, v.Reason, tt.want)
		}
	}
}

// TestFirstBaseWaitsForTheEngine: the verdicts go without it, and once it has
// spoken they are those of a check that it was there for from the beginning.
func TestFirstBaseWaitsForTheEngine(t *testing.T) {
	v6, v5 := edited(vpc, "vlan: 1001", "vlan: 1006"), edited(vpc, "vlan: 1001", "vlan: 1005")
	live9 := edited(liveVPC, "vlan: 1001", "vlan: 1009")
	past := pastOf(t, []string{v6, v5, vpc}, 1, 10, 200)
	engine := argo(func(e *core.Engine) {
		e.Sources = []core.EngineSource{{Wanted: head, Applied: past.Versions[0].Commit.ID, AppliedAt: now.Add(-30 * time.Minute), Counted: true}}
	})
	for name, live := range map[string]string{
		"what the server made of it": wrote(5, live9), "as git said": wrote(5, edited(liveVPC, "vlan: 1001", "vlan: 1006")), "behind": wrote(5, edited(liveVPC, "vlan: 1001", "vlan: 1005")),
	} {
		told := func(in *drift.Input) {
			in.Engine = engine
			in.Git.Readings[0].Revision = head
		}
		want := contact(t, v6, live, &past, told)
		awaited := contact(t, v6, live, &past, func(in *drift.Input) {
			in.Engine, in.EngineAwaited = &core.Engine{Access: core.AccessUnreachable}, true
			in.Git.Readings[0].Revision = head
		})
		if awaited.Objects[vpcKey].Base != nil || len(awaited.Wanted) > 0 || len(awaited.Report.Verdicts) != 1 {
			t.Errorf("%s: without the engine %+v, wanted %v", name, awaited.Objects[vpcKey], awaited.Wanted)
		}
		got := contact(t, v6, live, &past, func(in *drift.Input) {
			told(in)
			in.Memory, in.Previous = remembered(awaited, in.Git), awaited
		})
		a, b := want.Objects[vpcKey], got.Objects[vpcKey]
		if a.Verdict.State != b.Verdict.State || a.Verdict.Reason != b.Verdict.Reason || (a.Base == nil) != (b.Base == nil) {
			t.Errorf("%s: %s %q, want %s %q", name, b.Verdict.State, b.Verdict.Reason, a.Verdict.State, a.Verdict.Reason)
		}
		if a.Base != nil && (a.Base.Git.Digest != b.Base.Git.Digest || a.Base.Live.Digest != b.Base.Live.Digest || a.Base.Source != b.Base.Source) {
			t.Errorf("%s: base by %s %q, want by %s %q", name, b.Base.Source, b.Base.Evidence, a.Base.Source, a.Base.Evidence)
		}
	}
	m := agreed(t, vpc, liveVPC)
	m.Acceptances = nil
	res := contact(t, vpc, liveVPC, nil, func(in *drift.Input) { in.Memory, in.EngineAwaited = m, true })
	if res.Objects[vpcKey].Base == nil {
		t.Error("a base that was there is lost")
	}
}

// TestLiveReadBeforeTheEngineEndedIsNotStuck: what was done by then may not be in
// what was read.
func TestLiveReadBeforeTheEngineEndedIsNotStuck(t *testing.T) {
	e := argo(operation(core.EngineFailed, head, 5))
	e.Operation.Finished = now.Add(time.Minute)
	v := asOf(t, edited(vpc, "vlan: 1001", "vlan: 1005"), liveVPC, 1, 3*time.Hour, e)
	if v.State != core.Pending {
		t.Errorf("got %s %q, want pending", v.State, v.Reason)
	}
}

func TestNewObjectTheEngineRefusesIsStuck(t *testing.T) {
	c := drift.New(core.Fabric{ID: "test", Namespace: "default", PendingLimit: time.Hour})
	git := snapshot(t, "git", vpc)
	git.Readings[0].Revision = head
	live := snapshot(t, "kube", "")
	live.Readings[0].ReadAt = now
	for _, tt := range []struct {
		engine *core.Engine
		want   core.State
	}{
		{nil, core.Pending},
		{argo(), core.Pending},
		{argo(operation(core.EngineRunning, head, 1), refuses("VLAN 1001 is used by vpc-2")), core.Stuck},
	} {
		res := c.Compare(drift.Input{Git: git, Live: live, Memory: &core.Memory{}, Now: now, Engine: tt.engine})
		if v := res.Report.Verdicts[0]; v.State != tt.want {
			t.Errorf("got %s %q, want %s", v.State, v.Reason, tt.want)
		}
	}
}

// TestNothingIsSaidOfWhatTheEngineDoesNotApply: the two sides are then not about
// the same thing, whatever they hold, and no base may come of it.
func TestNothingIsSaidOfWhatTheEngineDoesNotApply(t *testing.T) {
	const other = "argocd applies prod@v1.4, you compare main"
	mismatch := argo(func(e *core.Engine) { e.Mismatch = []string{other} })
	leaves := argo(func(e *core.Engine) {
		e.Leaves = func(string) string { return "argocd does not look into folders: directory.recurse is off" }
	})
	for _, tt := range []struct {
		name, git, live string
		engine          *core.Engine
		reason          string
	}{
		{"equal", vpc, liveVPC, mismatch, other},
		{"live moved", vpc, edited(liveVPC, "vlan: 1001", "vlan: 1009"), mismatch, other},
		{"removed from git", "", liveVPC, mismatch, other},
		{"gone from live", vpc, "", mismatch, other},
		{"in a file that it leaves out", vpc, liveVPC, leaves, "argocd does not look into folders: directory.recurse is off"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if v := asOf(t, tt.git, tt.live, 1, time.Hour, tt.engine); v.State != core.Unknown || v.Reason != tt.reason {
				t.Errorf("got %s %q, want unknown %q", v.State, v.Reason, tt.reason)
			}
		})
	}
	res := contact(t, vpc, liveVPC, nil, func(in *drift.Input) { in.Engine = mismatch })
	if res.Objects[vpcKey].Base != nil {
		t.Error("a base was taken of what the engine does not apply")
	}
}

// TestFirstContactGoesByWhatTheEngineApplied: it is the first evidence of all,
// and says it of fields that nobody owns, too.
func TestFirstContactGoesByWhatTheEngineApplied(t *testing.T) {
	const vlan = ".spec.subnets.default.vlan"
	v5, v6 := edited(vpc, "vlan: 1001", "vlan: 1005"), edited(vpc, "vlan: 1001", "vlan: 1006")
	live5 := edited(liveVPC, "vlan: 1001", "vlan: 1005")
	live9 := edited(liveVPC, "vlan: 1001", "vlan: 1009")
	// v6 was committed 1 hour ago, v5 10, vpc 200.
	past := pastOf(t, []string{v6, v5, vpc}, 1, 10, 200)
	behind := func(n int) *core.Engine {
		return argo(func(e *core.Engine) {
			e.Sources = []core.EngineSource{{Wanted: head, Applied: past.Versions[n].Commit.ID, AppliedAt: hoursAgo(5), Counted: true}}
			if n == 0 {
				e.Sources[0].AppliedAt = now.Add(-30 * time.Minute)
			}
			for _, v := range past.Versions[:n] {
				e.Sources[0].Behind = append(e.Sources[0].Behind, v.Commit)
			}
		})
	}
	for _, tt := range []struct {
		name, git, live string
		engine          *core.Engine
		want            string
	}{
		{"one behind, live untouched", v6, wrote(5, live5), behind(1), "pending " + vlan + " changed git_ahead"},
		{"one behind, live edited since", v6, by("kubectl-edit", 2, wrote(5, live9)), behind(1), "conflict " + vlan + " changed conflict"},
		{"at the head, live edited since", v6, by("kubectl-edit", 2, wrote(5, live9)), behind(0), "drifted " + vlan + " changed drift"},
		{"the engine wrote since, and was refused something else", v6, wrote(2, live5), behind(2), "pending " + vlan + " changed git_ahead"},
		{"at the head, what the server made of it", v6, wrote(5, live9), behind(0), "in_sync"},
		{"two behind, live untouched", v6, wrote(150, liveVPC), behind(2), "pending " + vlan + " changed git_ahead"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			res := contact(t, tt.git, tt.live, &past, func(in *drift.Input) {
				in.Engine = tt.engine
				in.Git.Readings[0].Revision = head
			})
			got := strings.TrimPrefix(say(res.Report), "VPC/vpc-1 ")
			if len(res.Report.Verdicts) == 1 && res.Report.Verdicts[0].State == core.InSync {
				got = "in_sync"
			}
			if got != tt.want {
				t.Errorf("got %s, want %s: %s", got, tt.want, res.Report.Verdicts[0].Reason)
			}
		})
	}
}

// TestWhatTheEngineLeavesAsideIsNoAgreement: Argo CD calls synced what it was told
// to ignore, and out of sync what it knows to differ.
func TestWhatTheEngineLeavesAsideIsNoAgreement(t *testing.T) {
	v5 := edited(vpc, "vlan: 1001", "vlan: 1005")
	past := pastOf(t, []string{v5, vpc}, 1, 200)
	for _, appliedAt := range []time.Time{hoursAgo(100), {}} {
		for _, sync := range []string{"Synced", "OutOfSync"} {
			e := argo(func(e *core.Engine) {
				e.Sources = []core.EngineSource{{Wanted: head, Applied: past.Versions[0].Commit.ID, AppliedAt: appliedAt, Counted: true}}
				e.Objects = map[core.Key]core.EngineObject{vpcKey: {Sync: sync}}
			})
			res := contact(t, v5, wrote(150, liveVPC), &past, func(in *drift.Input) { in.Engine = e })
			if v := res.Report.Verdicts[0]; v.State != core.Pending {
				t.Errorf("%s, applied at %s: %s %q, want pending", sync, appliedAt, v.State, v.Reason)
			}
		}
	}
}

// TestRefusalHoldsWhileHistoryIsNotAskedAgain: what it told before is enough.
func TestRefusalHoldsWhileHistoryIsNotAskedAgain(t *testing.T) {
	v5 := edited(vpc, "vlan: 1001", "vlan: 1005")
	c := drift.New(core.Fabric{ID: "test", Namespace: "default", PendingLimit: 100 * time.Hour})
	git, live := snapshot(t, "git", v5), snapshot(t, "kube", liveVPC)
	git.Readings[0].Revision = head
	in := drift.Input{Git: git, Live: live, Memory: agreed(t, vpc, liveVPC), Now: now}
	made := pastOf(t, []string{v5, vpc}, 3, 200)
	in.Past = map[core.Key]core.Past{vpcKey: made}
	first := c.Compare(in)
	in.Memory, in.Past = remembered(first, git), map[core.Key]core.Past{}
	in.Engine = argo(operation(core.EngineRunning, "c0", 2), refuses("VLAN 1005 is used by vpc-2"), func(e *core.Engine) {
		e.Sources = []core.EngineSource{{Wanted: head, Applied: "c1", Counted: true, Behind: []core.Commit{{ID: head}, {ID: "c0"}}}}
	})
	if v := c.Compare(in).Report.Verdicts[0]; v.State != core.Stuck {
		t.Errorf("got %s %q, want stuck", v.State, v.Reason)
	}
}

func TestMarkOfAnotherApplicationIsNotTheEngines(t *testing.T) {
	marked := func(app string) string {
		return edited(liveVPC, "  labels:\n", "  annotations: {argocd.argoproj.io/tracking-id: \""+app+":vpc.githedgehog.com/VPC:default/vpc-1\"}\n  labels:\n")
	}
	for app, want := range map[string]bool{"dc1": true, "argocd_dc1": true, "other": false} {
		e := argo(func(e *core.Engine) { e.Namespace, e.Objects = "argocd", nil })
		v := asOf(t, vpc, marked(app), 5, time.Hour, e)
		if v.Tracked != want {
			t.Errorf("marked by %s: tracked %v, want %v", app, v.Tracked, want)
		}
	}
}

func TestDisagreementWithTheEngineNamesTheField(t *testing.T) {
	v := asOf(t, vpc, edited(liveVPC, "vlan: 1001", "vlan: 1009"), 5, time.Hour, argo())
	if v.Opinion != "" {
		t.Errorf("of a change that the engine may not have seen: %q", v.Opinion)
	}
	later := argo(func(e *core.Engine) { e.ComparedAt = now.Add(time.Minute) })
	v = asOf(t, vpc, edited(liveVPC, "vlan: 1001", "vlan: 1009"), 5, time.Hour, later)
	if want := "argocd calls it Synced: it leaves .spec.subnets.default.vlan aside"; v.Opinion != want {
		t.Errorf("got %q, want %q", v.Opinion, want)
	}
	out := argo(func(e *core.Engine) { e.Objects = map[core.Key]core.EngineObject{vpcKey: {Sync: "OutOfSync"}} })
	v = asOf(t, vpc, liveVPC, 5, time.Hour, out)
	if v.State != core.InSync || !strings.HasPrefix(v.Opinion, "argocd calls it OutOfSync") {
		t.Errorf("got %s %q", v.State, v.Opinion)
	}
}
