package drift_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"selvage/core"
	"selvage/core/drift"
	"selvage/core/manifest"
	"selvage/testdata/hedgehog"
)

// gitOf is a repository that holds nothing but some objects.
func gitOf(objects ...*core.Object) *core.Snapshot {
	s := core.NewSnapshot(core.Reading{Source: "git", Access: core.AccessOK, ReadAt: now, RevisionTime: now})
	for _, o := range objects {
		s.Add(o)
	}
	s.CoverAll()
	return s
}

// adopted is what taking live makes Git say of an object that only live has.
func adopted(t testing.TB, f core.Fabric, live *core.Snapshot, k core.Key) *core.Object {
	t.Helper()
	s := drift.New(f).Sides(drift.Input{Git: gitOf(), Live: live, Memory: &core.Memory{}, Now: now}, k)[k]
	fields, ok := s.Live.Any().(map[string]any)
	if !ok {
		t.Fatalf("%s: nothing is to be adopted", k)
	}
	o, err := core.NewObject(core.Document(k, live.Side(k).Object.Version, fields))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// wantAgreement adopts an object, and wants nothing to be left that differs.
func wantAgreement(t testing.TB, name string, f core.Fabric, live *core.Snapshot, k core.Key) {
	t.Helper()
	o := adopted(t, f, live, k)
	c := drift.New(f)
	before := c.Compare(drift.Input{Git: gitOf(), Live: live, Memory: &core.Memory{}, Now: now})
	for when, m := range map[string]*core.Memory{"at first sight": {}, "once it was only live": remembered(before, gitOf())} {
		res := c.Compare(drift.Input{Git: gitOf(o), Live: live, Memory: m, Now: at(1)})
		for _, v := range res.Report.Verdicts {
			if v.Key == k && (v.State != core.InSync || len(v.Changes) > 0) {
				said, _ := manifest.Render(core.Document(k, o.Version, o.Fields))
				t.Fatalf("%s: %s is %s %s (%s): %+v\nadopted:\n%s", name, k, v.State, when, v.Reason, v.Changes, said)
			}
		}
	}
}

// TestAdoptedObjectsAreInSync takes every live object of the pairs and of
// generated fabrics into an empty repository, with schemas and without.
func TestAdoptedObjectsAreInSync(t *testing.T) {
	f := core.Fabric{ID: "test", Namespace: "default", PendingLimit: 15 * time.Minute}
	sets := upstream(t)
	sets["none"] = nil
	for name, pair := range pairs(t) {
		for release, schemas := range sets {
			live := snapshot(t, "kube", pair[1])
			live.Schemas = schemas
			for o := range live.Objects() {
				wantAgreement(t, name+", schemas of "+release, f, live, o.Key)
			}
		}
	}
	for name, w := range fabrics() {
		live := side(t, "kube", w.Live, now)
		for o := range live.Objects() {
			wantAgreement(t, name, f, live, o.Key)
		}
	}
}

// TestWhateverIsAdoptedIsInSync: also what nobody would write, and where rules of
// the configuration's own say what servers do.
func TestWhateverIsAdoptedIsInSync(t *testing.T) {
	w := hedgehog.NewWorld(hedgehog.Generate(hedgehog.Small(1)), hedgehog.LiveOptions{Now: now})
	rules := []core.Rule{
		{Kind: "*", Path: ".spec.a", Is: core.RuleSet},
		{Kind: "*", Path: ".spec.b", Is: core.RuleKeyed, Keys: []string{"a"}},
		{Kind: "*", Path: ".spec.b[*].b", Is: core.RuleDefault, Default: core.ValueOf(int64(5))},
		{Kind: "*", Path: ".spec.c", Is: core.RuleDefault, Default: core.ValueOf(map[string]any{})},
		{Kind: "*", Path: ".spec.c.a", Is: core.RuleServer},
		{Kind: "*", Path: ".metadata.labels.a", Is: core.RuleIgnored},
	}
	rapid.Check(t, func(rt *rapid.T) {
		obj := rapid.OneOf(
			rapid.SampledFrom(w.Live),
			rapid.Custom(func(t *rapid.T) map[string]any { return plainObject(anyMap(t, 3)) }),
		).Draw(rt, "object")
		o, err := core.NewObject(touchedObject(rt, obj, 3))
		if err != nil {
			return
		}
		if o.Key.Namespace == "" {
			o.Key.Namespace = "default"
		}
		f := core.Fabric{ID: "test", Namespace: "default", PendingLimit: time.Hour}
		f.Rules = rapid.SliceOfDistinct(rapid.SampledFrom(rules), func(r core.Rule) core.Path { return r.Path }).Draw(rt, "rules")
		live := core.NewSnapshot(core.Reading{Source: "kube", Access: core.AccessOK, ReadAt: now})
		live.Add(o)
		live.CoverAll()
		wantAgreement(t, "random", f, live, o.Key)
	})
}

// TestAdoptedObjectsSayWhatSomebodyPutThere and leave out what a server would put
// there again.
func TestAdoptedObjectsSayWhatSomebodyPutThere(t *testing.T) {
	hints := definitions(t, crd("wiring", "Server", "speed: {type: string, default: auto}, plain: {type: string}, free: {type: object, additionalProperties: {type: object, properties: {x: {type: integer, default: 5}}}}, ports: {type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [proto], items: {type: object, properties: {proto: {type: string, default: TCP}, at: {type: integer, default: 80}}}}"))
	f := core.Fabric{ID: "test", Namespace: "default", Rules: []core.Rule{
		{Kind: "Server", Path: ".spec.plain", Is: core.RuleDefault, Default: core.ValueOf("x")},
		{Kind: "Server", Path: ".metadata.labels.stamp", Is: core.RuleServer},
	}}
	for _, tt := range []struct{ name, live, want string }{
		{
			"a VPC",
			object("vpc", "VPC", "fabric.githedgehog.com/x: y, team: net", "mode: '', ipv4Namespace: default, vlanNamespace: prod, subnets: {one: {subnet: 10.0.1.0/24, gateway: 10.0.1.1, vlan: 1001, isolated: false, dhcp: {enable: true, range: {start: 10.0.1.2, end: 10.0.1.255}}}, two: {subnet: 10.0.2.0/24, gateway: 10.0.2.9, dhcp: {}}}, permit: [[one, two]], staticRoutes: []"),
			object("vpc", "VPC", "team: net", "vlanNamespace: prod, subnets: {one: {subnet: 10.0.1.0/24, vlan: 1001, isolated: false, dhcp: {enable: true}}, two: {subnet: 10.0.2.0/24, gateway: 10.0.2.9}}, permit: [[one, two]]"),
		},
		{
			"entries that count by their names",
			object("vpc", "VPCPeering", "", "permit: [{a: {}, b: {subnets: []}}], remote: ''"),
			object("vpc", "VPCPeering", "", "permit: [{a: {}, b: {}}]"),
		},
		{
			"what is on by being there",
			object("gateway", "GatewayPeering", "", "gatewayGroup: default, peering: {v: {expose: [{ips: [{cidr: 10.0.0.0/8}], nat: {masquerade: {idleTimeout: 2m0s}}}]}}, acl: {default: deny-unless-exposed}"),
			object("gateway", "GatewayPeering", "", "peering: {v: {expose: [{ips: [{cidr: 10.0.0.0/8}], nat: {masquerade: {}}}]}}, acl: {}"),
		},
		{
			"what was assigned stays",
			object("wiring", "Switch", "", "ip: 172.30.0.8/21, asn: 65101, role: spine, groups: [x, rg], redundancy: {group: rg, type: eslag}, vlanNamespaces: [default], linkFlapErrDisable: {flapThreshold: 3, samplingInterval: 0}, boot: {}"),
			object("wiring", "Switch", "", "ip: 172.30.0.8/21, asn: 65101, role: spine, groups: [x], redundancy: {group: rg, type: eslag}, linkFlapErrDisable: {samplingInterval: 0}"),
		},
		{
			"defaults of the schema and of the configuration",
			object("wiring", "Server", "stamp: now, mine: x", "speed: auto, plain: x, free: {a: {x: 5}, b: {x: 6}}, ports: [{proto: TCP, at: 80}, {proto: UDP, at: 1}]"),
			object("wiring", "Server", "mine: x", "free: {a: {}, b: {x: 6}}, ports: [{proto: TCP}, {proto: UDP, at: 1}]"),
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			live := snapshot(t, "kube", tt.live)
			live.Schemas = hints
			for want := range snapshot(t, "git", tt.want).Objects() {
				got := adopted(t, f, live, want.Key)
				if !core.ValueOf(got.Fields).Bare().Equal(core.ValueOf(want.Fields).Bare()) {
					t.Errorf("got\n%s\nwant\n%s", core.CanonicalJSON(got.Fields), core.CanonicalJSON(want.Fields))
				}
				wantAgreement(t, tt.name, f, live, want.Key)
			}
		})
	}
}

