package drift_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"selvage/core"
	"selvage/core/drift"
	"selvage/core/manifest"
	"selvage/core/openapi"
)

// definitions reads the schemas of CustomResourceDefinitions.
func definitions(t testing.TB, text string) map[core.GroupKind]core.Schema {
	t.Helper()
	docs, err := manifest.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	schemas := map[core.GroupKind]core.Schema{}
	for _, doc := range docs {
		if doc.Err != nil {
			t.Fatal(doc.Err)
		}
		d, ok := openapi.Define(doc.Object)
		if !ok {
			t.Fatalf("%s defines nothing", doc.Object.Key)
		}
		schemas[d.GroupKind] = d.Schema
	}
	return schemas
}

// upstream are the schemas of real releases, by their folders' names, where
// they lie beside the project.
func upstream(t *testing.T) map[string]map[core.GroupKind]core.Schema {
	t.Helper()
	files, err := filepath.Glob("../../../shared/domain/crds/*/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	sets := map[string]map[core.GroupKind]core.Schema{}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		set := filepath.Base(filepath.Dir(f))
		if sets[set] == nil {
			sets[set] = map[core.GroupKind]core.Schema{}
		}
		for gk, s := range definitions(t, string(text)) {
			sets[set][gk] = s
		}
	}
	return sets
}

// crd is the definition of a kind with the properties of its spec, in flow
// style.
func crd(group, kind, spec string) string {
	return fmt.Sprintf(`---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: x}
spec:
  group: %s.githedgehog.com
  names: {kind: %s}
  versions:
  - name: v1beta1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec: {type: object, properties: {%s}}
`, group, kind, spec)
}

const hinted = `
  plain: {type: string},
  level: {type: integer, default: 7},
  inner: {type: object, default: {}, properties: {a: {type: string, default: x}, b: {type: string}}},
  names: {type: array, items: {properties: {x: {type: integer}}}, x-kubernetes-list-type: set},
  ports: {type: array, items: {type: object, properties: {name: {type: string}, speed: {type: string}}}, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [name]},
  free: {type: object, additionalProperties: {type: object, properties: {x: {type: integer}}}},
  any: {type: object, x-kubernetes-preserve-unknown-fields: true},
  half: {type: object, x-kubernetes-preserve-unknown-fields: true, properties: {a: {type: object, properties: {b: {type: string}}}}},
  list: {type: array, items: {type: object, properties: {x: {type: integer}}}}`

// judged compares two specs of a Server, a kind that has no rules of its own,
// that agreed when both were was, under a schema.
func judged(t *testing.T, f core.Fabric, schemas map[core.GroupKind]core.Schema, was, git, live string) core.Verdict {
	t.Helper()
	f.PendingLimit = 1 << 60
	c := drift.New(f)
	side := func(source, spec string) *core.Snapshot {
		s := snapshot(t, source, object("wiring", "Server", "", spec))
		s.Schemas = schemas
		return s
	}
	first := c.Compare(drift.Input{Git: side("git", was), Live: side("kube", was), Memory: &core.Memory{}, Now: now})
	if s := first.Report.Verdicts[0]; s.State != core.InSync {
		t.Fatalf("%s and itself are %s: %+v", was, s.State, s.Changes)
	}
	in := drift.Input{Git: side("git", git), Live: side("kube", live), Memory: remembered(first, side("git", was)), Now: at(1)}
	return c.Compare(in).Report.Verdicts[0]
}

func changesOf(v core.Verdict) string {
	all := []string{v.State.String()}
	for _, c := range v.Changes {
		all = append(all, fmt.Sprintf("%s %s", c.Path, c.Verdict))
	}
	for _, f := range v.Folded {
		if f.Rule != "base" {
			all = append(all, fmt.Sprintf("%s by %s", f.Path, f.Rule))
		}
	}
	return strings.Join(all, "; ")
}

