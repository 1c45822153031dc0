package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"runtime"
	"sync"

	"selvage/core"
)

// loader reads the objects of a fabric within one transaction.
type loader struct {
	tx      *sql.Tx
	fabric  int64
	names   map[int64]core.Key
	objects map[docID]*core.Object
}

// docID identifies a row of docs.
type docID struct {
	object int64
	digest core.Digest
}

// each runs a query about the fabric and hands every row to scan.
func (l *loader) each(ctx context.Context, query string, scan func(*sql.Rows) error) error {
	return each(ctx, l.tx, scan, query, l.fabric)
}

func (l *loader) keys(ctx context.Context) error {
	l.names = map[int64]core.Key{}
	return l.each(ctx, "SELECT id, grp, kind, namespace, name FROM objects WHERE fabric = ?", func(rows *sql.Rows) error {
		var (
			id int64
			k  core.Key
		)
		err := rows.Scan(&id, &k.Group, &k.Kind, &k.Namespace, &k.Name)
		l.names[id] = k
		return err
	})
}

// intact tells whether content is what its digest was made of. SQLite itself
// would not notice a flipped bit in it.
func intact(digest, content []byte) bool {
	sum := sha256.Sum256(content)
	return bytes.Equal(digest, sum[:])
}

// inParallel calls do for every item, on all processors. Each of them has its
// own sets (see decodeMeta).
func inParallel[T any](items []T, do func(item *T, sets map[string]map[string]any)) {
	var wg sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		wg.Go(func() {
			sets := map[string]map[string]any{}
			for i := w; i < len(items); i += workers {
				do(&items[i], sets)
			}
		})
	}
	wg.Wait()
}

// docs reads and decodes every document of the fabric, and every content of
// them, once.
func (l *loader) docs(ctx context.Context) error {
	docs := make([]docRow, 0, 2*len(l.names))
	contents := make([]content, 0, 2*len(l.names))
	place := make(map[core.Digest]int, 2*len(l.names))
	err := l.each(ctx, `SELECT d.object, d.digest, d.version, d.path, d.line, ifnull(d.meta, ''), d.fields, b.content
		FROM docs d JOIN objects o ON o.id = d.object LEFT JOIN blobs b ON b.digest = d.fields WHERE o.fabric = ?`,
		func(rows *sql.Rows) error {
			var (
				r              = docRow{object: &core.Object{}}
				o              = r.object
				digest, fields []byte
				text           sql.RawBytes
			)
			err := rows.Scan(&r.id.object, &digest, &o.Version, &o.Origin.Path, &o.Origin.Line, &r.meta, &fields, &text)
			if err != nil {
				return err
			}
			o.Key = l.names[r.id.object]
			if r.id.digest, err = digestOf(digest); err != nil {
				return err
			}
			if o.Digest, err = digestOf(fields); err != nil {
				return err
			}
			if _, ok := place[o.Digest]; !ok {
				place[o.Digest] = len(contents)
				contents = append(contents, content{digest: o.Digest, text: bytes.Clone(text)})
			}
			docs = append(docs, r)
			return nil
		})
	if err != nil {
		return err
	}
	inParallel(contents, (*content).decode)
	inParallel(docs, (*docRow).decode)
	l.objects = make(map[docID]*core.Object, len(docs))
	for _, r := range docs {
		if err := also(r.err, contents[place[r.object.Digest]].err); err != nil {
			return fmt.Errorf("%w: %s: %w", ErrDamaged, r.object.Key, err)
		}
		r.object.Fields = contents[place[r.object.Digest]].fields
		l.objects[r.id] = r.object
	}
	return nil
}

type docRow struct {
	id     docID
	object *core.Object
	meta   string
	err    error
}

func (r *docRow) decode(sets map[string]map[string]any) { r.err = decodeMeta(r.meta, r.object, sets) }

type content struct {
	digest core.Digest
	text   []byte
	fields map[string]any
	err    error
}

func (c *content) decode(map[string]map[string]any) {
	if !intact(c.digest[:], c.text) {
		c.err = fmt.Errorf("its content is not %s", c.digest)
		return
	}
	v, err := core.DecodeJSON(c.text)
	fields, ok := v.(map[string]any)
	if err != nil || !ok {
		c.err = fmt.Errorf("its content %s is no JSON object", c.digest)
	}
	c.fields = fields
}