// TestEditOfWhatOnlyLiveHadOverrulesIt once Git has it: live said something else
// when that was decided, and says it still.
func TestEditOfWhatOnlyLiveHadOverrulesIt(t *testing.T) {
	hotfix := core.Key{Group: "vpc.githedgehog.com", Kind: "VPC", Namespace: "default", Name: "hotfix"}
	live := liveVPC + "---" + edited(liveVPC, "name: vpc-1", "name: hotfix", "  vlanNamespace: default", "  mode: ''\n  vlanNamespace: default")
	d := newDesk(t, vpc, live, argo(healing))
	spec := map[string]any{"subnets": map[string]any{"default": map[string]any{"subnet": "10.0.1.0/24", "vlan": int64(1077)}}}
	d.decide(t, 1, hotfix, core.Root, core.TakeEdited, core.ValueOf(map[string]any{"spec": spec}))
	text, err := manifest.Render(core.Document(hotfix, "v1beta1", map[string]any{"spec": spec}))
	if err != nil {
		t.Fatal(err)
	}
	d.sides(t, vpc+"---\n"+string(text), live)
	d.look(2)
	if v := d.last.Objects[hotfix].Verdict; v.State != core.Pending || d.stand() != "1 pending: live has not followed yet" {
		t.Errorf("it is %s (%s), and the draft %s", v.State, v.Reason, d.stand())
	}
}
