package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"selvage/core"
)

// Why a run is not kept: another process has written how it went on.
var (
	errOver   = errors.New("it is over: another process ended it")
	errLanded = errors.New("another process has seen its commit land")
)

// SaveRun keeps a run whole in place of what was kept of it, with the drafts that it
// has carried out, or not at all.
func (s *Store) SaveRun(ctx context.Context, r *core.Run, carried ...core.Carried) error {
	op := fmt.Sprintf("keep the run %q in %q", r.ID, s.path)
	if r.ID == "" || len(r.Fabrics) == 0 || r.Started.IsZero() {
		return &core.Error{Op: op, Err: errors.New("it has no id, no fabric or no time at which it began")}
	}
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		w := &runWriter{recorder: blankRecorder(ctx, tx), store: s, run: r, fabrics: map[core.FabricID]*recorder{}}
		for _, step := range []func() error{w.row, w.told, w.about, w.publications} {
			if err := step(); err != nil {
				return err
			}
		}
		return w.carried(carried, stamp(s.now()))
	})
	if errors.Is(err, errOver) || errors.Is(err, errLanded) {
		return &core.Error{Op: op, Err: err, Hint: "selvage history tells how it ended"}
	}
	return explain(op, err)
}

// OpenRuns gives the runs of a fabric, or of all where it is "", that are not
// over, or of which a publication may still arrive; oldest first.
func (s *Store) OpenRuns(ctx context.Context, id core.FabricID) ([]*core.Run, error) {
	var all []*core.Run
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		all, err = runs(ctx, tx, true, `r.id IN (SELECT id FROM runs WHERE NOT over UNION SELECT run FROM publications WHERE phase = 'pushing')
			AND (?1 = '' OR EXISTS (SELECT 1 FROM run_fabrics x JOIN fabrics f ON f.id = x.fabric WHERE x.run = r.id AND f.name = ?1))`, string(id))
		return err
	})
	return all, explain(fmt.Sprintf("read the runs of %q in %q", id, s.path), err)
}

// Run gives the run with an id, or with the only one that begins so. Where there
// is none, or are several, the error is a case of [core.ErrNoRun].
func (s *Store) Run(ctx context.Context, id string) (*core.Run, error) {
	var all []*core.Run
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		all, err = runs(ctx, tx, true, "r.name = ?", id)
		if err == nil && len(all) == 0 && id != "" {
			all, err = runs(ctx, tx, true, "r.id IN (SELECT id FROM runs WHERE substr(name, 1, length(?1)) = ?1 LIMIT 2)", id)
		}
		return err
	})
	if err == nil && len(all) != 1 {
		err = &core.Error{Op: fmt.Sprintf("find run %q", id), Err: core.ErrNoRun, Hint: "selvage history names them"}
	}
	if err != nil {
		return nil, explain(fmt.Sprintf("read run %q in %q", id, s.path), err)
	}
	return all[0], nil
}

// RunsOf gives the runs of a plan, in the order in which they began and in the form
// of history.
func (s *Store) RunsOf(ctx context.Context, plan string) ([]*core.Run, error) {
	var all []*core.Run
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		all, err = runs(ctx, tx, false, "r.plan = ? AND r.plan != ''", plan)
		return err
	})
	return all, explain(fmt.Sprintf("read the runs of plan %q in %q", plan, s.path), err)
}

// LastRun gives the run of a fabric that began last, in the form of history; nil
// where there was none.
func (s *Store) LastRun(ctx context.Context, id core.FabricID) (*core.Run, error) {
	var all []*core.Run
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		all, err = runs(ctx, tx, false, `r.id = (SELECT max(x.run) FROM run_fabrics x JOIN fabrics f ON f.id = x.fabric WHERE f.name = ?)`, string(id))
		return err
	})
	if err != nil || len(all) == 0 {
		return nil, explain(fmt.Sprintf("read the last run of %q in %q", id, s.path), err)
	}
	return all[0], nil
}

// runWriter writes one run in one transaction.
type runWriter struct {
	*recorder
	store   *Store
	run     *core.Run
	id      int64
	fabrics map[core.FabricID]*recorder
	// proposes tells that it waits for a review, or did so until now: what lies on
	// the desks of its fabrics then stands otherwise.
	proposes bool
}

// of is the recorder for a fabric's objects.
func (w *runWriter) of(id core.FabricID) (*recorder, error) {
	if r, ok := w.fabrics[id]; ok {
		return r, nil
	}
	row, err := w.store.fabric(w.ctx, w.tx, id)
	if err != nil {
		return nil, err
	}
	r, err := newRecorder(w.ctx, w.tx, row.id, id)
	w.fabrics[id] = r
	return r, err
}

