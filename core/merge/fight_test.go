package merge_test

import (
	"slices"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/merge"
)

// fight lets a difference come and go so often, that long apart, and gives the
// heats after it.
func fight(t *testing.T, times int, apart time.Duration) ([]core.Heat, time.Time) {
	t.Helper()
	found := subject(t, `{"a":1}`, `{"a":2}`, change(".a", core.FieldDrift)).Differences()
	var heats []core.Heat
	at := now
	for range times {
		heats = merge.Seen(heats, found, all, at)
		heats = merge.Seen(heats, nil, all, at.Add(apart/2))
		at = at.Add(apart)
	}
	return heats, at
}

func all(core.Key) bool { return true }

func paused(heats []core.Heat) bool {
	return slices.ContainsFunc(heats, func(h core.Heat) bool { return h.Paused })
}

func TestFieldThatKeepsFlippingPausesThePolicy(t *testing.T) {
	for _, tt := range []struct {
		times int
		apart time.Duration
		want  bool
	}{
		{5, time.Second, false},
		{6, time.Second, true},
		{40, time.Minute, true},
		{40, 5 * time.Minute, false},
	} {
		if heats, _ := fight(t, tt.times, tt.apart); paused(heats) != tt.want {
			t.Errorf("%d times, %s apart: paused is %v: %+v", tt.times, tt.apart, paused(heats), heats)
		}
	}
}

func TestPauseEndsOnceNothingCameBack(t *testing.T) {
	heats, at := fight(t, 6, time.Second)
	for i := range 20 {
		heats = merge.Seen(heats, nil, all, at.Add(time.Duration(i)*time.Minute))
		if i == 10 && !paused(heats) {
			t.Error("the pause was over after 10 minutes")
		}
	}
	if paused(heats) {
		t.Errorf("still paused after 20 minutes: %+v", heats)
	}
	if heats = merge.Seen(heats, nil, all, at.Add(2*time.Hour)); len(heats) > 0 {
		t.Errorf("kept after two hours: %+v", heats)
	}
}

func TestDifferenceThatStaysIsNoFlip(t *testing.T) {
	s := subject(t, `{"a":1}`, `{"a":2}`, change(".a", core.FieldDrift))
	var heats []core.Heat
	for i := range 100 {
		heats = merge.Seen(heats, s.Differences(), all, now.Add(time.Duration(i)*time.Second))
	}
	if len(heats) != 1 || heats[0].Level > 1 {
		t.Errorf("heats = %+v", heats)
	}
	other := subject(t, `{"a":1}`, `{"a":3}`, change(".a", core.FieldDrift))
	if heats = merge.Seen(heats, other.Differences(), all, now.Add(100*time.Second)); heats[0].Level < 1.5 {
		t.Errorf("another value heats nothing: %+v", heats)
	}
}

// TestWhatWasNotReadHeatsNothing: a cluster that is away now and then does not
// make a difference come back.
func TestWhatWasNotReadHeatsNothing(t *testing.T) {
	found := subject(t, `{"a":1}`, `{"a":2}`, change(".a", core.FieldDrift)).Differences()
	var heats []core.Heat
	for i := range 20 {
		at := now.Add(time.Duration(i) * 2 * time.Second)
		heats = merge.Seen(heats, found, all, at)
		heats = merge.Seen(heats, nil, func(core.Key) bool { return false }, at.Add(time.Second))
	}
	if len(heats) != 1 || heats[0].Level > 1 {
		t.Errorf("heats = %+v", heats)
	}
}

func TestClockThatGoesBackHeatsNothing(t *testing.T) {
	heats, at := fight(t, 3, time.Second)
	before := heats[0].Level
	if heats = merge.Seen(heats, nil, all, at.Add(-24*time.Hour)); heats[0].Level > before {
		t.Errorf("level %v became %v", before, heats[0].Level)
	}
}
