package drift_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"selvage/core"
	"selvage/core/drift"
	"selvage/core/merge"
)

const vlan = ".spec.subnets.default.vlan"

// desk is a fabric whose two sides agreed an hour ago and do not any more, and
// what was decided about that.
type desk struct {
	comparer *drift.Comparer
	in       drift.Input
	last     *drift.Result
}

func newDesk(t *testing.T, git, live string, e *core.Engine) *desk {
	t.Helper()
	d := &desk{comparer: drift.New(core.Fabric{ID: "test", Namespace: "default", PendingLimit: 15 * time.Minute})}
	then := agreed(t, vpc, liveVPC)
	d.in = drift.Input{Memory: then, Engine: e}
	d.sides(t, git, live)
	d.look(0)
	return d
}

func (d *desk) sides(t *testing.T, git, live string) {
	t.Helper()
	d.in.Git, d.in.Live = snapshot(t, "git", git), snapshot(t, "kube", live)
	d.in.Git.Readings[0].Revision = head
}

// decide lays a decision down, as if made at a minute.
func (d *desk) decide(t testing.TB, minute int, k core.Key, path core.Path, choice core.Choice, edited ...core.Value) {
	t.Helper()
	s := d.comparer.Sides(d.in, k)[k]
	if !s.GitRead || !s.LiveRead {
		t.Fatalf("%s was not read", k)
	}
	sides := merge.Sides{Git: core.Content{Read: true, Value: s.Git, Form: s.Form}, Live: core.Content{Read: true, Value: s.Live}, Base: s.Base}
	r, err := sides.Decide(path, choice, append(edited, core.Value{})[0])
	if err != nil {
		t.Fatal(err)
	}
	r.Key, r.By, r.At = k, "ada", at(minute)
	m := *d.in.Memory
	m.Drafts = append(slices.Clip(m.Drafts), core.Draft{ID: int64(len(m.Drafts) + 1), Resolution: r})
	d.in.Memory = &m
}

// look compares at a minute, and remembers what came of it.
func (d *desk) look(minute int) core.Verdict {
	d.in.Now = at(minute)
	d.in.Live.Readings[0].ReadAt = d.in.Now
	d.last = d.comparer.Compare(d.in)
	m := remembered(d.last, d.in.Git)
	m.Drafts, m.Acknowledgements = d.in.Memory.Drafts, d.in.Memory.Acknowledgements
	d.in.Memory, d.in.Previous = m, d.last
	if len(d.last.Report.Verdicts) == 0 {
		return core.Verdict{}
	}
	return d.last.Report.Verdicts[0]
}

func (d *desk) stand() string {
	var all []string
	for _, x := range d.last.Drafts {
		all = append(all, fmt.Sprintf("%d %s: %s", x.ID, x.State, x.Why))
	}
	return strings.Join(all, "; ")
}

func withoutSelfHeal(e *core.Engine) {
	e.SelfHeal = false
	e.Sources[0].Applied, e.Sources[0].Behind = head, nil
}

func healing(e *core.Engine) { e.Sources[0].Applied, e.Sources[0].Behind = head, nil }

// TestDecisionForGitIsPending whatever the difference is, and until live has
// followed. It stays shown with its values and with who moved.
func TestDecisionForGitIsPending(t *testing.T) {
	moved := edited(liveVPC, "vlan: 1001", "vlan: 1005")
	other := "---" + edited(liveVPC, "name: vpc-1", "name: hotfix")
	hotfix := core.Key{Group: "vpc.githedgehog.com", Kind: "VPC", Namespace: "default", Name: "hotfix"}
	for name, tt := range map[string]struct {
		git, live string
		key       core.Key
		path      core.Path
		verdict   core.FieldVerdict
		was       core.State
	}{
		"a drifted field":             {vpc, moved, vpcKey, vlan, core.FieldDrift, core.Drifted},
		"a drifted field, the object": {vpc, moved, vpcKey, core.Root, core.FieldDrift, core.Drifted},
		"a conflict":                  {edited(vpc, "vlan: 1001", "vlan: 1009"), moved, vpcKey, vlan, core.FieldConflict, core.Conflict},
		"deleted live":                {vpc, "", vpcKey, core.Root, core.FieldDrift, core.Drifted},
		"deleted live, git moved":     {edited(vpc, "vlan: 1001", "vlan: 1009"), "", vpcKey, core.Root, core.FieldConflict, core.Conflict},
		"removed from git, moved":     {"", moved, vpcKey, core.Root, core.FieldConflict, core.Conflict},
		"only live":                   {vpc, liveVPC + other, hotfix, core.Root, core.FieldDrift, core.OnlyLive},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, tt.git, tt.live, argo(healing))
			was := d.last.Objects[tt.key].Verdict
			if was.State != tt.was {
				t.Fatalf("before: %s (%s)", was.State, was.Reason)
			}
			d.decide(t, 1, tt.key, tt.path, core.TakeGit)
			d.look(2)
			v := d.last.Objects[tt.key].Verdict
			if v.State != core.Pending || !strings.HasPrefix(v.Reason, "git was chosen by ada; ") || !v.Since.Equal(at(1)) {
				t.Errorf("it is %s since %s: %s", v.State, v.Since, v.Reason)
			}
			if len(v.Changes) != 1 || v.Changes[0].Verdict != tt.verdict || v.Changes[0].Path != was.Changes[0].Path || !v.Changes[0].Live.Equal(was.Changes[0].Live) {
				t.Errorf("its changes are %+v", v.Changes)
			}
			if d.stand() != "1 pending: live has not followed yet" {
				t.Errorf("the draft is %s", d.stand())
			}
			if d.last.Report.Counts[core.Pending] != 1 {
				t.Errorf("counts %v", d.last.Report.Counts)
			}
		})
	}
}

