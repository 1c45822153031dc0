package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"selvage/core"
)

// remembered is a fabric's memory as it was when its row was row.
type remembered struct {
	row    fabricRow
	memory *core.Memory
	loaded bool // from the file, and not shared with what was read since
}

// fabricRow is the row of a fabric, and all that has to be looked at to know
// whether its memory is still the same.
type fabricRow struct {
	id                  int64
	generation, desk    int64
	lastSync, lastCheck any
	report              string
}

// querier is a pool or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Memory gives what is known of a fabric; of one that was never recorded,
// nothing. It is shared: the caller must not change it. Where nothing was
// recorded since the last call, by this process or another one, it costs the
// reading of one row.
func (s *Store) Memory(ctx context.Context, id core.FabricID) (*core.Memory, error) {
	m, err := s.remember(ctx, id)
	return m, explain(fmt.Sprintf("read what is known of %q in %q", id, s.path), err)
}

func (s *Store) remember(ctx context.Context, id core.FabricID) (*core.Memory, error) {
	row, err := s.fabric(ctx, s.reader, id)
	if err != nil {
		return nil, err
	}
	known, ok := s.cached(id)
	switch {
	case ok && known.row == row:
		return known.memory, nil
	case ok && known.row.generation == row.generation && known.row.desk == row.desk:
		m := *known.memory
		if err := row.onto(&m); err != nil {
			return nil, err
		}
		s.keep(id, remembered{row, &m, known.loaded})
		return &m, nil
	}
	var m *core.Memory
	loaded := known.loaded
	err = s.read(ctx, func(tx *sql.Tx) (err error) {
		if row, err = s.fabric(ctx, tx, id); err != nil {
			return err
		}
		if !ok || known.row.generation != row.generation {
			m, err = load(ctx, tx, row)
			loaded = true
			return err
		}
		decided := *known.memory
		m = &decided
		if err = deskOf(ctx, tx, row.id, m); err != nil {
			return err
		}
		return row.onto(m)
	})
	if err != nil {
		return nil, err
	}
	s.keep(id, remembered{row, m, loaded})
	return m, nil
}

func (s *Store) cached(id core.FabricID) (remembered, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.cache[id]
	return r, ok
}

func (s *Store) keep(id core.FabricID, r remembered) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cache[id] = r
}

// fabric reads a fabric's row, the zero one where there is none.
func (s *Store) fabric(ctx context.Context, q querier, id core.FabricID) (fabricRow, error) {
	var (
		row     fabricRow
		version int
	)
	err := q.QueryRowContext(ctx, `SELECT v.user_version, ifnull(f.id, 0), ifnull(f.generation, 0), ifnull(f.desk, 0),
			f.last_sync, f.last_check, ifnull(f.report, '')
		FROM pragma_user_version v LEFT JOIN fabrics f ON f.name = ?`, string(id)).
		Scan(&version, &row.id, &row.generation, &row.desk, &row.lastSync, &row.lastCheck, &row.report)
	if err != nil {
		return row, err
	}
	if version > s.schema {
		return row, fmt.Errorf("%w: its schema became version %d, this program knows %d", ErrNewer, version, s.schema)
	}
	return row, nil
}

// onto puts what the row says into a memory whose objects are up to date. Those
// of a report that it has already are counted.
func (r fabricRow) onto(m *core.Memory) error {
	m.LastSync, m.LastCheck = given(r.lastSync), given(r.lastCheck)
	if r.report == "" {
		m.Report = nil
		return nil
	}
	report, err := decodeHeader(r.report)
	if err != nil {
		return fmt.Errorf("%w: report: %w", ErrDamaged, err)
	}
	if m.Report != nil {
		report.Counts = m.Report.Counts
	} else {
		report.Counts = counts(m.Objects)
	}
	m.Report = report
	return nil
}

// counts are those of the verdicts on objects.
func counts(objects map[core.Key]*core.Remembered) (c core.Counts) {
	for _, r := range objects {
		if r.Verdict.Key != (core.Key{}) {
			c[r.Verdict.State]++
		}
	}
	return c
}

// next is the memory after a check that changed the one before it, and the
// same as would be loaded now.
func next(before *core.Memory, row fabricRow, c core.Check) (*core.Memory, error) {
	m := &core.Memory{
		Objects:          maps.Clone(before.Objects),
		Git:              before.Git,
		GitKinds:         maps.Clone(before.GitKinds),
		Drafts:           before.Drafts,
		Proposed:         before.Proposed,
		Acceptances:      except(before.Acceptances, func(a core.Acceptance) bool { return spent(a, c) }),
		Acknowledgements: except(before.Acknowledgements, func(a core.Acknowledgement) bool { return voided(a, c) }),
	}
	for _, r := range c.Changed {
		about := settled(r)
		m.Objects[keyOf(r)] = &about
	}
	for _, k := range c.Gone {
		delete(m.Objects, k)
	}
	if c.Git != nil {
		m.Git = core.NewSnapshot(givenReadings(keptReadings(c.Git.Readings))...)
		for _, o := range c.Git.All() {
			m.Git.Add(o)
		}
		m.Git.Findings = keptFindings(c.Git.Findings)
		m.Git.CoverAll()
	}
	for gk := range c.GitKinds {
		m.GitKinds[gk] = true
	}
	return m, row.onto(m)
}

