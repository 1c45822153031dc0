package loop_test

import (
	"context"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"selvage/core"
	"selvage/core/loop"
)

// beside is an engine, and switches, that answer what they are told to.
type beside struct {
	engine func(context.Context) *core.Engine
	agents func(context.Context) *core.Agents
	asked  atomic.Int32 // how often the switches were
	urged  atomic.Int32 // how often the engine was asked to look at Git
}

func (b *beside) AskEngine(_ context.Context, what core.EngineRequest) error {
	if what == core.EngineRefresh {
		b.urged.Add(1)
	}
	return nil
}

func (b *beside) ReadEngine(ctx context.Context) *core.Engine { return b.engine(ctx) }

func (b *beside) ReadAgents(ctx context.Context) *core.Agents {
	b.asked.Add(1)
	return b.agents(ctx)
}

// manual is an engine that applied b0 and waits to be told to go on.
func manual(context.Context) *core.Engine {
	return &core.Engine{
		Type: core.ArgoCD, App: "dc1", Access: core.AccessOK, Prune: true,
		Sources: []core.EngineSource{{URL: "git", Wanted: "a1", Applied: "b0"}},
	}
}

func switches(context.Context) *core.Agents {
	return &core.Agents{Access: core.AccessOK, ReadAt: time.Now(), All: []core.Agent{{Name: "leaf-01", Applied: 2, Current: 2, Heartbeat: time.Now()}}}
}

// newBesideBench is a fabric with an engine and switches, whose live side has
// not followed what Git said at the first check.
func newBesideBench(t *testing.T, of *beside) (*bench, *chronicle) {
	t.Helper()
	b, c := newUnsettledBench(of)
	b.check(t)
	b.settle(t)
	b.git.set(answer(at("a1", object("vpc-1", 2))))
	return b, c
}

// newUnsettledBench is one that was not checked yet.
func newUnsettledBench(of *beside) (*bench, *chronicle) {
	c := &chronicle{script: &script{}, past: told, descends: func(context.Context, string) (bool, error) { return true, nil }}
	live := &script{}
	b := &bench{git: c.script, live: live, history: &memory{}}
	f := core.Fabric{ID: "dc1", Namespace: "default", CheckEvery: time.Minute, StaleAfter: 3 * time.Minute, PendingLimit: time.Hour, Timeout: time.Minute}
	b.loop = loop.New(loop.Config{
		Units:   []loop.Unit{{Fabric: f, Git: c, Live: live, Engine: of, Asker: of, Agents: of}},
		History: b.history, Now: time.Now, Jitter: func(d time.Duration) time.Duration { return d }, Log: slog.New(slog.DiscardHandler),
	})
	b.live.set(answer(whole("kube", object("vpc-1", 1))))
	b.git.set(answer(at("a0", object("vpc-1", 1))))
	return b, c
}

func (b *bench) report() *core.Report { return b.loop.Fleet().Fabrics[0].Report }

func TestEngineIsToldWithTheCheckAndCountedByHistory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		of := &beside{engine: manual, agents: switches}
		b, c := newBesideBench(t, of)
		c.since = func(at, ancestor string) ([]core.Commit, bool, error) {
			if at != "a1" || ancestor != "b0" {
				t.Errorf("asked for the commits of %s since %s", at, ancestor)
			}
			return []core.Commit{{ID: "a1"}, {ID: "a0"}}, true, nil
		}
		b.check(t)
		b.settle(t)
		if v := b.verdict(); v.State != core.Pending || !strings.HasSuffix(v.Reason, "it waits for a manual sync") {
			t.Errorf("%s %q", v.State, v.Reason)
		}
		if n, known := b.report().Engine.Behind(b.report().Git[0]); n != 2 || !known {
			t.Errorf("%d commits behind, known %v; want 2", n, known)
		}
		if got := b.report().Agents.Word(); got != "1/1" {
			t.Errorf("switches %q", got)
		}
		last := b.history.checks[len(b.history.checks)-1].Report
		if last.Engine == nil || last.Agents == nil {
			t.Error("neither is recorded")
		}
	})
}

// TestSlowEngineDelaysNoCheck: what is known without it is shown and recorded,
// and what it says comes in when it comes.
func TestSlowEngineDelaysNoCheck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		of := &beside{engine: func(ctx context.Context) *core.Engine {
			select {
			case <-release:
			case <-ctx.Done():
				return nil
			}
			return manual(ctx)
		}, agents: switches}
		b, _ := newBesideBench(t, of)
		started := time.Now()
		b.check(t)
		if took := time.Since(started); took > 2500*time.Millisecond {
			t.Errorf("the check took %s", took)
		}
		if e := b.report().Engine; e.Known() || e.Error == "" {
			t.Errorf("engine %+v before it has answered", e)
		}
		if v := b.verdict(); v.State != core.Pending || strings.Contains(v.Reason, "manual") {
			t.Errorf("%s %q", v.State, v.Reason)
		}
		close(release)
		b.settle(t)
		if v := b.verdict(); !strings.HasSuffix(v.Reason, "it waits for a manual sync") {
			t.Errorf("%s %q after the engine has answered", v.State, v.Reason)
		}
	})
}

