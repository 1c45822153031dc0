package lint_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/lint"
	"selvage/testdata/hedgehog"
)

// generated is the Git side of a generated fabric.
func generated(t testing.TB, f hedgehog.Fabric) *core.Snapshot {
	t.Helper()
	s := core.NewSnapshot()
	for i, obj := range f.Objects {
		o, err := core.NewObject(core.CloneJSON(obj))
		if err != nil {
			t.Fatal(err)
		}
		if o.Key.Namespace == "" {
			o.Key.Namespace = "default"
		}
		o.Origin = core.Origin{Path: fmt.Sprintf("%05d.yaml", i), Line: 1}
		s.Add(o)
	}
	s.CoverAll()
	return s
}

// serious are the findings that count to a script.
func serious(found []core.LintFinding) []core.LintFinding {
	var all []core.LintFinding
	for _, f := range found {
		if f.Level != core.LintNote {
			all = append(all, f)
		}
	}
	return all
}

// TestSoundFabricsHaveNoFindings: the generator knows Hedgehog's rules by
// itself, and what a server made of a fabric is sound, too.
func TestSoundFabricsHaveNoFindings(t *testing.T) {
	for seed := range uint64(5) {
		for name, spec := range map[string]hedgehog.Spec{"small": hedgehog.Small(seed), "medium": hedgehog.Medium(seed)} {
			f := hedgehog.Generate(spec)
			if found := lint.Check(generated(t, f), lint.Options{}); len(found) > 0 {
				t.Errorf("%s fabric of seed %d:\n%s", name, seed, told(found[:min(len(found), 10)]))
			}
			for _, obj := range f.Objects {
				hedgehog.Default(obj, time.Unix(1_800_000_000, 0))
			}
			if found := lint.Check(generated(t, f), lint.Options{}); len(found) > 0 {
				t.Errorf("%s fabric of seed %d as the server has it:\n%s", name, seed, told(found[:min(len(found), 10)]))
			}
		}
	}
}

// TestRealManifestsHaveNoFalseFindings reads manifests that people wrote, where
// they lie beside the project. What is found in them is wrong with them, too.
func TestRealManifestsHaveNoFalseFindings(t *testing.T) {
	const samples = "../../../shared/domain/samples"
	known := []string{
		// The documentation's own sample, in a namespace that the webhook refuses.
		"Gateway/gateway-1: namespace \"fab\"",
		// traps.git.yaml holds awkward objects with nothing behind their names.
		"traps.git.yaml",
	}
	folders, err := filepath.Glob(samples + "/demo-gitops/*")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(samples + "/golden/*.git.yaml")
	if err != nil {
		t.Fatal(err)
	}
	snapshots := map[string]*core.Snapshot{}
	for _, f := range folders {
		snapshots[f] = read(t, f, "")
	}
	for _, f := range files {
		snapshots[f] = read(t, filepath.Dir(f), filepath.Base(f))
	}
	for name, s := range snapshots {
		for _, f := range serious(lint.Check(s, lint.Options{Partial: strings.HasSuffix(name, ".yaml")})) {
			told := fmt.Sprintf("%s: %s: %s [%s]", filepath.Base(name), f.Key, f.Message, f.Rule)
			if !strings.Contains(told, known[0]) && !strings.Contains(told, known[1]) {
				t.Error(told)
			}
			t.Log(told)
		}
	}
	if _, err := os.Stat(samples); err == nil && len(snapshots) < 8 {
		t.Errorf("%d samples were read", len(snapshots))
	}
}

func BenchmarkCheckLarge(b *testing.B) {
	s := generated(b, hedgehog.Generate(hedgehog.Large(1)))
	b.ReportMetric(float64(s.Len()), "objects")
	for b.Loop() {
		if found := serious(lint.Check(s, lint.Options{})); len(found) > 0 {
			b.Fatal(told(found[:1]))
		}
	}
}
