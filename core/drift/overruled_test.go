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

// TestPublishedMapIsRecognised: an edit whose value is a map with more in it is
// known again when Git says it, though Git's is compared in another form, and
// though servers fill more of live in around it than before.
func TestPublishedMapIsRecognised(t *testing.T) {
	const options = ".spec.subnets.default.dhcp.options"
	enabled := edited(vpc, "vlan: 1001", "vlan: 1001\n      dhcp: {enable: true}")
	said := func(git bool, servers string) string {
		if git {
			return edited(enabled, "enable: true", "enable: true, options: {dnsServers: ["+servers+"]}")
		}
		return edited(liveVPC, "dhcp: {}", "dhcp: {enable: true, range: {start: 10.0.1.2, end: 10.0.1.255}, options: {dnsServers: ["+servers+"], interfaceMTU: 9036, leaseTimeSeconds: 3600}}")
	}
	for name, servers := range map[string][]any{"in order": {"1.1.1.1", "9.9.9.9"}, "in another order": {"9.9.9.9", "1.1.1.1"}} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, enabled, said(false, "8.8.8.8"), nil)
			if v := d.look(1); v.State != core.Drifted || len(v.Changes) != 1 {
				t.Fatalf("before it is %s (%s): %+v", v.State, v.Reason, v.Changes)
			}
			d.decide(t, 1, vpcKey, options, core.TakeEdited, core.ValueOf(map[string]any{"dnsServers": servers}))
			d.sides(t, said(true, servers[0].(string)+", "+servers[1].(string)), said(false, "8.8.8.8"))
			if v := d.look(3); d.stand() != "1 pending: live has not followed yet" || v.State != core.Pending {
				t.Errorf("published the draft is %s; the object is %s (%s)", d.stand(), v.State, v.Reason)
			}
			d.sides(t, said(true, servers[0].(string)+", "+servers[1].(string)), said(false, "1.1.1.1, 9.9.9.9"))
			if v := d.look(4); d.stand() != "1 done: live says the same" || v.State != core.InSync {
				t.Errorf("followed the draft is %s; the object is %s (%s)", d.stand(), v.State, v.Reason)
			}
		})
	}
}
