package store

import (
	"database/sql"
	"encoding/json"
	"math"
	"time"

	"selvage/core"
)

// overwritten adds an edit to the ledger, unless another process did: one that
// saw the same value of the same hand, and put its life into a time that
// overlaps with this one.
func (r *recorder) overwritten(o core.Overwritten, finished time.Time) error {
	object, err := r.object(o.Key)
	if err != nil {
		return err
	}
	at := o.Replaced.Before
	if at.IsZero() {
		at = finished
	}
	var by any
	if o.Commit.Known() {
		o.Commit.Time = kept(o.Commit.Time)
		if by, err = encode(commit(o.Commit)); err != nil {
			return err
		}
	}
	return r.exec(`INSERT INTO overwritten (fabric, object, at, path, op, live, now, manager, manager_time,
			appeared_after, appeared_before, replaced_after, replaced_before, replaced_by, git_commit)
		SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15 WHERE NOT EXISTS
			(SELECT 1 FROM overwritten WHERE object = ?2 AND path = ?4 AND op = ?5 AND live IS ?6
				AND manager = ?8 AND manager_time IS ?9
				AND ifnull(appeared_after, ?16) < ?3 AND at > ifnull(?10, ?16))`,
		r.fabric, object, stamp(at), string(o.Path), string(o.Op), valueColumn(o.Live), valueColumn(o.Now),
		o.Manager, stamp(o.ManagerTime), stamp(o.Appeared.After), stamp(o.Appeared.Before),
		stamp(o.Replaced.After), stamp(o.Replaced.Before), o.ReplacedBy, by, int64(math.MinInt64))
}

// blink is what is too short to count as a time in which nobody watched: the
// API's own clock tells seconds.
const blink = time.Second

// blind adds a time in which nobody watched. One that goes on where the last
// one ended, for the same reason, makes that one longer.
func (r *recorder) blind(b *core.Blind) error {
	if b == nil || b.Until.Sub(b.From) < blink {
		return nil
	}
	res, err := r.tx.ExecContext(r.ctx, `UPDATE blind SET until = max(until, ?2), since = min(since, ?3)
		WHERE id = (SELECT id FROM blind WHERE fabric = ?1 ORDER BY until DESC, id DESC LIMIT 1)
			AND reason = ?4 AND until > ifnull(?3 - ?5, ?6)`,
		r.fabric, stamp(b.Until), stamp(b.From), b.Reason, int64(blink), int64(math.MinInt64))
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n > 0 {
		return err
	}
	return r.exec("INSERT INTO blind (fabric, since, until, reason) VALUES (?, ?, ?, ?)",
		r.fabric, stamp(b.From), stamp(b.Until), b.Reason)
}

// valueColumn is a value as a column holds it, NULL where it is absent.
func valueColumn(v core.Value) any {
	if !v.Present() {
		return nil
	}
	return v.String()
}

func givenValue(column sql.NullString) (v core.Value, err error) {
	if column.Valid {
		err = v.UnmarshalJSON([]byte(column.String))
	}
	return v, err
}

// acknowledgement is the word that made a verdict what it is, as memory holds
// it beside the verdict. The object is the verdict's.
type acknowledgement struct {
	Path       core.Path `json:"path"`
	Reason     string    `json:"reason"`
	By         string    `json:"by"`
	At         time.Time `json:"at,omitzero"`
	Until      time.Time `json:"until,omitzero"`
	Restored   string    `json:"restored,omitempty"`
	GitDigest  []byte    `json:"git,omitempty"`
	LiveDigest []byte    `json:"live,omitempty"`
}

// encodeBesides is what a verdict says beside its changes, NULL for nothing.
func encodeBesides(v core.Verdict) (notes, acknowledged any, err error) {
	if len(v.Notes) > 0 {
		if notes, err = encode(v.Notes); err != nil {
			return nil, nil, err
		}
	}
	if v.Acknowledged != nil {
		a := keptAcknowledgement(*v.Acknowledged)
		acknowledged, err = encode(acknowledgement{
			Path: a.Path, Reason: a.Reason, By: a.By, At: a.At, Until: a.Until, Restored: a.Restored,
			GitDigest: a.GitDigest[:], LiveDigest: a.LiveDigest[:],
		})
	}
	return notes, acknowledged, err
}

// decodeBesides puts it back.
func decodeBesides(notes, acknowledged string, v *core.Verdict) error {
	if notes != "" {
		if err := json.Unmarshal([]byte(notes), &v.Notes); err != nil {
			return err
		}
	}
	if acknowledged == "" {
		return nil
	}
	var a acknowledgement
	if err := json.Unmarshal([]byte(acknowledged), &a); err != nil {
		return err
	}
	git, err := digestOf(a.GitDigest)
	if err != nil {
		return err
	}
	live, err := digestOf(a.LiveDigest)
	v.Acknowledged = &core.Acknowledgement{
		Key: v.Key, Path: a.Path, Reason: a.Reason, By: a.By, At: a.At, Until: a.Until, Restored: a.Restored, GitDigest: git, LiveDigest: live,
	}
	return err
}
