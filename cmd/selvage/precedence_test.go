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
		const given = -1
		p := &precedence{
			grow: func(percent int) { grown = append(grown, percent) },
			free: func() { grown = append(grown, given) },
		}
		told := func(when string, want ...int) {
			t.Helper()
			synctest.Wait()
			if !slices.Equal(grown, want) {
				t.Errorf("%s: %v, want %v", when, grown, want)
			}
		}
		p.start()
		told("at the start", calmGrowth, given)
		p.key()
		told("at a key while the first checks are under way", calmGrowth, given)
		time.Sleep(startTime)
		told("after the start", calmGrowth, given, calmGrowth, given)
		grown = nil
		p.key()
		told("at a key", keysGrowth)
		for range 5 {
			time.Sleep(keysPause - time.Millisecond)
			p.key()
		}
		told("while keys follow each other", keysGrowth)
		time.Sleep(keysPause)
		told("after the last key", keysGrowth, calmGrowth, given)
		p.key()
		told("at the next key", keysGrowth, calmGrowth, given, keysGrowth)
	})
}

// TestNoKeyWaitsForTheCollector: Go is told nothing while it collects, and waits for
// that to end.
func TestNoKeyWaitsForTheCollector(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		collected := make(chan struct{})
		var grown []int
		p := &precedence{
			grow: func(percent int) {
				<-collected
				grown = append(grown, percent)
			},
			free: func() { <-collected },
		}
		p.key()
		time.Sleep(keysPause)
		p.key()
		p.key()
		close(collected)
		synctest.Wait()
		if last := grown[len(grown)-1]; last != keysGrowth {
			t.Errorf("%v, want %d to hold in the end", grown, keysGrowth)
		}
		time.Sleep(keysPause)
		synctest.Wait()
		if last := grown[len(grown)-1]; last != calmGrowth {
			t.Errorf("%v, want %d to hold in the end", grown, calmGrowth)
		}
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
