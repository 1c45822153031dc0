package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mattn/go-sqlite3"
)

const (
	// busyTimeout is how long SQLite itself waits for another process: short,
	// because it cannot be interrupted in that.
	busyTimeout = 250 * time.Millisecond
	// lockTimeout is how long a writer waits altogether.
	lockTimeout = 30 * time.Second
)

// minSQLite is the first version without the bug that could corrupt a file
// when its write-ahead log was reset (sqlite.org/wal.html#walresetbug).
const minSQLite = "3.51.3"

// role is what a connection is for.
type role uint8

const (
	readOnly role = iota
	readWrite
	// readWriteSoon is for what may be lost with the machine, and is written every
	// few seconds: nobody waits for the disk.
	readWriteSoon
)

// pragmas are those that the driver's parameters do not know. fullfsync makes
// macOS write through the disk's own cache; elsewhere it does nothing.
const pragmas = `
	PRAGMA trusted_schema = OFF;
	PRAGMA cell_size_check = ON;
	PRAGMA mmap_size = 0;
	PRAGMA fullfsync = ON;
	PRAGMA checkpoint_fullfsync = ON;
	PRAGMA journal_size_limit = 16777216;`

// connect makes a pool of connections to a file; none is opened yet.
func connect(file string, r role) *sql.DB {
	v := url.Values{
		"_busy_timeout":    {strconv.FormatInt(busyTimeout.Milliseconds(), 10)},
		"_synchronous":     {"FULL"},
		"_foreign_keys":    {"on"},
		"_stmt_cache_size": {"32"},
		"mode":             {"rw"},
	}
	switch r {
	case readOnly:
		v.Set("_query_only", "on")
	case readWrite:
		v.Set("_txlock", "immediate")
		v.Set("_cache_size", "-16000")
	case readWriteSoon:
		v.Set("_txlock", "immediate")
		v.Set("_synchronous", "NORMAL")
	}
	dsn := url.URL{Scheme: "file", Path: file, RawQuery: v.Encode()}
	db := sql.OpenDB(connector{dsn: dsn.String(), driver: &sqlite3.SQLiteDriver{
		ConnectHook: func(c *sqlite3.SQLiteConn) error {
			_, err := c.Exec(pragmas, nil)
			return err
		},
	}})
	n := 1
	if r == readOnly {
		n = max(2, runtime.GOMAXPROCS(0))
	}
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	return db
}

// connector opens connections with a driver of its own, where [sql.Register]
// would need a global one.
type connector struct {
	dsn    string
	driver *sqlite3.SQLiteDriver
}

func (c connector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.dsn) }

func (c connector) Driver() driver.Driver { return c.driver }

// begin starts a transaction that may write.
func begin(ctx context.Context, conn *sql.Conn) (*sql.Tx, error) {
	for waited := time.Duration(0); ; waited += busyTimeout {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		tx, err := conn.BeginTx(context.WithoutCancel(ctx), nil)
		if !busy(err) || waited >= lockTimeout {
			return tx, err
		}
	}
}

// useWAL turns the write-ahead log on; that stays with the file.
func useWAL(ctx context.Context, conn *sql.Conn) error {
	var mode string
	for waited := time.Duration(0); ; waited += busyTimeout {
		err := conn.QueryRowContext(ctx, "PRAGMA journal_mode = WAL").Scan(&mode)
		switch {
		case busy(err) && waited < lockTimeout && ctx.Err() == nil:
		case err != nil:
			return err
		case mode != "wal":
			return fmt.Errorf("%w: journal mode %q", errNoWAL, mode)
		default:
			return nil
		}
	}
}

func busy(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && (e.Code == sqlite3.ErrBusy || e.Code == sqlite3.ErrLocked)
}

// newEnough tells whether a version of SQLite is at least the wanted one.
func newEnough(version, want string) bool {
	number := func(version string) (n [3]int) {
		for i, part := range strings.SplitN(version, ".", len(n)) {
			n[i], _ = strconv.Atoi(part)
		}
		return n
	}
	have, least := number(version), number(want)
	return slices.Compare(have[:], least[:]) >= 0
}
