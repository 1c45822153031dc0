package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

const (
	// KeepPast is how long everything that is history is kept: checks, changes
	// of verdicts, overwritten edits, times in which nobody watched, runs that are
	// over, what became of decisions, and what people said once it is void.
	KeepPast = 400 * 24 * time.Hour
	// KeepQuiet is how long checks are kept that changed nothing, met no error
	// and read both sides whole. One a minute of each fabric says nothing after
	// a month.
	KeepQuiet = 30 * 24 * time.Hour
	// KeepSteps is for how long a step on the desk can be undone, and KeepPlans how
	// long a plan is kept that nobody carried out. That of a run is kept as long as
	// the run.
	KeepSteps = 30 * 24 * time.Hour
	KeepPlans = 30 * 24 * time.Hour

	sweepEvery = 24 * time.Hour
)

// lastSweep tells when the store was last swept, the zero time for never.
func lastSweep(ctx context.Context, q querier) (time.Time, error) {
	var at int64
	err := q.QueryRowContext(ctx, "SELECT at FROM upkeep WHERE task = 'sweep'").Scan(&at)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	return given(at), err
}

// sweep takes away, once a day, what is too old to keep and what nothing
// refers to any more. It gives the time of the last sweep, this one included.
func (s *Store) sweep(ctx context.Context, tx *sql.Tx) (last time.Time, err error) {
	now := s.now()
	if last = s.swept(); !dirty(last, now) {
		return last, nil
	}
	if last, err = lastSweep(ctx, tx); err != nil || !dirty(last, now) {
		return last, err
	}
	for _, q := range []struct {
		text string
		args []any
	}{
		{"DELETE FROM checks WHERE finished < ? OR quiet AND finished < ?", []any{stamp(now.Add(-KeepPast)), stamp(now.Add(-KeepQuiet))}},
		{"DELETE FROM transitions WHERE at < ?", []any{stamp(now.Add(-KeepPast))}},
		{"DELETE FROM overwritten WHERE at < ?", []any{stamp(now.Add(-KeepPast))}},
		{"DELETE FROM blind WHERE until < ?", []any{stamp(now.Add(-KeepPast))}},
		{"DELETE FROM acceptances WHERE void AND at < ?", []any{stamp(now.Add(-KeepPast))}},
		{"DELETE FROM acknowledgements WHERE void AND at < ?", []any{stamp(now.Add(-KeepPast))}},
		{"DELETE FROM decisions WHERE at < ?", []any{stamp(now.Add(-KeepPast))}},
		{"DELETE FROM desk_steps WHERE at < ?", []any{stamp(now.Add(-KeepSteps))}},
		{"DELETE FROM drafts WHERE NOT lies AND id NOT IN (SELECT draft FROM desk_moves UNION ALL SELECT draft FROM decisions)", nil},
		{`DELETE FROM runs WHERE over AND ifnull(ended, started) < ? AND id NOT IN
			(SELECT run FROM publications WHERE phase = 'pushing')`, []any{stamp(now.Add(-KeepPast))}},
		{"DELETE FROM plans WHERE at < ? AND 'p' || id NOT IN (SELECT plan FROM runs)", []any{stamp(now.Add(-KeepPlans))}},
		{"DELETE FROM file_changes WHERE list NOT IN (SELECT files FROM plan_commits UNION ALL SELECT files FROM publications)", nil},
		{`DELETE FROM objects WHERE id NOT IN (SELECT object FROM memory UNION ALL SELECT object FROM git_objects
			UNION ALL SELECT object FROM transitions UNION ALL SELECT object FROM docs UNION ALL SELECT object FROM overwritten
			UNION ALL SELECT object FROM accepted UNION ALL SELECT object FROM acknowledgements
			UNION ALL SELECT object FROM drafts UNION ALL SELECT object FROM run_objects
			UNION ALL SELECT object FROM pins UNION ALL SELECT object FROM heats)`, nil},
		{`DELETE FROM blobs WHERE digest NOT IN (SELECT fields FROM docs
			UNION ALL SELECT text FROM git_findings WHERE text IS NOT NULL
			UNION ALL SELECT after FROM file_changes WHERE after IS NOT NULL
			UNION ALL SELECT was FROM file_changes WHERE was IS NOT NULL
			UNION ALL SELECT result FROM runs WHERE result IS NOT NULL)`, nil},
		{"INSERT INTO upkeep (task, at) VALUES ('sweep', ?) ON CONFLICT DO UPDATE SET at = excluded.at", []any{stamp(now)}},
	} {
		if _, err := tx.ExecContext(ctx, q.text, q.args...); err != nil {
			return last, err
		}
	}
	return now, nil
}

// dirty tells whether it is time to sweep. It is where the last sweep lies in
// the future too: the clock was set back, and nobody knows how far.
func dirty(last, now time.Time) bool {
	since := now.Sub(last)
	return since >= sweepEvery || since < 0
}

func (s *Store) swept() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lastSweep
}

func (s *Store) setSwept(at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastSweep = at
}
