package drift_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/drift"
)

// commit is a commit so many hours before now.
func commit(id string, hours int) core.Commit {
	return core.Commit{ID: id, Author: "Kim", Time: now.Add(-time.Duration(hours) * time.Hour), Summary: "change " + id}
}

// pastOf makes a past of texts, newest first, made by the commits c0, c1, … so
// many hours ago. "" is a removal.
func pastOf(t *testing.T, texts []string, hours ...int) core.Past {
	t.Helper()
	p := core.Past{Whole: true}
	for i, text := range texts {
		v := core.Version{Commit: commit(fmt.Sprintf("c%d", i), hours[i])}
		if i+1 < len(texts) {
			v.Before = []int{i + 1}
		}
		for o := range snapshot(t, "git", text).Objects() {
			v.Object = o
		}
		p.Versions = append(p.Versions, v)
	}
	return p
}

var vpcKey = core.Key{Group: "vpc.githedgehog.com", Kind: "VPC", Namespace: "default", Name: "vpc-1"}

// contact compares at first contact, with a history if there is one.
func contact(t *testing.T, git, live string, past *core.Past, more func(*drift.Input)) *drift.Result {
	t.Helper()
	in := drift.Input{Git: snapshot(t, "git", git), Live: snapshot(t, "kube", live), Memory: &core.Memory{}, Now: now}
	if past != nil {
		in.Past = map[core.Key]core.Past{vpcKey: *past}
	}
	if more != nil {
		more(&in)
	}
	return drift.New(core.Fabric{ID: "test", Namespace: "default", PendingLimit: 100 * time.Hour}).Compare(in)
}

// by has another manager own the VLAN, in place of the engine, so many hours
// ago.
func by(manager string, hours int, live string) string {
	at := now.Add(-time.Duration(hours) * time.Hour).Format(time.RFC3339)
	return edited(live, `"f:subnet": {}, "f:vlan": {}`, `"f:subnet": {}`, "spec:\n  ipv4", `  - manager: `+manager+`
    operation: Update
    time: "`+at+`"
    fieldsV1: {"f:spec": {"f:subnets": {"f:default": {"f:vlan": {}}}}}
spec:
  ipv4`)
}

// wrote has the engine write last so many hours ago.
func wrote(hours int, live string) string {
	return edited(live, `time: "2026-11-01T08:00:00Z"`, `time: "`+now.Add(-time.Duration(hours)*time.Hour).Format(time.RFC3339)+`"`)
}

