package manifest_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/manifest"
)

const vpc = "apiVersion: vpc.githedgehog.com/v1beta1\nkind: VPC\nmetadata:\n  name: %s\n"

func named(name string) string { return fmt.Sprintf(vpc, name) }

// summary is what a file parses to, on one line: LINE:NAME for objects and
// LINE:!reason for documents that are none.
func summary(data string) string {
	docs, err := manifest.Parse([]byte(data))
	if err != nil {
		return err.Error()
	}
	var parts []string
	for _, d := range docs {
		if d.Err != nil {
			parts = append(parts, fmt.Sprintf("%d:!%v", d.Line, d.Err))
			continue
		}
		parts = append(parts, fmt.Sprintf("%d:%s", d.Line, d.Object.Key.Name))
	}
	return strings.Join(parts, " ")
}

func TestDocumentsAndTheirLines(t *testing.T) {
	list := "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: A\n  metadata: {name: one}\n\n- apiVersion: v1\n  kind: A\n  metadata:\n    name: two\n"
	cases := []struct{ name, data, want string }{
		{"nothing", "", ""},
		{"only comments", "# a\n\n# b\n", ""},
		{"null", "---\nnull\n---\n~\n", ""},
		{"one", named("a"), "1:a"},
		{"without newline at the end", strings.TrimSuffix(named("a"), "\n"), "1:a"},
		{"comment above", "# c\n\n" + named("a"), "3:a"},
		{"marker and comment above", "---\n# c\n" + named("a"), "3:a"},
		{"several", named("a") + "---\n" + named("b") + "--- # note\n\n" + named("c"), "1:a 6:b 12:c"},
		{"empty ones between", "---\n---\n" + named("a") + "---\n# x\n---\n---\n" + named("b") + "---\n", "3:a 11:b"},
		{"marker at the end, no newline", named("a") + "---", "1:a"},
		{"CRLF", strings.ReplaceAll(named("a")+"---\n"+named("b"), "\n", "\r\n"), "1:a 6:b"},
		{"CR", strings.ReplaceAll(named("a")+"---\n"+named("b"), "\n", "\r"), "1:a 6:b"},
		{"byte order mark", "\ufeff" + named("a"), "1:a"},
		{"directives", "%YAML 1.2\n---\n" + named("a") + "...\n%YAML 1.1\n---\n" + named("b"), "3:a 10:b"},
		{"document end", named("a") + "...\n" + named("b"), "1:a 6:b"},
		{"marker inside a block scalar ends it", "a: |\n  x\n---\n" + named("b"), "1:!not a Kubernetes object: no apiVersion, kind or metadata 4:b"},
		{"indented marker is text", named("a") + "spec:\n  text: |\n    ---\n    x\n", "1:a"},
		{"content on the marker's line", "--- {apiVersion: v1, kind: A, metadata: {name: a}}\n", "1:a"},
		{"JSON", `{"apiVersion":"v1","kind":"A","metadata":{"name":"a"}}`, "1:a"},
		{"JSON, two in a row", `{"apiVersion":"v1","kind":"A","metadata":{"name":"a"}}` + "\n" + `{"apiVersion":"v1","kind":"A","metadata":{"name":"b"}}`, "1:a 1:b"},
		{"List", list, "4:one 8:two"},
		{"List, second document", named("a") + "---\n# c\n" + list, "1:a 10:one 14:two"},
		{"List of nothing", "apiVersion: v1\nkind: List\nitems: []\n", ""},
		{"typed List", "apiVersion: x/v1\nkind: VPCList\nitems:\n  - metadata: {name: a}\n", "4:a"},
		{"no List", "apiVersion: x/v1\nkind: AccessList\nmetadata: {name: a}\n", "1:a"},
		{"Lists in Lists", "kind: List\nitems:\n- kind: List\n  items:\n  - {apiVersion: v1, kind: A, metadata: {name: a}}\n", "3:a"},
		{"scalar", "hello\n", "1:!not a Kubernetes object: the document is no mapping"},
		{"no kind", "apiVersion: v1\nmetadata: {name: a}\n", "1:!no kind"},
		{"no name", "apiVersion: v1\nkind: A\n", "1:!A: no metadata.name"},
		{"SOPS", named("a") + "sops: {version: 3}\n", "1:!encrypted with SOPS: not rendered"},
		{"quoted template", named(`"{{ x }}"`), "1:!looks like a template ({{ in its name): not rendered"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := summary(c.data); got != c.want {
				t.Errorf("Parse(%q)\n got %s\nwant %s", c.data, got, c.want)
			}
		})
	}
}

