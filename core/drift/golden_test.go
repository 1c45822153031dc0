package drift_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/drift"
	"selvage/core/manifest"
	"selvage/testdata/hedgehog"
)

var now = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

// snapshot reads YAML text as one whole side of a fabric.
func snapshot(t *testing.T, source, text string) *core.Snapshot {
	t.Helper()
	docs, err := manifest.Parse([]byte(text))
	if err != nil {
		t.Fatalf("Parse(%s) = %v", source, err)
	}
	s := core.NewSnapshot(core.Reading{Source: source, Access: core.AccessOK, ReadAt: now})
	for _, d := range docs {
		if d.Err != nil {
			t.Fatalf("%s line %d: %v", source, d.Line, d.Err)
		}
		if d.Object.Key.Namespace == "" {
			d.Object.Key.Namespace = "default"
		}
		s.Add(d.Object)
	}
	s.CoverAll()
	return s
}

// pairs are manifests with what the server makes of them: those of generated
// fabrics, and the samples beside the project where they are.
func pairs(t *testing.T) map[string][2]string {
	t.Helper()
	found := map[string][2]string{}
	for seed := range uint64(2) {
		var git, live strings.Builder
		f := hedgehog.Generate(hedgehog.Small(seed))
		for _, o := range f.Objects {
			git.WriteString("---\n" + string(hedgehog.YAML(o)))
		}
		for _, o := range f.Live(hedgehog.LiveOptions{Now: now}) {
			live.WriteString("---\n" + string(hedgehog.YAML(o)))
		}
		found[fmt.Sprintf("generated-%d", seed)] = [2]string{git.String(), live.String()}
	}
	files, err := filepath.Glob("../../../shared/domain/samples/golden/*.git.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		git, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		live, err := os.ReadFile(strings.TrimSuffix(f, ".git.yaml") + ".live.yaml")
		if err != nil {
			t.Fatal(err)
		}
		found[filepath.Base(f)] = [2]string{string(git), string(live)}
	}
	return found
}

func compare(git, live *core.Snapshot, m *core.Memory) *drift.Result {
	f := core.Fabric{ID: "test", Namespace: "default", PendingLimit: 15 * time.Minute}
	return drift.New(f).Compare(drift.Input{Git: git, Live: live, Memory: m, Now: now})
}

func TestUntouchedPairsAreInSync(t *testing.T) {
	for name, pair := range pairs(t) {
		t.Run(name, func(t *testing.T) {
			res := compare(snapshot(t, "git", pair[0]), snapshot(t, "dump", pair[1]), &core.Memory{})
			for _, v := range res.Report.Verdicts {
				if v.State != core.InSync {
					t.Errorf("%s is %s (%s): %+v", v.Key, v.State, v.Reason, v.Changes)
				}
			}
		})
	}
}

// leafPaths lists the paths of all scalars that a manifest sets.
func leafPaths(v any, at core.Path) []core.Path {
	switch t := v.(type) {
	case map[string]any:
		var all []core.Path
		for k, e := range t {
			all = append(all, leafPaths(e, at.Key(k))...)
		}
		return all
	case []any:
		var all []core.Path
		for i, e := range t {
			all = append(all, leafPaths(e, at.Index(i))...)
		}
		return all
	case nil:
		return nil
	}
	return []core.Path{at}
}

// TestEveryChangedLeafIsReported changes, one after the other, every scalar
// that both sides of a pair have, on the live side.
func TestEveryChangedLeafIsReported(t *testing.T) {
	for name, pair := range pairs(t) {
		t.Run(name, func(t *testing.T) {
			git := snapshot(t, "git", pair[0])
			live := snapshot(t, "dump", pair[1])
			base := compare(git, live, &core.Memory{})
			tried := 0
			for _, withBase := range []bool{false, true} {
				memory := &core.Memory{}
				if withBase {
					memory = &core.Memory{Objects: base.Objects, GitKinds: base.GitKinds, Git: git}
				}
				for o := range git.Objects() {
					for _, p := range leafPaths(o.Fields, core.Root) {
						tried += changeLeaf(t, git, live, memory, o.Key, p)
					}
				}
			}
			t.Logf("%d changes tried", tried)
		})
	}
}

func changeLeaf(t *testing.T, git, live *core.Snapshot, m *core.Memory, k core.Key, p core.Path) int {
	t.Helper()
	o := *live.Side(k).Object
	o.Fields, _ = core.CloneJSON(o.Fields).(map[string]any)
	changed, ok := setLeaf(o.Fields, p.Steps())
	if !ok || p.Match(".spec.portLocators") || strings.Contains(string(p), "githedgehog.com/custom") {
		return 0
	}
	o.Digest = core.DigestJSON(o.Fields)
	before := live.Add(&o)
	defer live.Add(before)
	for _, v := range compare(git, live, m).Report.Verdicts {
		if v.Key != k {
			if v.State != core.InSync {
				t.Errorf("changing %s %s makes %s %s", k, p, v.Key, v.State)
			}
			continue
		}
		if v.State == core.InSync {
			t.Errorf("changing %s %s to %v is not reported", k, p, changed)
		}
		for _, c := range v.Changes {
			if !related(c.Path, p) {
				t.Errorf("changing %s %s reports %s (git %s live %s)", k, p, c.Path, c.Git, c.Live)
			}
		}
	}
	return 1
}

// related tells whether a reported path names the changed place: the path
// itself, or a member of the set or keyed list that it stands in.
func related(reported, changed core.Path) bool {
	a, b := reported.Steps(), changed.Steps()
	for i, step := range a {
		if i >= len(b) {
			return false
		}
		if strings.Contains(step, "=") {
			return true
		}
		if step != b[i] {
			return false
		}
	}
	return len(a) == len(b)
}

func setLeaf(v any, steps []string) (any, bool) {
	for i, s := range steps {
		last := i == len(steps)-1
		switch t := v.(type) {
		case map[string]any:
			k := strings.TrimPrefix(s, ".")
			if strings.HasPrefix(s, `["`) {
				k = s[2 : len(s)-2]
			}
			e, ok := t[k]
			if !ok {
				return nil, false
			}
			if last {
				t[k] = other(e)
				return t[k], true
			}
			v = e
		case []any:
			n := int(s[1] - '0')
			if n >= len(t) {
				return nil, false
			}
			if last {
				t[n] = other(t[n])
				return t[n], true
			}
			v = t[n]
		}
	}
	return nil, false
}

func other(v any) any {
	switch t := v.(type) {
	case string:
		return t + "x"
	case bool:
		return !t
	case int64:
		return t + 1
	}
	return "x"
}
