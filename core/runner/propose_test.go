package runner_test

import (
	"strings"
	"testing"

	"selvage/core"
	"selvage/core/runner"
)

// TestProposalWaitsBesideTheBranch for somebody to review it.
func TestProposalWaitsBesideTheBranch(t *testing.T) {
	b := one(t)
	p := b.open(func(_ *site, w *wraps) {
		w.config = func(c *runner.Config) {
			c.Fabrics[0].Places[0].ReviewURL = "https://git.example.net/compare/main...{branch}"
		}
	})
	r := b.remote()
	base := r.tip("main")
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
	o := p.order()
	o.Propose = true
	run := p.sync(t, p.plan(t, "dc1"), o, core.RunProposed)
	pub := run.Publications[0]
	if r.tip("main") != base || r.tip(pub.Side) != pub.Commit || !strings.HasPrefix(pub.Side, "selvage/dc1-") {
		t.Errorf("branches\n%s", r.refs())
	}
	if want := "https://git.example.net/compare/main..." + pub.Side; pub.Review != want {
		t.Errorf("the review is at %q, want %q", pub.Review, want)
	}
	if kept := p.kept(t, run.ID); kept.Phase != core.RunProposed || !kept.Ended.IsZero() || kept.Publications[0].Phase != core.PublicationLanded {
		t.Errorf("the books have %+v", kept)
	}
	p.runner.Shown()
	if f, _ := p.loop.Fleet().Fabric("dc1"); len(f.Drafts) != 1 || f.Drafts[0].State != core.DraftProposed || !strings.Contains(f.Drafts[0].Why, pub.Review) {
		t.Errorf("what is shown does not tell that it waits for a review: %+v", f.Drafts)
	}
	// Another process is told, too, and one that starts later.
	q := b.open(as("bob"))
	if err := q.loop.Restore(t.Context()); err != nil {
		t.Fatal(err)
	}
	if f, _ := q.loop.Fleet().Fabric("dc1"); len(f.Drafts) != 1 || f.Drafts[0].State != core.DraftProposed {
		t.Errorf("another process shows %+v", f.Drafts)
	}
	// The decision is still there, and is not proposed twice.
	p.wantDesk(t, "dc1", "vpc-1 .spec.subnets.web.vlan")
	p.check(t, "dc1")
	if made := p.plan(t, "dc1"); !made.Empty() {
		t.Errorf("it is planned again: %+v", made.Commits)
	}
	// Another decision can be published meanwhile.
	p.publish(t, "dc1", set("vpc-2", vlan, int64(2005)))
	p.wantDesk(t, "dc1", "vpc-1 .spec.subnets.web.vlan")
	if err := p.runner.Settle(t.Context(), "dc1"); err != nil {
		t.Fatal(err)
	}
	if kept := p.kept(t, run.ID); kept.Phase != core.RunProposed {
		t.Errorf("it is %s", kept.Phase)
	}
}

// TestPlanIsNotProposedTwice has two people confirm one plan each of the same
// decisions.
func TestPlanIsNotProposedTwice(t *testing.T) {
	b := one(t)
	p := b.open()
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
	q := b.open(as("bob"))
	first, second := p.plan(t, "dc1"), q.plan(t, "dc1")
	o := p.order()
	o.Propose = true
	p.sync(t, first, o, core.RunProposed)
	q.sync(t, second, o, core.RunRefused)
	if n := strings.Count(b.remote().refs(), "refs/heads/selvage/"); n != 1 {
		t.Errorf("%d side branches", n)
	}
}

func TestModeProposeNeverTouchesTheBranch(t *testing.T) {
	b := one(t)
	b.Fabrics[0].Mode = core.ModePropose
	p := b.open()
	base := b.remote().tip("main")
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
	p.sync(t, p.plan(t, "dc1"), p.quick(), core.RunProposed)
	if b.remote().tip("main") != base {
		t.Error("the branch moved")
	}
}

// TestProposalThatSomebodyElseHasPublishedIsNone: the branch came to say it while
// it was proposed.
func TestProposalThatSomebodyElseHasPublishedIsNone(t *testing.T) {
	b := one(t)
	p := b.open()
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
	made := p.plan(t, "dc1")
	b.remote().behave(onKnock(first(func() {
		b.remote().elsewhere("dc1/vpc-1.yaml", "1001", "1005")
		b.apply("dc1")
	})))
	o := p.order()
	o.Propose = true
	p.sync(t, made, o, core.RunAgreed)
	if strings.Contains(b.remote().refs(), "refs/heads/selvage/") {
		t.Error("it was proposed all the same")
	}
}
