package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"selvage/core"
)

// maxText is how much of a file that could not be parsed is kept, in bytes. Of
// a longer one nothing is kept, and everything may stand in it.
const maxText = 1 << 20

// recorder writes one check within one transaction.
type recorder struct {
	ended  func() error // whether the caller has given up
	ctx    context.Context
	tx     *sql.Tx
	fabric int64

	ids     map[core.Key]int64   // rows of objects, as far as they were needed
	fresh   map[int64]bool       // those made by this transaction
	touched map[int64]bool       // those whose documents may have been replaced
	blobs   map[core.Digest]bool // contents that are known to be there
	docs    map[docID]bool       // documents likewise
	encoded map[*core.Object]doc // a base and two sights are often one object

	grown bool // something is remembered that the check itself does not tell
}

func newRecorder(ctx context.Context, tx *sql.Tx, fabric int64, name core.FabricID) (*recorder, error) {
	r := blankRecorder(ctx, tx)
	if r.fabric = fabric; fabric != 0 {
		return r, nil
	}
	return r, tx.QueryRowContext(r.ctx, "INSERT INTO fabrics (name) VALUES (?) RETURNING id", string(name)).Scan(&r.fabric)
}

// blankRecorder is for what belongs to no fabric.
func blankRecorder(ctx context.Context, tx *sql.Tx) *recorder {
	// With a context that cannot end the driver needs no goroutine for each of
	// tens of thousands of statements; the recorder looks at ctx in between.
	return &recorder{
		ended: ctx.Err, ctx: context.WithoutCancel(ctx), tx: tx,
		ids: map[core.Key]int64{}, fresh: map[int64]bool{}, touched: map[int64]bool{},
		blobs: map[core.Digest]bool{}, docs: map[docID]bool{}, encoded: map[*core.Object]doc{},
	}
}

func (r *recorder) exec(query string, args ...any) error {
	_, err := r.tx.ExecContext(r.ctx, query, args...)
	return err
}

// object is the row of an object, made where it is missing.
func (r *recorder) object(k core.Key) (int64, error) {
	if id, ok := r.ids[k]; ok {
		return id, nil
	}
	if err := r.ended(); err != nil {
		return 0, err
	}
	if k == (core.Key{}) {
		return 0, errors.New("the check holds an object without a key")
	}
	args := []any{r.fabric, k.Group, k.Kind, k.Namespace, k.Name}
	res, err := r.tx.ExecContext(r.ctx, `INSERT INTO objects (fabric, grp, kind, namespace, name) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT DO NOTHING`, args...)
	if err != nil {
		return 0, err
	}
	made, err := res.RowsAffected()
	if err != nil {
		return 0, err
	}
	var id int64
	if made > 0 {
		id, err = res.LastInsertId()
		r.fresh[id] = true
	} else {
		err = r.tx.QueryRowContext(r.ctx, `SELECT id FROM objects
			WHERE fabric = ? AND grp = ? AND kind = ? AND namespace = ? AND name = ?`, args...).Scan(&id)
	}
	if err != nil {
		return 0, err
	}
	r.ids[k] = id
	return id, nil
}

// doc keeps what a side says about an object and gives its digest, nil for
// nothing.
func (r *recorder) doc(id int64, o *core.Object) ([]byte, error) {
	if o == nil {
		return nil, nil
	}
	d, err := r.encode(o)
	if err != nil {
		return nil, err
	}
	return d.digest[:], r.keep(id, o, d)
}

func (r *recorder) encode(o *core.Object) (doc, error) {
	if d, ok := r.encoded[o]; ok {
		return d, nil
	}
	d, err := encodeDoc(o)
	r.encoded[o] = d
	return d, err
}

