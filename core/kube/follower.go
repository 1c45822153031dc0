package kube

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"selvage/core"
)

// follower holds what the watches of a source bring. A nil one is that of a
// source that nobody watches.
type follower struct {
	config  Config
	timing  timing
	ctx     context.Context // of Watch: watches live on when the look that began them is over
	token   chan struct{}   // whoever holds it may look at the cluster
	broken  chan struct{}   // something is no longer followed
	news    chan struct{}   // something happened
	streams sync.WaitGroup

	mu        sync.Mutex // guards what follows
	feeds     map[place]*followed
	journal   *journal
	reads     int                // that wait for their turn or have it
	interrupt context.CancelFunc // of the look that nobody waits for; nil for none
	ended     bool
}

// place is what one watch is about.
type place struct {
	core.GroupKind
	namespace string
}

// followed is one kind in one namespace, and how following it goes.
type followed struct {
	*feed
	job    job
	run    *run      // its watch; nil while there is none
	bad    bool      // the last list failed
	shorts int       // how many watches in a row ended at once
	rests  time.Time // until then nothing is tried but what a read asks for
	wanted time.Time // when somebody asked for it last
}

// run is one watch, from the list that it goes on from until it is given up.
type run struct {
	of   *followed
	job  job
	stop context.CancelFunc
	lost bool // it is being opened anew
}

func newFollower(ctx context.Context, c Config, t timing) *follower {
	f := &follower{
		config: c, timing: t, ctx: ctx, feeds: map[place]*followed{}, journal: newJournal(),
		token: make(chan struct{}, 1), broken: make(chan struct{}, 1), news: make(chan struct{}, 1),
	}
	f.token <- struct{}{}
	return f
}

// turn waits until a read may look at the cluster. A look that nobody waits for
// may end before it, if it does so soon.
func (f *follower) turn(ctx context.Context) (end func(), err error) {
	if f == nil {
		return func() {}, nil
	}
	f.mu.Lock()
	f.reads++
	f.mu.Unlock()
	impatient := time.AfterFunc(f.timing.patience, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.interrupt != nil {
			f.interrupt()
		}
	})
	defer impatient.Stop()
	leave := func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.reads--
	}
	select {
	case <-f.token:
		return func() {
			f.token <- struct{}{}
			leave()
		}, nil
	case <-ctx.Done():
		leave()
		return nil, context.Cause(ctx)
	}
}

// turnAside lets a look begin that nobody waits for, unless a read is there. Its
// context ends when one comes.
func (f *follower) turnAside(ctx context.Context) (_ context.Context, end func(), ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.reads > 0 {
		return nil, nil, false
	}
	<-f.token // only reads hold it for any time
	ctx, f.interrupt = context.WithCancel(ctx)
	return ctx, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.interrupt()
		f.interrupt = nil
		f.token <- struct{}{}
	}, true
}

// prepare tells whether a job needs no list: it is followed, or nobody waits for
// one that rests. Else what is left of its watch ends.
func (f *follower) prepare(j job, aside bool) (done bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	at := place{j.GroupKind, j.namespace}
	fd, ok := f.feeds[at]
	if !ok {
		fd = &followed{feed: newFeed(f.journal)}
		f.feeds[at] = fd
	}
	now := f.config.Now()
	fd.wanted = now
	if fd.job == j && (fd.fresh(now, f.config.FreshFor) || aside && now.Before(fd.rests)) {
		return true
	}
	fd.end()
	fd.job = j
	return false
}

func (fd *followed) fresh(now time.Time, limit time.Duration) bool {
	return fd.run != nil && !fd.run.lost && age(now, fd.proof) <= limit
}

func (fd *followed) end() {
	if fd.run != nil {
		fd.run.stop()
		fd.run = nil
	}
}

// listed takes over the outcome of a list and has a watch go on from it. It
// gives the error that is to be told.
func (f *follower) listed(c *client, j job, l listing, err error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	fd, ok := f.feeds[place{j.GroupKind, j.namespace}]
	if !ok {
		return errors.Join(err, errUnfollowed)
	}
	if err == nil {
		err = fd.list(l, f.timing.lag)
	}
	if fd.bad != (err != nil) {
		fd.bad, fd.rests, fd.shorts, f.journal.news = err != nil, time.Time{}, 0, true
	}
	now := f.config.Now()
	switch {
	case lasting(err):
		fd.rests = now.Add(f.timing.rest)
	case err == nil && !now.Before(fd.rests) && !f.ended && number(fd.position):
		f.start(c, fd)
	}
	f.ring()
	return err
}

