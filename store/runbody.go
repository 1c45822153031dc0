package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"selvage/core"
)

// The JSON of runs: what is no column.
type (
	run struct {
		Fabrics []core.FabricID `json:"fabrics"`
		By      string          `json:"by,omitempty"`
		Host    string          `json:"host,omitempty"`
		Options runOptions      `json:"options,omitzero"`
		Steps   []runStep       `json:"steps,omitempty"`
		Objects []runObject     `json:"objects,omitempty"`
		Err     string          `json:"error,omitempty"`
		RetryAt time.Time       `json:"retry_at,omitzero"`
		Reverts string          `json:"reverts,omitempty"`
	}
	runOptions struct {
		NoWait      bool   `json:"no_wait,omitempty"`
		Propose     bool   `json:"propose,omitempty"`
		AllowDelete int    `json:"allow_delete,omitempty"`
		Ticket      string `json:"ticket,omitempty"`
		Message     string `json:"message,omitempty"`
	}
	runStep struct {
		Name    string    `json:"name"`
		Started time.Time `json:"started,omitzero"`
		Ended   time.Time `json:"ended,omitzero"`
		Detail  string    `json:"detail,omitempty"`
		Err     string    `json:"error,omitempty"`
	}
	runObject struct {
		Fabric core.FabricID `json:"fabric"`
		Key    objectKey     `json:"object"`
		State  core.State    `json:"state"`
		Reason string        `json:"reason,omitempty"`
		Since  time.Time     `json:"since,omitzero"`

		Command string `json:"command,omitempty"`
	}
	result struct {
		Conflicts []dispute    `json:"conflicts,omitempty"`
		Applied   []resolution `json:"applied,omitempty"`
		Void      []voidDraft  `json:"void,omitempty"`
		Updated   []update     `json:"updated,omitempty"`
		Errors    []refusal    `json:"errors,omitempty"`
	}
	update struct {
		Key    objectKey   `json:"object"`
		Before core.Value  `json:"before,omitzero"`
		After  core.Value  `json:"after,omitzero"`
		Paths  []core.Path `json:"paths,omitempty"`
	}
)

func keptRun(r *core.Run) run {
	return run{
		Fabrics: r.Fabrics, By: r.By, Host: r.Host, Options: runOptions(r.Options), Err: r.Err, RetryAt: kept(r.RetryAt), Reverts: r.Reverts,
		Steps: list(r.Steps, func(s core.RunStep) runStep {
			s.Started, s.Ended = kept(s.Started), kept(s.Ended)
			return runStep(s)
		}),
		Objects: list(r.Objects, func(o core.RunObject) runObject {
			return runObject{o.Fabric, objectKey(o.Key), o.State, o.Reason, kept(o.Since), o.Command}
		}),
	}
}

func (r run) given() *core.Run {
	return &core.Run{
		Fabrics: r.Fabrics, By: r.By, Host: r.Host, Options: core.RunOptions(r.Options), Err: r.Err, RetryAt: r.RetryAt, Reverts: r.Reverts,
		Steps: list(r.Steps, func(s runStep) core.RunStep { return core.RunStep(s) }),
		Objects: list(r.Objects, func(o runObject) core.RunObject {
			return core.RunObject{Fabric: o.Fabric, Key: core.Key(o.Key), State: o.State, Reason: o.Reason, Since: o.Since, Command: o.Command}
		}),
	}
}

// result keeps the result of the run by its content: it is written once, though
// the run is written after each of its steps. It gives NULL for none.
func (w *runWriter) result(r core.ReconciliationResult) (any, error) {
	if len(r.Conflicts)+len(r.Applied)+len(r.Void)+len(r.Updated)+len(r.Errors) == 0 {
		return nil, nil
	}
	text, err := encode(result{
		Conflicts: list(r.Conflicts, keptDispute), Applied: list(r.Applied, keptResolution), Void: list(r.Void, keptVoid),
		Updated: list(r.Updated, func(u core.Update) update { return update{objectKey(u.Key), u.Before, u.After, u.Paths} }),
		Errors:  list(r.Errors, keptRefusal),
	})
	if err != nil {
		return nil, err
	}
	digest := sha256.Sum256([]byte(text))
	return digest[:], w.blob(digest, []byte(text))
}

func (r result) given() (to core.ReconciliationResult, err error) {
	to.Conflicts, to.Errors = list(r.Conflicts, dispute.given), list(r.Errors, refusal.given)
	to.Updated = list(r.Updated, func(u update) core.Update {
		return core.Update{Key: core.Key(u.Key), Before: u.Before, After: u.After, Paths: u.Paths}
	})
	for _, a := range r.Applied {
		given, err := a.given()
		if err != nil {
			return to, err
		}
		to.Applied = append(to.Applied, given)
	}
	to.Void, err = givenVoid(r.Void)
	return to, err
}

