package engine

import (
	"context"
	"time"
)

// basic is the plain engine: it applies what it can, and shows nothing.
type basic struct {
	*Engine
	healing map[key]time.Time // touched and not healed yet: when that is due
}

func newBasic(e *Engine) *basic { return &basic{Engine: e, healing: make(map[key]time.Time)} }

func (b *basic) watches() bool { return b.Options().SelfHeal }

func (b *basic) tick(ctx context.Context) {
	b.heal(ctx)
	if b.due(ctx) {
		b.sync(ctx, Manual{})
	}
}

// due tells whether the engine is to sync by itself.
func (b *basic) due(ctx context.Context) bool {
	if o := b.Options(); !o.Auto || o.Suspend {
		return false
	}
	head, err := b.source().head(ctx)
	if err != nil {
		return false // no branch yet
	}
	last := b.State()
	if last.Revision != head {
		return true
	}
	return last.Failed() && b.cfg.Now().Sub(last.Finished) > again
}

// sync reads the branch, applies it, prunes, and records what it did.
func (b *basic) sync(ctx context.Context, how Manual) State {
	state := State{Started: b.cfg.Now()}
	if err := b.syncInto(ctx, how, &state); err != nil {
		state.Error = err.Error()
	}
	state.Finished = b.cfg.Now()
	b.setState(state)
	return state
}

func (b *basic) syncInto(ctx context.Context, how Manual, state *State) error {
	from := b.source()
	head, err := from.head(ctx)
	if err != nil {
		return err
	}
	state.Revision, state.Head = head, head
	l, err := b.load(ctx, from, head)
	if err != nil {
		return err
	}
	for _, doc := range l.documents {
		r := result(doc.object, Applied, "")
		if _, err := b.apply(ctx, doc, false); err != nil {
			r.Action, r.Message = Refused, "apply: "+err.Error()
		}
		state.Results = append(state.Results, r)
	}
	state.Results = append(state.Results, l.unknown...)
	b.desired = l.desired()
	if !b.Options().Prune && !how.Prune {
		return nil
	}
	rest, err := b.surplus(ctx, b.desired)
	for _, o := range rest {
		r := result(o.object, Pruned, "")
		if err := b.remove(ctx, o.key); err != nil {
			r.Action, r.Message = Refused, err.Error()
		}
		state.Results = append(state.Results, r)
	}
	return err
}

// touch notes which of the engine's objects are to be healed and when: those of
// a touch that was not the engine's own. A second touch does not put it off.
func (b *basic) touch(ctx context.Context, t touch) {
	if !b.Options().SelfHeal {
		return
	}
	due := b.cfg.Now().Add(b.Options().HealAfter)
	for _, k := range b.foreign(t) {
		if _, waits := b.healing[k]; !waits {
			b.healing[k] = due
		}
	}
	b.heal(ctx)
}

// heal applies the documents of touched objects again as soon as that is due.
// What it cannot apply it leaves to the next sync.
func (b *basic) heal(ctx context.Context) {
	now := b.cfg.Now()
	for k, due := range b.healing {
		if due.After(now) {
			continue
		}
		delete(b.healing, k)
		if doc, wanted := b.desired[k]; wanted && b.Options().SelfHeal {
			_, _ = b.apply(ctx, doc, false)
		}
	}
}
