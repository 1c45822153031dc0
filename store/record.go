package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"selvage/core"
)

// Record keeps a check, whole or not at all: always that it was made, and of
// its content what the check says has changed. When it returns nil the check
// survives a crash of the program and of the machine.
//
// Every verdict of the report must be that of an object in c.Changed or in the
// memory from before; a reader gets the verdicts from there.
func (s *Store) Record(ctx context.Context, c core.Check) error {
	var (
		before, after fabricRow
		swept         time.Time
	)
	if c.Finished.IsZero() {
		return fmt.Errorf("record the check of %q: it does not tell when it ended", c.Fabric)
	}
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		if before, err = s.fabric(ctx, tx, c.Fabric); err != nil {
			return err
		}
		if after, err = add(ctx, tx, before, c); err != nil {
			return err
		}
		swept, err = s.sweep(ctx, tx)
		return err
	})
	if err != nil {
		return explain(fmt.Sprintf("record the check of %q in %q", c.Fabric, s.path), err)
	}
	s.setSwept(swept)
	s.follow(c, before, after)
	return nil
}

// follow brings the cached memory up to date without reading it again. Where
// it cannot, the next reader finds that it is too old.
func (s *Store) follow(c core.Check, before, after fabricRow) {
	known, ok := s.cached(c.Fabric)
	if !ok && before.generation == 0 {
		known, ok = remembered{memory: &core.Memory{
			Objects: map[core.Key]*core.Remembered{}, GitKinds: map[core.GroupKind]bool{},
		}}, true
	}
	if !ok || known.row.generation != before.generation || after.generation == before.generation {
		return
	}
	after.desk = known.row.desk // what lies there memory has as of then
	if m, err := next(known.memory, after, c); err == nil {
		s.keep(c.Fabric, remembered{after, m, known.loaded})
	}
}

// quiet tells whether the check changed nothing that is remembered of objects.
func quiet(c core.Check) bool {
	return c.Git == nil && len(c.Changed) == 0 && len(c.Gone) == 0 && len(c.Transitions) == 0 && len(c.Overwritten) == 0
}

// add writes a check and gives the fabric's row as it is after that.
func add(ctx context.Context, tx *sql.Tx, row fabricRow, c core.Check) (fabricRow, error) {
	r, err := newRecorder(ctx, tx, row.id, c.Fabric)
	if err != nil {
		return row, err
	}
	if err := r.check(c); err != nil {
		return row, err
	}
	if err := r.content(c); err != nil {
		return row, err
	}
	return r.header(c)
}

// header writes the fabric's own row.
func (r *recorder) header(c core.Check) (row fabricRow, err error) {
	var report, git, synced any
	if c.Report != nil {
		if report, err = encodeHeader(c.Report); err != nil {
			return row, fmt.Errorf("encode report: %w", err)
		}
	}
	if c.Git != nil {
		if git, err = encode(keptReadings(c.Git.Readings)); err != nil {
			return row, fmt.Errorf("encode readings of Git: %w", err)
		}
	}
	if c.Agreed {
		if synced = stamp(c.Finished); c.Report != nil {
			synced = stamp(c.Report.At)
		}
	}
	grown := 0
	if r.grown || !quiet(c) {
		grown = 1
	}
	err = r.tx.QueryRowContext(r.ctx, `UPDATE fabrics SET generation = generation + ?, last_check = ?,
			last_sync = ifnull(?, last_sync), report = ifnull(?, report), git = ifnull(?, git)
		WHERE id = ? RETURNING id, generation, desk, last_sync, last_check, ifnull(report, '')`,
		grown, stamp(c.Finished), synced, report, git, r.fabric).
		Scan(&row.id, &row.generation, &row.desk, &row.lastSync, &row.lastCheck, &row.report)
	return row, err
}

// check writes the row that every check leaves.
func (r *recorder) check(c core.Check) (err error) {
	var git, live, counts any
	if c.Report != nil {
		git, live = string(core.AccessOK), string(c.Report.Live.Access)
		for _, g := range c.Report.Git {
			if g.Access != core.AccessOK {
				git = string(g.Access)
				break
			}
		}
		if counts, err = encodeCounts(c.Report.Counts); err != nil {
			return fmt.Errorf("encode counts: %w", err)
		}
	}
	return r.exec(`INSERT INTO checks (fabric, started, finished, duration, quiet, git, live, counts, error)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.fabric, stamp(c.Started), stamp(c.Finished), int64(c.Finished.Sub(c.Started)),
		quiet(c) && c.Err == "" && (c.Report == nil || !c.Report.Unread()), git, live, counts, c.Err)
}

// content writes what the check changed in the fabric's memory.
func (r *recorder) content(c core.Check) error {
	for _, t := range c.Transitions {
		if err := r.transition(t); err != nil {
			return err
		}
	}
	if c.Git != nil {
		if err := r.git(c.Git); err != nil {
			return err
		}
	}
	if err := r.kinds(c.GitKinds); err != nil {
		return err
	}
	for _, about := range c.Changed {
		if err := r.remember(about); err != nil {
			return err
		}
	}
	for _, k := range c.Gone {
		id, err := r.object(k)
		if err != nil {
			return err
		}
		if err := r.exec("DELETE FROM memory WHERE object = ?", id); err != nil {
			return err
		}
		r.touched[id] = true
	}
	for _, o := range c.Overwritten {
		if err := r.overwritten(o, c.Finished); err != nil {
			return err
		}
	}
	if err := r.blind(c.Blind); err != nil {
		return err
	}
	if err := r.void(c); err != nil {
		return err
	}
	if err := r.done(c.Done, "", stamp(c.Finished)); err != nil {
		return err
	}
	return r.clean()
}
