package store

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"selvage/core"
)

// Names looks up what a person may type, in a store as it is: of the schema of
// this program or not, and without checking the whole file as [Open] does. It is
// for a completion that has to come at once, and that may have nothing to say.
type Names struct{ db *sql.DB }

// OpenNames opens the store in a folder, if there is one, and makes none.
func OpenNames(dir string) (*Names, error) {
	file := filepath.Join(dir, "selvage.db")
	if _, err := os.Stat(file); err != nil {
		return nil, explain(fmt.Sprintf("open store %q", file), err)
	}
	return &Names{connect(file, readOnly)}, nil
}

// Close ends the use.
func (n *Names) Close() error { return n.db.Close() }

// NamedObject is an object, and its state as last recorded; "" for one that has
// none.
type NamedObject struct {
	Key   core.Key
	State core.State
	Known bool // it has a state
}

// Objects are all objects that are remembered of a fabric.
func (n *Names) Objects(ctx context.Context, id core.FabricID) ([]NamedObject, error) {
	var all []NamedObject
	err := each(ctx, n.db, func(rows *sql.Rows) error {
		var o NamedObject
		var state sql.NullString
		if err := rows.Scan(&o.Key.Group, &o.Key.Kind, &o.Key.Namespace, &o.Key.Name, &state); err != nil {
			return err
		}
		if s, err := core.ParseState(state.String); err == nil {
			o.State, o.Known = s, true
		}
		all = append(all, o)
		return nil
	}, `SELECT o.grp, o.kind, o.namespace, o.name, m.state FROM objects o JOIN memory m ON m.object = o.id
		WHERE o.fabric = (SELECT id FROM fabrics WHERE name = ?) ORDER BY o.kind, o.namespace, o.name`, string(id))
	return all, explain("look up objects", err)
}

// NamedPlan is a plan that was kept.
type NamedPlan struct {
	ID string
	At time.Time
}

// Plans are the plans that were made last, the newest first.
func (n *Names) Plans(ctx context.Context, limit int) ([]NamedPlan, error) {
	var all []NamedPlan
	err := each(ctx, n.db, func(rows *sql.Rows) error {
		var id, at int64
		err := rows.Scan(&id, &at)
		all = append(all, NamedPlan{fmt.Sprintf("%s%d", planPrefix, id), time.Unix(0, at)})
		return err
	}, "SELECT id, at FROM plans ORDER BY id DESC LIMIT ?", limit)
	return all, explain("look up plans", err)
}

// NamedRun is a run.
type NamedRun struct {
	ID      string
	Phase   core.RunPhase
	Started time.Time
}

// Runs are the runs that began last, the newest first.
func (n *Names) Runs(ctx context.Context, limit int) ([]NamedRun, error) {
	var all []NamedRun
	err := each(ctx, n.db, func(rows *sql.Rows) error {
		var r NamedRun
		var phase string
		var started int64
		err := rows.Scan(&r.ID, &phase, &started)
		r.Phase, r.Started = core.RunPhase(phase), time.Unix(0, started)
		all = append(all, r)
		return err
	}, "SELECT name, phase, started FROM runs ORDER BY id DESC LIMIT ?", limit)
	return all, explain("look up runs", err)
}
