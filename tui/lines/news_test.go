package lines

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"selvage/core"
)

// TestOneLineForEachThingThatChanged: what is told of two states of a fabric.
func TestOneLineForEachThingThatChanged(t *testing.T) {
	still := conflict()
	still.Changes = slices.Clone(still.Changes)
	still.Changes[0].Live = core.ValueOf(int64(1006))
	mine, others := core.DraftStanding{State: core.DraftOpen}, core.DraftStanding{State: core.DraftVoid, Why: "git changed it since"}
	mine.ID, mine.By, mine.Key, mine.Path, mine.Choice = 1, "alice", vpc("vpc-1"), ".spec.vlan", core.TakeLive
	others.ID, others.By, others.Key, others.Path, others.Choice = 2, "bob", vpc("vpc-1"), core.Root, core.TakeGit
	tests := []struct {
		name   string
		before func(*core.FabricState)
		after  func(*core.FabricState)
		want   []string
	}{
		{"nothing", nil, func(f *core.FabricState) { f.Checking, f.LastCheck = noon, noon }, nil},
		{"the first report", func(f *core.FabricState) { f.Report = nil }, nil, []string{"conflict. 1 conflict, 1 drifted, 1 in sync"}},
		{"a first check that goes on", func(f *core.FabricState) { f.Report = nil }, func(f *core.FabricState) { f.Report, f.Checking = nil, noon.Add(-3*time.Second) }, nil},
		{"an object", nil, func(f *core.FabricState) {
			judge(f, conflict(), drifted(), core.Verdict{Key: vpc("vpc-3"), State: core.Pending, Reason: "git changed"})
		}, []string{"VPC/vpc-3: pending, was in sync: git changed"}},
		{"the worst one is settled", nil, func(f *core.FabricState) { judge(f, drifted(), fine("vpc-1"), fine("vpc-3")) }, []string{"drifted, was conflict. 1 drifted, 2 in sync", "VPC/vpc-1: in sync, was conflict"}},
		{"gone and new", nil, func(f *core.FabricState) { judge(f, conflict(), drifted(), fine("vpc-4")) }, []string{"VPC/vpc-4: new, in sync", "VPC/vpc-3: gone, was in sync"}},
		{"another value", nil, func(f *core.FabricState) { judge(f, still, drifted(), fine("vpc-3")) }, []string{"VPC/vpc-1: still conflict, at .spec.vlan and .spec.mode"}},
		{"a check that fails", nil, func(f *core.FabricState) { f.Err = errors.New("the disk is full") }, []string{"the disk is full"}},
		{"live that is lost", nil, func(f *core.FabricState) {
			f.Report.Live.Access, f.Report.Live.Error = core.AccessUnreachable, "dial: refused"
		}, []string{"live, last read 0s ago: dial: refused"}},
		{"drafts of others only", nil, func(f *core.FabricState) { f.Drafts = []core.DraftStanding{mine, others} }, []string{"draft 2: take git on VPC/vpc-1, by bob, void: git changed it since"}},
		{
			"what has become of a draft", func(f *core.FabricState) { f.Drafts = []core.DraftStanding{mine} },
			func(f *core.FabricState) { d := mine; d.State = core.DraftDone; f.Drafts = []core.DraftStanding{d} },
			[]string{"draft 1: take live on .spec.vlan of VPC/vpc-1, by alice, done"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			states := [2]core.FabricState{}
			for i, change := range []func(*core.FabricState){tt.before, tt.after} {
				states[i] = state("dc1", conflict(), drifted(), fine("vpc-3"))
				if change != nil {
					change(&states[i])
				}
			}
			told(t, states[0], states[1], noon, tt.want...)
		})
	}
}

// told holds what is told of two states against what is to be.
func told(t *testing.T, before, after core.FabricState, now time.Time, want ...string) {
	t.Helper()
	got := changed(core.Fleet{Fabrics: []core.FabricState{before}}, noon, core.Fleet{Fabrics: []core.FabricState{after}}, now, "alice")
	if len(got) != len(want) {
		t.Fatalf("told %q, want %q", got, want)
	}
	for i := range want {
		if w := "dc1: " + want[i]; got[i].String() != w {
			t.Errorf("told %q, want %q", got[i], w)
		}
	}
}

