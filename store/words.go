package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"selvage/core"
)

// Acknowledge keeps differences that a person acknowledged as one step of that person,
// all of them or none, each in place of an earlier word on the same path of the same
// object. Of two on one place the later one counts. [Store.Memory] tells them until
// they are void: until a check says that a value has changed, or the object is gone,
// or their time is over.
func (s *Store) Acknowledge(ctx context.Context, id core.FabricID, said ...core.Acknowledgement) error {
	if len(said) == 0 {
		return nil
	}
	err := meant(said)
	if err == nil {
		err = s.move(ctx, id, said[0].By, said[0].At, func(d *desk) error {
			step, err := d.step()
			for i, a := range said {
				later := func(b core.Acknowledgement) bool { return a.Key == b.Key && a.Path == b.Path }
				if err == nil && !slices.ContainsFunc(said[i+1:], later) {
					err = d.say(step, a)
				}
			}
			return err
		})
	}
	return explain(fmt.Sprintf("record what was acknowledged of %q in %q", id, s.path), err)
}

// meant refuses words of which something is missing, or that are not one step.
func meant(all []core.Acknowledgement) error {
	for _, a := range all {
		switch {
		case a.At.IsZero() || a.Until.IsZero():
			return fmt.Errorf("the acknowledgement of %s does not tell when it was given or when it ends", a.Key)
		case a.By != all[0].By:
			return errors.New("several people cannot make one step")
		}
	}
	return nil
}

// say adds a word to a step.
func (d *desk) say(step int64, a core.Acknowledgement) error {
	object, err := d.object(a.Key)
	if err != nil {
		return err
	}
	before, err := d.acknowledgements("object = ? AND path = ? AND NOT void", object, string(a.Path))
	if err != nil {
		return err
	}
	word, err := d.acknowledge(object, a)
	if err != nil {
		return err
	}
	var held any
	for _, b := range before {
		if b.said.Until.After(d.now) {
			held = b.id
		}
	}
	return d.exec("INSERT INTO desk_words (step, word, before) VALUES (?, ?, ?)", step, word, held)
}

func (d *desk) acknowledgements(where string, args ...any) ([]row[core.Acknowledgement], error) {
	return acknowledgements(d.ctx, d.tx, where, args...)
}

// acknowledge writes a word down in place of an earlier one, and gives its row.
func (d *desk) acknowledge(object int64, a core.Acknowledgement) (int64, error) {
	d.spoken = true
	if err := d.exec("UPDATE acknowledgements SET void = 1 WHERE object = ? AND path = ? AND NOT void", object, string(a.Path)); err != nil {
		return 0, err
	}
	res, err := d.tx.ExecContext(d.ctx, `INSERT INTO acknowledgements (fabric, object, at, path, reason, person, until, git_digest, live_digest)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		d.fabric, object, stamp(a.At), string(a.Path), a.Reason, a.By, stamp(a.Until), a.GitDigest[:], a.LiveDigest[:])
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// speech is one word of a step.
type speech struct{ word, before, object int64 }

func (d *desk) speeches(step int64) ([]speech, error) {
	var all []speech
	err := each(d.ctx, d.tx, func(rows *sql.Rows) error {
		var p speech
		err := rows.Scan(&p.word, &p.before, &p.object)
		all = append(all, p)
		return err
	}, `SELECT w.word, ifnull(w.before, 0), a.object FROM desk_words w JOIN acknowledgements a ON a.id = w.word
		WHERE w.step = ? ORDER BY w.word`, step)
	return all, err
}

// unsay takes back what a step said, where that still holds, and gives it.
func (d *desk) unsay(step int64) ([]core.Acknowledgement, error) {
	all, err := d.speeches(step)
	if err != nil {
		return nil, err
	}
	var taken []core.Acknowledgement
	for _, p := range all {
		words, err := d.acknowledgements("id = ? AND NOT void", p.word)
		if err != nil {
			return nil, err
		}
		held := slices.DeleteFunc(said(words), func(a core.Acknowledgement) bool { return !a.Until.After(d.now) })
		for _, a := range core.Ended(held, d.by, "taken back", d.now) {
			if _, err := d.acknowledge(p.object, a); err != nil {
				return nil, err
			}
		}
		taken = append(taken, held...)
	}
	return taken, nil
}

// spoken tells what was said in one step, by the first of it.
func spoken(words []core.Acknowledgement) string {
	if len(words) == 0 {
		return ""
	}
	told := words[0].Sentence(words[0].Key.String())
	if more := len(words) - 1; more > 0 {
		told += " and " + core.Counted(more, "more difference")
	}
	return told
}
