package tui

import (
	"testing"

	"selvage/core"
)

// TestHistoryNamesWhoDidItAndNoOther: who wrote live last did not accept what it
// differs by, nor choose Git, nor is to be named where nothing says who moved.
func TestHistoryNamesWhoDidItAndNoOther(t *testing.T) {
	changes := []core.Change{{Path: ".spec.vlan", Manager: "kubectl-edit"}}
	for to, want := range map[core.State]string{
		core.Drifted: "kubectl-edit", core.Conflict: "kubectl-edit", core.OnlyLive: "kubectl-edit",
		core.Acknowledged: "", core.Pending: "", core.Differs: "", core.Stuck: "", core.InSync: "",
	} {
		h := tell(core.Entry{What: core.Transition{To: to, Changes: changes}}, core.Key.String)
		if h.who != want {
			t.Errorf("%s was done by %q, want %q", to, h.who, want)
		}
		if h := tell(core.Entry{What: core.Transition{To: to, Changes: changes, By: "kim"}}, core.Key.String); h.who != "kim" {
			t.Errorf("%s was done by %q, and kim is known to have done it", to, h.who)
		}
	}
}

// TestWordThatCameBackTellsWhoseItIs, and who brought it back.
func TestWordThatCameBackTellsWhoseItIs(t *testing.T) {
	for _, tt := range []struct{ by, restored, who, says string }{
		{"lee", "", "lee", ".spec until 2026-11-23 14:02:11Z: later"},
		{"lee", "lee", "lee", ".spec again until 2026-11-23 14:02:11Z: later"},
		{"lee", "kim", "kim", ".spec again until 2026-11-23 14:02:11Z, as lee said: later"},
	} {
		a := core.Acknowledgement{Path: ".spec", By: tt.by, Restored: tt.restored, Reason: "later", At: noon.Add(-1), Until: noon}
		if h := tell(core.Entry{What: a}, core.Key.String); h.who != tt.who || h.says.String() != tt.says {
			t.Errorf("%s: %s, want %s: %s", h.who, h.says, tt.who, tt.says)
		}
	}
}
