package runner_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/runner"
)

// TestRunThatIsStoppedInItsPush has the server do the work and never answer: what
// became of it is found out later.
func TestRunThatIsStoppedInItsPush(t *testing.T) {
	for name, applied := range map[string]bool{"arrived": true, "did not arrive": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := one(t)
			p := b.open()
			p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
			made := p.plan(t, "dc1")
			ctx, cancel := context.WithCancel(t.Context())
			hangs := fault(func(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
				_, _ = io.Copy(io.Discard, r.Body)
				cancel()
				<-r.Context().Done()
			})
			if applied {
				hangs = applies(hangs)
			}
			b.remote().behave(onPush(hangs))
			started := time.Now()
			run, err := p.runner.Sync(ctx, made, p.quick())
			if err != nil || run.Phase != core.RunInterrupted || run.Publications[0].Phase != core.PublicationPushing || !strings.Contains(run.Err, "will be found out") {
				t.Fatalf("run %+v, %v", run, err)
			}
			if took := time.Since(started); took > 10*time.Second {
				t.Errorf("it went on for %v", took)
			}
			p.wantDesk(t, "dc1", "vpc-1 .spec.subnets.web.vlan")
			b.remote().behave(nil)
			if err := p.runner.Settle(t.Context(), "dc1"); err != nil {
				t.Fatal(err)
			}
			kept := p.kept(t, run.ID)
			if applied {
				if kept.Phase != core.RunPublished || kept.Publications[0].Phase != core.PublicationLanded {
					t.Errorf("it landed, and the books have %s, %s", kept.Phase, kept.Publications[0].Phase)
				}
				p.wantDesk(t, "dc1")
			} else if kept.Phase != core.RunInterrupted || kept.Publications[0].Phase != core.PublicationPushing {
				t.Errorf("it may still land, and the books have %s, %s", kept.Phase, kept.Publications[0].Phase)
			}
			p.wantOnceInTheEnd(t, b.remote())
		})
	}
}

// TestPushIsNotCutOffAtOnce when its run is stopped: most need only a moment more.
func TestPushIsNotCutOffAtOnce(t *testing.T) {
	b := one(t)
	ctx, cancel := context.WithCancel(t.Context())
	late := &cutOff{stop: cancel}
	p := b.open(func(_ *site, w *wraps) {
		w.publisher = func(door core.Publisher) core.Publisher { late.Publisher = door; return late }
	})
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
	if _, err := p.runner.Sync(ctx, p.plan(t, "dc1"), p.quick()); err != nil || ctx.Err() == nil || late.err != nil {
		t.Errorf("Sync: %v, in the push %v", err, late.err)
	}
}

// cutOff is the door to a branch through which somebody pushes who is stopped.
type cutOff struct {
	core.Publisher
	stop func()
	err  error // of the push's context, when that has happened
}

func (c *cutOff) Publish(ctx context.Context, p core.Publication) core.Published {
	c.stop()
	c.err = ctx.Err()
	return c.Publisher.Publish(ctx, p)
}

func TestRunCanBeStopped(t *testing.T) {
	b := one(t)
	p := b.open()
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ran := make(chan struct{})
	go func() {
		defer close(ran)
		p.runner.Run(ctx)
	}()
	id, err := p.runner.Begin(t.Context(), p.plan(t, "dc1"), p.order())
	if err != nil {
		t.Fatal(err)
	}
	shown := func() core.RunPhase {
		f, _ := p.loop.Fleet().Fabric("dc1")
		return f.Run.Phase
	}
	wait(t, func() bool { return shown() == core.RunFollowing })
	if p.runner.Stop("another", "bob") || !p.runner.Stop(id, "bob") {
		t.Error("the wrong run was stopped")
	}
	// It is shown a moment before it is written down.
	wait(t, func() bool { return shown().Over() && p.kept(t, id).Phase.Over() })
	// Its commit is on the branch: stopping it only means that nobody waits.
	if kept := p.kept(t, id); kept.Phase != core.RunPublished || kept.Err != "it was stopped by bob: all of it is published, and nobody waited for live to follow" || kept.Ended.IsZero() {
		t.Errorf("the books have %s, %q", kept.Phase, kept.Err)
	}
	p.wantDesk(t, "dc1")
	cancel()
	<-ran
}

// TestWhatLiveDoesNotFollowWaits, and is no error.
func TestWhatLiveDoesNotFollowWaits(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*bench)
		text   string
	}{
		"too slow": {func(b *bench) { b.Fabrics[0].Timeout = 2 * time.Second }, "argocd was at"},
		"the engine is suspended": {func(b *bench) {
			b.Fabrics[0].engine.set(func(e *core.Engine) { e.Auto = false })
		}, "manual sync"},
		"nothing is known to apply git": {func(b *bench) { b.Fabrics[0].engine = nil }, "nothing is known to apply git to dc1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := one(t)
			c.change(b)
			p := b.open()
			p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
			run := p.sync(t, p.plan(t, "dc1"), p.order(), core.RunWaiting)
			if !strings.Contains(run.Err, c.text) {
				t.Errorf("it says %q, want %q in it", run.Err, c.text)
			}
			if strings.Contains(run.Err, "dc1 is ") || strings.Contains(run.Err, "argocd is ") || !strings.Contains(run.Err, "VPC/vpc-1 of dc1 was ") {
				t.Errorf("what it saw last is told as of now: %s", run.Err)
			}
			p.wantDesk(t, "dc1")
			p.wantBooksLikeTheBranch(t, b.remote(), 1)
		})
	}
}

