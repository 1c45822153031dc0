package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"selvage/core"
)

// drafts reads drafts for which a condition holds, in the order in which they
// were made. In the condition d stands for them.
func drafts(ctx context.Context, q querier, where string, args ...any) ([]core.Draft, error) {
	var all []core.Draft
	err := each(ctx, q, func(rows *sql.Rows) error {
		var (
			d               core.Draft
			value           sql.NullString
			git, live, base []byte
			at, published   any
		)
		err := rows.Scan(&d.ID, &d.Fabric, &d.Key.Group, &d.Key.Kind, &d.Key.Namespace, &d.Key.Name, &d.Path, &d.Choice, &value,
			&git, &live, &base, &d.Anchor, &d.By, &at, &d.Rule, &d.From, &d.Published.Run, &published)
		if err != nil {
			return err
		}
		d.At, d.Published.At = given(at), given(published)
		if d.Value, err = givenValue(value); err == nil {
			d.GitDigest, d.LiveDigest, d.BaseDigest, err = threeDigests(git, live, base)
		}
		if err != nil {
			return fmt.Errorf("%w: draft %d of %s: %w", ErrDamaged, d.ID, d.Key, err)
		}
		all = append(all, d)
		return nil
	}, `SELECT d.id, f.name, o.grp, o.kind, o.namespace, o.name, d.path, d.choice, d.value,
			d.git_digest, d.live_digest, d.base_digest, d.anchor, d.person, d.at, d.rule, d.origin, d.published, d.published_at
		FROM drafts d JOIN fabrics f ON f.id = d.fabric JOIN objects o ON o.id = d.object
		WHERE `+where+" ORDER BY d.id", args...)
	return all, err
}

func threeDigests(git, live, base []byte) (g, l, b core.Digest, err error) {
	if g, err = digestOf(git); err == nil {
		if l, err = digestOf(live); err == nil {
			b, err = digestOf(base)
		}
	}
	return g, l, b, err
}

// insert makes the row of a draft and gives its id. It lies on the desk from
// then on.
func (d *desk) insert(x core.Draft, object int64) (int64, error) {
	res, err := d.tx.ExecContext(d.ctx, `INSERT INTO drafts (fabric, object, path, choice, value,
			git_digest, live_digest, base_digest, anchor, person, at, rule, origin, published, published_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		d.fabric, object, string(x.Path), string(x.Choice), valueColumn(x.Value),
		x.GitDigest[:], x.LiveDigest[:], x.BaseDigest[:], string(x.Anchor), x.By, stamp(x.At), x.Rule, x.From, x.Published.Run, stamp(x.Published.At))
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// lying are the drafts on the desk of a fabric.
func lying(ctx context.Context, q querier, fabric int64) ([]core.Draft, error) {
	return drafts(ctx, q, "d.fabric = ? AND d.lies", fabric)
}

// deskOf reads what lies on the desk of a fabric into its memory, and what of that
// waits for a review.
func deskOf(ctx context.Context, tx *sql.Tx, fabric int64, m *core.Memory) (err error) {
	if m.Drafts, err = lying(ctx, tx, fabric); err != nil {
		return err
	}
	m.Proposed = nil
	if len(m.Drafts) == 0 {
		return nil
	}
	open, err := runs(ctx, tx, false, "r.phase = ? AND NOT r.over AND r.id IN (SELECT run FROM run_fabrics WHERE fabric = ?)", string(core.RunProposed), fabric)
	if err != nil {
		return err
	}
	for _, r := range open {
		p, err := planOf(ctx, tx, r.Plan)
		if err != nil {
			return err
		}
		where := "run " + r.ID
		for _, pub := range r.Publications {
			if pub.Review != "" {
				where = pub.Review
			}
		}
		for _, id := range p.Drafts {
			if slices.ContainsFunc(m.Drafts, func(d core.Draft) bool { return d.ID == id }) {
				if m.Proposed == nil {
					m.Proposed = map[int64]string{}
				}
				m.Proposed[id] = where
			}
		}
	}
	return nil
}

// carried marks the drafts that the run has carried out, on the desk or not. One keeps
// the mark of the first run that did.
func (w *runWriter) carried(all []core.Carried, at any) error {
	for _, c := range all {
		err := w.exec("UPDATE fabrics SET desk = desk + 1 WHERE id = (SELECT fabric FROM drafts WHERE id = ? AND published = '')", c.Draft)
		if err == nil {
			err = w.exec("UPDATE drafts SET published = ?, published_at = ? WHERE id = ? AND published = ''", w.run.ID, at, c.Draft)
		}
		if err == nil && !c.Awaits {
			err = w.done([]int64{c.Draft}, w.run.By, at)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// done takes drafts of any fabric off the desk for good: they have come true.
// What is done already is left as it is.
func (r *recorder) done(ids []int64, by string, at any) error {
	for _, id := range ids {
		var fabric int64
		err := r.tx.QueryRowContext(r.ctx, "UPDATE drafts SET lies = 0, done = 1 WHERE id = ? AND NOT done RETURNING fabric", id).Scan(&fabric)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			continue
		case err != nil:
			return err
		}
		if err := r.decided(id, core.DecidedDone, by, at); err != nil {
			return err
		}
		if err := r.exec("UPDATE fabrics SET desk = desk + 1 WHERE id = ?", fabric); err != nil {
			return err
		}
	}
	return nil
}

// decided adds to the history what became of a draft.
func (r *recorder) decided(draft int64, what core.DecidedWhat, by string, at any) error {
	return r.exec("INSERT INTO decisions (fabric, object, draft, at, what, person) SELECT fabric, object, id, ?, ?, ? FROM drafts WHERE id = ?",
		at, string(what), by, draft)
}
