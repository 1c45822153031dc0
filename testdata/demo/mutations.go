package demo

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"selvage/testdata/hedgehog"
)

// built is one of hedgehog's own mutations.
func built(name string) func(*rand.Rand) hedgehog.Mutation {
	return func(*rand.Rand) hedgehog.Mutation {
		m, ok := hedgehog.MutationNamed(name)
		if !ok {
			m.Plan = func(_, _ map[string]any) (hedgehog.Steps, bool) { return hedgehog.Steps{}, false }
		}
		return m
	}
}

// subnetWhere is the first subnet of a VPC, by name, that passes, and the path
// to it; nil if none does.
func subnetWhere(vpc map[string]any, pass func(map[string]any) bool) (map[string]any, hedgehog.Path) {
	all, _ := hedgehog.Path{"spec", "subnets"}.At(vpc)
	subnets, _ := all.(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(subnets)) {
		if s, ok := subnets[name].(map[string]any); ok && pass(s) {
			return s, hedgehog.Path{"spec", "subnets", name}
		}
	}
	return nil, nil
}

func hasVLAN(subnet map[string]any) bool { return subnet["vlan"] != nil }

func hasDHCP(subnet map[string]any) bool {
	network, _ := subnet["subnet"].(string)
	dhcp, _ := subnet["dhcp"].(map[string]any)
	return dhcp["enable"] == true && strings.HasSuffix(network, ".0/24")
}

// vlan gives a VPC's subnet another VLAN: on either side, or on both sides
// different ones.
func vlan(live, git bool) func(*rand.Rand) hedgehog.Mutation {
	return func(rng *rand.Rand) hedgehog.Mutation {
		m := hedgehog.Mutation{Name: "vlan", Kind: "VPC"}
		switch {
		case live && git:
			m.State, m.Verdict = hedgehog.Conflict, hedgehog.Conflict
		case live:
			m.State, m.Verdict = hedgehog.Drifted, hedgehog.Drift
		default:
			m.State, m.Verdict = hedgehog.Pending, hedgehog.GitAhead
		}
		// Beyond what the generator gives out, so that none is used twice.
		a, b := int64(2500+rng.IntN(200)), int64(2700+rng.IntN(200))
		m.Plan = func(manifest, _ map[string]any) (hedgehog.Steps, bool) {
			s, path := subnetWhere(manifest, hasVLAN)
			path = append(path, "vlan")
			st := hedgehog.Steps{}
			if live {
				st.Manager, st.Live = hedgehog.KubectlEdit, []hedgehog.Edit{{Path: path, Value: a}}
			}
			if git {
				st.Git = []hedgehog.Edit{{Path: path, Value: b}}
			}
			return st, s != nil && s["vlan"] != a && s["vlan"] != b
		}
		return m
	}
}

// lease gives a host its address with "kubectl fabric vpc static-lease".
func lease(rng *rand.Rand) hedgehog.Mutation {
	mac := fmt.Sprintf("0c:20:12:fa:%02x:%02x", rng.IntN(256), rng.IntN(256))
	host := 60 + rng.IntN(30)
	return hedgehog.Mutation{
		Name: "lease", Kind: "VPC", State: hedgehog.Drifted, Verdict: hedgehog.Drift,
		Plan: func(manifest, _ map[string]any) (hedgehog.Steps, bool) {
			s, path := subnetWhere(manifest, hasDHCP)
			network, _ := s["subnet"].(string)
			value := map[string]any{"ip": fmt.Sprintf("%s.%d", strings.TrimSuffix(network, ".0/24"), host)}
			return hedgehog.Steps{
				Manager: hedgehog.KubectlFabric,
				Live:    []hedgehog.Edit{{Path: append(path, "dhcp", "static", mac), Value: value}},
			}, s != nil
		},
	}
}

// moved writes another description on a switch.
func moved(rng *rand.Rand) hedgehog.Mutation {
	text := fmt.Sprintf("moved to rack B%d, U%d", 10+rng.IntN(20), 20+rng.IntN(20))
	return hedgehog.Mutation{
		Name: "moved", Kind: "Switch", State: hedgehog.Drifted, Verdict: hedgehog.Drift,
		Plan: func(git, _ map[string]any) (hedgehog.Steps, bool) {
			edit := hedgehog.Edit{Path: hedgehog.Path{"spec", "description"}, Value: text}
			was, _ := edit.Path.At(git)
			return hedgehog.Steps{Manager: hedgehog.KubectlEdit, Live: []hedgehog.Edit{edit}}, was != text
		},
	}
}

// scripted is the name of the mutation that a script makes over and over.
const scripted = "scripted"

// portsEnabled enables all ports of a switch, as a script does it to several.
func portsEnabled(*rand.Rand) hedgehog.Mutation {
	return hedgehog.Mutation{
		Name: scripted, Kind: "Switch", State: hedgehog.Drifted, Verdict: hedgehog.Drift,
		Plan: func(git, _ map[string]any) (hedgehog.Steps, bool) {
			edit := hedgehog.Edit{Path: hedgehog.Path{"spec", "enableAllPorts"}, Value: true}
			_, said := edit.Path.At(git)
			return hedgehog.Steps{Manager: hedgehog.KubectlEdit, Live: []hedgehog.Edit{edit}}, !said
		},
	}
}

// ordered commits a server that is yet to arrive.
func ordered(rng *rand.Rand) hedgehog.Mutation {
	name := fmt.Sprintf("server-%d", 300+rng.IntN(600))
	return hedgehog.Mutation{
		Name: "ordered", Kind: "Server", State: hedgehog.Pending,
		Plan: func(git, _ map[string]any) (hedgehog.Steps, bool) {
			return hedgehog.Steps{MakeGit: map[string]any{
				"apiVersion": git["apiVersion"], "kind": "Server", "metadata": map[string]any{"name": name},
				"spec": map[string]any{"description": "ordered, rack C4"},
			}}, true
		},
	}
}

// stray makes a VPC with "kubectl fabric vpc create" that Git has never had.
func stray(rng *rand.Rand) hedgehog.Mutation {
	name, third := fmt.Sprintf("test-%d", 10+rng.IntN(90)), 200+rng.IntN(50)
	return hedgehog.Mutation{
		Name: "stray", Kind: "VPC", State: hedgehog.OnlyLive,
		Plan: func(git, _ map[string]any) (hedgehog.Steps, bool) {
			return hedgehog.Steps{Manager: hedgehog.KubectlFabric, MakeLive: map[string]any{
				"apiVersion": git["apiVersion"], "kind": "VPC", "metadata": map[string]any{"name": name, "namespace": "default"},
				"spec": map[string]any{"subnets": map[string]any{"default": map[string]any{
					"subnet": fmt.Sprintf("10.7.%d.0/24", third), "vlan": int64(2950), "dhcp": map[string]any{"enable": true},
				}}},
			}}, true
		},
	}
}
