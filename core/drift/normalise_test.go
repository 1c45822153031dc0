package drift

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"selvage/core"
)

// anyAt draws a value for a place: mostly of the keys that rules name, and of
// values that they rewrite.
func anyAt(t *rapid.T, n *node, depth int) any {
	kind := rapid.IntRange(0, 9).Draw(t, "kind")
	switch {
	case depth > 6 || kind < 3:
		return rapid.SampledFrom([]any{
			nil, true, false, int64(0), int64(3), 1.5, "", "a", "default", "SPEED_25G", "300s", "0s", "vpc-1",
			"0C-20-12-FF-01-00", "0c:20:12:ff:01:00", "10.0.1.0/24",
		}).Draw(t, "scalar")
	case kind < 5:
		list := make([]any, rapid.IntRange(0, 3).Draw(t, "length"))
		for i := range list {
			list[i] = anyAt(t, n.item(), depth+1)
		}
		return list
	}
	keys := []string{"x", "y", "0C-20-12-FF-01-00", "0c:20:12:ff:01:00", "fabric.githedgehog.com/x"}
	if n != nil {
		keys = append(keys, slices.Sorted(maps.Keys(n.kids))...)
	}
	m := map[string]any{}
	for range rapid.IntRange(0, 4).Draw(t, "size") {
		k := rapid.SampledFrom(keys).Draw(t, "key")
		m[k] = anyAt(t, n.key(k), depth+1)
	}
	return m
}

// TestNormalFormIsNormal: bringing it into that form again changes nothing, what
// it was made of stays as it was, and it is the same whether it is recorded.
func TestNormalFormIsNormal(t *testing.T) {
	c := New(core.Fabric{Rules: []core.Rule{
		{Kind: "Server", Path: ".spec.*.names", Is: core.RuleSet}, {Kind: "Server", Path: ".spec.list[*].x", Is: core.RuleKeyed, Keys: []string{"x"}},
	}})
	kinds := append(slices.Collect(maps.Keys(kindRows())), core.GroupKind{Group: "wiring.githedgehog.com", Kind: "Server"}, core.GroupKind{Kind: "ConfigMap"})
	slices.SortFunc(kinds, func(a, b core.GroupKind) int { return core.Key{Kind: a.Kind}.Compare(core.Key{Kind: b.Kind}) })
	bare := table{root: compile(nil, nil)}
	rapid.Check(t, func(t *rapid.T) {
		table := c.table(rapid.SampledFrom(kinds).Draw(t, "of"), nil)
		fields := map[string]any{}
		for _, k := range []string{"metadata", "spec"} {
			if m, ok := anyAt(t, table.root.key(k), 0).(map[string]any); ok {
				fields[k] = m
			}
		}
		before := string(core.CanonicalJSON(fields))
		once := table.normal(fields, nil)
		if after := string(core.CanonicalJSON(fields)); after != before {
			t.Fatalf("%s became %s", before, after)
		}
		var steps []core.Step
		if recorded := table.normal(fields, &steps); !core.EqualJSON(recorded, once) {
			t.Fatalf("%s is\n%s, and recorded\n%s", before, core.CanonicalJSON(once), core.CanonicalJSON(recorded))
		}
		if len(steps) == 0 && !core.EqualJSON(once, bare.normal(fields, nil)) {
			t.Fatalf("%s became %s by no rule", before, core.CanonicalJSON(once))
		}
		if twice := table.normal(once, nil); !core.EqualJSON(twice, once) {
			t.Fatalf("%s is\n%s, and again\n%s", before, core.CanonicalJSON(once), core.CanonicalJSON(twice))
		}
		steps = nil
		if table.normal(once, &steps); len(steps) > 0 {
			t.Fatalf("a step on what is normal: %s", fmt.Sprint(steps[0]))
		}
	})
}

// TestWhatAgreesHasOneForm: where the shortcut says that two sides say the same,
// making their forms gives the same. It says so of what only differs by what rules
// leave out.
func TestWhatAgreesHasOneForm(t *testing.T) {
	c := New(core.Fabric{Rules: []core.Rule{{Kind: "Switch", Path: ".spec.description", Is: core.RuleIgnored}}})
	kinds := kindsWithRules()
	left := []any{nil, map[string]any{}, "x", map[string]any{"argocd.argoproj.io/x": "y"}, map[string]any{"fabric.githedgehog.com/x": "y", "own": nil}}
	agreed := 0
	rapid.Check(t, func(t *rapid.T) {
		table := c.table(rapid.SampledFrom(kinds).Draw(t, "of"), nil)
		git := documentOf(t, table.root)
		live, _ := core.CloneJSON(git).(map[string]any)
		for range rapid.IntRange(0, 3).Draw(t, "edits") {
			at, keys := live, []string{"status", "metadata", "spec"}
			if below, ok := live[rapid.SampledFrom(keys).Draw(t, "in")].(map[string]any); ok {
				at, keys = below, []string{"labels", "annotations", "description", "portLocators", "a"}
			}
			at[rapid.SampledFrom(keys).Draw(t, "key")] = core.CloneJSON(rapid.SampledFrom(left).Draw(t, "value"))
		}
		form, want := table.normal(git, nil), table.normal(live, nil)
		if !table.root.agree(git, live) {
			return
		}
		agreed++
		if !core.EqualJSON(form, want) {
			t.Fatalf("%s agrees with\n%s, and the forms are\n%s\n%s", core.CanonicalJSON(git), core.CanonicalJSON(live), core.CanonicalJSON(form), core.CanonicalJSON(want))
		}
	})
	if agreed == 0 {
		t.Error("nothing agreed")
	}
}
