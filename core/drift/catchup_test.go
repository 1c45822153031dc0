package drift_test

import (
	"strings"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/drift"
)

// old compares as an operator does whose store saw both sides agree a hundred
// hours ago, and nobody since.
func old(t *testing.T, git, live string, past core.Past) *drift.Result {
	t.Helper()
	g := snapshot(t, "git", vpc)
	long := drift.New(core.Fabric{ID: "test", Namespace: "default", PendingLimit: 200 * time.Hour})
	first := long.Compare(drift.Input{Git: g, Live: snapshot(t, "kube", wrote(150, liveVPC)), Memory: &core.Memory{}, Now: now.Add(-100 * time.Hour)})
	return long.Compare(drift.Input{
		Git: snapshot(t, "git", git), Live: snapshot(t, "kube", live), Memory: remembered(first, g), Now: now,
		Past: map[core.Key]core.Past{vpcKey: past},
	})
}

// TestCommitsThatWereAppliedUnseenAreNoDrift: what the engine did while nobody
// looked is its work, whatever came after it.
func TestCommitsThatWereAppliedUnseenAreNoDrift(t *testing.T) {
	const vlan = ".spec.subnets.default.vlan"
	v5, v6 := edited(vpc, "vlan: 1001", "vlan: 1005"), edited(vpc, "vlan: 1001", "vlan: 1006")
	live5 := edited(liveVPC, "vlan: 1001", "vlan: 1005")
	live9 := edited(liveVPC, "vlan: 1001", "vlan: 1009")
	born := func(hours int, uid, text string) string {
		return edited(text, `creationTimestamp: "2026-11-01T08:00:00Z"`, `creationTimestamp: "`+now.Add(-time.Duration(hours)*time.Hour).Format(time.RFC3339)+`"`, "uid: 7e0c", "uid: "+uid)
	}
	managers := func(hours int, text string) string {
		return edited(text, "operation: Apply\n    time: \"2026-11-01T08:00:00Z\"", "operation: Apply\n    time: \""+now.Add(-time.Duration(hours)*time.Hour).Format(time.RFC3339)+`"`)
	}
	tests := []struct {
		name, git, live string
		past            core.Past
		want            string
	}{
		{"applied unseen, and the next just pushed", v6, managers(49, live5), pastOf(t, []string{v6, v5, vpc}, 1, 50, 200), "pending " + vlan + " changed git_ahead"},
		{"applied unseen, and taken back in git", vpc, managers(49, live5), pastOf(t, []string{vpc, v5, vpc}, 1, 50, 200), "pending " + vlan + " changed git_ahead"},
		{"applied unseen, then edited by hand", v5, by("kubectl-edit", 2, managers(49, live9)), pastOf(t, []string{v5, vpc}, 50, 200), "drifted " + vlan + " changed drift"},
		{"removed and pruned unseen, and added again", vpc, "", pastOf(t, []string{vpc, "", vpc}, 1, 50, 200), "pending . added git_ahead"},
		{"removed and pruned unseen, and made anew by hand", "", born(20, "8f1d", liveVPC), pastOf(t, []string{"", vpc}, 50, 200), "only_live . removed drift"},
		{"edited by hand, and nothing else", vpc, by("kubectl-edit", 2, managers(150, live9)), pastOf(t, []string{vpc}, 200), "drifted " + vlan + " changed drift"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res := old(t, tt.git, tt.live, tt.past)
			if got := strings.TrimPrefix(say(res.Report), "VPC/vpc-1 "); got != tt.want {
				t.Errorf("got %s, want %s: %s", got, tt.want, res.Report.Verdicts[0].Reason)
			}
			for _, o := range res.Overwritten {
				t.Errorf("kept as an overwritten edit: %+v", o)
			}
		})
	}
}

// TestEngineIsNoCulprit, though a hand owns more of the object than it.
func TestEngineIsNoCulprit(t *testing.T) {
	git := edited(vpc, "  namespace: default\n", "  namespace: default\n  labels: {team: core}\n")
	live := edited(by("kubectl-edit", 20, liveVPC),
		`{"f:spec": {"f:subnets": {"f:default": {"f:subnet": {}}}}}`, `{"f:metadata": {"f:labels": {"f:team": {}}}}`,
		`{"f:spec": {"f:subnets": {"f:default": {"f:vlan": {}}}}}`, `{"f:spec": {"f:subnets": {"f:default": {"f:subnet": {}, "f:vlan": {}}}}}`,
		"ipv4ns: default", "ipv4ns: default\n    team: net")
	res := contact(t, git, live, ptr(pastOf(t, []string{git}, 5)), nil)
	for _, c := range res.Report.Verdicts[0].Changes {
		if c.Verdict == core.FieldDrift && c.Manager == "argocd-controller" {
			t.Errorf("the engine is blamed: %s %s by %s", c.Path, c.Verdict, c.Manager)
		}
	}
}

