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

const vpc = `
apiVersion: vpc.githedgehog.com/v1beta1
kind: VPC
metadata:
  name: vpc-1
  namespace: default
spec:
  subnets:
    default:
      subnet: 10.0.1.0/24
      vlan: 1001
`

// live is what the server made of vpc, written by an engine.
const liveVPC = `
apiVersion: vpc.githedgehog.com/v1beta1
kind: VPC
metadata:
  name: vpc-1
  namespace: default
  uid: 7e0c
  resourceVersion: "88190"
  creationTimestamp: "2026-11-01T08:00:00Z"
  labels:
    fabric.githedgehog.com/ipv4ns: default
  managedFields:
  - manager: argocd-controller
    operation: Apply
    time: "2026-11-01T08:00:00Z"
    fieldsV1: {"f:spec": {"f:subnets": {"f:default": {"f:subnet": {}, "f:vlan": {}}}}}
spec:
  ipv4Namespace: default
  vlanNamespace: default
  subnets:
    default:
      subnet: 10.0.1.0/24
      gateway: 10.0.1.1
      vlan: 1001
      dhcp: {}
`

// edited gives text with replacements: pairs of old and new.
func edited(text string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			panic(fmt.Sprintf("no %q in the text", pairs[i]))
		}
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// agreed is the memory after a check in which git and live agreed.
func agreed(t *testing.T, git, live string) *core.Memory {
	t.Helper()
	g := snapshot(t, "git", git)
	res := compare(g, snapshot(t, "kube", live), &core.Memory{})
	if w := res.Report.Counts.Worst(); w != core.InSync {
		t.Fatalf("git and live do not agree: %s %+v", w, res.Report.Verdicts)
	}
	return remembered(res, g)
}

func remembered(res *drift.Result, git *core.Snapshot) *core.Memory {
	return &core.Memory{Objects: res.Objects, GitKinds: res.GitKinds, Git: git, Report: res.Report}
}

func at(minutes int) time.Time { return now.Add(time.Duration(minutes) * time.Minute) }

func compareAt(when time.Time, git, live *core.Snapshot, m *core.Memory) *drift.Result {
	f := core.Fabric{ID: "test", Namespace: "default", PendingLimit: 15 * time.Minute}
	return drift.New(f).Compare(drift.Input{Git: git, Live: live, Memory: m, Now: when})
}

