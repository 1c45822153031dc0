package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"selvage/core"
)

var _ core.Tempers = (*Store)(nil)

// errNoPlace is a pin or a heat of which something is missing.
var errNoPlace = errors.New("it is about no place of an object")

// Tempers gives the pins and the heats of a fabric.
func (s *Store) Tempers(ctx context.Context, id core.FabricID) (held []core.Pin, heats []core.Heat, err error) {
	err = s.read(ctx, func(tx *sql.Tx) error {
		row, err := s.fabric(ctx, tx, id)
		if err == nil {
			held, err = pins(ctx, tx, row.id)
		}
		if err == nil {
			heats, err = heatsOf(ctx, tx, row.id)
		}
		return err
	})
	return held, heats, explain(fmt.Sprintf("read what holds the policies of %q back in %q", id, s.path), err)
}

// Pin sets pins, all of them or none, each in place of one on its own path.
func (s *Store) Pin(ctx context.Context, id core.FabricID, all ...core.Pin) error {
	return s.temper(ctx, id, func(r *recorder) error {
		for _, p := range all {
			if p.Key == (core.Key{}) || p.Path == "" {
				return errNoPlace
			}
			object, err := r.object(p.Key)
			if err != nil {
				return err
			}
			var by any
			if p.Commit.Known() {
				p.Commit.Time = kept(p.Commit.Time)
				if by, err = encode(commit(p.Commit)); err != nil {
					return err
				}
			}
			err = r.exec("INSERT OR REPLACE INTO pins (fabric, object, path, rule, at, found) VALUES (?, ?, ?, ?, ?, ?)",
				r.fabric, object, string(p.Path), p.Rule, stamp(p.At), by)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Unpin takes the pin on a path of an object away.
func (s *Store) Unpin(ctx context.Context, id core.FabricID, k core.Key, path core.Path) error {
	return s.temper(ctx, id, func(r *recorder) error {
		return r.exec(`DELETE FROM pins WHERE fabric = ? AND path = ? AND object IN
			(SELECT id FROM objects WHERE fabric = ? AND grp = ? AND kind = ? AND namespace = ? AND name = ?)`,
			r.fabric, string(path), r.fabric, k.Group, k.Kind, k.Namespace, k.Name)
	})
}

// Heat keeps heats in place of all that were kept.
func (s *Store) Heat(ctx context.Context, id core.FabricID, heats []core.Heat) error {
	if _, before, err := s.Tempers(ctx, id); err == nil && slices.EqualFunc(before, heats, sameHeat) {
		return nil
	}
	return s.temper(ctx, id, func(r *recorder) error {
		if err := r.exec("DELETE FROM heats WHERE fabric = ?", r.fabric); err != nil {
			return err
		}
		for i, h := range heats {
			if h.Key == (core.Key{}) || h.Path == "" {
				return errNoPlace
			}
			object, err := r.object(h.Key)
			if err != nil {
				return err
			}
			err = r.exec("INSERT INTO heats (fabric, position, object, path, level, at, git, live, paused) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
				r.fabric, i, object, string(h.Path), h.Level, stamp(h.At), h.Git[:], h.Live[:], h.Paused)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func sameHeat(a, b core.Heat) bool {
	at := b.At
	a.At, b.At = kept(a.At), kept(at)
	return a == b
}

// temper writes what holds a fabric's policies back.
func (s *Store) temper(ctx context.Context, id core.FabricID, work func(*recorder) error) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		row, err := s.fabric(ctx, tx, id)
		if err != nil {
			return err
		}
		r, err := newRecorder(ctx, tx, row.id, id)
		if err != nil {
			return err
		}
		return work(r)
	})
	return explain(fmt.Sprintf("keep what holds the policies of %q back in %q", id, s.path), err)
}

func pins(ctx context.Context, q querier, fabric int64) ([]core.Pin, error) {
	var all []core.Pin
	err := each(ctx, q, func(rows *sql.Rows) error {
		var (
			p  core.Pin
			at any
			by sql.NullString
		)
		err := rows.Scan(&p.Key.Group, &p.Key.Kind, &p.Key.Namespace, &p.Key.Name, &p.Path, &p.Rule, &at, &by)
		if err != nil {
			return err
		}
		p.At = given(at)
		if by.Valid {
			var c commit
			if err := json.Unmarshal([]byte(by.String), &c); err != nil {
				return fmt.Errorf("%w: a pin of %s: %w", ErrDamaged, p.Key, err)
			}
			p.Commit = core.Commit(c)
		}
		all = append(all, p)
		return nil
	}, `SELECT o.grp, o.kind, o.namespace, o.name, p.path, p.rule, p.at, p.found
		FROM pins p JOIN objects o ON o.id = p.object WHERE p.fabric = ? ORDER BY p.id`, fabric)
	return all, err
}

func heatsOf(ctx context.Context, q querier, fabric int64) ([]core.Heat, error) {
	var all []core.Heat
	err := each(ctx, q, func(rows *sql.Rows) error {
		var (
			h         core.Heat
			at        any
			git, live []byte
		)
		err := rows.Scan(&h.Key.Group, &h.Key.Kind, &h.Key.Namespace, &h.Key.Name, &h.Path, &h.Level, &at, &git, &live, &h.Paused)
		if err != nil {
			return err
		}
		h.At = given(at)
		if h.Git, err = digestOf(git); err == nil {
			h.Live, err = digestOf(live)
		}
		all = append(all, h)
		return err
	}, `SELECT o.grp, o.kind, o.namespace, o.name, h.path, h.level, h.at, h.git, h.live, h.paused
		FROM heats h JOIN objects o ON o.id = h.object WHERE h.fabric = ? ORDER BY h.position`, fabric)
	return all, err
}
