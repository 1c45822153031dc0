package repo

import (
	"context"
	"sync"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
)

// origin is where a branch is read from: a server, or a repository on this
// machine. It is safe for concurrent use: a question that was called off may
// still be on its way out when the next is asked.
type origin interface {
	// head gives the commit that the branch is at now: known, with its objects,
	// where that is still the one.
	head(ctx context.Context, known *revision) (*revision, error)
	// shown is the address as people may see it.
	shown() string
}

// ancestral is an origin that one can look back from.
type ancestral interface {
	// past opens what holds a commit, that was the branch's head, with all of its
	// history.
	past(ctx context.Context, commit plumbing.Hash) (*shelf, error)
	// mended tells, after the so many-th look into a shelf ended with an error,
	// whether the next one may end better.
	mended(ctx context.Context, try int, s *shelf, err error) bool
}

// fresh is how long an answer serves sources that have not had it yet.
const fresh = 2 * time.Second

// mirror is what the sources of one branch share. It is safe for concurrent
// use.
type mirror struct {
	config Config
	origin origin

	mu     sync.Mutex
	flight *flight // the conversation that goes on
	last   answer  // to the last one
}

// answer is how a conversation ended.
type answer struct {
	number   int       // of the conversation, from 1
	at       time.Time // when it ended
	revision *revision // the last good one, with err too
	err      error
}

// flight is a conversation that goes on, and for whom.
type flight struct {
	done    chan struct{} // closed at its end
	cancel  context.CancelFunc
	waiting int
	answer  answer
}

// read gives an answer newer than the conversation of the number seen: that of
// the one that goes on, the last one's if it is fresh, or that of a new one.
func (m *mirror) read(ctx context.Context, seen int) (answer, error) {
	m.mu.Lock()
	f := m.flight
	if f == nil {
		if m.last.number > seen && m.config.Now().Sub(m.last.at) < fresh {
			defer m.mu.Unlock()
			return m.last, nil
		}
		f = m.start(ctx)
	}
	f.waiting++
	m.mu.Unlock()

	select {
	case <-f.done:
		return f.answer, nil
	case <-ctx.Done():
		m.mu.Lock()
		defer m.mu.Unlock()
		if f.waiting--; f.waiting == 0 {
			f.cancel()
			if m.flight == f {
				m.flight = nil // a later reader must not get an answer that was called off
			}
		}
		return m.last, ctx.Err()
	}
}

// start begins a conversation. It outlives the reader that began it for as
// long as others wait for it. The mutex is held.
func (m *mirror) start(ctx context.Context) *flight {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*m.config.Timeout)
	f := &flight{done: make(chan struct{}), cancel: cancel}
	m.flight = f
	known := m.last.revision
	go func() {
		defer cancel()
		var revision *revision
		err := m.config.guarded(func() (err error) {
			revision, err = m.origin.head(ctx, known)
			return err
		})
		m.mu.Lock()
		defer m.mu.Unlock()
		f.answer = answer{number: m.last.number + 1, at: m.config.Now(), revision: revision, err: err}
		if err != nil {
			f.answer.revision = known
		}
		if m.flight == f {
			m.flight, m.last = nil, f.answer
		}
		close(f.done)
	}()
	return f
}