func TestReasonHasTheCommandForAllThatWasDecided(t *testing.T) {
	d := newDesk(t, vpc, edited(liveVPC, "vlan: 1001", "vlan: 1005", "10.0.1.0/24", "10.0.9.0/24"), nil)
	d.decide(t, 1, vpcKey, vlan, core.TakeGit)
	d.decide(t, 2, vpcKey, ".spec.subnets.default.subnet", core.TakeGit)
	v := d.look(3)
	for _, want := range []string{`/vlan","value":1001}`, `/subnet","value":"10.0.1.0/24"}`} {
		if v.State != core.Pending || !strings.Contains(v.Reason, want) {
			t.Errorf("no %s in %s (%s)", want, v.State, v.Reason)
		}
		for _, x := range d.last.Drafts {
			if !strings.Contains(x.Keeping.Command, want) {
				t.Errorf("no %s in %s", want, x.Keeping.Command)
			}
		}
	}
}

func TestDecisionOfGitIsDoneWhenLiveHasFollowed(t *testing.T) {
	moved := edited(liveVPC, "vlan: 1001", "vlan: 1005")
	for name, tt := range map[string]struct {
		git, live, then string
		path            core.Path
		state           core.State
	}{
		"a field":             {vpc, moved, liveVPC, vlan, core.InSync},
		"the object":          {vpc, moved, liveVPC, core.Root, core.InSync},
		"a deleted object":    {vpc, "", liveVPC, core.Root, core.InSync},
		"an object that goes": {"", moved, "", core.Root, core.Invalid}, // nothing is said of it
		"git comes to live":   {edited(vpc, "vlan: 1001", "vlan: 1005"), moved, moved, vlan, core.InSync},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, vpc, tt.live, nil)
			if name == "an object that goes" {
				d.sides(t, "", tt.live)
			}
			d.look(1)
			d.decide(t, 2, vpcKey, tt.path, core.TakeGit)
			d.look(3)
			d.sides(t, tt.git, tt.then)
			v := d.look(4)
			if v.State != tt.state {
				t.Errorf("it is %s: %s", v.State, v.Reason)
			}
			if d.stand() != "1 done: live says the same" {
				t.Errorf("the draft is %s", d.stand())
			}
		})
	}
}

// TestNothingIsDoneBecauseASideWasNotRead, nor void.
func TestNothingIsDoneBecauseASideWasNotRead(t *testing.T) {
	moved := edited(liveVPC, "vlan: 1001", "vlan: 1005")
	for name, unread := range map[string]func(*desk){
		"git": func(d *desk) {
			d.in.Git = core.NewSnapshot(core.Reading{Access: core.AccessUnreachable, Error: "git is away"})
		},
		"git, judged by its last reading": func(d *desk) {
			d.in.Git = d.in.Git.WithReadings([]core.Reading{{Access: core.AccessUnreachable, Error: "git is away"}})
		},
		"live": func(d *desk) {
			d.in.Live = core.NewSnapshot(core.Reading{Access: core.AccessUnreachable, Error: "live is away"})
		},
	} {
		for _, then := range []string{moved, liveVPC, ""} {
			d := newDesk(t, vpc, moved, nil)
			d.decide(t, 1, vpcKey, vlan, core.TakeGit)
			d.decide(t, 1, vpcKey, ".spec.subnets.default.dhcp", core.TakeEdited, core.ValueOf(map[string]any{"enable": true}))
			d.sides(t, edited(vpc, "vlan: 1001", "vlan: 1001\n      dhcp: {enable: true}"), then)
			if name == "live" || then == "" {
				d.sides(t, vpc, then)
			}
			unread(d)
			d.look(2)
			for _, x := range d.last.Drafts {
				if x.State == core.DraftDone || x.State == core.DraftVoid && name != "git, judged by its last reading" {
					t.Errorf("%s was not read, live %d letters: draft %d is %s: %s", name, len(then), x.ID, x.State, x.Why)
				}
				if x.Choice == core.TakeGit && name == "git" && x.Why != "git: git is away" {
					t.Errorf("git was not read, and it says %q", x.Why)
				}
			}
		}
	}
}

