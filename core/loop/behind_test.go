package loop_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"selvage/core"
)

// follower is an engine that was read just now, and says what a test has it say.
type follower struct {
	mu sync.Mutex
	e  core.Engine
}

func newFollower(change func(*core.Engine)) *follower {
	f := &follower{e: core.Engine{
		Type: core.ArgoCD, App: "dc1", Access: core.AccessOK, Auto: true, Prune: true,
		Sources: []core.EngineSource{{URL: "git", Target: "main"}},
	}}
	f.says(change)
	return f
}

func (f *follower) says(change func(*core.Engine)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(&f.e)
}

func (f *follower) engine(context.Context) *core.Engine {
	f.mu.Lock()
	defer f.mu.Unlock()
	e := f.e
	e.Sources = append([]core.EngineSource(nil), e.Sources...)
	if e.Access == core.AccessOK {
		e.ReadAt = time.Now()
	}
	return &e
}

// branch is a reading of main, as of whenever it is asked for.
func branch(revision, main string) func(context.Context, core.Scope) *core.Snapshot {
	return func(context.Context, core.Scope) *core.Snapshot {
		s := at(revision, object("vpc-1", 1))
		s.Readings[0].Branch, s.Readings[0].DefaultBranch = "main", main
		return s
	}
}

func (b *bench) look(t *testing.T) *core.Engine {
	t.Helper()
	b.check(t)
	b.settle(t)
	return b.report().Engine
}

func TestDefaultBranchThatIsAnotherOneIsAMismatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFollower(func(*core.Engine) {})
		b, _ := newBesideBench(t, &beside{engine: f.engine, agents: switches})
		for _, tt := range []struct{ target, main, mismatch, note string }{
			{"main", "prod", "", ""},
			{"HEAD", "main", "", ""},
			{"HEAD", "prod", "argocd applies .@HEAD, which is prod, you compare main", ""},
			{"", "prod", "argocd applies .@HEAD, which is prod, you compare main", ""},
			{"HEAD", "", "", "argocd follows the default branch of git, and the server does not say which that is; you compare main"},
			{"HEAD", "main", "", ""},
		} {
			f.says(func(e *core.Engine) { e.Sources[0].Target = tt.target })
			b.git.set(branch("a1", tt.main))
			e := b.look(t)
			if got := strings.Join(e.Mismatch, "; "); got != tt.mismatch {
				t.Errorf("%q of a repository at %q: mismatch %q, want %q", tt.target, tt.main, got, tt.mismatch)
			}
			if got := strings.Join(e.Notes, "; "); got != tt.note {
				t.Errorf("%q of a repository at %q: notes %q, want %q", tt.target, tt.main, got, tt.note)
			}
			if unknown := b.verdict().State == core.Unknown; unknown != (tt.mismatch != "") {
				t.Errorf("%q of a repository at %q: verdict %s", tt.target, tt.main, b.verdict().State)
			}
		}
	})
}

