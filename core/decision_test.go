package core_test

import (
	"testing"
	"time"

	"selvage/core"
)

func TestAcknowledgementHoldsForWhatItWasGivenFor(t *testing.T) {
	at := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	k := core.Key{Kind: "VPC", Name: "vpc-1"}
	c := core.Change{Path: ".spec.a", Git: core.ValueOf(int64(1)), Live: core.ValueOf(int64(2))}
	word := core.Acknowledgement{
		Key: k, Path: c.Path, Reason: "maintenance", Until: at.Add(time.Hour),
		GitDigest: c.Git.Digest(), LiveDigest: c.Live.Digest(),
	}
	other, deeper, git, live, gone := c, c, c, c, c
	other.Path, deeper.Path = ".spec.b", ".spec.a.b"
	git.Git, live.Live, gone.Live = core.ValueOf(int64(9)), core.ValueOf(int64(9)), core.Value{}
	tests := []struct {
		name string
		key  core.Key
		c    core.Change
		at   time.Time
		want bool
		void string
	}{
		{"as given", k, c, at, true, ""},
		{"another object", core.Key{Kind: "VPC", Name: "vpc-2"}, c, at, false, ""},
		{"another path", k, other, at, false, ""},
		{"below it", k, deeper, at, false, ""},
		{"git moved", k, git, at, false, "git changed it since"},
		{"live moved", k, live, at, false, "live changed it since"},
		{"live is gone", k, gone, at, false, "live changed it since"},
		{"in the last moment", k, c, word.Until.Add(-1), true, ""},
		{"at its end", k, c, word.Until, false, "its time is over"},
	}
	for _, tt := range tests {
		if got := word.Covers(tt.key, tt.c, tt.at); got != tt.want {
			t.Errorf("%s: Covers = %v", tt.name, got)
		}
		if got := word.Void(tt.c, tt.at); got != tt.void {
			t.Errorf("%s: Void = %q, want %q", tt.name, got, tt.void)
		}
	}
	later := word
	later.Reason = "again"
	by := core.Accepted(k, []core.Change{c, other}, []core.Acknowledgement{word, later}, at)
	if len(by) != 2 || by[0] == nil || by[0].Reason != "again" || by[1] != nil {
		t.Errorf("Accepted = %+v", by)
	}
}

func TestPolicyRuleIsToldByWhatItSays(t *testing.T) {
	for _, tt := range []struct {
		rule core.PolicyRule
		want string
	}{
		{core.PolicyRule{Policy: "manual", On: []core.Trigger{core.OnConflict}}, "manual * . on conflict"},
		{core.PolicyRule{Policy: "prefer_git", Kind: "VPC", Path: ".spec.a", On: []core.Trigger{core.OnDrift, core.OnDelete}}, "prefer_git VPC .spec.a on drift, delete"},
	} {
		if got := tt.rule.String(); got != tt.want {
			t.Errorf("String() = %q, want %q", got, tt.want)
		}
	}
}