// TestSchemaHints has live, or git, move as the schema of the kind lets it, and
// wants another verdict with the hint than without it.
func TestSchemaHints(t *testing.T) {
	schemas := definitions(t, crd("wiring", "Server", hinted))
	for _, tt := range []struct{ name, was, git, live, with, without string }{
		{"default", "plain: x", "plain: x", "plain: x, level: 7", "in_sync; .spec.level by schema.default", "drifted; .spec.level drift"},
		{"no default", "plain: x", "plain: x", "plain: x, level: 8", "drifted; .spec.level drift", "drifted; .spec.level drift"},
		{"zero is not the default", "plain: x, level: 3", "plain: x, level: 0", "plain: x, level: 7", "conflict; .spec.level conflict", "conflict; .spec.level conflict"},
		{"default within a default", "plain: x", "plain: x", "plain: x, inner: {a: x}", "in_sync; .spec.inner by schema.default", "drifted; .spec.inner drift"},
		{"more than the default", "plain: x", "plain: x", "plain: x, inner: {a: x, b: y}", "drifted; .spec.inner.b drift; .spec.inner.a by schema.default", "drifted; .spec.inner drift"},
		{"order of a set", "names: [a, b]", "names: [a, b]", "names: [b, a]", "in_sync", "drifted; .spec.names[0] drift; .spec.names[1] drift"},
		{"member of a set", "names: [a]", "names: [a]", "names: [b, a]", "drifted; .spec.names[=\"b\"] drift", "drifted; .spec.names drift"},
		{"order of a keyed list", "ports: [{name: a}, {name: b}]", "ports: [{name: a}, {name: b}]", "ports: [{name: b}, {name: a}]", "in_sync", "drifted; .spec.ports[0].name drift; .spec.ports[1].name drift"},
		{"item of a keyed list", "ports: [{name: a}]", "ports: [{name: a}]", "ports: [{name: b}, {name: a, speed: 1}]", "drifted; .spec.ports[name=\"a\"].speed drift; .spec.ports[name=\"b\"] drift", "drifted; .spec.ports drift"},
		{"entry of a map", "free: {a: {x: 1}}", "free: {a: {x: 1}}", "free: {a: {x: 1}, b: {}}", "drifted; .spec.free.b drift", "in_sync"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := changesOf(judged(t, core.Fabric{}, schemas, tt.was, tt.git, tt.live)); got != tt.with {
				t.Errorf("with the schema got  %s\nwant %s", got, tt.with)
			}
			if got := changesOf(judged(t, core.Fabric{}, nil, tt.was, tt.git, tt.live)); got != tt.without {
				t.Errorf("without it got  %s\nwant %s", got, tt.without)
			}
		})
	}
}

