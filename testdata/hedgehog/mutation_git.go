package hedgehog

import (
	"encoding/json"
	"slices"
)

// gitMutations are commits, alone or against a live edit.
func gitMutations() []Mutation {
	return []Mutation{
		{
			"git-vlan", "A commit gives a subnet another VLAN.", "VPC", Pending, GitAhead,
			func(git, _ map[string]any) (Steps, bool) {
				_, p := subnetWhere(git, anySubnet)
				return setGit(p.child("vlan"), spareVLAN(3))
			},
		},
		{
			"git-subnet-removed", "A commit removes a subnet.", "VPC", Pending, GitAhead,
			func(git, _ map[string]any) (Steps, bool) {
				_, p := subnetWhere(git, anySubnet)
				fits := len(mapAt(mapAt(git, "spec"), "subnets")) > 1
				return Steps{Git: []Edit{{Path: p, Remove: true}}}, fits
			},
		},
		{
			"git-created", "A commit adds a server.", "Server", Pending, "",
			func(_, _ map[string]any) (Steps, bool) {
				return Steps{MakeGit: map[string]any{
					"apiVersion": versionWiring, "kind": "Server", "metadata": map[string]any{"name": "server-new"},
					"spec": map[string]any{"description": "ordered"},
				}}, true
			},
		},
		{
			"git-deleted", "A commit deletes a peering.", "VPCPeering", Pending, "",
			func(_, _ map[string]any) (Steps, bool) { return Steps{DropGit: true}, true },
		},
		{
			"git-duplicate", "A commit adds a second document of one identity.", "VPCAttachment", Invalid, "",
			func(git, _ map[string]any) (Steps, bool) { return Steps{MakeGit: git}, true },
		},
		{
			"same-on-both", "A live edit is committed as it is before anybody looked.", "VPC", InSync, Converged,
			func(git, _ map[string]any) (Steps, bool) {
				_, p := subnetWhere(git, anySubnet)
				e := []Edit{{Path: p.child("vlan"), Value: int64(lastVLAN + 3)}}
				return Steps{Manager: KubectlEdit, Live: e, Git: e}, true
			},
		},
		{
			"vlan-conflict", "A live edit and a commit give a subnet different VLANs.", "VPC", Conflict, Conflict,
			func(git, _ map[string]any) (Steps, bool) {
				_, p := subnetWhere(git, anySubnet)
				return Steps{
					Manager: KubectlEdit,
					Live:    []Edit{{Path: p.child("vlan"), Value: int64(lastVLAN + 4)}},
					Git:     []Edit{{Path: p.child("vlan"), Value: int64(lastVLAN + 5)}},
				}, true
			},
		},
		{
			"edit-in-removed", "A commit removes the subnet inside which somebody edits.", "VPC", Conflict, Conflict,
			func(git, _ map[string]any) (Steps, bool) {
				_, p := subnetWhere(git, anySubnet)
				fits := len(mapAt(mapAt(git, "spec"), "subnets")) > 1
				return Steps{
					Manager: KubectlEdit,
					Live:    []Edit{{Path: p.child("vlan"), Value: int64(lastVLAN + 6)}},
					Git:     []Edit{{Path: p, Remove: true}},
				}, fits
			},
		},
	}
}

// quietMutations change something and must not be told as a difference, or only as a note.
func quietMutations() []Mutation {
	return []Mutation{
		{
			"git-set-reordered", "A commit changes the order of a list that the server sorts.", "IPv4Namespace", InSync, "",
			func(git, _ map[string]any) (Steps, bool) {
				turned := slices.Clone(listAt(mapAt(git, "spec"), "subnets"))
				slices.Reverse(turned)
				s, _ := setGit(Path{"spec", "subnets"}, turned)
				return s, len(turned) > 1
			},
		},
		{
			"git-speed-respelled", "A commit writes SPEED_25G as the server does, 25G.", "Switch", InSync, "",
			func(git, _ map[string]any) (Steps, bool) {
				p := Path{"spec", "portSpeeds", "E1/1"}
				v, _ := p.At(git)
				s, _ := setGit(p, "25G")
				return s, v == "SPEED_25G"
			},
		},
		{
			"git-default-written", "A commit writes a default out that the server holds already.", "VPC", InSync, "",
			func(git, _ map[string]any) (Steps, bool) {
				s, _ := setGit(Path{"spec", "ipv4Namespace"}, defaultName)
				return s, unset(mapAt(git, "spec"), "ipv4Namespace")
			},
		},
		{
			"git-namespace-written", "A commit writes the namespace out.", "", InSync, "",
			func(git, _ map[string]any) (Steps, bool) {
				s, _ := setGit(Path{"metadata", "namespace"}, defaultName)
				return s, unset(mapAt(git, "metadata"), "namespace")
			},
		},
		{
			"git-owned-label", "A commit sets a label that the webhook always removes.", "Server", InSync, "",
			func(_, _ map[string]any) (Steps, bool) {
				return setGit(Path{"metadata", "labels", fabricPrefix + "rack"}, "r1")
			},
		},
		{
			"git-unknown-field", "A commit sets a field that this fabric's schema does not know.", "VPCAttachment", InSync, Pruned,
			func(_, _ map[string]any) (Steps, bool) { return setGit(Path{"spec", "vpc"}, "vpc-01") },
		},
		{
			"false-omitted", "A typed client wrote the object back and left an explicit false out.", "VPCAttachment", InSync, "",
			func(git, _ map[string]any) (Steps, bool) {
				v, there := Path{"spec", "nativeVLAN"}.At(git)
				return Steps{Manager: KubectlFabric, Live: []Edit{{Path: Path{"spec", "nativeVLAN"}, Remove: true}}}, there && v == false
			},
		},
		{
			"locator-lit", "kubectl fabric switch port locator lit a port for a while.", "Switch", InSync, ServerAdded,
			func(_, _ map[string]any) (Steps, bool) {
				return setLive(KubectlFabric, Path{"spec", "portLocators", "E1/5"}, "10m")
			},
		},
		{
			"older-era", "The object was last written before the fabric's upgrade: its newer annotations are not there.", "Connection", InSync, "",
			func(_, _ map[string]any) (Steps, bool) {
				annotation := Path{"metadata", "annotations"}
				return Steps{NeverHad: []Path{annotation.child(fabricPrefix + "switches"), annotation.child(fabricPrefix + "servers")}}, true
			},
		},
		{
			"applied-by-hand", "Somebody ran kubectl apply on the unchanged file: its annotation appears.", "VPC", InSync, "",
			func(git, _ map[string]any) (Steps, bool) {
				text, _ := json.Marshal(git) // decoded JSON always encodes
				return setLive(clientSideManager, Path{"metadata", "annotations", lastApplied}, string(text)+"\n")
			},
		},
	}
}
