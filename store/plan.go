package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"selvage/core"
)

var _ core.Logbook = (*Store)(nil)

// planPrefix begins the id of a plan, and its number follows.
const planPrefix = "p"

// SavePlan keeps a plan and gives it its id, which no other plan of the store
// ever had: "p413".
func (s *Store) SavePlan(ctx context.Context, p *core.Plan) error {
	var id int64
	body, err := encode(keptPlan(p))
	if err == nil {
		err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
			if _, err := s.fabric(ctx, tx, ""); err != nil { // is the schema still ours?
				return err
			}
			r := blankRecorder(ctx, tx)
			res, err := tx.ExecContext(r.ctx, "INSERT INTO plans (at, body) VALUES (?, ?)", stamp(s.now()), body)
			if err != nil {
				return err
			}
			if id, err = res.LastInsertId(); err != nil {
				return err
			}
			for i, c := range p.Commits {
				files, err := r.changes(c.Files)
				if err != nil {
					return err
				}
				if err := r.exec("INSERT INTO plan_commits (plan, position, files) VALUES (?, ?, ?)", id, i, files); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err != nil {
		return explain(fmt.Sprintf("keep a plan in %q", s.path), err)
	}
	p.ID = planPrefix + strconv.FormatInt(id, 10)
	return nil
}

// Plan gives the plan with an id. Where there is none the error is a case of
// [core.ErrNoPlan].
func (s *Store) Plan(ctx context.Context, id string) (*core.Plan, error) {
	var p *core.Plan
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		p, err = planOf(ctx, tx, id)
		return err
	})
	if errors.Is(err, core.ErrNoPlan) {
		return nil, &core.Error{Op: fmt.Sprintf("find plan %q", id), Err: err, Hint: "selvage plan makes one"}
	}
	return p, explain(fmt.Sprintf("read plan %q in %q", id, s.path), err)
}

func planOf(ctx context.Context, tx *sql.Tx, id string) (*core.Plan, error) {
	digits, ok := strings.CutPrefix(id, planPrefix)
	number, err := strconv.ParseInt(digits, 10, 64)
	if !ok || err != nil {
		return nil, core.ErrNoPlan
	}
	var body string
	err = tx.QueryRowContext(ctx, "SELECT body FROM plans WHERE id = ?", number).Scan(&body)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, core.ErrNoPlan
	case err != nil:
		return nil, err
	}
	var kept plan
	if err := json.Unmarshal([]byte(body), &kept); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	p, err := kept.given()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	p.ID = planPrefix + strconv.FormatInt(number, 10)
	lists := make(map[int][]byte, len(p.Commits))
	err = each(ctx, tx, func(rows *sql.Rows) error {
		var (
			at    int
			files []byte
		)
		err := rows.Scan(&at, &files)
		lists[at] = files
		return err
	}, "SELECT position, files FROM plan_commits WHERE plan = ?", number)
	for i := range p.Commits {
		if err == nil {
			p.Commits[i].Files, err = fileChanges(ctx, tx, lists[i], true)
		}
	}
	return p, err
}