// say renders verdicts for comparison: "VPC/vpc-1 drifted .path changed drift".
func say(r *core.Report) string {
	var lines []string
	for _, v := range r.Verdicts {
		line := v.Key.String() + " " + v.State.String()
		for _, c := range v.Changes {
			line += fmt.Sprintf(" %s %s %s", c.Path, c.Op, c.Verdict)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

const attachment = `
---
apiVersion: vpc.githedgehog.com/v1beta1
kind: VPCAttachment
metadata: {name: a1, namespace: default}
spec: {connection: server-01, subnet: vpc-1/default}
`

func TestVerdicts(t *testing.T) {
	const vlan = ".spec.subnets.default.vlan"
	tests := []struct {
		name      string
		git, live string // now
		minutes   int    // after the agreement
		want      string
	}{
		{"untouched", vpc, liveVPC, 1, "VPC/vpc-1 in_sync"},
		{"live changed", vpc, edited(liveVPC, "vlan: 1001", "vlan: 1005"), 1, "VPC/vpc-1 drifted " + vlan + " changed drift"},
		{"git changed", edited(vpc, "vlan: 1001", "vlan: 1005"), liveVPC, 0, "VPC/vpc-1 pending " + vlan + " changed git_ahead"},
		{"both to the same", edited(vpc, "vlan: 1001", "vlan: 1005"), edited(liveVPC, "vlan: 1001", "vlan: 1005"), 1, "VPC/vpc-1 in_sync"},
		{"both to other ends", edited(vpc, "vlan: 1001", "vlan: 1005"), edited(liveVPC, "vlan: 1001", "vlan: 1006"), 1, "VPC/vpc-1 conflict " + vlan + " changed conflict"},
		{"different fields", edited(vpc, "vlan: 1001", "vlan: 1005"), edited(liveVPC, "10.0.1.1", "10.0.1.9"), 1, "VPC/vpc-1 drifted .spec.subnets.default.gateway changed drift " + vlan + " changed git_ahead"},
		{"live default changed", vpc, edited(liveVPC, "gateway: 10.0.1.1", "gateway: 10.0.1.9"), 1, "VPC/vpc-1 drifted .spec.subnets.default.gateway changed drift"},
		{"live field removed", vpc, edited(liveVPC, "      vlan: 1001\n", ""), 1, "VPC/vpc-1 drifted " + vlan + " removed drift"},
		{"live-only default went away", vpc, edited(liveVPC, "      gateway: 10.0.1.1\n", ""), 1, "VPC/vpc-1 in_sync"},
		{"subnet added live", vpc, liveVPC + "    new: {subnet: 10.0.9.0/24, vlan: 1009, gateway: 10.0.9.1}\n", 1, "VPC/vpc-1 drifted .spec.subnets.new added drift"},
		{"subnet added in git", vpc + "    new: {subnet: 10.0.9.0/24, vlan: 1009}\n", liveVPC, 0, "VPC/vpc-1 pending .spec.subnets.new added git_ahead"},
		{"subnet added in both, differently", vpc + "    new: {subnet: 10.0.9.0/24, vlan: 1009}\n", liveVPC + "    new: {subnet: 10.0.9.0/24, vlan: 1010, gateway: 10.0.9.1}\n", 1, "VPC/vpc-1 conflict .spec.subnets.new.vlan added conflict"},
		{"subnet removed in git, changed live", edited(vpc, "    default:\n      subnet: 10.0.1.0/24\n      vlan: 1001\n", "    other: {subnet: 10.0.2.0/24, vlan: 1002}\n"), edited(liveVPC, "vlan: 1001", "vlan: 1005"), 1, "VPC/vpc-1 conflict .spec.subnets.default changed conflict .spec.subnets.other added git_ahead"},
		{"label of an operator's added live", vpc, edited(liveVPC, "ipv4ns: default", "ipv4ns: default\n    team: net"), 1, "VPC/vpc-1 drifted .metadata.labels.team added drift"},
		{"label of the server's changed", vpc, edited(liveVPC, "ipv4ns: default", "ipv4ns: other"), 1, "VPC/vpc-1 in_sync"},
		{"deleted live", vpc, "", 1, "VPC/vpc-1 drifted . removed drift"},
		{"deleted live, changed in git", edited(vpc, "vlan: 1001", "vlan: 1005"), "", 1, "VPC/vpc-1 conflict . removed conflict"},
		{"removed from git", "", liveVPC, 0, "VPC/vpc-1 pending . removed git_ahead"},
		{"removed from git, changed live", "", edited(liveVPC, "vlan: 1001", "vlan: 1005"), 1, "VPC/vpc-1 conflict . removed conflict"},
		{"removed from both", "", "", 1, ""},
		{"only in git", vpc + attachment, liveVPC, 0, "VPCAttachment/a1 pending . added git_ahead\nVPC/vpc-1 in_sync"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := agreed(t, vpc, liveVPC)
			res := compareAt(at(tt.minutes), snapshot(t, "git", tt.git), snapshot(t, "kube", tt.live), m)
			if got := say(res.Report); got != tt.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, tt.want)
			}
		})
	}
}

// TestOverdue follows a change in git that nobody applies past the limit.
func TestOverdue(t *testing.T) {
	tests := []struct {
		name, git, want string
	}{
		{"update", edited(vpc, "vlan: 1001", "vlan: 1005"), "VPC/vpc-1 drifted .spec.subnets.default.vlan changed git_ahead"},
		{"create", vpc + attachment, "VPCAttachment/a1 only_git . added git_ahead\nVPC/vpc-1 in_sync"},
		{"prune", "", "VPC/vpc-1 drifted . removed git_ahead"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			git, live := snapshot(t, "git", tt.git), snapshot(t, "kube", liveVPC)
			first := compareAt(at(1), git, live, agreed(t, vpc, liveVPC))
			if w := first.Report.Counts.Worst(); w != core.Pending {
				t.Errorf("at first it is %s, want pending", w)
			}
			late := compareAt(at(20), git, live, remembered(first, git))
			if got := say(late.Report); got != tt.want {
				t.Errorf("past the limit:\n%s\nwant:\n%s", got, tt.want)
			}
		})
	}
}

