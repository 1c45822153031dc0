package sheet_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"selvage/core"
	"selvage/core/sheet"
)

const vpc = `# the front end
apiVersion: vpc.githedgehog.com/v1beta1
kind: VPC
metadata:
  name: vpc-1
  namespace: default
spec:
  mode: l2vni # why
  old: 1
  subnets:
    default:
      subnet: 10.0.1.0/24
      vlan: 1001
  ports:
  - name: E1/1
    speed: 25G
  - name: E1/2
    speed: 25G
  servers: [a, b]
`

func vpcSheet() sheet.Sheet {
	leaf := &core.SchemaNode{}
	subnet := &core.SchemaNode{Properties: map[string]*core.SchemaNode{"subnet": leaf, "vlan": leaf}}
	port := &core.SchemaNode{Properties: map[string]*core.SchemaNode{"name": leaf, "speed": leaf}}
	root := &core.SchemaNode{Properties: map[string]*core.SchemaNode{
		"apiVersion": leaf, "kind": leaf, "metadata": nil,
		"spec": {Properties: map[string]*core.SchemaNode{
			"mode":    leaf,
			"subnets": {Values: subnet},
			"ports":   {Items: port, Keys: []string{"name"}},
			"servers": {Items: leaf},
		}},
	}}
	return sheet.Sheet{
		Fabric: "dc1", Namespace: "default", Name: "VPC/vpc-1", File: "fabrics/dc1/vpcs.yaml", Document: []byte(vpc), Shape: root, Schema: root,
		Key: core.Key{Group: "vpc.githedgehog.com", Kind: "VPC", Namespace: "default", Name: "vpc-1"},
	}
}

func TestWhatWasEditedIsDecided(t *testing.T) {
	s := vpcSheet()
	for _, c := range []struct {
		about string
		edit  []string // pairs: what stands there, and what is to
		want  string
	}{
		{"nothing", nil, ""},
		{"a comment only", []string{"# why", "# because"}, ""},
		{"another form of the same", []string{"[a, b]", "\n  - a\n  - \"b\""}, ""},
		{"a scalar", []string{"l2vni", "l3vni"}, `.spec.mode="l3vni"`},
		{"two places", []string{"l2vni", "l3vni", "1001", "1005"}, `.spec.mode="l3vni" .spec.subnets.default.vlan=1005`},
		{"an entry taken away", []string{"      vlan: 1001\n", ""}, `.spec.subnets.default.vlan=`},
		{"null is nothing", []string{"vlan: 1001", "vlan:"}, `.spec.subnets.default.vlan=`},
		{"an entry added", []string{"  ports:", "    dmz: {subnet: 10.0.2.0/24}\n  ports:"}, `.spec.subnets.dmz={"subnet":"10.0.2.0/24"}`},
		{"an item with a key", []string{"name: E1/2\n    speed: 25G", "name: E1/2\n    speed: 100G"}, `.spec.ports[name="E1/2"].speed="100G"`},
		{"a list without keys is one", []string{"[a, b]", "[a, b, c]"}, `.spec.servers=["a","b","c"]`},
		{"a label", []string{"  namespace: default", "  namespace: default\n  labels: {tier: web}"}, `.metadata.labels={"tier":"web"}`},
		{"inside of what the cluster drops already", []string{"old: 1", "old: 2"}, `.spec.old=2`},
	} {
		text := string(s.Text())
		text = strings.NewReplacer(c.edit...).Replace(text)
		decisions, _, problems := s.Decisions([]byte(text))
		var got []string
		for _, d := range decisions {
			if d.Key != s.Key || d.Choice != core.TakeEdited || d.From != "editor" {
				t.Errorf("%s: decided %+v", c.about, d)
			}
			got = append(got, fmt.Sprintf("%s=%s", d.Path, d.Value))
		}
		if len(problems) > 0 || strings.Join(got, " ") != c.want {
			t.Errorf("%s: Decisions = %q, %v, want %q", c.about, got, problems, c.want)
		}
	}
}

