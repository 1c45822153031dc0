package lines

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"selvage/core"
	"selvage/tui"
)

var noon = time.Date(2026, 11, 23, 14, 2, 11, 0, time.UTC)

func vpc(name string) core.Key {
	return core.Key{Group: "vpc.githedgehog.com", Kind: "VPC", Namespace: "default", Name: name}
}

// world is an engine and all that a person can do, over a fleet that a test
// changes by hand.
type world struct {
	mu     sync.Mutex
	fleet  core.Fleet
	events chan struct{}

	refreshed []core.FabricID
	decided   []core.Decision
	orders    []core.RunOrder
	accepted  []string
	asked     []core.PlanOptions
	queries   []Query
	fault     error // of whatever is done next
}

func newWorld(fabrics ...core.FabricState) *world {
	return &world{fleet: core.Fleet{Fabrics: fabrics}, events: make(chan struct{}, 100)}
}

func (w *world) Fleet() core.Fleet {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.fleet
}

// change makes a state of a fabric in place of the one that is there.
func (w *world) change(id core.FabricID, do func(*core.FabricState)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	fabrics := slices.Clone(w.fleet.Fabrics)
	for i := range fabrics {
		if fabrics[i].Fabric.ID == id {
			if r := fabrics[i].Report; r != nil {
				copied := *r
				copied.Verdicts = slices.Clone(r.Verdicts)
				fabrics[i].Report = &copied
			}
			do(&fabrics[i])
		}
	}
	w.fleet = core.Fleet{Fabrics: fabrics}
	w.events <- struct{}{}
}

func (w *world) next(ctx context.Context) (core.Event, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-w.events:
		return core.StateChanged{}, nil
	}
}

func (w *world) Refresh(ids ...core.FabricID) { w.refreshed = append(w.refreshed, ids...) }

func (w *world) Explain(_ context.Context, id core.FabricID, k core.Key) (core.Explanation, error) {
	f, _ := w.Fleet().Fabric(id)
	for _, v := range f.Report.Verdicts {
		if v.Key == k {
			return core.Explanation{Verdict: v, Rules: "v0.129"}, nil
		}
	}
	return core.Explanation{}, errors.New("it is gone")
}

func (w *world) Decide(_ context.Context, id core.FabricID, by string, all ...core.Decision) ([]core.Draft, error) {
	if w.fault != nil {
		return nil, w.fault
	}
	w.decided = append(w.decided, all...)
	w.change(id, func(f *core.FabricState) {
		for _, d := range all {
			s := core.DraftStanding{State: core.DraftOpen, Why: "it waits to be published"}
			s.ID, s.Fabric, s.By = int64(len(w.decided)), id, by
			s.Key, s.Path, s.Choice, s.Value = d.Key, d.Path, d.Choice, d.Value
			if d.Choice == core.TakeGit {
				s.State, s.Why = core.DraftPending, ""
				s.Keeping = core.Keeping{Effect: core.KeepWaits, Sentence: "nothing happens before somebody syncs dc1 by hand", Command: "argocd app sync dc1"}
			}
			f.Drafts = append(slices.Clone(f.Drafts), s)
		}
	})
	return nil, nil
}

func (w *world) Drop(_ context.Context, id core.FabricID, _ string, ids ...int64) (core.Dropped, error) {
	w.change(id, func(f *core.FabricState) {
		f.Drafts = slices.DeleteFunc(slices.Clone(f.Drafts), func(d core.DraftStanding) bool { return slices.Contains(ids, d.ID) })
	})
	return core.Dropped{Drafts: ids}, w.fault
}

func (w *world) Undo(_ context.Context, id core.FabricID, _ string) (core.Stepped, error) {
	f, _ := w.Fleet().Fabric(id)
	if len(f.Drafts) == 0 {
		return core.Stepped{}, nil
	}
	last := f.Drafts[len(f.Drafts)-1]
	w.change(id, func(f *core.FabricState) { f.Drafts = f.Drafts[:len(f.Drafts)-1] })
	return core.Stepped{Words: last.Sentence(f.Fabric.Label(last.Key))}, nil
}

func (w *world) Redo(context.Context, core.FabricID, string) (core.Stepped, error) {
	return core.Stepped{}, nil
}

func (w *world) Plan(_ context.Context, by string, asked core.PlanOptions, ids ...core.FabricID) (*core.Plan, error) {
	w.asked = append(w.asked, asked)
	p := &core.Plan{Fabrics: ids, At: noon, By: by, Asked: asked}
	for _, id := range ids {
		f, _ := w.Fleet().Fabric(id)
		for _, d := range f.Drafts {
			p.ID = "p7"
			if d.Choice == core.TakeGit {
				p.Followed = append(p.Followed, core.PlannedFollow{Fabric: id, Key: d.Key, Path: d.Path})
			} else {
				p.Commits = []core.PlannedCommit{{Branch: "main", Subject: "dc1: vpc-1"}}
			}
		}
	}
	if asked.AllowDelete < 0 {
		p.Stop = []string{"it deletes 40 objects, and the limit is 5", "the ticket is missing"}
	}
	return p, nil
}

func (w *world) Begin(_ context.Context, p *core.Plan, o core.RunOrder) (string, error) {
	if w.fault != nil {
		return "", w.fault
	}
	w.orders = append(w.orders, o)
	id := "3f2a77aa-0000"
	w.change(p.Fabrics[0], func(f *core.FabricState) {
		f.Run = &core.Run{ID: id, By: o.By, Phase: core.RunPublishing, Started: noon}
	})
	return id, nil
}

