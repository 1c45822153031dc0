package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"selvage/core"
)

var _ core.Leases = (*Store)(nil)

// holder is the JSON of one, but for its ID.
type holder struct {
	User  string        `json:"user,omitempty"`
	Host  string        `json:"host,omitempty"`
	PID   int           `json:"pid,omitempty"`
	Doing string        `json:"doing,omitempty"`
	Time  time.Duration `json:"time"`
	Since time.Time     `json:"since,omitzero"`
	Seen  time.Time     `json:"seen,omitzero"`
}

// lease is a row of the table leases: the zero one where nobody ever had it.
type lease struct {
	beat int64
	core.Holder
}

// post is one duty on one fabric.
type post struct {
	fabric core.FabricID
	duty   core.Duty
}

// silence is how long a holder said nothing while this process listened.
type silence struct {
	beat  int64
	since time.Time
}

// Acquire gives the lease to h if it is free, or if this store was told before
// that somebody else has it and has heard nothing from there for as long as that
// holder may be silent.
func (s *Store) Acquire(ctx context.Context, id core.FabricID, h core.Holder) (held bool, by core.Holder, err error) {
	defer func() { err = explain(fmt.Sprintf("ask for the lease of %q in %q", id, s.path), err) }()
	if h.ID == "" {
		return false, by, errors.New("who asks for it has no id")
	}
	l, err := s.leaseOf(ctx, s.reader, id, h.Duty)
	if err != nil || !s.free(id, l, h) {
		return false, l.Holder, err
	}
	err = s.beat(ctx, id, h.Duty, func(now lease) (core.Holder, bool) {
		if held = s.free(id, now, h); !held {
			by = now.Holder
			return by, false
		}
		if h.Since = s.now(); now.ID == h.ID {
			h.Since = now.Since
		}
		h.Time = cmp.Or(h.Time, core.LeaseTime)
		h.Seen, by = s.now(), h
		return h, true
	})
	by.Since, by.Seen = kept(by.Since), kept(by.Seen)
	return held && err == nil, by, err
}

// Renew keeps the lease that h has.
func (s *Store) Renew(ctx context.Context, id core.FabricID, h core.Holder) (held bool, err error) {
	err = s.beat(ctx, id, h.Duty, func(now lease) (core.Holder, bool) {
		held = h.ID != "" && now.ID == h.ID
		h.Since, h.Time, h.Seen = now.Since, cmp.Or(h.Time, core.LeaseTime), s.now()
		return h, held
	})
	return held && err == nil, explain(fmt.Sprintf("renew the lease of %q in %q", id, s.path), err)
}

// Release gives the lease back that h has.
func (s *Store) Release(ctx context.Context, id core.FabricID, h core.Holder) error {
	err := s.beat(ctx, id, h.Duty, func(now lease) (core.Holder, bool) {
		return core.Holder{}, h.ID != "" && now.ID == h.ID
	})
	return explain(fmt.Sprintf("give back the lease of %q in %q", id, s.path), err)
}

// Holder tells who has the lease, also where that one is silent.
func (s *Store) Holder(ctx context.Context, id core.FabricID, duty core.Duty) (core.Holder, bool, error) {
	l, err := s.leaseOf(ctx, s.reader, id, duty)
	return l.Holder, err == nil && l.ID != "", explain(fmt.Sprintf("read the lease of %q in %q", id, s.path), err)
}

// free tells whether h may take a lease. It listens: the silence of another
// holder counts from when this store first saw its last beat, by a clock that
// does not jump.
func (s *Store) free(id core.FabricID, l lease, h core.Holder) bool {
	if l.ID == "" || l.ID == h.ID {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	at := post{id, h.Duty}
	heard, ok := s.silent[at]
	if !ok || heard.beat != l.beat || now.Before(heard.since) {
		s.silent[at] = silence{l.beat, now}
		return false
	}
	return now.Sub(heard.since) >= l.Time
}

func (s *Store) leaseOf(ctx context.Context, q querier, id core.FabricID, duty core.Duty) (lease, error) {
	var (
		l    lease
		body string
	)
	err := q.QueryRowContext(ctx, "SELECT beat, holder, body FROM leases WHERE fabric = ? AND duty = ?", string(id), string(duty)).Scan(&l.beat, &l.ID, &body)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return l, nil
	case err != nil:
		return l, err
	}
	var h holder
	if err := json.Unmarshal([]byte(body), &h); err != nil {
		return l, fmt.Errorf("%w: a lease: %w", ErrDamaged, err)
	}
	l.Holder = core.Holder{ID: l.ID, Duty: duty, User: h.User, Host: h.Host, PID: h.PID, Doing: h.Doing, Time: h.Time, Since: h.Since, Seen: h.Seen}
	return l, nil
}

// beat writes the holder that next makes of the lease as it is, where it says so.
func (s *Store) beat(ctx context.Context, id core.FabricID, duty core.Duty, next func(lease) (core.Holder, bool)) error {
	err := s.writeBy(ctx, s.leaser, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := s.fabric(ctx, tx, id); err != nil { // is the schema still ours?
			return err
		}
		now, err := s.leaseOf(ctx, tx, id, duty)
		if err != nil {
			return err
		}
		h, ok := next(now)
		if !ok {
			return errIdle
		}
		body, err := encode(holder{h.User, h.Host, h.PID, h.Doing, h.Time, kept(h.Since), kept(h.Seen)})
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO leases (fabric, duty, beat, holder, body) VALUES (?, ?, 1, ?, ?)
			ON CONFLICT (fabric, duty) DO UPDATE SET beat = beat + 1, holder = excluded.holder, body = excluded.body`, string(id), string(duty), h.ID, body)
		return err
	})
	if errors.Is(err, errIdle) {
		return nil
	}
	return err
}