// TestTimeAloneIsNews: a reading becomes stale without any event.
func TestTimeAloneIsNews(t *testing.T) {
	f := state("dc1", fine("vpc-1"))
	told(t, f, f, noon.Add(4*time.Minute), "stale, was in sync. 1 in sync", "live, last read 4m ago: the last answer is older than 3m")
	told(t, f, f, noon.Add(2*time.Minute))
}

func TestWhatTheSameIsToldOfIsOneLine(t *testing.T) {
	before, after := []core.Verdict{}, []core.Verdict{}
	for i := range 90 {
		before = append(before, fine(fmt.Sprintf("vpc-%02d", i)))
		after = append(after, core.Verdict{Key: before[i].Key, State: core.Unknown, Reason: "live: refused"})
	}
	told(t, state("dc1", before...), state("dc1", after...), noon,
		"unknown, was in sync. 90 unknown", "VPC/vpc-00, VPC/vpc-01, VPC/vpc-02 and 87 more: unknown, was in sync: live: refused")
	for i := range after {
		after[i].Reason = fmt.Sprint("reason ", i)
	}
	got := changed(core.Fleet{Fabrics: []core.FabricState{state("dc1", before...)}}, noon, core.Fleet{Fabrics: []core.FabricState{state("dc1", after...)}}, noon, "")
	if len(got) != mostNews+2 || got[mostNews+1].String() != "dc1: and more has changed (objects dc1 reads out what is not in sync)" {
		t.Errorf("told %d lines, the last %q", len(got), got[len(got)-1])
	}
}

// TestARunIsToldStepByStep, each when it begins and when it ends.
func TestARunIsToldStepByStep(t *testing.T) {
	f := state("dc1", fine("vpc-1"))
	next := func(change func(*core.Run), want ...string) {
		t.Helper()
		r := core.Run{}
		if f.Run != nil {
			r = *f.Run
			r.Steps = slices.Clone(r.Steps)
		}
		change(&r)
		after := f
		after.Run = &r
		told(t, f, after, noon, want...)
		f = after
	}
	next(func(r *core.Run) {
		*r = core.Run{ID: "3f2a77aa-1", By: "bob", Phase: core.RunPublishing, Steps: []core.RunStep{{Name: "commit", Started: noon}}}
	}, "run 3f2a77aa of bob", "commit, goes on")
	next(func(*core.Run) {})
	next(func(r *core.Run) {
		r.Steps[0].Ended, r.Steps[0].Detail = noon, "4f2c9e1"
		r.Phase = core.RunFollowing
		r.Steps = append(r.Steps, core.RunStep{Name: "follow", Started: noon, Detail: "0 of 2 objects"})
	}, "commit, 4f2c9e1, done", "follow, 0 of 2 objects, goes on")
	next(func(r *core.Run) { r.Steps[1].Detail = "1 of 2 objects" }, "follow, 1 of 2 objects, goes on")
	next(func(r *core.Run) {
		r.Steps[1].Ended, r.Steps[1].Err = noon, "it took too long"
		r.Phase, r.Err, r.Ended = core.RunWaiting, "live has not followed", noon
	}, "follow, 1 of 2 objects, not done: it took too long", "run 3f2a77aa has ended, waiting: live has not followed")
	next(func(r *core.Run) {
		*r = core.Run{ID: "77", By: "carol", Phase: core.RunRetrying, Err: "no route", RetryAt: noon.Add(5 * time.Minute)}
	},
		"run 77 of carol", "run 77 is tried again in 5m: no route")
	next(func(r *core.Run) {
		r.Phase, r.Publications = core.RunProposed, []core.PublicationState{{Review: "https://git.example.net/1"}}
	}, "run 77 is proposed and waits for a review https://git.example.net/1")
	next(func(r *core.Run) { r.Phase, r.Err = core.RunMerged, "" }, "run 77 has ended, merged")
}
