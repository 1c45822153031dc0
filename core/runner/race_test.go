package runner_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"selvage/core"
)

// TestCommitThatLosesARaceIsMadeAnew has somebody else publish between the plan
// and the push.
func TestCommitThatLosesARaceIsMadeAnew(t *testing.T) {
	type world struct {
		*bench
		p   *process
		run *core.Run
	}
	for name, c := range map[string]struct {
		happens func(*bench)
		wait    bool
		phase   core.RunPhase
		ours    int // commits
		check   func(t *testing.T, w world)
	}{
		"another file": {func(b *bench) { b.remote().elsewhere("dc1/vpc-2.yaml", "2002", "2007") }, false, core.RunPublished, 1, func(t *testing.T, w world) {
			if got := w.remote().file("main", "dc1/vpc-2.yaml"); !strings.Contains(got, "2007") {
				t.Errorf("what the other one did is gone:\n%s", got)
			}
			w.p.wantDesk(t, "dc1")
		}},
		"another place of the same file": {func(b *bench) { b.remote().elsewhere("dc1/vpc-1.yaml", "hall 1", "hall 2") }, false, core.RunPublished, 1, func(t *testing.T, w world) {
			if got, want := w.remote().file("main", "dc1/vpc-1.yaml"), strings.NewReplacer("hall 1", "hall 2", "1001", "1005").Replace(vpc1); got != want {
				t.Errorf("the file is\n%s\nwant\n%s", got, want)
			}
			w.p.wantDesk(t, "dc1")
		}},
		"the same field": {func(b *bench) { b.remote().elsewhere("dc1/vpc-1.yaml", "1001", "1009") }, false, core.RunRefused, 0, func(t *testing.T, w world) {
			w.p.wantDesk(t, "dc1", "vpc-1 .spec.subnets.web.vlan")
			if want := "git changed it since"; !strings.Contains(w.run.Err, want) {
				t.Errorf("the run says %q, want %q in it", w.run.Err, want)
			}
		}},
		"the very same change": {func(b *bench) {
			b.remote().elsewhere("dc1/vpc-1.yaml", "1001", "1005")
			b.apply("dc1")
		}, true, core.RunAgreed, 0, func(t *testing.T, w world) {
			w.p.wantDesk(t, "dc1")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := one(t)
			p := b.open()
			b.edit("dc1", "vpc-1.yaml", "1001", "1005")
			p.check(t, "dc1")
			p.decide(t, "dc1", take(core.TakeLive, "vpc-1", vlan))
			made := p.plan(t, "dc1")
			before := b.remote().commits()
			b.remote().behave(onKnock(first(func() { c.happens(b) })))
			o := p.order()
			o.NoWait = !c.wait
			run := p.sync(t, made, o, c.phase)
			if n := b.remote().commits() - before - 1; n != c.ours {
				t.Errorf("%d commits beside the other one, want %d", n, c.ours)
			}
			if ids := b.remote().syncIDs(); len(ids) != c.ours {
				t.Errorf("runs on the branch: %q", ids)
			}
			for _, pub := range p.kept(t, run.ID).Publications {
				want := core.PublicationDropped
				if c.ours > 0 {
					want = core.PublicationLanded
				}
				if pub.Phase != want {
					t.Errorf("the publication is %s, want %s", pub.Phase, want)
				}
			}
			c.check(t, world{b, p, run})
		})
	}
}

// TestFourRunnersLandAllTheirCommitsOnce has four people on four machines publish
// one decision after the other to one branch.
func TestFourRunnersLandAllTheirCommitsOnce(t *testing.T) {
	t.Parallel()
	each := 10
	if *full {
		each = 25
	}
	files := map[string]string{}
	for n := range 4 {
		files[fmt.Sprintf("dc1/vpc-%d.yaml", n)] = vpc(fmt.Sprintf("vpc-%d", n), 100*n+100)
	}
	r := serve(t, files)
	b := &bench{t: t, remotes: map[string]*remote{}}
	b.add(r, fabric{ID: "dc1", Path: "dc1"})
	var (
		all   sync.WaitGroup
		races atomic.Int64
	)
	started := time.Now()
	worst := make([]time.Duration, 4)
	ids := make([][]string, 4)
	for n := range 4 {
		p := b.open(func(s *site, _ *wraps) { s.State, s.Me, s.Lease = t.TempDir(), fmt.Sprintf("w%d", n), 15*time.Second })
		random := rand.New(rand.NewPCG(1, uint64(n)))
		all.Go(func() {
			for i := range each {
				run, lost, took, err := p.one(t, fmt.Sprintf("vpc-%d", n), 100*n+100+i+1)
				if err != nil {
					t.Errorf("w%d, decision %d: %v", n, i, err)
					return
				}
				ids[n], worst[n] = append(ids[n], run), max(worst[n], took)
				races.Add(int64(lost))
				time.Sleep(time.Duration(random.IntN(20)) * time.Millisecond)
			}
		})
	}
	all.Wait()
	var want []string
	for n := range 4 {
		want = append(want, ids[n]...)
		if text := r.file("main", fmt.Sprintf("dc1/vpc-%d.yaml", n)); text != vpc(fmt.Sprintf("vpc-%d", n), 100*n+100+each) {
			t.Errorf("in the end git has\n%s", text)
		}
	}
	got := r.syncIDs()
	slices.Sort(got)
	if slices.Sort(want); !slices.Equal(got, want) {
		t.Errorf("%d commits, want %d, each once", len(got), len(want))
	}
	if merges := r.git("rev-list", "--merges", "main"); merges != "" {
		t.Errorf("merges %s", merges)
	}
	r.git("fsck", "--full", "--strict")
	t.Logf("%d commits in %v: %d lost races, the slowest commit took %v", len(got), time.Since(started), races.Load(), slices.Max(worst))
	if slices.Max(worst) > 30*time.Second {
		t.Errorf("the slowest took %v", slices.Max(worst))
	}
}

// one makes and publishes one decision, and gives the run, how many races it lost
// and how long it took.
func (p *process) one(t *testing.T, name string, value int) (run string, lost int, took time.Duration, err error) {
	ctx := t.Context()
	if err := p.loop.Check(ctx, "dc1"); err != nil {
		return "", 0, 0, err
	}
	if _, err := p.runner.Decide(ctx, "dc1", p.site.Me, set(name, vlan, int64(value))); err != nil {
		return "", 0, 0, err
	}
	made, err := p.runner.Plan(ctx, p.site.Me, core.PlanOptions{}, "dc1")
	if err != nil {
		return "", 0, 0, err
	}
	started := time.Now()
	done, err := p.runner.Sync(ctx, made, p.quick())
	switch {
	case err != nil:
		return "", 0, 0, err
	case done.Phase != core.RunPublished:
		return "", 0, 0, fmt.Errorf("the run is %s: %s", done.Phase, done.Err)
	}
	for _, s := range done.Steps {
		if s.Name == "plan again" {
			lost++
		}
	}
	return done.ID, lost, time.Since(started), nil
}
