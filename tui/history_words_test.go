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
	}
}
