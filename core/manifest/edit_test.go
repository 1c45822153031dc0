package manifest_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"selvage/core"
	"selvage/core/manifest"
)

func key(kind, name string) core.Key {
	return core.Key{Group: "vpc.githedgehog.com", Kind: kind, Namespace: "default", Name: name}
}

// set is a change of the VPC a, its value in JSON: "" for none.
func set(t testing.TB, path, value string) manifest.Change {
	t.Helper()
	c := manifest.Change{Object: key("VPC", "a"), Path: core.Path(path)}
	if value != "" {
		v, err := core.DecodeJSON([]byte(value))
		if err != nil {
			t.Fatalf("%s: %v", value, err)
		}
		c.Value = core.ValueOf(v)
	}
	return c
}

// TestEditTouchesOnlyWhatItMeans edits the spec of an object. The cases are what
// stands below spec, before and after.
func TestEditTouchesOnlyWhatItMeans(t *testing.T) {
	for _, c := range []struct{ name, before, path, value, after string }{
		// Scalars in their style.
		{"number", "vlan: 1000 # old\n", ".vlan", "7", "vlan: 7 # old\n"},
		{"aligned comment", "vlan: 1000   # old\nx: 1         # x\n", ".vlan", "7", "vlan: 7      # old\nx: 1         # x\n"},
		{"aligned comment, longer", "vlan: 10     # old\nx: 1         # x\n", ".vlan", "100000", "vlan: 100000 # old\nx: 1         # x\n"},
		{"aligned comment, too long and back", "a: 1234 # x\nb: 123456789 # old\n", ".b", "1", "a: 1234 # x\nb: 1 # old\n"},
		{"aligned comment behind a text", "x: |    # c\n  one\ny: 1    # d\n", ".x", `"three"`, "x: |-   # c\n  three\ny: 1    # d\n"},
		{"aligned comments between brackets", "l: [\n  a,    # one\n  b, c, # two\n]\n", ".l", `["aaa", "bb", "c"]`, "l: [\n  aaa,  # one\n  bb, c, # two\n]\n"},
		{"aligned comment of the first line", "l: [a,    # one\n  b,      # two\n]\n", ".l", `["aaa", "b"]`, "l: [aaa,  # one\n  b,      # two\n]\n"},
		{"comment below another", "a: 12345 # x\nb: 12345 # y\n", ".b", "1", "a: 12345 # x\nb: 1     # y\n"},
		{"plain", "mode: l2vni\n", ".mode", `"l3vni"`, "mode: l3vni\n"},
		{"single quotes", "mode: 'l2vni'  \n", ".mode", `"it's"`, "mode: 'it''s'  \n"},
		{"double quotes", "mode: \"l2vni\"\n", ".mode", `"a\"b"`, "mode: \"a\\\"b\"\n"},
		{"number to string", "x: 5\n", ".x", `"5"`, "x: \"5\"\n"},
		{"string to number", "x: \"5\"\n", ".x", `5`, "x: 5\n"},
		{"what other programs read as a number", "x: 02:00:00:00:00:01\n", ".x", `"02:00:00:00:00:02"`, "x: 02:00:00:00:00:02\n"},
		{"the same, new", "x: 1\n", ".z", `"02:00:00:00:00:02"`, "x: 1\nz: \"02:00:00:00:00:02\"\n"},
		{"yes", "x: a\n", ".x", `"yes"`, "x: \"yes\"\n"},
		{"date", "x: a\n", ".x", `"2026-01-02"`, "x: \"2026-01-02\"\n"},
		{"old boolean", "x: yes\n", ".x", `false`, "x: false\n"},
		{"escape", "x: a\n", ".x", `"\u001b[1m"`, "x: \"\\u001b[1m\"\n"},
		{"emoji", "x: a\n", ".x", `"\ud83d\ude00"`, "x: \"😀\"\n"},
		{"lines", "x: a\n", ".x", `"a\nb"`, "x: \"a\\nb\"\n"},
		{"empty", "x:      # c\ny: 1    # d\n", ".x", `5`, "x: 5    # c\ny: 1    # d\n"},
		{"empty, no room", "x: # c\ny:  # d\n", ".x", `5`, "x: 5 # c\ny:  # d\n"},
		{"null", "x: 5 # c\n", ".x", `null`, "x: null # c\n"},
		{"in flow", "x: {a: b, c: d}\n", ".x.a", `"[x"`, "x: {a: \"[x\", c: d}\n"},
		{"plain of several lines", "x: one\n  two\n   three # c\nz: 1\n", ".x", `"four"`, "x: four # c\nz: 1\n"},
		{"value on the next line", "x:\n  one # c\nz: 1\n", ".x", `"four"`, "x:\n  four # c\nz: 1\n"},
		{"literal", "x: |\n    one\n    two\n\nz: 1\n", ".x", `"three\n\nfour\n"`, "x: |\n    three\n\n    four\n\nz: 1\n"},
		{"literal that blank lines would join", "x: |\n  one\n\nz: 1\n", ".x", `"two\n\n"`, "x: \"two\\n\\n\"\n\nz: 1\n"},
		{"literal, chomped", "x: | # c\n  one\nz: 1\n", ".x", `"three"`, "x: |- # c\n  three\nz: 1\n"},
		{"literal to one that no block holds", "x: |\n  one\nz: 1\n", ".x", `"a\rb"`, "x: \"a\\rb\"\nz: 1\n"},
		{"folded", "x: >-\n  one two three four five\n  six seven\n\n  eight\nz: 1\n", ".x", `"one two three four FIVE six seven\neight"`, "x: >-\n  one two three four FIVE\n  six seven\n\n  eight\nz: 1\n"},
		{"text to number", "x: |\n  one\n  two\nz: 1\n", ".x", `1`, "x: 1\nz: 1\n"},
		{"text to map", "x: |\n  one\n  two\nz: 1\n", ".x", `{"a": 1}`, "x:\n  a: 1\nz: 1\n"},
		// Entries.
		{"insert at the end", "b: 1\na: 2 # c\n# end\n", ".c", "3", "b: 1\na: 2 # c\nc: 3\n# end\n"},
		{"insert in order", "a: 1\n# about c\nc: 2\n", ".b", "3", "a: 1\nb: 3\n# about c\nc: 2\n"},
		{"insert in front", "# about b\nb: 1\nc: 2\n", ".a", "3", "a: 3\n# about b\nb: 1\nc: 2\n"},
		{"insert where its neighbours have it", "s:\n  one: {x: 1}\nt:\n  b: {z: 1, m: 1, a: 1}\n  c: {z: 1, a: 1}\n", ".t.c.m", "3", "s:\n  one: {x: 1}\nt:\n  b: {z: 1, m: 1, a: 1}\n  c: {z: 1, m: 3, a: 1}\n"},
		{"insert below what is nested", "a:\n  b: 1\n  # c: 2\nz: 1\n", ".k", "[1]", "a:\n  b: 1\n  # c: 2\nk:\n- 1\nz: 1\n"},
		{"insert with parents", "a: 1\n", ".m.k.o", "5", "a: 1\nm:\n  k:\n    o: 5\n"},
		{"insert into {}", "a: {} # c\nb: 1\n", ".a.x", `{"k": 1}`, "a: # c\n  x:\n    k: 1\nb: 1\n"},
		{"insert into nothing", "a:\nb: 1\n", ".a.x", `1`, "a:\n  x: 1\nb: 1\n"},
		{"insert into flow", "a: {x: 1} # c\n", ".a.k", `[1, "b"]`, "a: {x: 1, k: [1, b]} # c\n"},
		{"insert into flow of lines", "a: {\n  x: 1, # one\n  k: 2  # two\n}\n", ".a.z", `3`, "a: {\n  x: 1, # one\n  k: 2, # two\n  z: 3\n}\n"},
		{"insert into empty flow", "a: {x: {}, k: []}\n", ".a.x.z", `3`, "a: {x: {z: 3}, k: []}\n"},
		{"key that needs quotes", "a: 1\n", `["on"]`, `1`, "a: 1\n\"on\": 1\n"},
		{"delete", "a: 1\n# about b\nb:\n  c: 1\n  # d: 2\n# about e\ne: 1\n", ".b", "", "a: 1\n# about e\ne: 1\n"},
		{"delete the first", "# about a\na: 1\n\n# about b\nb: 1\n", ".a", "", "\n# about b\nb: 1\n"},
		{"delete the last", "a:\n  b: 1 # c\nc: 1\n", ".a.b", "", "a: {}\nc: 1\n"},
		{"delete between blank lines", "a: 1\n\nb: 1\n\nc: 1\n", ".b", "", "a: 1\n\nc: 1\n"},
		{"delete in flow", "a: {x: 1, k: 2, z: 3}\n", ".a.x", "", "a: {k: 2, z: 3}\n"},
		{"delete the last in flow", "a: {x: 1, k: 2, z: 3}\n", ".a.z", "", "a: {x: 1, k: 2}\n"},
		{"delete the only one in flow", "a: {x: 1}\n", ".a.x", "", "a: {}\n"},
		{"delete in flow of lines", "a: {\n  x: 1, # one\n  # about k\n  k: 2, # two\n  z: 3\n}\n", ".a.k", "", "a: {\n  x: 1, # one\n  z: 3\n}\n"},
		// Lists.
		{"item", "l:\n- a # one\n- b # two\n", ".l[1]", `"c"`, "l:\n- a # one\n- c # two\n"},
		{"append an item", "l:\n  - a # one\n  # - b\nz: 1\n", `.l[="c"]`, `"c"`, "l:\n  - a # one\n  - c\n  # - b\nz: 1\n"},
		{"delete an item", "l:\n  - a # one\n  # about b\n  - b\n  - c\n", `.l[="b"]`, ``, "l:\n  - a # one\n  - c\n"},
		{"delete a member that is there twice", "l: [a, b, a]\n", `.l[="a"]`, ``, "l: [b]\n"},
		{"delete all items", "l:\n  - a # one\nz: 1\n", `.l[0]`, ``, "l: []\nz: 1\n"},
		{"item by its key", "l:\n- name: p\n  k: 1 # c\n- name: q\n  k: 2 # d\n", `.l[name="q"].k`, `3`, "l:\n- name: p\n  k: 1 # c\n- name: q\n  k: 3 # d\n"},
		{"item by its key, new", "l:\n-   name: p\n    k: 1\n", `.l[name="q"].k`, `3`, "l:\n-   name: p\n    k: 1\n-   name: q\n    k: 3\n"},
		{"first entry of an item", "l:\n- name: x # c\n  k: 1\n", `.l[0].name`, ``, "l:\n- k: 1\n"},
		{"first entry of an item, comments between", "l:\n- name: x # c\n  # about k\n  k: 1\n", `.l[0].name`, ``, "l:\n-\n  # about k\n  k: 1\n"},
		{"before the first entry of an item", "l:\n- b: x # c\n  c: 1\n", `.l[0].a`, `1`, "l:\n- a: 1\n  b: x # c\n  c: 1\n"},
		{"only entry of an item", "l:\n- b: x\n- 1\n", `.l[0].b`, ``, "l:\n- {}\n- 1\n"},
		{"lists in lists", "l:\n- - a\n  - b\n- - c\n", `.l[0][0]`, ``, "l:\n- - b\n- - c\n"},
		{"list into lists", "l:\n- - a\n  - b\n", `.l[0][="c"]`, `["c"]`, "l:\n- - a\n  - b\n  - - c\n"},
		{"new list in the file's style", "l:\n  - a\n", `.m`, `[{"b": 1, "c": ["d"]}]`, "l:\n  - a\nm:\n  - b: 1\n    c:\n      - d\n"},
		{"new map in the file's style", "l:\n    a: 1\n", `.m`, `{"b": {"c": 1}}`, "l:\n    a: 1\nm:\n    b:\n        c: 1\n"},
		{"whole list", "l:\n- a # one\n- b # two\n- c # three\n", `.l`, `["a", "c", "d"]`, "l:\n- a # one\n- c # three\n- d\n"},
		{"whole list in another order", "l:\n# about a\n- a # one\n- b # two\n# about c\n- c # three\n", `.l`, `["c", "d", "a"]`, "l:\n# about c\n- c # three\n- d\n# about a\n- a # one\n"},
		{"items by their names", "l:\n- name: p # one\n  k: 1 # p's\n- name: q # two\n  k: 2 # q's\n", `.l`, `[{"name": "q", "k": 1}, {"name": "r", "k": 1}]`, "l:\n- name: q # two\n  k: 1 # q's\n- name: r\n  k: 1\n"},
		{"items by their names, in another order", "l:\n- name: p # one\n  k: 1 # p's\n- name: q # two\n  k: 2 # q's\n", `.l`, `[{"name": "q", "k": 1}, {"name": "p", "k": 1, "m": [2]}]`, "l:\n- name: q # two\n  k: 1 # q's\n- name: p # one\n  k: 1 # p's\n  m:\n  - 2\n"},
		{"items that are alike", "l:\n- a: {port: 1, ip: x} # one\n  b: {port: 2} # two\n", `.l`, `[{"a": {"port": 9}}, {"a": {"port": 1}, "b": {"port": 3}}]`, "l:\n- a:\n    port: 9\n- a: {port: 1} # one\n  b: {port: 3} # two\n"},
		{"lists that are alike", "l:\n- - a # one\n  - b # two\n", `.l`, `[["z"], ["a", "b", "c"]]`, "l:\n- - z\n- - a # one\n  - b # two\n  - c\n"},
		{"lists in another order", "l:\n- - a # one\n  # about b\n  - b # two\n", `.l[0]`, `["b", "a"]`, "l:\n- # about b\n  - b # two\n  - a # one\n"},
		{"name stays first", "l:\n- name: p # one\n  z: 1\n", `.l[0].a`, `2`, "l:\n- name: p # one\n  a: 2\n  z: 1\n"},
		{"in another order between brackets", "l: [a, # one\n  b, c # two\n]\n", `.l`, `["c", "d", "a"]`, "l: [c, # two\n  d,\n  a    # one\n]\n"},
		{"whole map", "m:\n  a: 1 # one\n  b: 2 # two\n", `.m`, `{"a": 1, "b": 3, "c": {"d": []}}`, "m:\n  a: 1 # one\n  b: 3 # two\n  c:\n    d: []\n"},
		{"map to list", "m: # c\n  a: 1 # one\nz: 1\n", `.m`, `[1]`, "m: # c\n- 1\nz: 1\n"},
		{"map to scalar, aligned", "m:      # c\n  a: 1  # one\nz: 1    # d\n", `.m`, `1`, "m: 1    # c\nz: 1    # d\n"},
		{"scalar to map, aligned", "m: 1    # c\nz: 1    # d\n", `.m`, `{"a": 1}`, "m:      # c\n  a: 1\nz: 1    # d\n"},
		{"map to scalar", "m: # c\n  # about a\n  a: 1 # one\nz: 1\n", `.m`, `1`, "m: 1 # c\nz: 1\n"},
		{"scalar to map", "m: 1 # c\nz: 1\n", `.m`, `{"a": 1}`, "m: # c\n  a: 1\nz: 1\n"},
		{"item to map", "l:\n- 1 # c\n- 2\n", `.l[0]`, `{"a": 1, "b": 2}`, "l:\n- a: 1 # c\n  b: 2\n- 2\n"},
		{"map item to scalar", "l:\n- a: 1\n  b: 2 # c\n- 2\n", `.l[0]`, `1`, "l:\n- 1\n- 2\n"},
		{"alias away", "b: &x {c: 1}\na: *x\n", `.a`, `1`, "b: &x {c: 1}\na: 1\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := func(spec string) string {
				var b strings.Builder
				b.WriteString("# file\n" + named("a") + "spec:\n")
				for line := range strings.Lines(spec) {
					if line != "\n" {
						b.WriteString("  ")
					}
					b.WriteString(line)
				}
				return b.String()
			}
			for _, form := range []struct{ name, before, after string }{
				{"alone", in(c.before), in(c.after)},
				{"CRLF", strings.ReplaceAll(in(c.before), "\n", "\r\n"), strings.ReplaceAll(in(c.after), "\n", "\r\n")},
				{"among others", "\ufeff" + named("b") + "---\n" + in(c.before) + "---\n" + named("c"), "\ufeff" + named("b") + "---\n" + in(c.after) + "---\n" + named("c")},
				{"without a line break at the end", strings.TrimSuffix(in(c.before), "\n"), strings.TrimSuffix(in(c.after), "\n")},
			} {
				got, err := manifest.Edit([]byte(form.before), "default", set(t, ".spec"+c.path, c.value))
				if err != nil {
					t.Errorf("%s: %v", form.name, err)
				} else if string(got) != form.after {
					t.Errorf("%s: got\n%s\nwant\n%s", form.name, got, form.after)
				}
			}
		})
	}
}

