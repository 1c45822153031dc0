package core_test

import (
	"slices"
	"testing"
	"time"

	"selvage/core"
)

func TestPausesGrowAndThenGiveWay(t *testing.T) {
	b := core.Backoff{First: 20 * time.Millisecond, Max: 100 * time.Millisecond, Random: func() float64 { return 0.5 }}
	var got []time.Duration
	for lost := range 9 {
		got = append(got, b.Wait(lost)/time.Microsecond)
	}
	if want := []time.Duration{10000, 10000, 20000, 40000, 20000, 10000, 5000, 2500, 1250}; !slices.Equal(got, want) {
		t.Errorf("pauses of %v µs, want %v", got, want)
	}
	if d := b.Wait(1 << 20); d != 0 {
		t.Errorf("after a million lost races the pause is %v", d)
	}
	b.First = time.Hour
	if d := b.Wait(1); d != 50*time.Millisecond {
		t.Errorf("the pause is %v, and the limit 100ms", d)
	}
}
