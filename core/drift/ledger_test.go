package drift_test

import (
	"testing"
	"time"

	"selvage/core"
	"selvage/core/drift"
)

func objectOf(t *testing.T, text string) *core.Object {
	t.Helper()
	for o := range snapshot(t, "kube", text).Objects() {
		return o
	}
	return nil
}

// TestOverwrittenEditIsKept: seen at one look, undone at the next.
func TestOverwrittenEditIsKept(t *testing.T) {
	git := snapshot(t, "git", vpc)
	edit := by("kubectl-edit", 0, edited(liveVPC, "vlan: 1001", "vlan: 1005"))
	seen := compareAt(at(1), git, snapshot(t, "kube", edit), agreed(t, vpc, liveVPC))
	if c := seen.Report.Verdicts[0].Changes[0]; !c.Observed.After.Equal(now) || !c.Observed.Before.Equal(at(1)) {
		t.Errorf("observed %+v, want between the first look and the second", c.Observed)
	}
	m := remembered(seen, git)
	m.Report.Live.ReadAt = at(1)
	still := compareAt(at(3), git, snapshot(t, "kube", edit), m)
	if c := still.Report.Verdicts[0].Changes[0]; !c.Observed.Before.Equal(at(1)) {
		t.Errorf("a look later it was observed %+v, want as before", c.Observed)
	}
	m = remembered(still, git)
	m.Report.Live.ReadAt = at(3)
	healed := compareAt(at(5), git, snapshot(t, "kube", liveVPC), m)
	if len(healed.Overwritten) != 1 {
		t.Fatalf("overwritten = %+v, want the one edit", healed.Overwritten)
	}
	o := healed.Overwritten[0]
	if o.Path != ".spec.subnets.default.vlan" || o.Live.String() != "1005" || o.Now.String() != "1001" ||
		o.Manager != "kubectl-edit" || o.ReplacedBy != "argocd-controller" || o.Op != core.OpChanged {
		t.Errorf("overwritten = %+v", o)
	}
	if o.Lived() != 2*time.Minute || !o.Replaced.Before.Equal(at(5)) {
		t.Errorf("it lived %s until %s, want seen for 2m and gone by minute 5", o.Lived(), o.Replaced.Before)
	}
}

// TestEditBetweenTwoLooksIsKept, where somebody watched.
func TestEditBetweenTwoLooksIsKept(t *testing.T) {
	git, live := snapshot(t, "git", vpc), snapshot(t, "kube", liveVPC)
	live.Passages = []core.Passage{{
		Key: vpcKey, From: at(1), Until: at(1).Add(2 * time.Second),
		Object: objectOf(t, by("kubectl-edit", 0, edited(liveVPC, "vlan: 1001", "vlan: 1005"))),
	}}
	m := agreed(t, vpc, liveVPC)
	res := drift.New(core.Fabric{}).Compare(drift.Input{Git: git, Live: live, Memory: m, Now: at(2), Previous: nil})
	if len(res.Overwritten) != 1 {
		t.Fatalf("overwritten = %+v, want the edit that came and went", res.Overwritten)
	}
	o := res.Overwritten[0]
	if o.Lived() != 2*time.Second || o.Manager != "kubectl-edit" || o.Live.String() != "1005" {
		t.Errorf("overwritten = %+v, lived %s", o, o.Lived())
	}
	if v := res.Report.Verdicts[0]; v.State != core.InSync {
		t.Errorf("the object is %s, want in_sync", v.State)
	}
}

func TestWhatIsNoOverwrittenEdit(t *testing.T) {
	v5, live5 := edited(vpc, "vlan: 1001", "vlan: 1005"), edited(liveVPC, "vlan: 1001", "vlan: 1005")
	live9 := edited(liveVPC, "vlan: 1001", "vlan: 1009")
	for name, w := range map[string]struct{ git, live, git2, live2 string }{
		"git followed live":                 {vpc, live5, v5, live5},
		"live followed git":                 {v5, liveVPC, v5, live5},
		"another edit took its place":       {vpc, live5, vpc, live9},
		"nothing changed":                   {vpc, live5, vpc, live5},
		"git removed it, and live followed": {"", liveVPC, "", ""},
	} {
		git := snapshot(t, "git", w.git)
		first := compareAt(at(1), git, snapshot(t, "kube", w.live), agreed(t, vpc, liveVPC))
		res := compareAt(at(2), snapshot(t, "git", w.git2), snapshot(t, "kube", w.live2), remembered(first, git))
		if len(res.Overwritten) > 0 {
			t.Errorf("%s: overwritten = %+v", name, res.Overwritten)
		}
	}
}

