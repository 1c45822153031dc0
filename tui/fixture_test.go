package tui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"selvage/core"
	"selvage/themes"
)

// noon is the time of every test.
var noon = time.Date(2026, 11, 23, 14, 2, 11, 0, time.UTC)

func ago(d time.Duration) time.Time { return noon.Add(-d) }

const (
	vpcGroup    = "vpc.githedgehog.com"
	wiringGroup = "wiring.githedgehog.com"
	day         = 24 * time.Hour
)

// fakeEngine holds a fleet and remembers what it was asked to check.
type fakeEngine struct {
	fleet     core.Fleet
	refreshed []core.FabricID
	all       int
	explain   func(context.Context, core.FabricID, core.Key) (core.Explanation, error) // nil for explanations of the fleet's verdicts
}

func (e *fakeEngine) Fleet() core.Fleet { return e.fleet }

func (e *fakeEngine) put(f core.Fleet) { e.fleet = f }

func (e *fakeEngine) Refresh(ids ...core.FabricID) {
	e.refreshed = append(e.refreshed, ids...)
	if len(ids) == 0 {
		e.all++
	}
}

func (e *fakeEngine) Explain(ctx context.Context, id core.FabricID, k core.Key) (core.Explanation, error) {
	if e.explain != nil {
		return e.explain(ctx, id, k)
	}
	return explainIn(e.fleet, id, k)
}

func config(tb testing.TB, e Engine) Config {
	tb.Helper()
	return Config{
		Engine: e, Now: func() time.Time { return noon }, Document: renderBlock, Themes: shelf(tb), Theme: themes.Auto,
		Version: "v0.1.0", User: "alice", Host: "jump1", Mode: core.ModeRead, Term: "xterm-256color",
	}
}

func renderBlock(doc map[string]any) ([]byte, error) {
	var b strings.Builder
	for _, l := range block(doc) {
		b.WriteString(l.String() + "\n")
	}
	return []byte(b.String()), nil
}

func m(pairs ...any) map[string]any {
	out := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i].(string)] = pairs[i+1]
	}
	return out
}

func key(group, kind, name string) core.Key {
	return core.Key{Group: group, Kind: kind, Namespace: "default", Name: name}
}

// fabric is a fabric whose two sides were read; report it and change it.
func fabric(id string, seen time.Duration, verdicts ...core.Verdict) core.FabricState {
	f := core.FabricState{
		Fabric: core.Fabric{
			ID: core.FabricID(id), Cluster: strings.SplitN(id, "-", 2)[0], Namespace: "default", Mode: core.ModeRead,
			StaleAfter: 3 * time.Minute, PendingLimit: 15 * time.Minute, CheckEvery: time.Minute,
		},
		LastSync: ago(2 * time.Hour), LastCheck: ago(seen),
		Report: &core.Report{
			At: ago(seen), Watched: ago(seen),
			Git: []core.Reading{{
				Source: "git", URL: "git@git.example.net:net/fabrics.git", Branch: "main", Path: "fabrics/" + id,
				Revision: "4f2c9e1d0b7a4c55", RevisionTime: ago(2 * time.Hour), ReadAt: ago(12 * time.Second), Access: core.AccessOK,
			}},
			Live: core.Reading{
				Source: "kube", Name: strings.SplitN(id, "-", 2)[0], URL: "https://10.9.1.10:6443",
				ReadAt: ago(seen), Access: core.AccessOK,
			},
		},
	}
	setVerdicts(&f, verdicts...)
	return f
}

func setVerdicts(f *core.FabricState, verdicts ...core.Verdict) {
	slices.SortStableFunc(verdicts, func(a, b core.Verdict) int {
		if a.State != b.State {
			return int(a.State) - int(b.State)
		}
		return a.Key.Compare(b.Key)
	})
	f.Report.Verdicts = verdicts
	f.Report.Counts = core.Counts{}
	for _, v := range verdicts {
		f.Report.Counts[v.State]++
	}
}

