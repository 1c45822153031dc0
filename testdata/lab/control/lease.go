package control

import (
	"encoding/json"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"
)

// leases counts who uses the lab, and ends it when nobody does.
type leases struct {
	mu     sync.Mutex
	next   int
	held   map[string]bool // false: the client is gone, what it made is being closed
	linger time.Duration
	timer  *time.Timer
	ended  bool
	end    func() // stops taking connections; called once, under mu
}

// newLeases starts to count; end is called after linger without a lease.
func newLeases(linger time.Duration, end func()) *leases {
	l := &leases{held: make(map[string]bool), linger: linger, end: end}
	l.timer = time.AfterFunc(linger, l.expire)
	return l
}

// expire ends the lab unless somebody came in the meantime.
func (l *leases) expire() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.held) > 0 || l.ended {
		return
	}
	l.ended = true
	l.end()
}

// take returns a new lease, or false when the lab is about to end.
func (l *leases) take() (string, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return "", false
	}
	l.timer.Stop()
	l.next++
	id := "lease-" + strconv.Itoa(l.next)
	l.held[id] = true
	return id, true
}

// shut makes a lease invalid; it counts until drop.
func (l *leases) shut(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held[id] = false
}

// drop gives a lease back.
func (l *leases) drop(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.held, id)
	if len(l.held) == 0 && !l.ended {
		l.timer.Reset(l.linger)
	}
}

// valid tells whether a lease is held.
func (l *leases) valid(id string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.held[id]
}

// serveLease answers a lease and keeps it until the client goes.
func (s *server) serveLease(w http.ResponseWriter, r *http.Request) {
	id, ok := s.leases.take()
	if !ok {
		fail(w, http.StatusServiceUnavailable, errEnding)
		return
	}
	defer s.endLease(id)
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(Lease{ID: id, PID: os.Getpid()}); err != nil {
		return
	}
	if err := http.NewResponseController(w).Flush(); err != nil {
		return
	}
	select {
	case <-r.Context().Done():
	case <-s.ctx.Done():
	}
}

// endLease closes what was made under a lease, and then gives it back.
func (s *server) endLease(id string) {
	s.leases.shut(id)
	if err := s.owned.closeLease(id); err != nil {
		s.cfg.Log.Printf("end %s: %v", id, err)
	}
	s.leases.drop(id)
}
