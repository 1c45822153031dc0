package tui

import (
	"strings"
	"testing"

	"selvage/core"
)

func TestPlanAndRunShowWhatChangesInAWholeObject(t *testing.T) {
	object := func(vlan int64) core.Value {
		return core.ValueOf(map[string]any{
			"metadata": map[string]any{"labels": map[string]any{}, "annotations": map[string]any{}},
			"spec": map[string]any{
				"a": int64(1), "b": int64(2), "c": int64(3), "d": int64(4), "e": int64(5), "vlan": vlan,
			},
		})
	}
	change := core.PlannedChange{Fabric: "dc1-prod", Key: key(vpcGroup, "VPC", "tenant-a"), Path: core.Root, Op: core.OpChanged}
	changed, adopted, removed := change, change, change
	changed.Before, changed.After = object(1001), object(1005)
	adopted.After, removed.Before = object(1001), object(1001)
	around := "  ~ VPC/tenant-a\n       c: 3\n       d: 4\n       e: 5\n   -   vlan: 1001\n   +   vlan: 1005"
	all := func(mark string) string {
		lines := []string{"spec:"}
		for _, l := range []string{"a: 1", "b: 2", "c: 3", "d: 4", "e: 5", "vlan: 1001"} {
			lines = append(lines, "  "+l)
		}
		return mark + " " + strings.Join(lines, "\n"+mark+" ")
	}
	flat := func(text string) string {
		var lines []string
		for l := range strings.SplitSeq(text, "\n") {
			if l = strings.Join(strings.Fields(l), " "); l != "" {
				lines = append(lines, l)
			}
		}
		return strings.Join(lines, "\n")
	}
	text := func(d *scroll) string {
		var b strings.Builder
		for _, l := range d.lines {
			for _, p := range l.left {
				b.WriteString(p.text.String())
			}
			b.WriteByte('\n')
		}
		return flat(b.String())
	}
	for _, tt := range []struct {
		name         string
		change       core.PlannedChange
		plan, run    string
		onlyInTheRun bool
	}{
		{"changed", changed, around, strings.TrimPrefix(around, "  ~ VPC/tenant-a\n"), false},
		{"adopted", adopted, all("+"), all("+"), false},
		{"removed", removed, "", all("-"), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := &core.Plan{Fabrics: []core.FabricID{"dc1-prod"}, Commits: []core.PlannedCommit{{Branch: "main", Subject: "s", Changes: []core.PlannedChange{tt.change}}}}
			e := Env{Fleet: only(desk()), Width: 100, Height: 40}
			plan := newPlanText(p, nil, e, desk())
			if got := text(plan.scroll); !strings.Contains(got, flat(tt.plan)) || tt.onlyInTheRun && strings.Contains(got, "vlan") {
				t.Errorf("the plan is\n%s\nwant in it\n%s", got, flat(tt.plan))
			}
			run := newScroll(100)
			run.runDiff(&core.Run{}, p, e)
			if got := text(run); !strings.Contains(got, flat(tt.run)) || strings.Contains(got, "{") {
				t.Errorf("the diff of the run is\n%s\nwant in it\n%s", got, flat(tt.run))
			}
		})
	}
}
