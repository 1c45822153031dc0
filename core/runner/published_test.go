package runner_test

import (
	"context"
	"strings"
	"testing"

	"selvage/core"
)

// TestUndoLeavesWhatWasPublished, whether it is on the branch by the run, by what was
// found out after a crash, or by a review.
func TestUndoLeavesWhatWasPublished(t *testing.T) {
	for name, publish := range publishing() {
		t.Run(name, func(t *testing.T) {
			b, p := overruling(t)
			publish(t, b, p)
			back, err := p.runner.Undo(t.Context(), "dc1", "ada")
			if err != nil || back.Words != "" || back.Published == "" {
				t.Errorf("Undo = %+v, %v, want nothing, and the run that published", back, err)
			}
			p.wantState(t, core.Pending, overruled)
		})
	}
}

// TestDropLeavesWhatWasPublished until live has followed, or Git says something else.
func TestDropLeavesWhatWasPublished(t *testing.T) {
	for name, publish := range publishing() {
		t.Run(name, func(t *testing.T) {
			b, p := overruling(t)
			publish(t, b, p)
			p.wantState(t, core.Pending, overruled)
			f, _ := p.loop.Fleet().Fabric("dc1")
			gone, err := p.runner.Drop(t.Context(), "dc1", "ada", f.Drafts[0].ID)
			if err != nil || len(gone.Drafts) > 0 || gone.Published != f.Drafts[0].Published.Run {
				t.Errorf("Drop = %+v, %v, want nothing, and the run that published", gone, err)
			}
			p.wantState(t, core.Pending, overruled)

			b.remote().elsewhere("dc1/vpc-1.yaml", "vlan: 1009", "vlan: 1001")
			q := b.open(as("ada"))
			q.wantState(t, core.Drifted, overruled)
			gone, err = q.runner.Drop(t.Context(), "dc1", "ada", f.Drafts[0].ID)
			if err != nil || len(gone.Drafts) != 1 || gone.Published != "" {
				t.Errorf("Drop = %+v, %v, want the draft that is void", gone, err)
			}
			q.wantDesk(t, "dc1")
		})
	}
}

// TestPublishedDecisionIsNotOpenAgain where somebody takes its commit back with git
// alone before live has followed, and nobody has seen it on the branch.
func TestPublishedDecisionIsNotOpenAgain(t *testing.T) {
	for name, publish := range publishing() {
		t.Run(name, func(t *testing.T) {
			b, p := overruling(t)
			publish(t, b, p)
			b.remote().elsewhere("dc1/vpc-1.yaml", "vlan: 1009", "vlan: 1001")
			p.wantState(t, core.Drifted, overruled)
			made, err := p.runner.Plan(t.Context(), "ada", core.PlanOptions{}, "dc1")
			if err != nil {
				t.Fatal(err)
			}
			if len(made.Commits) > 0 || len(made.Void) != 1 || !strings.Contains(made.Void[0].Reason, "published it, and git was changed since") {
				t.Errorf("%d commits are planned, void is %+v", len(made.Commits), made.Void)
			}
			// Who decides so once more can publish it.
			q := b.open(as("ada"))
			q.check(t, "dc1")
			q.decide(t, "dc1", set("vpc-1", vlan, int64(1009)))
			q.sync(t, q.plan(t, "dc1"), q.quick(), core.RunPublished)
			q.wantState(t, core.Pending, overruled)
		})
	}
}

// TestPublishedDecisionIsNotVoidByAnOldReading of Git: it waits for live, and not to be
// published again.
func TestPublishedDecisionIsNotVoidByAnOldReading(t *testing.T) {
	b, p := overruling(t)
	p.sync(t, p.plan(t, "dc1"), p.quick(), core.RunPublished)
	if made := p.plan(t, "dc1"); !made.Nothing() {
		t.Errorf("it is planned again: %+v", made)
	}
	b.remote().behave(answers(403, ""))
	if err := p.loop.Check(t.Context(), "dc1"); err != nil {
		t.Fatal(err)
	}
	f, _ := p.loop.Fleet().Fabric("dc1")
	if len(f.Drafts) != 1 || f.Drafts[0].State != core.DraftPending {
		t.Errorf("drafts %+v", f.Drafts)
	}
}

// during is the door to a branch, with what happens while somebody pushes through it.
type during struct {
	core.Publisher
	do func()
}

func (d *during) Publish(ctx context.Context, pub core.Publication) core.Published {
	d.do()
	return d.Publisher.Publish(ctx, pub)
}

// TestDecisionThatWasDroppedDuringItsPushIsPublished: who takes that back does not
// publish it once more, though its commit was taken back with git alone.
func TestDecisionThatWasDroppedDuringItsPushIsPublished(t *testing.T) {
	for name, left := range map[string][]string{"over an edit of live": {overruled}, "over nothing": {}} {
		t.Run(name, func(t *testing.T) {
			b := one(t)
			door := &during{}
			p := b.open(func(_ *site, w *wraps) {
				w.publisher = func(to core.Publisher) core.Publisher { door.Publisher = to; return door }
			})
			if len(left) > 0 {
				b.edit("dc1", "vpc-1.yaml", "vlan: 1001", "vlan: 1005")
				p.check(t, "dc1")
			}
			made := p.decide(t, "dc1", set("vpc-1", vlan, int64(1009)))
			door.do = func() {
				drafts, err := p.store.Drafts(t.Context(), "dc1")
				if err != nil || len(drafts) != len(made) {
					t.Errorf("drafts %+v, %v", drafts, err)
				}
				for _, d := range drafts {
					if gone, err := p.runner.Drop(t.Context(), "dc1", "ada", d.ID); err != nil || len(gone.Drafts) != 1 {
						t.Errorf("Drop = %+v, %v", gone, err)
					}
				}
			}
			run := p.sync(t, p.plan(t, "dc1"), p.quick(), core.RunPublished)
			p.wantDesk(t, "dc1")
			b.remote().elsewhere("dc1/vpc-1.yaml", "vlan: 1009", "vlan: 1001")
			if _, err := p.runner.Undo(t.Context(), "dc1", "ada"); err != nil {
				t.Fatal(err)
			}
			p.wantDesk(t, "dc1", left...)
			drafts, err := p.store.Drafts(t.Context(), "dc1")
			for _, d := range drafts {
				if err != nil || d.Published.Run != run.ID {
					t.Errorf("it is not told that %s published it: %+v, %v", run.ID, d.Published, err)
				}
			}
			p.check(t, "dc1")
			if made, err := p.runner.Plan(t.Context(), "ada", core.PlanOptions{}, "dc1"); err != nil || len(made.Commits) > 0 {
				t.Errorf("%d commits are planned, %v", len(made.Commits), err)
			}
		})
	}
}