func TestFirstContact(t *testing.T) {
	foreign := edited(liveVPC, "      dhcp: {}\n", "      dhcp: {relay: 10.0.0.5}\n",
		"spec:\n  ipv4", `  - manager: kubectl-edit
    operation: Update
    time: "2026-11-23T09:00:00Z"
    fieldsV1: {"f:spec": {"f:subnets": {"f:default": {"f:dhcp": {"f:relay": {}}}}}}
spec:
  ipv4`)
	nobody := edited(liveVPC, "      dhcp: {}\n", "      dhcp: {relay: 10.0.0.5}\n")
	tests := []struct {
		name, git, live, want string
		base                  bool
	}{
		{"contained", vpc, liveVPC, "VPC/vpc-1 in_sync", true},
		{"differs", edited(vpc, "vlan: 1001", "vlan: 1005"), liveVPC, "VPC/vpc-1 differs .spec.subnets.default.vlan changed differs", false},
		{"a default that git spells out is missing live", edited(vpc, "  subnets:", "  ipv4Namespace: default\n  subnets:"), edited(liveVPC, "  ipv4Namespace: default\n", ""), "VPC/vpc-1 differs .spec.ipv4Namespace added differs", false},
		{"missing live", vpc, edited(liveVPC, "      vlan: 1001\n", ""), "VPC/vpc-1 differs .spec.subnets.default.vlan added differs", false},
		{"live only, owned by nobody", vpc, nobody, "VPC/vpc-1 in_sync", true},
		{"live only, added past git", vpc, foreign, "VPC/vpc-1 drifted .spec.subnets.default.dhcp added drift", true},
		{"only in git", vpc + attachment, liveVPC, "VPCAttachment/a1 only_git . added git_ahead\nVPC/vpc-1 in_sync", false},
		{"only live", vpc, liveVPC + strings.ReplaceAll(vpcNamed("vpc-2"), "1001", "1002"), "VPC/vpc-2 only_live . removed drift\nVPC/vpc-1 in_sync", false},
		{"a kind that git never held", vpc, liveVPC + attachment, "VPC/vpc-1 in_sync", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			git := snapshot(t, "git", tt.git)
			git.Readings[0].RevisionTime = now.Add(-time.Hour)
			res := compare(git, snapshot(t, "kube", tt.live), &core.Memory{})
			if got := say(res.Report); got != tt.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, tt.want)
			}
			all := true
			for _, o := range res.Objects {
				all = all && o.Base != nil
			}
			if all != tt.base {
				t.Errorf("every object has a base: %v, want %v", all, tt.base)
			}
		})
	}
}

func vpcNamed(name string) string { return "---" + edited(vpc, "name: vpc-1", "name: "+name) }

// TestForeignFieldStaysDrift: what somebody added past git before the first
// check does not become part of the base.
func TestForeignFieldStaysDrift(t *testing.T) {
	live := edited(liveVPC, "      dhcp: {}\n", "      dhcp: {relay: 10.0.0.5}\n", "spec:\n  ipv4", `  - manager: kubectl-edit
    operation: Update
    time: "2026-11-23T09:00:00Z"
    fieldsV1: {"f:spec": {"f:subnets": {"f:default": {"f:dhcp": {"f:relay": {}}}}}}
spec:
  ipv4`)
	git := snapshot(t, "git", vpc)
	first := compare(git, snapshot(t, "kube", live), &core.Memory{})
	again := compareAt(at(1), git, snapshot(t, "kube", live), remembered(first, git))
	if got := again.Report.Counts.Worst(); got != core.Drifted {
		t.Fatalf("at the second check it is %s, want drifted", got)
	}
	c := again.Report.Verdicts[0].Changes[0]
	if c.Manager != "kubectl-edit" {
		t.Errorf("manager = %q, want kubectl-edit", c.Manager)
	}
	gone := compareAt(at(2), git, snapshot(t, "kube", liveVPC), remembered(again, git))
	if got := gone.Report.Counts.Worst(); got != core.InSync {
		t.Errorf("after it was taken away it is %s, want in_sync", got)
	}
}