func TestBrokenFileTellsLineAndReason(t *testing.T) {
	cases := []struct{ name, data, want string }{
		{"duplicate key", named("a") + "---\na: 1\nb: 2\na: 3\n", `line 8: key "a" is given twice`},
		{"duplicate key in JSON", "# c\n{\"a\": 1,\n \"a\": 2}\n", `line 3: key "a" is given twice`},
		{"duplicate key beside a merge", "x: &x {k: 1}\ny: {<<: *x, k: 2}\nz: 1\nz: 2\n", `line 4: key "z" is given twice`},
		{"tab", "---\na:\n\tb: 1\n", "line 3: a tab where only spaces may indent"},
		{"tab after text", "a: 1\nb: 2\n\tc: 3\n", "line 3: found a tab character that violates indentation"},
		{"wrong indentation", named("a") + "spec:\n  x: 1\n y: 2\n", "line 7: did not find expected key"},
		{"missing colon", "a: 1\nfoo\nb: 2\n", "line 2: could not find expected ':'"},
		{"open quote", "x: 1\na: \"open\nb: 2\n", "line 2: found unexpected end of stream"},
		{"open bracket", "a: 1\nb: [1, 2\nc: 3\n", "line 3: did not find expected ',' or ']'"},
		{"NUL", "a: 1\nb: \x00\n", "line 2: a NUL byte: not a text file"},
		{"not UTF-8", "a: 1\nb: \xff\n", "line 2: not UTF-8"},
		{"control character", "a: 1\nb: \x01\n", "line 2: control characters are not allowed"},
		{"unknown tag", "a: 1\nb: !vault x\n", `line 2: unknown tag "!vault"`},
		{"unknown anchor", "a: 1\nb: *nope\n", "line 2: unknown anchor 'nope' referenced"},
		{"anchor in itself", "a: &x [*x]\n", `line 1: the anchor "x" holds itself`},
		{"infinity", "a: 1\n---\n\nb: .inf\n", "line 4: json: unsupported value: +Inf"},
		{"template", "a: 1\nb: {{ .Values.b }}\n", "line 1: looks like a template ({{): invalid map key: map[interface {}]interface {}{\".Values.b\":interface {}(nil)}"},
		{"second document unmarked", "{a: 1}\n{b: 2}\n", "line 2: a second document begins without ---"},
		{"hidden marker", "a: 1\u2028---\u2028b: 2\n", "line 1: --- after the line break U+2028"},
		{"too deep", strings.Repeat("[", 300) + strings.Repeat("]", 300), "line 1: nested deeper than 200 levels"},
		{"too deep JSON", strings.Repeat(`{"a":`, 300) + "1" + strings.Repeat("}", 300), "line 1: nested deeper than 200 levels"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := summary(c.data); got != c.want {
				t.Errorf("Parse(%q)\n got %s\nwant %s", c.data, got, c.want)
			}
		})
	}
}

