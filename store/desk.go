package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"selvage/core"
)

var _ core.Desk = (*Store)(nil)

// Drafts gives those of a fabric that lie on the desk, in the order in which
// they were made.
func (s *Store) Drafts(ctx context.Context, id core.FabricID) ([]core.Draft, error) {
	var all []core.Draft
	err := s.read(ctx, func(tx *sql.Tx) error {
		row, err := s.fabric(ctx, tx, id)
		if err == nil {
			all, err = lying(ctx, tx, row.id)
		}
		return err
	})
	return all, explain(fmt.Sprintf("read the drafts of %q in %q", id, s.path), err)
}

// Unfinished gives those of some drafts of a fabric that have not come true, whether
// they lie on the desk or not.
func (s *Store) Unfinished(ctx context.Context, id core.FabricID, ids ...int64) ([]core.Draft, error) {
	var all []core.Draft
	err := s.read(ctx, func(tx *sql.Tx) error {
		row, err := s.fabric(ctx, tx, id)
		if err != nil {
			return err
		}
		some, err := encode(ids)
		if err == nil {
			all, err = drafts(ctx, tx, "d.fabric = ? AND NOT d.done AND d.id IN (SELECT value FROM json_each(?))", row.id, some)
		}
		return err
	})
	return all, explain(fmt.Sprintf("read drafts of %q in %q", id, s.path), err)
}

// Step takes drafts away and lays others down as one step, all of them or none. Of two
// that are laid on one place the later one counts.
func (s *Store) Step(ctx context.Context, id core.FabricID, by string, away []int64, down ...core.Draft) error {
	at := s.now()
	if len(down) > 0 {
		at = down[0].At
	}
	err := complete(id, by, down)
	if err == nil {
		err = s.move(ctx, id, by, at, func(d *desk) error {
			found := d.there(away)
			if len(found)+len(down) == 0 {
				return nil
			}
			step, err := d.step()
			for _, p := range found {
				if err == nil {
					err = also(d.lift(p, core.DecidedDropped), d.note(step, p.draft, false, 0))
				}
			}
			for i, x := range down {
				later := func(y core.Draft) bool { return x.Key == y.Key && x.Path.Under(y.Path) }
				if err == nil && !slices.ContainsFunc(down[i+1:], later) {
					err = d.put(step, x)
				}
			}
			return err
		})
	}
	return explain(fmt.Sprintf("keep what was decided of %q in %q", id, s.path), err)
}

// complete refuses drafts of which something is missing, or that are not a step of
// that person.
func complete(id core.FabricID, by string, all []core.Draft) error {
	for _, x := range all {
		switch {
		case x.Key == core.Key{}:
			return errors.New("a decision is about no object")
		case x.Path == "":
			return fmt.Errorf("the decision on %s is about no place", x.Key)
		case x.At.IsZero():
			return fmt.Errorf("the decision on %s does not tell when it was made", x.Key)
		case x.By != by:
			return errors.New("several people cannot make one step")
		case x.Fabric != "" && x.Fabric != id:
			return fmt.Errorf("the decision on %s is of fabric %q", x.Key, x.Fabric)
		}
	}
	return nil
}

// desk is what lies there of one fabric and what was said of it, and is changed by one
// person in one transaction.
type desk struct {
	*recorder
	by     string
	now    time.Time
	at     any              // now, as it is written
	lying  map[int64][]spot // by the row of the object
	moved  bool             // a draft came or went
	spoken bool             // something was said
}

// spot is where a draft lies, or lay.
type spot struct {
	draft, object int64
	path          core.Path
}

