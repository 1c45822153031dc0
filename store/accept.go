package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"selvage/core"
)

// acceptedFor is how long an acceptance is kept in mind at least. A check of
// another process that began before it may still be recorded, and bring back
// what was accepted.
const acceptedFor = time.Hour

// Accept keeps what a person accepted, all of it or nothing. [Store.Memory]
// tells it until it is spent: a check that began an hour later or more has seen
// both sides and waits for it no more.
func (s *Store) Accept(ctx context.Context, id core.FabricID, said ...core.Acceptance) error {
	err := s.say(ctx, id, func(r *recorder) error {
		for _, a := range said {
			if err := r.accept(a); err != nil {
				return err
			}
		}
		return nil
	}, func(m *core.Memory) {
		m.Acceptances = slices.Clone(m.Acceptances)
		for _, a := range said {
			m.Acceptances = append(m.Acceptances, keptAcceptance(a))
		}
	})
	return explain(fmt.Sprintf("record what was accepted of %q in %q", id, s.path), err)
}

// say writes what a person said, and tells it to the cached memory.
func (s *Store) say(ctx context.Context, id core.FabricID, write func(*recorder) error, tell func(*core.Memory)) error {
	var before, after fabricRow
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		if before, err = s.fabric(ctx, tx, id); err != nil {
			return err
		}
		r, err := newRecorder(ctx, tx, before.id, id)
		if err != nil {
			return err
		}
		if err := write(r); err != nil {
			return err
		}
		after = before
		return tx.QueryRowContext(r.ctx, "UPDATE fabrics SET generation = generation + 1 WHERE id = ? RETURNING id, generation", r.fabric).
			Scan(&after.id, &after.generation)
	})
	if err != nil {
		return err
	}
	if known, ok := s.cached(id); ok && known.row == before {
		m := *known.memory
		tell(&m)
		s.keep(id, remembered{after, &m, known.loaded})
	}
	return nil
}

