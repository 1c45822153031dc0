package tui

import (
	"fmt"
	"time"

	"selvage/core"
)

// argo is an Argo CD that does everything by itself and is where Git is.
func argo(app string) *core.Engine {
	return &core.Engine{
		Type: core.ArgoCD, App: app, Namespace: "argocd", Where: "https://10.9.0.10:6443", ReadAt: ago(5 * time.Second), Access: core.AccessOK,
		Auto: true, SelfHeal: true, Prune: true, Health: "Healthy", Sync: "Synced", ComparedAt: ago(40 * time.Second),
		Operation: &core.EngineOperation{
			Phase: core.EngineSucceeded, Revision: "4f2c9e1d0b7a4c55", Limit: 5, Started: ago(2 * time.Hour), Finished: ago(2*time.Hour - 9*time.Second),
			Message: "successfully synced (all tasks run)",
		},
		Objects: map[core.Key]core.EngineObject{},
	}
}

func flux(app string) *core.Engine {
	e := argo(app)
	e.Type, e.Namespace, e.Health, e.Sync, e.Operation = core.Flux, "flux-system", "Ready", "", nil
	return e
}

// source is what an engine applies of a fabric's directory.
func source(id, applied string, behind ...core.Commit) core.EngineSource {
	return core.EngineSource{
		URL: "https://git.example.net/net/fabrics.git", Path: "fabrics/" + id, Target: "main",
		Wanted: "4f2c9e1d0b7a4c55", Applied: applied, AppliedAt: ago(26 * time.Hour), Behind: behind, Counted: true,
	}
}

// behind is an engine that tries an older commit again and again, because an
// object is refused.
func behind(e *core.Engine) *core.Engine {
	e.SelfHeal, e.Sync, e.Health, e.HealthMessage = false, "OutOfSync", "Degraded", "2 objects could not be applied"
	e.Sources = []core.EngineSource{source("dc1-prod", "9b1d0aa34c5e6f70",
		commit("4f2c9e1d0b7a", "Alexandra van den Berghe", 2*time.Hour, "widen tenant-a web dhcp range"),
		commit("77e2c41aa08b", "ipam-bot", 5*time.Hour, "renumber tenant-c"),
		commit("0aa81c3f19d2", "alice", 9*time.Hour, "leaf-03: 4x25G on E1/55"))}
	e.Operation = &core.EngineOperation{
		Phase: core.EngineRunning, Revision: "77e2c41aa08b", Tries: 4, Limit: 5, Started: ago(12 * time.Minute),
		Message: `one or more objects failed to apply, reason: admission webhook "vvpc.kb.io" denied the request: VLAN 1004 is used by VPC tenant-e (retried 4 times).`,
	}
	e.Troubles = []string{"SharedResourceWarning: VPC/tenant-b is part of applications argocd/dc1 and argocd/dc1-old"}
	e.API = []core.EngineRequest{core.EngineRefresh}
	e.Objects = map[core.Key]core.EngineObject{
		key(vpcGroup, "VPC", "tenant-c"): {Sync: "OutOfSync", Refused: true, Message: `admission webhook "vvpc.kb.io" denied the request: VLAN 1004 is used by VPC tenant-e`},
		key(vpcGroup, "VPC", "tenant-b"): {Sync: "OutOfSync", Refused: true, Message: `admission webhook "vvpc.kb.io" denied the request: VPC has peerings`},
		key(vpcGroup, "VPC", "tenant-q"): {Sync: "OutOfSync", Surplus: true},
		key(vpcGroup, "VPC", "tenant-a"): {Sync: "OutOfSync", Health: "Healthy"},
	}
	return e
}

func manual(e *core.Engine) *core.Engine {
	e.Auto, e.SelfHeal, e.Prune = false, false, false
	e.Sources = []core.EngineSource{source("dc2-prod", "9b1d0aa34c5e6f70", commit("4f2c9e1d0b7a", "alice", 2*time.Hour, "leaf-11"))}
	return e
}

func retrying(e *core.Engine) *core.Engine {
	e.Operation = &core.EngineOperation{Phase: core.EngineRunning, Revision: "4f2c9e1d0b7a4c55", Tries: 2, Limit: 5, Started: ago(time.Minute)}
	return e
}

// switches are n switches with which nothing is the matter.
func switches(n int) *core.Agents {
	a := &core.Agents{ReadAt: ago(12 * time.Second), Access: core.AccessOK}
	for i := range n {
		role := "server-leaf"
		if i%6 == 5 {
			role = "spine"
		}
		a.All = append(a.All, core.Agent{
			Name: fmt.Sprintf("leaf-%02d", i+1), Role: role, Description: fmt.Sprintf("rack B%d", i+1), Version: "v0.96.2",
			Applied: 12, Current: 12, AppliedAt: ago(2 * time.Hour), Heartbeat: a.ReadAt.Add(-time.Duration(i%15) * time.Second),
		})
	}
	return a
}

// someSwitches have everything that can be the matter with one.
func someSwitches() *core.Agents {
	a := switches(42)
	a.All[2].Applied = 11
	a.All[6].Heartbeat = ago(14 * time.Minute)
	a.All[7].HeartbeatError = `"<unknown>" is no age`
	a.All[11].Reboot = true
	a.All[13].Applied, a.All[13].Heartbeat = -1, time.Time{}
	return a
}