func TestFirstContactGoesByEvidence(t *testing.T) {
	const vlan = ".spec.subnets.default.vlan"
	v5 := edited(vpc, "vlan: 1001", "vlan: 1005")
	live5 := edited(liveVPC, "vlan: 1001", "vlan: 1005")
	live9 := edited(liveVPC, "vlan: 1001", "vlan: 1009")
	mode := edited(vpc, "spec:\n", "spec:\n  mode: l3vni\n")
	liveMode := edited(liveVPC, "spec:\n", "spec:\n  mode: l3vni\n", `{"f:spec": {`, `{"f:spec": {"f:mode": {}, `)
	applied := func(text string) string {
		return edited(text, "  labels:\n", "  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: '{\"apiVersion\":\"vpc.githedgehog.com/v1beta1\",\"kind\":\"VPC\",\"metadata\":{\"name\":\"vpc-1\",\"namespace\":\"default\"},\"spec\":{\"subnets\":{\"default\":{\"subnet\":\"10.0.1.0/24\",\"vlan\":1001}}}}'\n  labels:\n")
	}
	byEngine := func(text string) string {
		return edited(text, `{"f:spec": {`, `{"f:metadata": {"f:annotations": {"f:kubectl.kubernetes.io/last-applied-configuration": {}}}, "f:spec": {`)
	}
	one := pastOf(t, []string{vpc}, 5)
	moved := pastOf(t, []string{v5, vpc}, 5, 50)
	tests := []struct {
		name, git, live string
		past            *core.Past
		want            string
	}{
		{"git moved: live holds an older commit", v5, wrote(49, liveVPC), &moved, "pending " + vlan + " changed git_ahead"},
		{"the engine wrote after that commit, so live was moved back", v5, wrote(2, liveVPC), &moved, "differs " + vlan + " changed differs"},
		{"live moved back by hand after the commit", v5, by("kubectl-edit", 2, liveVPC), &moved, "drifted " + vlan + " changed drift"},
		{"a live edit was adopted, and then git moved on", v5, by("kubectl-edit", 60, liveVPC), &moved, "pending " + vlan + " changed git_ahead"},
		{"live moved by hand", vpc, by("kubectl-edit", 2, live9), &one, "drifted " + vlan + " changed drift"},
		{"live moved by hand, without history", vpc, by("kubectl-edit", 2, live9), nil, "drifted " + vlan + " changed drift"},
		{"both moved: an edit of what an older commit said", v5, by("kubectl-edit", 20, live9), &moved, "conflict " + vlan + " changed conflict"},
		{"the engine owns what differs", vpc, live9, &one, "differs " + vlan + " changed differs"},
		{"no history at all", v5, liveVPC, nil, "differs " + vlan + " changed differs"},
		{"a field that git had, and that the engine has yet to remove", vpc, wrote(49, liveMode), ptr(pastOf(t, []string{vpc, mode}, 5, 50)), "pending .spec.mode removed git_ahead"},
		{"a field that git had, and the engine wrote since", vpc, wrote(2, liveMode), ptr(pastOf(t, []string{vpc, mode}, 5, 50)), "in_sync"},
		{"a field that git never had", vpc, liveMode, &one, "in_sync"},
		{"last applied by the engine, from a commit; live moved", vpc, byEngine(applied(live9)), &one, "drifted " + vlan + " changed drift"},
		{"last applied by hand means nothing", vpc, applied(live9), &one, "differs " + vlan + " changed differs"},
		{"last applied from no commit means nothing", v5, byEngine(applied(live9)), ptr(pastOf(t, []string{v5}, 5)), "differs " + vlan + " changed differs"},
		{"git removed it, live has it", "", liveVPC, ptr(pastOf(t, []string{"", vpc}, 5, 50)), "pending . removed git_ahead"},
		{"git removed it, live was changed by hand", "", by("kubectl-edit", 20, live9), ptr(pastOf(t, []string{"", vpc}, 5, 50)), "conflict . removed conflict"},
		{"git removed it, live is no version of it", "", live9, ptr(pastOf(t, []string{"", vpc}, 5, 50)), "differs . removed differs"},
		{"git removed it, and somebody made it anew", "", edited(liveVPC, "2026-11-01T08:00:00Z\"\n  labels", now.Add(-time.Hour).Format(time.RFC3339)+"\"\n  labels"), ptr(pastOf(t, []string{"", vpc}, 5, 50)), "only_live . removed drift"},
		{"live follows git", v5, live5, &moved, "in_sync"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res := contact(t, tt.git, tt.live, tt.past, nil)
			if got := strings.TrimPrefix(say(res.Report), "VPC/vpc-1 "); got != tt.want {
				t.Errorf("got %s, want %s: %s", got, tt.want, res.Report.Verdicts[0].Reason)
			}
		})
	}
}

func ptr(p core.Past) *core.Past { return &p }

// TestHistoryIsWaitedForAndNotGuessed: while it is being read, a difference is
// said and nobody is named; where it cannot be read, what else is known decides.
func TestHistoryIsWaitedForAndNotGuessed(t *testing.T) {
	live := by("kubectl-edit", 2, edited(liveVPC, "vlan: 1001", "vlan: 1009"))
	waiting := func(in *drift.Input) { in.Past = map[core.Key]core.Past{} }
	res := contact(t, vpc, live, nil, waiting)
	if got := say(res.Report); got != "VPC/vpc-1 differs .spec.subnets.default.vlan changed differs" {
		t.Errorf("while the history is read: %s", got)
	}
	if len(res.Wanted) != 1 || res.Wanted[0] != vpcKey {
		t.Errorf("wanted = %v, want the VPC", res.Wanted)
	}
	if res.Objects[vpcKey].Base != nil {
		t.Error("a base was taken before the history was read")
	}
	failed := contact(t, vpc, live, nil, func(in *drift.Input) {
		waiting(in)
		in.PastErr = fmt.Errorf("clone: no route to host")
	})
	if got := say(failed.Report); got != "VPC/vpc-1 drifted .spec.subnets.default.vlan changed drift" {
		t.Errorf("without the history: %s", got)
	}
}