// TestDecisionOfGitIsVoidWhenASideMovesOn: the difference is told anew.
func TestDecisionOfGitIsVoidWhenASideMovesOn(t *testing.T) {
	moved := edited(liveVPC, "vlan: 1001", "vlan: 1005")
	for name, tt := range map[string]struct{ git, live, stand string }{
		"live": {vpc, edited(liveVPC, "vlan: 1001", "vlan: 1006"), "1 void: live changed it again"},
		"git":  {edited(vpc, "vlan: 1001", "vlan: 1009"), moved, "1 void: git changed it since"},
		"gone": {vpc, "", "1 void: live changed it again"},
	} {
		d := newDesk(t, vpc, moved, nil)
		d.decide(t, 1, vpcKey, vlan, core.TakeGit)
		d.look(2)
		d.sides(t, tt.git, tt.live)
		v := d.look(3)
		if v.State != core.Drifted && v.State != core.Conflict {
			t.Errorf("%s: it is %s: %s", name, v.State, v.Reason)
		}
		if d.stand() != tt.stand || len(v.Notes) == 0 || !strings.Contains(v.Notes[0], "git was chosen by ada does not hold any more") {
			t.Errorf("%s: the draft is %s, notes %q", name, d.stand(), v.Notes)
		}
	}
}

// TestWhatNobodyDecidedDecidesTheState: the worst of the fields.
func TestWhatNobodyDecidedDecidesTheState(t *testing.T) {
	git := edited(vpc, "vlan: 1001", "vlan: 1009")
	live := edited(liveVPC, "vlan: 1001", "vlan: 1005", "subnet: 10.0.1.0/24", "subnet: 10.0.2.0/24")
	const subnet = ".spec.subnets.default.subnet"
	d := newDesk(t, git, live, argo(healing))
	d.decide(t, 1, vpcKey, vlan, core.TakeGit)
	if v := d.look(2); v.State != core.Drifted || v.Reason != "live changed" {
		t.Errorf("with the conflict decided it is %s: %s", v.State, v.Reason)
	}
	d.decide(t, 3, vpcKey, subnet, core.TakeLive)
	if v := d.look(4); v.State != core.Drifted {
		t.Errorf("with live taken on the other it is %s: %s", v.State, v.Reason)
	}
	d.decide(t, 5, vpcKey, ".spec", core.TakeGit)
	if v := d.look(6); v.State != core.Pending {
		t.Errorf("with all of it decided it is %s: %s", v.State, v.Reason)
	}
	d.decide(t, 7, vpcKey, subnet, core.TakeLive) // within the last one
	if v := d.look(8); v.State != core.Drifted {
		t.Errorf("with live taken within it is %s: %s", v.State, v.Reason)
	}
	d = newDesk(t, vpc, "", argo(healing))
	d.decide(t, 1, vpcKey, core.Root, core.TakeGit)
	d.decide(t, 2, vpcKey, vlan, core.TakeEdited, core.ValueOf(int64(1010)))
	if v := d.look(3); v.State != core.Drifted || v.Reason != "deleted live" {
		t.Errorf("with a part of it decided otherwise, it is %s: %s", v.State, v.Reason)
	}
}