func (r *recorder) keep(id int64, o *core.Object, d doc) error {
	if r.docs[docID{id, d.digest}] {
		return nil
	}
	r.docs[docID{id, d.digest}] = true
	var about any
	if d.meta != "" {
		about = d.meta
	}
	res, err := r.tx.ExecContext(r.ctx, `INSERT INTO docs (object, digest, version, path, line, fields, meta)
		VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		id, d.digest[:], o.Version, o.Origin.Path, o.Origin.Line, d.fields[:], about)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 || r.blobs[d.fields] {
		return err
	}
	return r.blob(d.fields, core.CanonicalJSON(o.Fields))
}

func (r *recorder) blob(digest core.Digest, content []byte) error {
	if digest != sha256.Sum256(content) {
		return fmt.Errorf("the check holds an object whose digest %s is not that of its fields", digest)
	}
	r.blobs[digest] = true
	return r.exec("INSERT INTO blobs (digest, content) VALUES (?, ?) ON CONFLICT DO NOTHING", digest[:], content)
}

// remember writes what is now known of an object in place of what was.
//
// Another process may have recorded the same state a moment ago: then the
// object is in it since that moment.
func (r *recorder) remember(about core.Remembered) error {
	id, err := r.object(keyOf(about))
	if err != nil {
		return err
	}
	r.touched[id] = true
	var baseGit, baseLive []byte
	var baseAt, baseSource any
	baseEvidence := ""
	if b := about.Base; b != nil {
		if b.Git == nil || b.Live == nil {
			return fmt.Errorf("the check holds half a base of %s", b.Key)
		}
		baseAt, baseSource, baseEvidence = stamp(b.At), string(b.Source), b.Evidence
		baseGit, err = r.doc(id, b.Git)
		if err == nil {
			baseLive, err = r.doc(id, b.Live)
		}
		if err != nil {
			return err
		}
	}
	git, err := r.doc(id, about.Git.Object)
	if err != nil {
		return err
	}
	live, err := r.doc(id, about.Live.Object)
	if err != nil {
		return err
	}
	v := about.Verdict
	var state, last, lastSince any
	if v.Key != (core.Key{}) {
		if state = v.State.String(); v.LastKnown {
			last, lastSince = v.Last.String(), stamp(v.LastSince)
		}
	}
	changes, err := encodeChanges(v.Changes)
	if err != nil {
		return fmt.Errorf("encode changes of %s: %w", v.Key, err)
	}
	notes, acknowledged, err := encodeBesides(v)
	if err != nil {
		return fmt.Errorf("encode notes of %s: %w", v.Key, err)
	}
	return r.exec(remember, id, baseGit, baseLive, baseAt, baseSource, baseEvidence,
		git, stamp(about.Git.At), stamp(about.Git.Until), live, stamp(about.Live.At), stamp(about.Live.Until),
		state, last, lastSince, stamp(v.Since), v.Reason, v.Version, v.Origin.Path, v.Origin.Line, v.LiveRevision,
		changes, notes, acknowledged, v.Tracked)
}

const remember = `INSERT INTO memory (object, base_git, base_live, base_at, base_source, base_evidence,
		git, git_at, git_until, live, live_at, live_until,
		state, last_state, last_since, since, reason, version, path, line, revision,
		changes, notes, acknowledged, tracked)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
	ON CONFLICT DO UPDATE SET
		base_git = excluded.base_git, base_live = excluded.base_live,
		base_at = excluded.base_at, base_source = excluded.base_source, base_evidence = excluded.base_evidence,
		git = excluded.git, git_at = excluded.git_at, git_until = excluded.git_until,
		live = excluded.live, live_at = excluded.live_at, live_until = excluded.live_until,
		since = iif(state = excluded.state AND since < excluded.since, since, excluded.since),
		state = excluded.state, last_state = excluded.last_state, last_since = excluded.last_since,
		reason = excluded.reason, version = excluded.version,
		path = excluded.path, line = excluded.line, revision = excluded.revision,
		changes = excluded.changes, notes = excluded.notes, acknowledged = excluded.acknowledged,
		tracked = excluded.tracked`

// transition appends a change of verdict, unless memory holds what it leads to
// already: then another process saw and recorded it first.
func (r *recorder) transition(t core.Transition) error {
	id, err := r.object(t.Key)
	if err != nil {
		return err
	}
	changes, err := encodeChanges(t.Changes)
	if err != nil {
		return fmt.Errorf("encode changes of %s: %w", t.Key, err)
	}
	var from any
	if !t.First {
		from = t.From.String()
	}
	return r.exec(`INSERT INTO transitions (fabric, object, at, from_state, to_state, reason, changes, person)
		SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 WHERE NOT EXISTS
			(SELECT 1 FROM memory WHERE object = ?2 AND state = ?5 AND reason = ?6 AND changes IS ?7)`,
		r.fabric, id, stamp(t.At), from, t.To.String(), t.Reason, changes, t.By)
}

// git writes a whole reading of Git in place of the one before: only what is
// not as it was.
func (r *recorder) git(s *core.Snapshot) error {
	before, err := r.gitObjects()
	if err != nil {
		return err
	}
	for o := range s.Objects() {
		d, err := r.encode(o)
		if err != nil {
			return err
		}
		was, ok := before[o.Key]
		delete(before, o.Key)
		if ok && was == d.digest {
			continue
		}
		id, err := r.object(o.Key)
		if err != nil {
			return err
		}
		if err := r.keep(id, o, d); err != nil {
			return err
		}
		r.touched[id] = true
		err = r.exec("INSERT INTO git_objects (object, doc) VALUES (?, ?) ON CONFLICT DO UPDATE SET doc = excluded.doc", id, d.digest[:])
		if err != nil {
			return err
		}
	}
	for k := range before {
		if err := r.exec("DELETE FROM git_objects WHERE object = ?", r.ids[k]); err != nil {
			return err
		}
		r.touched[r.ids[k]] = true
	}
	return r.findings(keptFindings(s.Findings))
}

// kinds adds to the kinds of which Git ever held an object.
func (r *recorder) kinds(all map[core.GroupKind]bool) error {
	for gk := range all {
		res, err := r.tx.ExecContext(r.ctx, "INSERT INTO git_kinds (fabric, grp, kind) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
			r.fabric, gk.Group, gk.Kind)
		if err != nil {
			return err
		}
		made, err := res.RowsAffected()
		if err != nil {
			return err
		}
		r.grown = r.grown || made > 0
	}
	return nil
}

// gitObjects are the objects of the last whole reading of Git, by the digests
// of their documents.
func (r *recorder) gitObjects() (map[core.Key]core.Digest, error) {
	all := map[core.Key]core.Digest{}
	err := each(r.ctx, r.tx, func(rows *sql.Rows) error {
		var (
			id     int64
			k      core.Key
			digest []byte
		)
		err := rows.Scan(&id, &k.Group, &k.Kind, &k.Namespace, &k.Name, &digest)
		if err != nil {
			return err
		}
		r.ids[k] = id
		all[k], err = digestOf(digest)
		return err
	}, `SELECT o.id, o.grp, o.kind, o.namespace, o.name, g.doc
		FROM git_objects g JOIN objects o ON o.id = g.object WHERE o.fabric = ?`, r.fabric)
	return all, err
}

func (r *recorder) findings(all []core.Finding) error {
	if err := r.exec("DELETE FROM git_findings WHERE fabric = ?", r.fabric); err != nil {
		return err
	}
	for i, f := range all {
		var text any
		if f.Text != nil {
			digest := sha256.Sum256(f.Text)
			if err := r.blob(digest, f.Text); err != nil {
				return err
			}
			text = digest[:]
		}
		err := r.exec(`INSERT INTO git_findings (fabric, position, path, line, reason, grp, kind, namespace, name, text, opaque, unrendered)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			r.fabric, i, f.Path, f.Line, f.Reason, f.Key.Group, f.Key.Kind, f.Key.Namespace, f.Key.Name, text, f.Opaque, f.Unrendered)
		if err != nil {
			return err
		}
	}
	return nil
}

// keptFindings are findings as they are kept: without very long texts.
func keptFindings(all []core.Finding) []core.Finding {
	if len(all) == 0 {
		return nil
	}
	all = slices.Clone(all)
	for i := range all {
		if f := &all[i]; len(f.Text) > maxText {
			f.Text, f.Opaque = nil, true
		}
	}
	return all
}

// clean takes away the documents that nothing stands for any more. It is done
// at once, because a busy cluster gives its objects a new resourceVersion
// every few seconds.
func (r *recorder) clean() error {
	for id := range r.touched {
		if r.fresh[id] {
			continue
		}
		err := r.exec(`DELETE FROM docs WHERE object = ?1
			AND NOT EXISTS (SELECT 1 FROM git_objects g WHERE g.object = ?1 AND g.doc = docs.digest)
			AND NOT EXISTS (SELECT 1 FROM memory m WHERE m.object = ?1
				AND docs.digest IN (m.base_git, m.base_live, m.git, m.live))`, id)
		if err != nil {
			return err
		}
	}
	return nil
}
