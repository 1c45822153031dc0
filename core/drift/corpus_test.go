package drift_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/drift"
	"selvage/testdata/hedgehog"
)

// side reads one side of a generated world.
func side(t *testing.T, source string, objects []map[string]any, at time.Time) *core.Snapshot {
	t.Helper()
	s := core.NewSnapshot(core.Reading{Source: source, Access: core.AccessOK, ReadAt: at, RevisionTime: at})
	for _, obj := range objects {
		o, err := core.NewObject(core.CloneJSON(obj))
		if err != nil {
			t.Fatal(err)
		}
		if o.Key.Namespace == "" {
			o.Key.Namespace = "default"
		}
		if source == "git" {
			known := o.Key.Group == "" // never: every generated object has a group
			for _, k := range core.Kinds() {
				known = known || k.GroupKind == o.Key.GroupKind()
			}
			if !known {
				s.Findings = append(s.Findings, core.Finding{Reason: "unknown kind", Key: o.Key})
				continue
			}
		}
		if twin := s.Add(o); twin != nil {
			s.Remove(o.Key)
			s.Findings = append(s.Findings, core.Finding{Reason: "twice", Key: o.Key})
		}
	}
	s.CoverAll()
	return s
}

func fabrics() map[string]*hedgehog.World {
	worlds := map[string]*hedgehog.World{}
	for seed := range uint64(3) {
		for _, method := range []hedgehog.Method{hedgehog.ServerSideApply, hedgehog.ClientSideApply, hedgehog.Post} {
			for _, hydrated := range []bool{false, true} {
				f := hedgehog.Generate(hedgehog.Small(seed))
				o := hedgehog.LiveOptions{Now: now.Add(-time.Hour), Method: method}
				if hydrated {
					o.Hydration = hedgehog.PlanHydration(f.Objects)
				}
				worlds[fmt.Sprintf("seed %d, method %d, hydrated %v", seed, method, hydrated)] = hedgehog.NewWorld(f, o)
			}
		}
	}
	return worlds
}

// TestUntouchedFabricsAreInSync has an implementation of Hedgehog's webhooks
// that knows nothing of this package make the live side.
func TestUntouchedFabricsAreInSync(t *testing.T) {
	for name, w := range fabrics() {
		git, live := side(t, "git", w.Git, now), side(t, "kube", w.Live, now)
		res := compare(git, live, &core.Memory{})
		for _, s := range []*core.Snapshot{git, live} {
			for o := range s.Objects() {
				if core.DigestJSON(o.Fields) != o.Digest {
					t.Errorf("%s: the comparison changed %s", name, o.Key)
				}
			}
		}
		for _, v := range res.Report.Verdicts {
			if v.State != core.InSync {
				t.Errorf("%s: %s is %s: %+v", name, v.Key, v.State, v.Changes)
			}
		}
	}
}

// TestEveryMutationIsNamed makes one change at a time to a fabric in agreement
// and wants exactly that object to get the state, path and manager that the
// change should lead to.
func TestEveryMutationIsNamed(t *testing.T) {
	for _, m := range hedgehog.Mutations() {
		if m.Verdict == hedgehog.Pruned {
			continue // what a schema drops is not known without the schema
		}
		t.Run(m.Name, func(t *testing.T) {
			done := 0
			for name, w := range fabrics() {
				git := side(t, "git", w.Git, now)
				before := compare(git, side(t, "kube", w.Live, now), &core.Memory{})
				change, ok := w.ApplyFirst(m, now, map[hedgehog.Ref]bool{})
				if !ok {
					continue
				}
				done++
				after := drift.New(core.Fabric{PendingLimit: 15 * time.Minute}).Compare(drift.Input{
					Git: side(t, "git", w.Git, now), Live: side(t, "kube", w.Live, now),
					Memory: remembered(before, git), Now: at(1), Previous: before,
				})
				for _, v := range after.Report.Verdicts {
					judge(t, name, change, v)
				}
			}
			if done == 0 {
				t.Error("the mutation fits no object of any fabric")
			}
		})
	}
}