func TestWhatWasNotReadIsUnknown(t *testing.T) {
	m := agreed(t, vpc, liveVPC)
	gone := core.NewSnapshot(core.Reading{Source: "kube", Access: core.AccessUnreachable, Error: "connection refused"})
	forbidden := core.NewSnapshot(core.Reading{Source: "kube", Access: core.AccessForbidden})
	forbidden.Gaps = []core.Gap{{GroupKind: core.GroupKind{Group: "vpc.githedgehog.com", Kind: "VPC"}, Access: core.AccessForbidden, Reason: "forbidden"}}
	otherNamespace := core.NewSnapshot(core.Reading{Source: "kube", Access: core.AccessOK})
	otherNamespace.Cover(core.GroupKind{Group: "vpc.githedgehog.com", Kind: "VPC"}, "other")
	for name, live := range map[string]*core.Snapshot{"unreachable": gone, "forbidden": forbidden, "another namespace": otherNamespace} {
		t.Run(name, func(t *testing.T) {
			v := compareAt(at(1), snapshot(t, "git", vpc), live, m).Report.Verdicts[0]
			if v.State != core.Unknown || v.Reason == "" || !v.LastKnown || v.Last != core.InSync {
				t.Errorf("state %s, reason %q, last %s (%v); want unknown, a reason, in_sync", v.State, v.Reason, v.Last, v.LastKnown)
			}
		})
	}
}

func TestBrokenFileHidesOnlyWhatItMayHold(t *testing.T) {
	m := agreed(t, vpc+attachment, liveVPC+attachment)
	git := snapshot(t, "git", "")
	git.Findings = []core.Finding{{
		Origin: core.Origin{Path: "vpcs.yaml", Line: 3}, Reason: "line 3: bad indentation", Text: []byte("name: vpc-1\n\tbad"),
	}}
	res := compareAt(at(0), git, snapshot(t, "kube", liveVPC+attachment), m)
	want := "File/vpcs.yaml invalid\nVPC/vpc-1 unknown\nVPCAttachment/a1 pending . removed git_ahead"
	if got := say(res.Report); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	mended := snapshot(t, "git", vpc+attachment)
	back := compareAt(at(1), mended, snapshot(t, "kube", liveVPC+attachment), remembered(res, git))
	if got := say(back.Report); got != "VPC/vpc-1 in_sync\nVPCAttachment/a1 in_sync" {
		t.Errorf("after it was mended:\n%s", got)
	}
	if !slices.Contains(back.Gone, core.Key{Kind: "File", Name: "vpcs.yaml"}) {
		t.Errorf("gone = %v, want the file", back.Gone)
	}
}

// TestAnOutageDoesNotBeginAStateAnew: what drifted before a side could not be
// read has drifted since then.
func TestAnOutageDoesNotBeginAStateAnew(t *testing.T) {
	git := snapshot(t, "git", vpc)
	live := snapshot(t, "kube", edited(liveVPC, "vlan: 1001", "vlan: 1005"))
	m := remembered(compareAt(at(1), git, live, agreed(t, vpc, liveVPC)), git)
	gone := core.NewSnapshot(core.Reading{Source: "kube", Access: core.AccessUnreachable})
	for minute := 2; minute < 4; minute++ {
		m = remembered(compareAt(at(minute), git, gone, m), git)
	}
	if v := m.Objects[m.Report.Verdicts[0].Key].Verdict; v.State != core.Unknown || !v.Since.Equal(at(2)) || !v.LastSince.Equal(at(1)) {
		t.Errorf("%s since %s, before that since %s; want unknown since 2, before that since 1", v.State, v.Since, v.LastSince)
	}
	if v := compareAt(at(4), git, live, m).Report.Verdicts[0]; !v.Since.Equal(at(1)) {
		t.Errorf("%s since %s, want since the first minute", v.State, v.Since)
	}
}

// TestPendingCountsFromTheCommit at first contact: nobody looked before.
func TestPendingCountsFromTheCommit(t *testing.T) {
	git := snapshot(t, "git", vpc)
	git.Readings[0].RevisionTime = now.Add(-5 * time.Minute)
	v := compare(git, snapshot(t, "kube", ""), &core.Memory{}).Report.Verdicts[0]
	if v.State != core.Pending || !v.Since.Equal(now.Add(-5*time.Minute)) {
		t.Errorf("%s since %s, want pending since the commit", v.State, v.Since)
	}
}

