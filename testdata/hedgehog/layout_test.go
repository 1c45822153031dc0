package hedgehog

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLayoutsHoldEveryObjectOnce(t *testing.T) {
	f := Generate(Medium(1))
	for _, layout := range Layouts() {
		paths, documents, examples := map[string]bool{}, 0, 0
		for _, file := range f.Files(layout) {
			if paths[file.Path] {
				t.Errorf("%s: two files %s", layout, file.Path)
			}
			paths[file.Path] = true
			if file.Example {
				examples++
				continue
			}
			documents += strings.Count("\n"+string(file.Content), "\napiVersion: ")
		}
		if documents != len(f.Objects) {
			t.Errorf("%s: %d documents, want %d", layout, documents, len(f.Objects))
		}
		if want := layout == Mixed; (examples > 0) != want {
			t.Errorf("%s: %d examples", layout, examples)
		}
	}
	for i, file := range f.Files(PerObject) {
		if want := YAML(f.Objects[i]); !bytes.Equal(file.Content, want) {
			t.Errorf("%s = %s\nwant %s", file.Path, file.Content, want)
		}
	}
}

func TestTwoObjectsOfOneIdentityHaveTwoFiles(t *testing.T) {
	f := Generate(Sized(1, 3))
	f.Objects = append(f.Objects, f.Objects[0])
	files := f.Files(PerObject)
	if got, want := files[3].Path, "vlannamespaces/default-2.yaml"; got != want {
		t.Errorf("path of the second = %s, want %s", got, want)
	}
}

func TestLayoutsShowTheHabitsOfRepositories(t *testing.T) {
	content := map[string]string{}
	for _, layout := range Layouts() {
		for _, file := range Generate(Small(1)).Files(layout) {
			content[layout.String()+":"+file.Path] = string(file.Content)
		}
	}
	for _, c := range []struct{ file, has string }{
		{"per-object:vpcs/vpc-01.yaml", "  name: vpc-01\n"},
		{"per-object:switches/leaf-01.yaml", "kind: Switch\n"},
		{"per-tier:wiring.yaml", "#\n# SwitchList\n#\n---\n"},
		{"per-tier:wiring.yaml", " # CHANGE ME\n"},
		{"per-tier:vpcs.yaml", "  namespace: default\n"},
		{"per-tier:reset.yaml", "# kind: VPCPeering\n"},
		{"mixed:wiring/switches.yaml", "#\n# SwitchList\n#\n"},
		{"mixed:vpcs/vpc-01.yml", "kind: VPC\n"},
		{"mixed:examples/vpc.yaml", "name: example\n"},
		{"mixed:demo.reset.yaml", "# ---\n"},
	} {
		if !strings.Contains(content[c.file], c.has) {
			t.Errorf("%s = %q, want %q in it", c.file, content[c.file], c.has)
		}
	}
	for name, text := range content {
		if strings.HasSuffix(name, "reset.yaml") {
			for line := range strings.Lines(text) {
				if !strings.HasPrefix(line, "#") {
					t.Errorf("%s has %q, which is no comment", name, line)
				}
			}
		}
	}
}

// A generator that changes changes what the seed means; the file shows what.
func TestSmallVPCsAreTheGoldenFile(t *testing.T) {
	path := filepath.Join("testdata", "small-vpcs.yaml")
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range Generate(Small(1)).Files(PerTier) {
		if file.Path != "vpcs.yaml" || bytes.Equal(file.Content, want) {
			continue
		}
		got := filepath.Join(t.ArtifactDir(), "small-vpcs.yaml")
		if err := os.WriteFile(got, file.Content, 0o600); err != nil {
			t.Fatal(err)
		}
		t.Errorf("Small(1) has other VPCs; if that is meant, run go test -artifacts and copy %s over %s", got, path)
	}
}

func TestQuoteLeavesNoDoubt(t *testing.T) {
	for _, s := range []string{
		"vpc-01", "E1/1/1", "10.0.0.0/24", "10.0.0.1", "25G", "4x100G", "0c:20:12:ff:00:00", "0.0.0.0/0", "rack R12", "a.b/c_d",
		"server-01--eslag--leaf-01--leaf-02", "2m0s"[1:], "E1/1:x",
	} {
		if got := quote(s); got != s {
			t.Errorf("quote(%q) = %s, want it plain", s, got)
		}
	}
	for _, s := range []string{
		"", " ", "~", "null", "Null", "yes", "NO", "on", "y", "N", "true", "nan", "1", "1.5", "1e3", ".5", ".inf", "0x1f", "017", "1_000",
		"10:20:30", "10:20:30:40:50:60", "65102:5000", "2026-01-02", "2m0s", "=", "<<", "*a", "&a", "!x", "|", "- a", "-", "---", "...", ":", "a:",
		"a: b", "#", "a #b", "it's", `"`, `\`, "{a}", "[a]", "@a", "`a", "%a", ",", "a, b", "\n", "a\nb", "\t", "\x00", "\x1b[31m", "\u0085",
		"\u2028", "\ufeff", "\u200b", "é", "日本", " lead", "trail ", "a  b:", "::1", "1.2.3", "*",
	} {
		got := quote(s)
		var back string
		if err := json.Unmarshal([]byte(got), &back); err != nil || back != s {
			t.Errorf("quote(%q) = %s, which reads %q (%v)", s, got, back, err)
		}
	}
	if got, want := quote("\U000E0001"), `"\U000E0001"`; got != want {
		t.Errorf("quote(U+E0001) = %s, want %s", got, want)
	}
}

func TestYAMLIsTidy(t *testing.T) {
	obj := map[string]any{
		"spec": map[string]any{
			"b": []any{map[string]any{"y": int64(1), "x": []any{"s", []any{"t", "u"}}}, map[string]any{}, []any{}, nil},
			"a": map[string]any{"1": nil, "E1/1": 0.5}, "e": map[string]any{}, "l": []any{},
		},
		"metadata": map[string]any{"labels": map[string]any{"t": "yes"}, "namespace": "ns", "name": "o"},
		"kind":     "K", "apiVersion": "g/v1", "aaa": false,
	}
	want := `apiVersion: g/v1
kind: K
metadata:
  name: o
  namespace: ns
  labels:
    t: "yes"
spec:
  a:
    "1":
    E1/1: 0.5
  b:
  - x:
    - s
    - - t
      - u
    "y": 1
  - {}
  - []
  - null
  e: {}
  l: []
aaa: false
`
	if got := string(YAML(obj)); got != want {
		t.Errorf("YAML = %s\nwant %s", got, want)
	}
}