func judge(t *testing.T, world string, want hedgehog.Change, v core.Verdict) {
	t.Helper()
	isIt := v.Key.Kind == want.Object.Kind && v.Key.Name == want.Object.Name && v.Key.Namespace == want.Object.Namespace
	if !isIt {
		if v.State != core.InSync {
			t.Errorf("%s: %s at %s makes %s %s: %s", world, want.Mutation, want.Object, v.Key, v.State, v.Reason)
		}
		return
	}
	if v.State.String() != want.State {
		t.Errorf("%s: %s %s is %s (%s), want %s: %+v", world, v.Key, want.Path, v.State, v.Reason, want.State, v.Changes)
		return
	}
	for _, c := range v.Changes {
		if !c.Path.Under(core.Path(want.Path.String())) {
			t.Errorf("%s: %s reports %s, want %s", world, v.Key, c.Path, want.Path)
		}
		if want.Manager != "" && c.Manager != want.Manager && c.Live.Present() {
			t.Errorf("%s: %s %s by %q, want %q", world, v.Key, c.Path, c.Manager, want.Manager)
		}
	}
}

// object is a manifest of one line: kind, labels and spec in flow style.
func object(group, kind, labels, spec string) string {
	return fmt.Sprintf("apiVersion: %s.githedgehog.com/v1beta1\nkind: %s\nmetadata: {name: o, namespace: default, labels: {%s}}\nspec: {%s}\n", group, kind, labels, spec)
}

// TestWhatPeopleAddIsNoDefault makes live, which agreed with git, say something
// more or less than it did, in values that a server might have chosen.
func TestWhatPeopleAddIsNoDefault(t *testing.T) {
	sw := func(spec string) string { return object("wiring", "Switch", "", "role: spine"+spec) }
	gw := func(spec string) string { return object("gateway", "Gateway", "", "workers: 4"+spec) }
	peering := func(nat string) string {
		return object("gateway", "GatewayPeering", "", "peering: {vpc-1: {expose: [{ips: [{cidr: 10.0.1.0/24}]"+nat+"}]}}")
	}
	subnet := func(more string) string {
		return object("vpc", "VPC", "", "subnets: {one: {subnet: 10.0.1.0/24, dhcp: {enable: true"+more+"}}}")
	}
	tests := []struct{ name, git, before, after, want string }{
		{"flap detection", sw(""), sw(""), sw(", linkFlapErrDisable: {flapThreshold: 3, samplingInterval: 30, recoveryInterval: 300}"), ".spec.linkFlapErrDisable added drift"},
		{"masquerading", peering(""), peering(""), peering(", nat: {masquerade: {idleTimeout: 2m0s}}"), ".spec.peering.vpc-1.expose[0].nat added drift"},
		{"an interface", gw(""), gw(", interfaces: {}"), gw(", interfaces: {e1: {mtu: 9100}}"), ".spec.interfaces.e1 added drift"},
		{"a VPC of a peering", object("vpc", "VPCPeering", "", "permit: [{a: {}}]"), object("vpc", "VPCPeering", "", "permit: [{a: {}}]"), object("vpc", "VPCPeering", "", "permit: [{a: {}, b: {subnets: []}}]"), ".spec.permit[0].b added drift"},
		{"a log tag", gw(", logs: {tags: {bgp: debug}}"), gw(", logs: {tags: {bgp: debug}}"), gw(", logs: {tags: {bgp: debug, all: info}}"), ".spec.logs.tags.all added drift"},
		{"a log limit", gw(""), gw(", logs: {default: info}"), gw(", logs: {default: info, rateLimit: {burst: 50}}"), ".spec.logs.rateLimit added drift"},
		{"DHCP options", subnet(""), subnet(""), subnet(", options: {interfaceMTU: 9036, leaseTimeSeconds: 3600}"), ".spec.subnets.one.dhcp.options added drift"},
		{"a label of their own", object("gateway", "GatewayPeering", "", ""), object("gateway", "GatewayPeering", "", ""), object("gateway", "GatewayPeering", "gateway.githedgehog.com/owner: me", ""), ".metadata.labels[\"gateway.githedgehog.com/owner\"] added drift"},
		{"a default that git names taken away", gw(""), gw(""), object("gateway", "Gateway", "", ""), ".spec.workers removed drift"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := agreed(t, tt.git, tt.before)
			res := compareAt(at(1), snapshot(t, "git", tt.git), snapshot(t, "kube", tt.after), m)
			if got := say(res.Report); !strings.HasSuffix(got, "/o drifted "+tt.want) {
				t.Errorf("got:\n%s\nwant:\ndrifted %s", got, tt.want)
			}
		})
	}
}

