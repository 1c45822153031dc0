package manifest_test

import (
	"fmt"
	"testing"

	"selvage/core"
	"selvage/core/manifest"
)

func TestFieldsAreLocated(t *testing.T) {
	const yaml = `# a comment
---
# another
apiVersion: vpc.githedgehog.com/v1beta1
kind: VPC
metadata: {name: vpc-1}
spec:
  permit:
  - [a, b]
  -
    - c
  subnets:
    a:
      vlan: 1001
    "b.c": &b
      vlan: 1002
    d: *b
---
kind: VPCList
apiVersion: vpc.githedgehog.com/v1beta1
items:
- metadata: {name: vpc-2}
  spec: {mode: l3vni}
- metadata:
    name: vpc-3
---
{"apiVersion": "v1", "kind": "A", "metadata": {"name": "json"},
 "spec": {"x": [1,
  2]}}
`
	l := manifest.NewLocator([]byte(yaml))
	for _, c := range []struct {
		line int
		path core.Path
		want string
	}{
		{4, ".spec.subnets.a.vlan", "14:7"},
		{4, `.spec.subnets["b.c"].vlan`, "16:7"},
		{4, ".spec.subnets.d", "17:5"},
		{4, ".spec.subnets.d.vlan", "16:7"}, // where the alias points
		{4, ".spec.subnets.a.gateway", "13:5"},
		{4, ".spec.subnets.e.gateway", "12:3"},
		{4, ".spec.permit[0][1]", "9:9"},
		{4, ".spec.permit[1][0]", "11:7"},
		{4, ".spec.permit[7]", "8:3"},
		{4, ".metadata.name", "6:12"},
		{4, ".", "4:0"},
		{4, ".nowhere", "4:0"},
		{22, ".spec.mode", "23:10"},
		{24, ".metadata.name", "25:5"},
		{27, ".spec.x[1]", "29:3"},
		{1, ".spec", "1:0"},
	} {
		line, column := l.Locate(c.line, c.path)
		if got := fmt.Sprintf("%d:%d", line, column); got != c.want {
			t.Errorf("Locate(%d, %s) = %s, want %s", c.line, c.path, got, c.want)
		}
	}
}

// TestLocatorKnowsNothingOfBrokenFiles: the line that it was asked about is all
// there is then.
func TestLocatorKnowsNothingOfBrokenFiles(t *testing.T) {
	for _, data := range []string{"", "a: [", "\x00", "\xff", "{\"a\":\t1}", "- a", "a"} {
		if line, column := manifest.NewLocator([]byte(data)).Locate(1, ".a.b"); line != 1 || column > 1 && data != "{\"a\":\t1}" {
			t.Errorf("%q is located at %d:%d", data, line, column)
		}
	}
}

func FuzzLocate(f *testing.F) {
	for _, seed := range []string{named("a"), "a: &a {b: *a}\n", "kind: List\nitems:\n- {a: 1}\n", "? [a]\n: b\n", "a: *b\n"} {
		f.Add([]byte(seed), ".a.b[0]")
	}
	f.Fuzz(func(t *testing.T, data []byte, path string) {
		docs, err := manifest.Parse(data)
		if err != nil {
			return
		}
		l := manifest.NewLocator(data)
		for _, d := range docs {
			if line, _ := l.Locate(d.Line, core.Path(path)); line < 1 {
				t.Errorf("line %d of %q in the document of line %d", line, path, d.Line)
			}
		}
	})
}