// runRow is a run and the number of its row.
type runRow struct {
	id  int64
	run *core.Run
}

// runs reads the runs for which a condition holds, in the order in which they
// began. In the condition r stands for them. Without contents they are told as
// history tells them.
func runs(ctx context.Context, q querier, contents bool, where string, args ...any) ([]*core.Run, error) {
	var rows []runRow
	err := each(ctx, q, func(r *sql.Rows) error {
		row, err := scanRun(r, contents)
		rows = append(rows, row)
		return err
	}, `SELECT r.id, r.name, r.plan, r.phase, r.attempts, r.started, r.ended, r.body, r.result, b.content
		FROM runs r LEFT JOIN blobs b ON b.digest = r.result AND `+fmt.Sprint(contents)+" WHERE "+where+" ORDER BY r.id", args...)
	if err != nil {
		return nil, err
	}
	var all []*core.Run
	for _, row := range rows {
		if row.run.Publications, err = publications(ctx, q, row.id, contents); err != nil {
			return nil, err
		}
		all = append(all, row.run)
	}
	return all, nil
}

func scanRun(rows *sql.Rows, contents bool) (runRow, error) {
	var (
		id                      int64
		name, plan, phase, body string
		started, ended          any
		digest, text            []byte
		attempts                int
		kept                    run
	)
	if err := rows.Scan(&id, &name, &plan, &phase, &attempts, &started, &ended, &body, &digest, &text); err != nil {
		return runRow{}, err
	}
	if err := json.Unmarshal([]byte(body), &kept); err != nil {
		return runRow{}, fmt.Errorf("%w: run %s: %w", ErrDamaged, name, err)
	}
	r := kept.given()
	r.ID, r.Plan, r.Phase, r.Attempts, r.Started, r.Ended = name, plan, core.RunPhase(phase), attempts, given(started), given(ended)
	if digest == nil || !contents {
		return runRow{id, r}, nil
	}
	if !intact(digest, text) {
		return runRow{}, fmt.Errorf("%w: the result of run %s", ErrDamaged, name)
	}
	var outcome result
	err := json.Unmarshal(text, &outcome)
	if err == nil {
		r.Result, err = outcome.given()
	}
	if err != nil {
		return runRow{}, fmt.Errorf("%w: the result of run %s: %w", ErrDamaged, name, err)
	}
	return runRow{id, r}, nil
}

const publicationColumns = `run, position, phase, outcome, says, review, url, branch, side, base, files, subject, body, sync_id, fabrics,
	author, author_email, author_time, author_zone, committer, committer_email, committer_time, committer_zone,
	message, signature, commit_id`

// publications reads those of a run.
func publications(ctx context.Context, q querier, run int64, contents bool) ([]core.PublicationState, error) {
	var (
		all   []core.PublicationState
		lists [][]byte
	)
	err := each(ctx, q, func(rows *sql.Rows) error {
		var (
			p                         core.PublicationState
			position                  int
			files, fabrics            []byte
			author, committer         sql.NullInt64
			authorZone, committerZone int
		)
		err := rows.Scan(&run, &position, &p.Phase, &p.Outcome, &p.Says, &p.Review, &p.URL, &p.Branch, &p.Side, &p.Base, &files,
			&p.Subject, &p.Body, &p.SyncID, &fabrics, &p.Author.Name, &p.Author.Email, &author, &authorZone,
			&p.Committer.Name, &p.Committer.Email, &committer, &committerZone, &p.Message, &p.Signature, &p.Commit)
		if err != nil {
			return err
		}
		p.Author.When, p.Committer.When = givenClock(author, authorZone), givenClock(committer, committerZone)
		if err := json.NewDecoder(bytes.NewReader(fabrics)).Decode(&p.Fabrics); err != nil {
			return fmt.Errorf("%w: the fabrics of a publication: %w", ErrDamaged, err)
		}
		all, lists = append(all, p), append(lists, bytes.Clone(files))
		return nil
	}, "SELECT "+publicationColumns+" FROM publications WHERE run = ? ORDER BY position", run)
	for i := range all {
		if err == nil {
			all[i].Changes, err = fileChanges(ctx, q, lists[i], contents)
		}
	}
	return all, err
}

// clockOf is a time of a commit as columns hold it: seconds, nil where it is
// zero, and the zone.
func clockOf(t time.Time) (seconds any, zone int) {
	if t.IsZero() {
		return nil, 0
	}
	_, zone = t.Zone()
	return t.Unix(), zone
}

func givenClock(seconds sql.NullInt64, zone int) time.Time {
	switch t := time.Unix(seconds.Int64, 0); {
	case !seconds.Valid:
		return time.Time{}
	case zone == 0:
		return t.UTC()
	default:
		return t.In(time.FixedZone("", zone))
	}
}