// TestCommitThatOverwritesAnEditIsNamed: git moved on, and the engine applied
// it over somebody's edit.
func TestCommitThatOverwritesAnEditIsNamed(t *testing.T) {
	v5 := edited(vpc, "vlan: 1001", "vlan: 1005")
	git := snapshot(t, "git", vpc)
	first := compareAt(at(1), git, snapshot(t, "kube", by("kubectl-edit", 0, edited(liveVPC, "vlan: 1001", "vlan: 1009"))), agreed(t, vpc, liveVPC))
	res := drift.New(core.Fabric{}).Compare(drift.Input{
		Git: snapshot(t, "git", v5), Live: snapshot(t, "kube", edited(liveVPC, "vlan: 1001", "vlan: 1005")),
		Memory: remembered(first, git), Now: at(2), Past: map[core.Key]core.Past{vpcKey: pastOf(t, []string{v5, vpc}, 1, 50)},
	})
	if len(res.Overwritten) != 1 || res.Overwritten[0].Commit.ID != "c0" || res.Overwritten[0].Live.String() != "1009" {
		t.Errorf("overwritten = %+v, want 1009 by commit c0", res.Overwritten)
	}
}

func TestObjectMadePastGitAndGoneIsKept(t *testing.T) {
	git := snapshot(t, "git", vpc)
	extra := liveVPC + "---" + edited(liveVPC, "name: vpc-1", "name: hotfix")
	first := compareAt(at(1), git, snapshot(t, "kube", extra), agreed(t, vpc, liveVPC))
	res := compareAt(at(2), git, snapshot(t, "kube", liveVPC), remembered(first, git))
	if len(res.Overwritten) != 1 || res.Overwritten[0].Path != core.Root || res.Overwritten[0].Key.Name != "hotfix" || !res.Overwritten[0].Live.Present() {
		t.Errorf("overwritten = %+v, want the whole object", res.Overwritten)
	}
}

func TestOverwrittenSecretsAreMaskedForPeople(t *testing.T) {
	o := drift.Mask(core.Overwritten{Path: ".spec.password", Live: core.ValueOf("hunter2"), Now: core.ValueOf("hunter3")})
	if o.Live.String() != `"<masked 1>"` || o.Now.String() != `"<masked 2>"` {
		t.Errorf("masked: %s, %s", o.Live, o.Now)
	}
	set := drift.Mask(core.Overwritten{Path: `.spec.tokens[="hunter2"]`, Live: core.ValueOf("hunter2")})
	if set.Path != `.spec.tokens[="<masked 1>"]` || drift.MaskPath(`.spec.tokens[="hunter2"]`) != set.Path {
		t.Errorf("masked path: %s", set.Path)
	}
}

// TestAcknowledgedEditIsKept, too: that somebody accepted it for a while does
// not make it less lost.
func TestAcknowledgedEditIsKept(t *testing.T) {
	git := snapshot(t, "git", vpc)
	m := agreed(t, vpc, liveVPC)
	gone := compareAt(at(1), git, snapshot(t, "kube", ""), m)
	values := drift.New(core.Fabric{}).Sides(drift.Input{Git: git, Live: snapshot(t, "kube", ""), Memory: m, Now: at(1)}, vpcKey)[vpcKey].Changes
	m = remembered(gone, git)
	m.Acknowledgements = []core.Acknowledgement{{
		Key: vpcKey, Path: core.Root, By: "kim", At: at(1), Until: at(90), GitDigest: values[0].Git.Digest(), LiveDigest: values[0].Live.Digest(),
	}}
	accepted := compareAt(at(2), git, snapshot(t, "kube", ""), m)
	if v := accepted.Report.Verdicts[0]; v.State != core.Acknowledged {
		t.Fatalf("it is %s, want acknowledged", v.State)
	}
	words := m.Acknowledgements
	m = remembered(accepted, git)
	m.Acknowledgements = words
	back := compareAt(at(3), git, snapshot(t, "kube", liveVPC), m)
	if len(back.Overwritten) != 1 || back.Overwritten[0].Op != core.OpRemoved {
		t.Errorf("overwritten = %+v, want the deletion", back.Overwritten)
	}
}
