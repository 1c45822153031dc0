package manifest_test

import (
	"testing"

	"selvage/core"
	"selvage/core/manifest"
)

func TestRenderIsHouseStyle(t *testing.T) {
	docs, err := manifest.Parse([]byte(`{"spec":{"vlan":1001,"z":[],"ports":["E1/1",{"b":1,"a":"x"}],"none":null,"m":{}},"kind":"VPC","extra":true,` +
		`"apiVersion":"vpc.githedgehog.com/v1beta1","metadata":{"labels":{"b":"1","a":"yes"},"name":"vpc-1","namespace":"default","annotations":{"note":"one\ntwo\n"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	o := docs[0].Object
	got, err := manifest.Render(core.Document(o.Key, o.Version, o.Fields))
	if err != nil {
		t.Fatal(err)
	}
	const want = `apiVersion: vpc.githedgehog.com/v1beta1
kind: VPC
metadata:
  name: vpc-1
  namespace: default
  labels:
    a: "yes"
    b: "1"
  annotations:
    note: |
      one
      two
spec:
  m: {}
  none: null
  ports:
  - E1/1
  - a: x
    b: 1
  vlan: 1001
  z: []
extra: true
`
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestRenderedStringsReadBackAsThemselves(t *testing.T) {
	for _, s := range []string{
		"", " ", "yes", "No", "on", "y", "~", "null", "1", "1e3", "0x1F", "1_000", "010", "12:30:45", "2026-01-02", "10.0.1.0/24", ".5", ".inf", "=", "<<",
		"# no", "a # no", "a: b", "a:", "- a", "-", "?", "[a", "{a", "*a", "&a", "!a", "@a", "`a`", "%a", "'a'", `"a"`, "a\tb", "a\nb", "a\n", "\na", " a\nb", "a \nb\n\n",
		"a\r\nb", "\u0085", "\u2028", "\x1b[31m", "\ufeffx", "é", "😀", "---", "...", "a\n---\nb", "{{ x }}", "trailing ",
	} {
		got, err := manifest.Render(map[string]any{"apiVersion": "v1", "kind": "A", "metadata": map[string]any{"name": "a"}, "spec": map[string]any{"s": s, "l": []any{s}, s: "key"}})
		if err != nil {
			t.Fatal(err)
		}
		docs, err := manifest.Parse(got)
		if err != nil || len(docs) != 1 || docs[0].Object == nil {
			t.Errorf("%q rendered as %s: %v", s, got, err)
			continue
		}
		spec, _ := docs[0].Object.Fields["spec"].(map[string]any)
		list, _ := spec["l"].([]any)
		if s != "s" && s != "l" && (spec["s"] != s || len(list) != 1 || list[0] != s || spec[s] != "key") {
			t.Errorf("%q rendered as %s reads back as %#v", s, got, spec)
		}
	}
}
