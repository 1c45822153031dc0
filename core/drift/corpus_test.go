package drift_test

import (
	"fmt"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/drift"
	"selvage/testdata/hedgehog"
)

// side reads one side of a generated world.
func side(t *testing.T, source string, objects []map[string]any, at time.Time) *core.Snapshot {
	t.Helper()
	s := core.NewSnapshot(core.Reading{Source: source, Access: core.AccessOK, ReadAt: at, RevisionTime: at})
	for _, obj := range objects {
		o, err := core.NewObject(core.CloneJSON(obj))
		if err != nil {
			t.Fatal(err)
		}
		if o.Key.Namespace == "" {
			o.Key.Namespace = "default"
		}
		if source == "git" {
			known := o.Key.Group == "" // never: every generated object has a group
			for _, k := range core.Kinds() {
				known = known || k.GroupKind == o.Key.GroupKind()
			}
			if !known {
				s.Findings = append(s.Findings, core.Finding{Reason: "unknown kind", Key: o.Key})
				continue
			}
		}
		if twin := s.Add(o); twin != nil {
			s.Remove(o.Key)
			s.Findings = append(s.Findings, core.Finding{Reason: "twice", Key: o.Key})
		}
	}
	s.CoverAll()
	return s
}

func fabrics() map[string]*hedgehog.World {
	worlds := map[string]*hedgehog.World{}
	for seed := range uint64(3) {
		for _, method := range []hedgehog.Method{hedgehog.ServerSideApply, hedgehog.ClientSideApply, hedgehog.Post} {
			for _, hydrated := range []bool{false, true} {
				f := hedgehog.Generate(hedgehog.Small(seed))
				o := hedgehog.LiveOptions{Now: now.Add(-time.Hour), Method: method}
				if hydrated {
					o.Hydration = hedgehog.PlanHydration(f.Objects)
				}
				worlds[fmt.Sprintf("seed %d, method %d, hydrated %v", seed, method, hydrated)] = hedgehog.NewWorld(f, o)
			}
		}
	}
	return worlds
}

// TestUntouchedFabricsAreInSync has an implementation of Hedgehog's webhooks
// that knows nothing of this package make the live side.
func TestUntouchedFabricsAreInSync(t *testing.T) {
	for name, w := range fabrics() {
		res := compare(side(t, "git", w.Git, now), side(t, "kube", w.Live, now), &core.Memory{})
		for _, v := range res.Report.Verdicts {
			if v.State != core.InSync {
				t.Errorf("%s: %s is %s: %+v", name, v.Key, v.State, v.Changes)
			}
		}
	}
}

// TestEveryMutationIsNamed makes one change at a time to a fabric in agreement
// and wants exactly that object to get the state, path and manager that the
// change should lead to.
func TestEveryMutationIsNamed(t *testing.T) {
	for _, m := range hedgehog.Mutations() {
		if m.Verdict == hedgehog.Pruned {
			continue // what a schema drops is not known without the schema
		}
		t.Run(m.Name, func(t *testing.T) {
			done := 0
			for name, w := range fabrics() {
				git := side(t, "git", w.Git, now)
				before := compare(git, side(t, "kube", w.Live, now), &core.Memory{})
				change, ok := w.ApplyFirst(m, now, map[hedgehog.Ref]bool{})
				if !ok {
					continue
				}
				done++
				after := drift.New(core.Fabric{PendingLimit: 15 * time.Minute}).Compare(drift.Input{
					Git: side(t, "git", w.Git, now), Live: side(t, "kube", w.Live, now),
					Memory: remembered(before, git), Now: at(1), Previous: before,
				})
				for _, v := range after.Report.Verdicts {
					judge(t, name, change, v)
				}
			}
			if done == 0 {
				t.Error("the mutation fits no object of any fabric")
			}
		})
	}
}

func judge(t *testing.T, world string, want hedgehog.Change, v core.Verdict) {
	t.Helper()
	isIt := v.Key.Kind == want.Object.Kind && v.Key.Name == want.Object.Name && v.Key.Namespace == want.Object.Namespace
	if !isIt {
		if v.State != core.InSync {
			t.Errorf("%s: %s at %s makes %s %s: %s", world, want.Mutation, want.Object, v.Key, v.State, v.Reason)
		}
		return
	}
	if v.State.String() != want.State {
		t.Errorf("%s: %s %s is %s (%s), want %s: %+v", world, v.Key, want.Path, v.State, v.Reason, want.State, v.Changes)
		return
	}
	for _, c := range v.Changes {
		if !c.Path.Under(core.Path(want.Path.String())) {
			t.Errorf("%s: %s reports %s, want %s", world, v.Key, c.Path, want.Path)
		}
		if want.Manager != "" && c.Manager != want.Manager && c.Live.Present() {
			t.Errorf("%s: %s %s by %q, want %q", world, v.Key, c.Path, c.Manager, want.Manager)
		}
	}
}