// move lets change change what lies on the desk and what was said, and tells memory.
func (s *Store) move(ctx context.Context, id core.FabricID, by string, at time.Time, change func(*desk) error) error {
	var (
		before, after fabricRow
		now           core.Memory // its desk, and its words
		d             *desk
	)
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		if before, err = s.fabric(ctx, tx, id); err != nil {
			return err
		}
		r, err := newRecorder(ctx, tx, before.id, id)
		if err != nil {
			return err
		}
		d = &desk{recorder: r, by: by, now: at, at: stamp(at), lying: map[int64][]spot{}}
		if err := d.look(); err != nil {
			return err
		}
		if err := change(d); err != nil {
			return err
		}
		if !d.moved && !d.spoken {
			return errIdle
		}
		if err := r.exec("UPDATE fabrics SET desk = desk + ?, generation = generation + ? WHERE id = ?", d.moved, d.spoken, r.fabric); err != nil {
			return err
		}
		if after, err = s.fabric(ctx, tx, id); err != nil {
			return err
		}
		return d.tell(&now)
	})
	if errors.Is(err, errIdle) {
		return nil
	}
	known, ok := s.cached(id)
	if !ok || err != nil || known.row.id != after.id {
		return err
	}
	m := *known.memory
	if d.moved {
		m.Drafts, m.Proposed, known.row.desk = now.Drafts, now.Proposed, after.desk
	}
	if d.spoken && known.row.generation == before.generation {
		m.Acknowledgements, known.row.generation = now.Acknowledgements, after.generation
	}
	s.keep(id, remembered{known.row, &m, known.loaded})
	return nil
}

// tell puts what has changed into a memory.
func (d *desk) tell(m *core.Memory) error {
	if d.moved {
		if err := deskOf(d.ctx, d.tx, d.fabric, m); err != nil {
			return err
		}
	}
	if !d.spoken {
		return nil
	}
	words, err := acknowledgements(d.ctx, d.tx, inForce, d.fabric)
	m.Acknowledgements = said(words)
	return err
}

// errIdle ends a transaction in which nothing changed.
var errIdle = errors.New("nothing changes")

// look finds out what lies there.
func (d *desk) look() error {
	return each(d.ctx, d.tx, func(rows *sql.Rows) error {
		var p spot
		err := rows.Scan(&p.draft, &p.object, &p.path)
		d.lying[p.object] = append(d.lying[p.object], p)
		return err
	}, "SELECT id, object, path FROM drafts WHERE fabric = ? AND lies", d.fabric)
}

// there are the places of those drafts that lie there.
func (d *desk) there(ids []int64) []spot {
	var found []spot
	for _, draft := range ids {
		for _, on := range d.lying {
			if i := slices.IndexFunc(on, func(p spot) bool { return p.draft == draft }); i >= 0 && !slices.Contains(found, on[i]) {
				found = append(found, on[i])
			}
		}
	}
	return found
}

// step begins a step. What was undone before it cannot be done again.
func (d *desk) step() (int64, error) {
	if err := d.exec("DELETE FROM desk_steps WHERE fabric = ? AND person = ? AND undone IS NOT NULL", d.fabric, d.by); err != nil {
		return 0, err
	}
	res, err := d.tx.ExecContext(d.ctx, "INSERT INTO desk_steps (fabric, person, at) VALUES (?, ?, ?)", d.fabric, d.by, d.at)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// note adds to a step that it laid a draft down, or that the draft went; heir is
// the one that took its place, 0 for none.
func (d *desk) note(step, draft int64, laid bool, heir int64) error {
	var by any
	if heir != 0 {
		by = heir
	}
	return d.exec("INSERT INTO desk_moves (step, draft, laid, heir) VALUES (?, ?, ?, ?)", step, draft, laid, by)
}

// put lays a new draft down.
func (d *desk) put(step int64, x core.Draft) error {
	object, err := d.object(x.Key)
	if err != nil {
		return err
	}
	draft, err := d.insert(x, object)
	if err != nil {
		return err
	}
	for _, p := range slices.Clone(d.lying[object]) {
		if p.path.Under(x.Path) {
			if err := also(d.lift(p, core.DecidedReplaced), d.note(step, p.draft, false, draft)); err != nil {
				return err
			}
		}
	}
	return also(d.lay(spot{draft, object, x.Path}, core.DecidedMade), d.note(step, draft, true, 0))
}

// lay puts a draft on the desk, lift takes it away.
func (d *desk) lay(p spot, why core.DecidedWhat) error {
	d.moved = true
	d.lying[p.object] = append(d.lying[p.object], p)
	return also(d.exec("UPDATE drafts SET lies = 1 WHERE id = ?", p.draft), d.decided(p.draft, why, d.by, d.at))
}

func (d *desk) lift(p spot, why core.DecidedWhat) error {
	d.moved = true
	d.lying[p.object] = slices.DeleteFunc(d.lying[p.object], func(q spot) bool { return q == p })
	return also(d.exec("UPDATE drafts SET lies = 0 WHERE id = ?", p.draft), d.decided(p.draft, why, d.by, d.at))
}
