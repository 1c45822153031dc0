package main

import (
	"testing"

	"selvage/core"
	"selvage/core/loop"
)

func TestShortPlanSaysWhatItLeavesOut(t *testing.T) {
	vpc := func(name string) core.Key {
		return core.Key{Group: "vpc.githedgehog.com", Kind: "VPC", Name: name}
	}
	vlan := core.Path("").Key("vlan")
	created := core.Effect{Fabric: "dc1", Key: vpc("new"), Path: core.Root, Op: core.EffectCreate, Why: "this commit"}
	updated := core.Effect{Fabric: "dc1", Key: vpc("one"), Path: vlan, Op: core.EffectUpdate, Why: "this commit"}
	same := core.Effect{Fabric: "dc1", Key: vpc("two"), Path: vlan, Op: core.EffectNone, Why: "live says so already"}
	deleted := core.Effect{Fabric: "dc1", Key: vpc("old"), Path: core.Root, Op: core.EffectDelete, Why: "this commit"}
	for _, tt := range []struct {
		name    string
		effects []core.Effect
		reverts string
		want    string
	}{
		{"some of it", []core.Effect{created, updated, updated, same, deleted}, "", `
then the engines, in short, because of it:
  dc1
    delete  VPC/old  (this commit)
  besides 1 create, 2 updates, 1 left as it is (all of it: selvage plan dc1)
`},
		{"all of it", []core.Effect{deleted}, "", `
then the engines, in short, because of it:
  dc1
    delete  VPC/old  (this commit)
`},
		{"nothing of it", []core.Effect{updated}, "9c1d", `
then the engines, in short, because of it:
  nothing is taken away; 1 update (all of it: selvage plan --revert 9c1d)
`},
		{"nothing at all", nil, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := &planText{session: &session{loop: loop.New(loop.Config{})}, plan: &core.Plan{
				Fabrics: []core.FabricID{"dc1"}, Effects: tt.effects, Asked: core.PlanOptions{Reverts: tt.reverts},
			}}
			text.losses()
			if got := text.b.String(); got != tt.want {
				t.Errorf("it says\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

// TestPlanNamesNoLineThatIsNotKnown, as of a file that is not there yet.
func TestPlanNamesNoLineThatIsNotKnown(t *testing.T) {
	finding := core.LintFinding{Origin: core.Origin{Path: "dc1/v-9.yaml"}, Level: core.LintError, Rule: "vlan", Message: "taken"}
	text := &planText{plan: &core.Plan{Lint: []core.PlannedFinding{{Fabric: "dc1", LintFinding: finding}}}}
	text.lint()
	if got, want := text.b.String(), "\nlint says of git as it would be:\n  error dc1/v-9.yaml: taken (vlan)\n"; got != want {
		t.Errorf("it says\n%s\nwant\n%s", got, want)
	}
}
