package core_test

import (
	"strings"
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
	object := core.ValueOf(map[string]any{"spec": map[string]any{"note": `it's 100%\n`}})
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
		{"an object that live lost", core.Change{Path: core.Root, Git: object}, `printf %s '{"apiVersion":"vpc.githedgehog.com/v1beta1","kind":"VPC","metadata":{"name":"vpc-1","namespace":"default"},"spec":{"note":"it'\''s 100%\\n"}}' | kubectl create --filename -`},
		{"a long object that live lost", core.Change{Path: core.Root, Git: core.ValueOf(map[string]any{"spec": strings.Repeat("x", 3000)})}, ""},
		{"an object with a secret that live lost", core.Change{Path: core.Root, Git: core.ValueOf(map[string]any{"spec": map[string]any{"password": "x"}})}, ""},
		{"an object that only live has", core.Change{Path: core.Root, Live: object}, "kubectl delete vpcs.vpc.githedgehog.com vpc-1 --namespace default"},
	} {
		if got := core.Keep(core.Fabric{}, nil, v, tt.change).Command; got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
		flux := core.Engine{Type: core.Flux, App: "dc1", Access: core.AccessOK}
		if got := core.Keep(core.Fabric{}, &flux, v, tt.change).Command; len(got) > 7 && got[:7] == "kubectl" {
			t.Errorf("%s: with an engine: %s", tt.name, got)
		}
	}
}

// TestOneCommandCoversEveryFieldForWhichGitWasTaken, or there is none: whoever has run
// it believes that all of it is done.
func TestOneCommandCoversEveryFieldForWhichGitWasTaken(t *testing.T) {
	v := core.Verdict{Key: core.Key{Group: "wiring.githedgehog.com", Kind: "Switch", Namespace: "default", Name: "leaf-2"}}
	text := core.Change{Path: ".spec.description", Git: core.ValueOf("rack 2"), Live: core.ValueOf("mine")}
	profile := core.Change{Path: ".spec.profile", Git: core.ValueOf("ds3000")}
	secret := core.Change{Path: ".spec.password", Git: core.ValueOf("a"), Live: core.ValueOf("b")}
	const want = `kubectl patch switches.wiring.githedgehog.com leaf-2 --namespace default --type=json --patch ` +
		`'[{"op":"test","path":"/spec/description","value":"mine"},{"op":"replace","path":"/spec/description","value":"rack 2"},{"op":"add","path":"/spec/profile","value":"ds3000"}]'`
	for _, c := range []core.Change{text, profile} {
		if got := core.Keep(core.Fabric{}, nil, v, c, text, profile).Command; got != want {
			t.Errorf("at %s:\n got %s\nwant %s", c.Path, got, want)
		}
		if got := core.Keep(core.Fabric{}, nil, v, c, text, profile, secret).Command; got != "" {
			t.Errorf("at %s, with a secret that cannot be told: %s", c.Path, got)
		}
	}
}

// TestNamesAreNoFlagsOfKubectl: what stands in a dump or in Git is never more than a
// name to the program that a person gives the line to.
func TestNamesAreNoFlagsOfKubectl(t *testing.T) {
	object := core.ValueOf(map[string]any{"spec": map[string]any{}})
	good := core.Key{Group: "vpc.githedgehog.com", Kind: "VPC", Namespace: "default", Name: "vpc-1"}
	for _, spoil := range []func(k *core.Key, bad string){
		func(k *core.Key, bad string) { k.Name = bad },
		func(k *core.Key, bad string) { k.Namespace = bad },
		func(k *core.Key, bad string) { k.Kind = bad },
	} {
		for _, bad := range []string{"--all", "-f", "x,secrets", "secrets/x"} {
			v := core.Verdict{Key: good}
			spoil(&v.Key, bad)
			for _, c := range []core.Change{
				{Path: core.Root, Live: object},
				{Path: ".spec.vlan", Git: core.ValueOf(int64(1)), Live: core.ValueOf(int64(2))},
			} {
				if got := core.Keep(core.Fabric{}, nil, v, c).Command; got != "" {
					t.Errorf("%q as a part of %v gives %s", bad, v.Key, got)
				}
			}
		}
	}
	waits := &core.Engine{Type: core.ArgoCD, App: "--server=evil", Access: core.AccessOK}
	if got := core.Keep(core.Fabric{}, waits, core.Verdict{Key: good}, core.Change{Path: ".spec.vlan", Git: core.ValueOf(int64(1)), Live: core.ValueOf(int64(2))}).Command; got != "" {
		t.Errorf("an application gives %s", got)
	}
}

// TestCommandsNameTheirCluster where the configuration has it: whoever copies one may
// be on another cluster.
func TestCommandsNameTheirCluster(t *testing.T) {
	v := core.Verdict{Key: core.Key{Kind: "ConfigMap", Namespace: "net", Name: "x"}, Version: "v1"}
	f := core.Fabric{Kubeconfig: "/home/kim/.kube/dc 1", Context: "dc1"}
	live, git := core.Change{Path: core.Root, Live: core.ValueOf(map[string]any{})}, core.Change{Path: core.Root, Git: core.ValueOf(map[string]any{})}
	for c, want := range map[*core.Change]string{
		&live: "kubectl --kubeconfig '/home/kim/.kube/dc 1' --context dc1 delete configmaps x --namespace net",
		&git:  `printf %s '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x","namespace":"net"}}' | kubectl --kubeconfig '/home/kim/.kube/dc 1' --context dc1 create --filename -`,
	} {
		if got := core.Keep(f, nil, v, *c).Command; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}
