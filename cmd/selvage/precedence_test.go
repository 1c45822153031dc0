package main

import (
	"runtime/metrics"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestKeysGoBeforeTheCollector(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var grown []int
		p := &precedence{grow: func(percent int) { grown = append(grown, percent) }}
		told := func(when string, want ...int) {
			t.Helper()
			synctest.Wait()
			if !slices.Equal(grown, want) {
				t.Errorf("%s: %v, want %v", when, grown, want)
			}
		}
		p.key()
		told("at a key", keysGrowth)
		for range 5 {
			time.Sleep(keysPause - time.Millisecond)
			p.key()
		}
		told("while keys follow each other", keysGrowth)
		time.Sleep(keysPause)
		told("after the last key", keysGrowth, calmGrowth)
		p.key()
		told("at the next key", keysGrowth, calmGrowth, keysGrowth)
	})
}

func TestWhoSetsTheCollectorIsHeeded(t *testing.T) {
	for _, set := range []bool{true, false} {
		a := &app{env: func(name string) (string, bool) { return "", name == "GOMAXPROCS" || name == "GOGC" && set }}
		p := a.precedence()
		before := collected(t)
		p.grow(keysGrowth)
		if after := collected(t); (after == before) != set {
			t.Errorf("GOGC set %v: from %d %% to %d %%", set, before, after)
		}
		p.grow(calmGrowth)
	}
}

// collected is how far the heap grows now between two collections, in percent.
func collected(t *testing.T) uint64 {
	t.Helper()
	sample := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
