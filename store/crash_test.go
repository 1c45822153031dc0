package store

import (
	"bufio"
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"testing"

	"selvage/core"
)

// decideForEver makes one step after the other until it is killed; a line
// acknowledges each. Step n says n on two objects.
func decideForEver(ctx context.Context, s *Store) error {
	for n := 1; ; n++ {
		if err := s.Step(ctx, "dc1", "kim", nil, draft(1, ".spec", int64(n)), draft(2, ".spec", int64(n))); err != nil {
			return err
		}
		fmt.Println(n)
	}
}

// publishForEver decides, plans and publishes until it is killed; a line
// acknowledges each run.
func publishForEver(ctx context.Context, s *Store) error {
	for n := 1; ; n++ {
		if err := s.Step(ctx, "dc1", "kim", nil, draft(n, ".spec", int64(n))); err != nil {
			return err
		}
		all, err := s.Drafts(ctx, "dc1")
		if err != nil {
			return err
		}
		p := &core.Plan{Drafts: ids(all)}
		if err := s.SavePlan(ctx, p); err != nil {
			return err
		}
		r := ran(fmt.Sprint("run-", n), core.RunPublishing)
		r.Plan = p.ID
		commit := publication(fmt.Sprint("commit-", n), core.PublicationPushing, core.FileChange{Path: "a.yaml", After: fmt.Append(nil, n)})
		r.Publications = []core.PublicationState{commit}
		if err := s.SaveRun(ctx, r); err != nil {
			return err
		}
		r.Phase, r.Publications[0].Phase = core.RunAgreed, core.PublicationLanded
		if err := s.SaveRun(ctx, r, carried(p.Drafts...)...); err != nil {
			return err
		}
		fmt.Println(n)
	}
}

// killedAfter lets a process work, kills it some lines later, and gives the last
// number that it acknowledged.
func killedAfter(t *testing.T, cmd *exec.Cmd, out *bufio.Scanner, lines int) (acknowledged int) {
	t.Helper()
	for seen := 1; out.Scan(); seen++ {
		n, err := strconv.Atoi(out.Text())
		if err != nil {
			t.Fatalf("the child says %q", out.Text())
		}
		if acknowledged = n; seen == lines {
			if err := cmd.Process.Kill(); err != nil { // SIGKILL, while it goes on
				t.Fatal(err)
			}
		}
	}
	if err := ended(cmd); err != nil {
		t.Fatal(err)
	}
	return acknowledged
}

func TestAStepSurvivesKillWholeOrNotAtAll(t *testing.T) {
	for round := range 5 {
		dir := t.TempDir()
		cmd, _, out := start(t, "decide", dir, 1)
		acknowledged := killedAfter(t, cmd, out, 3+4*round)
		s := openAt(t, dir)
		for _, back := range []int{0, 1} {
			all, err := s.Drafts(t.Context(), "dc1")
			if err != nil || len(all) != 2 {
				t.Fatalf("%d drafts, %v, want 2", len(all), err)
			}
			n, ok := all[0].Value.Any().(int64)
			if !ok || !all[0].Value.Equal(all[1].Value) || int(n) < acknowledged-back || int(n) > acknowledged+1-back {
				t.Errorf("%d steps were acknowledged and %d undone: on the desk lie %s and %s", acknowledged, back, all[0].Value, all[1].Value)
			}
			undone(t, s, "kim")
		}
	}
}

func TestARunSurvivesKillWithItsDrafts(t *testing.T) {
	for round := range 5 {
		dir := t.TempDir()
		cmd, _, out := start(t, "publish", dir, 1)
		acknowledged := killedAfter(t, cmd, out, 2+2*round)
		s := openAt(t, dir)
		drafts, err := s.Drafts(t.Context(), "dc1")
		if err != nil {
			t.Fatal(err)
		}
		runs := past[core.Run](entries(t, s, Filter{Fabrics: []core.FabricID{"dc1"}}))
		landed := 0
		for _, r := range runs {
			switch {
			case r.Phase == core.RunAgreed && r.Publications[0].Phase == core.PublicationLanded:
				landed++
			case r.Phase != core.RunPublishing || r.Publications[0].Phase != core.PublicationPushing:
				t.Errorf("round %d: half a run: %+v", round, r)
			}
		}
		if landed < acknowledged || landed > acknowledged+1 || len(runs) > landed+1 || len(drafts) > 1 {
			t.Errorf("round %d: %d runs were acknowledged, %d of %d have landed, %d drafts are left", round, acknowledged, landed, len(runs), len(drafts))
		}
		for _, d := range drafts {
			if d.Key != vpcKey(landed+1) {
				t.Errorf("round %d: %s is still on the desk after %d runs", round, d.Key, landed)
			}
		}
		if len(runs) > landed {
			if len(drafts) != 1 {
				t.Errorf("round %d: the drafts of a run that has not landed are gone", round)
			}
			if _, err := s.Plan(t.Context(), runs[0].Plan); err != nil {
				t.Error(err)
			}
		}
	}
}