// TestReasonOfWhatIsLeftStays: what was found out about who moved still holds of
// the fields that nobody decided.
func TestReasonOfWhatIsLeftStays(t *testing.T) {
	moved := edited(liveVPC, "vlan: 1001", "vlan: 1005", "dhcp: {}", "dhcp: {}\n      restricted: true")
	d := newDesk(t, vpc, moved, nil)
	d.in.Memory, d.in.Previous = &core.Memory{}, nil
	d.sides(t, vpc, edited(by("kubectl", 1, moved), `{"f:vlan": {}}`, `{"f:vlan": {}, "f:restricted": {}}`))
	was := d.look(0)
	if len(was.Changes) != 2 || was.Reason != "live changed, by managedFields" {
		t.Fatalf("before: %s, %+v", was.Reason, was.Changes)
	}
	d.decide(t, 1, vpcKey, vlan, core.TakeGit)
	d.in.Memory.Objects = nil
	if v := d.look(2); v.State != core.Drifted || v.Reason != was.Reason {
		t.Errorf("it is %s: %s", v.State, v.Reason)
	}
}

// TestDecisionWaitsForTheEngine, or for a person, who is told what to do.
func TestDecisionWaitsForTheEngine(t *testing.T) {
	moved := edited(liveVPC, "vlan: 1001", "vlan: 1005")
	added := edited(liveVPC, "dhcp: {}", "dhcp: {}\n      restricted: true")
	manual := func(e *core.Engine) { healing(e); e.Auto = false }
	const late, soon = 17, 15
	for name, tt := range map[string]struct {
		live   string
		engine *core.Engine
		minute int
		state  core.State
		says   string
	}{
		"self-heal":                  {moved, argo(healing), soon, core.Pending, "argocd puts it back within seconds"},
		"self-heal, late":            {moved, argo(healing), late, core.Stuck, "argocd has not put it back in 15m"},
		"self-heal, late, it says":   {moved, argo(healing, func(e *core.Engine) { e.HealthMessage = "no route" }), late, core.Stuck, "in 15m: no route"},
		"it could not act":           {moved, argo(healing, func(e *core.Engine) { e.Idle = []core.Span{{From: at(2), Until: at(10)}} }), late, core.Pending, "within seconds"},
		"no self-heal":               {moved, argo(withoutSelfHeal, operation(core.EngineSucceeded, head, 0)), soon, core.Pending, "self-heal is off (argocd app sync dc1 --resource vpc.githedgehog.com:VPC:default/vpc-1)"},
		"no self-heal, late":         {moved, argo(withoutSelfHeal, operation(core.EngineSucceeded, head, 0)), late, core.Pending, "(argocd app sync dc1"},
		"by hand, late":              {moved, argo(manual), late, core.Pending, "nothing happens before somebody syncs dc1 by hand (argocd app sync"},
		"an addition stays":          {added, argo(healing), late, core.Drifted, "not applied in 15m; stays: git never had it"},
		"no engine, late":            {moved, nil, late, core.Drifted, "not applied in 15m; nothing is known to apply git"},
		"no engine, in time":         {moved, nil, soon, core.Pending, "ada; nothing is known to apply git"},
		"no engine, deleted, late":   {"", nil, late, core.Drifted, "not applied in 15m"},
		"the engine is out of reach": {moved, &core.Engine{Type: core.ArgoCD, Access: core.AccessUnreachable}, late, core.Drifted, "not applied in 15m; the engine could not be read"},
		"refused":                    {moved, argo(healing, operation(core.EngineFailed, head, 0), refuses("vlan 1001 is taken")), soon, core.Stuck, "argocd refused it: vlan 1001 is taken"},
		"gave up":                    {moved, argo(healing, operation(core.EngineFailed, head, 5)), soon, core.Stuck, "argocd gave up: one or more objects"},
		"gave up, it stays anyway":   {added, argo(healing, operation(core.EngineFailed, head, 5)), soon, core.Pending, "stays: git never had it"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, vpc, tt.live, tt.engine)
			d.decide(t, 1, vpcKey, core.Root, core.TakeGit)
			v := d.look(tt.minute)
			if v.State != tt.state || !strings.Contains(v.Reason, tt.says) || !strings.HasPrefix(v.Reason, "git was chosen by ada") {
				t.Errorf("it is %s: %s", v.State, v.Reason)
			}
			if k := d.last.Drafts[0].Keeping; k.Sentence == "" {
				t.Error("nothing is said about how live is to follow")
			}
		})
	}
}

