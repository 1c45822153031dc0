package runner_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"selvage/core"
)

// TestKeptPlanIsVoidWhereASiblingWasEditedSince: another process carries it out,
// and somebody has edited a fabric on the branch that the commit would undo.
func TestKeptPlanIsVoidWhereASiblingWasEditedSince(t *testing.T) {
	b := two(t)
	p := b.open()
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
	made := p.plan(t, "dc1")
	b.edit("dc2", "vpc-2.yaml", "vlan: 2002", "vlan: 2009")
	q := b.begin(as("bob"))
	kept, err := q.store.Plan(t.Context(), made.ID)
	if err != nil {
		t.Fatal(err)
	}
	q.sync(t, kept, q.quick(), core.RunRefused)
	if n := b.remote().commits(); n != 1 {
		t.Errorf("%d commits, want the first one alone", n)
	}
}

// TestKeptPlanIsVoidWhereLiveMovedOn at the very place that it brings into Git.
func TestKeptPlanIsVoidWhereLiveMovedOn(t *testing.T) {
	b := one(t)
	p := b.open()
	b.edit("dc1", "vpc-1.yaml", "vlan: 1001", "vlan: 1005")
	p.check(t, "dc1")
	p.decide(t, "dc1", take(core.TakeLive, "vpc-1", vlan))
	made := p.plan(t, "dc1")
	b.edit("dc1", "vpc-1.yaml", "vlan: 1005", "vlan: 1006")
	q := b.begin(as("bob"))
	kept, err := q.store.Plan(t.Context(), made.ID)
	if err != nil {
		t.Fatal(err)
	}
	if run := q.sync(t, kept, q.quick(), core.RunRefused); !strings.Contains(run.Err, "live has moved on") {
		t.Errorf("it says %q", run.Err)
	}
	if got := p.desk(t, "dc1"); len(got) != 1 {
		t.Errorf("on the desk %v", got)
	}
}

// TestKeptPlanCarriesOutWhatWasShown and not what was decided since.
func TestKeptPlanCarriesOutWhatWasShown(t *testing.T) {
	b := one(t)
	p := b.open()
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
	made := p.plan(t, "dc1")
	p.decide(t, "dc1", set("vpc-2", vlan, int64(2005)))
	q := b.begin(as("bob"))
	kept, err := q.store.Plan(t.Context(), made.ID)
	if err != nil {
		t.Fatal(err)
	}
	q.sync(t, kept, q.quick(), core.RunPublished)
	if text := b.remote().file("main", "dc1/vpc-2.yaml"); strings.Contains(text, "2005") {
		t.Errorf("a decision of later is published:\n%s", text)
	}
}

// TestWhatNoManifestDecidesIsNoDecision: which object it is, and what the server
// keeps.
func TestWhatNoManifestDecidesIsNoDecision(t *testing.T) {
	p := one(t).open()
	for _, path := range []core.Path{".metadata.name", ".metadata.namespace", ".kind", ".apiVersion", ".metadata.resourceVersion", ".status.x"} {
		var no *core.NotAllowed
		_, err := p.runner.Decide(t.Context(), "dc1", "ada", core.Decision{Key: key("vpc-1"), Path: path, Choice: core.TakeEdited, Value: core.ValueOf("x")})
		if !errors.As(err, &no) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestEngineIsToldToApplyOnlyWhatWasPlanned: a sync of the whole application undoes
// what others did, and without a commit nobody was shown that.
func TestEngineIsToldToApplyOnlyWhatWasPlanned(t *testing.T) {
	b := one(t)
	e := b.fabric("dc1").engine
	e.set(func(s *core.Engine) { s.API = []core.EngineRequest{core.EngineSync, core.EngineRefresh} })
	p := b.open()
	b.edit("dc1", "vpc-1.yaml", "vlan: 1001", "vlan: 1005")
	p.check(t, "dc1")
	p.decide(t, "dc1", take(core.TakeGit, "vpc-1", vlan))
	made := p.plan(t, "dc1")
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := p.runner.Sync(ctx, made, p.order()); err != nil {
		t.Fatal(err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if slices.Contains(e.asked, core.EngineSync) {
		t.Errorf("the engine was asked for %v", e.asked)
	}
}

// TestNotFollowedInTimeIsNotBegunAgain in the background, either: the commit has
// landed.
func TestNotFollowedInTimeIsNotBegunAgain(t *testing.T) {
	b := tended(t, func(f *fabric) { f.Timeout = time.Second })
	p := b.open()
	p.runs(t)
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
	id, err := p.runner.Begin(t.Context(), p.plan(t, "dc1"), p.order())
	if err != nil {
		t.Fatal(err)
	}
	until(t, "it is over", func() error {
		run, err := p.store.Run(t.Context(), id)
		if err == nil && run.Phase == core.RunRetrying {
			t.Fatal("it is begun again")
		}
		if err == nil && !run.Phase.Over() {
			err = errors.New(string(run.Phase))
		}
		return err
	})
	if run := p.kept(t, id); run.Phase != core.RunWaiting || run.Attempts != 1 {
		t.Errorf("%s, attempts %d: %s", run.Phase, run.Attempts, run.Err)
	}
}