// calm are n objects that are in sync, with what the server added.
func calm(n int) []core.Verdict {
	out := []core.Verdict{}
	for i := range n {
		spec := m("subnets", m("default", m("subnet", fmt.Sprintf("10.2.%d.0/24", i%250), "vlan", int64(1100+i))))
		out = append(out, core.Verdict{
			Key: key(vpcGroup, "VPC", fmt.Sprintf("vpc-%03d", i+1)), Version: "v1beta1", State: core.InSync,
			Origin: core.Origin{Path: "fabrics/dc1-prod/vpcs.yaml", Line: 1 + 12*i}, Since: ago(5 * day),
			Git: m("spec", spec), Live: m("spec", spec), LiveRevision: fmt.Sprint(80000 + i),
			Folded: []core.Fold{
				{Path: ".spec.ipv4Namespace", Rule: "default", Why: "the webhook sets it", Live: core.ValueOf("default")},
				{Path: ".spec.vlanNamespace", Rule: "default", Why: "the webhook sets it", Live: core.ValueOf("default")},
			},
		})
	}
	return out
}

// looks are two looks a minute apart, between which something happened so long
// ago.
func looks(d time.Duration) core.Window {
	return core.Window{After: ago(d + 30*time.Second), Before: ago(d - 30*time.Second)}
}

func commit(id, author string, since time.Duration, summary string) core.Commit {
	return core.Commit{ID: id, Author: author, Time: ago(since), Summary: summary}
}

// removedVPC has lost values live: one that git has, and one that only live
// ever had. It also has one that the schema drops.
func removedVPC() core.Verdict {
	return core.Verdict{
		Key: key(vpcGroup, "VPC", "tenant-r"), Version: "v1beta1", State: core.Drifted, Reason: "live changed",
		Origin: core.Origin{Path: "fabrics/dc1-prod/vpcs/tenant-r.yaml", Line: 1}, Since: ago(14 * time.Minute), LiveRevision: "88400",
		Git: tenantSpec("10.1.0.240", "10.0.0.53"), Live: tenantSpec("10.1.0.240"),
		Notes: []string{"this fabric's schema drops .spec.hostBGPExtraPrefixes"},
		Changes: []core.Change{
			{
				Path: ".spec.subnets.web.dhcp.options", Op: core.OpRemoved, Verdict: core.FieldDrift, Observed: looks(14 * time.Minute),
				Base: core.ValueOf(m("dnsServers", []any{"10.0.0.53"})), Git: core.ValueOf(m("dnsServers", []any{"10.0.0.53"})),
				Commit: commit("9b1d0aa3", "alice", day, "first tenants"),
			},
			{
				Path: ".spec.subnets.web.isolated", Op: core.OpRemoved, Verdict: core.FieldDrift,
				BaseLive: core.ValueOf(true), Observed: looks(14 * time.Minute),
			},
			{
				Path: ".spec.hostBGPExtraPrefixes", Op: core.OpAdded, Verdict: core.FieldPruned, Git: core.ValueOf([]any{"10.9.0.0/24"}),
			},
		},
	}
}

func acceptedSwitch() core.Verdict {
	v := driftedSwitch()
	v.State, v.Reason = core.Acknowledged, "accepted by bob: the label comes with the next maintenance, see CHG-1204"
	v.Acknowledged = &core.Acknowledgement{
		Reason: "the label comes with the next maintenance, see CHG-1204", By: "bob", At: ago(day), Until: noon.Add(6 * day),
	}
	return v
}

// frozen is a fabric that waits for a person's word.
func frozen() core.FabricState {
	gone := onlyGit("tenant-d--default--srv-12")
	f := fabric("dc5-prod", 5*time.Second, append(calm(60), removedVPC(), acceptedSwitch(), gone)...)
	f.Report.Rules, f.Report.Release = "v0.129", "v0.126 to v0.128"
	f.Report.Freeze = &core.Freeze{Side: "live", Gone: make([]core.Key, 21), Of: 84, Since: ago(4 * time.Minute)}
	f.Report.Rewrites = []core.Rewrite{{Path: "fabrics/dc5-prod", Branch: "main", From: "9b1d0aa34c", To: "4f2c9e1d0b", At: ago(4 * time.Minute)}}
	return f
}

func switchSpec(description, breakout string) map[string]any {
	return m("spec", m(
		"asn", int64(65103), "boot", m("mac", "0c:20:12:ff:02:00"), "description", description, "groups", []any{"border"},
		"ip", "172.30.0.10/21", "portBreakouts", m("E1/53", "4x25G", "E1/54", "4x25G", "E1/55", breakout),
		"profile", "dell-s5232f-on", "protocolIP", "172.30.8.4/32",
		"redundancy", m("group", "leaf-pair-2", "type", "mclag"), "role", "server-leaf", "vtepIP", "172.30.12.2/32",
	))
}

