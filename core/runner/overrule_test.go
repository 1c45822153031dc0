package runner_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"selvage/core"
)

// laden is a desk on which nothing more can be laid once it is full.
type laden struct {
	books
	is atomic.Bool
}

func (f *laden) Step(ctx context.Context, id core.FabricID, by string, away []int64, down ...core.Draft) error {
	if f.is.Load() {
		return errors.New("no space left on device")
	}
	return f.books.Step(ctx, id, by, away, down...)
}

// overruling is a bench on which live was edited, and a person decided on a value
// of their own.
// Nothing else can be laid on the desk from then on.
func overruling(t *testing.T) (*bench, *process) {
	t.Helper()
	b := one(t)
	var desk laden
	p := b.open(func(_ *site, w *wraps) {
		w.books = func(kept books) books {
			desk.books = kept
			return &desk
		}
	})
	b.edit("dc1", "vpc-1.yaml", "vlan: 1001", "vlan: 1005")
	p.check(t, "dc1")
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1009)))
	desk.is.Store(true)
	return b, p
}

// wantState checks a fabric, and tells what vpc-1 is and whether its draft is left.
func (p *process) wantState(t *testing.T, want core.State, desk ...string) {
	t.Helper()
	p.check(t, "dc1")
	if got := p.state("dc1", key("vpc-1")); got != want {
		t.Errorf("vpc-1 is %s, want %s", got, want)
	}
	p.wantDesk(t, "dc1", desk...)
}

const overruled = "vpc-1 .spec.subnets.web.vlan"

// publishing are the ways in which a value of their own comes into Git.
func publishing() map[string]func(t *testing.T, b *bench, p *process) {
	return map[string]func(t *testing.T, b *bench, p *process){
		"published": func(t *testing.T, _ *bench, p *process) {
			p.sync(t, p.plan(t, "dc1"), p.quick(), core.RunPublished)
		},
		"confirmed twice": func(t *testing.T, b *bench, p *process) {
			made := p.plan(t, "dc1")
			p.sync(t, made, p.quick(), core.RunPublished)
			if _, err := p.runner.Sync(t.Context(), made, p.quick()); err != nil {
				t.Fatal(err)
			}
			if n := len(b.remote().syncIDs()); n != 1 {
				t.Errorf("%d commits of runs", n)
			}
		},
		"published by a process that ended in its push": func(t *testing.T, b *bench, p *process) {
			run := p.left(t, p.plan(t, "dc1"), "bob-1", core.PublicationPushing, "")
			if out := p.doors[0].Publish(t.Context(), run.Publications[0].Publication); out.Outcome != core.Landed {
				t.Fatal(out.Err)
			}
			if err := p.runner.Settle(t.Context(), "dc1"); err != nil {
				t.Fatal(err)
			}
			if got := p.kept(t, run.ID); got.Phase != core.RunPublished {
				t.Errorf("the run is %s", got.Phase)
			}
		},
		"a merged proposal": func(t *testing.T, b *bench, p *process) {
			o := p.order()
			o.Propose = true
			run := p.sync(t, p.plan(t, "dc1"), o, core.RunProposed)
			b.remote().git("update-ref", "refs/heads/main", run.Publications[0].Commit)
			p.wantState(t, core.Pending, overruled)
			if err := p.runner.Review(t.Context(), "dc1"); err != nil {
				t.Fatal(err)
			}
			if got := p.kept(t, run.ID); got.Phase != core.RunMerged {
				t.Errorf("the run is %s", got.Phase)
			}
		},
	}
}

// TestLiveThatWasOverruledIsPendingAndNoConflict: who publishes a value of their
// own has seen what live said. It is so however the value came into Git.
func TestLiveThatWasOverruledIsPendingAndNoConflict(t *testing.T) {
	for name, publish := range publishing() {
		t.Run(name, func(t *testing.T) {
			b, p := overruling(t)
			publish(t, b, p)
			p.wantState(t, core.Pending, overruled)
			if made := p.plan(t, "dc1"); !made.Nothing() {
				t.Errorf("it is planned again: %+v", made)
			}
			q := b.open(as("bob"))
			q.wantState(t, core.Pending, overruled)
			b.apply("dc1")
			p.wantState(t, core.InSync)
		})
	}
}

// TestLiveThatIsEditedOnceMoreIsAConflict: nobody has decided on that.
func TestLiveThatIsEditedOnceMoreIsAConflict(t *testing.T) {
	b, p := overruling(t)
	p.sync(t, p.plan(t, "dc1"), p.quick(), core.RunPublished)
	p.wantState(t, core.Pending, overruled)
	b.edit("dc1", "vpc-1.yaml", "vlan: 1005", "vlan: 1006")
	p.wantState(t, core.Conflict)
}

// TestWhatWasTakenBackIsNotPublishedAgain, though live never followed it.
func TestWhatWasTakenBackIsNotPublishedAgain(t *testing.T) {
	_, p := overruling(t)
	run := p.sync(t, p.plan(t, "dc1"), p.quick(), core.RunPublished)
	p.wantState(t, core.Pending, overruled)
	p.sync(t, p.revert(t, run.ID, "dc1"), p.quick(), core.RunPublished)
	p.wantState(t, core.Drifted)
	if made := p.plan(t, "dc1"); !made.Nothing() {
		t.Errorf("it is planned again: %+v", made)
	}
}

// TestMapThatWasTakenBackIsNotPublishedAgain, though Git's is compared in another
// form than it was decided in.
func TestMapThatWasTakenBackIsNotPublishedAgain(t *testing.T) {
	const dhcp, theirs = ".spec.subnets.web.dhcp", "    web:\n      dhcp: {enable: true, options: {dnsServers: [8.8.8.8], interfaceMTU: 9036, leaseTimeSeconds: 3600}}\n"
	b := one(t)
	p := b.open()
	b.edit("dc1", "vpc-1.yaml", "    web:\n", theirs)
	p.check(t, "dc1")
	p.decide(t, "dc1", set("vpc-1", dhcp, map[string]any{"enable": true, "options": map[string]any{"dnsServers": []any{"9.9.9.9", "1.1.1.1"}}}))
	run := p.sync(t, p.plan(t, "dc1"), p.quick(), core.RunPublished)
	p.wantState(t, core.Pending, "vpc-1 "+dhcp)
	if made := p.plan(t, "dc1"); !made.Nothing() {
		t.Errorf("it is planned again: %+v", made)
	}
	b.remote().elsewhere("dc1/vpc-1.yaml", "tenants of hall 1", "tenants of hall 2") // so that values are taken back, and no bytes
	p.check(t, "dc1")
	p.sync(t, p.revert(t, run.ID, "dc1"), p.quick(), core.RunPublished)
	p.check(t, "dc1")
	p.wantDesk(t, "dc1")
	if made := p.plan(t, "dc1"); !made.Empty() {
		t.Errorf("it is planned again: %+v", made)
	}
}