// TestOverdueCommitIsPendingAgainWhenGitIsChosen: without an engine to ask, what
// waits too long counts as live's doing, and then somebody says that it is not.
func TestOverdueCommitIsPendingAgainWhenGitIsChosen(t *testing.T) {
	for name, git := range map[string]string{
		"changed": edited(vpc, "vlan: 1001", "vlan: 1009"), "created": vpc + vpcNamed("vpc-2"), "removed": vpcNamed("vpc-2"),
	} {
		d := newDesk(t, git, liveVPC, nil)
		key := vpcKey
		if name == "created" {
			key.Name = "vpc-2"
		}
		d.look(20)
		if s := d.last.Objects[key].Verdict.State; s != core.Drifted && s != core.OnlyGit {
			t.Errorf("%s: it is %s after 20 minutes", name, s)
		}
		path := core.Path(core.Root)
		if name == "changed" {
			path = vlan
		}
		d.decide(t, 21, key, path, core.TakeGit)
		d.look(22)
		if v := d.last.Objects[key].Verdict; v.State != core.Pending || !v.Since.Equal(at(21)) {
			t.Errorf("%s: it is %s since %s: %s", name, v.State, v.Since, v.Reason)
		}
	}
}

// TestDecisionGoesBeforeAnAcknowledgement, and what neither covers before both.
func TestDecisionGoesBeforeAnAcknowledgement(t *testing.T) {
	d := newDesk(t, vpc, edited(liveVPC, "vlan: 1001", "vlan: 1005", "subnet: 10.0.1.0/24", "subnet: 10.0.2.0/24"), argo(healing))
	accept := func(minute int) {
		m := *d.in.Memory
		for _, c := range d.comparer.Sides(d.in, vpcKey)[vpcKey].Changes {
			m.Acknowledgements = append(m.Acknowledgements, core.Acknowledgement{
				Key: vpcKey, Path: c.Path, By: "kim", Reason: "tests", At: at(minute), Until: at(minute + 60),
				GitDigest: c.Git.Digest(), LiveDigest: c.Live.Digest(),
			})
		}
		d.in.Memory = &m
	}
	accept(1)
	if v := d.look(2); v.State != core.Acknowledged {
		t.Fatalf("accepted, it is %s: %s", v.State, v.Reason)
	}
	d.decide(t, 3, vpcKey, vlan, core.TakeGit)
	if v := d.look(4); v.State != core.Pending || v.Acknowledged != nil {
		t.Errorf("one accepted and one decided, it is %s: %s", v.State, v.Reason)
	}
	if v := d.look(30); v.State != core.Stuck {
		t.Errorf("and late, it is %s: %s", v.State, v.Reason)
	}
	if v := d.look(62); v.State != core.Stuck && v.State != core.Drifted {
		t.Errorf("after the word has ended it is %s: %s", v.State, v.Reason)
	}
}

// TestWhatOnlyLiveHadAndLostIsSettledByADecision: there is nothing left to bring
// about, and yet a person has to say so.
func TestWhatOnlyLiveHadAndLostIsSettledByADecision(t *testing.T) {
	had := edited(liveVPC, "dhcp: {}", "dhcp: {}\n      restricted: true")
	for _, choice := range []core.Choice{core.TakeGit, core.TakeLive} {
		for _, path := range []core.Path{".spec.subnets.default.restricted", core.Root} {
			d := newDesk(t, vpc, liveVPC, nil)
			d.in.Memory, d.in.Previous = agreed(t, vpc, had), nil
			if v := d.look(1); v.State != core.Drifted || len(v.Changes) != 1 {
				t.Fatalf("it is %s: %s", v.State, v.Reason)
			}
			other := edited(liveVPC, "vlan: 1001", "vlan: 1005")
			d.sides(t, vpc, other)
			d.look(2)
			d.decide(t, 3, vpcKey, ".spec.subnets.default.restricted", choice)
			if v := d.look(4); v.State != core.Drifted || !strings.Contains(d.stand(), "1 pending: it is settled together") {
				t.Errorf("beside another difference it is %s, %s", v.State, d.stand())
			}
			d.sides(t, vpc, liveVPC)
			d.in.Memory.Drafts = nil
			d.decide(t, 5, vpcKey, path, choice)
			if v := d.look(6); v.State != core.InSync || len(v.Changes) > 0 || !strings.Contains(d.stand(), "1 done") {
				t.Errorf("by %s on %s it is %s %+v, %s", choice, path, v.State, v.Changes, d.stand())
			}
			d.in.Memory.Drafts = nil
			if v := d.look(7); v.State != core.InSync {
				t.Errorf("later it is %s: %s", v.State, v.Reason)
			}
		}
	}
}