// TestEnoughStopsTheWalk as soon as the older commit is found that live holds.
func TestEnoughStopsTheWalk(t *testing.T) {
	v5, v6 := edited(vpc, "vlan: 1001", "vlan: 1005"), edited(vpc, "vlan: 1001", "vlan: 1006")
	res := contact(t, v6, wrote(100, liveVPC), nil, func(in *drift.Input) { in.Past = map[core.Key]core.Past{} })
	whole := pastOf(t, []string{v6, v5, vpc, v5}, 1, 20, 50, 60)
	whole.Whole = false
	for n, want := range []bool{false, false, false, true, true} {
		p := whole
		p.Versions = slices.Clone(whole.Versions[:n])
		if n > 0 {
			p.Versions[n-1].Before = nil
		}
		if got := res.Enough(vpcKey, p); got != want {
			t.Errorf("after %d versions enough = %v, want %v", n, got, want)
		}
	}
}

// TestOldAndEmptyStoreNameTheSame: whatever happened, an operator whose store
// saw it and one whose store is empty do not blame different sides.
func TestOldAndEmptyStoreNameTheSame(t *testing.T) {
	v5 := edited(vpc, "vlan: 1001", "vlan: 1005")
	live9 := edited(liveVPC, "vlan: 1001", "vlan: 1009")
	noVLAN := edited(liveVPC, "      vlan: 1001\n", "", `"f:subnet": {}, "f:vlan": {}`, `"f:subnet": {}`)
	for name, w := range map[string]struct {
		git, live string
		past      core.Past
	}{
		"edit":             {vpc, by("kubectl-edit", 2, live9), pastOf(t, []string{vpc}, 50)},
		"rollback by hand": {v5, by("kubectl-edit", 2, liveVPC), pastOf(t, []string{v5, vpc}, 5, 50)},
		"removed by hand":  {vpc, wrote(48, noVLAN), pastOf(t, []string{vpc, edited(vpc, "      vlan: 1001\n", "")}, 49, 90)},
		"git moved":        {v5, wrote(48, liveVPC), pastOf(t, []string{v5, vpc}, 5, 50)},
	} {
		t.Run(name, func(t *testing.T) {
			old := agreed(t, vpc, liveVPC)
			if name == "rollback by hand" {
				old = agreed(t, v5, edited(liveVPC, "vlan: 1001", "vlan: 1005"))
			}
			long := compareAt(at(1), snapshot(t, "git", w.git), snapshot(t, "kube", w.live), old)
			short := contact(t, w.git, w.live, &w.past, nil)
			a, b := culprit(long.Report), culprit(short.Report)
			if a != b && b != "nobody" {
				t.Errorf("the old store blames %s, the empty one %s: %s", a, b, say(short.Report))
			}
		})
	}
}

func culprit(r *core.Report) string {
	git, live := false, false
	for _, c := range r.Verdicts[0].Changes {
		git = git || c.Verdict == core.FieldGitAhead || c.Verdict == core.FieldConflict
		live = live || c.Verdict == core.FieldDrift || c.Verdict == core.FieldConflict
	}
	return map[[2]bool]string{{true, true}: "both", {true, false}: "git", {false, true}: "live", {false, false}: "nobody"}[[2]bool{git, live}]
}

func TestWhoChangedGit(t *testing.T) {
	v5 := edited(vpc, "vlan: 1001", "vlan: 1005")
	moved := pastOf(t, []string{v5, vpc}, 5, 50)
	m := agreed(t, vpc, liveVPC)
	git, live := snapshot(t, "git", v5), snapshot(t, "kube", liveVPC)
	res := drift.New(core.Fabric{PendingLimit: time.Hour}).Compare(drift.Input{
		Git: git, Live: live, Memory: m, Now: at(1), Past: map[core.Key]core.Past{vpcKey: moved},
	})
	if c := res.Report.Verdicts[0].Changes[0]; c.Commit.ID != "c0" || c.Commit.Author != "Kim" {
		t.Errorf("commit = %+v, want c0 of Kim", c.Commit)
	}
	if len(res.Wanted) != 0 {
		t.Errorf("wanted = %v though it is known", res.Wanted)
	}
	again := compareAt(at(2), git, live, remembered(res, git))
	if c := again.Report.Verdicts[0].Changes[0]; c.Commit.ID != "c0" {
		t.Errorf("at the next check, without the history, commit = %+v, want c0 still", c.Commit)
	}
	elsewhere := map[core.Key]core.Past{vpcKey: pastOf(t, []string{vpc}, 5)}
	stale := drift.New(core.Fabric{PendingLimit: time.Hour}).Compare(drift.Input{Git: git, Live: live, Memory: m, Now: at(1), Past: elsewhere})
	if c := stale.Report.Verdicts[0].Changes[0]; c.Commit.Known() || len(stale.Wanted) != 1 {
		t.Errorf("the history of another revision was taken: %+v, wanted %v", c.Commit, stale.Wanted)
	}
}
