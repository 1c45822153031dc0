package runner_test

import (
	"strings"
	"testing"

	"selvage/core"
)

// two is a bench of two fabrics in one repository.
func two(t testing.TB) *bench {
	t.Helper()
	b := &bench{t: t, remotes: map[string]*remote{}, site: site{State: t.TempDir(), Me: "ada", Lease: core.LeaseTime}}
	r := serve(t, map[string]string{"dc1/vpc-1.yaml": vpc1, "dc2/vpc-2.yaml": vpc("vpc-2", 2002)})
	b.add(r, fabric{ID: "dc1", Path: "dc1"})
	b.add(r, fabric{ID: "dc2", Path: "dc2"})
	return b
}

// apart is a bench of two fabrics in two repositories.
func apart(t testing.TB) *bench {
	t.Helper()
	b := &bench{t: t, remotes: map[string]*remote{}, site: site{State: t.TempDir(), Me: "ada", Lease: core.LeaseTime}}
	b.add(serve(t, map[string]string{"dc1/vpc-1.yaml": vpc1}), fabric{ID: "dc1", Path: "dc1"})
	b.add(serve(t, map[string]string{"dc2/vpc-2.yaml": vpc("vpc-2", 2002)}), fabric{ID: "dc2", Path: "dc2"})
	return b
}

func TestFabricsOfOneRepositoryArePublishedAsOneCommit(t *testing.T) {
	b := two(t)
	p := b.open()
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
	p.decide(t, "dc2", set("vpc-2", vlan, int64(2005)))
	before := b.remote().commits()
	run := p.sync(t, p.plan(t, "dc1", "dc2"), p.quick(), core.RunPublished)
	r := b.remote()
	if n := r.commits() - before; n != 1 || r.git("diff", "--name-only", "main~1", "main") != "dc1/vpc-1.yaml\ndc2/vpc-2.yaml" {
		t.Errorf("%d commits, the last one changes %q", n, r.git("diff", "--name-only", "main~1", "main"))
	}
	if got := r.trailer("main", "Fabric"); got != "dc1,dc2" {
		t.Errorf("it is for %q", got)
	}
	p.wantDesk(t, "dc1")
	p.wantDesk(t, "dc2")
	if got := p.kept(t, run.ID); len(got.Publications) != 1 || len(got.Fabrics) != 2 {
		t.Errorf("the books have %+v", got)
	}
}

// TestWhatWasPublishedStaysWhenTheRestIsRefused has two repositories in one run.
func TestWhatWasPublishedStaysWhenTheRestIsRefused(t *testing.T) {
	b := apart(t)
	p := b.open()
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
	p.decide(t, "dc2", set("vpc-2", vlan, int64(2005)))
	made := p.plan(t, "dc1", "dc2")
	b.remote("dc2").hook("pre-receive", "echo closed >&2; exit 1\n")
	run := p.sync(t, made, p.quick(), core.RunRefused)
	if !strings.Contains(run.Err, "closed") {
		t.Errorf("it says %q", run.Err)
	}
	p.wantDesk(t, "dc1")
	p.wantDesk(t, "dc2", "vpc-2 .spec.subnets.web.vlan")
	if n := len(b.remote("dc1").syncIDs()); n != 1 || len(b.remote("dc2").syncIDs()) != 0 {
		t.Errorf("%d commits of runs in the first repository", n)
	}
	b.remote("dc2").hook("pre-receive", "exit 0\n")
	p.check(t, "dc2")
	p.sync(t, p.plan(t, "dc1", "dc2"), p.quick(), core.RunPublished)
	p.wantDesk(t, "dc2")
}

// TestSecondOfTwoRepositoriesIsPlannedAgainAlone has a race be lost after the
// first commit of a run has landed.
func TestSecondOfTwoRepositoriesIsPlannedAgainAlone(t *testing.T) {
	for name, propose := range map[string]bool{"published": false, "proposed": true} {
		t.Run(name, func(t *testing.T) {
			b := apart(t)
			p := b.open()
			p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
			p.decide(t, "dc2", set("vpc-2", vlan, int64(2005)))
			made := p.plan(t, "dc1", "dc2")
			b.remote("dc2").behave(onKnock(first(func() { b.remote("dc2").elsewhere("dc2/note", "", "x") })))
			o, want := p.quick(), core.RunPublished
			if propose {
				o.Propose, want = true, core.RunProposed
			}
			run := p.sync(t, made, o, want)
			if n := len(run.Publications); n != 2 {
				t.Errorf("%d publications", n)
			}
			if propose {
				return
			}
			for _, id := range []core.FabricID{"dc1", "dc2"} {
				if n := len(b.remote(id).syncIDs()); n != 1 {
					t.Errorf("%d commits of runs in the repository of %s", n, id)
				}
				p.wantDesk(t, id)
			}
		})
	}
}