// TestEngineThatRefusesIsHeard ends the run with its words, after it has had a
// while to try again.
func TestEngineThatRefusesIsHeard(t *testing.T) {
	b := one(t)
	p := b.open(func(_ *site, w *wraps) {
		w.config = func(c *runner.Config) {
			begun := time.Now()
			c.Now = func() time.Time { return begun.Add(100 * time.Since(begun)) } // it is in a hurry
		}
	})
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
	b.remote().behave(onLook(func() {
		b.Fabrics[0].engine.set(func(e *core.Engine) {
			e.Sources[0].Wanted = b.remote().tip("main")
			e.Operation = &core.EngineOperation{
				Phase: core.EngineFailed, Revision: b.remote().tip("main"), Started: time.Now(), Finished: time.Now(),
				Message: "one or more objects failed to apply: admission webhook denied the request: vlan 1005 is in use",
			}
			e.Objects = map[core.Key]core.EngineObject{key("vpc-1"): {Sync: "OutOfSync", Refused: true, Message: "admission webhook denied the request: vlan 1005 is in use"}}
		})
	}))
	run := p.sync(t, p.plan(t, "dc1"), p.order(), core.RunWaiting)
	if last := run.Steps[len(run.Steps)-1]; !strings.Contains(run.Err, "vlan 1005 is in use") || !strings.Contains(last.Err, "will not happen by itself") {
		t.Errorf("it says %q, and its last step %+v", run.Err, last)
	}
}

// TestEditedValueIsNotTakenForAgreedBeforeAnyoneLooked: both sides agreed when the
// run began, and what it published is on neither of them then.
func TestEditedValueIsNotTakenForAgreedBeforeAnyoneLooked(t *testing.T) {
	b := one(t)
	p := b.open()
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
	made := p.plan(t, "dc1")
	done := make(chan *core.Run, 1)
	go func() {
		run, err := p.runner.Sync(t.Context(), made, p.order())
		if err != nil {
			t.Error(err)
		}
		done <- run
	}()
	wait(t, func() bool {
		f, _ := p.loop.Fleet().Fabric("dc1")
		return f.Run != nil && f.Run.Phase == core.RunFollowing
	})
	wait(t, func() bool { return p.state("dc1", key("vpc-1")) == core.Pending })
	select {
	case run := <-done:
		t.Fatalf("the run is %s before the engine has done anything", run.Phase)
	default:
	}
	b.apply("dc1")
	run := <-done
	if run.Phase != core.RunAgreed || len(run.Objects) != 1 || run.Objects[0].State != core.InSync {
		t.Errorf("run %+v", run)
	}
	wantFollowed(t, run, "git, engine and live agree") // no switch is in sight
}

// wantFollowed tells what the last step of a run came to.
func wantFollowed(t *testing.T, run *core.Run, want string) {
	t.Helper()
	if got := run.Steps[len(run.Steps)-1].Detail; got != want {
		t.Errorf("it says that %q, want %q", got, want)
	}
}

// TestOnlyWhatWasLookedAtAgrees: a fabric without an engine has none to agree.
func TestOnlyWhatWasLookedAtAgrees(t *testing.T) {
	b := one(t)
	b.Fabrics[0].engine = nil
	p := b.open()
	b.edit("dc1", "vpc-1.yaml", "1001", "1005")
	p.check(t, "dc1")
	p.decide(t, "dc1", take(core.TakeLive, "vpc-1", vlan))
	wantFollowed(t, p.sync(t, p.plan(t, "dc1"), p.order(), core.RunAgreed), "git and live agree")
}

// TestARunSaysOfWhatItAgrees: what nobody has decided about still does not.
func TestARunSaysOfWhatItAgrees(t *testing.T) {
	b := one(t)
	b.Fabrics[0].engine = nil
	p := b.open()
	b.edit("dc1", "vpc-1.yaml", "1001", "1005")
	b.edit("dc1", "vpc-2.yaml", "2002", "2005")
	p.check(t, "dc1")
	p.decide(t, "dc1", take(core.TakeLive, "vpc-1", vlan))
	wantFollowed(t, p.sync(t, p.plan(t, "dc1"), p.order(), core.RunAgreed), "what it published agrees (git and live); undecided: 1 drifted")
}

// TestCommandIsNoPartOfWhyARunWaits but stands by itself, to be copied.
func TestCommandIsNoPartOfWhyARunWaits(t *testing.T) {
	b := one(t)
	b.Fabrics[0].engine = nil
	p := b.open()
	b.edit("dc1", "vpc-1.yaml", "1001", "1005")
	p.check(t, "dc1")
	p.decide(t, "dc1", take(core.TakeGit, "vpc-1", vlan))
	run := p.sync(t, p.plan(t, "dc1"), p.order(), core.RunWaiting)
	o := p.kept(t, run.ID).Objects[0]
	if !strings.HasPrefix(o.Command, "kubectl ") || strings.Contains(o.Reason+run.Err, "kubectl") {
		t.Errorf("it waits for %q, by %q: %s", o.Reason, o.Command, run.Err)
	}
}
