package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"github.com/mattn/go-sqlite3"

	"selvage/core"
)

// What can be wrong with a store. Each reaches the caller inside a
// [core.Error] that says what to do.
var (
	// ErrNewer is a file whose schema a newer program wrote.
	ErrNewer = errors.New("a newer selvage wrote this store")
	// ErrForeign is a SQLite file that is no store.
	ErrForeign = errors.New("this is not a store of selvage")
	// ErrDamaged is a file that does not hold what was written to it.
	ErrDamaged = errors.New("the file is damaged")

	errMoved     = errors.New("the file was moved or deleted while it was in use")
	errOldSQLite = errors.New("this program was built with a SQLite that can damage files")
	errLocked    = errors.New("another selvage has been preparing this store for too long")
	errNoFolder  = errors.New("it is not a folder")
	errNoWAL     = errors.New("this file system cannot hold a write-ahead log")
)

// hint says what to do, by the cause.
func hint(err error) string {
	switch {
	case errors.Is(err, ErrNewer):
		return "use the newer selvage, or set another state.dir"
	case errors.Is(err, ErrForeign):
		return "move that file away, or set another state.dir"
	case errors.Is(err, ErrDamaged):
		return damagedHint
	case errors.Is(err, errMoved):
		return "start selvage again"
	case errors.Is(err, errLocked):
		return "end that one"
	case errors.Is(err, errNoWAL):
		return "set state.dir to a folder on a local disk"
	case errors.Is(err, errOldSQLite):
		return "build selvage with go-sqlite3 1.14.53 or later"
	case errors.Is(err, errNoFolder), errors.Is(err, syscall.ENOTDIR):
		return "a part of that path is a file: move it away, or set another state.dir"
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return "free some space on that disk, or set another state.dir"
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return permissionHint
	}
	var e sqlite3.Error
	if !errors.As(err, &e) {
		return ""
	}
	switch e.Code {
	case sqlite3.ErrFull:
		return "free some space on that disk; nothing was lost, the next check is recorded again"
	case sqlite3.ErrReadonly, sqlite3.ErrPerm, sqlite3.ErrCantOpen, sqlite3.ErrAuth:
		return permissionHint
	case sqlite3.ErrCorrupt, sqlite3.ErrNotADB:
		return damagedHint
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return "another program holds the store; end it, or wait for it"
	case sqlite3.ErrIoErr:
		return "look at the disk: is it full, or failing?"
	}
	return ""
}

const (
	damagedHint    = "move selvage.db and the files selvage.db-wal and selvage.db-shm away together; selvage then starts a new history and an empty desk"
	permissionHint = "give this user write access to the folder and to the file, or set another state.dir"
)

// explain makes an error one that a person can act on. What ended with its
// context is left as it is.
func explain(op string, err error) error {
	var known *core.Error
	switch {
	case err == nil, errors.As(err, &known):
		return err
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return &core.Error{Op: op, Err: err}
	}
	return &core.Error{Op: op, Err: err, Hint: hint(err)}
}

// also is an error and what went wrong besides, on one line, where
// [errors.Join] makes two.
func also(errs ...error) (all error) {
	for _, err := range errs {
		switch {
		case all == nil:
			all = err
		case err != nil:
			all = fmt.Errorf("%w; %w", all, err)
		}
	}
	return all
}