// TestWhatTheServerWritesIsNoDrift pairs spellings that a server makes the same.
func TestWhatTheServerWritesIsNoDrift(t *testing.T) {
	subnet := func(more string) string {
		return object("vpc", "VPC", "", "subnets: {one: {subnet: 10.0.1.0/24, dhcp: {enable: true"+more+"}}}")
	}
	nat := func(timeout string) string {
		return object("gateway", "GatewayPeering", "", "peering: {vpc-1: {expose: [{nat: {portForward: {"+timeout+"}}}]}}")
	}
	prefixes := func(list string) string {
		return object("vpc", "ExternalPeering", "", "permit: {external: {prefixes: ["+list+"]}}")
	}
	tests := []struct{ name, git, live string }{
		{"options that say nothing", subnet(", options: {pxeURL: \"\"}"), subnet("")},
		{"options with an empty list", subnet(", options: {dnsServers: []}"), subnet(", options: {dnsServers: [], timeServers: [], interfaceMTU: 9036, leaseTimeSeconds: 3600}")},
		{"a range of one VLAN", object("wiring", "VLANNamespace", "", "ranges: [{from: 3000}, {from: 1000, to: 1999}]"), object("wiring", "VLANNamespace", "", "ranges: [{from: 1000, to: 1999}, {from: 3000, to: 3000}]")},
		{"no time at all", nat("idleTimeout: 0s"), nat("idleTimeout: 2m0s")},
		{"no time named", nat(""), nat("idleTimeout: 2m0s")},
		{"a prefix twice", prefixes("{prefix: 10.9.0.0/16}, {prefix: 0.0.0.0/0}, {prefix: 10.9.0.0/16}"), prefixes("{prefix: 0.0.0.0/0}, {prefix: 10.9.0.0/16}, {prefix: 10.9.0.0/16}")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { agreed(t, tt.git, tt.live) })
	}
}

// TestListDecidedAsOneMovesAsOne: a change of one item by git and of another by
// live is a conflict, not one change of each.
func TestListDecidedAsOneMovesAsOne(t *testing.T) {
	routes := func(permit string) string { return object("vpc", "VPC", "", "permit: ["+permit+"]") }
	const first, second = ".spec.permit[0][0] changed conflict", ".spec.permit[1][0] changed conflict"
	for _, tt := range []struct{ name, git, live, want string }{
		{"different items", "[x], [b]", "[a], [y]", "VPC/o conflict " + first + " " + second},
		{"different items removed", "[b]", "[a]", "VPC/o conflict " + first},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := agreed(t, routes("[a], [b]"), routes("[a], [b]"))
			res := compareAt(at(1), snapshot(t, "git", routes(tt.git)), snapshot(t, "kube", routes(tt.live)), m)
			if got := say(res.Report); got != tt.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, tt.want)
			}
		})
	}
}

// TestMemberAddedToGitsListIsNoBase: a list that git sets is set whole, also
// where nobody recorded who added to it.
func TestMemberAddedToGitsListIsNoBase(t *testing.T) {
	namespace := func(subnets string) string { return object("vpc", "IPv4Namespace", "", "subnets: ["+subnets+"]") }
	for git, want := range map[string]string{
		"10.1.0.0/16": `.spec.subnets[="10.2.0.0/16"] removed differs`,
		"":            ".spec.subnets changed differs",
	} {
		res := compare(snapshot(t, "git", namespace(git)), snapshot(t, "dump", namespace("10.2.0.0/16, "+git)), &core.Memory{})
		if got := say(res.Report); got != "IPv4Namespace/o differs "+want {
			t.Errorf("with [%s] in git got:\n%s\nwant:\n%s", git, got, want)
		}
	}
}

// TestFieldThatConvergedMovesFromThere: while one field stays in dispute, the
// base of the others advances.
func TestFieldThatConvergedMovesFromThere(t *testing.T) {
	side := func(labels, vlan string) string {
		return object("vpc", "VPC", labels, "subnets: {one: {vlan: "+vlan+"}}")
	}
	m := agreed(t, side("", "1001"), side("", "1001"))
	git := snapshot(t, "git", side("", "1005"))
	m = remembered(compareAt(at(1), git, snapshot(t, "kube", side("team: net", "1005")), m), git)
	for _, vlan := range []string{"1001", "1009"} {
		const want = "VPC/o drifted .metadata.labels.team added drift .spec.subnets.one.vlan changed drift"
		res := compareAt(at(2), git, snapshot(t, "kube", side("team: net", vlan)), m)
		if got := say(res.Report); got != want {
			t.Errorf("to %s got:\n%s\nwant:\n%s", vlan, got, want)
		}
	}
}
