package loop

import (
	"cmp"
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"selvage/core"
)

const (
	// asidePatience is how long a check that has read both sides waits for the
	// engine and the switches. What comes later is shown when it comes.
	asidePatience = time.Second
	// asideTime is after how long the engine or the switches count as out of reach.
	asideTime = 10 * time.Second
	// agentsEvery is the pause between two looks at the switches, whose agents
	// report four times a minute.
	agentsEvery = 20 * time.Second
)

// aside reads what stands beside the two sides of a fabric: its engine, or its
// switches. Nothing waits for it for longer than a moment.
type aside[T any] struct {
	read func(context.Context) *T // nil where the fabric has no such thing
	// silent is what is said in place of an answer: why there is none.
	silent func(why string) *T
	// since completes an answer by what the one before it knew; nil for nothing.
	since func(now, before *T) *T
	door  door

	mu     sync.Mutex
	last   *T
	news   bool          // nobody has taken the last answer yet
	done   chan struct{} // of the read under way; nil for none
	lastAt time.Time
}

// begin reads beside others, unless a read is under way. tell is called when there
// is an answer.
func (a *aside[T]) begin(ctx context.Context, l *Loop, tell func()) {
	if a.read == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.done != nil {
		return
	}
	done := make(chan struct{})
	a.done = done
	l.looks.Go(func() {
		defer tell()
		defer close(done)
		reading, cancel := context.WithTimeout(ctx, asideTime)
		defer cancel()
		given, err := ask(reading, a.door, func(ctx context.Context) said[T] { return a.guarded(ctx, l) })
		answer, why := given.answer, given.why
		if err != nil {
			why = err.Error()
		}
		if answer == nil || err != nil {
			answer = a.silent(cmp.Or(why, "no answer"))
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		a.done = nil
		if a.since != nil && a.last != nil {
			answer = a.since(answer, a.last)
		}
		if ctx.Err() == nil {
			a.last, a.news, a.lastAt = answer, true, l.config.Now()
		}
	})
}

// guarded is the answer of a reader that may panic: a fault in it must not end
// the program, which owns the terminal.
func (a *aside[T]) guarded(ctx context.Context, l *Loop) (s said[T]) {
	defer func() {
		if p := recover(); p != nil {
			l.config.Log.Error("a reader panicked", "panic", p, "stack", string(debug.Stack()))
			s = said[T]{why: fmt.Sprintf("internal error: %v (the log has more; please report it)", p)}
		}
	}()
	return said[T]{answer: a.read(ctx)}
}

// said is an answer, or why there is none.
type said[T any] struct {
	answer *T
	why    string
}

// wait waits for the read that is under way, for a while at most.
func (a *aside[T]) wait(ctx context.Context, patience time.Duration) {
	done := a.underWay()
	if done == nil {
		return
	}
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case <-done:
	case <-late.C:
	case <-ctx.Done():
	}
}

// underWay is closed when the read that is under way ends, or where one has ended
// whose answer nobody has taken; nil where there is nothing to come.
func (a *aside[T]) underWay() chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.done == nil && a.news {
		done := make(chan struct{})
		close(done)
		return done
	}
	return a.done
}

// take gives the last answer, and whether nobody had taken it before. Before the
// first one it says so: awaited.
func (a *aside[T]) take() (answer *T, news, awaited bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	news, a.news = a.news, false
	if a.last == nil && a.read != nil {
		return a.silent("no answer yet"), news, true
	}
	return a.last, news, false
}

// peek gives the last answer and leaves it for whoever takes it; nil before the
// first one.
func (a *aside[T]) peek() *T {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.last
}

// age is how old the last answer is; long where there is none.
func (a *aside[T]) age(now time.Time) time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.last == nil {
		return 1<<63 - 1
	}
	return now.Sub(a.lastAt)
}

func (a *aside[T]) waiting() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.news
}

func newEngine(u Unit) *aside[core.Engine] {
	a := &aside[core.Engine]{door: newDoor()}
	if u.Engine != nil {
		a.read = u.Engine.ReadEngine
	}
	a.silent = func(why string) *core.Engine {
		e := &core.Engine{Access: core.AccessUnreachable, Error: fmt.Sprintf("read the engine of %s: %s", u.Fabric.ID, why)}
		if last := a.last; last != nil {
			e.Type, e.App, e.Namespace, e.Where, e.ReadAt = last.Type, last.App, last.Namespace, last.Where, last.ReadAt
		}
		return e
	}
	a.since = sinceThen
	return a
}

// sinceThen is what an engine says now. Where it could not be read, what was read
// of it last is still as old as it was.
func sinceThen(now, before *core.Engine) *core.Engine {
	if now.Access == core.AccessOK || !now.ReadAt.IsZero() {
		return now
	}
	e := *now
	e.ReadAt = before.ReadAt
	if e.App == "" {
		e.App, e.Namespace = before.App, before.Namespace
	}
	if e.Type == "" {
		e.Type = before.Type
	}
	return &e
}

func newAgents(u Unit) *aside[core.Agents] {
	a := &aside[core.Agents]{door: newDoor()}
	if u.Agents != nil {
		a.read = u.Agents.ReadAgents
	}
	a.silent = func(why string) *core.Agents {
		s := &core.Agents{Access: core.AccessUnreachable, Error: fmt.Sprintf("read the switches of %s: %s", u.Fabric.ID, why)}
		if last := a.last; last != nil {
			s.All, s.ReadAt = last.All, last.ReadAt
		}
		return s
	}
	return a
}

// askAside begins to read what stands beside both sides. Where a person asked for
// the check, an engine that may be asked to look at Git is asked to, so that what
// it says is of now.
func (l *Loop) askAside(ctx context.Context, w *worker) {
	if w.urged.Swap(false) && w.unit.Asker != nil && w.engine.peek().May(core.EngineRefresh) {
		l.looks.Go(func() {
			asking, cancel := context.WithTimeout(ctx, asideTime)
			defer cancel()
			if err := w.unit.Asker.AskEngine(asking, core.EngineRefresh); err != nil && ctx.Err() == nil {
				l.config.Log.Warn("ask the engine", "fabric", w.unit.Fabric.ID, "for", core.EngineRefresh, "err", err)
			}
		})
	}
	w.engine.begin(ctx, l, w.tell)
	if w.agents.age(l.config.Now()) > agentsEvery/2 {
		w.agents.begin(ctx, l, w.tell)
	}
}

// tell tells the worker that there is an answer to something it asked.
func (w *worker) tell() {
	select {
	case w.answered <- struct{}{}:
	default:
	}
}

// count has the switches looked at until ctx ends, beside the checks.
func (l *Loop) count(ctx context.Context, w *worker) {
	for {
		pause := time.NewTimer(l.config.Jitter(agentsEvery))
		select {
		case <-ctx.Done():
			pause.Stop()
			return
		case <-pause.C:
		}
		if w.agents.age(l.config.Now()) > agentsEvery/2 {
			w.agents.begin(ctx, l, w.tell)
		}
	}
}

// showAgents shows what is known of the switches now with the last report.
func (l *Loop) showAgents(w *worker) {
	agents, news, _ := w.agents.take()
	if !news {
		return
	}
	l.update(w.unit.Fabric.ID, func(s *core.FabricState) {
		if s.Report != nil {
			r := *s.Report
			r.Agents = agents
			s.Report = &r
		}
	})
}
