package drift_test

import (
	"strings"
	"testing"

	"selvage/core"
)

// TestDecisionThatOverruledLiveIsForGit from when Git says it, until live follows
// or says something new.
func TestDecisionThatOverruledLiveIsForGit(t *testing.T) {
	vlanOf := func(text, to string) string { return edited(text, "vlan: 1001", "vlan: "+to) }
	for name, tt := range map[string]struct {
		choice     core.Choice
		live, then string // when it was decided, and when Git says it
		unread     bool   // live, by then
		stand      string
		state      core.State
	}{
		"live has not followed": {core.TakeEdited, "1005", "1005", false, "pending: live has not followed yet", core.Pending},
		"live has followed":     {core.TakeEdited, "1005", "1009", false, "done: live says the same", core.InSync},
		"live was edited again": {core.TakeEdited, "1005", "1006", false, "done: git says so", core.Conflict},
		"live was not read":     {core.TakeEdited, "1005", "1005", true, "pending: live: it is away", core.Unknown},
		"the sides had agreed":  {core.TakeEdited, "1001", "1001", false, "done: git says so", core.Pending},
		"live said so":          {core.TakeEdited, "1009", "1009", false, "done: git says so", core.InSync},
		"live was taken":        {core.TakeLive, "1009", "1001", false, "done: git says so", core.Pending},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, vpc, vlanOf(liveVPC, tt.live), argo(healing))
			d.decide(t, 1, vpcKey, vlan, tt.choice, core.ValueOf(int64(1009)))
			d.look(2)
			if !strings.HasPrefix(d.stand(), "1 open: ") {
				t.Fatalf("before it is published the draft is %s", d.stand())
			}
			d.sides(t, vlanOf(vpc, "1009"), vlanOf(liveVPC, tt.then))
			if tt.unread {
				d.in.Live = core.NewSnapshot(core.Reading{Access: core.AccessUnreachable, Error: "it is away"})
			}
			v := d.look(3)
			if d.stand() != "1 "+tt.stand || v.State != tt.state {
				t.Errorf("the draft is %s, want %s; the object is %s, want %s (%s)", d.stand(), tt.stand, v.State, tt.state, v.Reason)
			}
		})
	}
}

// TestOverruledLiveHasItsTimeFromThePublication, however long that took.
func TestOverruledLiveHasItsTimeFromThePublication(t *testing.T) {
	d := newDesk(t, vpc, edited(liveVPC, "vlan: 1001", "vlan: 1005"), argo(healing))
	d.decide(t, 1, vpcKey, vlan, core.TakeEdited, core.ValueOf(int64(1009)))
	d.look(2)
	d.sides(t, edited(vpc, "vlan: 1001", "vlan: 1009"), edited(liveVPC, "vlan: 1001", "vlan: 1005"))
	for _, then := range []struct {
		minute int
		want   core.State
	}{{60, core.Pending}, {70, core.Pending}, {80, core.Stuck}} {
		v := d.look(then.minute)
		if v.State != then.want || !strings.HasPrefix(v.Reason, "a value of their own was published by ada; ") || then.want == core.Pending && !v.Since.Equal(at(60)) {
			t.Errorf("at %d it is %s since %s, want %s: %s", then.minute, v.State, v.Since, then.want, v.Reason)
		}
	}
}