func (r *recorder) accept(a core.Acceptance) error {
	if a.At.IsZero() {
		return errors.New("an acceptance does not tell when it was given")
	}
	res, err := r.tx.ExecContext(r.ctx, `INSERT INTO acceptances (fabric, at, what, person, from_commit, to_commit, git_digest, live_digest)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, r.fabric, stamp(a.At), string(a.What), a.By, a.From, a.To, a.GitDigest[:], a.LiveDigest[:])
	if err != nil {
		return err
	}
	acceptance, err := res.LastInsertId()
	if err != nil {
		return err
	}
	for i, k := range a.Keys {
		object, err := r.object(k)
		if err != nil {
			return err
		}
		if err := r.exec("INSERT INTO accepted (acceptance, position, object) VALUES (?, ?, ?)", acceptance, i, object); err != nil {
			return err
		}
	}
	return nil
}

// void takes out of force what the check has ended.
func (r *recorder) void(c core.Check) error {
	accepted, err := acceptances(r.ctx, r.tx, inForce, r.fabric)
	if err != nil {
		return err
	}
	for _, a := range accepted {
		if !spent(a.said, c) {
			continue
		}
		r.grown = true
		if err := r.exec("UPDATE acceptances SET void = 1 WHERE id = ?", a.id); err != nil {
			return err
		}
	}
	acknowledged, err := acknowledgements(r.ctx, r.tx, inForce, r.fabric)
	if err != nil {
		return err
	}
	for _, a := range acknowledged {
		if !voided(a.said, c) {
			continue
		}
		r.grown = true
		if err := r.exec("UPDATE acknowledgements SET void = 1 WHERE id = ?", a.id); err != nil {
			return err
		}
	}
	return nil
}

// spent tells whether a check needs an acceptance no more: it read both sides,
// long enough after it, and nothing waits for it.
func spent(a core.Acceptance, c core.Check) bool {
	r, seen := c.Report, c.Started
	if !c.Seen.IsZero() {
		seen = c.Seen
	}
	if r == nil || seen.Sub(a.At) < acceptedFor || r.Live.Access != core.AccessOK {
		return false
	}
	for _, g := range r.Git {
		if g.Access != core.AccessOK || a.What == core.AcceptRewrite && g.Revision == a.To {
			return false
		}
	}
	return a.What != core.AcceptMass || r.Freeze == nil
}

// voided tells whether a check has ended an acknowledgement.
func voided(a core.Acknowledgement, c core.Check) bool {
	return !a.Until.After(c.Finished) || slices.Contains(c.Gone, a.Key) ||
		slices.ContainsFunc(c.Void, func(b core.Acknowledgement) bool {
			return a.Key == b.Key && a.Path == b.Path && a.At.Equal(kept(b.At))
		})
}

// except is a new list without some of the items.
func except[T any](all []T, without func(T) bool) []T {
	var kept []T
	for _, item := range all {
		if !without(item) {
			kept = append(kept, item)
		}
	}
	return kept
}

// row is something that a person said, with the number of its row.
type row[T any] struct {
	id   int64
	said T
}

func said[T any](rows []row[T]) []T {
	var all []T
	for _, r := range rows {
		all = append(all, r.said)
	}
	return all
}

// inForce is the condition for what is not void of a fabric.
const inForce = "fabric = ? AND NOT void"

// sayings is what people have said of a fabric, oldest first, without what is
// void.
func sayings(ctx context.Context, q querier, fabric int64) ([]core.Acceptance, []core.Acknowledgement, error) {
	accepted, err := acceptances(ctx, q, inForce, fabric)
	if err != nil {
		return nil, nil, err
	}
	acknowledged, err := acknowledgements(ctx, q, inForce, fabric)
	return said(accepted), said(acknowledged), err
}

// acceptances reads the acceptances for which a condition holds, oldest first.
func acceptances(ctx context.Context, q querier, where string, args ...any) ([]row[core.Acceptance], error) {
	var all []row[core.Acceptance]
	err := each(ctx, q, func(rows *sql.Rows) error {
		var (
			id                          int64
			a                           core.Acceptance
			at                          any
			git, live                   []byte
			group, kind, namespace, nam sql.NullString
		)
		err := rows.Scan(&id, &at, &a.What, &a.By, &a.From, &a.To, &git, &live, &group, &kind, &namespace, &nam)
		if err != nil {
			return err
		}
		if len(all) == 0 || all[len(all)-1].id != id {
			a.At = given(at)
			if a.GitDigest, err = digestOf(git); err == nil {
				a.LiveDigest, err = digestOf(live)
			}
			all = append(all, row[core.Acceptance]{id, a})
		}
		if kind.Valid {
			last := &all[len(all)-1].said
			last.Keys = append(last.Keys, core.Key{Group: group.String, Kind: kind.String, Namespace: namespace.String, Name: nam.String})
		}
		return err
	}, `SELECT a.id, a.at, a.what, a.person, a.from_commit, a.to_commit, a.git_digest, a.live_digest, o.grp, o.kind, o.namespace, o.name
		FROM (SELECT * FROM acceptances WHERE `+where+`) a
		LEFT JOIN accepted k ON k.acceptance = a.id LEFT JOIN objects o ON o.id = k.object ORDER BY a.id, k.position`, args...)
	return all, err
}

// acknowledgements reads those for which a condition holds, oldest first.
func acknowledgements(ctx context.Context, q querier, where string, args ...any) ([]row[core.Acknowledgement], error) {
	var all []row[core.Acknowledgement]
	err := each(ctx, q, func(rows *sql.Rows) error {
		var (
			id        int64
			a         core.Acknowledgement
			at, until any
			git, live []byte
		)
		err := rows.Scan(&id, &a.Key.Group, &a.Key.Kind, &a.Key.Namespace, &a.Key.Name, &at, &a.Path, &a.Reason, &a.By, &a.Restored, &until, &git, &live)
		if err != nil {
			return err
		}
		a.At, a.Until = given(at), given(until)
		if a.GitDigest, err = digestOf(git); err == nil {
			a.LiveDigest, err = digestOf(live)
		}
		all = append(all, row[core.Acknowledgement]{id, a})
		return err
	}, `SELECT a.id, o.grp, o.kind, o.namespace, o.name, a.at, a.path, a.reason, a.person, a.restored, a.until, a.git_digest, a.live_digest
		FROM (SELECT * FROM acknowledgements WHERE `+where+`) a JOIN objects o ON o.id = a.object ORDER BY a.id`, args...)
	return all, err
}

// keptAcceptance is an acceptance in the form in which it is read again.
func keptAcceptance(a core.Acceptance) core.Acceptance {
	a.At, a.Keys = kept(a.At), slices.Clone(a.Keys)
	if len(a.Keys) == 0 {
		a.Keys = nil
	}
	return a
}

// keptAcknowledgement is likewise for an acknowledgement.
func keptAcknowledgement(a core.Acknowledgement) core.Acknowledgement {
	a.At, a.Until = kept(a.At), kept(a.Until)
	return a
}
