package runner_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/runner"
)

// left puts a run into the books as a process leaves it that ends in its push.
func (p *process) left(t *testing.T, made *core.Plan, id string, phase core.PublicationPhase, side string) *core.Run {
	t.Helper()
	c := made.Commits[0]
	pub, err := p.doors[0].Prepare(t.Context(), core.Publication{
		URL: c.URL, Branch: c.Branch, Side: side, Base: c.Base, Changes: c.Files, Subject: c.Subject, Body: c.Body,
		SyncID: id, Fabrics: []core.FabricID{"dc1"},
	})
	if err != nil {
		t.Fatal(err)
	}
	run := &core.Run{
		ID: id, Fabrics: []core.FabricID{"dc1"}, Plan: made.ID, Phase: core.RunPublishing, Started: time.Now(), By: "bob", Attempts: 1,
		Steps:        []core.RunStep{{Name: "publish", Started: time.Now().Add(-time.Hour)}},
		Publications: []core.PublicationState{{Publication: pub, Phase: phase}},
	}
	if err := p.store.SaveRun(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	return run
}

// TestPushThatMayStillArriveIsNotGivenUp for two minutes from when it was first
// looked for, however long it went on before. Meanwhile others may publish.
func TestPushThatMayStillArriveIsNotGivenUp(t *testing.T) {
	b := one(t)
	var ahead atomic.Int64
	p := b.open(func(_ *site, w *wraps) {
		w.config = func(c *runner.Config) {
			c.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
		}
	})
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
	made := p.plan(t, "dc1")
	first, second := p.left(t, made, "bob-1", core.PublicationPushing, ""), p.left(t, made, "bob-2", core.PublicationDropped, "")
	settle := func(want core.PublicationPhase) {
		t.Helper()
		for range 2 {
			if err := p.runner.Settle(t.Context(), "dc1"); err != nil {
				t.Fatal(err)
			}
		}
		if got := p.kept(t, first.ID); got.Phase != core.RunInterrupted || got.Publications[0].Phase != want {
			t.Errorf("%v later the run is %s and its publication %s, want %s", time.Duration(ahead.Load()), got.Phase, got.Publications[0].Phase, want)
		}
	}
	settle(core.PublicationPushing)
	if got := p.kept(t, second.ID); got.Phase != core.RunInterrupted || got.Publications[0].Phase != core.PublicationDropped {
		t.Errorf("nothing of it was sent, and it is %s, %s", got.Phase, got.Publications[0].Phase)
	}
	ahead.Store(int64(119 * time.Second))
	settle(core.PublicationPushing)
	ahead.Store(int64(3 * time.Minute))
	settle(core.PublicationDropped)
	p.wantDesk(t, "dc1", "vpc-1 .spec.subnets.web.vlan")
}

// TestLatePushIsFoundOut has a push arrive after its process has ended, and after
// others went on.
func TestLatePushIsFoundOut(t *testing.T) {
	for name, c := range map[string]struct {
		side string
		want core.RunPhase
	}{"published": {"", core.RunPublished}, "proposed": {"selvage/dc1-bob", core.RunProposed}} {
		t.Run(name, func(t *testing.T) {
			b := one(t)
			p := b.open()
			p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
			run := p.left(t, p.plan(t, "dc1"), "bob-1", core.PublicationPushing, c.side)
			if err := p.runner.Settle(t.Context(), "dc1"); err != nil {
				t.Fatal(err)
			}
			if got := p.kept(t, run.ID); got.Phase != core.RunInterrupted {
				t.Fatalf("it is %s", got.Phase)
			}
			if out := p.doors[0].Publish(t.Context(), run.Publications[0].Publication); out.Outcome != core.Landed {
				t.Fatal(out.Err)
			}
			b.remote().elsewhere("dc1/note", "", "x")
			for range 2 { // and it stays so
				if err := p.runner.Settle(t.Context(), "dc1"); err != nil {
					t.Fatal(err)
				}
				got := p.kept(t, run.ID)
				if got.Phase != c.want || got.Publications[0].Phase != core.PublicationLanded {
					t.Errorf("it is %s, %s (%s)", got.Phase, got.Publications[0].Phase, got.Err)
				}
			}
			p.check(t, "dc1")
			if c.side == "" {
				p.wantDesk(t, "dc1")
				p.wantBooksLikeTheBranch(t, b.remote(), 1)
				return
			}
			p.wantDesk(t, "dc1", "vpc-1 .spec.subnets.web.vlan")
			if made := p.plan(t, "dc1"); !made.Empty() {
				t.Errorf("what is proposed is planned again: %+v", made.Commits)
			}
		})
	}
}

// TestPublicationOfABranchThatNobodyKeepsIsLeftAlone, and is in nobody's way: the
// configuration has changed.
func TestPublicationOfABranchThatNobodyKeepsIsLeftAlone(t *testing.T) {
	b := one(t)
	p := b.open()
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
	made := p.plan(t, "dc1")
	run := p.left(t, made, "bob-1", core.PublicationPushing, "")
	run.Publications[0].Branch = "former"
	if err := p.store.SaveRun(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	p.sync(t, made, p.quick(), core.RunPublished)
	if got := p.kept(t, run.ID); got.Phase != core.RunInterrupted || got.Publications[0].Phase != core.PublicationPushing {
		t.Errorf("it is %s, %s", got.Phase, got.Publications[0].Phase)
	}
}

// TestRunThatEndedAmongItsCommitsIsSettledByCommit: what is on its branch is
// carried out, and the rest is not.
func TestRunThatEndedAmongItsCommitsIsSettledByCommit(t *testing.T) {
	b := apart(t)
	b.Lease = time.Second
	p := b.open()
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
	p.decide(t, "dc2", set("vpc-2", vlan, int64(2005)))
	made := p.plan(t, "dc1", "dc2")
	run := p.left(t, made, "bob-1", core.PublicationPushing, "")
	run.Fabrics = made.Fabrics
	if err := p.store.SaveRun(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	if out := p.doors[0].Publish(t.Context(), run.Publications[0].Publication); out.Outcome != core.Landed {
		t.Fatal(out.Err)
	}
	if err := p.runner.Settle(t.Context(), "dc1"); err != nil {
		t.Fatal(err)
	}
	if got := p.kept(t, run.ID); got.Phase != core.RunInterrupted || !strings.Contains(got.Err, "1 of 2 commits") {
		t.Errorf("it is %s: %s", got.Phase, got.Err)
	}
	p.wantDesk(t, "dc1")
	p.wantDesk(t, "dc2", "vpc-2 .spec.subnets.web.vlan")
}
