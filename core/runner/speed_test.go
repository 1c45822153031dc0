package runner_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"selvage/core"
)

// BenchmarkDecideToVerified is what a person waits for who decides on one field of
// 10,000 objects in as many files and publishes that: draft, comparison, plan,
// commit, push, and the branch seen to have it, all of it written down. The
// process has read the branch. Beside it stand git add, commit and push of one
// file in a clone that is ready; the two take turns.
func BenchmarkDecideToVerified(b *testing.B) {
	const objects = 10_000
	files := make(map[string]string, objects)
	for i := range objects {
		name := fmt.Sprintf("vpc-%05d", i)
		files[fmt.Sprintf("dc1/%s.yaml", name)] = vpc(name, i%4000)
	}
	w := &bench{t: b, remotes: map[string]*remote{}, site: site{State: b.TempDir(), Me: "ada", Lease: time.Minute}}
	r := serve(b, files)
	live := b.TempDir()
	for name, text := range files {
		write(b, live, filepath.Base(name), text)
	}
	w.remotes[r.url] = r
	w.Fabrics = append(w.Fabrics, fabric{
		ID: "dc1", Path: "dc1", URL: r.url, Dump: live, Way: core.ToBranch, Mode: core.ModeWrite, Timeout: time.Minute,
	})
	p := w.open()
	clone := filepath.Join(b.TempDir(), "clone")
	git(b, "", "clone", "-q", r.url, clone)
	git(b, clone, "config", "user.name", "x")
	git(b, clone, "config", "user.email", "x@example.net")
	var ours, theirs time.Duration
	for i := 0; b.Loop(); i++ {
		b.StopTimer()
		if err := p.loop.Check(b.Context(), "dc1"); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		started := time.Now()
		_, err := p.runner.Decide(b.Context(), "dc1", "ada", core.Decision{
			Key: key("vpc-00007"), Path: vlan, Choice: core.TakeEdited, Value: core.ValueOf(int64(100 + i)),
		})
		if err != nil {
			b.Fatal(err)
		}
		made, err := p.runner.Plan(b.Context(), "ada", core.PlanOptions{}, "dc1")
		if err != nil {
			b.Fatal(err)
		}
		run, err := p.runner.Sync(b.Context(), made, core.RunOrder{By: "ada", RunOptions: core.RunOptions{NoWait: true}})
		if err != nil || run.Phase != core.RunPublished {
			b.Fatal(run, err)
		}
		ours += time.Since(started)
		b.StopTimer()
		git(b, clone, "pull", "-q")
		name := "dc1/vpc-00009.yaml"
		text := vpc("vpc-00009", 100+i)
		started = time.Now()
		if err := os.WriteFile(filepath.Join(clone, name), []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
		git(b, clone, "add", name)
		git(b, clone, "commit", "-q", "-m", "x")
		git(b, clone, "push", "-q")
		theirs += time.Since(started)
		b.StartTimer()
	}
	b.ReportMetric(float64(theirs.Microseconds())/1000/float64(b.N), "git-ms/op")
	b.ReportMetric(ours.Seconds()/theirs.Seconds(), "of-git")
}
