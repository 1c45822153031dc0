package store

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"time"

	"selvage/core"
)

// Check is one check of the past.
type Check struct {
	Started, Finished time.Time
	Duration          time.Duration
	Quiet             bool        // it changed nothing, met no error and read both sides whole
	Reported          bool        // it came to a report: what follows counts
	Git, Live         core.Access // of Git the worst of its directories
	Counts            core.Counts
	Err               string
}

// Checks are the checks of a fabric that ended at since or later, the newest
// first, at most limit; a limit of 0 sets none. Quiet ones are kept for
// [KeepQuiet], others for [KeepPast].
func (s *Store) Checks(ctx context.Context, id core.FabricID, since time.Time, limit int) ([]Check, error) {
	var all []Check
	err := s.past(ctx, `SELECT c.started, c.finished, c.duration, c.quiet, ifnull(c.git, ''), ifnull(c.live, ''), c.counts, c.error
		FROM checks c JOIN fabrics f ON f.id = c.fabric
		WHERE f.name = ? AND c.finished >= ? ORDER BY c.finished DESC, c.id DESC LIMIT ?`,
		id, since, limit, func(rows *sql.Rows) error {
			var (
				c                 Check
				started, finished any
				counts            sql.NullString
			)
			err := rows.Scan(&started, &finished, &c.Duration, &c.Quiet, &c.Git, &c.Live, &counts, &c.Err)
			if err != nil {
				return err
			}
			c.Started, c.Finished, c.Reported = given(started), given(finished), counts.Valid
			if c.Reported {
				if c.Counts, err = decodeCounts(counts.String); err != nil {
					return fmt.Errorf("%w: counts of a check: %w", ErrDamaged, err)
				}
			}
			all = append(all, c)
			return nil
		})
	return all, explain(fmt.Sprintf("read the checks of %q in %q", id, s.path), err)
}

// Transitions are the changes of verdicts of a fabric at since or later, the
// newest first, at most limit; a limit of 0 sets none. They are kept for
// [KeepPast].
func (s *Store) Transitions(ctx context.Context, id core.FabricID, since time.Time, limit int) ([]core.Transition, error) {
	var all []core.Transition
	err := s.past(ctx, `SELECT o.grp, o.kind, o.namespace, o.name, t.at, t.from_state, t.to_state, t.reason, ifnull(t.changes, '')
		FROM transitions t JOIN objects o ON o.id = t.object JOIN fabrics f ON f.id = t.fabric
		WHERE f.name = ? AND t.at >= ? ORDER BY t.at DESC, t.id DESC LIMIT ?`,
		id, since, limit, func(rows *sql.Rows) error {
			t, err := transition(rows)
			all = append(all, t)
			return err
		})
	return all, explain(fmt.Sprintf("read the changes of %q in %q", id, s.path), err)
}

func transition(rows *sql.Rows) (t core.Transition, err error) {
	var (
		at          any
		from        sql.NullString
		to, changes string
	)
	if err := rows.Scan(&t.Key.Group, &t.Key.Kind, &t.Key.Namespace, &t.Key.Name, &at, &from, &to, &t.Reason, &changes); err != nil {
		return t, err
	}
	t.At, t.First = given(at), !from.Valid
	if from.Valid {
		t.From, err = core.ParseState(from.String)
	}
	if err == nil {
		t.To, err = core.ParseState(to)
	}
	if err == nil {
		t.Changes, err = decodeChanges(changes)
	}
	if err != nil {
		err = fmt.Errorf("%w: a change of %s: %w", ErrDamaged, t.Key, err)
	}
	return t, err
}

// past runs a query about a fabric's past and hands every row to scan.
func (s *Store) past(ctx context.Context, query string, id core.FabricID, since time.Time, limit int, scan func(*sql.Rows) error) error {
	from, ok := stamp(since).(int64)
	if !ok {
		from = math.MinInt64
	}
	if limit <= 0 {
		limit = -1
	}
	return each(ctx, s.reader, scan, query, string(id), from, limit)
}
