package loop

import (
	"testing"
	"time"

	"selvage/core"
)

// TestTimeBetweenTwoWatchersIsToldAsThat, and not as one in which nothing ran.
func TestTimeBetweenTwoWatchersIsToldAsThat(t *testing.T) {
	now := time.Now()
	live := core.NewSnapshot(core.Reading{Access: core.AccessOK, ReadAt: now})
	live.Watched = now.Add(-time.Second)
	m := &core.Memory{Report: &core.Report{Watched: now.Add(-20 * time.Second), Live: core.Reading{ReadAt: now.Add(-20 * time.Second)}}}
	s := sentry{on: true, relieves: true}
	b := s.blind(m, live, othersPatience)
	if b == nil || b.Reason != "the watch passed from one process to another" {
		t.Fatalf("the blind time is %+v", b)
	}
	s.recorded(live, b)
	live.Watched = now.Add(time.Second)
	if why := s.reason(live.Watched); why != "the watch broke" {
		t.Errorf("later it is told as %q", why)
	}
}