// row writes the run's own row, unless that would take back how another process
// saw it end.
func (w *runWriter) row() error {
	r := w.run
	var (
		over     bool
		attempts int
		phase    string
	)
	err := w.tx.QueryRowContext(w.ctx, "SELECT over, attempts, phase FROM runs WHERE name = ?", r.ID).Scan(&over, &attempts, &phase)
	w.proposes = phase == string(core.RunProposed) || r.Phase == core.RunProposed
	switch {
	case err != nil && !errors.Is(err, sql.ErrNoRows):
		return err
	case err == nil && over && !r.Phase.Over() && r.Attempts <= attempts:
		return errOver
	}
	body, err := encode(keptRun(r))
	if err != nil {
		return err
	}
	result, err := w.result(r.Result)
	if err != nil {
		return err
	}
	return w.tx.QueryRowContext(w.ctx, `INSERT INTO runs (name, plan, phase, over, attempts, started, ended, body, result)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (name) DO UPDATE SET plan = excluded.plan, phase = excluded.phase, over = excluded.over, attempts = excluded.attempts,
			started = excluded.started, ended = excluded.ended, body = excluded.body, result = excluded.result
		RETURNING id`,
		r.ID, r.Plan, string(r.Phase), r.Phase.Over(), r.Attempts, stamp(r.Started), stamp(r.Ended), body, result).Scan(&w.id)
}

// told writes where the run stands in the history of its fabrics.
func (w *runWriter) told() error {
	at := w.run.Ended
	if at.IsZero() {
		at = w.run.Started
	}
	for _, id := range w.run.Fabrics {
		r, err := w.of(id)
		if err != nil {
			return err
		}
		err = w.exec("INSERT INTO run_fabrics (run, fabric, at) VALUES (?, ?, ?) ON CONFLICT (run, fabric) DO UPDATE SET at = excluded.at",
			w.id, r.fabric, stamp(at))
		if err == nil && w.proposes {
			err = w.exec("UPDATE fabrics SET desk = desk + 1 WHERE id = ?", r.fabric)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// about writes which objects the run is about: those that it waits for, and
// those that were decided on.
func (w *runWriter) about() error {
	for _, o := range w.run.Objects {
		r, err := w.of(o.Fabric)
		if err != nil {
			return err
		}
		object, err := r.object(o.Key)
		if err != nil {
			return err
		}
		if err := w.exec("INSERT INTO run_objects (run, object) VALUES (?, ?) ON CONFLICT DO NOTHING", w.id, object); err != nil {
			return err
		}
	}
	decided := map[core.Key]bool{}
	for _, a := range w.run.Result.Applied {
		decided[a.Key] = true
	}
	for _, u := range w.run.Result.Updated {
		decided[u.Key] = true
	}
	for k := range decided {
		err := w.exec(`INSERT INTO run_objects (run, object) SELECT ?1, o.id FROM run_fabrics f JOIN objects o ON o.fabric = f.fabric
			WHERE f.run = ?1 AND o.grp = ?2 AND o.kind = ?3 AND o.namespace = ?4 AND o.name = ?5 ON CONFLICT DO NOTHING`,
			w.id, k.Group, k.Kind, k.Namespace, k.Name)
		if err != nil {
			return err
		}
	}
	return nil
}

// publications writes those of the run. One that was seen to land stays so.
func (w *runWriter) publications() error {
	landed, err := w.landed()
	if err != nil {
		return err
	}
	for _, commit := range landed {
		if !slices.ContainsFunc(w.run.Publications, func(p core.PublicationState) bool {
			return p.Commit == commit && p.Phase == core.PublicationLanded
		}) {
			return fmt.Errorf("%w: %s", errLanded, core.ShortCommit(commit))
		}
	}
	if err := w.exec("DELETE FROM publications WHERE run = ? AND position >= ?", w.id, len(w.run.Publications)); err != nil {
		return err
	}
	for i, p := range w.run.Publications {
		if err := w.publication(i, p); err != nil {
			return err
		}
	}
	return nil
}

func (w *runWriter) landed() ([]string, error) {
	var all []string
	err := each(w.ctx, w.tx, func(rows *sql.Rows) error {
		var commit string
		err := rows.Scan(&commit)
		all = append(all, commit)
		return err
	}, "SELECT commit_id FROM publications WHERE run = ? AND phase = ?", w.id, string(core.PublicationLanded))
	return all, err
}

func (w *runWriter) publication(position int, p core.PublicationState) error {
	files, err := w.changes(p.Changes)
	if err != nil {
		return err
	}
	fabrics, err := encode(p.Fabrics)
	if err != nil {
		return err
	}
	author, authorZone := clockOf(p.Author.When)
	committer, committerZone := clockOf(p.Committer.When)
	args := []any{
		w.id, position, string(p.Phase), string(p.Outcome), p.Says, p.Review,
		p.URL, p.Branch, p.Side, p.Base, files, p.Subject, p.Body, p.SyncID, fabrics,
		p.Author.Name, p.Author.Email, author, authorZone, p.Committer.Name, p.Committer.Email, committer, committerZone,
		p.Message, p.Signature, p.Commit,
	}
	return w.exec("INSERT OR REPLACE INTO publications ("+publicationColumns+") VALUES (?"+strings.Repeat(", ?", len(args)-1)+")", args...)
}
