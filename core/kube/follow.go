package kube

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"selvage/core"
)

// Watch follows what the scope asks for: each kind by a watch that goes on from
// a whole list. It asks the cluster for nothing else, and for that just as Read
// does. A second Watch waits for the first one to end.
func (s *Source) Watch(ctx context.Context, scope func() core.Scope, changed func()) {
	select {
	case <-s.watching:
		defer func() { s.watching <- struct{}{} }()
	case <-ctx.Done():
		return
	}
	f := newFollower(ctx, s.config, s.timing)
	s.following.Store(f)
	var telling sync.WaitGroup
	telling.Go(func() { f.announce(ctx, changed) })
	s.mend(ctx, f, scope)
	s.following.Store(nil)
	f.end()
	telling.Wait()
}

// mend sees that everything in the scope is followed, until ctx ends.
func (s *Source) mend(ctx context.Context, f *follower, scope func() core.Scope) {
	look := time.NewTicker(s.timing.look)
	defer look.Stop()
	for failures := 0; ctx.Err() == nil; {
		if s.follow(ctx, f, scope()) {
			failures = 0
			select {
			case <-ctx.Done():
			case <-f.broken:
			case <-look.C:
			}
		} else {
			failures++
		}
		_ = core.Pause(ctx, s.pauseAfter(failures))
	}
}

// pauseAfter is how long to wait after so many failures in a row, and how long
// for what else may break at the same time after none.
func (s *Source) pauseAfter(failures int) time.Duration {
	if failures == 0 {
		return s.timing.gather
	}
	return s.config.Jitter(min(s.timing.retryMax, s.timing.retry<<min(failures-1, 16)))
}

// follow lists once what is to be followed and is not, which makes it so. It
// tells whether there is nothing to try again soon. It makes way for a Read,
// which does the same, and leaves credential plugins to it.
func (s *Source) follow(ctx context.Context, f *follower, want core.Scope) (done bool) {
	ctx, end, ok := f.turnAside(ctx)
	if !ok {
		return true
	}
	defer end()
	l := s.look(ctx, question{want: want, started: s.config.Now(), follower: f, aside: true})
	if ctx.Err() != nil || errors.Is(l.err, errPluginDue) {
		return true
	}
	f.forget()
	return l.err == nil && !f.waiting()
}

// run keeps one watch open. It gives up when the server refuses to go on from
// where the last events were, says what cannot be understood, or is not reached.
func (f *follower) run(ctx context.Context, c *client, r *run) {
	for {
		lived, err := f.stream(ctx, c, r)
		worked := lived > 0 && lived >= f.timing.short
		switch {
		case ctx.Err() != nil:
			return
		case gone(err) && f.skip(r):
		case !worked, errors.Is(err, errSilent), answered(err):
			f.broke(r, err, worked)
			return
		default:
			f.lose(r)
		}
	}
}

// errSilent ends a watch that has said nothing for too long.
var errSilent = errors.New("the watch is silent")

// stream opens a watch and takes over what it brings, until it ends. It tells
// for how long it was open; the error is nil where the server ended it in good
// order.
func (f *follower) stream(ctx context.Context, c *client, r *run) (lived time.Duration, err error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	s, err := c.watch(ctx, r.job, f.position(r), f.config.Jitter(f.timing.lifetime))
	if err != nil {
		return 0, err
	}
	defer s.close()
	opened := f.config.Now()
	defer func() { lived = f.config.Now().Sub(opened) }()
	silent := time.AfterFunc(f.timing.silence, func() { stop(errSilent) })
	defer silent.Stop()
	f.found(r)
	for {
		e, err := s.next()
		switch {
		case errors.Is(err, io.EOF):
			return 0, nil
		case err != nil:
			return 0, err
		case f.take(r, e):
			silent.Reset(f.timing.silence)
		}
	}
}

// answered tells whether an error is what the server said, and not that it could
// not be heard.
func answered(err error) bool {
	var refused *refusal
	var answer *answerError
	return errors.As(err, &refused) || errors.As(err, &answer)
}

// lasting tells whether an error is one that does not go away by itself.
func lasting(err error) bool {
	var refused *refusal
	if !errors.As(err, &refused) {
		return false
	}
	switch refused.code {
	case http.StatusUnauthorized, http.StatusRequestTimeout, http.StatusGone, http.StatusTooManyRequests:
		return false
	}
	return refused.code < http.StatusInternalServerError
}