// TestInstallersFieldThatGitDropsIsGitsMove: Git said it before, so its removal
// is to be followed, and nobody's doing when it is.
func TestInstallersFieldThatGitDropsIsGitsMove(t *testing.T) {
	sw := "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Switch\nmetadata: {name: leaf-01, namespace: default}\nspec: {role: server-leaf, profile: vs, boot: {serial: a}, asn: 65101}\n"
	without := edited(sw, ", asn: 65101", "")
	m := agreed(t, sw, sw)
	first := compareAt(at(1), snapshot(t, "git", without), snapshot(t, "kube", sw), m)
	if got := say(first.Report); got != "Switch/leaf-01 pending .spec.asn removed git_ahead" {
		t.Errorf("dropped in git: %s", got)
	}
	git := snapshot(t, "git", without)
	if got := say(compareAt(at(2), git, snapshot(t, "kube", without), remembered(first, git)).Report); got != "Switch/leaf-01 in_sync" {
		t.Errorf("followed by live: %s", got)
	}
}

// TestRemovalIsFoundBehindOtherValues that the engine never applied.
func TestRemovalIsFoundBehindOtherValues(t *testing.T) {
	l2, l3 := edited(vpc, "spec:\n", "spec:\n  mode: l2vni\n"), edited(vpc, "spec:\n", "spec:\n  mode: l3vni\n")
	live := wrote(49, edited(liveVPC, "spec:\n", "spec:\n  mode: l2vni\n", `{"f:spec": {`, `{"f:spec": {"f:mode": {}, `))
	res := contact(t, vpc, live, ptr(pastOf(t, []string{vpc, l3, l2}, 5, 20, 50)), nil)
	if got := say(res.Report); got != "VPC/vpc-1 pending .spec.mode removed git_ahead" {
		t.Errorf("got %s", got)
	}
}

// TestStaleCopyOfWhatWasAppliedIsNoEvidence against what live holds.
func TestStaleCopyOfWhatWasAppliedIsNoEvidence(t *testing.T) {
	v5, v6 := edited(vpc, "vlan: 1001", "vlan: 1005"), edited(vpc, "vlan: 1001", "vlan: 1006")
	live := wrote(49, edited(liveVPC, "vlan: 1001", "vlan: 1005",
		"  labels:\n", "  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: '{\"apiVersion\":\"vpc.githedgehog.com/v1beta1\",\"kind\":\"VPC\",\"metadata\":{\"name\":\"vpc-1\",\"namespace\":\"default\"},\"spec\":{\"subnets\":{\"default\":{\"subnet\":\"10.0.1.0/24\",\"vlan\":1001}}}}'\n  labels:\n",
		`{"f:spec": {`, `{"f:metadata": {"f:annotations": {"f:kubectl.kubernetes.io/last-applied-configuration": {}}}, "f:spec": {`))
	res := contact(t, v6, live, ptr(pastOf(t, []string{v6, v5, vpc}, 5, 50, 90)), nil)
	if got := say(res.Report); got != "VPC/vpc-1 pending .spec.subnets.default.vlan changed git_ahead" {
		t.Errorf("got %s", got)
	}
}

