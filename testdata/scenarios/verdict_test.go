package scenarios_test

import (
	"slices"
	"strings"
	"testing"

	"selvage/testdata/scenarios"
)

// TestTheJudgeFindsWhatIsWrong gives the judge reports that are wrong in one
// thing each: what it does not find no scenario would.
func TestTheJudgeFindsWhatIsWrong(t *testing.T) {
	s := &site{t: t, name: "fabric", namespace: "default", objects: []map[string]any{
		{"kind": "VPC", "apiVersion": "vpc.githedgehog.com/v1beta1", "metadata": map[string]any{"name": "one"}},
		{"kind": "VPC", "apiVersion": "vpc.githedgehog.com/v1beta1", "metadata": map[string]any{"name": "two"}},
	}}
	want := scenarios.Want{Objects: []scenarios.Object{{
		Object: "VPC/one", State: "drifted", File: "one.yaml",
		Changes: []scenarios.Change{{Path: ".spec.vlan", Op: "changed", Verdict: "drift", Manager: "kubectl-edit", Git: int64(1), Live: int64(2)}},
	}}}
	right := func() fabricReport {
		return fabricReport{Objects: []objectReport{
			{Kind: "VPC", Namespace: "default", Name: "one", State: "drifted", File: "fabric/one.yaml", Changes: []changeReport{
				{Path: ".spec.vlan", Op: "changed", Verdict: "drift", Manager: "kubectl-edit", Git: float64(1), Live: float64(2)},
			}},
			{Kind: "VPC", Namespace: "default", Name: "two", State: "in_sync"},
		}}
	}
	if faults := newTally().judge(s, want, right()); len(faults) > 0 {
		t.Errorf("the right report is told to be wrong: %q", faults)
	}
	for name, spoil := range map[string]func(*fabricReport){
		"another state":   func(f *fabricReport) { f.Objects[0].State = "conflict" },
		"another file":    func(f *fabricReport) { f.Objects[0].File = "fabric/two.yaml" },
		"another path":    func(f *fabricReport) { f.Objects[0].Changes[0].Path = ".spec.vlans" },
		"another op":      func(f *fabricReport) { f.Objects[0].Changes[0].Op = "added" },
		"another verdict": func(f *fabricReport) { f.Objects[0].Changes[0].Verdict = "git_ahead" },
		"another manager": func(f *fabricReport) { f.Objects[0].Changes[0].Manager = "" },
		"another value":   func(f *fabricReport) { f.Objects[0].Changes[0].Live = float64(3) },
		"a change too many": func(f *fabricReport) {
			f.Objects[0].Changes = append(f.Objects[0].Changes, changeReport{Path: ".spec.mtu", Op: "added", Verdict: "drift"})
		},
		"a change twice":  func(f *fabricReport) { f.Objects[0].Changes = append(f.Objects[0].Changes, f.Objects[0].Changes[0]) },
		"no change":       func(f *fabricReport) { f.Objects[0].Changes = nil },
		"a false alarm":   func(f *fabricReport) { f.Objects[1].State = "drifted" },
		"a quiet alarm":   func(f *fabricReport) { f.Objects[1].Changes = []changeReport{{Path: ".spec.mtu", Verdict: "drift"}} },
		"an object less":  func(f *fabricReport) { f.Objects = f.Objects[:1] },
		"a miss":          func(f *fabricReport) { f.Objects = f.Objects[1:] },
		"an object twice": func(f *fabricReport) { f.Objects = append(f.Objects, f.Objects[1]) },
		"nothing":         func(f *fabricReport) { f.Objects = nil },
	} {
		got, ta := right(), newTally()
		spoil(&got)
		if faults := ta.judge(s, want, got); len(faults) == 0 {
			t.Errorf("%s: nothing is found", name)
		}
	}
}

func TestPrecisionAndRecall(t *testing.T) {
	ta := newTally()
	ta.count("drift", 0, 2, 1) // one of two alarms was right
	ta.count("drift", 4, 0, 0) // and three were missed
	ta.add("scenario", []fault{{"VPC/one", "is wrong"}})
	ta.add("scenario", nil)
	if f := ta.classes["drift"]; f.precision() != 0.5 || f.recall() != 0.25 {
		t.Errorf("precision %v and recall %v, want 0.5 and 0.25", f.precision(), f.recall())
	}
	var out strings.Builder
	if err := ta.print(&out); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"scenario  2     1      1", "drift  4  2  1  0.5000  0.2500"} {
		words := strings.Fields(line)
		if !slices.ContainsFunc(strings.Split(out.String(), "\n"), func(l string) bool { return slices.Equal(strings.Fields(l), words) }) {
			t.Errorf("the table has no line %q:\n%s", words, out.String())
		}
	}
}

func TestOperatorsWhoAreToldDifferentCulprits(t *testing.T) {
	told := func(verdict string) fabricReport {
		return fabricReport{Objects: []objectReport{{Kind: "VPC", Name: "one", Changes: []changeReport{{Path: ".spec.vlan", Verdict: verdict}}}}}
	}
	for _, tt := range []struct {
		old, fresh string
		wrong      bool
	}{{"drift", "git_ahead", true}, {"git_ahead", "drift", true}, {"drift", "drift", false}, {"drift", "differs", false}, {"conflict", "differs", false}} {
		if got := len((&site{}).contradictions(told(tt.old), told(tt.fresh))) > 0; got != tt.wrong {
			t.Errorf("%s and %s: a contradiction: %v, want %v", tt.old, tt.fresh, got, tt.wrong)
		}
	}
}
