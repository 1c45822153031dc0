package core_test

import (
	"testing"

	"selvage/core"
)

// TestKeepingGitWithoutAnEngineIsACommand for that object alone, which does
// nothing where somebody has changed it meanwhile.
func TestKeepingGitWithoutAnEngineIsACommand(t *testing.T) {
	v := core.Verdict{
		Key:    core.Key{Group: "vpc.githedgehog.com", Kind: "VPC", Namespace: "default", Name: "vpc-1"},
		Origin: core.Origin{Path: "fabrics/dc1/vpc 1.yaml"},
	}
	num := func(n int64) core.Value { return core.ValueOf(n) }
	object := core.ValueOf(map[string]any{"spec": map[string]any{}})
	const patch = "kubectl patch vpcs.vpc.githedgehog.com vpc-1 --namespace default --type=json --patch "
	for _, tt := range []struct {
		name   string
		change core.Change
		want   string
	}{
		{
			"changed",
			core.Change{Path: ".spec.vlan", Git: num(1), Live: num(2)},
			patch + `'[{"op":"test","path":"/spec/vlan","value":2},{"op":"replace","path":"/spec/vlan","value":1}]'`,
		},
		{
			"only in git",
			core.Change{Path: `.metadata.labels["a/b~c"]`, Git: core.ValueOf("it's")},
			patch + `'[{"op":"add","path":"/metadata/labels/a~1b~0c","value":"it'\''s"}]'`,
		},
		{
			"only live",
			core.Change{Path: ".spec.mode", Live: core.ValueOf("l3vni")},
			patch + `'[{"op":"test","path":"/spec/mode","value":"l3vni"},{"op":"remove","path":"/spec/mode"}]'`,
		},
		{
			"in a plain list",
			core.Change{Path: ".spec.servers[1]", Unit: ".spec.servers", Git: core.ValueOf("a"), Live: core.ValueOf("b")},
			patch + `'[{"op":"test","path":"/spec/servers/1","value":"b"},{"op":"replace","path":"/spec/servers/1","value":"a"}]'`,
		},
		{"in a list of which nobody knows the order", core.Change{Path: `.spec.routes[prefix="10.0.0.0/8"].hop`, Git: core.ValueOf("a"), Live: core.ValueOf("b")}, ""},
		{"a secret", core.Change{Path: ".spec.dhcpPassword", Git: core.ValueOf("a"), Live: core.ValueOf("b")}, ""},
		{"with a secret in it", core.Change{Path: ".spec.user", Git: core.ValueOf(map[string]any{"password": "a"}), Live: core.ValueOf("b")}, ""},
		{"masked", core.Change{Path: ".spec.pass", Git: core.ValueOf("<masked 1>"), Live: core.ValueOf("<masked 2>")}, ""},
		{"an object that live lost", core.Change{Path: core.Root, Git: object}, "kubectl create --filename 'fabrics/dc1/vpc 1.yaml'"},
		{"an object that only live has", core.Change{Path: core.Root, Live: object}, "kubectl delete vpcs.vpc.githedgehog.com vpc-1 --namespace default"},
	} {
		if got := core.Keep(nil, v, tt.change).Command; got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
		flux := core.Engine{Type: core.Flux, App: "dc1", Access: core.AccessOK}
		if got := core.Keep(&flux, v, tt.change).Command; len(got) > 7 && got[:7] == "kubectl" {
			t.Errorf("%s: with an engine: %s", tt.name, got)
		}
	}
}