// TestHeldByADoubtfulFile: what stood in a file before is not absent while a
// document in it has lost its identity.
func TestHeldByADoubtfulFile(t *testing.T) {
	before := snapshot(t, "git", vpc)
	for o := range before.Objects() {
		o.Origin.Path = "vpcs.yaml"
	}
	m := remembered(compare(before, snapshot(t, "kube", liveVPC), &core.Memory{}), before)
	mistyped := core.Key{Group: "vpc.githedgehog.com", Kind: "VPCC", Namespace: "default", Name: "vpc-1"}
	for name, f := range map[string]core.Finding{
		"no name":       {Reason: "VPC: no metadata.name"},
		"cut off":       {Reason: "unexpected end", Text: []byte("apiVersion: vpc")},
		"mistyped kind": {Reason: "unknown kind", Key: mistyped},
	} {
		f.Path = "vpcs.yaml"
		git := snapshot(t, "git", "")
		git.Findings = []core.Finding{f}
		res := compareAt(at(1), git, snapshot(t, "kube", liveVPC), m)
		state := core.InSync
		for _, v := range res.Report.Verdicts {
			if v.Key.Kind == "VPC" {
				state = v.State
			}
		}
		if state != core.Unknown {
			t.Errorf("%s: the VPC is %s, want unknown", name, state)
		}
	}
	other := snapshot(t, "git", "")
	other.Findings = []core.Finding{{Origin: core.Origin{Path: "other.yaml"}, Reason: "no name"}}
	if got := compareAt(at(0), other, snapshot(t, "kube", liveVPC), m).Report.Counts[core.Unknown]; got != 0 {
		t.Errorf("a finding in another file makes %d objects unknown", got)
	}
}

// TestWhoChangedARemovedObject names who edited it, not who made it.
func TestWhoChangedARemovedObject(t *testing.T) {
	live := edited(liveVPC, "vlan: 1001", "vlan: 1005", "spec:\n  ipv4", `  - manager: kubectl-edit
    operation: Update
    time: "2026-11-23T09:00:00Z"
    fieldsV1: {"f:spec": {"f:subnets": {"f:default": {"f:vlan": {}}}}}
spec:
  ipv4`)
	v := compareAt(at(1), snapshot(t, "git", ""), snapshot(t, "kube", live), agreed(t, vpc, liveVPC)).Report.Verdicts[0]
	if v.State != core.Conflict || v.Changes[0].Manager != "kubectl-edit" {
		t.Errorf("%s by %q, want conflict by kubectl-edit", v.State, v.Changes[0].Manager)
	}
}

func TestIgnoreRule(t *testing.T) {
	f := core.Fabric{PendingLimit: time.Minute, Ignore: []core.IgnoreRule{{Kind: "vpcs", Path: ".spec.subnets.*.vlan"}}}
	m := agreed(t, vpc, liveVPC)
	live := snapshot(t, "kube", edited(liveVPC, "vlan: 1001", "vlan: 1005"))
	v := drift.New(f).Compare(drift.Input{Git: snapshot(t, "git", vpc), Live: live, Memory: m, Now: at(1)}).Report.Verdicts[0]
	if v.State != core.InSync || !slices.ContainsFunc(v.Folded, func(f core.Fold) bool { return f.Rule == "user.ignore" && f.User() }) {
		t.Errorf("state %s, folded %+v; want in_sync and the rule", v.State, v.Folded)
	}
}

func TestSecretsAreMasked(t *testing.T) {
	git := "apiVersion: example.com/v1\nkind: User\nmetadata: {name: u}\nspec: {password: old, note: a}\n"
	v := compare(snapshot(t, "git", git), snapshot(t, "dump", edited(git, "old", "new")), &core.Memory{}).Report.Verdicts[0]
	c := v.Changes[0]
	if c.Git.String() == c.Live.String() || strings.Contains(fmt.Sprint(v), "old") || strings.Contains(fmt.Sprint(v), "new") {
		t.Errorf("git %s live %s; want two different placeholders and no secret in %v", c.Git, c.Live, v)
	}
}

// TestUnchangedObjectsAreTakenOver: the shortcut for objects that did not
// change gives the same report as walking them.
func TestUnchangedObjectsAreTakenOver(t *testing.T) {
	git, live := snapshot(t, "git", vpc+attachment), snapshot(t, "kube", liveVPC+attachment)
	c := drift.New(core.Fabric{PendingLimit: time.Minute})
	first := c.Compare(drift.Input{Git: git, Live: live, Memory: &core.Memory{}, Now: now})
	in := drift.Input{Git: git, Live: live, Memory: remembered(first, git), Now: at(1), Previous: first}
	short := c.Compare(in)
	in.Previous = nil
	long := c.Compare(in)
	if fmt.Sprint(short.Report.Verdicts) != fmt.Sprint(long.Report.Verdicts) {
		t.Errorf("taken over:\n%v\nwalked:\n%v", short.Report.Verdicts, long.Report.Verdicts)
	}
	for k, o := range short.Objects {
		if o != first.Objects[k] {
			t.Errorf("what is remembered of %s is held twice", k)
		}
	}
}
