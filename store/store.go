package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"selvage/core"
)

// Config says where a store is and who may use it.
type Config struct {
	// Dir is the folder that holds selvage.db and what SQLite puts beside it.
	// It is made where it is missing.
	Dir string
	// Group is the name or number of the Unix group that shares the store; ""
	// keeps it to its owner.
	Group string
	// Now tells the time by which old rows are taken away, steps on the desk are
	// dated, and the holders of leases are silent: for these it has to be that of
	// [time.Now], whose differences follow no clock that is set.
	Now func() time.Time
}

// Store is a [core.History], [core.Desk], [core.Logbook], [core.Tempers] and
// [core.Leases] in one SQLite file. It is safe for concurrent use by any number
// of goroutines, and of processes that each open it.
type Store struct {
	path   string
	file   os.FileInfo // as it was opened, to notice that it was moved away
	now    func() time.Time
	schema int // version of the schema this program writes

	writer *sql.DB // one connection
	leaser *sql.DB // one connection for leases, which need not survive the machine
	reader *sql.DB

	mu        sync.Mutex
	cache     map[core.FabricID]remembered
	silent    map[post]silence // of the holders of leases
	lastSweep time.Time
}

var _ core.History = (*Store)(nil)

// Open opens the store in c.Dir, and makes it or brings it to this program's
// schema where needed. It refuses a folder on a network file system, a file
// that is damaged or is not a store, and one that a newer program wrote: the
// error is a [core.Error] that says what to do.
func Open(ctx context.Context, c Config) (*Store, error) {
	all, err := migrations(schema)
	if err != nil {
		return nil, err
	}
	return open(ctx, c, all)
}

func open(ctx context.Context, c Config, all []migration) (s *Store, err error) {
	p, err := place(c.Dir, c.Group)
	if err != nil {
		return nil, err
	}
	lock, err := p.lock(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = also(err, lock.Close()) }()
	if err := p.create(); err != nil {
		return nil, err
	}
	s = &Store{
		path:   p.file,
		now:    c.Now,
		schema: len(all),
		writer: connect(p.file, readWrite),
		leaser: connect(p.file, readWriteSoon),
		reader: connect(p.file, readOnly),
		cache:  map[core.FabricID]remembered{},
		silent: map[post]silence{},
	}
	if err := s.prepare(ctx, p, all); err != nil {
		err = also(err, s.disconnect())
		return nil, explain(fmt.Sprintf("open store %q", s.path), err)
	}
	return s, nil
}

// prepare brings a file that may be new, old or foreign to where it can be
// used.
func (s *Store) prepare(ctx context.Context, p *location, all []migration) (err error) {
	if s.file, err = os.Stat(s.path); err != nil {
		return err
	}
	conn, err := s.writer.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = also(err, conn.Close()) }()
	if err := inspect(ctx, conn, len(all)); err != nil {
		return err
	}
	if err := useWAL(ctx, conn); err != nil {
		return err
	}
	if err := migrate(ctx, conn, all, p.backup); err != nil {
		return err
	}
	s.lastSweep, err = lastSweep(ctx, conn)
	return err
}

// Close ends the use of the store. Whatever was recorded stays.
func (s *Store) Close() error {
	return explain(fmt.Sprintf("close store %q", s.path), s.disconnect())
}

func (s *Store) disconnect() error {
	return also(s.reader.Close(), s.leaser.Close(), s.writer.Close())
}

// write runs work in one transaction that is committed whole or not at all.
// It waits for other writers, but not past ctx and not for ever.
func (s *Store) write(ctx context.Context, work func(context.Context, *sql.Tx) error) error {
	return s.writeBy(ctx, s.writer, work)
}

func (s *Store) writeBy(ctx context.Context, pool *sql.DB, work func(context.Context, *sql.Tx) error) (err error) {
	if now, err := os.Stat(s.path); err != nil || !os.SameFile(now, s.file) {
		return errMoved
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = also(err, conn.Close()) }()
	tx, err := begin(ctx, conn)
	if err != nil {
		return err
	}
	if err = work(ctx, tx); err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return also(err, undo(tx))
	}
	return tx.Commit()
}

// read runs work in one transaction, so that all it reads is of one moment.
func (s *Store) read(ctx context.Context, work func(*sql.Tx) error) error {
	tx, err := s.reader.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := work(tx); err != nil {
		return also(err, undo(tx))
	}
	return tx.Commit()
}

// undo ends a transaction that came to nothing. One that its context has ended
// already is no error.
func undo(tx *sql.Tx) error {
	if err := tx.Rollback(); !errors.Is(err, sql.ErrTxDone) {
		return err
	}
	return nil
}

// each runs a query and hands every row to scan.
func each(ctx context.Context, q querier, scan func(*sql.Rows) error, query string, args ...any) (err error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { err = also(err, rows.Close()) }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