func driftedSwitch() core.Verdict {
	return core.Verdict{
		Key: key(wiringGroup, "Switch", "leaf-03"), Version: "v1beta1", State: core.Drifted, Reason: "live changed",
		Origin: core.Origin{Path: "fabrics/dc1-prod/switches.yaml", Line: 120}, Since: ago(3 * time.Hour), LiveRevision: "88190",
		Git:  switchSpec("leaf 03 rack B12", "4x25G"),
		Live: switchSpec("leaf 03 rack B14", "1x100G"),
		Changes: []core.Change{
			{
				Path: ".spec.description", Op: core.OpChanged, Verdict: core.FieldDrift, Base: core.ValueOf("leaf 03 rack B12"),
				Git: core.ValueOf("leaf 03 rack B12"), Live: core.ValueOf("leaf 03 rack B14"),
				Manager: "kubectl-edit", ManagerTime: ago(3 * time.Hour), Observed: looks(3 * time.Hour),
				Commit: commit("9b1d0aa3", "alice", day, "racks of hall 1"),
			},
			{
				Path: `.spec.portBreakouts["E1/55"]`, Op: core.OpChanged, Verdict: core.FieldDrift, Base: core.ValueOf("4x25G"),
				Git: core.ValueOf("4x25G"), Live: core.ValueOf("1x100G"),
				Manager: "kubectl-edit", ManagerTime: ago(3 * time.Hour),
			},
		},
		Folded: []core.Fold{
			{Path: ".spec.portLocators", Rule: "normalise", Why: "empty is the same as none", Live: core.ValueOf(m())},
			{Path: ".spec.boot.serial", Rule: "user.ignored", Why: "read from the label by hand", Live: core.ValueOf("CN0X")},
			{Path: ".spec.enableAllPorts", Rule: "default", Why: "the schema's default", Live: core.ValueOf(false)},
			{Path: `.metadata.labels["fabric.githedgehog.com/profile"]`, Rule: "server-label", Why: "the webhook labels by profile", Live: core.ValueOf("dell-s5232f-on")},
		},
	}
}

func tenantSpec(end string, dns ...any) map[string]any {
	dhcp := m("enable", true, "range", m("start", "10.1.0.10", "end", end))
	if len(dns) > 0 {
		dhcp["options"] = m("dnsServers", dns)
	}
	return m("spec", m("subnets", m("web", m("subnet", "10.1.0.0/24", "gateway", "10.1.0.1", "vlan", int64(1001), "dhcp", dhcp))))
}

func conflictedVPC() core.Verdict {
	return core.Verdict{
		Key: key(vpcGroup, "VPC", "tenant-a"), Version: "v1beta1", State: core.Conflict, Reason: "git and live both changed",
		Origin: core.Origin{Path: "fabrics/dc1-prod/vpcs/tenant-a.yaml", Line: 1}, Since: ago(14 * time.Minute), LiveRevision: "88213",
		Git: tenantSpec("10.1.0.240"), Live: tenantSpec("10.1.0.250", "10.0.0.53"),
		Changes: []core.Change{
			{
				Path: ".spec.subnets.web.dhcp.options", Op: core.OpAdded, Verdict: core.FieldDrift,
				Live:    core.ValueOf(m("dnsServers", []any{"10.0.0.53", "10.0.0.54"}, "interfaceMTU", int64(9036), "leaseTimeSeconds", int64(3600))),
				Manager: "kubectl-edit", ManagerTime: ago(14 * time.Minute),
			},
			{
				Path: ".spec.subnets.web.dhcp.range.end", Op: core.OpChanged, Verdict: core.FieldConflict,
				Base: core.ValueOf("10.1.0.199"), Git: core.ValueOf("10.1.0.240"), Live: core.ValueOf("10.1.0.250"),
				Manager: "kubectl-edit", ManagerTime: ago(14 * time.Minute), Observed: looks(14 * time.Minute),
				Commit: commit("4f2c9e1d", "Alexandra van den Berghe", 2*time.Hour, "widen tenant-a web dhcp range"),
			},
			{
				Path: ".spec.subnets.db", Op: core.OpAdded, Verdict: core.FieldGitAhead,
				Git: core.ValueOf(m("subnet", "10.1.9.0/24", "vlan", int64(1012))),
			},
		},
	}
}