// refusedVPC is an object that the engine could not bring about.
func refusedVPC() core.Verdict {
	git, live := tenantSpec("10.1.0.99"), tenantSpec("10.1.0.99")
	return core.Verdict{
		Key: key(vpcGroup, "VPC", "tenant-c"), Version: "v1beta1", State: core.Stuck, Since: ago(12 * time.Minute), LiveRevision: "88123",
		Reason: `argocd refused it: admission webhook "vvpc.kb.io" denied the request: VLAN 1004 is used by VPC tenant-e`,
		Origin: core.Origin{Path: "fabrics/dc1-prod/vpcs/tenant-c.yaml", Line: 1}, Git: git, Live: live, Tracked: true,
		Changes: []core.Change{{
			Path: ".spec.subnets.web.vlan", Op: core.OpChanged, Verdict: core.FieldGitAhead, Base: core.ValueOf(int64(1001)),
			Git: core.ValueOf(int64(1004)), Live: core.ValueOf(int64(1001)), Manager: "argocd-controller", ManagerTime: ago(5 * day),
			Commit: commit("77e2c41a", "ipam-bot", 5*time.Hour, "renumber tenant-c"),
		}},
	}
}

// engineFabric is a fabric with everything that an engine can say: a refused
// object, an opinion, one that is tracked and one that is not.
func engineFabric() core.FabricState {
	mine := onlyLive("tenant-q--srv-01", "argocd-controller", 3*day)
	mine.Tracked = true
	other := driftedSwitch()
	other.Opinion = "argocd calls it Synced: it leaves .spec.description aside"
	waits := simple(core.Pending, vpcGroup, "VPCPeering", "tenant-a--tenant-b", ".spec.permit", "argocd-controller", 2*day)
	waits.Reason, waits.Changes[0].Verdict = "git changed, live has not followed yet; argocd retries 77e2c41 4/5, HEAD 4f2c9e1 waits behind it", core.FieldGitAhead
	f := fabric("dc1-prod", 8*time.Second, append(calm(60), refusedVPC(), other, mine, onlyLive("tmp-debug", "kubectl-create", 3*time.Hour), waits)...)
	f.Report.Engine, f.Report.Agents = behind(argo("dc1")), someSwitches()
	return f
}

// mismatchedFabric is one whose engine applies something else.
func mismatchedFabric() core.FabricState {
	f := unreachable()
	f.Report.Live.Access, f.Report.Live.Error, f.Report.Live.ReadAt = core.AccessOK, "", ago(9*time.Second)
	for i := range f.Report.Verdicts {
		f.Report.Verdicts[i].Reason = "argocd applies prod of https://git.example.net/net/fabrics.git, you compare main"
	}
	f.Report.Engine, f.Report.Agents = argo("dc3"), switches(7)
	f.Report.Engine.Mismatch = []string{"argocd applies prod of https://git.example.net/net/fabrics.git, you compare main"}
	f.Report.Engine.Sources = []core.EngineSource{{URL: "https://git.example.net/net/fabrics.git", Path: "fabrics/dc3-lab", Target: "prod", Wanted: "1111111aaa", Applied: "1111111aaa"}}
	return f
}

// restoredFabric is one of which the engine was read long ago, by another
// process.
func restoredFabric() core.FabricState {
	f := engineFabric()
	f.Report.Engine.Objects, f.Report.Engine.ReadAt, f.Report.Engine.ComparedAt = nil, ago(3*time.Hour), ago(3*time.Hour)
	f.Report.Agents.ReadAt = ago(3 * time.Hour)
	for i := range f.Report.Agents.All {
		f.Report.Agents.All[i].Heartbeat = ago(3*time.Hour + 10*time.Second)
	}
	return f
}

// engineFleets are the states that an engine's screen can be in.
func engineFleets() map[string]core.FabricState {
	none, unread, waiting := engineFabric(), engineFabric(), engineFabric()
	none.Report.Engine = &core.Engine{Access: core.AccessOK, Where: "https://10.9.1.10:6443", ReadAt: ago(5 * time.Second)}
	none.Report.Agents = &core.Agents{Access: core.AccessOK, ReadAt: ago(5 * time.Second)}
	unread.Report.Engine = &core.Engine{
		Type: core.ArgoCD, App: "dc1", Namespace: "argocd", Where: "https://hub.example.net:6443", ReadAt: ago(4 * time.Minute), Access: core.AccessUnreachable,
		Error: "get applications.argoproj.io \"dc1\" in argocd: dial tcp 10.9.0.10:6443: i/o timeout (is the VPN up? selvage doctor tells more)",
	}
	unread.Report.Agents.Access, unread.Report.Agents.Error = core.AccessUnreachable, "list agents.agent.githedgehog.com: dial tcp 10.9.1.10:6443: i/o timeout"
	waiting.Report.Engine, waiting.Report.Agents = nil, nil
	return map[string]core.FabricState{
		"engine": engineFabric(), "no-engine": none, "unread-engine": unread, "no-reader": waiting,
		"mismatch": mismatchedFabric(), "restored": restoredFabric(),
	}
}
