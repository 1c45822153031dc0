package drift_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/drift"
)

// many are so many VPCs.
func many(n int, text string) string {
	var all strings.Builder
	for i := range n {
		all.WriteString("---" + edited(text, "name: vpc-1", fmt.Sprintf("name: v%02d", i)))
	}
	return all.String()
}

func limited() *drift.Comparer {
	return drift.New(core.Fabric{ID: "dc1", Namespace: "default", PendingLimit: time.Hour, Limits: core.Limits{Count: 5, Percent: 20}})
}

func TestMassDisappearanceFreezes(t *testing.T) {
	git, live := snapshot(t, "git", many(20, vpc)), snapshot(t, "kube", many(20, liveVPC))
	c := limited()
	first := c.Compare(drift.Input{Git: git, Live: live, Memory: &core.Memory{}, Now: now})
	m := remembered(first, git)

	few := c.Compare(drift.Input{Git: git, Live: snapshot(t, "kube", many(15, liveVPC)), Memory: m, Now: at(1)})
	if few.Report.Freeze != nil || few.Report.Counts[core.Drifted] != 5 {
		t.Errorf("five of twenty: %+v, %v", few.Report.Freeze, few.Report.Counts)
	}
	gone := drift.Input{Git: git, Live: snapshot(t, "kube", many(14, liveVPC)), Memory: m, Now: at(1)}
	frozen := c.Compare(gone)
	z := frozen.Report.Freeze
	if z == nil || len(z.Gone) != 6 || z.Of != 20 || z.Side != "live" || frozen.Report.Counts[core.Unknown] != 6 {
		t.Fatalf("six of twenty: %+v, %v", z, frozen.Report.Counts)
	}
	for _, k := range z.Gone {
		if o := frozen.Objects[k]; o.Live.Object == nil || !o.Verdict.LastKnown || o.Verdict.Last != core.InSync {
			t.Errorf("%s is remembered as %+v", k, o.Verdict)
		}
	}
	gone.Memory, gone.Now = remembered(frozen, git), at(2)
	if z := c.Compare(gone).Report.Freeze; z == nil || !z.Since.Equal(at(1)) {
		t.Errorf("a look later: %+v, want frozen since the first", z)
	}
	gone.Memory.Acceptances = []core.Acceptance{{What: core.AcceptMass, Keys: z.Gone, At: at(2)}}
	if r := c.Compare(gone).Report; r.Freeze != nil || r.Counts[core.Drifted] != 6 {
		t.Errorf("accepted: %+v, %v", r.Freeze, r.Counts)
	}
	gone.Live = snapshot(t, "kube", many(13, liveVPC))
	if c.Compare(gone).Report.Freeze == nil {
		t.Error("one more vanished than was accepted, and nothing froze")
	}
}

func TestWhatACommitRemovedIsNoMassDisappearance(t *testing.T) {
	c := limited()
	git := snapshot(t, "git", many(20, vpc))
	first := c.Compare(drift.Input{Git: git, Live: snapshot(t, "kube", many(20, liveVPC)), Memory: &core.Memory{}, Now: now})
	m := remembered(first, git)
	less := snapshot(t, "git", many(5, vpc))
	less.Readings[0].Revision = "next"
	r := c.Compare(drift.Input{Git: less, Live: snapshot(t, "kube", many(5, liveVPC)), Memory: m, Now: at(1)}).Report
	if r.Freeze != nil || r.Counts.Worst() != core.InSync {
		t.Errorf("removed on both sides: %+v, %v", r.Freeze, r.Counts)
	}
	less.Readings[0].Revision = git.Readings[0].Revision
	r = c.Compare(drift.Input{Git: less, Live: snapshot(t, "kube", many(20, liveVPC)), Memory: m, Now: at(1)}).Report
	if r.Freeze == nil || r.Freeze.Side != "git" {
		t.Errorf("gone from git without a commit: %+v", r.Freeze)
	}
}

