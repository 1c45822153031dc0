package main

import (
	"context"
	"math/rand/v2"
	"time"

	"selvage/core"
)

// weeks records what the four weeks before the world begins were like: a check a
// day of every fabric, some of which found something, and edits that were
// overwritten. Nothing of it is kept in mind, so that the first look at the world
// meets it as if there had been none.
func (a *app) weeks(ctx context.Context, s *session, now time.Time, at *time.Time) error {
	rng := rand.New(rand.NewPCG(1, 28)) //nolint:gosec // the same past every time
	for i := range s.config.Fabrics {
		id, objects := s.config.Fabrics[i].Name, 40+20*i
		for day := 28; day > 1; day-- {
			if day > 9 && day < 13 {
				continue // nobody watched
			}
			*at = now.AddDate(0, 0, -day)
			state := []core.State{core.Drifted, core.Conflict, core.Stuck, core.Pending}[rng.IntN(4)]
			r := &core.Report{At: *at, Git: []core.Reading{{Access: core.AccessOK}}, Live: core.Reading{Access: core.AccessOK, ReadAt: *at}}
			r.Counts[core.InSync] = objects
			if rng.IntN(4) == 0 {
				r.Counts[core.InSync], r.Counts[state] = objects-2, 2
			}
			c := core.Check{Fabric: id, Started: at.Add(-400 * time.Millisecond), Finished: *at, Report: r}
			if id == "dc1-frontend" && r.Counts[core.InSync] == objects-2 && state == core.Drifted {
				c.Overwritten = append(c.Overwritten, lost(*at))
			}
			if err := s.store.Record(ctx, c); err != nil {
				return err
			}
		}
	}
	return nil
}

// lost is an edit of some weeks ago.
func lost(at time.Time) core.Overwritten {
	return core.Overwritten{
		Key:  core.Key{Group: "vpc.githedgehog.com", Kind: "VPC", Namespace: "default", Name: "vpc-03"},
		Path: ".spec.subnets.default.vlan", Op: core.OpChanged, Live: core.ValueOf(int64(1044)), Now: core.ValueOf(int64(1004)),
		Manager: "kubectl-edit", ManagerTime: at.Add(-2 * time.Hour), ReplacedBy: "argocd-controller",
		Appeared: core.Window{After: at.Add(-2*time.Hour - time.Minute), Before: at.Add(-2 * time.Hour)},
		Replaced: core.Window{After: at.Add(-time.Minute), Before: at},
	}
}

// yesterday has whoever opens the demonstration have looked at its fabrics three
// hours ago, and others leave notes since.
func (a *app) yesterday(ctx context.Context, s *session, now time.Time, at *time.Time) error {
	*at = now.Add(-3 * time.Hour)
	for i := range s.config.Fabrics {
		if _, err := s.store.Visit(ctx, s.config.Fabrics[i].Name, username(), *at); err != nil {
			return err
		}
	}
	for _, n := range []struct {
		ago      time.Duration
		by, text string
	}{
		{150 * time.Minute, "kim", "CHG-4478: vpc-08 of dc2-frontend gets its VLAN from IPAM. If live says another one, ask me before you take it."},
		{25 * time.Minute, "raj", "net-2207 at edge-sin is merged wrong, I mend it after lunch"},
	} {
		*at = now.Add(-n.ago)
		if err := s.store.Leave(ctx, n.by, n.text); err != nil {
			return err
		}
	}
	return nil
}