// TestWhatTheSchemaDropsIsPruned adds to git what no sync can bring about.
func TestWhatTheSchemaDropsIsPruned(t *testing.T) {
	schemas := definitions(t, crd("wiring", "Server", hinted))
	for _, tt := range []struct{ name, git, live, want string }{
		{"a field", "plain: x, bogus: {deep: 1}", "plain: x", "in_sync; .spec.bogus pruned"},
		{"in an item", "list: [{x: 1}, {x: 2, w: 3}]", "list: [{x: 1}, {x: 2}]", "in_sync; .spec.list[1].w pruned"},
		{"in a keyed item", "ports: [{name: b, w: 3}, {name: a}]", "ports: [{name: a}, {name: b}]", "in_sync; .spec.ports[name=\"b\"].w pruned"},
		{"in an entry", "free: {a: {x: 1, w: 2}}", "free: {a: {x: 1}}", "in_sync; .spec.free.a.w pruned"},
		{"all of an entry", "free: {a: {w: 2}}", "free: {a: {}}", "in_sync; .spec.free.a.w pruned"},
		{"where anything goes", "any: {y: {z: 2}}", "", "pending; .spec.any git_ahead"},
		{"below a part where anything goes", "half: {x: 1, a: {b: c, x: 1}}", "half: {x: 1, a: {b: c}}", "in_sync; .spec.half.a.x pruned"},
		{"beside a known field", "half: {x: 1, a: {b: c}}", "half: {a: {b: c}}", "pending; .spec.half.x git_ahead"},
		{"in a member of a set", "names: [{a: 2, x: 1}, {a: 1, x: 2}]", "names: [{x: 1}, {x: 2}]", "in_sync; .spec.names[={\"a\":1,\"x\":2}].a pruned; .spec.names[={\"a\":2,\"x\":1}].a pruned"},
		{"where live has it all the same", "plain: x, bogus: 1", "plain: x, bogus: 1", "in_sync"},
		{"where live has it all the same in a set", "plain: y, names: [{a: 2, x: 1}]", "plain: x, names: [{a: 2, x: 1}]", "conflict; .spec.plain conflict"},
		{"where live has it all the same, twice by one key", "plain: y, ports: [{name: a, w: 1}, {name: a, w: 1}]", "plain: x, ports: [{name: a, w: 1}, {name: a, w: 1}]", "conflict; .spec.plain conflict"},
		{"where live has another value", "plain: x, bogus: 1", "plain: x, bogus: 2", "conflict; .spec.bogus conflict"},
		{"beside a change", "plain: y, bogus: 1", "", "pending; .spec.plain git_ahead; .spec.bogus pruned"},
		{"a list that grew", "list: [{x: 1, w: 2}, {x: 3}]", "", "pending; .spec.list git_ahead; .spec.list[0].w pruned"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := changesOf(judged(t, core.Fabric{}, schemas, "", tt.git, tt.live)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestOnlyWhatIsNotInMetadataIsPruned(t *testing.T) {
	schemas := definitions(t, crd("wiring", "Server", hinted))
	for _, s := range schemas {
		s.Root.Properties["metadata"] = &core.SchemaNode{Properties: map[string]*core.SchemaNode{"name": {}}}
	}
	git, live := snapshot(t, "git", object("wiring", "Server", "team: net", "plain: x")+"data: {a: 1}\n"), snapshot(t, "kube", object("wiring", "Server", "", "plain: x"))
	live.Schemas = schemas
	v := compare(git, live, &core.Memory{}).Report.Verdicts[0]
	for _, c := range v.Changes {
		if pruned := c.Verdict == core.FieldPruned; pruned != (c.Path == ".data") {
			t.Errorf("%s is %s", c.Path, c.Verdict)
		}
	}
	if len(v.Changes) != 2 {
		t.Errorf("changes: %+v", v.Changes)
	}
}

// TestKindWithoutSpecIsNotPruned: the comparison gives every object a spec.
func TestKindWithoutSpecIsNotPruned(t *testing.T) {
	const config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: o, namespace: default}\ndata: {a: b}\n"
	git, live := snapshot(t, "git", config), snapshot(t, "kube", config)
	live.Schemas = map[core.GroupKind]core.Schema{{Kind: "ConfigMap"}: {Root: &core.SchemaNode{Properties: map[string]*core.SchemaNode{
		"data": {Values: &core.SchemaNode{}},
	}}}}
	if v := compare(git, live, &core.Memory{}).Report.Verdicts[0]; changesOf(v) != "in_sync" {
		t.Errorf("got %s", changesOf(v))
	}
}

// TestMapWithoutFieldsDropsEverything: a schema that names an object and no
// field of it leaves none there.
func TestMapWithoutFieldsDropsEverything(t *testing.T) {
	git, live := snapshot(t, "git", object("gateway", "GatewayGroup", "", "a: 1")), snapshot(t, "kube", object("gateway", "GatewayGroup", "", ""))
	live.Schemas = map[core.GroupKind]core.Schema{{Group: "gateway.githedgehog.com", Kind: "GatewayGroup"}: {Root: &core.SchemaNode{
		Properties: map[string]*core.SchemaNode{"spec": {Properties: map[string]*core.SchemaNode{}}},
	}}}
	if v := compare(git, live, &core.Memory{}).Report.Verdicts[0]; changesOf(v) != "in_sync; .spec.a pruned" {
		t.Errorf("got %s", changesOf(v))
	}
}

// TestPruningIsExplained as one of the steps on git's side.
func TestPruningIsExplained(t *testing.T) {
	git, live := snapshot(t, "git", object("wiring", "Server", "", "plain: x, bogus: 1")), snapshot(t, "kube", object("wiring", "Server", "", "plain: x"))
	live.Schemas = definitions(t, crd("wiring", "Server", hinted))
	k := core.Key{Group: "wiring.githedgehog.com", Kind: "Server", Namespace: "default", Name: "o"}
	e := explained(t, core.Fabric{}, drift.Input{Git: git, Live: live, Memory: &core.Memory{}, Now: now}, k)
	if len(e.Git.Steps) != 1 || e.Git.Steps[0].Rule != "schema.pruned" || e.Git.Steps[0].Path != ".spec.bogus" {
		t.Errorf("steps: %+v", e.Git.Steps)
	}
	if lookup(e.Git.Normal, []string{".spec", ".bogus"}).Present() || !lookup(e.Git.Raw, []string{".spec", ".bogus"}).Present() {
		t.Errorf("raw %v, normal %v", e.Git.Raw, e.Git.Normal)
	}
}

// TestFieldThatTheSchemaRequiresAndTheServerFillsInMayBeMissing, though the
// schema says that it must be there.
func TestFieldThatTheSchemaRequiresAndTheServerFillsInMayBeMissing(t *testing.T) {
	dhcp := func(mtu string) string {
		return object("vpc", "VPC", "", "subnets: {one: {subnet: 10.0.1.0/24, dhcp: {enable: true, options: {leaseTimeSeconds: 60"+mtu+"}}}}")
	}
	acl := func(fill string) string {
		return object("gateway", "GatewayPeering", "", "acl: {"+fill+"rules: [{action: allow}]}")
	}
	schemas := definitions(t, crd("vpc", "VPC", "subnets: {type: object, additionalProperties: {type: object, x-kubernetes-preserve-unknown-fields: true, properties: {dhcp: {type: object, properties: {enable: {type: boolean}, options: {type: object, required: [interfaceMTU], properties: {interfaceMTU: {type: integer}, leaseTimeSeconds: {type: integer}}}}}}}}")+
		crd("gateway", "GatewayPeering", "acl: {type: object, required: [default], properties: {default: {type: string}, rules: {type: array, items: {type: object, x-kubernetes-preserve-unknown-fields: true}}}}"))
	sets := upstream(t)
	sets["own"] = schemas
	for name, schemas := range sets {
		for _, pair := range [][2]string{
			{dhcp(""), dhcp(", interfaceMTU: 9036")},
			{acl(""), acl("default: deny-unless-exposed, ")},
		} {
			git, live := snapshot(t, "git", pair[0]), snapshot(t, "kube", pair[1])
			live.Schemas = schemas
			if v := compare(git, live, &core.Memory{}).Report.Verdicts[0]; v.State != core.InSync || len(v.Changes) > 0 {
				t.Errorf("%s: %s: %s", name, v.Key, changesOf(v))
			}
		}
	}
}

// TestRealSchemasChangeNoVerdictButTheirOwn compares untouched pairs under each
// release: what differs is dropped by the older one.
func TestRealSchemasChangeNoVerdictButTheirOwn(t *testing.T) {
	for name, schemas := range upstream(t) {
		for pairName, pair := range pairs(t) {
			git, live := snapshot(t, "git", pair[0]), snapshot(t, "kube", pair[1])
			live.Schemas = schemas
			for _, v := range compare(git, live, &core.Memory{}).Report.Verdicts {
				if v.State != core.InSync {
					t.Errorf("%s, %s: %s: %s", name, pairName, v.Key, changesOf(v))
				}
				for _, c := range v.Changes {
					if c.Live.Present() {
						t.Errorf("%s, %s: %s %s is pruned though live has it", name, pairName, v.Key, c.Path)
					}
				}
			}
		}
	}
}

// TestFabricLooksLikeARelease by the fields that its schemas have.
func TestFabricLooksLikeARelease(t *testing.T) {
	const (
		oldSwitch = "role: {type: string}"
		midSwitch = "role: {type: string}, linkFlapErrDisable: {type: object}"
		newSwitch = "role: {type: string}, linkFlapErrDisable: {type: object}, portFECs: {type: object, additionalProperties: {type: string}}"
		newVPC    = "subnets: {type: object, additionalProperties: {type: object, properties: {hostBGPExtraPrefixes: {type: object}}}}"
		oldVPC    = "subnets: {type: object, additionalProperties: {type: object, properties: {hostBGP: {type: boolean}}}}"
	)
	looks := map[string]map[core.GroupKind]core.Schema{
		"":                 {},
		"before v0.126":    definitions(t, crd("wiring", "Switch", oldSwitch)+crd("vpc", "VPC", oldVPC)),
		"before v0.129":    definitions(t, crd("vpc", "VPC", oldVPC)),
		"v0.126 to v0.128": definitions(t, crd("wiring", "Switch", midSwitch)),
		"v0.126 or later":  definitions(t, crd("gateway", "GatewayPeering", "acl: {type: object}")),
		"v0.129 or later":  definitions(t, crd("wiring", "Switch", newSwitch)),
		"v0.129 or later ": definitions(t, crd("vpc", "VPC", newVPC)),
	}
	for folder, want := range map[string]string{"fabric-v0.126.0": "v0.126 to v0.128", "generated-v0.129.1": "v0.129 or later  "} {
		if set, ok := upstream(t)[folder]; ok {
			looks[want+"  "] = set
		}
	}
	git, k := snapshot(t, "git", vpc), core.Key{Group: "vpc.githedgehog.com", Kind: "VPC", Namespace: "default", Name: "vpc-1"}
	for want, schemas := range looks {
		live := snapshot(t, "kube", liveVPC)
		live.Schemas = schemas
		e := explained(t, core.Fabric{}, drift.Input{Git: git, Live: live, Memory: &core.Memory{}, Now: now}, k)
		if e.Fabric != strings.TrimSpace(want) {
			t.Errorf("the fabric looks like %q, want %q", e.Fabric, want)
		}
	}
}

// TestUserRules gives a fabric rules of its own, and wants another verdict with
// each than without it.
func TestUserRules(t *testing.T) {
	for _, tt := range []struct {
		name            string
		rule            core.Rule
		was, git, live  string
		with, otherwise string
	}{
		{
			"set",
			core.Rule{Path: ".spec.names", Is: core.RuleSet},
			"names: [a, b]", "names: [a, b]", "names: [b, a]", "in_sync", "drifted; .spec.names[0] drift; .spec.names[1] drift",
		},
		{
			"keys",
			core.Rule{Kind: "Server", Path: ".spec.ports", Is: core.RuleKeyed, Keys: []string{"name"}},
			"ports: [{name: a}, {name: b}]", "ports: [{name: a}, {name: b}]", "ports: [{name: b}, {name: a, x: 1}]",
			"drifted; .spec.ports[name=\"a\"].x drift", "drifted; .spec.ports[0].name drift; .spec.ports[1].name drift; .spec.ports[1].x drift",
		},
		{
			"default",
			core.Rule{Kind: "*", Path: ".spec.list[*].level", Is: core.RuleDefault, Default: core.ValueOf(int64(3))},
			"list: [{a: 1}]", "list: [{a: 1}]", "list: [{a: 1, level: 3}]", "in_sync; .spec.list[0].level by user.default", "drifted; .spec.list[0].level drift",
		},
		{
			"another value",
			core.Rule{Path: ".spec.level", Is: core.RuleDefault, Default: core.ValueOf(int64(3))},
			"a: 1", "a: 1", "a: 1, level: 4", "drifted; .spec.level drift", "drifted; .spec.level drift",
		},
		{
			"server",
			core.Rule{Kind: "srv", Path: ".spec.own", Is: core.RuleServer},
			"own: {a: 1}", "own: {a: 1}", "own: {a: 1, b: {c: 2}}", "in_sync; .spec.own.b by user.server", "drifted; .spec.own.b drift",
		},
		{
			"server, but git says it, too",
			core.Rule{Path: ".spec.own", Is: core.RuleServer},
			"own: {a: 1}", "own: {a: 1}", "own: {a: 2}", "drifted; .spec.own.a drift", "drifted; .spec.own.a drift",
		},
		{
			"ignored",
			core.Rule{Path: ".spec.*.a", Is: core.RuleIgnored},
			"own: {a: 1, b: 1}", "own: {a: 1, b: 1}", "own: {a: 2, b: 2}", "drifted; .spec.own.b drift; .spec.own.a by user.ignore", "drifted; .spec.own.a drift; .spec.own.b drift",
		},
		{
			"of another kind",
			core.Rule{Kind: "VPC", Path: ".spec.own", Is: core.RuleIgnored},
			"own: 1", "own: 1", "own: 2", "drifted; .spec.own drift", "drifted; .spec.own drift",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := judged(t, core.Fabric{Rules: []core.Rule{tt.rule}}, nil, tt.was, tt.git, tt.live)
			if got := changesOf(v); got != tt.with {
				t.Errorf("with the rule got  %s\nwant %s", got, tt.with)
			}
			if got := changesOf(judged(t, core.Fabric{}, nil, tt.was, tt.git, tt.live)); got != tt.otherwise {
				t.Errorf("without it got  %s\nwant %s", got, tt.otherwise)
			}
			for _, f := range v.Folded {
				if f.User() != strings.HasPrefix(f.Rule, "user.") {
					t.Errorf("%+v is folded by the user's own rules: %v", f, f.User())
				}
			}
		})
	}
}

// TestUserRuleWinsOverWhatIsBuiltIn, and over the fabric's schema.
func TestUserRuleWinsOverWhatIsBuiltIn(t *testing.T) {
	f := core.Fabric{Rules: []core.Rule{{Kind: "Server", Path: ".spec.ports", Is: core.RuleKeyed, Keys: []string{"speed"}, Why: "so says the switch"}}}
	schemas := definitions(t, crd("wiring", "Server", hinted))
	v := judged(t, f, schemas, "ports: [{name: a, speed: 1}]", "ports: [{name: a, speed: 1}]", "ports: [{name: b, speed: 1}]")
	if got := changesOf(v); got != "drifted; .spec.ports[speed=1].name drift" {
		t.Errorf("got %s", got)
	}
	ranges := core.Fabric{Rules: []core.Rule{{Kind: "IPv4Namespace", Path: ".spec.subnets", Is: core.RuleKeyed, Keys: []string{"x"}}}}
	git, live := snapshot(t, "git", object("vpc", "IPv4Namespace", "", "subnets: [{x: 1, w: 1}]")), snapshot(t, "kube", object("vpc", "IPv4Namespace", "", "subnets: [{x: 1, w: 2}]"))
	v = drift.New(ranges).Compare(drift.Input{Git: git, Live: live, Memory: &core.Memory{}, Now: now}).Report.Verdicts[0]
	if !slices.ContainsFunc(v.Changes, func(c core.Change) bool { return c.Path == ".spec.subnets[x=1].w" }) {
		t.Errorf("got %s", changesOf(v))
	}
}