// start opens the watch of a feed that was listed. The lock is held.
func (f *follower) start(c *client, fd *followed) {
	ctx, stop := context.WithCancel(f.ctx)
	r := &run{of: fd, job: fd.job, stop: stop}
	fd.run = r
	f.streams.Go(func() {
		defer stop()
		defer func() {
			if p := recover(); p != nil {
				f.config.Log.Error("a watch panicked", "cluster", f.config.ClusterName, "panic", p, "stack", string(debug.Stack()))
				f.broke(r, fmt.Errorf("internal error: %v", p), false)
			}
		}()
		f.run(ctx, c, r)
	})
}

// position is the revision that a watch is to go on from.
func (f *follower) position(r *run) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return r.of.position
}

// found is called when a watch is open, lose when it has ended and is opened
// anew.
func (f *follower) found(r *run) {
	f.mu.Lock()
	defer f.mu.Unlock()
	r.lost = false
}

func (f *follower) lose(r *run) {
	f.mu.Lock()
	defer f.mu.Unlock()
	r.lost, r.of.shorts = true, 0
}

// skip has a watch go on from the last list where the server has forgotten what
// was before, and tells whether that may help.
func (f *follower) skip(r *run) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return r.of.run == r && r.of.skip()
}

// take takes over an event. It tells whether the watch is shown to be alive.
func (f *follower) take(r *run, e event) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if r.of.run != r {
		return false
	}
	alive := r.of.event(e, f.config.Now())
	f.ring()
	return alive
}

// broke gives a watch up. A new one begins with a list: soon, or after a rest
// where that has not helped.
func (f *follower) broke(r *run, err error, worked bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	fd := r.of
	if fd.run != r {
		return
	}
	f.config.Log.Debug("a watch ended", "cluster", f.config.ClusterName, "kind", r.job.String(), "err", err)
	fd.run = nil
	switch {
	case worked:
		fd.shorts = 0
	case lasting(err):
		fd.shorts += 2 // one list may show that it was about to go away
	default:
		fd.shorts++
	}
	if fd.shorts >= 3 {
		fd.rests, fd.shorts = f.config.Now().Add(f.timing.rest), 0
	}
	if !errors.Is(err, errSilent) {
		f.journal.news = true
		f.ring()
	}
	select {
	case f.broken <- struct{}{}:
	default:
	}
}

// ring wakes announce if there is news. The lock is held.
func (f *follower) ring() {
	if !f.journal.news {
		return
	}
	select {
	case f.news <- struct{}{}:
	default:
	}
}

// announce calls changed soon after something happened, unless a read has told
// it meanwhile.
func (f *follower) announce(ctx context.Context, changed func()) {
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
			return
		case <-f.news:
		}
		_ = core.Pause(ctx, f.timing.gather)
		f.mu.Lock()
		news := f.journal.news
		f.mu.Unlock()
		if news && ctx.Err() == nil {
			changed()
		}
	}
}

// keep drops what a cluster turned out not to serve.
func (f *follower) keep(p plan) {
	if f == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for at, fd := range f.feeds {
		if slices.Contains(p.none, at.GroupKind) || slices.Contains(p.unserved, at.GroupKind) {
			fd.end()
			delete(f.feeds, at)
		}
	}
}

// forget drops what nobody has asked for in a long time.
func (f *follower) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for at, fd := range f.feeds {
		if age(f.config.Now(), fd.wanted) > f.timing.forget {
			fd.end()
			delete(f.feeds, at)
		}
	}
}

// waiting tells whether something is not followed that should be.
func (f *follower) waiting() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, fd := range f.feeds {
		if fd.run == nil && !f.config.Now().Before(fd.rests) {
			return true
		}
	}
	return false
}

// end waits for the watches, which end with the context of Watch, and lets no
// more begin.
func (f *follower) end() {
	f.mu.Lock()
	f.ended = true
	f.mu.Unlock()
	f.streams.Wait()
}