// object finds what a digest in another table stands for; nil for NULL.
func (l *loader) object(id int64, digest []byte) (*core.Object, error) {
	if digest == nil {
		return nil, nil
	}
	known, err := digestOf(digest)
	if err != nil {
		return nil, err
	}
	o, ok := l.objects[docID{id, known}]
	if !ok {
		return nil, fmt.Errorf("%w: document %s of %s is missing", ErrDamaged, known, l.names[id])
	}
	return o, nil
}

func (l *loader) memory(ctx context.Context) (map[core.Key]*core.Remembered, error) {
	all := make(map[core.Key]*core.Remembered, len(l.names))
	err := l.each(ctx, `SELECT m.object, m.base_git, m.base_live, m.base_at, m.base_source, m.base_evidence,
			m.git, m.git_at, m.git_until, m.live, m.live_at, m.live_until,
			m.state, m.last_state, m.last_since, m.since, m.reason, m.version, m.path, m.line, m.revision,
			ifnull(m.changes, ''), ifnull(m.notes, ''), ifnull(m.acknowledged, ''), m.tracked
		FROM memory m JOIN objects o ON o.id = m.object WHERE o.fabric = ?`,
		func(rows *sql.Rows) error {
			var r memoryRow
			if err := r.scan(rows); err != nil {
				return err
			}
			about, err := l.remembered(r)
			if err != nil {
				return err
			}
			all[l.names[r.object]] = &about
			return nil
		})
	return all, err
}

// memoryRow is a row of the table memory as it is read.
type memoryRow struct {
	object                       int64
	baseGit, baseLive, git, live []byte
	baseAt, gitAt, liveAt        any
	gitUntil, liveUntil          any
	since, lastSince             any
	baseSource, state, last      sql.NullString
	evidence                     string
	reason, version, path        string
	revision, changes            string
	notes, acknowledged          string
	line                         int
	tracked                      bool
}

func (r *memoryRow) scan(rows *sql.Rows) error {
	return rows.Scan(&r.object, &r.baseGit, &r.baseLive, &r.baseAt, &r.baseSource, &r.evidence,
		&r.git, &r.gitAt, &r.gitUntil, &r.live, &r.liveAt, &r.liveUntil,
		&r.state, &r.last, &r.lastSince, &r.since, &r.reason, &r.version, &r.path, &r.line, &r.revision,
		&r.changes, &r.notes, &r.acknowledged, &r.tracked)
}

func (l *loader) remembered(r memoryRow) (about core.Remembered, err error) {
	k := l.names[r.object]
	if r.baseSource.Valid != (r.baseGit != nil) || r.baseSource.Valid != (r.baseLive != nil) {
		return about, fmt.Errorf("%w: half of the base of %s is missing", ErrDamaged, k)
	}
	side := func(digest []byte) *core.Object {
		o, missing := l.object(r.object, digest)
		if err == nil {
			err = missing
		}
		return o
	}
	if r.baseSource.Valid {
		about.Base = &core.Base{
			Key: k, Git: side(r.baseGit), Live: side(r.baseLive),
			At: given(r.baseAt), Source: core.BaseSource(r.baseSource.String), Evidence: r.evidence,
		}
	}
	about.Git = core.Sight{Object: side(r.git), At: given(r.gitAt), Until: given(r.gitUntil)}
	about.Live = core.Sight{Object: side(r.live), At: given(r.liveAt), Until: given(r.liveUntil)}
	if err != nil || !r.state.Valid {
		return about, err
	}
	v := &about.Verdict
	v.Key, v.Version, v.Reason, v.Since, v.LiveRevision = k, r.version, r.reason, given(r.since), r.revision
	v.Origin, v.Tracked = core.Origin{Path: r.path, Line: r.line}, r.tracked
	if v.State, err = core.ParseState(r.state.String); err != nil {
		return about, fmt.Errorf("%w: %s: %w", ErrDamaged, k, err)
	}
	if v.LastKnown = r.last.Valid; v.LastKnown {
		v.LastSince = given(r.lastSince)
		if v.Last, err = core.ParseState(r.last.String); err != nil {
			return about, fmt.Errorf("%w: %s: %w", ErrDamaged, k, err)
		}
	}
	if v.Changes, err = decodeChanges(r.changes); err != nil {
		return about, fmt.Errorf("%w: changes of %s: %w", ErrDamaged, k, err)
	}
	if err = decodeBesides(r.notes, r.acknowledged, v); err != nil {
		return about, fmt.Errorf("%w: notes of %s: %w", ErrDamaged, k, err)
	}
	return about, nil
}
