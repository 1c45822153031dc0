package tui

import (
	"testing"

	"selvage/core"
)

// TestKeysSayWhatTheirRowLacks on the list of fabrics, the plan and the history.
func TestKeysSayWhatTheirRowLacks(t *testing.T) {
	broken := unprotected()
	broken.Report.Verdicts, broken.Report.Counts = []core.Verdict{invalidFile()}, core.Counts{core.Invalid: 1}
	calmOne := fabric("dc1-prod", 0, calm(3)...)
	accepted := fabric("dc1-prod", 0, simple(core.Acknowledged, wiringGroup, "Switch", "leaf-1", ".spec.a", "kim", 0))
	unread := core.FabricState{Fabric: core.Fabric{ID: "dc1-prod", Mode: core.ModeWrite}}
	for way, tt := range map[string]struct {
		f    core.FabricState
		want string
	}{
		"#":                                  {broken, "invalid: what cannot be read is not accepted, mend the file in git"},
		"# ":                                 {calmOne, "in sync: there is nothing to accept"},
		"#  ":                                {accepted, "all that differs is accepted already"},
		"#   ":                               {unread, "nothing is known of dc1-prod yet"},
		"d":                                  {calmOne, "nothing of dc1-prod differs"},
		"s l":                                {unprotected(), "it takes nothing out of git"},
		"s tab":                              {stopped(), "it cannot be published: why is said first"},
		"s t":                                {settled(), "nothing would be committed"},
		"s tab ":                             {settled(), "there is nothing to publish, and nothing to follow"},
		"s a":                                {unprotected(), "this line undoes no live edit"},
		"h a":                                {unprotected(), "only a live edit that was overwritten is brought back"},
		"h r":                                {unprotected(), "only a run is planned again"},
		"h O":                                {unprotected(), "no commit belongs to it"},
		"h d":                                {unprotected(), "it is about no run and no object"},
		"v r":                                {unprotected(), "only a run is planned again"},
		"h / 'what=sync enter enter g enter": {unprotected(), "the cursor is on no object"},
	} {
		t.Run(way, func(t *testing.T) { drive(t, only(tt.f), 120, 30).way(way).shows(tt.want) })
	}
}
