package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"selvage/core"
	"selvage/core/merge"
)

// What a plan leaves open: decisions that it does not carry out, proposals that
// wait, and differences that nobody has decided about.

// keptOut tells which decisions are not carried out: they stay drafts.
func (t *planText) keptOut(ctx context.Context) {
	heading := "kept out of the plan:"
	for _, d := range t.plan.Conflicts {
		t.line(heading, "  ", "conflict  %s  %s  %s: git %s, live %s", t.label(d.Fabric, d.Key), spot(d.Path), d.Why, value(d.Git), value(d.Ours))
		heading = ""
	}
	for _, v := range t.plan.Void {
		t.line(heading, "  ", "void      %s  %s  %s: %s", t.label(v.Fabric, v.Resolution.Key), spot(v.Resolution.Path), choiceWords(v.Resolution.Choice), v.Reason)
		heading = ""
	}
	for _, e := range t.plan.Refused {
		t.line(heading, "  ", "refused   %s  %v", t.label(e.Fabric, e.Key), e.Err)
		heading = ""
		if wanted := t.wanted(ctx, e.Fabric, e.Key); len(wanted) > 0 {
			t.line("", "      ", "edit the file by hand, so that it says:")
			for _, l := range wanted {
				t.line("", "      ", "%s", l)
			}
		}
	}
}

// wanted is what would have to be another in an object's manifest where its file
// could not be edited, as a difference; nil where that is not known.
func (t *planText) wanted(ctx context.Context, id core.FabricID, k core.Key) []string {
	if t.plan.Asked.Reverts != "" {
		return nil
	}
	drafts, err := t.session.store.Drafts(ctx, id)
	if err != nil {
		return nil
	}
	var decided []core.Resolution
	for _, d := range drafts {
		if d.Key == k {
			decided = append(decided, d.Resolution)
		}
	}
	subjects, err := t.session.loop.Subjects(ctx, id, k)
	if err != nil {
		return nil
	}
	for _, u := range merge.Reconcile(subjects, decided).Updated {
		_, v := shown(core.Root, u.Before, u.After)
		return difference(block(v[0]), block(v[1]))
	}
	return nil
}

// waiting tells which decisions are in a proposal that waits for a review.
func (t *planText) waiting(ctx context.Context) {
	for _, id := range t.plan.Fabrics {
		for _, words := range t.session.reviews(ctx, id) {
			t.line("", "", "%s", words)
		}
	}
}

// reviews tells which proposals of a fabric wait for a review. That the store
// cannot tell is no reason to say nothing else.
func (s *session) reviews(ctx context.Context, id core.FabricID) []string {
	open, err := s.store.OpenRuns(ctx, id)
	if err != nil {
		return nil
	}
	var told []string
	for _, r := range open {
		if r.Phase != core.RunProposed {
			continue
		}
		where := "run " + r.ID
		for _, p := range r.Publications {
			if p.Review != "" {
				where = p.Review
			}
		}
		what := "a proposal waits"
		if p, err := s.store.Plan(ctx, r.Plan); err == nil && len(p.Drafts) > 0 {
			what = core.Counted(len(p.Drafts), "decision") + " wait"
			if len(p.Drafts) == 1 {
				what += "s"
			}
		}
		told = append(told, fmt.Sprintf("%s: %s for a review: %s", id, what, where))
	}
	return told
}

// undecided tells how many objects of the fabrics nobody has decided about.
func (t *planText) undecided() {
	for _, f := range states(t.session.loop.Fleet(), t.plan.Fabrics) {
		if words := f.Undecided().Words(); words != "" {
			t.line("", "", "")
			t.line("", "", "%s: nobody has decided about %s (selvage diff %s)", f.Fabric.ID, words, f.Fabric.ID)
		}
	}
}

// block is a whole object as YAML.
func block(v core.Value) string {
	if !v.Present() {
		return ""
	}
	return strings.Join(core.BlockObject(v), "\n") + "\n"
}

// difference is what diff -u says of two texts, without its head.
func difference(before, after string) []string {
	var lines []string
	for i, l := range strings.Split(strings.TrimRight(udiff.Unified("", "", before, after), "\n"), "\n") {
		if i > 1 && !strings.HasPrefix(l, "@@") {
			lines = append(lines, l)
		}
	}
	return lines
}