// TestRemovedWithoutEverAgreeing: what Git is seen to remove is explained, and
// not called never seen in git, though both sides never agreed.
func TestRemovedWithoutEverAgreeing(t *testing.T) {
	c := limited()
	apart := strings.ReplaceAll(many(20, liveVPC), "vlan: 1001", "vlan: 1009")
	git := snapshot(t, "git", many(20, vpc))
	first := c.Compare(drift.Input{Git: git, Live: snapshot(t, "kube", apart), Memory: &core.Memory{}, Now: now})
	if first.Report.Counts[core.Differs] != 20 {
		t.Fatalf("they do not differ: %v", first.Report.Counts)
	}
	none := snapshot(t, "git", "")
	none.Readings[0].Revision = "next"
	second := c.Compare(drift.Input{Git: none, Live: snapshot(t, "kube", apart), Memory: remembered(first, git), Now: at(1)})
	if got := second.Report.Counts[core.Differs]; got != 20 {
		t.Errorf("removed from git: %v (%s), want them to differ still", second.Report.Counts, second.Report.Verdicts[0].Reason)
	}
	for name, m := range map[string]*core.Memory{"in one look": remembered(first, git), "in two": remembered(second, none)} {
		r := c.Compare(drift.Input{Git: none, Live: snapshot(t, "kube", ""), Memory: m, Now: at(2)}).Report
		if r.Freeze != nil || r.Counts.Total() != 0 {
			t.Errorf("removed by a commit and pruned %s: %+v, %v", name, r.Freeze, r.Counts)
		}
	}
}

// TestAcceptanceDoesNotCoverTheNextDisappearance of the same objects.
func TestAcceptanceDoesNotCoverTheNextDisappearance(t *testing.T) {
	c := limited()
	git, all := snapshot(t, "git", many(20, vpc)), snapshot(t, "kube", many(20, liveVPC))
	few := snapshot(t, "kube", many(10, liveVPC))
	step := func(minute int, live *core.Snapshot, m *core.Memory, words []core.Acceptance) (*core.Memory, *core.Freeze) {
		m.Acceptances = words
		res := c.Compare(drift.Input{Git: git, Live: live, Memory: m, Now: at(minute)})
		return remembered(res, git), res.Report.Freeze
	}
	m, _ := step(0, all, &core.Memory{}, nil)
	m, z := step(1, few, m, nil)
	if z == nil {
		t.Fatal("nothing froze")
	}
	words := []core.Acceptance{{What: core.AcceptMass, Keys: z.Gone, At: at(2)}}
	m, z = step(3, few, m, words)
	if z != nil {
		t.Fatalf("accepted, and still frozen: %+v", z)
	}
	m, _ = step(4, all, m, words)
	if _, z = step(5, few, m, words); z == nil {
		t.Error("the word for the first disappearance covered a second one")
	}
}

func TestRewrittenHistoryStaysUntilAccepted(t *testing.T) {
	git, live := snapshot(t, "git", vpc), snapshot(t, "kube", liveVPC)
	rewrite := core.Rewrite{Path: "dc1", Branch: "main", From: "aaa", To: "bbb", At: at(1)}
	c := limited()
	first := c.Compare(drift.Input{Git: git, Live: live, Memory: agreed(t, vpc, liveVPC), Now: at(1), Rewrites: []core.Rewrite{rewrite}})
	m := remembered(first, git)
	r := c.Compare(drift.Input{Git: git, Live: live, Memory: m, Now: at(2)}).Report
	if len(r.Rewrites) != 1 || r.Counts.Worst() != core.InSync {
		t.Errorf("rewrites = %+v, worst %s; want it to stay, and the verdicts to stand", r.Rewrites, r.Counts.Worst())
	}
	m.Acceptances = []core.Acceptance{{What: core.AcceptRewrite, From: "aaa", To: "bbb"}}
	if r := c.Compare(drift.Input{Git: git, Live: live, Memory: m, Now: at(3)}).Report; len(r.Rewrites) != 0 {
		t.Errorf("after it was accepted: %+v", r.Rewrites)
	}
}

