package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"selvage/core"
	"selvage/core/config"
)

const (
	// patience is how long a command works in silence.
	patience = 500 * time.Millisecond
	// longestLook is how long a command waits, after its checks, for what Git's
	// history says: as long as for a server that says nothing. A history of some
	// thousand commits is there within seconds; behind a slow first clone the
	// states, which are known by then, are worth more than who and when.
	longestLook = 20 * time.Second
)

// named are the fabrics that a command line names, all of them when it names
// none.
func named(c *config.Config, names []string) ([]core.FabricID, error) {
	all := make([]core.FabricID, len(c.Fabrics))
	for i := range c.Fabrics {
		all[i] = c.Fabrics[i].Name
	}
	if len(names) == 0 {
		return all, nil
	}
	var chosen []core.FabricID
	for _, n := range names {
		id := core.FabricID(n)
		if !slices.Contains(all, id) {
			return nil, usage(fmt.Errorf("no fabric %q in the configuration; it has %s", n, list(all)))
		}
		if !slices.Contains(chosen, id) {
			chosen = append(chosen, id)
		}
	}
	return chosen, nil
}

func list(ids []core.FabricID) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = string(id)
	}
	return strings.Join(names, ", ")
}

// survey opens a session, checks the named fabrics, all of them where none is
// named, and hands their states to a command. With cached it takes what was
// last known instead.
func (a *app) survey(ctx context.Context, names []string, cached bool, use func(*session, []core.FabricState) error) error {
	c, err := a.load()
	if err != nil {
		return err
	}
	ids, err := named(c, names)
	if err != nil {
		return err
	}
	return a.within(ctx, c, func(ctx context.Context, s *session) error {
		if !cached {
			if err := a.check(ctx, s, ids); err != nil {
				return err
			}
		}
		return use(s, states(s.loop.Fleet(), ids))
	})
}

// within opens a session over a configuration and hands it to a command. Its
// context ends with the command, and with it what is still asked of Git's history.
func (a *app) within(ctx context.Context, c *config.Config, use func(context.Context, *session) error) error {
	s, err := a.open(ctx, c, a.log(c.Debug))
	if err != nil {
		return err
	}
	defer s.close(a)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	return use(ctx, s)
}

// check checks fabrics all at once, and waits a while for what Git's history
// says about what it found. On standard error it tells what it waits for, when
// that takes longer than a moment, and which histories it did not wait for. A
// session that waited in vain once does not wait again.
func (a *app) check(ctx context.Context, s *session, ids []core.FabricID) error {
	var mu sync.Mutex
	waiting := slices.Clone(ids)
	slow := time.AfterFunc(patience, func() {
		mu.Lock()
		defer mu.Unlock()
		if len(waiting) > 0 && a.interactive() {
			fmt.Fprintf(a.errs, "checking %s…\n", list(waiting))
		}
	})
	defer slow.Stop()
	var all sync.WaitGroup
	var late []core.FabricID
	for _, id := range ids {
		all.Go(func() {
			settled := true
			if s.loop.Check(ctx, id) == nil && !s.late { // the fabric's state holds the errors
				settled = a.settled(ctx, s, id)
			}
			mu.Lock()
			defer mu.Unlock()
			if !settled {
				late = append(late, id)
			}
			waiting = slices.DeleteFunc(waiting, func(w core.FabricID) bool { return w == id })
		})
	}
	all.Wait()
	if ctx.Err() != nil {
		return exit{code: exitInterrupted, err: errInterrupted}
	}
	if len(late) > 0 {
		s.late = true
		slices.Sort(late)
		a.complain(fmt.Errorf("%s: git's history is still being read: who and when are missing for now", list(late)))
	}
	return nil
}

// settled waits for what Git's history says of a fabric, and tells whether it
// has said all that was asked.
func (a *app) settled(ctx context.Context, s *session, id core.FabricID) bool {
	waiting, stop := context.WithTimeout(ctx, cmp.Or(a.settle, longestLook))
	defer stop()
	return s.loop.Settle(waiting, id) == nil || waiting.Err() == nil
}

func states(fleet core.Fleet, ids []core.FabricID) []core.FabricState {
	found := make([]core.FabricState, 0, len(ids))
	for _, id := range ids {
		if f, ok := fleet.Fabric(id); ok {
			found = append(found, f)
		}
	}
	return found
}

// unread tells whether a part of a fabric could not be read, or what was read
// is too old or too odd to rely on.
func unread(f core.FabricState, now time.Time) bool { return !f.Reliable(now) }
