package core_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"selvage/core"
)

// TestWaitingCountsWhileTheEngineCanAct, and not before it is known to.
func TestWaitingCountsWhileTheEngineCanAct(t *testing.T) {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	ago := func(h float64) time.Time { return now.Add(-time.Duration(h * float64(time.Hour))) }
	for _, tt := range []struct {
		name  string
		idle  []core.Span
		since float64 // hours ago
		want  float64
	}{
		{"always", nil, 5, 5},
		{"a window that has just opened", []core.Span{{From: ago(100), Until: ago(0.1)}}, 5, 0.1},
		{"a pause in between", []core.Span{{From: ago(3), Until: ago(1)}}, 3, 1},
		{"older than what is known", []core.Span{{From: ago(3), Until: ago(1)}}, 50, 1},
		{"short windows add up", []core.Span{{From: ago(9), Until: ago(7)}, {From: ago(6), Until: ago(4)}, {From: ago(3), Until: ago(1)}}, 8, 3},
		{"over before it began", []core.Span{{From: ago(9), Until: ago(7)}}, 5, 5},
		{"it is younger than the commit", []core.Span{{Until: ago(2)}}, 500, 2},
		{"one that is not over", []core.Span{{From: ago(3), Until: ago(-1)}}, 5, 0},
		{"one in another", []core.Span{{From: ago(6), Until: ago(1)}, {From: ago(4), Until: ago(3)}}, 6, 1},
	} {
		e := core.Engine{Type: core.ArgoCD, Access: core.AccessOK}
		e.Rested(now, tt.idle...)
		if got := e.Waited(ago(tt.since), now); got != time.Duration(tt.want*float64(time.Hour)) {
			t.Errorf("%s: waited %s, want %gh", tt.name, got, tt.want)
		}
		e.Access = core.AccessForbidden
		if got := e.Waited(ago(tt.since), now); got != now.Sub(ago(tt.since)) {
			t.Errorf("%s: without an engine waited %s", tt.name, got)
		}
	}
}

func TestTimesOfRestAreFewAndApart(t *testing.T) {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		e := core.Engine{Type: core.ArgoCD, Access: core.AccessOK}
		at := rapid.Custom(func(t *rapid.T) time.Time {
			return now.Add(-time.Duration(rapid.IntRange(-10, 20*24*60).Draw(t, "minutes")) * time.Minute)
		})
		for range rapid.IntRange(0, 100).Draw(t, "spans") {
			e.Rested(now, core.Span{From: at.Draw(t, "from"), Until: at.Draw(t, "until")})
		}
		if len(e.Idle) > 32 {
			t.Fatalf("%d spans", len(e.Idle))
		}
		for i, s := range e.Idle {
			if !s.From.Before(s.Until) || i > 0 && !s.From.After(e.Idle[i-1].Until) || now.Sub(s.Until) > core.IdleAge {
				t.Fatalf("spans %v", e.Idle)
			}
		}
		since := at.Draw(t, "since")
		if w := e.Waited(since, now); w > now.Sub(since) || since.Before(now) && w < 0 {
			t.Fatalf("waited %s since %s", w, since)
		}
		for range 3 { // to say it again adds nothing
			before := slices.Clone(e.Idle)
			e.Rested(now, before...)
			if !slices.Equal(before, e.Idle) {
				t.Fatalf("%v became %v", before, e.Idle)
			}
		}
	})
}

// TestWorstIsSaidFirst: a warning about one object is no reason for a commit that
// is not applied.
func TestWorstIsSaidFirst(t *testing.T) {
	e := core.Engine{
		Type: core.ArgoCD, Access: core.AccessOK, Notes: []string{"SharedResourceWarning: VPC/x"}, HealthMessage: "sick",
		Operation: &core.EngineOperation{Phase: core.EngineRunning, Revision: "9b1d0aa4", Tries: 2, Limit: 5, Message: "VLAN 1 is used"},
	}
	if got, want := e.Says("9b1d0aa4"), "argocd retries 9b1d0aa 2/5: VLAN 1 is used"; got != want {
		t.Errorf("says %q, want %q", got, want)
	}
	e.Troubles = []string{"ComparisonError: no such path"}
	if got := e.Says("9b1d0aa4"); got != e.Troubles[0] {
		t.Errorf("says %q", got)
	}
}