// TestCommitThatIsNotOnTheBranch is one that the engine has seen nothing newer
// than, or that shows that it applies something else.
func TestCommitThatIsNotOnTheBranch(t *testing.T) {
	const old, oldest, head = "0ld0000", "0ldest0", "a1"
	on := map[string]bool{} // the commits that the branch has
	newBench := func(t *testing.T, f *follower) *bench {
		b, c := newBesideBench(t, &beside{engine: f.engine, agents: switches})
		c.since = func(_, ancestor string) ([]core.Commit, bool, error) { return nil, on[ancestor], nil }
		b.git.set(branch(head, "main"))
		return b
	}
	is := func(t *testing.T, e *core.Engine, mismatch, note string) {
		t.Helper()
		if got := strings.Join(e.Mismatch, "; "); got != mismatch {
			t.Errorf("mismatch %q, want %q", got, mismatch)
		}
		if got := strings.Join(e.Notes, "; "); got != note {
			t.Errorf("notes %q, want %q", got, note)
		}
		if s := e.Sources[0]; s.Counted {
			t.Error("it is counted by how much the engine is behind")
		}
	}
	const rewritten, elsewhere = "argocd wants 0ld0000, which is not on main (was that rewritten?)", "argocd applies 0ld0000, which is not on main"

	t.Run("only what was applied", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := newFollower(func(e *core.Engine) { e.Sources[0].Applied, e.Sources[0].Wanted = old, head })
			b := newBench(t, f)
			for range 20 {
				is(t, b.look(t), "", "argocd applied 0ld0000, which is not on main (was that rewritten?)")
				time.Sleep(time.Minute)
				f.says(func(e *core.Engine) { e.ComparedAt = time.Now() })
			}
		})
	})
	t.Run("the branch was rewritten and the engine is slow to see it", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := newFollower(func(e *core.Engine) { e.Sources[0].Applied, e.Sources[0].Wanted = old, old })
			b := newBench(t, f)
			for range 5 { // by what Argo CD has kept of the server's answer
				is(t, b.look(t), "", rewritten)
				f.says(func(e *core.Engine) { e.ComparedAt = time.Now() })
				time.Sleep(time.Minute)
			}
			for range 5 { // or it looks no more
				is(t, b.look(t), "", rewritten)
				time.Sleep(time.Hour)
			}
			f.says(func(e *core.Engine) { e.Sources[0].Wanted, e.ComparedAt = head, time.Now() })
			is(t, b.look(t), "", "argocd applied 0ld0000, which is not on main (was that rewritten?)")
		})
	})
	t.Run("the engine cannot compare", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := newFollower(func(e *core.Engine) { e.Sources[0].Wanted, e.Sync = old, "Unknown" })
			b := newBench(t, f)
			for range 20 {
				is(t, b.look(t), "", rewritten)
				f.says(func(e *core.Engine) { e.ComparedAt = time.Now() })
				time.Sleep(time.Minute)
			}
		})
	})
	t.Run("the engine has seen what we have not yet", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := newFollower(func(e *core.Engine) { e.Sources[0].Wanted = head })
			b := newBench(t, f)
			b.look(t)
			time.Sleep(time.Hour)
			f.says(func(e *core.Engine) { e.Sources[0].Wanted, e.ComparedAt = old, time.Now().Add(time.Second) })
			is(t, b.look(t), "", rewritten)
		})
	})
	t.Run("it applies something else", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := newFollower(func(e *core.Engine) { e.Sources[0].Applied, e.Sources[0].Wanted = oldest, old })
			b := newBench(t, f)
			is(t, b.look(t), "", rewritten)
			time.Sleep(10 * time.Minute)
			f.says(func(e *core.Engine) { e.ComparedAt = time.Now().Add(-time.Second) })
			is(t, b.look(t), elsewhere, "")
			if v := b.verdict(); v.State != core.Unknown || v.Reason != elsewhere {
				t.Errorf("%s %q", v.State, v.Reason)
			}
			f.says(func(e *core.Engine) { e.ComparedAt = time.Now().Add(time.Minute) })
			is(t, b.look(t), elsewhere, "") // it goes on to say so
			on[old], on[oldest] = true, true
			b.git.set(branch("a2", "main")) // until the branch has it
			if e := b.look(t); len(e.Mismatch) > 0 || len(e.Notes) > 0 || !e.Sources[0].Counted {
				t.Errorf("engine %+v", e)
			}
		})
	})
}

// TestEngineThatWasHeldUpIsGivenTime: a commit that had to wait for a person to let
// the engine go on has not waited for the engine.
func TestEngineThatWasHeldUpIsGivenTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFollower(func(e *core.Engine) { e.Sources[0].Applied, e.Sources[0].Wanted, e.Blocked = "a0", "a0", "suspended" })
		b, _ := newBesideBench(t, &beside{engine: f.engine, agents: switches})
		b.look(t)
		for range 10 {
			time.Sleep(20 * time.Minute)
			if v := b.look(t); v.Blocked == "" || b.verdict().State != core.Pending {
				t.Fatalf("%s %q", b.verdict().State, b.verdict().Reason)
			}
		}
		f.says(func(e *core.Engine) { e.Access = core.AccessUnreachable }) // which must not make it forget
		b.look(t)
		f.says(func(e *core.Engine) { e.Access, e.Blocked = core.AccessOK, "" })
		b.look(t)
		for range 5 { // of an hour
			if v := b.verdict(); v.State != core.Pending {
				t.Errorf("%s %q, the engine could act for %s", v.State, v.Reason, b.report().Engine.Waited(time.Time{}, time.Now()))
			}
			time.Sleep(10 * time.Minute)
			b.look(t)
		}
		time.Sleep(20 * time.Minute)
		b.look(t)
		if v := b.verdict(); v.State != core.Stuck {
			t.Errorf("%s %q, want stuck", v.State, v.Reason)
		}
	})
}
