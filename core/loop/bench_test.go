package loop_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/dump"
	"selvage/core/loop"
	"selvage/core/repo"
	"selvage/store"
)

// BenchmarkFiftyFabrics checks fifty fabrics of 200 objects for the first time,
// from one repository and with a real store, as a dashboard does at its start:
// until the first is shown, until all are, and the most memory in between.
func BenchmarkFiftyFabrics(b *testing.B) {
	const fabrics, objects = 50, 200
	w := newWorld(b)
	for f := range fabrics {
		var all [][3]string
		for o := range objects {
			all = append(all, [3]string{fmt.Sprintf("vpc-%d", o), fmt.Sprint(1000 + o), "l2vni"})
		}
		w.write(fmt.Sprintf("repo/dc%d/vpcs.yaml", f), vpcs(all...))
		w.write(fmt.Sprintf("dc%d.yaml", f), vpcs(all...))
	}
	w.commit(vpcs([3]string{"a", "1001", "l2vni"}))
	log := slog.New(slog.DiscardHandler)
	for _, limit := range []int{0, 4, 8} {
		b.Run(fmt.Sprintf("limit=%d", limit), func(b *testing.B) {
			var first, all, peak float64
			for range b.N {
				pool := repo.NewPool(repo.Config{Now: time.Now, Log: log, Home: w.dir, LookupEnv: func(string) (string, bool) { return "", false }})
				history, err := store.Open(b.Context(), store.Config{Dir: b.TempDir(), Now: time.Now})
				if err != nil {
					b.Fatal(err)
				}
				var units []loop.Unit
				for f := range fabrics {
					id := fmt.Sprintf("dc%d", f)
					units = append(units, loop.Unit{
						Fabric: core.Fabric{ID: core.FabricID(id), Namespace: "default", Timeout: time.Minute},
						Git:    pool.Source([]repo.Location{{URL: filepath.Join(w.dir, "repo"), Branch: "main", Path: id}}),
						Live:   dump.New(dump.Config{Path: filepath.Join(w.dir, id+".yaml"), ClusterName: id, Now: time.Now}),
					})
				}
				l := loop.New(loop.Config{
					Units: units, History: history, Now: time.Now, Limit: limit,
					Jitter: func(d time.Duration) time.Duration { return d }, Log: log,
				})
				runtime.GC()
				ctx, stop := context.WithCancel(b.Context())
				var most atomic.Uint64
				measured := make(chan struct{})
				go func() {
					defer close(measured)
					for ctx.Err() == nil {
						var m runtime.MemStats
						runtime.ReadMemStats(&m)
						most.Store(max(most.Load(), m.HeapInuse))
						time.Sleep(20 * time.Millisecond)
					}
				}()
				events := l.Subscribe()
				started := time.Now()
				ended := make(chan struct{})
				go func() {
					l.Run(ctx)
					close(ended)
				}()
				for shown, seen := 0, 0.0; shown < fabrics; {
					if _, err := events.Next(ctx); err != nil {
						b.Fatal(err)
					}
					shown = 0
					for _, f := range l.Fleet().Fabrics {
						if f.Report != nil {
							shown++
						}
					}
					if shown > 0 && seen == 0 {
						seen = time.Since(started).Seconds()
						first += seen
					}
				}
				all += time.Since(started).Seconds()
				stop()
				<-ended
				<-measured
				peak += float64(most.Load()) / (1 << 20)
				if err := history.Close(); err != nil {
					b.Fatal(err)
				}
			}
			n := float64(b.N)
			b.ReportMetric(1000*first/n, "ms-first")
			b.ReportMetric(1000*all/n, "ms-all")
			b.ReportMetric(peak/n, "MB-peak")
			b.ReportMetric(0, "ns/op")
		})
	}
}