func onlyLive(name, manager string, since time.Duration) core.Verdict {
	fields := m("spec", m("connection", "srv-12--unbundled--leaf-03", "subnet", "tenant-a/web"))
	return core.Verdict{
		Key: key(vpcGroup, "VPCAttachment", name), Version: "v1beta1", State: core.OnlyLive, Reason: "never in git",
		Since: ago(since), Live: fields, LiveRevision: "88301",
		Changes: []core.Change{{
			Path: core.Root, Op: core.OpRemoved, Verdict: core.FieldDiffers, Live: core.ValueOf(fields),
			Manager: manager, ManagerTime: ago(since),
		}},
	}
}

func onlyGit(name string) core.Verdict {
	fields := m("spec", m("connection", "srv-12--unbundled--leaf-03", "subnet", "tenant-d/default"))
	return core.Verdict{
		Key: key(vpcGroup, "VPCAttachment", name), Version: "v1beta1", State: core.OnlyGit, Reason: "not applied for 40m",
		Since: ago(40 * time.Minute), Git: fields, Origin: core.Origin{Path: "fabrics/dc1-prod/attachments.yaml", Line: 31},
		Changes: []core.Change{{Path: core.Root, Op: core.OpAdded, Verdict: core.FieldGitAhead, Git: core.ValueOf(fields)}},
	}
}

func simple(state core.State, group, kind, name, path, manager string, since time.Duration) core.Verdict {
	return core.Verdict{
		Key: key(group, kind, name), Version: "v1beta1", State: state, Reason: "live changed", Since: ago(since), LiveRevision: "88001",
		Origin: core.Origin{Path: "fabrics/dc1-prod/all.yaml", Line: 7},
		Changes: []core.Change{{
			Path: core.Path(path), Op: core.OpChanged, Verdict: core.FieldDrift, Git: core.ValueOf("e1/3"), Live: core.ValueOf("e1/4"),
			Base: core.ValueOf("e1/3"), Manager: manager, ManagerTime: ago(since),
		}},
	}
}

func invalidFile() core.Verdict {
	return core.Verdict{
		Key: core.Key{Kind: "File", Name: "fabrics/dc1-prod/vpcs/tenant-x.yaml"}, State: core.Invalid,
		Reason: "line 14: mapping values are not allowed here",
		Origin: core.Origin{Path: "fabrics/dc1-prod/vpcs/tenant-x.yaml", Line: 14}, Since: ago(12 * time.Minute),
	}
}

// busy is the fabric with one of everything.
func busy() core.FabricState {
	verdicts := calm(205)
	verdicts = append(verdicts,
		conflictedVPC(),
		simple(core.Conflict, vpcGroup, "VPCPeering", "tenant-a--tenant-b", ".spec.permit", "fabric-api", 2*day),
		simple(core.Drifted, wiringGroup, "Connection", "srv-07--unbundled--leaf-03", ".spec.unbundled.link.server.port", "kubectl-patch", 3*time.Hour),
		driftedSwitch(),
		simple(core.Drifted, vpcGroup, "External", "isp-a", ".spec.inboundCommunity", "kubectl-edit", 5*day),
		onlyGit("tenant-d--default--srv-12"),
		onlyLive("tmp-debug", "kubectl-create", 3*time.Hour),
		core.Verdict{
			Key: key(vpcGroup, "VPC", "tenant-d"), Version: "v1beta1", State: core.Pending, Reason: "new in git", Since: ago(40 * time.Second),
			Git: tenantSpec("10.4.0.99"), Origin: core.Origin{Path: "fabrics/dc1-prod/vpcs/tenant-d.yaml", Line: 1},
			Changes: []core.Change{{Path: core.Root, Op: core.OpAdded, Verdict: core.FieldGitAhead, Git: core.ValueOf(tenantSpec("10.4.0.99"))}},
		},
		core.Verdict{
			Key: key(vpcGroup, "ExternalPeering", "tenant-c--isp-a"), Version: "v1beta1", State: core.Differs, Reason: "no base, and nothing says who moved",
			Since: ago(2 * day), LiveRevision: "87000", Origin: core.Origin{Path: "fabrics/dc1-prod/peerings.yaml", Line: 44},
			Changes: []core.Change{{
				Path: ".spec.permit.external.prefixes", Op: core.OpChanged, Verdict: core.FieldDiffers, Unit: ".spec.permit.external.prefixes",
				Git: core.ValueOf([]any{m("prefix", "0.0.0.0/0")}), Live: core.ValueOf([]any{}),
			}},
		},
	)
	f := fabric("dc1-prod", 8*time.Second, verdicts...)
	f.Fabric.Protected = true
	f.Fabric.Description = "Production fabric, hall 1"
	f.Report.Rules, f.Report.Release = "v0.129", "v0.126 to v0.128"
	f.Report.NotInGit = map[core.GroupKind]int{{Group: wiringGroup, Kind: "Switch"}: 7, {Group: wiringGroup, Kind: "Connection"}: 21}
	f.Report.Engine, f.Report.Agents = behind(argo("dc1")), someSwitches()
	return f
}