func TestWhatCannotBeDecidedComesBackWithTheReason(t *testing.T) {
	s := vpcSheet()
	for _, c := range []struct {
		about string
		edit  []string
		want  string // what the reason holds
		line  string // that it is told of, "" for none
	}{
		{"no YAML", []string{"  mode: l2vni", "  mode: [l2vni"}, "", ""},
		{"a key twice", []string{"  mode: l2vni", "  mode: x\n  mode: l2vni"}, "mode", ""},
		{"another name", []string{"name: vpc-1", "name: vpc-2"}, "vpc-2", "apiVersion: vpc.githedgehog.com/v1beta1"},
		{"another kind", []string{"kind: VPC", "kind: Switch"}, "Switch", "apiVersion: vpc.githedgehog.com/v1beta1"},
		{"another version", []string{"v1beta1", "v1"}, ".apiVersion", "apiVersion: vpc.githedgehog.com/v1"},
		{"a status", []string{"spec:", "status: {ok: true}\nspec:"}, ".status", "status: {ok: true}"},
		{"a finalizer", []string{"  namespace: default", "  namespace: default\n  finalizers: [x]"}, ".metadata.finalizers", "  finalizers: [x]"},
		{"an unknown field", []string{"1001", "1001\n      vlam: 1"}, "unknown field .spec.subnets.default.vlam", "      vlam: 1"},
		{"an unknown field in what is new", []string{"  ports:", "    dmz:\n      subnett: 10.0.2.0/24\n  ports:"}, "unknown field .spec.subnets.dmz.subnett", "      subnett: 10.0.2.0/24"},
		{"an unknown field of an item", []string{"- name: E1/2", "- sped: 1\n    name: E1/2"}, `unknown field .spec.ports[name="E1/2"].sped`, "  - sped: 1"},
		{"a scalar for a list", []string{"[a, b]", "a"}, "is to be a list", "  servers: a"},
		{"a list for a map", []string{"10.0.1.0/24\n      vlan: 1001", "x", "default:\n      subnet: ", "default: []\n#"}, "is to be a map", "    default: []"},
		{"two documents", []string{"servers: [a, b]\n", "servers: [a, b]\n---\nkind: X\n"}, "2 documents", ""},
	} {
		text := []byte(strings.NewReplacer(c.edit...).Replace(string(s.Document)))
		decisions, _, problems := s.Decisions(text)
		if len(decisions) > 0 || len(problems) == 0 || !strings.Contains(problems[0].Reason, c.want) {
			t.Errorf("%s: Decisions = %v, %v, want a problem about %q", c.about, decisions, problems, c.want)
			continue
		}
		again := s.Again(text, problems...)
		if !bytes.HasSuffix(again, text) {
			t.Errorf("%s: what was typed is not in the sheet any more:\n%s", c.about, again)
		}
		if c.line != "" {
			var n int
			_, told, _ := strings.Cut(string(again), "#:   line ")
			_, _ = fmt.Sscanf(told, "%d", &n)
			if lines := strings.Split(string(again), "\n"); n < 1 || n > len(lines) || lines[n-1] != c.line {
				t.Errorf("%s: it is told of line %d, want that of %q:\n%s", c.about, n, c.line, again)
			}
		}
		if twice := s.Again(again, problems...); !bytes.Equal(twice, again) {
			t.Errorf("%s: the head grows with each time:\n%s", c.about, twice)
		}
	}
}

func TestTextWithoutADocumentDecidesNothing(t *testing.T) {
	s := vpcSheet()
	for _, text := range []string{"", "\n\n", "# nothing\n", "---\n", "#: head\n", "null\n"} {
		if decisions, _, problems := s.Decisions([]byte(text)); len(decisions)+len(problems) > 0 {
			t.Errorf("Decisions(%q) = %v, %v, want nothing", text, decisions, problems)
		}
	}
}

func TestObjectThatGitDoesNotHaveIsDecidedAsAWhole(t *testing.T) {
	s := vpcSheet()
	s.File = ""
	decisions, _, problems := s.Decisions([]byte(strings.Replace(string(s.Text()), "1001", "1005", 1)))
	if len(problems) > 0 || len(decisions) != 1 || decisions[0].Path != core.Root {
		t.Fatalf("Decisions = %v, %v, want one on the object", decisions, problems)
	}
	v := decisions[0].Value
	if got := v.At(".spec.subnets.default.vlan"); got.String() != "1005" || v.At(".kind").Present() {
		t.Errorf("it holds %v", v)
	}
}