func TestAcceptedBaseHoldsForWhatItWasGivenFor(t *testing.T) {
	live9 := edited(liveVPC, "vlan: 1001", "vlan: 1009")
	g, l := snapshot(t, "git", vpc), snapshot(t, "kube", live9)
	m := agreed(t, vpc, liveVPC)
	m.Acceptances = []core.Acceptance{{
		What: core.AcceptBase, Keys: []core.Key{vpcKey}, At: at(1), By: "kim",
		GitDigest: objectOf(t, vpc).Digest, LiveDigest: objectOf(t, live9).Digest,
	}}
	res := compareAt(at(2), g, l, m)
	if b := res.Objects[vpcKey].Base; res.Report.Counts.Worst() != core.InSync || b.Source != core.FromAcceptance {
		t.Errorf("accepted: %s, base from %s", say(res.Report), b.Source)
	}
	if says := res.Report.Verdicts[0].Agreement(); says != "git and live differ as accepted by kim, leaving aside 3 fields that rules explain" {
		t.Errorf("accepted: %q", says)
	}
	// Both sides move on elsewhere: who accepted the rest stays known.
	m = remembered(res, g)
	g, l = snapshot(t, "git", edited(vpc, "10.0.1.0", "10.0.2.0")), snapshot(t, "kube", edited(live9, "10.0.1.0", "10.0.2.0"))
	for minute := 3; minute < 5; minute++ {
		res = compareAt(at(minute), g, l, m)
		b, says := res.Objects[vpcKey].Base, res.Report.Verdicts[0].Agreement()
		if b.Source != core.FromAgreement || b.Evidence != "accepted by kim" || !strings.HasPrefix(says, "git and live differ as accepted by kim") {
			t.Errorf("both moved on: base from %s (%s), %q", b.Source, b.Evidence, says)
		}
		m = remembered(res, g)
	}
	g = snapshot(t, "git", vpc)
	other := compareAt(at(5), g, snapshot(t, "kube", edited(liveVPC, "vlan: 1001", "vlan: 1010")), m)
	if other.Report.Counts.Worst() != core.Drifted {
		t.Errorf("another value than was accepted: %s", say(other.Report))
	}
}

func TestAcknowledgedUntilAValueChangesOrTimeIsUp(t *testing.T) {
	live9 := edited(liveVPC, "vlan: 1001", "vlan: 1009")
	m := agreed(t, vpc, liveVPC)
	m.Acknowledgements = []core.Acknowledgement{{
		Key: vpcKey, Path: ".spec.subnets.default.vlan", Reason: "until the change window", By: "kim", At: at(1), Until: at(60),
		GitDigest: core.ValueOf(int64(1001)).Digest(), LiveDigest: core.ValueOf(int64(1009)).Digest(),
	}}
	for name, w := range map[string]struct {
		minute    int
		git, live string
		want      core.State
	}{
		"as it was":      {2, vpc, live9, core.Acknowledged},
		"time is up":     {61, vpc, live9, core.Drifted},
		"live changed":   {2, vpc, edited(liveVPC, "vlan: 1001", "vlan: 1010"), core.Drifted},
		"git changed":    {2, edited(vpc, "vlan: 1001", "vlan: 1002"), live9, core.Conflict},
		"more differs":   {2, vpc, edited(live9, "10.0.1.1", "10.0.1.9"), core.Drifted},
		"nothing at all": {2, vpc, liveVPC, core.InSync},
	} {
		v := compareAt(at(w.minute), snapshot(t, "git", w.git), snapshot(t, "kube", w.live), m).Report.Verdicts[0]
		if v.State != w.want || (v.Acknowledged != nil) != (w.want == core.Acknowledged) {
			t.Errorf("%s: %s (%s), want %s", name, v.State, v.Reason, w.want)
		}
	}
}

func TestObjectsThatAreNeitherThereNorGone(t *testing.T) {
	dying := edited(liveVPC, "  uid: 7e0c\n", "  uid: 7e0c\n  deletionTimestamp: \"2026-11-23T09:59:00Z\"\n")
	anew := edited(liveVPC, "uid: 7e0c", "uid: 8f1d")
	skewed := edited(vpc, "v1beta1", "v1alpha2")
	for name, w := range map[string]struct {
		git, live string
		want      core.State
		note      string
	}{
		"being deleted":              {vpc, dying, core.Drifted, "being deleted since 2026-11-23 09:59:00Z"},
		"being deleted, git did too": {"", dying, core.Pending, "being deleted"},
		"made anew":                  {vpc, anew, core.InSync, "made anew"},
		"another version":            {skewed, liveVPC, core.InSync, "git writes it as v1alpha2, the fabric serves v1beta1"},
	} {
		git := snapshot(t, "git", vpc)
		m := agreed(t, vpc, liveVPC)
		previous := compareAt(now, git, snapshot(t, "kube", liveVPC), m)
		res := drift.New(core.Fabric{PendingLimit: time.Hour}).Compare(drift.Input{
			Git: snapshot(t, "git", w.git), Live: snapshot(t, "kube", w.live), Memory: m, Now: at(1), Previous: previous,
		})
		v := res.Report.Verdicts[0]
		if v.State != w.want || !strings.Contains(strings.Join(v.Notes, "\n"), w.note) {
			t.Errorf("%s: %s, notes %q; want %s, %q", name, v.State, v.Notes, w.want, w.note)
		}
	}
}