// unreachable is a fabric whose cluster does not answer any more.
func unreachable() core.FabricState {
	verdicts := []core.Verdict{}
	for i, v := range calm(30) {
		v.State, v.Last, v.LastKnown, v.Since = core.Unknown, core.InSync, true, ago(14*time.Minute)
		v.Reason = "live was not read"
		if i == 3 {
			v.Last = core.Drifted
		}
		v.Git, v.Live, v.Folded, v.LiveRevision = nil, nil, nil, ""
		verdicts = append(verdicts, v)
	}
	f := fabric("dc3-lab", 14*time.Minute, verdicts...)
	f.Report.Live.Access = core.AccessUnreachable
	f.Report.Live.Error = "list vpcs.vpc.githedgehog.com: dial tcp 10.9.3.10:6443: i/o timeout (is the VPN up? selvage doctor tells more)"
	return f
}

func fullFleet() core.Fleet {
	stale := fabric("dc2-dr", 6*time.Minute, append(calm(100), onlyGit("tenant-d--default--srv-12"))...)
	broken := fabric("lab-gpu", 7*time.Second, append(calm(40), invalidFile())...)
	first := core.FabricState{Fabric: core.Fabric{ID: "edge-fra", Namespace: "default", Mode: core.ModeRead}, Checking: ago(3 * time.Second)}
	forbidden := fabric("edge-lon", 9*time.Second, calm(20)...)
	forbidden.Report.Gaps = []core.Gap{{GroupKind: core.GroupKind{Group: wiringGroup, Kind: "Switch"}, Access: core.AccessForbidden, Reason: `forbidden (ask for the view role in README, "Access")`}}
	failed := core.FabricState{
		Fabric: core.Fabric{ID: "lab-old", Namespace: "default", Mode: core.ModeRead},
		Err:    errors.New(`read token "/run/secrets/lab-old.token": no such file or directory`),
	}
	stale.Report.Engine, stale.Report.Agents = argo("dc2-dr"), switches(20)
	broken.Report.Engine, broken.Report.Agents = flux("lab-gpu"), switches(6)
	forbidden.Report.Engine = &core.Engine{Type: core.ArgoCD, App: "edge-lon", Access: core.AccessForbidden, Error: "get applications.argoproj.io: forbidden"}
	forbidden.Report.Agents = &core.Agents{Access: core.AccessForbidden, Error: "list agents.agent.githedgehog.com: forbidden"}
	dc2 := fabric("dc2-prod", 5*time.Second, append(calm(300),
		simple(core.Drifted, wiringGroup, "Switch", "leaf-11", ".spec.description", "kubectl-edit", 9*time.Minute),
		onlyLive("debug-1", "kubectl-create", time.Hour), onlyLive("debug-2", "kubectl-create", time.Hour))...)
	dc2.Report.Engine, dc2.Report.Agents = manual(argo("dc2")), switches(64)
	stage := fabric("dc1-stage", 3*time.Second, append(calm(60), core.Verdict{Key: key(vpcGroup, "VPC", "tenant-e"), State: core.Pending, Reason: "new in git", Since: ago(time.Minute)})...)
	stage.Report.Engine, stage.Report.Agents = retrying(argo("dc1-stage")), switches(10)
	dc4 := fabric("dc4-prod", 4*time.Second, calm(420)...)
	dc4.Report.Engine, dc4.Report.Agents = argo("dc4"), switches(42)
	ams := fabric("edge-ams", 6*time.Second, calm(120)...)
	ams.Report.Engine = &core.Engine{Access: core.AccessOK, Where: "https://10.9.7.10:6443", ReadAt: ago(6 * time.Second)}
	return core.Fleet{Fabrics: []core.FabricState{
		busy(), stale, unreachable(), broken, first, forbidden, failed, dc2, stage, dc4, ams,
		fabric("edge-sin", 11*time.Second, append(calm(118), conflictedVPC())...),
	}}
}
