package store

import (
	"syscall"
	"testing"
	"time"

	"selvage/core"
)

const many = 10_000

// cpu reports the processor time of an operation beside its wall time, which
// on a busy machine says little.
func cpu(b *testing.B) {
	used := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	start := used()
	b.Cleanup(func() { b.ReportMetric(float64(used()-start)/float64(b.N)/1e6, "cpu-ms/op") })
}

func BenchmarkRecordFirst10k(b *testing.B) {
	c := inSync(b, "dc1", many)
	cpu(b)
	for b.Loop() {
		b.StopTimer()
		s := openAt(b, b.TempDir())
		b.StartTimer()
		record(b, s, c)
		b.StopTimer()
		finish(b, s)
		b.StartTimer()
	}
}

func BenchmarkRecordQuiet10k(b *testing.B) {
	s := openAt(b, b.TempDir())
	record(b, s, inSync(b, "dc1", many))
	c := empty("dc1", noon.Add(time.Minute))
	cpu(b)
	for b.Loop() {
		record(b, s, c)
	}
}

func BenchmarkRecordOneChange10k(b *testing.B) {
	s := openAt(b, b.TempDir())
	record(b, s, inSync(b, "dc1", many))
	m := memory(b, s, "dc1")
	n := 0
	cpu(b)
	for b.Loop() {
		n++
		record(b, s, edited(b, "dc1", m, 42, noon.Add(time.Duration(n)*time.Minute)))
	}
}

func BenchmarkRecordNewRevision10k(b *testing.B) {
	s := openAt(b, b.TempDir())
	c := inSync(b, "dc1", many)
	record(b, s, c)
	c.Changed, c.Transitions = nil, nil
	cpu(b)
	for b.Loop() {
		record(b, s, c)
	}
}

func BenchmarkMemoryCold10k(b *testing.B) {
	s := openAt(b, b.TempDir())
	record(b, s, inSync(b, "dc1", many))
	cpu(b)
	for b.Loop() {
		clear(s.cache)
		memory(b, s, "dc1")
	}
}

func BenchmarkMemoryUnchanged10k(b *testing.B) {
	s := openAt(b, b.TempDir())
	record(b, s, inSync(b, "dc1", many))
	cpu(b)
	for b.Loop() {
		memory(b, s, "dc1")
	}
}

func BenchmarkOpen10k(b *testing.B) {
	dir := b.TempDir()
	s := openAt(b, dir)
	record(b, s, inSync(b, "dc1", many))
	finish(b, s)
	cpu(b)
	for b.Loop() {
		finish(b, openAt(b, dir))
	}
}

// BenchmarkHistoryPage reads a page of the history of two fabrics in the midst
// of a hundred thousand changes.
func BenchmarkHistoryPage(b *testing.B) {
	s := openAt(b, b.TempDir())
	for _, id := range []core.FabricID{"dc1", "dc2"} {
		record(b, s, inSync(b, id, 1000))
		c := empty(id, noon.Add(time.Hour))
		for i := range 50_000 {
			c.Transitions = append(c.Transitions, core.Transition{
				Key: vpcKey(i % 1000), At: noon.Add(time.Duration(i) * time.Second), From: core.InSync, To: core.Drifted, Reason: "live changed",
			})
		}
		record(b, s, c)
	}
	f := Filter{Fabrics: []core.FabricID{"dc1", "dc2"}, Limit: 500}
	f.After = entries(b, s, Filter{Fabrics: f.Fabrics, Limit: 50_000})[49_999]
	cpu(b)
	for b.Loop() {
		if n := len(entries(b, s, f)); n != f.Limit {
			b.Fatalf("%d entries", n)
		}
	}
}

// BenchmarkPut decides on one field beside a hundred other decisions.
func BenchmarkPut(b *testing.B) {
	s := openAt(b, b.TempDir())
	for i := range 100 {
		put(b, s, draft(i, ".spec.mode", "l2vni"))
	}
	cpu(b)
	for b.Loop() {
		put(b, s, draft(42, ".spec.mode", "l3vni"))
	}
}

// BenchmarkSaveRun writes one step of a run that publishes ten files and waits for
// a hundred objects.
func BenchmarkSaveRun(b *testing.B) {
	s := openAt(b, b.TempDir())
	r := ran("9b1d", core.RunFollowing)
	var files []core.FileChange
	for i := range 10 {
		files = append(files, core.FileChange{Path: vpcKey(i).Name, After: make([]byte, 4000+i)})
	}
	for i := range 100 {
		r.Objects = append(r.Objects, core.RunObject{Fabric: "dc1", Key: vpcKey(i), State: core.Pending, Since: noon})
	}
	r.Publications = []core.PublicationState{publication("ab", core.PublicationLanded, files...)}
	cpu(b)
	for b.Loop() {
		r.Steps = []core.RunStep{{Name: "follow", Started: r.Started}}
		save(b, s, r)
	}
}

func BenchmarkRenew(b *testing.B) {
	p := parties(b, b.TempDir(), "kim")[0]
	p.acquire(b)
	cpu(b)
	for b.Loop() {
		p.renew(b)
	}
}

// BenchmarkLooksOfAMonth sums a month up in which a fabric was checked every minute.
func BenchmarkLooksOfAMonth(b *testing.B) {
	s := openAt(b, b.TempDir())
	record(b, s, inSync(b, "dc1", 2))
	mend(b, s, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 43200)
		INSERT INTO checks (fabric, finished, duration, quiet, git, live, counts, error)
		SELECT 1, ? - i * 60000000000, 0, i % 500 > 0, 'ok', 'ok', '{"in_sync":2}', '' FROM n`, noon.UnixNano())
	for b.Loop() {
		looks, err := s.Looks(b.Context(), "dc1", noon.AddDate(0, 0, -30), 3*time.Minute)
		if err != nil || len(looks) < 86 {
			b.Fatal(len(looks), err)
		}
	}
}
