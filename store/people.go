package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"selvage/core"
)

// pause is after how long without a look the next one is another visit.
const pause = 10 * time.Minute

// Visit notes that a person has seen what is told of a fabric until upto, the end
// of a check, and gives what changed since the visit before this one. Whoever looks
// again within ten minutes goes on with the same visit; the first one finds
// nothing new.
func (s *Store) Visit(ctx context.Context, id core.FabricID, person string, upto time.Time) (core.News, error) {
	var news core.News
	if upto.IsZero() {
		return news, nil // there is nothing to be seen yet
	}
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		row, err := s.fabric(ctx, tx, id)
		if err != nil {
			return err
		}
		now := s.now()
		_, err = tx.ExecContext(ctx, `INSERT INTO visits (fabric, person, before, upto, at) VALUES (?1, ?2, ?3, ?3, ?4)
			ON CONFLICT DO UPDATE SET before = CASE WHEN ?4 - at BETWEEN 0 AND ?5 THEN before ELSE upto END,
				upto = max(upto, ?3), at = ?4`,
			row.id, person, stamp(upto), stamp(now), int64(pause))
		if err != nil {
			return err
		}
		var before any
		if err := tx.QueryRowContext(ctx, "SELECT before FROM visits WHERE fabric = ? AND person = ?", row.id, person).Scan(&before); err != nil {
			return err
		}
		news, err = newsSince(ctx, tx, row.id, person, before)
		return err
	})
	return news, explain(fmt.Sprintf("note who has seen %q in %q", id, s.path), err)
}

// News gives of some fabrics what changed since a person has seen them last.
func (s *Store) News(ctx context.Context, person string, ids ...core.FabricID) (map[core.FabricID]core.News, error) {
	all := make(map[core.FabricID]core.News, len(ids))
	err := s.read(ctx, func(tx *sql.Tx) error {
		for _, id := range ids {
			var (
				fabric int64
				upto   any
			)
			err := tx.QueryRowContext(ctx, `SELECT v.fabric, v.upto FROM visits v JOIN fabrics f ON f.id = v.fabric
				WHERE f.name = ? AND v.person = ?`, string(id), person).Scan(&fabric, &upto)
			switch {
			case errors.Is(err, sql.ErrNoRows):
				continue
			case err != nil:
				return err
			}
			if all[id], err = newsSince(ctx, tx, fabric, person, upto); err != nil {
				return err
			}
		}
		return nil
	})
	return all, explain(fmt.Sprintf("read what changed in %q", s.path), err)
}

// newsSince gives what changed since a time. That a difference is acknowledged is no
// news to whoever acknowledged it last, and that something was unread for a while is none
// to anybody once it is what it was.
func newsSince(ctx context.Context, q querier, fabric int64, person string, since any) (core.News, error) {
	news := core.News{Since: given(since)}
	err := each(ctx, q, func(rows *sql.Rows) error {
		var k core.Key
		err := rows.Scan(&k.Group, &k.Kind, &k.Namespace, &k.Name)
		news.Keys = append(news.Keys, k)
		return err
	}, `SELECT grp, kind, namespace, name FROM objects
		WHERE id IN (SELECT object FROM transitions t WHERE fabric = ?1 AND at > ?2
			AND NOT (to_state = ?3 AND ?4 IS (
				SELECT person FROM acknowledgements a WHERE a.object = t.object AND a.at <= t.at ORDER BY a.at DESC, a.id DESC LIMIT 1))
			AND NOT (to_state = ?5 AND EXISTS (SELECT 1 FROM transitions r WHERE r.object = t.object AND r.id > t.id AND r.to_state <> ?5))
			AND NOT (from_state IS ?5 AND EXISTS (
				SELECT 1 FROM (SELECT from_state AS was, changes AS had FROM transitions u
					WHERE u.object = t.object AND u.id < t.id AND u.to_state = ?5 AND u.from_state IS NOT ?5 ORDER BY u.id DESC LIMIT 1)
				WHERE was IS t.to_state AND had IS t.changes)))`,
		fabric, since, core.Acknowledged.String(), person, core.Unknown.String())
	return news, err
}

// errNoText is a note that says nothing.
var errNoText = errors.New("it says nothing")

// Leave keeps a note.
func (s *Store) Leave(ctx context.Context, by, text string) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if strings.TrimSpace(text) == "" {
			return errNoText
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO notes (at, person, text) VALUES (?, ?, ?)", stamp(s.now()), by, text)
		return err
	})
	return explain(fmt.Sprintf("keep a note in %q", s.path), err)
}

// TakeAway takes a note away. It stays in the file, with who did that.
func (s *Store) TakeAway(ctx context.Context, by string, note int64) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE notes SET done = ?, done_by = ? WHERE id = ? AND done IS NULL", stamp(s.now()), by, note)
		return err
	})
	return explain(fmt.Sprintf("take a note away in %q", s.path), err)
}

// Notes gives the notes that nobody has taken away, the latest first.
func (s *Store) Notes(ctx context.Context) ([]core.Note, error) {
	var all []core.Note
	err := s.read(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, func(rows *sql.Rows) error {
			var (
				n  core.Note
				at any
			)
			err := rows.Scan(&n.ID, &at, &n.By, &n.Text)
			n.At = given(at)
			all = append(all, n)
			return err
		}, "SELECT id, at, person, text FROM notes WHERE done IS NULL ORDER BY id DESC")
	})
	return all, explain(fmt.Sprintf("read the notes in %q", s.path), err)
}