// TestMemberThatConvergedMovesFromThere, beside another that is in dispute.
func TestMemberThatConvergedMovesFromThere(t *testing.T) {
	ns := "apiVersion: vpc.githedgehog.com/v1beta1\nkind: IPv4Namespace\nmetadata: {name: default, namespace: default}\nspec: {subnets: [LIST]}\n"
	of := func(list string) string { return strings.ReplaceAll(ns, "LIST", list) }
	m := agreed(t, of("10.0.0.0/16"), of("10.0.0.0/16"))
	git := snapshot(t, "git", of("10.0.0.0/16, 10.1.0.0/16"))
	both := compareAt(at(1), git, snapshot(t, "kube", of("10.0.0.0/16, 10.1.0.0/16, 10.9.0.0/16")), m)
	res := compareAt(at(2), git, snapshot(t, "kube", of("10.0.0.0/16, 10.9.0.0/16")), remembered(both, git))
	want := `IPv4Namespace/default drifted .spec.subnets[="10.1.0.0/16"] removed drift .spec.subnets[="10.9.0.0/16"] added drift`
	if got := say(res.Report); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestWhatIsReadElsewhereWasNotRemoved: another folder in the configuration is
// no commit.
func TestWhatIsReadElsewhereWasNotRemoved(t *testing.T) {
	git := snapshot(t, "git", vpc)
	git.Readings[0].Path = "dc1"
	m := remembered(compare(git, snapshot(t, "kube", liveVPC), &core.Memory{}), git)
	other := snapshot(t, "git", "")
	other.Readings[0].Path = "dc2"
	res := compareAt(at(1), other, snapshot(t, "kube", liveVPC), m)
	if v := res.Report.Verdicts[0]; v.State == core.Pending || v.State == core.Drifted {
		t.Errorf("it is %s: %s", v.State, v.Reason)
	}
}

// TestWhatIsJudgedAgainIsKeptAgain: a second comparison, of a check that was
// not recorded in between, finds the same overwritten edits.
func TestWhatIsJudgedAgainIsKeptAgain(t *testing.T) {
	git := snapshot(t, "git", vpc)
	first := compareAt(at(1), git, snapshot(t, "kube", edited(liveVPC, "vlan: 1001", "vlan: 1005")), agreed(t, vpc, liveVPC))
	in := drift.Input{Git: git, Live: snapshot(t, "kube", liveVPC), Memory: remembered(first, git), Now: at(2)}
	in.Previous = drift.New(core.Fabric{}).Compare(in)
	if res := drift.New(core.Fabric{}).Compare(in); len(res.Overwritten) != 1 {
		t.Errorf("the second time %d are overwritten, want 1", len(res.Overwritten))
	}
}

// TestOverwrittenSubtreeIsKept, though the server adds to what Git says there,
// and though Git's document cannot be read now.
func TestOverwrittenSubtreeIsKept(t *testing.T) {
	git := snapshot(t, "git", vpc)
	gone := edited(liveVPC, "    default:\n      subnet: 10.0.1.0/24\n      gateway: 10.0.1.1\n      vlan: 1001\n      dhcp: {}\n", "    {}\n")
	first := compareAt(at(1), git, snapshot(t, "kube", gone), agreed(t, vpc, liveVPC))
	if res := compareAt(at(2), git, snapshot(t, "kube", liveVPC), remembered(first, git)); len(res.Overwritten) != 1 {
		t.Errorf("a subnet deleted by hand and put back: %+v", res.Overwritten)
	}
	edit := compareAt(at(1), git, snapshot(t, "kube", edited(liveVPC, "vlan: 1001", "vlan: 1005")), agreed(t, vpc, liveVPC))
	broken := snapshot(t, "git", "")
	broken.Findings = []core.Finding{{Origin: core.Origin{Path: "a.yaml"}, Key: vpcKey, Reason: "also in b.yaml"}}
	if res := compareAt(at(2), broken, snapshot(t, "kube", liveVPC), remembered(edit, git)); len(res.Overwritten) != 1 {
		t.Errorf("healed while git is broken: %+v", res.Overwritten)
	}
}

// TestWhoEditedInsideWhatGitRemoved is named, and not who owns the rest of it.
func TestWhoEditedInsideWhatGitRemoved(t *testing.T) {
	none := edited(vpc, "    default:\n      subnet: 10.0.1.0/24\n      vlan: 1001\n", "    {}\n")
	live := by("kubectl-edit", 0, edited(liveVPC, "vlan: 1001", "vlan: 1009"))
	live = edited(live, `"f:default": {"f:subnet": {}}`, `"f:default": {".": {}, "f:subnet": {}}`)
	res := compareAt(at(1), snapshot(t, "git", none), snapshot(t, "kube", live), agreed(t, vpc, liveVPC))
	if c := res.Report.Verdicts[0].Changes[0]; c.Verdict != core.FieldConflict || c.Path != ".spec.subnets.default" || c.Manager != "kubectl-edit" {
		t.Errorf("%s %s by %q, want a conflict at the subnet by kubectl-edit", c.Path, c.Verdict, c.Manager)
	}
}
