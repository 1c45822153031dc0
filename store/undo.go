package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"selvage/core"
)

// Undo takes back the last step of a person of which something is left to take
// back.
func (s *Store) Undo(ctx context.Context, id core.FabricID, by string) (back core.Stepped, err error) {
	err = s.move(ctx, id, by, s.now(), func(d *desk) error {
		steps, err := d.steps("undone IS NULL ORDER BY id DESC")
		for _, step := range steps {
			if err != nil || d.moved || d.spoken {
				break
			}
			if err = d.undo(step, &back); (d.moved || d.spoken) && err == nil {
				err = d.exec(`UPDATE desk_steps SET undone =
					(SELECT ifnull(max(undone), 0) + 1 FROM desk_steps WHERE fabric = ? AND person = ?) WHERE id = ?`, d.fabric, d.by, step)
			}
		}
		return err
	})
	return back, explain(fmt.Sprintf("undo what was decided of %q in %q", id, s.path), err)
}

// Redo does the step of a person again that was undone last: nothing where that person
// did something else since, or others decided on all of its places.
func (s *Store) Redo(ctx context.Context, id core.FabricID, by string) (forth core.Stepped, err error) {
	err = s.move(ctx, id, by, s.now(), func(d *desk) error {
		steps, err := d.steps("undone IS NOT NULL ORDER BY undone DESC LIMIT 1")
		if err != nil || len(steps) == 0 {
			return err
		}
		if err = d.redo(steps[0], &forth); (d.moved || d.spoken) && err == nil {
			err = d.exec("UPDATE desk_steps SET undone = NULL WHERE id = ?", steps[0])
		}
		return err
	})
	return forth, explain(fmt.Sprintf("redo what was decided of %q in %q", id, s.path), err)
}

// steps are those of the person that a clause selects.
func (d *desk) steps(clause string) ([]int64, error) {
	var all []int64
	err := each(d.ctx, d.tx, func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		all = append(all, id)
		return err
	}, "SELECT id FROM desk_steps WHERE fabric = ? AND person = ? AND "+clause, d.fabric, d.by)
	return all, err
}

// motion is one draft in a step, and where it is now.
type motion struct {
	spot
	laid       bool
	heir       int64
	lies, done bool
	published  string // the run that did; "" for none
}

func (d *desk) motions(step int64) ([]motion, error) {
	var all []motion
	err := each(d.ctx, d.tx, func(rows *sql.Rows) error {
		var m motion
		err := rows.Scan(&m.draft, &m.object, &m.path, &m.laid, &m.heir, &m.lies, &m.done, &m.published)
		all = append(all, m)
		return err
	}, `SELECT d.id, d.object, d.path, m.laid, ifnull(m.heir, 0), d.lies, d.done, d.published
		FROM desk_moves m JOIN drafts d ON d.id = m.draft WHERE m.step = ? ORDER BY d.id`, step)
	return all, err
}

// undo takes back what is left of a step, and notes that in told: what it laid down,
// still lies there and was not published goes, and what went because of that comes
// back, as far as its place is free; and what it accepted is accepted no longer.
func (d *desk) undo(step int64, told *core.Stepped) error {
	motions, err := d.motions(step)
	if err != nil {
		return err
	}
	var gone, back, taken []int64 // taken are those of back that had not been replaced
	for _, m := range motions {
		switch {
		case m.laid && m.published != "":
			told.Published = cmp.Or(told.Published, m.published)
		case m.laid && m.lies:
			gone = append(gone, m.draft)
			if err := d.lift(m.spot, core.DecidedUndone); err != nil {
				return err
			}
		}
	}
	for _, m := range motions {
		if m.laid || m.lies || m.done || m.heir != 0 && !slices.Contains(gone, m.heir) || !d.free(m.spot) {
			continue
		}
		if back = append(back, m.draft); m.heir == 0 {
			taken = append(taken, m.draft)
		}
		if err := d.lay(m.spot, core.DecidedRestored); err != nil {
			return err
		}
	}
	if len(gone) == 0 {
		taken = back // whose heirs are gone by now
	}
	words, again, err := d.unsay(step)
	if err != nil || len(words) > 0 {
		told.Words, told.Said = spoken(words), again
		return err
	}
	told.Words, err = d.words(gone, taken)
	return err
}

// redo does again of a step what can be done, and notes that in told.
func (d *desk) redo(step int64, told *core.Stepped) error {
	motions, err := d.motions(step)
	if err != nil {
		return err
	}
	var gone, back []int64
	for _, m := range motions {
		switch {
		case !m.laid && m.heir == 0 && m.lies:
			gone = append(gone, m.draft)
			err = d.lift(m.spot, core.DecidedDropped)
		case m.laid && !m.lies && !m.done:
			var again bool
			if again, err = d.again(m, motions); again {
				back = append(back, m.draft)
			}
		}
		if err != nil {
			return err
		}
	}
	if told.Said, err = d.resay(step); err != nil || len(told.Said) > 0 {
		told.Words = spoken(told.Said)
		return err
	}
	told.Words, err = d.words(back, gone)
	return err
}

// again lays a draft down once more, in place of those whose place it took
// before; false where others have decided there meanwhile.
func (d *desk) again(m motion, motions []motion) (bool, error) {
	var replaced []spot
	for _, r := range motions {
		if r.heir == m.draft && r.lies {
			replaced = append(replaced, r.spot)
		}
	}
	if !d.free(m.spot, replaced...) {
		return false, nil
	}
	for _, p := range replaced {
		if err := d.lift(p, core.DecidedReplaced); err != nil {
			return false, err
		}
	}
	return true, d.lay(m.spot, core.DecidedRestored)
}

// free tells whether a draft may come back to its place: nothing newer lies on it
// or above, and nothing older, but for some, on it or below.
func (d *desk) free(p spot, but ...spot) bool {
	return !slices.ContainsFunc(d.lying[p.object], func(q spot) bool {
		switch {
		case slices.Contains(but, q):
			return false
		case q.draft > p.draft:
			return p.path.Under(q.path)
		}
		return q.path.Under(p.path)
	})
}

// words tell what a step did that laid some drafts down and took others away: each by
// the first of them.
func (d *desk) words(down, away []int64) (string, error) {
	switch {
	case len(away) == 0:
		return d.sentence("", down)
	case len(down) == 0:
		return d.sentence("drop the decision to ", away)
	}
	words, err := d.sentence("", down)
	return fmt.Sprintf("%s, drop %s", words, core.Counted(len(away), "decision")), err
}

func (d *desk) sentence(did string, ids []int64) (string, error) {
	if len(ids) == 0 {
		return "", nil
	}
	found, err := drafts(d.ctx, d.tx, "d.id = ?", ids[0])
	if err != nil || len(found) == 0 {
		return "", err
	}
	words := did + found[0].Sentence(found[0].Key.String())
	if n := len(ids) - 1; n > 0 {
		words += fmt.Sprintf(" and %d more", n)
	}
	return words, nil
}
