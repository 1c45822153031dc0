package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"selvage/core"
)

// checks reads checks by their rows, a JSON list of numbers, as the readers of
// the other tables do.
func checks(ctx context.Context, q querier, ids string) (map[int64]core.Happening, error) {
	all := map[int64]core.Happening{}
	err := each(ctx, q, func(rows *sql.Rows) error {
		var (
			id                int64
			c                 core.Checked
			started, finished any
			counts            sql.NullString
		)
		err := rows.Scan(&id, &started, &finished, &c.Duration, &c.Quiet, &c.Git, &c.Live, &counts, &c.Err)
		if err != nil {
			return err
		}
		c.Started, c.Finished, c.Reported = given(started), given(finished), counts.Valid
		if c.Reported {
			if c.Counts, err = decodeCounts(counts.String); err != nil {
				return fmt.Errorf("%w: counts of a check: %w", ErrDamaged, err)
			}
		}
		all[id] = c
		return nil
	}, `SELECT id, started, finished, duration, quiet, ifnull(git, ''), ifnull(live, ''), counts, error
		FROM checks WHERE id IN (SELECT value FROM json_each(?))`, ids)
	return all, err
}

func transitions(ctx context.Context, q querier, ids string) (map[int64]core.Happening, error) {
	all := map[int64]core.Happening{}
	err := each(ctx, q, func(rows *sql.Rows) error {
		var (
			id          int64
			t           core.Transition
			at          any
			from        sql.NullString
			to, changes string
		)
		err := rows.Scan(&id, &t.Key.Group, &t.Key.Kind, &t.Key.Namespace, &t.Key.Name, &at, &from, &to, &t.Reason, &changes, &t.By)
		if err != nil {
			return err
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
			return fmt.Errorf("%w: a change of %s: %w", ErrDamaged, t.Key, err)
		}
		all[id] = t
		return nil
	}, `SELECT t.id, o.grp, o.kind, o.namespace, o.name, t.at, t.from_state, t.to_state, t.reason, ifnull(t.changes, ''), t.person
		FROM transitions t JOIN objects o ON o.id = t.object WHERE t.id IN (SELECT value FROM json_each(?))`, ids)
	return all, err
}

func overwrittenEdits(ctx context.Context, q querier, ids string) (map[int64]core.Happening, error) {
	all := map[int64]core.Happening{}
	err := each(ctx, q, func(rows *sql.Rows) error {
		var (
			id                  int64
			o                   core.Overwritten
			live, now, by       sql.NullString
			managed             any
			came, seen, had, to any
		)
		err := rows.Scan(&id, &o.Key.Group, &o.Key.Kind, &o.Key.Namespace, &o.Key.Name, &o.Path, &o.Op, &live, &now,
			&o.Manager, &managed, &came, &seen, &had, &to, &o.ReplacedBy, &by)
		if err != nil {
			return err
		}
		o.ManagerTime = given(managed)
		o.Appeared = core.Window{After: given(came), Before: given(seen)}
		o.Replaced = core.Window{After: given(had), Before: given(to)}
		if o.Live, err = givenValue(live); err == nil {
			o.Now, err = givenValue(now)
		}
		if err == nil && by.Valid {
			var c commit
			err = json.Unmarshal([]byte(by.String), &c)
			o.Commit = core.Commit(c)
		}
		if err != nil {
			return fmt.Errorf("%w: an edit of %s: %w", ErrDamaged, o.Key, err)
		}
		all[id] = o
		return nil
	}, `SELECT w.id, o.grp, o.kind, o.namespace, o.name, w.path, w.op, w.live, w.now, w.manager, w.manager_time,
			w.appeared_after, w.appeared_before, w.replaced_after, w.replaced_before, w.replaced_by, w.git_commit
		FROM overwritten w JOIN objects o ON o.id = w.object WHERE w.id IN (SELECT value FROM json_each(?))`, ids)
	return all, err
}

func blindTimes(ctx context.Context, q querier, ids string) (map[int64]core.Happening, error) {
	all := map[int64]core.Happening{}
	err := each(ctx, q, func(rows *sql.Rows) error {
		var (
			id          int64
			b           core.Blind
			from, until any
		)
		err := rows.Scan(&id, &from, &until, &b.Reason)
		b.From, b.Until = given(from), given(until)
		all[id] = b
		return err
	}, "SELECT id, since, until, reason FROM blind WHERE id IN (SELECT value FROM json_each(?))", ids)
	return all, err
}

func acceptancesOf(ctx context.Context, q querier, ids string) (map[int64]core.Happening, error) {
	rows, err := acceptances(ctx, q, "id IN (SELECT value FROM json_each(?))", ids)
	return happenings(rows), err
}

func acknowledgementsOf(ctx context.Context, q querier, ids string) (map[int64]core.Happening, error) {
	rows, err := acknowledgements(ctx, q, "id IN (SELECT value FROM json_each(?))", ids)
	return happenings(rows), err
}

func decisionsOf(ctx context.Context, q querier, ids string) (map[int64]core.Happening, error) {
	found, err := drafts(ctx, q, "d.id IN (SELECT draft FROM decisions WHERE id IN (SELECT value FROM json_each(?)))", ids)
	if err != nil {
		return nil, err
	}
	about := make(map[int64]core.Draft, len(found))
	for _, d := range found {
		about[d.ID] = d
	}
	all := map[int64]core.Happening{}
	err = each(ctx, q, func(rows *sql.Rows) error {
		var (
			id, draft int64
			d         core.Decided
		)
		err := rows.Scan(&id, &draft, &d.What, &d.By)
		if known, ok := about[draft]; ok {
			d.Draft = known
			all[id] = d
		}
		return err
	}, "SELECT id, draft, what, person FROM decisions WHERE id IN (SELECT value FROM json_each(?))", ids)
	return all, err
}

// runsOf tells runs, each under the rows by which it stands in the history of
// its fabrics.
func runsOf(ctx context.Context, q querier, ids string) (map[int64]core.Happening, error) {
	found, err := runs(ctx, q, false, "r.id IN (SELECT run FROM run_fabrics WHERE id IN (SELECT value FROM json_each(?)))", ids)
	if err != nil {
		return nil, err
	}
	about := make(map[string]*core.Run, len(found))
	for _, r := range found {
		about[r.ID] = r
	}
	all := map[int64]core.Happening{}
	err = each(ctx, q, func(rows *sql.Rows) error {
		var (
			id   int64
			name string
		)
		err := rows.Scan(&id, &name)
		if r, ok := about[name]; ok {
			all[id] = *r
		}
		return err
	}, "SELECT f.id, r.name FROM run_fabrics f JOIN runs r ON r.id = f.run WHERE f.id IN (SELECT value FROM json_each(?))", ids)
	return all, err
}

func happenings[T core.Happening](rows []row[T]) map[int64]core.Happening {
	all := make(map[int64]core.Happening, len(rows))
	for _, r := range rows {
		all[r.id] = r.said
	}
	return all
}