func TestEditsAreRefused(t *testing.T) {
	for _, c := range []struct{ name, file, path, value, want string }{
		{"anchor", named("a") + "spec: &x {c: 1}\nmore: *x\n", ".spec.c", "2", "edit .spec.c of VPC/a at line 5: it has the anchor &x: the edit would be made wherever that is used"},
		{"anchor away", named("a") + "spec:\n  x: 1\n  b: &x {c: 1}\nmore: *x\n", ".spec.b", "", "edit .spec.b of VPC/a at line 7: it holds the anchor &x"},
		{"alias", named("a") + "spec: &x {c: 1}\nmore: *x\n", ".more.c", "2", "edit .more.c of VPC/a at line 6: it is an alias of &x"},
		{"merge", named("a") + "x: &x {c: 1}\nspec:\n  <<: *x\n  d: 1\n", ".spec.d", "2", "merge"},
		{"tag", named("a") + "spec: {x: !!str 5}\n", ".spec.x", "2", "it has the tag !!str"},
		{"sops", named("a") + "sops: {}\n", ".spec.x", "2", "edit .spec.x of VPC/a at line 1: encrypted with SOPS: not rendered"},
		{"template", named("a") + "spec: {x: '{{ y }}'}\n", ".spec.x", "2", "it looks like a template"},
		{"key twice", named("a") + "spec: {x: 1, x: 2}\n", ".spec.x", "2", "given twice"},
		{"tab", named("a") + "spec:\n\tx: 1\n", ".spec.x", "2", "tab"},
		{"another object", named("b"), ".spec.x", "2", "edit .spec.x of VPC/a: the file does not hold it"},
		{"twice", named("a") + "---\n" + named("a"), ".spec.x", "2", "twice, at lines 1 and 6"},
		{"through a scalar", named("a") + "spec: {x: 1}\n", ".spec.x.y", "2", "no place for a value"},
		{"no such index", named("a") + "spec: {x: [1]}\n", ".spec.x[3]", "2", "no place for a value"},
		{"pattern", named("a"), ".spec.*", "2", "no path"},
		{"key read as another", named("a") + "spec: {y: 1, z: 1}\n", ".spec.y", "2", `its key y is read as something else`},
		{"complex key", named("a") + "spec:\n  ? x\n  : 1\n", ".spec.x", "2", "unusual"},
		{"carriage return", strings.ReplaceAll(named("a"), "\n", "\r"), ".spec.x", "2", "carriage return"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := manifest.Edit([]byte(c.file), "default", set(t, c.path, c.value))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %q, %v, want the refusal %q", got, err, c.want)
			}
		})
	}
}