func TestKindThatTheFabricDoesNotServeIsInvalid(t *testing.T) {
	live := core.NewSnapshot(core.Reading{Source: "kube", Access: core.AccessOK})
	live.Gaps = []core.Gap{{GroupKind: vpcKey.GroupKind(), Access: core.AccessOK, Reason: "not served", Unserved: true}}
	git := snapshot(t, "git", vpc)
	if v := compareAt(at(1), git, live, &core.Memory{}).Report.Verdicts[0]; v.State != core.Invalid {
		t.Errorf("never seen live: %s (%s), want invalid", v.State, v.Reason)
	}
	if v := compareAt(at(1), git, live, agreed(t, vpc, liveVPC)).Report.Verdicts[0]; v.State != core.Unknown {
		t.Errorf("seen live before: %s (%s), want unknown", v.State, v.Reason)
	}
}

func TestWhatIsNotRenderedIsUnknown(t *testing.T) {
	git := snapshot(t, "git", "")
	git.Findings = []core.Finding{{
		Origin: core.Origin{Path: "a.yaml", Line: 1}, Key: vpcKey, Unrendered: true, Reason: "kustomization.yaml sets namePrefix",
	}}
	v := compareAt(at(1), git, snapshot(t, "kube", liveVPC), agreed(t, vpc, liveVPC)).Report.Verdicts[0]
	if v.State != core.Unknown || v.Reason != "not rendered: kustomization.yaml sets namePrefix" || v.Last != core.InSync {
		t.Errorf("%s (%s), last %s", v.State, v.Reason, v.Last)
	}
}

// TestValueThatOnlyLiveHadAndLost is somebody's doing, unless a server fills it
// in by itself or git's change took it along.
func TestValueThatOnlyLiveHadAndLost(t *testing.T) {
	with := edited(liveVPC, "ipv4ns: default", "ipv4ns: default\n    team: net")
	hydrated := edited(liveVPC, "spec:\n  ipv4", "spec:\n  mode: l3vni\n  ipv4")
	for name, w := range map[string]struct{ git, before, after, want string }{
		"label":         {vpc, with, liveVPC, "VPC/vpc-1 drifted .metadata.labels.team removed drift"},
		"value":         {vpc, hydrated, liveVPC, "VPC/vpc-1 drifted .spec.mode removed drift"},
		"default":       {vpc, liveVPC, edited(liveVPC, "  vlanNamespace: default\n", ""), "VPC/vpc-1 in_sync"},
		"back to git's": {edited(vpc, "spec:\n", "spec:\n  mode: l3vni\n"), hydrated, hydrated, "VPC/vpc-1 in_sync"},
	} {
		m := agreed(t, vpc, w.before)
		res := compareAt(at(1), snapshot(t, "git", w.git), snapshot(t, "kube", w.after), m)
		if got := say(res.Report); got != w.want {
			t.Errorf("%s: %s, want %s", name, got, w.want)
		}
	}
	m := agreed(t, vpc+"    two: {subnet: 10.0.2.0/24, vlan: 1002}\n", liveVPC+"    two: {subnet: 10.0.2.0/24, vlan: 1002, gateway: 10.0.2.9}\n")
	if got := say(compareAt(at(1), snapshot(t, "git", vpc), snapshot(t, "kube", liveVPC), m).Report); got != "VPC/vpc-1 in_sync" {
		t.Errorf("what went with a subnet that git removed: %s", got)
	}
}