// TestDraftsAreMaskedWhereTheyAreShown, and stand in the order of the desk.
func TestDraftsAreMaskedWhereTheyAreShown(t *testing.T) {
	secret := func(text, word string) string {
		return edited(text, "subnet: 10.0.1.0/24", "subnet: 10.0.1.0/24\n      password: "+word)
	}
	d := newDesk(t, vpc, liveVPC, nil)
	d.in.Memory = agreed(t, secret(vpc, "hunter2"), secret(liveVPC, "hunter2"))
	d.sides(t, secret(vpc, "hunter2"), secret(liveVPC, "hunter3"))
	d.decide(t, 1, core.Key{Group: "vpc.githedgehog.com", Kind: "VPC", Namespace: "default", Name: "new"}, core.Root, core.TakeEdited, core.ValueOf(map[string]any{"spec": map[string]any{"token": "hunter4"}}))
	d.decide(t, 2, vpcKey, ".spec.subnets.default.password", core.TakeLive)
	d.decide(t, 3, core.Key{Group: "vpc.githedgehog.com", Kind: "VPC", Namespace: "default", Name: "new"}, ".spec.token", core.TakeEdited, core.ValueOf("hunter5"))
	d.look(4)
	shown := d.comparer.Standings(d.in)
	for _, all := range [][]core.DraftStanding{d.last.Drafts, shown} {
		if len(all) != 3 || all[0].ID != 1 || all[1].ID != 2 || all[2].ID != 3 || all[0].State != core.DraftOpen || all[1].State != core.DraftOpen {
			t.Fatalf("drafts %+v", all)
		}
		for _, x := range all {
			if text := x.Value.String(); strings.Contains(text, "hunter") || !strings.Contains(text, "masked") {
				t.Errorf("draft %d shows %s", x.ID, text)
			}
		}
	}
	if got := d.in.Memory.Drafts[1].Value.String(); got != `"hunter3"` {
		t.Errorf("the memory was changed: %s", got)
	}
}

// TestDecidingEverythingLeavesNothingOpen, by field or by object, whatever both
// sides did; and no decision changes what is shown to differ, or what the base is.
func TestDecidingEverythingLeavesNothingOpen(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		number := rapid.SampledFrom([]string{"1001", "1005", "1009"})
		prefix := rapid.SampledFrom([]string{"10.0.1.0/24", "10.0.2.0/24"})
		git := edited(vpc, "vlan: 1001", "vlan: "+number.Draw(r, "git"), "subnet: 10.0.1.0/24", "subnet: "+prefix.Draw(r, "git subnet"))
		live := edited(liveVPC, "vlan: 1001", "vlan: "+number.Draw(r, "live"), "subnet: 10.0.1.0/24", "subnet: "+prefix.Draw(r, "live subnet"))
		if rapid.Bool().Draw(r, "extra") {
			live = edited(live, "dhcp: {}", "dhcp: {}\n      restricted: true")
		}
		if rapid.IntRange(0, 9).Draw(r, "gone") == 0 {
			live = ""
		}
		d := newDesk(t, git, live, nil)
		open := d.last.Report.Verdicts[0]
		whole := rapid.Bool().Draw(r, "whole")
		if whole && len(open.Changes) > 0 {
			d.decide(t, 1, vpcKey, core.Root, core.TakeGit)
		} else {
			for _, c := range open.Changes {
				d.decide(t, 1, vpcKey, c.Path, core.TakeGit)
			}
		}
		minute := rapid.SampledFrom([]int{2, 40}).Draw(r, "minute")
		v := d.look(minute)
		if overdue := minute > 16 && v.State == core.Drifted && strings.Contains(v.Reason, ", not applied in 15m; "); !v.State.Settled() && !overdue {
			r.Errorf("it is %s: %s, of %+v", v.State, v.Reason, open.Changes)
		}
		if d.last.Report.Counts[v.State] != 1 || len(v.Changes) != len(open.Changes) {
			r.Errorf("counts %v, changes %+v", d.last.Report.Counts, v.Changes)
		}
		for i, c := range v.Changes {
			if c.Verdict != open.Changes[i].Verdict || !c.Live.Equal(open.Changes[i].Live) || !c.Git.Equal(open.Changes[i].Git) {
				r.Errorf("change %+v became %+v", open.Changes[i], c)
			}
		}
		drafts := d.in.Memory.Drafts
		d.in.Memory.Drafts, d.in.Previous = nil, nil
		undecided := d.look(minute)
		if undecided.State == core.Pending && v.State != core.Pending || len(undecided.Changes) != len(open.Changes) || len(drafts) > 0 && len(d.last.Drafts) > 0 {
			r.Errorf("taken back, it is %s: %+v", undecided.State, undecided.Changes)
		}
	})
}
