package repo_test

import (
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/repo"
)

// BenchmarkPublishOneFileOf10000 changes one file, commits, pushes and sees it
// arrive, in a process that has read the branch, beside git add, commit and push
// in a clone that is ready. The two take turns in one repository.
func BenchmarkPublishOneFileOf10000(b *testing.B) {
	w := large(b)
	for _, way := range []string{"http", "file"} {
		b.Run(way, func(b *testing.B) {
			server := &world{t: b, dir: filepath.Join(b.TempDir(), "work")}
			git(b, "", "clone", "-q", "--bare", w.dir, server.dir)
			server.git("config", "uploadpack.allowFilter", "true")
			url := server.dir
			if way == "http" {
				url = serveHTTP(b, server, (*httptest.Server).Start).URL + "/work"
			}
			clone := &world{t: b, dir: filepath.Join(b.TempDir(), "clone")}
			git(b, "", "clone", "-q", url, clone.dir)
			l := repo.Location{URL: url, Branch: "main"}
			p := pool()
			src, door := p.Source([]repo.Location{l}), p.Publisher(l, ops())
			var ours, theirs time.Duration
			for i := 0; b.Loop(); i++ {
				b.StopTimer()
				base := readOK(b, src).Readings[0].Revision
				b.StartTimer()
				started := time.Now()
				published(b, door, prepared(b, door, changing(b, door, url, base, "dc0/vpcs/0.yaml", vpc(fmt.Sprintf("ours-%d", i)))), core.Landed)
				ours += time.Since(started)
				b.StopTimer()
				clone.git("pull", "-q")
				started = time.Now()
				clone.write("dc0/vpcs/0.yaml", vpc(fmt.Sprintf("theirs-%d", i)))
				clone.git("add", "dc0/vpcs/0.yaml")
				clone.git("commit", "-q", "-m", "x")
				clone.git("push", "-q")
				theirs += time.Since(started)
				b.StartTimer()
			}
			b.ReportMetric(float64(theirs.Microseconds())/1000/float64(b.N), "git-ms/op")
			b.ReportMetric(ours.Seconds()/theirs.Seconds(), "of-git")
		})
	}
}
