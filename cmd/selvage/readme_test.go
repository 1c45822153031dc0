package main

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/charmbracelet/x/exp/golden"

	"selvage/core/lint"
	"selvage/core/merge"
	"selvage/testdata/demo"
	"selvage/tui"
)

func updating() bool {
	f := flag.Lookup("update") // x/exp/golden defines it
	return f != nil && f.Value.String() == "true"
}

func readme(t *testing.T) (name, text string) {
	t.Helper()
	name = filepath.Join(root(t), "README.md")
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return name, string(data)
}

// TestREADMEIsCurrent holds the parts of the README that are made from the
// code against the code.
func TestREADMEIsCurrent(t *testing.T) {
	name, text := readme(t)
	want := text
	for block, content := range map[string]string{"frame": frameBlock(t), "keys": keysBlock(), "layers": layersBlock(), "lint": lintBlock(), "policies": policiesBlock()} {
		open, end := "<!-- "+block+" -->\n", "<!-- /"+block+" -->"
		before, rest, ok := strings.Cut(want, open)
		_, after, closed := strings.Cut(rest, end)
		if !ok || !closed {
			t.Fatalf("README.md has no block %s", block)
		}
		want = before + open + content + end + after
	}
	if want == text {
		return
	}
	if updating() {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Error("README.md is stale; run: make golden")
}

func frameBlock(t *testing.T) string {
	t.Helper()
	frame, err := os.ReadFile(filepath.Join(root(t), "tui/testdata/TestGolden/fabrics_full_80x24.golden"))
	if err != nil {
		t.Fatal(err)
	}
	return "```text\n" + strings.TrimRight(string(frame), "\n") + "\n```\n"
}

func keysBlock() string {
	var b strings.Builder
	b.WriteString("| where | keys | does | action |\n|---|---|---|---|\n")
	for _, k := range tui.KeyTable() {
		keys := make([]string, len(k.Keys))
		for i, name := range k.Keys {
			keys[i] = "`" + strings.ReplaceAll(name, "|", `\|`) + "`" // as a table takes it
		}
		fmt.Fprintf(&b, "| %s | %s | %s | `%s` |\n", k.Scope, strings.Join(keys, " "), k.Help, k.Action)
	}
	return b.String()
}

func lintBlock() string {
	var b strings.Builder
	b.WriteString("| rule | level | finds | why it matters |\n|---|---|---|---|\n")
	for _, r := range lint.Rules() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", r.ID, r.Level, r.What, r.Why)
	}
	return b.String()
}

func policiesBlock() string {
	var b strings.Builder
	b.WriteString("| policy | does |\n|---|---|\n")
	for _, p := range merge.Policies() {
		does := p.Doc
		if p.Proposes {
			does += "; only with `publish: propose`"
		}
		fmt.Fprintf(&b, "| `%s` | %s |\n", p.Name, does)
	}
	return b.String()
}

func layersBlock() string {
	var b strings.Builder
	b.WriteString("| package | for | may import of ours |\n|---|---|---|\n")
	table := layers()
	for _, name := range slices.Sorted(maps.Keys(table)) {
		ours := strings.Join(table[name].ours, ", ")
		switch ours {
		case "":
			ours = "nothing"
		case "*":
			ours = "all"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", name, table[name].purpose, ours)
	}
	return b.String()
}

// TestREADMEBeginsWithItsTwoCommands: a newcomer runs these first.
func TestREADMEBeginsWithItsTwoCommands(t *testing.T) {
	_, text := readme(t)
	_, after, _ := strings.Cut(text, "```sh\n")
	block, _, _ := strings.Cut(after, "```")
	if block != "make demo\nmake test\n" {
		t.Errorf("the first commands are %q", block)
	}
}

// TestREADMECountsTheDemosFabrics by making its world.
func TestREADMECountsTheDemosFabrics(t *testing.T) {
	w, err := demo.New(filepath.Join(t.TempDir(), "world"), demo.Options{Seed: 1, Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	_, text := readme(t)
	if want := fmt.Sprintf("and %d offline fabrics", len(w.Fabrics())); !strings.Contains(text, want) {
		t.Errorf("README.md does not say %q of the demonstration", want)
	}
}

// TestREADMENamesWhatIsThere: paths, make targets and commands in it exist.
func TestREADMENamesWhatIsThere(t *testing.T) {
	_, text := readme(t)
	for _, m := range regexp.MustCompile("(?:\\]\\(|`)((?:core|cmd|tui|store|themes|testdata)/[\\w./*-]+)").FindAllStringSubmatch(text, -1) {
		if found, err := filepath.Glob(filepath.Join(root(t), m[1])); err != nil || len(found) == 0 {
			t.Errorf("README.md names %s, which is not there", m[1])
		}
	}
	makefile, err := os.ReadFile(filepath.Join(root(t), "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("(?m)(?:^|`)make ([a-z]+)").FindAllStringSubmatch(text, -1) {
		if !strings.Contains(string(makefile), "\n"+m[1]+":") {
			t.Errorf("README.md names make %s, which the Makefile does not have", m[1])
		}
	}
	for _, m := range regexp.MustCompile("`selvage ([a-z]+)").FindAllStringSubmatch(text, -1) {
		a := &app{}
		if cmd, _, err := a.command().Find([]string{m[1]}); err != nil || cmd.Name() != m[1] {
			t.Errorf("README.md names selvage %s, which is no command", m[1])
		}
	}
}
