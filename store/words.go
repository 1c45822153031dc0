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
	if len(before) > 0 {
		held = before[0].id
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
	res, err := d.tx.ExecContext(d.ctx, `INSERT INTO acknowledgements (fabric, object, at, path, reason, person, restored, until, git_digest, live_digest)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		d.fabric, object, stamp(a.At), string(a.Path), a.Reason, a.By, a.Restored, stamp(a.Until), a.GitDigest[:], a.LiveDigest[:])
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// speech is one word of a step: what the step said last at a place, and what was
// said there before, or to take it back.
type speech struct {
	step         int64
	word, before row[core.Acknowledgement] // before is zero where nothing was
	object       int64
	last         int64 // the last word at the place
	holds        bool  // word is not void, and its time is not over
}

// speeches are those of a step.
func (d *desk) speeches(step int64) ([]speech, error) {
	var all []speech
	err := each(d.ctx, d.tx, func(rows *sql.Rows) error {
		p := speech{step: step}
		err := rows.Scan(&p.word.id, &p.before.id, &p.object, &p.last, &p.holds)
		all = append(all, p)
		return err
	}, `SELECT w.word, ifnull(w.before, 0), a.object,
			(SELECT max(id) FROM acknowledgements l WHERE l.object = a.object AND l.path = a.path), NOT a.void AND a.until > ?
		FROM desk_words w JOIN acknowledgements a ON a.id = w.word WHERE w.step = ? ORDER BY w.word`, d.at, step)
	for i := range all {
		for _, r := range []*row[core.Acknowledgement]{&all[i].word, &all[i].before} {
			var found []row[core.Acknowledgement]
			if err == nil {
				found, err = d.acknowledgements("id = ?", r.id)
			}
			if len(found) > 0 {
				*r = found[0]
			}
		}
	}
	return all, err
}

// unsay takes back what a step said, as far as nobody has said something else there
// since and it is not over: what held before holds again. It gives what it took back,
// and what holds by that.
func (d *desk) unsay(step int64) (taken, again []core.Acknowledgement, err error) {
	all, err := d.speeches(step)
	for _, p := range all {
		if err != nil {
			break
		}
		word, before := p.word.said, p.before.said
		returns := before.Until.After(d.now)
		switch {
		case p.last != p.word.id, word.Ends() && !returns, !word.Ends() && !p.holds:
			continue
		case returns:
			again = append(again, before)
			err = d.repeat(p.before.id, p.object, before)
		default:
			var end int64
			if end, err = d.acknowledge(p.object, core.Ended([]core.Acknowledgement{word}, d.by, "taken back", d.now)[0]); err == nil {
				err = d.exec("UPDATE desk_words SET before = ? WHERE step = ? AND word = ?", end, p.step, p.word.id)
			}
		}
		taken = append(taken, word)
	}
	return taken, again, err
}

// resay says again what a step had said and was taken back, as far as nobody has said
// something else there since and it would still hold. It gives that.
func (d *desk) resay(step int64) (again []core.Acknowledgement, err error) {
	all, err := d.speeches(step)
	for _, p := range all {
		word, before := p.word.said, p.before.said
		switch {
		case err != nil:
			return nil, err
		case p.last != p.before.id, word.Ends() && !before.Until.After(d.now), !word.Ends() && !word.Until.After(d.now):
			continue
		}
		again = append(again, word)
		err = d.repeat(p.word.id, p.object, word)
	}
	return again, err
}

// repeat says a word again that was said once. Every step that knew it by its old row
// knows it by the new one, so that it is undone and redone as it was before.
func (d *desk) repeat(id, object int64, a core.Acknowledgement) error {
	if a.Ends() {
		a.Until = d.now
	}
	a.At, a.Restored = d.now, d.by
	again, err := d.acknowledge(object, a)
	if err != nil {
		return err
	}
	return also(d.exec("UPDATE desk_words SET word = ? WHERE word = ?", again, id), d.exec("UPDATE desk_words SET before = ? WHERE before = ?", again, id))
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