// TestFirstBaseWaitsForASlowEngine: what it applied last is better evidence than
// all else, and a base once taken stays.
func TestFirstBaseWaitsForASlowEngine(t *testing.T) {
	for name, engine := range map[string]func(context.Context) *core.Engine{
		"slow":   func(ctx context.Context) *core.Engine { time.Sleep(3 * time.Second); return manual(ctx) },
		"hangs":  func(ctx context.Context) *core.Engine { <-ctx.Done(); return nil },
		"prompt": manual,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, _ := newUnsettledBench(&beside{engine: engine, agents: switches})
				started := time.Now()
				b.check(t)
				if took := time.Since(started); took > 2500*time.Millisecond {
					t.Errorf("the check took %s", took)
				}
				key := object("vpc-1", 1).Key
				if b.verdict().State != core.InSync {
					t.Errorf("%+v", b.verdict())
				}
				if based := b.history.m.Objects[key].Base != nil; based != (name == "prompt") {
					t.Errorf("a base is recorded: %v", based)
				}
				b.settle(t)
				if b.history.m.Objects[key].Base == nil {
					t.Error("no base is recorded in the end")
				}
				if took := time.Since(started); took > 13*time.Second {
					t.Errorf("it took %s in all", took)
				}
			})
		})
	}
}

// TestEngineOutOfReachIsAsOldAsItsLastAnswer.
func TestEngineOutOfReachIsAsOldAsItsLastAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFollower(func(*core.Engine) {})
		b, _ := newBesideBench(t, &beside{engine: f.engine, agents: switches})
		read := b.look(t).ReadAt
		f.says(func(e *core.Engine) { *e = core.Engine{Access: core.AccessForbidden, Error: "403"} })
		for range 3 {
			time.Sleep(time.Hour)
			if e := b.look(t); !e.ReadAt.Equal(read) || e.Type != core.ArgoCD || e.App != "dc1" || e.Error != "403" {
				t.Errorf("engine %+v, want one read at %s", e, read)
			}
		}
	})
}

// TestEngineThatHangsOrPanicsIsOutOfReach, and nothing else is.
func TestEngineThatHangsOrPanicsIsOutOfReach(t *testing.T) {
	for name, engine := range map[string]func(context.Context) *core.Engine{
		"hangs":  func(context.Context) *core.Engine { time.Sleep(time.Hour); return nil },
		"panics": func(context.Context) *core.Engine { panic("nil map") },
		"silent": func(context.Context) *core.Engine { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, _ := newBesideBench(t, &beside{engine: engine, agents: switches})
				b.check(t)
				b.settle(t)
				e := b.report().Engine
				if e.Known() || e.Access != core.AccessUnreachable || !strings.Contains(e.Error, "read the engine of dc1") {
					t.Errorf("engine %+v", e)
				}
				if v := b.verdict(); v.State != core.Pending {
					t.Errorf("%s %q", v.State, v.Reason)
				}
				if f := b.loop.Fleet().Fabrics[0]; f.Err != nil || f.SyncStatus(time.Now()) != core.OutOfSync {
					t.Errorf("the fabric is %s, %v", f.SyncStatus(time.Now()), f.Err)
				}
				time.Sleep(2 * time.Hour) // whoever sleeps has to come back before the test may end
			})
		})
	}
}

// TestSwitchesArePolledBesideTheChecks: heartbeats stay fresh however rarely the
// fabric is checked.
func TestSwitchesArePolledBesideTheChecks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		of := &beside{engine: manual, agents: switches}
		b, _ := newBesideBench(t, of)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			b.loop.Run(ctx)
		}()
		before := of.asked.Load()
		time.Sleep(10*time.Minute + time.Second)
		if n := of.asked.Load() - before; n < 25 || n > 45 {
			t.Errorf("asked %d times in ten minutes, want about 30", n)
		}
		if age := time.Since(b.report().Agents.ReadAt); age > 25*time.Second {
			t.Errorf("what is shown is %s old", age)
		}
		stop()
		<-done
	})
}

// TestEngineIsAskedToLookWhereAPersonAsks, and where that is allowed: never by
// the clock.
func TestEngineIsAskedToLookWhereAPersonAsks(t *testing.T) {
	for _, allowed := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			of := &beside{agents: switches, engine: func(ctx context.Context) *core.Engine {
				e := manual(ctx)
				if allowed {
					e.API = []core.EngineRequest{core.EngineRefresh}
				}
				return e
			}}
			b, _ := newBesideBench(t, of)
			ctx, stop := context.WithCancel(t.Context())
			done := make(chan struct{})
			go func() {
				defer close(done)
				b.loop.Run(ctx)
			}()
			time.Sleep(5 * time.Minute)
			if n := of.urged.Load(); n != 0 {
				t.Errorf("asked %d times by the clock", n)
			}
			b.loop.Refresh("dc1")
			time.Sleep(2 * time.Second)
			if n := of.urged.Load(); n == 1 != allowed {
				t.Errorf("asked %d times, allowed %v", n, allowed)
			}
			stop()
			<-done
		})
	}
}
