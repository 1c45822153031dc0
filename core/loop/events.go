package loop

import (
	"context"
	"sync"

	"selvage/core"
)

// Subscription is one listener's queue of events. An event that waits already
// is not queued twice.
type Subscription struct {
	mu      sync.Mutex
	waiting []core.Event
	ready   chan struct{} // holds one token while events wait
}

// Next waits for the next event. It fails only when ctx ends.
func (s *Subscription) Next(ctx context.Context) (core.Event, error) {
	for {
		s.mu.Lock()
		if len(s.waiting) > 0 {
			e := s.waiting[0]
			s.waiting = s.waiting[1:]
			s.mu.Unlock()
			return e, nil
		}
		s.mu.Unlock()
		select {
		case <-s.ready:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (s *Subscription) add(e core.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.waiting {
		if w == e {
			return
		}
	}
	s.waiting = append(s.waiting, e)
	select {
	case s.ready <- struct{}{}:
	default:
	}
}

// broker hands every event to every subscription.
type broker struct {
	mu   sync.Mutex
	subs []*Subscription
}

func (b *broker) subscribe() *Subscription {
	s := &Subscription{ready: make(chan struct{}, 1)}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.subs = append(b.subs, s)
	return s
}

func (b *broker) publish(e core.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.subs {
		s.add(e)
	}
}
