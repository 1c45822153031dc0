package core_test

import (
	"strings"
	"testing"

	"selvage/core"
)

func TestAddressesOfOneRepository(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		same bool
	}{
		{"git@git.example:net/fabrics.git", "https://bot:x@git.example/net/fabrics", true},
		{"ssh://git@git.example:2222/net/fabrics.git", "https://git.example/net/fabrics/", true},
		{"https://git.example:8443/net/fabrics", "ssh://git.example/net/fabrics", true},
		{"https://git.example:443/Net//fabrics", "https://GIT.example/net/fabrics.git", true},
		{"https://git.example/a%20b", "git@git.example:a b", true},
		{"https://git.example:8443/net/fabrics", "https://git.example:9443/net/fabrics", false},
		{"https://git.example/net/fabrics", "https://git.example/net/fabrics-2", false},
		{"https://git.example/net/fabrics", "https://git.other/net/fabrics", false},
		{"/srv/fabrics.git", "file:///srv/fabrics", true},
		{"/srv/fabrics.git", "/srv/other.git", false},
	} {
		if got := core.SameRepository(tt.a, tt.b); got != tt.same {
			t.Errorf("SameRepository(%q, %q) = %v", tt.a, tt.b, got)
		}
	}
}

// TestKeepingGitIsToldAsItWillBe: what an engine does with a difference that
// nobody takes into Git.
func TestKeepingGitIsToldAsItWillBe(t *testing.T) {
	v := core.Verdict{Key: core.Key{Group: "vpc.githedgehog.com", Kind: "VPC", Namespace: "default", Name: "vpc-1"}}
	edit := core.Change{Path: ".spec.vlan", Base: core.ValueOf(int64(1)), Git: core.ValueOf(int64(1)), Live: core.ValueOf(int64(2))}
	addition := core.Change{Path: ".spec.mode", Live: core.ValueOf("l3vni")}
	item := core.Change{Path: `.spec.staticRoutes[prefix="11.0.0.0/8"]`, Live: core.ValueOf(map[string]any{"prefix": "11.0.0.0/8"})}
	whole := core.Change{Path: core.Root, Live: core.ValueOf(map[string]any{})}
	healing := core.Engine{Type: core.ArgoCD, App: "dc1", Access: core.AccessOK, Auto: true, SelfHeal: true, Prune: true}
	lazy, manual, failed, late := healing, healing, healing, healing
	lazy.SelfHeal, manual.Auto, late.SelfHeal = false, false, false
	failed.Operation = &core.EngineOperation{Phase: core.EngineFailed, Revision: "a", Message: "VLAN 1 is used"}
	failed.Sources = []core.EngineSource{{Wanted: "a"}}
	late.Sources = []core.EngineSource{{Wanted: "b", Applied: "a"}}
	untried, tried := lazy, lazy
	untried.Sources = []core.EngineSource{{Wanted: "b", Applied: "b"}}
	untried.Operation = &core.EngineOperation{Phase: core.EngineSucceeded, Revision: "a"}
	tried.Sources = untried.Sources
	tried.Operation = &core.EngineOperation{Phase: core.EngineSucceeded, Revision: "b"}
	for _, tt := range []struct {
		name    string
		engine  core.Engine
		change  core.Change
		want    core.KeepEffect
		command bool
	}{
		{"healed", healing, edit, core.KeepRestored, false},
		{"not healed", lazy, edit, core.KeepWaits, true},
		{"by hand", manual, edit, core.KeepWaits, true},
		{"held up", failed, edit, core.KeepWaits, true},
		{"with the commit that waits", late, edit, core.KeepRestored, false},
		{"with a commit that changed nothing and was never synced", untried, edit, core.KeepRestored, false},
		{"with one that was", tried, edit, core.KeepWaits, true},
		{"an addition", healing, addition, core.KeepStays, false},
		{"an item of a list", healing, item, core.KeepRestored, false},
		{"an object nobody tracks", healing, whole, core.KeepStays, false},
	} {
		k := core.Keep(core.Fabric{}, &tt.engine, v, tt.change)
		if k.Effect != tt.want || (k.Command != "") != tt.command || strings.Contains(k.Command, "kubectl") {
			t.Errorf("%s: %+v, want %s", tt.name, k, tt.want)
		}
	}
}