// TestRefusalHoldsWhatIsWanted, so that it can be offered as a patch.
func TestRefusalHoldsWhatIsWanted(t *testing.T) {
	_, err := manifest.Edit([]byte(named("a")+"spec: &x {c: 1}\nmore: *x\n"), "default", set(t, ".spec.c", "2"))
	var refusal *manifest.Refusal
	if !errors.As(err, &refusal) {
		t.Fatalf("got %v", err)
	}
	if got := refusal.After.At(".spec.c").String() + refusal.Before.At(".spec.c").String(); got != "21" {
		t.Errorf("the refusal says %s", got)
	}
}

func TestSeveralChangesInAnyOrder(t *testing.T) {
	const file = `# vpcs
apiVersion: vpc.githedgehog.com/v1beta1
kind: VPC
metadata:
  name: a
spec:
  ports: # of the rack
  - name: p1
    speed: 10
  - name: p2
    speed: 20 # slow
  - name: p3
    speed: 30
  vlan: 1
---
apiVersion: vpc.githedgehog.com/v1beta1
kind: VPC
metadata: {name: b, namespace: default}
spec:
  vlan: 2
`
	const want = `# vpcs
apiVersion: vpc.githedgehog.com/v1beta1
kind: VPC
metadata:
  name: a
spec:
  mode: l3vni
  ports: # of the rack
  - name: p2
    speed: 25 # slow
  - name: p3
    speed: 30
  - name: p4
    speed: 40
  vlan: 1
---
apiVersion: vpc.githedgehog.com/v1beta1
kind: VPC
metadata: {name: b, namespace: default}
spec:
  vlan: 3
`
	other := set(t, ".spec.vlan", "3")
	other.Object = key("VPC", "b")
	changes := []manifest.Change{
		set(t, ".spec.ports[0]", ""), set(t, ".spec.ports[1].speed", "25"), set(t, `.spec.ports[name="p4"].speed`, "40"), set(t, ".spec.mode", `"l3vni"`), other,
	}
	for range changes {
		changes = append(changes[1:], changes[0])
		got, err := manifest.Edit([]byte(file), "default", changes...)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
	for _, twice := range [][2]string{{".spec.ports[0]", ".spec.ports[0].speed"}, {".spec.ports[0].speed", `.spec.ports[name="p1"]`}, {".spec", ".spec.vlan"}, {".", ".spec.vlan"}, {".spec.vlan", ".spec.vlan"}} {
		_, err := manifest.Edit([]byte(file), "default", set(t, twice[0], ""), set(t, twice[1], ""))
		if err == nil || !strings.Contains(err.Error(), "two changes are about one place") {
			t.Errorf("%v: %v", twice, err)
		}
	}
}

func TestDocumentsAreTakenOut(t *testing.T) {
	doc := func(name string) string { return named(name) }
	for _, c := range []struct{ name, before, after string }{
		{"only one", doc("a"), ""},
		{"only one, comment", "# file\n\n" + doc("a"), "# file\n\n"},
		{"first", doc("a") + "---\n" + doc("b"), doc("b")},
		{"first with a marker", "---\n" + doc("a") + "---\n" + doc("b"), "---\n" + doc("b")},
		{"first below the file's comment", "# file\n" + doc("a") + "---\n" + doc("b"), "# file\n---\n" + doc("b")},
		{"middle", doc("b") + "---\n# about a\n" + doc("a") + "---\n" + doc("c"), doc("b") + "---\n" + doc("c")},
		{"comment for the next", doc("b") + "---\n" + doc("a") + "#\n# the third\n#\n---\n" + doc("c"), doc("b") + "#\n# the third\n#\n---\n" + doc("c")},
		{"last", doc("b") + "---\n" + doc("a"), doc("b")},
		{"blank lines", doc("b") + "\n---\n" + doc("a") + "\n---\n" + doc("c"), doc("b") + "\n---\n" + doc("c")},
		{"CRLF", strings.ReplaceAll(doc("a")+"---\n"+doc("b"), "\n", "\r\n"), strings.ReplaceAll(doc("b"), "\n", "\r\n")},
		{"of a List", "kind: List\nitems:\n# about b\n- " + indented(doc("b")) + "# about a\n- " + indented(doc("a")), "kind: List\nitems:\n# about b\n- " + indented(doc("b"))},
		{"JSON of a List", `{"kind": "List", "items": [{"apiVersion": "vpc.githedgehog.com/v1beta1", "kind": "VPC", "metadata": {"name": "a"}}]}`, `{"kind": "List", "items": []}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := manifest.Edit([]byte(c.before), "default", set(t, ".", ""))
			if err != nil || string(got) != c.after {
				t.Errorf("got\n%s\n%v, want\n%s", got, err, c.after)
			}
		})
	}
}

func indented(s string) string {
	return strings.ReplaceAll(strings.TrimSuffix(s, "\n"), "\n", "\n  ") + "\n"
}

func TestItemsOfListsAreEdited(t *testing.T) {
	file := "apiVersion: vpc.githedgehog.com/v1beta1\nkind: VPCList\nitems:\n- metadata: {name: b}\n- metadata:\n    name: a # c\n  spec:\n    vlan: 1\n"
	got, err := manifest.Edit([]byte(file), "default", set(t, ".spec.vlan", "2"), set(t, ".metadata.labels.x", `"k"`))
	want := "apiVersion: vpc.githedgehog.com/v1beta1\nkind: VPCList\nitems:\n- metadata: {name: b}\n- metadata:\n    name: a # c\n    labels:\n      x: k\n  spec:\n    vlan: 2\n"
	if err != nil || string(got) != want {
		t.Errorf("got\n%s\n%v, want\n%s", got, err, want)
	}
}

func TestJSONStaysJSON(t *testing.T) {
	for _, c := range []struct{ before, after string }{
		{`{"apiVersion":"vpc.githedgehog.com/v1beta1","kind":"VPC","metadata":{"name":"a"},"spec":{"x":1}}`, `{"apiVersion":"vpc.githedgehog.com/v1beta1","kind":"VPC","metadata":{"name":"a"},"spec":{"x":1,"y":{"a": ["b"]}}}`},
		{"{\n  \"apiVersion\": \"vpc.githedgehog.com/v1beta1\",\n  \"kind\": \"VPC\",\n  \"metadata\": {\"name\": \"a\"},\n  \"spec\": {\n    \"x\": 1\n  }\n}\n", "{\n  \"apiVersion\": \"vpc.githedgehog.com/v1beta1\",\n  \"kind\": \"VPC\",\n  \"metadata\": {\"name\": \"a\"},\n  \"spec\": {\n    \"x\": 1,\n    \"y\": {\"a\": [\"b\"]}\n  }\n}\n"},
	} {
		got, err := manifest.Edit([]byte(c.before), "default", set(t, ".spec.y", `{"a": ["b"]}`))
		if err != nil || string(got) != c.after {
			t.Errorf("got\n%s\n%v, want\n%s", got, err, c.after)
		}
	}
}

func TestWholeObjectChangesByWhatDiffers(t *testing.T) {
	file := "apiVersion: vpc.githedgehog.com/v1beta1\nkind: VPC\nmetadata:\n  name: a\n  uid: x # exported\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: '{}'\nspec:\n  a: 1 # one\n  b: 2\nstatus: {x: 1}\n"
	got, err := manifest.Edit([]byte(file), "default", set(t, ".", `{"metadata": {"labels": {"l": "m"}}, "spec": {"a": 1, "c": 3}}`))
	want := "apiVersion: vpc.githedgehog.com/v1beta1\nkind: VPC\nmetadata:\n  name: a\n  labels:\n    l: m\n  uid: x # exported\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: '{}'\nspec:\n  a: 1 # one\n  c: 3\nstatus: {x: 1}\n"
	if err != nil || string(got) != want {
		t.Errorf("got\n%s\n%v, want\n%s", got, err, want)
	}
}

func TestAppendedInTheFilesStyle(t *testing.T) {
	doc := map[string]any{"apiVersion": "v1", "kind": "A", "metadata": map[string]any{"namespace": "ns", "name": "x"}, "spec": map[string]any{"l": []any{map[string]any{"a": int64(1)}}}}
	house := "apiVersion: v1\nkind: A\nmetadata:\n  name: x\n  namespace: ns\nspec:\n  l:\n  - a: 1\n"
	other := "kind: B\nspec:\n    l:\n      - x\n"
	inOther := "apiVersion: v1\nkind: A\nmetadata:\n    name: x\n    namespace: ns\nspec:\n    l:\n      - a: 1\n"
	for _, c := range []struct{ name, before, after string }{
		{"to nothing", "", house},
		{"to comments", "# c\n", "# c\n" + house},
		{"behind a document", named("a"), named("a") + "---\n" + house},
		{"behind a marker", named("a") + "---\n", named("a") + "---\n" + house},
		{"behind a marker and a comment", named("a") + "--- # x\n# y\n", named("a") + "--- # x\n# y\n" + house},
		{"without a line break at the end", named("a") + "x: y", named("a") + "x: y\n---\n" + strings.TrimSuffix(house, "\n")},
		{"CRLF", strings.ReplaceAll(named("a"), "\n", "\r\n"), strings.ReplaceAll(named("a")+"---\n"+house, "\n", "\r\n")},
		{"style", other, other + "---\n" + inOther},
	} {
		got, err := manifest.Append([]byte(c.before), doc)
		if err != nil || string(got) != c.after {
			t.Errorf("%s: got\n%s\n%v, want\n%s", c.name, got, err, c.after)
		}
	}
	for _, file := range []string{`{"a": 1}`, "a: |\n  x", "a: ["} {
		if got, err := manifest.Append([]byte(file), doc); err == nil {
			t.Errorf("%q became %q", file, got)
		}
	}
	got, err := manifest.Render(doc)
	if err != nil || string(got) != house {
		t.Errorf("Append writes another style than Render: %s, %v", got, err)
	}
}

func TestEveryStringIsReadBack(t *testing.T) {
	for _, s := range awkward() {
		for _, file := range []string{"spec:\n  s: x\n", "spec:\n  s: 'x'\n", "spec:\n  s: \"x\"\n", "spec:\n  s: |\n    x\n", "spec:\n  s: >\n    x\n", "spec: {s: x}\n", "spec:\n  l: []\n", "spec:\n  l:\n  - x\n", "spec: {l: [y]}\n"} {
			for _, c := range []manifest.Change{
				{Path: ".spec.s", Value: core.ValueOf(s)},
				{Path: ".spec.l", Value: core.ValueOf([]any{s, map[string]any{s: s}})},
				{Path: core.Path(".spec").Key(s), Value: core.ValueOf("x")},
			} {
				c.Object = key("VPC", "a")
				got, err := manifest.Edit([]byte(named("a")+file), "default", c)
				if err != nil {
					t.Errorf("%q at %s of %q: %v", s, c.Path, file, err)
					continue
				}
				values, err := manifest.Values(got)
				if err != nil || !core.ValueOf(values[0]).At(c.Path).Equal(c.Value) {
					t.Errorf("%q at %s of %q: %s", s, c.Path, file, got)
				}
			}
		}
	}
}

func awkward() []string {
	return []string{
		"", " ", "yes", "No", "on", "y", "~", "null", "1", "1e3", "0x1F", "1_000", "010", "0o14", "12:30:45", "2026-01-02", "10.0.1.0/24", ".5", ".inf", "=", "<<", "+", "+1",
		"# no", "a # no", "a: b", "a:", "- a", "-", "?", "? a", "[a", "{a", "a]", "a}", "a, b", "*a", "&a", "!a", "@a", "`a`", "%a", "'a'", `"a"`, "a\tb", "\ta", "a\nb", "a\n", "a\n\n", "\na", " a\nb", "a\n b", "a \nb\n\n", "a\n  \nb",
		"a\r\nb", "\u0085", "\u2028", "\x1b[31m", "\x00", "\x7f", "\ufeffx", "\u202e", "é", "😀", "---", "...", "--- a", "a\n---\nb", "{{ x }}", "trailing ", "a  b", "it's", `back\slash`, fmt.Sprint(strings.Repeat("long ", 60)),
	}
}
