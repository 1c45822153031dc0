package drift_test

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"selvage/core"
	"selvage/core/merge"
)

// TestConflictsAreWhatAMergeDisputes holds the comparison and the merge against
// each other: where the one sees a conflict, the other has a dispute, and nowhere
// else.
func TestConflictsAreWhatAMergeDisputes(t *testing.T) {
	tree := func(obj map[string]any) core.Value {
		return core.ValueOf(map[string]any{"spec": obj["spec"], "metadata": map[string]any{"labels": core.ValueOf(obj).At(".metadata.labels").Any()}})
	}
	rapid.Check(t, func(t *rapid.T) {
		base := plainObject(anyMap(t, 3))
		git, live := touchedObject(t, base, 3), touchedObject(t, base, 3)
		before := taken(t, "git", base)
		m := remembered(compare(before, taken(t, "kube", base), &core.Memory{}), before)
		v := oneVerdict(t, compareAt(at(1), taken(t, "git", git), taken(t, "kube", live), m))
		var conflicts, disputes []core.Path
		for _, c := range v.Changes {
			if c.Verdict == core.FieldConflict {
				conflicts = append(conflicts, cmp.Or(c.Unit, c.Path))
			}
		}
		for _, d := range merge.ThreeWay(tree(base), tree(git), tree(live), nil).Disputes {
			disputes = append(disputes, d.Path)
		}
		slices.Sort(conflicts)
		if conflicts = slices.Compact(conflicts); !slices.Equal(conflicts, disputes) {
			t.Fatalf("conflicts %v, disputes %v\nbase %s\ngit  %s\nlive %s", conflicts, disputes, tree(base), tree(git), tree(live))
		}
	})
}