// settled is what is remembered of an object in the form in which it is loaded
// again.
func settled(r core.Remembered) core.Remembered {
	k := keyOf(r)
	if r.Base != nil {
		b := *r.Base
		b.Key, b.At = k, kept(b.At)
		r.Base = &b
	}
	r.Git.At, r.Git.Until = kept(r.Git.At), kept(r.Git.Until)
	r.Live.At, r.Live.Until = kept(r.Live.At), kept(r.Live.Until)
	v := &r.Verdict
	v.Since, v.LastSince = kept(v.Since), kept(v.LastSince)
	v.Folded, v.Git, v.Live, v.Opinion = nil, nil, nil, ""
	v.Changes = keptChanges(v.Changes)
	if len(v.Notes) == 0 {
		v.Notes = nil
	}
	if v.Acknowledged != nil {
		a := keptAcknowledgement(*v.Acknowledged)
		a.Key = k
		v.Acknowledged = &a
	}
	if !v.LastKnown {
		v.Last, v.LastSince = 0, time.Time{}
	}
	return r
}

// keyOf is the key of the object that r is about; the zero one if r is empty.
func keyOf(r core.Remembered) core.Key {
	switch {
	case r.Verdict.Key != core.Key{}:
		return r.Verdict.Key
	case r.Base != nil:
		return r.Base.Key
	case r.Git.Object != nil:
		return r.Git.Object.Key
	case r.Live.Object != nil:
		return r.Live.Object.Key
	}
	return core.Key{}
}

// load reads the whole memory of a fabric.
func load(ctx context.Context, tx *sql.Tx, row fabricRow) (*core.Memory, error) {
	m := &core.Memory{Objects: map[core.Key]*core.Remembered{}, GitKinds: map[core.GroupKind]bool{}}
	if row.id == 0 {
		return m, nil
	}
	l := &loader{tx: tx, fabric: row.id}
	for _, read := range []func(context.Context) error{l.keys, l.docs} {
		if err := read(ctx); err != nil {
			return nil, err
		}
	}
	var err error
	if m.Objects, err = l.memory(ctx); err != nil {
		return nil, err
	}
	if m.Git, err = l.git(ctx); err != nil {
		return nil, err
	}
	if m.GitKinds, err = l.kinds(ctx); err != nil {
		return nil, err
	}
	if m.Acceptances, m.Acknowledgements, err = sayings(ctx, tx, row.id); err != nil {
		return nil, err
	}
	if err := deskOf(ctx, tx, row.id, m); err != nil {
		return nil, err
	}
	return m, row.onto(m)
}

func (l *loader) git(ctx context.Context) (*core.Snapshot, error) {
	var text sql.NullString
	if err := l.tx.QueryRowContext(ctx, "SELECT git FROM fabrics WHERE id = ?", l.fabric).Scan(&text); err != nil {
		return nil, err
	}
	if !text.Valid {
		return nil, nil
	}
	var readings []reading
	if err := json.Unmarshal([]byte(text.String), &readings); err != nil {
		return nil, fmt.Errorf("%w: readings of Git: %w", ErrDamaged, err)
	}
	snapshot := core.NewSnapshot(givenReadings(readings)...)
	err := l.each(ctx, "SELECT g.object, g.doc FROM git_objects g JOIN objects o ON o.id = g.object WHERE o.fabric = ?",
		func(rows *sql.Rows) error {
			var (
				id     int64
				digest []byte
			)
			if err := rows.Scan(&id, &digest); err != nil {
				return err
			}
			o, err := l.object(id, digest)
			if err == nil {
				snapshot.Add(o)
			}
			return err
		})
	if err != nil {
		return nil, err
	}
	snapshot.CoverAll()
	snapshot.Findings, err = l.findings(ctx)
	return snapshot, err
}

func (l *loader) findings(ctx context.Context) ([]core.Finding, error) {
	var all []core.Finding
	err := l.each(ctx, `SELECT f.path, f.line, f.reason, f.grp, f.kind, f.namespace, f.name, f.opaque, f.unrendered, f.text, b.content
		FROM git_findings f LEFT JOIN blobs b ON b.digest = f.text WHERE f.fabric = ? ORDER BY f.position`,
		func(rows *sql.Rows) error {
			var (
				f            core.Finding
				digest, text []byte
			)
			err := rows.Scan(&f.Path, &f.Line, &f.Reason, &f.Key.Group, &f.Key.Kind, &f.Key.Namespace, &f.Key.Name,
				&f.Opaque, &f.Unrendered, &digest, &text)
			if err != nil {
				return err
			}
			if digest != nil {
				if f.Text = text; !intact(digest, text) {
					return fmt.Errorf("%w: text of %q", ErrDamaged, f.Path)
				}
			}
			all = append(all, f)
			return nil
		})
	return all, err
}

func (l *loader) kinds(ctx context.Context) (map[core.GroupKind]bool, error) {
	all := map[core.GroupKind]bool{}
	err := l.each(ctx, "SELECT grp, kind FROM git_kinds WHERE fabric = ?", func(rows *sql.Rows) error {
		var gk core.GroupKind
		err := rows.Scan(&gk.Group, &gk.Kind)
		all[gk] = true
		return err
	})
	return all, err
}