func TestValuesAreThoseOfKubectl(t *testing.T) {
	docs, err := manifest.Parse([]byte(named("a") + `spec:
  bools: [yes, no, on, off, y, n, true]
  date: 2026-01-02
  exp: 1e3
  big: 9007199254740993
  float: 1.5
  octal: 010
  text: "1"
  none:
  merged: {<<: {a: 1}, b: 2}
  folded: >
    a
    b
  1: int key
`))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"1":"int key","big":9007199254740993,"bools":[true,false,true,false,true,false,true],"date":"2026-01-02","exp":1000,` +
		`"float":1.5,"folded":"a b\n","merged":{"a":1,"b":2},"none":null,"octal":8,"text":"1"}`
	if got := string(core.CanonicalJSON(docs[0].Object.Fields["spec"])); got != want {
		t.Errorf("spec\n got %s\nwant %s", got, want)
	}
}

func TestErrorsCanBeToldApart(t *testing.T) {
	docs, err := manifest.Parse([]byte("a: 1\n---\nhello\n---\napiVersion: vpc.githedgehog.com/v1beta1\nkind: VPC\nmetadata: {namespace: net}\n---\n" +
		"apiVersion: ENC[x]\nkind: ENC[y]\nsops: {}\n"))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []error{manifest.ErrForeign, core.ErrNotAnObject, core.ErrNoName, manifest.ErrEncrypted} {
		if !errors.Is(docs[i].Err, want) {
			t.Errorf("document %d: %v, want %v", i, docs[i].Err, want)
		}
	}
	if want := (core.Key{Group: "vpc.githedgehog.com", Kind: "VPC", Namespace: "net"}); docs[2].Key != want {
		t.Errorf("key of a document without name = %#v, want %#v", docs[2].Key, want)
	}
	if docs[2].Opaque || !docs[3].Opaque {
		t.Errorf("opaque = %v, %v; want only what hides its identity", docs[2].Opaque, docs[3].Opaque)
	}
	_, err = manifest.Parse([]byte("a: {{ x }}"))
	var broken *manifest.SyntaxError
	if !errors.As(err, &broken) || !broken.Opaque {
		t.Errorf("error of a template = %#v, want an opaque *SyntaxError", err)
	}
}

func TestDocumentThatIsNoObjectKeepsItsOwnText(t *testing.T) {
	data := []byte(named("good") + "---\nkind: VPC # here\nmetadata: {nam: a}\n---\n" + named("fine") + "---\n" +
		"kind: List\nitems:\n- {kind: VPC, metadata: {nam: b}}\n- {kind: VPC, metadata: {nam: c}}\n---\nvalues: {x: y}\n")
	docs, err := manifest.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	clear(data) // the text is not the caller's
	want := []string{
		"", "---\nkind: VPC # here\nmetadata: {nam: a}\n", "",
		`{"kind":"VPC","metadata":{"nam":"b"}}`, `{"kind":"VPC","metadata":{"nam":"c"}}`, "",
	}
	if len(docs) != len(want) {
		t.Fatalf("%d documents, want %d", len(docs), len(want))
	}
	for i, d := range docs {
		if string(d.Text) != want[i] {
			t.Errorf("text of document %d is %q, want %q", i, d.Text, want[i])
		}
	}
}

// hostile files, each of which costs some naive parser minutes or gigabytes.
func hostile() map[string]string {
	var laughs, wide, many strings.Builder
	laughs.WriteString("a0: &a0 [lol]\n")
	for i := 1; i < 12; i++ {
		fmt.Fprintf(&laughs, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), 10), ","))
	}
	fmt.Fprintf(&wide, "a: &a %q\nb: [%s]\n", strings.Repeat("x", 100_000), strings.TrimSuffix(strings.Repeat("*a,", 10_000), ","))
	for i := range 100_000 {
		fmt.Fprintf(&many, "k%d: 1\n", i)
	}
	return map[string]string{
		"billion laughs": laughs.String(),
		"one long alias": wide.String(),
		"100k brackets":  strings.Repeat("[", 100_000),
		"100k dashes":    strings.Repeat("- ", 100_000),
		"deep JSON":      strings.Repeat(`{"a":`, 9_000) + "1" + strings.Repeat("}", 9_000),
		"100k keys":      many.String(),
		"long scalar":    "a: " + strings.Repeat("x", 1<<20) + "\n",
		"only markers":   strings.Repeat("---\n", 2<<20),
		"too large":      strings.Repeat("#", 8<<20+1),
	}
}

func TestHostileFilesAreBounded(t *testing.T) {
	harmless := map[string]bool{"100k keys": true, "long scalar": true, "only markers": true}
	for name, data := range hostile() {
		started := time.Now()
		_, err := manifest.Parse([]byte(data))
		if took := time.Since(started); took > 20*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
		if (err == nil) != harmless[name] {
			t.Errorf("%s: error %v", name, err)
		}
		if err != nil && len(err.Error()) > 200 {
			t.Errorf("%s: error of %d bytes", name, len(err.Error()))
		}
	}
}

func TestDocumentsAreCounted(t *testing.T) {
	for data, want := range map[string]string{
		"a\n---\nb\n":                    "",
		"a\n---\nb\n---\nc\n":            "line 5: more than 2 documents",
		"kind: List\nitems: [a, b, c]\n": "line 1: more than 2 documents",
	} {
		_, err := manifest.Limits{Documents: 2}.Parse([]byte(data))
		if got := fmt.Sprint(err); got != want && (err != nil || want != "") {
			t.Errorf("Parse(%q) with a limit of 2: %v, want %q", data, err, want)
		}
	}
}

func TestSizeIsLimited(t *testing.T) {
	data := []byte("# " + strings.Repeat("x", 2<<20))
	if _, err := (manifest.Limits{Bytes: 1 << 20}).Parse(data); err == nil || err.Error() != "line 1: larger than 1 MiB" {
		t.Errorf("2 MiB with a limit of 1: %v", err)
	}
	if _, err := manifest.Parse(data); err != nil {
		t.Errorf("2 MiB with the default limit: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{named("a"), named("a") + "---\n" + named("b"), "kind: List\nitems:\n- {a: &x 1, b: *x}\n", "%YAML 1.1\n--- !!map {a: b}\n...\n", `{"a":{"b":[1,"x\"",null]}}`, "a: |\r\n  b\r\n", "\ufeffa: 1\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		docs, err := manifest.Parse(data)
		if err != nil && docs != nil {
			t.Errorf("documents beside the error %v", err)
		}
		last := 1 + strings.Count(strings.ReplaceAll(strings.ReplaceAll(string(data), "\r\n", "\n"), "\r", "\n"), "\n")
		var broken *manifest.SyntaxError
		if errors.As(err, &broken) && (broken.Line < 1 || broken.Line > last) {
			t.Errorf("error at line %d of %d: %v", broken.Line, last, err)
		}
		previous := 1
		for _, d := range docs {
			if (d.Object == nil) == (d.Err == nil) {
				t.Fatalf("a document with object %v and error %v", d.Object, d.Err)
			}
			if d.Line < previous || d.Line > last {
				t.Errorf("document at line %d after one at %d of %d", d.Line, previous, last)
			}
			previous = d.Line
			if d.Object == nil || d.Object.Version == "" {
				continue // "x/" is an apiVersion that nothing writes again
			}
			rendered, err := manifest.Render(core.Document(d.Object.Key, d.Object.Version, d.Object.Fields))
			if err != nil {
				t.Fatal(err)
			}
			again, err := manifest.Parse(rendered)
			if err != nil || len(again) != 1 || again[0].Object == nil || again[0].Object.Digest != d.Object.Digest || again[0].Object.Key != d.Object.Key {
				t.Errorf("rendered as %q it reads back as %v, %v", rendered, again, err)
			}
		}
	})
}

func BenchmarkParseSmallFile(b *testing.B) {
	data := []byte(named("vpc-1") + "  namespace: default\nspec:\n  ipv4Namespace: default\n  vlanNamespace: default\n  subnets:\n" +
		"    default:\n      dhcp:\n        enable: true\n        range: {start: 10.0.1.10, end: 10.0.1.99}\n      subnet: 10.0.1.0/24\n      vlan: 1001\n")
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if docs, err := manifest.Parse(data); err != nil || len(docs) != 1 {
			b.Fatal(docs, err)
		}
	}
}
