package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"selvage/core"
)

// Looks gives the checks of a fabric since a time, the oldest first, as
// [core.CourseOf] needs them: of those that changed nothing only the first and
// the last in a row. Between two that are more than gap apart nobody watched.
//
// SQLite finds the rows: a month of a check a minute is 43,000 of them, nearly
// all of which say nothing.
func (s *Store) Looks(ctx context.Context, id core.FabricID, since time.Time, gap time.Duration) ([]core.Look, error) {
	var all []core.Look
	err := s.read(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, func(rows *sql.Rows) error {
			var (
				at     any
				l      core.Look
				sides  [2]core.Access
				counts sql.NullString
			)
			if err := rows.Scan(&at, &l.Joined, &sides[0], &sides[1], &counts); err != nil {
				return err
			}
			l.At, l.State = given(at), core.Unknown
			l.Read = counts.Valid && sides[0] == core.AccessOK && sides[1] == core.AccessOK
			if counts.Valid {
				found, err := decodeCounts(counts.String)
				if err != nil {
					return fmt.Errorf("%w: counts of a check: %w", ErrDamaged, err)
				}
				l.State = found.Worst()
			}
			all = append(all, l)
			return nil
		}, `WITH row AS (
				SELECT finished, quiet, ifnull(git, '') git, ifnull(live, '') live, counts,
					finished - lag(finished) OVER w AS before, lead(finished) OVER w - finished AS after
				FROM checks WHERE fabric = (SELECT id FROM fabrics WHERE name = ?1) AND finished >= ?2
				WINDOW w AS (ORDER BY finished, id))
			SELECT finished, ifnull(before <= ?3, 0), git, live, counts FROM row
			WHERE NOT quiet OR ifnull(before, ?3 + 1) > ?3 OR ifnull(after, ?3 + 1) > ?3
			ORDER BY finished`, string(id), stamp(since), int64(gap))
	})
	return all, explain(fmt.Sprintf("read the checks of %q in %q", id, s.path), err)
}

// Entry gives one entry of the history by its ID; false where the history does not
// have it any more.
func (s *Store) Entry(ctx context.Context, fabric core.FabricID, id string) (core.Entry, bool, error) {
	var found []core.Entry
	err := s.read(ctx, func(tx *sql.Tx) error {
		p := page{tx: tx, filter: Filter{After: core.Entry{ID: id, At: s.now()}}}
		at, err := p.end()
		if err != nil {
			return err
		}
		o := origins()[at.origin]
		var marks []mark
		err = each(ctx, tx, func(rows *sql.Rows) error {
			m := mark{origin: at.origin, fabric: fabric}
			err := rows.Scan(&m.at, &m.id)
			marks = append(marks, m)
			return err
		}, fmt.Sprintf("SELECT %s, id FROM %s WHERE id = ? AND fabric = (SELECT id FROM fabrics WHERE name = ?)", o.at, o.table), at.id, string(fabric))
		if err == nil {
			found, err = p.entries(ctx, marks)
		}
		return err
	})
	if err != nil || len(found) == 0 {
		return core.Entry{}, false, explain(fmt.Sprintf("read the history in %q", s.path), err)
	}
	return found[0], true, nil
}