func (w *world) Stop(string, string) bool { return len(w.orders) > 0 }

func (w *world) Accept(_ context.Context, _ core.FabricID, k core.Key, p core.Path, span, reason string) (time.Time, error) {
	w.accepted = append(w.accepted, fmt.Sprint(k, " ", p, " ", span, " ", reason))
	return noon.Add(time.Hour), w.fault
}

func (w *world) AcceptAll(context.Context, core.FabricID, []core.Key, string, string) (time.Time, error) {
	return noon.Add(time.Hour), w.fault
}

func (w *world) Overwritten(context.Context, core.FabricID) ([]tui.Edit, error) {
	o := core.Overwritten{Key: vpc("vpc-1"), Path: ".spec.vlan", Live: core.ValueOf(int64(1005)), Manager: "kubectl-edit"}
	o.Replaced.Before = noon.Add(-time.Hour)
	return []tui.Edit{{ID: "e1", Overwritten: o}}, nil
}

func (w *world) BringBack(_ context.Context, _ core.FabricID, _, edit string) error {
	w.accepted = append(w.accepted, "brought back "+edit)
	return nil
}

func (w *world) Diff(_ core.FabricState, of []core.Verdict, unified bool) (string, error) {
	var b strings.Builder
	for _, v := range of {
		fmt.Fprintf(&b, "%c %s unified=%v\n\n", v.State.Letter(), v.Key, unified)
	}
	return b.String(), nil
}

func (w *world) History(_ context.Context, q Query) (string, error) {
	w.queries = append(w.queries, q)
	return strings.Repeat("something happened\n", 50), nil
}

// planner tells plans; a Printer's method has the name of a Planner's.
type printed struct{ *world }

func (p printed) Plan(_ context.Context, plan *core.Plan) (string, error) {
	return fmt.Sprintf("plan %s: %d commits\n", plan.ID, len(plan.Commits)), nil
}

func (p printed) Run(r *core.Run) string { return fmt.Sprintf("%s: run %s\n", r.Phase, r.ID) }

// state is a fabric whose two sides were read.
func state(id string, verdicts ...core.Verdict) core.FabricState {
	f := core.FabricState{
		Fabric:    core.Fabric{ID: core.FabricID(id), Namespace: "default", Mode: core.ModeWrite, StaleAfter: 3 * time.Minute},
		LastCheck: noon.Add(-8 * time.Second),
		Report: &core.Report{
			Git:  []core.Reading{{Path: id, Access: core.AccessOK, ReadAt: noon}},
			Live: core.Reading{Access: core.AccessOK, ReadAt: noon},
		},
	}
	judge(&f, verdicts...)
	return f
}

func judge(f *core.FabricState, verdicts ...core.Verdict) {
	f.Report.Verdicts, f.Report.Counts = verdicts, core.Counts{}
	for _, v := range verdicts {
		f.Report.Counts[v.State]++
	}
}

func conflict() core.Verdict {
	return core.Verdict{
		Key: vpc("vpc-1"), State: core.Conflict, Reason: "git and live both changed it", Since: noon.Add(-20 * time.Minute),
		Changes: []core.Change{
			{Path: ".spec.vlan", Verdict: core.FieldConflict, Base: core.ValueOf(int64(1001)), Git: core.ValueOf(int64(1002)), Live: core.ValueOf(int64(1005)), Manager: "kubectl-edit"},
			{Path: ".spec.mode", Verdict: core.FieldDrift, Live: core.ValueOf("l3vni"), Manager: "kubectl-edit"},
		},
	}
}

func drifted() core.Verdict {
	return core.Verdict{Key: vpc("vpc-2"), State: core.Drifted, Reason: "live changed", Changes: []core.Change{{Path: core.Root, Verdict: core.FieldDrift, Git: core.ValueOf("x")}}}
}

func fine(name string) core.Verdict { return core.Verdict{Key: vpc(name), State: core.InSync} }

// conversation is a talk that a test holds by hand.
type conversation struct {
	*talk
	world *world
	out   bytes.Buffer
}

func converse(tb testing.TB, w *world) *conversation {
	tb.Helper()
	c := &conversation{world: w}
	c.talk = newTalk(configOf(w))
	c.cfg.Out = &c.out
	return c
}

func configOf(w *world) Config {
	return Config{
		Engine: w, Printer: printed{w}, Events: w.next, Now: func() time.Time { return noon },
		Acts: tui.Acts{Decider: w, Planner: w, Starter: w, Accepter: w, Ledger: w, By: "alice", Whence: "jump1, pts/3"},
		Find: func(f core.FabricState, name string) ([]core.Verdict, error) {
			for _, v := range f.Report.Verdicts {
				if f.Fabric.Label(v.Key) == name {
					return []core.Verdict{v}, nil
				}
			}
			return nil, fmt.Errorf("no object %q in git or live", name)
		},
		Document: func(map[string]any) ([]byte, error) { return nil, nil },
		Version:  "v0.1.0",
	}
}

// types has lines typed one after the other and gives what was printed.
func (c *conversation) types(lines ...string) string {
	c.out.Reset()
	for _, l := range lines {
		c.take(context.Background(), typed{text: l + "\n"})
	}
	return c.out.String()
}
